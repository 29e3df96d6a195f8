"""One BoARIO run of a size, for chain_speed.py: run by the Python of an environment that has it.

    python boario_run.py REGIONS SECTORS DAYS

Prints CPU seconds of its loop and peak memory (MB) as JSON. The table is random and dense; a third of
the production capacity of one industry is lost for thirty days.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import time
import warnings
from importlib import import_module

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)


def peak_memory() -> float:
    """Peak of this process, MB. Not ru_maxrss, which a child inherits from its parent."""
    with open("/proc/self/status", encoding="ascii") as lines:
        peak = next(line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def main(regions: int, sectors: int, days: int) -> dict[str, float]:
    np, pd, pymrio = (import_module(name) for name in ("numpy", "pandas", "pymrio"))
    model_of = import_module("boario.extended_models").ARIOPsiModel
    simulation_of = import_module("boario.simulation").Simulation
    event_of = import_module("boario.event").from_scalar_industries

    generator = np.random.default_rng(0)
    n = regions * sectors
    names = [[f"r{i:02}" for i in range(regions)], [f"s{i:03}" for i in range(sectors)]]
    industries = pd.MultiIndex.from_product(names, names=["region", "sector"])
    finals = pd.MultiIndex.from_product([names[0], ["final"]], names=["region", "category"])
    sales = generator.random((n, n)) / n * 50
    demand = generator.random((n, regions)) * 100
    total = sales.sum(axis=1) + demand.sum(axis=1)
    sales *= 0.5 * total / sales.sum(axis=0)  # half of each industry's output is bought in
    total = sales.sum(axis=1) + demand.sum(axis=1)
    system = pymrio.IOSystem(
        Z=pd.DataFrame(sales, industries, industries),
        Y=pd.DataFrame(demand, industries, finals),
        x=pd.DataFrame({"indout": total}, industries),
    )
    system.calc_all()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        simulation = simulation_of(model_of(system), n_temporal_units_to_sim=days, show_progress=False)
        simulation.add_event(
            event_of(
                impact=0.33,
                event_type="arbitrary",
                affected_industries=[industries[0]],
                impact_distrib="equal",
                occurrence=2,
                duration=30,
                recovery_tau=30,
            )
        )
        began = time.process_time()
        simulation.loop()
        seconds = time.process_time() - began
    return {"seconds": seconds, "memory": peak_memory()}


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:4]))))
