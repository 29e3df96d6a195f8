"""Whether a plant designed for certainty holds on draws that it was neither designed nor checked on.

OPENBLAS_NUM_THREADS=1 python benchmarks/separation_certainty.py [CASE.yaml]
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

import msgspec
import numpy as np

from mine2magnet.separation import certainty
from mine2magnet.separation.study import assurance, case, study
from mine2magnet.separation.study.design_basis import DesignBasis

DRAWS, SEED = 2000, 99


def main(file: Path) -> None:
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


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "examples/dysprosium.yaml"))
