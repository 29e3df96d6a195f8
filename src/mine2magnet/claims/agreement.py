"""Whether the claims of two documents tell of the same events: their figures, and what these are of.

Weights and thresholds were set by hand on the dev half of `benchmarks/cross_language_news.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from mine2magnet.claims import scopes
from mine2magnet.claims.compare import Placed, in_base
from mine2magnet.claims.scopes import Scope, scope
from mine2magnet.core import thesaurus
from mine2magnet.model import WRONG, Claim

WEIGHTS = (0.0, 0.5, 0.8)  # of a figure of so many significant digits, 1 with more: 6,146 is no chance
LEADS = 2  # claims that a report opens with: what happened, not what is known besides
FIGURES = 2  # that both must tell …
ENOUGH = 1.0  # … and what these must weigh
SHARE = 0.5  # … of what the one tells that has less to tell …
LESSER = 0.3  # … and of what the other tells
MOST = 24  # claims of a document that are looked at, the first


@dataclass(frozen=True)
class Told:
    """What a document tells in figures: its claims, each in base units, in their order."""

    figures: tuple[Placed, ...]

    @classmethod
    def by(cls, claims: Iterable[Claim]) -> Told:
        """Return what some claims of one document tell.

        Parameters
        ----------
        claims : iterable of Claim
            However sure: what two documents say alike bears each other out.
        """
        told = [claim for claim in claims if not claim.bare and claim.judged != WRONG]
        told.sort(key=lambda claim: (claim.point, claim.paragraph, claim.start))
        return cls(tuple(in_base(claim) for claim in told[:MOST]))

    @cached_property
    def weight(self) -> float:
        """The weight of all figures."""
        return sum(map(_weight, self.figures))


def same_events(a: Told, b: Told) -> bool:
    """Return whether two documents tell of the same events.

    They do where the figures that both tell outweigh the others, what the one opens with is told by the
    other, and nothing that both speak of has another value in each.

    Parameters
    ----------
    a, b : Told
    """
    pairs = [(p, q) for p in a.figures for q in b.figures if _agree(p, q)]
    ours = [p for p in a.figures if any(p is one for one, _ in pairs)]
    theirs = [q for q in b.figures if any(q is one for _, one in pairs)]
    common = min(sum(map(_weight, ours)), sum(map(_weight, theirs)))
    less, more = sorted((a.weight, b.weight))
    if min(len(ours), len(theirs)) < FIGURES:
        return False
    if common < ENOUGH or common < SHARE * less or common < LESSER * more:
        return False
    return _opens(a, ours) and _opens(b, theirs) and not apart(a, b)


def apart(a: Told, b: Told) -> bool:
    """Return whether two documents give one thing other values, neither of which the other gives as well.

    Parameters
    ----------
    a, b : Told
    """
    return any(
        _of_one_thing(p, q) and (p.below(q) or q.below(p)) and not _states(a, q) and not _states(b, p)
        for p in a.figures
        for q in b.figures
    )


def _weight(p: Placed) -> float:
    low, high = p.claim.quantity.low, p.claim.quantity.high
    mantissa = f"{low if low is not None else high or 0.0:.5e}".partition("e")[0]
    digits = len(mantissa.strip("-0").replace(".", "").rstrip("0"))
    return WEIGHTS[digits] if digits < len(WEIGHTS) else 1.0


def _opens(told: Told, common: Sequence[Placed]) -> bool:
    return any(one is p for one in told.figures[:LEADS] for p in common)


def _agree(p: Placed, q: Placed) -> bool:
    """Whether two figures are one: in value, unit and time, and in all but one of what they are of."""
    a, b = scope(p.claim), scope(q.claim)
    if (a.dimension, a.direction) != (b.dimension, b.direction) or not p.equals(q):
        return False
    if not _times_meet(p.claim, q.claim):
        return False
    return sum(_differ(a, b)) <= 1


def _differ(a: Scope, b: Scope) -> tuple[bool, ...]:
    """Of each slot that both tell, whether they tell nothing in common."""
    return (
        bool(a.measure and b.measure and a.measure != b.measure),
        _disjoint(a.subjects, b.subjects),
        _disjoint(a.counterparties, b.counterparties),
        _disjoint(a.materials, b.materials),
    )


def _disjoint(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether both name something and nothing of the one contains, or is, anything of the other. Names that
    the thesaurus lacks are written otherwise in each language, and compare with nothing."""
    terms = thesaurus.load()
    ours, theirs = ({name for name in names if name in terms} for names in (a, b))
    return bool(ours and theirs) and not (_wider(ours) & theirs or ours & _wider(theirs))


def _wider(names: set[str]) -> set[str]:
    return {wider for one in names for found in scopes.wider((one,)) for wider in found}


def _times_meet(a: Claim, b: Claim) -> bool:
    if not a.period or not b.period:
        return True
    (first, last), (start, end) = scopes.bounds(a.period), scopes.bounds(b.period)
    return first <= end and start <= last


def _of_one_thing(p: Placed, q: Placed) -> bool:
    a, b = scope(p.claim), scope(q.claim)
    same = (a.measure, a.direction, a.dimension, a.basis) == (b.measure, b.direction, b.dimension, b.basis)
    return (
        same
        and a.measure is not None
        and p.claim.modality == q.claim.modality
        and bool(set(a.subjects) & set(b.subjects))
        and (a.materials, a.counterparties) == (b.materials, b.counterparties)
        and bool(p.claim.period and q.claim.period)
        and _times_meet(p.claim, q.claim)
    )


def _states(told: Told, other: Placed) -> bool:
    kind = scope(other.claim)
    return any(scope(p.claim).dimension == kind.dimension and p.equals(other) for p in told.figures)
