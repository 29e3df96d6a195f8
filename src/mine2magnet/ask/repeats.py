"""Claims that say one thing: those that one source says are told once, in the reader's language first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mine2magnet.ask.figure_match import told_in
from mine2magnet.claims import compare
from mine2magnet.claims.compare import Placed, Scope
from mine2magnet.claims.times import bounds
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Claim, Document

_VOICES = ("company", "organisation", "person")
_LATIN = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z][A-Za-z&]{2,}(?: [A-Z][A-Za-z&]+)+|[a-z0-9-]{4,}\.[a-z]{2,4})")


@dataclass(frozen=True, slots=True)
class Told:
    """A claim as it is told, with how well it fits, and those that tell its source's figure elsewhere."""

    score: float
    claim: Claim
    others: tuple[Claim, ...] = ()

    @property
    def period(self) -> str | None:
        """The time that it tells, or else that another telling of it does."""
        return next((c.period for c in (self.claim, *self.others) if c.period), None)


@dataclass(frozen=True, slots=True)
class _Said:
    score: float
    claim: Claim
    placed: Placed
    scope: Scope
    names: frozenset[str]
    foreign: bool

    def same(self, other: _Said) -> bool:
        """Return whether both give one value of what may be one thing."""
        a, b = self.scope, other.scope
        return (
            (a.measure, a.direction, a.dimension) == (b.measure, b.direction, b.dimension)
            and self.placed.equals(other.placed)
            and (not a.subjects or not b.subjects or not set(a.subjects).isdisjoint(b.subjects))
            and (not a.materials or not b.materials or a.materials == b.materials)
            and _meet(self.claim.period, other.claim.period)
        )


def once(
    ranked: Sequence[tuple[float, Claim]],
    documents: Mapping[str, Document],
    language: str,
    thesaurus: Thesaurus,
) -> list[Told]:
    """Return claims in their order, what one source says once.

    Of several that say the same, those in the reader's language take the first places.

    Parameters
    ----------
    ranked : sequence of (float, Claim)
        With how well each fits, the best first.
    documents : mapping of str to Document
        Those of the claims.
    language : str
        The reader's.
    thesaurus : Thesaurus
    """
    said = [_said(score, claim, documents[claim.document], language, thesaurus) for score, claim in ranked]
    alike = _groups(range(len(said)), lambda a, b: said[a].same(said[b]))
    told: dict[int, Told] = {}
    for group in alike:
        ones = _groups(group, lambda a, b: _one_source(said[a], said[b]))
        first = [min(one, key=lambda place: (said[place].foreign, place)) for one in ones]
        by_language = sorted(zip(first, ones, strict=True), key=lambda pair: said[pair[0]].foreign)
        for place, (best, one) in zip(group, by_language, strict=False):
            others = tuple(said[other].claim for other in one if other != best)
            told[place] = Told(said[best].score, said[best].claim, others)
    return [told[place] for place in sorted(told)]


def _groups(places: Sequence[int], alike: Callable[[int, int], bool]) -> list[list[int]]:
    groups: list[list[int]] = []
    for place in places:
        group = next((group for group in groups if alike(group[0], place)), None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    return groups


def _said(score: float, claim: Claim, document: Document, language: str, thesaurus: Thesaurus) -> _Said:
    names = frozenset(_named(told_in(claim, document)[1], claim, thesaurus))
    return _Said(
        score, claim, compare.in_base(claim), compare.scope(claim), names, document.language != language
    )


def _named(sentence: str, claim: Claim, thesaurus: Thesaurus) -> Iterator[str]:
    """Yield who may have said a sentence: those that it names beside those that the figure is of."""
    known = thesaurus.find(sentence)
    its = {*claim.subjects, *claim.counterparties}
    yield from (m.concept.id for m in known if m.concept.kind in _VOICES and m.concept.id not in its)
    for m in _LATIN.finditer(sentence):
        if not any(k.start <= m.start() and m.end() <= k.end for k in known) and m[0] not in its:
            yield m[0]


def _one_source(a: _Said, b: _Said) -> bool:
    return a.claim.document != b.claim.document and not a.names.isdisjoint(b.names)


def _meet(one: str | None, other: str | None) -> bool:
    """Return whether two times overlap; one that is not told may be any."""
    if not one or not other:
        return True
    (since, until), (first, last) = bounds(one), bounds(other)
    return since <= last and first <= until
