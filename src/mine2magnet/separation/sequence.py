"""In which order to make the cuts of a plant: the best of all sequences of sharp and fuzzy cuts.

Each cut is judged by its least organic flow (Underwood), so that all sequences can be compared. A cut parts a
run of products, in the order of extraction, into two; what goes with the organic may feed its next cut as
loaded organic (shared organic, 联动), what stays in the aqueous phase does so as it is. A fuzzy cut lets one
product distribute at the ratio that needs least organic (Stichlmair 1988, Chem.-Ing.-Tech. 60, 747: preferred
split) and takes it out of both streams later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from math import inf

import numpy as np

from mine2magnet.errors import UserError
from mine2magnet.separation import underwood
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.stages import Array, Mask

MOST_FUZZY = 6  # products up to which fuzzy cuts are searched: their number grows as 5^products


@dataclass(frozen=True, slots=True)
class Step:
    """One cut of a sequence: what enters and leaves it (C, mol per mol of the plant's feed) and its least S.

    `below` and `above` are the products, numbered in rising order of extraction, that end up in the aqueous
    and the organic stream; one that is in both is fuzzy.
    """

    feed: Array
    organic_stream: Array
    below: tuple[int, ...]
    above: tuple[int, ...]
    phase: Phase
    least_organic: float

    @property
    def fuzzy(self) -> tuple[int, ...]:
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
        """The cuts, the first first."""
        yield self.step
        for part in (self.lower, self.upper):
            if part is not None:
                yield from part.steps()

    @property
    def organic(self) -> float:
        """Σ S at the least flows, mol per mol of feed."""
        return sum(step.least_organic for step in self.steps())


def check_products(products: Sequence[Sequence[int]], beta: Array, feed: Array) -> list[list[int]]:
    """The products in rising order of extraction; UserError if they overlap or are no partition of it."""
    held = set(np.flatnonzero(feed > 0).tolist())
    listed = [i for product in products for i in product]
    if len(products) < 2:
        raise UserError("one product needs no cut", where="products", mend="name two or more")
    if len(products) > len(held):
        raise UserError(
            f"{len(products)} products from {len(held)} elements in the feed",
            where="products",
            mend="name fewer",
        )
    if len(set(listed)) < len(listed) or not held <= set(listed):
        raise UserError("every element of the feed belongs to exactly one product", where="products")
    ordered = sorted(([i for i in p if i in held] for p in products), key=lambda p: max(beta[p], default=0.0))
    if not all(ordered):
        raise UserError("a product has none of its elements in the feed", where="products")
    for lower, upper in pairwise(ordered):
        if not beta[lower].max() < beta[upper].min():
            raise UserError(
                "products overlap in the order of extraction, so no cut parts them",
                where="products",
                mend="put together neighbours in the order of extraction only",
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
) -> list[Plan]:
    """The best plan for every first cut, the best of all first.

    `products` are lists of element numbers; `cost` judges a step (its least S by default) and adds up over
    the plan. `linked` allows loaded organic to feed the next cut.
    """
    beta, feed = np.asarray(beta, float), np.asarray(feed, float) / np.sum(feed)
    groups = check_products(products, beta, feed)
    if fuzzy and len(groups) > MOST_FUZZY:
        raise UserError(
            f"fuzzy cuts are searched for up to {MOST_FUZZY} products, not {len(groups)}", where="fuzzy"
        )
    price = cost or (lambda step: step.least_organic)
    known: dict[tuple[object, ...], Plan | None] = {}

    def cuts(low: int, high: int, stream: Array, phase: Phase) -> Iterator[Step]:
        """All cuts of the products low … high−1 in a stream."""
        for at in range(low + 1, high):
            a_side = np.isin(np.arange(len(beta)), list(chain(*groups[at:high])))
            least = underwood.minimum_organic(beta, stream, a_side, phase)
            yield Step(stream, stream * a_side, tuple(range(low, at)), tuple(range(at, high)), phase, least)
            if fuzzy and low < at - 1:
                middle = groups[at - 1]
                above, least = preferred(beta, stream, middle, a_side, phase)
                yield Step(stream, above, tuple(range(low, at)), tuple(range(at - 1, high)), phase, least)

    def complete(step: Step) -> Plan:
        """The step with the best plans for both of its streams."""
        lower = solve(step.below, step.feed - step.organic_stream, "aqueous")
        uppers = [solve(step.above, step.organic_stream, "aqueous")]
        if linked:
            uppers.append(solve(step.above, step.organic_stream, "organic"))
        upper = min(uppers, key=lambda plan: plan.cost if plan else 0.0)
        total = price(step) + (lower.cost if lower else 0.0) + (upper.cost if upper else 0.0)
        return Plan(step, lower, upper, total)

    def solve(run: tuple[int, ...], stream: Array, phase: Phase) -> Plan | None:
        if len(run) == 1:
            return None
        key = (run[0], run[-1], phase, stream.round(12).tobytes())
        if key not in known:
            known[key] = min(map(complete, cuts(run[0], run[-1] + 1, stream, phase)), key=lambda p: p.cost)
        return known[key]

    plans = map(complete, cuts(0, len(groups), feed, "aqueous"))
    return sorted(plans, key=lambda plan: plan.cost if np.isfinite(plan.cost) else inf)


def preferred(
    beta: Array, feed: Array, middle: Sequence[int], a_side: Mask, phase: Phase
) -> tuple[Array, float]:
    """What goes with the organic (C) and the least S when `middle` distributes as it needs least organic.

    All of Underwood's roots between the groups are then active: Σ β_i d_i / (β_i − θ_k) = V for each of them
    is linear in V and the d_i of the middle.
    """
    middle = [i for i in middle if feed[i] > 0]
    theta = underwood.roots(beta, feed, 1.0 if phase == "aqueous" else 0.0)
    levels = np.unique(beta[feed > 0])
    first = int(np.searchsorted(levels, beta[middle].min())) - 1  # the root below the middle's least β
    theta = theta[first : first + len(middle) + 1]
    matrix = np.column_stack([-np.ones(len(theta)), *(beta[i] / (beta[i] - theta) for i in middle)])
    sharp = a_side & (feed > 0)
    right = -(beta[sharp] * feed[sharp] / (beta[sharp] - theta[:, None])).sum(axis=1)
    flow, *distributed = np.linalg.solve(matrix, right)
    above = np.where(a_side, feed, 0.0)
    above[middle] = np.clip(distributed, 0.0, feed[middle])
    return above, float(flow) - (float(feed.sum()) if phase == "organic" else 0.0)
