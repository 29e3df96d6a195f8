"""Scenarios and mitigations side by side: on common draws, with differences and their interval."""

from __future__ import annotations

import numpy as np
import pytest

from mine2magnet.chain import Event, Mitigation, Scenario, draw, simulate
from mine2magnet.chain.examples import joint, of
from mine2magnet.chain.report.result import common_draws, compare, result, run, without_effect
from mine2magnet.core.messages import Translator
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


def test_what_is_lost_is_not_made_or_not_wanted() -> None:
    """A tariff stops nothing, and what it costs is all given up at the price; the parts are the whole."""
    tariff = Scenario("tariff", (Event("tariff", WHERE, of(2), strength=of(0.3)),), weeks=50)
    found = run(joint(), tariff, 10)[0]
    assert found.loss[1] > 0
    assert found.dear == pytest.approx(found.loss)
    assert found.short == pytest.approx((0, 0, 0))
    assert all(e.stopping == 0 and e.forgone[1] > 0 for e in found.ends if e.loss[1] > 0)
    outcome = simulate(joint(), embargo(1, ""), 20)
    assert (outcome.value @ (outcome.lost + outcome.forgone)) == pytest.approx(outcome.loss.sum(axis=0))


@pytest.mark.parametrize("strength", [0.3, 0.5, 0.7, 1.0])
def test_what_stops_in_the_most_likely_draw_stops_in_it_by_the_same_measure(strength: float) -> None:
    """Those who wait are no measure of a stop, neither of draws nor in the explanation."""
    scenario = embargo(strength, "x")
    found, outcome, likely = run(joint(), scenario, 0)
    stopping = {e.name: e.first_stop[1] for e in found.ends if e.stopping}
    assert {end: week for end, week, _ in found.stops} == stopping
    np.testing.assert_array_equal(likely.first_stop, outcome.first_stop[:, 0])


def test_an_event_without_effect_is_told() -> None:
    late = Event("embargo", WHERE, Range(40, 60, 80), of(4))
    assert list(without_effect(Scenario("x", (late,), weeks=104))) == []
    (some,) = without_effect(Scenario("x", (late,), weeks=80))
    assert some.endswith(
        "begins in week 80, after the end of the run of 80 weeks, in some draws, in which it changes nothing"
    )
    none = Scenario("x", (Event("embargo", WHERE, of(200), of(4)),), weeks=104)
    found = result(none, simulate(joint(), none, 3), ())
    assert found.loss == (0, 0, 0)
    (said,) = found.remarks
    assert said.endswith("in week 200, after the end of the run of 104 weeks, so it changes nothing")
    assert Translator("ja").say(said).endswith("何も変わりません")


def test_a_scenario_in_which_nothing_happens_says_so() -> None:
    (said,) = result(Scenario("x"), simulate(joint(), Scenario("x"), 1), ()).remarks
    assert said == "no event happens in this scenario, so nothing can be lost"
    assert Translator("zh").say(said) == "该情景中没有任何事件，因此不会有损失"


def test_there_is_no_quantile_of_a_price_at_which_nothing_is_sold() -> None:
    shut = Scenario("x", (Event("embargo", {"abroad": ("yes",)}, of(4), Range(4, 20, 40)),), weeks=60)
    found = run(joint(), shut, 40)[0]
    weekly = [series.weekly for series in found.prices]
    assert found.unsold
    for low, middle, high in weekly:
        assert all(b is not None or c is None for b, c in zip(middle, high, strict=True))
        assert all(a is not None or b is None for a, b in zip(low, middle, strict=True))
