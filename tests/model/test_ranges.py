"""A range: what it holds, and draws from it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.model.ranges import Range

NUMBERS = st.floats(0, 1e6)


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS), st.lists(st.floats(0, 1), min_size=2, max_size=9))
def test_draws_lie_within_and_rise(ends: tuple[float, float, float], quantiles: list[float]) -> None:
    low, likely, high = sorted(ends)
    drawn = Range(low, likely, high).at(np.sort(np.array(quantiles)))
    assert np.all((low - 1e-6 <= drawn) & (drawn <= high + 1e-6))
    assert np.all(np.diff(drawn) >= -1e-6)


def test_the_ends_the_mode_and_the_triangle() -> None:
    made = Range(2, 4, 8)
    assert (made.at(0.0), made.at(1.0)) == (2, 8)
    assert made.at(2 / 6) == pytest.approx(4)  # the part of the triangle left of its mode
    assert made.at(np.array([np.nan, 0.0])).tolist() == [4, 2]
    assert made.at(float("nan")) == 4
    assert Range(0.0, 1.0, 2.0).at(0.125) == pytest.approx(0.5)


@pytest.mark.parametrize("ends", [(2, 1, 3), (1, 4, 3), (float("nan"), 1, 2)])
def test_three_that_do_not_rise_are_refused(ends: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="do not rise"):
        Range(*ends)
