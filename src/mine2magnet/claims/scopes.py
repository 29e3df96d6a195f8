"""Of what a figure speaks: stage and material."""

from __future__ import annotations

import re

from mine2magnet.claims.cues import Cue
from mine2magnet.claims.measures import MONEY, TIME
from mine2magnet.claims.view import STRONG, Slots, View

_OF_NOTHING = frozenset(("person", "vehicle", "count", "km", "km2", "m", "hectare", "MW", "GW", "MWh", "GWh"))

_PRICED = ("price", "price_floor")


def stage(view: View, slots: Slots, measure: str | None) -> str | None:
    for c in view.candidates(("stage",)):
        return c.id
    if measure in _PRICED or (view.figure.quantity.unit in MONEY and measure != "cost"):
        return None  # what money is paid for is told beside it
    if (
        view.previous is not None
        and slots.stage
        and not STRONG.search(view.s.text, view.previous.end, view.figure.start)
    ):
        return slots.stage
    for c in view.earlier(("stage",)):
        if view.previous is None:
            return c.id
        break
    return None


def materials(view: View, slots: Slots, measure: str | None) -> tuple[str, ...]:
    unit = view.figure.quantity.unit
    if measure is None and (unit in TIME or unit == "km"):
        return ()
    found = [c for c in view.candidates(("material",)) if not _compared(view, c)]
    if not found and view.previous is None:
        found = list(view.earlier(("material",)))[:1]
    if found:
        first = found[0]
        joined = [first.id]
        for other in found[1:]:
            low, high = sorted((first, other), key=lambda c: c.start)
            if view.s.text[low.end : high.start].strip() in ("and", "和", "と", "、", "及", "or", "与"):
                joined.append(other.id)
        return tuple(sorted(joined, key=lambda id: next(c.start for c in found if c.id == id)))
    # what a price or a tonnage is of carries on; what people or kilometres are of does not
    spent = unit in MONEY and measure not in (*_PRICED, "cost", "exports", "imports")
    return slots.materials if view.previous is not None and unit not in _OF_NOTHING and not spent else ()


def _compared(view: View, c: Cue) -> bool:
    """Whether a name is what the figure is so many times of: 氧化镝的四倍, "twice the dysprosium price"."""
    if view.figure.quantity.unit != "x" or view.figure.changed:
        return False
    text = view.s.text
    if c.end <= view.figure.start:
        return bool(re.fullmatch(r"[^，、。,]{0,4}[的の](?:約|约|近)?", text[c.end : view.figure.start]))
    return bool(re.match(r"\s(?:as|the|that|than|what)\b", text[view.figure.end : c.start]))
