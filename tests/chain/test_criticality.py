"""The EU's method against the values published for 2023 (Grohol & Veeh), from the built-in table."""

from __future__ import annotations

import csv

import pytest

from mine2magnet.chain.criticality import (
    HEAVY,
    LIGHT,
    Criticality,
    economic_importance,
    hhi,
    hhi_wgi,
    of_group,
    of_stages,
    scaled_governance,
    supply_risk,
)
from mine2magnet.chain.io.tables import reference


def published() -> dict[str, dict[str, float]]:
    with (reference() / "criticality.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {r["material"]: {k: float(r[k]) for k in r if k[:2] in ("SR", "EI", "SI") and r[k]} for r in rows}


def test_mining_in_2024_is_as_concentrated_as_published() -> None:
    """USGS tonnages over the rounded world total: HHI 5,024."""
    tonnes = {
        "China": 270_000, "United States": 45_000, "Burma": 31_000, "Australia": 13_000, "Nigeria": 13_000,
        "Thailand": 13_000, "India": 2_900, "Russia": 2_500, "Madagascar": 2_000, "Vietnam": 300,
        "Malaysia": 130, "Brazil": 20, "Other": 1_100,
    }  # fmt: skip
    over_rounded = sum((t / 390_000 * 100) ** 2 for t in tonnes.values())
    assert over_rounded == pytest.approx(5024, abs=1)
    assert hhi(tonnes) == pytest.approx(over_rounded * (390_000 / sum(tonnes.values())) ** 2)


@pytest.mark.parametrize("material", ["Dy", "Tb", "Nd", "Sm", "Ce", "La", "Gd", "Er", "Y"])
def test_the_larger_stage_decides(material: str) -> None:
    row = published()[material]
    stages = {k: v for k, v in row.items() if k in ("SR_extraction", "SR_processing")}
    found = of_stages(material, stages, row["EI"])
    assert found.supply_risk == pytest.approx(row["SR"], abs=0.05)
    assert found.critical


@pytest.mark.parametrize(
    ("group", "members", "sr", "ei"), [("LREE", LIGHT, 3.7, 5.9), ("HREE", HEAVY, 5.1, 4.2)]
)
def test_groups_are_the_mean_of_their_members(
    group: str, members: tuple[str, ...], sr: float, ei: float
) -> None:
    rows = published()
    found = of_group(group, [Criticality(m, rows[m]["SR"], rows[m]["EI"]) for m in members])
    assert round(found.supply_risk, 1) == sr
    assert round(found.importance, 1) == ei


def test_one_sole_supplier_gives_one_governance_and_so_the_published_risks() -> None:
    """Where China is taken as the sole processor, SR/(0.99 · SI_SR) is the same number: its governance.

    Er, Eu, Ho, Lu, Tm, Yb (SI_SR 1.0) and Dy (0.99) are published at 5.6, all with a recycling rate of 1 %.
    """
    rows = published()
    heavies = {m: rows[m] for m in ("Er", "Eu", "Ho", "Lu", "Tm", "Yb", "Dy")}
    governance = rows["Er"]["SR_processing"] / (0.99 * rows["Er"]["SI_SR"])
    for row in heavies.values():
        china = hhi_wgi({"China": 1.0}, {"China": governance})
        found = supply_risk(china, china, 1.0, 0.01, row["SI_SR"])
        assert found == pytest.approx(row["SR_processing"], abs=0.06)


def test_supply_risk_by_hand() -> None:
    assert supply_risk(4.0, 2.0, 0.5, 0.1, 0.9) == pytest.approx((4 * 0.25 + 2 * 0.75) * 0.9 * 0.9)
    assert hhi_wgi({"A": 3, "B": 1}, {"A": 6, "B": 2}, {"A": 1.1}) == pytest.approx(0.5625 * 6.6 + 0.0625 * 2)
    assert scaled_governance(-2.5) == 10
    assert economic_importance([(0.5, 100), (0.5, 20)], 0.9, 200) == pytest.approx(60 * 0.9 / 20)
    with pytest.raises(ValueError, match="shares"):
        hhi([1, -1])
