"""A worked case taken along."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import fastexcel
import pytest

from mine2magnet.core.decode import decode
from mine2magnet.core.messages import Translator
from mine2magnet.separation.report import files, flowsheet_result
from mine2magnet.separation.report.report import html, pdf
from mine2magnet.separation.study import flowsheets
from mine2magnet.separation.study.flowsheet_schema import FlowsheetCase
from mine2magnet.separation.study.flowsheets import FlowsheetStudy
from mine2magnet.separation.study.study import Study

EN = Translator("en")
CASE = {
    "name": "=1+1",  # no formula in a workbook
    "feeds": [{"name": "ore", "composition": {"Pr": 25, "Nd": 75}, "throughput": 500}],
    "trains": [{"name": "one", "parts": "Nd/Pr", "feed": ["ore", "nd.mother"], "loading": 0.24}],
    "products": [
        {"name": "nd", "feed": "one.liquor", "elements": ["Nd"], "purity": "4N"},
        {"name": "=pr", "feed": "one.raffinate", "elements": ["Pr"]},
    ],
    "base": "NH4OH",
    "sites": ["china"],
}


@pytest.fixture(scope="module")
def solved() -> FlowsheetStudy:
    """Not to be changed by a test."""
    return flowsheets.solve(decode(FlowsheetCase, CASE))


def test_a_flowsheet_is_written_whole(solved: FlowsheetStudy, tmp_path: Path) -> None:
    made = files.write(solved, "name: x\n", tmp_path / "out", EN)
    assert sorted(made) == sorted(one.name for one in (tmp_path / "out").iterdir())
    answer = json.loads((tmp_path / "out" / "answer.json").read_text())
    with (tmp_path / "out" / "streams.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert [row["stream"] for row in rows] == [one["name"] for one in answer["streams"]]
    into = sum(float(row["Nd, kmol/y"]) for row in rows if row["from"] == "ore")
    out = sum(float(row["Nd, kmol/y"]) for row in rows if not row["to"])
    assert out == pytest.approx(into, rel=1e-9)
    book = fastexcel.read_excel(tmp_path / "out" / "tables.xlsx")
    assert book.sheet_names == ["streams", "trains", "products", "equipment"]
    assert "=pr" in book.load_sheet("products").to_polars()["product"].to_list()
    assert (tmp_path / "out" / "diagram.svg").read_text().startswith("<svg")


def test_a_plant_is_written_whole(small: Study, tmp_path: Path) -> None:
    files.write(small, "name: x\n", tmp_path, EN)
    with (tmp_path / "streams.csv").open() as table:
        rows = list(csv.DictReader(table))
    feed, raffinate, extract = (float(row["t REO/y"]) for row in rows[:3])
    assert raffinate + extract == pytest.approx(feed)
    assert (tmp_path / "cuts.csv").exists()
    with (tmp_path / "control.csv").open() as table:
        moves = list(csv.DictReader(table))
    assert float(moves[0]["hour"]) == 0.0


def test_frames_have_units_in_their_columns(solved: FlowsheetStudy) -> None:
    made = files.frames(solved)
    assert {"Nd, kmol/y", "t REO/y"} <= set(made["streams"].columns)
    assert made["products"].height == 2
    assert set(decode(FlowsheetCase, CASE).solve()) == set(made)


def test_equipment_sums_to_what_is_bought(solved: FlowsheetStudy) -> None:
    found = flowsheet_result.report(solved)
    site = solved.sites[0]
    placed = 1 + site.rates["installation"] + site.rates["piping"] + site.rates["electrical"]
    kinds = ("solvent extraction", "tank farm", "dissolving the feed", "finishing", "effluent")
    bought = sum(site.costs.areas[kind] for kind in kinds) / placed
    assert sum(one.usd for one in found.equipment) == pytest.approx(bought)
    low, high = found.sites[0].capex_usd_5_95
    assert low < found.sites[0].capex_usd < high


def test_what_must_not_be_overlooked_is_said(solved: FlowsheetStudy) -> None:
    said = " ".join(flowsheet_result.remarks(solved))
    for part in ("nd holds", "it may gel", "no price of NH4OH", "recirculated"):
        assert part in said


def test_reports_have_it_in_every_language(solved: FlowsheetStudy) -> None:
    assert "流程" in html(solved, Translator("zh")) or "物流" in html(solved, Translator("zh"))
    assert pdf(solved, EN).startswith(b"%PDF")
