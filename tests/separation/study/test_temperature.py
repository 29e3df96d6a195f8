"""Factors at another temperature: what was measured comes out, and what is not known is said."""

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study import temperature
from mine2magnet.separation.study.design_basis import DesignBasis
from tests.small_case import basis

LIGHT = {
    "feed": {"La": 30, "Ce": 40, "Pr": 20, "Nd": 10},
    "extractant": "P204",
    "products": [{"elements": ["La"]}, {"elements": ["Ce"]}, {"elements": ["Pr", "Nd"]}],
}


def product(made: DesignBasis, upper: str, lower: str) -> float:
    levels = made.levels()
    return levels[upper] / levels[lower]


def test_factors_move_as_they_were_measured_to() -> None:
    """From 25 to 50 °C Ce/La grows 1.18 times and Eu/Pr falls to 0.81 (D at four temperatures in Xu 1995)."""
    known = temperature.changes("P204", 50, {})
    assert 10 ** (known["Ce"] - known["La"]) == pytest.approx(1.18, abs=0.01)
    assert 10 ** (known["Eu"] - known["Pr"]) == pytest.approx(0.81, abs=0.01)
    warm, cold = basis(**LIGHT, temperature=50), basis(**LIGHT)
    assert product(warm, "Ce", "La") == pytest.approx(1.184 * product(cold, "Ce", "La"), rel=2e-3)
    assert (
        product(warm, "Ce", "La")
        > product(cold, "Ce", "La")
        > product(basis(**LIGHT, temperature=10), "Ce", "La")
    )
    assert any("d La" in line for line in warm.sources)
    assert not any("d La" in line for line in cold.sources)


def test_at_the_usual_temperature_nothing_moves() -> None:
    table = data.extractant("P507").factors
    assert temperature.factors(table, "P507", 25.0, {}, table) == table
    assert set(temperature.changes("P204", 25.0, {}).values()) == {0.0}


def test_a_factor_of_ones_own_holds_as_it_is() -> None:
    made = basis(**LIGHT, temperature=50, factors={"Ce/La": 3.0})
    assert made.factors["Ce/La"].likely == 3.0
    assert made.factors["Pr/Ce"].likely != basis(**LIGHT).factors["Pr/Ce"].likely


def test_ones_own_heats_take_the_place_of_the_tables() -> None:
    with pytest.raises(UserError, match="no heat of extraction of Ce with P507") as error:
        basis(**{**LIGHT, "extractant": "P507"}, temperature=40)
    assert error.value.where == "temperature"
    heats = {"La": 900, "Ce": 700, "Pr": 700, "Nd": 700}
    made = basis(**{**LIGHT, "extractant": "P507"}, temperature=40, heats=heats)
    usual = basis(**{**LIGHT, "extractant": "P507"})
    times = 10 ** ((700 - 900) * (1 / 313.15 - 1 / 298.15))
    assert product(made, "Ce", "La") == pytest.approx(times * product(usual, "Ce", "La"))
    assert product(made, "Nd", "Ce") == pytest.approx(product(usual, "Nd", "Ce"))
    assert made.factors["Dy/Tb"] == usual.factors["Dy/Tb"]  # not in the feed, and not known: left


def test_a_pair_that_turns_round_is_told() -> None:
    with pytest.raises(UserError, match="at 80 °C Nd is extracted no better than Pr"):
        basis(**LIGHT, temperature=80, heats={"Nd": 5000})


def test_every_heat_says_where_it_is_from() -> None:
    for row in data.rows("heats"):
        assert row["status"] in ("found", "computed", "assumption")
        assert row["unit"] == "K of log10 D against 1/T"
        assert len(row["source"]) > 20
        assert float(row["error"]) > 0
