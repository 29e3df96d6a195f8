"""The figure that a question asks for, and how far a claim is that figure.

A question is read as a claim without its value: who, with whom, what, of which material, when, in what unit.
Slots of claims may be wrong or missing, so each is weighed: agreement speaks for a claim, silence hardly
against it, another name or time against it. What a question names must stand somewhere: in the claim, in its
sentence or, of whom a document is about, in its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mine2magnet.ask import requirements
from mine2magnet.ask.requirements import WHOSE, dimension
from mine2magnet.claims import times
from mine2magnet.claims.cues import Cue, cues, voices
from mine2magnet.claims.measures import group
from mine2magnet.claims.names import formed
from mine2magnet.claims.numerals import narrow
from mine2magnet.core.text import fold
from mine2magnet.model import Claim, Document
from mine2magnet.search.excerpts import named
from mine2magnet.search.fusion import language as script
from mine2magnet.search.units import understand
from mine2magnet.thesaurus import Thesaurus

ENOUGH = 0.6  # of `fit`, below which a claim is no answer: judged on the dev questions of benchmarks/claims
COVER = 0.4  # of a question's words that a document in its script must have, else it tells of something else
LEAST = 0.15  # of them that its sentence and title must have
_TITLE = 0.5  # of what the sentence speaks of, what the title does
# What each thing that a question names weighs, judged on the same questions.
_PARTY, _MATERIAL, _MEASURE, _PERIOD, _UNIT, _CHANGE, _NEAR = 2.0, 1.5, 1.0, 2.0, 1.0, 1.0, 2.0
# How well it is met by the claim, its sentence, its title, elsewhere in its document.
_CLAIM, _SENTENCE, _HEAD, _TEXT, _HARDLY = 1.0, 0.8, 0.6, 0.3, 0.2
_NARROWER, _WIDER = 0.9, 0.25  # of that, where what is told is narrower or wider than what is asked

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
    `partners` those named as the other side, `names` actors that the thesaurus lacks (folded); `dimensions`
    those that the figure may have, none for any; `marks` the batch or phase that is meant.
    """

    text: str
    matter: str
    parties: frozenset[str]
    partners: frozenset[str]
    names: frozenset[str]
    materials: frozenset[str]
    measures: tuple[str, ...]
    periods: tuple[times.Period, ...]
    dimensions: frozenset[str]
    marks: tuple[str, ...]
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
        >>> from mine2magnet import thesaurus
        >>> words = thesaurus.load()
        >>> asked = FigureAsked.of("How many tonnes did China export to Japan in July 2025?", words)
        >>> sorted(asked.parties), sorted(asked.partners), sorted(asked.dimensions)
        (['china', 'japan'], ['japan'], ['[mass]'])
        """
        when = times.find(narrow(question))
        said = cues(question, thesaurus, script(question))
        whose = [c for c in said if c.kind in WHOSE and c.id not in voices()]
        materials = frozenset(c.id for c in said if c.kind == "material")
        measures = tuple(dict.fromkeys(c.id for c in said if c.kind == "measure"))
        return cls(
            text=question,
            matter=_blanked(question, [(t.start, t.end) for t in when] + requirements.figure_words(question)),
            parties=frozenset(c.id for c in whose),
            partners=frozenset(c.id for c in whose if _is_partner(question, c, measures)),
            names=_unknown(question, thesaurus),
            materials=materials - {"rare_earths"} or materials,
            measures=measures,
            periods=tuple(times.bounds(t.period) for t in when if t.period),
            dimensions=requirements.read(question, thesaurus).figures,
            marks=tuple(_ORDINAL.findall(fold(question).replace("首", "第一"))),
            change=bool(_CHANGED.search(question)),
        )

    @property
    def asks(self) -> bool:
        """True if it asks for a figure."""
        return bool(self.dimensions or self.measures or self.change or _QUANTITY.search(self.text))

    @property
    def narrow(self) -> bool:
        """True if it names whose figure it is, or of which material: else it is too wide for figures."""
        return bool(self.parties or self.names or self.materials)


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _unknown(question: str, thesaurus: Thesaurus) -> frozenset[str]:
    """Names that the thesaurus lacks, by their form or their letters, folded."""
    names = {fold(name) for name in formed([question], thesaurus) if name not in thesaurus}
    known = [(m.start, m.end) for m in thesaurus.find(question)]
    known += [(t.start, t.end) for t in times.find(narrow(question))]
    for m in _PROPER.finditer(question):
        inside = any(start < m.end() and m.start() < end for start, end in known)
        if not inside and m[0] not in _OPENING and not any(fold(m[0]) in name for name in names):
            names.add(fold(m[0]))
    return frozenset(names)


_OWN = {"zh": "china", "ja": "japan"}
_QUANTITY = re.compile(
    r"\bhow (?:much|many|far|big|large|high|low|long|fast|soon)\b|"
    r"\bwhat(?:'s| is| was| were| will| did)? (?:the )?(?:\w+ )?"
    r"(?:most|least|share|slice|part|rate|level|size|figure|number|amount)\b|"
    r"多少|[几幾]|多[大高长久快]|最[高低多少]|いくら|いくつ|どこまで|ど(?:れ|の)(?:くらい|ぐらい|だけ|ほど)|何",
    re.IGNORECASE,
)
_ORDINAL = re.compile("第[一二三四五六七八九十0-9]+[批期次轮輪]|phase [0-9]|(?:second|third|fourth) batch")
_PROPER = re.compile(r"(?<![\w'’])[A-Z][^\W\d_]{2,}(?:-[A-Z][^\W\d_]+)*|[\u30a1-\u30fa\u30fc]{4,}")
_OPENING = frozenset(  # capitals begin a question as well
    re.findall(
        "[A-Z][a-z]+",
        "According After Are Before Between Can Could Did Does During For From Had Has Have How Is In Of On "
        "Since The To Was Were What When Where Which Who Whose Why Will With",
    )
)


def _is_partner(question: str, name: Cue, measures: Sequence[str]) -> bool:
    """Whether a question names somebody as the other side: exports to Germany, 对日本的出口, 米国向け."""
    before, behind = question[: name.start], question[name.end :]
    if _FROM.search(before) or _FROM_BEHIND.match(behind):
        return "exports" not in measures  # exports from China are China's
    return bool(_TO.search(before) or _TO_BEHIND.match(behind))


@dataclass(frozen=True, slots=True)
class About:
    """A document whose claims may answer, its texts folded, with the ids of the thesaurus that they name."""

    document: Document
    text: str
    title: str
    named: frozenset[str]
    entitled: frozenset[str]

    @classmethod
    def of(cls, document: Document, thesaurus: Thesaurus) -> About:
        """Return what a document is about.

        Parameters
        ----------
        document : Document
        thesaurus : Thesaurus
        """
        text = f"{document.title}\n{document.text}"[: requirements.ARTICLE]
        return cls(
            document, fold(text), fold(document.title), _ids(text, thesaurus), _ids(document.title, thesaurus)
        )


def _ids(text: str, thesaurus: Thesaurus) -> frozenset[str]:
    return frozenset(mention.concept.id for mention in thesaurus.find(text))


class FigureMatcher:
    """Holds claims to what a question asks of a figure."""

    def __init__(self, asked: FigureAsked, thesaurus: Thesaurus) -> None:
        self.asked = asked
        self.thesaurus = thesaurus
        self.units = understand(asked.matter, thesaurus)

    def speaks(self, about: About) -> bool:
        """Return whether a document speaks of what is asked; one in another script may, by other words.

        Parameters
        ----------
        about : About
        """
        if script(about.text) != script(self.asked.text):
            return True
        return named(about.text, about.text, self.units) >= COVER * len(self.units)

    def may(self, claim: Claim) -> bool:
        """Return whether a claim's own slots allow it to be the figure asked for.

        Parameters
        ----------
        claim : Claim
        """
        asked = self.asked
        return (
            (not asked.dimensions or dimension(claim.quantity.unit) in asked.dimensions)
            and (not asked.periods or _period(asked.periods, claim.period) > 0)
            and (not asked.materials or not claim.materials or self._any(asked.materials, claim.materials))
        )

    def fit(self, claim: Claim, about: About) -> float:
        """Return how far a claim is the figure asked for, 0 to 1; 0 if it is of another one, time or thing.

        Parameters
        ----------
        claim : Claim
        about : About
            Of its document.
        """
        asked = self.asked
        paragraph = next((p.text for p in about.document.paragraphs if p.number == claim.paragraph), "")
        sentence = paragraph[slice(*claim.sentence)]
        folded = fold(sentence)
        near = named(sentence, folded, self.units) + _TITLE * named(about.title, about.title, self.units)
        held = _Held(claim, folded, _ids(sentence, self.thesaurus), about)
        met = [(_NEAR, min(near / max(len(self.units), 1), 1.0))]
        if asked.dimensions:
            met.append((_UNIT, float(dimension(claim.quantity.unit) in asked.dimensions)))
        met += [(_PARTY, self._party(name, held)) for name in asked.parties - asked.partners]
        met += [(_PARTY, self._partner(name, held)) for name in asked.partners]
        met += [(_PARTY, _name(name, held)) for name in asked.names]
        if asked.materials:
            met.append((_MATERIAL, max(self._material(name, held) for name in asked.materials)))
        if asked.measures:
            met.append((_MEASURE, self._measure(claim.measure)))
        if asked.periods:
            met.append((_PERIOD, _period(asked.periods, claim.period)))
        if asked.change or (claim.direction == "change" and asked.dimensions != {"%"}):
            met.append((_CHANGE, _CLAIM if asked.change == (claim.direction == "change") else _HARDLY))
        least = LEAST * len(self.units) if script(about.text) == script(asked.text) else 0.0
        if near <= least:
            return 0.0
        if any(value == 0.0 for _, value in met[1:]) or not all(
            mark in about.title or mark in fold(paragraph) for mark in asked.marks
        ):
            return 0.0
        return sum(weight * value for weight, value in met) / sum(weight for weight, _ in met)

    def _like(self, name: str, others: Iterable[str], met: float = 1.0) -> float:
        """How well a name is met by others: by itself, by what is narrower, hardly by what is wider."""
        of, is_a = self.thesaurus, self.thesaurus.is_a
        best = 0.0
        for one in others:
            if name == one:
                return met
            if name in of and one in of:
                best = max(best, _NARROWER * is_a(one, name), _WIDER * is_a(name, one))
        return best * met

    def _any(self, names: Iterable[str], others: Sequence[str]) -> bool:
        return any(self._like(name, others) for name in names)

    def _kind(self, names: Iterable[str], kind: str) -> bool:
        return any(name in self.thesaurus and self.thesaurus[name].kind == kind for name in names)

    def _party(self, name: str, held: _Held) -> float:
        claim = held.claim
        told = self._like(name, (*claim.subjects, *claim.counterparties), _CLAIM)
        told = max(told, self._like(name, held.here, _SENTENCE))
        if told or self._kind(claim.subjects, self.thesaurus[name].kind):
            return told  # or it is another's
        if name == _OWN.get(held.about.document.language):
            return _TEXT  # at home it need not be named
        return self._like(name, held.about.entitled, _HEAD) or self._like(name, held.about.named, _TEXT)

    def _partner(self, name: str, held: _Held) -> float:
        """The whole is not what went to one partner."""
        claim = held.claim
        told = self._like(name, claim.counterparties, _CLAIM) or self._like(name, claim.subjects, _SENTENCE)
        return told or (0.0 if claim.counterparties else self._like(name, held.here, _TEXT))

    def _material(self, name: str, held: _Held) -> float:
        told = self._like(name, held.claim.materials, _CLAIM) or self._like(name, held.here, _SENTENCE)
        if told or held.claim.materials:
            return told
        return self._like(name, held.about.entitled, _HEAD) or self._like(name, held.about.named, _TEXT)

    def _measure(self, there: str | None) -> float:
        """The measure that a question ends on, or in English begins with, is the one that it asks for."""
        if there is None:
            return _TEXT
        asked = self.asked.measures
        first, *others = asked if script(self.asked.text) == "en" else asked[::-1]
        if self._like(there, [first]):
            return _CLAIM
        if self._like(there, others):
            return _SENTENCE
        return _HEAD if any(group(one) == group(there) for one in asked) else _HARDLY


@dataclass(frozen=True, slots=True)
class _Held:
    """A claim with its sentence, folded, the ids that the sentence names, and its document."""

    claim: Claim
    sentence: str
    here: frozenset[str]
    about: About


def _name(name: str, held: _Held) -> float:
    """How well a name that the thesaurus lacks is met; in another script it may be written otherwise."""
    sides = [fold(one) for one in (*held.claim.subjects, *held.claim.counterparties)]
    if any(name in one or one in name for one in sides):
        return _CLAIM
    if name in held.sentence:
        return _SENTENCE
    if name in held.about.title:
        return _HEAD
    if name in held.about.text or script(name) != script(held.about.text):
        return _TEXT
    return 0.0


def _period(wanted: Sequence[times.Period], there: str | None) -> float:
    """How well a claim's time is met: the same, a part of what is asked, none told, another."""
    if not there:
        return _HARDLY
    first, last = times.bounds(there)
    if any((first, last) == one for one in wanted):
        return _CLAIM
    return _SENTENCE if any(low <= first and last <= high for low, high in wanted) else 0.0
