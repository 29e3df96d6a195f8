"""Measurements, their fit, and that no shipped numbers contradict each other unsaid."""

from itertools import pairwise
from math import log, sqrt

import numpy as np
import pytest
import yaml

from mine2magnet.core.errors import UserError
from mine2magnet.separation.report import tables
from mine2magnet.separation.study import case as cases
from mine2magnet.separation.study import evidence, study
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study.design_basis import DesignBasis
from tests.small_case import SMALL, basis

EXTRACTANTS = data.extractants()


@pytest.mark.parametrize("extractant", EXTRACTANTS)
def test_no_measurement_contradicts_the_table_unsaid(extractant: str) -> None:
    unsaid = [
        (one.measurement.upper, one.measurement.lower, one.measurement.value, one.table)
        for one in evidence.contradictions(extractant)
        if not one.measurement.against
    ]
    assert unsaid == []


@pytest.mark.parametrize("extractant", EXTRACTANTS)
def test_no_extraction_constants_contradict_the_table_unsaid(extractant: str) -> None:
    """Constants of neighbours among those that are known, over the product of factors between them."""
    known = data.constants(extractant).constants
    order = [e for e in data.extractant(extractant).order if e in known]
    said = {
        (one.measurement.upper, one.measurement.lower)
        for one in evidence.contradictions(extractant)
        if one.measurement.against
    }
    for lower, upper in pairwise(order):
        told, spread = evidence.table_product(extractant, upper, lower)
        a, b = known[upper], known[lower]
        error = log(10) * sqrt(((a.high - a.low) ** 2 + (b.high - b.low) ** 2) / 24)  # of symmetric triangles
        sigmas = (log(10) * (a.likely - b.likely) - told) / sqrt(spread**2 + error**2)
        assert abs(sigmas) <= evidence.TOO_FAR or (upper, lower) in said, (upper, lower, sigmas)


def test_what_is_said_is_so() -> None:
    for extractant in EXTRACTANTS:
        off = {one.measurement for one in evidence.contradictions(extractant)}
        assert {m for m in evidence.measurements(extractant) if m.against} == off


@pytest.mark.parametrize("extractant", EXTRACTANTS)
def test_rows_name_elements_of_the_chain_and_their_source(extractant: str) -> None:
    order = data.extractant(extractant).order
    held = evidence.measurements(extractant)
    assert held
    for m in held:
        assert order.index(m.upper) > order.index(m.lower)
        assert m.value > 1
        assert 0 < m.error < 1
        assert m.status in ("found", "recalled")
        assert len(m.source) > 10


def test_the_fit_is_that_of_least_squares_written_out() -> None:
    found = evidence.fit("P204")
    held = evidence.measurements("P204")
    errors = np.array([sqrt(m.error**2 + found.between**2) for m in held])
    off = np.array([(log(m.value) - found.product(m.upper, m.lower)[0]) for m in held]) / errors
    assert off @ off == pytest.approx(len(held) - len(found.pairs), rel=1e-6)  # the variance between is so
    rows = np.array(
        [
            [float(pair in evidence._between(found.pairs, m.upper, m.lower)) for pair in found.pairs]
            for m in held
        ]
    )
    assert (rows / errors[:, None]).T @ off == pytest.approx(np.zeros(len(found.pairs)), abs=1e-8)
    assert np.linalg.eigvalsh(found.covariance).min() > 0


def test_one_measurement_of_each_pair_is_taken_as_it_is() -> None:
    found = evidence.fit("naphthenic")
    assert found.between == 0.0
    table = data.extractant("naphthenic").factors
    assert np.exp(found.ln_beta) == pytest.approx([r.likely for r in table.values()], rel=1e-3)


def test_what_was_measured_of_dysprosium_over_samarium_is_drawn() -> None:
    middle, error = evidence.fit("P507").product("Dy", "Sm")
    assert 55 < np.exp(middle) < 75
    for measured in (65, 94):
        assert abs(log(measured) - middle) < 2 * error
    assert np.exp(evidence.table_product("P507", "Dy", "Sm")[0]) == pytest.approx(14.1, abs=0.1)


def test_a_case_can_take_what_was_measured() -> None:
    given = {**SMALL, "calibrated": "measured", "efficiency": 0.9, "entrained_organic": 0.01}
    made = DesignBasis.of(cases.read(yaml.safe_dump(given)))
    assert made.factors["Dy/Tb"].likely == pytest.approx(np.exp(evidence.fit("P507").ln_beta[7]), rel=1e-6)
    assert made.efficiency == 0.9
    assert made.entrained == (0.0, 0.01)
    assert len(made.correlated[0]) == 14
    assert made.contradictions == ()
    with pytest.raises(UserError, match="nothing measured"):
        basis(calibrated="measured", extractant=None, factors={"Nd/Pr": 1.5, "Dy/Nd": 30})


def test_a_plant_on_contradicted_factors_says_so(small: study.Study) -> None:
    said = [line for line in tables.remarks(small) if "was measured" in line]
    assert len(said) == 1
    assert "Dy/Sm 14.1" in said[0]
    assert "65, 94.1" in said[0]
    assert basis(factors={"Gd/Eu": 2.3}).contradictions == ()  # one's own are one's own
