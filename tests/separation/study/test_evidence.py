"""Measurements, their fit, and that no shipped numbers contradict each other unsaid."""

import subprocess
import sys
from itertools import pairwise
from math import hypot, log, sqrt
from pathlib import Path

import numpy as np
import pytest
import yaml

from mine2magnet.core.errors import UserError
from mine2magnet.separation import uncertainty
from mine2magnet.separation.report import tables
from mine2magnet.separation.study import case as cases
from mine2magnet.separation.study import evidence, study
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study.design_basis import DesignBasis
from tests.small_case import SMALL, basis

EXTRACTANTS = data.extractants()
SCRIPT = Path(__file__).parents[3] / "scripts" / "fit-separation"


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
    found = evidence.fit("P507")
    held = evidence.measurements("P507")
    light = [{m.upper, m.lower} <= set(evidence.LIGHT) for m in held]
    told = [found.product(m.upper, m.lower)[0] for m in held]
    between = [found.between[0 if one else 1] * min(t, 1.0) for one, t in zip(light, told, strict=True)]
    errors = np.array([hypot(m.error, extra) for m, extra in zip(held, between, strict=True)])
    off = np.array([log(m.value) - t for m, t in zip(held, told, strict=True)]) / errors
    assert min(found.between) > 0
    assert off @ off == pytest.approx(len(held) - len(found.pairs), rel=1e-3)  # the variances between are so
    rows = np.array(
        [
            [float(pair in evidence.between(found.pairs, m.upper, m.lower)) for pair in found.pairs]
            for m in held
        ]
    )
    assert (rows / errors[:, None]).T @ off == pytest.approx(np.zeros(len(found.pairs)), abs=1e-2)
    assert np.linalg.eigvalsh(found.covariance).min() > 0


def test_one_measurement_of_each_pair_is_taken_as_it_is() -> None:
    found = evidence.fit("naphthenic")
    assert found.between == pytest.approx((0.0, 0.0), abs=1e-9)
    table = data.extractant("naphthenic").factors
    assert np.exp(found.ln_beta) == pytest.approx([r.likely for r in table.values()], rel=1e-3)


def test_what_was_measured_of_dysprosium_over_samarium_is_drawn() -> None:
    made = basis(feed={"Sm": 50, "Dy": 50}, products=[{"elements": ["Sm"]}, {"elements": ["Dy"]}])
    drawn = uncertainty.drawn(made.uncertain, 400, correlated=made.correlated)
    between = [np.log(drawn[f"β {pair}"]) for pair in ("Eu/Sm", "Gd/Eu", "Tb/Gd", "Dy/Tb")]
    low, high = np.exp(np.quantile(np.sum(between, axis=0), (0.05, 0.95)))
    assert low < 65 < high
    assert low < 94 < high
    assert low > 30  # the product is known better than each factor by itself


def test_the_table_is_what_the_measurements_make() -> None:
    assert subprocess.run([sys.executable, SCRIPT, "--check"], check=False).returncode == 0
    recalled = [row for row in data.rows("separation_factors") if row["status"] == "recalled"]
    assert len(recalled) <= 4
    for row in data.rows("separation_factors"):
        found = evidence.measured(row["extractant"]).factors[f"{row['upper']}/{row['lower']}"]
        assert float(row["likely"]) == pytest.approx(found.likely, rel=1e-4)


def test_a_case_can_take_what_was_measured() -> None:
    given = {**SMALL, "calibrated": "measured", "efficiency": 0.9, "entrained_organic": 0.01}
    made = DesignBasis.of(cases.read(yaml.safe_dump(given)))
    assert made.factors["Dy/Tb"].likely == pytest.approx(np.exp(evidence.fit("P507").ln_beta[7]), rel=1e-6)
    assert made.efficiency == 0.9
    assert made.entrained == (0.0, 0.01)
    assert len(made.correlated[0]) == 14
    taken = {one.measurement for one in made.contradictions}  # the table is that fit: what it misses stays
    assert taken == {one.measurement for one in basis().contradictions}
    with pytest.raises(UserError, match="nothing measured"):
        basis(calibrated="measured", extractant=None, factors={"Nd/Pr": 1.5, "Dy/Nd": 30})


def test_a_plant_on_contradicted_factors_says_so(small: study.Study) -> None:
    light = {
        "feed": {"La": 40, "Ce": 50, "Pr": 10},
        "products": [{"elements": [e]} for e in ("La", "Ce", "Pr")],
    }
    told = [(c.measurement.upper, c.measurement.lower) for c in basis(**light).contradictions]
    assert ("Ce", "La") in told
    assert basis(**light, factors={"Ce/La": 2.3, "Pr/Ce": 2}).contradictions == ()  # one's own are one's own
    said = [line for line in tables.remarks(small) if "outside of that" in line]
    assert len(said) == 1
    assert "Nd/Pr is 1.49 (1.34 to 1.66, 5–95 %)" in said[0]
    assert "1.17 (Formiga 2016)" in said[0]
    assert "roughly" not in said[0]  # no cut parts Nd from Pr


@pytest.mark.parametrize("extractant", EXTRACTANTS)
def test_what_is_disputed_lies_outside_of_what_is_said_to_be_drawn(extractant: str) -> None:
    for one in evidence.contradictions(extractant):
        m = one.measurement
        low, high = evidence.drawn_range(extractant, m.upper, m.lower)
        assert low < one.table < high
        assert not low <= m.value <= high


def test_the_range_that_is_told_is_what_is_drawn() -> None:
    made = basis(
        feed={"La": 40, "Ce": 50, "Nd": 10}, products=[{"elements": [e]} for e in ("La", "Ce", "Nd")]
    )
    drawn = uncertainty.drawn(made.uncertain, 1000, correlated=made.correlated)
    for upper, lower in (("Ce", "La"), ("Nd", "La"), ("Dy", "Sm")):
        pairs = evidence.between(tuple(made.factors), upper, lower)
        found = np.quantile(np.prod([drawn[f"β {pair}"] for pair in pairs], axis=0), (0.05, 0.95))
        assert evidence.drawn_range("P507", upper, lower) == pytest.approx(tuple(found), rel=0.06)


def test_a_plant_at_a_disputed_factor_is_about_the_one_designed_for_it() -> None:
    asked = {
        "feed": {"Pr": 25, "Nd": 75},
        "products": [{"elements": [e], "purity": "3N"} for e in ("Pr", "Nd")],
        "sites": ["china"],
        "draws": 0,
        "startup_days": 0,
    }
    (told,) = tables.disputed(study.solve(basis(**asked, calibrated="measured")))
    designed = study.solve(basis(**asked, factors={"Nd/Pr": told.measured}))
    assert told.usd_per_t == pytest.approx(designed.sites[0].costs.total, rel=0.05)
    assert told.stages == pytest.approx(sum(d.stages for d in designed.designs), rel=0.12)
