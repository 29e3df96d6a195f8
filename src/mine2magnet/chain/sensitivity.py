"""Which inputs a result hangs on: a tornado of one at a time, and Sobol indices of all at once.

A driver is a group of inputs that one quantile draws (`scenario.draw`): stocks of a stage and region,
transport between two regions, one quantity of an event. Drivers are independent of each other, as both
methods need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from mine2magnet.chain.network import Floats, Network
from mine2magnet.chain.outcome import Outcome
from mine2magnet.chain.scenario import CHANGING, Draws, Scenario, draw
from mine2magnet.chain.simulate import simulate

LOW, HIGH = 0.1, 0.9  # quantiles between which a tornado swings
AT_ONCE = 10_000  # draws of a tornado that are made ready at a time
KINDS = {  # field of `Draws` → what it is, table and column of the network
    "cover_in": ("stock", "uses", "cover"),
    "cover_out": ("stock of products", "makes", "cover"),
    "lead": ("transport", "arcs", "lead"),
    "elasticity": ("price elasticity", "materials", "elasticity"),
    "recipe": ("amount used", "uses", "amount"),
    "hoarding": ("hoarding", "", ""),
}
QUANTITY = {  # of an event
    "start": "begin", "weeks": "duration", "strength": "strength", "processing": "processing",
    "approval": "approval", "desk": "desk", "announced": "announcement",
}  # fmt: skip
Sampler = Callable[[Network, Scenario, int, float], Draws]
Measured = Callable[[Outcome], Floats]  # of each draw


@dataclass(frozen=True, slots=True)
class Driver:
    """Inputs that go up and down together: rows of one field of `Draws`, or of one quantity of its events."""

    kind: str
    of: str
    field: str
    rows: tuple[int, ...]
    event: str = ""  # its quantity, where the field is events or changes

    def put(self, into: Draws, columns: NDArray[np.intp], source: Draws, taken: NDArray[np.intp]) -> None:
        """Set the driver in some columns of draws to what it is in columns of others.

        Parameters
        ----------
        into : Draws
            Changed in place.
        columns : array of int
            Of `into`.
        source : Draws
            With the same rows.
        taken : array of int
            Columns of `source`, as many.
        """
        held, given = self._values(into), self._values(source)
        if held.ndim == 1:
            held[columns] = given[taken]
            return
        rows = np.array(self.rows, dtype=np.intp)
        held[np.ix_(rows, columns)] = given[np.ix_(rows, taken)]

    def moves(self, low: Draws, high: Draws) -> bool:
        """Return whether the driver has a range at all.

        Parameters
        ----------
        low, high : Draws
            Of one column, at two quantiles.
        """
        a, b = self._values(low), self._values(high)
        return not np.array_equal(a if a.ndim == 1 else a[list(self.rows)],
                                  b if b.ndim == 1 else b[list(self.rows)], equal_nan=True)  # fmt: skip

    def _values(self, draws: Draws) -> NDArray[np.generic]:
        held = getattr(draws, self.field)
        values: NDArray[np.generic] = held[self.event] if self.event else held
        return values


def drivers(network: Network, scenario: Scenario) -> list[Driver]:
    """Return the groups of inputs that are drawn together.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        Whose events are among them.

    Returns
    -------
    list of Driver
        Those without a range, too.
    """

    def place(name: str) -> str:
        node = network.nodes[network.node_index[name]]
        return f"{node.stage}, {node.region}"

    def region(name: str) -> str:
        return network.nodes[network.node_index[name]].region

    keys: dict[str, list[str]] = {
        "cover_in": [place(u.node) for u in network.uses],
        "cover_out": [place(m.node) for m in network.makes],
        "lead": [f"{region(a.supplier)} → {region(a.buyer)}" for a in network.arcs],
        "elasticity": [m.name for m in network.materials],
        "recipe": [f"{u.material}, {place(u.node).split(', ')[0]}" for u in network.uses],
    }
    found = [
        Driver(KINDS[name][0], of, name, tuple(i for i, key in enumerate(row) if key == of))
        for name, row in keys.items()
        for of in dict.fromkeys(row)
    ]
    found.append(Driver("hoarding", "", "hoarding", ()))
    for k, event in enumerate(scenario.events):
        found += [Driver(kind, event.label, "events", (k,), name) for name, kind in QUANTITY.items()]
    later = [e.label for e in scenario.events for _ in e.changes]
    for k, label in enumerate(later):
        found += [Driver(QUANTITY[name], f"{label}, later", "changes", (k,), name) for name in CHANGING]
    return found


@dataclass(frozen=True, slots=True)
class DriverSwing:
    """A result with one driver at its 10 % and 90 % quantile, all else most likely, or its mean over draws.

    `share` is its part of all swings together.
    """

    driver: Driver
    low: float
    high: float
    share: float


def tornado(
    network: Network,
    scenario: Scenario,
    measured: Measured,
    among: Iterable[Driver] | None = None,
    sampler: Sampler = draw,
    workers: int = 1,
    size: int = 0,
) -> list[DriverSwing]:
    """Move one driver at a time.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    measured : callable
        Takes an outcome and gives a number for each draw.
    among : iterable of Driver
        Without them, all.
    sampler : callable
        Draws as `scenario.draw` does.
    workers : int
        Threads.
    size : int
        Number of draws of all else, the same for every driver and end; 0: all else most likely.

    Returns
    -------
    list of DriverSwing
        The widest first; those that move nothing are left out.
    """
    low, high = (sampler(network, scenario, 0, q) for q in (LOW, HIGH))
    held = [d for d in (drivers(network, scenario) if among is None else among) if d.moves(low, high)]
    base = sampler(network, scenario, size, np.nan)
    some = max(AT_ONCE // (2 * base.size), 1)
    values = [
        measured(simulate(network, scenario, _at_ends(base, held[k : k + some], low, high), workers=workers))
        for k in range(0, len(held), some)
    ]
    ends = np.concatenate([np.zeros(0), *values]).reshape(-1, 2, base.size).mean(axis=2)
    widths = np.abs(ends[:, 1] - ends[:, 0])
    total = float(widths.sum())
    if total <= 1e-9 * max(float(np.abs(ends).max(initial=0.0)), 1e-300):
        return []
    order = np.argsort(-widths, kind="stable")
    order = order[widths[order] > 1e-6 * total]
    return [
        DriverSwing(held[i], float(ends[i, 0]), float(ends[i, 1]), float(widths[i] / total)) for i in order
    ]


def _at_ends(base: Draws, among: Sequence[Driver], low: Draws, high: Draws) -> Draws:
    """The draws once for each driver at its low end, then at its high end, all else as it is."""
    size = base.size
    wide = base.part(np.tile(np.arange(size), 2 * len(among)))
    first = np.zeros(size, dtype=np.intp)
    for k, driver in enumerate(among):
        for end, side in enumerate((low, high)):
            driver.put(wide, np.arange(size) + (2 * k + end) * size, side, first)
    return wide


@dataclass(frozen=True, slots=True)
class SobolIndex:
    """The share of a result's variance that drivers explain alone, and with all that they interact with.

    Each with its 90 % interval, by bootstrap.
    """

    name: str
    first: float
    first_range: tuple[float, float]
    total: float
    total_range: tuple[float, float]


def sobol(
    network: Network,
    scenario: Scenario,
    measured: Measured,
    groups: Sequence[tuple[str, Sequence[Driver]]],
    size: int = 128,
    sampler: Sampler = draw,
    workers: int = 1,
) -> list[SobolIndex]:
    """Part the variance of a result among groups of drivers.

    By the estimators of Saltelli et al. 2010 (Comput. Phys. Commun. 181(2)), as SciPy has them; at `size` ×
    (2 + groups) draws.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    measured : callable
        Takes an outcome and gives a number for each draw.
    groups : sequence of tuple
        A name, and the drivers that go by it; no driver in two of them.
    size : int
        Draws of each matrix, a power of two.
    sampler : callable
        Draws as `scenario.draw` does.
    workers : int
        Threads.

    Returns
    -------
    list of SobolIndex
        The largest total first; groups that move nothing are left out.
    """
    both = sampler(network, scenario, 2 * size, np.nan)
    columns = np.concatenate([np.arange(2 * size), np.tile(np.arange(size), len(groups))]).astype(np.intp)
    wide = both.part(columns)
    for k, (_, held) in enumerate(groups):
        into = np.arange((k + 2) * size, (k + 3) * size)
        for driver in held:
            driver.put(wide, into, both, np.arange(size, 2 * size))
    values = measured(simulate(network, scenario, wide, workers=workers)).reshape(-1, 1, size)
    least = 1e-9 * max(float(np.abs(values).max()), 1e-300)
    moving = [k for k in range(len(groups)) if np.abs(values[k + 2] - values[0]).max() > least]
    if not moving:
        return []
    if len(moving) == 1:  # all the variance is its own
        return [SobolIndex(groups[moving[0]][0], 1.0, (1.0, 1.0), 1.0, (1.0, 1.0))]
    found = scipy.stats.sobol_indices(
        func={"f_A": values[0], "f_B": values[1], "f_AB": values[2:][moving]}, n=size
    )
    spread = found.bootstrap(confidence_level=0.9, n_resamples=99)

    def ends(of: Any, k: int) -> tuple[float, float]:
        return float(np.ravel(of.low)[k]), float(np.ravel(of.high)[k])

    rows = [
        SobolIndex(
            groups[k][0],
            float(np.ravel(found.first_order)[i]),
            ends(spread.first_order.confidence_interval, i),
            float(np.ravel(found.total_order)[i]),
            ends(spread.total_order.confidence_interval, i),
        )
        for i, k in enumerate(moving)
    ]
    return sorted(rows, key=lambda r: -r.total)
