"""Separation cascades: this solver beside PrOMMiS, a plain Pyomo model with IPOPT, and difflow, in one run.

    OPENBLAS_NUM_THREADS=1 python benchmarks/separation_speed.py [--quick]

Peers are optional (`pip install prommis==1.1.0 casadi difflow==0.2.2`); a missing one is reported as such.
IPOPT is the one inside CasADi's wheel: it reads the model as .nl. From raw starting values it does not
converge on a cascade, so it is started from this solver's solution with every value off by 1 %: its easiest
case.
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mine2magnet.separation import Cut, Hold, cascade, dynamics, sizing, steady
from mine2magnet.separation.balances import Balances, exchange
from mine2magnet.separation.stages import Array, Cascade

# Adjacent separation factors of P507 as in data/separation, and monazite's rare earths, mol fractions.
BETA: Array = np.asarray(
    np.cumprod([1, 6.83, 2.03, 1.55, 10.6, 1.96, 1.46, 2.35, 1.62, 2.58, 1.25, 1.4, 3.34, 3.56, 1.78]),
    np.float64,
)
FEED: Array = np.array(
    [
        0.235,
        0.492,
        0.0416,
        0.1637,
        0.0249,
        0.0045,
        0.0128,
        0.002,
        0.0035,
        6e-4,
        0.0124,
        8e-4,
        1e-4,
        5e-4,
        1e-4,
    ]
)
FEED /= FEED.sum()


def best_of(runs: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """The least seconds of some runs, and the last result."""
    least, result = float("inf"), None
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        least = min(least, time.perf_counter() - start)
    return least, result


def example(elements: int, stages: int) -> Cascade:
    """The middle cut of the first so many elements (Nd/Pr of 15), at 1.3 times the least organic flow; the
    split a thousandth off critical, as purities of 3N make it."""
    beta, feed = BETA[:elements], FEED[:elements] / FEED[:elements].sum()
    at = min(3, elements // 2)
    cut = Cut(beta, feed, np.arange(elements) >= at, 1e-3, 1e-4)
    return cascade(beta, feed, 1.3 * cut.minimum_organic, cut.out_a, stages // 2, stages - stages // 2)


def installed(*names: str) -> bool:
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        print(f"  not installed: {', '.join(missing)}")
    return not missing


def beside_pyomo(elements: int, stages: int) -> None:
    """The same equations, element by element and stage by stage, in Pyomo; solved by IPOPT."""
    ours, s = best_of(5, lambda: steady.solve(example(elements, stages)))
    c = s.cascade
    print(f"  {elements} elements x {stages} stages: ours {ours * 1e3:.2f} ms, residual {s.residual:.0e}")
    if not installed("pyomo", "casadi"):
        return
    import casadi
    import pyomo.environ as pyo
    from pyomo.repn.plugins.nl_writer import NLWriter

    def build() -> Any:
        m = pyo.ConcreteModel()
        m.i, m.j = pyo.RangeSet(0, elements - 1), pyo.RangeSet(0, stages - 1)
        off = np.random.default_rng(0).uniform(0.99, 1.01, (2, stages, elements))
        m.l = pyo.Var(m.j, m.i, bounds=(0, None), initialize=lambda _, j, i: s.aqueous[j, i] * off[0, j, i])
        m.v = pyo.Var(m.j, m.i, bounds=(0, None), initialize=lambda _, j, i: s.organic[j, i] * off[1, j, i])
        m.balance = pyo.Constraint(
            m.j,
            m.i,
            rule=lambda m, j, i: (
                m.l[j, i] + m.v[j, i]
                == float(c.feed_aqueous[j, i])
                + (m.l[j + 1, i] if j + 1 < stages else 0)
                + (m.v[j - 1, i] if j else 0)
            ),
        )
        organic = c.organic
        m.equilibrium = pyo.Constraint(
            m.j,
            m.i,
            rule=lambda m, j, i: (
                m.v[j, i] * sum(float(c.beta[k]) * m.l[j, k] for k in m.i)
                == float(organic[j] * c.beta[i]) * m.l[j, i]
            ),
        )
        m.nothing = pyo.Objective(expr=0.0)
        return m

    built, m = best_of(1, build)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cascade.nl"
        start = time.perf_counter()
        with path.open("w") as stream:
            info = NLWriter().write(m, stream)
        nlp = casadi.NlpBuilder()
        nlp.import_nl(str(path))
        solver = casadi.nlpsol(
            "s",
            "ipopt",
            nlp,
            {"ipopt.print_level": 0, "ipopt.sb": "yes", "print_time": False, "ipopt.tol": 1e-10},
        )
        read = time.perf_counter() - start
        start = time.perf_counter()
        found = solver(x0=nlp.x_init, lbx=nlp.x_lb, ubx=nlp.x_ub, lbg=nlp.g_lb, ubg=nlp.g_ub)
        solved = time.perf_counter() - start
    values = dict(zip((v.name for v in info.variables), np.asarray(found["x"]).ravel(), strict=True))
    theirs = np.array([[values[m.l[j, i].name] for i in range(elements)] for j in range(stages)])
    total = built + read + solved
    status = solver.stats()
    largest = abs(theirs - s.aqueous).max()
    off = f"largest difference {largest:.0e} mol" if status["success"] else "no solution"
    print(
        f"    Pyomo + IPOPT ({status['return_status']}): build {built:.2f} s, write and read {read:.2f} s, "
        f"solve {solved:.2f} s; {total / ours:,.0f} x ours; {off}"
    )


def beside_difflow() -> None:
    """One extraction section of 30 stages, 8 elements of fixed D: Kremser there, the linear balances here."""
    d = np.array([0.2, 0.5, 0.9, 1.1, 1.6, 2.5, 4.0, 9.0])
    n, c = 30, len(d)
    zero = np.zeros(n)
    fed = np.zeros((n, c))
    fed[-1] = 1.0
    section = Cascade(d, np.ones(n), fed, np.zeros((n, c)), zero, zero, np.ones(n))
    ours, z = best_of(5, lambda: Balances(section, exchange(section, zero)).solve())
    print(f"  8 elements x 30 stages of fixed D (no coupling): ours {ours * 1e3:.2f} ms")
    if not installed("difflow"):
        return
    from difflow.streams import make_stream
    from difflow.units.lle import CascadeParams, DistributionCoeffs, LLEEquilibrium, MultistageCascade

    names = tuple(f"e{k}" for k in range(c))
    equilibrium = LLEEquilibrium(
        K_coeffs=DistributionCoeffs(names, tuple(d)),
        solutes=names,
        aqueous_carrier="water",
        organic_carrier="oil",
    )
    unit = MultistageCascade(CascadeParams(n_stages=n, equilibrium=equilibrium))
    feed = make_stream({**dict.fromkeys(names, 1.0), "water": 1.0}, 298.15, 1e5)
    oil = make_stream({**dict.fromkeys(names, 0.0), "oil": 1.0}, 298.15, 1e5)
    first, _ = best_of(1, lambda: unit(feed, oil))
    again, (raffinate, *_rest) = best_of(3, lambda: unit(feed, oil))
    got = np.array([float(raffinate[f"F_{name}"]) for name in names])
    print(
        f"    difflow: first call {first:.2f} s, again {again * 1e3:.0f} ms ({again / ours:,.0f} x ours); "
        f"largest difference {abs(got - z[0]).max():.0e} mol"
    )


def beside_prommis() -> None:
    """Its own circuit, 12 metals with its own correlations: other equations, so seconds only.

    Only the build is timed: its initialiser wants an `ipopt` program, which no package here brings.
    """
    for stages in (3, 30, 100):
        ours, _ = best_of(5, lambda n=stages: steady.solve(example(12, n)))  # type: ignore[misc]
        print(f"  12 elements x {stages} stages: ours {ours * 1e3:.2f} ms build and solve")
        if not installed("prommis"):
            return
        from prommis.solvent_extraction.solvent_extraction_steady import model_buildup_and_set_inputs

        built, _ = best_of(1, lambda n=stages: model_buildup_and_set_inputs(5, n, False))  # type: ignore[misc]
        print(
            f"    PrOMMiS: build alone {built:.2f} s ({built / ours:,.0f} x ours); "
            "not solved: no ipopt program"
        )


def growth() -> None:
    for elements, stages in ((15, 100), (15, 300), (15, 1000), (2, 300), (5, 300), (10, 300)):
        seconds, s = best_of(5, lambda e=elements, n=stages: steady.solve(example(e, n)))  # type: ignore[misc]
        print(
            f"  {elements:2} x {stages:4}: {seconds * 1e3:6.1f} ms, {s.steps} Newton steps, "
            f"residual {s.residual:.0e}"
        )


def start_up(days: float) -> None:
    c = example(15, 300)
    hold = Hold(np.full(300, 0.6), np.full(300, 0.5))
    a_side = np.arange(15) >= 3
    for name, control in (
        ("fixed flows", None),
        ("on specification", dynamics.on_specification(c, a_side, 1e-3, 1e-4)),
    ):
        seconds, r = best_of(1, lambda how=control: dynamics.run(c, hold, days * 24, control=how))  # type: ignore[misc]
        change = r.held.sum(axis=0) - r.first_held.sum(axis=0)
        lost = abs(r.fed - r.made_a - r.made_b - change).max() / r.fed.sum()
        print(
            f"  15 x 300, {days:g} days, {name}: {seconds:.2f} s, {len(r.times)} steps, "
            f"balance {lost:.0e} of the feed"
        )


def sizes() -> None:
    cut = Cut(BETA, FEED, np.arange(15) >= 3, 1e-4, 1e-4)
    seconds, made = best_of(1, lambda: sizing.optimum(cut))
    print(f"  15 elements, Nd/Pr at 4N/4N: optimum of {made.n} + {made.m} stages in {seconds:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller peers' cases, a day of start-up")
    quick = parser.parse_args().quick
    print("Equal equations: a plain Pyomo ideal cascade")
    for elements, stages in ((2, 52), (8, 65)) if quick else ((2, 52), (8, 65), (15, 100)):
        beside_pyomo(elements, stages)
    print("difflow")
    beside_difflow()
    print("PrOMMiS")
    beside_prommis()
    print("Growth")
    growth()
    print("Start-up")
    start_up(1 if quick else 30)
    print("Design")
    sizes()


if __name__ == "__main__":
    main()
