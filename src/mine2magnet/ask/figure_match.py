"""How far a claim is the figure that a question asks for.

Slots of claims may be wrong or missing, so each is weighed: agreement speaks for a claim, silence hardly
against it. Another name, time, unit or material rules it out: what a question names must stand in the claim,
in its sentence or, of whom a document is about, in its title.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mine2magnet.ask import requirements
from mine2magnet.ask.figure_asked import FigureAsked
from mine2magnet.ask.requirements import dimension
from mine2magnet.claims import scopes, times
from mine2magnet.claims.measures import group
from mine2magnet.claims.numerals import narrow
from mine2magnet.core.text import fold
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Claim, Document
from mine2magnet.search.excerpts import named
from mine2magnet.search.fusion import language as script
from mine2magnet.search.units import understand

# All judged on the dev questions of benchmarks/claims, with claims read by weights that had not seen them.
ENOUGH = 0.6  # of `fit`, below which a claim is no answer
COVER = 0.4  # of a question's words that a document in its script must have, else it tells of something else
LEAST = 0.15  # of them that a claim's sentence and title must have
_TITLE = 0.5  # of what the sentence speaks of, what the title does
_PARTY, _MATERIAL, _MEASURE, _PERIOD, _UNIT, _CHANGE, _NEAR = 2.0, 1.5, 1.5, 2.0, 1.0, 1.0, 2.0
_BESIDE, _LATEST, _CURRENCY = 0.7, 0.3, 0.7
# How well a thing asked for is met by the claim, its sentence, its title, elsewhere in its document.
_CLAIM, _SENTENCE, _HEAD, _TEXT, _HARDLY = 1.0, 0.8, 0.6, 0.3, 0.1
_NARROWER, _WIDER = 0.9, 0.25  # of that, where what is told is narrower or wider than what is asked
_FAR = 12  # characters between a figure and a name asked for, at which it is half as much beside it
_OWN = {"zh": "china", "ja": "japan"}
_PLACES = {"country", "place"}
_NEAR_MEASURES = tuple(
    frozenset(one.split())
    for one in (
        "share share_of_capacity share_of_production share_of_imports market_share concentration",
        "jobs employees", "production vehicle_output", "price price_change price_floor premium",
        "investment cost", "exports value_of_trade", "imports value_of_trade", "lead_time delay licence_time",
        "capacity installed_capacity supply_growth", "revenue sales_volume", "supply offtake orders exports",
        "inventory stock_cover", "demand sales_volume", "loan subsidy investment",
    )
)  # fmt: skip
_ACCOUNTS = frozenset(
    ["profit", "loss", "revenue", "investment", "cost", "loan", "subsidy", "share_price", "price"]
)
_FORMER_BEFORE = re.compile(
    r"\b(?:from|previously|earlier)\s[^\d]{0,12}$|(?:从|由|自|较|比|原来|此前)[^，。\d]{0,8}$"
)
_FORMER_BEHIND = re.compile(r"[^\d。]{0,4}から")
_FORMER_ASKED = re.compile(
    r"\bfrom\b|\bprevious|\bbefore\b|\bearlier\b|原来|此前|之前|従来|以前|前回|当初", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class About:
    """A document whose claims may answer, its texts folded, with the ids of the thesaurus that they name."""

    document: Document
    text: str
    title: str
    named: frozenset[str]
    entitled: frozenset[str]
    periods: tuple[times.Period, ...]

    @classmethod
    def of(cls, document: Document, thesaurus: Thesaurus) -> About:
        """Return what a document is about.

        Parameters
        ----------
        document : Document
        thesaurus : Thesaurus
        """
        text = f"{document.title}\n{document.text}"[: requirements.ARTICLE]
        day = document.published.date() if document.published else None
        told = [times.bounds(t.period) for t in times.find(narrow(text), day) if t.period]
        return cls(
            document,
            fold(text),
            fold(document.title),
            _ids(text, thesaurus),
            _ids(document.title, thesaurus),
            (*told, (day, day)) if day else tuple(told),
        )


@dataclass(frozen=True, slots=True)
class _Held:
    """A claim with its sentence and paragraph, the ids that the sentence names, and its document."""

    claim: Claim
    sentence: str
    paragraph: str
    here: frozenset[str]
    about: About


def _ids(text: str, thesaurus: Thesaurus) -> frozenset[str]:
    return frozenset(mention.concept.id for mention in thesaurus.find(text))


def told_in(claim: Claim, document: Document) -> tuple[str, str]:
    """Return the paragraph of a claim and its sentence, "" where the document has none such.

    Parameters
    ----------
    claim : Claim
    document : Document
    """
    paragraph = next((p.text for p in document.paragraphs if p.number == claim.paragraph), "")
    return paragraph, paragraph[slice(*claim.sentence)]


def _place(claim: Claim) -> tuple[int, int]:
    return claim.start - claim.sentence[0], claim.end - claim.sentence[0]


def _is_former(claim: Claim, sentence: str) -> bool:
    """Return whether a sentence tells a figure as that of before: from 250 to 700."""
    start, end = _place(claim)
    before, behind = sentence[max(0, start - 24) : start], sentence[end : end + 8]
    return bool(_FORMER_BEFORE.search(before) or _FORMER_BEHIND.match(behind))


class FigureMatcher:
    """Holds claims to what a question asks of a figure."""

    def __init__(self, asked: FigureAsked, thesaurus: Thesaurus) -> None:
        self.asked = asked
        self.thesaurus = thesaurus
        self.units = understand(asked.matter, thesaurus)

    def speaks(self, about: About) -> bool:
        """Return whether a document speaks of what is asked.

        One in another script may do so by other words, if more than names asks for it.

        Parameters
        ----------
        about : About
        """
        if script(about.text) != script(self.asked.text):
            known = self.asked.parties or self.asked.materials
            return bool(known) or any(name in about.text for name in self.asked.names)
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
        paragraph, sentence = told_in(claim, about.document)
        held = _Held(claim, sentence, paragraph, _ids(sentence, self.thesaurus), about)
        near = named(sentence, fold(sentence), self.units)
        near += _TITLE * named(about.title, about.title, self.units)
        same = script(about.text) == script(self.asked.text)
        folded = fold(paragraph)
        if near <= (LEAST * len(self.units) if same else 0.0):
            return 0.0
        if not all(mark.search(folded) or mark.search(about.title) for mark in self.asked.marks):
            return 0.0
        met = [(_NEAR, min(near / max(len(self.units), 1), 1.0)), *self._named(held), *self._told(held)]
        if any(value == 0.0 for _, value in met):
            return 0.0
        met += self._beside(held)
        return sum(weight * value for weight, value in met) / sum(weight for weight, _ in met)

    def is_former(self, claim: Claim, about: About) -> bool:
        """Return whether a claim is of what was before a change, and the question is not.

        Parameters
        ----------
        claim : Claim
        about : About
            Of its document.
        """
        sentence = told_in(claim, about.document)[1]
        return not _FORMER_ASKED.search(self.asked.text) and _is_former(claim, sentence)

    def _named(self, held: _Held) -> Iterator[tuple[float, float]]:
        """Yield the weight of each name that is asked for, and how well it is met."""
        asked = self.asked
        alone = asked.parties.difference(*asked.rows)
        for row in (*({name} for name in alone), *(row & asked.parties for row in asked.rows)):
            if row:
                yield _PARTY, max(map(self._side(held), row))
        found = [_name(name, held) for name in asked.names]
        if found:  # one of several may be written otherwise
            yield from ((_PARTY, value or (_HARDLY if any(found) else 0.0)) for value in found)
        if asked.materials:
            yield _MATERIAL, max(self._material(name, held) for name in asked.materials)

    def _told(self, held: _Held) -> Iterator[tuple[float, float]]:
        """Yield the weights of unit, measure, time and direction, and how well each is met."""
        asked, claim = self.asked, held.claim
        if asked.dimensions:
            yield _UNIT, float(dimension(claim.quantity.unit) in asked.dimensions)
        if asked.measures:
            yield _MEASURE, self._measure(claim.measure) * self._may_be(claim)
        if asked.periods:
            yield _PERIOD, _period(asked.periods, claim.period) or _undated(asked.periods, held)
        changed = claim.direction == "change"
        if asked.change or (changed and asked.dimensions != {"%"}):
            yield _CHANGE, _CLAIM if asked.change == changed else _HARDLY

    def _may_be(self, claim: Claim) -> bool:
        """Return whether the unit is one that the claim's measure may have: a price is no share."""
        level = claim.measure == "price" and claim.direction == "level" and not self.asked.change
        return not level or dimension(claim.quantity.unit) != "%"

    def _beside(self, held: _Held) -> Iterator[tuple[float, float]]:
        """Yield how near the figure is to what is asked for; if it is the latest value, and in that money."""
        asked, claim = self.asked, held.claim
        start, end = _place(claim)
        wanted = asked.parties | asked.materials
        gaps = [
            max(start - m.end, m.start - end, 0)
            for m in self.thesaurus.find(held.sentence)
            if self._like(m.concept.id, wanted)
        ]
        if gaps:
            yield _BESIDE, 1.0 / (1.0 + min(gaps) / _FAR)
        if not _FORMER_ASKED.search(asked.text):
            yield _LATEST, _HARDLY if _is_former(claim, held.sentence) else _CLAIM
        if asked.currencies and dimension(claim.quantity.unit) == "money":
            yield _CURRENCY, _CLAIM if claim.quantity.unit[:3] in asked.currencies else _HARDLY

    def _like(self, name: str, others: Iterable[str], met: float = 1.0) -> float:
        """Rate how well a name is met by others: by itself, by what is narrower, hardly by what is wider."""
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

    def _side(self, held: _Held) -> Callable[[str], float]:
        """Return what rates a name asked for, as the other side or as the one that the figure is of."""
        partners = self.asked.partners
        return lambda name: self._partner(name, held) if name in partners else self._party(name, held)

    def _party(self, name: str, held: _Held) -> float:
        claim, kind = held.claim, self.thesaurus[name].kind
        if told := self._like(name, (*claim.subjects, *claim.counterparties), _CLAIM):
            return told
        of = self.thesaurus
        named_sides = (one for one in (*claim.subjects, *claim.counterparties) if one in of)
        if any(
            _alike(of[one].kind, kind) for one in named_sides
        ):  # whose it is may be read wrong, but then the title names whom is asked for
            return self._like(name, held.about.entitled, _HARDLY)
        if told := self._like(name, held.here, _SENTENCE):
            return told
        if name == _OWN.get(held.about.document.language):
            return _TEXT  # at home it need not be named
        if told := self._like(name, held.about.entitled, _HEAD):
            return told
        if self._is_anothers(name, held):
            return 0.0
        return self._like(name, held.about.named, _TEXT)

    def _is_anothers(self, name: str, held: _Held) -> bool:
        """Return whether a paragraph speaks of other companies than the one that is asked for."""
        there = [m.concept for m in self.thesaurus.find(held.paragraph)]
        return (
            self.thesaurus[name].kind == "company"
            and any(one.kind == "company" for one in there)
            and not self._like(name, [one.id for one in there])
        )

    def _partner(self, name: str, held: _Held) -> float:
        """The whole is not what went to one partner."""
        claim = held.claim
        told = self._like(name, claim.counterparties, _CLAIM) or self._like(name, claim.subjects, _SENTENCE)
        return told or (0.0 if claim.counterparties else self._like(name, held.here, _TEXT))

    def _material(self, name: str, held: _Held) -> float:
        if self._of_another(name, held):
            return 0.0
        told = self._like(name, held.claim.materials, _CLAIM) or self._like(name, held.here, _SENTENCE)
        if told or any(self._like(one, held.here) for one in held.claim.materials):
            return told
        if held.claim.materials:  # carried on from elsewhere
            return self._like(name, held.about.entitled, _TEXT)
        return self._like(name, held.about.entitled, _HEAD) or self._like(name, held.about.named, _TEXT)

    def _of_another(self, name: str, held: _Held) -> bool:
        """Return whether a claim is of another material than one asked for, and its sentence names both."""
        told = held.claim.materials
        return bool(
            told
            and self._like(name, told) < _NARROWER
            and self._like(name, held.here)
            and any(one in held.here or self._like(one, held.here) for one in told)
        )

    def _measure(self, there: str | None) -> float:
        """The measure that a question ends on, or in English begins with, is the one that it asks for."""
        if there is None:
            return _TEXT
        asked = self.asked.measures
        if self.asked.dimensions == {"[time]"}:
            there = scopes.filed(there, "[time]") or there
            asked = tuple(scopes.filed(one, "[time]") or one for one in asked)
        first, *others = asked if script(self.asked.text) == "en" else asked[::-1]
        if there == first:
            return _CLAIM
        if any({one, there} <= near for one in asked for near in _NEAR_MEASURES):
            return _SENTENCE
        if {there, first} <= _ACCOUNTS:
            return 0.0  # a profit is no revenue
        if self._like(there, [first]):
            return _CLAIM
        if self._like(there, others):
            return _SENTENCE
        return _TEXT if any(group(one) == group(there) for one in asked) else _HARDLY


def _alike(kind: str, other: str) -> bool:
    """Return whether somebody of one kind, named as whose a figure is, leaves none for one of the other."""
    return kind == other or {kind, other} <= _PLACES


def _name(name: str, held: _Held) -> float:
    """Rate how well a name that the thesaurus lacks is met; in another script it may be written otherwise."""
    sides = [fold(one) for one in (*held.claim.subjects, *held.claim.counterparties)]
    if any(name in one or one in name for one in sides):
        return _CLAIM
    if name in fold(held.sentence):
        return _SENTENCE
    if name in held.about.title:
        return _HEAD
    if name in held.about.text or script(name) != script(held.about.text):
        return _TEXT
    return 0.0


def _undated(wanted: Sequence[times.Period], held: _Held) -> float:
    """Rate how well another time is met that the sentence does not tell: it may be carried on from elsewhere,
    if the document tells of the time asked for, or was published then."""
    published = held.about.document.published
    day = published.date() if published else None
    if any(time.period for time in times.find(narrow(held.sentence), day)):
        return 0.0
    within = any(low <= first and last <= high for low, high in wanted for first, last in held.about.periods)
    return _HARDLY if within else 0.0


def _period(wanted: Sequence[times.Period], there: str | None) -> float:
    """Rate how well a claim's time is met: the same, a part of what is asked, none told, another."""
    if not there:
        return _HARDLY
    first, last = times.bounds(there)
    if any((first, last) == one for one in wanted):
        return _CLAIM
    return _SENTENCE if any(low <= first and last <= high for low, high in wanted) else 0.0
