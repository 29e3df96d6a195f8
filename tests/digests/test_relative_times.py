from __future__ import annotations

from datetime import date

import pytest

from mine2magnet.digests.relative_times import resolved

WEDNESDAY = date(2025, 8, 20)


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("en", "Prices fell last week and this week.", ["2025-08-11–17", "2025-08-18–24"]),
        ("en", "Output will stop next month.", ["2025-09"]),
        ("en", "Output rose last year, by 5% this year.", ["2024", "2025"]),
        ("en", "Output rose this year, to 5 t in 2025.", []),  # it says so itself
        ("en", "The ministry said on Monday that it had.", ["2025-08-18"]),
        ("en", "The ministry said Thursday that it had.", ["2025-08-14"]),
        ("en", "The ministry is to decide on Monday.", []),  # which one?
        ("en", "The price was set on Friday, August 1.", []),
        ("en", "Yesterday prices fell.", ["2025-08-19"]),
        ("en", "A year-old mine; last year's ore; a last-week rush.", ["2024"]),
        ("zh", "上周五报价，较上月下跌。", ["2025-08-15", "2025-07"]),
        ("zh", "4月出口2626吨，比上月减少。", []),  # March
        ("zh", "本周报价；下个月停产。", ["2025-08-18–24", "2025-09"]),
        ("en", "It fell midday, was open someday.", []),
        ("en", "It opened last Friday; last Monday it shut.", ["2025-08-15"]),  # last Monday: which?
        ("zh", "截至周五报价，周三说", ["2025-08-15", "2025-08-20"]),
        ("zh", "周一至周五、每周一", []),
        ("zh", "昨（19）日表示", ["2025-08-19"]),
        ("zh", "公司18日宣布，去年产量增长。", ["2025-08-18", "2024"]),
        ("zh", "审批平均15日，15日内办结，2月15日公布，15日至20日", []),
        ("zh", "公司25日宣布", []),  # of the month before, perhaps
        ("ja", "１９日発表した。", ["2025-08-19"]),
        ("ja", "先週、今月、来年", ["2025-08-11–17", "2025-08", "2026"]),
        ("ja", "一昨年、昨年度、7月19日、15日間、平均15日", []),
        ("ko", "last week", []),
    ],
)
def test_times_are_told_by_the_day_of_publication(language: str, text: str, told: list[str]) -> None:
    assert resolved(text, WEDNESDAY, language) == told


def test_at_a_weekend_last_week_may_be_either() -> None:
    assert resolved("Prices fell last week.", date(2025, 8, 23), "en") == []
    assert resolved("上周五", date(2025, 8, 23), "zh") == ["2025-08-15"]


def test_an_interval_says_once_what_its_days_have_in_common() -> None:
    assert resolved("last week", date(2025, 8, 6), "en") == ["2025-07-28–08-03"]
    assert resolved("this week", date(2026, 1, 1), "en") == ["2025-12-29–2026-01-04"]
    assert resolved("last month", date(2026, 1, 1), "en") == ["2025-12"]


@pytest.mark.parametrize("published", [date.min, date.max])
def test_a_page_of_an_impossible_day_tells_no_time(published: date) -> None:
    assert resolved("Last week and next week, last year and next year.", published, "en") == []


def test_of_many_times_the_years_are_left_out() -> None:
    text = "Last year, this year, next year and last month."
    assert resolved(text, WEDNESDAY, "en") == ["2025-07"]
