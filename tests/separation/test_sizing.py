"""Stages and flows confirmed by the exact solver."""

import numpy as np
import pytest

from mine2magnet import separation_data
from mine2magnet.errors import UserError
from mine2magnet.separation import sizing

P507, ARAXA = separation_data.extractant("P507"), separation_data.feed("araxa")
BETA = np.asarray(np.cumprod([1.0, *(factor.likely for factor in P507.factors.values())]), np.float64)
FEED = np.array([ARAXA.get(element, 0.01) for element in P507.order])
FEED /= FEED.sum()


def cut(f_a: float = 0.75, beta: float = 1.5, allowed: float = 1e-3, **more: object) -> sizing.Cut:
    a_side = np.array([True, False])
    feed = np.array([f_a, 1 - f_a])
    return sizing.Cut(np.array([beta, 1.0]), feed, a_side, allowed, allowed, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("f_a", "beta", "allowed"), [(0.75, 1.5, 1e-3), (0.75, 1.5, 1e-4), (0.3, 2.0, 1e-3)])
def test_verified_needs_every_one_of_its_stages(f_a: float, beta: float, allowed: float) -> None:
    c = cut(f_a, beta, allowed)
    made = sizing.verified(c)
    assert max(made.impurity_a, made.impurity_b) <= allowed
    total = made.n + made.m
    for n in range(1, total - 1):
        assert sizing.at(c, n, total - 1 - n, made.organic).excess > 0


def test_fewest_stages_of_the_first_worked_example() -> None:
    """With the feed where it is best 52 stages do; the closed form's places want 25 + 29."""
    made = sizing.verified(cut())
    assert made.n + made.m == 52
    assert sizing.at(cut(), 25, 29, made.organic).excess < 0
    assert sizing.at(cut(), 24, 28, made.organic).excess > 0


def test_adjoint_agrees_with_differences() -> None:
    c = sizing.Cut(BETA, FEED, np.arange(15) >= 3, 1e-4, 1e-4, efficiency=0.9)
    made = sizing.at(c, 25, 30, 1.1)
    step = 1e-5
    higher, lower = (sizing.at(c, 25, 30, 1.1 + d).excess for d in (step, -step))
    assert made.excess_per_organic == pytest.approx((higher - lower) / (2 * step), rel=1e-5)


@pytest.mark.parametrize("phase", ["aqueous", "organic"])
def test_optimum_meets_both_purities_exactly_and_holds_less(phase: str) -> None:
    c = cut(phase=phase)
    made, first = sizing.optimum(c), sizing.verified(c)
    assert (made.impurity_a, made.impurity_b) == pytest.approx((1e-3, 1e-3), rel=1e-6)
    held = [(s.n + s.m) * (2 * s.organic + 1 - c.out_a) for s in (made, first)]
    assert held[0] < held[1]


def test_multicomponent_flow_approaches_underwoods_least() -> None:
    c = sizing.Cut(BETA, FEED, np.arange(15) >= 3, 1e-4, 1e-4)
    made = sizing.fit_organic(c, 60, 60)
    assert made is not None
    assert c.minimum_organic < made.organic < 1.05 * c.minimum_organic


def test_inefficient_stages_are_more() -> None:
    assert sum(map(len, [sizing.verified(cut(efficiency=0.8)).solution.kappa])) > 52


def test_too_few_stages_meet_no_purity() -> None:
    assert sizing.fit_organic(cut(), 15, 15) is None  # Fenske: 34.1 at least


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: cut(allowed=0.3), "purer"),
        (lambda: cut(beta=0.8), "cannot be made in this direction"),
        (lambda: cut(beta=1.0), "cannot be made in this direction"),
        (lambda: sizing.verified(cut(beta=1.0005)), "do not part"),
    ],
)
def test_what_no_cascade_reaches_is_told_in_one_line(make: object, said: str) -> None:
    with pytest.raises(UserError) as caught:
        make()  # type: ignore[operator]
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
