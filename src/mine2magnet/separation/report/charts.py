"""Plots of separation results as plain SVG, which pages, reports and PDF take alike; no plotting library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

import numpy as np

from mine2magnet.separation import dynamics
from mine2magnet.separation.mass_action import Equilibrated
from mine2magnet.separation.moves import Move
from mine2magnet.separation.plant import CutDesign
from mine2magnet.separation.sequence import Plan
from mine2magnet.separation.stages import Array
from mine2magnet.separation.steady import Steady
from mine2magnet.separation.uncertainty import Swing

# Okabe and Ito (2008): distinct for colour-blind readers too; the fifteen elements take them twice, then
# dashed.
COLOURS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"),
    *("#56B4E9", "#6B6B6B", "#8C6D00", "#332288", "#117733"),
)
Say = Callable[[str], str]  # puts our English words into the reader's language
WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 96, 28, 44
INK, GRID = "#444", "#ddd"


@dataclass(frozen=True, slots=True)
class Axis:
    """From data to pixels along one direction."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high, at = (
            (log10(v) for v in (self.low, self.high, max(value, self.low)))
            if self.log
            else (self.low, self.high, value)
        )
        return self.start + (at - low) / (high - low or 1) * (self.end - self.start)

    def ticks(self) -> list[float]:
        if self.log:
            powers = range(ceil(log10(self.low) - 1e-9), floor(log10(self.high) + 1e-9) + 1)
            return [10.0**p for p in powers[:: max(1, len(powers) // 6)]]
        rough = (self.high - self.low) / 5 or 1
        scale = 10.0 ** floor(log10(rough))
        step = next(s * scale for s in (1, 2, 5, 10) if s * scale >= rough)
        first = ceil(self.low / step - 1e-9)
        return [k * step for k in range(first, floor(self.high / step + 1e-9) + 1)]


def _text(x: float, y: float, text: str, anchor: str = "start", size: int = 12, colour: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(text)}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = INK, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    way = f"M{x1:.1f} {y1:.1f} L{x2:.1f} {y2:.1f}"
    return f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="1"{dashed}/>'


def _path(xs: Sequence[float], ys: Sequence[float], colour: str, dash: str = "") -> str:
    points = " L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys, strict=True))
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M{points}" fill="none" stroke="{colour}" stroke-width="1.8"{dashed}/>'


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{colour}"/>'
    )


def _svg(title: str, parts: Sequence[str], width: float = WIDTH, height: float = HEIGHT) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="noto, sans-serif" role="img" '
        f'aria-label="{escape(title, quote=True)}">'
        f'<rect x="0" y="0" width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>'
        f"{_text(LEFT, 18, title, size=14)}{''.join(parts)}</svg>"
    )


def _frame(x: Axis, y: Axis, x_label: str, y_label: str) -> list[str]:
    parts = []
    for value in y.ticks():
        parts.append(_line(x.start, y(value), x.end, y(value), GRID))
        parts.append(_text(x.start - 6, y(value) + 4, f"{value:g}", "end", 11))
    for value in x.ticks():
        parts.append(_line(x(value), y.start, x(value), y.start + 4))
        parts.append(_text(x(value), y.start + 17, f"{value:g}", "middle", 11))
    parts.append(_line(x.start, y.start, x.end, y.start))
    parts.append(_text((x.start + x.end) / 2, y.start + 36, x_label, "middle"))
    parts.append(_text(4, TOP + 6, y_label, size=11))
    return parts


def lines(
    title: str,
    series: Sequence[tuple[str, Array, Array]],
    x_label: str,
    y_label: str,
    *,
    log: bool = False,
    floor_: float = 1e-8,
    limits: Sequence[tuple[str, float]] = (),
) -> str:
    """Curves named at their right end; values at or below `floor_` of a logarithmic axis lie on it."""
    xs, ys = (np.concatenate([s[k] for s in series]) for k in (1, 2))
    low = max(floor_, float(ys[ys > 0].min(initial=1.0))) if log else min(0.0, float(ys.min()))
    x = Axis(float(xs.min()), float(xs.max()), LEFT, WIDTH - RIGHT)
    y = Axis(10.0 ** floor(log10(low)) if log else low, float(ys.max()), HEIGHT - BOTTOM, TOP + 20, log)
    parts = _frame(x, y, x_label, y_label)
    heights: list[float] = []
    for name, limit in limits:
        beside = sum(abs(y(limit) - other) < 11 for other in heights)  # names would cover each other
        heights.append(y(limit))
        parts += [
            _line(x.start, y(limit), x.end, y(limit), INK, "3 3"),
            _text(x.start + 4 + 110 * beside, y(limit) - 4, name, size=10),
        ]
    labels: list[float] = []
    for k, (name, at, values) in enumerate(series):
        colour, dash = COLOURS[k % len(COLOURS)], "5 3" if k >= len(COLOURS) else ""
        parts.append(_path([x(v) for v in at], [y(v) for v in values], colour, dash))
        place = y(float(values[-1])) + 4
        while any(abs(place - other) < 11 for other in labels) and place < HEIGHT:
            place += 3
        labels.append(place)
        parts.append(_text(x.end + 5, place, name, size=11, colour=colour))
    return _svg(title, parts)


def profile(s: Steady, title: str, say: Say = str) -> str:
    """The mole fraction of every element in the aqueous phase, stage by stage."""
    share = s.aqueous / s.aqueous.sum(axis=1, keepdims=True)
    stage = np.arange(1, len(share) + 1, dtype=float)
    names = s.cascade.elements or tuple(map(str, range(share.shape[1])))
    held = [i for i in range(share.shape[1]) if share[:, i].max() > 1e-8]
    return lines(
        title,
        [(names[i], stage, share[:, i]) for i in held],
        say("stage (fresh organic enters at 1)"),
        say("mole fraction in the aqueous phase"),
        log=True,
    )


def acidity(e: Equilibrated, title: str, say: Say = str) -> str:
    """pH, and the part of the extractant that holds rare earths, stage by stage."""
    stage = np.arange(1, len(e.acid) + 1, dtype=float)
    return lines(
        title,
        [("pH", stage, e.ph), (say("loading"), stage, e.loading)],
        say("stage (fresh organic enters at 1)"),
        say("pH; loading as a part of the extractant"),
    )


def operating_diagram(design: CutDesign, title: str, say: Say = str) -> str:
    """McCabe–Thiele between the two groups: what leaves the stages and what passes between them, as solved;
    of two elements at constant β also the curve of equilibrium. An aqueous feed enters at its x, an organic
    one at its y."""
    assert design.sized is not None
    s, a, cut = design.sized.solution, design.cut.a_side, design.cut
    x_a = s.aqueous[:, a].sum(axis=1) / s.aqueous.sum(axis=1)
    y_a = s.organic[:, a].sum(axis=1) / s.organic.sum(axis=1)
    x, y = Axis(0, 1, LEFT, HEIGHT + LEFT - TOP - BOTTOM - 20), Axis(0, 1, HEIGHT - BOTTOM, TOP + 20)
    parts = _frame(x, y, say("share of the extracted group in the aqueous phase"), say("in the organic"))
    parts.append(_line(x(0), y(0), x(1), y(1), GRID))
    if (cut.feed > 0).sum() == 2 and s.cascade.beta.ndim == 1:
        xs = np.linspace(0, 1, 101)
        ys = cut.key_beta * xs / (1 + (cut.key_beta - 1) * xs)
        parts.append(_path([x(v) for v in xs], [y(v) for v in ys], GRID))
    if cut.phase == "aqueous":
        parts.append(_line(x(cut.share), y(0), x(cut.share), y(1), INK, "3 3"))
    else:
        parts.append(_line(x(0), y(cut.share), x(1), y(cut.share), INK, "3 3"))
    step_x, step_y = [x_a[0]], [y_a[0]]
    for j in range(1, len(x_a)):
        step_x += [x_a[j], x_a[j]]
        step_y += [y_a[j - 1], y_a[j]]
    parts.append(_path([x(v) for v in step_x], [y(v) for v in step_y], COLOURS[0]))
    parts.append(_path([x(v) for v in x_a], [y(v) for v in y_a], COLOURS[1]))
    passing_x, passing_y = x_a[1:], y_a[:-1]
    for section in (
        slice(0, design.n_extraction - 1),
        slice(design.n_extraction - 1, None),
    ):  # two straight lines
        if len(passing_x[section]):
            parts.append(
                _path([x(v) for v in passing_x[section]], [y(v) for v in passing_y[section]], COLOURS[2])
            )
    legend = (
        *zip(("stages", "leaving a stage", "passing between stages"), COLOURS, strict=False),
        (f"{cut.phase} feed (dashed)", INK),
    )
    for k, (name, colour) in enumerate(legend):
        parts.append(_text(x.end + 16, TOP + 30 + 18 * k, say(name), size=11, colour=colour))
    return _svg(title, parts)


def startup(run: dynamics.StartUp, design: CutDesign, title: str, say: Say = str) -> str:
    """Impurity of both products in time."""
    days, cut, limits = run.times / 24, design.cut, design.limits
    return lines(
        title,
        [
            (say("extract"), days, run.product_a[:, cut.foreign_a].sum(axis=1)),
            (say("raffinate"), days, run.product_b[:, cut.foreign_b].sum(axis=1)),
        ],
        say("days"),
        say("foreign rare earths, mole fraction"),
        log=True,
        limits=[(say("extract allowed"), limits[0]), (say("raffinate allowed"), limits[1])],
    )


def control(schedule: Sequence[Move], days: float, title: str, say: Say = str) -> str:
    """The settings of a schedule, each held until the next."""
    times = np.array([*(move.time / 24 for move in schedule), days])
    at = np.repeat(times, 2)[1:-1]

    def held(settings: Sequence[float]) -> Array:
        return 100 * np.repeat(np.array(settings), 2)

    return lines(
        title,
        [
            (say("extract"), at, held([move.open_a for move in schedule])),
            (say("raffinate"), at, held([move.open_b for move in schedule])),
            (say("fed"), at, held([move.feed for move in schedule])),
        ],
        say("days"),
        say("% of the design flow"),
    )


def bars(title: str, stacks: Sequence[tuple[str, dict[str, float]]], unit: str) -> str:
    """One horizontal stack per name."""
    kinds = list(dict.fromkeys(kind for _, parts in stacks for kind in parts))
    most = max(sum(parts.values()) for _, parts in stacks)
    height = TOP + 24 + 44 * len(stacks) + 18 * ceil(len(kinds) / 4) + 34
    x = Axis(0, most * 1.02, LEFT + 20, WIDTH - 30)
    drawn = []
    bottom = TOP + 12 + 44 * len(stacks)
    for value in x.ticks():
        drawn += [
            _line(x(value), TOP + 8, x(value), bottom, GRID),
            _text(x(value), bottom + 15, f"{value:g}", "middle", 11),
        ]
    for row, (name, parts) in enumerate(stacks):
        at, top = 0.0, TOP + 14 + 44 * row
        drawn.append(_text(LEFT + 12, top + 19, name, "end"))
        for kind, value in parts.items():
            colour = COLOURS[kinds.index(kind) % len(COLOURS)]
            drawn.append(_box(x(at), top, x(at + value) - x(at), 28, colour))
            at += value
    for k, kind in enumerate(kinds):
        left, top = LEFT + 145 * (k % 4), bottom + 34 + 18 * (k // 4)
        drawn += [
            _box(left - 14, top - 9, 10, 10, COLOURS[k % len(COLOURS)]),
            _text(left, top, kind, size=11),
        ]
    drawn.append(_text(x.end, TOP - 8, unit, "end", 11))
    return _svg(title, drawn, height=height)


def tornado(title: str, swings: Sequence[Swing], base: float, unit: str, say: Say = str) -> str:
    """The result at the 5 % (blue) and 95 % (orange) point of each input."""
    shown = [s for s in swings if s.size > 0][:12]
    values = [base, *(v for s in shown for v in (s.at_low, s.at_high))]
    x = Axis(min(values), max(values), LEFT + 130, WIDTH - 30)
    bottom: float = TOP + 16 + 22 * len(shown)
    parts = []
    for value in x.ticks():
        parts += [
            _line(x(value), TOP + 8, x(value), bottom, GRID),
            _text(x(value), bottom + 15, f"{value:g}", "middle", 11),
        ]
    for row, s in enumerate(shown):
        top = TOP + 14 + 22 * row
        parts.append(_text(x.start - 8, top + 12, say(s.name.replace("_", " ")), "end", 11))
        for value, colour in ((s.at_low, COLOURS[0]), (s.at_high, COLOURS[1])):
            left, right = sorted((x(base), x(value)))
            parts.append(_box(left, top, right - left, 15, colour))
    parts += [_line(x(base), TOP + 8, x(base), bottom), _text(x.end, TOP - 8, unit, "end", 11)]
    return _svg(title, parts, height=bottom + 26.0)


def tree(plan: Plan, name: Callable[[tuple[int, ...]], str], title: str) -> str:
    """The sequence of cuts, left to right; the organic stream goes up, the aqueous one down. What a fuzzy cut
    distributes stands in brackets; parts of one product that come out in several places bear a star. What is
    drawn off within a cut hangs on a dotted line.
    """
    parted = plan.distributed
    leaves: list[str] = []
    parts: list[str] = []
    spread, across = 34, 150

    def place(plan: Plan | None, products: tuple[int, ...], depth: int) -> float:
        x = 12 + across * depth
        if plan is None:
            leaves.append(name(products) + (" *" if products[0] in parted else ""))
            y = TOP + 14.0 + spread * (len(leaves) - 1)
            colour = COLOURS[1] if products[0] in parted else COLOURS[0]
            parts.append(_text(x, y + 4, leaves[-1], size=12, colour=colour))
            return y
        upper = place(plan.upper, plan.step.above, depth + 1)
        drawn = plan.step.drawn
        middle = [] if drawn is None else [(place(None, (drawn,), depth + 1), "1 3")]
        lower = place(plan.lower, plan.step.below, depth + 1)
        y = (upper + lower) / 2
        for child, dash in (
            (upper, "" if plan.upper is None or plan.upper.step.phase == "organic" else "4 3"),
            (lower, ""),
            *middle,
        ):
            parts.append(_line(x + 96, y, x + across - 6, child, INK, dash))
        fuzzy = f" ({name(plan.step.fuzzy)})" if plan.step.fuzzy else ""
        parts.append(_text(x, y - 2, name(products), size=10))
        parts.append(
            _text(x, y + 11, f"S ≥ {plan.step.least_organic:.4g}{fuzzy}", size=10, colour=COLOURS[1])
        )
        return y

    every = tuple(range(plan.step.below[0], plan.step.above[-1] + 1))
    place(plan, every, 0)
    depth = _depth(plan)
    return _svg(title, parts, width=12 + across * depth + 160, height=TOP + 24 + spread * len(leaves))


def _depth(plan: Plan | None) -> int:
    return 0 if plan is None else 1 + max(_depth(plan.lower), _depth(plan.upper))
