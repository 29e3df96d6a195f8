"""A stress test's result as tables, plain values, files and one page of HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mine2magnet.chain import Mitigation, Network, Outcome, Scenario, Trace, simulate, trace
from mine2magnet.chain.explain import Stop, stops

QUANTILES = (0.1, 0.5, 0.9)
Triple = tuple[float, float, float]  # at QUANTILES
Columns = dict[str, NDArray[Any]]  # of a table, all of one length


@dataclass(frozen=True, slots=True)
class EndUse:
    """One end use over the ensemble. Weeks are None where no stop is in that share of draws."""

    name: str
    stopping: float  # share of draws with a stop
    first_stop: tuple[float | None, float | None, float | None]  # week, from 0
    lost: Triple  # share of all that was wanted
    loss: Triple  # USD


@dataclass(frozen=True, slots=True)
class Series:
    """Weekly quantiles (3 × weeks) of one quantity."""

    name: str
    unit: str
    weekly: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All that a run shows: end uses by loss, fans, and the stops of the most likely draw explained."""

    scenario: str
    weeks: int
    draws: int
    seed: int
    loss: Triple
    ends: tuple[EndUse, ...]
    prices: tuple[Series, ...]
    served: tuple[Series, ...]
    stops: tuple[tuple[str, int, str], ...]  # end use, week, why
    mitigations: tuple[str, ...]


def run(network: Network, scenario: Scenario, draws: int, workers: int = 1) -> tuple[Result, Outcome, Trace]:
    """Run an ensemble and its most likely draw, and sum up what comes of it.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    draws : int
        Number of draws; 0: one, all values most likely.
    workers : int
        Processes.

    Returns
    -------
    Result
        All that a run shows.
    Outcome
        Of all draws.
    Trace
        Of the most likely draw.
    """
    outcome = simulate(network, scenario, draws, workers=workers)
    likely = trace(network, scenario)
    return result(scenario, outcome, stops(likely, scenario)), outcome, likely


def result(scenario: Scenario, outcome: Outcome, why: Sequence[Stop]) -> Result:
    """Sum up an ensemble.

    Parameters
    ----------
    scenario : Scenario
        The one that was run.
    outcome : Outcome
        Of its draws.
    why : sequence of Stop
        Of the most likely draw.

    Returns
    -------
    Result
        End uses by loss, fans of the weekly series that move most, and why they stop.
    """
    loss = outcome.loss
    share = np.divide(
        outcome.lost, outcome.wanted_total, out=np.zeros_like(outcome.lost), where=outcome.wanted_total > 0
    )
    firsts = [outcome.stop_quantile(q) for q in QUANTILES]
    ends = [
        EndUse(
            name,
            float(np.isfinite(outcome.first_stop[u]).mean()),
            (_week(firsts[0][u]), _week(firsts[1][u]), _week(firsts[2][u])),
            _triple(share[u]),
            _triple(loss[u]),
        )
        for u, name in enumerate(outcome.ends)
    ]
    return Result(
        scenario.name,
        scenario.weeks,
        outcome.size,
        scenario.seed,
        _triple(loss.sum(axis=0)),
        tuple(sorted(ends, key=lambda e: -e.loss[1])),
        _fans(outcome.markets, outcome.price, "times normal", rising=True),
        _fans(outcome.ends, outcome.served, "share of what is wanted", rising=False),
        tuple((s.end, s.week, str(s)) for s in why),
        tuple(m.label for m in scenario.mitigations),
    )


def _triple(values: NDArray[Any]) -> Triple:
    low, middle, high = np.quantile(values, QUANTILES)
    return float(low), float(middle), float(high)


def _week(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _fans(names: Sequence[str], series: NDArray[Any], unit: str, rising: bool) -> tuple[Series, ...]:
    """The eight that move most, by their worst median."""
    fans = np.quantile(series, QUANTILES, axis=2)  # 3 × weeks × rows
    worst = fans[1].max(axis=0) if rising else -fans[1].min(axis=0)
    chosen = np.argsort(-worst, kind="stable")[:8]
    return tuple(
        Series(names[k], unit, tuple(tuple(round(float(v), 4) for v in q) for q in fans[:, :, k]))
        for k in chosen
    )


# --- comparison of mitigations


@dataclass(frozen=True, slots=True)
class Mitigated:
    """The scenario with one set of mitigations, on the same draws as without."""

    name: str
    loss: Triple
    saved: Triple  # USD against no mitigation, draw by draw
    stopped: int  # end uses that stop in at least half of the draws


def compare(
    network: Network,
    scenario: Scenario,
    sets: dict[str, tuple[Mitigation, ...]],
    draws: int,
    workers: int = 1,
) -> list[Mitigated]:
    """Run a scenario without, with each set of mitigations, and with all together, on the same draws.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    sets : dict of str to tuple of Mitigation
        By name.
    draws : int
        Number of draws.
    workers : int
        Processes.

    Returns
    -------
    list of Mitigated
        Nothing done first, then by what is saved.
    """
    plain = simulate(network, scenario, draws, workers=workers)
    base = plain.loss.sum(axis=0)

    def row(name: str, outcome: Outcome) -> Mitigated:
        loss = outcome.loss.sum(axis=0)
        stopped = int((np.isfinite(outcome.first_stop).mean(axis=1) >= 0.5).sum())
        return Mitigated(name, _triple(loss), _triple(base - loss), stopped)

    everything = {**sets, "all of these": tuple(m for ms in sets.values() for m in ms)}
    rows = [
        row(name, simulate(network, scenario.with_(*ms), draws, workers=workers))
        for name, ms in everything.items()
    ]
    return [row("nothing done", plain), *sorted(rows, key=lambda r: -r.saved[1])]
