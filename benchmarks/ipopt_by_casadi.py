"""Pyomo's `ipopt_v2` without an `ipopt` program: the IPOPT inside CasADi's wheel reads the .nl in this process.

    ipopt_by_casadi.register()
    pyomo.environ.SolverFactory("ipopt_v2").solve(model)

Writing (scaling and linear presolve included), loading of the values and results are Pyomo's own, so models
and initialisers that ask for `ipopt_v2`, as IDAES's do, run unchanged. Only MUMPS comes with the wheel: other
linear solvers are replaced by it. Written for Pyomo 6.10, whose private `_run_ipopt` is the one method replaced.
"""

from __future__ import annotations

import time
from typing import Any

import casadi
import numpy as np
from pyomo.contrib.solver.common.base import Availability
from pyomo.contrib.solver.common.factory import SolverFactory
from pyomo.contrib.solver.solvers.asl_sol_reader import ASLSolFileData, asl_solve_code_to_solution_status
from pyomo.contrib.solver.solvers.ipopt import Ipopt, IpoptSolutionLoader

# IPOPT's ends in the solve codes of AMPL; all others are failures (500).
CODES = {
    "Solve_Succeeded": 0,
    "Solved_To_Acceptable_Level": 1,
    "Feasible_Point_Found": 2,
    "Infeasible_Problem_Detected": 200,
    "Diverging_Iterates": 300,
    "Maximum_Iterations_Exceeded": 400,
    "Maximum_CpuTime_Exceeded": 401,
}


class IpoptByCasadi(Ipopt):  # type: ignore[misc]
    """Pyomo's interface to IPOPT with the run of its program replaced.

    `runs` has (variables, seconds of CasADi's reading and differentiating, seconds of IPOPT, how it ended) of
    every run of any instance: a program would read .nl by AMPL's library, whose derivatives need no set-up.
    """

    runs: list[tuple[int, float, float, str]] = []

    def available(self) -> Availability:
        return Availability.FullLicense

    def version(self) -> tuple[int, int, int]:
        return (3, 14, 19)

    def _run_ipopt(
        self, results: Any, config: Any, nl_info: Any, basename: str, timer: Any, model: Any
    ) -> None:
        options = {**config.solver_options.value(), "linear_solver": "mumps"}
        if config.time_limit is not None:
            options["max_cpu_time"] = float(config.time_limit)
        if not config.tee:
            options |= {"print_level": 0, "sb": "yes"}
        start = time.perf_counter()
        nlp = casadi.NlpBuilder()
        nlp.import_nl(basename + ".nl")
        solver = casadi.nlpsol(
            "solver", "ipopt", nlp, {"print_time": False, **{f"ipopt.{k}": v for k, v in options.items()}}
        )
        ready = time.perf_counter()
        found = solver(x0=nlp.x_init, lbx=nlp.x_lb, ubx=nlp.x_ub, lbg=nlp.g_lb, ubg=nlp.g_ub)
        seconds = time.perf_counter() - ready
        stats = solver.stats()
        how = stats["return_status"]
        self.runs.append((len(nl_info.variables), ready - start, seconds, how))
        solution = ASLSolFileData()
        solution.primals = np.asarray(found["x"]).ravel().tolist()
        solution.message, solution.solve_code = how, CODES.get(how, 500)
        results.solver_version = self.version()
        results.extra_info.iteration_count = stats["iter_count"]
        results.solution_loader = IpoptSolutionLoader(solution, nl_info, model)
        asl_solve_code_to_solution_status(solution, results)


def register() -> None:
    """Makes `ipopt_v2` of Pyomo's and IDAES's factories this one."""
    SolverFactory.register("ipopt", legacy_name="ipopt_v2", doc="IPOPT inside CasADi")(IpoptByCasadi)
