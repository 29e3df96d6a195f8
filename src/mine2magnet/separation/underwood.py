"""The least flows of a multicomponent cut, which needs infinitely many stages (Underwood 1948, Chem. Eng.
Prog. 44, 603).

Constant β and constant loading make the cascade the exact analogue of distillation at constant molar
overflow: organic = vapour, aqueous feed = boiling liquid (q = 1), organic feed = saturated vapour (q = 0).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import scipy

from mine2magnet.core.compiled import compiled
from mine2magnet.core.errors import UserError
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.stages import Array, Mask


def roots(beta: Array, feed: Array, q: float = 1.0) -> Array:
    """Return the solutions θ of Σ β_i f_i / (β_i − θ) = (1 − q) Σ f_i between neighbouring β.

    Parameters
    ----------
    beta, feed : array (C)
        Elements of no feed or equal β count once.
    q : float
        The part of the feed that enters with the aqueous phase.

    Returns
    -------
    array
        At most C − 1.

    Examples
    --------
    >>> roots(np.array([1.5, 1.0]), np.array([0.75, 0.25]))
    array([1.09090909])
    """
    levels = np.unique(beta[feed > 0])
    return np.array([_root(beta, feed, q, low, high) for low, high in pairwise(levels)])


@compiled
def _root(beta: Array, feed: Array, q: float, low: float, high: float) -> float:
    """The root between two neighbouring β, where the sum rises from −∞ to ∞."""
    target = (1 - q) * feed.sum()
    for _ in range(60):
        theta = (low + high) / 2
        if theta in (low, high):
            break
        total = 0.0
        for i in range(len(beta)):
            if feed[i] > 0:
                total += beta[i] * feed[i] / (beta[i] - theta)
        if total < target:
            low = theta
        else:
            high = theta
    return theta


def minimum_organic(beta: Array, feed: Array, a_side: Mask, phase: Phase = "aqueous") -> float:
    """Return the least S, in the unit of `feed`, of a sharp cut between neighbours in β.

    Parameters
    ----------
    beta, feed : array (C)
    a_side : array of bool (C)
        The elements that go with the organic.
    phase : {"aqueous", "organic"}
        That brings the feed.

    Raises
    ------
    UserError
        Where the elements are no neighbours.

    Examples
    --------
    >>> round(minimum_organic(np.array([1.5, 1.0]), np.array([0.75, 0.25]), np.array([True, False])), 12)
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
            hint="cut between neighbours in the order of extraction",
        )
    theta = _root(beta, feed, 1.0 if phase == "aqueous" else 0.0, most_b, least_a)
    scrub_section = float((beta * feed / (beta - theta))[a_side].sum())
    return scrub_section - (feed.sum() if phase == "organic" else 0.0)


def preferred(
    beta: Array, feed: Array, a_side: Mask, free: Mask, phase: Phase = "aqueous"
) -> tuple[Array, float]:
    """Return the flows with the organic and the least S when some elements distribute as that needs least.

    Each of Underwood's roots θ between the groups asks for V ≥ Σ β_i d_i / (β_i − θ); at the preferred split
    (Stichlmair 1988, Chem.-Ing.-Tech. 60, 747) all hold as equations, a linear system in V and the d_i. Where
    that
    asks for more of an element than is fed, the least V of the inequalities is a linear programme.

    Parameters
    ----------
    beta, feed : array (C)
    a_side, free : array of bool (C)
        The elements that go with the organic, and those that may go either way.
    phase : {"aqueous", "organic"}
        That brings the feed.

    Returns
    -------
    array (C), float

    Examples
    --------
    >>> beta, third = np.array([1.0, 2.0, 4.0]), np.ones(3) / 3
    >>> above, least = preferred(beta, third, np.array([0, 0, 1], bool), np.array([0, 1, 0], bool))
    >>> above.round(6), round(least, 6)
    (array([0.      , 0.111111, 0.333333]), 0.777778)
    """
    beta, feed = np.asarray(beta, float), np.asarray(feed, float)
    middle = np.flatnonzero(free & (feed > 0))
    sharp = a_side & ~free & (feed > 0)
    above = np.where(sharp, feed, 0.0)
    low, high = beta[~a_side & ~free & (feed > 0)].max(), beta[sharp].min()
    levels = np.unique([low, *beta[middle], high])
    q = 1.0 if phase == "aqueous" else 0.0
    theta = np.array([_root(beta, feed, q, *pair) for pair in pairwise(levels)])
    weights = beta / (beta - theta[:, None])  # (roots, C)
    matrix, right = np.column_stack([weights[:, middle], -np.ones(len(theta))]), -weights @ above
    made = None
    if matrix.shape[0] == matrix.shape[1]:  # one root more than distributing elements: their β differ
        made = np.linalg.solve(matrix, right)
    if made is None or (made[:-1] < 0).any() or (made[:-1] > feed[middle]).any():
        bounds = [*((0.0, part) for part in feed[middle]), (None, None)]
        objective = np.append(np.zeros(len(middle)), 1.0)
        made = scipy.optimize.linprog(objective, A_ub=matrix, b_ub=right, bounds=bounds, method="highs").x
    above[middle] = np.clip(made[:-1], 0.0, feed[middle])
    return above, float(made[-1]) - (float(feed.sum()) if phase == "organic" else 0.0)
