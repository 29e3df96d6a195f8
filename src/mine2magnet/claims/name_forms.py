"""Words of `data/claim_names.csv`: of what names are made, what stands beside them and what is none."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["company", "organisation", "place"]


@dataclass(frozen=True, slots=True)
class Formed:
    """Characters [start, end) of a text name an actor; `core` of them without legal form.

    `defined` are the words that the text gives for it: "the Company", “远驰电机”.
    """

    kind: Kind
    start: int
    end: int
    core: int  # where the name without its legal form ends
    defined: tuple[str, ...] = ()


@cache
def words(kind: str, language: str) -> frozenset[str]:
    """Return the words of one kind in one language.

    Parameters
    ----------
    kind : str
        legal, trade, body, site, verb, before, common, told, head, place or given.
    language : str
    """
    table = (resources.files("mine2magnet") / "data" / "claim_names.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(table))
    return frozenset(w for row in rows if row["kind"] == kind for w in row[language].split("|") if w)


def either(found: Iterable[str]) -> str:
    """Return the words as a pattern, the longest first.

    Parameters
    ----------
    found : iterable of str
    """
    return "|".join(map(re.escape, sorted(found, key=lambda w: (-len(w), w))))
