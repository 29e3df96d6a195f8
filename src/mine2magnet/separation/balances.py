"""The balances of all elements over all stages, and Newton's direction, compiled.

Given K_j the balances of an element are a tridiagonal M-matrix over the stages. It is eliminated from stage 1
up without subtractions (after Grassmann, Taksar and Heyman 1985, Oper. Res. 33, 1107), so that an impurity of
1e-12 has as many right digits as the main element. One scalar equation and one scalar κ per stage border
these systems. The κ are eliminated from the last stage down: what a stage and those above it answer to what
comes up to them is a C × C matrix, which one stage more scales by rows and columns and changes by one rank.
That takes some 10 C² operations a stage where a band solver takes 4 C³, and no pivoting (docs/separation.md).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mine2magnet.core.compiled import compiled
from mine2magnet.separation.stages import Array, Cascade

MOST_HALVINGS = 12  # of a Newton step


class Frame(NamedTuple):
    """What the balances are at any K. All (N) but `entering` and `right` (N, C).

    `bypass` is 1/η − 1, with Murphree's η on the organic side: the part 1−η of the organic that arrives takes
    no part, and eliminating the organic keeps the system tridiagonal in z, what leaves with the aqueous
    phase (docs/separation.md). `on` and `through` are the parts of the organic and the aqueous phase that go
    on to the next stage, `held_*` hold-up per flow and time step. `entering` is what comes with the aqueous
    phase, `right` the right-hand side.
    """

    bypass: Array
    on: Array
    through: Array
    held_aqueous: Array
    held_organic: Array
    entering: Array
    right: Array


def frame(
    c: Cascade,
    held_aqueous: Array | float = 0.0,
    held_organic: Array | float = 0.0,
    accumulated: Array | float = 0.0,
) -> Frame:
    """Return what the balances of a cascade are at any K.

    Parameters
    ----------
    c : Cascade
    held_aqueous, held_organic : array (N) or float
        Hold-up per flow and time step; 0 in the steady state.
    accumulated : array (N, C) or float
        The hold-up brought from the last time step, per time step.
    """
    none = np.zeros(c.stages)
    held_aqueous, held_organic = none + held_aqueous, none + held_organic
    entering = c.feed_aqueous + accumulated
    return _frame(
        c.efficiency, c.draw_organic, c.draw_aqueous, held_aqueous, held_organic, entering, c.feed_organic
    )


@compiled
def _frame(
    efficiency: Array,
    draw_organic: Array,
    draw_aqueous: Array,
    held_aqueous: Array,
    held_organic: Array,
    entering: Array,
    feed_organic: Array,
) -> Frame:
    bypass, on, right = 1 / efficiency - 1, 1 - draw_organic, feed_organic.copy()
    for j in range(len(right)):
        for i in range(right.shape[1]):
            right[j, i] += (1 + bypass[j]) * entering[j, i]
            if j > 0:
                right[j, i] -= on[j - 1] * bypass[j - 1] * entering[j - 1, i]
    return Frame(bypass, on, 1 - draw_aqueous, held_aqueous, held_organic, entering, right)


@compiled
def shared(kappa: Array, beta: Array, carried: float, dropped: float) -> tuple[Array, Array]:
    """Return the flow with the organic per mol leaving with the aqueous phase, and its derivative to κ.

    Parameters
    ----------
    kappa : array (N)
    beta : array (C) as one row, or (N, C)
    carried, dropped : float
        The entrained parts of the aqueous and the organic phase.

    Returns
    -------
    tuple of array (N, C)
    """
    stages, elements = len(kappa), beta.shape[1]
    up, d_up = np.empty((stages, elements)), np.empty((stages, elements))
    for j in range(stages):
        k, row = np.exp(kappa[j]), j if len(beta) > 1 else 0
        for i in range(elements):
            q = k * beta[row, i]
            down = 1 - carried + dropped * q
            up[j, i] = ((1 - dropped) * q + carried) / down
            d_up[j, i] = (1 - carried - dropped) * q / (down * down)
    return up, d_up


@compiled
def factorise(f: Frame, up: Array) -> tuple[Array, Array]:
    """Return the organic line per z before what by-passes is deducted, and 1 over the pivots line + w.

    w follows by sums, products and quotients of positive numbers only.

    Parameters
    ----------
    f : Frame
    up : array (N, C)
        What leaves with the organic per mol leaving with the aqueous phase.

    Returns
    -------
    tuple of array (N, C)
    """
    stages, elements = up.shape
    line, over = np.empty((stages, elements)), np.empty((stages, elements))
    w = np.ones(elements)
    for j in range(stages):
        held, more = f.held_aqueous[j], f.held_organic[j]
        both = f.through[j] * f.on[j - 1]
        gain = 1 + both * f.bypass[j - 1]
        for i in range(elements):
            line[j, i] = f.bypass[j] * (1 + held + (1 + more) * up[j, i]) + up[j, i]
            if j > 0:
                w[i] = (line[j - 1, i] * (1 - both) + w[i] * gain) * over[j - 1, i]
            w[i] += held + more * up[j, i]
            over[j, i] = 1 / (line[j, i] + w[i])
    return line, over


@compiled
def flows(f: Frame, line: Array, over: Array) -> Array:
    """Return z, what leaves each stage with the aqueous phase; right to some N·ε of each entry.

    Parameters
    ----------
    f : Frame
    line, over : array (N, C)
        As `factorise` gives them.

    Returns
    -------
    array (N, C)
    """
    stages, elements = over.shape
    z = f.right.copy()
    for j in range(1, stages):
        for i in range(elements):
            z[j, i] += f.on[j - 1] * line[j - 1, i] * over[j - 1, i] * z[j - 1, i]
    for i in range(elements):
        z[-1, i] *= over[-1, i]
    for j in range(stages - 2, -1, -1):
        above = (1 + f.bypass[j]) * f.through[j + 1]
        for i in range(elements):
            z[j, i] = (z[j, i] + above * z[j + 1, i]) * over[j, i]
    return z


@compiled
def organic(f: Frame, line: Array, z: Array) -> Array:
    """Return the flows that leave each stage with the organic phase.

    Parameters
    ----------
    f : Frame
    line : array (N, C)
        As `factorise` gives it.
    z : array (N, C)
        As `flows` gives it.

    Returns
    -------
    array (N, C)
    """
    flows = line * z
    for j in range(len(z)):
        if f.bypass[j] > 0:
            for i in range(z.shape[1]):
                coming = f.entering[j, i] + (f.through[j + 1] * z[j + 1, i] if j + 1 < len(z) else 0.0)
                flows[j, i] -= f.bypass[j] * coming
    return flows


@compiled
def slopes(f: Frame, d_up: Array, z: Array) -> tuple[Array, Array]:
    """Return the derivatives of the balances to κ.

    κ_j adds the first to the left-hand side of the balances of stage j and takes the second from those of j +
    1.

    Parameters
    ----------
    f : Frame
    d_up : array (N, C)
        The derivative of `up` to κ.
    z : array (N, C)
        As `flows` gives it.

    Returns
    -------
    tuple of array (N, C)
        Of the second the last row is no stage's.
    """
    stages, elements = z.shape
    own, next_ = np.empty((stages, elements)), np.empty((stages, elements))
    for j in range(stages):
        for i in range(elements):
            turned = (1 + f.held_organic[j]) * d_up[j, i]
            own[j, i] = (1 + f.bypass[j]) * turned * z[j, i]
            next_[j, i] = f.on[j] * (f.bypass[j] * turned + d_up[j, i]) * z[j, i]
    return own, next_


@compiled
def bordered(
    over: Array,
    below: Array,
    above: Array,
    own: Array,
    following: Array,
    weight: Array,
    weight_above: Array,
    slope: Array,
    right: Array,
    wanted: Array,
) -> tuple[Array, Array]:
    """Return (x, κ) of the balances with one scalar equation and one scalar unknown a stage.

        diagonal_j x_j − above_j x_{j+1} − below_{j−1} x_{j−1} + own_j κ_j − following_{j−1} κ_{j−1} = right_j
        weight_j · x_j − weight_above_j · x_{j+1} + slope_j κ_j = wanted_j

    Parameters
    ----------
    over : array (N, C)
        1 over the pivots of the elimination of x from stage 1 up.
    below, above, own, following, weight, weight_above : array (N, C)
        Of `below`, `above`, `following` and `weight_above` the last row is no stage's.
    slope : array (N)
    right : array (N, C)
    wanted : array (N)

    Returns
    -------
    array (N, C), array (N)
        Not finite if a pivot of the κ is 0.
    """
    stages, elements = over.shape
    # What stage j and those above it answer to σ, which comes up from below: x_j = answer σ + fixed.
    answer, fixed = np.zeros((elements, elements)), np.zeros(elements)
    on_sigma, constant = np.empty((stages, elements)), np.empty(stages)  # κ_j = constant − on_sigma · σ
    up, change, back = np.zeros(elements), np.zeros(elements), np.zeros(elements)
    passed, fall = np.zeros(elements), np.zeros(elements)  # of σ_j to σ_{j+1}, of x_{j+1} to x_j
    for j in range(stages - 1, -1, -1):
        total, known = slope[j], wanted[j]
        for i in range(elements):
            on_sigma[j, i] = 0.0
            if j < stages - 1:
                passed[i] = below[j, i] * over[j, i]
                fall[i] = above[j, i] * over[j, i]
                change[i] = following[j, i] - passed[i] * own[j, i]
                back[i] = weight[j, i] * fall[i] - weight_above[j, i]
                known -= back[i] * fixed[i]
        for i in range(elements):
            d_above = 0.0  # of x_{j+1} to κ_j
            for k in range(elements):
                d_above += answer[i, k] * change[k]
                on_sigma[j, k] += back[i] * answer[i, k]
            up[i] = fall[i] * d_above - own[j, i] * over[j, i]
            total += back[i] * d_above - weight[j, i] * own[j, i] * over[j, i]
        known /= total
        constant[j] = known
        for i in range(elements):
            on_sigma[j, i] = (on_sigma[j, i] * passed[i] + weight[j, i] * over[j, i]) / total
            constant[j] -= on_sigma[j, i] * right[j, i]
            fixed[i] = fall[i] * fixed[i] + up[i] * known
        for i in range(elements):
            for k in range(elements):
                answer[i, k] = fall[i] * answer[i, k] * passed[k] - up[i] * on_sigma[j, k]
            answer[i, i] += over[j, i]
            for k in range(elements):
                fixed[i] += answer[i, k] * right[j, k]
    x, kappa, sigma = right.copy(), constant, np.zeros(elements)
    for j in range(stages):
        for i in range(elements):
            kappa[j] -= on_sigma[j, i] * sigma[i]
        for i in range(elements):
            x[j, i] += sigma[i] - own[j, i] * kappa[j]
            sigma[i] = below[j, i] * over[j, i] * x[j, i] + following[j, i] * kappa[j]
    for i in range(elements):
        x[-1, i] *= over[-1, i]
    for j in range(stages - 2, -1, -1):
        for i in range(elements):
            x[j, i] = (x[j, i] + above[j, i] * x[j + 1, i]) * over[j, i]
    return x, kappa


@compiled
def descend(
    f: Frame,
    beta: Array,
    carried: float,
    dropped: float,
    totals: Array,
    kappa: Array,
    tolerance: float,
    most_steps: int,
    most_change: float,
) -> tuple[Array, Array, Array, int, float]:
    """Find the κ at which the aqueous flows of every stage sum to their totals, by Newton.

    A step moves no κ by more than `most_change` and is halved until the largest |ln(Σz/L)| falls.

    Parameters
    ----------
    f : Frame
    beta : array (C) or (N, C)
    carried, dropped : float
        The entrained parts of the aqueous and the organic phase.
    totals : array (N)
        L, what leaves every stage with the aqueous phase.
    kappa : array (N)
        Where to begin.
    tolerance : float
        Of |ln(Σz/L)|.
    most_steps : int
    most_change : float

    Returns
    -------
    kappa : array (N)
    aqueous, organic : array (N, C)
        Flows that leave every stage.
    steps : int
    error : float
        The largest |ln(Σz/L)|, above `tolerance` where it could not descend.
    """
    stages, elements = f.right.shape
    ones, nothing, zero = np.ones((stages, elements)), np.zeros((stages, elements)), np.zeros(stages)
    above = np.zeros((stages, elements))
    for j in range(stages - 1):
        above[j, :] = (1 + f.bypass[j]) * f.through[j + 1]
    up, d_up = shared(kappa, beta, carried, dropped)
    line, over = factorise(f, up)
    z = flows(f, line, over)
    error = _off(z, totals)
    steps = 0
    while error > tolerance and steps < most_steps:
        own, following = slopes(f, d_up, z)
        below = line.copy()
        missing = totals.copy()
        for j in range(stages):
            for i in range(elements):
                below[j, i] *= f.on[j]
                missing[j] -= z[j, i]
        _, direction = bordered(over, below, above, own, following, ones, nothing, zero, nothing, missing)
        largest = np.abs(direction).max()
        part = 1.0 if largest <= most_change else most_change / largest
        better = False
        for _ in range(MOST_HALVINGS):
            tried = kappa + part * direction
            up, d_up = shared(tried, beta, carried, dropped)
            line, over = factorise(f, up)
            z_tried = flows(f, line, over)
            error_tried = _off(z_tried, totals)
            if error_tried < error:
                better = True
                break
            part /= 2
        if not better:
            break
        kappa, z, error = tried, z_tried, error_tried
        steps += 1
    line, over = factorise(f, shared(kappa, beta, carried, dropped)[0])
    return kappa, z, organic(f, line, z), steps, error


@compiled
def _off(z: Array, totals: Array) -> float:
    """The largest |ln(Σz / total)|; inf where a sum is not positive."""
    worst = 0.0
    for j in range(len(z)):
        total = 0.0
        for i in range(z.shape[1]):
            total += z[j, i]
        off = abs(np.log(total / totals[j])) if total > 0 else np.inf
        if not off <= worst:
            worst = off if off == off else np.inf
    return worst


class Exchange(NamedTuple):
    """What leaves with the organic per mol leaving with the aqueous phase, and its derivative to κ (N, C)."""

    up: Array
    d_up: Array


def exchange(c: Cascade, kappa: Array) -> Exchange:
    """Return the exchange between the phases with the cascade's constant separation factors.

    Parameters
    ----------
    c : Cascade
    kappa : array (N)
    """
    return Exchange(*shared(kappa, rows(c), c.entrained_aqueous, c.entrained_organic))


def rows(c: Cascade) -> Array:
    """Return β as one row for all stages, or a row for each.

    Parameters
    ----------
    c : Cascade

    Returns
    -------
    array (C) or (N, C)
    """
    return c.beta.reshape(-1, c.beta.shape[-1])


class Balances:
    """The balances of a cascade at one exchange between the phases, whatever law it follows."""

    def __init__(self, c: Cascade, x: Exchange) -> None:
        self.frame, self.exchange = frame(c), x
        self.line, self.over = factorise(self.frame, x.up)
        self.below = self.frame.on[:, None] * self.line
        above = (1 + self.frame.bypass) * np.append(self.frame.through[1:], 0.0)
        self.above = np.repeat(above[:, None], x.up.shape[1], axis=1)

    def solve(self) -> Array:
        """Return z, what leaves each stage with the aqueous phase; right to some N·ε of each entry.

        Returns
        -------
        array (N, C)
        """
        return flows(self.frame, self.line, self.over)

    def organic(self, z: Array) -> Array:
        """Return the flows that leave each stage with the organic phase.

        Parameters
        ----------
        z : array (N, C)

        Returns
        -------
        array (N, C)
        """
        return organic(self.frame, self.line, z)


class Linearised:
    """Newton's matrix at z. `weight` (N, C) and `slope` (N) are the derivatives to z and κ of the scalar
    equation of each stage, by default the sum of its z."""

    def __init__(
        self, b: Balances, z: Array, weight: Array | float = 1.0, slope: Array | float = 0.0
    ) -> None:
        self.balances = b
        self.own, self.following = slopes(b.frame, b.exchange.d_up, z)
        self.weight = np.zeros_like(z) + weight
        self.slope = np.zeros(len(z)) + slope

    def solve(
        self, right: Array | float, wanted: Array | float, transposed: bool = False
    ) -> tuple[Array, Array]:
        """Return (dz, dκ) for right-hand sides of the balances and of the scalar equations.

        Transposed it gives the adjoint: how much a quantity whose derivatives to (z, κ) are given changes
        when a
        balance or a scalar equation is off by one.

        Parameters
        ----------
        right : array (N, C) or float
        wanted : array (N) or float
        transposed : bool

        Returns
        -------
        array (N, C), array (N)
        """
        b = self.balances
        nothing = np.zeros_like(self.weight)
        right, wanted = nothing + right, np.zeros(len(nothing)) + wanted
        if transposed:
            system = b.above, b.below, self.weight, nothing, self.own, self.following
        else:
            system = b.below, b.above, self.own, self.following, self.weight, nothing
        return bordered(b.over, *system, self.slope, right, wanted)
