"""What a figure measures: the measure named nearest that its unit allows."""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from importlib import resources

from mine2magnet.claims.cues import Cue
from mine2magnet.claims.view import FigureContext, Slots, far

TIME = frozenset(("hour", "day", "week", "month", "year"))
SHARES = frozenset(("share", "share_of_capacity", "share_of_production", "share_of_imports", "market_share"))
MONEY = frozenset(("USD", "CNY", "EUR", "JPY", "AUD", "CAD", "GBP", "KRW", "INR"))
_MASS = frozenset(("t", "kg", "g", "lb", "t REO"))
_POWER = frozenset(("W", "kW", "MW", "GW"))
_SORTS = {
    **dict.fromkeys(("%", "pp"), "rate"),
    **dict.fromkeys(MONEY, "money"),
    **dict.fromkeys(_MASS, "mass"),
    **dict.fromkeys(TIME, "time"),
    **dict.fromkeys((*_POWER, "Wh", "kWh", "MWh", "GWh", "TWh"), "energy"),
    **dict.fromkeys(("person", "vehicle", "count"), ""),
}
OWN = {  # units that measure one thing only
    "kOe": "coercivity", "kA/m": "coercivity", "MGOe": "energy_product", "kJ/m3": "energy_product",
    "T": "remanence", "degC": "operating_temperature",
}  # fmt: skip
# One name for a measure that the thesaurus tells in two ways; `direction` says that it is a change.
_SAME = {
    "price_change": "price", "growth_rate": "", "market_share": "share", "concentration": "share",
    "employees": "jobs", "supply_growth": "capacity", "premium": "price",
}  # fmt: skip

_NOUN_PHRASE = 45  # characters after "87 % of" within which its noun stands

_PREDICATE = 16  # characters of a verb between a material and how much it rose
_NEAR = 12  # characters between a capacity and the energy it is told in

_REACH = 80  # characters within which a span of time or a count has its measure

_WORK = re.compile(r"job|staff|employee|worker|岗位|就业|员工|工人", re.IGNORECASE)

_PLANNED = re.compile(r"建设|项目|新建|投建|达产|工厂")

_ABLE = re.compile(
    r"\b(?:can|able to|capable of|could)\s(?:\w+\s)?(?=[a-z]+(?:\sout)?$)|"
    r"(?:可以?|能够?)(?=年产|生产|产出|处理)",
    re.IGNORECASE,
)
_BUILT_FOR = re.compile(
    r"(?:\sof\s\w+)?(?:[\s-](?:[a-z-]+\s){0,3}?|的)(?:plant|factory|refinery|line|facility|mill|smelter|[^，。,]{0,8}(?:项目|产线|生产线|工厂|基地)|の[^、。]{0,14}(?:工場|設備|拠点|ライン))",
    re.IGNORECASE,
)
_OF_BEFORE = re.compile(r"[的の](?:約|およそ|ほぼ|近|约|超|将近|接近)?$")

_RUNS_AT = re.compile(r"\bat\s(?:about\s|around\s|just\s|only\s|roughly\s|some\s)?$")
_OF_CAPACITY = re.compile(r"\sof\s(?:its\s|their\s|the\s)?(?:[a-z]+\s)?capacity")
_OF_OUTPUT = re.compile(r"(?:产|採掘|开采|冶炼|分离|生产|生産|精錬)量[的の](?:約|约|近|超过?|将近)?$")
_BUYS = re.compile(
    r"\b(?:buys?|bought|gets?|got|sources?|sourced|imports?|imported|obtain(?:s|ed)?|purchase[sd]?)\b[^,;]{0,40}$"
)
_BOUGHT = re.compile(r"从[^，。]{1,12}(?:进口|采购|购)|から(?:輸入|調達|購入)|\bimported from\b")
_COMES_FROM = re.compile(r"来自|\b(?:came?|comes|coming|sourced) from\b|から", re.IGNORECASE)

_PER_THING = re.compile(
    r"\b(?:each|every|per|a|an|one)\b|每|一台|一辆|一艘|一架|单台|单车|単位|当たり|あたり|1台|1基|1機",
    re.IGNORECASE,
)


@cache
def _table() -> dict[str, frozenset[str]]:
    """The sorts of unit that each measure is told in."""
    table = (resources.files("mine2magnet") / "data" / "claim_measures.csv").read_text("utf-8")
    return {row["measure"]: frozenset(row["sorts"].split()) for row in csv.DictReader(io.StringIO(table))}


def _sort(unit: str) -> str:
    """The sort of a unit: rate, money, price, mass, mass_per, time, energy, person, vehicle or count."""
    head, _, per = unit.partition("/")
    sort = _SORTS.get(head, "") or head
    if sort == "money" and per in _MASS:
        return "price"
    return "mass_per" if sort == "mass" and per in _POWER else sort


def _fits(measure: str, unit: str, direction: str) -> bool:
    """Whether a figure in this unit can tell the measure; a change, in % or times, can be one of
    anything but a span of time."""
    if unit in OWN:
        return measure == OWN[unit]
    sorts = _table().get(measure, frozenset())
    if unit == "x" or (direction == "change" and unit in ("%", "pp")):
        return "time" not in sorts or "mass" in sorts
    return _sort(unit) in sorts or (direction == "change" and measure == "price_change")


def measure(view: FigureContext, slots: Slots, direction: str) -> str | None:
    """Return the measure named nearest that the figure's unit allows, None where none is.

    Parameters
    ----------
    view : FigureContext
    slots : Slots
        What figures before have handed on.
    direction : {"level", "change"}
    """
    unit = view.figure.quantity.unit
    if unit in OWN:
        return _known(view, OWN[unit])
    ranked = [c for c in view.candidates(("measure",)) if _fits(c.id, unit, direction)]
    if unit in TIME or unit == "count":
        ranked = sorted(
            (
                c
                for c in view.s.cues
                if c.kind == "measure"
                and _fits(c.id, unit, direction)
                and far(view, c) <= (_REACH if view.s.language == "en" else _REACH // 2)
            ),
            key=lambda c: (far(view, c), c.id != "stock_cover"),
        )
    chosen = ranked[0].id if ranked else None
    if unit in ("%", "pp", "x") or unit.partition("/")[0] in _MASS:
        specific = [c.id for c in ranked if c.id not in ("share", "supply", "concentration", "market_share")]
        if chosen in ("supply",) and specific:
            chosen = specific[0]
    if unit in ("%", "pp") and (direction == "level" or chosen in SHARES):
        chosen = _share(view, chosen, slots)
    if chosen is None and slots.measure and _fits(slots.measure, unit, direction):
        chosen = slots.measure
    if chosen is None:
        chosen = next((c.id for c in view.earlier(("measure",)) if _fits(c.id, unit, direction)), None)
        if unit in ("%", "pp") and direction == "level" and chosen in SHARES:
            chosen = _share(view, chosen, slots)
    head = unit.partition("/")[0]
    if chosen is None:
        if _sort(unit) == "price" or (direction == "change" and head in ("%", "x", "pp") and _market(view)):
            chosen = "price"
        elif head in _POWER:
            chosen = "installed_capacity"
    if (
        ranked
        and chosen == "cost"
        and far(view, ranked[0]) <= 2 * _NEAR
        and _sort(unit) == "price"
        and _verb(view, ranked[0])
    ):
        chosen = "price"
    if (
        ranked
        and chosen == "production"
        and _ABLE.search(view.s.text, max(view.s.start, ranked[0].start - 20), ranked[0].end)
    ):
        chosen = "capacity"
    if chosen is None and unit == "%" and direction == "level" and _of_stage(view):
        chosen = "share"
    if chosen in (None, "production") and head in _MASS and _BUILT_FOR.match(view.s.text, view.figure.end):
        chosen = "capacity"
    if (
        ranked
        and chosen == "production"
        and _PLANNED.search(view.s.text, view.clause[0], view.s.end)
        and view.s.text[ranked[0].start] == "年"
    ):
        chosen = "capacity"  # 年产2万吨项目 tells what a plant is built for
    if chosen == "capacity" and _sort(unit) == "energy" and not (ranked and far(view, ranked[0]) <= _NEAR):
        chosen = None
    if unit in TIME and view.s.text[view.figure.end - 1] == "分":
        chosen = "stock_cover"  # 730年分
    if chosen == "inventory" and unit in TIME:
        chosen = "stock_cover"
    if (
        chosen in ("demand", "supply", "weight_per_unit", "production", "reserves")
        and unit.partition("/")[0] in _MASS
    ):
        if unit.partition("/")[2] in _POWER or _per_thing(view):
            chosen = "weight_per_unit"
        elif chosen == "weight_per_unit":
            chosen = None
    if chosen is None and unit.partition("/")[0] in _MASS and _per_thing(view):
        chosen = "weight_per_unit"
    if (
        chosen in ("price", "price_change")
        and unit == "%"
        and any(
            c.id == "share_price" and view.clause[0] <= c.start and c.end <= view.clause[1]
            for c in view.s.cues
        )
    ):
        chosen = "share_price"
    if unit == "person" and direction == "change":
        chosen = "jobs"
    if unit == "person" and _WORK.search(view.s.text, view.figure.start, view.figure.end):
        chosen = "jobs"
    if head == "vehicle" and (
        chosen in ("production", "loss", "plant_stops")
        or (chosen is None and any(c.id in ("production", "loss", "plant_stops") for c in view.s.cues))
    ):
        chosen = "vehicle_output"
    if chosen is None and unit.partition("/")[0] in _MASS:
        chosen = _only(view, unit, direction)
    if chosen == "share" and slots.measure in ("imports", "share_of_imports") and direction == "level":
        chosen = "share_of_imports"
    if chosen in _SAME:
        chosen = _SAME[chosen] or (slots.measure if slots.measure and slots.measure not in SHARES else None)
    return _known(view, chosen)


def _only(view: FigureContext, unit: str, direction: str) -> str | None:
    """The one measure that the rest of the sentence names and the unit allows, as its verb may stand last."""
    behind = {
        c.id
        for c in view.s.cues
        if c.kind == "measure" and c.start >= view.right and _fits(c.id, unit, direction)
    }
    return behind.pop() if len(behind) == 1 else None


def _of_stage(view: FigureContext) -> bool:
    """Whether a stage stands right before the figure: 精炼91%, 分離を91％."""
    return any(c.kind == "stage" and 0 <= view.figure.start - c.end <= 2 for c in view.s.cues)


def _verb(view: FigureContext, c: Cue) -> bool:
    """Whether "cost" is what something sells for, as in "costs $60 per kilogram"."""
    return view.s.text[c.start : c.end].lower() in ("cost", "costs") and not view.s.text.startswith(
        " of", c.end
    )


def _market(view: FigureContext) -> bool:
    """Whether a sentence that names no measure speaks as a market does: of a material that rises or falls,
    or in prices."""
    if any(_sort(f.quantity.unit) == "price" for f in view.s.figures):
        return True
    low = max(view.left, view.clause[0])
    return any(
        c.kind == "material"
        and low <= c.start
        and 0 <= view.figure.start - c.end <= _PREDICATE
        and not any(k.kind in ("up", "down") and low <= k.start and k.end <= c.start for k in view.s.cues)
        for c in view.s.cues
    )  # "Nissan cut dysprosium by 40%" is no price


def _known(view: FigureContext, measure: str | None) -> str | None:
    return measure if measure and measure in view.s.thesaurus else None


def _per_thing(view: FigureContext) -> bool:
    """Whether the sentence is about one vehicle, turbine or the like."""
    s = view.s
    start = s.start
    for c in s.cues:
        if (
            c.kind == "product"
            and c.end <= view.figure.start
            and _PER_THING.search(s.text, max(start, c.start - 24), min(s.end, c.end + 8))
        ):
            return True
        if (
            c.kind == "product"
            and c.start >= view.figure.end
            and re.search(r"(?:per|a|an|each)\s$", s.text[max(start, c.start - 5) : c.start])
        ):
            return True
    return any(c.kind == "measure" and c.id == "weight_per_unit" for c in s.cues) and any(
        c.kind == "product" for c in s.cues
    )


def _share(view: FigureContext, chosen: str | None, slots: Slots) -> str | None:
    """A share, told by its base where that is named: of capacity, of production, of imports."""
    if chosen is not None and chosen not in SHARES:
        return chosen
    s = view.s
    near = [c.id for c in view.candidates(("measure",))]
    fraction = s.text[view.figure.end : view.figure.end + 4].lower().startswith((" of ", "的"))
    before_of = bool(_OF_BEFORE.search(s.text[max(s.start, view.figure.start - 5) : view.figure.start]))
    worded = view.figure.quantity.unit == "%" and s.text[view.figure.end - 1] not in "%tト"  # 九成, a third
    if chosen is None and "imports" in near:
        return "share_of_imports"
    if chosen is None and not fraction and not before_of and not worded:
        return slots.measure if slots.measure in SHARES else None
    if _RUNS_AT.search(
        s.text[max(s.start, view.figure.start - 24) : view.figure.start]
    ) and _OF_CAPACITY.match(s.text, view.figure.end):
        return "utilisation"
    if chosen in ("share_of_imports", "share_of_capacity", "share_of_production"):
        return chosen
    head = s.text[max(s.start, view.left) : view.figure.start]
    if _BOUGHT.search(s.text, view.left, view.right) or (
        _BUYS.search(head) and " from " in s.text[view.figure.end : view.right]
    ):
        return "share_of_imports"
    if _OF_OUTPUT.search(head):
        return "share_of_production"
    if any(c.id == "imports" for c in s.cues) and _COMES_FROM.search(s.text, view.figure.end, view.right):
        return "share_of_imports"
    for c in view.candidates(("measure",)):
        id = c.id
        behind = c.start >= view.figure.end
        # the base of "87 % of" stands behind, that of 能力の87％ before
        if c.start - view.figure.end > _NOUN_PHRASE or (behind and before_of) or (not behind and fraction):
            continue
        if id in ("capacity", "share_of_capacity"):
            return "share_of_capacity"
        if id in ("imports", "share_of_imports"):
            return "share_of_imports"
        if id == "production" and _noun_production(view):
            return "share_of_production"
    if (
        slots.measure in SHARES
        and chosen in (None, "share")
        and view.previous is not None
        and SHARES.issuperset(near)
    ):
        return slots.measure
    return "share"


def _noun_production(view: FigureContext) -> bool:
    low, high = max(view.left, view.clause[0]), min(view.right, view.clause[1])
    return bool(
        re.search(r"\b(?:output|production)\b|产量|生産量|生产量", view.s.text[low:high], re.IGNORECASE)
    )
