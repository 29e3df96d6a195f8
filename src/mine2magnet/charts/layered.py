"""Boxes in layers from left to right, with what flows between them: a block flow diagram.

Layers by the longest way from the start, with what goes back left out; order within a layer by the mean place
of neighbours (Sugiyama, Tagawa and Toda 1981, IEEE Trans. SMC 11, 109), swept to and fro.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mine2magnet.charts.chart import Chart, Row
from mine2magnet.charts.svg import DASH, GREY, PALETTE, Point, element, line, text, text_width

TOP, LAYER, APART = 44, 120, 20  # px: above the boxes, between layers, between boxes of one
LINE, PAD, DUMMY = 14, 8, 8  # px: a line of text, around it, the height that a passing flow takes
SWEEPS = 8
ARROW = 6  # px
BESIDE, APACE = 10, 4  # px: from a layer to what goes back past it, between two such
KINDS = ("feed", "train", "product", "outlet")
LONGEST = 34  # characters of a line in a box


@dataclass(frozen=True, slots=True)
class Box:
    """A place with lines of text under its name; `kind` gives its colour."""

    name: str
    kind: str
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(
            one if len(one) <= LONGEST else one[: LONGEST - 1] + "…" for one in (self.name, *self.notes)
        )

    @property
    def width(self) -> float:
        return max(map(text_width, self.lines)) + 2 * PAD

    @property
    def height(self) -> float:
        return LINE * len(self.lines) + PAD


@dataclass(frozen=True, slots=True)
class Arrow:
    """What flows from one box to another; `organic` ones are dashed."""

    source: str
    target: str
    label: str
    organic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LayeredChart(Chart):
    """Boxes with arrows between them."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    def rows(self) -> list[Row]:
        return [{"from": a.source, "to": a.target, "stream": a.label} for a in self.arrows]

    def as_svg(self) -> str:
        back = self._back()
        ways, layers = self._layers(back)
        places, edges, right, bottom = self._placed(layers)
        box = {one.name: one for one in self.boxes}
        parts: list[str] = []
        for arrow, way in zip(self.arrows, ways, strict=True):
            if way:
                points = [_side(box[way[0]], places[way[0]], 1)]
                points += [places[name] for name in way[1:-1]]
                parts.append(_drawn(arrow, [*points, _side(box[way[-1]], places[way[-1]], -1)]))
        for turn, k in enumerate(sorted(back)):
            arrow, bottom = self.arrows[k], bottom + 2 * LINE
            start = _side(box[arrow.source], places[arrow.source], 1)
            x, y = _side(box[arrow.target], places[arrow.target], -1)
            out, foot = edges[arrow.source][1] + BESIDE + APACE * turn, bottom - LINE
            into, y = edges[arrow.target][0] - BESIDE - APACE * turn, y + APACE * (turn + 1)
            points = [start, (out, start[1]), (out, foot), (into, foot), (into, y), (x, y)]
            parts.append(_drawn(arrow, points, ((out + into) / 2, foot)))
        parts += [mark for one in self.boxes for mark in _boxed(one, places[one.name])]
        about = ", ".join(f"{a.source} → {a.target}" for a in self.arrows)
        return self.framed(parts, right, bottom + LINE, about)

    def _back(self) -> set[int]:
        """Numbers of the arrows that close a round, found depth first from the boxes in their order."""
        out: dict[str, list[int]] = defaultdict(list)
        for k, arrow in enumerate(self.arrows):
            out[arrow.source].append(k)
        back: set[int] = set()
        state: dict[str, int] = {}

        def visit(name: str) -> None:
            state[name] = 1
            for k in out[name]:
                target = self.arrows[k].target
                if state.get(target) == 1:
                    back.add(k)
                elif target not in state:
                    visit(target)
            state[name] = 2

        for one in self.boxes:
            if one.name not in state:
                visit(one.name)
        return back

    def _layers(self, back: set[int]) -> tuple[list[tuple[str, ...]], list[list[str]]]:
        """The way of each arrow through the layers (none for one that goes back), and the layers in order."""
        level = {one.name: 0 for one in self.boxes}
        ahead = [a for k, a in enumerate(self.arrows) if k not in back]
        for _ in self.boxes:
            for a in ahead:
                level[a.target] = max(level[a.target], level[a.source] + 1)
        layers: list[list[str]] = [[] for _ in range(max(level.values(), default=0) + 1)]
        for one in self.boxes:
            layers[level[one.name]].append(one.name)
        ways: list[tuple[str, ...]] = []
        for k, a in enumerate(self.arrows):
            if k in back:
                ways.append(())
                continue
            passed = [f"\0{k} {at}" for at in range(level[a.source] + 1, level[a.target])]
            for at, name in enumerate(passed, level[a.source] + 1):
                layers[at].append(name)
            ways.append((a.source, *passed, a.target))
        near: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for way in ways:
            for a_, b in pairwise(way):
                near[a_][1].append(b)
                near[b][0].append(a_)
        for sweep in range(SWEEPS):
            side, order = sweep % 2, layers if sweep % 2 == 0 else layers[::-1]
            for before, layer in pairwise(order):
                at_ = {name: k for k, name in enumerate(before)}
                mean = {
                    name: sum(at_.get(n, 0) for n in near[name][side]) / len(near[name][side])
                    if near[name][side]
                    else float(k)
                    for k, name in enumerate(layer)
                }
                layer.sort(key=mean.__getitem__)
        return ways, layers

    def _placed(self, layers: list[list[str]]) -> tuple[dict[str, Point], dict[str, Point], float, float]:
        """Middles of boxes and of passing flows; both ends of the layer of each; how far all reach."""
        box = {one.name: one for one in self.boxes}
        heights = [sum((box[n].height if n in box else DUMMY) + APART for n in layer) for layer in layers]
        tallest, x = max(heights, default=0.0), 12.0
        places: dict[str, Point] = {}
        edges: dict[str, Point] = {}
        for layer, height in zip(layers, heights, strict=True):
            wide = max((box[n].width for n in layer if n in box), default=20.0)
            y = TOP + (tallest - height) / 2
            for name in layer:
                high = box[name].height if name in box else DUMMY
                places[name], edges[name] = (x + wide / 2, y + high / 2), (x, x + wide)
                y += high + APART
            x += wide + LAYER
        return places, edges, x - LAYER + 30, TOP + tallest


def _side(box: Box, place: Point, side: int) -> Point:
    return place[0] + side * box.width / 2, place[1]


def _drawn(arrow: Arrow, points: list[Point], label_at: Point | None = None) -> str:
    """A line with a head and its label beside its first stretch."""
    (x0, y0), (x1, y1) = points[-2:]
    long = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-9)
    dx, dy = ARROW * (x1 - x0) / long, ARROW * (y1 - y0) / long
    head = ((x1 - dx - dy / 2, y1 - dy + dx / 2), (x1, y1), (x1 - dx + dy / 2, y1 - dy - dx / 2))
    dash = DASH if arrow.organic else None
    (a, b), (c, d) = points[0], points[1]
    x, y = label_at or (a + 0.45 * (c - a), b + 0.45 * (d - b))
    says = f"{arrow.source} → {arrow.target}: {arrow.label}"
    return element(
        "g",
        line(*points, colour=GREY, dash=dash),
        line(*head, colour=GREY),
        text(x, y - 3, arrow.label, "middle", font_size=10),
        says=says,
    )


def _boxed(one: Box, place: Point) -> Iterator[str]:
    x, y = place[0] - one.width / 2, place[1] - one.height / 2
    colour = PALETTE[KINDS.index(one.kind) if one.kind in KINDS else len(KINDS)]
    yield element(
        "rect",
        x=x,
        y=y,
        width=one.width,
        height=one.height,
        rx=4,
        fill=colour,
        fill_opacity=".15",
        stroke=colour,
    )
    for k, words in enumerate(one.lines):
        yield text(place[0], y + LINE * (k + 1) - 2, words, "middle", font_size=10 if k else 12)
