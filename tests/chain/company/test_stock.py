"""Stock to buy: the bracket closes on the closed form, and more stock never hurts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mine2magnet.chain import Scenario, simulate
from mine2magnet.chain.company.stock import sampled, stock_to_buy, survival, with_stock
from mine2magnet.model.ranges import Range
from tests.chain.company.test_placement import one_part, stopped


@pytest.mark.parametrize(("stock", "lead"), [(3, 1), (5, 4)])
def test_the_stock_to_buy_is_what_the_stop_is_short_of(stock: int, lead: int) -> None:
    """No ore for 20 weeks: 20 less what is held; the lead is what it was before and after."""
    company = one_part(stock, lead)
    draws = sampled(company, company.network, stopped(20), 0, np.nan)
    found = stock_to_buy(company, stopped(20), draws)["pump"]
    assert found is not None
    # a stop is a week with less than half of what is wanted
    assert found == pytest.approx(20 - stock - 0.5, abs=0.6)


def test_bisection_brackets_the_share_that_survives() -> None:
    company = one_part(3, 1)
    wide = Scenario("no ore", (stopped().events[0].__class__(
        "embargo", {"from_country": ("Farland",)}, Range(0, 0, 0), Range(5, 10, 25)),), weeks=60)  # fmt: skip
    draws = sampled(company, company.network, wide, 40, np.nan)
    for share in (0.5, 0.95):
        found = stock_to_buy(company, wide, draws, share)["pump"]
        assert found is not None
        survive = [
            survival(company, simulate(company.network, with_stock(company, wide, {"pump": w}), draws))[0]
            for w in (found - 2 / 7, found)
        ]
        assert survive[0] < share <= survive[1]
    half, most = (stock_to_buy(company, wide, draws, s)["pump"] for s in (0.5, 0.95))
    assert half is not None
    assert most is not None
    assert half < most


def test_no_stock_is_bought_where_nothing_stops_and_none_where_none_helps() -> None:
    company = one_part(3, 1)
    draws = sampled(company, company.network, Scenario("calm", weeks=20), 0, np.nan)
    assert stock_to_buy(company, Scenario("calm", weeks=20), draws) == {"pump": 0.0}
    fire = Scenario("fire", (stopped().events[0].__class__("outage", {"node": ("pump",)}),), weeks=20)
    assert stock_to_buy(company, fire, sampled(company, company.network, fire, 0, np.nan)) == {"pump": None}


@settings(max_examples=25, deadline=None)
@given(
    stock=st.floats(0, 8), more=st.floats(0.1, 10), weeks=st.floats(1, 40), lead=st.integers(1, 6)
)  # fmt: skip
def test_more_stock_never_hurts(stock: float, more: float, weeks: float, lead: int) -> None:
    company = one_part(stock, lead)
    scenario = stopped(weeks)
    lost = [
        simulate(company.network, with_stock(company, scenario, {"pump": held}), 0).lost[company.parts[0], 0]
        for held in (0.0, more)
    ]
    fuller = one_part(stock + more, lead)
    lost.append(simulate(fuller.network, scenario, 0).lost[fuller.parts[0], 0])
    assert max(lost[1:]) <= lost[0] + 1e-6


def test_own_stocks_are_drawn_apart_from_those_of_others() -> None:
    company = one_part(3, 1)
    wide = [u.__class__(u.node, u.material, u.amount, Range(1, 3, 6)) for u in company.network.uses]
    network = company.network.__class__(
        company.network.materials, company.network.nodes, tuple(wide), company.network.makes,
        company.network.arcs, company.network.demands,
    )  # fmt: skip
    cover = sampled(company, network, stopped(), 200, np.nan).cover_in
    assert abs(np.corrcoef(cover[0], cover[1]).item(1)) < 0.3
    assert cover[company.own].min() >= 1
    again = sampled(company, network, stopped(), 200, np.nan).cover_in
    assert np.array_equal(cover, again)
