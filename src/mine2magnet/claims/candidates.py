"""The candidates of each slot of a claim, with what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from mine2magnet.claims.context import DocumentContext, named
from mine2magnet.claims.cues import Cue, voices
from mine2magnet.claims.evidence import Candidates, add
from mine2magnet.claims.layout import SUBJECTS, Sentence
from mine2magnet.claims.measures import default, fits, group, sort
from mine2magnet.claims.relations import FigureContext, marked, marks, within

_NEXT = re.compile(r"\s?(?:,\sand|,|、|，|和|与|及|と|や|or|\band\b|&)\s?")
_PRONOUN = re.compile(
    r"\s*[\"“「]?(?:(?:it|its|they|their|the company|the country|the group|the firm|the miner|the producer|the ministry)\b|该国|该公司|该厂|该矿|"
    r"其|它|公司|同国|同社|同氏|同工場|同鉱山|同省)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(
    r"\b(?:its|their|it|they|he|she|his|her|we|our)\b|该|其(?!中)|公司|本(?:公司|集团)|同(?:社|国|省|氏)|当社",
    re.IGNORECASE,
)
_ACTOR = {  # somebody whom no thesaurus holds
    "en": re.compile(
        r"\b(?:suppliers?|makers?|manufacturers|producers|companies|firms|carmakers|automakers|buyers|traders|users|"
        r"rivals|countries|governments|refiners|miners|plants|applicants|investors|customers|applications|lines)\b"
    ),
    "zh": re.compile("厂商|企业|车企|供应商|零部件商|贸易商|买家|同行|厂家|客户|投资者|磁材厂|分离厂|主机厂"),
    "ja": re.compile("メーカー|企業|業者|各社|大手|会社|商社|工場|需要家|投資家|取引先|顧客|他社"),
}
_PARTIES = (*SUBJECTS, "product", "actor")
_MOST = 16  # names of one sentence that are candidates
_FEW = 4  # names of another sentence that are


def _near(view: FigureContext, found: Sequence[Cue]) -> list[Cue]:
    """The names nearest to the figure, in order of the text."""
    if len(found) <= _MOST:
        return list(found)
    middle = view.figure.start
    return sorted(sorted(found, key=lambda c: abs(c.start - middle))[:_MOST], key=lambda c: c.start)


def _rank(view: FigureContext, found: Sequence[Cue], c: Cue) -> list[str]:
    """How many of its kind stand between a name and the figure, and whether it is the first or the only one."""
    ahead = c.end <= view.figure.start
    if ahead:
        between = sum(k.start >= c.end and k.end <= view.figure.start for k in found)
    else:
        between = sum(k.start >= view.figure.end and k.end <= c.start for k in found)
    pieces = [f"{'before' if ahead else 'after'}#{min(between, 3)}"]
    if len({k.id for k in found}) == 1:
        pieces.append("only")
    if c is found[0]:
        pieces.append("first")
    return pieces


def _carried(
    candidates: Candidates,
    doc: DocumentContext,
    slot: str,
    kinds: Sequence[str],
    flags: Sequence[str],
    allowed: Iterable[str] | None = None,
) -> None:
    """Add what title, heading, lead, the sentences and the figure before tell."""
    taken: set[tuple[str, str]] = set()
    for where, s in doc.around():
        found = [c for c in named(s, kinds) if c.id and (allowed is None or c.id in allowed)]
        alone = len({c.id for c in found}) == 1
        for i, c in enumerate(found[:_FEW] if where in ("title", "heading", "lead") else found[-_FEW:]):
            if (where, c.id) in taken or (c.id in voices() and slot != "measure"):
                continue
            taken.add((where, c.id))
            left, right = marks(s, c.start, c.end)
            at = f"at:{where}"
            pieces = [at, f"carried:{c.kind}", f"carried:{c.kind}&{flags[1]}", f"{at}:{c.kind}", f"{at}:{c.kind}&{flags[1]}", f"{at}:{left}<", f"{at}:>{right}"]
            pieces += [f"{at}&{flag}" for flag in flags]
            if alone:
                pieces += [f"{at}:alone", f"{at}:alone&{flags[0]}"]
            if i == 0:
                pieces.append(f"{at}:first")
            if s.spoken(c):
                pieces.append(f"{at}:spoken")
            add(candidates, (c.id,), pieces)
    for i, (id, kind, part) in enumerate(doc.top(kinds)):
        if allowed is None or id in allowed:
            top = f"top{i}:{kind}"
            add(
                candidates,
                (id,),
                [top, f"{top}:{part}", *(f"top{i}&{flag}" for flag in flags)],
            )
    if doc.told is not None and (value := doc.told.slots.get(slot, ())):
        if allowed is None or set(value) <= set(allowed):
            kind = doc.kinds.get(value[0], "")
            add(candidates, value, [*_told(doc, flags), f"told:{kind}", f"told:{kind}&{flags[1]}", f"told:{doc.told_at()}:{kind}"])


def _told(doc: DocumentContext, flags: Sequence[str]) -> list[str]:
    told = f"told:{doc.told_at()}"
    return [told, f"told:{doc.row}", *(f"{told}&{flag}" for flag in flags)]


def _told_nothing(doc: DocumentContext, slot: str) -> list[str]:
    if doc.told is None:
        return ["told:nothing"]
    return [f"told:{doc.told_at()}:none", f"told:{doc.row}:none"] if not doc.told.slots.get(slot) else []


def units(view: FigureContext, doc: DocumentContext) -> Candidates:
    """Return what bare money may be per: kg, t … as figures before or the heading tell; () is nothing.

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    """
    unit, value = view.figure.quantity.unit, view.figure.quantity.low or view.figure.quantity.high or 0.0
    candidates: Candidates = {(): ["none"]}
    near = [m.quantity for m in view.s.figures if m is not view.figure]
    for where, quantities in (("sentence", near), ("before", doc.priced)):
        for q in quantities:
            head, _, per = q.unit.partition("/")
            if head != unit or sort(q.unit) != "price":
                continue
            other = q.low or q.high or 0.0
            ratio = abs(value / other) if other else 0.0
            size = "alike" if 0.3 < ratio < 3 else "near" if 0.02 < ratio < 50 else "far"
            add(candidates, (per,), [where, size, f"{where}:{size}"])
    if doc.told is not None and len(candidates) > 1:
        before = f"{doc.told_at()}:{doc.told.slots.get('measure', ('',))[:1]}"
        candidates[()] += [f"told:{before}", f"row:{doc.row}", "large" if value >= 1e6 else "small"]
    return candidates


def measures(view: FigureContext, doc: DocumentContext, direction: str) -> Candidates:
    """Return what the figure may measure: the measures named that its unit allows.

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    direction : {"level", "change"}
    """
    s, unit = view.s, view.figure.quantity.unit
    kind = f"{sort(unit)}:{direction}"
    found = _near(view, [c for c in s.cues if c.kind == "measure" and fits(c.id, unit, direction)])
    candidates: Candidates = {(): ["none", f"none&{kind}"]}
    for c in found:
        word = s.text[c.start : c.end].lower()
        pieces = [*within(view, c.start, c.end), *_rank(view, found, c), f"word:{c.id}:{word}"]
        pieces += [f"long:{min(c.end - c.start, 12) // 3}", *(("spoken",) if s.spoken(c) else ())]
        add(candidates, (c.id,), pieces)
    flags = ["own" if found else "bare", kind]
    allowed = {m for m in _all_measures(doc) if fits(m, unit, direction)}
    _carried(candidates, doc, "measure", ("measure",), flags, allowed)
    for i, id in enumerate(default(unit, direction)):
        add(candidates, (id,), ["default first" if i == 0 else "default"])
    context = _hints(view)
    for value, pieces in candidates.items():
        pieces += [f"{piece}={'+'.join(value)}" for piece in (kind, *context)]
    candidates[()] += [*flags, *_told_nothing(doc, "measure")]
    return candidates


def _all_measures(doc: DocumentContext) -> set[str]:
    told = doc.told.slots.get("measure", ()) if doc.told else ()
    return {*doc.counts.get("measure", ()), *told}


_HINTS = {
    "each": re.compile(r"\b(?:each|every|per|a|an)\s(?:[a-z-]+\s){0,2}$|每|一台|一辆|单台|单车|当たり|あたり|1台|1基|1機", re.IGNORECASE),
    "able": re.compile(r"\b(?:can|able to|capable of|designed|nameplate|capacity)\b|能力|产能|可年产|設計|规模", re.IGNORECASE),
    "world": re.compile(r"\b(?:world|global)\b|全球|世界", re.IGNORECASE),
    "stake": re.compile(r"\bstakes?\b|\bequity\b|\bshareholding\b|股权|股份|持股|株式|出資", re.IGNORECASE),
    "shares": re.compile(r"\bshares\b|\bstock\b|股价|涨停|收盘|収盤|株価|終値", re.IGNORECASE),
    "stock": re.compile(r"\bstocks?\b|\binventor|库存|存货|在庫|备货", re.IGNORECASE),
    "work": re.compile(r"\bjobs?\b|\bstaff\b|\bworkers?\b|员工|岗位|従業員|雇用", re.IGNORECASE),
}  # fmt: skip


def _hints(view: FigureContext) -> list[str]:
    """Words near the figure that hint at what it measures, and what its own words say."""
    s, f = view.s, view.figure
    near = s.text[max(view.clause[0], view.left, f.start - 48) : min(view.clause[1], f.end + 48)]
    hints = [f"hint:{name}" for name, pattern in _HINTS.items() if pattern.search(near)]
    if any(c.kind == "material" and 0 <= f.start - c.end <= 3 for c in s.cues):
        hints.append("hint:after material")
    if any(c.kind == "product" for c in s.cues):
        hints.append("hint:product")
    if any(c.kind == "stage" and abs(f.start - c.end) <= 12 for c in s.cues):
        hints.append("hint:stage")
    if view.of:
        hints.append("hint:of")
    return hints


def _actors(s: Sentence) -> list[Cue]:
    return [c for c in s.cues if c.kind in _PARTIES and c.id]


def parties(
    view: FigureContext, doc: DocumentContext, slot: str, measure: str, taken: Iterable[str] = ()
) -> Candidates:
    """Return who or where the figure may be of ("subject"), or to or from whom ("counterparty").

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    slot : {"subject", "counterparty"}
    measure : str
        The figure's, "" for none.
    taken : iterable of str
        Names that have the other role.
    """
    s, f = view.s, view.figure
    crowd = group(measure)
    found = _near(view, _actors(s))
    candidates: Candidates = {(): ["none", f"none&{crowd}", f"none&{sort(f.quantity.unit)}"]}
    own = False
    for c in found:
        pieces = [
            *within(view, c.start, c.end),
            *_rank(view, found, c),
            f"kind:{c.kind}",
            f"kind:{c.kind}&{crowd}",
        ]
        pieces += marked(s, c.start, c.end, (crowd,))
        if s.spoken(c):
            pieces += ["spoken", f"spoken&{crowd}"]
        if c.id in voices():
            pieces.append("voice")
        if c.id == "world":
            pieces.append("world")
        own = own or (c.end <= f.start and not s.spoken(c))
        add(candidates, (c.id,), pieces)
    for a, b in pairwise(found):
        if a.id != b.id and a.end < b.start and _NEXT.fullmatch(s.text, a.end, b.start):
            add(candidates, (a.id, b.id), [*candidates[(a.id,)], "joined", f"joined&{crowd}"])
    for i, c in enumerate(_aligned(view, found)):
        add(candidates, (c.id,), [f"aligned{i}"])
    flags = ["own" if own else "bare", crowd]
    if _PRONOUN.match(s.text, s.start, s.end):
        flags.append("pronoun")
    if _ACTOR[s.language].search(s.text, max(view.left, view.clause[0]), f.start):
        flags.append("actor")
    if _POSSESSIVE.search(s.text, max(view.left, view.clause[0]), f.start):
        flags.append("its")
    _carried(candidates, doc, slot, _PARTIES, flags)
    if doc.hero:
        add(candidates, (doc.hero,), ["hero", *(f"hero&{flag}" for flag in flags)])
        candidates[()] += ["hero", *(f"hero&{flag}" for flag in flags)]
    candidates[()] += [*flags, *_told_nothing(doc, slot)]
    gone = set(taken)
    return {value: pieces for value, pieces in candidates.items() if gone.isdisjoint(value)}


def _aligned(view: FigureContext, found: Sequence[Cue]) -> list[Cue]:
    """The name that stands in a row of names where the figure stands in a row of figures."""
    s, n = view.s, view.number
    first = n
    while first and _NEXT.fullmatch(s.text, s.figures[first - 1].end, s.figures[first].start):
        first -= 1
    last = n
    while last + 1 < len(s.figures) and _NEXT.fullmatch(
        s.text, s.figures[last].end, s.figures[last + 1].start
    ):
        last += 1
    count = last - first + 1
    row = [c for c in found if c.end <= s.figures[first].start][-count:]
    if count < 2 or len({c.id for c in row}) < count:
        return []
    return [row[n - first]] if all(_NEXT.fullmatch(s.text, a.end, b.start) for a, b in pairwise(row)) else []


def materials(view: FigureContext, doc: DocumentContext, measure: str) -> Candidates:
    """Return the materials that the figure may be of.

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    measure : str
        The figure's, "" for none.
    """
    s, crowd = view.s, group(measure)
    found = _near(view, named(s, ("material",)))
    unit = sort(view.figure.quantity.unit)
    candidates: Candidates = {(): ["none", f"none&{crowd}", f"none&{unit}", f"none&{crowd}&{unit}"]}
    for c in found:
        pieces = [*within(view, c.start, c.end), *_rank(view, found, c), *marked(s, c.start, c.end, (crowd,))]
        pieces += [crowd, unit, *(("spoken",) if s.spoken(c) else ())]
        if any(k.kind == "measure" and 0 <= k.start - c.end <= 6 for k in s.cues):
            pieces += ["modifies", f"modifies&{crowd}"]
        if any(k.kind in ("product", "stage") and 0 <= k.start - c.end <= 3 for k in s.cues):
            pieces.append("of product")
        add(candidates, (c.id,), pieces)
    for a, b in pairwise(found):
        if a.id != b.id and a.end < b.start and _NEXT.fullmatch(s.text, a.end, b.start):
            add(
                candidates,
                (a.id, b.id),
                [*candidates[(a.id,)], "joined", *(f"{p}+" for p in within(view, b.start, b.end))],
            )
    for c in _aligned(view, found):
        add(candidates, (c.id,), ["aligned"])
    flags = ["own" if any(c.end <= view.figure.start for c in found) else "bare", crowd]
    _carried(candidates, doc, "material", ("material",), flags)
    candidates[()] += [*flags, *_told_nothing(doc, "material")]
    return candidates


def stages(view: FigureContext, doc: DocumentContext, measure: str) -> Candidates:
    """Return the stages of the chain that the figure may be of.

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    measure : str
        The figure's, "" for none.
    """
    crowd = group(measure)
    found = _near(view, named(view.s, ("stage",)))
    candidates: Candidates = {(): ["none", f"none&{crowd}"]}
    for c in found:
        pieces = [*within(view, c.start, c.end), *_rank(view, found, c), crowd, f"id:{c.id}"]
        add(candidates, (c.id,), [*pieces, *marked(view.s, c.start, c.end)])
    flags = ["own" if found else "bare", crowd]
    _carried(candidates, doc, "stage", ("stage",), flags)
    candidates[()] += [*flags, *_told_nothing(doc, "stage")]
    return candidates


def speakers(view: FigureContext, doc: DocumentContext, said: str | None) -> Candidates:
    """Return who may say what the figure states: the speaker of its sentence, that of the figure before, nobody.

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    said : str or None
        The speaker that the sentence names, an id or words.
    """
    s, f = view.s, view.figure
    candidates: Candidates = {(): ["none", "spoken" if said else "silent"]}
    if said:
        start, end = s.said
        kind = s.thesaurus[said].kind if said in s.thesaurus else "words"
        side = "before" if end <= f.start else "after" if start >= f.end else "around"
        quoted = "quoted" if _QUOTE.search(s.text, s.start, s.end) else "plain"
        pieces = [kind, side, f"{kind}:{side}", quoted, f"{kind}:{quoted}", f"long:{min(len(said) // 6, 4)}"]
        if any(mark in s.text[min(end, f.end) : max(start, f.start)] for mark in (";", "；")):
            pieces.append("other half")
        if said in voices():
            pieces.append("voice")
        if said == doc.hero:
            pieces.append("hero")
        add(candidates, (said,), pieces)
    elif doc.told is not None and (told := doc.told.slots.get("said_by", ())):
        quoted = "quoted" if _QUOTE.search(s.text, s.start, s.end) else "plain"
        add(candidates, told, [f"told:{doc.told_at()}", f"told:{doc.told_at()}:{quoted}"])
    return candidates


_QUOTE = re.compile(r"[“”\"「」『』]")
