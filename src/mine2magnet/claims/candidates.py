"""The candidates of each slot of a claim, with what speaks for each."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from math import log10

from mine2magnet.claims.context import DocumentContext, named
from mine2magnet.claims.cues import Cue, voices
from mine2magnet.claims.evidence import Candidates, Value, add
from mine2magnet.claims.layout import SUBJECTS, Sentence
from mine2magnet.claims.measures import default, fits, group, sort
from mine2magnet.claims.relations import Cast, FigureContext, marked, marks, within

_NEXT = re.compile(r"\s?(?:,\sand|,|、|，|和|与|及|と|や|or|\band\b|&)\s?")
_PRONOUN = re.compile(
    r"\s*[\"“「]?(?:(?:it|its|they|their|the company|the country|the group|the firm|the miner|"
    r"the producer|the ministry)\b|该国|该公司|该厂|该矿|"
    r"其|它|公司|同国|同社|同氏|同工場|同鉱山|同省)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(
    r"\b(?:its|their|it|they|he|she|his|her|we|our)\b|该|其(?!中)|公司|本(?:公司|集团)|同(?:社|国|省|氏)|"
    r"当社",
    re.IGNORECASE,
)
_ACTOR = {  # somebody whom no thesaurus holds
    "en": re.compile(
        r"\b(?:suppliers?|makers?|manufacturers|producers|companies|firms|carmakers|automakers|buyers|"
        r"traders|users|"
        r"rivals|countries|governments|refiners|miners|plants|applicants|investors|customers|"
        r"applications|lines)\b"
    ),
    "zh": re.compile("厂商|企业|车企|供应商|零部件商|贸易商|买家|同行|厂家|客户|投资者|磁材厂|分离厂|主机厂"),
    "ja": re.compile("メーカー|企業|業者|各社|大手|会社|商社|工場|需要家|投資家|取引先|顧客|他社"),
}
_PARTIES = (*SUBJECTS, "product", "actor")
_EACH = re.compile(r"分别|分別|各自|それぞれ|\brespectively\b", re.IGNORECASE)
_EACH_REACH = 60  # characters behind a figure in which "respectively" stands
_MOST = 16  # names of one sentence that are candidates
_FEW = 4  # names of another sentence that are


def _near(view: FigureContext, found: Sequence[Cue]) -> list[Cue]:
    """The names nearest to the figure, in order of the text."""
    if len(found) <= _MOST:
        return list(found)
    middle = view.figure.start
    return sorted(sorted(found, key=lambda c: abs(c.start - middle))[:_MOST], key=lambda c: c.start)


def _rank(view: FigureContext, found: Sequence[Cue], c: Cue) -> list[str]:
    """How many of its kind stand between a name and the figure; whether it is the first or the only one."""
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
    kinds: tuple[str, ...],
    flags: Sequence[str],
    allowed: Iterable[str] | None = None,
) -> None:
    """Add what title, heading, lead, the sentences and the figure before tell."""
    _from_context(candidates, doc, slot, kinds, flags, allowed)
    _told_value(candidates, doc, slot, flags, allowed)


def _from_context(
    candidates: Candidates,
    doc: DocumentContext,
    slot: str,
    kinds: tuple[str, ...],
    flags: Sequence[str],
    allowed: Iterable[str] | None = None,
) -> None:
    """Add what title, heading, lead and the sentences before tell."""
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
            pieces = [at, f"carried:{c.kind}", f"{at}:{c.kind}", f"{at}:{left}<", f"{at}:>{right}"]
            pieces += [f"carried:{c.kind}&{flags[1]}", f"{at}:{c.kind}&{flags[1]}"]
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


def _told_value(
    candidates: Candidates,
    doc: DocumentContext,
    slot: str,
    flags: Sequence[str],
    allowed: Iterable[str] | None = None,
) -> None:
    """Add what the figure before was of."""
    value = doc.told.slots.get(slot, ()) if doc.told is not None else ()
    if value and (allowed is None or set(value) <= set(allowed)):
        kind = f"told:{doc.kinds.get(value[0], '')}"
        pieces = [kind, f"{kind}&{flags[1]}", f"told:{doc.told_at()}:{doc.kinds.get(value[0], '')}"]
        add(candidates, value, [*_told(doc, flags), *pieces])


def _told(doc: DocumentContext, flags: Sequence[str]) -> list[str]:
    told = f"told:{doc.told_at()}"
    return [told, f"told:{doc.row}", *(f"{told}&{flag}" for flag in flags)]


def _told_nothing(doc: DocumentContext, slot: str) -> list[str]:
    if doc.told is None:
        return ["told:nothing"]
    return [f"told:{doc.told_at()}:none", f"told:{doc.row}:none"] if not doc.told.slots.get(slot) else []


def measures(view: FigureContext, doc: DocumentContext, direction: str) -> Candidates:
    """Return what the figure may measure: the measures named that its unit allows.

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    direction : {"level", "change"}
    """
    s, unit = view.s, view.figure.quantity.unit
    if unit == "%" and _NINES.fullmatch(f"{view.figure.quantity.low}") and not _of_another(view):
        return {("purity",): ["nines"]}
    kind = f"{sort(unit)}:{direction}"
    # eight tenths of last year's: of anything, as a change
    against = "change" if sort(unit) == "rate" and _AGAINST.search(_around(view)) else direction
    if against != direction:
        kind = f"{sort(unit)}:against"
    told = [c for c in s.cues if _tells(view, c) and fits(c.id, unit, against) and not _set_apart(s, c)]
    found = _near(view, told)
    candidates: Candidates = {(): ["none", f"none&{kind}"]}
    for c in found:
        word = s.text[c.start : c.end].lower()
        pieces = [*within(view, c.start, c.end), *_rank(view, found, c), f"word:{c.id}:{word}"]
        pieces += [c.kind, f"{c.kind}&{kind}", f"long:{min(c.end - c.start, 12) // 3}"]
        if s.spoken(c):
            pieces.append("spoken")
        if gap := _gap(view, c):
            pieces += [gap, f"{gap}&{kind}"]
        add(candidates, (c.id,), pieces)
    for id in _of_column(doc, "measure"):
        if fits(id, unit, against):
            add(candidates, (id,), _BESIDE)
    flags = ["own" if found else "bare", kind]
    allowed = {m for m in _all_measures(doc) if fits(m, unit, against)}
    _carried(candidates, doc, "measure", ("measure",), flags, allowed)
    for i, id in enumerate(default(unit, direction)):
        first = () if i else ("default first", f"default first&{flags[0]}")
        add(candidates, (id,), ["default", *first])
    context = [kind, _size(view), *_hints(view), *beside(view)]
    for value, pieces in candidates.items():
        pieces += [f"{piece}={'+'.join(value)}" for piece in context]
    candidates[()] += [*flags, *_told_nothing(doc, "measure")]
    return candidates


_NINES = re.compile(r"99\.(?:9+5?|5)")  # 99.5, 99.9, 99.95, 99.999: how purities are sold


def _of_another(view: FigureContext) -> bool:
    """Return whether the clause names another measure that a share can be of: a recovery of 99.5 %."""
    first, last = view.clause
    named = (c for c in view.s.cues if first <= c.start and c.end <= last and _tells(view, c))
    return any(c.id not in ("purity", "price") and fits(c.id, "%", "level") for c in named)


_AGAINST = re.compile(
    r"(?:前年|前期|前月|昨年|計画|平時|通常|従来|ピーク|同期|同月|当初)(?:同期|同月)?(?:の|比)?$|"
    r"(?:去年|上年|同期|正常|计划|往年|高峰|峰值|月均|原先|平时|季度)"
    r"(?:的|水平的?|同期的?|时的?|产量的?)$|"
    r"<>\s(?:of\s)?(?:that|what)\b(?!\s[a-z]+(?:s|ed)\b)|"
    r"<>\s(?:the|its)\s(?:customary|usual|normal|previous|old)\b|"
    r"<>\s?(?:of|below|above)\s(?:last year|normal|usual|plan|its (?:peak|level|plan)|"
    r"the (?:year|month|quarter|level|plan|peak|average|previous))",
    re.IGNORECASE,
)


_APART_AFTER = re.compile("(?:的?排名|的?情况)?(?:并?不(?:同|一样|一致)|相反|无关)|とは(?:異な|違|別)")
_APART_BEFORE = re.compile(
    r"\b(?:unlike|different from|differs? from|as opposed to|not to be confused with)\s(?:the\s|its\s)?$",
    re.I,
)


def _set_apart(s: Sentence, c: Cue) -> bool:
    """Return whether a measure is only what another is said not to be like: 储量的排名与产量不同."""
    before = s.text[max(s.start, c.start - 30) : c.start]
    return bool(_APART_AFTER.match(s.text, c.end) or _APART_BEFORE.search(before))


def _around(view: FigureContext) -> str:
    """The words before a figure; in English those behind it."""
    s, f = view.s, view.figure
    if s.language == "en":
        return "<>" + s.text[f.end : min(s.end, f.end + 24)]
    return s.text[max(s.start, f.start - 8) : f.start].rstrip("约約")


def _tells(view: FigureContext, c: Cue) -> bool:
    """Whether a cue is a word for a measure; a mere sign of one within the figure is none: 2.7倍."""
    if c.kind == "sign" and view.figure.start < c.end and c.start < view.figure.end:
        return False
    return c.kind in ("measure", "sign") and not _is_name(view.s, c)


def _is_name(s: Sentence, c: Cue) -> bool:
    """Whether a cue is a name: the Minister of State for Mines."""
    word = s.text[c.start : c.end]
    return (
        s.language == "en"
        and s.standing in ("lead", "body")
        and word[0].isupper()
        and not word.isupper()
        and s.text[max(s.start, c.start - 2) : c.start].strip().isalpha()
    )


_BESIDE = ("in", "before", "before:1", "before:clause:own")  # what stands at the head of a column stands so


def _of_column(doc: DocumentContext, kind: str) -> list[str]:
    """What the head of the figure's column names."""
    return [c.id for c in doc.column.cues if c.kind == kind] if doc.column is not None else []


def _gap(view: FigureContext, c: Cue) -> str:
    """The few characters between a cue and the figure."""
    s, f = view.s, view.figure
    most = 6 if s.language == "en" else 3
    if 0 <= f.start - c.end <= most:
        return f"gap:{s.text[c.end : f.start].strip().lower()}<"
    if 0 <= c.start - f.end <= most:
        return f"gap:>{s.text[f.end : c.start].strip().lower()}"
    return ""


_WORD = {"en": (re.compile(r"([A-Za-z]+)\W{1,2}$"), re.compile(r"\W{0,2}([A-Za-z]+)"))}
_CHARACTERS = (re.compile(r"(\w{1,2})$"), re.compile(r"(\w{1,2})"))


def beside(view: FigureContext) -> list[str]:
    """Return the word before a figure and that behind it; two characters of Chinese or Japanese.

    Parameters
    ----------
    view : FigureContext
    """
    s, f = view.s, view.figure
    before, after = _WORD.get(s.language, _CHARACTERS)
    kind = sort(f.quantity.unit)
    left = before.search(s.text, max(s.start, f.start - 16), f.start)
    right = after.match(s.text, f.end, s.end)
    return [f"{side}:{kind}:{m[1].lower()}" for side, m in (("left", left), ("right", right)) if m]


def _size(view: FigureContext) -> str:
    """The unit and the order of magnitude of a figure."""
    q = view.figure.quantity
    value = abs(q.low or q.high or 0.0)
    kind = sort(q.unit)
    name = kind if kind in ("money", "price", "rate", "energy") else q.unit
    return f"size:{name}:{min(int(log10(value)) // 2, 5) if value >= 1 else -1}"


def _all_measures(doc: DocumentContext) -> set[str]:
    told = doc.told.slots.get("measure", ()) if doc.told else ()
    return {*doc.counts.get("measure", ()), *told}


@cache
def _hinting(kind: str, language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The patterns of `data/claim_hints.csv`: words that hint at a measure without naming it."""
    table = (resources.files("mine2magnet") / "data" / "claim_hints.csv").read_text("utf-8")
    column = "en" if language == "en" else "zh_ja"
    return tuple(
        (f"{kind}:{row['hint']}", re.compile(row[column], re.IGNORECASE))
        for row in csv.DictReader(io.StringIO(table))
        if row["kind"] == kind and row[column]
    )


def _hints(view: FigureContext) -> list[str]:
    """Words near the figure that hint at what it measures, and what its own words say."""
    if view.hints is not None:
        return view.hints
    s, f = view.s, view.figure
    near = s.text[max(view.clause[0], view.left, f.start - 48) : min(view.clause[1], f.end + 48)]
    hints = [hint for hint, pattern in _hinting("hint", s.language) if pattern.search(near)]
    if sort(f.quantity.unit) in ("count", "person", "vehicle"):
        noun = s.text[f.start : min(s.end, f.end + (24 if s.language == "en" else 8))]
        hints += [hint for hint, pattern in _hinting("counted", s.language) if pattern.search(noun)]
    if any(c.kind == "material" and 0 <= f.start - c.end <= 3 for c in s.cues):
        hints.append("hint:after material")
    if any(c.kind == "product" for c in s.cues):
        hints.append("hint:product")
    if any(c.kind == "stage" and abs(f.start - c.end) <= 12 for c in s.cues):
        hints.append("hint:stage")
    if view.of:
        hints.append("hint:of")
    if s.text[f.start - 1 : f.start] in ("の", "的"):
        hints.append("hint:of before")
    view.hints = hints
    return hints


def _actors(s: Sentence) -> list[Cue]:
    return [c for c in s.cues if c.kind in _PARTIES and c.id]


def parties(view: FigureContext, doc: DocumentContext, slot: str, values: Mapping[str, Value]) -> Candidates:
    """Return who or where the figure may be of ("subject"), or to or from whom ("counterparty").

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    slot : {"subject", "counterparty"}
    values : mapping of str to tuple of str
        The figure's slots filled so far: measure, direction, material, of a counterparty the subject too.
    """
    s, crowd = view.s, group("".join(values["measure"])) or _counted(view)
    view.cast = view.cast or _cast(view, doc, crowd)
    found, flags = view.cast.found, view.cast.flags
    candidates: Candidates = {(): ["none", f"none&{crowd}", f"none&{sort(view.figure.quantity.unit)}"]}
    for c, pieces in zip(found, view.cast.pieces, strict=True):
        if not (_is_other(s, found, c, crowd) if slot == "subject" else _is_agreed(s, c)):
            add(candidates, (_trader(s, c, crowd),), pieces)
    for a, b in pairwise(found):
        if a.id != b.id and a.end < b.start and _NEXT.fullmatch(s.text, a.end, b.start):
            add(candidates, (a.id, b.id), [*candidates.get((a.id,), ()), "joined", f"joined&{crowd}"])
    for run in _runs(s, found):
        row = tuple(dict.fromkeys(c.id for c in run))
        add(candidates, row, [*candidates.get(row[:1], ()), "row", f"row&{crowd}"])
    for c in _aligned(view, found):
        if slot == "subject" and _each(view):
            return {(c.id,): ["aligned"]}
        add(candidates, (c.id,), ["aligned"])
    for value, pieces in view.cast.elsewhere.items():
        add(candidates, value, pieces)
    _told_value(candidates, doc, slot, flags)
    candidates[()] += [*flags, *_told_nothing(doc, slot)]
    _absent(candidates, view, found, flags)
    _told_alike(candidates, doc, slot, values)
    _by_name(candidates, view, doc, values)
    gone = set(values.get("subject", ()))
    return {value: pieces for value, pieces in candidates.items() if gone.isdisjoint(value)}


def _by_name(
    candidates: Candidates, view: FigureContext, doc: DocumentContext, values: Mapping[str, Value]
) -> None:
    """Add what the names themselves tell: some export, some hold stocks, some only speak of others."""
    measure, unit = "".join(values["measure"]), sort(view.figure.quantity.unit)
    crowd, hints = group(measure) or _counted(view), _hints(view)
    words = [unit, f"is:{measure}", f"{values['direction'][0]}&is:{measure}", *hints]
    own = [f"is:{measure}&{unit}", f"in:{view.figure.quantity.unit}", *beside(view)]
    candidates[()] += [f"none&{word}" for word in (*words, *own)]
    for value, pieces in candidates.items():
        for id in value:
            if id not in view.named:
                name = f"id:{id}" if id in view.s.thesaurus else f"form:{_last(id)}"
                kind = f"kind:{doc.kinds.get(id, 'none')}"
                view.named[id] = [name, f"{name}&{crowd}", *(f"{kind}&{word}" for word in words)]
            pieces += view.named[id]


def _last(name: str) -> str:
    """The last word of a name, or its last two characters: Research, 公司."""
    return name.split()[-1].lower() if name.isascii() and name.strip() else name[-2:]


def _cast(view: FigureContext, doc: DocumentContext, crowd: str) -> Cast:
    """The actors that the figure may be of or with, and what speaks for each whichever part it has."""
    s, f = view.s, view.figure
    found = _near(view, _actors(s))
    flags = [_state(view, [c for c in found if not s.spoken(c)]), crowd]
    left = max(view.left, view.clause[0])
    if _PRONOUN.match(s.text, s.start, s.end):
        flags.append("pronoun")
    if _ACTOR[s.language].search(s.text, left, f.start):
        flags.append("actor")
    if _POSSESSIVE.search(s.text, left, f.start):
        flags.append("its")
    elsewhere: Candidates = {(): []}
    _from_context(elsewhere, doc, "subject", _PARTIES, flags)
    _headed(elsewhere, doc, crowd, flags)
    _latest(elsewhere, view, doc, found, flags)
    return Cast(found, [_of_actor(view, found, c, crowd) for c in found], flags, elsewhere)


def _of_actor(view: FigureContext, found: Sequence[Cue], c: Cue, crowd: str) -> list[str]:
    """What speaks for an actor that the figure's sentence names."""
    s = view.s
    pieces = [
        *within(view, c.start, c.end),
        *_rank(view, found, c),
        f"kind:{c.kind}",
        f"kind:{c.kind}&{crowd}",
        *marked(s, c.start, c.end, (crowd, c.kind)),
        *_role(view, c, crowd, found),
    ]
    if s.spoken(c):
        left, right = marks(s, c.start, c.end)
        pieces += ["spoken", f"spoken&{crowd}", f"spoken:{left}<", f"spoken:>{right}"]
    if c.start in s.refers:
        word = f"refers:{s.text[c.start : c.end].lower()}"
        pieces += ["refers", f"refers:{c.kind}", f"refers&{crowd}", word]
    if c.id in voices():
        pieces += ["voice", f"voice&{crowd}"]
    if c.id == "world":
        pieces.append("world")
    return pieces


def _is_other(s: Sentence, found: Sequence[Cue], c: Cue, crowd: str) -> bool:
    """Say whether a name is the other side of a trade, the whole that a share is of, or who counts it."""
    if c.id in voices() and s.spoken(c) and _trader(s, c, crowd) == c.id:
        return True
    if s.language == "ja" and crowd in ("in", "share") and _WHOLE.match(s.text, c.end, s.end):
        return True
    if crowd == "in":
        return _is_origin(s, c)
    return crowd == "out" and _is_goal(s, found, c)


def _trader(s: Sentence, c: Cue, crowd: str) -> str:
    """Whose trade a name tells: the country's, not that of its customs office that counts it."""
    if crowd in ("in", "out") and c.id in voices() and c.id in s.thesaurus:
        return next((id for id in s.thesaurus[c.id].broader if s.thesaurus[id].kind == "country"), c.id)
    return c.id


def _role(view: FigureContext, c: Cue, crowd: str, found: Sequence[Cue]) -> list[str]:
    """Where a name stands to the figure, crossed with its marks, its kind and the measure."""
    s, f = view.s, view.figure
    ahead = c.end <= f.start
    same = view.clause[0] <= c.start and c.end <= view.clause[1]
    own = view.left <= c.start if ahead else c.end <= view.right
    low, high = (c.end, f.start) if ahead else (f.end, c.start)
    alone = not any(low <= k.start and k.end <= high for k in found)
    at = f"{'<' if ahead else '>'}{'c' if same else 'a'}{'o' if own else 'x'}{'1' if alone else '2'}"
    left, right = marks(s, c.start, c.end)
    return [at, f"{at}:{c.kind}", f"{at}&{crowd}", f"{at}&{left}<", f"{at}&>{right}"]


def _held(view: FigureContext, c: Cue) -> bool:
    """Whether a name stands before the figure in its clause, with no other figure between."""
    return max(view.left, view.clause[0]) <= c.start and c.end <= view.figure.start


def _state(view: FigureContext, found: Sequence[Cue]) -> str:
    """Whether the sentence tells a name, and where: held, near, late or bare."""
    if any(_held(view, c) for c in found):
        return "held"
    if any(c.end <= view.figure.start for c in found):
        return "near"
    return "late" if found else "bare"


def _absent(candidates: Candidates, view: FigureContext, found: Sequence[Cue], flags: Sequence[str]) -> None:
    """Mark what the figure's clause does not name, by what it does name."""
    held = [c for c in found if _held(view, c)]
    mark = f"held:{held[-1].kind}:{marks(view.s, held[-1].start, held[-1].end)[1]}" if held else flags[0]
    near = {c.id for c in held}
    here = {c.id for c in found} - near
    for value, pieces in candidates.items():
        if near.isdisjoint(value):
            where = "nobody" if not value else "absent" if here.isdisjoint(value) else "aside"
            pieces += [f"{where}&{flag}" for flag in (flags[0], flags[1], mark, f"{flags[0]}&{flags[1]}")]


def _counted(view: FigureContext) -> str:
    """What is counted where nothing is measured: papers, plants, things …"""
    return next((hint for hint in _hints(view) if hint.startswith("counted:")), "")


def _latest(
    candidates: Candidates,
    view: FigureContext,
    doc: DocumentContext,
    found: Sequence[Cue],
    flags: Sequence[str],
) -> None:
    """Add the actor of each kind that was named last before the figure."""
    latest = doc.latest | {c.kind: c.id for c in found if c.end <= view.figure.start}
    for kind in ("company", "country", "organisation"):
        if id := latest.get(kind, ""):
            add(candidates, (id,), [f"latest:{kind}", *(f"latest:{kind}&{flag}" for flag in flags)])


def _told_alike(candidates: Candidates, doc: DocumentContext, slot: str, values: Mapping[str, Value]) -> None:
    """Add what the figure before was of, by how alike the two are: a change is of what the level was of."""
    if doc.told is None:
        return
    of = doc.told.slots
    alike = "".join("=" if of.get(key) == values.get(key) else "≠" for key in ("measure", "material"))
    direction, where = values["direction"][0], doc.told_at()
    change = f"{of['direction'][0]}>{direction}"
    pieces = [f"told{alike}", f"told{alike}:{where}", f"told{alike}:{where}:{change}"]
    pieces += [f"told:{doc.row}:{change}", f"told{alike}:{doc.row}", f"told:{where}:{change}"]
    told = of.get(slot, ())
    if told and values.get("subject", ()) == told:
        return
    add(candidates, told, pieces if told else [f"{piece}:none" for piece in pieces])


def _headed(candidates: Candidates, doc: DocumentContext, crowd: str, flags: Sequence[str]) -> None:
    """Add whom the heads of a table name, and the company of the section or of the document."""
    for where, head in doc.heads:
        for c in named(head, _PARTIES):
            if c.id:
                add(candidates, (c.id,), [f"head:{where}", f"head:{where}:{c.kind}", f"head:{where}&{crowd}"])
        if where == "row" and not head.times and not named(head, _PARTIES):
            kinds = {c.kind for c in head.cues} & {"material", "measure"}
            words = [
                "row words",
                f"row words&{crowd}",
                f"row words&{flags[0]}",
                f"row words:{'+'.join(sorted(kinds))}",
            ]
            add(candidates, (head.text.strip(),), words)
    if doc.section:
        add(candidates, (doc.section,), ["section", *(f"section&{flag}" for flag in flags)])
    if hero := doc.section or doc.hero:
        pieces = ["hero", *(f"hero&{flag}" for flag in flags)]
        add(candidates, (hero,), pieces)
        candidates[()] += pieces


def _is_origin(s: Sentence, c: Cue) -> bool:
    """Whether imports come from a name, or hang on it: 从缅甸进口, ベトナムからの輸入, 受缅甸封关影响."""
    left, right = marks(s, c.start, c.end)
    return left in ("从", "自", "受") or right.startswith("から")


_AGREED = re.compile(r"\b(?:agreed|deal|truce|talks|agreement)\sbetween\s(?:[^,.;]{2,30}\sand\s)?(?:the\s)?$")


def _is_agreed(s: Sentence, c: Cue) -> bool:
    """Say whether a deal is with a name, not the trade: after the truce between Washington and Beijing."""
    return bool(_AGREED.search(s.text[max(s.start, c.start - 60) : c.start]))


_WHOLE = re.compile("の[^、。]{0,10}に占める")  # 日本の輸入に占める中国の割合


def _is_goal(s: Sentence, found: Sequence[Cue], c: Cue) -> bool:
    """Whether exports go to a name, or to the one that it is joined to: 对德国和波兰出口."""
    if marks(s, c.start, c.end)[0] in ("对", "向", "対"):
        return True
    before = next((a for a in found if a.end < c.start and _NEXT.fullmatch(s.text, a.end, c.start)), None)
    return before is not None and _is_goal(s, found, before)


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


def _each(view: FigureContext) -> bool:
    """Whether figures in a row are each of their own: 分别增长5%和8%, "5% and 8%, respectively"."""
    s, f = view.s, view.figure
    return bool(
        _EACH.search(s.text, view.clause[0], f.start)
        or _EACH.search(s.text, f.end, min(s.end, f.end + _EACH_REACH))
    )


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
    about = [f"none&{measure}", f"none&{measure}&{unit}", f"none&{view.figure.quantity.unit}"]
    candidates[()] += [*about, *(f"none&{hint}" for hint in _hints(view))]
    for c in found:
        pieces = [*within(view, c.start, c.end), *_rank(view, found, c), *marked(s, c.start, c.end, (crowd,))]
        pieces += [crowd, unit, *(("spoken",) if s.spoken(c) else ())]
        if gap := _gap(view, c):
            pieces += [gap, f"{gap}&{unit}"]
        if _EQUIVALENT.search(s.text, max(s.start, c.start - 4), min(s.end, c.end + 12)):
            pieces.append("equivalent")
        if any(k.kind == "measure" and 0 <= k.start - c.end <= 6 for k in s.cues):
            pieces += ["modifies", f"modifies&{crowd}"]
        if any(k.kind in ("product", "stage") and 0 <= k.start - c.end <= 3 for k in s.cues):
            pieces.append("of product")
        add(candidates, (c.id,), pieces)
    for run in _runs(s, found):
        value = tuple(dict.fromkeys(c.id for c in run))
        last = (f"{piece}+" for piece in within(view, run[-1].start, run[-1].end))
        add(candidates, value, [*candidates[(run[0].id,)], "row", *last])
    for a, b in pairwise(found):
        if a.end == b.start and a.id != b.id:  # 稀土|磁性材料
            add(candidates, (a.id,), ["describes"])
            add(candidates, (b.id,), ["described"])
        if a.id != b.id and a.end < b.start and _NEXT.fullmatch(s.text, a.end, b.start):
            add(
                candidates,
                (a.id, b.id),
                [*candidates[(a.id,)], "joined", *(f"{p}+" for p in within(view, b.start, b.end))],
            )
    for id in _of_column(doc, "material"):
        add(candidates, (id,), _BESIDE)
    for c in _aligned(view, found):
        if _each(view):
            return {(c.id,): ["aligned"]}
        add(candidates, (c.id,), ["aligned"])
    flags = ["own" if any(c.end <= view.figure.start for c in found) else "bare", crowd]
    _carried(candidates, doc, "material", ("material",), flags)
    _by_id(candidates, (crowd, unit, f"is:{measure}"))
    candidates[()] += [*flags, *_told_nothing(doc, "material")]
    return candidates


def _by_id(candidates: Candidates, words: tuple[str, ...]) -> None:
    """Add what each concept is, alone and crossed with words: ores are mined, magnets sold by the piece."""
    for value, pieces in candidates.items():
        for id in value or ("none",):
            pieces += _crossed(id, words)


@lru_cache(maxsize=10_000)
def _crossed(id: str, words: tuple[str, ...]) -> tuple[str, ...]:
    return f"id:{id}", *(f"id:{id}&{word}" for word in words)


def _runs(s: Sentence, found: Sequence[Cue]) -> list[list[Cue]]:
    """The rows of three names or more: neodymium, praseodymium and dysprosium."""
    rows: list[list[Cue]] = []
    for a, b in pairwise(found):
        if a.end <= b.start and _NEXT.fullmatch(s.text, a.end, b.start):
            if rows and rows[-1][-1] is a:
                rows[-1].append(b)
            else:
                rows.append([a, b])
    return [row for row in rows if len({c.id for c in row}) > 2]


_EQUIVALENT = re.compile(r"折(?:合|算)?|換算|equivalent|basis|ベース|\bT?REO\b|以.{0,4}计|計$", re.IGNORECASE)


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
        if view.figure.end <= c.start and c.end <= view.right and view.of:
            pieces += ["of it", f"of it&{crowd}"]  # 87 % of processing capacity
        if any(k.kind == "measure" and 0 <= k.start - c.end <= 3 for k in view.s.cues):
            pieces += ["modifies", f"modifies&{crowd}"]
        add(candidates, (c.id,), [*pieces, *marked(view.s, c.start, c.end)])
    flags = ["own" if found else "bare", crowd]
    _carried(candidates, doc, "stage", ("stage",), flags)
    _by_id(candidates, (crowd, sort(view.figure.quantity.unit), f"is:{measure}"))
    candidates[()] += [*flags, *_told_nothing(doc, "stage")]
    return candidates


def speakers(view: FigureContext, doc: DocumentContext, said: str | None) -> Candidates:
    """Return who may say it: the speaker of the sentence, that of the figure before, nobody.

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
        reach = 0 if s.language == "en" else 1  # と発表, を発表
        verbs = (s.text[max(s.start, c.start - reach) : c.end].lower() for c in s.cues if c.kind == "said")
        pieces += [f"verb:{verb}" for verb in verbs]
        add(candidates, (said,), pieces)
    elif doc.told is not None and (told := doc.told.slots.get("said_by", ())):
        quoted = "quoted" if _QUOTE.search(s.text, s.start, s.end) else "plain"
        add(candidates, told, [f"told:{doc.told_at()}", f"told:{doc.told_at()}:{quoted}"])
    return candidates


_QUOTE = re.compile(r"[“”\"「」『』]")
