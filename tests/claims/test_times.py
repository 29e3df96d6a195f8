"""Dates and periods relative to publication."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.claims.numerals import narrow
from mine2magnet.claims.times import bounds, find, shifted

TODAY = date(2025, 6, 15)  # a Sunday


@pytest.mark.parametrize(
    ("text", "as_of"),
    [
        ("in 2024", "2024"),
        ("in Q3 2025", "2025-07/2025-09"),
        ("in the second quarter of 2022", "2022-04/2022-06"),
        ("in the first half of 2024", "2024-01/2024-06"),
        ("in the first five months of 2024", "2024-01/2024-05"),
        ("on 3 March 2025", "2025-03-03"),
        ("on March 3, 2025", "2025-03-03"),
        ("in November", "2024-11"),
        ("in May", "2025-05"),
        ("in the nine months to May", "2024-09/2025-05"),
        ("since April", "2025-04/.."),
        ("last month", "2025-05"),
        ("last year", "2024"),
        ("last quarter", "2025-01/2025-03"),
        ("yesterday", "2025-06-14"),
        ("on Monday", "2025-06-09"),
        ("by 2030", "2030"),
        ("from 7 November 2025 to 10 November 2026", "2025-11-07/2026-11-10"),
        ("2025-04-04", "2025-04-04"),
        ("今年4月", "2025-04"),
        ("去年", "2024"),
        ("去年10月", "2024-10"),
        ("2024年", "2024"),
        ("二〇二四年", "2024"),
        ("2025年第一季度", "2025-01/2025-03"),
        ("前三季度", "2025-01/2025-09"),
        ("前5个月", "2025-01/2025-05"),
        ("上半年", "2025-01/2025-06"),
        ("上个月", "2025-05"),
        ("今年年初", "2025-01"),
        ("昨日", "2025-06-14"),
        ("4月以来", "2025-04/.."),
        ("1-5月", "2025-01/2025-05"),
        ("2024年度の計画", "2024-04/2025-03"),
        ("令和7年", "2025"),
        ("昨年", "2024"),
        ("来年1月", "2026-01"),
        ("先月", "2025-05"),
        ("7〜9月期", "2025-07/2025-09"),
        ("第2四半期", "2025-04/2025-06"),
        ("in the December quarter", "2024-10/2024-12"),
        ("in the year to March 2025", "2024-04/2025-03"),
        ("in the quarter ended March 31, 2025", "2025-01/2025-03"),
        ("from 2029", "2029/.."),
        ("从2028年起", "2028/.."),
        ("27年からの計画", "2027/.."),
        ("28年度以降の計画", "2028-04/.."),
        ("29年3月期の計画", "2028-04/2029-03"),
        ("24年10〜12月期", "2024-10/2024-12"),
        ("一季报", "2025-01/2025-03"),
        ("by May", "2025-05"),
        ("by March", "2026-03"),
        ("近日", None),
        ("recently", None),
    ],
)
def test_a_time_is_told(text: str, as_of: str | None) -> None:
    found = [t.as_of for t in find(narrow(text), TODAY) if t.as_of]
    assert found == ([as_of] if as_of else [])


def test_what_is_relative_is_not_guessed_without_publication() -> None:
    assert [t.as_of for t in find("last year and in May, in 2023")] == [None, None, "2023"]


@pytest.mark.parametrize(
    "text", ["it may run out", "they march on", "2,050 tonnes", "1990 people", "2000万吨"]
)
def test_what_is_no_time_is_left(text: str) -> None:
    assert [t for t in find(text, TODAY) if t.as_of] == []


def test_bounds() -> None:
    assert bounds("2024") == (date(2024, 1, 1), date(2024, 12, 31))
    assert bounds("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert bounds("2025-07/2025-09") == (date(2025, 7, 1), date(2025, 9, 30))
    assert bounds("2024/..") == (date(2024, 1, 1), date.max)
    assert shifted("2024-02-29", 1) == "2025-02-28"


@given(st.dates(date(1950, 1, 1), date(2149, 12, 31)))
def test_full_dates_round_trip(day: date) -> None:
    for written in (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.day} {day:%B} {day.year}",
    ):
        assert [t.as_of for t in find(written, TODAY)] == [day.isoformat()]


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    for time in find(narrow(text), TODAY):
        if time.as_of:
            low, high = bounds(time.as_of)
            assert low <= high
