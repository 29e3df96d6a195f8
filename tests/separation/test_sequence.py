"""Underwood's least flows and the order of cuts."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet import separation_data
from mine2magnet.errors import UserError
from mine2magnet.separation import closed_form, sequence, underwood

P507, ARAXA = separation_data.extractant("P507"), separation_data.feed("araxa")
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
    for plan in sequence.best(BETA, FEED, [*PRODUCTS[:5], list(range(8, 15))], fuzzy=True):
        for step in plan.steps():
            assert (step.organic_stream >= 0).all()
            assert (step.organic_stream <= step.feed + 1e-12).all()
            assert step.least_organic > 0


def test_a_preferred_split_needs_no_more_than_either_sharp_one() -> None:
    beta, feed = np.array([1.0, 2.0, 4.0]), np.array([0.3, 0.4, 0.3])
    above, least = sequence.preferred(beta, feed, [1], np.array([False, False, True]), "aqueous")
    assert 0 < above[1] < 0.4
    for a_side in ([False, True, True], [False, False, True]):
        assert least < underwood.minimum_organic(beta, feed, np.array(a_side))


@pytest.mark.parametrize(
    ("products", "said"),
    [
        ([list(range(15))], "needs no cut"),
        ([[i] for i in range(15)] + [[0]], "16 products from 15"),
        ([[0, 1], [1, 2], list(range(3, 15))], "exactly one product"),
        ([[0, 2], [1], list(range(3, 15))], "overlap"),
        ([[0], [1]], "exactly one product"),
    ],
)
def test_bad_products_are_told(products: list[list[int]], said: str) -> None:
    with pytest.raises(UserError, match=said):
        sequence.best(BETA, FEED, products)
