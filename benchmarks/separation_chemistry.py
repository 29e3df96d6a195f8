"""How many cuts of designed plants mass action meets, and what base and acid they take beside the ideal.

    OPENBLAS_NUM_THREADS=1 python benchmarks/separation_chemistry.py [--every 1] [--acid 4]

Every feed of the table on P507, P204 and Cyanex 272, two sets of products, a stage efficiency of 1 and 0.9;
`--every` takes one in so many of these plants.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from time import process_time
from typing import Any

import numpy as np

from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study import study
from mine2magnet.separation.study.design_basis import DesignBasis
from mine2magnet.separation.study.schema import Case

EXTRACTANTS = ("P507", "P204", "Cyanex272")
PURITIES = ("2N", "3N")
# Where a chain is parted: the first element above each cut.
SETS = (("Pr", "Sm"), ("Pr", "Nd", "Sm", "Tb"))
LEAST = 1e-3  # of the feed's weight: a product of less is left to its neighbour


def products(feed: dict[str, float], order: tuple[str, ...], cuts: tuple[str, ...]) -> list[list[str]]:
    """The feed's elements in groups, in the order of extraction."""
    held = [e for e in order if feed.get(e, 0) > 0]
    groups: list[list[str]] = [[]]
    for e in held:
        if e in cuts and groups[-1]:
            groups.append([])
        groups[-1].append(e)
    whole = sum(feed.values())
    made: list[list[str]] = []
    for group in groups:
        if made and sum(feed[e] for e in group) < LEAST * whole:
            made[-1] += group
        else:
            made.append(group)
    return made


def plants(acid: float) -> list[dict[str, Any]]:
    """All cases."""
    made = []
    for name in data.feeds():
        feed = data.feed(name)
        for extractant in EXTRACTANTS:
            order = data.extractant(extractant).order
            taken = {e: v for e, v in feed.items() if e in order}
            for cuts, purity in zip(SETS, PURITIES, strict=True):
                parts = products(taken, order, cuts)
                if len(parts) < 2:
                    continue
                for efficiency in (1.0, 0.9):
                    made.append(
                        {
                            "name": f"{name}, {extractant}, {len(parts)} products, {efficiency:g}",
                            "feed": taken,
                            "extractant": extractant,
                            "products": [{"elements": p, "purity": purity} for p in parts],
                            "efficiency": efficiency,
                            "startup_days": 0,
                            "draws": 0,
                            "chemistry": {"scrub_acid": acid},
                        }
                    )
    return made


def main() -> None:
    """Print by extractant the cuts met, held with room, and not, with the reasons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--acid", type=float, default=4.0, help="mol/L HCl that scrubs")
    given = parser.parse_args()
    begun = process_time()
    cuts: Counter[str] = Counter()
    met: Counter[str] = Counter()
    roomy: Counter[str] = Counter()
    dashes: Counter[str] = Counter()
    ratios: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    cases = plants(given.acid)[:: given.every]
    for case in cases:
        extractant = case["extractant"]
        try:
            answer = study.solve(DesignBasis.of(decode(Case, case)))
        except UserError as error:
            print(f"  {case['name']}: {error}")
            continue
        for cut in answer.chemistry:
            cuts[extractant] += 1
            dashes[extractant] += cut.designed is None
            if cut.met is None:
                print(f"  {case['name']}, {'/'.join(cut.design.cut.elements)}: {cut.why}")
                continue
            met[extractant] += 1
            roomy[extractant] += cut.met.impurity_organic < 0.99 * cut.design.cut.impurity_a
            ratios[extractant].append((cut.met.base / cut.base_ideal, cut.met.acid / cut.acid_ideal))
    for extractant in EXTRACTANTS:
        if not ratios[extractant]:
            continue
        base, acid = (np.quantile(v, (0.05, 0.5, 0.95)) for v in zip(*ratios[extractant], strict=True))
        print(
            f"{extractant}: {met[extractant]} of {cuts[extractant]} cuts met, {roomy[extractant]} of them "
            f"purer than asked at any flow; the designed flows not found for {dashes[extractant]}; base over "
            f"ideal {base[0]:.2f} – {base[1]:.2f} – {base[2]:.2f}, acid {acid[0]:.2f} – {acid[1]:.2f} – "
            f"{acid[2]:.2f}"
        )
    print(f"{len(cases)} plants, {process_time() - begun:.0f} s of a core")


if __name__ == "__main__":
    main()
