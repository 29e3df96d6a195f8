"""Measured separation factors, one fit of them, and what contradicts what.

A measurement is a ratio of two elements' distribution, so ln β = ln K_upper − ln K_lower: generalised least
squares over one level per element. Laboratories differ by more than their errors; the variance between them
is the one at which the sum of squares is what chance makes of it (Paule and Mandel 1982, J. Res. Natl. Bur.
Stand. 87, 377). It is in proportion to ln β up to a factor of e, so that close neighbours, which no
laboratory spreads far, stay close: one among the light rare earths, where lanthanum scatters most, one
elsewhere.
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
NINETY = 1.645  # of them to either side hold 90 % of a normal
HALVINGS = 60
ROUNDS = 6  # of the two variances in turn
POINTS = 200  # of a distribution, for its mean
LIGHT = ("La", "Ce", "Pr", "Nd")


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured separation factor `value` of two elements, `error` the standard error of its logarithm."""

    upper: str
    lower: str
    value: float
    error: float
    kind: str
    medium: str
    year: int
    source: str
    status: str
    against: str  # what it contradicts, in words; "" if nothing


@dataclass(frozen=True, slots=True)
class Fit:
    """ln β of an extractant's neighbours (P) in its order with their covariance (P, P); `between` are the
    standard deviations between laboratories, of ln β where it is 1 or more: among light rare earths, and
    elsewhere."""

    pairs: tuple[str, ...]
    ln_beta: Array
    covariance: Array
    between: tuple[float, float]

    def product(self, upper: str, lower: str) -> tuple[float, float]:
        """Return ln of the factor of any two elements, and its standard error.

        Parameters
        ----------
        upper, lower : str
        """
        row = np.array([float(pair in between(self.pairs, upper, lower)) for pair in self.pairs])
        return float(row @ self.ln_beta), float(sqrt(row @ self.covariance @ row))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A measurement that the table's own factors miss by more than 2σ: what the table makes, and by how
    many standard deviations they differ."""

    measurement: Measurement
    table: float
    sigmas: float

    @property
    def pair(self) -> str:
        """The two elements, as factors are named."""
        return f"{self.measurement.upper}/{self.measurement.lower}"

    @property
    def by(self) -> str:
        """Who measured it, in short, and when."""
        who, year = self.measurement.source.split(",")[0], str(self.measurement.year)
        return who if year in who else f"{who} {year}"


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
            row["medium"],
            int(row["year"]),
            row["source"],
            row["status"],
            row["against"],
        )
        for row in data.rows("measurements")
        if row["extractant"] == extractant
    )


def between(pairs: Sequence[str], upper: str, lower: str) -> tuple[str, ...]:
    """Return the neighbours from one element up to another.

    Parameters
    ----------
    pairs : sequence of str
        An extractant's, in its order.
    upper, lower : str
    """
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
    rows = np.array([[float(p in between(pairs, m.upper, m.lower)) for p in pairs] for m in held])
    told, errors = np.log([m.value for m in held]), np.array([m.error for m in held])
    heavy = np.array([not {m.upper, m.lower} <= set(LIGHT) for m in held], dtype=int)

    def solved(apart: Array, size: Array) -> tuple[Array, Array, Array]:
        """ln β, covariance, and by how much the sum of squares of either group exceeds what is expected."""
        weights = 1 / (errors**2 + (apart[heavy] * size) ** 2)
        covariance = np.linalg.inv(rows.T @ (weights[:, None] * rows))
        ln_beta = covariance @ rows.T @ (weights * told)
        leverage = weights * np.einsum("ij,jk,ik->i", rows, covariance, rows)
        over = weights * (told - rows @ ln_beta) ** 2 - (1 - leverage)
        return ln_beta, covariance, np.asarray(np.bincount(heavy, over, 2), float)

    apart, size = np.zeros(2), np.minimum(abs(told), 1.0)
    for _ in range(ROUNDS):
        for group in (0, 1):
            low, high = 0.0, 2.0
            for _ in range(HALVINGS):
                apart[group] = (low + high) / 2
                over = solved(apart, size)[2][group] > 1e-9
                low, high = (apart[group], high) if over else (low, apart[group])
        size = np.minimum(abs(rows @ solved(apart, size)[0]), 1.0)
    ln_beta, covariance, _ = solved(apart, size)
    return Fit(pairs, ln_beta, covariance, (float(apart[0]), float(apart[1])))


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
    """A triangle whose logarithms have this mean and reach as far down as a symmetric one of this deviation;
    a factor near 1 is kept above it, as it has its place in the order."""
    likely = max(exp(mid), 1 + 1e-3)
    low = min(max(exp(mid - WIDTH * deviation), 1 + (likely - 1) * 0.02), likely)
    if mid <= 0:
        return Range(low, likely, likely * 1.05)
    parts = (np.arange(POINTS) + 0.5) / POINTS
    least, most = likely, exp(mid + 2 * WIDTH * deviation)
    for _ in range(HALVINGS):
        high = (least + most) / 2
        over = np.log(Range(low, likely, high).at(parts)).mean() > log(likely)
        least, most = (least, high) if over else (high, most)
    return Range(low, likely, least)


def table_product(extractant: str, upper: str, lower: str) -> tuple[float, float]:
    """Return ln of what the table's likely factors multiply to, and its standard deviation.

    The latter is that of the fit which the table is made from (scripts/fit-separation).

    Parameters
    ----------
    extractant, upper, lower : str
    """
    factors = data.extractant(extractant).factors
    told = sum(log(factors[pair].likely) for pair in between(tuple(factors), upper, lower))
    return told, fit(extractant).product(upper, lower)[1]


def drawn_range(extractant: str, upper: str, lower: str) -> tuple[float, float]:
    """Return 5 and 95 % of the factor of two elements: as neighbours are drawn, else as the fit knows it.

    Parameters
    ----------
    extractant, upper, lower : str
    """
    if factor := data.extractant(extractant).factors.get(f"{upper}/{lower}"):
        return float(factor.at(0.05)), float(factor.at(0.95))
    told, spread = table_product(extractant, upper, lower)
    return exp(told - NINETY * spread), exp(told + NINETY * spread)


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
