from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.digests import derived

YEARS = [(date(y, 1, 1), date(y, 12, 31)) for y in (2021, 2023)]
TERMS = st.lists(st.floats(1, 1e6), min_size=2, max_size=10)


@given(TERMS, st.data())
def test_the_sum_of_some_terms_is_found(terms: list[float], data: st.DataObject) -> None:
    some = data.draw(st.lists(st.sampled_from(range(len(terms))), min_size=2, max_size=4, unique=True))
    value = sum(terms[i] for i in some)
    found = derived.total(value, terms, 1e-9)
    assert sum(terms[i] for i in found) == pytest.approx(value)


@given(TERMS)
def test_no_terms_are_told_for_a_sum_beyond_them(terms: list[float]) -> None:
    assert derived.total(2 * sum(terms), terms, 1e-6) == ()


def test_a_difference_and_a_multiple_are_of_two_terms() -> None:
    assert derived.difference(5515, [34147, 2, 39662], 1e-6) == (0, 2)
    assert derived.multiple(2, [130, 7, 265], 0.03) == (0, 2)
    assert derived.multiple(2, [0, 7], 0.03) == derived.multiple(2, [7, 0], 0.03) == ()


@pytest.mark.parametrize(
    ("value", "unit", "lasts"), [(2, "year", True), (3, "year", False), (24, "month", False)]
)
def test_times_lie_apart_as_finely_as_they_are_told(value: float, unit: str, lasts: bool) -> None:
    assert derived.lasts(value, unit, YEARS) is lasts


def test_months_and_open_times() -> None:
    may, july = (date(2025, 5, 1), date(2025, 5, 31)), (date(2025, 7, 1), date(2025, 7, 31))
    assert derived.lasts(2, "month", [may, july])
    assert not derived.lasts(2, "month", [may, (july[0], date.max)])


def test_two_names_make_no_list() -> None:
    assert not derived.counted(2, ["material", "material"])
    assert derived.counted(3, ["material"] * 3)
