"""A company's report: what is told adds up, in each form and language."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from mine2magnet.chain.company.placement import PlacedCompany
from mine2magnet.chain.io import company_tables, scenarios, tables
from mine2magnet.chain.report import company as reports
from mine2magnet.core.json import as_json
from mine2magnet.core.messages import Translator


@cache
def placed() -> PlacedCompany:
    folder = Path(str(tables.reference() / "company"))
    return company_tables.load(folder, tables.load())


@cache
def found() -> reports.CompanyReport:
    return reports.report(placed(), scenarios.preset("embargo"), 20)


def test_parts_stop_one_after_another_and_lose_what_the_company_loses() -> None:
    parts = {p.name: p for p in found().parts}
    assert len(parts) == 6
    first = {name: p.first_stop[1] for name, p in parts.items()}
    assert all(week is not None and week > 8 for week in first.values())
    assert found().loss[0] < found().loss[1] < found().loss[2] <= found().tail * 1.0001
    assert sum(p.loss[1] for p in parts.values()) == pytest.approx(found().loss[1], rel=0.1)
    pump = parts["coolant pump"]
    assert "Donau Example Magnet, NdFeB H" in pump.why
    assert "embargo: China" in pump.why
    assert pump.lost[1] * 4.0 / 1e6 == pytest.approx(pump.loss[1], rel=0.01)  # 4 EUR a piece


def test_stock_to_buy_costs_what_the_material_costs() -> None:
    for part in found().parts:
        assert part.buy is not None
        assert part.costs is not None
    rotor = next(p for p in found().parts if p.name == "traction rotor")
    kg_a_day = 150_000 * 1.4 / 365.25
    assert rotor.buy is not None
    assert rotor.costs == pytest.approx(rotor.buy * kg_a_day * 85 / 1e6, rel=1e-3)


def test_mixes_keep_to_the_budget_and_beat_doing_nothing() -> None:
    (_, nothing), (_, expected), (_, averse) = found().mixes
    assert nothing.mean == pytest.approx(found().mean)
    assert max(expected.spent, averse.spent) <= found().budget * 1.000001
    assert expected.mean < nothing.mean
    assert averse.tail < nothing.tail
    assert expected.shadow
    assert expected.shadow > 0


def test_the_length_of_an_embargo_moves_most() -> None:
    assert found().tornado[0].kind == "duration"
    assert sum(d.share for d in found().tornado) == pytest.approx(1)
    assert found().sobol[0].name == "when and how long it happens"
    kinds = {d.kind for d in found().tornado}
    assert "own stock" in kinds


def test_the_report_reads_in_each_language_and_form() -> None:
    page = reports.html([found()])
    assert page.count("<svg") == 1
    assert page.count("<table") == 6
    assert "M EUR" in page
    text = reports.markdown(found(), "r.svg")
    assert "![What is made of each part, median](r.svg)" in text
    assert "| steering motor |" in text
    widths = [line.count(" | ") for line in text.split("## ")[1].splitlines() if line.startswith("|")]
    assert len(set(widths)) == 1
    for language, word in (("zh", "零件"), ("ja", "部品")):
        said = reports.html([found()], Translator(language))
        assert word in said
        assert not re.search(r">(part|stops in|days to buy|measures)<", said)
    told = json.loads(as_json(found()))
    assert told["parts"][0]["name"] == "steering motor"
    assert told["mixes"][1][1]["spent"] > 0


def test_what_a_company_calls_itself_is_no_markup() -> None:
    bad = replace(found(), company="<b>A|B</b>")
    assert "<b>A|B</b>" not in reports.html([bad])
    assert "<b>" not in reports.markdown(bad, "r.svg")


def test_an_index_is_a_share_and_the_rate_tells_its_day() -> None:
    one = replace(found().sobol[0], first=-0.02, first_range=(-0.3, 0.1), total=1.02, total_range=(0.9, 1.11))
    told = reports.tables(replace(found(), sobol=(one,)))[4]
    assert told[2] == [["when and how long it happens", "0.00 (0.00 … 0.10)", "1.00 (0.90 … 1.00)"]]
    assert "beyond 0 or 1" in told[0]
    rate = reports.remarks(found())[-1]
    assert "rate of 2024-12-31, ECB" in rate
    assert "usd of company.csv" in rate
    assert "2024-12-31 の為替レート" in reports.remarks(found(), Translator("ja"))[-1]
