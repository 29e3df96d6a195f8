"""A cascade in time: start-up, changes of feed, how long until the products are on specification.

Every stage holds a constant amount of rare earth in either phase, so the totals follow the flows at once and
only compositions move: d(H_a x + H_o y)/dt = in − out. Integrated by the two-stage, second-order, L-stable
diagonally implicit method of Alexander (1977, SIAM J. Numer. Anal. 14, 1006); each of its stages is solved as
a steady cascade is, with the hold-up as one more outlet. What leaves is summed by the same quadrature, so
each element's balance closes to rounding whatever the step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation.balances import descend, exchange, frame, rows
from mine2magnet.separation.stages import Array, Cascade, Mask

GAMMA = 1 - 0.5**0.5
SETTLED = 1e-7  # Newton's tolerance on a stage's total; the balances of the elements are exact whatever it is
MOST_STEPS = 12  # of Newton in one time step, else it is cut
MOST_CHANGE = 1.0  # of κ in one of these
TRICKLE = 1e-6  # a closed product still runs at this part of its flow, so that no flow is zero


@dataclass(frozen=True, slots=True)
class Holdup:
    """Rare earth held per stage in the aqueous and the organic phase (N), mol."""

    aqueous: Array
    organic: Array

    @property
    def total(self) -> Array:
        """Rare earth held by all stages, mol."""
        return self.aqueous + self.organic


@dataclass(frozen=True, slots=True)
class StartUp:
    """What happened; T times, in the unit of the flows.

    `product_a` and `product_b` (T, C) are compositions, `open_a` and `open_b` (T) the part of the design flow
    that was drawn; `made_a`, `made_b` and `fed` (C) the amounts over the whole run; `held` (N, C) what the
    cascade holds at the end, `first_held` (N, C) at the start.
    """

    times: Array
    product_a: Array
    product_b: Array
    open_a: Array
    open_b: Array
    made_a: Array
    made_b: Array
    fed: Array
    first_held: Array
    held: Array
    kappa: Array

    def time_to(
        self, a_side: Mask, impurity_a: float, impurity_b: float, b_side: Mask | None = None
    ) -> tuple[float | None, float | None]:
        """Return when each product came on specification and stayed on it; None if it did not.

        Parameters
        ----------
        a_side : array of bool (C)
            The elements of the extract.
        impurity_a, impurity_b : float
            Mole fractions of foreign elements allowed in the extract and in the raffinate.
        b_side : array of bool (C), optional
            All elements but `a_side` if not given: in a fuzzy cut others may be in either product.

        Returns
        -------
        tuple of float or None
            In the unit of the flows' time.
        """
        foreign = ~a_side if b_side is None else b_side
        return (
            _stays_below(self.times, self.product_a[:, foreign].sum(axis=1), impurity_a),
            _stays_below(self.times, self.product_b[:, a_side].sum(axis=1), impurity_b),
        )


def _stays_below(times: Array, series: Array, limit: float) -> float | None:
    above = np.flatnonzero(series > limit)
    if not len(above):
        return float(times[0])
    return float(times[above[-1] + 1]) if above[-1] + 1 < len(times) else None


def throttled(c: Cascade, open_a: float, open_b: float) -> Cascade:
    """Return the cascade with each product drawn at a part of its flow, and fed as much as is drawn.

    The organic of the extraction section and the loading stay; at 0 and 0 (total reflux) all that the organic
    brings to the end is scrubbed back.

    Parameters
    ----------
    c : Cascade
    open_a, open_b : float
        Parts of the flows of extract and raffinate, 0 to 1.
    """
    open_a, open_b = max(open_a, TRICKLE), max(open_b, TRICKLE)
    organic = c.organic
    extract, raffinate = organic[-1], c.aqueous[0]
    part = (open_a * extract + open_b * raffinate) / (extract + raffinate)
    below = np.concatenate([[0.0], organic[:-1]])
    upward = below - c.aqueous  # net, across the lower side of each stage
    fed_organic = c.feed_organic.sum(axis=1)
    below -= (1 - part) * np.concatenate([[0.0], fed_organic.cumsum()[:-1]])
    aqueous = below - np.where(upward > 0, open_a, open_b) * upward
    return replace(c, aqueous=aqueous, feed_aqueous=part * c.feed_aqueous, feed_organic=part * c.feed_organic)


Control = Callable[[float, Array, Array], tuple[Cascade, float, float]]


def scheduled(*moves: tuple[float, Cascade]) -> Control:
    """Return a control that sets another cascade from each time on.

    Parameters
    ----------
    *moves : (float, Cascade)
        In order of time: (0, c), (24, changed) …
    """
    starts = [start for start, _ in moves]

    def control(time: float, *_: Array) -> tuple[Cascade, float, float]:
        return moves[latest(starts, time)][1], 1.0, 1.0

    return control


def latest(starts: Sequence[float], time: float) -> int:
    """Return which of some moves holds at a time; the first one before it.

    Parameters
    ----------
    starts : sequence of float
        When each begins, in order.
    time : float
    """
    return max(0, int(np.searchsorted(starts, time, side="right")) - 1)


def on_specification(
    c: Cascade, a_side: Mask, impurity_a: float, impurity_b: float, b_side: Mask | None = None
) -> Control:
    """Return a control at total reflux until a product is on specification; each is drawn only while it is.

    A product opens as its impurity falls from twice to once the allowed (a ramp, so that the flows do not
    chatter).
    As the feed makes up for what is drawn, drawing one more than the other moves the front between the keys,
    so
    this also holds the split.

    Parameters
    ----------
    c : Cascade
    a_side : array of bool (C)
        The elements of the extract.
    impurity_a, impurity_b : float
        Mole fractions of foreign elements allowed in the extract and in the raffinate.
    b_side : array of bool (C), optional
        As in `StartUp.time_to`.
    """
    foreign = ~a_side if b_side is None else b_side

    def opening(impurity: float, limit: float) -> float:
        return min(max(1 - log(max(impurity, 1e-300) / limit) / log(2), 0.0), 1.0)

    def control(_: float, x_a: Array, x_b: Array) -> tuple[Cascade, float, float]:
        open_a = opening(float(x_a[foreign].sum()), impurity_a)
        open_b = opening(float(x_b[a_side].sum()), impurity_b)
        return throttled(c, open_a, open_b), open_a, open_b

    return control


def run(
    c: Cascade,
    hold: Holdup,
    duration: float,
    *,
    control: Control | None = None,
    first_held: Array | None = None,
    kappa: Array | None = None,
    tolerance: float = 1e-2,
    first_step: float | None = None,
    longest_step: float = np.inf,
) -> StartUp:
    """Follow a cascade in time. It starts filled with feed, or with `first_held`.

    Parameters
    ----------
    c : Cascade
    hold : Holdup
    duration : float
        In the unit of the flows' time.
    control : callable, optional
        Gives the cascade that runs at a time, from the compositions of both products; without one `c` runs as
        it
        is. It acts between steps.
    first_held : array (N, C), optional
        mol.
    kappa : array (N), optional
        Where Newton begins.
    tolerance : float
        Steps are chosen so that each changes no composition by more error than this part of itself, plus a
        millionth.
    first_step, longest_step : float
        In the unit of the flows' time.

    Raises
    ------
    UserError
        Where a step cannot be solved however short.
    """
    if len(hold.total) != c.stages:
        raise UserError(f"{len(hold.total)} stages hold something, the cascade has {c.stages}", where="hold")
    held = hold.total[:, None] * c.feed / c.feed.sum() if first_held is None else first_held.copy()
    start = held.copy()
    if kappa is None:
        mean_beta = (held * c.beta).sum(axis=1) / held.sum(axis=1)
        kappa = np.log(c.organic / c.aqueous / mean_beta)
    time, step = 0.0, first_step or 0.1 * float((hold.total / (c.aqueous + c.organic)).min())
    drift = np.zeros_like(kappa)  # of κ per unit of time, to start Newton from
    made_a, made_b, fed = np.zeros((3, len(c.feed)))
    up = exchange(c, kappa).up  # how what is held first is shared by the phases
    z = held / ((hold.aqueous / c.aqueous)[:, None] + (hold.organic / c.organic)[:, None] * up)
    x_a, x_b = (up * z)[-1] / (up * z)[-1].sum(), z[0] / z[0].sum()
    open_a, open_b = control(time, x_a, x_b)[1:] if control else (1.0, 1.0)
    rows = [(time, x_a, x_b, open_a, open_b)]
    while time < duration * (1 - 1e-12):
        step = min(step, duration - time, longest_step)
        if control:
            before = c.organic / c.aqueous
            c, open_a, open_b = control(time, x_a, x_b)
            kappa = kappa + np.log(
                c.organic / c.aqueous / before
            )  # the flows move at once, compositions later
        one = _stage(c, hold, held, GAMMA * step, kappa + GAMMA * step * drift)
        two = one and _stage(
            c,
            hold,
            held + (1 / GAMMA - 1) * (one.held - held),
            GAMMA * step,
            one.kappa + (1 - GAMMA) * step * drift,
        )
        if one is None or two is None:
            step, drift = step / 4, np.zeros_like(kappa)
            if step < 1e-9 * duration:
                raise UserError("the start-up does not settle", where="dynamics", hint="raise a product flow")
            continue
        off = abs(two.held - held - (one.held - held) / GAMMA)
        error = float(
            (off / (hold.total[:, None] * (1e-6 + tolerance * two.held / hold.total[:, None]))).max()
        )
        if error > 4:
            step *= max(0.2, 0.9 * error**-0.5)
            continue
        time += step
        made_a += step * ((1 - GAMMA) * one.extract + GAMMA * two.extract)
        made_b += step * ((1 - GAMMA) * one.raffinate + GAMMA * two.raffinate)
        fed += step * c.feed
        drift = (two.kappa - kappa) / step
        held, kappa = two.held, two.kappa
        x_a, x_b = two.extract / two.extract.sum(), two.raffinate / two.raffinate.sum()
        rows.append((time, x_a, x_b, open_a, open_b))
        step *= min(3.0, max(0.3, 0.9 * (error + 1e-9) ** -0.5))
    times, a, b, opened_a, opened_b = (np.array(column) for column in zip(*rows, strict=True))
    return StartUp(times, a, b, opened_a, opened_b, made_a, made_b, fed, start, held, kappa)


@dataclass(frozen=True, slots=True)
class _Stage:
    held: Array
    extract: Array
    raffinate: Array
    kappa: Array


def _stage(c: Cascade, hold: Holdup, held: Array, step: float, kappa: Array) -> _Stage | None:
    """Solves n = held + step · f(n) for what is held; None if Newton does not settle."""
    per_aqueous, per_organic = hold.aqueous / c.aqueous, hold.organic / c.organic
    f = frame(c, per_aqueous / step, per_organic / step, held / step)
    kappa, z, y, _, error = descend(
        f,
        rows(c),
        c.entrained_aqueous,
        c.entrained_organic,
        c.aqueous,
        kappa,
        SETTLED,
        MOST_STEPS,
        MOST_CHANGE,
    )
    if error > SETTLED:
        return None
    now = (per_aqueous[:, None] + per_organic[:, None] * exchange(c, kappa).up) * z
    return _Stage(now, y[-1], z[0], kappa)
