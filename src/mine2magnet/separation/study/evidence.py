"""Measured separation factors, one fit of them, and what contradicts what.

A measurement is a ratio of two elements' distribution, so ln β = ln K_upper − ln K_lower: generalised least
squares over one level per element. Laboratories differ by more than their errors; the variance between them
is the one at which the sum of squares is what chance makes of it (Paule and Mandel 1982, J. Res. Natl. Bur.
Stand. 87, 377).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log, sqrt

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range
from mine2magnet.separation.stages import Array
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study.schema import Calibration

WIDTH = sqrt(6.0)  # half the width of a symmetric triangle over its standard deviation
TOO_FAR = 2.0  # standard deviations
HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured separation factor `value` of two elements, `error` the standard error of its logarithm."""

    upper: str
    lower: str
    value: float
    error: float
    kind: str
    source: str
    status: str
    against: str  # what it contradicts, in words; "" if nothing


@dataclass(frozen=True, slots=True)
class Fit:
    """ln β of an extractant's neighbours (P) in its order with their covariance (P, P); `between` is the
    standard deviation between laboratories, of ln β."""

    pairs: tuple[str, ...]
    ln_beta: Array
    covariance: Array
    between: float

    def product(self, upper: str, lower: str) -> tuple[float, float]:
        """Return ln of the factor of any two elements, and its standard error.

        Parameters
        ----------
        upper, lower : str
        """
        row = np.array([float(pair in _between(self.pairs, upper, lower)) for pair in self.pairs])
        return float(row @ self.ln_beta), float(sqrt(row @ self.covariance @ row))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A measurement that the table's own factors miss by more than 2σ: what the table makes, and by how
    many standard deviations they differ."""

    measurement: Measurement
    table: float
    sigmas: float


def measurements(extractant: str) -> tuple[Measurement, ...]:
    """Return what was measured with an extractant.

    Parameters
    ----------
    extractant : str
    """
    return tuple(
        Measurement(
            row["upper"],
            row["lower"],
            float(row["value"]),
            float(row["error"]),
            row["kind"],
            row["source"],
            row["status"],
            row["against"],
        )
        for row in data.rows("measurements")
        if row["extractant"] == extractant
    )


def _between(pairs: Sequence[str], upper: str, lower: str) -> tuple[str, ...]:
    """The neighbours from one element up to another."""
    tops = [pair.split("/")[0] for pair in pairs]
    bottoms = [pair.split("/")[1] for pair in pairs]
    return tuple(pairs[bottoms.index(lower) : tops.index(upper) + 1])


@cache
def fit(extractant: str) -> Fit:
    """Return the fit of all that was measured with an extractant.

    Parameters
    ----------
    extractant : str
    """
    pairs = tuple(data.extractant(extractant).factors)
    held = measurements(extractant)
    rows = np.array([[float(p in _between(pairs, m.upper, m.lower)) for p in pairs] for m in held])
    told, errors = np.log([m.value for m in held]), np.array([m.error for m in held])
    freedom = len(held) - len(pairs)

    def solved(between: float) -> tuple[Array, Array, float]:
        weights = 1 / (errors**2 + between**2)
        covariance = np.linalg.inv(rows.T @ (weights[:, None] * rows))
        ln_beta = covariance @ rows.T @ (weights * told)
        return ln_beta, covariance, float(weights @ (told - rows @ ln_beta) ** 2)

    low, high = 0.0, 2.0
    if freedom < 1 or solved(0.0)[2] <= freedom:
        high = 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if solved(middle)[2] > freedom else (low, middle)
    ln_beta, covariance, _ = solved(high)
    return Fit(pairs, ln_beta, covariance, high)


def measured(extractant: str) -> Calibration:
    """Return the fit of what was measured as a set that a case can use.

    Parameters
    ----------
    extractant : str

    Raises
    ------
    UserError
        For an extractant of which nothing is held.
    """
    if extractant not in data.extractants():
        raise UserError(
            "nothing measured is held of this chain", where="calibrated", hint="name an extractant"
        )
    found = fit(extractant)
    deviation = np.sqrt(np.diag(found.covariance))
    correlation = found.covariance / np.outer(deviation, deviation)
    return Calibration(
        factors={
            pair: _range(float(mid), float(s))
            for pair, mid, s in zip(found.pairs, found.ln_beta, deviation, strict=True)
        },
        correlation=tuple(tuple(round(float(v), 6) for v in row) for row in np.clip(correlation, -1, 1)),
        source=f"fit of {len(measurements(extractant))} measurements (data/separation/measurements.csv)",
    )


def _range(mid: float, deviation: float) -> Range:
    """A triangle of this deviation; a factor near 1 is kept above it, as it has its place in the order."""
    likely = max(exp(mid), 1 + 1e-3)
    low = max(exp(mid - WIDTH * deviation), 1 + (likely - 1) * 0.02)
    return Range(min(low, likely), likely, exp(mid + WIDTH * deviation) if mid > 0 else likely * 1.05)


def table_product(extractant: str, upper: str, lower: str) -> tuple[float, float]:
    """Return ln of what the table's likely factors multiply to, and its standard deviation by their ranges.

    Parameters
    ----------
    extractant, upper, lower : str
    """
    factors = data.extractant(extractant).factors
    ranges = [factors[pair] for pair in _between(tuple(factors), upper, lower)]
    return sum(log(r.likely) for r in ranges), sqrt(sum(_spread(r) ** 2 for r in ranges))


def _spread(r: Range) -> float:
    a, c, b = log(r.low), log(r.likely), log(r.high)
    return sqrt(max((a * a + b * b + c * c - a * b - a * c - b * c) / 18, 0.0))


def contradictions(extractant: str) -> tuple[Contradiction, ...]:
    """Return the measurements that the table's factors miss by more than two standard deviations.

    Parameters
    ----------
    extractant : str
    """
    made = []
    for m in measurements(extractant):
        told, spread = table_product(extractant, m.upper, m.lower)
        sigmas = (log(m.value) - told) / sqrt(spread**2 + m.error**2)
        if abs(sigmas) > TOO_FAR:
            made.append(Contradiction(m, exp(told), sigmas))
    return tuple(made)
