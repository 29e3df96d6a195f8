"""Where each figure of a network's tables comes from: row, value, range, unit, year, source, status."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mine2magnet.chain.io.tables import TABLES, Column, reference, table_file, table_rows

STATUSES = ("found", "computed", "judged", "assumption")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class SourcedFigure:
    """A figure of a table, as it is written there.

    `row` is as a spreadsheet counts (the heading is 1), `index` as the network does; `of` is whose it is.
    `status` is the figure's own (a column `cover_status`, say), else its row's.
    """

    table: str
    row: int
    index: int
    of: str
    column: str
    value: float
    low: float
    high: float
    unit: str
    year: str
    source: str
    url: str
    status: str
    note: str

    @property
    def words(self) -> str:
        """The part of the note that holds the figure: itself, or both ends of its range; else empty."""
        for part in self.note.split("; "):
            numbers = {float(n.replace(",", "")) for n in _NUMBER.findall(part)}
            if self.value in numbers or (self.low < self.high and {self.low, self.high} <= numbers):
                return part
        return ""

    @property
    def about(self) -> str:
        """The part of the note that is about the figure's column, else its first part."""
        parts = self.note.split("; ")
        return next((p for p in parts if p.startswith((f"{self.column}:", f"{self.column} "))), parts[0])

    @property
    def addressed(self) -> bool:
        """True where the source can be gone to: an address with more than a host."""
        parts = urlsplit(self.url)
        return parts.scheme in ("http", "https") and bool(parts.path.strip("/") or parts.query)


def figures(folder: Path | None = None) -> list[SourcedFigure]:
    """Return all figures of the tables of a network that `tables.load` reads.

    Parameters
    ----------
    folder : Path
        CSV, Parquet or Excel; without it, the built-in network.

    Returns
    -------
    list of SourcedFigure
        Those that stand there; what is left to a default is in no table.

    Raises
    ------
    UserError
        If a table cannot be read.
    """
    folder = reference() if folder is None else folder
    found = []
    for table, columns in TABLES.items():
        file = table_file(folder, table)
        for index, (row, values) in enumerate(table_rows(file) if file else ()):
            for column in columns:
                if column.kind in ("number", "range") and _given(values, column.name):
                    found.append(_figure(table, row, index, values, columns, column))
    return found


def records() -> list[SourcedFigure]:
    """Return all figures of the records of crises that come with the program.

    Returns
    -------
    list of SourcedFigure
        By crisis, in the order of its record.csv; the table is called after the folder.
    """
    found = []
    for file in sorted((reference() / "histories").glob("*/record.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for index, row in enumerate(csv.DictReader(lines)):
                low, high = float(row["low"]), float(row["high"])
                of = f"{row['measure']} of {row['of']}"
                table = f"histories/{file.parent.name}/record"
                found.append(SourcedFigure(
                    table, index + 2, index, of, "low to high", low, low, high, row["unit"], row["when"],
                    row["source"], row["url"], row["status"], row["note"],
                ))  # fmt: skip
    return found


def _given(values: Mapping[str, Any], name: str) -> str:
    return str(values.get(name) or "").strip()


def _figure(
    table: str, row: int, index: int, values: Mapping[str, Any], columns: tuple[Column, ...], column: Column
) -> SourcedFigure:
    name = column.name
    value = float(values[name])
    names = {c.name: c for c in columns}
    keys = ("name",) if "name" in names else [c.name for c in columns if c.kind == "text"]
    ends = (_given(values, f"{name}_{end}") for end in ("low", "high"))
    low, high = (float(end) if end else value for end in ends)
    return SourcedFigure(
        table, row, index, " → ".join(_given(values, key) for key in keys), name, value, low, high,
        _given(values, f"{name}_unit") or _given(values, "unit") or column.unit,
        _given(values, "year"), _given(values, "source"), _given(values, "url"),
        _given(values, f"{name}_status") or _given(values, "status"), _given(values, "note"),
    )  # fmt: skip
