"""Markets: a material as bought in a region, and the demand curves that its end uses make.

A market's price is where use gives way to what is in reach: supply expected over a horizon, and stocks spread
over it. While stocks last that is the rule of competitive storage, by which nobody gains by holding goods
longer or shorter (Williams & Wright, Storage and Commodity Markets, 1991, ch. 2; Deaton & Laroque 1992,
Review of Economic Studies 59(1)), with a horizon in place of a distribution and no interest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mine2magnet.chain.network import Floats, Ints, Network

LEAST_ELASTICITY = 0.01  # below it a shortage of 1 % trebles the price; no data tells them apart
NO_LIMIT = 1e6  # times normal; where no value of output says what buyers could pay
ROUNDS = 200  # steps upstream; chains are shorter, loops lose something in each


@dataclass(frozen=True, slots=True)
class Market:
    """A material as bought in a region; prices differ between regions when arcs between them stop."""

    material: int
    region: str


def markets(network: Network) -> tuple[list[Market], Ints]:
    """Return the markets, and the one in which each input is bought.

    Parameters
    ----------
    network : Network
        Checked tables.

    Returns
    -------
    list of Market
        M markets, in the order of `uses`.
    array of int, shape (uses,)
        Indices into them.
    """
    region = [n.region for n in network.nodes]
    materials, nodes = network.places("uses", "material").tolist(), network.places("uses", "node").tolist()
    found: dict[tuple[int, str], int] = {}
    places = [found.setdefault((m, region[n]), len(found)) for m, n in zip(materials, nodes, strict=True)]
    return [Market(*key) for key in found], np.array(places, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Curves:
    """How each market's demand gives way, made of the curves of the end uses that it feeds (M each).

    `elasticity` is theirs, by what they take; `part` is the share of a market in what they pay for all
    inputs: at the multiple π of its price they pay 1 + part (π − 1) times as much. `choke` is the multiple
    at which a market's material would cost all that its end uses are worth. `spot` is the share that is
    traded at the price of the day, the rest by contract.
    """

    elasticity: Floats
    part: Floats
    choke: Floats
    spot: Floats


def curves(network: Network, market: list[Market], use_market: Ints) -> Curves:
    """Return the demand curves of markets.

    Parameters
    ----------
    network : Network
        Checked tables.
    market : list of Market
        As of `markets`.
    use_market : array of int
        Of each input.

    Returns
    -------
    Curves
        Walked upstream from the end uses by normal flows.
    """
    n, m = len(network.nodes), len(market)
    use_node = network.places("uses", "node")
    supplier = network.places("arcs", "supplier")
    price = network.column("materials", "price")
    need = network.column("uses", "amount") * network.level[use_node]
    cost = need * price[network.places("uses", "material")]
    spent = np.bincount(use_node, cost, minlength=n)
    inputs = np.bincount(use_node, minlength=n)
    # Without prices each input counts the same.
    share = np.where(spent[use_node] > 0, cost / np.maximum(spent[use_node], 1e-300), 1 / inputs[use_node])
    end = network.places("demands", "node")
    gives: Floats
    part: Floats
    worth: Floats
    gives, part, worth = np.zeros(n), np.zeros(n), np.zeros(n)
    sold = np.bincount(supplier, network.flow, minlength=n)
    weight = network.flow / np.maximum(sold[supplier], 1e-300)
    of_need = network.flow / np.maximum(need[network.arc_use], 1e-300)

    def added(values: Floats) -> Floats:
        return np.asarray(np.bincount(supplier, values, minlength=n), dtype=float)

    elasticity = network.column("demands", "elasticity")
    at_end = network.column("demands", "value") * network.column("demands", "rate")
    all_ends, buyer, weighed = at_end.sum(), use_node[network.arc_use], weight * share[network.arc_use]
    for _ in range(ROUNDS):
        before = gives, part, worth
        gives = added(weight * gives[buyer])
        part = added(weighed * part[buyer])
        worth = np.minimum(added(of_need * worth[buyer]), all_ends)  # one end use may be reached twice
        gives[end], part[end], worth[end] = elasticity, 1.0, at_end
        after = (gives, part, worth)
        if all((np.abs(a - b) <= 1e-9 * b).all() for a, b in zip(before, after, strict=True)):
            break

    def mean(values: Floats) -> Floats:
        total = np.bincount(use_market, need, minlength=m)
        plain = np.bincount(use_market, values, minlength=m) / np.maximum(
            np.bincount(use_market, minlength=m), 1
        )
        weighted = np.bincount(use_market, need * values, minlength=m)
        return np.asarray(np.where(total > 0, weighted / np.maximum(total, 1e-300), plain))

    paid = np.bincount(use_market, cost, minlength=m)
    held_up = np.bincount(use_market, worth[use_node], minlength=m)
    choke = np.divide(held_up, paid, out=np.full(m, NO_LIMIT), where=(paid > 0) & (held_up > paid))
    return Curves(
        np.maximum(mean(gives[use_node]), LEAST_ELASTICITY),
        np.clip(mean(share * part[use_node]), 1e-6, 1.0),
        np.minimum(choke, NO_LIMIT),
        network.column("materials", "spot")[[x.material for x in market]],
    )
