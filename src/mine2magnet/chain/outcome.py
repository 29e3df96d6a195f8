"""What comes out: losses, stop dates, weekly series; and one draw recorded in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mine2magnet.chain.network import Floats, Network
from mine2magnet.chain.scenario import Scenario

Floats32 = NDArray[np.float32]


@dataclass
class Outcome:
    """An ensemble's result; S draws, U end uses, M markets, T weeks, K draws kept for series.

    `first_stop`: the first week (from 0) in which an end use made less than the scenario's stop
    share of what was wanted, NaN if it never did. `lost`: units not made for want of inputs or
    capacity; `forgone`: units no longer wanted at the price. `served`, `price` (multiples of
    normal, NaN where nothing is for sale), `cover` (weeks of the scarcest input) are weekly.
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
        """Return an outcome in which nothing has happened yet.

        Parameters
        ----------
        network : Network
            Checked tables.
        scenario : Scenario
            What happens and what is done about it.
        markets : sequence of str
            Names of the M markets.
        size : int
            Number of draws, S.

        Returns
        -------
        Outcome
            Of S draws.
        """
        u, m, t = len(network.demands), len(markets), scenario.weeks
        return cls(
            ends=tuple(d.node for d in network.demands),
            markets=tuple(markets),
            wanted_total=np.zeros((u, size)),
            lost=np.zeros((u, size)),
            forgone=np.zeros((u, size)),
            first_stop=np.full((u, size), np.nan),
            weeks_stopped=np.zeros((u, size)),
            value=network.column("demands", "value"),
            stop_share=scenario.stop_share,
            served=np.zeros((t, u, size), dtype=np.float32),
            price=np.zeros((t, m, size), dtype=np.float32),
            cover=np.zeros((t, u, size), dtype=np.float32),
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
        """Count one week of all draws in.

        Parameters
        ----------
        t : int
            The week, from 0.
        wanted_now : array of shape (U, S)
            Wanted before prices rose, units a week.
        wanted : array of shape (U, S)
            Wanted at the week's prices, units a week.
        served : array of shape (U, S)
            Made, units a week.
        lost : array of shape (U, S)
            Not made and not waited for, units a week.
        price : array of shape (M, S)
            Multiples of normal; NaN where nothing is for sale.
        cover : array of shape (U, S)
            Weeks of the scarcest input.
        """
        self.wanted_total += wanted_now
        self.lost += lost
        self.forgone += wanted_now - wanted
        share = np.divide(served, wanted, out=np.ones_like(served), where=wanted > 0)
        stopped = share < self.stop_share * (1 - 1e-9)  # closer is rounding
        self.weeks_stopped += stopped
        self.first_stop = np.where(np.isnan(self.first_stop) & stopped, t, self.first_stop)
        self.served[t] = np.divide(served, wanted_now, out=np.ones_like(served), where=wanted_now > 0)
        self.price[t], self.cover[t] = price, np.minimum(cover, 1e6)

    def finish(self, backlog: Floats) -> None:
        """Count those who still wait after the last week as lost.

        Parameters
        ----------
        backlog : array of shape (U, S)
            Units.
        """
        self.lost += backlog

    def trimmed(self, kept: int) -> Outcome:
        """Return the outcome with weekly series of its first draws alone.

        Parameters
        ----------
        kept : int
            Of how many draws.

        Returns
        -------
        Outcome
            Totals are of all draws.
        """
        series = {n: getattr(self, n)[:, :, :kept] for n in ("served", "price", "cover")}
        # A copy, so that the rest is let go.
        return replace(self, **{n: s if s.shape[2] == self.size else s.copy() for n, s in series.items()})

    @property
    def size(self) -> int:
        """Number of draws, S."""
        return int(self.lost.shape[1])

    @property
    def loss(self) -> Floats:
        """Loss in each draw by end use, USD (U × S): for want of supply and to price."""
        total: Floats = (self.lost + self.forgone) * self.value[:, None]
        return total

    def stop_quantile(self, q: float) -> Floats:
        """Return a quantile of the first stop of each end use.

        Parameters
        ----------
        q : float
            In [0, 1].

        Returns
        -------
        array of shape (U,)
            Weeks from 0; NaN where no stop is in that share of draws.
        """
        never = np.where(np.isnan(self.first_stop), np.inf, self.first_stop)
        found = np.quantile(never, q, axis=1, method="inverted_cdf")
        return np.where(np.isinf(found), np.nan, found)


def combined(parts: Sequence[Outcome]) -> Outcome:
    """Join the chunks of one ensemble.

    Parameters
    ----------
    parts : sequence of Outcome
        In their order.

    Returns
    -------
    Outcome
        Of all their draws.
    """
    first = parts[0]
    if len(parts) == 1:
        return first

    def joined_(name: str) -> Any:
        given = [x for p in parts if (x := getattr(p, name)).shape[-1]]
        return np.concatenate(given, axis=-1) if len(given) != 1 else given[0]

    joined = {
        name: joined_(name)
        for name in (
            "wanted_total",
            "lost",
            "forgone",
            "first_stop",
            "weeks_stopped",
            "served",
            "price",
            "cover",
        )
    }
    return replace(first, **joined)


@dataclass
class Trace:
    """One draw, week by week (T × rows): nodes, uses, makes and arcs of the network, in its order.

    `imbalance` (T × materials) is what appeared or vanished: change of all stocks and transport,
    less made, plus used and set aside; zero but for rounding. `first_stop` is that of the outcome,
    by end use.
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
    first_stop: Floats

    @classmethod
    def empty(cls, network: Network, weeks: int) -> Trace:
        """Return a record in which nothing stands yet.

        Parameters
        ----------
        network : Network
            Checked tables.
        weeks : int
            How many it is to have.

        Returns
        -------
        Trace
            Of zeros.
        """
        regions = {(u.material, network.nodes[network.node_index[u.node]].region) for u in network.uses}
        sizes = (
            (len(network.nodes), "level desired limit"),
            (len(network.uses), "stock_in used order held covered coefficient"),
            (len(network.makes), "stock_out made aside"),
            (len(network.arcs), "asked allowed shipped arrived transit"),
            (len(regions), "price"),
            (len(network.demands), "wanted"),
        )
        rows = {name: size for size, names in sizes for name in names.split()}
        never = np.full(len(network.demands), np.nan)
        return cls(network, **{k: np.zeros((weeks, v)) for k, v in rows.items()}, first_stop=never)

    def add(self, t: int, pipe: Floats, reserve: Floats, **week: Floats) -> None:
        """Record one week of a run's first column.

        Parameters
        ----------
        t : int
            The week, from 0.
        pipe : array of shape (weeks under way, arcs, 1)
            Goods under way by week of arrival, t.
        reserve : array of shape (uses, 1)
            Stock held in reserve, t.
        **week : arrays of shape (rows, 1)
            All else, by the names of the record's fields.
        """
        for name, values in week.items():
            getattr(self, name)[t] = values[:, 0]
        self.held[t] = reserve[:, 0]
        self.transit[t] = pipe[:, :, 0].sum(axis=0)

    def imbalance(self) -> Floats:
        """Tell what of each material appeared from nowhere, relative to its weekly use.

        All that a material can do: be made, be used, be set aside, or lie in stock, reserve or transport.

        Returns
        -------
        array of shape (T - 1, materials)
            Zero but for rounding.
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
        residual: Floats = (np.diff(held, axis=0) - flow[1:]) / usual
        return residual
