"""Figures with their sources: every one that stands in a table, and none called found that is not."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mine2magnet.chain.io import tables
from mine2magnet.chain.io.provenance import STATUSES, SourcedFigure, figures, records
from tests.chain.io.test_tables import change, put

ROOT = Path(__file__).parents[3]
ONE = SourcedFigure(
    "nodes", 2, 0, "works", "capacity", 2500.0, 2500.0, 2500.0, "t/year", "2024", "A report",
    "https://example.org/report?p=1", "found", "2,500 t a year; recovery: 2 years",
)  # fmt: skip


def test_what_is_called_found_has_its_figure_in_its_note_and_a_full_address() -> None:
    found = [f for f in [*figures(), *records()] if f.status == "found"]
    assert len(found) > 20
    assert [(f.table, f.row, f.column) for f in found if not (f.words and f.addressed)] == []


@pytest.mark.parametrize(
    ("change", "words", "addressed"),
    [
        ({}, "2,500 t a year", True),
        ({"note": "25,000 t a year; 250 t"}, "", True),
        ({"value": 3.0, "low": 2.0, "high": 4.0, "note": "stock 2-4 weeks"}, "stock 2-4 weeks", True),
        ({"value": 3.0, "low": 2.0, "high": 4.0, "note": "2 weeks"}, "", True),
        ({"url": "https://example.org/"}, "2,500 t a year", False),
        ({"url": "https://example.org"}, "2,500 t a year", False),
        ({"url": "a report"}, "2,500 t a year", False),
    ],
)
def test_words_and_addresses_are_told_from_what_is_none(
    change: dict[str, object], words: str, addressed: bool
) -> None:
    one = replace(ONE, **change)  # type: ignore[arg-type]
    assert (one.words, one.addressed) == (words, addressed)


def test_a_figure_says_what_its_note_says_of_it() -> None:
    assert ONE.about == "2,500 t a year"
    assert replace(ONE, column="recovery").about == "recovery: 2 years"


def test_every_figure_of_the_network_has_a_row_a_year_a_source_and_a_status() -> None:
    network, held = tables.load(), figures()
    assert len(held) > 2000
    assert {f.status for f in held} <= set(STATUSES)
    assert all(f.year and f.source for f in held)
    covers = {f.index: f for f in held if (f.table, f.column) == ("uses", "cover")}
    for i, use in enumerate(network.uses):
        assert covers[i].value == pytest.approx(use.cover.likely)
        assert covers[i].of == f"{use.node} → {use.material}"


def test_a_status_of_its_own_counts_and_a_default_is_no_figure(tmp_path: Path) -> None:
    tables.template(tmp_path / "mine")
    change(tmp_path / "mine", "uses", put(0, status="found", cover_status="judged"))
    tables.load(tmp_path / "mine")
    held = {(f.table, f.row, f.column): f for f in figures(tmp_path / "mine")}
    assert held["uses", 2, "amount"].status == "found"
    assert held["uses", 2, "cover"].status == "judged"
    assert held["uses", 3, "amount"].unit == "kg/t"
    assert ("uses", 2, "saving") not in held


def test_the_script_lists_them() -> None:
    script = [sys.executable, str(ROOT / "scripts" / "found-figures")]
    env = {"PYTHONPATH": str(ROOT / "src")}
    told = subprocess.run(script, capture_output=True, text=True, check=True, timeout=60, env=env).stdout
    assert "nodes.csv row 5 capacity: Mountain Pass, mine" in told
    assert "histories/spring-2025/record.csv row 4 low to high: exports of magnets" in told
    assert told.endswith("0 without words or a full address\n")
