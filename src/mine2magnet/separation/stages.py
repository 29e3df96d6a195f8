"""A cascade as arrays: what enters which stage, what flows between the stages, how they fall short."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mine2magnet.core.compiled import compiled
from mine2magnet.core.errors import UserError
from mine2magnet.separation.closed_form import Phase

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cascade:
    """N stages in which C elements share what the two phases can carry.

    Stage 0 is where fresh organic enters and the raffinate (least extractable, B) leaves; stage N−1 is where
    the scrub acid enters and the loaded organic (A) leaves. All flows are in mol of rare earth per unit of
    time, whatever the unit.

    `beta` (C), or (N, C) where it differs by stage, are the distribution ratios relative to any one element.
    `aqueous` (N) is the total that leaves each stage with the aqueous phase: constant loading makes the
    totals known beforehand. `feed_aqueous` and `feed_organic` (N, C) enter with either phase. `draw_aqueous`
    and `draw_organic` (N) are the parts of the leaving streams that are taken out as side products.
    `efficiency` (N) is Murphree's, on the organic side; `entrained_aqueous` and `entrained_organic` are the
    parts of each phase carried over with the other.
    """

    beta: Array
    aqueous: Array
    feed_aqueous: Array
    feed_organic: Array
    draw_aqueous: Array
    draw_organic: Array
    efficiency: Array
    entrained_aqueous: float = 0.0
    entrained_organic: float = 0.0
    elements: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        flows = ("aqueous", "feed_aqueous", "feed_organic", "draw_aqueous", "draw_organic")
        for name in ("beta", *flows, "efficiency"):  # compiled code is made anew for every other layout
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), float))

    @property
    def stages(self) -> int:
        """The number of stages, N."""
        return len(self.aqueous)

    @property
    def feed(self) -> Array:
        """Flows that enter, per element (C)."""
        return np.asarray((self.feed_aqueous + self.feed_organic).sum(axis=0))

    @property
    def organic(self) -> Array:
        """The total that leaves each stage with the organic phase (N), from the balance of totals."""
        feed = (self.feed_aqueous + self.feed_organic).sum(axis=1)
        return _organic(feed, self.aqueous, self.draw_aqueous, self.draw_organic)


@compiled
def _organic(feed: Array, aqueous: Array, draw_aqueous: Array, draw_organic: Array) -> Array:
    organic, below = np.empty(len(aqueous)), 0.0
    for j in range(len(aqueous)):
        coming = (1 - draw_aqueous[j + 1]) * aqueous[j + 1] if j + 1 < len(aqueous) else 0.0
        organic[j] = below + feed[j] + coming - aqueous[j]
        below = organic[j] * (1 - draw_organic[j])
    return organic


def cascade(
    beta: Array,
    feed: Array,
    organic: float,
    extract_flow: float,
    n_extraction: int,
    n_scrub: int,
    *,
    phase: Phase = "aqueous",
    efficiency: float = 1.0,
    entrained_aqueous: float = 0.0,
    entrained_organic: float = 0.0,
    elements: tuple[str, ...] = (),
) -> Cascade:
    """Return an extraction section, the last stage of which takes the feed, and a scrub section.

    The end stages are taken as ideal (each is the loading of fresh organic or the exchange with fresh acid).

    Parameters
    ----------
    beta : array (C) or (N, C)
    feed : array (C)
        mol.
    organic : float
        S, mol.
    extract_flow : float
        The total that leaves with the organic, mol.
    n_extraction, n_scrub : int
    phase : {"aqueous", "organic"}
        That brings the feed.
    efficiency : float
        Murphree's, on the organic side.
    entrained_aqueous, entrained_organic : float
        The parts of each phase carried over with the other.
    elements : tuple of str (C), optional
        Names for what is said.

    Raises
    ------
    UserError
        Where a flow is not positive.
    """
    beta, feed = np.asarray(beta, float), np.asarray(feed, float)
    total = float(feed.sum())
    raffinate_flow, scrub = total - extract_flow, organic - extract_flow + total * (phase == "organic")
    if min(n_extraction, n_scrub) < 1 or beta.shape != feed.shape or (beta <= 0).any() or (feed < 0).any():
        raise UserError("a cascade needs a stage in each section and a positive β and a feed per element")
    if not (0 < extract_flow < total and organic > 0 and scrub > 0):
        raise UserError(
            f"an organic flow of {organic:g} cannot send {extract_flow:g} of {total:g} mol to the organic "
            "product",
            where="organic",
            hint="raise it or change the split",
        )
    if not 0 < efficiency <= 1 or not 0 <= entrained_aqueous + entrained_organic < 1:
        raise UserError("an efficiency lies in (0, 1], the entrained parts in [0, 1) together")
    stages = n_extraction + n_scrub
    aqueous = np.full(stages, scrub)
    if phase == "aqueous":
        aqueous[:n_extraction] += total
    aqueous[0] = raffinate_flow
    entering = np.zeros((stages, len(feed)))
    entering[n_extraction - 1] = feed
    nothing = np.zeros_like(entering)
    eta = np.full(stages, efficiency)
    eta[[0, -1]] = 1.0
    return Cascade(
        beta,
        aqueous,
        entering if phase == "aqueous" else nothing,
        entering if phase == "organic" else nothing,
        np.zeros(stages),
        np.zeros(stages),
        eta,
        entrained_aqueous,
        entrained_organic,
        elements,
    )
