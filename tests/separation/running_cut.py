"""A circuit of 60 stages and five elements with known factors, and assays of it with noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mine2magnet.separation.calibration import Assays, Running
from mine2magnet.separation.elements import oxide_mass
from mine2magnet.separation.stages import Array, cascade
from mine2magnet.separation.steady import Steady, solve

ELEMENTS = ("Pr", "Nd", "Sm", "Gd", "Tb")
FEED = np.array([0.3, 0.25, 0.2, 0.15, 0.1])
LN_BETA = np.log([2.0, 1.55, 8.0, 2.2])
EXTRACT, ORGANIC = 0.45045, 2.16
EFFICIENCY = 0.92
NOISE = 0.05
LEAST = 1e-6  # mole fraction that is found


@dataclass(frozen=True)
class Circuit:
    solution: Steady
    running: Running
    assays: Assays


def circuit(seed: int = 0, noise: float = NOISE, **changed: object) -> Circuit:
    """The circuit, what is known of it before (β off by up to 20 %), and every fifth stage assayed."""
    random = np.random.default_rng(seed)
    beta = np.exp(np.concatenate([[0.0], np.cumsum(LN_BETA)]))
    s = solve(cascade(beta, FEED, ORGANIC, EXTRACT, 30, 30, efficiency=EFFICIENCY))
    rows = [
        (stage, organic, element, shares[stage, element])
        for stage in range(4, 60, 5)
        for organic, shares in ((False, share(s.aqueous)), (True, share(s.organic)))
        for element in range(len(ELEMENTS))
        if shares[stage, element] > LEAST
    ]
    stage, organic, element, value = (np.array(column) for column in zip(*rows, strict=True))
    value = value * np.exp(noise * random.standard_normal(len(value)))
    known = {
        "n_extraction": 30,
        "n_scrub": 30,
        "phase": "aqueous",
        "feed": FEED,
        "feed_error": np.zeros(5),
        "organic": ORGANIC,
        "scrub": ORGANIC - EXTRACT,
        "flow_error": 0.02,
        "ln_beta": LN_BETA * random.uniform(0.8, 1.2, 4),
        "ln_beta_error": 0.2 * LN_BETA + 0.05,
    }
    below = np.zeros(len(value), bool)
    assays = Assays(stage, organic, element, value, np.full(len(value), max(noise, 1e-3)), below)
    return Circuit(s, Running(**{**known, **changed}), assays)  # type: ignore[arg-type]


def share(flows: Array) -> Array:
    return np.asarray(flows / flows.sum(axis=1, keepdims=True))


def by_weight(x: Array) -> Array:
    """Mole fractions as % of REO."""
    weights = x * [oxide_mass(e) for e in ELEMENTS]
    return np.asarray(100 * weights / weights.sum())


CASE = {
    "name": "running",
    "feed": dict(zip(ELEMENTS, by_weight(FEED).tolist(), strict=True)),
    "extractant": None,
    "factors": {
        "Nd/Pr": [1.4, 2.2, 2.9],
        "Sm/Nd": [1.2, 1.5, 1.8],
        "Gd/Sm": [5, 9, 12],
        "Tb/Gd": [1.5, 2.2, 3],
    },
    "products": [
        {"elements": ["Pr", "Nd"], "purity": "3N"},
        {"elements": ["Sm", "Gd", "Tb"], "purity": "3N"},
    ],
    "cuts": [
        {
            "parts": "Sm/Nd",
            "extraction": 30,
            "scrub": 30,
            "organic_flow": ORGANIC,
            "scrub_flow": ORGANIC - EXTRACT,
        }
    ],
    "draws": 0,
    "startup_days": 0,
    "sites": ["china"],
}


def as_csv(s: Steady, noise: float = NOISE, seed: int = 0) -> str:
    """Assays as a laboratory hands them over: by weight, both ends and the feed, traces as limits."""
    random = np.random.default_rng(seed)
    lines = ["place,phase,element,value,error"]

    def sample(place: str, phase: str, x: Array) -> None:
        for element, value in zip(ELEMENTS, by_weight(x), strict=True):
            seen = value * np.exp(noise * random.standard_normal())
            shown = "<0.001" if value < 0.001 else f"{seen:.6g}"
            lines.append(f"{place},{phase},{element},{shown},{100 * noise:g}")

    sample("feed", "", FEED)
    sample("raffinate", "", s.product_b / s.product_b.sum())
    sample("extract", "", s.product_a / s.product_a.sum())
    for stage in range(4, 60, 5):
        sample(str(stage + 1), "aqueous", share(s.aqueous)[stage])
        sample(str(stage + 1), "organic", share(s.organic)[stage])
    return "\n".join(lines) + "\n"
