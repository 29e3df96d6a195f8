"""Marks are round, cover what is drawn and are few; a scale keeps the order of values."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.charts.axis import Axis, decades, number, round_ticks

values = st.floats(-1e15, 1e15).map(lambda v: round(v, 6))
ranges = st.tuples(values, values).map(sorted).filter(lambda r: r[1] - r[0] > 1e-9 * max(map(abs, r)))
counts = st.integers(3, 12)


def is_round(step: float) -> bool:
    """One, two or five times a power of ten."""
    shown = f"{step:.12e}"
    return shown[0] in "125" and set(shown[1:14]) <= {".", "0"}


@given(ranges, counts)
def test_marks_are_round_ascend_and_reach_around_the_range(range_: list[float], most: int) -> None:
    low, high = range_
    ticks = round_ticks(low, high, most)
    steps = [float(Fraction(b) - Fraction(a)) for a, b in pairwise(ticks)]
    assert 2 <= len(ticks) <= most
    assert min(steps) > 0
    assert max(steps) == pytest.approx(min(steps), rel=1e-5)
    step = (ticks[-1] - ticks[0]) / (len(ticks) - 1)
    assert is_round(float(f"{step:.5g}"))
    slack = 1e-8 * step
    assert ticks[0] <= low + slack < ticks[1] + 2 * slack, "the next would be within"
    assert ticks[-2] - 2 * slack < high - slack <= ticks[-1]


@given(ranges, counts)
def test_marks_within_a_range_lie_within_and_leave_no_room_for_more(range_: list[float], most: int) -> None:
    low, high = range_
    ticks = round_ticks(low, high, most, within=True)
    slack = 1e-6 * (high - low)
    assert 1 <= len(ticks) <= most
    assert all(low - slack <= tick <= high + slack for tick in ticks)
    around = round_ticks(low, high, most)
    assert len(ticks) >= len(around) - 2 or len(ticks) > most / 3


@given(st.integers(1, 600), st.sampled_from([1.0, 13.0]))
def test_marks_of_weeks_are_whole_quarters(last: int, multiple: float) -> None:
    ticks = round_ticks(0, last, 9, multiple, within=True)
    assert all(tick % multiple == 0 for tick in ticks)
    assert ticks[0] == 0
    if last < 9 * multiple:
        assert len(ticks) == last // multiple + 1


@given(st.floats(-18, 18), st.floats(0, 20), counts)
def test_decades_are_powers_of_ten_around_the_range(power: float, span: float, most: int) -> None:
    low, high = 10.0**power, 10.0 ** (power + span)
    ticks = decades(low, high, most)
    assert 1 <= len(ticks) <= most
    assert all(log10(tick) == pytest.approx(round(log10(tick)), abs=1e-9) for tick in ticks)
    assert ticks[0] <= low * (1 + 1e-6)
    assert ticks[0] > low / 10 * (1 - 1e-6)
    assert len({round(log10(b / a)) for a, b in pairwise(ticks)}) <= 1


axes = st.builds(
    Axis,
    st.just("x"),
    log=st.booleans(),
    least=st.sampled_from([0.0, 1e-8]),
    include=st.sampled_from([(), (0.0,), (0.0, 1.0)]),
    multiple=st.sampled_from([None, 1.0]),
)
any_values = st.lists(st.floats(-1e12, 1e12) | st.sampled_from([float("nan"), float("inf")]), max_size=20)


@given(axes, any_values, st.booleans())
def test_a_scale_keeps_the_order_and_stays_in_its_box(axis: Axis, drawn: list[float], within: bool) -> None:
    scale = axis.scale(drawn, 300, 20, within=within)
    assert scale.low < scale.high
    finite = sorted(v for v in drawn if abs(v) < 1e15)
    places = [scale(v) for v in finite]
    assert all(20 - 1e-6 <= place <= 300 + 1e-6 for place in places)
    assert places == sorted(places, reverse=True), "more is higher up"
    assert all(20 - 1e-6 <= scale(tick) <= 300 + 1e-6 for tick in scale.ticks)
    assert len(scale.ticks) == len(scale.labels) <= 6
    if finite and not axis.log:
        slack = (scale.high - scale.low) * 1e-6
        assert scale.low - slack <= finite[0]
        assert finite[-1] <= scale.high + slack


def test_rows_stand_beneath_each_other() -> None:
    scale = Axis("", rows=("a", "b", "c")).scale([], 90, 0)
    assert [scale(row) for row in range(3)] == [15, 45, 75]
    assert scale.labels == ("a", "b", "c")


def test_what_is_less_than_the_least_lies_at_the_foot_of_a_logarithmic_scale() -> None:
    scale = Axis("x", log=True, least=1e-4).scale([0, 1e-9, 0.5], 100, 0)
    assert scale.ticks == (1e-4, 1e-3, 1e-2, 0.1, 1)
    assert scale(0) == scale(1e-9) == scale(1e-4) == 100
    assert scale(1e-2) == pytest.approx(50)


def test_a_single_value_has_room_around_it() -> None:
    scale = Axis("x").scale([5, 5], 100, 0)
    assert scale.low < 5 < scale.high
    assert 0 < scale(5) < 100


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (1e-3, "0.001"), (1e-8, "1e−8"), (2e-4, "0.0002"), (1e6, "1,000,000"), (-0.5, "−0.5")],
)
def test_values_are_written_in_full(value: float, said: str) -> None:
    assert number(value) == said
