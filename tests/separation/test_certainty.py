"""Plants that hold at draws of the separation factors: as often as asked for, at no more than it takes."""

from collections.abc import Sequence

import numpy as np
import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.separation import certainty, sequence
from mine2magnet.separation.plant import CutDesign, design_plan, volume

BETA, FEED = np.array([1.0, 1.6, 3.2]), np.array([0.3, 0.5, 0.2])
PRODUCTS = [[0], [1], [2]]
LIMITS = np.full(3, 1e-2)
PLAN = sequence.best(BETA, FEED, PRODUCTS)[0]
FRUGAL = design_plan(PLAN, BETA, PRODUCTS, list(LIMITS), elements=("Pr", "Nd", "Sm"))
RESERVE = 1.2


def cost(designs: Sequence[CutDesign]) -> float:
    """What stages hold, at the flow they are sized for, and base."""
    return sum(d.stages * (2 * d.size + float(d.cut.feed.sum())) + 20 * d.organic for d in designs)


def draws(count: int, seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    low, high = random.triangular(1.3, 1.6, 1.9, count), random.triangular(1.6, 2.0, 2.4, count)
    return [np.array([1.0, a, a * b]) for a, b in zip(low, high, strict=True)]


COMMON = draws(120, 1)


@pytest.fixture(scope="module")
def certain() -> certainty.Certain:
    return certainty.assure(FRUGAL, COMMON, 0.9, cost, RESERVE)


def test_it_holds_about_as_often_on_draws_that_it_was_not_made_for(certain: certainty.Certain) -> None:
    assert certain.part == pytest.approx(0.9, abs=1e-9)
    held = certainty.holds(PLAN, certain.designs, draws(2000, 2), LIMITS, RESERVE)
    assert 0.82 <= held.mean() <= 0.95  # 120 draws, of which the best were chosen; a case corrects for it
    frugal = certainty.holds(PLAN, FRUGAL, draws(500, 2), LIMITS, RESERVE)
    assert frugal.mean() < 0.8


def test_no_neighbouring_stages_hold_at_less_cost(certain: certainty.Certain) -> None:
    """The draws that are kept stay; every cut is tried with a stage more and less in either section."""
    value = cost(list(certain.designs))
    for k, design in enumerate(certain.designs):
        cut = certainty._Cut(FRUGAL[k], COMMON, RESERVE)
        for dn, dm in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)):
            stages = design.n_extraction + dn, design.n_scrub + dm
            flows = cut.flows(stages)[certain.kept]
            other = cut.sized_for(stages, float(flows.max()))
            if other is not None:
                built = [*certain.designs[:k], other, *certain.designs[k + 1 :]]
                assert cost(built) > value * (1 - 5e-3)


def test_a_long_random_search_finds_nothing_much_cheaper(certain: certainty.Certain) -> None:
    """25 random plants of all stages near by, each with the draws given up that cost most."""
    random = np.random.default_rng(3)
    cuts = [certainty._Cut(design, COMMON[:40], RESERVE) for design in FRUGAL]
    keep = 36
    own = certainty.assure(FRUGAL, COMMON[:40], 0.9, cost, RESERVE)
    best = np.inf
    for _ in range(25):
        stages = [
            (
                max(2, d.n_extraction + int(random.integers(-4, 5))),
                max(2, d.n_scrub + int(random.integers(-4, 5))),
            )
            for d in own.designs
        ]
        needed = np.array([cut.flows(at) for cut, at in zip(cuts, stages, strict=True)])
        try:
            kept = certainty._kept(cuts, stages, needed, keep, cost)
            best = min(best, cost(certainty._built(cuts, stages, needed, kept)))
        except UserError:
            continue
    assert cost(list(own.designs)) <= 1.05 * best


def test_more_certainty_never_costs_less() -> None:
    few = COMMON[:20]
    costs = [cost(certainty.assure(FRUGAL, few, part, cost, RESERVE).designs) for part in (0.5, 0.7, 0.9)]
    assert costs == sorted(costs)


def test_what_no_stages_meet_is_told() -> None:
    order_reversed = [np.array([1.0, 0.9, 3.0])] * 10
    with pytest.raises(UserError, match="no stages meet 90 %"):
        certainty.assure(FRUGAL, order_reversed, 0.9, volume, RESERVE)
