"""The figure that a question asks for: a claim without its value.

A question is read for who, with whom, what, of which material, when, and in what unit its figure is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mine2magnet.ask import requirements
from mine2magnet.ask.requirements import WHOSE
from mine2magnet.claims import times
from mine2magnet.claims.cues import Cue, cues, voices
from mine2magnet.claims.names import formed
from mine2magnet.claims.numerals import narrow
from mine2magnet.core.text import fold
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.search.fusion import language as script

_CHANGED = re.compile(
    r"\bby how much\b|\bhow (?:much|far|many percent)\b[^?]*\b"
    r"(?:rise|rose|fall|fell|grow|grew|increase|drop|jump|surge|slump|climb|decline|gain|"
    r"go up|went up|go down|went down|change)|year[- ]on[- ]year|\byoy\b|"
    r"[同环環]比|(?:增长|增加|下降|下跌|上涨|减少|減少|上升|涨|跌|降|少|增)了?(?:多少|百分之几|几成|幾成)|"
    r"(?:前年|前月)(?:同期|同月)?比|何(?:％|%|パーセント|割)(?:増|減|伸|上|下|落)",
    re.IGNORECASE,
)
_TO = re.compile(
    r"\b(?:to|with|against|on)\s(?:the\s)?$|[对對向给給往至到]$|(?:出口|卖|賣|销|銷|运|運)(?:给|給|到|往|至)$|対$",
    re.IGNORECASE,
)
_TO_BEHIND = re.compile(r"向け|へ|との|に対|に輸出|に出荷")
_FROM = re.compile(r"\bfrom\s(?:the\s)?$|[从從自]$", re.IGNORECASE)
_FROM_BEHIND = re.compile("から")


@dataclass(frozen=True, slots=True)
class FigureAsked:
    """What a question asks of a figure.

    `matter` is the text without its times and units. `parties` are ids of the thesaurus that it names,
    `partners` those named as the other side, `rows` those told in a row, of which one will do, `names` actors
    that the thesaurus lacks (folded); `dimensions` and `currencies` those that the figure may have, none for
    any; `marks` find the batch or phase meant.
    """

    text: str
    matter: str
    parties: frozenset[str]
    partners: frozenset[str]
    rows: tuple[frozenset[str], ...]
    names: frozenset[str]
    materials: frozenset[str]
    measures: tuple[str, ...]
    periods: tuple[times.Period, ...]
    dimensions: frozenset[str]
    currencies: frozenset[str]
    marks: tuple[re.Pattern[str], ...]
    change: bool

    @classmethod
    def of(cls, question: str, thesaurus: Thesaurus) -> FigureAsked:
        """Return what a question asks.

        Parameters
        ----------
        question : str
        thesaurus : Thesaurus

        Examples
        --------
        >>> from mine2magnet.core import thesaurus
        >>> words = thesaurus.load()
        >>> asked = FigureAsked.of("How many tonnes did China export to Japan in July 2025?", words)
        >>> sorted(asked.parties), sorted(asked.partners), sorted(asked.dimensions)
        (['china', 'japan'], ['japan'], ['[mass]'])
        """
        when = times.find(narrow(question))
        needs = requirements.read(question, thesaurus)
        said = cues(question, thesaurus, script(question))
        whose = [c for c in said if c.kind in WHOSE and c.id not in voices()]
        materials = frozenset(c.id for c in said if c.kind == "material")
        measures = tuple(dict.fromkeys(c.id for c in said if c.kind in ("measure", "sign")))
        return cls(
            text=question,
            matter=_blanked(question, [(t.start, t.end) for t in when] + requirements.figure_words(question)),
            parties=frozenset(c.id for c in whose),
            partners=frozenset(c.id for c in whose if _is_partner(question, c, measures)),
            rows=needs.rows,
            names=_unknown(question, when, thesaurus),
            materials=materials - {"rare_earths"} or materials,
            measures=measures,
            periods=tuple(times.bounds(t.period) for t in when if t.period),
            dimensions=needs.figures,
            currencies=frozenset(code for code, words in _CURRENCIES.items() if words.search(question)),
            marks=tuple(_mark(m) for m in _ORDINAL.finditer(fold(question).replace("首", "第一"))),
            change=bool(_CHANGED.search(question)),
        )

    @property
    def newest(self) -> bool:
        """True if it asks how things are: now, or without a time and not of how they were."""
        return not self.periods and not _FORMER.search(self.text)

    @property
    def asks(self) -> bool:
        """True if it asks for a figure, not for a reason or a person."""
        if _REASON.search(self.text) and not self.dimensions:
            return False
        return bool(self.dimensions or self.measures or self.change or _QUANTITY.search(self.text))

    @property
    def narrow(self) -> bool:
        """True if it names whose figure it is, or of which material: else it is too wide for figures."""
        return bool(self.parties or self.names or self.materials)


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _unknown(question: str, when: Iterable[times.Time], thesaurus: Thesaurus) -> frozenset[str]:
    """Names that the thesaurus lacks, by their form or their letters, folded."""
    names = {fold(name) for name in formed([question], thesaurus) if name not in thesaurus}
    known = [(m.start, m.end) for m in thesaurus.find(question)] + [(t.start, t.end) for t in when]
    for m in _PROPER.finditer(question):
        inside = any(start < m.end() and m.start() < end for start, end in known)
        if not inside and m[0] not in _OPENING and not any(fold(m[0]) in name for name in names):
            names.add(fold(m[0]))
    return frozenset(names)


_FORMER = re.compile(
    r"\b(?:from|previous(?:ly)?|before|earlier|record|peak|highest|lowest|ever|history|was|were|did|"
    r"forecast|will|expect\w*|plan\w*|target\w*)\b|"
    r"原来|此前|之前|従来|以前|前回|当初|最[高低多少]|曾|历史|過去|记录|記録|でした|だった|ました|将|計画|计划|预计|予想|見通し|見込",
    re.IGNORECASE,
)
_OWN = {"zh": "china", "ja": "japan"}
_REASON = re.compile(
    r"^\W*(?:why|who|whose|how (?:do|does|did|can))\b|为什么|为何|谁|なぜ|どうして|誰", re.IGNORECASE
)
_QUANTITY = re.compile(
    r"\bhow (?:much|many|far|big|large|high|low|long|fast|soon)\b|"
    r"\bwhat(?:'s| is| was| were| will| did)? (?:the )?(?:\w+ )?"
    r"(?:most|least|share|slice|part|rate|level|size|figure|number|amount)\b|"
    r"多少|[几幾]|多[大高长久快]|最[高低多少]|いくら|いくつ|どこまで|ど(?:れ|の)(?:くらい|ぐらい|だけ|ほど)|何",
    re.IGNORECASE,
)
_COUNTED = ("", "一 first", "二 second", "三 third", "四 fourth", "五 fifth")
_ORDINAL = re.compile(
    "第(?P<n>[一二三四五1-5])[批期次轮輪弾陣]|"
    "(?P<en>first|second|third|fourth|fifth) (?:batch|tranche|round)|"
    "(?:phase|stage) (?P<phase>[1-5])"
)
_CURRENCIES = {
    "USD": re.compile(r"美元|(?<![豪カ])ドル|(?<![A-Z])\$|\b(?:US )?dollars?\b|\bUSD\b", re.IGNORECASE),
    "JPY": re.compile(r"日元|円(?!安|高)|\byen\b", re.IGNORECASE),
    "EUR": re.compile(r"欧元|ユーロ|€|\beuros?\b", re.IGNORECASE),
    "CNY": re.compile(r"(?<![美日欧澳港])元|人民币|人民元|\byuan\b|\brmb\b", re.IGNORECASE),
    "AUD": re.compile(r"澳元|豪ドル|A\$|\bAustralian dollars?\b"),
}


def _mark(m: re.Match[str]) -> re.Pattern[str]:
    """Return what finds the same batch or phase in any language: 第二批, "second batch", 第2弾."""
    told = m["n"] or m["en"] or m["phase"]
    n = next(i for i, words in enumerate(_COUNTED) if told in words.split() or told == str(i))
    han, english = _COUNTED[n].split()
    return re.compile(
        f"第(?:{han}|{n})[批期次轮輪弾陣]|{english} (?:batch|tranche|round|phase)|(?:phase|stage) {n}"
    )


_PROPER = re.compile(r"(?<![\w'’])[A-Z][^\W\d_]{2,}(?:-[A-Z][^\W\d_]+)*|[\u30a1-\u30fa\u30fc]{4,}")
_OPENING = frozenset(  # capitals begin a question as well
    re.findall(
        "[A-Z][a-z]+",
        "According After Are Before Between Can Could Did Does During For From Had Has Have How Is In Of On "
        "Since The To Was Were What When Where Which Who Whose Why Will With",
    )
)


def _is_partner(question: str, name: Cue, measures: Sequence[str]) -> bool:
    """Return whether a question names a counterparty: exports to Germany, 对日本的出口, 米国向け."""
    before, behind = question[: name.start], question[name.end :]
    if _FROM.search(before) or _FROM_BEHIND.match(behind):
        return "exports" not in measures  # exports from China are China's
    return bool(_TO.search(before) or _TO_BEHIND.match(behind))
