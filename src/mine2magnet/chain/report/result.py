"""A stress test's result as tables, plain values, files and one page of HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from mine2magnet.chain import (
    Draws,
    Event,
    Mitigation,
    Network,
    Outcome,
    Scenario,
    Trace,
    draw,
    simulate,
    trace,
)
from mine2magnet.chain.explain import Stop, stops
from mine2magnet.model.ranges import Range

QUANTILES = (0.1, 0.5, 0.9)
NO_EVENT = "no event happens in this scenario, so nothing can be lost"
Triple = tuple[float, float, float]  # at QUANTILES
Columns = dict[str, NDArray[Any]]  # of a table, all of one length


@dataclass(frozen=True, slots=True)
class EndUse:
    """One end use over the ensemble. Weeks are None where no stop is in that share of draws.

    `lost` is not made for want of supply, `forgone` no longer wanted at the price; `loss` is the value of
    both.
    """

    name: str
    stopping: float  # share of draws with a stop
    first_stop: tuple[float | None, float | None, float | None]  # week, from 0
    lost: Triple  # share of all that was wanted
    forgone: Triple  # likewise
    loss: Triple  # USD


@dataclass(frozen=True, slots=True)
class Series:
    """Weekly quantiles (3 × weeks) of one quantity; of a price None where nothing is for sale."""

    name: str
    unit: str
    weekly: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All that a run shows: end uses by loss, fans, and the stops of the most likely draw explained.

    `short` and `dear` are the parts of the loss, USD: not made for want of supply, and no longer wanted at
    the price. `remarks` say what of the scenario changes nothing.
    """

    scenario: str
    weeks: int
    draws: int
    seed: int
    loss: Triple
    short: Triple
    dear: Triple
    ends: tuple[EndUse, ...]
    prices: tuple[Series, ...]
    served: tuple[Series, ...]
    stops: tuple[tuple[str, int, str], ...]  # end use, week, why
    mitigations: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    @property
    def unsold(self) -> bool:
        """True if a price is not shown in some week, since nothing is for sale."""
        return any(v is None for series in self.prices for quantile in series.weekly for v in quantile)


def run(
    network: Network, scenario: Scenario, draws: int | Draws, workers: int = 1
) -> tuple[Result, Outcome, Trace]:
    """Run an ensemble and its most likely draw, and sum up what comes of it.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    draws : int or Draws
        Number of draws, or these; 0: one, all values most likely.
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
    wanted = np.where(outcome.wanted_total > 0, outcome.wanted_total, np.inf)
    lost, forgone = outcome.lost / wanted, outcome.forgone / wanted
    firsts = [outcome.stop_quantile(q) for q in QUANTILES]
    ends = [
        EndUse(
            name,
            float(np.isfinite(outcome.first_stop[u]).mean()),
            (_week(firsts[0][u]), _week(firsts[1][u]), _week(firsts[2][u])),
            _triple(lost[u]),
            _triple(forgone[u]),
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
        _triple(outcome.value @ outcome.lost),
        _triple(outcome.value @ outcome.forgone),
        tuple(sorted(ends, key=lambda e: -e.loss[1])),
        _fans(outcome.markets, outcome.price, "times normal", rising=True),
        _fans(outcome.ends, outcome.served, "share of what is wanted", rising=False),
        tuple((s.end, s.week, str(s)) for s in why),
        tuple(m.label for m in scenario.mitigations),
        tuple(without_effect(scenario)),
    )


def without_effect(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for what of a scenario changes nothing.

    That are events that begin after the end of the run, in some draws or in all, and that there is no event.

    Parameters
    ----------
    scenario : Scenario
        The one that is run.
    """
    if not scenario.events:
        yield NO_EVENT
    for event in scenario.events:
        if event.start.high >= scenario.weeks:
            first = event.start.low >= scenario.weeks
            said = "so it changes nothing" if first else "in some draws, in which it changes nothing"
            week = f"{event.start.low if first else event.start.high:g}"
            end = f"after the end of the run of {scenario.weeks} weeks"
            yield f"{event.label} begins in week {week}, {end}, {said}"


def _triple(values: NDArray[Any]) -> Triple:
    low, middle, high = np.quantile(values, QUANTILES)
    return float(low), float(middle), float(high)


def _week(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _fans(names: Sequence[str], series: NDArray[Any], unit: str, rising: bool) -> tuple[Series, ...]:
    """The eight that move most, by their worst median."""
    fans = quantiles(series)  # 3 × weeks × rows
    worst = np.where(np.isnan(fans[1]), np.inf, fans[1]).max(axis=0) if rising else -fans[1].min(axis=0)
    chosen = np.argsort(-worst, kind="stable")[:8]
    return tuple(
        Series(names[k], unit, tuple(tuple(_figure(v) for v in q) for q in fans[:, :, k].tolist()))
        for k in chosen
    )


def _figure(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def quantiles(series: NDArray[Any]) -> NDArray[Any]:
    """Return QUANTILES over the draws; where a draw has none, what is wanted is not to be had at any price.

    Parameters
    ----------
    series : array of shape (weeks, rows, draws)
        NaN where a draw has none.

    Returns
    -------
    array of shape (3, weeks, rows)
        NaN where a quantile falls on such draws.

    >>> import numpy as np
    >>> quantiles(np.array([[[1.0, 2.0, np.nan]]])).ravel().tolist()
    [1.2, nan, nan]
    """
    with np.errstate(invalid="ignore"):  # between two that have none
        found = np.quantile(np.where(np.isnan(series), np.inf, series), QUANTILES, axis=2)
    return np.where(np.isfinite(found), found, np.nan)


# --- comparison of scenarios and mitigations


@dataclass(frozen=True, slots=True)
class Mitigated:
    """A scenario with one set of mitigations, on the same draws as the first scenario without.

    `saved` is USD against that, draw by draw (P10, P50, P90); `mean` is the mean of it, with its 95 %
    interval: the draws alone make it that wide. `event` tells when and how strongly what the scenario is
    about happens, in phrases, if it is one event.
    """

    scenario: str
    name: str
    loss: Triple
    saved: Triple
    mean: float
    interval: tuple[float, float]
    stopped: int  # end uses that stop in at least half of the draws
    event: tuple[str, ...] = ()


def compare(
    network: Network,
    scenarios: Scenario | Sequence[Scenario],
    sets: Mapping[str, tuple[Mitigation, ...]],
    draws: int,
    workers: int = 1,
) -> list[Mitigated]:
    """Run scenarios without, with each set of mitigations, and with all together, on the same draws.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenarios : Scenario or sequence of Scenario
        What happens and what is done about it; all are drawn with the seed of the first.
    sets : mapping of str to tuple of Mitigation
        By name; those of which nothing concerns the network are for the caller to leave out.
    draws : int
        Number of draws.
    workers : int
        Threads.

    Returns
    -------
    list of Mitigated
        By scenario, each with nothing done first, then by what is saved.
    """
    several = (scenarios,) if isinstance(scenarios, Scenario) else tuple(scenarios)
    everything = {**sets, "all of these": tuple(m for ms in sets.values() for m in ms)} if sets else {}
    base: NDArray[np.float64] | None = None
    found = []
    for scenario, drawn in zip(several, common_draws(network, several, draws), strict=True):
        plain = simulate(network, scenario, drawn, workers=workers)
        base = plain.loss.sum(axis=0) if base is None else base
        rows = [
            mitigated(scenario, name, base, simulate(network, scenario.with_(*ms), drawn, workers=workers))
            for name, ms in everything.items()
        ]
        found += [mitigated(scenario, "nothing done", base, plain), *sorted(rows, key=lambda r: -r.saved[1])]
    return found


def common_draws(network: Network, scenarios: Sequence[Scenario], size: int) -> list[Draws]:
    """Draw for several scenarios so that all that does not belong to their events is the same.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenarios : sequence of Scenario
        Drawn with the seed of the first.
    size : int
        Number of draws.

    Returns
    -------
    list of Draws
        One for each scenario.
    """
    seed = scenarios[0].seed
    drawn = [draw(network, structs.replace(s, seed=seed), size) for s in scenarios]
    # Recipes are drawn after events, of which scenarios have more or fewer.
    return [replace(d, recipe=drawn[0].recipe) for d in drawn]


def mitigated(scenario: Scenario, name: str, base: NDArray[np.float64], outcome: Outcome) -> Mitigated:
    """Set an outcome beside the losses of the same draws without.

    Parameters
    ----------
    scenario : Scenario
        The one that was run.
    name : str
        What is done about it.
    base : array
        USD lost without, one a draw.
    outcome : Outcome
        Of the same draws.

    Returns
    -------
    Mitigated
        What is lost, and saved.
    """
    loss = outcome.loss.sum(axis=0)
    saved = base - loss
    mean = float(saved.mean())
    # Half the width of the 95 % interval of a mean; of one draw there is none.
    half = 1.96 * float(saved.std(ddof=1)) / len(saved) ** 0.5 if len(saved) > 1 else 0.0
    stopped = int((np.isfinite(outcome.first_stop).mean(axis=1) >= 0.5).sum())
    within = (mean - half, mean + half)
    event = _phrases(scenario.events[0]) if len(scenario.events) == 1 else ()
    return Mitigated(scenario.name, name, _triple(loss), _triple(saved), mean, within, stopped, event)


def _phrases(event: Event) -> tuple[str, str]:
    start, strength = _told(event.start), event.strength
    when = f"from week {start} to the end"
    if event.weeks is not None:
        when = f"from week {start} for {_told(event.weeks)} weeks"
    if event.kind == "licence":
        days, granted = _told(event.processing, 7), _told(event.approval, 100)
        return when, f"{days} days of review, {granted} % granted a round"
    if event.kind in ("floor", "ceiling"):
        return when, f"at {_told(strength)} times the normal price"
    return (
        when,
        f"{_told(strength)} weeks late" if event.kind == "delay" else f"strength {_told(strength, 100)} %",
    )


def _told(r: Range, times: float = 1.0) -> str:
    low, likely, high = (f"{x * times:.3g}" for x in (r.low, r.likely, r.high))
    return likely if low == high else f"{likely} ({low} … {high})"
