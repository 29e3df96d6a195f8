"""Lines, bands and bars over common axes: profiles, courses, fans of quantiles, stacks, tornadoes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, zip_longest
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from mine2magnet.charts.axis import Axis, Scale
from mine2magnet.charts.chart import Chart, LegendKey, Row, legend_below, legend_beside
from mine2magnet.charts.svg import DASH, PALETTE, THIN, Point, element, line, text, text_width, way

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = Sequence[float] | NDArray[Any]

TOP = 46  # px above the plot: for the title, and the name of what goes up


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """A line through x and y; or a band from y to `other`, as of quantiles that the name gives; or bars along
    x, from `other` to x in the rows y. Without a `colour` it takes the next of the palette; without a name it
    is not explained."""

    name: str
    x: Values
    y: Values
    other: Values = ()
    kind: Literal["line", "band", "bars"] = "line"
    colour: str = ""
    dash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class XYChart(Chart):
    """Series over an x axis that ends where they end, or rows of bars. `legend`: at the right "ends" of lines
    or "below". `height`: px of the plot within. `square`: it is as wide as it is high."""

    x: Axis
    y: Axis
    series: tuple[ChartSeries, ...]
    legend: Literal["ends", "below"] = "below"
    width: float = 640
    height: float = 260
    square: bool = False

    def as_svg(self) -> str:
        keys, bars = self._keys(), bool(self.y.rows)
        named = [(s, key) for s, key in zip(self.series, keys, strict=True) if s.name]
        shown = [key for _, key in named]
        top = TOP if self.y.name else TOP - 16
        bottom = top + self.height
        y = self.y.scale(self._values("y"), bottom, top, 7)
        left = 14 + max(map(text_width, y.labels))
        right = self.width - (
            24 if self.legend == "below" else 12 + max((key.width for key in shown), default=0)
        )
        right = min(right, left + self.height) if self.square else right
        x = self.x.scale(self._values("x"), left, right, 9, within=not bars)
        parts = [text(8, top - 10, self.y.name), text((left + right) / 2, bottom + 33, self.x.name, "middle")]
        parts += y.across(left, left if bars else right)
        parts += x.upright(top if bars else bottom, bottom + 4)
        parts += [line((left, bottom), (right, bottom))]
        parts += [_drawn(s, key, x, y) for s, key in zip(self.series, keys, strict=True)]
        more, end = legend_below(shown, left, right, bottom + 52)
        if self.legend == "ends":
            more, end = (
                [*legend_beside(shown, [y(_last(s)) for s, _ in named], right + 6, bottom)],
                bottom + 42,
            )
        about = f"{self.y.name} – {self.x.name}: {', '.join(key.name for key in shown)}"
        return self.framed([*parts, *more], self.width, end, about)

    def _values(self, along: Literal["x", "y"]) -> Iterator[float]:
        for s in self.series:
            yield from s.x if along == "x" else s.y
            if (s.kind == "bars") == (along == "x"):
                yield from s.other

    def _keys(self) -> list[LegendKey]:
        """A key for each series; once the palette is used up it is used again, dashed."""
        used, keys = count(), []
        for s in self.series:
            round, k = (0, 0) if s.colour else divmod(next(used), len(PALETTE))
            dash = s.dash or (DASH if round else None)
            opacity = {"line": None, "band": THIN, "bars": "1"}[s.kind]
            keys.append(LegendKey(s.name, s.colour or PALETTE[k], dash, opacity))
        return keys

    def rows(self) -> list[Row]:
        x, y = self.x.name, self.y.name
        found: list[Row] = []
        for s in self.series:
            for a, b, c in zip_longest(s.x, s.y, s.other):
                if s.kind == "bars":
                    row = {"row": self.y.rows[b], f"{x}, from": c, f"{x}, to": a}
                else:
                    row = {x: a, y: b} if c is None else {x: a, f"{y}, low": b, f"{y}, high": c}
                found.append({"series": s.name, **row})
        return found


def stacked(title: str, axis: Axis, stacks: Mapping[str, Mapping[str, float]]) -> XYChart:
    """Return a row for each stack, with its parts beside each other from 0."""
    starts, series = [0.0] * len(stacks), []
    for part in dict.fromkeys(part for stack in stacks.values() for part in stack):
        ends = [start + stack.get(part, 0.0) for start, stack in zip(starts, stacks.values(), strict=True)]
        series.append(ChartSeries(part, ends, range(len(stacks)), starts, "bars"))
        starts = ends
    rows = Axis("", rows=tuple(stacks))
    return XYChart(title=title, x=axis, y=rows, series=tuple(series), height=44.0 * len(stacks))


def _last(s: ChartSeries) -> float:
    return next((v for v in reversed(s.y) if isfinite(v)), 0.0)


def _drawn(s: ChartSeries, key: LegendKey, x: Scale, y: Scale) -> str:
    def points(across: Values, up: Values) -> list[Point]:
        return [(x(a), y(b)) for a, b in zip(across, up, strict=True) if isfinite(a) and isfinite(b)]

    ends = points(s.x, s.y)
    if not ends:
        return ""
    if s.kind == "line":
        return line(*ends, colour=key.colour, width=1.8, dash=key.dash)
    if s.kind == "band":
        around = way([*ends, *reversed(points(s.x, s.other))])
        return element("path", d=around + "Z", fill=key.colour, fill_opacity=THIN)
    tall = (y(1) - y(0)) * 0.65
    bars = (
        (min(a, b), at - tall / 2, abs(b - a))
        for (a, at), (b, _) in zip(points(s.other, s.y), ends, strict=True)
    )
    return "".join(element("rect", x=a, y=b, width=wide, height=tall, fill=key.colour) for a, b, wide in bars)
