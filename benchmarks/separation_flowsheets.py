"""Random flowsheets of three trains and two extractants: how many converge, how exactly they close, how fast.

    python benchmarks/separation_flowsheets.py [HOW MANY]

Feeds come from the tables, cuts, stages and flows are drawn, and so is what goes round: what stripping leaves
on the organic (up to 15 %), organic that trains share, strip liquor that returns with the scrub, mother
liquors, and a part of a raffinate that goes back to the first feed. Those that are not solved say why. The
flowsheet of 12 elements and 400 stages is fixed and timed alone.
"""

from __future__ import annotations

import random
import sys
from time import perf_counter, process_time
from typing import Any

from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.separation.study import flowsheets
from mine2magnet.separation.study.flowsheet_schema import FlowsheetCase

CUTS = {  # of light from heavy, of the lights, of the heavies
    "P507": ("Sm/Nd", "Pr/Ce", "Dy/Tb"),
    "P204": ("Sm/Nd", "Pr/Ce", "Dy/Tb"),
    "Cyanex272": ("Sm/Nd", "Pr/Ce", "Dy/Tb"),
}
FEEDS = ("ionic-clay-mid-y", "ionic-clay-high-y", "monazite-australia", "xenotime-pitinga", "coal-refuse")


def fixed() -> FlowsheetCase:
    """Three trains of 400 stages in all, two extractants, twelve elements, closed organic."""
    clay = {
        "La": 28,
        "Ce": 3,
        "Pr": 6,
        "Nd": 22,
        "Sm": 5,
        "Eu": 1,
        "Gd": 5,
        "Tb": 1,
        "Dy": 4,
        "Ho": 1,
        "Y": 22,
        "Er": 2,
    }
    return decode(
        FlowsheetCase,
        {
            "feeds": [{"name": "clay", "composition": clay, "throughput": 3000}],
            "trains": [
                {"name": "first", "parts": "Sm/Nd", "feed": ["clay", "ndpr.mother", "lace.mother"],
                 "organic": "p507", "extraction": 60, "scrub": 60, "organic_flow": 1.2},
                {"name": "lights", "extractant": "P204", "parts": "Pr/Ce", "feed": "first.raffinate",
                 "reflux": {"from": "lights.liquor", "part": 0.05}, "extraction": 70, "scrub": 70,
                 "organic_flow": 2.6},
                {"name": "heavies", "parts": "Dy/Tb", "feed": "first.liquor", "organic": "p507",
                 "extraction": 70, "scrub": 70, "organic_flow": 1.9},
            ],
            "products": [
                {"name": "lace", "feed": "lights.raffinate", "elements": ["La", "Ce"]},
                {"name": "ndpr", "feed": {"from": "lights.liquor", "part": 0.95}, "elements": ["Pr", "Nd"]},
                {"name": "seg", "feed": "heavies.raffinate", "elements": ["Sm", "Eu", "Gd", "Tb"]},
                {"name": "heavy", "feed": "heavies.liquor", "elements": ["Dy", "Ho", "Y", "Er"]},
            ],
        },
    )  # fmt: skip


def drawn(seed: int) -> FlowsheetCase:
    """A flowsheet of a number."""
    r = random.Random(seed)
    one, two = r.sample(list(CUTS), 2)
    of = r.choice([(one, two, one), (one, one, two), (two, one, one)])
    names = ("first", "lights", "heavies")
    shared = [k for k in range(3) if of.count(of[k]) == 2] if r.random() < 0.5 else []

    def train(k: int, feed: list[Any]) -> dict[str, Any]:
        made: dict[str, Any] = {
            "name": names[k], "extractant": of[k], "parts": CUTS[of[k]][k], "feed": feed,
            "stripped": 1 - 10 ** r.uniform(-3, -0.8), "efficiency": r.choice([1.0, 0.9, 0.8]),
        }  # fmt: skip
        if r.random() < 0.6:  # else it is designed
            made |= {
                "extraction": r.randint(5, 90),
                "scrub": r.randint(5, 90),
                "organic_flow": r.uniform(1.5, 4),
            }
        if k in shared:
            made["organic"] = "shared"
        if r.random() < 0.4:
            made["reflux"] = {"from": f"{names[k]}.liquor", "part": r.uniform(0.02, 0.3)}
        if r.random() < 0.3:
            made["bleed"] = r.uniform(0.01, 0.1)
        return made

    back = r.uniform(0, 0.5) if r.random() < 0.4 else 0.0
    first: list[Any] = ["ore", "b.mother", "d.mother"]
    first += [{"from": "heavies.raffinate", "part": back}] if back else []
    trains = [train(0, first), train(1, ["first.raffinate"]), train(2, ["first.liquor"])]
    parts = [1 - t.get("reflux", {"part": 0.0})["part"] for t in trains]
    trains[1]["feed"], trains[2]["feed"] = ["first.raffinate"], [{"from": "first.liquor", "part": parts[0]}]
    products = [
        {"name": "a", "feed": "lights.raffinate", "elements": ["La", "Ce"]},
        {"name": "b", "feed": {"from": "lights.liquor", "part": parts[1]}, "elements": ["Pr", "Nd"]},
        {"name": "c", "feed": {"from": "heavies.raffinate", "part": 1 - back},
         "elements": ["Sm", "Eu", "Gd", "Tb"]},
        {"name": "d", "feed": {"from": "heavies.liquor", "part": parts[2]}, "elements": ["Dy", "Ho", "Y"],
         "precipitant": "oxalate"},
    ]  # fmt: skip
    feed = r.choice(FEEDS)
    ore = {"name": "ore", "composition": feed, "throughput": 2000}
    return decode(FlowsheetCase, {"feeds": [ore], "trains": trains, "products": products})


def main(count: int) -> None:
    """Print the fixed flowsheet's time and closure, then how the drawn ones fare."""
    flowsheets.solve(fixed())  # compiles
    begun, used = perf_counter(), process_time()
    study = flowsheets.solve(fixed())
    took, cpu = perf_counter() - begun, process_time() - used
    stages = sum(one.stages for one in study.basis.sheet.trains)
    print(
        f"{len(study.basis.elements)} elements, {stages} stages: {took:.2f} s ({cpu:.2f} s of a core), "
        f"{study.state.passes} passes, balances closed to {abs(study.state.imbalance).max():.0e}"
    )
    met, worst, slowest = 0, 0.0, 0.0
    for seed in range(count):
        begun = process_time()
        try:
            study = flowsheets.solve(drawn(seed))
        except UserError as error:
            print(f"  {seed}: {error}")
            continue
        finally:
            slowest = max(slowest, process_time() - begun)
        met += 1
        worst = max(worst, float(abs(study.state.imbalance).max()))
    print(f"{met} of {count} converge, balances closed to {worst:.0e}, the slowest {slowest:.1f} s of a core")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
