"""Tables of a user's own: what is read, and the one line that each mistake gives."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from mine2magnet.chain import Scenario, trace
from mine2magnet.chain.io import tables
from mine2magnet.chain.io.provenance import STATUSES
from mine2magnet.core.errors import UserError

Change = Callable[[list[dict[str, str]]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tables.template(tmp_path / "mine")
    return tmp_path / "mine"


def change(folder: Path, table: str, how: Change) -> None:
    file = folder / f"{table}.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    how(rows)
    names = list(dict.fromkeys(k for row in rows for k in row))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, names)
        writer.writeheader()
        writer.writerows(rows)


def without(row: int) -> Change:
    return lambda rows: rows.pop(row)


def adding(more: list[dict[str, str]]) -> Change:
    return lambda rows: rows.extend(more)


def put(row: int, **values: str) -> Change:
    return lambda rows: rows[row].update(values)


def test_the_template_runs_and_its_units_are_converted(folder: Path) -> None:
    network = tables.load(folder)
    capacity = {n.name: n.capacity for n in network.nodes}
    assert capacity["mine"] == pytest.approx(140)  # 20 t a day
    assert capacity["magnet plant"] == pytest.approx(5000 * 7 / 365.25)
    uses = {(u.node, u.material): u for u in network.uses}
    assert uses["magnet plant", "Dy oxide"].amount == pytest.approx(0.018)
    assert uses["motor plant", "magnet"].cover.low == pytest.approx(2)
    assert network.demands[0].value == pytest.approx(17_500_000)
    assert trace(network, Scenario("calm", weeks=10)).level.min() > 0


@pytest.mark.parametrize(
    ("table", "how", "line"),
    [
        (
            "uses",
            put(0, cover="-1", cover_low="-1", cover_high="4"),
            "uses.csv row 2 cover: -1 is below nought",
        ),
        ("uses", put(0, cover="20"), "uses.csv row 2 cover: the range 4 … 13 does not hold its value 20"),
        ("uses", put(1, material="Dy oxyde"), "uses.csv row 3 material: unknown material 'Dy oxyde'"),
        ("arcs", put(1, supplier="refinary"), "arcs.csv row 3 supplier: unknown node 'refinary'"),
        (
            "uses",
            put(1, amount="10"),
            "makes.csv row 4 amount: magnet plant makes 0.01 t Dy out of 0.00871 t",
        ),
        (
            "arcs",
            put(2, share="0.8"),
            "arcs.csv row 4 share: the shares of motor plant's suppliers of magnet",
        ),
        (
            "arcs",
            without(0),
            "arcs.csv share: the shares of refinery's suppliers of concentrate",
        ),
        (
            "makes",
            without(1),
            "arcs.csv row 3 supplier: refinery has no recipe that makes Dy oxide",
        ),
        (
            "nodes",
            put(0, capacity="1"),
            "nodes.csv row 2 capacity: mine would have to run at 45.9959 t a week",
        ),
        (
            "nodes",
            put(2, capacity_unit="kg"),
            "nodes.csv row 4 capacity: the unit 'kg' does not measure t a week",
        ),
        (
            "nodes",
            put(2, capacity_unit="t/fortnite"),
            "nodes.csv row 4 capacity: the unit 't/fortnite' does not",
        ),
        ("nodes", put(0, capacity="a lot"), "nodes.csv row 2 capacity: 'a lot' is not a number"),
        ("nodes", put(0, capacity="nan"), "nodes.csv row 2 capacity: not a number"),
        ("nodes", put(1, name="mine"), "nodes.csv row 3 name: mine is there twice"),
        ("nodes", put(0, name=""), "nodes.csv row 2 name: nothing is given"),
        ("demands", put(0, node="magnet plant"), "demands.csv row 2 node: magnet plant sells to other nodes"),
        ("demands", lambda rows: rows.clear(), "demands.csv: no end use: nothing would ever be made"),
        ("makes", put(0, driving="perhaps"), "makes.csv row 2 driving: 'perhaps' is neither yes nor no"),
        ("contents", put(0, material="ore"), "contents.csv row 2 material: unknown material 'ore'"),
        ("materials", put(0, colour="grey"), "materials.csv row 1 colour: unknown column"),
    ],
)
def test_a_mistake_gives_one_line_with_file_row_and_column(
    folder: Path, table: str, how: Change, line: str
) -> None:
    change(folder, table, how)
    with pytest.raises(UserError) as caught:
        tables.load(folder)
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


def test_a_loop_that_loses_nothing_is_refused(folder: Path) -> None:
    """Two melting shops that pass the same scrap to each other, all of it."""
    change(folder, "materials", lambda rows: rows.extend([{"name": "ingot"}, {"name": "scrap"}]))
    change(
        folder,
        "contents",
        lambda rows: rows.extend(
            [{"material": m, "element": "Dy", "share": "0.5"} for m in ("ingot", "scrap")]
        ),
    )
    shop = {"stage": "recycling", "country": "Home"}
    change(folder, "nodes", lambda rows: rows.extend([{"name": "melt", **shop}, {"name": "break", **shop}]))
    for table in ("uses", "makes"):
        pairs = (
            [("melt", "scrap"), ("break", "ingot")]
            if table == "uses"
            else [("melt", "ingot"), ("break", "scrap")]
        )
        more = [{"node": n, "material": m, "amount": "1", "cover": "1"} for n, m in pairs]
        change(folder, table, adding(more))
    arcs = [("melt", "break", "ingot"), ("break", "melt", "scrap")]
    change(
        folder,
        "arcs",
        lambda rows: rows.extend(
            [{"supplier": a, "buyer": b, "material": m, "share": "1", "lead": "1"} for a, b, m in arcs]
        ),
    )
    with pytest.raises(UserError, match=r"arcs\.csv row 5: a loop without yield loss: melt, break"):
        tables.load(folder)


def test_missing_and_unreadable_files(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        tables.load(tmp_path / "nowhere")
    with pytest.raises(UserError, match="is already there"):
        tables.template(folder)
    (folder / "uses.csv").write_bytes(b"node,material\n\xff\xfe,x\n")
    with pytest.raises(UserError, match=r"uses\.csv: not a CSV table in UTF-8"):
        tables.load(folder)
    (folder / "uses.csv").unlink()
    with pytest.raises(UserError, match="no table uses"):
        tables.load(folder)


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx"])
def test_parquet_and_excel_read_like_csv(folder: Path, suffix: str) -> None:
    polars = pytest.importorskip("polars")
    expected = tables.load(folder)
    for file in folder.glob("*.csv"):
        frame = polars.read_csv(file)
        frame.write_parquet(file.with_suffix(suffix)) if suffix == ".parquet" else frame.write_excel(
            file.with_suffix(suffix)
        )
        file.unlink()
    assert tables.load(folder) == expected
    (folder / f"arcs{suffix}").write_bytes(b"PK not a table")
    with pytest.raises(UserError, match="cannot be read"):
        tables.load(folder)


def test_every_row_of_the_built_in_tables_has_unit_year_source_and_reason() -> None:
    for name in tables.TABLES:
        with (tables.reference() / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), 2):
                where = f"{name} row {number}"
                assert row["year"], where
                assert row["source"], where
                assert row["status"] in STATUSES, where
                assert row["status"] == "found" or row["note"], where
                for key, value in row.items():
                    if key.endswith("unit"):
                        assert value, where


def test_the_built_in_network_makes_what_is_published() -> None:
    """Within a tenth of USGS mine output and of the magnets that China exported in 2024."""
    network = tables.load()
    level = dict(zip((n.name for n in network.nodes), network.level * tables.WEEKS_A_YEAR, strict=True))
    assert level["Mountain Pass, mine"] == pytest.approx(45_000, rel=0.1)
    assert level["China, light ore"] + level["China, ionic clay"] == pytest.approx(270_000, rel=0.1)
    assert 31_000 * 0.9 < level["Myanmar, ionic clay"] < 43_000
    mines = sum(x for n, x in level.items() if network.nodes[network.node_index[n]].stage == "mine")
    assert mines == pytest.approx(390_000, rel=0.1)


def test_goods_that_are_counted_stand_in_for_tonnes(folder: Path) -> None:
    plain = tables.load(folder).demands
    demands = folder / "demands.csv"
    demands.write_text(demands.read_text("utf-8").replace("t/year", "unit/year"), "utf-8")
    assert tables.load(folder).demands == plain
