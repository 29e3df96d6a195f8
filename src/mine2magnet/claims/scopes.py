"""Of whom and of what a figure speaks: subject, stage, material."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mine2magnet.claims.cues import Cue, inside, voices
from mine2magnet.claims.measures import MONEY, SHARES, TIME
from mine2magnet.claims.times import Time
from mine2magnet.claims.view import ADJACENT, STRONG, SUBJECTS, FigureContext, Slots, far

_ROLE_EN = re.compile(
    r"(?:\b(?:of|in|from|to|on|for|by|with|against|at|than|into|as|near|outside|over)\s(?:the\s|its\s)?)$",
    re.IGNORECASE,
)

_SOURCE = re.compile(
    r"\b(?:(?:come|comes|came|coming|originates?|originated|made|produced|supplied) from|"
    r"(?:concentrated|located|based|held|found|takes? place|took place|happens?|done|made|mined|refined|"
    r"processed|produced|controlled|owned|dominated|supplied|carried out|is|are|remains?) (?:in|by))"
    r"\s(?:the\s)?$|(?:来自|产自|源自|出自)$",
    re.IGNORECASE,
)

_RANK = re.compile(r"\s?(?:[0-9一二三]+位|最大|最高|首|第|'s (?:largest|biggest|first|second|third|only))")

_TOPIC = re.compile(r"(?:(?![でに]は)[^、。]){0,16}?(?:は|が)(?!なけ|あ)")
_OF_NOTHING = frozenset(("person", "vehicle", "count", "km", "km2", "m", "hectare", "MW", "GW", "MWh", "GWh"))
_AND = 5  # characters between two names joined by "and"
_OTHERS = re.compile(
    r"(?:\b(?:the latter|others?|rivals|another|elsewhere)\b|后者|前者|部分|其他|其它|别的|同行|他社|一部の)",
    re.IGNORECASE,
)
_WE = re.compile(r"\b(?:we|our)\b|我们|我社|当社|弊社", re.IGNORECASE)

_AFTER_EN = re.compile(r"\b(?:in|from|by|at)\s(?:the\s)?$", re.IGNORECASE)

# What marks a name as a partner, a cause or a yardstick of what happens, never as who it happens to.
_ASIDE_EN = re.compile(
    r"\b(?:to|from|with|against|than|into|on|as|like|including|toward|towards|excluding)\s"
    r"(?:(?:the|its|their|buyers|customers|suppliers|neighbouring|mainland)\s(?:in\s)?){0,2}$",
    re.IGNORECASE,
)
_ASIDE_ZH = re.compile(
    r"(?:对|向|给|从|自|往|赴|受|因|据|除|较|销售?至|出口至|出口到|针对|依赖|摆脱|替代|援引)$"
)
_ASIDE_JA = re.compile(
    r"(?:(?:の[^、。は]{0,14})?に占める|(?:など)?(?:へ|に(?!お|は|も|つ)|から|向け|との|より|以外|を(?:除|抜|含|巡|通)|離れ|依存))"
)

# An actor that the thesaurus does not know: what is said of it is not said of whom was named before.
_ACTOR = {
    "en": re.compile(
        r"(?:^|[,;:“\"]|\b(?:and|while|but|whereas|as|that)\b)\s*(?:(?:the|some|many|most|several|other|"
        r"a|an|smaller|larger|two|three|few|its|their)\s)*(?:[a-z-]+\s){0,2}"
        r"(?:suppliers?|makers?|manufacturers|producers|companies|firms|carmakers|automakers|buyers|traders|"
        r"users|rivals|countries|governments|refiners|miners|plants)\s(?!of\b)",
    ),
    "zh": re.compile(
        r"(?:厂商|企业|车企|供应商|零部件商|贸易商|买家|同行|厂家|工厂|公司|股份|集团|科技|矿业|新材)(?!的?负责人)"
    ),
    "ja": re.compile(
        r"(?:メーカー|企業|業者|各社|大手|工業|会社|製作所|鉱業|金属|商事|電機|政府|協会)"
        r"(?:の(?:多く|一部|大半|場合))?(?:は|が|では)"
    ),
}
_FROM = re.compile(r"\bfrom\s(?:the\s)?$")
_ORIGIN = re.compile(
    r"\b(?:exports?|shipments|supply|supplies|sales)\b[^,;]{0,40}\bfrom\s(?:the\s)?$", re.IGNORECASE
)
_NATIONAL = re.compile(r"[米豪英仏独印加韓中伊露](?=[\u30a1-\u30faA-Z])")  # 米ノベオン: a firm of the country
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
_LEAD_EN = re.compile(r"^(?:[A-Za-z'-]+\s){0,4}(?:in|at|of|for|across)(?:\sthe)?$")
_INSERTED = re.compile(r",\s(?:which|whose|who|where)\s[^,.;]*,")  # ", whose customers include Tesla,"
_LENT = re.compile(r"(?:\b(?:loan|grant|credit|lend|lent)\b[^,;]{0,24}\bto|[向给])\s?$", re.IGNORECASE)
_LEAD = 4  # characters that may stand before a Chinese topic
_ON_PARTNERS = ("tariff", "share_of_imports")  # a tariff on, a dependence on
_SELF = re.compile(r"(?:该|本|总|[，,。：:]|^)(?:公司|集团)|the (?:company|group)", re.IGNORECASE)
_PROPER = re.compile(
    r"(?:^|[,;]\s|\b(?:and|while|but|whereas)\s)(?:The\s)?"
    r"(?P<name>[A-Z][\w&.-]+(?:\s(?:&\s)?[A-Z][\w&.-]+)+)(?:'s)?\s(?=[a-z])"
)

_AFTER_ZH = re.compile(r"(?:在|自|来自|于|由)$")


def stage(view: FigureContext, slots: Slots, measure: str | None) -> str | None:
    """Return the stage of the chain that a figure is of, None where the text does not tell.

    Parameters
    ----------
    view : FigureContext
    slots : Slots
        What figures before have handed on.
    measure : str or None
        The figure's, a thesaurus id.
    """
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


def materials(view: FigureContext, slots: Slots, measure: str | None) -> tuple[str, ...]:
    """Return the materials that a figure is of; () where the text does not tell.

    Parameters
    ----------
    view : FigureContext
    slots : Slots
        What figures before have handed on.
    measure : str or None
        The figure's, a thesaurus id.
    """
    unit = view.figure.quantity.unit
    if measure is None and (unit in TIME or unit == "km"):
        return ()
    head = max(view.left, view.clause[0], view.figure.start - _NEAR)
    if unit == "%" and _EQUITY.search(view.s.text, head, min(view.clause[1], view.figure.end + _NEAR)):
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
            a, b = sorted((first, other), key=lambda c: c.start)
            if view.s.text[a.end : b.start].strip() in ("and", "和", "と", "、", "及", "or", "与"):
                joined.append(other.id)
        return tuple(sorted(joined, key=lambda id: next(c.start for c in found if c.id == id)))
    # what a price or a tonnage is of carries on; what people or kilometres are of does not
    spent = unit in MONEY and measure not in (*_PRICED, "cost", "exports", "imports")
    return slots.materials if view.previous is not None and unit not in _OF_NOTHING and not spent else ()


def _caused(view: FigureContext, c: Cue, measure: str | None) -> bool:
    """Whether a material is but the cause of what is told: 由于磁体断供, 磁石不足による減産."""
    if measure in (*_PRICED, "shortage", "imports", "exports", "supply", "inventory"):
        return False
    text = view.s.text
    before = _CAUSE_BEFORE.search(text, max(view.s.start, c.start - _NEAR), c.start)
    return c.end <= view.figure.start and bool(before or _CAUSE_BEHIND.match(text, c.end, view.figure.start))


def _modifies(view: FigureContext, c: Cue) -> bool:
    """Whether a measure's noun follows a material: "mineral sands revenue", 稀土板块收入."""
    return any(k.kind == "measure" and 0 <= k.start - c.end <= _NOUN for k in view.s.cues)


def _compared(view: FigureContext, c: Cue) -> bool:
    """Whether a name is what the figure is so many times of: 氧化镝的四倍, "twice the dysprosium price"."""
    if view.figure.quantity.unit != "x" or view.figure.changed:
        return False
    text = view.s.text
    if c.end <= view.figure.start:
        return bool(re.fullmatch(r"[^，、。,]{0,4}[的の](?:約|约|近)?", text[c.end : view.figure.start]))
    return bool(re.match(r"\s(?:as|the|that|than|what)\b", text[view.figure.end : c.start]))


def subjects(view: FigureContext, slots: Slots, measure: str | None) -> tuple[str, ...]:
    """Return who or where a figure is of, the surest sign first; () where the sentence does not tell.

    Who speaks is not the subject, unless there is no other.

    Parameters
    ----------
    view : FigureContext
    slots : Slots
        What figures before have handed on.
    measure : str or None
        The figure's, a thesaurus id.
    """
    s = view.s
    named = _usable(view)
    usable = [c for c in named if not aside(view, _marked(view, c, named), measure)]
    low = view.clause[0]
    if _unknown(view, usable) or _OTHERS.search(s.text, max(low, view.left), view.figure.start):
        slots = replace(slots, subjects=())  # "others have less": of whom is not said
        usable = [c for c in usable if c.start >= max(low, view.left)]
    inherited = slots.subjects
    single = measure in ("weight_per_unit", "installed_capacity") and view.figure.quantity.unit != "x"
    if single and (found := _thing(view) or inherited):
        return found
    if measure in ("loan", "subsidy") and (
        lent := [c for c in named if _LENT.search(s.text, s.start, c.start)]
    ):
        return (lent[-1].id,)
    if measure in SHARES and (found := _source(view, named)):
        return found
    start = view.left if _own_subject(view, usable) else low
    before = [c for c in usable if max(low, start) <= c.start and c.end <= view.figure.start]
    before = _governing(view, before, usable, inherited=bool(inherited) or measure == "exports")
    if before and not any(c.kind == "company" for c in before):
        companies = [c.id for c in s.cues if c.kind == "company" and c.end <= low]
        if companies and _SELF.search(s.text, max(s.start, low - 1), before[-1].end):
            return (companies[-1],)  # of the company, at one of its places
    if before:
        return _chosen(view, before)
    if s.language == "en" and not inherited:
        earlier = [c for c in usable if c.end <= low and not STRONG.search(s.text, c.end, view.figure.start)]
        if free := [c for c in earlier if _free(view, c)]:
            return _chosen(view, free)
    if found := _behind(view, named, inherited):
        return found
    products = [c for c in s.cues if c.kind == "product"]
    own = [c.id for c in products if max(low, view.left) <= c.start and c.end <= view.figure.start]
    if own and measure in SHARES and all(s.thesaurus[id].kind == "product" for id in inherited):
        return (own[0],)
    if inherited:
        return inherited
    earlier = [c for c in usable if c.end <= view.figure.start and _leads(view, c)]
    if earlier:
        return _chosen(view, earlier)
    if measure in _ON_PARTNERS and named:
        return (named[0].id,)
    return _spoken_for(view, measure) or _least(view, products, measure)


def _leads(view: FigureContext, c: Cue) -> bool:
    """Whether a name in a clause before the figure's is what the sentence goes on to speak of."""
    s = view.s
    if s.language == "ja":
        return bool(re.match(r"[^、。]{0,16}?は|で|の", s.text[c.end : c.end + 18]))
    lead = s.text[s.clause_start(c.start) : c.start].strip(' “"')
    if s.language == "zh":
        return len(lead) <= _LEAD
    return _free(view, c) or bool(_LEAD_EN.search(lead))


def _marked(view: FigureContext, c: Cue, named: Sequence[Cue]) -> Cue:
    """The name of a row that bears the mark of all: the first, in Japanese the last."""
    last = view.s.language == "ja"
    for other in named if last else reversed(named):
        low, high = (c, other) if last else (other, c)
        if _joined(view, low, high):
            c = other
    return c


def aside(view: FigureContext, c: Cue, measure: str | None) -> bool:
    """Return whether a name is a partner, a cause or a yardstick: "exports to Japan", 受缅甸影响, 中国から.

    Parameters
    ----------
    view : FigureContext
    c : Cue
        The name.
    measure : str or None
        The figure's, a thesaurus id.
    """
    s = view.s
    if s.language == "ja":
        after = _ASIDE_JA.match(s.text, c.end, min(s.end, view.figure.start))
        return bool(after) or s.text[c.start - 1 : c.start] == "対"  # 対日輸出
    before = s.text[max(s.start, c.start - 32) : c.start]
    if s.language == "zh":
        return bool(_ASIDE_ZH.search(before))
    if measure in ("exports", "supply", "production") and _FROM.search(before):
        return False  # "exports from China" are China's
    return bool(_ASIDE_EN.search(before))


def _unknown(view: FigureContext, usable: Sequence[Cue]) -> bool:
    """Whether someone whom the thesaurus does not know stands between the last named and the figure."""
    s = view.s
    low = max(view.left, view.clause[0])
    if any(low <= c.start and c.end <= view.figure.start for c in usable):
        return False
    if _SELF.search(s.text, max(s.start, low - 1), view.figure.start):
        return False
    actor = _ACTOR[s.language].search(s.text[low : view.figure.start])
    counted = view.previous is not None and view.previous.quantity.unit in ("count", "person")
    if actor and not (counted and low + actor.start() - view.left <= ADJACENT):  # 三家工厂 are no new ones
        return True
    if s.language != "en":
        return False
    known: list[Cue | Time] = [*s.cues, *s.times]
    return any(
        not any(c.start < low + m.end("name") and c.end > low + m.start("name") for c in known)
        for m in _PROPER.finditer(s.text[low : view.figure.start])
    )


def _usable(view: FigureContext) -> list[Cue]:
    """Countries, places, companies and organisations that can be a subject."""
    s = view.s
    inserted = [m.span() for m in _INSERTED.finditer(s.text, s.start, view.figure.start)]
    denied = next((c.start for c in s.cues if c.kind == "denied"), 0)
    return [
        c
        for c in s.cues
        if c.kind in SUBJECTS
        and c.id != "world"
        and not s.spoken(c)
        and c.id not in voices()
        and not any(a <= c.start and c.end <= b for a, b in inserted)
        and not (c.kind == "organisation" and c.end <= denied)  # who denies is not who it is about
        and not s.text.startswith(("-based", "-headquartered", "-listed"), c.end)
        and not _compared(view, c)
        and not (c.kind == "country" and _NATIONAL.match(s.text, c.start))
    ]


def _thing(view: FigureContext) -> tuple[str, ...]:
    """The product that a weight or a power is one of: the nearest, in the clause or before it."""
    low, high = view.clause
    things = [c for c in view.s.cues if c.kind == "product" and not c.id.endswith("_industry")]
    near = [c for c in things if low <= c.start and c.end <= high] or [
        c for c in things if c.end <= view.figure.start
    ]
    return (min(near, key=lambda c: far(view, c)).id,) if near else ()


def _source(view: FigureContext, usable: Sequence[Cue]) -> tuple[str, ...]:
    """Where a share comes from: 98%的磁铁来自中国, "70 % come from China", 98％は中国産."""
    text = view.s.text
    for c in usable:
        if view.figure.end <= c.start < view.clause[1]:
            head = text[max(view.figure.end, c.start - 24) : c.start]
            if _SOURCE.search(head) or text.startswith(("産", "产"), c.end):
                return (c.id,)
    return ()


def _own_subject(view: FigureContext, usable: Sequence[Cue]) -> bool:
    """Whether a subject stands between the previous figure and this one, in the same clause."""
    return view.previous is not None and any(
        view.left <= c.start and c.end <= view.figure.start for c in usable
    )


def _free(view: FigureContext, c: Cue) -> bool:
    """Whether an English name stands free of a preposition."""
    head = view.s.text[max(view.s.start, c.start - 64) : c.start]
    return not _ROLE_EN.search(head) or bool(_ORIGIN.search(head))


def _topic(view: FigureContext, c: Cue) -> bool:
    """Whether a Japanese name is, or is in, what は or が marks."""
    return bool(_TOPIC.match(view.s.text[c.end : min(c.end + 24, view.figure.start)]))


def _governing(
    view: FigureContext, before: list[Cue], usable: Sequence[Cue], *, inherited: bool
) -> list[Cue]:
    """Of the names before a figure those that can govern it: in Japanese a topic rather than what a
    particle puts aside, in English not what a preposition does while there is a subject already."""
    if view.s.language == "ja":
        topics = [c for c in usable if c.end <= view.figure.start and _topic(view, c)]
        if topics and not any(c in topics for c in before):
            last = topics[-1]
            return [c for c in topics if c.start >= last.start or _joined(view, c, last)]
        return [c for c in before if not view.s.text.startswith(("に", "へ", "から", "への"), c.end)]
    if view.s.language == "en" and inherited and not any(_free(view, c) for c in before):
        return []
    return before


def _behind(view: FigureContext, usable: Sequence[Cue], inherited: tuple[str, ...]) -> tuple[str, ...]:
    """A subject named after the figure: "takes place in China", 集中在中国, 中国に集中."""
    s = view.s
    for c in usable:
        if not (view.figure.end <= c.start and c.end <= min(view.clause[1], view.right)):
            continue
        head = s.text[view.figure.end : c.start]
        if view.of and len(head) <= ADJACENT and not inherited:
            return (c.id,)
        english = s.language == "en" and (_AFTER_EN.search(head) or head.strip() == "of")
        chinese = s.language == "zh" and _AFTER_ZH.search(head)
        japanese = s.language == "ja" and s.text.startswith(("に", "で"), c.end)
        if (english or chinese or japanese) and (view.of or not inherited):
            return (c.id,)
    return ()


def _spoken_for(view: FigureContext, measure: str | None) -> tuple[str, ...]:
    """A supplier's word on its own stocks, a country's customs on its trade: by who speaks."""
    s = view.s
    spoken = [c for c in s.cues if s.spoken(c)]
    if _WE.search(s.text, s.start, s.end) or measure == "stock_cover":
        companies = [c.id for c in spoken if c.kind == "company"]
        home = companies or [c.id for c in spoken if c.kind in ("country", "place")][:1]
        if home:
            return tuple(dict.fromkeys(home))
    if measure in ("exports", "imports"):
        names = [s.text[c.start : c.end] for c in spoken if c.kind == "organisation"]
        home = [id for name in names for kind, id, *_ in inside(name, s.thesaurus) if kind == "country"]
        home += [
            b
            for c in spoken
            if c.kind == "organisation"
            for b in s.thesaurus[c.id].broader
            if s.thesaurus[b].kind == "country"
        ]
        return tuple(home[:1])
    return ()


def _least(view: FigureContext, products: Sequence[Cue], measure: str | None) -> tuple[str, ...]:
    """What is left: an end use, the world, a company's word on itself."""
    s = view.s
    near = [
        c
        for c in products
        if c.id != "manufacturing_industry"
        and (c.end <= view.figure.start or (measure in SHARES and c.end <= view.clause[1]))
    ]
    if near and (measure in SHARES or any(c.start <= s.start + ADJACENT for c in near)):
        return (near[0].id,)
    if measure not in SHARES and any(c.id == "world" and not _RANK.match(s.text, c.end) for c in s.cues):
        return ("world",)
    kinds = ("company", "organisation") if measure in ("subsidy", "loan", "investment") else ("company",)
    return tuple(c.id for c in s.cues if c.kind in kinds and c.id not in voices() and s.spoken(c))[:1]


def _joined(view: FigureContext, a: Cue, b: Cue) -> bool:
    """Whether two names are joined by "and"."""
    gap = view.s.text[a.end : b.start].strip()
    return 0 <= b.start - a.end <= _AND and gap in ("and", "和", "と", "、", "与", "及", "&")


def _chosen(view: FigureContext, found: Sequence[Cue]) -> tuple[str, ...]:
    """The subject among several before the figure, with those joined to it by "and"."""
    s = view.s
    chosen = None
    if s.language == "ja":
        chosen = next((c for c in found if _topic(view, c)), None)
    elif s.language == "en":
        chosen = next((c for c in found if _free(view, c)), None)
    chosen = chosen or found[0]
    for c in found:
        if c is chosen or not 0 <= c.start - chosen.end <= _AND:
            continue
        if _joined(view, chosen, c):
            return (chosen.id, c.id)
        # a mine or plant inside a country or state is the closer subject
        gap = s.text[chosen.end : c.start].strip()
        if gap in ("", "'s", "的", "の", "省", "州の", "州") and c.kind in (
            "place",
            "company",
            "organisation",
        ):
            return (c.id,)
    return (chosen.id,)
