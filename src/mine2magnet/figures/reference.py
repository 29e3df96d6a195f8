"""Reference figures, such as those of a geological survey, to set claims beside: `data/reference.csv`."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Reference:
    """A figure from `low` to `high` in `unit`, of one year or month. `subject`, `measure`, `stage` and
    `material` are thesaurus ids; `stage` is None where the measure is not told by stage."""

    subject: str
    measure: str
    stage: str | None
    material: str
    low: float
    high: float
    unit: str
    period: str
    source: str
    url: str


@cache
def references() -> tuple[Reference, ...]:
    """All rows of the table, in its order."""
    table = (resources.files("mine2magnet") / "data" / "reference.csv").read_text("utf-8")
    return tuple(
        Reference(
            **(row | {"stage": row["stage"] or None, "low": float(row["low"]), "high": float(row["high"])})
        )
        for row in csv.DictReader(io.StringIO(table))
    )
