"""The form of a material: ore, oxide, metal, alloy, magnet …"""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from importlib import resources

from mine2magnet.claims.layout import Sentence

_REACH = 14  # characters between a material and the word of its form


@cache
def _table() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    table = (resources.files("mine2magnet") / "data" / "claim_forms.csv").read_text("utf-8")
    return tuple(
        (row["form"], re.compile(row["ids"]), re.compile(row["words"], re.IGNORECASE))
        for row in csv.DictReader(io.StringIO(table))
    )


def form(s: Sentence, materials: tuple[str, ...]) -> str | None:
    """Return the form of a figure's materials, as their names or the words beside them tell it.

    Parameters
    ----------
    s : Sentence
    materials : tuple of str
    """
    for id in materials:
        if found := next((name for name, ids, _ in _table() if ids.search(id)), None):
            return found
    for c in s.cues:
        if c.kind == "material" and c.id in materials:
            near = s.text[c.start : min(s.end, c.end + _REACH)]
            if found := next((name for name, _, words in _table() if words.search(near)), None):
                return found
    return None
