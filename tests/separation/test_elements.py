"""Masses of the elements, and of their oxides as they are sold."""

from __future__ import annotations

import pytest

from mine2magnet.separation.elements import ATOMIC_MASS, oxide_mass

# Relative atomic masses to the nearest whole number, and molar masses of the oxides (CIAAW 2021).
WHOLE = {"La": 139, "Ce": 140, "Pr": 141, "Nd": 144, "Sm": 150, "Eu": 152, "Gd": 157, "Tb": 159,
         "Dy": 162, "Ho": 165, "Y": 89, "Er": 167, "Tm": 169, "Yb": 173, "Lu": 175}  # fmt: skip


def test_every_mass_is_that_of_its_element() -> None:
    assert {element: round(mass) for element, mass in ATOMIC_MASS.items()} == WHOLE


@pytest.mark.parametrize(
    ("element", "oxide", "metals"),
    [("Ce", 172.115, 1), ("Pr", 1021.44, 6), ("Tb", 747.697, 4), ("Nd", 336.482, 2), ("Y", 225.809, 2)],
)
def test_an_oxide_is_that_which_is_sold(element: str, oxide: float, metals: int) -> None:
    assert oxide_mass(element) == pytest.approx(oxide / metals, rel=1e-4)
