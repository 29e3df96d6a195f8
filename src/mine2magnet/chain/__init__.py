"""The chain under stress, as a library: arrays and dataclasses in, arrays and dataclasses out, no I/O."""

from mine2magnet.chain.network import Arc, Demand, Fault, Make, Material, Network, Node, Use
from mine2magnet.chain.outcome import Outcome, Trace
from mine2magnet.chain.scenario import Change, Cover, Draws, Event, Mitigation, Scenario, draw
from mine2magnet.chain.simulate import simulate, trace
from mine2magnet.model.ranges import Range

__all__ = [
    "Arc",
    "Change",
    "Cover",
    "Demand",
    "Draws",
    "Event",
    "Fault",
    "Make",
    "Material",
    "Mitigation",
    "Network",
    "Node",
    "Outcome",
    "Range",
    "Scenario",
    "Trace",
    "Use",
    "draw",
    "simulate",
    "trace",
]
