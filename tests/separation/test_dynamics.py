"""A cascade in time: conserving, and settling to the steady state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.separation import cut, dynamics, moves, sizing, steady
from mine2magnet.separation.study import reference_data

if TYPE_CHECKING:
    from tests.conftest import Record

P507, ARAXA = reference_data.extractant("P507"), reference_data.feed("araxa")
BETA = np.asarray(np.cumprod([1.0, *(factor.likely for factor in P507.factors.values())]), np.float64)
FEED = np.array([ARAXA.get(element, 0.01) for element in P507.order])
FEED /= FEED.sum()

CUT = cut.Cut(np.array([1.5, 1.0]), np.array([0.75, 0.25]), np.array([True, False]), 1e-3, 1e-3)
SIZED = sizing.verified(CUT)
DESIGN = SIZED.solution.cascade
HOLD = dynamics.Holdup(np.full(DESIGN.stages, 1.0), np.full(DESIGN.stages, 1.0))


def imbalance(r: dynamics.StartUp) -> float:
    change = r.held.sum(axis=0) - r.first_held.sum(axis=0)
    return float(abs(r.fed - r.made_a - r.made_b - change).max() / r.fed.sum())


def test_cold_start_conserves_and_settles_to_the_steady_state() -> None:
    r = dynamics.run(DESIGN, HOLD, 3e5)
    assert imbalance(r) < 1e-12
    a, b = SIZED.solution.product_a, SIZED.solution.product_b
    assert r.product_a[-1] == pytest.approx(a / a.sum(), rel=1e-4)
    assert r.product_b[-1] == pytest.approx(b / b.sum(), rel=1e-4)
    at_a, at_b = r.time_to(CUT.a_side, 1e-3, 1e-3)
    assert at_a is not None
    assert at_b is not None
    assert at_b > 50 * at_a  # one product comes at once, the other after ages


def test_drawing_on_specification_shortens_the_start() -> None:
    r = dynamics.run(DESIGN, HOLD, 2000, control=dynamics.on_specification(DESIGN, CUT.a_side, 1e-3, 1e-3))
    at_a, at_b = r.time_to(CUT.a_side, 1.01e-3, 1.01e-3)
    assert at_a is not None
    assert at_b is not None
    assert max(at_a, at_b) < 500
    assert imbalance(r) < 1e-12
    assert (r.made_a[1] / r.made_a.sum(), r.made_b[0] / r.made_b.sum()) < (2e-3, 2e-3)


def test_the_step_does_not_matter_much() -> None:
    coarse = dynamics.run(DESIGN, HOLD, 100)
    fine = dynamics.run(DESIGN, HOLD, 100, tolerance=1e-4)
    assert len(fine.times) > 3 * len(coarse.times)
    assert coarse.product_a[-1] == pytest.approx(fine.product_a[-1], rel=5e-3)


def test_a_change_of_feed_is_followed() -> None:
    c = sizing.at(CUT, 30, 30, 4.5).solution
    other = steady.solve(dynamics.throttled(c.cascade, 1.0, 1.0)).cascade
    richer = replace(other, feed_aqueous=other.feed_aqueous * [0.76 / 0.75, 0.24 / 0.25])
    hold = dynamics.Holdup(np.full(60, 1.0), np.full(60, 1.0))
    first = (hold.aqueous / c.cascade.aqueous)[:, None] * c.aqueous
    first += (hold.organic / c.cascade.organic)[:, None] * c.organic
    r = dynamics.run(
        c.cascade, hold, 2e4, control=dynamics.scheduled((0, c.cascade), (100, richer)), first_held=first
    )
    early = r.product_b[r.times < 100][-1]
    assert early == pytest.approx(c.product_b / c.product_b.sum(), rel=1e-3)
    late = steady.solve(richer).product_b
    assert r.product_b[-1] == pytest.approx(late / late.sum(), rel=1e-3)
    assert imbalance(r) < 1e-12


def test_inefficient_stages_settle_to_their_steady_state() -> None:
    c = sizing.at(cut.Cut(BETA, FEED, np.arange(15) >= 3, 1e-3, 1e-3, efficiency=0.85), 15, 15, 1.5)
    hold = dynamics.Holdup(np.full(30, 0.5), np.full(30, 0.5))
    r = dynamics.run(c.solution.cascade, hold, 1e6)
    assert r.product_a[-1] == pytest.approx(c.solution.product_a / c.solution.product_a.sum(), rel=1e-4)
    assert imbalance(r) < 1e-12


def test_total_reflux_draws_next_to_nothing() -> None:
    shut = dynamics.throttled(DESIGN, 0, 0)
    assert shut.organic[1:-1] == pytest.approx(DESIGN.organic[1:-1])
    assert shut.feed.sum() < 1e-5
    r = dynamics.run(shut, HOLD, 1000)
    ratio = r.product_a[-1, 0] / r.product_a[-1, 1] * r.product_b[-1, 1] / r.product_b[-1, 0]
    assert np.log(ratio) / np.log(1.5) == pytest.approx(DESIGN.stages, rel=1e-3)


def test_hold_of_the_wrong_length_is_told() -> None:
    with pytest.raises(UserError, match="stages hold"):
        dynamics.run(DESIGN, dynamics.Holdup(np.ones(3), np.ones(3)), 1.0)


@pytest.mark.parametrize("controlled", [True, False])
def test_a_start_takes_the_steps_that_it_did(controlled: bool, recorded: Record) -> None:
    control = dynamics.on_specification(DESIGN, CUT.a_side, 1e-3, 1e-3) if controlled else None
    r = dynamics.run(DESIGN, HOLD, 1500, control=control) if control else dynamics.run(DESIGN, HOLD, 1500)
    settings = moves.moves(r, DESIGN, 5.0)
    lost = moves.off_specification(r, DESIGN, CUT.a_side, 1e-3, 1e-3)
    again = dynamics.run(DESIGN, HOLD, 1500, control=moves.by_the_clock(settings, DESIGN))
    recorded(
        {
            "times": r.times[::7], "a": r.product_a[::7, 1], "b": r.product_b[::7, 0],
            "open": [r.open_a[::7], r.open_b[::7]],
            "made": [r.made_a, r.made_b, r.fed], "held": r.held[::9],
            "to": r.time_to(CUT.a_side, 1.1e-3, 1.1e-3),
            "moves": [[s.time, s.open_a, s.open_b, s.feed] for s in settings],
            "off": lost, "again": again.made_b,
        },
        1e-5,
    )  # fmt: skip
