"""A small case that tests of separation share."""

import yaml

from mine2magnet.separation.study import case as cases
from mine2magnet.separation.study.design_basis import DesignBasis
from mine2magnet.separation.study.schema import Case

SMALL = {
    "name": "NdPr from <magnets>",
    "feed": {"Pr": 20, "Nd": 75, "Dy": 5},
    "extractant": "P507",
    "products": [
        {"elements": ["Dy"], "purity": "3N"},
        {"elements": ["Pr", "Nd"], "purity": "3N5"},
    ],
    "throughput": 500,
    "draws": 20,
    "startup_days": 20,
}


# Factors of P507 as handbooks hand them down: of less easy cuts than the table's.
HANDED_DOWN = {
    "Ce/La": 8.0,
    "Pr/Ce": 2.03,
    "Nd/Pr": [1.4, 1.5, 2.14],
    "Sm/Nd": [2.0, 10.0, 12.0],
    "Eu/Sm": [1.72, 1.96, 2.55],
    "Gd/Eu": [1.345, 1.46, 1.575],
    "Tb/Gd": [2.01, 2.35, 3.3],
    "Dy/Tb": [1.62, 2.1, 3.91],
}


def case(**changed: object) -> Case:
    return cases.read(yaml.safe_dump({**SMALL, **changed}))


def basis(**changed: object) -> DesignBasis:
    return DesignBasis.of(case(**changed))
