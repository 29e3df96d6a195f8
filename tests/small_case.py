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


def case(**changed: object) -> Case:
    return cases.read(yaml.safe_dump({**SMALL, **changed}))


def basis(**changed: object) -> DesignBasis:
    return DesignBasis.of(case(**changed))
