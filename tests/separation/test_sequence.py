"""Underwood's least flows and the order of cuts."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.core.errors import UserError
from mine2magnet.separation import closed_form, sequence, underwood
from mine2magnet.separation.study import reference_data

P507, ARAXA = reference_data.extractant("P507"), reference_data.feed("araxa")
BETA = np.asarray(np.cumprod([1.0, *(factor.likely for factor in P507.factors.values())]), np.float64)
FEED = np.array([ARAXA.get(element, 0.01) for element in P507.order])
FEED /= FEED.sum()

PRODUCTS = [[0], [1], [2, 3], [4, 5, 6], [7], list(range(8, 15))]


@given(st.floats(0.05, 0.95), st.floats(1.05, 8), st.sampled_from(["aqueous", "organic"]))
def test_two_components_agree_with_the_closed_form(f_a: float, beta: float, phase: closed_form.Phase) -> None:
    least = underwood.minimum_organic(
        np.array([beta, 1.0]), np.array([f_a, 1 - f_a]), np.array([True, False]), phase
    )
    assert least == pytest.approx(closed_form.minimum_organic(f_a, beta, phase), rel=1e-9)


def _every(low: int, high: int, phase: closed_form.Phase) -> float:
    """The least Σ S by plain recursion over all trees."""
    if high - low == 1:
        return 0.0
    found = []
    feed = np.where(np.isin(np.arange(15), list(chain(*PRODUCTS[low:high]))), FEED, 0.0)
    for at in range(low + 1, high):
        above = np.isin(np.arange(15), list(chain(*PRODUCTS[at:high])))
        first = underwood.minimum_organic(BETA, feed, above, phase)
        upper = min(_every(at, high, "aqueous"), _every(at, high, "organic"))
        found.append(first + _every(low, at, "aqueous") + upper)
    return min(found)


def test_the_best_sequence_is_the_best_of_all() -> None:
    plans = sequence.best(BETA, FEED, PRODUCTS)
    assert plans[0].cost == pytest.approx(_every(0, len(PRODUCTS), "aqueous"))
    assert plans[0].cost == pytest.approx(plans[0].organic)
    assert [p.cost for p in plans] == sorted(p.cost for p in plans)
    assert len(list(plans[0].steps())) == len(PRODUCTS) - 1


def test_sharing_organic_and_fuzzy_cuts_save_flow() -> None:
    alone = sequence.best(BETA, FEED, PRODUCTS, linked=False)[0]
    linked = sequence.best(BETA, FEED, PRODUCTS)[0]
    fuzzy = sequence.best(BETA, FEED, PRODUCTS, fuzzy=True)[0]
    assert fuzzy.cost < linked.cost < alone.cost
    assert any(step.fuzzy for step in fuzzy.steps())


def test_every_step_of_a_fuzzy_plan_balances() -> None:
    for plan in sequence.best(BETA, FEED, PRODUCTS, fuzzy=True):
        for step in plan.steps():
            assert (step.organic_stream >= 0).all()
            assert (step.organic_stream <= step.feed + 1e-12).all()
            assert step.least_organic > 0


@given(st.lists(st.floats(1.05, 4), min_size=2, max_size=5), st.integers(0, 99), st.booleans())
def test_preferred_splits_agree_with_the_pinch_at_the_feed(steps: list[float], seed: int, boil: bool) -> None:
    """With all but the first and the last element distributing, the streams at the feed stage are in
    equilibrium with the feed on both sides of it, which gives the flow and the split in closed form
    (docs/separation.md)."""
    beta = np.asarray(np.cumprod([1.0, *steps]), np.float64)
    feed = np.random.default_rng(seed).dirichlet(np.ones(len(beta)))
    first, last = (np.arange(len(beta)) == k for k in (0, len(beta) - 1))
    phase: closed_form.Phase = "aqueous" if boil else "organic"
    above, least = underwood.preferred(beta, feed, last, ~first & ~last, phase)
    if boil:
        expected, parts = beta @ feed / (beta[-1] - 1), (beta - 1) / (beta[-1] - 1)
    else:
        expected, parts = 1 / (beta[-1] - 1), (1 - 1 / beta) / (1 - 1 / beta[-1])
    assert least == pytest.approx(expected, rel=1e-8)
    assert above == pytest.approx(parts * feed, rel=1e-6, abs=1e-9)


def test_a_preferred_split_needs_no_more_than_either_sharp_one() -> None:
    beta, feed = np.array([1.0, 2.0, 4.0]), np.array([0.3, 0.4, 0.3])
    last, middle = np.array([False, False, True]), np.array([False, True, False])
    above, least = underwood.preferred(beta, feed, last, middle)
    assert 0 < above[1] < 0.4
    for a_side in (last | middle, last):
        assert least < underwood.minimum_organic(beta, feed, a_side)


def test_where_a_product_of_several_elements_cannot_all_distribute() -> None:
    """Two of them differ so much that one goes all one way; a grid over both splits finds nothing less."""
    beta, feed = np.array([1.0, 1.2, 12.0, 13.0]), np.array([0.3, 0.3, 0.2, 0.2])
    last, middle = np.arange(4) == 3, np.isin(np.arange(4), [1, 2])
    above, least = underwood.preferred(beta, feed, last, middle)
    assert (above >= 0).all()
    assert (above <= feed).all()
    theta = underwood.roots(beta, feed)
    for parts in np.stack(np.meshgrid(*2 * [np.linspace(0, 1, 41)]), -1).reshape(-1, 2):
        split = np.array([0.0, *(parts * feed[1:3]), feed[3]])
        flow = max((beta * split / (beta - t)).sum() for t in theta)
        assert flow > least - 1e-9


def test_telling_streams_apart_on_a_grid_loses_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = np.full(15, 1 / 15)
    plans = sequence.best(BETA, feed, PRODUCTS, fuzzy=True)
    monkeypatch.setattr(sequence, "GRID", 10**9)
    exact = sequence.best(BETA, feed, PRODUCTS, fuzzy=True)
    assert exact[0].cost <= plans[0].cost + 1e-12
    assert plans[0].cost == pytest.approx(exact[0].cost, rel=2e-3)


def test_ten_products_are_searched_with_fuzzy_cuts() -> None:
    """Exhaustively there would be 5^10 streams."""
    products = [[i] for i in range(9)] + [list(range(9, 15))]
    sharp = sequence.best(BETA, FEED, products)[0]
    plan = sequence.best(BETA, FEED, products, fuzzy=True)[0]
    assert plan.cost < sharp.cost
    reached = np.zeros_like(FEED)
    for part in _leaves(plan):
        reached += part
    assert reached == pytest.approx(FEED, abs=1e-12)


def test_a_product_to_draw_is_in_no_other_cut() -> None:
    for plan in sequence.best(BETA, FEED, PRODUCTS, drawn=[2], fuzzy=True):
        for step in plan.steps():
            assert (2 in {step.below[-1], step.above[0]}) is False
        assert [step.drawn for step in plan.steps()].count(2) == 1
    with pytest.raises(UserError, match="at the end of the order"):
        sequence.best(BETA, FEED, PRODUCTS, drawn=[0])


def _leaves(plan: sequence.Plan) -> list[np.ndarray]:
    step = plan.step
    lower = _leaves(plan.lower) if plan.lower else [step.feed - step.organic_stream]
    return lower + (_leaves(plan.upper) if plan.upper else [step.organic_stream])


@pytest.mark.parametrize(
    ("products", "said"),
    [
        ([list(range(15))], "needs no cut"),
        ([[i] for i in range(15)] + [[0]], "16 products from 15"),
        ([[0, 1], [1, 2], list(range(3, 15))], "element 1 of the feed is in more than one product"),
        ([[0, 2], [1], list(range(3, 15))], "overlap"),
        ([[0], list(range(2, 15))], "element 1 of the feed is in no product"),
    ],
)
def test_bad_products_are_told(products: list[list[int]], said: str) -> None:
    with pytest.raises(UserError, match=said):
        sequence.best(BETA, FEED, products)


def test_cuts_that_stand_come_in_their_order_and_fed_as_they_are() -> None:
    beta, feed = np.array([1.0, 2.0, 4.0, 8.0]), np.array([0.1, 0.2, 0.3, 0.4])
    products = [[0], [1], [2], [3]]
    for first in ((0, 1), (1, 2), (2, 3)):
        others = [one for one in ((0, 1), (1, 2), (2, 3)) if one != first]
        plans = sequence.best(beta, feed, products, stands={first: None, **dict.fromkeys(others)})
        assert [plan.step.boundary for plan in plans] == [first]
    plan = sequence.best(beta, feed, products, stands={(0, 1): "aqueous", (1, 2): "aqueous"})[0]
    phases = {step.boundary: step.phase for step in plan.steps()}
    assert phases[0, 1] == phases[1, 2] == "aqueous"
    free = sequence.best(beta, feed, products)
    assert sequence.best(beta, feed, products, stands={})[0].organic == free[0].organic
    with pytest.raises(UserError, match="no order of cuts"):
        sequence.best(beta, feed, products, stands={(0, 1): "organic", (1, 2): None})
