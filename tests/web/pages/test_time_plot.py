"""What the points of a figure are made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mine2magnet.claims import compare
from mine2magnet.claims.times import bounds
from mine2magnet.core import thesaurus
from mine2magnet.core.messages import Translator
from mine2magnet.figures.groups import Figure, Mark
from mine2magnet.figures.reference import Reference
from mine2magnet.web.kit.wording import Wording
from mine2magnet.web.pages import time_plot

WORDS = Wording(Translator("en"), thesaurus.load())
REFERENCE = Reference(
    "china", "price", None, "dysprosium_oxide", 1, 1, "USD/kg", "2025", "s", "https://a.example"
)


def figure(marks: list[Mark[Reference]], unit: str = "USD/kg") -> Figure:
    scope = compare.Scope(("china",), "price", None, ("dysprosium_oxide",), "level", "")
    ends = [end for mark in marks for end in (mark.low, mark.high) if end is not None]
    return Figure("f1", scope, unit, (), (min(ends), max(ends)), None, (), tuple(marks), ())


def test_a_reference_figure_says_its_amount_its_scope_and_its_source() -> None:
    day = date(2025, 1, 1)
    drawn = time_plot.chart(figure([Mark(REFERENCE, 1, 2, day, day)]), WORDS)
    assert (drawn.title, drawn.unit) == ("China · price · dysprosium oxide", "USD/kg")
    (point,) = drawn.points
    assert (point.low, point.high, point.since, point.until) == (1, 2, day, day)
    assert point.said == ("1–2\xa0USD/kg", "reference figure · 2025 · China · price · dysprosium oxide", "s")
    assert (point.kind, point.shape, point.href) == ("reference", "diamond", "https://a.example")


def test_no_date_is_called_so() -> None:
    day = date(2025, 1, 1)
    marks = [Mark(REFERENCE, 5, None, day, day), Mark(REFERENCE, None, 7, None, None)]
    assert time_plot.chart(figure(marks), WORDS).times()[-1][1] == "no date"


@pytest.mark.parametrize(
    ("period", "named"), [("2025-01-01", "1 Jan 2025"), ("2025-01", "Jan 2025"), ("2025", "2025")]
)
def test_one_time_is_called_by_its_name(period: str, named: str) -> None:
    since, until = bounds(period)
    drawn = time_plot.chart(figure([Mark(replace(REFERENCE, period=period), 5, 5, since, until)]), WORDS)
    assert drawn.times() == [(50, named)]


def test_times_are_named_by_day_month_and_year() -> None:
    def names(*days: date) -> list[str]:
        marks = [Mark(REFERENCE, 5, 5, day, day) for day in days]
        return [label for _, label in time_plot.chart(figure(marks), WORDS).times()]

    assert names(date(2025, 3, 1), date(2025, 3, 2)) == ["1 Mar 2025", "2 Mar 2025"]
    assert names(date(2025, 2, 10), date(2025, 5, 2)) == ["Mar 2025", "Apr 2025", "May 2025"]
    assert names(date(2019, 6, 1), date(2025, 8, 2)) == ["2020", "2022", "2024"]
