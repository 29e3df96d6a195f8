"""`mine2magnet calibrate` as a person meets it."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from mine2magnet.cli.calibrate import calibrate
from mine2magnet.cli.separate import separate
from mine2magnet.core.errors import UserError
from tests.separation.running_cut import CASE, as_csv, circuit


def test_assays_become_a_set_that_separate_uses(tmp_path: Path) -> None:
    case, assays, made = (tmp_path / name for name in ("case.yaml", "assays.csv", "set.yaml"))
    case.write_text(yaml.safe_dump(CASE), "utf-8")
    assays.write_text(as_csv(circuit().solution), "utf-8")
    run = CliRunner()
    shown = run.invoke(calibrate, [str(case), str(assays), "--out", str(made)], catch_exceptions=False)
    assert "β Sm/Nd" in shown.output
    found = json.loads(run.invoke(calibrate, [str(case), str(assays), "--json"]).stdout)
    assert found["set"]["factors"]["Sm/Nd"]["likely"] == pytest.approx(1.55, rel=0.03)
    case.write_text(yaml.safe_dump({**CASE, "calibrated": "set.yaml"}), "utf-8")
    used = json.loads(run.invoke(separate, [str(case), "--json"], catch_exceptions=False).stdout)
    assert any("calibrated" in line for line in used["sources"])
    assert used["cuts"][0]["beta"] == pytest.approx(found["set"]["factors"]["Sm/Nd"]["likely"], rel=1e-4)


def test_mistakes_are_told(tmp_path: Path) -> None:
    case, assays = tmp_path / "case.yaml", tmp_path / "assays.csv"
    case.write_text(yaml.safe_dump(CASE), "utf-8")
    assays.write_text("place,element,value\n1,Nd,5\n", "utf-8")
    for words, said in (
        ([str(case), str(assays), "--out", "set.xlsx"], "no set of kind"),
        ([str(case), "absent.csv"], "No such file"),
        ([str(case), str(assays), "--cut", "Nd/Pr"], "no cut Nd/Pr"),
        ([str(case), str(assays), "--flow-error", "0"], "out of range"),
        ([str(case), str(assays)], "1 assays for 7 unknowns"),
    ):
        told = CliRunner().invoke(calibrate, words).exception
        assert isinstance(told, UserError)
        assert said in str(told)
