"""Dates and periods relative to publication."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.claims.numerals import narrow
from mine2magnet.claims.times import bounds, find, shifted, year_end

TODAY = date(2025, 6, 15)  # a Sunday


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("in 2024", "2024"),
        ("in Q3 2025", "2025-07/2025-09"),
        ("in the second quarter of 2022", "2022-04/2022-06"),
        ("in the first half of 2024", "2024-01/2024-06"),
        ("in the first five months of 2024", "2024-01/2024-05"),
        ("on the same five months of 2024", "2024-01/2024-05"),
        ("in the same five months", None),
        ("on 3 March 2025", "2025-03-03"),
        ("in the three months to 31 March 2025", "2025-01/2025-03"),
        ("for the quarterly period ended March 31, 2025", "2025-01/2025-03"),
        ("our 2030E estimate", "2030"),
        ("2025年半年度业绩", "2025-01/2025-06"),
        ("27年秋に動く", "2027-09/2027-11"),
        ("5000トン(27年)", "2027"),
        ("米国の需要(25年、推計)", "2025"),
        ("24年通年の輸出量", "2024"),
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
        ("3月起实施", "2026-03"),
        ("3月已实施", "2025-03"),
        ("27年からの計画", "2027/.."),
        ("28年度以降の計画", "2028-04/.."),
        ("29年3月期の計画", "2028-04/2029-03"),
        ("24年10〜12月期", "2024-10/2024-12"),
        ("一季报", "2025-01/2025-03"),
        ("by May", "2025-05"),
        ("by March", "2026-03"),
        ("Q3 last year", "2024-07/2024-09"),
        ("in the third quarter", "2024-07/2024-09"),
        ("in the second quarter this year", "2025-04/2025-06"),
        ("in the second quarter", "2025-04/2025-06"),
        ("in the 4th quarter of 2023", "2023-10/2023-12"),
        ("in the second half of last year", "2024-07/2024-12"),
        ("in H1", "2025-01/2025-06"),
        ("in H2 2023", "2023-07/2023-12"),
        ("in the first three quarters of last year", "2024-01/2024-09"),
        ("in the first three quarters of 2023", "2023-01/2023-09"),
        ("in the first 10 months of last year", "2024-01/2024-10"),
        ("in the first two months", "2025-01/2025-02"),
        ("in the first eleven months of 2023", "2023-01/2023-11"),
        ("in the September quarter", "2024-07/2024-09"),
        ("in the June quarter", "2025-04/2025-06"),
        ("in the six months to June", "2025-01/2025-06"),
        ("in the six months to July", "2024-02/2024-07"),
        ("in the 10 months to March 2024", "2023-06/2024-03"),
        ("in the half ended June 2024", "2024-01/2024-06"),
        ("in fiscal 2023", "2023"),
        ("this year", "2025"),
        ("next year", "2026"),
        ("this month", "2025-06"),
        ("next month", "2025-07"),
        ("this quarter", "2025-04/2025-06"),
        ("next quarter", "2025-07/2025-09"),
        ("last week", "2025-06-02/2025-06-08"),
        ("this week", "2025-06-09/2025-06-15"),
        ("next week", "2025-06-16/2025-06-22"),
        ("today", "2025-06-15"),
        ("tomorrow", "2025-06-16"),
        ("currently", "2025-06-15"),
        ("on Sunday", "2025-06-15"),
        ("on Saturday", "2025-06-14"),
        ("a year ago", "2024-06"),
        ("the start of the year", "2025-01"),
        ("the end of last year", "2024-12"),
        ("before the decade is out", "2029"),
        ("in 2023-24", "2023/2024"),
        ("in 2023-2025", "2023/2025"),
        ("between January and March 2025", "2025-01/2025-03"),
        ("from January 2024 to March 2025", "2024-01/2025-03"),
        ("on 3 July", "2024-07-03"),
        ("from 1 November", "2025-11-01/.."),
        ("by 3 July", "2025-07-03"),
        ("on 1 January", "2025-01-01"),
        ("by September", "2025-09"),
        ("by August", "2025-08"),
        ("through June", "2025-06"),
        ("since early 2024", "2024/.."),
        ("starting in 2027", "2027/.."),
        ("from 2024", "2024"),
        ("明日", "2025-06-16"),
        ("今日", "2025-06-15"),
        ("目前", "2025-06-15"),
        ("上周", "2025-06-02/2025-06-08"),
        ("今週", "2025-06-09/2025-06-15"),
        ("来月", "2025-07"),
        ("下个月", "2025-07"),
        ("本月", "2025-06"),
        ("半年报", "2025-01/2025-06"),
        ("三季报", "2024-01/2024-09"),
        ("第三季度", "2025-07/2025-09"),
        ("四季度", "2025-10/2025-12"),
        ("第四季度", "2025-10/2025-12"),
        ("年末", "2025-12"),
        ("年初以来", "2025-01/.."),
        ("下半年", "2025-07/2025-12"),
        ("2024年下半年", "2024-07/2024-12"),
        ("2024年前三季度", "2024-01/2024-09"),
        ("24年度上期の計画", "2024-04/2024-09"),
        ("2024年下期", "2024-07/2024-12"),
        ("一昨年", "2023"),
        ("昨年度の実績", "2024-04/2025-03"),
        ("来年度の計画", "2026-04/2027-03"),
        ("平成元年", "1989"),
        ("昭和60年", "1985"),
        ("令和7年度", "2025-04/2026-03"),
        ("10〜12月期", "2025-10/2025-12"),
        ("20日に", "2025-05-20"),
        ("15日に", "2025-06-15"),
        ("前11个月", "2025-01/2025-11"),
        ("7月から", "2025-07"),
        ("7月", "2024-07"),
        ("6月から", "2025-06"),
        ("2025年6月3日", "2025-06-03"),
        ("2025年13月", None),
        ("2025年2月30日", None),
        ("从2024年1月至2025年3月", "2024-01/2025-03"),
        ("近日", None),
        ("recently", None),
        # spaced, in Han, abbreviated
        ("6 月 11 日", "2025-06-11"),
        ("2024 年 6 月 30 日", "2024-06-30"),
        ("前 5 个月", "2025-01/2025-05"),
        ("前5月我国出口", "2025-01/2025-05"),
        ("去年前8个月", "2024-01/2024-08"),
        ("去年1-5月", "2024-01/2024-05"),
        ("七八月开工率", "2025-07/2025-08"),
        ("十日宣布", "2025-06-10"),
        ("6日对外公布", "2025-06-06"),
        ("第3季營收", "2025-07/2025-09"),
        ("明年首季", "2026-01/2026-03"),
        ("前3季", "2025-01/2025-09"),
        ("3月季度收入", "2025-01/2025-03"),
        ("全年计划", "2025"),
        ("上一财年", "2024"),
        ("2025年1月1日至2025年6月30日", "2025-01-01/2025-06-30"),
        ("2025年4月1日~9月30日", "2025-04-01/2025-09-30"),
        ("2026年至2028年", "2026/2028"),
        ("7月から9月にかけて", "2025-07/2025-09"),
        ("2027年度から2031年度までの間", "2027-04/2032-03"),
        ("自3月恢复部分通关以来", "2025-03/.."),
        ("上周五", "2025-06-06"),
        ("本周一", "2025-06-09"),
        ("下周", "2025-06-16/2025-06-22"),
        ("金曜日に", "2025-06-13"),
        ("来春に稼働", "2026-03/2026-05"),
        ("昨年夏の価格", "2024-06/2024-08"),
        ("夏までに", "2025-06/2025-08"),
        ("年初来で", "2025-01/2025-06"),
        ("年度内に実施", "2025-04/2026-03"),
        ("3年前は", "2022"),
        ("10年後には", "2035"),
        ("1カ月前に", "2025-05"),
        ("两年后投产", "2027"),
        ("2年以内に", "2025-06/2027-06"),
        ("25年前半に", "2025-01/2025-06"),
        ("2025年上期", "2025-01/2025-06"),
        ("2025年度第1四半期の", "2025-04/2025-06"),
        ("during April-June 2025", "2025-04/2025-06"),
        ("in January-May", "2025-01/2025-05"),
        ("From January to May", "2025-01/2025-05"),
        ("from October to March", "2024-10/2025-03"),
        ("In May I paid", "2025-05"),
        ("Before April it was", "../2025-03"),
        ("in 1H 2026", "2026-01/2026-06"),
        ("2H25", "2025-07/2025-12"),
        ("Q3'24", "2024-07/2024-09"),
        ("4Q 2024", "2024-10/2024-12"),
        ("in the final quarter of 2024", "2024-10/2024-12"),
        ("March Q 2025", "2025-01/2025-03"),
        ("this winter", "2024-12/2025-02"),
        ("by spring", "2026-03/2026-05"),
        ("last summer", "2024-06/2024-08"),
        ("in spring 2026", "2026-03/2026-05"),
        ("year to date", "2025-01/2025-06"),
        ("two years ago", "2023"),
        ("three months ago", "2025-03"),
        ("a week ago", "2025-06-02/2025-06-08"),
        ("a decade ago", "2015"),
        ("cash at quarter end", "2025-03-31"),
        ("costs for the quarter eased", "2025-01/2025-03"),
        ("in the current half-year", "2025-01/2025-06"),
        ("since the start of the month", "2025-06/.."),
        ("end-June", "2025-06"),
        ("mid-2027", "2027"),
        ("the second half of 2027", "2027-07/2027-12"),
    ],
)
def test_a_time_is_told(text: str, period: str | None) -> None:
    found = [t.period for t in find(narrow(text), TODAY) if t.period]
    assert found == ([period] if period else [])


@pytest.mark.parametrize(
    ("text", "published", "period"),
    [
        ("Q2", date(2025, 3, 31), "2024-04/2024-06"),  # it has not begun
        ("Q2", date(2025, 4, 1), "2025-04/2025-06"),
        ("the June quarter", date(2025, 4, 1), "2025-04/2025-06"),
        ("the June quarter", date(2025, 3, 31), "2024-04/2024-06"),
        ("last quarter", date(2025, 1, 10), "2024-10/2024-12"),
        ("next quarter", date(2025, 12, 10), "2026-01/2026-03"),
        ("last month", date(2025, 1, 31), "2024-12"),
        ("next month", date(2025, 12, 31), "2026-01"),
        ("10〜12月期", date(2026, 1, 20), "2025-10/2025-12"),
        ("7〜9月期", date(2026, 1, 20), "2026-07/2026-09"),  # at most half a year ahead
        ("第四季度", date(2026, 4, 1), "2026-10/2026-12"),
        ("第四季度", date(2026, 3, 31), "2025-10/2025-12"),
        ("20日に", date(2025, 1, 15), "2024-12-20"),
        ("今年度の計画", date(2025, 3, 31), "2024-04/2025-03"),
        ("今年度の計画", date(2025, 4, 1), "2025-04/2026-03"),
        ("半年报", date(2025, 6, 30), "2025-01/2025-06"),
        ("半年报", date(2025, 5, 31), "2024-01/2024-06"),
        ("by June", date(2025, 8, 1), "2025-06"),  # two months ago: over
        ("by June", date(2025, 9, 1), "2026-06"),
    ],
)
def test_what_is_relative_turns_on_the_day_of_publication(text: str, published: date, period: str) -> None:
    assert [t.period for t in find(narrow(text), published) if t.period] == [period]


@pytest.mark.parametrize(
    ("text", "year_end", "period"),
    [
        ("in FY2025", 12, "2025"),
        ("in FY26", 6, "2025-07/2026-06"),
        ("in FY2025-26", 3, "2025-04/2026-03"),
        ("FY 2027-28", 3, "2027-04/2028-03"),
        ("in 2024-25", 3, "2024-04/2025-03"),
        ("in 2024-25", 12, "2024/2025"),
        ("in the first half", 3, "2025-04/2025-09"),
        ("in the first half of FY2025-26", 3, "2025-04/2025-09"),
        ("1H FY26", 6, "2025-07/2025-12"),
        ("Q1 FY26", 6, "2025-07/2025-09"),
        ("in the last financial year", 3, "2024-04/2025-03"),
        ("in the current fiscal year", 6, "2024-07/2025-06"),
        ("FY25の実績", 3, "2025-04/2026-03"),
    ],
)
def test_fiscal_years_end_where_the_document_says(text: str, year_end: int, period: str) -> None:
    assert [t.period for t in find(text, TODAY, year_end) if t.period] == [period]


def test_the_end_of_fiscal_years_is_told_by_the_document() -> None:
    assert year_end(["Rs 185 crore in 2025-26"], "en") == 3
    assert year_end(["Lynas (ASX: LYC)"], "en") == 6
    assert year_end(["ライナス FY23（6月期）"], "ja") == 6
    assert year_end(["三菱マテリアル"], "ja") == 3
    assert year_end(["fiscal 2025"], "en") == 12


def test_the_same_year_is_the_one_told_before() -> None:
    found = find("2023年の生産。同年4月から", TODAY)
    assert [t.period for t in found] == ["2023", "2023-04"]
    found = find("2025年11月出口6150吨，超过当年1月的6357吨", date(2026, 4, 21))
    assert [t.period for t in found] == ["2025-11", "2025-01"]


def test_months_over_which_a_year_goes_on_begin_with_it() -> None:
    """After a half or first months of a year; elsewhere they are a span of time."""
    text = narrow("Over the first half of 2025 it was 22 t; over nine months 39 t. It fell over two months.")
    assert [t.period for t in find(text, TODAY)] == ["2025-01/2025-06", "2025-01/2025-09"]
    assert find(narrow("It fell over nine months."), TODAY) == []


def test_what_is_relative_is_not_guessed_without_publication() -> None:
    assert [t.period for t in find("last year and in May, in 2023")] == [None, None, "2023"]


@pytest.mark.parametrize(
    "text", ["it may run out", "they march on", "2,050 tonnes", "1990 people", "2000万吨", "2000~4000ドル"]
)
def test_what_is_no_time_is_left(text: str) -> None:
    assert [t for t in find(text, TODAY) if t.period] == []


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
        assert [t.period for t in find(written, TODAY)] == [day.isoformat()]


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    for time in find(narrow(text), TODAY):
        if time.period:
            low, high = bounds(time.period)
            assert low <= high
