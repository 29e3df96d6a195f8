"""The form of a material: ore, oxide, metal, alloy, magnet …"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from functools import cache
from importlib import resources

from mine2magnet.claims.layout import Sentence

_REACH = 14  # characters between a material and the word of its form
_NEXT = 8  # characters in which a word stands that makes another thing of a material
_LATER = ("powder", "scrap", "alloy")
_ANY = ("oxide", "metal", "alloy", "carbonate", "concentrate", "powder", "scrap", "ore")
_IN_THE_GROUND = ("reserves", "grade")


@cache
def _table() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    table = (resources.files("mine2magnet") / "data" / "claim_forms.csv").read_text("utf-8")
    return tuple(
        (row["form"], re.compile(row["ids"]), re.compile(row["words"], re.IGNORECASE))
        for row in csv.DictReader(io.StringIO(table))
    )


def form(s: Sentence, materials: tuple[str, ...], measure: str = "") -> str | None:
    """Return the form of a figure's materials, as their names or the words beside them tell it.

    Parameters
    ----------
    s : Sentence
    materials : tuple of str
    measure : str
        The figure's, "" for none: what is in the ground has no form, though it is told as oxide.
    """
    if measure in _IN_THE_GROUND:
        return None
    spoken = [c for c in s.cues if c.kind == "material" and c.id in materials]
    for c in spoken:  # scrap of magnets, alloy powder: the word behind says it
        if found := _told(s.text[c.end : min(s.end, c.end + _NEXT)], _LATER):
            return found
    for id in materials:
        if found := next((name for name, ids, _ in _table() if ids.search(id)), None):
            return found
    for c in spoken:
        if found := _told(s.text[c.start : min(s.end, c.end + _REACH)], _ANY):
            return found
        if found := _told(s.text[c.end : min(s.end, c.end + _REACH)], ("magnet",)):
            return found
    return None


def _told(text: str, allowed: Collection[str]) -> str | None:
    return next((name for name, _, words in _table() if name in allowed and words.search(text)), None)
