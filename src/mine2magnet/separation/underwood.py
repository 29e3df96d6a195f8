"""The least flows of a multicomponent cut, which needs infinitely many stages (Underwood 1948, Chem. Eng.
Prog. 44, 603).

Constant β and constant loading make the cascade the exact analogue of distillation at constant molar
overflow: organic = vapour, aqueous feed = boiling liquid (q = 1), organic feed = saturated vapour (q = 0).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq, linprog

from mine2magnet.errors import UserError
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.stages import Array, Mask


def roots(beta: Array, feed: Array, q: float = 1.0) -> Array:
    """The solutions θ of Σ β_i f_i / (β_i − θ) = (1 − q) Σ f_i between neighbouring β (at most C − 1).

    q is the part of the feed that enters with the aqueous phase. Elements of no feed or equal β count once.

    >>> roots(np.array([1.5, 1.0]), np.array([0.75, 0.25]))
    array([1.09090909])
    """
    levels, parts = _levels(beta, feed)
    return np.array([_root(levels, parts, q, k) for k in range(len(levels) - 1)])


def _levels(beta: Array, feed: Array) -> tuple[list[float], list[float]]:
    """The distinct β of what is fed, rising, and how much is fed of each."""
    held = feed > 0
    levels, where = np.unique(beta[held], return_inverse=True)
    return levels.tolist(), np.bincount(where, feed[held]).tolist()


def _root(levels: list[float], parts: list[float], q: float, k: int) -> float:
    """The root between levels k and k + 1, where the sum rises from −∞ to ∞; plain floats are quickest.

    The sum is multiplied by the distances to both levels, which leaves a smooth function without poles.
    """
    low, high = levels[k], levels[k + 1]
    weights = [level * part for level, part in zip(levels, parts, strict=True)]
    others = [(w, level) for w, level in zip(weights, levels, strict=True) if level not in (low, high)]
    target, at_low, at_high = (1 - q) * sum(parts), weights[k], weights[k + 1]

    def smooth(theta: float) -> float:
        rest = sum([w / (level - theta) for w, level in others]) - target
        up, down = theta - low, high - theta
        return at_high * up - at_low * down + up * down * rest

    return float(brentq(smooth, low, high, xtol=1e-15 * high, rtol=1e-15))


def minimum_organic(beta: Array, feed: Array, a_side: Mask, phase: Phase = "aqueous") -> float:
    """The least S, in the unit of `feed`, of a sharp cut between neighbours in β.

    `a_side` (C, bool) are the elements that go with the organic.

    >>> minimum_organic(np.array([1.5, 1.0]), np.array([0.75, 0.25]), np.array([True, False]))
    2.75
    """
    beta, feed, a_side = np.asarray(beta, float), np.asarray(feed, float), np.asarray(a_side, bool)
    held = feed > 0
    if not (a_side & held).any() or not (~a_side & held).any():
        raise UserError("a cut needs an element of the feed on either side", where="cut")
    least_a, most_b = beta[a_side & held].min(), beta[~a_side & held].max()
    if not least_a > most_b:
        raise UserError(
            f"β falls from {most_b:g} to {least_a:g} across the cut, so it cannot be made in this direction",
            where="cut",
            mend="cut between neighbours in the order of extraction",
        )
    levels, parts = _levels(beta, feed)
    theta = _root(levels, parts, 1.0 if phase == "aqueous" else 0.0, levels.index(most_b))
    scrub_section = float((beta * feed / (beta - theta))[a_side].sum())
    return scrub_section - (feed.sum() if phase == "organic" else 0.0)


def preferred(
    beta: Array, feed: Array, a_side: Mask, free: Mask, phase: Phase = "aqueous"
) -> tuple[Array, float]:
    """What goes with the organic (C) and the least S when the elements `free` distribute as that needs least.

    Each of Underwood's roots θ between the groups asks for V ≥ Σ β_i d_i / (β_i − θ); at the preferred split
    (Stichlmair 1988, Chem.-Ing.-Tech. 60, 747) all hold as equations, a linear system in V and the d_i. Where
    that asks for more of an element than is fed, the least V of the inequalities is a linear programme.

    >>> beta, third = np.array([1.0, 2.0, 4.0]), np.ones(3) / 3
    >>> above, least = preferred(beta, third, np.array([0, 0, 1], bool), np.array([0, 1, 0], bool))
    >>> above.round(6), round(least, 6)
    (array([0.      , 0.111111, 0.333333]), 0.777778)
    """
    beta, feed = np.asarray(beta, float), np.asarray(feed, float)
    middle = np.flatnonzero(free & (feed > 0))
    sharp = a_side & ~free & (feed > 0)
    above = np.where(sharp, feed, 0.0)
    levels, parts = _levels(beta, feed)
    first = levels.index(beta[~a_side & ~free & (feed > 0)].max())
    last = levels.index(beta[sharp].min())
    q = 1.0 if phase == "aqueous" else 0.0
    theta = np.array([_root(levels, parts, q, k) for k in range(first, last)])
    weights = beta / (beta - theta[:, None])  # (roots, C)
    matrix, right = np.column_stack([weights[:, middle], -np.ones(len(theta))]), -weights @ above
    made = None
    if matrix.shape[0] == matrix.shape[1]:  # one root more than distributing elements: their β differ
        made = np.linalg.solve(matrix, right)
    if made is None or (made[:-1] < 0).any() or (made[:-1] > feed[middle]).any():
        bounds = [*((0.0, part) for part in feed[middle]), (None, None)]
        objective = np.append(np.zeros(len(middle)), 1.0)
        made = linprog(objective, A_ub=matrix, b_ub=right, bounds=bounds, method="highs").x
    above[middle] = np.clip(made[:-1], 0.0, feed[middle])
    return above, float(made[-1]) - (float(feed.sum()) if phase == "organic" else 0.0)
