"""A folder of a company's tables (CSV, or one Excel workbook) ↔ Company; all mistakes at once."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from mine2magnet.chain.company.placement import PlacedCompany, known_node, placed
from mine2magnet.chain.company.schema import (
    MEASURES,
    MOST,
    BillItem,
    Company,
    CompanyPart,
    Contract,
    Measure,
    Supplier,
)
from mine2magnet.chain.io.tables import (
    TAIL,
    WEEKS_A_YEAR,
    Column,
    TableCell,
    cell_value,
    not_utf8,
    reference,
    rows,
    table_rows,
)
from mine2magnet.chain.network import Fault, Network, suggestion
from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range

WORKBOOK = "company.xlsx"
LARGEST = 5_000_000  # bytes of a table
LONGEST = {"parts": 60, "measures": 30}  # rows: a scenario takes 100 mitigations, of which each can be one
ROWS = 1000  # of any other table
KG = 1000.0  # in a tonne
WEEK = 7.0  # days

TableName: TypeAlias = Literal["company", "parts", "bill", "suppliers", "supply", "measures"]
COLUMNS: dict[str, tuple[Column, ...]] = {
    "company": (
        Column("name", "text", ""),
        Column("currency", "text", ""),
        Column("budget", needed=False, default=0.0),
        Column("usd", needed=False, default=0.0),
    ),
    "parts": (
        Column("part", "text", ""),
        Column("country", "text", ""),
        Column("pieces", unit="piece/year"),
        Column("value"),
        Column("basis", "text", "", needed=False),
        Column("deferred", unit="t/t", needed=False, default=0.0),
    ),
    "bill": (
        Column("part", "text", ""),
        Column("material", "text", ""),
        Column("amount", unit="kg/piece"),
        Column("stock", "range", "day"),
        Column("price", needed=False, default=-1.0),
    ),
    "suppliers": (
        Column("supplier", "text", ""),
        Column("country", "text", ""),
        Column("material", "text", ""),
        Column("stock", "range", "day"),
    ),
    "supply": (
        Column("buyer", "text", ""),
        Column("supplier", "text", ""),
        Column("material", "text", ""),
        Column("share", unit="t/t"),
        Column("lead", "range", "day"),
        Column("amount", unit="t/t", needed=False, default=1.0),
        Column("fixed", unit="t/t", needed=False, default=0.0),
    ),
    "measures": (
        Column("measure", "text", ""),
        Column("kind", "text", ""),
        Column("part", "text", ""),
        Column("material", "text", ""),
        Column("share", unit="t/t"),
        Column("cost"),
        Column("start", unit="week", needed=False, default=0.0),
        Column("ramp", unit="week", needed=False, default=0.0),
        Column("supplier", "text", "", needed=False),
        Column("country", "text", "", needed=False),
    ),
}
OPTIONAL = ("measures",)
BASES = ("revenue", "margin")
POSITIVE = {("parts", "pieces"), ("bill", "amount"), ("supply", "amount")}
SHARES = {("parts", "deferred"), ("supply", "share"), ("supply", "fixed"), ("measures", "share")}
MISSING = ("price", "usd")  # columns whose default says that nothing was given


@dataclass(frozen=True, slots=True)
class _Row:
    cell: TableCell
    values: Mapping[str, Any]  # None for what is wrong and told of already

    def fault(self, column: str, what: str, hint: str = "") -> UserError:
        return replace(self.cell, column=column).fault(what, hint)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass
class _Reading:
    """Tables as far as they could be read, and what is wrong with them."""

    network: Network
    rows: dict[str, list[_Row]] = field(default_factory=dict)
    unread: bool = False  # a table as a whole, so that what others say of it tells nothing
    faults: list[UserError] = field(default_factory=list)

    def names(self, table: str, column: str) -> set[str]:
        return {r[column] for r in self.rows[table] if r[column]}

    def known(self, table: str, column: str, allowed: Iterable[str], what: str, hint: str = "") -> None:
        """Each value of a column is one of those allowed; what is left out is told of elsewhere."""
        held = set(allowed)
        for row in self.rows[table]:
            if (value := row[column]) and value not in held:
                near = suggestion(value, held) or hint
                self.faults.append(row.fault(column, f"unknown {what} {value!r:.80}", near))

    def once(self, table: str, *columns: str) -> None:
        seen = set()
        for row in self.rows[table]:
            key = tuple(row[c] for c in columns)
            if all(key) and key in seen:
                self.faults.append(row.fault(columns[0], f"{', '.join(key)!s:.120} is there twice"))
            seen.add(key)


def regions() -> dict[str, str]:
    """Return the region of the network by country."""
    return {row["country"]: row["region"] for row in rows("countries")}


def currencies() -> dict[str, dict[str, str]]:
    """Return the rows of exchange rates by currency: USD for one of it, date, source."""
    return {row["currency"]: row for row in rows("currencies")}


def template(folder: Path, excel: bool = False) -> list[Path]:
    """Write an example of six parts and three suppliers to start from.

    Parameters
    ----------
    folder : Path
        Made if need be.
    excel : bool
        As one workbook in place of a CSV file for each table.

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
    taken = {WORKBOOK, *(f"{name}.csv" for name in COLUMNS)}
    if held := sorted(f.name for f in folder.iterdir() if f.name in taken):
        raise UserError(f"{held[0]} is already there", where=str(folder), hint="name an empty folder")
    source = reference() / "company"
    files = [source / f"{name}.csv" for name in COLUMNS]
    return [_workbook(files, folder / WORKBOOK)] if excel else [Path(shutil.copy(f, folder)) for f in files]


def _workbook(files: list[Path], target: Path) -> Path:
    try:
        import xlsxwriter
    except ImportError as error:
        hint = "pip install 'mine2magnet[tables]', or leave --excel out"
        raise UserError("an Excel workbook needs xlsxwriter", hint=hint) from error
    with xlsxwriter.Workbook(target) as book:
        bold = book.add_format({"bold": True})
        for file in files:
            sheet = book.add_worksheet(file.stem)
            with file.open(encoding="utf-8", newline="") as lines:
                for i, row in enumerate(csv.reader(lines)):
                    for k, value in enumerate(row):
                        number = _as_number(value)
                        sheet.write(i, k, value if number is None else number, bold if i == 0 else None)
            sheet.freeze_panes(1, 0)
            sheet.autofit()
    return target


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def check(folder: Path, network: Network) -> tuple[PlacedCompany | None, list[UserError]]:
    """Read a company's tables and place it in a network, with all that is wrong with them.

    Parameters
    ----------
    folder : Path
        CSV tables or one Excel workbook.
    network : Network
        The public one.

    Returns
    -------
    PlacedCompany or None
        None if anything is wrong.
    list of UserError
        Each names file, row and column, and how to mend it.
    """
    read = _Reading(network)
    if not folder.is_dir():
        hint = "mine2magnet company init FOLDER writes one"
        return None, [UserError("no such folder", where=str(folder), hint=hint)]
    for name in COLUMNS:
        read.rows[name] = _table(folder, name, read)
    _check_rows(read)
    if read.faults:
        return None, sorted(read.faults, key=_place)
    try:
        return placed(network, _company(read), regions()), []
    except Fault as fault:
        return None, [UserError(fault.what, where=str(folder), hint=fault.hint)]


def _place(fault: UserError) -> tuple[int, int]:
    """Table and row of a mistake, to tell them in order."""
    tables = [i for i, name in enumerate(COLUMNS) if re.search(rf"^{name}\.|sheet {name}\b", fault.where)]
    row = re.search(r" row ([0-9]+)", fault.where)
    return (tables[0] if tables else -1), (int(row[1]) if row else 0)


def load(folder: Path, network: Network) -> PlacedCompany:
    """Read a company's tables and place it in a network.

    Parameters
    ----------
    folder : Path
        CSV tables or one Excel workbook.
    network : Network
        The public one.

    Returns
    -------
    PlacedCompany
        The network with the company in it.

    Raises
    ------
    UserError
        The first of what is wrong.
    """
    found, faults = check(folder, network)
    if found is None:
        first, more = faults[0], len(faults) - 1
        hint = first.hint + (f"; {more} more: mine2magnet company check {folder}" if more else "")
        raise UserError(first.what, where=first.where, hint=hint.removeprefix("; "))
    return found


def texts(folder: Path) -> dict[TableName, str]:
    """Return the tables of a folder as a request has them: by name, each as the text of a CSV file.

    Parameters
    ----------
    folder : Path
        CSV tables or one Excel workbook.

    Returns
    -------
    dict of str to str
        Those that are there.

    Raises
    ------
    UserError
        If one cannot be read.
    """
    found: dict[TableName, str] = {}
    book = folder / WORKBOOK
    for name in get_args(TableName):
        file = folder / f"{name}.csv"
        if file.is_file():
            try:
                found[name] = file.read_text("utf-8-sig")
            except UnicodeDecodeError as error:
                raise not_utf8(file) from error
        elif book.is_file() and (held := [values for _, values in table_rows(book, name)]):
            out = io.StringIO(newline="")
            writer = csv.DictWriter(out, list(held[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(held)
            found[name] = out.getvalue()
    return found


def _table(folder: Path, name: str, read: _Reading) -> list[_Row]:
    """The rows of a table; what is wrong with them goes to `read.faults`."""
    faults = read.faults
    book, sheet = folder / WORKBOOK, folder / f"{name}.csv"
    file = sheet if sheet.is_file() else book
    if not file.is_file() or (sheet.is_file() and book.is_file()):
        read.unread |= file.is_file() or name not in OPTIONAL
        if file.is_file():
            faults.append(UserError(f"both {sheet.name} and {book.name}", hint="keep one of them"))
        elif name not in OPTIONAL:
            hint = "mine2magnet company init writes an example"
            faults.append(UserError(f"no table {name}", where=str(folder), hint=hint))
        return []
    if file.stat().st_size > LARGEST or (file == book and _inflated(book) > 20 * LARGEST):
        faults.append(UserError(f"larger than {LARGEST:,} bytes", where=file.name))
        read.unread = True
        return []
    where = file.name if file == sheet else f"{file.name} sheet {name}"
    found: list[_Row] = []
    try:
        for number, values in table_rows(file, name if file == book else ""):
            if len(found) == (most := LONGEST.get(name, ROWS)):
                hint = "put like ones together" if name in LONGEST else ""
                faults.append(UserError(f"more than {most:,} rows", where=where, hint=hint))
                break
            if not found:
                faults += _headings(TableCell(where, 1, ""), values, COLUMNS[name])
            found.append(_row(TableCell(where, number, ""), values, name, faults))
    except UserError as error:
        faults.append(UserError(error.what, where=where, hint=error.hint))
        read.unread = True
        return found
    if not found and name not in OPTIONAL:
        faults.append(UserError("nothing stands here", where=where, hint="a row at least"))
    return found


def _inflated(book: Path) -> int:
    """Bytes that a workbook says to have when it is unpacked; 0 if it is none, which its reader tells."""
    try:
        with zipfile.ZipFile(book) as packed:
            return sum(one.file_size for one in packed.infolist())
    except zipfile.BadZipFile:
        return 0


def _headings(cell: TableCell, values: Mapping[str, Any], columns: tuple[Column, ...]) -> list[UserError]:
    known = {c.name for c in columns} | {"unit", *TAIL}
    known |= {f"{c.name}_{end}" for c in columns for end in ("low", "high", "unit")}
    hint = "columns are " + ", ".join(c.name for c in columns)
    return [
        *(replace(cell, column=str(k)).fault("unknown column", suggestion(str(k), known) or hint)
          for k in values if k not in known),
        *(replace(cell, column=c.name).fault("there is no such column", hint)
          for c in columns if c.needed and c.name not in values),
    ]  # fmt: skip


def _row(cell: TableCell, values: Mapping[str, Any], table: str, faults: list[UserError]) -> _Row:
    found: dict[str, Any] = {}
    for column in COLUMNS[table]:
        here = replace(cell, column=column.name)
        if column.needed and column.name not in values:  # told of at the heading
            found[column.name] = None
            continue
        try:
            found[column.name] = cell_value(here, values, column)
            _check_value(here, table, column, values, found[column.name])
        except UserError as error:
            faults.append(error)
            found[column.name] = None
    return _Row(cell, found)


def _check_value(
    cell: TableCell, table: str, column: Column, values: Mapping[str, Any], value: Any
) -> None:  # fmt: skip
    if isinstance(value, str):
        if len(value) > 120:
            raise cell.fault("more than 120 characters")
        return
    if column.name in MISSING and str(values.get(column.name) or "").strip() == "":
        return
    least, most = (value.low, value.high) if isinstance(value, Range) else (value, value)
    if not -1e15 < least <= most < 1e15:
        raise cell.fault("not a number that can be reckoned with")
    key = table, column.name
    if (key in POSITIVE and least <= 0) or least < 0:
        raise cell.fault(f"{least:g} is out of range", "more than 0" if key in POSITIVE else "0 or more")
    if key in SHARES and most > 1:
        raise cell.fault(f"{most:g} is out of range", "a share, 0 to 1")


def _check_rows(read: _Reading) -> None:
    """Check what rows say of each other."""
    network, places = read.network, regions()
    made = {m.material for m in network.makes}
    parts, suppliers = read.names("parts", "part"), read.names("suppliers", "supplier")
    public = set(network.node_index) | {n.operator for n in network.nodes if n.operator}
    own = {r["material"] for r in read.rows["suppliers"] if r["material"]}
    for table, columns in (
        ("parts", ("part",)), ("bill", ("part", "material")), ("suppliers", ("supplier", "material")),
        ("supply", ("buyer", "supplier", "material")), ("measures", ("measure",)),
    ):  # fmt: skip
        read.once(table, *columns)
    for table in ("parts", "suppliers", "measures"):
        read.known(table, "country", places, "country", "data/chain/countries.csv lists them")
    read.known("company", "currency", currencies(), "currency", "one of " + ", ".join(currencies()))
    read.known("parts", "basis", BASES, "basis", "one of " + ", ".join(BASES))
    read.known("measures", "kind", MEASURES, "kind", "one of " + ", ".join(MEASURES))
    if read.unread:
        return
    for table in ("bill", "measures"):
        read.known(table, "part", parts, "part", "a row of parts")
        read.known(
            table, "material", made | own, "material", "one of the network's, or that a supplier makes"
        )
    read.known("supply", "buyer", parts | suppliers, "buyer", "a row of parts or suppliers")
    read.known("supply", "supplier", suppliers | public, "supplier", "a row of suppliers, or a node")
    for table, column in (("parts", "part"), ("measures", "measure")):
        for row in read.rows[table]:
            if row[column] in public:
                read.faults.append(row.fault(column, f"{row[column]!r} is a node of the network"))
    _check_origins(read, made)
    _check_shares(read)
    _check_parts(read)
    _check_loops(read)
    if len(read.rows["company"]) > 1:
        read.faults.append(read.rows["company"][1].fault("name", "one row is enough"))


def _check_origins(read: _Reading, made: set[str]) -> None:
    """Everybody who sells a material can have it, and every part has a bill."""
    sells = {(r["supplier"], r["material"]) for r in read.rows["suppliers"]}
    operators = {n.name: n.operator for n in read.network.nodes}
    sells |= {(name, m.material) for m in read.network.makes for name in (m.node, operators[m.node])}
    known = {name for name, _ in sells} | set(operators)
    for row in read.rows["supply"]:
        if row["supplier"] in known and row["material"] and (row["supplier"], row["material"]) not in sells:
            what = f"{row['supplier']} does not supply {row['material']!r:.80}"
            read.faults.append(row.fault("material", what, "add a row to suppliers"))
    public = {
        r["supplier"] for r in read.rows["suppliers"]
        if r["supplier"] and r["material"] and r["country"]
        and known_node(read.network, r["supplier"], r["material"], r["country"])
    }  # fmt: skip
    for row in read.rows["supply"]:
        if row["buyer"] in public:
            what = f"{row['buyer']} is a node of the network, which knows what it buys"
            read.faults.append(row.fault("buyer", what, "leave the row out, or call it otherwise"))
    buyers = read.names("supply", "buyer")
    for row in read.rows["suppliers"]:
        if row["material"] and row["material"] not in made and row["supplier"] not in buyers:
            what = f"nothing says what {row['material']!r:.80} is made of"
            hint = "rows of supply with this buyer, or a material of the network"
            read.faults.append(row.fault("material", what, hint))
    takes = {(r["part"], r["material"]) for r in read.rows["bill"]}
    for row in read.rows["parts"]:
        if row["part"] and row["part"] not in {part for part, _ in takes}:
            read.faults.append(row.fault("part", f"{row['part']!r:.80} takes nothing", "add a row to bill"))
    for row in read.rows["measures"]:
        if row["part"] and row["material"] and (row["part"], row["material"]) not in takes:
            read.faults.append(row.fault("material", f"{row['part']!r:.80} takes none of it"))


def _check_parts(read: _Reading) -> None:
    """Money that is added up is of one kind, and no part has more measures than can be combined."""
    bases = [row["basis"] or BASES[0] for row in read.rows["parts"]]
    for row, basis in zip(read.rows["parts"], bases, strict=True):
        if basis in BASES and basis != bases[0]:
            what = f"{basis} here and {bases[0]} above do not add up"
            read.faults.append(row.fault("basis", what, "tell all parts in one of them"))
    held: Counter[str] = Counter()
    for row in read.rows["measures"]:
        held[row["part"] or ""] += 1
        if row["part"] and held[row["part"]] == MOST + 1:
            what = f"more than {MOST} measures for {row['part']}"
            read.faults.append(row.fault("part", what, "leave those out that cost most"))


def _check_loops(read: _Reading) -> None:
    """No supplier buys from itself, by way of others."""
    sellers: dict[str, set[str]] = {}
    for row in read.rows["supply"]:
        if row["buyer"] and row["supplier"]:
            sellers.setdefault(row["buyer"], set()).add(row["supplier"])
    for row in read.rows["supply"]:
        seen, todo = set(), [row["supplier"]]
        while todo:
            seller = todo.pop()
            if seller not in seen:
                seen.add(seller)
                todo += sellers.get(seller, ())
        if row["buyer"] and row["buyer"] in seen:
            read.faults.append(row.fault("supplier", f"{row['buyer']} would buy from itself in the end"))


def _check_shares(read: _Reading) -> None:
    """The shares of the suppliers of each buyer's material add up."""
    total: Counter[tuple[str, str]] = Counter()
    supplied = {(row["buyer"], row["material"]) for row in read.rows["supply"]}
    for row in read.rows["supply"]:
        if None not in (row["buyer"], row["material"], row["share"]):
            total[row["buyer"], row["material"]] += row["share"]
    for row in read.rows["bill"]:
        key = row["part"], row["material"]
        if all(key) and key not in supplied:
            what = f"nobody supplies {key[1]} for {key[0]}"
            read.faults.append(row.fault("material", what, "add rows to supply"))
    told = set()
    for row in read.rows["supply"]:
        key = row["buyer"], row["material"]
        if key in total and key not in told and abs(total[key] - 1) > 1e-6:
            what = f"the suppliers of {key[1]} to {key[0]} have {total[key]:.6g} of it, not 1"
            read.faults.append(row.fault("share", what, "shares of one buyer's material add up to 1"))
            told.add(key)


def _company(read: _Reading) -> Company:
    """The tables, checked, in the model's units."""
    of: Callable[[str], list[_Row]] = read.rows.__getitem__
    head = of("company")[0]
    usd = head["usd"] or float(currencies()[head["currency"]]["usd"])
    return Company(
        head["name"], head["currency"], usd, head["budget"],
        tuple(
            CompanyPart(r["part"], r["country"], r["pieces"] / WEEKS_A_YEAR, r["value"],
                        r["basis"] or BASES[0], r["deferred"])
            for r in of("parts")
        ),
        tuple(
            BillItem(r["part"], r["material"], r["amount"] / KG, _weeks(r["stock"]),
                     r["price"] * KG if r["price"] >= 0 else None)
            for r in of("bill")
        ),
        tuple(
            Supplier(r["supplier"], r["country"], r["material"], _weeks(r["stock"])) for r in of("suppliers")
        ),
        tuple(
            Contract(r["buyer"], r["supplier"], r["material"], r["share"], _weeks(r["lead"]), r["amount"],
                     r["fixed"])
            for r in of("supply")
        ),
        tuple(
            Measure(r["measure"], r["kind"], r["part"], r["material"], r["share"], r["cost"], r["start"],
                    r["ramp"], r["supplier"], r["country"])
            for r in of("measures")
        ),
    )  # fmt: skip


def _weeks(days: Range) -> Range:
    return Range(days.low / WEEK, days.likely / WEEK, days.high / WEEK)
