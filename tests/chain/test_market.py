"""Prices in closed form: one demand curve, storage, contracts, regions, policies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mine2magnet.chain import Change, Event, Network, Scenario, Trace, simulate, trace
from mine2magnet.chain.examples import joint, line, of
from mine2magnet.chain.io.scenarios import preset
from mine2magnet.chain.io.tables import load
from mine2magnet.chain.market import NO_LIMIT, curves, markets
from mine2magnet.chain.simulate import market_names

PLANT = {"to_node": ("plant",)}


def elastic(elasticity: float, stock: float = 4.0, spot: float = 1.0, value: float = 1e9) -> Network:
    """A line whose end use gives way to the price."""
    network = line(stock)
    ends = tuple(replace(d, elasticity=elasticity, value=value) for d in network.demands)
    ore = tuple(replace(m, spot=spot) for m in network.materials)
    return replace(network, materials=ore, demands=ends)


def cut(share: float) -> Event:
    return Event("embargo", PLANT, of(10), strength=of(share))


def run(network: Network, *events: Event, weeks: int = 300) -> Trace:
    return trace(network, Scenario("x", events, weeks=weeks))


@pytest.mark.parametrize(("share", "elasticity"), [(0.5, 0.5), (0.5, 0.25), (0.25, 0.5), (0.75, 1.0)])
def test_an_isoelastic_demand_clears_where_it_takes_what_there_is(share: float, elasticity: float) -> None:
    """Half the supply at an elasticity of a half: four times the price, and nobody goes without at it."""
    record = run(elastic(elasticity), cut(share))
    assert record.price[-1, 0] == pytest.approx((1 - share) ** (-1 / elasticity), rel=1e-3)
    assert record.wanted[-1, 0] == 10
    assert record.level[-1, 1] == pytest.approx(10 * (1 - share), rel=1e-3)
    assert record.desired[-1, 1] == pytest.approx(record.level[-1, 1], rel=1e-3)


@pytest.mark.parametrize(("cover", "weeks"), [(4.0, 16), (8.0, 12), (6.0, 26)])
def test_a_store_is_sold_off_at_one_price_until_the_day_it_is_filled_again(cover: float, weeks: int) -> None:
    """Competitive storage without interest: else who holds goods would gain by selling sooner or later."""
    event = Event("embargo", PLANT, of(30), of(weeks), announced=of(30))
    record = run(elastic(0.8, cover), event, weeks=30 + weeks)
    # Those of the first weeks bought at a price that had not risen yet.
    price, t = record.price[38:, 0], np.arange(38, 30 + weeks)
    assert price.max() == pytest.approx(price.min(), rel=0.02)
    left = record.stock_in[38:, 0] / (10 * (30 + weeks - t))  # of normal use, until goods arrive again
    np.testing.assert_allclose(price, left ** (-1 / 0.8), rtol=0.01)
    assert record.stock_in[-1, 0] < 0.1 * record.stock_in[0, 0]


def test_a_stop_that_was_announced_is_in_the_price_before_it_comes() -> None:
    event = Event("embargo", PLANT, of(30), of(20), announced=of(20))
    record = run(elastic(0.5), event, weeks=60)
    assert record.price[19, 0] == 1
    assert record.price[29, 0] > 1.5


def test_a_thin_spot_market_overshoots_until_contracts_follow() -> None:
    """The average paid is what clears; the spot share alone has to raise it at first."""
    event = Event("outage", {"node": ("mine",)}, of(10), strength=of(0.9))  # 5 t of 50 are left
    thick, thin = (run(elastic(0.5, 0.0, spot), event).price[:, 0] for spot in (1.0, 0.25))
    assert thick.max() == pytest.approx(4, rel=0.02)
    assert thin.max() > 1.4 * thick.max()
    assert thin[-1] == pytest.approx(thick[-1], rel=0.01)


def test_nobody_keeps_a_contract_that_is_dearer_than_the_market() -> None:
    """As supply half recovers, spot falls to what clears then, and not through it to the normal price."""
    later = Change(80, strength=of(0.5))
    event = Event("embargo", PLANT, of(10), strength=of(0.75), changes=(later,))
    price = run(elastic(0.5, spot=0.25), event, weeks=400).price[:, 0]
    assert price[89] == pytest.approx(16, rel=0.05)
    assert price[90:].min() > 3  # under 4 while users who had given way for some weeks too many have stock
    assert price[-1] == pytest.approx(4, rel=2e-3)


def regions(lead: float = 1.0) -> Network:
    """Home and Away buy of one mine, half each."""
    network = elastic(0.5)
    away = replace(network.nodes[1], name="other", region="Away", country="Away")
    return Network(
        network.materials,
        (*network.nodes, away),
        (*network.uses, replace(network.uses[0], node="other")),
        network.makes,
        (*network.arcs, replace(network.arcs[0], buyer="other")),
        (*network.demands, replace(network.demands[0], node="other")),
    )


def test_regions_part_when_an_arc_stops_and_join_when_it_opens() -> None:
    event = Event("embargo", {"to_node": ("other",)}, of(10), of(30))
    price = run(regions(), event, weeks=200).price
    home, away = (market_names(regions()).index(f"ore, {r}") for r in ("Home", "Away"))
    assert price[39, away] > 5
    assert price[39, home] == pytest.approx(1)
    assert price[-1, away] == pytest.approx(1, rel=0.02)


def test_what_is_short_everywhere_costs_the_same_everywhere() -> None:
    event = Event("outage", {"node": ("mine",)}, of(10), strength=of(0.8))  # 10 t of 50 for 20 t of demand
    price = run(regions(), event).price
    assert price[-1] == pytest.approx([4, 4], rel=2e-3)


def test_floors_and_ceilings_hold() -> None:
    ceiling = Event("ceiling", {"material": ("ore",)}, of(20), of(50), of(2))
    price = run(elastic(0.5), cut(0.5), ceiling, weeks=200).price[:, 0]
    assert price[20:70].max() == 2
    assert price[-1] > 3.9
    floor = Event("floor", {"material": ("ore",)}, of(20), strength=of(1.3))
    price = run(elastic(0.5), floor, weeks=60).price[:, 0]
    assert price[19] == 1
    assert price[20:].min() == price[20:].max() == 1.3


@pytest.mark.parametrize("spot", [1.0, 0.25, 0.05])
def test_no_market_pays_more_than_its_end_uses_are_worth(spot: float) -> None:
    """However thin the spot market: a tonne more makes no more than 20,000 USD of output."""
    network = elastic(0.0, spot=spot, value=20_000.0)
    price = run(network, Event("embargo", PLANT, of(10))).price[:, 0]
    assert price[-1] == pytest.approx(20, rel=1e-3)  # times the 1,000 USD that it normally costs
    assert price.max() <= 20 * (1 + 1e-9)


def test_no_price_of_the_built_in_network_is_above_what_its_end_uses_are_worth() -> None:
    """Nor are costs passed on beyond it: yttrium for glass costs what the clay does, up to its own worth."""
    network = load()
    most = curves(network, *markets(network)).choke[:, None]
    for name in ("embargo", "outage", "spring-2025"):
        found = simulate(network, preset(name), 50)
        assert (np.nan_to_num(found.price) <= most * (1 + 1e-6)).all(), name


def test_there_is_no_price_where_nothing_is_for_sale() -> None:
    """From when less than a week's use of the last stocks is left, until it leaves again."""
    network = elastic(0.0, value=20_000.0)
    shut = Scenario("x", (Event("embargo", PLANT, of(10), of(20)),), weeks=60)
    price, held = simulate(network, shut, 0).price[:, 0, 0], trace(network, shut)
    left = (held.stock_in + held.transit)[:, 0]
    unsold = (np.arange(60) >= 10) & (np.arange(60) < 30) & (left < 10)
    assert 10 < unsold.sum() < 20
    np.testing.assert_array_equal(np.isnan(price), unsold)
    some = Scenario("x", (Event("embargo", PLANT, of(10), of(20), strength=of(0.98)),), weeks=60)
    assert np.isfinite(simulate(network, some, 0).price).all()


def test_what_reaches_an_end_use_by_two_ways_is_worth_it_once() -> None:
    """Ore feeds hot magnets by Nd and by Dy: it is worth no more than what the end uses are."""
    network = joint()
    ore = replace(network.materials[0], price=100.0)
    priced = replace(network, materials=(ore, *network.materials[1:]))
    found = curves(priced, *markets(priced))
    paid = 100.0 * sum(priced.level[:2])
    worth = sum(d.value * d.rate for d in priced.demands)
    assert found.choke[market_names(priced).index("ore, China")] == pytest.approx(worth / paid)


def test_curves_are_those_of_the_end_uses() -> None:
    network = joint()
    found = curves(network, *markets(network))
    names = market_names(network)
    assert found.elasticity[names.index("hot magnet, Europe")] == pytest.approx(0.05)
    assert found.part[names.index("hot magnet, Europe")] == 1
    nd, dy = (names.index(f"{e} oxide, China") for e in ("Nd", "Dy"))
    assert found.part[nd] + found.part[dy] == pytest.approx(1)
    assert found.part[dy] == pytest.approx(0.03 * 260 / (0.03 * 260 + 0.4 * 50))
    ore = names.index("ore, China")
    assert 0.05 < found.elasticity[ore] < 0.3
    assert found.choke[ore] == NO_LIMIT  # it has no price
    assert np.all(found.spot == 1)
