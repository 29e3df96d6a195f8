"""Of what a figure speaks: stage and material."""

from __future__ import annotations

import re

from mine2magnet.claims.cues import Cue
from mine2magnet.claims.measures import MONEY, TIME
from mine2magnet.claims.view import STRONG, Slots, View

_OF_NOTHING = frozenset(("person", "vehicle", "count", "km", "km2", "m", "hectare", "MW", "GW", "MWh", "GWh"))

_OF_FIRMS = ("revenue", "profit", "profitability", "share_price", "jobs")  # rarely of a material
_NEAR = 16  # characters within which a word tells what a figure or a name is part of
_EQUITY = re.compile(
    r"\bstakes?\b|\bequity\b|\bshareholding\b|股权|股份|持股|株式|出資比率|[ァ-ヶー]株", re.IGNORECASE
)
_CAUSE_BEFORE = re.compile(
    r"(?:\b(?:because of|amid|due to|owing to|blam(?:ed|ing)) (?:an? |the )?"
    r"(?:shortages?|lack|scarcity) of\s|(?:由于|因|受)[^，。]{0,4})$"
)
_CAUSE_BEHIND = re.compile(
    r"(?:の)?(?:調達|供給)?(?:不足|難|途絶|停滞|高騰)(?:による|により|で|を受け|のため)|"
    r"\s(?:shortages?|scarcity) (?:has |have )?(?:forced|led|caused|meant)"
)
_NOUN = 6  # characters between a material and the noun that it modifies
_PRICED = ("price", "price_floor")


def stage(view: View, slots: Slots, measure: str | None) -> str | None:
    for c in view.candidates(("stage",)):
        return c.id
    if measure in _PRICED or (view.figure.quantity.unit in MONEY and measure != "cost"):
        return None  # what money is paid for is told beside it
    if (
        view.previous is not None
        and slots.stage
        and not STRONG.search(view.s.text, view.previous.end, view.figure.start)
    ):
        return slots.stage
    for c in view.earlier(("stage",)):
        if view.previous is None:
            return c.id
        break
    return None


def materials(view: View, slots: Slots, measure: str | None) -> tuple[str, ...]:
    unit = view.figure.quantity.unit
    if measure is None and (unit in TIME or unit == "km"):
        return ()
    low = max(view.left, view.clause[0], view.figure.start - _NEAR)
    if unit == "%" and _EQUITY.search(view.s.text, low, min(view.clause[1], view.figure.end + _NEAR)):
        return ()  # a part of a company
    found = [
        c for c in view.candidates(("material",)) if not _compared(view, c) and not _caused(view, c, measure)
    ]
    if measure in _OF_FIRMS:
        found = [c for c in found if _modifies(view, c)]
        if not found and view.previous is None:
            return ()
    elif not found and view.previous is None:
        found = [c for c in view.earlier(("material",)) if not _caused(view, c, measure)][:1]
    if found:
        first = found[0]
        joined = [first.id]
        for other in found[1:]:
            low, high = sorted((first, other), key=lambda c: c.start)
            if view.s.text[low.end : high.start].strip() in ("and", "和", "と", "、", "及", "or", "与"):
                joined.append(other.id)
        return tuple(sorted(joined, key=lambda id: next(c.start for c in found if c.id == id)))
    # what a price or a tonnage is of carries on; what people or kilometres are of does not
    spent = unit in MONEY and measure not in (*_PRICED, "cost", "exports", "imports")
    return slots.materials if view.previous is not None and unit not in _OF_NOTHING and not spent else ()


def _caused(view: View, c: Cue, measure: str | None) -> bool:
    """Whether a material is but the cause of what is told: 由于磁体断供, 磁石不足による減産."""
    if measure in (*_PRICED, "shortage", "imports", "exports", "supply", "inventory"):
        return False
    text = view.s.text
    before = _CAUSE_BEFORE.search(text, max(view.s.start, c.start - _NEAR), c.start)
    return c.end <= view.figure.start and bool(before or _CAUSE_BEHIND.match(text, c.end, view.figure.start))


def _modifies(view: View, c: Cue) -> bool:
    """Whether a measure's noun follows a material: "mineral sands revenue", 稀土板块收入."""
    return any(k.kind == "measure" and 0 <= k.start - c.end <= _NOUN for k in view.s.cues)


def _compared(view: View, c: Cue) -> bool:
    """Whether a name is what the figure is so many times of: 氧化镝的四倍, "twice the dysprosium price"."""
    if view.figure.quantity.unit != "x" or view.figure.changed:
        return False
    text = view.s.text
    if c.end <= view.figure.start:
        return bool(re.fullmatch(r"[^，、。,]{0,4}[的の](?:約|约|近)?", text[c.end : view.figure.start]))
    return bool(re.match(r"\s(?:as|the|that|than|what)\b", text[view.figure.end : c.start]))
