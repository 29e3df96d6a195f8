"""A company's tables: the example is right, a workbook says the same, and every mistake is told at once."""

from __future__ import annotations

from pathlib import Path

import polars
import pytest

from mine2magnet.chain.io import company_tables, tables
from mine2magnet.core.errors import UserError
from tests.chain.io.test_tables import Change, change, put

NETWORK = tables.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    company_tables.template(tmp_path / "mine")
    return tmp_path / "mine"


def faults(folder: Path) -> list[str]:
    placed, found = company_tables.check(folder, NETWORK)
    assert (placed is None) == bool(found)
    return [str(f) for f in found]


def test_the_example_has_six_parts_and_three_suppliers_and_no_faults(folder: Path) -> None:
    placed, found = company_tables.check(folder, NETWORK)
    assert found == []
    assert placed is not None
    company = placed.company
    assert len(company.parts) == 6
    assert len({s.name for s in company.suppliers}) == 3
    assert {m.kind for m in company.measures} == {"second source", "redesign", "recycling"}
    assert company.usd == 1.0389
    pieces = {p.name: p.pieces for p in company.parts}
    assert pieces["steering motor"] == pytest.approx(1_200_000 * 7 / 365.25)
    bill = {b.part: b for b in company.bill}
    assert bill["steering motor"].amount == pytest.approx(60e-6)  # 60 g in tonnes
    assert bill["steering motor"].stock.likely == pytest.approx(30 / 7)
    assert bill["steering motor"].price == pytest.approx(62_000)
    assert bill["speed sensor"].price is None
    assert [o.how for o in placed.origins] == ["named", "country", "country", "given"]


def test_a_workbook_says_what_the_tables_say(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (book,) = company_tables.template(tmp_path / "book", excel=True)
    assert book.name == "company.xlsx"
    assert company_tables.load(book.parent, NETWORK).company == company_tables.load(folder, NETWORK).company
    assert caplog.text == ""  # of columns that are empty
    assert polars.read_excel(book, sheet_name="parts").height == 6


def test_nothing_is_written_over(folder: Path) -> None:
    with pytest.raises(UserError, match="is already there"):
        company_tables.template(folder)


def test_all_faults_are_told_at_once_with_file_row_and_column(folder: Path) -> None:
    change(folder, "company", put(0, currency="GBP"))
    change(folder, "parts", put(0, pieces="many", country="Germeny"))
    change(folder, "parts", put(1, basis="profit"))
    change(folder, "parts", put(2, basis="revenue"))
    change(folder, "bill", put(2, amount="0", stock="-3", stock_low="", stock_high=""))
    change(folder, "bill", put(3, amount_unit="week"))
    change(folder, "supply", put(0, share="1.5"))
    change(folder, "supply", put(2, material="NdFeB XX"))
    change(folder, "supply", put(4, supplier="Donau"))
    change(folder, "measures", put(0, kind="hope"))
    change(folder, "suppliers", put(0, country=""))
    said = faults(folder)
    for line in (
        "company.csv row 2 currency: unknown currency 'GBP' (one of USD, EUR, CNY, JPY)",
        "parts.csv row 2 pieces: 'many' is not a number",
        "parts.csv row 2 country: unknown country 'Germeny' (did you mean Germany?)",
        "parts.csv row 3 basis: unknown basis 'profit' (one of revenue, margin)",
        "parts.csv row 4 basis: revenue here and margin above do not add up (tell all parts in one of them)",
        "bill.csv row 4 amount: 0 is out of range (more than 0)",
        "bill.csv row 4 stock: -3 is out of range (0 or more)",
        "bill.csv row 5 amount: the unit 'week' does not measure kg a piece (write it in a unit of kg/piece)",
        "supply.csv row 2 share: 1.5 is out of range (a share, 0 to 1)",
        "suppliers.csv row 2 country: nothing is given",
        "measures.csv row 2 kind: unknown kind 'hope' (one of second source, redesign, recycling)",
    ):
        assert line in said
    assert any(s.startswith("supply.csv row 4 material: Ningbo Example Magnet does not supply") for s in said)
    assert any(s.startswith("supply.csv row 6 supplier: unknown supplier 'Donau'") for s in said)
    with pytest.raises(UserError, match=r"\d+ more: mine2magnet company check"):
        company_tables.load(folder, NETWORK)


@pytest.mark.parametrize(
    ("table", "row", "values", "line"),
    [
        ("supply", 0, {"share": "0.4"}, "supply.csv row 2 share: the suppliers of NdFeB SH to "),
        ("parts", 1, {"part": "steering motor"}, "parts.csv row 3 part: steering motor is there twice"),
        ("parts", 0, {"part": "pump"}, "parts.csv row 2 part: 'pump' takes nothing (add a row to bill)"),
        ("bill", 0, {"material": "NdFeB SX"}, "bill.csv row 2 material: unknown material 'NdFeB SX'"),
        ("bill", 0, {"stock_low": "50"}, "bill.csv row 2 stock: the range 50 … 45 does not hold "),
        ("parts", 0, {"value": "1e400"}, "parts.csv row 2 value: not a number that can be reckoned with"),
        ("parts", 0, {"part": "x" * 121}, "parts.csv row 2 part: more than 120 characters"),
        ("supply", 6, {"supplier": "EV motors, China"}, "supply.csv row 8 material: EV motors, "),
        ("supply", 6, {"buyer": "JL Mag"}, "supply.csv row 8 buyer: JL Mag is a node of the network"),
        ("supply", 6, {"supplier": "Donau Example Magnet"}, "supply.csv row 8 supplier: Donau Example"),
        ("measures", 0, {"material": "SmCo"}, "measures.csv row 2 material: 'steering motor' takes none"),
        ("measures", 0, {"measure": "JL Mag, NdFeB SH"}, "measures.csv row 2 measure: 'JL Mag, NdFeB SH' "),
    ],
)  # fmt: skip
def test_each_mistake_is_one_line(
    folder: Path, table: str, row: int, values: dict[str, str], line: str
) -> None:
    change(folder, table, put(row, **values))
    assert [s for s in faults(folder) if s.startswith(line)]


def test_what_is_missing_unknown_or_too_much_is_told(folder: Path, tmp_path: Path) -> None:
    change(folder, "parts", put(0, colour="red"))
    assert any(s.startswith("parts.csv row 1 colour: unknown column") for s in faults(folder))
    (folder / "supply.csv").unlink()
    assert any("no table supply" in s for s in faults(folder))
    (folder / "bill.csv").write_bytes(b"part,material\n\xff\xfe")
    assert any("not a CSV table in UTF-8" in s for s in faults(folder))
    (folder / "company.csv").write_text("name,currency,budget\n", "utf-8")
    assert any("company.csv: nothing stands here" in s for s in faults(folder))
    (folder / "parts.csv").write_text(
        "part,country,pieces,value\n" + "".join(f"p{i},Germany,1,1\n" for i in range(1001)), "utf-8"
    )
    assert any("parts.csv: more than 60 rows (put like ones together)" in s for s in faults(folder))
    (folder / "company.xlsx").write_bytes(b"no workbook")
    assert any("keep one of them" in s for s in faults(folder))
    assert "no such folder" in faults(tmp_path / "nowhere")[0]


def without(column: str) -> Change:
    return lambda rows: [row.pop(column) for row in rows] and None


def test_a_table_that_cannot_be_read_is_one_line_without_what_follows_from_it(folder: Path) -> None:
    supply = (folder / "supply.csv").read_text("utf-8")
    (folder / "supply.csv").write_bytes(supply.replace("Ningbo", "宁波").encode("gbk"))
    assert faults(folder) == ["supply.csv: not a CSV table in UTF-8 (save it as CSV UTF-8)"]
    (folder / "supply.csv").write_text(supply.replace(",", ";"), "utf-8")
    asked = "cells are separated by ';', not commas (save it with commas)"
    change(folder, "parts", put(0, country="Nowhere"))
    told, other = faults(folder)
    assert (told, other) == (
        "parts.csv row 2 country: unknown country 'Nowhere' (data/chain/countries.csv lists them)",
        f"supply.csv: {asked}",
    )
    change(folder, "parts", put(0, country="Germany"))
    (folder / "supply.csv").unlink()
    assert faults(folder) == [
        f"{folder}: no table supply (mine2magnet company init writes an example)",
    ]


def test_a_missing_column_is_told_once(folder: Path) -> None:
    change(folder, "parts", without("value"))
    hint = "columns are part, country, pieces, value, basis, deferred"
    assert faults(folder) == [f"parts.csv row 1 value: there is no such column ({hint})"]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("1,200", " (write 1200)"),
        ("1,200.5", " (write 1200.5)"),
        ("0,8", " (write 0.8)"),
        ("12,50", " (write 12.5)"),
        ("10%", " (write 0.1)"),
        ("2,5 %", " (write 0.025)"),
        ("many", ""),
        ("%", ""),
    ],
)
def test_how_to_write_a_number_is_told(folder: Path, written: str, hint: str) -> None:
    change(folder, "parts", put(0, pieces=written))
    assert faults(folder) == [f"parts.csv row 2 pieces: {written!r} is not a number{hint}"]


def test_mistakes_come_in_the_order_of_tables_and_rows_without_false_ones(folder: Path) -> None:
    change(folder, "supply", put(0, share="100%"))
    change(folder, "suppliers", put(0, supplier="JL MAG"))
    change(folder, "parts", put(1, country="germany"))
    change(folder, "parts", put(2, value="x"))
    change(folder, "parts", put(3, country="x"))
    said = faults(folder)
    assert [s.partition(":")[0].replace(".csv row", "") for s in said] == [
        "parts 3 country", "parts 4 value", "parts 5 country", "supply 2 share",
    ]  # fmt: skip
    assert said[0].endswith("(did you mean Germany?)")


def test_a_damaged_workbook_is_one_line_a_sheet(tmp_path: Path) -> None:
    (tmp_path / "company.xlsx").write_bytes(b"no workbook")
    assert all("company.xlsx sheet " in s for s in faults(tmp_path))


def test_no_part_has_more_measures_than_can_be_combined(folder: Path) -> None:
    with (folder / "measures.csv").open("a", encoding="utf-8") as lines:
        lines.writelines(f"more {i},redesign,coolant pump,NdFeB H,0.1,1,,,,,,,\n" for i in range(4))
    assert faults(folder) == [
        "measures.csv row 10 part: more than 4 measures for coolant pump (leave those out that cost most)"
    ]


def test_measures_may_be_left_out_and_a_rate_given(folder: Path) -> None:
    (folder / "measures.csv").unlink()
    change(folder, "company", put(0, usd="1.5"))
    company = company_tables.load(folder, NETWORK).company
    assert company.measures == ()
    assert company.usd == 1.5


def test_every_country_has_a_region_of_the_network_and_every_rate_a_date() -> None:
    regions = company_tables.regions()
    assert set(regions.values()) <= {n.region for n in NETWORK.nodes}
    assert {n.country: n.region for n in NETWORK.nodes}.items() <= regions.items()
    rates = company_tables.currencies()
    assert set(rates) == {"USD", "EUR", "CNY", "JPY"}
    assert all(row["date"] and row["source"] for row in rates.values())
