"""The order in which the pieces of a printed page are read where it has columns side by side.

Such a page is cut where a gutter runs between two columns of prose, each again if it has one (the recursive
XY cut of Nagy and Seth 1984); what runs across it, a headline or a table, parts the page into bands. A table
has gutters, too, but its cells are short and it is read along its rows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TypeAlias

LEAST_LINES = 5  # of a column
FILLED = 0.6  # of a column's width that its usual line fills: prose does, the cells of a table seldom do
WIDE = 0.2  # of the width of what is cut that a column has at least
ACROSS = 0.3  # of all pieces that may run across a gutter, at most
GUTTER = 0.4  # of a line's height that a gutter is wide, at least
TURNS = 3  # from a right column back to the left one: where there are fewer, the order is as it should be

Lines: TypeAlias = list[list[int]]


@dataclass(frozen=True, slots=True)
class Box:
    """Where a piece of text stands, in points from the bottom left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom


def lines(boxes: Sequence[Box]) -> Lines | None:
    """The pieces as lines in reading order, by their index; None where their own order will do."""
    every = [i for i, box in enumerate(boxes) if box.width > 0 and box.height > 0]
    gutter = _gutter(boxes, every)
    if gutter is None or _turns(boxes, every, gutter) < TURNS:
        return None
    return _ordered(boxes, every)


def _ordered(boxes: Sequence[Box], pieces: Sequence[int]) -> Lines:
    gutter = _gutter(boxes, pieces)
    if gutter is None:
        return _rows(boxes, pieces)
    found: Lines = []
    band: list[int] = []
    for row in _rows(boxes, pieces):
        across = any(boxes[i].left < gutter < boxes[i].right for i in row)
        if not across:
            band += row
            continue
        found += [*_sides(boxes, band, gutter), row]
        band = []
    return found + _sides(boxes, band, gutter)


def _sides(boxes: Sequence[Box], band: Sequence[int], gutter: float) -> Lines:
    left = [i for i in band if boxes[i].right <= gutter]
    right = [i for i in band if boxes[i].right > gutter]
    return [*_ordered(boxes, left), *_ordered(boxes, right)]


def _rows(boxes: Sequence[Box], pieces: Sequence[int]) -> Lines:
    """Pieces at one height as a line, from the top down, each from left to right."""
    rows: Lines = []
    for i in sorted(pieces, key=lambda i: (-(boxes[i].bottom + boxes[i].top), boxes[i].left)):
        middle = (boxes[i].bottom + boxes[i].top) / 2
        if rows and boxes[rows[-1][0]].bottom <= middle <= boxes[rows[-1][0]].top:
            rows[-1].append(i)
        else:
            rows.append([i])
    return [sorted(row, key=lambda i: boxes[i].left) for row in rows]


def _gutter(boxes: Sequence[Box], pieces: Sequence[int]) -> float | None:
    """The middle of the widest stretch that parts two columns of prose; None if there is none."""
    if len(pieces) < 2 * LEAST_LINES:
        return None
    height = median(boxes[i].height for i in pieces)
    within = max(boxes[i].right for i in pieces) - min(boxes[i].left for i in pieces)
    begins = sorted(boxes[i].left for i in pieces)
    best, found = GUTTER * height, None
    for start in sorted({boxes[i].right for i in pieces}):
        following = bisect_right(begins, start)
        gap = begins[following] - start if following < len(begins) else 0.0
        if gap <= best:
            continue
        at = start + gap / 2
        left = [i for i in pieces if boxes[i].right < at]
        right = [i for i in pieces if boxes[i].left > at]
        across = len(pieces) - len(left) - len(right)
        if across <= ACROSS * len(pieces) and all(_is_prose(boxes, side, within) for side in (left, right)):
            best, found = gap, at
    return found


def _is_prose(boxes: Sequence[Box], column: Sequence[int], within: float) -> bool:
    """Return whether its lines fill it, or those of the columns that it is made of."""
    if len(column) < LEAST_LINES:
        return False
    width = max(boxes[i].right for i in column) - min(boxes[i].left for i in column)
    filled = median(boxes[i].width for i in column) >= FILLED * width
    return width >= WIDE * within and (filled or _gutter(boxes, column) is not None)


def _turns(boxes: Sequence[Box], pieces: Sequence[int], gutter: float) -> int:
    """Count how often the order goes from a piece on the right back to one on the left."""
    sides = [boxes[i].left > gutter for i in pieces if not boxes[i].left < gutter < boxes[i].right]
    return sum(a and not b for a, b in pairwise(sides))
