"""Stages and flows that the exact solver confirms, for a cut between two groups of elements.

Both purities together fix the split: out_A (1 − i_A) + out_B i_B = f_A with i = 1 − purity. At that split the
two specifications hold or fail together, so one number, the organic flow S, is left to be found for given
stages; Newton finds it with the derivative from one adjoint solve. A fuzzy cut lets some elements distribute;
its split is what makes the two specifications hold or fail together, found by Newton likewise at every S.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import asinh, ceil, cosh, exp, inf, log, sinh
from typing import TypeVar

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import steady
from mine2magnet.separation.balances import Balances, Linearised, exchange
from mine2magnet.separation.cut import Cut
from mine2magnet.separation.stages import Array, Cascade, cascade
from mine2magnet.separation.steady import Steady, Unsettled

Made = TypeVar("Made")
MOST_STAGES = 2000  # in one cut
FINE = 1e-9  # of ln(impurity / allowed)
COARSE = (1, 2, 4)  # times the fewest stages, from where those of a fuzzy cut are searched
MOST_TRIES = 40  # for a fuzzy split; some three to six do
MOST_ROUGH = 20  # tries of a flow that need only be enough; two to four do
SLACK = 0.03  # of ln(impurity / allowed), by which it may be purer: 0.1 to 0.5 % of the flow
NEAR = 2e-3  # of ln(S / S_min − 1)


@dataclass(frozen=True, slots=True)
class SizedCut:
    """Extraction and scrub stages at the organic flow S, and the solution that confirms them.

    `excess` is ln(impurity / allowed) of product A, at most 0; `excess_per_organic` its derivative to S.
    `extract_flow` leaves with the organic; `extract_per_organic` is its derivative to S, 0 of a sharp cut.
    """

    cut: Cut
    n_extraction: int
    n_scrub: int
    organic: float
    excess: float
    excess_per_organic: float
    solution: Steady
    extract_flow: float
    extract_per_organic: float = 0.0

    @property
    def stages(self) -> int:
        """Stages of both sections."""
        return self.n_extraction + self.n_scrub

    @property
    def impurity_a(self) -> float:
        """Mole fraction of foreign elements in the extract."""
        return float(self.solution.product_a[self.cut.foreign_a].sum() / self.solution.product_a.sum())

    @property
    def impurity_b(self) -> float:
        """Mole fraction of foreign elements in the raffinate."""
        return float(self.solution.product_b[self.cut.foreign_b].sum() / self.solution.product_b.sum())


def at(
    cut: Cut,
    n_extraction: int,
    n_scrub: int,
    organic: float,
    start: Array | None = None,
    extract_flow: float | None = None,
) -> SizedCut:
    """Solve a cut with given stages and flow, with the derivative of the excess by the adjoint.

    Parameters
    ----------
    cut : Cut
    n_extraction, n_scrub : int
    organic : float
        S, mol.
    start : array (N), optional
        A first guess of κ.
    extract_flow : float, optional
        A first guess, of a fuzzy cut, mol.
    """
    if start is not None and len(start) != n_extraction + n_scrub:
        start = np.interp(np.linspace(0, 1, n_extraction + n_scrub), np.linspace(0, 1, len(start)), start)
    if cut.free is not None:
        return _balanced(
            cut,
            n_extraction,
            n_scrub,
            organic,
            start,
            cut.extract_flow if extract_flow is None else extract_flow,
        )
    s = _solved(cut, n_extraction, n_scrub, organic, cut.extract_flow, start)
    excess, by_organic, _ = _excess_a(cut, s)
    return SizedCut(cut, n_extraction, n_scrub, organic, excess, by_organic, s, cut.extract_flow)


def _solved(
    cut: Cut, n_extraction: int, n_scrub: int, organic: float, extract_flow: float, start: Array | None
) -> Steady:
    return steady.solve(cascade_of(cut, n_extraction, n_scrub, organic, extract_flow), start)


def cascade_of(cut: Cut, n_extraction: int, n_scrub: int, organic: float, extract_flow: float) -> Cascade:
    """Return the cascade of a cut with these stages and flows.

    Parameters
    ----------
    cut : Cut
    n_extraction, n_scrub : int
    organic, extract_flow : float
        S, and what leaves with the organic, mol.
    """
    return cascade(
        cut.beta,
        cut.feed,
        organic,
        extract_flow,
        n_extraction,
        n_scrub,
        phase=cut.phase,
        efficiency=cut.efficiency,
        entrained_aqueous=cut.entrained_aqueous,
        entrained_organic=cut.entrained_organic,
        elements=cut.elements,
    )


def _excess_a(cut: Cut, s: Steady) -> tuple[float, float, float]:
    """ln(impurity / allowed) of product A and its derivatives to S and to extract_flow."""
    foreign, extract_flow = float(s.product_a[cut.b_side].sum()), float(s.product_a.sum())
    by_aqueous = totals_gradient(s, cut.b_side / foreign)
    excess = log(foreign / extract_flow / cut.impurity_a)
    return excess, float(by_aqueous[1:].sum()), -float(by_aqueous.sum()) - 1 / extract_flow


def _excess_b(cut: Cut, s: Steady) -> tuple[float, float, float]:
    """Likewise of product B."""
    foreign, raffinate_flow = float(s.product_b[cut.a_side].sum()), float(s.product_b.sum())
    by_aqueous = totals_gradient(s, 0.0, cut.a_side / foreign)
    excess = log(foreign / raffinate_flow / cut.impurity_b)
    return excess, float(by_aqueous[1:].sum()), -float(by_aqueous.sum()) + 1 / raffinate_flow


def _balanced(
    cut: Cut, n_extraction: int, n_scrub: int, organic: float, start: Array | None, extract_flow: float
) -> SizedCut:
    """A fuzzy cut at the split at which both products are equally far off their purity.

    The more goes with the organic, the less scrub there is: A gets dirtier and B purer. Newton on
    t = arsinh((extract_flow − middle) / half the way between the two sharp splits), as those are the scale on
    which it matters, but not its limits while the purities are not met exactly.
    """
    low, high = cut.extract_bounds
    middle, half = (low + high) / 2, (high - low) / 2
    total = float(cut.feed.sum())
    loaded = organic + (total if cut.phase == "organic" else 0.0)  # extract_flow at which nothing is scrubbed
    least, most = (asinh((end - middle) / half) for end in (0.0, min(loaded, total)))
    t = min(max(asinh((extract_flow - middle) / half), least + 1e-3), most - 1e-3)
    for _ in range(MOST_TRIES):
        extract_flow = middle + half * sinh(t)
        s = _solved(cut, n_extraction, n_scrub, organic, extract_flow, start)
        start = s.kappa
        (a, a_organic, a_out), (b, b_organic, b_out) = _excess_a(cut, s), _excess_b(cut, s)
        if abs(a - b) < FINE / 2:
            extract_per_organic = -(a_organic - b_organic) / (a_out - b_out)
            by_organic = a_organic + a_out * extract_per_organic
            return SizedCut(
                cut,
                n_extraction,
                n_scrub,
                organic,
                max(a, b),
                by_organic,
                s,
                extract_flow,
                extract_per_organic,
            )
        least, most = (least, t) if a > b else (t, most)
        slope = (a_out - b_out) * half * cosh(t)
        newton = t - (a - b) / slope if slope > 0 else inf
        step = min(max(newton, t - 1.0), t + 1.0)
        t = step if least < step < most else (max(least, t - 1.0) + min(most, t + 1.0)) / 2
    raise Unsettled(
        f"no split of what is free makes both products of {n_extraction} + {n_scrub} stages equally pure",
        where="cut",
        hint="make the cut sharp, on one side of it",
    )


def totals_gradient(s: Steady, extract: Array | float, raffinate: Array | float = 0.0) -> Array:
    """Return the derivative of a sum over the products to every stage's aqueous total.

    The sum is Σ extract · product_a + Σ raffinate · product_b; one adjoint solve gives it.

    Parameters
    ----------
    s : Steady
    extract, raffinate : array (C) or float
        Weights.

    Returns
    -------
    array (N)
    """
    return adjoint(s, extract, raffinate)[2]


def adjoint(s: Steady, extract: Array | float, raffinate: Array | float) -> tuple[Balances, Array, Array]:
    """Return the balances at s, and the derivatives of Σ extract · product_a + Σ raffinate · product_b.

    Parameters
    ----------
    s : Steady
    extract, raffinate : array (C) or float
        Weights.

    Returns
    -------
    Balances, array (N, C), array (N)
        The derivatives to every balance and to every stage's aqueous total.
    """
    x = exchange(s.cascade, s.kappa)
    balances = Balances(s.cascade, x)
    by_z, by_kappa = np.zeros_like(s.aqueous), np.zeros(len(s.kappa))
    by_z[0] = raffinate
    by_z[-1] += extract * x.up[-1]
    by_kappa[-1] = (extract * x.d_up[-1] * s.aqueous[-1]).sum()
    return balances, *Linearised(balances, s.aqueous).solve(by_z, by_kappa, transposed=True)


def fit_organic(cut: Cut, n_extraction: int, n_scrub: int, near: SizedCut | None = None) -> SizedCut | None:
    """Return the least S at which the stages meet both purities exactly.

    Newton on ln(S / S_min − 1), kept between bounds that are known to miss and to meet the purities.

    Parameters
    ----------
    cut : Cut
    n_extraction, n_scrub : int
    near : SizedCut, optional
        Where to begin.

    Returns
    -------
    SizedCut or None
        None if no S does, or none that settles.
    """
    least = cut.minimum_organic
    low, high = -12.0, 14.0
    # The estimate from the keys alone may fall below what all elements need.
    x = log(max((near.organic if near else cut.organic_estimate) / least - 1, 0.01))
    start, extract_flow = (
        (near.solution.kappa, near.extract_flow) if near and cut.free is not None else (None, None)
    )
    for _ in range(60):
        organic = least * (1 + exp(x))
        try:
            sized = at(cut, n_extraction, n_scrub, organic, start, extract_flow)
        except Unsettled:
            if cut.free is None or high - low < 1e-6:
                return None
            high, x = x, max(low, x - 1.5)  # with far more organic than needed no split is balanced
            continue
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
        extract_flow = sized.extract_flow + sized.extract_per_organic * (least * (1 + exp(x)) - organic)
    return None


def enough_organic(cut: Cut, n_extraction: int, n_scrub: int, near: SizedCut | None = None) -> float:
    """Return about the least S that meets both purities of a sharp cut, never less; inf if none does.

    Newton as in `fit_organic`, ended where the impurity is within SLACK of what is allowed. Where the front
    between the products does not settle, at flows near the least, more is tried.

    Parameters
    ----------
    cut : Cut
    n_extraction, n_scrub : int
    near : SizedCut, optional
        Where to begin, at this or another β.
    """
    least = cut.minimum_organic
    over = near.organic / near.cut.minimum_organic if near else cut.organic_estimate / least
    x, low, high, best = log(max(over - 1, 0.01)), -12.0, 10.0, inf
    kappa = near.solution.kappa if near else None
    for _ in range(MOST_ROUGH):
        organic = least * (1 + exp(x))
        try:
            s = at(cut, n_extraction, n_scrub, organic, kappa)
        except Unsettled:
            low, x = x, (x + min(high, x + 1.0)) / 2
            continue
        kappa = s.solution.kappa
        if -SLACK <= s.excess <= 0:
            return organic
        low, high, best = (x, high, best) if s.excess > 0 else (low, x, organic)
        if high - low < NEAR or low > 9.0:
            break
        slope = s.excess_per_organic * least * exp(x)
        newton = x - (s.excess + SLACK / 2) / slope if slope < 0 else high
        step = min(max(newton, x - 1.5), x + 1.5)
        x = step if low < step < high else (max(low, x - 1.5) + min(high, x + 1.5)) / 2
    return best


def fit_settled(cut: Cut, n_extraction: int, n_scrub: int, near: SizedCut | None = None) -> SizedCut | None:
    """Return `fit_organic`, or of a sharp cut that is purer than asked at every S the least that settles.

    S_min is that of a perfect split; where losses are allowed, stages beyond need are too pure even there.

    Parameters
    ----------
    cut : Cut
    n_extraction, n_scrub : int
    near : SizedCut, optional
        Where to begin.

    Returns
    -------
    SizedCut or None
        None if no S meets both purities.
    """
    if fitted := fit_organic(cut, n_extraction, n_scrub, near):
        return fitted
    if cut.free is not None:
        return None
    organic = enough_organic(cut, n_extraction, n_scrub, near)
    return at(cut, n_extraction, n_scrub, organic) if organic < inf else None


def verified(cut: Cut, organic: float | None = None) -> SizedCut:
    """Return the fewest stages that meet both purities at an S, the feed where it is best.

    Parameters
    ----------
    cut : Cut
    organic : float, optional
        S, mol; the closed form's if not given.

    Raises
    ------
    UserError
        If no stages do.
    """
    organic = cut.organic_estimate if organic is None else organic
    n, m = cut.stages_estimate
    share, total = n / (n + m), max(2, ceil(n + m))
    if total > MOST_STAGES:
        raise _unreachable(cut, organic)

    def best(total: int, near: int) -> SizedCut:
        def tried(n: int) -> SizedCut | None:
            try:
                return at(cut, n, total - n, organic)
            except Unsettled:
                return None

        made = valley(tried, near, total, lambda s: s.excess)
        return made or at(cut, near, total - near, organic)

    sized = best(total, round(total * share))
    reach = _per_stage(cut)
    while sized.excess > 0:
        total += max(1, int(sized.excess / reach))
        if total > MOST_STAGES:
            raise _unreachable(cut, organic)
        sized = best(total, round(total * sized.n_extraction / sized.stages))
    while total > 2:
        fewer = best(total - 1, max(1, round((total - 1) * sized.n_extraction / total)))
        if fewer.excess > 0:
            break
        total, sized = total - 1, fewer
    return sized


def _unreachable(cut: Cut, organic: float) -> UserError:
    key_a, key_b = cut.keys
    pair = f" {cut.elements[key_a]}/{cut.elements[key_b]}" if cut.elements else ""
    return UserError(
        f"{MOST_STAGES} stages do not part{pair} to this purity: β is {cut.key_beta:.5g}, the organic flow "
        f"{organic:.4g} of a least {cut.minimum_organic:.4g} mol",
        where="cut",
        hint="raise the flow, allow more impurity or choose another extractant",
    )


def optimum(cut: Cut, cost: Callable[[SizedCut], float] | None = None) -> SizedCut:
    """Return the stages and the S that meet both purities at the least cost.

    For each number of stages the feed enters where S is least; from the verified closed form the number goes
    down or
    up while the cost falls. In a fuzzy cut the place of the feed also shifts the split, and with it the cost
    of what
    follows: both sections are searched.

    Parameters
    ----------
    cut : Cut
    cost : callable, optional
        By default what the stages hold, stages × (organic + aqueous flow).
    """
    first = verified(cut)
    feed = float(cut.feed.sum())

    def value(s: SizedCut | None) -> float:
        if s is None:
            return inf
        return cost(s) if cost else s.stages * (2 * s.organic + feed - s.extract_flow)

    if cut.free is not None:
        return _both_sections(cut, first, value)

    def least(total: int, near: SizedCut) -> SizedCut | None:
        def fit(n: int) -> SizedCut | None:
            return fit_organic(cut, n, total - n, near)

        start = min(max(1, round(total * near.n_extraction / near.stages)), total - 1)
        return valley(fit, start, total, lambda s: s.organic)

    best = least(first.stages, first) or first
    for direction in (-1, 1):
        width = max(1, best.stages // 16)
        while width:
            total = best.stages + direction * width
            other = least(total, best) if 2 <= total <= MOST_STAGES else None
            if value(other) < value(best):
                assert other is not None
                best = other
            else:
                width //= 2
    return best


def _both_sections(cut: Cut, first: SizedCut, value: Callable[[SizedCut | None], float]) -> SizedCut:
    """The best n and m near the best of a coarse grid, next to which none is better."""
    held: dict[tuple[int, int], SizedCut | None] = {}

    def of(n_extraction: int, n_scrub: int) -> float:
        if min(n_extraction, n_scrub) < 1 or n_extraction + n_scrub > MOST_STAGES:
            return inf
        if (n_extraction, n_scrub) not in held:
            held[n_extraction, n_scrub] = fit_organic(cut, n_extraction, n_scrub, first)
        return value(held[n_extraction, n_scrub])

    grid = [(k * first.n_extraction, j * first.n_scrub) for k in COARSE for j in COARSE]
    best = min(grid, key=lambda at: of(*at))
    width = max(1, sum(best) // 8)
    while width:
        moves = [(best[0] + k * width, best[1] + j * width) for k in (-1, 0, 1) for j in (-1, 0, 1)]
        other = min(moves, key=lambda at: of(*at))
        if of(*other) < of(*best):
            best = other
        else:
            width //= 2
    return held.get(best) or first


def _per_stage(cut: Cut) -> float:
    """About how much one more stage takes off the excess."""
    return log(cut.key_beta) / 3


def valley(
    make: Callable[[int], Made | None], n: int, total: int, value: Callable[[Made], float]
) -> Made | None:
    """Return the best n in 1 … total−1 of a function with one valley, walking from n.

    Parameters
    ----------
    make : callable
        Gives a candidate for n, None where there is none.
    n, total : int
    value : callable
        Of a candidate; the least is best.
    """
    held: dict[int, Made | None] = {}

    def of(n: int) -> float:
        if n not in held:
            held[n] = make(n)
        made = held[n]
        return inf if made is None else value(made)

    n = min(max(n, 1), total - 1)
    for direction in (1, -1):
        while 1 <= n + direction < total and of(n + direction) < of(n):
            n += direction
    of(n)
    return held[n]
