"""Claims about the same thing together, in one unit, over time: beside reference figures, conflicts named,
look-alikes of another scope kept apart."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from math import inf
from types import MappingProxyType
from typing import Generic, TypeAlias, TypeVar

from mine2magnet.claims import compare, scopes
from mine2magnet.claims.times import bounds
from mine2magnet.claims.units import convert
from mine2magnet.figures.reference import Reference, references
from mine2magnet.figures.rows import Cited, cited
from mine2magnet.model import Claim, Quantity
from mine2magnet.store import Store

ALIKE = 6  # look-alikes shown beside one figure: the rest are in the table of claims
_FLOWS = frozenset(("production", "exports", "imports", "demand", "quota"))  # told by their period
NO_DAYS: Mapping[str, date] = MappingProxyType({})
NEAR_YEARS = 2  # a reference figure is drawn if it is of the time of the claims, give or take so many


What = TypeVar("What", bound=Cited | Reference, covariant=True)


@dataclass(frozen=True, slots=True)
class Mark(Generic[What]):
    """A claim or a reference figure in its group's unit. An open end is None. `since` and `until` are the
    days it speaks of, else the day of publication twice; None if there is neither."""

    what: What
    low: float | None
    high: float | None
    since: date | None
    until: date | None


AnyMark: TypeAlias = Mark[Cited | Reference]


@dataclass(frozen=True, slots=True)
class Alike:
    """A figure of another scope that could be mistaken for this one, and a claim of this one to tell it
    from, of one time if there is one; `figure` is the other's id."""

    own: Claim
    other: Cited
    figure: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What is claimed of one thing, in one unit, by time. `agreed` is the range that all of several
    reported claims allow, if they do, an open end None; `conflicts` are pairs that cannot both hold, one of
    each of this scope, the other of this or of one that contains it or lies within it. `sources` are the
    documents that speak of it, copies counted once; `period` is that of all claims if they have one."""

    id: str
    scope: compare.Scope
    unit: str
    marks: tuple[Mark[Cited], ...]
    spread: tuple[float, float]
    agreed: tuple[float | None, float | None] | None
    conflicts: tuple[tuple[Cited, Cited], ...]
    references: tuple[Mark[Reference], ...]
    alike: tuple[Alike, ...]
    sources: int = 1
    period: str | None = None


def group(
    claims: Iterable[Claim],
    *,
    least: float = 0.0,
    published: Mapping[str, date] = NO_DAYS,
    beside: Iterable[Claim] = (),
) -> list[compare.ClaimGroup]:
    """Groups as they are shown: those with conflicts first, then those of somebody, and of each kind first
    those that most sources speak of. Arguments are those of `compare.group`."""
    found = map(_of_one_thing, compare.group(claims, least=least, published=published, beside=beside))
    return sorted(
        found, key=lambda g: (not g.conflicts, not g.scope.subjects, -sources(g.claims), -len(g.claims))
    )


def _of_one_thing(g: compare.ClaimGroup) -> compare.ClaimGroup:
    """Leave out what can but be of something else, if it is in no conflict: it would belie the others."""
    held = {id(claim) for pair in g.conflicts for claim in pair}
    left_out: set[int] = set()
    if scopes.comparison(g.claims[0].claim).each and g.scope.direction == "level":
        left_out |= _of_another_size(g.claims)
    if g.scope.measure in _FLOWS:
        left_out |= _told_of_one_time(g.claims)
    left_out -= held
    kept = tuple(p for p in g.claims if id(p.claim) not in left_out)
    return replace(g, claims=kept) if len(kept) < len(g.claims) else g


def _of_another_size(claims: Sequence[compare.Placed]) -> set[int]:
    """Return the claims of what is so for each single thing that are many times the others: those of all."""
    clusters: list[list[compare.Placed]] = []
    for p in sorted(claims, key=_size):
        if clusters and _size(p) <= compare.FAR * _size(clusters[-1][-1]):
            clusters[-1].append(p)
        else:
            clusters.append([p])
    own = max(clusters, key=lambda one: (sum(p.claim.modality == "reported" for p in one), len(one)))
    return {id(p.claim) for cluster in clusters if cluster is not own for p in cluster}


def _size(p: compare.Placed) -> float:
    return max(abs(end) for end in (p.low, p.high) if abs(end) != inf)


def _told_of_one_time(claims: Sequence[compare.Placed]) -> set[int]:
    """Return the claims whose document gives a surer value of their time: the time was read wrong, or whose
    they are."""
    surest: dict[tuple[object, ...], compare.Placed] = {}
    for p in sorted(claims, key=lambda p: -p.claim.confidence):
        if p.claim.period:
            surest.setdefault((p.claim.document, p.claim.period, p.claim.modality), p)
    best = ((p, surest.get((p.claim.document, p.claim.period, p.claim.modality), p)) for p in claims)
    return {id(p.claim) for p, one in best if p.below(one) or one.below(p)}


def sources(claims: Iterable[compare.Placed]) -> int:
    """Count the documents that make the claims; one that only repeats others at the same place is a copy."""
    first: dict[tuple[object, ...], str] = {}
    for p in claims:
        place = p.claim.paragraph, p.claim.point, p.claim.start, p.claim.end, p.low, p.high
        first.setdefault(place, p.claim.document)
    return len(set(first.values()))


def figure_id(scope: compare.Scope) -> str:
    """The same for the same scope on every page."""
    return "f" + hashlib.sha256(repr(scope).encode()).hexdigest()[:10]


def figures(
    store: Store, shown: Sequence[compare.ClaimGroup], groups: Sequence[compare.ClaimGroup]
) -> list[Figure]:
    """The groups shown with all that their figures need; look-alikes come from `groups`, which are all."""
    alike: dict[compare.Scope, list[compare.ClaimGroup]] = defaultdict(list)
    for a, b in compare.lookalikes(groups):
        if a.scope.measure == b.scope.measure:  # else the names tell them apart
            alike[a.scope].append(b)
            alike[b.scope].append(a)
    nearest = {g.scope: sorted(alike[g.scope], key=partial(_distance, g))[:ALIKE] for g in shown}
    wanted = [placed.claim for g in shown for placed in g.claims]
    wanted += [claim for g in shown for pair in g.conflicts for claim in pair]
    wanted += [_told_apart(g, other)[1] for g in shown for other in nearest[g.scope]]
    by_claim = {one.claim: one for one in cited(store, wanted)}
    return [_figure(g, by_claim, nearest[g.scope]) for g in shown]


def families(groups: Iterable[compare.ClaimGroup]) -> list[list[compare.ClaimGroup]]:
    """Groups of somebody's one measure that differ in stage or material only, the largest families first."""
    members: dict[tuple[object, ...], list[compare.ClaimGroup]] = defaultdict(list)
    for g in groups:
        if g.scope.subjects:
            members[g.scope.subjects, g.scope.measure, g.scope.dimension, g.scope.direction].append(g)
    return sorted((family for family in members.values() if len(family) > 1), key=len, reverse=True)


def _figure(
    g: compare.ClaimGroup,
    by_claim: dict[Claim, Cited],
    alike: Sequence[compare.ClaimGroup],
) -> Figure:
    marks: dict[tuple[str, tuple[int, int]], Mark[Cited]] = {}
    for placed in g.claims:
        if one := by_claim.get(placed.claim):
            since, until = _days(placed.claim.period, one.published)
            mark = Mark(one, _finite(placed.low), _finite(placed.high), since, until)
            marks.setdefault((one.sentence, one.figure), mark)  # a reprinted sentence claims nothing more
    shown = tuple(marks.values())
    reported = sum(p.claim.modality == "reported" for p in g.claims)
    return Figure(
        id=figure_id(g.scope),
        scope=g.scope,
        unit=g.unit,
        marks=shown,
        spread=g.spread,
        agreed=(_finite(g.agreed[0]), _finite(g.agreed[1])) if g.agreed and reported > 1 else None,
        conflicts=tuple(
            (by_claim[a], by_claim[b]) for a, b in g.conflicts if a in by_claim and b in by_claim
        ),
        references=tuple(beside(g, shown)),
        alike=tuple(
            Alike(own, by_claim[claim], figure_id(other.scope))
            for other in alike
            for own, claim in [_told_apart(g, other)]
            if claim in by_claim
        ),
        sources=sources(g.claims),
        period=periods.pop() if len(periods := {p.claim.period for p in g.claims}) == 1 else None,
    )


def _told_apart(g: compare.ClaimGroup, other: compare.ClaimGroup) -> tuple[Claim, Claim]:
    """A claim of each: of one time and modality, if there are such, so that only their scopes differ."""
    own = {(p.claim.period, p.claim.modality): p.claim for p in reversed(g.claims)}
    for p in other.claims:
        if claim := own.get((p.claim.period, p.claim.modality)):
            return claim, p.claim
    return g.claims[0].claim, other.claims[0].claim


def _distance(a: compare.ClaimGroup, b: compare.ClaimGroup) -> float:
    """Return how far apart two groups' middles are, as a share of the larger: small is easily mistaken."""
    unit, other = a.unit, b.unit
    middles = sum(a.spread) / 2, convert(sum(b.spread) / 2, other, unit)
    return abs(middles[0] - middles[1]) / (max(map(abs, middles)) or 1.0)


def _finite(value: float) -> float | None:
    return None if abs(value) == inf else value


def _days(period: str | None, published: datetime | None) -> tuple[date | None, date | None]:
    if period is None:
        return (published.date(), published.date()) if published else (None, None)
    since, until = bounds(period)
    return (until if since == date.min else since, since if until == date.max else until)


def beside(g: compare.ClaimGroup, marks: Sequence[Mark[Cited]]) -> list[Mark[Reference]]:
    """Reference figures of the group's measure and unit and of about its time, that differ from its scope
    in nothing it says, and say at most one thing that it leaves unsaid. What flows in a year is not set
    beside what flows in a month, nor all that flows beside what goes to somebody."""
    if g.scope.direction != "level" or g.scope.counterparties:
        return []
    years = [day.year for mark in marks for day in (mark.since, mark.until) if day]
    found = []
    for one in references():
        since, until = bounds(one.period)
        if g.scope.measure in _FLOWS and not _as_long(until - since, marks):
            continue
        near = not years or min(years) - NEAR_YEARS <= since.year <= max(years) + NEAR_YEARS
        if one.measure == g.scope.measure and near and _same(one, g.scope):
            low, high = convert(one.low, one.unit, g.unit), convert(one.high, one.unit, g.unit)
            found.append(Mark(one, low, high, since, until))
    return found


def _as_long(span: timedelta, marks: Sequence[Mark[Cited]]) -> bool:
    """Return whether some mark is of a period about as long, or none says its period."""
    spans = [
        mark.until - mark.since for mark in marks if mark.since and mark.until and mark.since < mark.until
    ]
    return not spans or any(span < 2 * other and other < 2 * span for other in spans)


def _same(one: Reference, scope: compare.Scope) -> bool:
    own = _scope(one)
    if own.dimension != scope.dimension or scope.form not in (None, own.form):
        return False
    unsaid = 0
    for said, told in (
        (scope.subjects, own.subjects),
        (scope.stage, own.stage),
        (scope.materials, own.materials),
    ):
        if said and said != told:
            return False
        unsaid += bool(told) and not said
    return unsaid <= 1


@cache
def _scope(one: Reference) -> compare.Scope:
    """Return what a reference figure is about, as if it were claimed."""
    return compare.scope(
        Claim(
            Quantity(one.low, one.high, one.unit),
            0, 1, (0, 1),
            subjects=(one.subject,),
            measure=one.measure,
            stage=one.stage,
            materials=(one.material,),
            period=one.period,
        )
    )  # fmt: skip
