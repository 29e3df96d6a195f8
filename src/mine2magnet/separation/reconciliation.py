"""Feed, raffinate and extract of a cut as measured, brought to balance within their errors.

Weighted least squares on logarithms: the part that leaves with the organic and both products are the
unknowns, the feed is their sum (Mah, Stanley, Downing 1976, Ind. Eng. Chem. Process Des. Dev. 15, 175). The
sum of squares tells whether the balances close within the stated errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from mine2magnet.separation.stages import Array, Mask

GROSS = 3.0  # standard errors of its adjustment from which a measurement is named

LEAST_LOG = -300.0  # of a mole fraction


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Mole fractions (C) that balance: feed = extract_part · extract + (1 − extract_part) · raffinate.

    `misses` (3, C) are by how many standard errors feed, raffinate and extract had to move, NaN where nothing
    was measured; `chance` that errors as stated alone make balances so far off.
    """

    feed: Array
    raffinate: Array
    extract: Array
    extract_part: float
    misses: Array
    chance: float

    @property
    def gross(self) -> Mask:
        """The measurements that are off by more than their errors explain (3, C, bool)."""
        return np.asarray(np.nan_to_num(np.abs(self.misses)) > GROSS)


def reconcile(measured: Array, errors: Array, extract_part: float, part_error: float) -> Reconciled:
    """Return what balances and is nearest to what was measured.

    Parameters
    ----------
    measured : array (3, C)
        Mole fractions of feed, raffinate, extract; NaN where nothing was measured.
    errors : array (3, C)
        Relative standard errors.
    extract_part : float
        The part of the feed that leaves with the organic, from the flows.
    part_error : float
        Its standard error.
    """
    known = np.isfinite(measured)
    count = measured.shape[1]
    floor = np.nanmin(np.where(known, measured, np.nan)) / 10

    def parts(theta: Array) -> tuple[Array, Array, Array, float]:
        raffinate, extract = (np.exp(one) / np.exp(one).sum() for one in np.split(theta[1:], 2))
        part = float(theta[0])
        return part * extract + (1 - part) * raffinate, raffinate, extract, part

    def misses(theta: Array) -> Array:
        *streams, part = parts(theta)
        with np.errstate(invalid="ignore"):
            off = (np.log(measured) - np.log(np.array(streams))) / errors
        levels = [one.sum() for one in np.split(theta[1:] - begin[1:], 2)]  # free: they are normalised
        return np.concatenate([off[known], [(part - extract_part) / part_error], levels])

    split = float(np.clip(extract_part, 0.01, 0.99))
    start = np.where(known, measured, floor)
    other = [(start[0] - split * start[2]) / (1 - split), (start[0] - (1 - split) * start[1]) / split]
    for row, by_difference in enumerate(other, 1):
        start[row] = np.where(known[row], start[row], np.maximum(by_difference, floor))
    begin = np.concatenate([[split], np.log(start[1]), np.log(start[2])])
    low = np.concatenate([[1e-3], np.full(2 * count, LEAST_LOG)])
    high = np.concatenate([[1 - 1e-3], np.full(2 * count, -LEAST_LOG)])
    found = scipy.optimize.least_squares(misses, begin, bounds=(low, high), x_scale="jac", loss="linear")
    feed, raffinate, extract, part = parts(found.x)
    off = np.full(measured.shape, np.nan)
    off[known] = found.fun[: known.sum()]
    # adjustments have less spread than the errors: by the part that the fit takes up
    hat = found.jac @ np.linalg.pinv(found.jac)
    left = np.sqrt(np.maximum(1 - np.diag(hat)[: known.sum()], 1e-6))
    off[known] /= left
    freedom = max(int(known.sum()) + 1 - (2 * count - 1), 1)
    return Reconciled(
        feed, raffinate, extract, part, off, float(scipy.stats.chi2.sf(2 * found.cost, freedom))
    )
