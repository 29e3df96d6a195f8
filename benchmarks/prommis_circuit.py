"""PrOMMiS 1.1.0's example of solvent extraction run as it stands, and the same equations by our balances.

Twelve metals pass from a sulphuric leach solution to DEHPA in kerosene. A metal's ratio of concentrations D
is PrOMMiS's fit of pH and free extractant, or a constant. The volume flows are constant, and an extracted ion
frees its charge in protons and binds as much extractant, so that D follows from the metals in the two phases
of its own stage (with HSO4 dissociated). Here D and the linear balances are brought up to date by turns.

Stages are numbered as in `mine2magnet.separation`: fresh organic enters stage 0, which is their last.
"""

from __future__ import annotations

import contextlib
import io
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from ipopt_by_casadi import IpoptByCasadi
from prommis.solvent_extraction import solvent_extraction_steady as example
from pyomo.core.base.suffix import SuffixFinder
from pyomo.environ import Constraint, check_optimal_termination, value

from mine2magnet.separation.balances import Balances, exchange
from mine2magnet.separation.stages import Array, Cascade

DOSAGE = 5  # % by volume, as in their script
PURE_EXTRACTANT = 975.8e3  # mg/L, DEHPA (their extractant_dosage_eqn)
MG_PER_KG = 1e6
SETTLED = 1e-13  # relative change of D; their results are compared to about 1e-9
MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class TheirRun:
    """Seconds (of the processor) of each part of their script, and what came out.

    `reading`, a part of the others, is what CasADi took to read and differentiate: an `ipopt` program would
    save most of it. `residual` is the largest of any of their equations, in their own scaling.
    """

    model: Any
    build: float
    initialise: float
    solve: float
    reading: float
    solved: bool
    equations: int
    residual: float

    @property
    def total(self) -> float:
        return self.build + self.initialise + self.solve


def run(stages: int) -> TheirRun:
    """Their script: build, their initialiser, their solve."""
    IpoptByCasadi.runs.clear()
    marks = [time.process_time()]
    with contextlib.redirect_stdout(io.StringIO()):
        model = example.model_buildup_and_set_inputs(DOSAGE, stages, has_holdup=False)
        marks.append(time.process_time())
        example.initialize_steady_model(model)
        marks.append(time.process_time())
        results = example.solve_model(model)
        marks.append(time.process_time())
    scale = SuffixFinder("scaling_factor", 1.0)
    off = [
        abs(value(c.body) - value(c.upper)) * scale.find(c)
        for c in model.component_data_objects(Constraint, active=True)
    ]
    build, initialise, solve = np.diff(marks).tolist()
    return TheirRun(
        model,
        build=build,
        initialise=initialise,
        solve=solve,
        reading=sum(r.setup for r in IpoptByCasadi.runs),
        solved=check_optimal_termination(results),
        equations=len(off),
        residual=max(off),
    )


@dataclass(frozen=True, slots=True)
class Circuit:
    """Their circuit as arrays: concentrations in mol/L, flows in L/h, one entry per metal (C)."""

    stages: int
    flow_aqueous: float
    flow_organic: float
    fed_aqueous: Array
    fed_organic: Array
    charge: Array
    protons: float  # free and in HSO4, as they enter
    sulphate: float  # with HSO4
    dissociation: float  # of HSO4, mol/L
    extractant: float
    full_dosage: float  # mol/L of extractant at 100 %
    fit: Array  # (4, C): log10 D = (m0 + m1 s) pH + B0 + B1 log10 s, s the dosage in %
    constant: Array  # D where not fitted, else 0

    def distribution(self, aqueous: Array, organic: Array) -> Array:
        """D (N, C) of stages with these metals in either phase (N, C)."""
        protons = self.protons + (self.fed_aqueous - aqueous) @ self.charge
        half = (protons - self.dissociation - self.sulphate) / 2
        free = half + np.sqrt(half**2 + self.dissociation * protons)
        bound = (organic - self.fed_organic) @ self.charge
        dosage = 100 * (self.extractant - bound)[:, None] / self.full_dosage
        m0, m1, b0, b1 = self.fit
        fitted = 10 ** (-(m0 + m1 * dosage) * np.log10(free)[:, None] + b0 + b1 * np.log10(dosage))
        return np.where(self.constant > 0, self.constant, fitted)

    def balanced(self, d: Array) -> tuple[Array, Array]:
        """Concentrations (N, C) of both phases at fixed D (N, C)."""
        zero, one = np.zeros(self.stages), np.ones(self.stages)
        fed = np.zeros((2, self.stages, len(self.charge)))
        fed[0, -1], fed[1, 0] = self.flow_aqueous * self.fed_aqueous, self.flow_organic * self.fed_organic
        c = Cascade(d, self.flow_aqueous * one, fed[0], fed[1], zero, zero, one)
        kappa = np.full(self.stages, np.log(self.flow_organic / self.flow_aqueous))
        balances = Balances(c, exchange(c, kappa))
        z = balances.solve()
        return z / self.flow_aqueous, balances.organic(z) / self.flow_organic

    def solve(self) -> tuple[Array, Array, int]:
        """Concentrations of both phases (N, C) and rounds taken, from what is fed alone."""
        d = self.distribution(
            *(np.tile(fed, (self.stages, 1)) for fed in (self.fed_aqueous, self.fed_organic))
        )
        for rounds in range(1, MOST_ROUNDS):
            aqueous, organic = self.balanced(d)
            before, d = d, self.distribution(aqueous, organic)
            if abs(d / before - 1).max() < SETTLED:
                return aqueous, organic, rounds
        raise ArithmeticError(f"D still moves after {MOST_ROUNDS} rounds")


def circuit(model: Any) -> Circuit:
    """The inputs of their model: nothing that it solved for."""
    fs, contactor = model.fs, model.fs.solex.mscontactor
    metals = list(fs.reaxn.element_list)
    water, oil = contactor.aqueous_inlet_state[0], contactor.organic_inlet_state[0]

    def fed(state: Any, weights: Any, name: str) -> float:
        return float(value(state.conc_mass_comp[name]) / (value(weights[name]) * MG_PER_KG))

    def per_metal(parameter: Any) -> list[float]:
        return [value(parameter[metal]) for metal in metals]

    aqueous = {name: fed(water, fs.leach_soln.mw, name) for name in (*metals, "H", "HSO4", "SO4")}
    reactions = fs.reaxn.reaction_stoichiometry
    return Circuit(
        stages=len(contactor.elements),
        flow_aqueous=value(water.flow_vol),
        flow_organic=value(oil.flow_vol),
        fed_aqueous=np.array([aqueous[metal] for metal in metals]),
        fed_organic=np.array([fed(oil, fs.prop_o.mw, f"{metal}_o") for metal in metals]),
        charge=np.array([float(reactions[f"{metal}_mass_transfer", "liquid", "H"]) for metal in metals]),
        protons=aqueous["H"] + aqueous["HSO4"],
        sulphate=aqueous["SO4"] + aqueous["HSO4"],
        dissociation=value(fs.leach_soln.Ka2),
        extractant=fed(oil, fs.prop_o.mw, "DEHPA"),
        full_dosage=PURE_EXTRACTANT / (value(fs.prop_o.mw["DEHPA"]) * MG_PER_KG),
        fit=np.array([per_metal(getattr(fs.reaxn, name)) for name in ("m0", "m1", "B0", "B1")]),
        constant=np.array(per_metal(fs.reaxn.K1)) * per_metal(fs.reaxn.K_corr),
    )


def profiles(model: Any) -> tuple[Array, Array]:
    """Their solution: concentrations (N, C) of the metals in both phases, mol/L."""
    contactor, metals = model.fs.solex.mscontactor, list(model.fs.reaxn.element_list)
    stages = sorted(contactor.elements, reverse=True)
    aqueous = [[contactor.aqueous[0, s].conc_mol_comp[m].value for m in metals] for s in stages]
    organic = [[contactor.organic[0, s].conc_mol_comp[f"{m}_o"].value for m in metals] for s in stages]
    return np.array(aqueous), np.array(organic)
