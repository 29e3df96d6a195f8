"""A small case that tests of separation share."""

import yaml

from mine2magnet.separation.study import case as cases

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


def case(**changed: object) -> cases.Case:
    return cases.read(yaml.safe_dump({**SMALL, **changed}))
