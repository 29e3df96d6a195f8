"""A figure with its range, and draws from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mine2magnet.core.errors import UserError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Range:
    """A most likely value and the range that the sources leave open, low ≤ value ≤ high.

    Drawn from the triangular distribution with this mode: the least that a range and a best
    estimate say (Kotz & van Dorp, Beyond Beta, 2004, ch. 1).
    """

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:  # also refuses NaN
            raise UserError(f"the range {self.low:g} … {self.high:g} does not hold its value {self.value:g}")

    @classmethod
    def of(cls, given: Range | float) -> Range:
        return given if isinstance(given, Range) else cls(float(given), float(given), float(given))

    def at(self, u: Floats) -> Floats:
        """Quantiles: u in [0, 1], any shape. NaN asks for the most likely value.

        >>> Range(4, 2, 8).at(np.array([0.0, 1.0, np.nan])).tolist()
        [2.0, 8.0, 4.0]
        """
        low, high, mode = self.low, self.high, self.value
        if low == high:
            return np.full(np.shape(u), mode)
        rising = (mode - low) / (high - low)
        drawn = np.where(
            u < rising,
            low + np.sqrt(u * (high - low) * (mode - low)),
            high - np.sqrt((1 - u) * (high - low) * (high - mode)),
        )
        return np.where(np.isnan(u), mode, drawn)


NOUGHT, ONE, FOREVER = Range(0, 0, 0), Range(1, 1, 1), Range(np.inf, np.inf, np.inf)
