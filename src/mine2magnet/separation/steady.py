"""The steady state of a cascade: Newton on one scalar per stage, every element solved exactly at each
iterate.

With y = βx/Σβx and known totals the only unknown that couples the elements at stage j is
K_j = V_j / (L_j Σβx), the ratio organic/aqueous of an element of β = 1. Given K the balances are linear: one
tridiagonal M-matrix per element, whose solution is positive whatever K > 0. Newton therefore works on
κ = ln K alone, to make Σ_i z_ij = L_j, where z_ij is what leaves stage j with the aqueous phase. Its
direction comes from the linearised balances of all elements, bordered by these N sums, in one banded
elimination (bandwidth C + 1; LAPACK gbtrf). The last solve is free of subtractions, in the manner of
Grassmann, Taksar and Heyman (1985, Oper. Res. 33, 1107), so that an impurity of 1e-12 has as many right
digits as the main element.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np
from scipy.linalg import lapack

from mine2magnet.errors import UserError
from mine2magnet.separation.stages import Array, Cascade

TOLERANCE = 1e-12  # of a stage's aqueous total
GOOD_ENOUGH = 1e-10  # where rounding ends the descent
MOST_STEPS = 40  # a cold start takes 6 to 12
MOST_CHANGE = 2.0  # of κ in one step
MOST_HALVINGS = 12
LEAST_CONTINUATION = 1e-3  # of the way from the ideal cascade
BELOW_1 = 1 - 1e-15


class Unsettled(UserError):
    """Newton found no steady state; a neighbouring flow or number of stages may have one it finds."""


@dataclass(frozen=True, slots=True)
class Steady:
    """A solved cascade.

    `aqueous` and `organic` (N, C) are the flows that leave each stage with either phase, entrained parts
    included; `kappa` (N) restarts a neighbouring case; `steps` counts Newton steps.
    """

    cascade: Cascade
    aqueous: Array
    organic: Array
    kappa: Array
    steps: int

    @property
    def product_a(self) -> Array:
        """What leaves with the organic phase (C)."""
        return np.asarray(self.organic[-1])

    @property
    def product_b(self) -> Array:
        """What leaves with the raffinate (C)."""
        return np.asarray(self.aqueous[0])

    @property
    def side_products(self) -> dict[tuple[int, str], Array]:
        """What each side draw takes (C), by stage and phase."""
        drawn = {}
        for phase, parts, flows in (
            ("aqueous", self.cascade.draw_aqueous, self.aqueous),
            ("organic", self.cascade.draw_organic, self.organic),
        ):
            drawn.update({(int(j), phase): parts[j] * flows[j] for j in np.flatnonzero(parts)})
        return drawn

    @property
    def residual(self) -> float:
        """The largest error of any element's balance at any stage, as a part of the whole feed."""
        c = self.cascade
        error = self.aqueous + self.organic - c.feed_aqueous - c.feed_organic
        error[:-1] -= (1 - c.draw_aqueous[1:, None]) * self.aqueous[1:]
        error[1:] -= (1 - c.draw_organic[:-1, None]) * self.organic[:-1]
        return float(abs(error).max() / c.feed.sum())


@dataclass(frozen=True, slots=True)
class Exchange:
    """What stages make of K: all (N, C).

    `up` is what leaves with the organic per mol leaving with the aqueous phase, `turnover` what leaves and
    accumulates in all, `d_up` and `d_turnover` their derivatives to κ.
    """

    up: Array
    turnover: Array
    d_up: Array
    d_turnover: Array


def exchange(
    c: Cascade, kappa: Array, hold_aqueous: Array | float = 0.0, hold_organic: Array | float = 0.0
) -> Exchange:
    """`hold_*` (N) are hold-up per flow and time step (0 for a steady state)."""
    q = np.exp(kappa)[:, None] * c.beta
    carried, dropped = c.entrained_aqueous, c.entrained_organic
    if carried or dropped:
        down = 1 - carried + dropped * q
        up = ((1 - dropped) * q + carried) / down
        d_up = (1 - carried - dropped) * q / down**2
    else:
        up, d_up = q, q
    turn_organic = 1 + np.reshape(hold_organic, (-1, 1))
    return Exchange(up, 1 + np.reshape(hold_aqueous, (-1, 1)) + turn_organic * up, d_up, turn_organic * d_up)


class Balances:
    """The linear balances of all elements at one K, in the form diag z_j − above z_{j+1} − below z_{j−1} =
    rhs.

    Murphree's efficiency on the organic side is a by-pass: the part 1−η of the organic that arrives takes no
    part. Eliminating the organic keeps the system tridiagonal in z (docs/separation.md).
    """

    def __init__(self, c: Cascade, x: Exchange, accumulated: Array | float = 0.0) -> None:
        """`accumulated` (N, C) is the hold-up brought from the last time step, per time step."""
        g = 1 / c.efficiency[:, None]
        on = 1 - c.draw_organic[:, None]  # the part of the organic that goes on to the next stage
        self.pass_aqueous = 1 - c.draw_aqueous[:, None]
        self.pass_organic, self.g = on, g
        bypassed = np.zeros_like(g)
        bypassed[1:] = (on * (g - 1))[:-1]
        self.line = (g - 1) * x.turnover + x.up  # organic line per z, before what by-passes is deducted
        self.below = (on * self.line)[:-1]
        self.above = (g[:-1] * self.pass_aqueous[1:]) * np.ones_like(x.up[1:])
        self.diagonal = g * x.turnover + bypassed * self.pass_aqueous
        self.entering = c.feed_aqueous + accumulated
        self.rhs = c.feed_organic + g * self.entering
        self.rhs[1:] -= bypassed[1:] * self.entering[:-1]
        self.d_diagonal = g * x.d_turnover
        self.d_below = (on * ((g - 1) * x.d_turnover + x.d_up))[:-1]

    def solve(self) -> Array:
        """z (N, C), by LAPACK's tridiagonal solver over all elements laid end to end."""
        stages, elements = self.rhs.shape
        below, above = np.zeros((2, elements, stages))
        below[:, :-1], above[:, :-1] = -self.below.T, -self.above.T
        *_, z, info = lapack.dgtsv(
            below.ravel()[:-1], self.diagonal.T.ravel(), above.ravel()[:-1], self.rhs.T.ravel()
        )
        if info:
            raise ArithmeticError("singular balances")
        return np.asarray(z.reshape(elements, stages).T)

    def solve_exactly(self) -> Array:
        """z (N, C) of a steady state, each entry right to some N·ε of itself however small it is.

        The pivot is split as p = line + w, where w follows by sums, products and quotients of positive
        numbers only.
        """
        both = self.pass_aqueous[1:] * self.pass_organic[:-1]
        # Rows as lists: taking them from arrays one by one costs as much again.
        stopped = list(self.line[:-1] * (1 - both))
        gain = list(1 + both * (self.g[:-1] - 1))
        line, below, right = list(self.line), list(self.below), list(self.rhs)
        w = np.ones_like(right[0])
        inverse = [1 / (line[0] + w)]
        for j in range(1, len(right)):
            w = (stopped[j - 1] + w * gain[j - 1]) * inverse[-1]
            right[j] = right[j] + below[j - 1] * inverse[-1] * right[j - 1]
            inverse.append(1 / (line[j] + w))
        z = right[-1] * inverse[-1]
        flows = [z]
        for above, balance, one in zip(self.above[::-1], right[-2::-1], inverse[-2::-1], strict=True):
            z = (balance + above * z) * one
            flows.append(z)
        return np.array(flows[::-1])

    def organic(self, z: Array) -> Array:
        """What leaves each stage with the organic phase (N, C)."""
        coming = self.entering.copy()
        coming[:-1] += self.pass_aqueous[1:] * z[1:]
        return np.asarray(self.line * z - (self.g - 1) * coming)

    def linearised(self, z: Array) -> Linearised:
        return Linearised(self, z)


class Linearised:
    """The factorised Newton matrix at z: unknowns (z_j1 … z_jC, κ_j) stage by stage.

    `d_z` (N, C) and `d_kappa` (N) are the derivatives of the stage's own equation; by default it is the sum
    of its z.
    """

    def __init__(self, b: Balances, z: Array, d_z: Array | float = 1.0, d_kappa: Array | float = 0.0) -> None:
        stages, elements = z.shape
        self.shape = stages, elements
        self.width = width = elements + 1
        band = np.zeros((stages, width, 3 * width + 1))  # (column's stage, column, LAPACK's band row)
        middle, i = 2 * width, np.arange(elements)
        band[:, :elements, middle] = b.diagonal
        band[:-1, :elements, middle + width] = -b.below
        band[1:, :elements, middle - width] = -b.above
        band[:, elements, middle + i - elements] = b.d_diagonal * z
        band[:-1, elements, middle + 1 + i] = -b.d_below * z[:-1]
        band[:, i, middle + elements - i] = d_z
        band[:, elements, middle] = d_kappa
        self.lu, self.pivots, info = lapack.dgbtrf(
            band.reshape(stages * width, -1).T, width, width, overwrite_ab=True
        )
        if info:
            raise ArithmeticError("singular Newton matrix")

    def solve(
        self, balances: Array | float, sums: Array | float, transposed: bool = False
    ) -> tuple[Array, Array]:
        """(dz, dκ) for right-hand sides of the balances (N, C) and of the sums (N).

        Transposed it gives the adjoint: how much a quantity whose derivatives to (z, κ) are given changes
        when a balance or a sum is off by one.
        """
        right = np.empty((self.shape[0], self.width))
        right[:, :-1], right[:, -1] = balances, sums
        x, _ = lapack.dgbtrs(
            self.lu,
            self.width,
            self.width,
            right.ravel(),
            self.pivots,
            trans=int(transposed),
            overwrite_b=True,
        )
        x = x.reshape(right.shape)
        return x[:, :-1], x[:, -1]


def guess(c: Cascade, shift: float = 0.0) -> Array:
    """κ (N) of the sharp split: a plateau in each section, and where the front between the keys stands.

    Far from the feed a section holds only what leaves at its end: with u = q/η (entrained parts included)
    z_i = b_i / (1 − u_i), and K follows from the total; likewise d_i / (u_i − 1) in the scrub section. Where
    one key is left over it fills its part of the section, at u = 1 for that key. Up to there the other key's
    tail falls by a constant ratio per stage; the two tails must differ by what the split leaves over, which
    places the front; `shift`, in parts of the way left to the upper (> 0) or lower end, puts it elsewhere.
    """
    feed, aqueous = c.feed, c.aqueous
    beta = c.beta if c.beta.ndim == 1 else np.exp(np.log(c.beta).mean(axis=0))
    total, out_a = feed.sum(), float(c.organic[-1])
    at = int((c.feed_aqueous + c.feed_organic).sum(axis=1).argmax())
    n, m = at + 1, c.stages - at - 1
    eta, carried, dropped = (
        float(c.efficiency[min(at, c.stages - 2)]),
        c.entrained_aqueous,
        c.entrained_organic,
    )
    neutral = (eta * (1 - carried) - carried) / (1 - dropped - eta * dropped)  # the q at which u = 1

    def up(q: Array) -> Array:
        return ((1 - dropped) * q + carried) / (1 - carried + dropped * q) / eta

    def fall(q: float) -> float:
        """ln of the ratio by which the tail of an element of this q changes per stage."""
        return log(max(1 + eta * (float(up(np.array(q))) - 1), 1e-6))

    order = np.argsort(-beta)
    keys = int(abs(feed[order].cumsum()[:-1] - out_a).argmin())
    a_side = np.zeros(len(feed), bool)
    a_side[order[: keys + 1]] = True
    beta_a, beta_b = beta[order[keys]], beta[order[keys + 1]]
    over = feed[a_side].sum() - out_a  # A that has to leave with B
    b, d = feed[~a_side], feed[a_side]
    b, d = b * (total - out_a) / b.sum(), d * out_a / d.sum()
    relative_b, relative_a = beta[~a_side] / beta_b, beta[a_side] / beta_a  # at most 1; at least 1
    low = high = 0.5
    if n > 1 and aqueous[1:n].mean() > b.sum():
        low = _bisect(
            lambda k: aqueous[1:n].mean() - (b / (1 - up(k * neutral * relative_b))).sum(), 0, BELOW_1
        )
    if m > 0:
        high = _bisect(
            lambda k: aqueous[n:].mean() - (d / (up(neutral / k * relative_a) - 1)).sum(), 0, BELOW_1
        )
    low, high = low * neutral / beta_b, neutral / high / beta_a  # K of either plateau
    fall_a, fall_b = max(fall(low * beta_a), 0.01), max(-fall(high * beta_b), 0.01)
    both_a, both_b = fall(neutral * beta_a / beta_b), -fall(neutral * beta_b / beta_a)

    def tails(front: float) -> tuple[float, float]:
        """ln of A in the raffinate and of B in the organic product, the front being so far above the feed."""
        below, above = min(front, 0.0), max(front, 0.0)
        return -(n + below) * fall_a - above * both_a, -(m - above) * fall_b + below * both_b

    if abs(over) > 1e-15 * total:
        front = _bisect(lambda t: exp(tails(t)[0]) - exp(tails(t)[1]) - over / total, -n, m)
    else:
        front = _bisect(lambda t: tails(t)[0] - tails(t)[1], -n, m)
    front += shift * (m - front if shift > 0 else front + n)
    stage = np.arange(c.stages)
    kappa = np.where(stage < n, log(low), log(high))
    kappa[(stage >= n + front - 0.5) & (stage < n)] = log(neutral / beta_a)
    kappa[(stage < n + front - 0.5) & (stage >= n)] = log(neutral / beta_b)
    return kappa


def _bisect(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function changes sign, or the end it does not reach."""
    for _ in range(32):  # a start needs no more
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


def solve(c: Cascade, start: Array | None = None) -> Steady:
    """The steady state. `start` is the `kappa` of a similar cascade of as many stages.

    Raises UserError when the totals of some stage are not positive, and when Newton does not settle: seen
    only where so many stages meet a split that leaves nothing over that the front between the keys would
    stand where tails beyond rounding are equal.
    """
    if min(c.aqueous.min(), c.organic.min()) <= 0:
        raise UserError("some stage has no flow of one phase", where="cascade", mend="change flows or draws")
    kappa, steps, settled = _newton(c, guess(c) if start is None else start)
    if not settled:
        kappa, steps = _elsewhere(c) or _continued(c)
    balances = Balances(c, exchange(c, kappa))
    z = balances.solve_exactly()
    return Steady(c, z, balances.organic(z), kappa, steps)


def _elsewhere(c: Cascade) -> tuple[Array, int] | None:
    """From other places of the front, near ones first."""
    steps = 0
    for shift in (0.0, *(sign * part for part in (0.1, 0.25, 0.5, 0.75, 1.0) for sign in (1, -1))):
        kappa, more, settled = _newton(c, guess(c, shift))
        steps += more
        if settled:
            return kappa, steps
    return None


def _continued(c: Cascade) -> tuple[Array, int]:
    """By way of the same cascade without side draws, entrainment and inefficiency, brought in bit by bit."""
    drawn = c.draw_aqueous * c.aqueous
    undrawn = drawn[::-1].cumsum()[::-1] - drawn  # what was drawn above goes on to the raffinate instead

    def partly(part: float) -> Cascade:
        return replace(
            c,
            aqueous=c.aqueous + (1 - part) * undrawn,
            draw_aqueous=part * drawn / (c.aqueous + (1 - part) * undrawn),
            draw_organic=part * c.draw_organic,
            efficiency=1 - part * (1 - c.efficiency),
            entrained_aqueous=part * c.entrained_aqueous,
            entrained_organic=part * c.entrained_organic,
        )

    done, ahead = 0.0, 0.25
    kappa, steps, settled = _newton(partly(0.0), guess(partly(0.0)))
    while settled and done < 1 and ahead > LEAST_CONTINUATION:
        part = min(1.0, done + ahead)
        tried, more, good = _newton(partly(part), kappa)
        steps += more
        if good:
            kappa, done, ahead = tried, part, 2 * ahead
        else:
            ahead /= 4
    if done < 1:
        raise Unsettled(
            f"the cascade of {c.stages} stages does not settle: its split is critical to within rounding",
            where="cascade",
            mend="shift the split by a millionth, or use fewer stages",
        )
    return kappa, steps


def solve_varying(
    c: Cascade, beta: Callable[[Array, Array], Array], tolerance: float = 1e-10, most: int = 100
) -> Steady:
    """The steady state with β (N, C) a function of the mole fractions in both phases (N, C).

    β is brought up to date between solutions, at most half of the way if it swings; what it depends on
    (loading, acidity, composition) is the caller's, as published β differ too much for a correlation of ours.
    UserError if it does not settle.
    """
    s = solve(c)
    used = np.broadcast_to(c.beta, s.aqueous.shape)
    before = np.inf
    for _ in range(most):
        x, y = (flows / flows.sum(axis=1, keepdims=True) for flows in (s.aqueous, s.organic))
        wanted = beta(x, y)
        off = float(abs(np.log(wanted / used)).max())
        if off < tolerance:
            return s
        used = wanted if off < before else np.sqrt(wanted * used)
        before = off
        s = solve(replace(c, beta=used), s.kappa)
    raise UserError(f"β still moves by {before:.0e} after {most} rounds", where="cascade")


def _newton(c: Cascade, kappa: Array) -> tuple[Array, int, bool]:
    balances = Balances(c, exchange(c, kappa))
    z = balances.solve()
    error = _off(c, z)
    for step in range(MOST_STEPS):
        if error <= TOLERANCE:
            return kappa, step, True
        direction = balances.linearised(z).solve(0.0, c.aqueous - z.sum(axis=1))[1]
        part = min(1.0, MOST_CHANGE / abs(direction).max())
        for _ in range(MOST_HALVINGS):
            tried = Balances(c, exchange(c, kappa + part * direction))
            z_tried = tried.solve()
            if (error_tried := _off(c, z_tried)) < error:
                break
            part /= 2
        else:
            break
        kappa, balances, z, error = kappa + part * direction, tried, z_tried, error_tried
    return kappa, MOST_STEPS, error <= GOOD_ENOUGH


def _off(c: Cascade, z: Array) -> float:
    with np.errstate(invalid="ignore", divide="ignore"):  # NaN where a total is not positive: refused
        return float(abs(np.log(z.sum(axis=1) / c.aqueous)).max())
