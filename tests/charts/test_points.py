"""Where points stand, what they say, and the times beneath them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.charts import points
from mine2magnet.charts.axis import number
from mine2magnet.charts.points import Grain, PointChart, TimePoint, calendar, middle
from mine2magnet.charts.svg import text_width
from tests.charts.test_xy import SVG


def point(
    low: float | None, high: float | None, since: date | None, until: date | None, shape: str = "circle"
) -> TimePoint:
    said = (f"{low} to {high}", "Daily", "They said <so>.")
    return TimePoint(low, high, since, until, str(since), "reported", said, "/documents/d", "en", shape)  # type: ignore[arg-type]


def chart(*given: TimePoint, unit: str = "USD/kg") -> PointChart:
    def day(day: date, grain: Grain) -> str:
        return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[grain]]

    return PointChart(title="prices", unit=unit, points=given, number=number, day=day, undated="no date")


values = st.floats(-1e12, 1e12).map(lambda v: round(v, 6))
days = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))


@st.composite
def some_points(draw: st.DrawFn) -> list[TimePoint]:
    found = []
    for _ in range(draw(st.integers(1, 12))):
        low, high = sorted((draw(values), draw(values)))
        day = draw(days)
        until = day + timedelta(draw(st.integers(0, 400))) if day else None
        found.append(point(draw(st.sampled_from((low, None))), high, day, until))
    return found


@given(some_points(), st.sampled_from(["USD/kg", "%"]))
def test_everything_stands_within_the_plot(given: list[TimePoint], unit: str) -> None:
    drawn = chart(*given, unit=unit)
    dots, y, times = drawn.dots(), drawn.values(), drawn.times()
    assert len(dots) == len(given)
    for dot in dots:
        assert 0 <= dot.x <= 100
        assert points.TOP <= dot.top <= dot.bottom <= points.FLOOR
    assert all(0 <= x <= 100 for x, _ in times)
    assert 1 <= len(times) <= points.TICKS + 1
    assert [x for x, _ in times] == sorted(x for x, _ in times)
    assert all(points.TOP <= y(tick) <= points.FLOOR for tick in y.ticks)
    assert 2 <= len(y.ticks) <= points.TICKS + 2
    root = ElementTree.fromstring(drawn.as_svg())
    assert root.get("aria-label") == "prices"
    assert len(root.findall(f".//{SVG}a")) == len(given)


@given(some_points())
def test_names_of_times_do_not_cover_each_other_on_a_phone(given: list[TimePoint]) -> None:
    spans = []
    for x, label in chart(*given).times():
        left = x * points.NARROW - text_width(label, 12) * (0 if x < 10 else 1 if x > 90 else 0.5)
        spans.append((left, left + text_width(label, 12)))
    assert all(a[1] < b[0] for a, b in pairwise(spans))


def test_higher_is_up_and_later_is_right() -> None:
    early, late = date(2025, 1, 1), date(2025, 6, 1)
    a, b = chart(point(3, 4, late, late), point(1, 2, early, early)).dots()
    assert a.x < b.x
    assert a.top > b.bottom
    assert a.top < a.bottom


def test_points_in_one_place_are_drawn_beside_each_other() -> None:
    day = date(2025, 1, 1)
    drawn = chart(*[point(5, 5, day, day)] * 5)
    assert sorted(dot.shift for dot in drawn.dots()) == [-24, -12, 0, 12, 24]
    assert drawn.times() == [(50, "2025-01-01")]


def test_open_ends_have_an_arrow_and_no_date_is_called_so() -> None:
    day = date(2025, 1, 1)
    drawn = chart(point(5, None, day, day), point(None, 7, None, None), point(6, 6, day, day))
    stems = [path.attrib["d"] for path in ElementTree.fromstring(drawn.as_svg()).iter(SVG + "path")]
    starts = [float(d.split()[1].split("V")[0]) for d in stems]
    tips = [float(d.split("V")[1].split("M")[0]) for d in stems]
    assert [tip - start for start, tip in zip(starts, tips, strict=True)] == [-points.OPEN, points.OPEN]
    assert drawn.times()[-1] == (drawn.dots()[-1].x, "no date")


def test_prices_that_differ_by_orders_are_drawn_by_logarithm() -> None:
    day = date(2025, 1, 1)
    far = [point(value, value, day, day) for value in (2, 30, 4000)]
    drawn = chart(*far)
    assert drawn.log
    tops = [dot.top for dot in drawn.dots()]
    assert tops[0] - tops[1] > 40
    assert tops[1] - tops[2] > 40
    assert not chart(*far[:2]).log
    assert not chart(*far, unit="%").log


def test_shares_stay_between_nothing_and_all() -> None:
    day = date(2025, 1, 1)
    shares = chart(point(9, 9, day, day), point(99, 99, day, day), unit="%").values()
    assert (shares.low, shares.high) == (0, 100)
    amounts = chart(point(9, 9, day, day), point(99, 99, day, day), unit="t").values()
    assert (amounts.low, amounts.high) == (0, 150)


def test_years_are_named_where_their_figures_stand() -> None:
    drawn = chart(*(point(y, y, date(y, 1, 1), date(y, 12, 31)) for y in (2023, 2024, 2025)))
    assert drawn.times() == [
        (dot.x, label) for dot, label in zip(drawn.dots(), ("2023", "2024", "2025"), strict=True)
    ]


def test_a_point_leads_to_where_it_was_said_and_says_it() -> None:
    day = date(2025, 1, 1)
    svg = ElementTree.fromstring(chart(point(5, 9, day, day)).as_svg())
    (link,) = svg.iter(SVG + "a")
    assert (link.get("href"), link.get("target"), link.get("class")) == ("/documents/d", None, "dot reported")
    assert link.findtext(SVG + "title") == "5 to 9\nDaily\nThey said <so>."


def test_a_point_from_elsewhere_opens_beside_the_page() -> None:
    away = TimePoint(
        5, 5, None, None, "", "reference", ("5",), "https://a.example/x?a=1&b=2", "en", "diamond"
    )
    (link,) = ElementTree.fromstring(chart(away).as_svg()).iter(SVG + "a")
    assert link.get("href") == away.href
    assert (link.get("target"), link.get("rel")) == ("_blank", "noopener noreferrer")
    assert [child.tag.removeprefix(SVG) for child in link] == ["title", "rect", "path"]


def test_rows_tell_what_is_drawn() -> None:
    (row,) = chart(point(5, None, date(2025, 1, 1), date(2025, 1, 1))).rows()
    assert row == {
        "when": "2025-01-01", "low, USD/kg": 5, "high, USD/kg": None, "kind": "reported",
        "said": "5 to None; Daily; They said <so>.",
    }  # fmt: skip


@given(st.dates(), st.dates(), st.integers(2, 9), st.booleans())
def test_times_are_round_few_and_in_the_range(a: date, b: date, most: int, yearly: bool) -> None:
    first, last = sorted((a, b))
    found = calendar(first, last, most, yearly)
    assert 1 <= len(found) <= most
    times, grains = [day for day, _ in found], {grain for _, grain in found}
    assert times == sorted(set(times))
    assert all(first <= day <= last for day in times)
    assert len(grains) == 1
    grain = grains.pop()
    assert not (yearly and grain != "year")
    if times == [first]:
        return
    if grain == "month":
        assert all(day.day == 1 for day in times)
    if grain == "year":
        assert all(day == middle(date(day.year, 1, 1), date(day.year, 12, 31)) for day in times)
        steps = {b.year - a.year for a, b in pairwise(times)}
        assert len(steps) <= 1
        assert all(day.year % step == 0 for day in times for step in steps)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2025, 3, 1), date(2025, 3, 4), "2025-03-01 2025-03-02 2025-03-03 2025-03-04"),
        (date(2025, 3, 1), date(2025, 3, 22), "2025-03-01 2025-03-08 2025-03-15 2025-03-22"),
        (date(2025, 2, 10), date(2025, 6, 2), "2025-03-01 2025-04-01 2025-05-01 2025-06-01"),
        (date(2024, 2, 10), date(2025, 6, 2), "2024-07-01 2025-01-01"),
        (date(2020, 1, 1), date(2026, 1, 1), "2020-07-01 2022-07-02 2024-07-01"),
    ],
)
def test_times_are_those_of_the_calendar(first: date, last: date, said: str) -> None:
    assert " ".join(day.isoformat() for day, _ in calendar(first, last, 4)) == said
