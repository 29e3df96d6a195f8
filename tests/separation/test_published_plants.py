"""The model beside plants as published (benchmarks/separation_plants.py), scope by scope."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from mine2magnet.separation.study import reference_data as data

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "separation_plants.py"


@pytest.fixture(scope="module")
def benchmark_names() -> dict[str, Any]:
    return runpy.run_path(str(BENCHMARK))


def reported(plant: str, measure: str) -> tuple[float, float]:
    rows = [r for r in data.rows("plants") if (r["plant"], r["measure"]) == (plant, measure)]
    return float(rows[0]["low"]), float(rows[0]["high"])


def test_every_published_plant_has_a_case(benchmark_names: dict[str, Any]) -> None:
    assert {row["plant"] for row in data.rows("plants")} == set(benchmark_names["PLANTS"])
    assert {int(row["year"]) for row in data.rows("plants") if row["measure"].startswith("CAPEX")} <= set(
        benchmark_names["CEPCI"]
    )


@pytest.mark.parametrize("name", ["Pensana, Saltend, 12,500 t/y", "Aclara, Vinton, 5,400 t/y"])
def test_capital_of_a_separation_plant_lies_within_the_range(
    name: str, benchmark_names: dict[str, Any]
) -> None:
    low, _, high = benchmark_names["plant"](name, 60)["CAPEX"]
    assert low < 1e6 * reported(name, "CAPEX")[0] < high  # USD of 2022 and 2025, near those of 2023


def test_reagents_of_single_oxides_from_ionic_clay(benchmark_names: dict[str, Any]) -> None:
    """Published figures recalled: 8–9 t of 30 % lye, 8–10 t of 31 % acid per t REO."""
    name = "Chinese ionic-clay separation"
    made = benchmark_names["plant"](name, 40)
    for measure in ("NaOH t/t", "HCl t/t"):
        low, high = reported(name, measure)
        assert made[measure][0] < high
        assert made[measure][2] > low
