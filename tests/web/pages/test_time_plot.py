"""Where marks stand."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mine2magnet import thesaurus
from mine2magnet.claims import compare
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


values = st.floats(-1e12, 1e12).map(lambda v: round(v, 6))
days = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))


@st.composite
def marks(draw: st.DrawFn) -> list[Mark[Reference]]:
    found = []
    for _ in range(draw(st.integers(1, 12))):
        low, high = sorted((draw(values), draw(values)))
        day = draw(days)
        until = day + timedelta(draw(st.integers(0, 400))) if day else None
        found.append(Mark(REFERENCE, draw(st.sampled_from((low, None))), high, day, until))
    return found


@given(marks())
def test_everything_stands_within_the_plot(given: list[Mark[Reference]]) -> None:
    drawn = time_plot.plot(figure(given), WORDS)
    assert len(drawn.dots) == len(given)
    for dot in drawn.dots:
        assert 0 <= dot.x <= 100
        assert 0 <= dot.top <= dot.bottom <= drawn.floor
    assert all(0 <= tick.at <= 100 for tick in drawn.times)
    assert 1 <= len(drawn.times) <= time_plot.TICKS + 1
    assert all(0 <= tick.at <= drawn.floor for tick in drawn.values)
    assert len(drawn.values) <= time_plot.TICKS + 2


def test_higher_is_up_and_later_is_right() -> None:
    early, late = date(2025, 1, 1), date(2025, 6, 1)
    a, b = time_plot.plot(
        figure([Mark(REFERENCE, 1, 2, early, early), Mark(REFERENCE, 3, 4, late, late)]), WORDS
    ).dots
    assert a.x < b.x
    assert a.top > b.bottom
    assert (a.top < a.bottom, a.open) == (True, "")


def test_marks_in_one_place_are_drawn_beside_each_other() -> None:
    day = date(2025, 1, 1)
    drawn = time_plot.plot(figure([Mark(REFERENCE, 5, 5, day, day)] * 5), WORDS)
    assert sorted(dot.shift for dot in drawn.dots) == [-24, -12, 0, 12, 24]
    assert [tick.label for tick in drawn.times] == ["1 Jan 2025"]


def test_open_ends_and_no_dates_are_shown_as_such() -> None:
    day = date(2025, 1, 1)
    drawn = time_plot.plot(
        figure([Mark(REFERENCE, 5, None, day, day), Mark(REFERENCE, None, 7, None, None)]), WORDS
    )
    assert {dot.open for dot in drawn.dots} == {"up", "down"}
    assert drawn.times[-1].label == "no date"
    assert drawn.dots[-1].x == drawn.times[-1].at


def test_prices_that_differ_by_orders_are_drawn_by_logarithm() -> None:
    day = date(2025, 1, 1)
    far = [Mark(REFERENCE, value, value, day, day) for value in (2, 30, 4000)]
    drawn = time_plot.plot(figure(far), WORDS)
    assert drawn.steep
    tops = [dot.top for dot in drawn.dots]
    assert tops[0] - tops[1] > 40
    assert tops[1] - tops[2] > 40
    assert not time_plot.plot(figure(far[:2]), WORDS).steep


def test_one_year_is_called_by_its_name() -> None:
    drawn = time_plot.plot(figure([Mark(REFERENCE, 5, 5, date(2025, 1, 1), date(2025, 12, 31))]), WORDS)
    assert [tick.label for tick in drawn.times] == ["2025"]


def test_years_are_named_where_their_figures_stand() -> None:
    years = [Mark(REFERENCE, y, y, date(y, 1, 1), date(y, 12, 31)) for y in (2023, 2024, 2025)]
    drawn = time_plot.plot(figure(years), WORDS)
    assert [(tick.at, tick.label) for tick in drawn.times] == [
        (dot.x, label) for dot, label in zip(drawn.dots, ("2023", "2024", "2025"), strict=True)
    ]
