"""From a file of assays to a set that every other command uses."""

import numpy as np
import pytest
import yaml

from mine2magnet.core.errors import UserError
from mine2magnet.separation import uncertainty
from mine2magnet.separation.study import calibrate
from mine2magnet.separation.study import case as cases
from mine2magnet.separation.study.design_basis import DesignBasis
from tests.separation.running_cut import CASE, LN_BETA, as_csv, circuit

TEXT = as_csv(circuit().solution)
CASE_FILE = cases.read(yaml.safe_dump(CASE))
PAIRS = ("Nd/Pr", "Sm/Nd", "Gd/Sm", "Tb/Gd")


@pytest.fixture(scope="module")
def found() -> calibrate.Calibrated:
    return calibrate.of(CASE_FILE, calibrate.read(TEXT, "assays.csv"))


def test_a_file_of_assays_gives_the_factors_behind_it(found: calibrate.Calibrated) -> None:
    assert found.pairs == PAIRS
    for pair, ln_beta in zip(PAIRS, LN_BETA, strict=True):
        held = found.set.factors[pair]
        assert held.low < np.exp(ln_beta) < held.high
    assert found.set.factors["Sm/Nd"].likely == pytest.approx(1.55, rel=0.03)
    assert found.set.efficiency == pytest.approx(0.92, abs=0.05)
    assert found.reconciled is not None
    assert found.reconciled.chance > 0.01
    assert np.array(found.set.correlation).shape == (4, 4)


def test_the_set_is_used_in_place_of_table_and_case(found: calibrate.Calibrated, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "set.yaml").write_text(calibrate.written(found.set), "utf-8")
    text = yaml.safe_dump({**CASE, "calibrated": "set.yaml"})
    basis = DesignBasis.of(cases.read(text, folder=tmp_path))
    assert basis.factors["Sm/Nd"].likely == pytest.approx(found.set.factors["Sm/Nd"].likely, rel=1e-5)
    assert basis.efficiency == found.set.efficiency
    assert basis.entrained == (found.set.entrained_aqueous, found.set.entrained_organic)
    assert any("calibrated, running" in line for line in basis.sources)
    with pytest.raises(UserError, match="No such file"):
        cases.read(text.replace("set.yaml", "absent.yaml"), folder=tmp_path)
    with pytest.raises(UserError, match="no file can be read here"):
        cases.read(text)


def test_draws_keep_what_was_calibrated_together(found: calibrate.Calibrated) -> None:
    names = [f"β {pair}" for pair in found.set.factors]
    ranges = {f"β {pair}": r for pair, r in found.set.factors.items()}
    drawn = uncertainty.drawn(ranges, 2000, correlated=(names, found.set.correlation))
    made = np.corrcoef([np.log(drawn[name]) for name in names])
    assert made == pytest.approx(np.array(found.set.correlation), abs=0.08)
    alone = uncertainty.drawn(ranges, 2000)
    assert np.abs(np.corrcoef([alone[name] for name in names]) - np.eye(4)).max() < 0.08


def test_a_product_of_factors_is_shared_by_how_sure_each_was() -> None:
    """The feed has no Sm and no Gd: what is learnt of Tb/Nd moves the least known of the three most."""
    factors = {"Nd/Pr": 2.0, "Sm/Nd": [1.2, 1.5, 1.8], "Gd/Sm": [7.9, 8, 8.1], "Tb/Gd": [1, 2.2, 4.6]}
    basis = DesignBasis.of(
        cases.read(
            yaml.safe_dump(
                {
                    **CASE,
                    "feed": {"Pr": 40, "Nd": 40, "Tb": 20},
                    "factors": {**factors, "Tb/Gd": [1.1, 2.2, 4.6]},
                    "products": [{"elements": ["Pr", "Nd"], "purity": "2N"}, {"elements": ["Tb"]}],
                    "cuts": [],
                }
            )
        )
    )
    pairs, prior, spread = calibrate._prior(basis, ("Pr", "Nd", "Tb"))
    assert pairs == {"Nd/Pr": ("Nd/Pr",), "Tb/Nd": ("Sm/Nd", "Gd/Sm", "Tb/Gd")}
    assert spread["Tb/Gd"] > spread["Sm/Nd"] > spread["Gd/Sm"]
    assert sum(prior[pair] for pair in pairs["Tb/Nd"]) == pytest.approx(np.log(1.5 * 8 * 2.2))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column place"),
        ("place,element,value\n", "no assays"),
        ("place,element,value,mood\n1,Nd,5,good\n", "unknown column 'mood'"),
        ("place,element,value\n1,Nd,much\n", "line 2 value: 'much' is not a number"),
        ("place,element,value\nsump,Nd,5\n", "'sump' cannot be read"),
        ("place,element,value\n1,Nd,500\n", "out of range"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UserError) as told:
        calibrate.read(text, "a.csv")
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("changed", "text", "said"),
    [
        ({}, "place,element,value\n1,Xx,5\n", "Xx is not in the case's feed"),
        ({}, "place,element,value\n99,Nd,5\n", "stage 99 of 60"),
        ({}, "place,element,value\n9,Nd,5\n", "1 assays for 7 unknowns"),
        ({}, "place,element,value\nfeed,Nd,5\n9,Pr,5\n", "not in the feed"),
        ({"cuts": []}, TEXT, "0 cuts stand"),
        ({"cuts": [{"parts": "Sm/Nd", "extraction": 30, "scrub": 30}]}, TEXT, "flows of Sm/Nd"),
    ],
)
def test_what_does_not_go_together_is_told(changed: dict[str, object], text: str, said: str) -> None:
    case = cases.read(yaml.safe_dump({**CASE, **changed}))
    with pytest.raises(UserError) as told:
        calibrate.of(case, calibrate.read(text))
    assert said in str(told.value)
