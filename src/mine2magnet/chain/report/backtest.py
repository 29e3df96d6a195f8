"""The model beside the record: the spring of 2025, week 0 being the week of Monday 6 January 2025."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from mine2magnet.chain import Network, Trace, draw, simulate, trace
from mine2magnet.chain.io import scenarios
from mine2magnet.chain.io.tables import WEEKS_A_YEAR, rows
from mine2magnet.chain.simulate import market_names

BEGIN = date(2025, 1, 6)
CONTROLS = 12.6  # weeks from BEGIN to 4 April 2025, when the licences began
DRAWS = 1000
TRACED = 50  # of them, for exports: a full record of each is kept


@dataclass(frozen=True, slots=True)
class BacktestFigure:
    """One published figure (a range) and the model's (10 %, most likely or median, 90 %)."""

    measure: str
    of: str
    when: str
    unit: str
    low: float
    high: float
    model: float
    model_low: float
    model_high: float
    source: str
    note: str

    @property
    def agrees(self) -> bool:
        """True where the record lies within the model's range, or the ranges meet."""
        return self.model_low <= self.high and self.low <= self.model_high


def compare(network: Network, draws: int = DRAWS) -> list[BacktestFigure]:
    """Run `spring-2025` on a network and set each figure of `history.csv` beside it.

    Exports are of the most likely run with the range of the first draws; prices and stops of all.

    Parameters
    ----------
    network : Network
        Checked tables.
    draws : int
        Number of draws.

    Returns
    -------
    list of BacktestFigure
        In the order of the table.
    """
    scenario = scenarios.find("spring-2025")
    drawn = draw(network, scenario, draws)
    ensemble = simulate(network, scenario, drawn)
    exported = [_exports(trace(network, scenario, drawn, k)) for k in range(min(TRACED, draws))]
    likely = _exports(trace(network, scenario))
    names = market_names(network)

    def model(row: dict[str, str]) -> tuple[float, float, float]:
        if row["measure"] == "exports":
            year, _, month = row["when"].partition("-")
            if not month:
                normal = _normal_exports(network) * WEEKS_A_YEAR
                return normal, normal, normal
            when = int(year), int(month)
            low, high = np.quantile([e[when] for e in exported], [0.1, 0.9])
            return likely[when], float(low), float(high)
        if row["measure"] == "price":
            days = (date.fromisoformat(f"{row['when']}-15") - BEGIN).days
            values = ensemble.price[days // 7, names.index(row["of"])]
        else:
            stops = ensemble.first_stop[ensemble.ends.index(row["of"])] - CONTROLS
            values = np.where(np.isnan(stops), np.inf, stops)
        low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], method="inverted_cdf")
        return float(middle), float(low), float(high)

    found = []
    for row in rows("history"):
        middle, low, high = model(row)
        given = row["measure"], row["of"], row["when"], row["unit"], float(row["low"]), float(row["high"])
        found.append(BacktestFigure(*given, middle, low, high, row["source"], row["note"]))
    return found


def _abroad(network: Network) -> list[int]:
    """Arcs that carry magnets out of China."""
    nodes = [network.nodes[network.node_index[a.supplier]] for a in network.arcs]
    buyers = [network.nodes[network.node_index[a.buyer]] for a in network.arcs]
    return [
        i
        for i, (x, y) in enumerate(zip(nodes, buyers, strict=True))
        if x.stage == "magnet" and x.country == "China" and y.country != "China"
    ]


def _normal_exports(network: Network) -> float:
    return float(network.flow[_abroad(network)].sum())


def _exports(likely: Trace) -> dict[tuple[int, int], float]:
    """Tonnes of magnets that left China, by calendar month; each week is spread over its days."""
    weekly = likely.shipped[:, _abroad(likely.network)].sum(axis=1)
    months: dict[tuple[int, int], float] = defaultdict(float)
    for week, tonnes in enumerate(weekly.tolist()):
        for day in range(7):
            when = BEGIN + timedelta(weeks=week, days=day)
            months[when.year, when.month] += tonnes / 7
    return months
