"""The linear programmes: the published example, the static limit, and bounds on the weekly model."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mine2magnet.chain import Arc, Demand, Event, Make, Material, Network, Node, Scenario, Use, simulate
from mine2magnet.chain.examples import joint, line, of
from mine2magnet.chain.exposure import exposures, least_loss, single_tier, worth_of_stock
from mine2magnet.core.errors import UserError

if TYPE_CHECKING:
    from tests.conftest import Record


@pytest.mark.parametrize(
    ("without", "loss", "survives"),
    [(None, 0, math.inf), (0, 0, 2.25), (1, 125_000, 1.2857), (2, 275_000, 0.9)],
)
def test_the_published_example(without: int | None, loss: float, survives: float) -> None:
    """The TTR model of Simchi-Levi et al., Interfaces 45(5), 2015, worked out by hand."""
    found = single_tier((30, 45, 60), (75, 50), (20, 25), (5000, 6500), 2, without)
    assert found[0] == pytest.approx(loss)
    assert found[1] == pytest.approx(survives, abs=5e-5)


def test_a_line_survives_on_its_stocks_and_what_is_under_way() -> None:
    (without_mine,) = exposures(line(4, lead=3, spare=2), ["mine"], weeks=10)
    assert without_mine.survives == pytest.approx(4 + 2 + 3)  # plant's, mine's, and three weeks on the road
    assert without_mine.loss == pytest.approx((10 - 9) * 10 * 100)


def test_exposures_are_ranked_by_loss() -> None:
    ranked = exposures(joint(), weeks=30)
    assert [e.loss for e in ranked] == sorted((e.loss for e in ranked), reverse=True)
    assert ranked[0].index == 1
    assert {e.node: e.survives for e in ranked}["hill"] == math.inf  # clay can do it alone
    with pytest.raises(UserError, match="unknown node 'nobody'"):
        exposures(joint(), ["nobody"])


def test_a_week_of_stock_is_worth_what_it_saves() -> None:
    worth = {(w.node, w.material): w for w in worth_of_stock(joint(), "works", 30)}
    more = joint(dy_stock=5)
    assert worth["hot maker", "Dy oxide"].saves >= 0
    losses = [exposures(n, ["works"], weeks=30)[0].loss for n in (joint(), more)]
    saved = worth["hot maker", "Dy oxide"].saves if ("hot maker", "Dy oxide") in worth else 0.0
    assert losses[0] - losses[1] == pytest.approx(saved, rel=1e-6, abs=1.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 8), st.integers(1, 20), st.integers(1, 4))
def test_simulation_and_programme_agree_on_a_line(stock: int, weeks: int, lead: int) -> None:
    """There are no choices to make, so foresight is worth only what it sends ahead."""
    network = line(stock, lead=lead)

    def both(start: int) -> tuple[float, float]:
        blocked = np.zeros((40, 1))
        blocked[start : start + weeks] = 1
        scenario = Scenario(
            "stop", (Event("embargo", {"to_node": ("plant",)}, of(start), of(weeks)),), weeks=40
        )
        return least_loss(network, blocked), float(simulate(network, scenario, 0).loss.sum())

    at_once, simulated = both(0)  # no time to send anything ahead
    assert at_once == pytest.approx(simulated, abs=1e-6)
    ahead, simulated = both(5)
    assert ahead <= simulated + 1e-6


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 20), st.sampled_from(["hot magnet", "Dy oxide", "Nd oxide"]))
def test_no_simulated_loss_is_below_the_least(weeks: int, material: str) -> None:
    network = joint()
    arcs = [i for i, a in enumerate(network.arcs) if a.material == material]
    blocked = np.zeros((35, len(network.arcs)))
    blocked[4 : 4 + weeks, arcs] = 1
    scenario = Scenario("stop", (Event("embargo", {"material": (material,)}, of(4), of(weeks)),), weeks=35)
    outcome = simulate(network, scenario, 0)
    saved = 0.3 * outcome.loss.sum()  # substitution, which the programme does not know
    assert least_loss(network, blocked) <= outcome.loss.sum() + saved + 1e-6


def test_exposures_and_worth_of_stocks_are_what_they_were(recorded: Record) -> None:
    ranked = exposures(joint(), weeks=30)
    worth = [w for node in ("works", "clay", "hot maker") for w in worth_of_stock(joint(), node, 30)]
    own = exposures(joint(), ["works", "hill"])
    recorded([[asdict(x) for x in rows] for rows in (ranked, worth, own)])


def random_network(seed: int) -> Network:
    """Three tiers of two or three, each buying from some of the tier before; one material a tier."""
    draw = np.random.default_rng(seed)
    tiers = [[f"{k}{i}" for i in range(draw.integers(2, 4))] for k in range(3)]
    nodes = [Node(n, f"tier {n[0]}", n, n) for tier in tiers for n in tier]
    uses, makes, arcs = [], [], []
    for k, tier in enumerate(tiers):
        for name in tier:
            if k < 2:
                makes.append(Make(name, f"m{k}", 1.0, of(float(draw.integers(0, 4)))))
            if k > 0:
                uses.append(
                    Use(name, f"m{k - 1}", float(draw.uniform(0.5, 2)), of(float(draw.uniform(0, 6))))
                )
                shares = draw.dirichlet(np.ones(len(tiers[k - 1])))
                arcs += [
                    Arc(s, name, f"m{k - 1}", float(x), of(float(draw.integers(1, 5))))
                    for s, x in zip(tiers[k - 1], shares, strict=True)
                ]
    demands = [Demand(n, float(draw.uniform(1, 10)), float(draw.uniform(1, 100))) for n in tiers[2]]
    free = Network(
        tuple(Material(f"m{k}") for k in range(2)),
        tuple(nodes),
        tuple(uses),
        tuple(makes),
        tuple(arcs),
        tuple(demands),
    )
    spare = draw.uniform(1.0, 1.6, len(nodes))
    limited = [replace(n, capacity=float(c)) for n, c in zip(nodes, free.level * spare, strict=True)]
    return replace(free, nodes=tuple(limited))


@pytest.mark.parametrize("seed", range(30))
def test_programmes_bound_the_simulation_on_random_networks(seed: int) -> None:
    """Who knows all and waits for nothing survives no shorter and loses no less; and both can be met."""
    network = random_network(seed)
    gone = network.nodes[seed % 2].name
    weeks = 60
    scenario = Scenario("out", (Event("outage", {"node": (gone,)}),), weeks=weeks, stop_share=1.0)
    outcome = simulate(network, scenario, 0)
    first = float(np.nanmin(np.append(outcome.first_stop, weeks)))
    (found,) = exposures(network, [gone], weeks)
    assert found.survives >= first - 1e-9
    assert found.loss <= outcome.loss.sum() * (1 + 1e-9) + 1e-6
    # The other way: within the time-to-survive the programme loses nothing, beyond it something.
    if np.isfinite(found.survives):
        within, beyond = (exposures(network, [gone], found.survives * x)[0].loss for x in (0.999, 1.01))
        assert within == pytest.approx(0, abs=1e-6)
        assert beyond > 0
