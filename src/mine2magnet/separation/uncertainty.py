"""Which inputs matter: Monte Carlo over ranges, and the swing of each alone (tornado)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

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
        """Return quantiles of a result.

        Parameters
        ----------
        name : str
        *parts : float
            0 to 1.
        """
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
        """The distance between the ends."""
        return abs(self.at_high - self.at_low)


Correlated = tuple[Sequence[str], Sequence[Sequence[float]]]  # names, and the correlation between them


def drawn(
    ranges: Mapping[str, Range], draws: int, seed: int = 0, correlated: Correlated = ((), ())
) -> dict[str, Array]:
    """Return a Latin hypercube over triangular ranges: one value a draw, by name.

    McKay, Beckman, Conover 1979, Technometrics 21, 239. Correlated ones are joined by a Gaussian copula.

    Parameters
    ----------
    ranges : mapping of str to Range
    draws, seed : int
    correlated : tuple
        Names of ranges and the correlation between them; the others are independent.
    """
    random = np.random.default_rng(seed)
    quantiles = {name: (random.permutation(draws) + random.random(draws)) / draws for name in ranges}
    names = [name for name in correlated[0] if name in ranges]
    if names:
        kept = [list(correlated[0]).index(name) for name in names]
        values, vectors = np.linalg.eigh(np.array(correlated[1], float)[np.ix_(kept, kept)])
        root = vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
        root /= np.linalg.norm(root, axis=1, keepdims=True)
        normal = root @ scipy.special.ndtri(np.array([quantiles[name] for name in names]))
        quantiles.update(zip(names, scipy.special.ndtr(normal), strict=True))
    return {name: given.at(quantiles[name]) for name, given in ranges.items()}


def monte_carlo(
    model: Model,
    ranges: Mapping[str, Range],
    draws: int,
    seed: int = 0,
    correlated: Correlated = ((), ()),
) -> Sample:
    """Return the model at each of some draws.

    Parameters
    ----------
    model : callable
        Results by name from inputs by name.
    ranges : mapping of str to Range
    draws, seed : int
    correlated : tuple
        As of `drawn`.
    """
    inputs = drawn(ranges, draws, seed, correlated)
    rows = [model({name: float(values[i]) for name, values in inputs.items()}) for i in range(draws)]
    return Sample(inputs, {name: np.array([row[name] for row in rows]) for name in rows[0]})


def tornado(
    model: Model, ranges: Mapping[str, Range], result: str, base: Mapping[str, float] | None = None
) -> list[Swing]:
    """Return swings of one result, the largest first.

    Parameters
    ----------
    model : callable
        Results by name from inputs by name.
    ranges : mapping of str to Range
    result : str
    base : mapping of str to float, optional
        Where the other inputs stand; the likely values if not given.
    """
    base = base or {name: given.likely for name, given in ranges.items()}
    swings = []
    for name, given in ranges.items():
        low, high = given.at(0.05), given.at(0.95)
        at_low, at_high = (model({**base, name: value})[result] for value in (low, high))
        swings.append(Swing(name, low, high, at_low, at_high))
    return sorted(swings, key=lambda s: -s.size)
