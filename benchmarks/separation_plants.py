"""Plants as published beside this model: the nearest case of each, 5 – 50 – 95 % of ours, and the ratio.

    python benchmarks/separation_plants.py [--draws 300]

Offline: what was reported stands in data/separation/plants.csv with scope and source. CAPEX is brought to USD of
2023 by the Chemical Engineering plant cost index. Nothing is fitted here; see docs/separation.md for what differs.
"""

from __future__ import annotations

import argparse
from typing import Any

from mine2magnet import separation_case as cases
from mine2magnet import separation_data as data

# annual averages (TEA Handbook, cost indices, after Chemical Engineering); 2024 on: the last free value
CEPCI = {2010: 550.8, 2012: 584.6, 2013: 567.3, 2022: 816.0, 2023: 797.9, 2024: 798.8, 2025: 798.8, 2026: 798.8}
BASE = CEPCI[2023]

# % of REO. Nechalacho: recalled, heavies and yttrium scaled to the 26.8 % of the feasibility study of 2013.
NECHALACHO = {"La": 15.2, "Ce": 33.5, "Pr": 4.2, "Nd": 16.6, "Sm": 3.7, "Eu": 0.5, "Gd": 3.7, "Tb": 0.6, "Dy": 2.9,
              "Ho": 0.5, "Er": 1.4, "Tm": 0.2, "Yb": 1.1, "Lu": 0.15, "Y": 15.75}  # fmt: skip
# Mount Weld's (feeds.csv) from samarium up, as fed to a heavy circuit
SEGH = {"Sm": 45, "Eu": 10, "Gd": 25, "Tb": 2.5, "Dy": 5, "Ho": 2.5, "Er": 5, "Yb": 2.5, "Y": 2.5}
# Own mixture of magnets and a xenotime-like concentrate that gives Caremag's products
CAREMAG = {"Pr": 5, "Nd": 17, "Sm": 3, "Eu": 0.5, "Gd": 7, "Tb": 2.8, "Dy": 14, "Ho": 2.5, "Y": 39, "Er": 6, "Yb": 3.2}

LIGHT = ["La", "Ce"]
REST = ["Ho", "Y", "Er", "Tm", "Yb", "Lu"]
SINGLE = ["La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Y", ["Er", "Tm", "Yb", "Lu"]]
CLAY = ["La", "Ce", ["Pr", "Nd"], "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Y", "Er", ["Tm", "Yb", "Lu"]]
MAGNET = [LIGHT, ["Pr", "Nd"], ["Sm", "Eu", "Gd"], "Tb", "Dy", REST]
NDPR = [LIGHT, ["Pr", "Nd"], ["Sm", "Eu", "Gd", "Tb", "Dy", *REST]]

Plant = tuple[Any, list[Any], float, str]  # feed, products, t REO/y, site
PLANTS: dict[str, Plant] = {
    "Avalon, Geismar, 10,000 t/y": (NECHALACHO, SINGLE, 10000, "usa"),
    "Avalon, scoping study, 25,000 t/y": (NECHALACHO, SINGLE, 25000, "usa"),
    "Pensana, Saltend, 12,500 t/y": ("mount-weld", NDPR, 12500, "europe"),
    "Aclara, Vinton, 5,400 t/y": ("ionic-clay-mid-y", MAGNET, 5400, "usa"),
    "China Southern Rare Earth, Xinfeng, 7,000 t/y": ("ionic-clay-mid-y", CLAY, 7000, "china"),
    "Zhongkai, Dingnan, some 1,000 t REO/y": ("ionic-clay-high-y", CLAY, 1000, "china"),
    "Ganzhou Rare Earth, Longnan, 2,500 t/y": ("ionic-clay-high-y", CLAY, 2500, "china"),
    "Lynas, heavy rare earths, Malaysia, 5,000 t/y": (
        SEGH, ["Sm", "Eu", "Gd", "Tb", "Dy", ["Ho", "Y", "Er", "Yb"]], 5000, "china"),
    "Energy Fuels, White Mesa phase 1, 5,000 t/y": ("mount-weld", NDPR, 5000, "usa"),
    "Energy Fuels, White Mesa phase 2, 27,000 t/y": ("mount-weld", MAGNET, 27000, "usa"),
    "Caremag, Lacq, 3,600 t/y": (
        CAREMAG, [["Pr", "Nd"], ["Sm", "Eu", "Gd"], "Tb", "Dy", ["Ho", "Y", "Er", "Yb"]], 3600, "europe"),
    "Iluka, Eneabba, 17,500 t/y": ("mount-weld", MAGNET, 17500, "europe"),
    "Saskatchewan Research Council, 1,600 t/y": ("mount-weld", MAGNET, 1600, "usa"),
    "Solvay, La Rochelle, 9,000 t/y": (NECHALACHO, SINGLE, 9000, "europe"),
    "Chinese ionic-clay separation": ("ionic-clay-mid-y", CLAY, 3000, "china"),
}  # fmt: skip
PURE = "3N5"  # of single oxides; 2N of mixtures


def case(name: str, draws: int) -> cases.Case:
    feed, products, throughput, site = PLANTS[name]
    listed = [{"elements": p, "purity": "2N" if len(p) > 2 else PURE} for p in products]
    given = {
        "name": name,
        "feed": feed,
        "products": listed,
        "throughput": throughput,
        "sites": [site],
        "efficiency": 0.95,
        "startup_days": 0,
        "draws": draws,
    }
    return cases.from_mapping(given)


def compared(draws: int) -> list[list[str]]:
    """Rows: plant, measure, reported, ours at 5 – 50 – 95 %, reported over our median, whether inside, scope."""
    made = []
    spreads: dict[str, dict[str, tuple[float, ...]]] = {}
    for row in data.rows("plants"):
        name, measure = row["plant"], row["measure"]
        if name not in spreads:
            spreads[name] = cases.solve(case(name, draws)).sites[0].spread
        scale = BASE / CEPCI[int(row["year"])] if measure.startswith("CAPEX") else 1.0
        low, high = (float(row[key]) * scale for key in ("low", "high"))
        ours = [v / (1e6 if measure.startswith("CAPEX") else 1.0) for v in spreads[name][measure]]
        inside = ours[0] <= high and low <= ours[2]
        reported = f"{low:,.4g}" if low == high else f"{low:,.4g}–{high:,.4g}"
        made.append(
            [
                name,
                measure,
                reported,
                " – ".join(f"{v:,.3g}" if v < 1000 else f"{v:,.0f}" for v in ours),
                f"{(low + high) / 2 / ours[1]:.2f}",
                "yes" if inside else "no",
                row["scope"],
            ]
        )
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=300)
    rows = compared(parser.parse_args().draws)
    print("| plant | measure | reported (CAPEX in million USD of 2023) | ours, 5 – 50 – 95 % | ratio | inside | scope |")
    print("|---|---|---|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(f"\n{sum(row[5] == 'yes' for row in rows)} of {len(rows)} lie inside our 5–95 %.")


if __name__ == "__main__":
    main()
