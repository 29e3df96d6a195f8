"""A case that asks for certainty: both plants, the price, and which factor to measure."""

import msgspec
import numpy as np
import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.separation import certainty
from mine2magnet.separation.report import assurance_tables, tables
from mine2magnet.separation.report.result import report
from mine2magnet.separation.study import assurance, study
from tests.small_case import basis

FACTORS = {"Nd/Pr": [1.35, 1.5, 1.8], "Dy/Nd": [20, 30, 45]}
PRODUCTS = [{"elements": [e], "purity": "2N"} for e in ("Pr", "Nd", "Dy")]
ASKED = {"extractant": None, "factors": FACTORS, "products": PRODUCTS, "draws": 0, "startup_days": 0}


@pytest.fixture(scope="module")
def certain() -> study.Study:
    return study.solve(basis(**ASKED, certainty=0.9, reserve=1.0, sites=["china"]))


def test_the_plant_holds_as_often_as_asked_for(certain: study.Study) -> None:
    a = certain.assurance
    assert a is not None
    assert a.certain_holds >= 0.9
    assert a.frugal_holds < a.certain_holds
    assert a.price > 0
    assert certain.designs == a.certain
    fresh = assurance.factors(certain.basis, 2000, 99)
    limits = np.array([product.impurity for product in certain.basis.products])
    held = certainty.holds(certain.plans[0], a.certain, fresh, limits, certain.basis.case.reserve)
    assert held.mean() >= 0.88


def test_the_part_designed_for_gives_the_plan_again(certain: study.Study) -> None:
    a = certain.assurance
    assert a is not None
    assert 0.9 <= a.designed <= 1
    common = assurance.factors(certain.basis, assurance.DRAWS, assurance.SEEDS[0])
    price = study.coster(certain.basis).cost
    again = certainty.assure(a.certain, common, a.designed, price, certain.basis.case.reserve, rounds=0)
    assert price(again.designs) == pytest.approx(a.certain_cost, rel=1e-3)


def test_the_factor_that_matters_is_the_one_to_measure(certain: study.Study) -> None:
    a = certain.assurance
    assert a is not None
    assert a.worth[0].pair == "Nd/Pr"
    assert a.worth[0].worth > 0
    assert a.worth[1].worth < a.worth[0].worth


def test_capital_is_that_of_the_flow_sized_for_and_base_that_of_the_likely_flow(certain: study.Study) -> None:
    a = certain.assurance
    assert a is not None
    frugal, sure = a.quantities
    assert sure.volume > frugal.volume
    assert sure.naoh <= frugal.naoh * 1.001
    assert all(d.size >= d.organic for d in a.certain)


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_both_plants_are_shown(certain: study.Study, language: str) -> None:
    say = Translator(language).say
    told = {title: rows for title, _, rows in tables.tables(certain, say)}
    assert len(told[say("The frugal plant and the one that holds")]) == 2
    worth = told[say("Which separation factors are worth measuring before building")]
    assert worth[0][0] == "β Nd/Pr"
    assert any("%" in line for line in tables.remarks(certain, say))
    made = report(certain).assurance
    assert made is not None
    assert made.certain.usd_per_t - made.frugal.usd_per_t == pytest.approx(made.price_usd_per_t)
    assert msgspec.json.encode(made)


def test_without_certainty_there_is_one_plant(small: study.Study) -> None:
    assert assurance_tables.report(small) is None
    assert not any("frugal" in line for line in assurance_tables.remarks(small))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"fuzzy": True}, "sharp cuts"),
        ({"factors": {"Nd/Pr": 1.5, "Dy/Nd": 30}}, "known to a point"),
        ({"certainty": 0.3}, "out of range"),
    ],
)
def test_what_cannot_be_had_is_told(changed: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        basis(**{**ASKED, "certainty": 0.9, **changed})
