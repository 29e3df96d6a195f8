"""Flows between places, from stage to stage: boxes in columns, bands as wide as what passes (Sankey)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mine2magnet.charts.chart import Chart, Mark, Row, written
from mine2magnet.charts.svg import GREY, THIN, Point, element, text

TOP, GAP, BOX = 52, 10, 10  # px: above the boxes, between two, their width
THINNEST = 0.2  # px of a band that is drawn
Place = tuple[str, ...]  # a country; or a region and a stage


@dataclass(frozen=True, slots=True)
class Flow:
    source: Place
    target: Place
    now: float
    usual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowChart(Chart):
    """What flows between places, in `unit`; `colours` of places by the first of their names. Names and unit
    are put into the reader's language as they are drawn."""

    unit: str
    flows: tuple[Flow, ...]
    colours: Mapping[str, str]

    def rows(self) -> list[Row]:
        source, target, unit = (self.say(word) for word in ("from", "to", self.unit))
        return [
            {
                source: self.name(f.source),
                target: self.name(f.target),
                unit: f.now,
                f"{unit}, {self.say('normally')}": f.usual,
            }
            for f in sorted(self.flows, key=lambda f: -max(f.now, f.usual))
        ]

    def says(self, flow: Flow, amount: float, when: str = "") -> str:
        ends = f"{self.name(flow.source)} → {self.name(flow.target)}"
        return f"{ends}: {written(amount)} {self.say(self.unit)}" + (f" ({when})" if when else "")

    def reads(self, flow: Flow) -> str:
        """Return what is read of a flow: as it is, and as it usually is."""
        return f"{self.says(flow, flow.now)}\n{self.say('normally')}: {written(flow.usual)}"

    def name(self, place: Place) -> str:
        return " ".join(map(self.say, place))

    def colour(self, place: Place) -> str:
        return self.colours.get(place[0], GREY)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFlowChart(FlowChart):
    """A column for each of `columns`, of places whose second name it is, the largest first."""

    columns: tuple[str, ...]
    width: float = 560
    height: float = 420

    def as_svg(self) -> str:
        boxes, bands, _ = self._laid_out()
        about = f"{self.say(self.unit)}: {', '.join(map(self.say, self.columns))}"
        return self.framed([*bands, *boxes], self.width, self.height, about)

    def marks(self) -> list[Mark]:
        return self._laid_out()[2]

    def _laid_out(self) -> tuple[list[str], list[str], list[Mark]]:
        """Return boxes, bands, and the middle of each band with what is read there."""
        passing: dict[Place, list[float]] = defaultdict(lambda: [0.0] * 4)  # in and out, now and usually
        for f in self.flows:
            for k, (place, amount) in enumerate(
                ((f.target, f.now), (f.source, f.now), (f.target, f.usual), (f.source, f.usual))
            ):
                passing[place][k] += amount
        columns = [[p for p in passing if p[1] == column] for column in self.columns]
        columns = [sorted(places, key=lambda p: -max(passing[p])) for places in columns if places]
        tallest = max((sum(max(passing[p]) for p in places) for places in columns), default=0.0) or 1.0
        scale = (self.height - TOP - GAP * max(map(len, columns), default=0)) / tallest
        step = (self.width - 130) / max(len(columns) - 1, 1)
        at: dict[Place, Point] = {}
        boxes = []
        for k, places in enumerate(columns):
            x, y = 8 + k * step, float(TOP)
            boxes.append(text(x, TOP - 10, self.say(places[0][1]), fill=GREY))
            for place in places:
                at[place], tall = (x, y), max(max(passing[place]) * scale, 1.0)
                where = ", ".join(map(self.say, reversed(place)))
                says = f"{where}: {written(max(passing[place][:2]))} {self.say(self.unit)}"
                size = {"x": x, "y": y, "width": BOX, "height": tall}
                boxes.append(element("rect", says=says, fill=self.colour(place), **size))
                boxes.append(text(x + BOX + 3, y + tall / 2 + 4, self.say(place[0]), font_size=10))
                y += tall + GAP
        bands = list(self._bands(at, scale))
        return boxes, [band for band, _ in bands], [mark for _, mark in bands]

    def _bands(self, at: Mapping[Place, Point], scale: float) -> Iterator[tuple[str, Mark]]:
        used: dict[tuple[Place, bool], float] = defaultdict(float)  # px of a box's side that have their band
        for flow in sorted(self.flows, key=lambda f: -f.now):
            thick, ends = flow.now * scale, []
            if thick < THINNEST:
                break
            for place, comes in ((flow.source, False), (flow.target, True)):
                x, y = at[place]
                ends.append((x if comes else x + BOX, y + used[place, comes] + thick / 2))
                used[place, comes] += thick
            (x0, y0), (x1, y1) = ends
            half = (x0 + x1) / 2
            curve = f"M{x0:.1f} {y0:.1f}C{half:.1f} {y0:.1f} {half:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
            look = {"fill": "none", "stroke": self.colour(flow.source), "stroke_opacity": THIN}
            band = element("path", says=self.says(flow, flow.now), d=curve, stroke_width=thick, **look)
            yield band, (half, (y0 + y1) / 2, self.reads(flow))
