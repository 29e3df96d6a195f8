"""Pyomo's `ipopt_v2` without an `ipopt` program: the IPOPT inside CasADi's wheel solves the .nl.

    ipopt_by_casadi.register()
    pyomo.environ.SolverFactory("ipopt_v2").solve(model)

Writing (with scaling and linear presolve), loading of values and results stay Pyomo's own, so models and
initialisers that ask for `ipopt_v2`, as IDAES's do, run unchanged. The wheel's only linear solver is MUMPS,
which stands in for any other. Made for Pyomo 6.10, as it replaces the private method that runs the program.
"""

from __future__ import annotations

import time
from typing import Any, ClassVar, NamedTuple

import casadi
import numpy as np
from pyomo.contrib.solver.common.base import Availability
from pyomo.contrib.solver.common.factory import SolverFactory
from pyomo.contrib.solver.solvers.asl_sol_reader import ASLSolFileData, asl_solve_code_to_solution_status
from pyomo.contrib.solver.solvers.ipopt import Ipopt, IpoptSolutionLoader

# The numbers that the program gives its ends (Ipopt, AmplTNLP.cpp); every other end is a failure.
CODES = {
    "Solve_Succeeded": 0,
    "Solved_To_Acceptable_Level": 1,
    "Feasible_Point_Found": 2,
    "Infeasible_Problem_Detected": 200,
    "Diverging_Iterates": 300,
    "Maximum_Iterations_Exceeded": 400,
    "Maximum_CpuTime_Exceeded": 401,
}
FAILURE = 500


class Run(NamedTuple):
    """One call of IPOPT, in seconds of the processor.

    In `setup` CasADi reads the .nl and derives its derivatives at once, where the program would have AMPL's
    library evaluate them; `solve` is IPOPT's own work.
    """

    variables: int
    iterations: int
    setup: float
    solve: float
    end: str


class IpoptByCasadi(Ipopt):  # type: ignore[misc]
    """Pyomo's interface with the run of the program replaced. `runs` lists those of all instances."""

    runs: ClassVar[list[Run]] = []

    def available(self) -> Availability:
        return Availability.FullLicense

    def _run_ipopt(
        self, results: Any, config: Any, nl_info: Any, basename: str, timer: Any, model: Any
    ) -> None:
        options = {**config.solver_options.value(), "linear_solver": "mumps"}
        if config.time_limit is not None:
            options["max_cpu_time"] = float(config.time_limit)
        if not config.tee:
            options |= {"print_level": 0, "sb": "yes"}
        start = time.process_time()
        nlp = casadi.NlpBuilder()
        nlp.import_nl(f"{basename}.nl")
        of_ipopt = {f"ipopt.{name}": value for name, value in options.items()}
        solver = casadi.nlpsol("solver", "ipopt", nlp, {"print_time": False, **of_ipopt})
        ready = time.process_time()
        found = solver(x0=nlp.x_init, lbx=nlp.x_lb, ubx=nlp.x_ub, lbg=nlp.g_lb, ubg=nlp.g_ub)
        done = time.process_time()
        stats = solver.stats()
        run = Run(
            len(nl_info.variables), stats["iter_count"], ready - start, done - ready, stats["return_status"]
        )
        self.runs.append(run)
        solution = ASLSolFileData()
        solution.primals = np.asarray(found["x"]).ravel().tolist()
        solution.message, solution.solve_code = run.end, CODES.get(run.end, FAILURE)
        results.extra_info.iteration_count = run.iterations
        results.solution_loader = IpoptSolutionLoader(solution, nl_info, model)
        asl_solve_code_to_solution_status(solution, results)


def register() -> None:
    """Makes this one the `ipopt_v2` of Pyomo and IDAES."""
    SolverFactory.register("ipopt", legacy_name="ipopt_v2", doc="IPOPT inside CasADi")(IpoptByCasadi)
