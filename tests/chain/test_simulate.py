"""The weekly model: what it keeps, its limits in closed form, and what more stock or a longer outage do."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from mine2magnet.chain import Cover, Event, Mitigation, Network, Scenario, draw, simulate, trace
from mine2magnet.chain.examples import joint, line, of
from mine2magnet.chain.simulate import market_names
from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range

EVENTS = st.one_of(
    st.builds(
        lambda node, start, weeks, lost: Event("outage", {"node": (node,)}, of(start), of(weeks), of(lost)),
        st.sampled_from(["clay", "hill", "works", "hot maker"]),
        st.integers(0, 20),
        st.integers(1, 40),
        st.floats(0.1, 1.0),
    ),
    st.builds(
        lambda start, weeks, approval, desk: Event(
            "licence",
            {"from_country": ("China",), "abroad": ("yes",)},
            of(start),
            of(weeks),
            approval=of(approval),
            desk=of(desk),
        ),
        st.floats(0, 20),
        st.floats(1, 40),
        st.floats(0.1, 1.0),
        st.floats(0.2, 2.0),
    ),
    st.builds(
        lambda kind, start, strength: Event(
            kind, {"to_region": ("Europe",)}, of(start), of(20), of(strength)
        ),
        st.sampled_from(["embargo", "tariff", "delay"]),
        st.integers(0, 20),
        st.floats(0.0, 1.0),
    ),
    st.builds(lambda more: Event("demand", {"node": ("cars",)}, of(5), of(20), of(more)), st.floats(0, 1)),
)
MITIGATIONS = st.lists(
    st.sampled_from(
        [
            Mitigation("stockpile", {"material": ("Dy oxide",)}, 6),
            Mitigation("priority"),
            Mitigation("substitution", {"material": ("Dy oxide",)}, 0.4, 4, 10),
            Mitigation("capacity", {"node": ("clay",)}, 30, 10, 10),
            Mitigation("prebuild", {"stage": ("end use",)}, 1),
        ]
    ),
    max_size=3,
    unique_by=lambda m: m.kind,
)


def stop(weeks: float, start: float = 10.0) -> Scenario:
    return Scenario("stop", (Event("embargo", {"to_node": ("plant",)}, of(start), of(weeks)),), weeks=80)


@settings(max_examples=60, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=3), MITIGATIONS)
def test_nothing_appears_or_vanishes(events: list[Event], mitigations: list[Mitigation]) -> None:
    record = trace(joint(), Scenario("any", tuple(events), tuple(mitigations), weeks=60))
    assert np.abs(record.imbalance()).max() < 1e-9
    for kept in (record.stock_in, record.stock_out, record.shipped, record.transit, record.level):
        assert kept.min() >= 0


def test_the_balance_notices_a_tonne_that_vanished() -> None:
    record = trace(joint(), Scenario("calm", weeks=20))
    record.stock_in[10, 0] -= 1.0
    assert np.abs(record.imbalance()).max() > 1e-3


def test_without_events_every_week_is_the_same() -> None:
    network = joint()
    record = trace(network, Scenario("calm", weeks=52))
    np.testing.assert_allclose(record.level, np.tile(network.level, (52, 1)), rtol=1e-9)
    np.testing.assert_allclose(record.price, 1.0, rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 12), st.integers(0, 30), st.integers(1, 6))
def test_a_stop_of_l_weeks_costs_what_the_stock_does_not_cover(stock: float, weeks: int, lead: int) -> None:
    outcome = simulate(line(stock, lead=lead), stop(weeks), 0)
    assert outcome.lost.sum() / 10 == pytest.approx(max(0.0, weeks - stock), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 15), min_size=2, max_size=6), st.floats(0, 30))
def test_more_stock_never_makes_the_first_stop_earlier(stocks: list[float], weeks: float) -> None:
    outcomes = [simulate(line(s), stop(weeks), 0) for s in sorted(stocks)]
    firsts = [np.nan_to_num(o.first_stop[0, 0], nan=np.inf) for o in outcomes]
    assert firsts == sorted(firsts)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(0, 40), min_size=2, max_size=5),
    st.sampled_from(["clay", "hill", "works", "hot maker"]),
)
def test_a_longer_outage_never_costs_less(lengths: list[float], node: str) -> None:
    losses = [
        simulate(
            joint(), Scenario("out", (Event("outage", {"node": (node,)}, of(5), of(w)),), weeks=100), 0
        ).loss.sum()
        for w in sorted(lengths)
    ]
    assert all(b >= a * (1 - 1e-9) - 1e-6 for a, b in pairwise(losses))


@pytest.mark.parametrize("weeks", [4, 12, 26])
def test_more_reserve_of_the_missing_input_never_costs_more(weeks: int) -> None:
    scenario = Scenario("out", (Event("outage", {"node": ("works",)}, of(5), of(weeks)),), weeks=80)
    losses = [
        simulate(joint(), scenario.with_(Mitigation("stockpile", {"stage": ("end use",)}, s)), 50).loss.sum(
            axis=0
        )
        for s in (0, 2, 4, 8)
    ]
    for less, more in pairwise(losses):
        assert (more <= less * (1 + 1e-9) + 1e-6).all()
    if weeks > 4:  # a stop that the normal stocks cover costs nothing to begin with
        assert losses[-1].sum() < losses[0].sum()


def test_joint_products_come_in_the_proportion_of_the_ore() -> None:
    record = trace(
        joint(), Scenario("surge", (Event("demand", {"node": ("cars",)}, of(5), strength=of(0.2)),))
    )
    makes = {(m.node, m.material): i for i, m in enumerate(record.network.makes)}
    nd, dy = record.made[:, makes["works", "Nd oxide"]], record.made[:, makes["works", "Dy oxide"]]
    np.testing.assert_allclose(dy, nd * 0.1, rtol=1e-12)


def test_the_same_seed_gives_the_same_outcome_however_it_is_run() -> None:
    network = joint()
    scenario = Scenario(
        "out", (Event("outage", {"node": ("works",)}, of(5), Range(5, 20, 40)),), weeks=40, seed=7
    )
    once = simulate(network, scenario, 700)
    again = simulate(network, scenario, 700)
    with ThreadPoolExecutor(2) as pool:
        mapped = simulate(network, scenario, 700, mapper=pool.map)
    spread = simulate(network, scenario, 1200, workers=2)
    other = simulate(network, structs.replace(scenario, seed=8), 700)
    np.testing.assert_array_equal(once.loss, again.loss)
    np.testing.assert_array_equal(once.loss, mapped.loss)
    np.testing.assert_array_equal(simulate(network, scenario, 1200).loss, spread.loss)
    assert not np.array_equal(once.loss, other.loss)


def test_a_draw_of_an_ensemble_can_be_traced() -> None:
    network = joint()
    scenario = Scenario("out", (Event("outage", {"node": ("works",)}, of(5), Range(5, 20, 40)),), weeks=60)
    draws = draw(network, scenario, 30)
    outcome = simulate(network, scenario, draws)
    record = trace(network, scenario, draws, 17)
    made = record.level[:, network.places("demands", "node")]
    np.testing.assert_allclose(made / record.wanted, outcome.served[:, :, 17], rtol=1e-6, atol=1e-6)


def test_a_licence_delays_then_lets_through() -> None:
    rule = Event("licence", {"to_node": ("plant",)}, of(10), processing=of(6))
    record = trace(line(4), Scenario("licence", (rule,), weeks=60))
    shipped = record.shipped[:, 0]
    assert shipped[9] == pytest.approx(10)
    assert shipped[10:16] == pytest.approx(0)
    assert shipped[16] == pytest.approx(10)
    lost = simulate(line(4), Scenario("licence", (rule,), weeks=60), 0).lost.sum()
    assert lost == pytest.approx(20)  # six weeks of trade, less the four in stock


def test_what_a_desk_does_not_grant_stands_over_to_its_next_round() -> None:
    def in_weeks(approval: float, *weeks: int) -> list[float]:
        rule = Event("licence", {"to_node": ("plant",)}, of(10), processing=of(6), approval=of(approval))
        return [float(trace(line(0), Scenario("x", (rule,), weeks=60)).shipped[w, 0]) for w in weeks]

    first, second, third = in_weeks(0.25, 17, 23, 29)
    assert first == pytest.approx(2.5, rel=0.05)
    assert second == pytest.approx(10 * (1 - 0.75**2), rel=0.05)
    assert third == pytest.approx(10 * (1 - 0.75**3), rel=0.05)


def test_a_desk_decides_no_more_than_its_pace() -> None:
    rule = Event("licence", {"to_node": ("plant",)}, of(10), processing=of(2), desk=of(0.3))
    shipped = trace(line(0), Scenario("x", (rule,), weeks=40)).shipped[:, 0]
    assert shipped[13:].max() == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("kind", "name", "weeks"), [("licence", "processing", 5200), ("delay", "strength", 1e5)]
)
def test_what_comes_after_the_last_week_takes_no_room(kind: Any, name: str, weeks: float) -> None:
    def arrived(weeks: float) -> list[float]:
        given: dict[str, Any] = {"where": {"to_node": ("cars",)}, "start": of(10), name: of(weeks)}
        scenario = Scenario("x", (Event(kind, **given),), weeks=30)
        tracemalloc.start()
        simulate(joint(), scenario, 50)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5e6  # bytes
        return list(trace(joint(), scenario).arrived.ravel())

    assert arrived(weeks) == arrived(30)
    assert arrived(6) != arrived(30)


def test_prices_part_where_the_trade_between_regions_stops() -> None:
    network = joint()
    rule = Event("embargo", {"from_country": ("China",), "to_country": ("Japan",)}, of(5), of(20))
    record = trace(network, Scenario("apart", (rule,), weeks=40))
    names = market_names(network)
    assert record.price[20, names.index("Nd oxide, Japan")] > 2
    assert record.price[20, names.index("Nd oxide, China")] == pytest.approx(1, abs=0.02)


def test_priority_serves_the_first_in_line() -> None:
    network = line(0)
    shared = Network(
        network.materials,
        (*network.nodes, replace(network.nodes[1], name="other")),
        (*network.uses, replace(network.uses[0], node="other")),
        network.makes,
        (*network.arcs, replace(network.arcs[0], buyer="other")),
        (*network.demands, replace(network.demands[0], node="other", priority=1)),
    )
    rule = Event("outage", {"node": ("mine",)}, of(5), strength=of(0.8))
    calm = Scenario("short", (rule,), weeks=40)
    pro_rata = simulate(shared, calm, 0).lost[:, 0]
    ranked = simulate(shared, calm.with_(Mitigation("priority")), 0).lost[:, 0]
    assert pro_rata[0] == pytest.approx(pro_rata[1])
    assert ranked[0] == pytest.approx(0, abs=1e-6)
    assert ranked[1] > pro_rata[1]


def test_others_step_in_as_far_as_they_can() -> None:
    network = joint()
    scenario = Scenario("out", (Event("outage", {"node": ("hill",)}, of(5), of(52)),), weeks=60)
    record = trace(network, scenario)
    clay, works = network.node_index["clay"], network.node_index["works"]
    assert record.level[0, clay] == pytest.approx(record.level[0, works] / 2)
    assert record.level[40, clay] == pytest.approx(record.level[40, works], rel=0.02)


def test_substitution_waits_and_has_its_limit() -> None:
    network = joint()
    scenario = Scenario("no Dy", (Event("embargo", {"material": ("Dy oxide",)}, of(5)),), weeks=60)
    record = trace(network, scenario)
    use = next(i for i, u in enumerate(network.uses) if u.material == "Dy oxide")
    saved = 1 - record.coefficient[:, use] / network.uses[use].amount
    assert saved[:12].max() == 0
    assert saved[-1] == pytest.approx(0.3)


def test_a_tariff_raises_the_price_of_those_who_pay_it() -> None:
    network = joint()
    scenario = Scenario(
        "duty", (Event("tariff", {"material": ("hot magnet",)}, of(5), strength=of(0.25)),), weeks=20
    )
    record = trace(network, scenario)
    names = market_names(network)
    assert record.price[10, names.index("hot magnet, Europe")] == pytest.approx(1.25, rel=1e-6)
    assert record.price[10, names.index("plain magnet, Europe")] == pytest.approx(1.0, rel=1e-6)
    assert simulate(network, scenario, 0).forgone[0, 0] > 0


def test_what_needs_no_licence_goes_on() -> None:
    def licence(part: float) -> Scenario:
        event = Event(
            "licence", {"to_node": ("plant",)}, of(10), of(60), of(part), processing=of(8), approval=of(0.0)
        )
        return Scenario("licence", (event,), weeks=60)

    free, half, all_ = (simulate(line(4.0), licence(part), 0).lost.sum() for part in (0.0, 0.5, 1.0))
    assert free == pytest.approx(0.0, abs=1e-9)
    assert 0 < half < all_


def test_stocks_of_the_scenario_take_the_place_of_the_tables() -> None:
    held = Cover({"node": ("plant",)}, of(12.0))
    scenario = stop(10)
    assert simulate(line(2.0), scenario, 0).lost.sum() > 0
    covered = structs.replace(scenario, covers=(held,))
    assert simulate(line(2.0), covered, 0).lost.sum() == pytest.approx(0.0, abs=1e-9)
    with pytest.raises(UserError, match="nobody is called"):
        simulate(line(2.0), structs.replace(scenario, covers=(Cover({"node": ("plnt",)}, of(12.0)),)), 0)


def uncertain(spread: Range) -> Network:
    network = joint()
    return replace(network, uses=tuple(replace(use, spread=spread) for use in network.uses))


def test_drawn_recipes_are_in_balance_in_normal_times() -> None:
    network = uncertain(Range(0.8, 1.0, 1.2))
    draws = draw(network, Scenario("calm", weeks=40), 30)
    assert draws.recipe.min() < 0.9
    assert draws.recipe.max() > 1.1
    calm = simulate(network, Scenario("calm", weeks=40), draws)
    assert np.abs(calm.lost).max() < 1e-6
    np.testing.assert_allclose(calm.price, 1.0, rtol=1e-5)
    for column in (0, 7, 29):
        record = trace(network, Scenario("calm", weeks=40), draws, column)
        assert np.abs(record.imbalance()).max() < 1e-9


def test_a_richer_recipe_is_hit_as_hard_and_uses_more() -> None:
    network = uncertain(Range(0.8, 1.0, 1.2))
    event = Event("outage", {"node": ("works",)}, of(5), of(20))
    scenario = Scenario("out", (event,), weeks=60)
    drawn = simulate(network, scenario, 60).loss.sum(axis=0)
    fixed = simulate(joint(), scenario, 60).loss.sum(axis=0)
    assert drawn.std() > 0
    assert np.median(drawn) == pytest.approx(np.median(fixed), rel=0.3)
    record = trace(network, scenario, draw(network, scenario, 60), 3)
    assert np.abs(record.imbalance()).max() < 1e-9


def test_dask_workers_give_the_same_outcome() -> None:
    distributed = pytest.importorskip("distributed")
    scenario = Scenario("out", (Event("outage", {"node": ("works",)}, of(5), Range(5, 20, 40)),), weeks=40)
    here = simulate(joint(), scenario, 1200)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        there = simulate(
            joint(), scenario, 1200, mapper=lambda run, parts: client.gather(client.map(run, list(parts)))
        )
    np.testing.assert_array_equal(here.loss, there.loss)
    np.testing.assert_array_equal(here.price, there.price)
