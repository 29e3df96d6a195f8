"""Values in time, each said by somebody: marks that lead to where they were said.

Time across is in per cent of the width, values up are in px, so that a chart fills any width while its marks
and letters keep their size; no script and no style attribute is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from math import inf
from typing import ClassVar, Literal

from mine2magnet.charts.axis import Axis, Scale
from mine2magnet.charts.chart import Chart, Row
from mine2magnet.charts.svg import element, text, text_width

HEIGHT, TOP, FLOOR, LEFT = 216, 26, 186, 72  # px: in all; where the plot begins and ends; for the values
SIDE = 4.0  # per cent left free at either side
UNDATED = 12.0  # per cent at the right for what has no date, if there is any
NARROW = 2.8  # px that a per cent is wide on a phone
APART = 12  # px between marks beside each other
OPEN = 26  # px, the arrow of an open end
STEEP = 50  # times between least and greatest from which the scale is logarithmic
TICKS = 4  # of time, at most
Grain = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class TimePoint:
    """A value, range or open range (one end is None) of some time, or of none; `when` says it in words. When
    it is pointed at, it says the lines of `said`, in `language`; it leads to `href`."""

    low: float | None
    high: float | None
    since: date | None
    until: date | None
    when: str
    kind: str
    said: tuple[str, ...]
    href: str
    language: str
    shape: Literal["circle", "diamond"] = "circle"

    @property
    def ends(self) -> tuple[float, ...]:
        return tuple(end for end in (self.low, self.high) if end is not None)

    @property
    def day(self) -> date | None:
        return middle(self.since, self.until) if self.since and self.until else None


@dataclass(frozen=True, slots=True)
class Dot:
    """A point drawn from `top` to `bottom` px, at `x` per cent and `shift` px."""

    point: TimePoint
    x: float
    shift: int
    top: float
    bottom: float

    def draw(self) -> str:
        p, top, bottom, tall = self.point, self.top, self.bottom, self.bottom - self.top
        shapes = [element("rect", class_="reach", x=-8, y=top - 8, width=16, height=tall + 16)]
        if p.low is None or p.high is None:
            edge, tip, back = (top, top - OPEN, 6) if p.high is None else (bottom, bottom + OPEN, -6)
            arrow = f"M0 {edge}V{tip}M-4 {tip + back}L0 {tip}L4 {tip + back}"
            shapes.append(element("path", d=arrow, class_="stem"))
        if tall >= 4:
            shapes.append(element("rect", x=-4.5, y=top, width=9, height=tall, rx=2))
        elif p.shape == "diamond":
            shapes.append(element("path", d=f"M0 {top - 6.5}l6.5 6.5l-6.5 6.5l-6.5 -6.5Z"))
        else:
            shapes.append(element("circle", cy=top, r=5.5))
        mark = {
            "class_": f"dot {p.kind}",
            "transform": f"translate({self.shift})",
            "data_language": p.language,
        }
        away = {"target": "_blank", "rel": "noopener noreferrer"} if "://" in p.href else {}
        return _at(self.x, element("a", *shapes, says="\n".join(p.said), href=p.href, **mark, **away))


@dataclass(frozen=True, slots=True, kw_only=True)
class PointChart(Chart):
    """Points over time. Values are put in words by `number`, times by `day`, which is told whether the day,
    its month or its year is meant. `axis` stands above the values, in place of the unit."""

    unit: str
    axis: str = ""
    points: tuple[TimePoint, ...]
    number: Callable[[float], str]
    day: Callable[[date, Grain], str]
    undated: str
    formats: ClassVar[tuple[str, ...]] = ("svg", "csv", "json")

    @property
    def log(self) -> bool:
        low, high = self._range()
        return self.unit != "%" and low > 0 and high / low > STEEP

    def as_svg(self) -> str:
        values = self.values()
        values = replace(values, labels=tuple(map(self.number, values.ticks)))
        base = element("line", x1=LEFT, x2="100%", y1=FLOOR, y2=FLOOR, class_="base")
        times = (_marked(x, label) for x, label in self.times())
        scale = element(
            "g",
            text(0, 12, self.axis or self.unit),
            *values.across(LEFT, "100%"),
            base,
            *times,
            aria_hidden="true",
        )
        root = {"xmlns": "http://www.w3.org/2000/svg", "role": "group", "aria_label": self.title}
        dots = (dot.draw() for dot in self.dots())
        return element("svg", scale, *dots, class_="plot", width="100%", height=HEIGHT, **root)

    def rows(self) -> list[Row]:
        when, low, high, kind, said = map(self.say, ("when", "low", "high", "kind", "said"))
        return [
            {
                when: p.when,
                f"{low}, {self.unit}": p.low,
                f"{high}, {self.unit}": p.high,
                kind: p.kind,
                said: "; ".join(p.said),
            }
            for p in self.points
        ]

    def dots(self) -> list[Dot]:
        """Return where the points stand, in order of time and value; beside each other where they would
        cover each other."""
        y, across, dots = self.values(), self._across(), list[Dot]()
        for point in sorted(self.points, key=lambda p: (p.day or date.max, p.ends[0])):
            top, bottom, x = round(y(point.ends[-1]), 1), round(y(point.ends[0]), 1), across(point.day)
            dots.append(Dot(point, x, _free(dots, x, top, bottom), top, bottom))
        return dots

    def values(self) -> Scale:
        """Return the scale of values, with room above and below them."""
        low, high = self._range()
        if self.log:
            low, high = low / 1.4, high * 1.4
        else:
            room = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
            most = 100.0 if self.unit == "%" and low >= 0 and high <= 100 else high + room
            low, high = max(low - room, 0.0) if low >= 0 else low - room, min(high + room, most)
        return Axis(self.unit, log=self.log).scale((low, high), FLOOR, TOP, TICKS + 2)

    def times(self) -> list[tuple[float, str]]:
        """Return the marks of time: per cent, and what they say."""
        dated, across = {p.day: p for p in self.points if p.day}, self._across()
        if len(dated) == 1:
            marks = [(across(day), p.when) for day, p in dated.items()]
        else:
            yearly = all(p.until - p.since > timedelta(360) for p in dated.values() if p.since and p.until)
            found = calendar(min(dated), max(dated), TICKS, yearly) if dated else ()
            marks = [(across(day), self.day(day, grain)) for day, grain in found]
        return _apart(marks if all(p.day for p in self.points) else [*marks, (across(None), self.undated)])

    def _range(self) -> tuple[float, float]:
        ends = [end for p in self.points for end in p.ends]
        return min(ends), max(ends)

    def _across(self) -> Callable[[date | None], float]:
        days = [p.day for p in self.points if p.day]
        left, right = SIDE, 100 - SIDE - (UNDATED if 0 < len(days) < len(self.points) else 0.0)
        first, last = (min(days), max(days)) if days else (date.min, date.min)
        span = (last - first).days

        def across(day: date | None) -> float:
            if day is None:
                return 100 - SIDE if days else 50.0
            return round(left + (right - left) * (day - first).days / span, 2) if span else (left + right) / 2

        return across


def calendar(first: date, last: date, most: int, yearly: bool = False) -> tuple[tuple[date, Grain], ...]:
    """Return days, first days of months or middles of years from `first` to `last`: the finest with at most
    `most`, and at least one. `yearly` leaves only years."""
    for grain, days in _calendars(first, last):
        found = tuple((day, grain) for day in islice(days, most + 1))
        if len(found) <= most and not (yearly and grain != "year"):
            break
    return found or ((first, grain),)


def _calendars(first: date, last: date) -> Iterator[tuple[Grain, Iterator[date]]]:
    for step in (1, 2, 7, 14):
        yield "day", (first + timedelta(n) for n in range(0, (last - first).days + 1, step))
    start, end = (day.year * 12 + day.month - 1 for day in (first, last))
    for step in (1, 2, 3, 6):
        months = range(-(-(start + (first.day > 1)) // step) * step, end + 1, step)
        yield "month", (date(n // 12, n % 12 + 1, 1) for n in months)
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000):
        years = range(-(-first.year // step) * step, last.year + 1, step)
        middles = (middle(date(year, 1, 1), date(year, 12, 31)) for year in years)
        yield "year", (day for day in middles if first <= day <= last)


def middle(since: date, until: date) -> date:
    return since + (until - since) / 2


def _at(x: float, *inner: str) -> str:
    """Place `inner` at a per cent of what is right of LEFT."""
    moved = element("g", *inner, transform=f"translate({LEFT * (1 - x / 100):.1f})")
    return element("svg", moved, x=f"{x:.2f}%", overflow="visible")


def _marked(x: float, label: str) -> str:
    anchor = ("start", "middle", "end")[_side(x)]
    mark = element("line", x1=0, x2=0, y1=FLOOR, y2=FLOOR + 5, class_="base")
    return _at(x, mark, text(0, FLOOR + 20, label, anchor))


def _side(x: float) -> int:
    return (x >= 10) + (x > 90)


def _apart(marks: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """The marks, from the right, whose names do not cover each other on a phone."""
    kept: list[tuple[float, str]] = []
    free = inf
    for x, label in sorted(marks, reverse=True):
        wide = text_width(label, 12)
        left = x * NARROW - wide * _side(x) / 2
        if left + wide <= free:
            kept, free = [(x, label), *kept], left - 4
    return kept


def _free(dots: Sequence[Dot], x: float, top: float, bottom: float) -> int:
    """The nearest place beside the marks that already stand there."""
    near = [d for d in dots if top - APART < d.bottom and bottom + APART > d.top]
    for step in range(0, 12 * APART, APART):
        for shift in (step, -step):
            if all(abs((x - d.x) * NARROW + shift - d.shift) >= APART for d in near):
                return shift
    return 0
