"""What a table may not say, and what arcs, nodes and inputs are chosen by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mine2magnet.chain.examples import joint, line, of
from mine2magnet.chain.network import Arc, Demand, Fault, Network, chosen_arcs, chosen_nodes, chosen_uses
from mine2magnet.core.errors import UserError


def put(table: str, row: int, **values: Any) -> Callable[[Network], Network]:
    def changed(network: Network) -> Network:
        rows = list(getattr(network, table))
        rows[row] = replace(rows[row], **values)
        return replace(network, **{table: tuple(rows)})

    return changed


def again(table: str, row: int) -> Callable[[Network], Network]:
    return lambda network: replace(
        network, **{table: (*getattr(network, table), getattr(network, table)[row])}
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("nodes", 0, capacity=-1.0), "-1 is below nought"),
        (put("nodes", 0, ramp=np.nan), "not a number"),
        (put("nodes", 0, ramp=np.inf), "not finite"),
        (put("uses", 0, amount=0.0), "above nought and finite"),
        (put("uses", 0, amount=np.inf), "above nought and finite"),
        (put("uses", 2, saving=1.01), "a share is at most 1"),
        (put("demands", 0, deferred=1.01), "a share is at most 1"),
        (put("nodes", 5, capacity=9.99), "would have to run at 10"),
        (put("makes", 3, amount=0.008), "ordered"),
        (put("arcs", 0, share=0.6), "add up to 1.1, not 1"),
        (put("makes", 2, amount=0.24), "t Nd out of"),
        (again("materials", 0), "ore is there twice"),
        (again("nodes", 0), "clay is there twice"),
        (again("arcs", 0), "there twice"),
        (again("demands", 0), "cars is there twice"),
        (lambda n: replace(n, demands=()), "no end use"),
        (lambda n: replace(n, demands=(*n.demands, Demand("works", 1.0, 1.0))), "sells to other nodes"),
        (lambda n: replace(n, nodes=(*n.nodes, replace(n.nodes[0], name="idle"))), "neither takes nor makes"),
        (put("arcs", 0, supplier="works"), "no recipe that makes ore"),
        (put("arcs", 4, buyer="cars"), "no recipe that takes Nd oxide"),
        (put("arcs", 0, supplier="clai"), "did you mean clay"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_table_is_told(change: Callable[[Network], Network], said: str) -> None:
    with pytest.raises(Fault, match=said):
        change(joint())


@pytest.mark.parametrize(
    "change",
    [
        put("nodes", 5, capacity=10.0),
        put("nodes", 0, capacity=np.inf),
        put("uses", 2, saving=1.0),
        put("demands", 0, deferred=1.0, elasticity=0.0),
        put("makes", 2, amount=0.2 / 0.85),
        lambda n: replace(n, arcs=(*n.arcs, Arc("hill", "works", "ore", 0.0, of(0)))[:-1]),
    ],
)
def test_what_is_just_right_is_taken(change: Callable[[Network], Network]) -> None:
    assert change(joint()).level.min() > 0


def test_levels_and_flows_are_walked_upstream() -> None:
    network = joint()
    levels = dict(zip((n.name for n in network.nodes), network.level.tolist(), strict=True))
    nd = 10 * 0.4 + 8 * 0.42
    assert levels == pytest.approx(
        {
            "cars": 10,
            "toys": 8,
            "hot maker": 10,
            "plain maker": 8,
            "works": nd / 0.2,
            "clay": nd / 0.4,
            "hill": nd / 0.4,
        }
    )
    assert network.flow.tolist() == pytest.approx([nd / 0.4, nd / 0.4, 4, 0.3, 3.36, 10, 8])
    assert line(4).level.tolist() == [10, 10]


@pytest.mark.parametrize(
    ("choose", "where", "found"),
    [
        (chosen_nodes, {"stage": ["mine"]}, [0, 1]),
        (chosen_nodes, {"stage": ["mine"], "country": ["China", "Japan"]}, [0]),
        (chosen_uses, {"element": ["Dy"]}, [0, 2, 4]),
        (chosen_uses, {"material": ["Nd oxide"], "region": ["Japan"]}, [3]),
        (chosen_arcs, {"from_country": ["China"], "abroad": ["yes"]}, [4, 5]),
        (chosen_arcs, {"from_country": ["China"], "abroad": ["no"]}, [0, 2, 3]),
        (chosen_arcs, {"to_stage": ["end use"]}, [5, 6]),
        (chosen_arcs, {"element": ["Dy"], "to_node": ["works", "cars"]}, [0, 1, 5]),
    ],
)
def test_what_is_chosen(choose: Callable[..., Any], where: dict[str, list[str]], found: list[int]) -> None:
    assert choose(joint(), where).tolist() == found


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"colour": ["red"]}, "not chosen by 'colour'"),
        ({"stage": ["mines"]}, "did you mean mine"),
        ({"stage": ["mine"], "country": ["Japan"]}, "no node is all of"),
    ],
)
def test_nobody_chosen_is_told(where: dict[str, list[str]], said: str) -> None:
    with pytest.raises(UserError, match=said):
        chosen_nodes(joint(), where)
