"""Pictures of a chain as plain SVG: fans of a weekly quantity, and flows from mines to end uses."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from mine2magnet.chain import Network, Trace

STAGES = ("mine", "separation", "recycling", "metal", "magnet", "end use")
COLOURS = {
    "China": "#c0392b",
    "Rest of Asia": "#d68910",
    "Japan": "#8e44ad",
    "Europe": "#2471a3",
    "United States": "#1e8449",
    "Australia": "#148f77",
    "Africa": "#7e5109",
}
GREY = "#7f8c8d"


def fan(title: str, unit: str, weekly: Sequence[Sequence[float]], width: int = 420, height: int = 220) -> str:
    """P10, P50 and P90 (3 × weeks) as a band and a line."""
    low, middle, high = (np.asarray(q, dtype=float) for q in weekly)
    top = max(float(high.max()), 1.0) * 1.05
    left, bottom, up = 40, 24, 26
    x = left + np.arange(len(middle)) / max(len(middle) - 1, 1) * (width - left - 10)

    def y(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return height - bottom - values / top * (height - bottom - up)

    def points(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> str:
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(xs, ys, strict=True))

    band = points(np.concatenate([x, x[::-1]]), np.concatenate([y(high), y(low)[::-1]]))
    marks = np.array([0.0, top / 2, top])
    ticks = "".join(
        f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end">{v:.3g}</text>'
        f'<path d="M{left} {at:.1f}H{width - 10}" stroke="#8888" stroke-width=".5"/>'
        for v, at in zip(marks.tolist(), y(marks).tolist(), strict=True)
    )
    weeks = "".join(
        f'<text x="{x[w]:.1f}" y="{height - 6}" text-anchor="middle">{w}</text>'
        for w in range(0, len(middle), max(13, len(middle) // 8))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'font-family="system-ui,sans-serif" font-size="11" fill="currentColor">'
        f"<title>{escape(title)}, {escape(unit)}, by week: P10 to P90 and median</title>"
        f'<text x="{left}" y="15" font-size="13">{escape(title)} '
        f'<tspan fill="{GREY}">{escape(unit)}</tspan></text>'
        f'{ticks}{weeks}<polygon points="{band}" fill="#2471a3" fill-opacity=".2"/>'
        f'<polyline points="{points(x, y(middle))}" fill="none" stroke="#2471a3" stroke-width="2"/></svg>'
    )


def worst_half_year(trace: Trace) -> NDArray[np.float64]:
    """Mean weekly shipments (arcs) of the 26 weeks in which end uses lose most."""
    lost = np.maximum(trace.wanted - trace.level[:, trace.network.places("demands", "node")], 0.0).sum(axis=1)
    span = min(26, len(lost))
    sums = np.convolve(lost, np.ones(span), "valid")
    begin = int(np.argmax(sums))
    mean: NDArray[np.float64] = trace.shipped[begin : begin + span].mean(axis=0)
    return mean


def sankey(
    network: Network, flow: NDArray[np.float64], element: str, title: str, width: int = 560, height: int = 420
) -> str:
    """Tonnes a week of one element along the arcs, nodes gathered by stage and region."""
    k = network.elements.index(element)
    carried = flow * network.content[network.places("arcs", "material"), k]
    normal = network.flow * network.content[network.places("arcs", "material"), k]
    place = [(n.stage, n.region) for n in network.nodes]
    links: dict[tuple[tuple[str, str], tuple[str, str]], float] = {}
    passing: dict[tuple[str, str], list[float]] = {}  # what came in and went out, in this and a normal week
    for a, b, now, usual in zip(
        network.places("arcs", "supplier"), network.places("arcs", "buyer"), carried, normal, strict=True
    ):
        if now <= 0 and usual <= 0:
            continue
        ends = place[int(a)], place[int(b)]
        links[ends] = links.get(ends, 0.0) + float(now)
        for end, side in zip(ends, (1, 0), strict=True):
            passing.setdefault(end, [0.0, 0.0, 0.0])[side] += float(now)
        passing[ends[0]][2] += float(usual)
    stages = [s for s in STAGES if any(p[0] == s for p in passing)] + sorted(
        {p[0] for p in passing} - set(STAGES)
    )
    sizes = {p: max(v) for p, v in passing.items()}
    tallest = max((sum(v for p, v in sizes.items() if p[0] == s) for s in stages), default=1.0) or 1.0
    gap, top = 10, 40
    scale = (height - top - 10 - gap * 6) / tallest
    step = (width - 130) / max(len(stages) - 1, 1)
    at: dict[tuple[str, str], tuple[float, float]] = {}
    boxes = []
    for column, stage in enumerate(stages):
        y = float(top)
        boxes.append(f'<text x="{column * step:.0f}" y="32" fill="{GREY}">{escape(stage)}</text>')
        for p in sorted((p for p in sizes if p[0] == stage), key=lambda p: -sizes[p]):
            x, tall = column * step, max(sizes[p] * scale, 1.0)
            at[p] = (x, y)
            colour = COLOURS.get(p[1], GREY)
            said = f"{stage}, {p[1]}: {max(passing[p][:2]):.3g} t a week"
            middle = y + min(tall / 2, tall) + 4
            boxes.append(
                f'<rect x="{x:.0f}" y="{y:.1f}" width="10" height="{tall:.1f}" fill="{colour}">'
                f"<title>{escape(said)}</title></rect>"
                f'<text x="{x + 13:.0f}" y="{middle:.1f}" font-size="10">{escape(p[1])}</text>'
            )
            y += tall + gap
    used: dict[tuple[tuple[str, str], int], float] = {}
    bands = []
    for (a, b), tonnes in sorted(links.items(), key=lambda item: -item[1]):
        thick = tonnes * scale
        if thick < 0.2:
            continue
        (x0, y0), (x1, y1) = at[a], at[b]
        y0, y1 = y0 + used.get((a, 1), 0.0) + thick / 2, y1 + used.get((b, 0), 0.0) + thick / 2
        used[a, 1], used[b, 0] = used.get((a, 1), 0.0) + thick, used.get((b, 0), 0.0) + thick
        half = (x0 + 10 + x1) / 2
        said = f"{a[1]} {a[0]} to {b[1]} {b[0]}: {tonnes:.3g} t a week"
        bands.append(
            f'<path d="M{x0 + 10:.0f} {y0:.1f}C{half:.0f} {y0:.1f} {half:.0f} {y1:.1f} {x1:.0f} {y1:.1f}" '
            f'stroke-width="{thick:.1f}" stroke="{COLOURS.get(a[1], GREY)}" stroke-opacity=".35" fill="none">'
            f"<title>{escape(said)}</title></path>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'font-family="system-ui,sans-serif" font-size="11" fill="currentColor">'
        f'<title>{escape(title)}</title><text x="0" y="14" font-size="13">{escape(title)}</text>'
        f"{''.join(bands)}{''.join(boxes)}</svg>"
    )
