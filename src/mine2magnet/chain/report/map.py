"""A map of flows between countries as plain SVG: what is shipped of one element, and what no longer is."""

from __future__ import annotations

from functools import cache
from html import escape

import numpy as np
from numpy.typing import NDArray

from mine2magnet.chain import Network
from mine2magnet.chain.io.tables import rows
from mine2magnet.chain.report.charts import COLOURS, GREY

# Equal Earth (Šavrič, Patterson & Jenny 2018, Int. J. Geogr. Inf. Sci. 33(3)): areas keep their size.
A = (1.340264, -0.081106, 0.000893, 0.003796)
WIDEST, LARGEST = 14.0, 17.0  # px: of the largest flow's line, and the radius of the largest place
SOUTH, NORTH = -50.0, 72.0  # degrees shown
Point = tuple[float, float]


def equal_earth(east: float, north: float) -> Point:
    """x and y on the unit sphere of a place in degrees.

    >>> tuple(round(v, 3) for v in equal_earth(180, 0))
    (2.707, 0.0)
    """
    t = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(north)))
    t2, t6 = t**2, t**6
    slope = A[0] + 3 * A[1] * t2 + t6 * (7 * A[2] + 9 * A[3] * t2)
    x = 2 * np.sqrt(3) / 3 * np.radians(east) * np.cos(t) / slope
    return float(x), float(t * (A[0] + A[1] * t2 + t6 * (A[2] + A[3] * t2)))


@cache
def _places() -> dict[str, Point]:
    return {r["country"]: (float(r["east"]), float(r["north"])) for r in rows("places")}


@cache
def _land() -> tuple[tuple[Point, ...], ...]:
    outlines = (r["outline"].split() for r in rows("land"))
    return tuple(tuple(_pair(corner) for corner in outline) for outline in outlines)


def _pair(corner: str) -> Point:
    east, north = corner.split(":")
    return float(east), float(north)


def world(network: Network, flow: NDArray[np.float64], element: str, title: str, width: int = 760) -> str:
    """Tonnes a week of an element between countries: lines for `flow` (arcs), grey beneath for what normally
    goes there; circles for what a country's plants and users get and ship. Countries without a place in
    data/chain/places.csv are left out and named beneath."""
    content = network.content[network.places("arcs", "material"), network.elements.index(element)]
    now, usual = _between(network, flow * content), _between(network, network.flow * content)
    places = _places()
    known = {c for ends in usual | now for c in ends if c in places}
    left_out = sorted({c for ends in usual | now for c in ends} - known)
    at = {c: _drawn(*places[c], width) for c in known}
    height = _drawn(0, SOUTH, width)[1]
    lands = "".join(
        f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in (_drawn(*p, width) for p in outline))}Z"/>'
        for outline in _land()
    )
    most = max((t for (a, b), t in usual.items() if a != b), default=1.0)
    lines = "".join(
        _line(
            *(at[a], at[b], tonnes / most * WIDEST, GREY if usually else _colour(network, a)),
            f"{a} to {b}{', normally' if usually else ''}: {tonnes:.3g} t {element} a week",
        )
        for flows, usually in ((usual, True), (now, False))
        for (a, b), tonnes in sorted(flows.items(), key=lambda item: -item[1])
        if a != b and a in known and b in known and tonnes > most / 1000
    )
    size = {c: sum(t for ends, t in now.items() if c in ends) for c in known}
    largest = max(size.values(), default=1.0) or 1.0
    circles = "".join(
        _circle(at[c], LARGEST * (size[c] / largest) ** 0.5, _colour(network, c), c, size[c])
        for c in sorted(known, key=lambda c: -size[c])
    )
    beneath = f"without {', '.join(left_out)}" if left_out else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" '
        f'height="{height:.0f}" role="img" font-family="noto, sans-serif" font-size="11" fill="currentColor">'
        f"<title>{escape(title)}</title>"
        f'<g fill="#8883" stroke="#8886" stroke-width=".5">{lands}</g>{lines}{circles}'
        f'<text x="4" y="14" font-size="13">{escape(title)}</text>'
        f'<text x="4" y="{height - 6:.0f}" fill="{GREY}">{escape(beneath)}</text></svg>'
    )


def _between(network: Network, tonnes: NDArray[np.float64]) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    ends = (network.places("arcs", side) for side in ("supplier", "buyer"))
    for a, b, t in zip(*ends, tonnes, strict=True):
        if t > 0:
            key = network.nodes[a].country, network.nodes[b].country
            found[key] = found.get(key, 0.0) + float(t)
    return found


def _drawn(east: float, north: float, width: int) -> Point:
    x, y = equal_earth(east, north)
    edge, top = equal_earth(180, 0)[0], equal_earth(0, NORTH)[1]
    scale = width / (2 * edge)
    return (x + edge) * scale, (top - y) * scale + 22


def _line(a: Point, b: Point, thick: float, colour: str, said: str) -> str:
    """Bent to the left of its way, so that there and back lie apart."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    bend = (a[0] + b[0]) / 2 + dy * 0.2, (a[1] + b[1]) / 2 - dx * 0.2
    return (
        f'<path d="M{a[0]:.1f} {a[1]:.1f}Q{bend[0]:.1f} {bend[1]:.1f} {b[0]:.1f} {b[1]:.1f}" fill="none" '
        f'stroke="{colour}" stroke-opacity=".7" stroke-width="{max(thick, 0.4):.1f}">'
        f"<title>{escape(said)}</title></path>"
    )


def _circle(at: Point, radius: float, colour: str, country: str, tonnes: float) -> str:
    said = escape(f"{country}: {tonnes:.3g} t a week in and out")
    return (
        f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{max(radius, 2.0):.1f}" fill="{colour}" '
        f'fill-opacity=".75"><title>{said}</title></circle>'
        f'<text x="{at[0]:.1f}" y="{at[1] - 4:.1f}" text-anchor="middle" font-size="9">'
        f"{escape(country)}</text>"
    )


def _colour(network: Network, country: str) -> str:
    region = next(n.region for n in network.nodes if n.country == country)
    return COLOURS.get(region, GREY)
