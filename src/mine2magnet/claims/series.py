"""Figures told in a row: "6% and 4%", 分别增长15.2%和5.7%, それぞれ6％、4％増."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from mine2magnet.claims import scopes
from mine2magnet.claims.cues import Cue
from mine2magnet.claims.view import SUBJECTS, FigureContext, Sentence, Slots

_NEXT = re.compile(r"\s?(?:,\sand|,|、|，|和|与|及|と|\band\b)\s?")
_EACH_BEFORE = re.compile(r"(?:分别|分別|各自|それぞれ)[^，,、。;；]{0,16}$")
_EACH_BEHIND = re.compile(r"[^.;]{0,24}?\brespectively\b")
_EACH = 24  # characters before a row in which "each" stands


@dataclass(frozen=True, slots=True)
class FigureRow:
    """Figures [start, end) of a sentence that stand in a row; `each` of them is of another thing."""

    start: int
    end: int
    each: bool


def rows(s: Sentence) -> list[FigureRow]:
    """Return the rows of two or more figures of one unit with nothing but a comma or "and" between.

    Parameters
    ----------
    s : Sentence
    """
    found = []
    start = 0
    for i in range(1, len(s.figures) + 1):
        if i < len(s.figures) and _follows(s, i):
            continue
        if i - start > 1:
            head = s.text[max(s.start, s.figures[start].start - _EACH) : s.figures[start].start]
            each = _EACH_BEFORE.search(head) or _EACH_BEHIND.match(s.text, s.figures[i - 1].end, s.end)
            found.append(FigureRow(start, i, bool(each)))
        start = i
    return found


def _follows(s: Sentence, i: int) -> bool:
    a, b = s.figures[i - 1], s.figures[i]
    return a.quantity.unit == b.quantity.unit and bool(_NEXT.fullmatch(s.text, a.end, b.start))


def views(s: Sentence, row: FigureRow) -> Iterator[FigureContext]:
    """Give the first figure of a row and the last, beside which stands what tells of all.

    Parameters
    ----------
    s : Sentence
    row : FigureRow
    """
    ends = [s.start, *(f.end for f in s.figures)]
    right = s.figures[row.end].start if row.end < len(s.figures) else s.end
    for i in (row.start, row.end - 1):
        previous = s.figures[i - 1] if i else None
        yield FigureContext(
            s, s.figures[i], ends[i], right if i == row.end - 1 else s.figures[i + 1].start, previous
        )


def own(view: FigureContext, row: FigureRow, k: int, slots: Slots, told: Mapping[int, Slots]) -> Slots:
    """Return the slots of one of several figures that are each of another thing.

    Such a figure is of one of as many figures told before, or of one of as many names in a row.

    Parameters
    ----------
    view : FigureContext
    row : FigureRow
    k : int
        Which of the row's figures, from 0.
    slots : Slots
        What figures before have handed on.
    told : mapping of int to Slots
        Those of the sentence's figures so far, by number.
    """
    count = row.end - row.start
    before = [told.get(row.start - count + n) for n in range(count)]
    if all(before) and view.s.figures[row.start - 1].quantity.unit != view.figure.quantity.unit:
        return before[k] or slots
    things = _names(view.s, row, ("material",))
    actors = _names(view.s, row, SUBJECTS)
    if actors and scopes.aside(view, actors[0], slots.measure):
        actors = []
    return replace(
        slots,
        materials=(things[k].id,) if things else slots.materials,
        subjects=(actors[k].id,) if actors else slots.subjects,
    )


def _names(s: Sentence, row: FigureRow, kinds: tuple[str, ...]) -> list[Cue]:
    """The last names of these kinds before a row, if they are as many and stand in a row themselves."""
    count = row.end - row.start
    found = [c for c in s.cues if c.kind in kinds and c.end <= s.figures[row.start].start and not s.spoken(c)]
    last = found[-count:]
    apart = len({c.id for c in last}) == count
    return last if apart and all(_NEXT.fullmatch(s.text, a.end, b.start) for a, b in pairwise(last)) else []
