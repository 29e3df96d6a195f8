"""Of whom a figure speaks: every name of a sentence is weighed by the marks of its role.

A candidate is a name of the sentence, what the figure before spoke of, or nobody. Each has marks: what kind
of name it is, the word before and the particle after it, whether it stands before or behind the figure and
how many clauses, figures and rivals lie between. The weights of the marks
and of pairs of them are those of a linear model with a softmax over the candidates, learned from labelled
sentences by `benchmarks/claims_subjects.py` and kept in `data/claim_subjects.csv`.
"""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mine2magnet.claims.cues import Cue, inside, voices
from mine2magnet.claims.times import Time
from mine2magnet.claims.view import STRONG, SUBJECTS, Slots, View

# Measures of whose subjects the same signs tell.
_GROUPS = {
    "share": "share", "market_share": "share", "share_of_production": "share", "share_of_capacity": "share",
    "share_of_imports": "dependence", "exports": "trade", "imports": "trade", "price": "price",
    "price_floor": "price", "production": "made", "capacity": "made", "reserves": "made", "quota": "made",
    "revenue": "firm", "profit": "firm", "share_price": "firm", "jobs": "firm", "investment": "spent",
    "subsidy": "given", "loan": "given",
}  # fmt: skip

_BEFORE_EN = re.compile(r"([A-Za-z]+|[,;:(\"“])\s?(?:(?:the|its|their|a|an)\s)?$", re.IGNORECASE)
_AFTER_EN = re.compile(r"\s?('s|’s|-[a-z]+|[a-z]+|[,;:)\"”])")
_WORDS_EN = (
    "of in from to for by with at than on against into as including and or over near outside between among "
    "per while but that which who said is was are were has have had will would could may can because after "
    "since when if plans aims expects says , ; : ( ) 's ’s -based -listed -owned ^"
)
_FUNCTION_EN = frozenset(_WORDS_EN.split())
_BEFORE_ZH = re.compile(
    r"(?:出口至|出口到|来自|依赖|对于|由于|相比|[，。；：、（(“对从自向由在受据与和及较比除往给以为占被让使令将把因的是])$"
)
_AFTER_ZH = re.compile(
    r"企业|公司|集团|政府|方面|以外|之外|出口|进口|市场|国内|本土|[等的在将对从已占至约仅为是与和及、，：（(]"
)
_AFTER_JA = re.compile(
    r"(?:など)?(?:では|には|からの|から|までに|まで|向けの|向け|への|との|によると|による|以外|に占める|企業|政府|"
    r"国内|市場|[産製はがのをにでともや、・（(])"
)
_TOPIC_JA = re.compile(r"(?:(?![でに]は)[^、。]){0,16}?(?:は|が)(?!なけ|あ)")

# What marks a name as a partner, a cause or a yardstick of what happens, never as who it happens to.
_ASIDE = {
    "en": re.compile(
        r"\b(?:(?:to|from|with|against|than|into|on|as|like|unlike|including|towards?|excluding|because of|"
        r"amid)\s(?:(?:the|its|their|those|buyers|customers|suppliers|neighbouring|mainland)\s(?:in\s)?){0,2}|"
        r"(?:those|that|ones?|curbs) in\s)$",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?:对|向|给|从|自|往|赴|受|因|据|除|较|与|销售?至|销往|出口至|出口到|针对|依赖|摆脱|替代|援引)$"
    ),
    "ja": re.compile(
        r"(?:の[^、。は]{0,14})?に占める|(?:など)?(?:へ|に(?!お|は|も|つ)|から|向け|との|と異な|より|以外|"
        r"を(?:除|抜|含|巡|通)|離れ|依存)"
    ),
}
_FROM = re.compile(r"\bfrom\s(?:the\s)?$", re.IGNORECASE)
_MADE_THERE = ("exports", "supply", "production")  # exports from China are China's
# Groups of measures that are of a partner as often as not: a share that comes from China, a loan to Lynas.
_OF_PARTNERS = ("share", "dependence", "given", "tariff")

# An actor that the thesaurus does not know: what is said of it is not said of whom was named before.
_ACTOR = {
    "en": re.compile(
        r"(?:^|[,;:“\"]|\b(?:and|while|but|whereas|as|that)\b)\s*(?:(?:the|some|many|most|several|other|"
        r"a|an|smaller|larger|two|three|few|its|their)\s)*(?:[a-z-]+\s){0,2}"
        r"(?:suppliers?|makers?|manufacturers|producers|companies|firms|carmakers|automakers|buyers|traders|"
        r"users|rivals|countries|governments|refiners|miners|plants|others)\s(?!of\b)",
    ),
    "zh": re.compile(
        r"(?:厂商|企业|车企|供应商|零部件商|贸易商|买家|同行|厂家|工厂|公司|股份|集团|科技|矿业|新材|后者)(?!的?负责人)"
    ),
    "ja": re.compile(
        r"(?:メーカー|企業|業者|各社|大手|工業|会社|製作所|鉱業|金属|商事|電機|政府|協会|他社)"
        r"(?:の(?:多く|一部|大半|場合))?(?:は|が|では)"
    ),
}
_ITSELF = re.compile(r"(?:该|本|总|[，,。：:]|^)(?:公司|集团)|the (?:company|group)", re.IGNORECASE)
_PROPER = re.compile(
    r"(?:^|[,;]\s|\b(?:and|while|but|whereas)\s)(?:The\s)?"
    r"(?P<name>[A-Z][\w&.-]+(?:\s(?:&\s)?[A-Z][\w&.-]+)+)(?:'s)?\s(?=[a-z])"
)

_NESTED = re.compile(r"\s?(?:'s|的|の|省|州の|州|市|県の|県|,)?\s?")  # Fukui, Japan; 四川凉山州
_AND = re.compile(r"\s?(?:and|和|と|、|与|及|&)\s?")
_TIMES_OF = re.compile(r"[^，、。,]{0,4}[的の](?:約|约|近|ほぼ)?")
_TIMES_AS = re.compile(r"\s(?:as|the|that|those|than|what)\b")
_NATIONAL = re.compile(r"[米豪英仏独印加韓中伊露](?=[\u30a1-\u30faA-Z])")  # 米ノベオン: a firm of the country
_NEST = 6  # characters between a place and the place it lies in


@dataclass(frozen=True, slots=True)
class Candidate:
    """Ids that may be the subject, the marks that speak for and against them, and where they are named."""

    ids: tuple[str, ...]
    marks: list[str]
    cue: Cue | None = None


@cache
def _weights(language: str) -> dict[str, float]:
    table = (resources.files("mine2magnet") / "data" / "claim_subjects.csv").read_text("utf-8")
    return {row["mark"]: float(row[language]) for row in csv.DictReader(io.StringIO(table)) if row[language]}


def subjects(view: View, slots: Slots, measure: str | None) -> tuple[str, ...]:
    """Who or where a figure is of, with those joined to it by "and"; () where nobody outweighs a name."""
    weights = _weights(view.s.language)
    found = candidates(view, slots, measure)
    best = max(found, key=lambda c: sum(weights.get(mark, 0.0) for mark in c.marks))
    if best.cue is None:
        return best.ids
    return _joined(view, best.cue, [c.cue for c in found if c.cue is not None])


def _joined(view: View, chosen: Cue, named: Sequence[Cue]) -> tuple[str, ...]:
    kept = [chosen]
    for c in named:
        if _AND.fullmatch(view.s.text, kept[-1].end, c.start) and c.kind == chosen.kind:
            kept.append(c)
    for c in reversed(named):
        if _AND.fullmatch(view.s.text, c.end, kept[0].start) and c.kind == chosen.kind:
            kept.insert(0, c)
    return tuple(dict.fromkeys(c.id for c in kept))


def candidates(view: View, slots: Slots, measure: str | None) -> list[Candidate]:
    """What the subject may be, with its marks: names, their home, what was spoken of before, nobody."""
    s = view.s
    named = [c for c in s.cues if c.kind in SUBJECTS or c.kind == "product"]
    actors = [c for c in named if c.kind != "product" and c.id != "world"]
    unknown = _unknown(view, actors)
    group = _GROUPS.get(measure or "", measure or "none")
    usable = [
        c
        for c in named
        if not _compared(view, c)
        and not (c.kind == "country" and _NATIONAL.match(s.text, c.start))
        and (group in _OF_PARTNERS or not aside(view, _marked(view, c, named), measure))
    ]
    group = f"group:{group}"
    about = (group, f"measure:{measure}", f"unit:{_unit(view.figure.quantity.unit)}")
    first = view.previous is None
    found = []
    for c in usable:
        kind = f"kind:{_kind(c)}"
        role = _role(view, c)
        place = _place(view, c, named)
        near = place[0]
        nested = f"nested:{_nested(view, c, actors)}"
        said = f"said:{s.spoken(c)}"
        marks = [
            kind, said, nested, *role, *place,
            f"voice:{c.id in voices()}",
            f"carried:{(c.id,) == slots.subjects} & first:{first}",
            f"unknown:{unknown} & {near}",
            *(f"{mark} & {kind}" for mark in (*about, said, nested, near, *role[:2])),
            *(f"{mark} & {group}" for mark in (said, *role)),
            *(f"{mark} & {near}" for mark in role),
        ]  # fmt: skip
        found.append(Candidate((c.id,), marks, c))
    carried = bool(slots.subjects)
    if carried:
        kinds = "+".join(sorted({s.thesaurus[id].kind for id in slots.subjects}))
        own = any(view.left <= c.start and c.end <= view.figure.start for c in actors)
        strong = bool(STRONG.search(s.text, view.left, view.figure.start))
        marks = [f"first:{first}", f"unknown:{unknown}", f"same:{slots.measure == measure}", f"kind:{kinds}",
                 f"own:{own}", f"strong:{strong}", *about]  # fmt: skip
        found.append(Candidate(slots.subjects, _prefixed("carry", marks)))
    if not any(c.kind in ("country", "place") and not s.spoken(c) for c in usable):
        marks = [group, f"carried:{carried}", f"named:{bool(actors)}"]
        found += (Candidate((home,), _prefixed("home", marks)) for home in _homes(view))
    count = min(len({c.id for c in actors}), 2)
    marks = [*about, f"carried:{carried}", f"unknown:{unknown}", f"unknown:{unknown} & carried:{carried}",
             f"first:{first} & carried:{carried}", f"count:{count}"]  # fmt: skip
    found.append(Candidate((), _prefixed("nobody", marks)))
    return found


def _prefixed(who: str, marks: Sequence[str]) -> list[str]:
    return [who, *(f"{who} & {mark}" for mark in marks)]


def _kind(c: Cue) -> str:
    return "world" if c.id == "world" else "industry" if c.id.endswith("_industry") else c.kind


def _unit(unit: str) -> str:
    head, _, per = unit.partition("/")
    return "price" if per in ("t", "kg", "g", "lb") else head


def _role(view: View, c: Cue) -> list[str]:
    """The word before a name, what follows it, and in Japanese whether it is a topic."""
    s = view.s
    head = s.text[max(s.start, c.start - 24) : c.start]
    if s.language == "en":
        before = _BEFORE_EN.search(head)
        word = before[1].lower() if before else "" if head.strip() else "^"
        after = _AFTER_EN.match(s.text, c.end)
        follows = after[1].lower() if after else ""
        return [
            f"before:{word if word in _FUNCTION_EN else ''}",
            f"after:{follows if follows in _FUNCTION_EN else ''}",
        ]
    if s.language == "zh":
        before, after = _BEFORE_ZH.search(head), _AFTER_ZH.match(s.text, c.end)
        return [
            f"before:{before[0] if before else '' if head else '^'}",
            f"after:{after[0] if after else ''}",
        ]
    after = _AFTER_JA.match(s.text, c.end)
    topic = bool(_TOPIC_JA.match(s.text, c.end, min(s.end, c.end + 24)))
    last = head[-1:] if head[-1:] in "、。の・と「(やでは" else ""
    return [
        f"after:{after[0].removeprefix('など') if after else ''}",
        f"before:{last if head else '^'}",
        f"topic:{topic}",
    ]


def _place(view: View, c: Cue, rivals: Sequence[Cue]) -> list[str]:
    """Where a name stands to the figure: the side, and what lies between."""
    s, f = view.s, view.figure
    before = c.end <= f.start
    low, high = (c.end, f.start) if before else (f.end, c.start)
    clauses = bisect_right(s.clauses, high if before else high + 1) - bisect_right(s.clauses, low)
    figures = sum(low <= g.start and g.end <= high for g in s.figures)
    between = len({r.id for r in rivals if low <= r.start and r.end <= high and r.id != c.id})
    side = "before" if before else "behind"
    return [
        f"{side} {min(clauses, 2)} clauses {min(figures, 1)} figures",
        side,
        f"{side} {min(clauses, 3)} clauses",
        f"{side} {min(figures, 2)} figures",
        f"{side} {min(between, 2)} rivals",
        f"first name:{not any(r.start < c.start for r in rivals)}",
        f"own:{view.left <= c.start and c.end <= view.right}",
    ]


def _marked(view: View, c: Cue, named: Sequence[Cue]) -> Cue:
    """The name of a row that bears the mark of all: the first, in Japanese the last."""
    text, last = view.s.text, view.s.language == "ja"
    for other in named if last else reversed(named):
        low, high = (c, other) if last else (other, c)
        if _AND.fullmatch(text, low.end, high.start):
            c = other
    return c


def aside(view: View, c: Cue, measure: str | None) -> bool:
    """Whether a name is marked as that of a partner, a cause or a yardstick."""
    s = view.s
    if s.language == "ja":
        if measure in _MADE_THERE and s.text.startswith("から", c.end):
            return False
        return s.text[c.start - 1 : c.start] == "対" or bool(_ASIDE["ja"].match(s.text, c.end, s.end))
    before = s.text[max(s.start, c.start - 32) : c.start]
    if measure in _MADE_THERE and (_FROM.search(before) or before.endswith("从")):
        return False
    return bool(_ASIDE[s.language].search(before))


def _compared(view: View, c: Cue) -> bool:
    """Whether a name is that of what a figure is so many times of: "twice the price in China", 中国的三倍."""
    if view.figure.quantity.unit != "x" or view.figure.changed:
        return False
    text = view.s.text
    if c.end <= view.figure.start:
        return bool(_TIMES_OF.fullmatch(text, c.end, view.figure.start))
    return bool(_TIMES_AS.match(text, view.figure.end, c.start))


def _nested(view: View, c: Cue, actors: Sequence[Cue]) -> str:
    """Whether a name stands round another (四川 in 四川凉山州), within one, or both."""
    text = view.s.text
    outer = any(0 <= r.start - c.end <= _NEST and _NESTED.fullmatch(text, c.end, r.start) for r in actors)
    inner = any(0 <= c.start - r.end <= _NEST and _NESTED.fullmatch(text, r.end, c.start) for r in actors)
    return ("outer" if outer else "") + ("inner" if inner else "")


def _homes(view: View) -> list[str]:
    """Countries of the organisations named: China's customs tell of China's trade."""
    s = view.s
    homes: dict[str, None] = {}
    for c in s.cues:
        if c.kind == "organisation":
            written = s.text[c.start : c.end]
            homes |= {id: None for kind, id, *_ in inside(written, s.thesaurus) if kind == "country"}
            homes |= {id: None for id in s.thesaurus[c.id].broader if s.thesaurus[id].kind == "country"}
    return list(homes)


def _unknown(view: View, actors: Sequence[Cue]) -> bool:
    """Whether someone whom the thesaurus does not know stands between the last named and the figure."""
    s = view.s
    low = max(view.left, view.clause[0])
    if any(low <= c.start and c.end <= view.figure.start for c in actors):
        return False
    if _ITSELF.search(s.text, max(s.start, low - 1), view.figure.start):
        return False
    if _ACTOR[s.language].search(s.text[low : view.figure.start]):
        return True
    if s.language != "en":
        return False
    known: list[Cue | Time] = [*s.cues, *s.times]
    return any(
        not any(c.start < low + m.end("name") and c.end > low + m.start("name") for c in known)
        for m in _PROPER.finditer(s.text[low : view.figure.start])
    )
