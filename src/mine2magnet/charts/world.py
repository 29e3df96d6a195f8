"""Flows between countries on a map of the world."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from math import asin, cos, radians, sin, sqrt

from mine2magnet.charts.chart import NARROW, Mark, written
from mine2magnet.charts.flows import Flow, FlowChart
from mine2magnet.charts.svg import GREY, Point, element, text, way

# Equal Earth (Šavrič, Patterson & Jenny 2018, Int. J. Geogr. Inf. Sci. 33(3)): areas keep their size.
A = (1.340264, -0.081106, 0.000893, 0.003796)
WIDEST, LARGEST = 14.0, 17.0  # px: of the largest flow's line, and the radius of the largest place
SOUTH, NORTH = -50.0, 72.0  # degrees shown
TOP = 22  # px above the map
WIDTH = 760.0  # px
MARGIN = 15.0  # degrees beside the outermost places on a phone
LINE = 15.0  # px of a name beneath the map


def equal_earth(east: float, north: float) -> Point:
    """Return x and y on the unit sphere of a place in degrees.

    >>> tuple(round(v, 3) for v in equal_earth(180, 0))
    (2.707, 0.0)
    """
    t = asin(sqrt(3) / 2 * sin(radians(north)))
    t2, t6 = t**2, t**6
    slope = A[0] + 3 * A[1] * t2 + t6 * (7 * A[2] + 9 * A[3] * t2)
    return 2 * sqrt(3) / 3 * radians(east) * cos(t) / slope, t * (A[0] + A[1] * t2 + t6 * (A[2] + A[3] * t2))


@cache
def _land() -> tuple[tuple[Point, ...], ...]:
    """Outlines, as places in degrees."""
    table = (resources.files("mine2magnet") / "data" / "land.csv").read_text("utf-8")
    rows = csv.DictReader(row for row in table.splitlines() if not row.startswith("#"))
    outlines = ([corner.split(":") for corner in row["outline"].split()] for row in rows)
    return tuple(tuple((float(east), float(north)) for east, north in outline) for outline in outlines)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowMap(FlowChart):
    """Lines for flows as they are, over grey ones for what is usual; a circle whose area is what a place gets
    and sends. `places`: degrees east and north; those that are not known are named beneath. `numbered`: a
    number at each place, its name and amount beneath, as a phone has room for."""

    places: Mapping[str, Point]
    width: float = WIDTH
    numbered: bool = False

    def narrow(self) -> FlowMap:
        return replace(self, width=NARROW, numbered=True)

    def as_svg(self) -> str:
        at = {name: self._at(*place) for name, place in self.places.items()}
        bottom = self._at(0, SOUTH)[1]
        land = (element("path", d=way(self._at(*corner) for corner in outline) + "Z") for outline in _land())
        met = self._met()
        unknown = ", ".join(map(self.say, sorted(met - set(at))))
        keys = self._by_size(met & set(at)) if self.numbered else ()
        height = bottom + LINE * len(keys) + (LINE if keys and unknown else 0)
        beneath = f"{self.say('not on the map')}: {unknown}" if unknown else ""
        parts = [
            element("g", *land, fill="#8883", stroke="#8886", stroke_width=".5"),
            *self._lines(at, usual=True),
            *self._lines(at, usual=False),
            *self._circles({name: at[name] for name in met & set(at)}),
            *(text(8, bottom + LINE * n, f"{n}  {self._passing(k)}") for n, k in enumerate(keys, 1)),
            text(8, height - 6, beneath, fill=GREY),
        ]
        return self.framed(parts, self.width, height, self.say(self.unit), fixed=self.numbered)

    def marks(self) -> list[Mark]:
        """Return the middle of each line that is drawn, and each place."""
        at = {name: self._at(*place) for name, place in self.places.items()}
        lines = (
            (*_middle(*self._bent(at, f)), self.reads(f))
            for f in self._drawn(at, lambda f: max(f.now, f.usual))
        )
        met = sorted(self._met() & set(at))
        return [*lines, *((*at[name], self._passing(name)) for name in met)]

    def _at(self, east: float, north: float) -> Point:
        x, y = equal_earth(east, north)
        start, end = (equal_earth(edge, 0)[0] for edge in self._edges())
        top, scale = equal_earth(0, NORTH)[1], self.width / (end - start)
        return (x - start) * scale, (top - y) * scale + TOP

    def _edges(self) -> tuple[float, float]:
        """Return the degrees east between which the world is drawn; on a phone only where places are."""
        known = [self.places[name][0] for name in self._met() if name in self.places]
        if not (self.numbered and known):
            return -180.0, 180.0
        return max(min(known) - MARGIN, -180.0), min(max(known) + MARGIN, 180.0)

    def _met(self) -> set[str]:
        return {place[0] for f in self.flows for place in (f.source, f.target)}

    def _lines(self, at: Mapping[str, Point], usual: bool) -> Iterator[str]:
        """Bent to the left of their way, so that there and back lie apart."""
        for f in self._drawn(at, lambda f: f.usual if usual else f.now):
            amount = f.usual if usual else f.now
            (x0, y0), (x, y), (x1, y1) = self._bent(at, f)
            yield element(
                "path",
                says=self.says(f, amount, self.say("normally") if usual else ""),
                d=f"M{x0:.1f} {y0:.1f}Q{x:.1f} {y:.1f} {x1:.1f} {y1:.1f}",
                fill="none",
                stroke=GREY if usual else self.colour(f.source),
                stroke_opacity=".7",
                stroke_width=max(amount / self._most * WIDEST * self._smaller, 0.4),
            )

    @property
    def _smaller(self) -> float:
        """Return by how much lines and circles are smaller than on a wide map: less than the map itself."""
        return float((self.width / WIDTH) ** 0.5)

    @property
    def _most(self) -> float:
        return max((f.usual for f in self.flows if f.source != f.target), default=0.0) or 1.0

    def _drawn(self, at: Mapping[str, Point], amount: Callable[[Flow], float]) -> Iterator[Flow]:
        """Flows between two places of the map, the largest first, without those too thin to be seen."""
        least = self._most / 1000
        for f in sorted(self.flows, key=lambda f: f.now, reverse=True):
            if f.source != f.target and amount(f) > least and {f.source[0], f.target[0]} <= set(at):
                yield f

    def _bent(self, at: Mapping[str, Point], flow: Flow) -> tuple[Point, Point, Point]:
        """Return the ends of a flow's curve, and between them the point that it bends towards."""
        (x0, y0), (x1, y1) = at[flow.source[0]], at[flow.target[0]]
        return (x0, y0), ((x0 + x1) / 2 + (y1 - y0) * 0.2, (y0 + y1) / 2 - (x1 - x0) * 0.2), (x1, y1)

    def _passing(self, name: str) -> str:
        """Return what a place gets and sends, in words."""
        said = f"{written(self._amount(name))} {self.say(self.unit)}"
        return f"{self.say(name)}: {said} ({self.say('in and out')})"

    def _amount(self, name: str) -> float:
        return sum(f.now for f in self.flows if (name,) in (f.source, f.target))

    def _by_size(self, names: Iterable[str]) -> list[str]:
        """Return places by what they get and send, the largest first."""
        return sorted(names, key=lambda name: (-self._amount(name), name))

    def _circles(self, at: Mapping[str, Point]) -> Iterator[str]:
        names = self._by_size(at)
        largest = (self._amount(names[0]) if names else 0.0) or 1.0
        for number, name in enumerate(names, 1):
            (x, y), share = at[name], self._amount(name) / largest
            radius = max(LARGEST * self._smaller * share**0.5, 2.0)
            look = {"fill": self.colour((name,)), "fill_opacity": ".75"}
            yield element("circle", says=self._passing(name), cx=x, cy=y, r=radius, **look)
            said, size = (str(number), 10) if self.numbered else (self.say(name), 9)
            yield text(x, y - 4, said, "middle", font_size=size)


def _middle(start: Point, bend: Point, end: Point) -> Point:
    """Return the middle of a quadratic Bézier curve."""
    return (start[0] + 2 * bend[0] + end[0]) / 4, (start[1] + 2 * bend[1] + end[1]) / 4
