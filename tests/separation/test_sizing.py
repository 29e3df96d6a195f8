"""Stages and flows confirmed by the exact solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.separation import cut as cut_
from mine2magnet.separation import sizing, underwood
from mine2magnet.separation.study import reference_data

if TYPE_CHECKING:
    from tests.conftest import Record

P507, ARAXA = reference_data.extractant("P507"), reference_data.feed("araxa")
BETA = np.asarray(np.cumprod([1.0, *(factor.likely for factor in P507.factors.values())]), np.float64)
FEED = np.array([ARAXA.get(element, 0.01) for element in P507.order])
FEED /= FEED.sum()


def cut(f_a: float = 0.75, beta: float = 1.5, allowed: float = 1e-3, **more: object) -> cut_.Cut:
    a_side = np.array([True, False])
    feed = np.array([f_a, 1 - f_a])
    return cut_.Cut(np.array([beta, 1.0]), feed, a_side, allowed, allowed, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("f_a", "beta", "allowed"), [(0.75, 1.5, 1e-3), (0.75, 1.5, 1e-4), (0.3, 2.0, 1e-3)])
def test_verified_needs_every_one_of_its_stages(f_a: float, beta: float, allowed: float) -> None:
    c = cut(f_a, beta, allowed)
    made = sizing.verified(c)
    assert max(made.impurity_a, made.impurity_b) <= allowed
    total = made.stages
    for n in range(1, total - 1):
        assert sizing.at(c, n, total - 1 - n, made.organic).excess > 0


def test_fewest_stages_of_the_first_worked_example() -> None:
    """With the feed where it is best 52 stages do; the closed form's places want 25 + 29."""
    made = sizing.verified(cut())
    assert made.stages == 52
    assert sizing.at(cut(), 25, 29, made.organic).excess < 0
    assert sizing.at(cut(), 24, 28, made.organic).excess > 0


def test_adjoint_agrees_with_differences() -> None:
    c = cut_.Cut(BETA, FEED, np.arange(15) >= 3, 1e-4, 1e-4, efficiency=0.9)
    made = sizing.at(c, 25, 30, 1.1)
    step = 1e-5
    higher, lower = (sizing.at(c, 25, 30, 1.1 + d).excess for d in (step, -step))
    assert made.excess_per_organic == pytest.approx((higher - lower) / (2 * step), rel=1e-5)


@pytest.mark.parametrize("phase", ["aqueous", "organic"])
def test_optimum_meets_both_purities_exactly_and_holds_less(phase: str) -> None:
    c = cut(phase=phase)
    made, first = sizing.optimum(c), sizing.verified(c)
    assert (made.impurity_a, made.impurity_b) == pytest.approx((1e-3, 1e-3), rel=1e-6)
    held = [s.stages * (2 * s.organic + 1 - c.extract_flow) for s in (made, first)]
    assert held[0] < held[1]


def test_multicomponent_flow_approaches_underwoods_least() -> None:
    c = cut_.Cut(BETA, FEED, np.arange(15) >= 3, 1e-4, 1e-4)
    made = sizing.fit_organic(c, 60, 60)
    assert made is not None
    assert c.minimum_organic < made.organic < 1.05 * c.minimum_organic


def test_inefficient_stages_are_more() -> None:
    assert sum(map(len, [sizing.verified(cut(efficiency=0.8)).solution.kappa])) > 52


def fuzzy(free: list[int], above: int, **more: object) -> cut_.Cut:
    middle = np.isin(np.arange(15), free)
    a_side = (np.arange(15) >= above) & ~middle
    return cut_.Cut(BETA, FEED, a_side, 1e-3, 1e-4, free=middle, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("phase", ["aqueous", "organic"])
def test_a_fuzzy_cut_meets_both_purities_and_holds_less_than_sharp_ones(phase: str) -> None:
    made = sizing.optimum(fuzzy([2], 3, phase=phase))
    assert (made.impurity_a, made.impurity_b) == pytest.approx((1e-3, 1e-4), rel=1e-6)
    low, high = made.cut.extract_bounds
    assert low < made.extract_flow < high
    held = made.stages * made.organic
    for above in (2, 3):
        sharp = sizing.optimum(cut_.Cut(BETA, FEED, np.arange(15) >= above, 1e-3, 1e-4, phase=phase))  # type: ignore[arg-type]
        assert held < sharp.stages * sharp.organic


def test_adjoint_of_a_fuzzy_cut_agrees_with_differences() -> None:
    c = fuzzy([2], 3, efficiency=0.9)
    made = sizing.at(c, 12, 14, 0.75)
    step = 1e-5
    higher, lower = (sizing.at(c, 12, 14, 0.75 + d) for d in (step, -step))
    assert made.excess_per_organic == pytest.approx((higher.excess - lower.excess) / (2 * step), rel=1e-5)
    assert made.extract_per_organic == pytest.approx(
        (higher.extract_flow - lower.extract_flow) / (2 * step), rel=1e-5
    )


def test_another_split_of_a_fuzzy_cut_needs_more_organic() -> None:
    """At the split found both products are just pure; a little off it, one of them is not at the same S."""
    made = sizing.fit_organic(fuzzy([2], 3), 12, 12)
    assert made is not None
    for shift in (-1e-4, 1e-4):
        s = sizing._solved(made.cut, 12, 12, made.organic, made.extract_flow + shift, None)
        off = sizing._excess_a(made.cut, s)[0], sizing._excess_b(made.cut, s)[0]
        assert max(off) > 1e-3 > min(off)


def test_a_fuzzy_flow_approaches_its_least() -> None:
    made = sizing.fit_organic(fuzzy([2], 3), 25, 25)
    assert made is not None
    assert made.cut.minimum_organic < made.organic < 1.08 * made.cut.minimum_organic
    above, _ = underwood.preferred(BETA, FEED, made.cut.a_side, np.arange(15) == 2)
    assert made.extract_flow == pytest.approx(above.sum(), rel=0.03)


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


def built(s: sizing.SizedCut) -> dict[str, object]:
    return {
        "n": s.n_extraction,
        "m": s.n_scrub,
        "organic": s.organic,
        "extract_flow": s.extract_flow,
        "impurities": [s.impurity_a, s.impurity_b],
    }


@pytest.mark.parametrize("phase", ["aqueous", "organic"])
def test_cuts_are_sized_as_they_were(phase: str, recorded: Record) -> None:
    middle = np.isin(np.arange(15), [3, 4])
    many = cut_.Cut(BETA, FEED, np.arange(15) >= 3, 1e-3, 2e-3, phase, 0.9)  # type: ignore[arg-type]
    fuzzy = cut_.Cut(BETA, FEED, np.arange(15) >= 5, 1e-2, 1e-2, phase, free=middle)  # type: ignore[arg-type]
    first = sizing.verified(many)
    fitted = sizing.fit_organic(many, first.n_extraction + 5, first.n_scrub + 5, first)
    assert fitted is not None
    made = {"verified": first, "fitted": fitted, "optimum": sizing.optimum(many)}
    made |= {"cheap stages": sizing.optimum(many, lambda s: s.stages + 100 * s.organic)}
    made |= {"fuzzy": sizing.verified(fuzzy), "fuzzy optimum": sizing.optimum(fuzzy)}
    recorded({name: built(s) for name, s in made.items()}, 1e-5)


def test_what_a_cut_has_to_do_is_what_it_was(recorded: Record) -> None:
    """Estimates, keys and bounds, sharp and fuzzy, that the exact solver starts from."""
    names = (
        "share",
        "key_beta",
        "keys",
        "extract_flow",
        "extract_bounds",
        "minimum_organic",
        "organic_estimate",
    )
    middle = np.isin(np.arange(15), [3, 4])
    told = {}
    for phase in ("aqueous", "organic"):
        for free, drawn in ((None, False), (middle, False), (middle, True)):
            c = cut_.Cut(BETA, FEED, np.arange(15) >= 5, 1e-2, 2e-2, phase, free=free, drawn=drawn)
            told[f"{phase} {free is not None} {drawn}"] = {
                n: getattr(c, n) for n in (*names, "stages_estimate")
            }
    recorded(told)


def test_a_flow_that_is_enough_is_hardly_more_than_the_least() -> None:
    c = cut()
    fitted = sizing.fit_organic(c, 30, 30)
    assert fitted is not None
    found = sizing.enough_organic(c, 30, 30)
    assert fitted.organic * (1 - 1e-9) <= found <= fitted.organic * 1.02
    settled = sizing.fit_settled(c, 30, 30)
    assert settled is not None
    assert settled.organic == fitted.organic
    assert np.isinf(sizing.enough_organic(c, 15, 15))  # Fenske: 34.1 at least
    assert sizing.fit_settled(c, 15, 15) is None


def test_stages_beyond_need_are_pure_at_the_least_flow_of_a_perfect_split() -> None:
    """What the raffinate may hold of A asks for less than Underwood's flow."""
    c = cut_.Cut(np.array([5.0, 1.0]), np.array([0.07, 0.93]), np.array([True, False]), 5e-4, 5e-3)
    assert sizing.fit_organic(c, 16, 16) is None  # purer than asked at every flow
    made = sizing.fit_settled(c, 16, 16)
    assert made is not None
    assert made.impurity_a < 1e-6
    assert made.impurity_b < 5e-3
    assert made.organic < 1.001 * c.minimum_organic
