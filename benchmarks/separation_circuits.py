"""Circuits that were run, predicted from the table's factors: what was printed beside what rating gives.

    python benchmarks/separation_circuits.py

Stages, feed and recovery are those printed; nothing is fitted. Of none that could be read in full or in part
are the flows printed, and purities only as "more than", so the impurity is given at 1.2 and at 1.5 times the
least flow of the printed split, and at a flow without bound, the least that these stages can reach: a weak
test, which only a factor that is much too low fails. Singh 2008 (Dy from Y, P507), Lyon 2017 and Turgeon 2023
print more than could be read: their tables lie behind the page that is stored (docs/separation.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import Cut, sizing
from mine2magnet.separation.elements import ATOMIC_MASS, oxide_mass
from mine2magnet.separation.stages import Array
from mine2magnet.separation.study import reference_data as data

FLOWS = (1.2, 1.5, 1e3)  # times the least
WITHIN = 2.0


@dataclass(frozen=True)
class Circuit:
    """A circuit as printed: feed in % by weight, of metal if `metal`; `upper` is the least extractable
    element that goes with the organic; of `of`, "extract" or "raffinate", the printed impurity (mole
    fraction) and the recovery of its own."""

    name: str
    extractant: str
    feed: dict[str, float]
    upper: str
    stages: tuple[int, int]
    of: str
    impurity: float
    recovery: float
    bound: str  # "less than" or "about"
    source: str
    metal: bool = False


CIRCUITS = (
    Circuit(
        "lutetium, P507",
        "P507",
        {"Y": 3, "Tm": 1, "Yb": 89, "Lu": 8},
        "Lu",
        (20, 60),
        "extract",
        5e-4,
        0.98,
        "less than",
        "reflux extraction, ppdoc.com periodical a643755e",
    ),
    Circuit(
        "neodymium, PC-88A",
        "P507",
        {"Pr": 25, "Nd": 75},
        "Nd",
        (4, 12),
        "extract",
        1e-2,
        0.667,
        "less than",
        "Lyon, Univ. of Idaho 2016; extraction stages assumed 4, half of the feed as product",
        metal=True,
    ),
    Circuit(
        "lanthanum, naphthenic acid, Bayan Obo without cerium",
        "naphthenic",
        {e: data.feed("bayan-obo")[e] for e in ("La", "Pr", "Nd")},
        "Pr",
        (14, 6),
        "raffinate",
        4e-4,
        0.90,
        "less than",
        "J. Inner Mongolia Univ. 1979 (1) 65; feed and the division of the 20 stages assumed",
    ),
)


def cut_of(one: Circuit) -> Cut:
    """The cut whose split is the printed recovery, with the printed impurity allowed."""
    table = data.extractant(one.extractant)
    elements = tuple(e for e in table.order if e in one.feed)
    levels = np.cumprod([1.0, *(f.likely for f in table.factors.values())])
    beta = levels[[table.order.index(e) for e in elements]]
    mass = {e: ATOMIC_MASS[e] if one.metal else oxide_mass(e) for e in elements}
    feed: Array = np.array([one.feed[e] / mass[e] for e in elements])
    feed /= feed.sum()
    a_side = np.arange(len(elements)) >= elements.index(one.upper)
    own = float(feed[a_side].sum() if one.of == "extract" else feed[~a_side].sum())
    lost = own * (1 - one.recovery) / (1 - own * one.recovery)
    allowed = (one.impurity, lost) if one.of == "extract" else (lost, one.impurity)
    return Cut(beta / beta[0], feed, a_side, *allowed)


def predicted(one: Circuit) -> Iterator[float]:
    """The impurity at each of FLOWS."""
    cut = cut_of(one)
    for times in FLOWS:
        try:
            made = sizing.at(cut, *one.stages, times * cut.minimum_organic)
        except UserError:
            yield float("nan")
        else:
            yield made.impurity_a if one.of == "extract" else made.impurity_b


def within(one: Circuit, ours: list[float]) -> bool:
    """Truth of some flow from 1.2 of the least on reaching what was printed within a factor 2."""
    return min(ours) <= WITHIN * one.impurity


def main() -> None:
    heads = (
        "circuit",
        "stages",
        "printed",
        *(f"S {t:g} × least" for t in FLOWS[:-1]),
        "any S",
        "within 2",
        "source",
    )
    for row in (heads, ["---"] * len(heads)):
        print("| " + " | ".join(row) + " |")
    met = 0
    for one in CIRCUITS:
        ours = list(predicted(one))
        met += within(one, ours)
        cells = [
            one.name,
            f"{one.stages[0]} + {one.stages[1]}",
            f"{one.bound} {one.impurity:.1e}",
            *(f"{value:.1e}" for value in ours),
            "yes" if within(one, ours) else "no",
            one.source,
        ]
        print("| " + " | ".join(cells) + " |")
    print(f"\n{met} of {len(CIRCUITS)} can be reached within a factor {WITHIN:g}; no flows are printed.")


if __name__ == "__main__":
    main()
