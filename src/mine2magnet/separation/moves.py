"""A controlled run as a schedule that an operator can follow: when to set which flow to what; and what was
drawn before it was pure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mine2magnet.separation.dynamics import Control, StartUp, latest, throttled
from mine2magnet.separation.stages import Array, Cascade, Mask

LEAST = 0.15  # of the design flow: a smaller change is left to the next move
STEP = 0.05  # of the design flow, to which a valve or pump is set


@dataclass(frozen=True, slots=True)
class Move:
    """From this time on (in the unit of the flows) the products A and B are drawn and the cascade is fed at
    these parts of their design flows."""

    time: float
    open_a: float
    open_b: float
    feed: float


def moves(run: StartUp, c: Cascade, rest: float = 0.0) -> tuple[Move, ...]:
    """Return a run's openings as few settings.

    Each differs from the one before by at least LEAST, or opens or shuts a product for good.

    Parameters
    ----------
    run : StartUp
    c : Cascade
    rest : float
        No two settings are nearer than this, in the unit of the flows' time.
    """
    extract, raffinate = c.organic[-1], c.aqueous[0]
    openings = np.column_stack([run.open_a, run.open_b])
    made: list[Move] = []
    for k, (time, now) in enumerate(zip(run.times, openings, strict=True)):
        a, b = (round(float(part) / STEP) * STEP for part in now)
        ends = not (openings[k:] != now).any()
        if made:
            if time < made[-1].time + rest:
                continue
            off = max(abs(now - [made[-1].open_a, made[-1].open_b]))
            if off < LEAST and not (ends and (a, b) != (made[-1].open_a, made[-1].open_b)):
                continue
        made.append(Move(float(time), a, b, float((a * extract + b * raffinate) / (extract + raffinate))))
    return tuple(made)


def by_the_clock(settings: tuple[Move, ...], c: Cascade) -> Control:
    """Return a control that makes the settings at their times, whatever the products are.

    Parameters
    ----------
    settings : tuple of Move
    c : Cascade
    """
    times = [move.time for move in settings]

    def control(time: float, *_: Array) -> tuple[Cascade, float, float]:
        move = settings[latest(times, time)]
        return throttled(c, move.open_a, move.open_b), move.open_a, move.open_b

    return control


def off_specification(
    run: StartUp, c: Cascade, a_side: Mask, impurity_a: float, impurity_b: float, b_side: Mask | None = None
) -> tuple[Array, Array]:
    """Return the amounts of either product that were drawn while it held more foreign elements than allowed.

    Parameters
    ----------
    run : StartUp
    c : Cascade
    a_side : array of bool (C)
        The elements of the extract.
    impurity_a, impurity_b : float
        Mole fractions of foreign elements allowed in the extract and in the raffinate.
    b_side : array of bool (C), optional
        As in `StartUp.time_to`.

    Returns
    -------
    tuple of array (C)
        mol.
    """
    foreign = ~a_side if b_side is None else b_side
    step = np.diff(run.times, prepend=run.times[0])  # a row tells of the step that ends there
    off_a = run.product_a[:, foreign].sum(axis=1) > impurity_a
    off_b = run.product_b[:, a_side].sum(axis=1) > impurity_b
    drawn_a = step * run.open_a * c.organic[-1] * off_a
    drawn_b = step * run.open_b * c.aqueous[0] * off_b
    return drawn_a @ run.product_a, drawn_b @ run.product_b
