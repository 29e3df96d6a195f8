"""The steady state of a cascade: Newton on one scalar per stage, every element solved exactly at each
iterate.

With y = βx/Σβx and known totals the only unknown that couples the elements at stage j is
K_j = V_j / (L_j Σβx), the ratio organic/aqueous of an element of β = 1. Given K the balances are linear: one
tridiagonal M-matrix per element, whose solution is positive whatever K > 0. Newton therefore works on
κ = ln K alone, to make Σ_i z_ij = L_j, where z_ij is what leaves stage j with the aqueous phase, with the
direction that `balances` finds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mine2magnet.core.compiled import compiled
from mine2magnet.core.errors import UserError
from mine2magnet.separation.balances import Balances, Frame, descend, exchange, frame, rows
from mine2magnet.separation.stages import Array, Cascade

TOLERANCE = 1e-12  # of a stage's aqueous total
GOOD_ENOUGH = 1e-10  # where rounding ends the descent
MOST_STEPS = 40  # a cold start takes 6 to 12
MOST_CHANGE = 2.0  # of κ in one step
HALVINGS = 32  # of an interval, for a start: it needs no more
MOST_RELAXED = 200  # time steps on the way to a steady state; half of the hard cases take 25
EASY = 3  # Newton steps
BELOW_1 = 1 - 1e-15


class Unsettled(UserError):
    """Newton found no steady state; a neighbouring flow or number of stages may have one it finds."""


class CarriedOver(Unsettled):
    """More of a phase would be carried over at some stage than leaves with the other."""


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
        """Flows that leave with the organic phase (C)."""
        return np.asarray(self.organic[-1])

    @property
    def product_b(self) -> Array:
        """Flows that leave with the raffinate (C)."""
        return np.asarray(self.aqueous[0])

    @property
    def side_products(self) -> dict[tuple[int, str], Array]:
        """Flows that each side draw takes (C), by stage and phase."""
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


def guess(c: Cascade, shift: float = 0.0) -> Array:
    """Return κ of the sharp split: a plateau in each section, and where the front between the keys stands.

    Far from the feed a section holds only what leaves at its end: with u = q/η (entrained parts included)
    z_i = b_i / (1 − u_i), and K follows from the total; likewise d_i / (u_i − 1) in the scrub section. Where
    one key
    is left over it fills its part of the section, at u = 1 for that key. Up to there the other key's tail
    falls by a
    constant ratio per stage; the two tails must differ by what the split leaves over, which places the front.

    Parameters
    ----------
    c : Cascade
    shift : float
        Puts the front elsewhere, in parts of the way left to the upper (> 0) or lower end.

    Returns
    -------
    array (N)
    """
    beta = c.beta if c.beta.ndim == 1 else np.exp(np.log(c.beta).mean(axis=0))
    entering, extract_flow = c.feed_aqueous + c.feed_organic, c.organic[-1]
    carried, dropped = c.entrained_aqueous, c.entrained_organic
    at = int(entering.sum(axis=1).argmax())
    order = np.argsort(-beta)
    feed = entering.sum(axis=0)
    return _guess(beta, feed, at, order, extract_flow, c.aqueous, c.efficiency, carried, dropped, shift)


@compiled
def _guess(
    beta: Array,
    feed: Array,
    at: int,
    order: npt.NDArray[np.intp],
    extract_flow: float,
    aqueous: Array,
    efficiency: Array,
    carried: float,
    dropped: float,
    shift: float,
) -> Array:
    stages = len(aqueous)
    n, m, total = at + 1, stages - at - 1, feed.sum()
    eta = efficiency[min(at, stages - 2)]
    neutral = (eta * (1 - carried) - carried) / (1 - dropped - eta * dropped)  # the q at which u = 1
    passed, off, keys = 0.0, np.inf, 0
    for k in range(len(order) - 1):
        passed += feed[order[k]]
        if abs(passed - extract_flow) < off:
            off, keys = abs(passed - extract_flow), k
    a_side, b_side = order[: keys + 1], order[keys + 1 :]
    beta_a, beta_b = beta[order[keys]], beta[order[keys + 1]]
    fed_a, fed_b = feed[a_side].sum(), feed[b_side].sum()
    over = fed_a - extract_flow  # A that has to leave with B

    def up(q: float) -> float:
        return float(((1 - dropped) * q + carried) / (1 - carried + dropped * q) / eta)

    def fall(q: float) -> float:
        """ln of the ratio by which the tail of an element of this q changes per stage."""
        return float(np.log(max(1 + eta * (up(q) - 1), 1e-6)))

    low = high = 0.5
    below, above = aqueous[1:n].mean() if n > 1 else 0.0, aqueous[n:].mean() if m > 0 else 0.0
    if n > 1 and below > total - extract_flow:
        least, most = 0.0, BELOW_1
        for _ in range(HALVINGS):
            low, held = (least + most) / 2, 0.0
            for i in b_side:
                held += feed[i] * (total - extract_flow) / fed_b / (1 - up(low * neutral * beta[i] / beta_b))
            least, most = (low, most) if below > held else (least, low)
    if m > 0:
        least, most = 0.0, BELOW_1
        for _ in range(HALVINGS):
            high, held = (least + most) / 2, 0.0
            for i in a_side:
                held += feed[i] * extract_flow / fed_a / (up(neutral / high * beta[i] / beta_a) - 1)
            least, most = (high, most) if above > held else (least, high)
    low, high = low * neutral / beta_b, neutral / high / beta_a  # K of either plateau
    fall_a, fall_b = max(fall(low * beta_a), 0.01), max(-fall(high * beta_b), 0.01)
    both_a, both_b = fall(neutral * beta_a / beta_b), -fall(neutral * beta_b / beta_a)
    least, most = -float(n), float(m)
    for _ in range(HALVINGS):
        front = (least + most) / 2
        # ln of A in the raffinate and of B in the organic product, the front being so far above the feed
        a = -(n + min(front, 0.0)) * fall_a - max(front, 0.0) * both_a
        b = -(m - max(front, 0.0)) * fall_b + min(front, 0.0) * both_b
        left = np.exp(a) - np.exp(b) - over / total if abs(over) > 1e-15 * total else a - b
        least, most = (front, most) if left > 0 else (least, front)
    front += shift * (m - front if shift > 0 else front + n)
    kappa = np.empty(stages)
    for j in range(stages):
        if j < n:
            kappa[j] = np.log(neutral / beta_a if j >= n + front - 0.5 else low)
        else:
            kappa[j] = np.log(neutral / beta_b if j < n + front - 0.5 else high)
    return kappa


def solve(c: Cascade, start: Array | None = None) -> Steady:
    """Return the steady state of a cascade.

    Newton does not settle only where so many stages meet a split that leaves nothing over that the front
    between
    the keys would stand where tails beyond rounding are equal.

    Parameters
    ----------
    c : Cascade
    start : array (N), optional
        The `kappa` of a similar cascade of as many stages.

    Raises
    ------
    UserError
        When the totals of some stage are not positive, and when Newton does not settle.
    """
    organic = c.organic
    if min(c.aqueous.min(), organic.min()) <= 0:
        raise UserError("some stage has no flow of one phase", where="cascade", hint="change flows or draws")
    for part, other, what in (
        (c.entrained_aqueous, organic / c.aqueous, "aqueous"),
        (c.entrained_organic, c.aqueous / organic, "organic"),
    ):
        if part and (other <= part / (1 - part)).any():
            raise CarriedOver(
                f"at stage {int(other.argmin()) + 1} less leaves with the other phase than the {what} phase "
                "that is carried over with it",
                where="cascade",
                hint="less entrainment, or more flow",
            )
    near = None if start is None else _newton(c, np.ascontiguousarray(start, float))
    return near or _newton(c, guess(c)) or _relaxed(c)


def _relaxed(c: Cascade) -> Steady:
    """Follow the cascade in time, in steps that lengthen while Newton finds them easy (pseudo-transient
    continuation: Kelley and Keyes 1998, SIAM J. Numer. Anal. 35, 508). A stage holds what leaves it in a unit
    of time."""
    kappa = guess(c)
    balances = Balances(c, exchange(c, kappa))
    z = balances.solve()
    kappa = np.log(c.organic / c.aqueous * z.sum(axis=1) / (z * c.beta).sum(axis=1))
    held = z * (1 + exchange(c, kappa).up)
    held *= ((c.aqueous + c.organic) / held.sum(axis=1))[:, None]
    step = 1.0
    for _ in range(MOST_RELAXED):
        found, z, _, steps, error = _descend(c, frame(c, 1 / step, 1 / step, held / step), kappa)
        if error > GOOD_ENOUGH:
            step /= 4
            continue
        kappa, held = found, z * (1 + exchange(c, found).up)
        if steps <= EASY and (made := _newton(c, kappa)):
            return made
        step *= 4 if steps <= 2 * EASY else 1
    raise Unsettled(
        f"the cascade of {c.stages} stages does not settle: its split is so critical that the front between "
        "the products would move for ever",
        where="cascade",
        hint="shift the split by a millionth, or use fewer stages or less flow",
    )


def solve_varying(
    c: Cascade, beta: Callable[[Array, Array], Array], tolerance: float = 1e-10, most: int = 100
) -> Steady:
    """Return the steady state with β a function of the mole fractions in both phases.

    β is brought up to date between solutions, at most half of the way if it swings; what it depends on
    (loading,
    acidity, composition) is the caller's, as published β differ too much for a correlation of ours.

    Parameters
    ----------
    c : Cascade
    beta : callable
        Gives β (N, C) from the mole fractions in the aqueous and the organic phase (N, C).
    tolerance : float
        Of ln β.
    most : int
        Solutions.

    Raises
    ------
    UserError
        If it does not settle.
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


def _newton(c: Cascade, kappa: Array) -> Steady | None:
    """None where it does not settle."""
    kappa, z, y, steps, error = _descend(c, frame(c), kappa)
    return Steady(c, z, y, kappa, steps) if error <= GOOD_ENOUGH else None


def _descend(c: Cascade, f: Frame, kappa: Array) -> tuple[Array, Array, Array, int, float]:
    carried, dropped = c.entrained_aqueous, c.entrained_organic
    return descend(f, rows(c), carried, dropped, c.aqueous, kappa, TOLERANCE, MOST_STEPS, MOST_CHANGE)
