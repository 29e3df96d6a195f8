"""A calibration in tables and words: what is not known is named."""

import re
from dataclasses import replace

import numpy as np
import pytest
import yaml

from mine2magnet.core.messages import Translator
from mine2magnet.separation.report import calibration_tables
from mine2magnet.separation.study import calibrate
from mine2magnet.separation.study import case as cases
from tests.separation.running_cut import CASE, as_csv, circuit


@pytest.fixture(scope="module")
def found() -> calibrate.Calibrated:
    text = re.sub(r"30,organic,Nd,\d", "30,organic,Nd,", as_csv(circuit().solution))  # a digit is missing
    return calibrate.of(cases.read(yaml.safe_dump(CASE)), calibrate.read(text))


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_tables_and_remarks_name_what_must_not_be_overlooked(
    found: calibrate.Calibrated, language: str
) -> None:
    say = Translator(language).say
    told = " ".join(calibration_tables.remarks(found, say))
    assert f"Nd 30 {say('organic')}" in told
    assert say("aqueous phase carried over") in told
    parameters, stages, worst = calibration_tables.tables(found, say)
    assert [row[0] for row in parameters[2][:4]] == [f"β {pair}" for pair in found.pairs]
    assert len(stages[2]) == 26
    assert worst[2][0][:3] == ["30", say("organic"), "Nd"]
    assert all(len(row) == len(heads) for _, heads, rows in (parameters, stages, worst) for row in rows)


def test_the_report_has_all_residuals_and_the_set(found: calibrate.Calibrated) -> None:
    made = calibration_tables.report(found)
    assert made.assays == len(made.residuals) == 130
    assert [a.outlier for a in made.residuals].count(True) == 1
    assert np.array(made.covariance).shape == (7, 7)
    assert made.set == found.set
    by_name = {p.name: p for p in made.parameters}
    assert by_name["β Sm/Nd"].identified
    assert by_name["β Sm/Nd"].error < 0.03
    assert by_name["aqueous phase carried over"].error <= by_name["aqueous phase carried over"].error_before


def test_balances_that_close_say_by_what_chance(found: calibrate.Calibrated) -> None:
    assert found.reconciled is not None
    for chance, said in ((0.42, "in 42 % of cases"), (0.005, "do not close within")):
        balanced = replace(found.reconciled, chance=chance, misses=0 * found.reconciled.misses)
        fine = replace(found, reconciled=balanced)
        assert said in " ".join(calibration_tables.remarks(fine))


def test_an_entrained_part_is_identified_only_if_told_from_none(found: calibrate.Calibrated) -> None:
    k = found.fitted.names.index("entrained_organic")
    p = calibration_tables._parameters(found)[k]
    assert p.error <= 0.5 * p.error_before
    assert p.identified is (p.value >= 2 * p.error)
    verdict = calibration_tables.tables(found)[0][2][k][-1]
    assert verdict == ("yes" if p.identified else "no: less than two errors from none")


def test_raffinate_and_extract_that_are_exchanged_are_named(found: calibrate.Calibrated) -> None:
    text = as_csv(circuit().solution)
    turned = text.replace("raffinate,", "x,").replace("extract,", "raffinate,").replace("x,", "extract,")
    said = "Raffinate and extract fit far better exchanged"
    made = calibrate.of(cases.read(yaml.safe_dump(CASE)), calibrate.read(turned))
    assert said in " ".join(calibration_tables.remarks(made))
    assert said not in " ".join(calibration_tables.remarks(found))
