"""Elements of SVG: what is said is escaped, and a number that is not finite is refused."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby
from math import isfinite
from typing import Any

# Each has a contrast of 3:1 or more with the light and with the dark ground of the pages, so that a chart
# needs no second set; the first four are those of Okabe and Ito (2008) for colour-blind readers, darkened.
PALETTE = (
    *("#0072B2", "#D55E00", "#009E73", "#C46F9F", "#A87900"),
    *("#5888F8", "#767676", "#B84030", "#7A63D6", "#4A8C2A"),
)
GREY, GRID, DASH, THIN = "#808080", "#8885", "4 3", ".35"  # the last: opacity
Point = tuple[float, float]


def element(tag: str, *inner: str, says: str = "", **attributes: Any) -> str:
    """Return an element around `inner`, which is SVG; it `says` something when it is pointed at. Attributes
    are words or px; None leaves one out, `_` stands for `-`."""
    given = (
        f' {name.strip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else px(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    title = f"<title>{escape(says)}</title>" if says else ""
    return f"<{tag}{''.join(given)}>{title}{''.join(inner)}</{tag}>"


def text(x: float, y: float, words: str, anchor: str | None = None, **attributes: Any) -> str:
    return element("text", escape(words), x=x, y=y, text_anchor=anchor, **attributes)


def line(*points: Point, colour: str = GREY, width: float = 1, dash: str | None = None, **more: Any) -> str:
    look: dict[str, Any] = {"fill": "none", "stroke": colour, "stroke_width": width, "stroke_dasharray": dash}
    return element("path", d=way(points), **look, **more)


def way(points: Iterable[Point]) -> str:
    """Return the `d` of a path through `points`, without those that would stand on the one before."""
    return "M" + "L".join(place for place, _ in groupby(f"{px(x)} {px(y)}" for x, y in points))


def px(value: float) -> str:
    if not isfinite(value):
        raise ValueError("a coordinate is not finite")
    return f"{value:.1f}".removesuffix(".0")


def text_width(words: str, size: float = 11) -> float:
    """Estimate the px that a line of `words` takes: an em for a Chinese or Japanese character, else 0.56."""
    return size * sum(1.0 if char > "\u2e7f" else 0.56 for char in words)
