"""What a built cut does at other separation factors."""

import numpy as np
import pytest

from mine2magnet.separation.cut import Cut
from mine2magnet.separation.robustness import robustness
from mine2magnet.separation.sizing import at, optimum

CUT = Cut(np.array([1.5, 1.0]), np.array([0.75, 0.25]), np.array([True, False]), 1e-3, 1e-3)


def test_the_flow_found_meets_both_purities_with_the_stages_that_stand() -> None:
    built = optimum(CUT)
    betas = [np.array([beta, 1.0]) for beta in (1.4, 1.5, 1.7)]
    found = robustness(built, betas).flow
    assert found[1] == pytest.approx(1.0, rel=1e-6)
    assert found[0] > 1.0 > found[2]
    for beta, flow in zip(betas, found, strict=True):
        other = Cut(beta, CUT.feed, CUT.a_side, CUT.impurity_a, CUT.impurity_b)
        again = at(other, built.n_extraction, built.n_scrub, float(flow) * built.organic)
        assert again.impurity_a == pytest.approx(1e-3, rel=1e-6)
        assert again.impurity_b == pytest.approx(1e-3, rel=1e-6)


def test_more_impurity_allowed_needs_less_flow() -> None:
    built = optimum(CUT)
    assert robustness(built, [CUT.beta], 1.25).flow[0] < 1.0


def test_too_small_a_factor_is_met_by_no_flow() -> None:
    built = optimum(CUT)
    fenske = 2 * np.log(999) / np.log(1.2)  # stages at total reflux
    assert fenske > built.stages
    found = robustness(built, [np.array([1.2, 1.0]), np.array([0.9, 1.0]), CUT.beta])
    assert found.flow[:2].tolist() == [np.inf, np.inf]
    assert found.met(1.0 + 1e-6) == pytest.approx(1 / 3)
    assert found.needed(0.3) == pytest.approx(1.0)
    assert found.needed(0.9) == np.inf


def test_stages_beyond_need_are_met_by_less_flow_and_not_by_none() -> None:
    """Where an easier separation than designed for is too pure at any flow, none is needed but the least."""
    cut = Cut(np.array([2.0, 1.0]), np.array([0.07, 0.93]), np.array([True, False]), 5e-4, 5e-3)
    found = robustness(optimum(cut), [np.array([8.0, 1.0])])
    assert found.unmet == 0
    assert found.flow[0] < 1
