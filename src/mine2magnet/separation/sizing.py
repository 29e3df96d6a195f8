"""Stages and flows that the exact solver confirms, for a cut between two groups of elements.

Both purities together fix the split: out_a (1 − i_A) + out_b i_B = f_A with i = 1 − purity. At that split the
two specifications hold or fail together, so one number, the organic flow S, is left to be found for given
stages; Newton finds it with the derivative from one adjoint solve.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, log

import numpy as np

from mine2magnet.errors import UserError
from mine2magnet.separation import closed_form, steady, underwood
from mine2magnet.separation.balances import Balances, Linearised, exchange
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.stages import Array, Mask, cascade
from mine2magnet.separation.steady import Steady

MOST_STAGES = 2000  # in one cut
FINE = 1e-9  # of ln(impurity / allowed)


@dataclass(frozen=True, slots=True)
class Cut:
    """What a cut has to do.

    `beta` and `feed` (C), `a_side` (C, bool) the elements that go with the organic; `impurity_a` and
    `impurity_b` the mole fractions of the other group allowed in each product. `efficiency` is Murphree's.
    """

    beta: Array
    feed: Array
    a_side: Mask
    impurity_a: float
    impurity_b: float
    phase: Phase = "aqueous"
    efficiency: float = 1.0
    elements: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("impurity_a", "impurity_b"):
            if not 0 < getattr(self, name) < 1:
                raise UserError(f"{name} is {getattr(self, name):g}", where="cut", mend="give it in (0, 1)")
        for group, own, allowed in (
            ("A", 1 - self.share, self.impurity_a),
            ("B", self.share, self.impurity_b),
        ):
            if not allowed < own:
                raise UserError(
                    f"product {group} may hold {allowed:g} of the others, the feed itself holds {own:g}",
                    where="cut",
                    mend="ask for a purer product",
                )
        underwood.minimum_organic(self.beta, self.feed, self.a_side, self.phase)

    @property
    def share(self) -> float:
        """f_A, the part of the feed that is of group A."""
        return float(self.feed[self.a_side].sum() / self.feed.sum())

    @property
    def key_beta(self) -> float:
        """β of the two neighbours that the cut parts."""
        held = self.feed > 0
        return float(self.beta[self.a_side & held].min() / self.beta[~self.a_side & held].max())

    @property
    def out_a(self) -> float:
        """What leaves with the organic when both purities are met exactly, mol."""
        share = (self.share - self.impurity_b) / (1 - self.impurity_a - self.impurity_b)
        return float(self.feed.sum()) * share

    @property
    def minimum_organic(self) -> float:
        return underwood.minimum_organic(self.beta, self.feed, self.a_side, self.phase)

    @property
    def organic_estimate(self) -> float:
        """Xu's optimum S; of more than two elements as many times Underwood's least as for the keys."""
        keys = closed_form.minimum_organic(self.share, self.key_beta, self.phase)
        return self.minimum_organic * self.estimate.organic / keys

    @property
    def stages_estimate(self) -> tuple[float, float]:
        """Extraction and scrub stages: twice Fenske's for the keys, as at Xu's optimum (βE = √β)."""
        held, share = self.feed > 0, self.out_a / float(self.feed.sum())
        key_a = np.flatnonzero(self.a_side & held)[self.beta[self.a_side & held].argmin()]
        key_b = np.flatnonzero(~self.a_side & held)[self.beta[~self.a_side & held].argmax()]
        feed = self.feed / self.feed.sum()
        b = max(feed[key_a] / (self.impurity_b * (1 - share)), 2.0)  # by how much the raffinate is freed of A
        a = max(feed[key_b] / (self.impurity_a * share), 2.0)
        return 2 * log(b) / log(self.key_beta), 2 * log(a) / log(self.key_beta)

    @property
    def estimate(self) -> closed_form.Design:
        """The two-component closed form between the keys, per mole of feed."""
        return closed_form.design(
            self.share, self.key_beta, 1 - self.impurity_a, 1 - self.impurity_b, self.phase
        )


@dataclass(frozen=True, slots=True)
class Sized:
    """n extraction and m scrub stages at the organic flow S, and the solution that confirms them.

    `excess` is ln(impurity / allowed) of product A, at most 0; `excess_per_organic` its derivative to S.
    """

    cut: Cut
    n: int
    m: int
    organic: float
    excess: float
    excess_per_organic: float
    solution: Steady

    @property
    def impurity_a(self) -> float:
        return float(self.solution.product_a[~self.cut.a_side].sum() / self.solution.product_a.sum())

    @property
    def impurity_b(self) -> float:
        return float(self.solution.product_b[self.cut.a_side].sum() / self.solution.product_b.sum())


def at(cut: Cut, n: int, m: int, organic: float, start: Array | None = None) -> Sized:
    """Solves the cut with these stages and this flow, with the derivative of the excess by the adjoint."""
    c = cascade(
        cut.beta,
        cut.feed,
        organic,
        cut.out_a,
        n,
        m,
        phase=cut.phase,
        efficiency=cut.efficiency,
        elements=cut.elements,
    )
    if start is not None and len(start) != c.stages:
        start = np.interp(np.linspace(0, 1, c.stages), np.linspace(0, 1, len(start)), start)
    s = steady.solve(c, start)
    excess = float(s.product_a[~cut.a_side].sum() / cut.out_a / cut.impurity_a)
    by_aqueous = totals_gradient(s, ~cut.a_side / s.product_a[~cut.a_side].sum())
    return Sized(cut, n, m, organic, log(excess), float(by_aqueous[1:].sum()), s)


def totals_gradient(s: Steady, weights: Array) -> Array:
    """The derivative of Σ weights · product_a to every stage's aqueous total (N), by one adjoint solve."""
    x = exchange(s.cascade, s.kappa)
    linearised = Linearised(Balances(s.cascade, x), s.aqueous)
    by_z = np.zeros_like(s.aqueous)
    by_z[-1] = weights * x.up[-1]
    by_kappa = np.zeros(len(s.kappa))
    by_kappa[-1] = (weights * x.d_up[-1] * s.aqueous[-1]).sum()
    return linearised.solve(by_z, by_kappa, transposed=True)[1]


def fit_organic(cut: Cut, n: int, m: int, near: Sized | None = None) -> Sized | None:
    """The least S at which n + m stages meet both purities exactly; None if no S does, or none that settles.

    Newton on ln(S / S_min − 1), kept between bounds that are known to miss and to meet the purities.
    """
    least = cut.minimum_organic
    low, high = -12.0, 14.0
    # The estimate from the keys alone may fall below what all elements need.
    x = log(max((near.organic if near else cut.organic_estimate) / least - 1, 0.01))
    start = None
    for _ in range(60):
        try:
            sized = at(cut, n, m, least * (1 + exp(x)), start)
        except steady.Unsettled:
            return None
        start = sized.solution.kappa
        if abs(sized.excess) < FINE:
            return sized
        low, high = (x, high) if sized.excess > 0 else (low, x)
        if high - low < 1e-6 or low > 10:
            break
        slope = sized.excess_per_organic * least * exp(x)
        x_newton = x - sized.excess / slope if slope < 0 else high
        step = min(max(x_newton, x - 1.5), x + 1.5)
        x = step if low < step < high else (max(low, x - 1.5) + min(high, x + 1.5)) / 2
    return None


def verified(cut: Cut, organic: float | None = None) -> Sized:
    """The fewest stages that meet both purities at this S (the closed form's if None), the feed where it is
    best.
    """
    organic = cut.organic_estimate if organic is None else organic
    n, m = cut.stages_estimate
    share, total = n / (n + m), max(2, ceil(n + m))
    if total > MOST_STAGES:
        raise _unreachable(cut, organic)

    def best(total: int, near: int) -> Sized:
        def tried(n: int) -> Sized | None:
            try:
                return at(cut, n, total - n, organic)
            except steady.Unsettled:
                return None

        made = _descend(tried, near, total, lambda s: s.excess)
        return made or at(cut, near, total - near, organic)

    sized = best(total, round(total * share))
    reach = _per_stage(cut)
    while sized.excess > 0:
        total += max(1, int(sized.excess / reach))
        if total > MOST_STAGES:
            raise _unreachable(cut, organic)
        sized = best(total, round(total * sized.n / (sized.n + sized.m)))
    while total > 2:
        fewer = best(total - 1, max(1, round((total - 1) * sized.n / total)))
        if fewer.excess > 0:
            break
        total, sized = total - 1, fewer
    return sized


def _unreachable(cut: Cut, organic: float) -> UserError:
    held = cut.feed > 0
    key_a = np.flatnonzero(held & cut.a_side)[cut.beta[held & cut.a_side].argmin()]
    key_b = np.flatnonzero(held & ~cut.a_side)[cut.beta[held & ~cut.a_side].argmax()]
    pair = f" {cut.elements[key_a]}/{cut.elements[key_b]}" if cut.elements else ""
    return UserError(
        f"{MOST_STAGES} stages do not part{pair} to this purity: β is {cut.key_beta:.5g}, the organic flow "
        f"{organic:.4g} of a least {cut.minimum_organic:.4g} mol",
        where="cut",
        mend="raise the flow, allow more impurity or choose another extractant",
    )


def optimum(cut: Cut, cost: Callable[[int, float], float] | None = None) -> Sized:
    """The stages and the S that meet both purities at the least cost(stages, S).

    The default cost is what the stages hold, stages × (organic + aqueous flow). For each number of stages the
    feed enters where S is least; from the verified closed form the number goes down or up while the cost
    falls.
    """
    first = verified(cut)
    feed = float(cut.feed.sum())

    def volume(stages: int, organic: float) -> float:
        return stages * (2 * organic + feed - cut.out_a)

    price = cost or volume

    def least(total: int, near: Sized) -> Sized | None:
        def fit(n: int) -> Sized | None:
            return fit_organic(cut, n, total - n, near)

        start = min(max(1, round(total * near.n / (near.n + near.m))), total - 1)
        return _descend(fit, start, total, lambda s: s.organic)

    def value(s: Sized | None) -> float:
        return price(s.n + s.m, s.organic) if s else float("inf")

    best = least(first.n + first.m, first) or first
    for direction in (-1, 1):
        width = max(1, (best.n + best.m) // 16)
        while width:
            total = best.n + best.m + direction * width
            other = least(total, best) if 2 <= total <= MOST_STAGES else None
            if value(other) < value(best):
                assert other is not None
                best = other
            else:
                width //= 2
    return best


def _per_stage(cut: Cut) -> float:
    """About how much one more stage takes off the excess."""
    return log(cut.key_beta) / 3


def _descend(
    make: Callable[[int], Sized | None], n: int, total: int, value: Callable[[Sized], float]
) -> Sized | None:
    """The best n in 1 … total−1 of a function with one valley, walking from n."""
    held: dict[int, Sized | None] = {}

    def of(n: int) -> float:
        if n not in held:
            held[n] = make(n)
        made = held[n]
        return float("inf") if made is None else value(made)

    n = min(max(n, 1), total - 1)
    for direction in (1, -1):
        while 1 <= n + direction < total and of(n + direction) < of(n):
            n += direction
    of(n)
    return held[n]
