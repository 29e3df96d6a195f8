"""Say if a plant designed for certainty holds on draws that it was neither designed nor checked on, and what
a long search saves.

    OPENBLAS_NUM_THREADS=1 python benchmarks/separation_certainty.py [CASE.yaml] [--search 300]

`--search` walks from the plan found, and from others drawn at random around it, by simulated annealing over
the stages of all cuts (Kirkpatrick, Gelatt and Vecchi 1983), so many steps of one to four stages in one cut;
each trial meets as many of the same draws at the same cost function.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import exp, inf
from pathlib import Path
from time import process_time

import msgspec
import numpy as np
from rich.progress import track

from mine2magnet.core.errors import UserError
from mine2magnet.separation import certainty
from mine2magnet.separation.plant import CutDesign
from mine2magnet.separation.study import assurance, case, study
from mine2magnet.separation.study.design_basis import DesignBasis

DRAWS, SEED = 2000, 99
STARTS = 3  # of a long search
WARM, COLD = 3e-3, 1e-4  # of the cost, at the begin and the end of a walk


def long_search(
    begin: Sequence[CutDesign],
    value: Callable[[Sequence[CutDesign]], float],
    steps: int,
    rng: np.random.Generator,
) -> float:
    """Return the least cost of a walk over the stages of all cuts."""
    at, cost = list(begin), value(begin)
    best = cost
    for step in track(range(steps), "searching", transient=True):
        k = int(rng.integers(len(at)))
        n, m = (at[k].n_extraction + int(rng.integers(-4, 5)), at[k].n_scrub + int(rng.integers(-4, 5)))
        if at[k].rating is not None or min(n, m) < 1:
            continue
        tried = [*at[:k], replace(at[k], n_extraction=n, n_scrub=m), *at[k + 1 :]]
        found = value(tried)
        warmth = best * WARM * (COLD / WARM) ** (step / steps)
        if found < cost or rng.random() < exp((cost - found) / warmth):
            at, cost, best = tried, found, min(best, found)
    return best


def shaken(designs: Sequence[CutDesign], rng: np.random.Generator) -> list[CutDesign]:
    """Return the plan with each cut's stages a quarter more or less, by chance."""
    return [
        one
        if one.rating is not None
        else replace(
            one,
            n_extraction=max(round(one.n_extraction * exp(rng.normal(0, 0.25))), 1),
            n_scrub=max(round(one.n_scrub * exp(rng.normal(0, 0.25))), 1),
        )
        for one in designs
    ]


def main(file: Path, search: int) -> None:
    """Print both plants, the part of fresh draws that each meets, the price, and what to measure."""
    given = case.read(file.read_text("utf-8"), file.name, file.parent)
    asked = msgspec.structs.replace(given, certainty=given.certainty or 0.9, startup_days=0, draws=0)
    basis = DesignBasis.of(asked)
    study.solve(DesignBasis.of(msgspec.structs.replace(asked, certainty=None)))  # compiled
    begun = process_time()
    answer = study.solve(basis)
    seconds = process_time() - begun
    found = answer.assurance
    assert found is not None
    fresh = assurance.factors(basis, DRAWS, SEED)
    limits = np.array([product.impurity for product in basis.products])
    for name, designs, cost in (
        ("frugal", found.frugal, found.frugal_cost),
        ("certain", found.certain, found.certain_cost),
    ):
        held = certainty.holds(answer.plans[0], designs, fresh, limits, asked.reserve).mean()
        print(
            f"{name}: {100 * held:.1f} % of {DRAWS} fresh draws, {sum(d.stages for d in designs)} stages, "
            f"{cost:,.0f} USD/t"
        )
    print(f"price of certainty {found.price:,.0f} USD/t; {seconds:.0f} s of one core")
    for one in found.worth:
        print(f"worth measuring β {one.pair}: {one.worth:,.0f} USD/t")
    if not search:
        return
    common = assurance.factors(basis, assurance.DRAWS, assurance.SEEDS[0])
    price = study.coster(basis).cost

    def value(designs: Sequence[CutDesign]) -> float:
        try:
            met = certainty.assure(designs, common, found.designed, price, asked.reserve, rounds=0)
        except UserError:  # too few stages for so many draws
            return inf
        return price(met.designs)

    rng = np.random.default_rng(SEED)
    starts = [found.certain, *(shaken(found.certain, rng) for _ in range(STARTS - 1))]
    begun = process_time()
    costs = [long_search(start, value, search // STARTS, rng) for start in starts]
    print(
        f"a search of {search} steps from {STARTS} plans, {process_time() - begun:.0f} s of one core: "
        f"{', '.join(f'{cost:,.0f}' for cost in costs)} USD/t; "
        f"the plan costs {found.certain_cost / min(costs):.4f} of the least"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("case", nargs="?", type=Path, default=Path("examples/dysprosium.yaml"))
    parser.add_argument("--search", type=int, default=0)
    args = parser.parse_args()
    main(args.case, args.search)
