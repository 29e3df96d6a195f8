"""`mine2magnet separate` as a person meets it."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from rich.console import Console

from mine2magnet.cli.separate import separate, show
from mine2magnet.core.errors import UserError
from mine2magnet.separation.study import reference_data
from tests.small_case import SMALL


def test_the_command_lists_presets_with_their_factors_and_sources() -> None:
    factor = reference_data.extractant("P507").factors["Nd/Pr"].likely
    assert f"Pr ×{factor:g} Nd" in CliRunner().invoke(separate, ["--presets"]).output
    held = json.loads(CliRunner().invoke(separate, ["--presets", "--json"]).output)
    assert "Shin-Etsu" in held["factors"]["P507"]["Nd/Pr"]
    assert held["feed_sources"]["araxa"] == reference_data.feed_sources("araxa")


def test_command_prints_json_and_writes_a_report(tmp_path: Path) -> None:
    given = tmp_path / "case.yaml"
    given.write_text(yaml.safe_dump(SMALL | {"draws": 0, "startup_days": 0}))
    report = tmp_path / "out.html"
    done = CliRunner().invoke(
        separate, [str(given), "--json", "--report", str(report)], catch_exceptions=False
    )
    found = json.loads(done.stdout)
    assert found["cuts"][0]["organic"] == ["Dy"]
    assert found["cuts"][0]["residual"] < 1e-10
    assert report.read_text().startswith("<!doctype html>")
    table = CliRunner().invoke(separate, [str(given)], catch_exceptions=False).stdout
    assert "months to first product" in table


@pytest.mark.parametrize("width", [80, 100, 140])
def test_a_table_too_wide_goes_on_below(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = ["aqueous | organic", *(f"what column {k} holds" for k in range(11))]
    cells = [f"{k}.0e-03 / 1.0e-03" for k in "abcdefghijk"]
    monkeypatch.setattr("mine2magnet.cli.terminal.out", Console(width=width))
    show([], [("Title", heads, [["Pr+Nd | Sm+Gd+Tb", *cells], ["La | Ce", *cells]])])
    said = capsys.readouterr().out
    assert all(said.count(cell) == 2 for cell in cells)
    assert "…" not in said
    assert said.count("Title") == 1
    assert said.count("Ce") == -(-11 // ((width - 18) // 19))  # each part names its rows


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no case"),
        (["absent.yaml"], "No such file"),
        (["a.yaml", "--report", "b.docx"], "no report of kind"),
    ],
)
def test_command_tells_mistakes(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(separate, arguments)
    assert isinstance(result.exception, UserError)
    assert said in str(result.exception)


def test_a_flowsheet_is_solved_and_taken_along(tmp_path: Path) -> None:
    given = tmp_path / "case.yaml"
    given.write_text(
        yaml.safe_dump(
            {
                "feeds": [{"name": "ore", "composition": {"Pr": 25, "Nd": 75}, "throughput": 500}],
                "trains": [{"name": "one", "parts": "Nd/Pr", "feed": ["ore", "nd.mother"]}],
                "products": [{"name": "nd", "feed": "one.liquor", "elements": ["Nd"]}],
                "sites": ["china"],
            }
        )
    )
    out, profiles = tmp_path / "out", tmp_path / "profiles.csv"
    options = ["--folder", str(out), "--profiles", str(profiles), "--json"]
    done = CliRunner().invoke(separate, [str(given), *options], catch_exceptions=False)
    found = json.loads(done.stdout)
    assert found["closure"] < 1e-10
    assert json.loads((out / "answer.json").read_text()) == found
    assert (out / "case.yaml").read_text() == given.read_text()
    assert profiles.read_text().splitlines()[1].startswith("one,1,extraction,Pr,")
    table = CliRunner().invoke(separate, [str(given)], catch_exceptions=False).stdout
    assert "what leaves is what comes in" in table
    given.write_text(given.read_text().replace("nd.mother", "nd.father"))
    refused = CliRunner().invoke(separate, [str(given)])
    assert "case.yaml trains one.feed" in str(refused.exception)
