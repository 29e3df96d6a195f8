"""Events in time: how far each is on in each week of each draw, and with what strength and licences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mine2magnet.chain.network import Floats, Ints, Network
from mine2magnet.chain.scenario import CHANGING, ON_ARCS, ON_NODES, Draws, Scenario

HELD = ("embargo", "licence")  # kinds that keep goods from leaving


@dataclass(frozen=True, slots=True)
class Forcing:
    """What the events of a scenario are in each week: weeks × events × S.

    `within` is the part of the week in which the event is on; `strength`, `processing` (weeks),
    `approval` and `desk` are what then holds, with changes.
    """

    within: Floats
    strength: Floats
    processing: Floats
    approval: Floats
    desk: Floats

    @classmethod
    def of(cls, scenario: Scenario, draws: Draws) -> Forcing:
        """Return what the events are in each week of each draw.

        Parameters
        ----------
        scenario : Scenario
            Whose events.
        draws : Draws
            Of its ensemble.

        Returns
        -------
        Forcing
            Over the weeks of the scenario.
        """
        t = np.arange(scenario.weeks, dtype=float)[:, None, None]
        start, end = draws.events["start"], draws.events["start"] + draws.events["weeks"]
        within = np.clip(np.minimum(t + 1, end) - np.maximum(t, start), 0.0, 1.0)
        held = {name: np.broadcast_to(draws.events[name], within.shape).astype(float) for name in CHANGING}
        later = [(k, c.after) for k, e in enumerate(scenario.events) for c in e.changes]
        for row, (k, after) in enumerate(later):
            reached = t[:, 0] >= start[k] + after
            for name in CHANGING:
                given = draws.changes[name][row]
                now = held[name][:, k]
                held[name][:, k] = np.where(reached & ~np.isnan(given), given, now)
        return cls(within, **held)


def cut_off(network: Network, kind: str, targets: Ints) -> Floats:
    """Return the share of each input's normal supply that an event of this kind acts on.

    Parameters
    ----------
    network : Network
        Checked tables.
    kind : str
        Of event.
    targets : array of int
        Nodes or arcs that the event names.

    Returns
    -------
    array of shape (uses,)
        From 0 to 1; nought for events that hold nothing back.
    """
    arcs = (
        targets if kind in ON_ARCS else np.flatnonzero(np.isin(network.places("arcs", "supplier"), targets))
    )
    share = np.zeros(len(network.arcs))
    if kind in (*HELD, *ON_NODES):
        share[arcs] = network.column("arcs", "share")[arcs]
    cut = np.bincount(network.arc_use, share, minlength=len(network.uses))
    return np.asarray(cut, dtype=float)
