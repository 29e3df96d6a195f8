"""Scenarios side by side: nothing differs from itself, all else is draw by draw."""

from __future__ import annotations

import pytest
from msgspec import structs

from mine2magnet.chain import simulate
from mine2magnet.chain.io import scenarios, tables
from mine2magnet.chain.report import comparison
from mine2magnet.chain.report.result import common_draws
from mine2magnet.model.ranges import Range

NETWORK = tables.load()
EMBARGO = structs.replace(scenarios.preset("embargo"), weeks=52)
RESERVE = EMBARGO.with_(*scenarios.mitigation_sets()["8 weeks of magnets in reserve"])
DRAWS = 12


@pytest.fixture(scope="module")
def found() -> comparison.ComparisonReport:
    return comparison.compared(
        NETWORK, (EMBARGO, RESERVE, EMBARGO), ("nothing done", "reserve", "again"), DRAWS
    )


def test_a_scenario_does_not_differ_from_itself(found: comparison.ComparisonReport) -> None:
    first, _, again = found.outcomes
    assert again.loss == first.loss
    assert (again.mean, again.interval) == (0, (0, 0))
    assert all(one.saved[0] == one.saved[2] == (0, 0, 0) for one in found.ends)
    assert found.served[0] == found.served[2]


def test_differences_are_of_the_same_draws(found: comparison.ComparisonReport) -> None:
    drawn = common_draws(NETWORK, (EMBARGO, RESERVE), DRAWS)
    lost = [simulate(NETWORK, s, d).loss for s, d in zip((EMBARGO, RESERVE), drawn, strict=True)]
    saved = (lost[0] - lost[1]).sum(axis=0)
    assert found.outcomes[1].mean == pytest.approx(saved.mean())
    low, high = found.outcomes[1].interval
    assert low < saved.mean() < high
    apart = 1.96 * (lost[0].sum(axis=0).var(ddof=1) + lost[1].sum(axis=0).var(ddof=1)) ** 0.5 / DRAWS**0.5
    assert (high - low) / 2 < apart  # than of draws apart
    assert sum(one.saved[1][0] for one in found.ends) == pytest.approx(saved.mean())


def test_inputs_that_differ_are_named(found: comparison.ComparisonReport) -> None:
    (only,) = found.inputs
    assert (only.of, only.field) == ("scenario", "what is done about it")
    assert only.values[0] == ()
    longer = structs.replace(
        EMBARGO, seed=3, events=(structs.replace(EMBARGO.events[0], weeks=Range.of(4)), EMBARGO.events[0])
    )
    told = {(d.of, d.field): d.values for d in comparison.differences((EMBARGO, longer))}
    assert told["scenario", "seed"] == ((str(EMBARGO.seed),), ("3",))
    assert told["event 1", "weeks"][1] == ("4",)
    assert told["event 2", "kind"] == ((), ("embargo",))
    assert list(comparison.differences((EMBARGO, EMBARGO))) == []


def test_the_chart_has_a_line_for_each(found: comparison.ComparisonReport) -> None:
    drawn = comparison.chart(found)
    assert len(drawn.series) == 6
    assert [row["week"] for row in drawn.rows()][:2] == [0.0, 1.0]
    assert min(found.served[0][1]) < min(found.served[1][1]) <= 1


def test_rows_of_one_scenario_are_told_apart_by_strength_and_weeks() -> None:
    half = structs.replace(EMBARGO.events[0], strength=Range.of(0.5), weeks=Range.of(10))
    scenarios_ = (EMBARGO, structs.replace(EMBARGO, events=(half,)))
    told = [o.event for o in comparison.compared(NETWORK, scenarios_, ("", ""), 2).outcomes]
    assert told == [
        ("from week 8 for 26 (8 … 52) weeks", "strength 100 %"),
        ("from week 8 for 10 weeks", "strength 50 %"),
    ]
