"""Whether a cut that is built keeps its purities when the separation factors are not those it was built for.

The stages stand; what can be turned is the organic flow (and with it saponification and scrub), at the split
that both purities fix.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation.sizing import SizedCut, fit_settled
from mine2magnet.separation.stages import Array


@dataclass(frozen=True, slots=True)
class Robustness:
    """`flow` (draws) is the organic flow that keeps both purities over that of the design, inf where none
    does."""

    flow: Array

    @property
    def unmet(self) -> float:
        """The part of the draws that no flow copes with."""
        return float(np.isinf(self.flow).mean())

    def met(self, reserve: float) -> float:
        """Return the part of the draws that a plant of some times the design's flow copes with.

        Parameters
        ----------
        reserve : float
            Times the design's flow.

        Examples
        --------
        >>> Robustness(np.array([0.9, 1.1, 1.4, np.inf])).met(1.2)
        0.5
        """
        return float((self.flow <= reserve).mean())

    def needed(self, part: float) -> float:
        """Return the times the design's flow that copes with a part of the draws; inf if no flow does.

        Parameters
        ----------
        part : float
            0 to 1.
        """
        return float(np.quantile(self.flow, part, method="inverted_cdf"))


def robustness(built: SizedCut, betas: Iterable[Array], allowed: float = 1.0) -> Robustness:
    """Return the flow that a cut as built needs at other separation factors.

    Parameters
    ----------
    built : SizedCut
    betas : iterable of array (C)
        Draws of the separation factors, in the order of the cut's elements.
    allowed : float
        Times the impurities that the cut was designed for will do.
    """
    cut = replace(
        built.cut, impurity_a=allowed * built.cut.impurity_a, impurity_b=allowed * built.cut.impurity_b
    )

    def flow(beta: Array) -> float:
        try:
            fitted = fit_settled(replace(cut, beta=beta), built.n_extraction, built.n_scrub)
        except UserError:  # the order of extraction itself is another
            return float("inf")
        return fitted.organic / built.organic if fitted else float("inf")

    return Robustness(np.array([flow(beta) for beta in betas]))
