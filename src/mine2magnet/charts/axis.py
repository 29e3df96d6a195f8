"""Axes: what they measure, the round values that mark them, and where a value stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from mine2magnet.charts.svg import GRID, element, text

SLACK = 1e-9  # of a step: 0.3 / 0.1 is 3
TINY = 1e-300  # what is less has no logarithm left once it is divided


@dataclass(frozen=True, slots=True)
class Scale:
    """From values between `low` and `high` to px between `start` and `end`; others are drawn at the edge."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, at = log10(low), log10(high), log10(at)
        return self.start + (at - low) / (high - low) * (self.end - self.start)

    def across(self, left: float, right: float | str) -> Iterator[str]:
        """Draw lines from `left` to `right` (px, or a part of the width), with their values at the left."""
        for y, label in zip(map(self, self.ticks), self.labels, strict=True):
            yield element("line", x1=left, x2=right, y1=y, y2=y, stroke=GRID)
            yield text(left - 6, y + 4, label, "end")

    def upright(self, top: float, bottom: float) -> Iterator[str]:
        """Draw lines from `top` to `bottom`, with their values beneath."""
        for x, label in zip(map(self, self.ticks), self.labels, strict=True):
            yield element("line", x1=x, x2=x, y1=top, y2=bottom, stroke=GRID)
            yield text(x, bottom + 15, label, "middle")


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis measures, with its unit.

    `log`: on a logarithmic scale, at whose foot lies what is `least` or less. `include`: values that are
    always in its range. `multiple`: marks are whole multiples of it (13 weeks are a quarter). `rows`: names
    in place of the values 0, 1, 2 …, from the top.
    """

    name: str
    log: bool = False
    least: float = 0.0
    include: tuple[float, ...] = ()
    multiple: float | None = None
    rows: tuple[str, ...] = ()

    def scale(
        self, values: Iterable[float], start: float, end: float, most: int = 6, within: bool = False
    ) -> Scale:
        """Return a scale of `values` from mark to mark, or `within` from the least to the greatest."""
        if self.rows:
            return Scale(-0.5, len(self.rows) - 0.5, end, start, tuple(range(len(self.rows))), self.rows)
        found = [v for v in (*values, *self.include) if isfinite(v) and (v > TINY or not self.log)]
        low, high = min(found, default=1.0), max(found, default=1.0)
        if self.log:
            ticks = decades(max(low, self.least), max(high, self.least), most)
            low, high = ticks[0], max(ticks[-1], high)
        else:
            if high - low <= max(1e-9 * abs(high), TINY):
                room = abs(high) * 0.1 or 1.0
                low, high = low - room, high + room
            ticks = round_ticks(low, high, most, self.multiple, within)
            low, high = (low, high) if within else (ticks[0], ticks[-1])
        return Scale(low, high, start, end, ticks, tuple(map(number, ticks)), self.log)


def round_ticks(
    low: float, high: float, most: int, multiple: float | None = None, within: bool = False
) -> tuple[float, ...]:
    """Return multiples of 1, 2 or 5 times a power of ten, in the finest step that gives at most `most` (3 or
    more): from the last at or below `low` to the first at or above `high`, or those `within`. With `multiple`
    steps are 1, 2, 5, 10 … times that.

    >>> round_ticks(3.1, 14.2, 4), round_ticks(3.1, 14.2, 4, within=True)
    ((0.0, 5.0, 10.0, 15.0), (5.0, 10.0))
    >>> round_ticks(0, 103, 9, 13)[:3]
    (0.0, 13.0, 26.0)
    """
    k = 0 if multiple else 3 * floor(log10((high - low) / most)) - 3
    inner, outer, slack = (ceil, floor, -SLACK) if within else (floor, ceil, SLACK)
    while True:
        factor, power = (1, 2, 5)[k % 3] * (multiple or 1.0), k // 3
        up, down = (factor * 10**power, 1) if power >= 0 else (factor, 10**-power)  # so that 3 / 10 is 0.3
        first, last = inner(low * down / up + slack), outer(high * down / up - slack)
        if not within:
            last = max(last, first + 1)  # a range within the slack of a step is a mark yet
        if last - first < most:
            return tuple(n * up / down for n in range(first, last + 1))
        k += 1


def decades(low: float, high: float, most: int) -> tuple[float, ...]:
    """Return at most `most` powers of ten, from the last at or below `low` to the first at or above `high`.

    >>> decades(0.02, 500, 6)
    (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)
    """
    first = floor(log10(low) + SLACK)
    last = max(ceil(log10(high) - SLACK), first + 1)
    return tuple(10.0**power for power in range(first, last + 1, -(-(last - first + 1) // most)))


def number(value: float) -> str:
    """Return a round value in figures.

    >>> number(20000), number(0.3), number(1e-6), number(-5)
    ('20,000', '0.3', '1e−6', '−5')
    """
    return f"{value:,.10g}".replace("e-0", "e-").replace("-", "−")
