"""One cut: what goes to which phase, and how pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import closed_form, underwood
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.stages import Array, Mask

LEAST_EXCESS = 1.01  # of the least S: a first guess for products of low purity must still be above it


@dataclass(frozen=True, slots=True)
class Cut:
    """What a cut has to do.

    `beta` and `feed` (C), `a_side` (C, bool) the elements that go with the organic; `impurity_a` and
    `impurity_b` the mole fractions of the other group allowed in each product. `efficiency` is Murphree's.
    `entrained_aqueous` and `entrained_organic` are the parts of each phase carried over with the other.
    `free` (C, bool) are elements between the two groups that may go either way: a fuzzy cut. If they are
    `drawn` off between (side_draw.py) they are foreign to both products.
    """

    beta: Array
    feed: Array
    a_side: Mask
    impurity_a: float
    impurity_b: float
    phase: Phase = "aqueous"
    efficiency: float = 1.0
    elements: tuple[str, ...] = ()
    free: Mask | None = None
    drawn: bool = False
    entrained_aqueous: float = 0.0
    entrained_organic: float = 0.0

    def __post_init__(self) -> None:
        for side, part in (("a", self.impurity_a), ("b", self.impurity_b)):
            if not 0 < part < 1:
                raise UserError(f"impurity_{side} is {part:g}", where="cut", hint="give it in (0, 1)")
        for group, foreign, allowed in (
            ("A", self.b_side, self.impurity_a),
            ("B", self.a_side, self.impurity_b),
        ):
            held = float(self.feed[foreign].sum() / self.feed.sum())
            if not allowed < held:
                raise UserError(
                    f"product {group} may hold {allowed:g} of the others, the feed itself holds {held:g}",
                    where="cut",
                    hint="ask for a purer product",
                )
        underwood.minimum_organic(self.beta, self.feed, ~self.b_side, self.phase)
        if self.free is not None:
            underwood.minimum_organic(self.beta, self.feed, self.a_side, self.phase)

    @property
    def b_side(self) -> Mask:
        """The elements that stay in the aqueous phase (C, bool)."""
        return ~self.a_side if self.free is None else ~(self.a_side | self.free)

    @property
    def foreign_a(self) -> Mask:
        """The elements that product A is to be free of (C, bool)."""
        return ~self.a_side if self.drawn else self.b_side

    @property
    def foreign_b(self) -> Mask:
        """The elements that product B is to be free of (C, bool)."""
        return ~self.b_side if self.drawn else self.a_side

    @property
    def share(self) -> float:
        """The part of the feed that goes with the organic, f_A."""
        if self.free is None:
            return float(self.feed[self.a_side].sum() / self.feed.sum())
        above, _ = underwood.preferred(self.beta, self.feed, self.a_side, self.free, self.phase)
        return float(above.sum() / self.feed.sum())

    @property
    def key_beta(self) -> float:
        """The separation factor β of the two neighbours that the cut parts, beside what is free."""
        key_a, key_b = self.keys
        return float(self.beta[key_a] / self.beta[key_b])

    @property
    def keys(self) -> tuple[int, int]:
        """The least extractable element fed that goes with the organic, the most extractable that stays."""
        a, b = np.flatnonzero(self.a_side & (self.feed > 0)), np.flatnonzero(self.b_side & (self.feed > 0))
        return int(a[self.beta[a].argmin()]), int(b[self.beta[b].argmax()])

    @property
    def extract_flow(self) -> float:
        """The flow that leaves with the organic when both purities are met exactly, mol."""
        return self._extract_flow(self.share)

    @property
    def extract_bounds(self) -> tuple[float, float]:
        """Bounds of `extract_flow`, mol: what is free goes all one way, and all the other."""
        whole = float(self.feed.sum())
        low, high = float(self.feed[self.a_side].sum()), whole - float(self.feed[self.b_side].sum())
        return self._extract_flow(low / whole), self._extract_flow(high / whole)

    def _extract_flow(self, share: float) -> float:
        part = (share - self.impurity_b) / (1 - self.impurity_a - self.impurity_b)
        return float(self.feed.sum()) * part

    @property
    def minimum_organic(self) -> float:
        """The least S, mol, of infinitely many stages (Underwood).

        At least what leaves with the organic, which is more where β is without end.
        """
        if self.free is None or self.drawn:  # one end needs to be rid of what is drawn as in a sharp cut
            sides = (self.a_side, ~self.b_side)
            least = max(underwood.minimum_organic(self.beta, self.feed, side, self.phase) for side in sides)
            if self.drawn:
                return least
            return max(least, self.extract_flow - float(self.feed.sum()) * (self.phase == "organic"))
        return underwood.preferred(self.beta, self.feed, self.a_side, self.free, self.phase)[1]

    @property
    def organic_estimate(self) -> float:
        """Xu's optimum S; of more than two elements as many times Underwood's least as for the keys."""
        keys = closed_form.minimum_organic(self.share, self.key_beta, self.phase)
        return self.minimum_organic * max(self.estimate.organic / keys, LEAST_EXCESS)

    @property
    def stages_estimate(self) -> tuple[float, float]:
        """Extraction and scrub stages: twice Fenske's for the keys, as at Xu's optimum (βE = √β)."""
        share = self.extract_flow / float(self.feed.sum())
        key_a, key_b = self.keys
        feed = self.feed / self.feed.sum()
        b = max(feed[key_a] / (self.impurity_b * (1 - share)), 2.0)  # by how much the raffinate is freed of A
        a = max(feed[key_b] / (self.impurity_a * share), 2.0)
        return 2 * log(b) / log(self.key_beta), 2 * log(a) / log(self.key_beta)

    @property
    def estimate(self) -> closed_form.Design:
        """The two-component closed form between the keys, per mole of feed."""
        return closed_form.design(
            self.share, self.key_beta, 1 - self.impurity_a, 1 - self.impurity_b, self.phase
        )
