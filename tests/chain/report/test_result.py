"""Scenarios and mitigations side by side: on common draws, with differences and their interval."""

from __future__ import annotations

import numpy as np
import pytest

from mine2magnet.chain import Event, Mitigation, Scenario, draw, simulate
from mine2magnet.chain.examples import joint, of
from mine2magnet.chain.report.result import common_draws, compare
from mine2magnet.model.ranges import Range

WHERE = {"from_country": ("China",), "to_region": ("Europe",)}


def embargo(strength: float, name: str, *more: Event) -> Scenario:
    event = Event("embargo", WHERE, of(4), Range(10, 20, 30), of(strength))
    return Scenario(name, (event, *more), weeks=50)


def test_scenarios_share_all_that_is_not_of_their_events() -> None:
    tariff = Event("tariff", WHERE, of(2), of(10), of(0.3))
    several = embargo(1, "a"), embargo(1, "b", tariff, tariff)
    one, other = common_draws(joint(), several, 30)
    for name in ("cover_in", "cover_out", "lead", "elasticity", "hoarding", "recipe"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name
    assert np.array_equal(one.events["weeks"][0], draw(joint(), several[0], 30).events["weeks"][0])


def test_a_scenario_beside_itself_differs_by_nothing() -> None:
    first, second = compare(joint(), (embargo(1, "a"), embargo(1, "b")), {}, 20)
    assert (first.scenario, second.scenario) == ("a", "b")
    assert first.loss == second.loss
    assert second.saved == (0, 0, 0)
    assert second.interval == (0, 0)


def test_differences_are_paired_and_their_interval_is_that_of_the_mean() -> None:
    sets = {"a reserve": (Mitigation("stockpile", {"node": ("cars",)}, 5),)}
    rows = compare(joint(), (embargo(1, "full"), embargo(0.5, "half")), sets, 40)
    assert [(r.scenario, r.name) for r in rows] == [
        ("full", "nothing done"), ("full", "a reserve"), ("full", "all of these"),
        ("half", "nothing done"), ("half", "a reserve"), ("half", "all of these"),
    ]  # fmt: skip
    drawn = common_draws(joint(), (embargo(1, "full"), embargo(0.5, "half")), 40)
    lost = [
        simulate(joint(), s, d).loss.sum(axis=0)
        for s, d in zip((embargo(1, ""), embargo(0.5, "")), drawn, strict=True)
    ]
    saved, half = lost[0] - lost[1], rows[3]
    assert half.mean == pytest.approx(saved.mean())
    assert half.interval[1] - half.mean == pytest.approx(1.96 * saved.std(ddof=1) / 40**0.5)
    # unpaired draws would tell much less
    assert half.interval[1] - half.interval[0] < 2 * 1.96 * (lost[0].var() / 40 + lost[1].var() / 40) ** 0.5
    assert half.interval[0] > 0
    assert rows[1].saved == rows[2].saved


def test_one_draw_has_no_interval() -> None:
    (row,) = compare(joint(), embargo(1, "a"), {}, 0)
    assert row.interval == (0, 0)
