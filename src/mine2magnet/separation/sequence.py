"""In which order to make the cuts of a plant: the best of all sequences of sharp and fuzzy cuts.

Each cut is judged by its least organic flow (Underwood), so that all sequences can be compared. A cut parts a
run of products, in the order of extraction, into two; what goes with the organic may feed its next cut as
loaded organic (shared organic, 联动), what stays in the aqueous phase does so as it is. A fuzzy cut (模糊
萃取) lets one product distribute at the ratio that needs least organic; it is taken out of both streams
later.

A stream is a run of products of which only the first and the last can be there in part. Plans for streams
that differ by less than 1/GRID of a product are taken to be the same, so the search is polynomial in the
number of products; the flows of the plans that win are then computed for their own streams.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import underwood
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.stages import Array

Products = tuple[int, ...]  # neighbours, numbered in rising order of extraction
Boundary = tuple[int, int]  # the products on both sides of a cut

GRID = 16  # to which part of a product streams are told apart: Σ S within 0.2 % of the exact search (a test)


@dataclass(frozen=True, slots=True)
class Step:
    """One cut of a sequence: what enters and leaves it (C, mol per mol of the plant's feed) and its least S.

    `below` and `above` are the products, numbered in rising order of extraction, that end up in the aqueous
    and the organic stream; one that is in both is fuzzy.
    """

    feed: Array
    organic_stream: Array
    below: Products
    above: Products
    phase: Phase
    least_organic: float
    drawn: int | None = None  # a product between both that is drawn off within the cut

    @property
    def boundary(self) -> Boundary:
        """The products on both sides of the cut."""
        return self.below[-1], self.above[0]

    @property
    def fuzzy(self) -> Products:
        """The products that go both ways."""
        return tuple(p for p in self.below if p in self.above)


@dataclass(frozen=True, slots=True)
class Plan:
    """A tree of cuts: `lower` works on the aqueous stream, `upper` on the organic one, None where it is a
    product.
    """

    step: Step
    lower: Plan | None
    upper: Plan | None
    cost: float

    def steps(self) -> Iterator[Step]:
        """Give the cuts, the first first."""
        yield self.step
        for part in (self.lower, self.upper):
            if part is not None:
                yield from part.steps()

    @property
    def distributed(self) -> Products:
        """The products that fuzzy cuts let go both ways."""
        return tuple(sorted({p for step in self.steps() for p in step.fuzzy}))

    @property
    def fuzzy(self) -> bool:
        """True if a cut of the plan lets a product go both ways."""
        return bool(self.distributed)

    @property
    def organic(self) -> float:
        """Σ S at the least flows, mol per mol of feed."""
        return sum(step.least_organic for step in self.steps())


def check_products(
    products: Sequence[Sequence[int]], beta: Array, feed: Array, elements: Sequence[str] = ()
) -> list[list[int]]:
    """Return the products in rising order of extraction.

    Parameters
    ----------
    products : sequence of sequence of int
        Element numbers.
    beta, feed : array (C)
    elements : sequence of str (C), optional
        Names for what is said.

    Raises
    ------
    UserError
        If they overlap or are no partition of the feed.
    """
    held = set(np.flatnonzero(feed > 0).tolist())
    listed = [i for product in products for i in product]
    if len(products) < 2:
        raise UserError("one product needs no cut", where="products", hint="name two or more")
    if len(products) > len(held):
        raise UserError(
            f"{len(products)} products from {len(held)} elements in the feed",
            where="products",
            hint="name fewer",
        )
    twice = {i for i in listed if listed.count(i) > 1}
    for wrong, said in ((held - set(listed), "no product"), (twice, "more than one product")):
        if wrong:
            names = ", ".join(elements[i] if elements else f"element {i}" for i in sorted(wrong))
            raise UserError(
                f"{names} of the feed is in {said}",
                where="products",
                hint="name every element of the feed in one product",
            )
    ordered = sorted(([i for i in p if i in held] for p in products), key=lambda p: max(beta[p], default=0.0))
    if not all(ordered):
        raise UserError("a product has none of its elements in the feed", where="products")
    for lower, upper in pairwise(ordered):
        if not beta[lower].max() < beta[upper].min():
            raise UserError(
                "products overlap in the order of extraction, so no cut parts them",
                where="products",
                hint="put together neighbours in the order of extraction only",
            )
    return ordered


def best(
    beta: Array,
    feed: Array,
    products: Sequence[Sequence[int]],
    *,
    cost: Callable[[Step], float] | None = None,
    linked: bool = True,
    fuzzy: bool = False,
    drawn: Collection[int] = (),
    stands: Mapping[Boundary, Phase | None] | None = None,
) -> list[Plan]:
    """Return the best plan for every first cut, the best of all first.

    Parameters
    ----------
    beta, feed : array (C)
    products : sequence of sequence of int
        Element numbers.
    cost : callable, optional
        Judges a step (its least S by default) and adds up over the plan.
    linked : bool
        Whether loaded organic may feed the next cut.
    fuzzy : bool
        Whether a cut may let products go both ways.
    drawn : collection of int
        Products, numbered in rising order of extraction, that are drawn off within a cut between their
        neighbours.
    stands : mapping of Boundary to phase or None, optional
        Cuts that stand already: they come in this order, fed with this phase if one is given.

    Raises
    ------
    UserError
        Where no plan parts the products.
    """
    beta, feed = np.asarray(beta, float), np.asarray(feed, float) / np.sum(feed)
    groups = check_products(products, beta, feed)
    if set(drawn) & {0, len(groups) - 1}:
        raise UserError(
            "a product at the end of the order of extraction leaves at an end of a cut",
            where="products",
            hint="draw off one in the middle",
        )
    search = _Search(
        beta, feed, groups, cost or _least_organic, linked, fuzzy, frozenset(drawn), stands or {}
    )
    plans = [search.complete(step) for step in search.cuts(tuple(range(len(groups))), feed, "aqueous")]
    if stands:
        plans = [plan for plan in plans if np.isfinite(plan.cost)]
        if not plans:
            raise UserError(
                "no order of cuts feeds those that stand as they are given",
                where="cuts",
                hint="list them in the order in which they work, and check feed_phase and linked",
            )
    if fuzzy:
        plans = [plan for made in plans if (plan := search.exact(made, feed))]
    return sorted(plans, key=lambda plan: plan.cost if np.isfinite(plan.cost) else inf)


def _least_organic(step: Step) -> float:
    return step.least_organic


class _Search:
    """Plans of runs of products, each the best for the stream that comes: what is asked again is known."""

    def __init__(
        self,
        beta: Array,
        feed: Array,
        groups: Sequence[Sequence[int]],
        price: Callable[[Step], float],
        linked: bool,
        fuzzy: bool,
        drawn: Collection[int],
        stands: Mapping[Boundary, Phase | None],
    ) -> None:
        self.beta, self.groups, self.price, self.fuzzy = beta, groups, price, fuzzy
        self.phases: tuple[Phase, ...] = ("aqueous", "organic") if linked else ("aqueous",)
        self.drawn, self.stands = drawn, stands
        self.amounts = [feed[group].sum() for group in groups]
        self.product = np.full(len(beta), -1)  # by element
        for p, group in enumerate(groups):
            self.product[group] = p
        self.known: dict[tuple[object, ...], Plan | None] = {}

    def cut(self, stream: Array, phase: Phase, below: Products, above: Products) -> Step:
        """Return the cut into these products; one in both is fuzzy, one in neither is drawn off between."""
        a_side = self.product > below[-1]
        if above[0] == below[-1] + 2:
            sides = (a_side, self.product >= above[0])
            least = max(underwood.minimum_organic(self.beta, stream, side, phase) for side in sides)
            return Step(stream, stream * sides[1], below, above, phase, least, below[-1] + 1)
        if below[-1] in above:
            free = (self.product >= above[0]) & ~a_side
            organic_stream, least = underwood.preferred(self.beta, stream, a_side, free, phase)
            return Step(stream, organic_stream, below, above, phase, least)
        least = underwood.minimum_organic(self.beta, stream, a_side, phase)
        return Step(stream, stream * a_side, below, above, phase, least)

    def cuts(self, run: Products, stream: Array, phase: Phase) -> Iterator[Step]:
        """Give each cut of a run that its stream can come to."""
        for at in range(1, len(run)):
            if run[at] in self.drawn:
                if self._comes((run[at - 1], run[at + 1]), run, phase):
                    yield self.cut(stream, phase, run[:at], run[at + 1 :])
            elif run[at - 1] not in self.drawn and self._comes((run[at - 1], run[at]), run, phase):
                yield self.cut(stream, phase, run[:at], run[at:])
                if self.fuzzy and at > 1:
                    yield self.cut(stream, phase, run[:at], run[at - 1 :])

    def complete(self, step: Step) -> Plan:
        """Return the step with plans for both of its streams, the cheaper one for the organic."""
        lower = self._solve(step.below, self._raffinate(step), "aqueous")
        uppers = [self._solve(step.above, step.organic_stream, phase) for phase in self.phases]
        done = 0.0 if len(step.above) == 1 else inf
        upper = min(uppers, key=lambda plan: plan.cost if plan else done)
        missing = (len(step.below) > 1 and lower is None) or (len(step.above) > 1 and upper is None)
        return Plan(step, lower, upper, inf if missing else self._cost(step, lower, upper))

    def exact(self, plan: Plan | None, stream: Array) -> Plan | None:
        """Return the same cuts, computed for this stream."""
        if plan is None:
            return None
        step = self.cut(stream, plan.step.phase, plan.step.below, plan.step.above)
        lower = self.exact(plan.lower, self._raffinate(step))
        upper = self.exact(plan.upper, step.organic_stream)
        return Plan(step, lower, upper, self._cost(step, lower, upper))

    def _solve(self, run: Products, stream: Array, phase: Phase) -> Plan | None:
        """None of a product, and where what stands cannot be fed so."""
        if len(run) == 1:
            return None
        ends = (
            round(GRID * float(stream[self.groups[p]].sum() / self.amounts[p])) for p in (run[0], run[-1])
        )
        key = (run[0], run[-1], phase, *ends)
        if key not in self.known:
            tried = (self.complete(step) for step in self.cuts(run, stream, phase))
            found = min(tried, key=lambda p: p.cost, default=None)
            self.known[key] = None if self.stands and found and found.cost == inf else found
        return self.known[key]

    def _comes(self, boundary: Boundary, run: Products, phase: Phase) -> bool:
        """Say whether what stands lets a run that enters with this phase be cut here."""
        if boundary not in self.stands:
            return True
        first = next(one for one in self.stands if run[0] <= one[0] and one[1] <= run[-1])
        return first == boundary and self.stands[boundary] in (None, phase)

    def _cost(self, step: Step, *parts: Plan | None) -> float:
        return self.price(step) + sum(part.cost for part in parts if part)

    def _raffinate(self, step: Step) -> Array:
        return np.asarray((step.feed - step.organic_stream) * (self.product != step.drawn))
