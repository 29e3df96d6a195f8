"""How fast a chain is put under stress, beside BoARIO on the same number of nodes and days.

    python benchmarks/chain_speed.py --peer /path/to/python-with-boario

First the built-in network: 10,000 draws of 104 weeks, the memory, and a tornado of 100 inputs, each at both
ends of its range in 500 draws of all else. Then regions × sectors as nodes,
days as steps, a third of one node's capacity lost for thirty days: BoARIO with a dense table, this
library with the same dense trade (every node buys every sector's goods from every region) and with a
supply network's (four goods from three suppliers each), one scenario and many at once. Last the growth
to 10,000 nodes. BLAS is pinned to one thread: the peer's default is ten times slower at 200 nodes. Beside
the peer both are measured in CPU seconds of one thread, medians of three, so that a machine's other work
counts less; the rest is said by the clock as well.
"""

from __future__ import annotations

# ruff: noqa: E402
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before NumPy is loaded

import argparse
import json
import subprocess
import time
from pathlib import Path
from statistics import median

import numpy as np
from boario_run import peak_memory
from rich.console import Console
from rich.table import Table

from mine2magnet.chain import Event, Network, Scenario, draw, simulate
from mine2magnet.chain.io import scenarios, tables
from mine2magnet.chain.network import Arc, Demand, Make, Material, Node, Use
from mine2magnet.chain.sensitivity import HIGH, LOW, drivers, tornado
from mine2magnet.model.ranges import Range

out = Console(width=120)
of = Range.of
ROUNDS = 3
GROWN = 64  # draws of the networks that grow


def economy(regions: int, sectors: int, goods: int, sellers: int) -> Network:
    """Nodes that each make one sector's good from `goods` others, of `sellers` regions each."""
    generator = np.random.default_rng(0)
    names = [[f"r{r} s{s}" for s in range(sectors)] for r in range(regions)]
    nodes, uses, makes, arcs, demands = [], [], [], [], []
    for r in range(regions):
        for s in range(sectors):
            name = names[r][s]
            nodes.append(Node(name, f"s{s}", f"r{r}", f"r{r}"))
            makes.append(Make(name, f"g{s}", 1.0, of(5)))
            for g in generator.choice(sectors, goods, replace=False).tolist():
                uses.append(Use(name, f"g{g}", 0.5 / goods, of(30)))
                sold = generator.choice(regions, sellers, replace=False).tolist()
                arcs += [Arc(names[q][g], name, f"g{g}", 1 / sellers, of(1)) for q in sold]
            nodes.append(Node(f"{name} final", "end use", f"r{r}", f"r{r}"))
            uses.append(Use(f"{name} final", f"g{s}", 1.0, of(5)))
            arcs.append(Arc(name, f"{name} final", f"g{s}", 1.0, of(1)))
            demands.append(Demand(f"{name} final", float(generator.random() * 100), 1.0))
    return Network(
        tuple(Material(f"g{s}") for s in range(sectors)),
        tuple(nodes), tuple(uses), tuple(makes), tuple(arcs), tuple(demands),
    )  # fmt: skip


def shock(days: int) -> Scenario:
    event = Event("outage", {"node": ("r0 s0",)}, of(2), of(30), Range(0.2, 0.33, 0.5))
    return Scenario("a third of one node", (event,), weeks=days)


def cpu_seconds(network: Network, scenario: Scenario, draws: int) -> float:
    def once() -> float:
        began = time.process_time()
        simulate(network, scenario, draws)
        return time.process_time() - began

    return median(once() for _ in range(ROUNDS))


def seconds(network: Network, scenario: Scenario, draws: int, workers: int = 1) -> tuple[float, float]:
    """By the clock and of CPU time."""
    began, spent = time.perf_counter(), time.process_time()
    simulate(network, scenario, draws, workers=workers)
    return time.perf_counter() - began, time.process_time() - spent


def peer(python: str, regions: int, sectors: int, days: int) -> dict[str, float]:
    script = Path(__file__).with_name("boario_run.py")
    command = [python, str(script), str(regions), str(sectors), str(days)]
    found: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found.append(json.loads(told.splitlines()[-1]))
    return {name: median(one[name] for one in found) for name in found[0]}


def built_in(draws: int, workers: int) -> None:
    network, scenario = tables.load(), scenarios.find("licence-delay")
    nodes = len(network.nodes)
    for n, w in ((1, 1), (1000, 1), (draws, 1), (draws, workers)):
        took, cpu = seconds(network, scenario, n, w)
        steps = n * scenario.weeks * nodes
        out.print(
            f"{nodes} nodes, {len(network.arcs)} arcs, {scenario.weeks} weeks: {n:,} draws on {w} core(s) "
            f"{took:.2f} s, CPU {cpu:.2f} s, {steps / cpu:,.0f} node-steps a CPU second, "
            f"{peak_memory():.0f} MB"
        )


def moved(inputs: int, draws: int, workers: int) -> None:
    """A tornado."""
    network, scenario = tables.load(), scenarios.find("licence-delay")
    low, high = (draw(network, scenario, 0, q) for q in (LOW, HIGH))
    among = [d for d in drivers(network, scenario) if d.moves(low, high)][:inputs]
    began, spent = time.perf_counter(), time.process_time()
    found = tornado(network, scenario, lambda o: o.loss.sum(axis=0), among, workers=workers, size=draws // 2)
    took, cpu = time.perf_counter() - began, time.process_time() - spent
    out.print(
        f"tornado of {len(among)} inputs, {draws:,} draws each, on {workers} core(s): {took:.1f} s, "
        f"CPU {cpu:.1f} s; {len(found)} move the loss"
    )


def beside(python: str, many: int, dense: bool) -> None:
    heads = "nodes", "trade", "arcs", "BoARIO node-steps/s", "one", "ratio", f"{many} at once", "ratio", "MB"
    table = Table(*heads, box=None)
    for regions, sectors, days in ((6, 8, 100), (10, 20, 60), (20, 30, 40)):
        nodes = regions * sectors
        theirs = peer(python, regions, sectors, days)
        rate = nodes * days / theirs["seconds"]
        trades = [("sparse", 4, 3), *([("dense", sectors, regions)] if dense else [])]
        for trade, goods, sellers in trades:
            network = economy(regions, sectors, goods, sellers)
            scenario = shock(days)
            one = nodes * days / cpu_seconds(network, scenario, 1)
            at_once = many if trade == "sparse" else max(many // nodes, 8)
            all_ = nodes * days * at_once / cpu_seconds(network, scenario, at_once)
            theirs_said = f"{rate:,.0f} ({theirs['memory']:.0f} MB)"
            ours = f"{one:,.0f}", f"{one / rate:.1f}", f"{all_:,.0f}", f"{all_ / rate:.1f}"
            table.add_row(
                str(nodes), trade, f"{len(network.arcs):,}", theirs_said, *ours, f"{peak_memory():.0f}"
            )
    out.print(table)


def growth(largest: int) -> None:
    for nodes in (100, 1000, largest):
        network = economy(10, nodes // 10, 4, 3)
        scenario = shock(30)
        took, cpu = seconds(network, scenario, GROWN)
        out.print(
            f"{nodes:,} nodes, {len(network.arcs):,} arcs, 30 steps, {GROWN} draws: {took:.2f} s, "
            f"CPU {cpu:.2f} s, {nodes * 30 * GROWN / cpu:,.0f} node-steps a CPU second, "
            f"{peak_memory():.0f} MB"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--largest", type=int, default=10_000)
    parser.add_argument(
        "--peer", help="a Python with BoARIO 0.7.2, pymrio, SciPy, pandas below 3 and progressbar2"
    )
    parser.add_argument("--dense", action="store_true", help="dense trade beside the peer as well")
    given = parser.parse_args()
    built_in(given.draws, given.workers)
    moved(100, 1000, given.workers)
    if given.peer:  # before what leaves a gigabyte of used memory behind, as the peer begins afresh too
        beside(given.peer, given.many, given.dense)
    growth(given.largest)
