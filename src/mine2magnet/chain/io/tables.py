"""A folder of tables (CSV, Parquet or Excel) → Network, with units; mistakes by file, row and column."""

from __future__ import annotations

import csv
import logging
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pint

from mine2magnet.chain import Arc, Demand, Fault, Make, Material, Network, Node, Use
from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range

SUFFIXES = (".csv", ".parquet", ".xlsx")
TAIL = ("year", "source", "url", "status", "note")
LARGEST = 200_000_000  # bytes; a table of a million rows is about this large
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
WEEKS_A_YEAR = 365.25 / 7
_BASE = {
    "t/week": "t a week",
    "week": "weeks",
    "t/t": "a share",
    "USD/t": "USD per tonne",
    "1": "a number",
    "piece/year": "pieces a year",
    "kg/piece": "kg a piece",
    "day": "days",
}


@dataclass(frozen=True, slots=True)
class Column:
    """`unit`: what the model works in; "" for text. `kind`: text, number, range, yes."""

    name: str
    kind: str = "number"
    unit: str = "1"
    needed: bool = True
    default: float | str = ""


def _text(name: str, needed: bool = True) -> Column:
    return Column(name, "text", "", needed)


TABLES: dict[str, tuple[Column, ...]] = {
    "materials": (
        _text("name"),
        Column("price", unit="USD/t", needed=False, default=0.0),
        Column("elasticity", "range", needed=False),
        Column("spot", unit="t/t", needed=False, default=1.0),
    ),
    "contents": (_text("material"), _text("element"), Column("share", unit="t/t")),
    "nodes": (
        _text("name"),
        _text("stage"),
        _text("country"),
        _text("region", False),
        _text("operator", False),
        Column("capacity", unit="t/week", needed=False, default=float("inf")),
        Column("ramp", unit="week", needed=False, default=0.0),
        Column("recovery", unit="week", needed=False, default=26.0),
    ),
    "uses": (
        _text("node"),
        _text("material"),
        Column("amount", "range", "t/t"),
        Column("cover", "range", "week"),
        Column("saving", unit="t/t", needed=False, default=0.0),
        Column("delay", unit="week", needed=False, default=0.0),
        Column("ramp", unit="week", needed=False, default=1.0),
    ),
    "makes": (
        _text("node"),
        _text("material"),
        Column("amount", unit="t/t"),
        Column("cover", "range", "week", needed=False, default=2.0),
        Column("driving", "yes", "", needed=False, default="yes"),
    ),
    "arcs": (
        _text("supplier"),
        _text("buyer"),
        _text("material"),
        Column("share", unit="t/t"),
        Column("lead", "range", "week"),
    ),
    "demands": (
        _text("node"),
        Column("rate", unit="t/week"),
        Column("value", unit="USD/t"),
        Column("elasticity", needed=False, default=0.0),
        Column("deferred", unit="t/t", needed=False, default=0.0),
        Column("priority", needed=False, default=0.0),
    ),
}
OPTIONAL = ("contents",)


@dataclass(frozen=True, slots=True)
class TableCell:
    """Where a value stands: file, row as a spreadsheet counts it (the heading is 1), column."""

    file: str
    row: int
    column: str

    def fault(self, what: str, hint: str = "") -> UserError:
        """Return a mistake at this place.

        Parameters
        ----------
        what : str
            What is wrong.
        hint : str
            How to mend it.

        Returns
        -------
        UserError
            To be raised.
        """
        return UserError(what, where=f"{self.file} row {self.row} {self.column}", hint=hint)


@cache
def _units() -> pint.UnitRegistry[Any]:
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry()
    registry.define("USD = [money]")
    registry.define("percent = 0.01 = %")
    # Goods that are counted stand in for tonnes: 2 kg/unit of an input are 0.002 t for each unit made.
    registry.define("unit = tonne = piece")
    return registry


@cache
def _factor(unit: str, base: str) -> float:
    """Return what to multiply by to get from `unit` to `base`. Raises ValueError if that makes no sense."""
    registry = _units()
    try:
        return float(registry.Quantity(1.0, unit).to(base).magnitude)
    except Exception as error:  # pint raises a dozen kinds, some of them its tokenizer's
        raise ValueError(unit) from error


def to_weeks(text: str) -> float:
    """Return a time with its unit, such as 45 days, in weeks.

    Parameters
    ----------
    text : str
        A number and a unit of time.

    Returns
    -------
    float
        Weeks.

    Raises
    ------
    ValueError
        If it is no time.

    >>> round(to_weeks("45 days"), 2)
    6.43
    """
    try:
        return float(_units().Quantity(text).to("week").magnitude)
    except Exception as error:  # as in `_factor`
        raise ValueError(text) from error


def reference() -> Path:
    """Return the folder of the built-in network.

    Returns
    -------
    Path
        A folder.
    """
    return Path(str(resources.files("mine2magnet") / "data" / "chain"))


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table beside the network's, as text.

    Parameters
    ----------
    name : str
        The table's, without ending.

    Returns
    -------
    list of dict
        Lines that begin with # are remarks and left out.
    """
    with (reference() / f"{name}.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def template(folder: Path) -> list[Path]:
    """Write a small complete network to start from: mine, separation, magnets, one end use.

    Parameters
    ----------
    folder : Path
        Made if need be.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    UserError
        If the folder has tables already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if held := [f.name for f in folder.iterdir() if f.stem in TABLES]:
        raise UserError(f"{held[0]} is already there", where=str(folder), hint="name an empty folder")
    source = reference() / "template"
    return [Path(shutil.copy(file, folder)) for file in sorted(source.glob("*.csv"))]


@cache
def built_in() -> Network:
    """Return the built-in network, which is read once."""
    return load()


def load(folder: Path | None = None) -> Network:
    """Read the tables of a folder.

    Parameters
    ----------
    folder : Path
        CSV, Parquet or Excel; without it, the built-in network.

    Returns
    -------
    Network
        Checked.

    Raises
    ------
    UserError
        Naming file, row and column for anything missing, unknown or out of range.
    """
    folder = reference() if folder is None else folder
    if not folder.is_dir():
        raise UserError(
            "no such folder", where=str(folder), hint="mine2magnet stress --template FOLDER writes one"
        )
    files = {name: table_file(folder, name) for name in TABLES}
    rows = {name: list(_rows(file, TABLES[name])) if file else [] for name, file in files.items()}
    contents: dict[str, dict[str, float]] = {}
    names = {values["name"] for _, values in rows["materials"]}
    for cell, values in rows["contents"]:
        if values["material"] not in names:
            raise replace(cell, column="material").fault(f"unknown material {values['material']!r}")
        contents.setdefault(values["material"], {})[values["element"]] = values["share"]
    make: Mapping[str, Any] = {
        "materials": lambda v: Material(content=contents.get(v["name"], {}), **v),
        "nodes": lambda v: Node(**{**v, "region": v["region"] or v["country"]}),
        "uses": lambda v: Use(**{**v, "amount": v["amount"].likely, "spread": _relative(v["amount"])}),
        "makes": lambda v: Make(**v),
        "arcs": lambda v: Arc(**v),
        "demands": lambda v: Demand(**{**v, "priority": int(v["priority"])}),
    }
    built = {name: tuple(make[name](values) for _, values in rows[name]) for name in make}
    try:
        network = Network(**built)
        network.level  # noqa: B018  # so that a network that never settles is told of here
        return network
    except Fault as fault:
        file = files.get(fault.table)
        where = file.name if file else fault.table
        if fault.row is not None:
            where += f" row {rows[fault.table][fault.row][0].row}"
        raise UserError(fault.what, where=f"{where} {fault.column}".strip(), hint=fault.hint) from fault


def _relative(r: Range) -> Range:
    """A range as multiples of its value; that of nought is left for the checks to refuse."""
    return Range(r.low / r.likely, 1.0, r.high / r.likely) if r.likely > 0 else Range(1.0, 1.0, 1.0)


def table_file(folder: Path, name: str) -> Path | None:
    """Return the file of a table.

    Parameters
    ----------
    folder : Path
        Of a network.
    name : str
        The table's.

    Returns
    -------
    Path or None
        None if the table is not there and may be left out.

    Raises
    ------
    UserError
        If it is missing, there twice, or too large.
    """
    found = [folder / f"{name}{suffix}" for suffix in SUFFIXES if (folder / f"{name}{suffix}").is_file()]
    if len(found) > 1:
        raise UserError(
            f"both {found[0].name} and {found[1].name}", where=str(folder), hint="keep one of them"
        )
    if not found and name not in OPTIONAL:
        raise UserError(f"no table {name}", where=str(folder), hint=f"add {name}.csv, .parquet or .xlsx")
    if found and found[0].stat().st_size > LARGEST:
        raise UserError(f"larger than {LARGEST:,} bytes", where=found[0].name)
    return found[0] if found else None


def table_rows(file: Path, sheet: str = "") -> Iterator[tuple[int, dict[str, Any]]]:
    """Read the rows of a table, each with its number as a spreadsheet counts it.

    Parameters
    ----------
    file : Path
        CSV, Parquet or Excel.
    sheet : str
        Of an Excel workbook; without it, the first.

    Yields
    ------
    int, dict
        Number and cells by heading; what is empty is "".

    Raises
    ------
    UserError
        If it cannot be read.
    """
    if file.suffix == ".csv":
        yield from _csv_rows(file)
        return
    try:
        import polars
    except ImportError as error:
        hint = "pip install 'mine2magnet[tables]', or save as CSV"
        raise UserError(f"{file.suffix} needs polars", where=file.name, hint=hint) from error
    logging.getLogger("fastexcel").setLevel(logging.ERROR)  # an empty column has no type to be told of
    try:
        frame = (
            polars.read_parquet(file)
            if file.suffix == ".parquet"
            else polars.read_excel(file, sheet_name=sheet or None, drop_empty_rows=False)
        )
    except Exception as error:  # a damaged file fails in as many ways as there are formats
        raise UserError(f"cannot be read: {error}", where=file.name) from error
    for i, record in enumerate(frame.iter_rows(named=True)):
        if any(v is not None for v in record.values()):
            yield i + 2, {k: "" if v is None else v for k, v in record.items()}


def _csv_rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            _check_separator(file, reader.fieldnames or ())
            for values in reader:
                if None in values:
                    where = f"{file.name} row {reader.line_num}"
                    raise UserError("more cells than headings", where=where)
                yield reader.line_num, {k: v or "" for k, v in values.items()}
    except UnicodeDecodeError as error:
        raise not_utf8(file) from error
    except csv.Error as error:
        raise UserError(f"not a CSV table: {error}", where=file.name) from error


def not_utf8(file: Path) -> UserError:
    """Return the mistake of a table in another encoding, such as Excel's own CSV.

    Parameters
    ----------
    file : Path
        The table's.
    """
    return UserError("not a CSV table in UTF-8", where=file.name, hint="save it as CSV UTF-8")


def _check_separator(file: Path, headings: Sequence[str]) -> None:
    """Refuse a table whose cells some other sign than the comma parts, as Excel writes it in Germany."""
    for sign in ";\t":
        if len(headings) == 1 and sign in headings[0]:
            what = f"cells are separated by {sign!r}, not commas"
            raise UserError(what, where=file.name, hint="save it with commas")


def _rows(file: Path, columns: tuple[Column, ...]) -> Iterator[tuple[TableCell, dict[str, Any]]]:
    known = {c.name for c in columns} | {
        f"{c.name}_{x}" for c in columns for x in ("low", "high", "unit", "status")
    }
    known |= {"unit", *TAIL}
    for number, values in table_rows(file):
        here = TableCell(file.name, number, "")
        if unknown := next((k for k in values if k not in known), None):
            raise TableCell(file.name, 1, str(unknown)).fault(
                "unknown column", "columns are " + ", ".join(c.name for c in columns)
            )
        yield here, {c.name: cell_value(replace(here, column=c.name), values, c) for c in columns}


def cell_value(cell: TableCell, values: Mapping[str, Any], column: Column) -> Any:
    """Read one value of a row, in the unit of its column.

    Parameters
    ----------
    cell : TableCell
        Where it stands.
    values : mapping of str to Any
        The row, as `table_rows` gives it.
    column : Column
        What it is to be.

    Returns
    -------
    str, bool, float, Range or None
        By the column's kind; None for a range that may be left out.

    Raises
    ------
    UserError
        Naming the place, if it is missing, no such value, or in a unit that measures something else.
    """
    given = values.get(column.name, "")
    given = given.strip() if isinstance(given, str) else given
    if given == "" and column.needed:
        raise cell.fault("nothing is given")
    if given == "" and column.kind == "range" and column.default == "":
        return None
    if column.kind == "text":
        return str(given)
    if column.kind == "yes":
        said = str(given or column.default).lower()
        if said not in ("yes", "no", "true", "false"):
            raise cell.fault(f"{given!r} is neither yes nor no")
        return said in ("yes", "true")
    unit = values.get(f"{column.name}_unit") or values.get("unit") or column.unit
    try:
        factor = _factor(str(unit), column.unit)
    except ValueError:
        raise cell.fault(
            f"the unit {unit!r} does not measure {_BASE[column.unit]}", f"write it in a unit of {column.unit}"
        ) from None
    value = _number(cell, given, column.default) * factor
    if column.kind == "number":
        return value
    low, high = (
        _number(
            replace(cell, column=f"{column.name}_{end}"),
            values.get(f"{column.name}_{end}", ""),
            value / factor,
        )
        * factor
        for end in ("low", "high")
    )
    try:
        return Range(low, value, high)
    except ValueError as error:
        raise cell.fault(f"the range {low:g} … {high:g} does not hold its value {value:g}") from error


def _number(cell: TableCell, given: Any, default: Any) -> float:
    given = default if given == "" else given
    try:
        return float(given)
    except (TypeError, ValueError):
        raise cell.fault(f"{given!r} is not a number", _as_written(str(given))) from None


def _as_written(given: str) -> str:
    """Return a hint how to write a number with thousands' commas, a decimal comma or a percent sign."""
    text = given.strip()
    number = text.removesuffix("%").strip()
    number = number.replace(",", "") if _THOUSANDS.fullmatch(number) else number.replace(",", ".")
    try:
        value = float(number) / (100 if text.endswith("%") else 1)
    except ValueError:
        return ""
    return f"write {value:.15g}"
