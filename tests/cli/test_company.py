"""`mine2magnet company`, from the example to a report by the documented commands alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mine2magnet.cli.main import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["company", *arguments], catch_exceptions=False)


def test_from_the_example_to_a_report(tmp_path: Path) -> None:
    mine, page = str(tmp_path / "mine"), tmp_path / "report.md"
    assert "parts.csv" in run("init", mine).stdout
    checked = run("check", mine)
    assert checked.exit_code == 0
    assert "the makers of its country" in checked.stdout
    made = run("report", mine, "--scenario", "embargo", "--draws", "10", "--output", str(page), "--json")
    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout)
    assert told["currency"] == "EUR"
    assert {p["name"] for p in told["parts"] if p["stopping"] > 0.5} >= {"traction rotor"}
    assert "traction rotor" in page.read_text("utf-8")
    assert page.with_suffix(".svg").read_text("utf-8").startswith("<svg")


def test_what_may_be_meant_otherwise_is_told_and_runs(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    run("init", str(mine))
    bill = (mine / "bill.csv").read_text("utf-8")
    heads, first, *rest = bill.splitlines()
    cells = first.split(",")
    cells[heads.split(",").index("amount")] = "600"
    (mine / "bill.csv").write_text("\n".join((heads, ",".join(cells), *rest)) + "\n", "utf-8")
    parts = (mine / "parts.csv").read_text("utf-8")
    (mine / "parts.csv").write_text(parts.replace("margin", "revenue"), "utf-8")
    checked = run("check", str(mine))
    assert checked.exit_code == 0
    assert "is an amount of the bill in another unit?" in checked.stderr
    (doubt,) = json.loads(run("check", str(mine), "--json").stdout)["doubts"]
    told = json.loads(run("report", str(mine), "--draws", "10", "--json").stdout)
    assert told["remarks"] == [doubt]
    chinese = CliRunner().invoke(main, ["--language", "zh", "company", "check", str(mine)])
    assert "用量单位是否有误" in chinese.stderr


def test_mistakes_are_all_told_and_nothing_is_run(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    run("init", str(mine))
    parts = (mine / "parts.csv").read_text("utf-8")
    (mine / "parts.csv").write_text(parts.replace("Czechia", "Chechia").replace("150000", "-1"), "utf-8")
    checked = run("check", str(mine))
    assert checked.exit_code == 1
    assert "parts.csv row 3 pieces: -1 is out of range" in checked.stderr
    assert "did you mean Czechia?" in checked.stderr
    assert json.loads(run("check", str(mine), "--json").stdout)["faults"][0]["where"].startswith("parts.csv")
    refused = run("report", str(mine))
    assert refused.exit_code == 1
    assert "1 more: mine2magnet company check" in refused.stderr


@pytest.mark.parametrize(
    ("language", "row", "range_", "near"),
    [
        ("ja", "parts.csv 3 行目 pieces", "範囲外", "Czechia のことか"),
        ("zh", "parts.csv 第 3 行 pieces", "超出范围", "是否指 Czechia？"),
    ],
)
def test_mistakes_are_told_in_the_language_of_the_settings(
    tmp_path: Path, language: str, row: str, range_: str, near: str
) -> None:
    mine = tmp_path / "mine"
    run("init", str(mine))
    parts = (mine / "parts.csv").read_text("utf-8")
    (mine / "parts.csv").write_text(parts.replace("Czechia", "Chechia").replace("150000", "-1"), "utf-8")
    asked = ["--language", language, "company", "check", str(mine)]
    said = CliRunner().invoke(main, asked, catch_exceptions=False).stderr
    assert row in said
    assert range_ in said
    assert near in said
    assert not {"row", "unknown", "is", "out", "of", "range"} & set(said.split())


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (["--output", "x.docx"], "no report of kind '.docx'"),
        (["--scenario", "flood"], "no scenario 'flood'"),
        (["--draws", "5000"], "5000 is not in the range"),
        (["--budget", "-1"], "-1.0 is not in the range"),
    ],
)
def test_bad_options_are_one_line(tmp_path: Path, more: list[str], line: str) -> None:
    run("init", str(tmp_path / "mine"))
    refused = run("report", str(tmp_path / "mine"), *more)
    assert refused.exit_code != 0
    assert line in refused.output
