"""Which inputs matter: Monte Carlo over ranges, and the swing of each alone (tornado)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mine2magnet.model.ranges import Range
from mine2magnet.separation.stages import Array

Result = Mapping[str, float]
Model = Callable[[Mapping[str, float]], Result]


@dataclass(frozen=True, slots=True)
class Sample:
    """`inputs` and `results` by name, one value a draw."""

    inputs: dict[str, Array]
    results: dict[str, Array]

    def quantiles(self, name: str, *parts: float) -> tuple[float, ...]:
        return tuple(float(v) for v in np.quantile(self.results[name], parts))


@dataclass(frozen=True, slots=True)
class Swing:
    """A result with one input at its 5 % and its 95 % point, the others where they stand."""

    name: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def size(self) -> float:
        return abs(self.at_high - self.at_low)


def drawn(ranges: Mapping[str, Range], draws: int, seed: int = 0) -> dict[str, Array]:
    """Latin hypercube over independent triangular ranges (McKay, Beckman, Conover 1979, Technometrics 21,
    239): one value a draw, by name."""
    random = np.random.default_rng(seed)
    inputs = {}
    for name, given in ranges.items():
        u = (random.permutation(draws) + random.random(draws)) / draws
        inputs[name] = given.at(u)
    return inputs


def monte_carlo(model: Model, ranges: Mapping[str, Range], draws: int, seed: int = 0) -> Sample:
    """The model at each of so many draws."""
    inputs = drawn(ranges, draws, seed)
    rows = [model({name: float(values[i]) for name, values in inputs.items()}) for i in range(draws)]
    return Sample(inputs, {name: np.array([row[name] for row in rows]) for name in rows[0]})


def tornado(
    model: Model, ranges: Mapping[str, Range], result: str, base: Mapping[str, float] | None = None
) -> list[Swing]:
    """Swings of one result about `base` (the likely values if None), the largest first."""
    base = base or {name: given.likely for name, given in ranges.items()}
    swings = []
    for name, given in ranges.items():
        low, high = given.at(0.05), given.at(0.95)
        at_low, at_high = (model({**base, name: value})[result] for value in (low, high))
        swings.append(Swing(name, low, high, at_low, at_high))
    return sorted(swings, key=lambda s: -s.size)
