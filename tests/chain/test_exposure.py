"""The linear programmes: the published example, the static limit, and bounds on the weekly model."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mine2magnet.chain import Event, Scenario, simulate
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
    assert without_mine.survives == pytest.approx(4 + 2 + 2)  # plant's, mine's, and two weeks on the road
    assert without_mine.loss == pytest.approx((10 - 8) * 10 * 100)


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
