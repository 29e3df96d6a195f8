"""Separation of rare earths by countercurrent solvent extraction: design, steady state, start-up, plant,
cost.

A numerical library in its own right: arrays and dataclasses in and out, no files, no state.

>>> from mine2magnet.separation import Cut, verified
>>> import numpy as np
>>> made = verified(Cut(np.array([1.5, 1.0]), np.array([0.75, 0.25]), np.array([True, False]), 1e-3, 1e-3))
>>> made.n_extraction, made.n_scrub, round(made.organic, 4)
(26, 26, 4.0898)
"""

from mine2magnet.model.ranges import Range
from mine2magnet.separation.closed_form import Design, Split, design, split
from mine2magnet.separation.costing import Costs, costs
from mine2magnet.separation.cut import Cut
from mine2magnet.separation.dynamics import Holdup, StartUp, on_specification, run, scheduled, throttled
from mine2magnet.separation.mass_action import Circuit, Equilibrated, Shaken, equilibrate, shake
from mine2magnet.separation.plant import CutDesign, Quantities, design_plan, quantities
from mine2magnet.separation.sequence import Plan, Step, best
from mine2magnet.separation.side_draw import SideStream, richest, three_outlets
from mine2magnet.separation.sizing import SizedCut, fit_organic, optimum, verified
from mine2magnet.separation.stages import Cascade, cascade
from mine2magnet.separation.steady import Steady, solve
from mine2magnet.separation.uncertainty import monte_carlo, tornado
from mine2magnet.separation.underwood import minimum_organic

__all__ = [
    "Cascade",
    "Circuit",
    "Costs",
    "Cut",
    "CutDesign",
    "Design",
    "Equilibrated",
    "Holdup",
    "Plan",
    "Quantities",
    "Range",
    "Shaken",
    "SideStream",
    "SizedCut",
    "Split",
    "StartUp",
    "Steady",
    "Step",
    "best",
    "cascade",
    "costs",
    "design",
    "design_plan",
    "equilibrate",
    "fit_organic",
    "minimum_organic",
    "monte_carlo",
    "on_specification",
    "optimum",
    "quantities",
    "richest",
    "run",
    "scheduled",
    "shake",
    "solve",
    "split",
    "three_outlets",
    "throttled",
    "tornado",
    "verified",
]
