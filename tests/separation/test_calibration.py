"""Factors that made the assays come back from them; outliers and what cannot be known are named."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mine2magnet.core.errors import UserError
from mine2magnet.separation import calibration
from mine2magnet.separation.calibration import Assays, fit
from tests.separation.running_cut import EFFICIENCY, LN_BETA, circuit


@pytest.mark.parametrize("phase", ["aqueous", "organic"])
def test_derivatives_are_those_of_differences(phase: str) -> None:
    made = circuit(phase=phase, feed_error=np.full(5, 0.05))
    model = calibration._Model(made.running, made.assays)
    theta = model.start(0.452)
    s = model.solve(model.point(theta))
    model.kappa = s.kappa
    slopes = model.slopes(s, model.point(theta), theta)
    for k in range(len(theta)):
        step = np.zeros(len(theta))
        step[k] = 1e-6
        up, down = (model.logs(model.solve(model.point(theta + d))) for d in (step, -step))
        assert slopes[:, k] == pytest.approx((up - down) / 2e-6, abs=2e-4, rel=1e-4)


def test_without_noise_what_made_the_assays_comes_back() -> None:
    made = circuit(noise=0.0, entrained_error=0.0)
    found = fit(made.running, made.assays)
    assert found.values[:4] == pytest.approx(LN_BETA, abs=1e-3)
    assert found.values[4] == pytest.approx(EFFICIENCY, abs=1e-3)
    assert np.abs(found.residuals).max() < 1


@pytest.mark.parametrize("seed", range(6))
def test_identifiable_factors_are_within_three_per_cent_and_the_others_named(seed: int) -> None:
    """60 stages, 5 elements, 5 % noise on every fifth stage; β known to 20 % before."""
    made = circuit(seed)
    found = fit(made.running, made.assays)
    off = np.abs(found.values[:4] - LN_BETA)
    known = found.identified[:4]
    assert known[1]  # that of the cut itself
    assert (off[known] < 0.03).all()
    assert found.weak  # what is entrained and how well a stage works can hardly be told apart
    assert (off < 3.5 * found.errors[:4]).all()
    assert found.evaluations < 400


def test_errors_are_those_of_repeated_fits() -> None:
    """Of 16 plants with other noise each, the misses over their stated errors scatter by about 1."""
    misses = []
    for seed in range(20, 36):
        made = circuit(seed, flow_error=0.001)
        found = fit(made.running, made.assays)
        misses.append((found.values[:4] - LN_BETA) / found.errors[:4])
    assert 0.5 < np.sqrt(np.mean(np.square(misses))) < 1.3


def test_outliers_are_named_and_hardly_count() -> None:
    made = circuit(3, entrained_error=0.0)
    value = made.assays.value.copy()
    value[::17] *= 2.0
    found = fit(made.running, replace(made.assays, value=value))
    assert found.outliers[::17].all()
    assert found.outliers.sum() == len(value[::17])
    assert found.values[1] == pytest.approx(LN_BETA[1], abs=0.03)


def test_limits_of_detection_count_where_they_are_passed() -> None:
    made = circuit(1)
    kept = made.assays
    added = Assays(
        np.append(kept.stage, 0),
        np.append(kept.organic, False),
        np.append(kept.element, 4),
        np.append(kept.value, 1e-4),
        np.append(kept.error, 0.05),
        np.append(kept.below, True),
    )
    plain, limited = fit(made.running, kept), fit(made.running, added)
    assert limited.values == pytest.approx(plain.values, abs=1e-4)  # far less is there
    assert limited.residuals[-1] == 0.0


def test_assays_of_one_phase_at_one_stage_identify_nothing() -> None:
    made = circuit(2)
    a = made.assays
    few = (a.stage == 29) & ~a.organic
    one = Assays(a.stage[few], a.organic[few], a.element[few], a.value[few], a.error[few], a.below[few])
    with pytest.raises(UserError, match="5 assays for 7 unknowns"):
        fit(made.running, one)
    found = fit(replace(made.running, entrained_error=0.0), one)
    assert not found.identified[[0, 2, 3]].any()
    assert found.weak


@settings(max_examples=6, deadline=None)
@given(st.permutations(range(40)))
def test_the_order_of_assays_does_not_matter(order: list[int]) -> None:
    made = circuit(0)
    a = made.assays
    rows: list[Any] = [
        np.asarray(column)[:40] for column in (a.stage, a.organic, a.element, a.value, a.error, a.below)
    ]
    plain = fit(made.running, Assays(*rows))
    other = fit(made.running, Assays(*[column[order] for column in rows]))
    assert other.values == pytest.approx(plain.values, abs=1e-4)
