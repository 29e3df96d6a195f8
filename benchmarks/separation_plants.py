"""Plants as published beside this model: the nearest case of each, 5 – 50 – 95 % of ours, and the ratio.

    python benchmarks/separation_plants.py [--draws 300]

Offline: what was reported stands in data/separation/plants.csv with scope and source. CAPEX is in million
USD of 2023 by the Chemical Engineering plant cost index. Nothing is fitted here; docs/separation.md says
what differs and why. A plant that set a rate of the tables (column `sets`) does not test it: those that set
none are counted apart, and every plant's CAPEX is foretold from all the others.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, replace
from math import exp, log, sqrt

import numpy as np
from scipy.special import stdtrit

from mine2magnet.core.decode import decode
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study import study
from mine2magnet.separation.study.design_basis import DesignBasis
from mine2magnet.separation.study.schema import Case

# annual averages (TEA Handbook, cost indices, after Chemical Engineering); 2024 on: the last free value
CEPCI = {
    2010: 550.8,
    2011: 585.7,
    2012: 584.6,
    2013: 567.3,
    2022: 816.0,
    2023: 797.9,
    2024: 798.8,
    2025: 798.8,
    2026: 798.8,
}
BASE = CEPCI[2023]

# % of REO. Mount Weld's (feeds.csv) from samarium up, as fed to a heavy circuit
SEGH = {"Sm": 45, "Eu": 10, "Gd": 25, "Tb": 2.5, "Dy": 5, "Ho": 2.5, "Er": 5, "Yb": 2.5, "Y": 2.5}
# Own mixture of magnets and a xenotime-like concentrate that gives Caremag's products
CAREMAG = {
    "Pr": 5,
    "Nd": 17,
    "Sm": 3,
    "Eu": 0.5,
    "Gd": 7,
    "Tb": 2.8,
    "Dy": 14,
    "Ho": 2.5,
    "Y": 39,
    "Er": 6,
    "Yb": 3.2,
}

HEAVY = ["Ho", "Y", "Er", "Tm", "Yb", "Lu"]
CLAY = [["La"], ["Ce"], ["Pr", "Nd"], ["Sm"], ["Eu"], ["Gd"], ["Tb"], ["Dy"]]
MAGNET = [["La", "Ce"], ["Pr", "Nd"], ["Sm", "Eu", "Gd"], ["Tb"], ["Dy"], HEAVY]
NDPR = [["La", "Ce"], ["Pr", "Nd"], ["Sm", "Eu", "Gd", "Tb", "Dy", *HEAVY]]
SINGLE = [[e] for e in ("La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy")]
PURE = "3N5"  # of single oxides and pairs; 2N of mixtures
FEW = 3  # plants at the least that foretell another
# USD/t of 100 %: contracts of January 2014 for NaOH, US Gulf in June 2014 for HCl (sources: prices.csv)
IN_2012 = {"NaOH": [568.0, 600.0, 645.0], "HCl": [350.0, 380.0, 420.0]}

# A train fed with the chlorides of another dissolves nothing; crew, precipitant and the water, heat and power
# of finishing are counted with the first train for all that is fed.
ONCE = (
    "feed_acid",
    "dissolving_cost",
    "crew",
    "precipitant",
    "product_wash",
    "calcination_heat",
    "utilities_power",
)
BEHIND = {name: [0.0] * 3 for name in ONCE} | {"oxalate_share": [0.0] * 3, "precipitant_excess": [1.0] * 3}

Feed = str | dict[str, float]
Rates = dict[str, list[float]]


@dataclass(frozen=True)
class Train:
    """A part of a plant with an extractant of its own."""

    feed: Feed
    products: list[list[str]]
    throughput: float  # t REO/y
    site: str
    extractant: str = "P507"
    rates: Rates = field(default_factory=dict)
    linked: bool = True


def with_yttrium(
    feed: Feed, products: list[list[str]], throughput: float, site: str, rates: Rates | None = None
) -> list[Train]:
    """Yttrium parted from the heavies behind it by naphthenic acid, as is done, rather than from Ho and Er by
    P507; the two trains are added up."""
    parts = data.feed(feed) if isinstance(feed, str) else feed
    heavy = {e: parts[e] for e in HEAVY if e in parts}
    whole = sum(heavy.values())
    share = whole / sum(parts.values())
    second = {e: 100 * v / whole for e, v in heavy.items()}
    rest = [e for e in HEAVY if e != "Y"]
    return [
        Train(feed, [*products, HEAVY], throughput, site, rates=rates or {}),
        Train(second, [["Y"], rest], throughput * share, site, "naphthenic", {**(rates or {}), **BEHIND}),
    ]


PLANTS: dict[str, list[Train]] = {
    "Avalon, Geismar, 10,000 t/y": with_yttrium("nechalacho", SINGLE, 10000, "usa", rates=IN_2012),
    "Avalon, scoping study, 25,000 t/y": with_yttrium("nechalacho", SINGLE, 25000, "usa"),
    "Pensana, Saltend, 12,500 t/y": [Train("mount-weld", NDPR, 12500, "europe")],
    "Aclara, Vinton, 5,400 t/y": [Train("ionic-clay-mid-y", MAGNET, 5400, "usa")],
    "China Southern Rare Earth, Xinfeng, 7,000 t/y": with_yttrium("ionic-clay-mid-y", CLAY, 7000, "china"),
    "Zhongkai, Dingnan, some 1,000 t REO/y": with_yttrium("ionic-clay-high-y", CLAY, 1000, "china"),
    "Zhongxi Jinlong, Changting, 5,000 t/y": with_yttrium("ionic-clay-mid-y", CLAY, 5000, "china"),
    "Jinmeng, Baotou, 5,000 t/y": [Train("bayan-obo", NDPR, 5000, "china")],
    "Yurun, Leshan, 6,000 t/y": [
        Train("recycled-magnets", [["Pr", "Nd"], ["Gd"], ["Tb"], ["Dy", "Ho"]], 6000, "china")
    ],
    "Ganzhou Rare Earth, Longnan, 2,500 t/y": with_yttrium("ionic-clay-high-y", CLAY, 2500, "china"),
    "Lynas, heavy rare earths, Malaysia, 5,000 t/y": [
        Train(SEGH, [["Sm"], ["Eu"], ["Gd"], ["Tb"], ["Dy"], HEAVY], 5000, "malaysia")
    ],
    "Energy Fuels, White Mesa phase 1, 4,500 t/y": [Train("monazite-australia", NDPR, 4500, "usa")],
    "Energy Fuels, White Mesa phase 2, 24,600 t/y": [Train("monazite-australia", MAGNET, 24600, "usa")],
    "Caremag, Lacq, 3,600 t/y": [Train(CAREMAG, MAGNET[1:], 3600, "europe")],
    "Iluka, Eneabba, 17,500 t/y": [Train("monazite-australia", MAGNET, 17500, "australia")],
    "Saskatchewan Research Council, 1,600 t/y": [Train("monazite-australia", MAGNET, 1600, "usa")],
    "Ucore, Alexandria, 7,500 t/y": [Train("mount-weld", MAGNET, 7500, "usa")],
    "REEtec, Heroya, 3,800 t/y": [Train("mount-weld", NDPR, 3800, "europe")],
    "Solvay, La Rochelle, 9,000 t/y": with_yttrium("nechalacho", SINGLE, 9000, "europe"),
    "Chinese ionic-clay separation": [  # as reported, before organic was shared
        replace(train, linked=False) for train in with_yttrium("ionic-clay-mid-y", CLAY, 3000, "china")
    ],
}


def spread(train: Train, draws: int) -> dict[str, tuple[float, ...]]:
    """5, 50, 95 % of the results of one train."""
    given = {
        "feed": train.feed,
        "extractant": train.extractant,
        "products": [{"elements": p, "purity": "2N" if len(p) > 2 else PURE} for p in train.products],
        "throughput": train.throughput,
        "sites": [train.site],
        "rates": train.rates,
        "efficiency": 0.95,
        "linked": train.linked,
        "startup_days": 0,
        "draws": draws,
    }
    return study.solve(DesignBasis.of(decode(Case, given))).sites[0].spread


def plant(name: str, draws: int) -> dict[str, list[float]]:
    """The trains together: what is bought adds up, what is per t does so by the tonnes each is fed per t of
    the first, months are the longest. Adding quantiles takes the trains to be uncertain together, as their
    rates are."""
    trains = PLANTS[name]
    made: dict[str, list[float]] = {}
    for train in trains:
        part = train.throughput / trains[0].throughput
        for measure, values in spread(train, draws).items():
            before = made.get(measure, [0.0] * len(values))
            if measure.startswith("months"):
                made[measure] = [max(pair) for pair in zip(before, values, strict=True)]
            else:
                weight = part if "t/t" in measure or "per t" in measure or "/t" in measure else 1.0
                made[measure] = [b + weight * v for b, v in zip(before, values, strict=True)]
    return made


def compared(draws: int, place: str | None = None) -> list[list[str]]:
    """Rows: plant, measure, reported, ours, reported over our median, whether inside 5–95 %, rates it set,
    scope; of one place alone, if it is given."""
    rows = []
    held: dict[str, dict[str, list[float]]] = {}
    for row in data.rows("plants"):
        name, measure = row["plant"], row["measure"]
        if place not in (None, PLANTS[name][0].site):
            continue
        held[name] = held.get(name) or plant(name, draws)
        capital = measure.startswith("CAPEX")
        scale = BASE / CEPCI[int(row["year"])] if capital else 1.0
        low, high = (float(row[key]) * scale for key in ("low", "high"))
        ours = [v / (1e6 if capital else 1.0) for v in held[name][measure]]
        rows.append(
            [
                name,
                measure,
                _short(low) if low == high else f"{_short(low)}–{_short(high)}",
                " – ".join(map(_short, ours)),
                f"{(low + high) / 2 / ours[1]:.2f}",
                "yes" if ours[0] <= high and low <= ours[2] else "no",
                row["sets"] or "–",
                row["scope"],
            ]
        )
    return rows


def site(name: str) -> str:
    """China, or elsewhere: where plants are built of local make, or not."""
    return "china" if PLANTS[name][0].site == "china" else "elsewhere"


def left_out(rows: list[list[str]]) -> tuple[list[list[str]], int]:
    """Plants' CAPEX over our median as the other plants foretell it: their mean with their scatter (Student's
    t of the logarithms), 5 – 50 – 95 %; and how many lie within that. Those of China foretell each other,
    which is a location factor with its error, and so do the others."""
    ratios: dict[str, list[float]] = {}
    for row in rows:
        if row[1] == "CAPEX":
            ratios.setdefault(row[0], []).append(log(float(row[4])))
    own = {name: sum(values) / len(values) for name, values in ratios.items()}
    made, met = [], 0
    for name, value in own.items():
        near = [v for other, v in own.items() if other != name and site(other) == site(name)]
        others = np.array(near if len(near) >= FEW else [v for other, v in own.items() if other != name])
        wide = float(stdtrit(len(others) - 1, 0.95)) * others.std(ddof=1) * sqrt(1 + 1 / len(others))
        low, mid, high = (exp(others.mean() + side * wide) for side in (-1, 0, 1))
        met += low <= exp(value) <= high
        made.append([name, f"{exp(value):.2f}", f"{low:.2f} – {mid:.2f} – {high:.2f}"])
    return made, met


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--site", help="plants of china, europe or usa alone")
    given = parser.parse_args()
    rows = compared(given.draws, given.site)
    heads = "plant", "measure", "reported", "ours, 5 – 50 – 95 %", "ratio", "inside", "sets", "scope"
    for row in (heads, ["---"] * len(heads), *rows):
        print("| " + " | ".join(row) + " |")
    free = [row for row in rows if row[6] == "–"]
    inside, untied = (sum(row[5] == "yes" for row in some) for some in (rows, free))
    print(f"\n{inside} of {len(rows)} lie inside our 5–95 %; of the {len(free)} that set no rate {untied}.")
    made, met = left_out(rows)
    print("\nCAPEX over our median: each plant, and what the others foretell, 5 – 50 – 95 %\n")
    for row in made:
        print("| " + " | ".join(row) + " |")
    print(f"\n{met} of {len(made)} lie inside what the others foretell.")


if __name__ == "__main__":
    main()
