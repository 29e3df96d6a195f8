"""Reconcile figures from many sources to flows that add up, and show what had to give.

Weighted least squares under the balances (Narasimhan & Jordache, Data Reconciliation, 2000, ch. 3):
min Σ ((x − given)/σ)² subject to A x = b, x ≥ 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from mine2magnet.chain.network import Floats
from mine2magnet.core.errors import UserError

Z95 = 1.959964  # a given range is read as the middle 95 % of a normal distribution


@dataclass(frozen=True, slots=True)
class Given:
    """A figure as published, with its range; `name` says which."""

    name: str
    value: float
    low: float
    high: float

    @property
    def sigma(self) -> float:
        """Standard deviation, by the range; at least a millionth of the value, so that none is sacred."""
        return max((self.high - self.low) / (2 * Z95), 1e-6 * abs(self.value), 1e-12)


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A figure before and after; `shift` counts standard deviations."""

    name: str
    given: float
    value: float
    shift: float


def balance(given: Sequence[Given], matrix: Floats, right: Floats, rows: Sequence[str]) -> list[Adjusted]:
    """Return the closest flows that satisfy the balances.

    Parameters
    ----------
    given : sequence of Given
        Figures as published, n of them.
    matrix : array of shape (balances, n)
        Coefficients of the flows in each balance.
    right : array of shape (balances,)
        Right-hand sides: `matrix` · x = `right`.
    rows : sequence of str
        Names of the balances, for errors.

    Returns
    -------
    list of Adjusted
        In the order of `given`, none below nought.

    Raises
    ------
    UserError
        Naming a balance that no flows of at least nought can satisfy.
    """
    start = np.array([g.value for g in given])
    sigma = np.array([g.sigma for g in given])
    matrix, right = np.asarray(matrix, dtype=float), np.asarray(right, dtype=float)
    if np.any(start < 0):
        name = given[int(np.argmax(start < 0))].name
        raise UserError(f"{name} is below nought", where="balance")
    _feasible(matrix, right, rows)
    # In units of σ the problem is the projection onto an affine set; start from the exact solution.
    scaled = matrix * sigma
    gap = right - matrix @ start
    moved, *_ = np.linalg.lstsq(scaled, gap, rcond=None)
    x = start + sigma * moved
    if np.any(x < -1e-9 * max(np.abs(start).max(), 1.0)):
        x = _with_signs(start, sigma, matrix, right)
    return [
        Adjusted(g.name, g.value, float(v), float((v - g.value) / s))
        for g, v, s in zip(given, np.maximum(x, 0.0), sigma, strict=True)
    ]


def _with_signs(start: Floats, sigma: Floats, matrix: Floats, right: Floats) -> Floats:
    """The same with x ≥ 0 binding: balances weighted heavily, then met exactly by the free flows."""
    weight = 1e6 / np.maximum(np.abs(matrix * sigma).max(axis=1), 1e-12)
    system = np.vstack([np.diag(1 / sigma), matrix * weight[:, None]])
    solved: Floats = scipy.optimize.lsq_linear(
        system, np.concatenate([start / sigma, right * weight]), bounds=(0, np.inf), method="bvls", tol=1e-14
    ).x
    free = solved > 1e-9 * max(solved.max(), 1.0)
    step, *_ = np.linalg.lstsq((matrix * sigma)[:, free], right - matrix @ solved, rcond=None)
    solved[free] += sigma[free] * step
    return solved


def _feasible(matrix: Floats, right: Floats, rows: Sequence[str]) -> None:
    """Least total violation; whatever row still violates is named."""
    m, n = matrix.shape
    solved = scipy.optimize.linprog(
        np.concatenate([np.zeros(n), np.ones(2 * m)]),
        A_eq=np.hstack([matrix, np.eye(m), -np.eye(m)]),
        b_eq=right,
        method="highs",
    )
    slack = np.abs(solved.x[n : n + m] - solved.x[n + m :])
    scale = max(float(np.abs(right).max(initial=0.0)), 1.0)
    if slack.max(initial=0.0) > 1e-7 * scale:
        worst = int(np.argmax(slack))
        raise UserError(
            f"no flows balance {rows[worst]}: {slack[worst]:.6g} is always missing or over",
            where="balance",
            hint="widen or correct the figures of this balance",
        )
