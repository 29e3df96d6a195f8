"""Lines, bands and bars over common axes: profiles, courses, fans of quantiles, stacks, tornadoes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, groupby
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from mine2magnet.charts.axis import Axis, Scale
from mine2magnet.charts.chart import (
    MOST_MARKS,
    NARROW,
    Chart,
    LegendKey,
    Mark,
    Row,
    legend_below,
    legend_beside,
    written,
)
from mine2magnet.charts.svg import DASH, PALETTE, THIN, Point, element, line, text, text_width, way

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = Sequence[float] | NDArray[Any]

TOP = 46  # px above the plot: for the title, and the name of what goes up


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """A line through x and y; or a band from y to `other`, as of quantiles that the name gives; or bars along
    x, from `other` to x in the rows y. Without a `colour` it takes the next of the palette; without a name it
    is not explained. `ends` are what the two ends of a band are called, as "P10" and "P90". Lines and bands
    break where a value is not finite."""

    name: str
    x: Values
    y: Values
    other: Values = ()
    kind: Literal["line", "band", "bars"] = "line"
    colour: str = ""
    dash: str | None = None
    ends: tuple[str, str] | None = None

    def cells(self, k: int) -> dict[str, float | None]:
        """Return the value at a point by the name of the series; of a band its ends by the names in it."""
        if self.kind != "band":
            return {self.name: _finite(self.y[k])}
        ends = self.ends or (f"{self.name} ▾", f"{self.name} ▴")
        return dict(zip(ends, (_finite(self.y[k]), _finite(self.other[k])), strict=True))

    def told(self, k: int) -> str:
        """Return the value, or both ends of the band, at a point."""
        return " – ".join(map(written, self.cells(k).values()))


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

    def narrow(self) -> XYChart:
        """Return the same with the names of lines below, where a phone has room for them."""
        return replace(self, width=NARROW, legend="below", height=min(self.height, NARROW - 90))

    def as_svg(self) -> str:
        keys, bars = self._keys(), bool(self.y.rows)
        named = [(s, key) for s, key in zip(self.series, keys, strict=True) if s.name]
        shown = [key for _, key in named]
        x, y = self._scales(keys)
        left, right = x.start, x.end
        top, bottom = sorted((y.start, y.end))
        parts = [text(8, top - 10, self.y.name), text((left + right) / 2, bottom + 33, self.x.name, "middle")]
        parts += y.across(left, left if bars else right)
        parts += x.upright(top if bars else bottom, bottom + 4)
        parts += [line((left, bottom), (right, bottom))]
        parts += [_drawn(s, key, x, y) for s, key in zip(self.series, keys, strict=True)]
        more, end = legend_below(shown, 8 if self.width <= NARROW else left, right, bottom + 52)
        if self.legend == "ends":
            more, end = (
                [*legend_beside(shown, [y(_last(s)) for s, _ in named], right + 6, bottom)],
                bottom + 42,
            )
        about = f"{self.y.name} – {self.x.name}: {', '.join(key.name for key in shown)}"
        along = "x" if not bars and self._shared(self._named()) else None
        return self.framed([*parts, *more], self.width, end, about, along, self.width <= NARROW)

    def _scales(self, keys: Sequence[LegendKey]) -> tuple[Scale, Scale]:
        """Across and up, in the room that names and legend leave."""
        top = TOP if self.y.name else TOP - 16
        y = self.y.scale(self._values("y"), top + self.height, top, 7)
        left = 14 + max(map(text_width, y.labels))
        widest = max((key.width for key in keys if key.name), default=0)
        right = self.width - (24 if self.legend == "below" else 12 + widest)
        right = min(right, left + self.height) if self.square else right
        most = 9 if self.width > NARROW else 4
        return self.x.scale(self._values("x"), left, right, most, within=not self.y.rows), y

    def marks(self) -> list[Mark]:
        """Return what is read at each x that is shared, else at each point of a line, or at each bar."""
        x, y = self._scales(self._keys())
        named = self._named()
        if self.y.rows:
            return [
                (x((a + b) / 2 if s.name else a), y(row), f"{self.y.rows[row]}\n{s.name}: {written(a - b)}")
                for s in named
                for a, row, b in zip(s.x, s.y, s.other, strict=True)
                if isfinite(a) and isfinite(b) and a != b
            ]
        groups = [named] if self._shared(named) else [[s] for s in named]
        found: list[Mark] = []
        for group in groups:
            for k, at in enumerate(group[0].x):
                values = [f"{s.name}: {s.told(k)}" for s in group if isfinite(s.y[k])]
                if values and isfinite(at):
                    up = next(y(s.y[k]) for s in reversed(group) if isfinite(s.y[k]))
                    found.append((x(at), up, "\n".join((f"{self.x.name}: {written(float(at))}", *values))))
        return found[:: -(-len(found) // MOST_MARKS) or 1]

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
        """Return a row for each x, with columns for the series; or for each bar; or, if the series do not
        share their x, for each of their points."""
        x, y, of = self.x.name, self.y.name, self.say("series")
        named = self._named()
        if self.y.rows:
            begin, end = (f"{x}, {self.say(word)}" for word in ("from", "to"))
            return [
                {self.say("row"): self.y.rows[row], of: s.name, begin: float(b), end: float(a)}
                for s in named
                for a, row, b in zip(s.x, s.y, s.other, strict=True)
            ]
        if not self._shared(named):
            return [
                {of: s.name, x: float(a), y: float(b)} for s in named for a, b in zip(s.x, s.y, strict=True)
            ]
        found: list[Row] = []
        for k, at in enumerate(named[0].x):
            row: Row = {x: float(at)}
            for s in named:
                row |= {f"{name}, {y}": value for name, value in s.cells(k).items()}
            found.append(row)
        return found

    def _named(self) -> list[ChartSeries]:
        return [s for s in self.series if s.name and len(s.x)]

    def _shared(self, named: Sequence[ChartSeries]) -> bool:
        """Return whether all series that are explained have the same x."""
        return bool(named) and all(list(s.x) == list(named[0].x) for s in named)


def stacked(title: str, axis: Axis, stacks: Mapping[str, Mapping[str, float]]) -> XYChart:
    """Return a row for each stack, with its parts beside each other from 0."""
    starts, series = [0.0] * len(stacks), []
    for part in dict.fromkeys(part for stack in stacks.values() for part in stack):
        ends = [start + stack.get(part, 0.0) for start, stack in zip(starts, stacks.values(), strict=True)]
        series.append(ChartSeries(part, ends, range(len(stacks)), starts, "bars"))
        starts = ends
    rows = Axis("", rows=tuple(stacks))
    return XYChart(title=title, x=axis, y=rows, series=tuple(series), height=44.0 * len(stacks))


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _last(s: ChartSeries) -> float:
    return next((v for v in reversed(s.y) if isfinite(v)), 0.0)


def _runs(s: ChartSeries) -> Iterator[tuple[int, int]]:
    """Stretches of a line or band without a gap: the first point and the one beyond the last."""
    whole = [
        all(map(isfinite, held)) for held in zip(s.x, s.y, *([s.other] if len(s.other) else []), strict=True)
    ]
    for there, run in groupby(range(len(whole)), whole.__getitem__):
        points = list(run)
        if there:
            yield points[0], points[-1] + 1


def _drawn(s: ChartSeries, key: LegendKey, x: Scale, y: Scale) -> str:
    def points(across: Values, up: Values) -> list[Point]:
        return [(x(a), y(b)) for a, b in zip(across, up, strict=True) if isfinite(a) and isfinite(b)]

    if s.kind != "bars":
        drawn = []
        for k, beyond in _runs(s):
            ends = points(s.x[k:beyond], s.y[k:beyond])
            if s.kind == "line":
                drawn.append(line(*ends, colour=key.colour, width=1.8, dash=key.dash))
                continue
            around = way([*ends, *reversed(points(s.x[k:beyond], s.other[k:beyond]))])
            drawn.append(element("path", d=around + "Z", fill=key.colour, fill_opacity=THIN))
        return "".join(drawn)
    ends = points(s.x, s.y)
    tall = (y(1) - y(0)) * 0.65
    bars = (
        (min(a, b), at - tall / 2, abs(b - a))
        for (a, at), (b, _) in zip(points(s.other, s.y), ends, strict=True)
    )
    return "".join(element("rect", x=a, y=b, width=wide, height=tall, fill=key.colour) for a, b, wide in bars)
