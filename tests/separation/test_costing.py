"""Capital by factors, cost identity, what grows with what, months by phase."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.separation import costing
from mine2magnet.separation.plant import Quantities
from mine2magnet.separation.study import reference_data as data

if TYPE_CHECKING:
    from tests.conftest import Record

MEDIANS = {name: given.at(0.5) for name, given in {**data.equipment(), **data.site("europe")}.items()}
Q = Quantities(
    stages=100,
    strip_stages=20,
    saponification_stages=6,
    volume=400.0,
    mixer_volume=80.0,
    like_units=220.0,
    organic_fill=340.0,
    tanks=500.0,
    held=12.0,
    organic_flow=2.0,
    naoh=1.5,
    hcl=1.8,
    precipitant=0.7,
    oxalic=0.6,
    salt=3.0,
    effluent=30.0,
    water=45.0,
    power=2000.0,
    heat=3000.0,
    crew=90.0,
)
MASS, PRICE = [0.25, 0.7], [60.0, 2.0]


def costs(**changed: float) -> costing.Costs:
    return costing.costs(Q, 2000.0, {**MEDIANS, **changed}, MASS, PRICE, startup_months=2.0)


def test_a_plant_starts_at_once_where_nothing_else_is_said() -> None:
    at_once = costing.costs(Q, 2000.0, MEDIANS, MASS, PRICE, 0.0)
    assert costing.costs(Q, 2000.0, MEDIANS, MASS, PRICE) == at_once != costs()


def test_capital_is_equipment_times_one_factor() -> None:
    bought = sum(costing.equipment(Q, 2000.0, MEDIANS, MASS).values())
    factors = ("installation", "piping", "electrical", "buildings", "site_works", "utilities", "engineering")
    factor = 1 + sum(MEDIANS[name] for name in (*factors, "contingency"))
    made = costs()
    assert made.capex == pytest.approx(bought * factor * MEDIANS["construction"])
    assert sum(made.areas.values()) == made.capex
    assert 3 < factor < 5  # Lang's factors for fluids and solids


def test_products_pay_for_all_of_the_cost_either_way() -> None:
    made = costs()
    by_value = 1000 * np.dot(MASS, made.per_kg)
    by_mass = 1000 * sum(MASS) * made.per_kg_by_mass
    assert by_value == pytest.approx(made.total)
    assert by_mass == pytest.approx(made.total)
    assert made.per_kg[0] / made.per_kg[1] == pytest.approx(30)
    assert made.total == pytest.approx(made.operating + made.per_t["capital"])
    assert made.reagents < made.direct < made.operating


def test_what_is_locked_up_bears_interest_and_is_not_written_off() -> None:
    made = costs()
    assert made.locked == pytest.approx(12 * made.value)
    assert made.stocks == pytest.approx(made.operating * 2000 * MEDIANS["stock_months"] / 12)
    rate = MEDIANS["capital"]
    paid = (made.capex + made.first_fill) * costing.annuity(rate, MEDIANS["life"])
    assert made.per_t["capital"] * 2000 == pytest.approx(paid + made.working_capital * rate)


@pytest.mark.parametrize(
    ("rate", "kind"),
    [
        ("NaOH", "base"),
        ("HCl", "acid"),
        ("oxalic_acid", "precipitant"),
        ("electricity", "energy"),
        ("heat", "energy"),
        ("salt", "water and salt"),
        ("labour", "labour"),
        ("maintenance", "maintenance"),
        ("insurance", "overhead"),
        ("organic_cost", "organic lost"),
        ("capital", "capital"),
    ],
)
def test_a_dearer_rate_raises_its_kind_of_cost(rate: str, kind: str) -> None:
    before, after = costs(), costs(**{rate: 2 * MEDIANS[rate]})
    assert after.per_t[kind] > before.per_t[kind]
    assert after.total > before.total


@given(st.floats(1.1, 20))
def test_a_larger_plant_is_cheaper_per_tonne(larger: float) -> None:
    """Finishing, dissolving and effluent at a power below 1 of the throughput; extraction as given."""
    small, large = (costing.equipment(Q, 2000.0 * k, MEDIANS, MASS) for k in (1.0, larger))
    for area in ("dissolving the feed", "finishing", "effluent"):
        assert small[area] < large[area] < larger * small[area]


def test_more_products_take_more_lines() -> None:
    one, two = (costing.equipment(Q, 2000.0, MEDIANS, mass)["finishing"] for mass in ([0.9], [0.45, 0.45]))
    assert two > one


def test_phases_slip_and_the_start_up_does_not() -> None:
    planned, late = costs(slip=1.0), costs(slip=2.0)
    assert tuple(planned.phases) == costing.PHASES
    assert planned.months == pytest.approx(
        sum(MEDIANS[f"{phase}_months"] for phase in ("permit", "build", "commissioning")) + 2
    )
    assert late.months - 2 == pytest.approx(2 * (planned.months - 2))


def test_a_plant_costs_what_it_did(recorded: Record) -> None:
    planned = costing.costs(Q, 3500.0, MEDIANS, MASS, PRICE, startup_months=2.0)
    recorded([asdict(planned), planned.operating, planned.reagents, planned.direct, planned.months])
    assert costing.annuity(0.0, 20) == 0.05
