"""The fifteen elements that are separated: 14 lanthanides and yttrium; masses."""

from __future__ import annotations

from typing import Final

# Standard atomic weights, abridged to five digits (IUPAC, Prohaska et al. 2022, Pure Appl. Chem. 94, 573),
# g/mol.
ATOMIC_MASS: Final = {
    "La": 138.91,
    "Ce": 140.12,
    "Pr": 140.91,
    "Nd": 144.24,
    "Sm": 150.36,
    "Eu": 151.96,
    "Gd": 157.25,
    "Tb": 158.93,
    "Dy": 162.50,
    "Ho": 164.93,
    "Y": 88.906,
    "Er": 167.26,
    "Tm": 168.93,
    "Yb": 173.05,
    "Lu": 174.97,
}
ELEMENTS: Final = tuple(ATOMIC_MASS)
OXYGEN: Final = 15.999  # g/mol


def oxide_mass(element: str) -> float:
    """Return grams of oxide, as it is sold, that hold one mole of the element.

    CeO2, Pr6O11, Tb4O7, else M2O3.

    Parameters
    ----------
    element : str

    Examples
    --------
    >>> round(oxide_mass("Nd"), 2)
    168.24
    """
    oxygen = {"Ce": 2.0, "Pr": 11 / 6, "Tb": 7 / 4}.get(element, 1.5)
    return ATOMIC_MASS[element] + oxygen * OXYGEN
