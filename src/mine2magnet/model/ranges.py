"""A figure with its range, and draws from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Range(Struct, frozen=True):
    """A most likely value and the range that the sources leave open, low ≤ likely ≤ high.

    Drawn from the triangular distribution with this mode: the least that a range and a best estimate say
    (Kotz & van Dorp, Beyond Beta, 2004, ch. 1). Raises ValueError if the three do not rise.
    """

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.likely <= self.high:  # also refuses NaN
            raise ValueError(f"{self.low:g}, {self.likely:g}, {self.high:g} do not rise")

    @classmethod
    def of(cls, given: Range | float) -> Range:
        """Return the range itself, or a number as a range of no width."""
        return given if isinstance(given, Range) else cls(float(given), float(given), float(given))

    @overload
    def at(self, u: float) -> float: ...
    @overload
    def at(self, u: Floats) -> Floats: ...
    def at(self, u: Floats | float) -> Floats | float:
        """Return the values below which lie the parts `u` of the distribution.

        Parameters
        ----------
        u : float or array of any shape
            Quantiles in [0, 1]; NaN asks for the most likely value.

        >>> Range(2, 4, 8).at(0.0), Range(0.0, 1.0, 2.0).at(0.5)
        (2.0, 1.0)
        """
        import numpy as np  # not with the vocabulary, which everything loads

        low, high, mode = self.low, self.high, self.likely
        if low == high:
            drawn = np.full(np.shape(u), mode)
        else:
            u = np.asarray(u, float)
            drawn = np.where(
                u < (mode - low) / (high - low),
                low + np.sqrt(u * (high - low) * (mode - low)),
                high - np.sqrt((1 - u) * (high - low) * (high - mode)),
            )
            drawn = np.where(np.isnan(u), mode, drawn)
        return drawn if np.ndim(u) else float(drawn)
