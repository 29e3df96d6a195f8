"""Why something stopped: the binding input, the week, and the path upstream to the event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mine2magnet.chain.network import Ints
from mine2magnet.chain.outcome import Trace
from mine2magnet.chain.scenario import ON_ARCS, ON_NODES, Scenario, targets

DEPTH = 12  # steps upstream; no chain in use is longer, and loops must end


@dataclass(frozen=True, slots=True)
class Cause:
    """In week `week`, `node` was held back by `material` (an input) or, if empty, by its own `cause`.

    `made` is the share of what was wanted that it made; None where it might not ship what it had.
    """

    week: int
    node: str
    material: str
    cause: str
    made: float | None


@dataclass(frozen=True, slots=True)
class Stop:
    """An end use's first stop and the path from it upstream to what began it."""

    end: str
    week: int
    path: tuple[Cause, ...]

    def __str__(self) -> str:
        steps = []
        for s in self.path:
            made = "" if s.made is None else f", makes {s.made:.0%}"
            held = f"no {s.material}" if s.material else s.cause
            steps.append(f"{s.node} (week {s.week}{made}): {held}")
        return " ← ".join(steps)


def stops(trace: Trace, scenario: Scenario) -> list[Stop]:
    """Explain every end use that stopped in a recorded draw, soonest first.

    Parameters
    ----------
    trace : Trace
        The draw.
    scenario : Scenario
        The one that was run.

    Returns
    -------
    list of Stop
        Each with its path upstream to the event.
    """
    network = trace.network
    on_nodes: dict[int, list[str]] = {}
    on_arcs: dict[int, list[str]] = {}
    for event in scenario.events:
        held = on_nodes if event.kind in ON_NODES else on_arcs if event.kind in ON_ARCS else {}
        for k in targets(network, event).tolist():
            held.setdefault(k, []).append(event.label)
    found = []
    for u, node in enumerate(network.places("demands", "node").tolist()):
        if np.isfinite(trace.first_stop[u]):
            week = int(trace.first_stop[u])
            path = _path(trace, node, week, on_nodes, on_arcs)
            found.append(Stop(network.demands[u].node, week, tuple(path)))
    return sorted(found, key=lambda s: (s.week, s.end))


def _path(
    trace: Trace, node: int, week: int, on_nodes: dict[int, list[str]], on_arcs: dict[int, list[str]]
) -> list[Cause]:
    network = trace.network
    use_node, buyer = network.places("uses", "node"), network.arc_use
    supplier = network.places("arcs", "supplier")
    steps: list[Cause] = []
    seen: set[int] = set()
    while len(steps) < DEPTH and node not in seen:
        seen.add(node)
        name, made = network.nodes[node].name, _share(trace, node, week)
        inputs = np.flatnonzero(use_node == node)
        scarce = inputs[np.argmin(trace.covered[week, inputs])] if len(inputs) else -1
        if scarce < 0 or trace.covered[week, scarce] >= 1 - 1e-9:
            held = trace.limit[week, node] < trace.desired[week, node] * (1 - 1e-9)
            cause = "; ".join(on_nodes.get(node, [])) or (
                "at the limit of its capacity" if held else "stopped by nothing of its own"
            )
            steps.append(Cause(week, name, "", cause, made))
            break
        steps.append(Cause(week, name, network.uses[scarce].material, "", made))
        arcs = np.flatnonzero(buyer == scarce)
        arc, sent = _worst(trace, arcs, week)
        stopped = trace.allowed[sent, arc] < trace.asked[sent, arc] * (1 - 1e-6)
        if stopped and arc in on_arcs:
            cause = "; ".join(on_arcs[arc])
            steps.append(Cause(sent, network.nodes[supplier[arc]].name, "", f"may not ship: {cause}", None))
            break
        node, week = int(supplier[arc]), _weakest(trace, int(supplier[arc]), sent)
    return steps


def _share(trace: Trace, node: int, week: int) -> float:
    wanted = trace.desired[week, node]
    return float(min(trace.level[week, node] / wanted, 1.0)) if wanted > 0 else 1.0


def _worst(trace: Trace, arcs: Ints, week: int) -> tuple[int, int]:
    """The arc that fell furthest short of what was asked before `week`, and the week it did so most."""
    since = max(0, week - 26)
    missing = trace.asked[since : week + 1, arcs] - trace.shipped[since : week + 1, arcs]
    arc = int(np.argmax(missing.sum(axis=0)))
    return int(arcs[arc]), since + int(np.argmax(missing[:, arc]))


def _weakest(trace: Trace, node: int, week: int) -> int:
    """The week up to `week`, within half a year, in which a node made the least of what it was asked for."""
    since = max(0, week - 26)
    wanted = np.maximum(trace.desired[since : week + 1, node], 1e-300)
    return since + int(np.argmin(trace.level[since : week + 1, node] / wanted))
