"""What events do in time, in closed form: capped flows, licensing desks, changes, announcements."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mine2magnet.chain import Change, Event, Scenario, draw, simulate, trace
from mine2magnet.chain.examples import joint, line, of
from mine2magnet.chain.forcing import Forcing, cut_off
from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range

PLANT = {"to_node": ("plant",)}
YEARS = 208  # weeks


def lost(network: Any, *events: Event, weeks: int = YEARS) -> float:
    """Weeks of normal use lost."""
    return float(simulate(network, Scenario("x", events, weeks=weeks), 0).lost.sum() / 10)


@pytest.mark.parametrize("cover", [0.0, 0.5, 1.0, 4.0, 8.0, 13.0, 26.0])
@pytest.mark.parametrize("spare", [0.0, 4.0])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_an_embargo_of_a_share_of_flow_loses_that_share_at_every_cover(
    cover: float, spare: float, share: float
) -> None:
    """What the stock cannot bridge: share × weeks − cover."""
    event = Event("embargo", PLANT, of(10), strength=of(share))
    expected = max(share * (YEARS - 10 - 1) - cover, 0.0)  # goods under way arrive for a week
    assert lost(line(cover, spare=spare), event) == pytest.approx(expected, rel=0.02)


def test_what_an_embargo_limits_is_a_choice() -> None:
    def of_normal(limits: Any) -> float:
        event = Event("embargo", PLANT, of(10), strength=of(0.5), limits=limits)
        return float(trace(line(4), Scenario("x", (event,), weeks=100)).shipped[60:, 0].mean() / 10)

    assert of_normal("flow") == of_normal(None) == pytest.approx(0.5)
    assert of_normal("approvals") == pytest.approx(0.5)
    assert of_normal("capacity") == pytest.approx(1.0)  # half of 50 t a week is more than is wanted
    assert of_normal("orders") == pytest.approx(1.0, rel=1e-3)  # buyers order twice what they need
    with pytest.raises(UserError, match="outage does not limit flow"):
        Event("outage", {"node": ("mine",)}, limits="flow")


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 12), st.floats(0, 30), st.integers(1, 6), st.sampled_from([0.0, 4.0]))
def test_a_stop_of_parts_of_weeks_costs_what_the_stock_does_not_cover(
    stock: float, weeks: float, lead: int, spare: float
) -> None:
    """With a maker that has no stock of its own as well: trade that opens finds goods to send."""
    event = Event("embargo", PLANT, of(10), of(weeks))
    assert lost(line(stock, lead=lead, spare=spare), event, weeks=80) == pytest.approx(
        max(0.0, weeks - stock), abs=1e-6
    )


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 20), st.floats(0, 12), st.sampled_from([0.0, 0.5, 4.0]))
def test_a_licence_costs_its_processing_less_the_stock(processing: float, stock: float, spare: float) -> None:
    event = Event("licence", PLANT, of(10), processing=of(processing))
    expected = max(0.0, processing - stock)
    assert lost(line(stock, spare=spare), event, weeks=80) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("processing", [0.0, 0.3, 0.49, 0.5, 0.51, 1.0, 2.0, 6.43])
@pytest.mark.parametrize("desk", [0.05, 0.2, 0.5, 0.9, 1.0, 2.0])
def test_a_desk_is_right_at_every_processing_time_and_rate(processing: float, desk: float) -> None:
    """Of each week's use the desk decides its share; a queue hides a processing of less than a week."""
    event = Event("licence", PLANT, of(10), processing=of(processing), desk=of(desk))
    weeks = 80 - 10 - 1  # in which what leaves under the rule arrives
    least, most = weeks * (1 - min(desk, 1)), weeks - min(desk, 1.0) * (weeks - processing)
    found = lost(line(0.0), event, weeks=80)
    assert least - 1e-6 <= found <= most + 1e-6
    if processing == int(processing) or desk >= 1:
        assert found == pytest.approx(most, abs=1e-6)


@pytest.mark.parametrize("approval", [0.25, 0.5, 0.9])
def test_rounds_of_a_desk_grant_a_geometric_series(approval: float) -> None:
    rule = Event("licence", PLANT, of(10), processing=of(6), approval=of(approval))
    shipped = trace(line(0), Scenario("x", (rule,), weeks=60)).shipped[:, 0]
    for n in (1, 2, 3):
        assert shipped[10 + 6 * n + 1] == pytest.approx(10 * (1 - (1 - approval) ** n))


def test_approval_and_processing_change_over_time() -> None:
    later = Change(20, approval=of(1.0), processing=of(1))
    rule = Event("licence", PLANT, of(10), processing=of(4), approval=of(0.0), changes=(later,))
    shipped = trace(line(4), Scenario("x", (rule,), weeks=60)).shipped[:, 0]
    assert shipped[10:30].max() == pytest.approx(0)
    assert shipped[31] >= 10 - 1e-9
    assert lost(line(4), rule, weeks=60) == pytest.approx(20 - 4)  # all that stood over is granted in week 30
    eased = Event("embargo", PLANT, of(10), changes=(Change(5, strength=of(0.25)),))
    flows = trace(line(4), Scenario("x", (eased,), weeks=60)).shipped[:, 0]
    assert flows[10:15].max() == pytest.approx(0)
    assert flows[15:].max() == pytest.approx(7.5)
    scenario = Scenario("x", (eased,), weeks=30)
    assert Forcing.of(scenario, draw(line(4), scenario, 3)).strength[[14, 15], 0, 0] == pytest.approx(
        [1, 0.25]
    )


def test_goods_under_way_arrive() -> None:
    event = Event("embargo", PLANT, of(10))
    arrived = trace(line(4, lead=5), Scenario("x", (event,), weeks=40)).arrived[:, 0]
    assert arrived[10:15] == pytest.approx(10)
    assert arrived[15:].max() == 0


def test_buyers_stock_up_before_a_date_that_was_announced() -> None:
    def weeks(announced: Range | None) -> float:
        event = Event("embargo", PLANT, of(20), of(12), announced=announced)
        return lost(line(4), event, weeks=60)

    at_once, ahead, late = weeks(None), weeks(of(4)), weeks(of(19))
    assert at_once == pytest.approx(8)
    assert ahead < late < at_once


@pytest.mark.parametrize("cover", [0.0, 2.0, 4.0])
def test_a_perturbation_of_rounding_moves_nothing(cover: float) -> None:
    """Every kind of shortage at once: the second round, desks, caps, substitution."""
    network = joint()
    events = (
        Event("outage", {"node": ("hill",)}, of(5), of(20), of(0.7)),
        Event("embargo", {"to_region": ("Europe",)}, of(8), of(20), of(0.5)),
        Event("licence", {"material": ("Dy oxide",)}, of(6), of(30), approval=of(0.3), desk=of(0.5)),
    )
    scenario = Scenario("x", events, weeks=100)
    draws = draw(network, scenario, 50)
    draws = replace(draws, cover_in=draws.cover_in + cover, cover_out=draws.cover_out * 1.0)
    once = simulate(network, scenario, draws)
    draws.cover_in[:] *= 1 + 1e-12
    draws.cover_out[:] *= 1 - 1e-12
    again = simulate(network, scenario, draws)
    scale = once.wanted_total.max()
    assert np.abs(once.lost - again.lost).max() <= 1e-9 * scale
    np.testing.assert_array_equal(once.first_stop, again.first_stop)


def test_what_is_cut_off_is_a_share_of_an_inputs_supply() -> None:
    network = joint()
    ore = next(i for i, u in enumerate(network.uses) if u.material == "ore")
    hill = np.array([network.node_index["hill"]])
    assert cut_off(network, "outage", hill)[ore] == pytest.approx(0.5)
    assert cut_off(network, "tariff", np.array([0])).max() == 0


def test_changes_are_checked() -> None:
    with pytest.raises(UserError, match="an embargo or a licence does"):
        Event("tariff", PLANT, changes=(Change(3),))
    with pytest.raises(UserError, match="the earliest first"):
        Event("embargo", PLANT, changes=(Change(3), Change(2)))
    with pytest.raises(UserError, match="is a share"):
        Event("embargo", PLANT, changes=(Change(3, strength=of(2)),))
