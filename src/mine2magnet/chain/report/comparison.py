"""Scenarios side by side on the same draws: what differs in them, and what comes of that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mine2magnet.chain import Network, Outcome, Scenario, simulate
from mine2magnet.chain.report.result import QUANTILES, Mitigated, common_draws, mitigated, without_effect
from mine2magnet.charts.axis import Axis
from mine2magnet.charts.chart import Say
from mine2magnet.charts.svg import PALETTE
from mine2magnet.charts.xy import ChartSeries, XYChart
from mine2magnet.model.ranges import Range

NOT_COMPARED = ("name", "events", "mitigations", "evidence")
FIGURES = 4  # that numbers of inputs are told in


@dataclass(frozen=True, slots=True)
class InputDifference:
    """An input that is not the same in all: `of` is "scenario", or "event 2"; values are phrases, none where
    a scenario has no such input."""

    of: str
    field: str
    values: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ComparedEndUse:
    """An end use in each scenario: mean USD lost, and how much less than in the first, draw by draw, in the
    mean with its 95 % interval (of the first itself: 0)."""

    name: str
    loss: tuple[float, ...]
    saved: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class ComparisonReport:
    """Scenarios on the same draws; all differences are against the first. `served` has for each the weekly
    share of the value of all end uses that is made, at 10, 50 and 90 % of the draws; `remarks` say what of
    the scenarios changes nothing."""

    draws: int
    seed: int
    inputs: tuple[InputDifference, ...]
    outcomes: tuple[Mitigated, ...]
    ends: tuple[ComparedEndUse, ...]
    served: tuple[tuple[tuple[float, ...], ...], ...]
    remarks: tuple[str, ...] = ()


def compared(
    network: Network, scenarios: Sequence[Scenario], names: Sequence[str], draws: int
) -> ComparisonReport:
    """Run scenarios on the same draws and set them side by side.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenarios : sequence of Scenario
        With what is done about them; all are drawn with the seed of the first.
    names : sequence of str
        What is done, of each.
    draws : int
        Number of draws; 0: one, all values most likely.

    Returns
    -------
    ComparisonReport
        The same for the same seed.
    """
    outcomes = [
        simulate(network, scenario, drawn)
        for scenario, drawn in zip(scenarios, common_draws(network, scenarios, draws), strict=True)
    ]
    base = outcomes[0].loss
    weight = network.column("demands", "rate") * network.column("demands", "value")
    return ComparisonReport(
        outcomes[0].size,
        scenarios[0].seed,
        tuple(differences(scenarios)),
        tuple(
            mitigated(scenario, name, base.sum(axis=0), outcome)
            for scenario, name, outcome in zip(scenarios, names, outcomes, strict=True)
        ),
        tuple(_end(name, u, outcomes) for u, name in _ranked(outcomes)),
        tuple(_served(outcome, weight) for outcome in outcomes),
        tuple(dict.fromkeys(remark for scenario in scenarios for remark in without_effect(scenario))),
    )


def _ranked(outcomes: Sequence[Outcome]) -> list[tuple[int, str]]:
    """The end uses that lose anything, by what they lose at most."""
    most = np.max([outcome.loss.mean(axis=1) for outcome in outcomes], axis=0)
    order = np.argsort(-most, kind="stable")
    return [(int(u), outcomes[0].ends[u]) for u in order if most[u] > 0]


def _end(name: str, u: int, outcomes: Sequence[Outcome]) -> ComparedEndUse:
    base = outcomes[0].loss[u]
    return ComparedEndUse(
        name,
        tuple(float(outcome.loss[u].mean()) for outcome in outcomes),
        tuple(_mean(base - outcome.loss[u]) for outcome in outcomes),
    )


def _mean(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """A mean with its 95 % interval."""
    mean = float(values.mean())
    half = 1.96 * float(values.std(ddof=1)) / len(values) ** 0.5 if len(values) > 1 else 0.0
    return mean, mean - half, mean + half


def _served(outcome: Outcome, weight: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    share = np.einsum("tuk,u->tk", outcome.served, weight / weight.sum())
    return tuple(tuple(np.round(one, 4).tolist()) for one in np.quantile(share, QUANTILES, axis=1))


def differences(scenarios: Sequence[Scenario]) -> Iterator[InputDifference]:
    """Yield the inputs that are not the same in all scenarios.

    Parameters
    ----------
    scenarios : sequence of Scenario
    """
    told = [dict(_inputs(scenario)) for scenario in scenarios]
    for key in dict.fromkeys(key for one in told for key in one):
        values = tuple(one.get(key, ()) for one in told)
        if len(set(values)) > 1:
            yield InputDifference(*key, values)


def _inputs(scenario: Scenario) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    yield ("scenario", "what happens"), (scenario.name,)
    yield ("scenario", "what is done about it"), tuple(m.label for m in scenario.mitigations)
    for name in scenario.__struct_fields__:
        if name not in NOT_COMPARED:
            yield ("scenario", name.replace("_", " ")), _phrases(getattr(scenario, name))
    for number, event in enumerate(scenario.events, 1):
        for name in event.__struct_fields__:
            if name not in NOT_COMPARED:
                yield (f"event {number}", name.replace("_", " ")), _phrases(getattr(event, name))


def _phrases(value: Any) -> tuple[str, ...]:
    """A value as phrases, each of which can be said in another language."""
    if value is None or value == ():
        return ()
    if isinstance(value, Range):
        ends = dict.fromkeys(f"{x:.{FIGURES}g}" for x in (value.low, value.likely, value.high))
        return (" … ".join(ends),)
    if isinstance(value, float | int):
        return (f"{value:.{FIGURES}g}" if isinstance(value, float) else str(value),)
    if isinstance(value, str):
        return (value,)
    if isinstance(value, dict):
        named = ((name,) if held == ("yes",) else held for name, held in value.items())
        return tuple(phrase for held in named for phrase in _phrases(held))
    if isinstance(value, tuple):
        return tuple(phrase for held in value for phrase in _phrases(held))
    fields = (getattr(value, name) for name in value.__struct_fields__ if name not in NOT_COMPARED)
    return tuple(phrase for held in fields for phrase in _phrases(held))


def chart(found: ComparisonReport, say: Say = str) -> XYChart:
    """Return the share of the value of end uses that is made, by week, of each scenario.

    Parameters
    ----------
    found : ComparisonReport
        Of scenarios.
    say : callable
        Gives a phrase in the reader's language.
    """
    series = []
    for number, (outcome, (low, middle, high)) in enumerate(
        zip(found.outcomes, found.served, strict=True), 1
    ):
        weeks, colour = range(len(middle)), PALETTE[number - 1]
        spread = f"{number}: {say('P10 to P90, four fifths of the draws')}"
        ends = (f"{number}: P10", f"{number}: P90")
        series.append(ChartSeries(spread, weeks, low, high, "band", colour, ends=ends))
        name = f"{number}: {say(outcome.scenario)}, {say('median (P50)')}"
        series.append(ChartSeries(name, weeks, middle, colour=colour))
    return XYChart(
        title=say("Value of what end uses make"), id="value-made", say=say, x=Axis(say("week"), multiple=13),
        y=Axis(say("share of what is wanted"), include=(1,)), series=tuple(series), width=760, height=240,
    )  # fmt: skip
