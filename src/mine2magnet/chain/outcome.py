"""What comes out: losses, stop dates, weekly series; and one draw recorded in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mine2magnet.chain.network import Network
from mine2magnet.chain.ranges import Floats
from mine2magnet.chain.scenario import Scenario

Floats32 = NDArray[np.float32]


@dataclass
class Outcome:
    """An ensemble's result; S draws, U end uses, M markets, T weeks, K draws kept for series.

    `first_stop`: the first week (from 0) in which an end use made less than the scenario's stop
    share of what was wanted, NaN if it never did. `lost`: units not made for want of inputs or
    capacity; `forgone`: units no longer wanted at the price. `served`, `price` (multiples of
    normal), `cover` (weeks of the scarcest input) are weekly.
    """

    ends: tuple[str, ...]
    markets: tuple[str, ...]
    wanted_total: Floats  # U × S
    lost: Floats  # U × S
    forgone: Floats  # U × S
    first_stop: Floats  # U × S
    weeks_stopped: Floats  # U × S
    value: Floats  # USD per unit, U
    stop_share: float
    served: Floats32  # T × U × K, share of what was wanted before prices rose
    price: Floats32  # T × M × K
    cover: Floats32  # T × U × K

    @classmethod
    def empty(cls, network: Network, scenario: Scenario, markets: Sequence[str], size: int) -> Outcome:
        u, m, t = len(network.demands), len(markets), scenario.weeks
        series = [np.zeros((t, rows, size), dtype=np.float32) for rows in (u, m, u)]
        return cls(
            tuple(d.node for d in network.demands),
            tuple(markets),
            *(np.zeros((u, size)) for _ in range(3)),
            np.full((u, size), np.nan),
            np.zeros((u, size)),
            network.column("demands", "value"),
            scenario.stop_share,
            *series,
        )

    def add(
        self,
        t: int,
        wanted_now: Floats,
        wanted: Floats,
        served: Floats,
        lost: Floats,
        price: Floats,
        cover: Floats,
    ) -> None:
        """Week t of all draws."""
        self.wanted_total += wanted_now
        self.lost += lost
        self.forgone += wanted_now - wanted
        share = np.divide(served, wanted, out=np.ones_like(served), where=wanted > 0)
        stopped = share < self.stop_share * (1 - 1e-12)
        self.weeks_stopped += stopped
        self.first_stop = np.where(np.isnan(self.first_stop) & stopped, t, self.first_stop)
        self.served[t] = np.divide(served, wanted_now, out=np.ones_like(served), where=wanted_now > 0)
        self.price[t], self.cover[t] = price, np.minimum(cover, 1e6)

    def finish(self, backlog: Floats) -> None:
        self.lost += backlog

    def trimmed(self, kept: int) -> Outcome:
        """With weekly series of no more than the first `kept` draws."""
        series = {n: getattr(self, n)[:, :, :kept] for n in ("served", "price", "cover")}
        # A copy, so that the rest is let go.
        return replace(self, **{n: s if s.shape[2] == self.size else s.copy() for n, s in series.items()})

    @property
    def size(self) -> int:
        return self.lost.shape[1]

    @property
    def loss(self) -> Floats:
        """USD lost in each draw, by end use (U × S): for want of supply and to price."""
        total: Floats = (self.lost + self.forgone) * self.value[:, None]
        return total

    def stop_quantile(self, q: float) -> Floats:
        """The q-quantile of the first stop (U), in weeks; NaN where no stop is in that share of draws."""
        never = np.where(np.isnan(self.first_stop), np.inf, self.first_stop)
        found = np.quantile(never, q, axis=1, method="inverted_cdf")
        return np.where(np.isinf(found), np.nan, found)


def combined(parts: Sequence[Outcome]) -> Outcome:
    """Chunks of one ensemble, in order, as one."""
    first = parts[0]
    if len(parts) == 1:
        return first

    def side_by_side(*names: str) -> Iterator[Any]:
        return (np.concatenate([getattr(p, n) for p in parts], axis=-1) for n in names)

    return Outcome(
        first.ends,
        first.markets,
        *side_by_side("wanted_total", "lost", "forgone", "first_stop", "weeks_stopped"),
        first.value,
        first.stop_share,
        *side_by_side("served", "price", "cover"),
    )


@dataclass
class Trace:
    """One draw, week by week (T × rows): nodes, uses, makes and arcs of the network, in its order.

    `imbalance` (T × materials) is what appeared or vanished: change of all stocks and transport,
    less made, plus used and set aside; zero but for rounding.
    """

    network: Network
    level: Floats
    desired: Floats
    limit: Floats
    stock_in: Floats
    stock_out: Floats
    used: Floats
    made: Floats
    aside: Floats
    order: Floats
    asked: Floats
    allowed: Floats
    shipped: Floats
    arrived: Floats
    held: Floats
    covered: Floats
    price: Floats
    coefficient: Floats
    wanted: Floats
    transit: Floats

    @classmethod
    def empty(cls, network: Network, weeks: int) -> Trace:
        n, i, o, a = (len(x) for x in (network.nodes, network.uses, network.makes, network.arcs))
        regions = {(u.material, network.nodes[network.node_index[u.node]].region) for u in network.uses}
        rows = dict(level=n, desired=n, limit=n, stock_in=i, stock_out=o, used=i, made=o, aside=o, order=i)
        rows |= dict(asked=a, allowed=a, shipped=a, arrived=a, held=i, covered=i, price=len(regions))
        rows |= dict(coefficient=i, wanted=len(network.demands), transit=a)
        return cls(network, **{k: np.zeros((weeks, v)) for k, v in rows.items()})

    def add(
        self, t: int, level: Floats, desired: Floats, limit: Floats, stock_in: Floats, stock_out: Floats,
        used: Floats, made: Floats, aside: Floats, order: Floats, asked: Floats, allowed: Floats, shipped: Floats,
        arrived: Floats, pipe: Floats, reserve: Floats, covered: Floats, price: Floats, coefficient: Floats,
        wanted: Floats,
    ) -> None:  # fmt: skip
        """Week t of the run's first column."""
        week = locals()
        for name in (
            "level", "desired", "limit", "stock_in", "stock_out", "used", "made", "aside", "order", "asked",
            "allowed", "shipped", "arrived", "covered", "price", "coefficient", "wanted",
        ):  # fmt: skip
            getattr(self, name)[t] = week[name][:, 0]
        self.held[t] = reserve[:, 0]
        self.transit[t] = pipe[:, :, 0].sum(axis=0)

    def imbalance(self) -> Floats:
        """Tonnes of each material that appeared from nowhere (T−1 × materials), relative to its weekly use.

        All that a material can do: be made, be used, be set aside, or lie in stock, reserve or transport.
        """
        network = self.network
        m = len(network.materials)

        def by_material(table: str, values: Floats) -> Floats:
            total = np.zeros((len(values), m))
            np.add.at(total.T, network.places(table, "material"), values.T)
            return total

        held = (
            by_material("uses", self.stock_in + self.held)
            + by_material("makes", self.stock_out)
            + by_material("arcs", self.transit)
        )
        flow = by_material("makes", self.made - self.aside) - by_material("uses", self.used)
        usual = np.maximum(by_material("makes", self.made).max(axis=0), 1e-12)
        return (np.diff(held, axis=0) - flow[1:]) / usual
