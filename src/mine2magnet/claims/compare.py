"""Claims about the same thing brought to one unit: what agrees, what conflicts, what only looks alike."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, product
from math import inf
from types import MappingProxyType

from mine2magnet.claims import scopes
from mine2magnet.claims.differences import difference
from mine2magnet.claims.scopes import HOW, How, Scope, scope
from mine2magnet.claims.times import bounds
from mine2magnet.claims.units import factor
from mine2magnet.model import Claim

__all__ = [
    "ClaimGroup", "Placed", "Scope", "against", "conflicts", "difference", "group", "lookalikes", "scope",
]  # fmt: skip

_ALIKE = 2  # slots in which look-alikes may differ; more is another subject altogether
_PAIRS = 100  # look-alikes named of one subject; a page shows fewer
_TRIED = 64  # values below one that are tried against it, the nearest first
_ROUNDING = 1e-9  # of floating point
# Times that values of a conflict may differ; by hand: sources err by a decimal at most, and what was misread
# (a reserve for a year's output) by more
FAR = 30.0
_UNKNOWN: Mapping[str, date] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Placed:
    """A claim with its ends in one unit, an open end infinite, and the slack of its precision."""

    claim: Claim
    low: float
    high: float
    slack: float

    def below(self, other: Placed) -> bool:
        """Return whether all that this allows is less than all that the other allows.

        Parameters
        ----------
        other : Placed
        """
        top, bottom = self.high + self.slack, other.low - other.slack
        return (
            bottom - top > _ROUNDING * max(abs(top), abs(bottom))
            if abs(top - bottom) != inf
            else top < bottom
        )

    def equals(self, other: Placed) -> bool:
        """Return whether both state one value, or one range.

        Parameters
        ----------
        other : Placed
        """
        slack = max(self.slack, other.slack) + _ROUNDING * max(abs(self.low), abs(self.high))
        return abs(self.low - other.low) <= slack and abs(self.high - other.high) <= slack


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """Claims about the same thing in one unit, by time. `conflicts` are pairs that cannot both hold, the
    lesser value first: one of each is of this group, the other too, or of a group whose scope contains
    this one's or lies within it."""

    scope: Scope
    unit: str
    claims: tuple[Placed, ...]
    conflicts: tuple[tuple[Claim, Claim], ...]

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest finite end stated, in the group's unit."""
        ends = [end for p in self.claims for end in (p.low, p.high) if abs(end) != inf]
        return min(ends), max(ends)

    @property
    def agreed(self) -> tuple[float, float] | None:
        """The range that every reported claim allows, None if they leave none."""
        stated = [p for p in self.claims if p.claim.modality == "reported"]
        if not stated or self.conflicts:
            return None
        low, high = max(p.low - p.slack for p in stated), min(p.high + p.slack for p in stated)
        return (low, high) if low <= high else None


def group(
    claims: Iterable[Claim],
    *,
    least: float = 0.0,
    published: Mapping[str, date] = _UNKNOWN,
    beside: Iterable[Claim] = (),
) -> tuple[ClaimGroup, ...]:
    """Return claims of the same scope together, the largest group first.

    A claim that names neither who nor what is measured stands in no group. Times a year and per year are one
    for production and the like; a change in times is one in per cent (doubled is +100 %). Time is that of
    sorting.

    Parameters
    ----------
    claims : iterable of Claim
    least : float
        Claims of less confidence conflict with none.
    published : mapping
        Days of publication by document: without, what is told without a time conflicts with nothing.
    beside : iterable of Claim
        What the documents state besides, such as claims that are not sure: a document that states a value so
        is not against it.
    """
    claims = list(claims)
    groups: dict[Scope, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.measure is not None and (claim.subjects or claim.materials or claim.stage):
            groups[scope(claim)].append(claim)
    own = _under_one_name(groups)
    found: dict[Scope, list[tuple[Claim, Claim]]] = defaultdict(list)
    for pair in conflicts(claims, least=least, published=published, beside=beside):
        told = (own.get(scope(claim), scope(claim)) for claim in pair)
        found[max(told, key=lambda s: len(groups[s]))].append(pair)
    made = [_group(key, members, found[key]) for key, members in groups.items()]
    return tuple(sorted(made, key=lambda g: -len(g.claims)))


def _under_one_name(groups: dict[Scope, list[Claim]]) -> dict[Scope, Scope]:
    """Put scopes together that differ in two names of one material only, under the one told most.

    Returns where each that is gone has gone.
    """
    moved: dict[Scope, Scope] = {}
    alike: dict[Scope, list[Scope]] = defaultdict(list)
    for key in sorted(groups, key=lambda s: (-len(groups[s]), s.materials)):
        kept = alike[replace(key, materials=())]
        same = next((one for one in kept if _is_one(key.materials, one.materials)), None)
        if same is None:
            kept.append(key)
        else:
            groups[same] += groups.pop(key)
            moved[key] = same
    return moved


def _is_one(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return "one" in (scopes.wider(a).get(b), scopes.wider(b).get(a))


def _group(key: Scope, members: Sequence[Claim], conflicts: Iterable[tuple[Claim, Claim]]) -> ClaimGroup:
    units = Counter(scopes.yearless(c)[0] for c in members)
    unit = "%" if key.dimension == "dimensionless" else units.most_common(1)[0][0]
    size = factor(unit)[1]
    placed = [in_base(c, size) for c in members]
    placed.sort(key=lambda p: (bounds(p.claim.period)[0] if p.claim.period else date.max, p.low))
    return ClaimGroup(key, unit, tuple(placed), tuple(conflicts))


def in_base(claim: Claim, unit: float = 1.0) -> Placed:
    """Return a claim in units of so many base units of its dimension.

    Parameters
    ----------
    claim : Claim
    unit : float
    """
    q = claim.quantity
    own, yearly = scopes.yearless(claim)
    size = factor(own)[1] * yearly / unit
    less = (
        factor(own)[1] / unit if own == "x" and claim.direction == "change" else 0.0
    )  # doubled is 100 % more
    low = -inf if q.low is None else q.low * size - less
    high = inf if q.high is None else q.high * size - less
    # a figure stands for all that rounds to it, "about" it for a whole step more; a range says its own
    steps = 0.0 if low != high else 1.5 if q.approx in ("about", "nearly") else 0.5
    return Placed(claim, low, high, _step(claim) * size * steps)


_LOOSE = 0.1  # of "about 20,000": no step is coarser; judged


def _step(claim: Claim) -> float:
    """The step that a figure is stated to; the zeros of "about 20,000" are no digits."""
    q = claim.quantity
    value = abs(q.low if q.low is not None else q.high or 0.0)
    if q.approx not in ("about", "nearly") or value < 1 or value % 1:
        return claim.precision
    zeros = len(f"{value:.0f}") - len(f"{value:.0f}".rstrip("0"))
    return max(claim.precision, min(10.0**zeros, _LOOSE * value))


def conflicts(
    claims: Iterable[Claim],
    *,
    least: float = 0.0,
    published: Mapping[str, date] = _UNKNOWN,
    beside: Iterable[Claim] = (),
) -> list[tuple[Claim, Claim]]:
    """Return pairs of claims that cannot both hold, the lesser value first.

    Of each value of a scope there are the pairs with its neighbours.
    Two claims conflict if different documents make them, if they agree in all that `Scope` holds, in time and
    modality, and if their values are apart by more than their precision. What a slot leaves empty agrees with
    nothing where it matters: who (of a price the market), what of a material, when. Scopes that contain one
    another are compared, too; what adds up conflicts then only if the part is more than the whole. Documents
    that state both values, of whatever scope, are not against each other, and one that states several values
    of one scope is against none.

    Parameters
    ----------
    claims, least, published, beside
        As for `group`.
    """
    stated: dict[str, list[Placed]] = defaultdict(list)
    for claim in beside:
        stated[claim.document].append(in_base(claim))
    alike: dict[tuple[object, ...], dict[tuple[tuple[str, ...], ...], list[Placed]]] = {}
    for claim in claims:
        placed = in_base(claim)
        stated[claim.document].append(placed)
        if claim.confidence >= least and _is_told(claim, published):
            members = alike.setdefault(_slots(claim), {})
            members.setdefault((scopes.market(claim), scope(claim).materials), []).append(placed)

    def meet(a: Placed, b: Placed) -> bool:
        if _far(a, b) or not _meet(a.claim, b.claim, published):
            return False
        return not _states(a, b, stated) and not _states(b, a, stated)

    for members in alike.values():
        members.update({key: _single(placed) for key, placed in members.items()})
    return [
        (a.claim, b.claim)
        for members in alike.values()
        for own, how, others in _contained(members)
        for a, b in _apart(members[own], () if others is None else members[others], how, meet)
    ]


def against(a: Claim, b: Claim, *, published: Mapping[str, date] = _UNKNOWN) -> bool:
    """Return whether two claims cannot both hold.

    Parameters
    ----------
    a, b : Claim
    published : mapping
        As for `group`.
    """
    return bool(conflicts((a, b), published=published))


def _is_told(claim: Claim, published: Mapping[str, date]) -> bool:
    """Whether a claim tells all that it takes to contradict another."""
    told = scope(claim)
    return (
        claim.measure is not None
        and claim.modality != "denied"
        and bool(scopes.whose(claim))
        and all(scopes.tells(claim, slot) for slot in scopes.comparison(claim).needs)
        and (claim.direction == "level" or told.basis is not None)
        and scopes.stands(claim, published) is not None
    )


def _slots(claim: Claim) -> tuple[object, ...]:
    """What claims share that are compared: all but whose, of what, when, and the form."""
    return replace(scope(claim), subjects=(), materials=(), form=None), claim.modality


def _contained(
    members: Mapping[tuple[tuple[str, ...], ...], object],
) -> Iterator[tuple[tuple[tuple[str, ...], ...], How, tuple[tuple[str, ...], ...] | None]]:
    """Each scope with itself (None), and with those that contain it."""
    for subjects, materials in members:
        above = product(scopes.wider(subjects).items(), scopes.wider(materials).items())
        for (whose, how), (what, how_what) in above:
            if (whose, what) == (subjects, materials):
                yield (subjects, materials), "same", None
            elif (whose, what) in members:
                yield (subjects, materials), max(how, how_what, key=HOW.index), (whose, what)


def _far(a: Placed, b: Placed) -> bool:
    """Return whether two values are so far apart that one of them is rather of something else."""
    lower, upper = sorted((a, b), key=_bottom)
    return 0 < FAR * _top(lower) < _bottom(upper)


def _single(placed: Sequence[Placed]) -> list[Placed]:
    """Those of which the document states no other value: several of one time tell several things apart."""
    told: dict[tuple[object, ...], list[Placed]] = defaultdict(list)
    for p in placed:
        told[p.claim.document, p.claim.period, p.claim.form].append(p)
    return [
        p
        for own in told.values()
        for p in own
        if not any(p.below(other) or other.below(p) for other in (min(own, key=_top), max(own, key=_bottom)))
    ]


def _top(p: Placed) -> float:
    return p.high + p.slack


def _bottom(p: Placed) -> float:
    return p.low - p.slack


def _apart(
    members: Sequence[Placed], others: Sequence[Placed], how: How, meet: Callable[[Placed, Placed], bool]
) -> Iterator[tuple[Placed, Placed]]:
    """Pairs of the members, or of a member and one of the others which contain them, that cannot both hold:
    each value with the nearest below it, none below twice."""
    if not members or (how != "same" and not others):
        return
    least = sorted((*members, *others), key=_bottom)
    own = {id(p) for p in members} if others else set()
    adds = scopes.comparison(least[0].claim).adds and least[0].claim.direction == "level"
    adds = adds and scope(least[0].claim).dimension != "dimensionless"
    if how == "part" and not adds:
        return  # what holds of a part need not hold of the whole
    part_only = adds and how in ("close", "part")
    reach: list[tuple[float, int]] = []
    taken: set[tuple[float, float]] = set()
    for i, p in enumerate(least):
        end = bisect_left(reach, (_bottom(p), 0))
        for _, j in reversed(reach[max(0, end - _TRIED) : end]):
            q = least[j]
            if own and (id(p) in own) == (id(q) in own):
                continue
            if part_only and id(p) not in own:
                continue  # the whole is more
            if q.below(p) and meet(q, p):
                if (q.low, q.high) not in taken:
                    taken.add((q.low, q.high))
                    yield q, p
                break
        insort(reach, (_top(p), i))


def _meet(a: Claim, b: Claim, published: Mapping[str, date]) -> bool:
    """Whether two documents speak of one time and form."""
    return (
        a.document != b.document
        and scopes.forms_agree(scope(a).form, scope(b).form)
        and scopes.at_one_time(a, b, published)
    )


def _states(own: Placed, other: Placed, stated: Mapping[str, Sequence[Placed]]) -> bool:
    """Whether the document of one claim states the other's value as well, for whatever scope."""
    said = scope(other.claim)
    return any(
        p.equals(other) and p.claim != own.claim and _one_kind(scope(p.claim), said)
        for p in stated[own.claim.document]
    )


def _one_kind(a: Scope, b: Scope) -> bool:
    return (
        (a.dimension, a.direction) == (b.dimension, b.direction)
        and (a.measure == b.measure or not a.measure or not b.measure)
    )  # fmt: skip


def lookalikes(groups: Iterable[ClaimGroup]) -> list[tuple[ClaimGroup, ClaimGroup]]:
    """Return groups of one subject and one kind of unit whose scopes differ in one or two slots.

    Their figures could be mistaken for one another.

    Parameters
    ----------
    groups : iterable of ClaimGroup
    """
    alike: dict[tuple[object, ...], list[ClaimGroup]] = defaultdict(list)
    for g in groups:
        alike[(g.scope.subjects, g.scope.dimension, g.scope.direction)].append(g)
    found = []
    for members in alike.values():
        near = (pair for pair in combinations(members, 2) if 0 < _differing(*pair) <= _ALIKE)
        found += [pair for pair, _ in zip(near, range(_PAIRS), strict=False)]
    return found


def _differing(a: ClaimGroup, b: ClaimGroup) -> int:
    slots = ("measure", "stage", "materials", "counterparties", "form", "basis")
    return sum(getattr(a.scope, name) != getattr(b.scope, name) for name in slots)
