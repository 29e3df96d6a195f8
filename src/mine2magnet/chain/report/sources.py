"""What a result rests on: the inputs that move it most, each with the rows that it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mine2magnet.chain import Network, Outcome, Scenario, simulate
from mine2magnet.chain.io.provenance import SourcedFigure
from mine2magnet.chain.network import Floats, suggestion
from mine2magnet.chain.scenario import draw
from mine2magnet.chain.sensitivity import KINDS, Driver, tornado
from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range

VALUE = 0.25  # the values of end uses have no range in the tables: a quarter less and more is taken; judged


@dataclass(frozen=True, slots=True)
class SourcedDriver:
    """An input, USD lost at both ends of its range with all else most likely, and its share of all swings.

    `figures` are the rows it comes from: of the network's tables, or of the scenario.
    """

    kind: str
    of: str
    low: float
    high: float
    share: float
    figures: tuple[SourcedFigure, ...]


def traced(
    network: Network, scenario: Scenario, held: Sequence[SourcedFigure], workers: int = 1
) -> list[SourcedDriver]:
    """Rank what a scenario's loss hangs on.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    held : sequence of SourcedFigure
        The figures of the network's tables.
    workers : int
        Threads.

    Returns
    -------
    list of SourcedDriver
        What moves the loss most first.
    """

    def loss(outcome: Outcome) -> Floats:
        total: Floats = outcome.loss.sum(axis=0)
        return total

    by_place = {(f.table, f.column, f.index): f for f in held}
    found = [
        SourcedDriver(s.driver.kind, s.driver.of, s.low, s.high, 0.0, _rows(s.driver, scenario, by_place))
        for s in tornado(network, scenario, loss, workers=workers)
    ]
    found += _values(network, scenario, by_place)
    total = sum(abs(d.high - d.low) for d in found) or 1.0
    found = [_shared(d, total) for d in found]
    return sorted((d for d in found if d.share > 0), key=lambda d: -d.share)


def named(held: Sequence[SourcedFigure], name: str) -> list[SourcedFigure]:
    """Return all figures of a node or material.

    Parameters
    ----------
    held : sequence of SourcedFigure
        The figures of a network's tables.
    name : str
        Of a node, a material or an element, or what stands before the comma in the names of nodes.

    Returns
    -------
    list of SourcedFigure
        In the order of the tables.

    Raises
    ------
    UserError
        If no row names it.
    """
    names = {f.of: f.of.split(" → ") for f in held}
    found = [f for f in held if name in names[f.of]]
    found = found or [f for f in held if any(of.startswith(f"{name}, ") for of in names[f.of])]
    if not found:
        near = suggestion(name, {of for each in names.values() for of in each})
        hint = near or "a node or a material"
        raise UserError(f"no row names {name!r:.80}", where="--trace", hint=hint)
    return found


def _shared(driver: SourcedDriver, total: float) -> SourcedDriver:
    share = abs(driver.high - driver.low) / total
    return SourcedDriver(driver.kind, driver.of, driver.low, driver.high, share, driver.figures)


def _rows(
    driver: Driver, scenario: Scenario, held: dict[tuple[str, str, int], SourcedFigure]
) -> tuple[SourcedFigure, ...]:
    if driver.field in ("events", "changes"):
        return _of_event(driver, scenario)
    _, table, column = KINDS[driver.field]
    if not table:
        return (_of_scenario(driver.kind, scenario.hoarding, ()),)
    places = ((table, column, row) for row in driver.rows)
    return tuple(held[place] for place in places if place in held)


def _of_event(driver: Driver, scenario: Scenario) -> tuple[SourcedFigure, ...]:
    if driver.field == "events":
        event = scenario.events[driver.rows[0]]
        quantity, evidence = getattr(event, driver.event), event.evidence
    else:
        event, change = [(e, c) for e in scenario.events for c in e.changes][driver.rows[0]]
        quantity, evidence = getattr(change, driver.event), event.evidence
    return (_of_scenario(f"{driver.kind}: {driver.of}", quantity, evidence),)


def _of_scenario(of: str, quantity: Range, evidence: tuple[str, ...]) -> SourcedFigure:
    """A figure of the scenario: its own choice, or judged by what documents say of the event."""
    return SourcedFigure(
        "scenario", 0, 0, of, "", quantity.likely, quantity.low, quantity.high, "", "",
        "; ".join(evidence), "", "judged" if evidence else "assumption", "",
    )  # fmt: skip


def _values(
    network: Network, scenario: Scenario, held: dict[tuple[str, str, int], SourcedFigure]
) -> list[SourcedDriver]:
    """Find what a quarter more or less of the value of each kind of end use does: loss is linear in it."""
    lost = simulate(network, scenario, draw(network, scenario, 0)).loss[:, 0]
    total = float(lost.sum())
    kinds: dict[str, list[int]] = {}
    for i, demand in enumerate(network.demands):
        kinds.setdefault(demand.node.partition(", ")[0], []).append(i)
    found = []
    for kind, rows in kinds.items():
        hit = [i for i in rows if lost[i] > 0]
        part = VALUE * float(lost[hit].sum())
        figures = tuple(held[place] for i in hit if (place := ("demands", "value", i)) in held)
        found.append(SourcedDriver("value", kind, total - part, total + part, 0.0, figures))
    return found
