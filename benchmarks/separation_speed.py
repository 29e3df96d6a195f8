"""Separation cascades: this solver beside PrOMMiS, a plain Pyomo model with IPOPT, and difflow, in one run.

    OPENBLAS_NUM_THREADS=1 python benchmarks/separation_speed.py [--quick]

Seconds are of the processor, so that other work on the machine does not count; on one thread of a quiet
machine they are the clock's.

Peers are optional (`pip install prommis==1.1.0 casadi difflow==0.2.2`, best in a virtual environment of their
own); a missing one is reported as such. IPOPT is the one inside CasADi's wheel (ipopt_by_casadi.py). On the
ideal cascade it starts from this solver's solution with every value off by 1 %, its easiest case, and from
what anyone knows beforehand. PrOMMiS runs its own script from raw values, its own initialiser included.
"""

from __future__ import annotations

import argparse
import importlib.util
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from mine2magnet.separation import Cut, Holdup, cascade, dynamics, sizing, steady
from mine2magnet.separation.balances import Balances, exchange
from mine2magnet.separation.stages import Array, Cascade, Mask

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
        start = time.process_time()
        result = work()
        least = min(least, time.process_time() - start)
    return least, result


def extracted(elements: int) -> Mask:
    """Which of the first so many elements go with the organic: from Nd on, of 15."""
    return np.arange(elements) >= min(3, elements // 2)


def example(elements: int, stages: int) -> Callable[[], Cascade]:
    """What builds the middle cut of the first so many elements (Nd/Pr of 15), at 1.3 times the least organic
    flow; the split a thousandth off critical, as purities of 3N make it."""
    beta, feed = BETA[:elements], FEED[:elements] / FEED[:elements].sum()
    cut = Cut(beta, feed, extracted(elements), 1e-3, 1e-4)
    n, organic = stages // 2, 1.3 * cut.minimum_organic
    return partial(cascade, beta, feed, organic, cut.extract_flow, n, stages - n)


def ours_solved(elements: int, stages: int) -> tuple[float, steady.Steady]:
    """The least seconds to build and solve it."""
    make = example(elements, stages)
    return best_of(20, lambda: steady.solve(make()))


def installed(*names: str) -> bool:
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        print(f"  not installed: {', '.join(missing)}")
    return not missing


def beside_pyomo(elements: int, stages: int) -> None:
    """The same equations, element by element and stage by stage, in Pyomo; solved by IPOPT."""
    ours, s = ours_solved(elements, stages)
    c = s.cascade
    print(f"  {elements} elements x {stages} stages: ours {ours * 1e3:.2f} ms, residual {s.residual:.0e}")
    if not installed("pyomo", "casadi"):
        return
    import pyomo.environ as pyo
    from ipopt_by_casadi import IpoptByCasadi

    def build(aqueous: Array, organic: Array) -> Any:
        m = pyo.ConcreteModel()
        m.i, m.j = pyo.RangeSet(0, elements - 1), pyo.RangeSet(0, stages - 1)
        m.l = pyo.Var(m.j, m.i, bounds=(0, None), initialize=lambda _, j, i: aqueous[j, i])
        m.v = pyo.Var(m.j, m.i, bounds=(0, None), initialize=lambda _, j, i: organic[j, i])
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
        total = c.organic
        m.equilibrium = pyo.Constraint(
            m.j,
            m.i,
            rule=lambda m, j, i: (
                m.v[j, i] * sum(float(c.beta[k]) * m.l[j, k] for k in m.i)
                == float(total[j] * c.beta[i]) * m.l[j, i]
            ),
        )
        m.nothing = pyo.Objective(expr=0.0)
        return m

    for name, aqueous, organic, options in starts(s):
        built, m = best_of(1, partial(build, aqueous, organic))
        solve = partial(IpoptByCasadi().solve, m, raise_exception_on_nonoptimal_result=False)
        options |= {"tol": 1e-10, "max_cpu_time": 60.0}
        solved, _ = best_of(1, partial(solve, solver_options=options))
        run = IpoptByCasadi.runs[-1]
        theirs = np.array([[m.l[j, i].value for i in m.i] for j in m.j])
        off = f"largest difference {abs(theirs - s.aqueous).max():.0e} mol"
        print(
            f"    Pyomo + IPOPT from {name}: {run.end}, {run.iterations} iterations; build {built:.2f} s, "
            f"write and read {solved - run.solve:.2f} s, solve {run.solve:.2f} s; "
            f"{(built + solved) / ours:,.0f} x ours; {off if run.end == 'Solve_Succeeded' else 'no solution'}"
        )


def starts(s: steady.Steady) -> Iterator[tuple[str, Array, Array, dict[str, Any]]]:
    """Where IPOPT may start: a name, the flows of both phases (N, C), and its options."""
    c = s.cascade
    off = np.random.default_rng(0).uniform(0.99, 1.01, (2, *s.aqueous.shape))
    # By default IPOPT moves small flows off their bound of 0 first, and the good start is lost.
    keep = {"mu_init": 1e-10, "bound_push": 1e-16, "bound_frac": 1e-16}
    yield "our solution off by 1 %", s.aqueous * off[0], s.organic * off[1], keep
    feed = c.feed / c.feed.sum()
    a_side = extracted(len(feed))
    sharp_a, sharp_b = (np.where(side, feed, 0) / feed[side].sum() for side in (a_side, ~a_side))
    along = np.linspace(0, 1, c.stages)[:, None]
    for name, fractions in (
        ("the feed's composition everywhere", np.tile(feed, (c.stages, 1))),
        ("a straight line between pure products", (1 - along) * sharp_b + along * sharp_a),
    ):
        yield name, c.aqueous[:, None] * fractions, c.organic[:, None] * fractions, {}


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


def beside_prommis(quick: bool) -> None:
    """Its own circuit of 12 metals by its own script; then its equations, and as large a cascade, here."""
    if not installed("prommis", "casadi"):
        return
    logging.disable(logging.INFO)  # its initialiser reports every step
    script = "prommis.solvent_extraction.solvent_extraction_steady"
    code = f"import time; t = time.process_time(); import {script}; print(time.process_time() - t)"
    said = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True) for _ in range(2)]
    print(f"  import {min(float(one.stdout) for one in said):.1f} s, counted nowhere below")
    import ipopt_by_casadi
    import prommis_circuit

    ipopt_by_casadi.register()
    for stages in (3, 30) if quick else (3, 30, 100):
        theirs = min((prommis_circuit.run(stages) for _ in range(3)), key=lambda run: run.total)
        print(
            f"  12 metals x {stages} stages, {theirs.equations:,} equations: PrOMMiS "
            f"{'solves' if theirs.solved else 'DOES NOT SOLVE'} them, scaled residual {theirs.residual:.0e}; "
            f"build {theirs.build:.2f} s, initialise {theirs.initialise:.2f} s, solve {theirs.solve:.2f} s, "
            f"{theirs.reading:.2f} s of it CasADi's reading"
        )
        circuit = prommis_circuit.circuit(theirs.model)
        aqueous, organic = prommis_circuit.profiles(theirs.model)
        ours, (x, y, rounds) = best_of(9, circuit.solve)
        off = max(abs(x / aqueous - 1).max(), abs(y / organic - 1).max())
        print(
            f"    the same circuit here, its own fit of D: {ours * 1e3:.2f} ms in {rounds} rounds "
            f"(theirs {theirs.total / ours:,.0f} x); concentrations differ by {off:.0e} of themselves at most"
        )
        fixed, (x, y) = best_of(9, partial(circuit.balanced, organic / aqueous))
        off = max(abs(x[0] / aqueous[0] - 1).max(), abs(y[-1] / organic[-1] - 1).max())
        print(
            f"    with the D that it found: {fixed * 1e3:.2f} ms; outlets differ by {off:.0e} of themselves"
        )
        ideal, _ = ours_solved(12, stages)
        print(
            f"    other equations, 12 elements at constant loading: {ideal * 1e3:.2f} ms here "
            f"(theirs {theirs.total / ideal:,.0f} x)"
        )


def growth() -> None:
    for elements, stages in ((15, 100), (15, 300), (15, 1000), (2, 300), (5, 300), (10, 300)):
        seconds, s = ours_solved(elements, stages)
        print(
            f"  {elements:2} x {stages:4}: {seconds * 1e3:6.1f} ms, {s.steps} Newton steps, "
            f"residual {s.residual:.0e}"
        )


def start_up(days: float) -> None:
    c = example(15, 300)()
    hold = Holdup(np.full(300, 0.6), np.full(300, 0.5))
    a_side = extracted(15)
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
    cut = Cut(BETA, FEED, extracted(15), 1e-4, 1e-4)
    seconds, made = best_of(1, lambda: sizing.optimum(cut))
    print(
        f"  15 elements, Nd/Pr at 4N/4N: optimum of {made.n_extraction} + {made.n_scrub} stages "
        f"in {seconds:.2f} s"
    )


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
    beside_prommis(quick)
    print("Growth")
    growth()
    print("Start-up")
    start_up(1 if quick else 30)
    print("Design")
    sizes()


if __name__ == "__main__":
    main()
