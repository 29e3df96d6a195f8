"""How much stock a company needs: the smallest with which a part survives most draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mine2magnet.chain.company.placement import PlacedCompany
from mine2magnet.chain.network import Floats, Network
from mine2magnet.chain.outcome import Outcome
from mine2magnet.chain.scenario import Draws, Scenario, draw
from mine2magnet.chain.simulate import simulate

SURVIVES = 0.95  # share of draws
STEP = 1 / 7  # weeks: to the day


def sampled(placed: PlacedCompany, network: Network, scenario: Scenario, size: int, quantile: float) -> Draws:
    """Draw as `scenario.draw` does, with the company's own stocks apart from those of others and each other.

    Parameters
    ----------
    placed : PlacedCompany
        The company in the network.
    network : Network
        Its network.
    scenario : Scenario
        What happens and what is done about it.
    size : int
        Number of draws; 0: one.
    quantile : float
        Of every range if the size is 0; NaN: most likely values.
    """
    drawn = draw(network, scenario, size, quantile)
    own = placed.own
    generator = np.random.default_rng((scenario.seed, 1))
    u = generator.random((len(own), size)) if size else np.full((len(own), 1), quantile)
    cover = drawn.cover_in.copy()
    cover[own] = [network.uses[i].cover.at(u[k]) for k, i in enumerate(own.tolist())]
    return replace(drawn, cover_in=cover)


def survival(placed: PlacedCompany, outcome: Outcome) -> Floats:
    """Return the share of draws in which each part never stops.

    Parameters
    ----------
    placed : PlacedCompany
        The company in the network.
    outcome : Outcome
        Of a scenario.

    Returns
    -------
    array of shape (parts,)
        From 0 to 1.
    """
    share: Floats = np.isnan(outcome.first_stop[placed.parts]).mean(axis=1)
    return share


def with_stock(placed: PlacedCompany, scenario: Scenario, weeks: Mapping[str, float]) -> Scenario:
    """Return a scenario with stock that is bought before it begins.

    Parameters
    ----------
    placed : PlacedCompany
        The company in the network.
    scenario : Scenario
        What happens.
    weeks : mapping of str to float
        Weeks of need by part.
    """
    return scenario.with_(*(placed.stocked(part, held) for part, held in weeks.items() if held > 0))


def stock_to_buy(
    placed: PlacedCompany, scenario: Scenario, draws: Draws, share: float = SURVIVES, workers: int = 1
) -> dict[str, float | None]:
    """Return the smallest stock to buy for each part, on top of what it has.

    By bisection on the same draws, all parts at once: a part's stock serves nobody else. More stock never
    shortens survival, so the share of draws that survive rises with it.

    Parameters
    ----------
    placed : PlacedCompany
        The company in the network.
    scenario : Scenario
        What happens.
    draws : Draws
        Common to all runs.
    share : float
        Of the draws that are to be survived.
    workers : int
        Threads.

    Returns
    -------
    dict of str to float or None
        Weeks of need of every material in the part, to the day; 0 if none is needed, None if no stock helps.
    """
    names = [p.name for p in placed.company.parts]

    def survive(weeks: Floats) -> NDArray[np.bool_]:
        held = with_stock(placed, scenario, dict(zip(names, weeks.tolist(), strict=True)))
        enough: NDArray[np.bool_] = (
            survival(placed, simulate(placed.network, held, draws, workers=workers)) >= share - 1e-12
        )
        return enough

    low, high = np.zeros(len(names)), np.full(len(names), float(scenario.weeks))
    none, most = survive(low), survive(high)
    open_ = ~none & most
    while (open_ & (high - low > STEP)).any():
        middle = np.where(open_, (low + high) / 2, low)
        held = survive(middle)
        high, low = np.where(open_ & held, middle, high), np.where(open_ & ~held, middle, low)
    days = np.ceil(high * 7 - 1e-9) / 7
    return {name: 0.0 if none[i] else float(days[i]) if most[i] else None for i, name in enumerate(names)}
