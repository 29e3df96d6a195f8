"""The few of many vectors that are worth comparing exactly with a query.

Comparing all takes 4 ms for each 100,000. Of very many, the first principal components (Jolliffe 2002,
"Principal component analysis") are compared, in 8 bits, a sixth of the work; the best of each language and
those of documents that words have found are then compared exactly, and the others keep their estimate.
Nothing of it is on disk: it is made of the records in half a second for 300,000, and goes on with those that
are added.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mine2magnet.core.compiled import compiled, inlined
from mine2magnet.encoder.encode import DIMENSIONS, Vectors
from mine2magnet.search.table import Mask, Rows, Scores

if TYPE_CHECKING:
    from mine2magnet.search.nearness import Passages

COMPONENTS = 64
COMPARED = 1500  # passages of each language that are compared exactly, besides those that words have found
SAMPLE = 20_000  # vectors, evenly spread, from which the components are found
_HALF = 2048  # steps of cosines from 0 to 1, by which those compared are chosen
_AT_ONCE = 10_000  # vectors that are turned at a time

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Shortlist:
    """`codes`: the records, n × 8 bits, whose last 384 are their vectors in steps of `step`; `turned`: the
    components of each without `middle`, in steps of 1 / `scale`."""

    codes: Codes
    basis: Vectors  # 384 × components
    middle: Vectors  # 384
    scale: float
    step: float
    turned: Codes

    @classmethod
    def of(cls, codes: Codes, step: float) -> Shortlist:
        """Find the components of a sample, and turn all.

        Parameters
        ----------
        codes : array of int8, n × (384 or more)
        step : float
            Of the vectors.
        """
        sample = codes[:: max(len(codes) // SAMPLE, 1), -DIMENSIONS:].astype(np.float32) * np.float32(step)
        middle = sample.mean(0)
        sample -= middle
        _, directions = np.linalg.eigh(sample.T @ sample)  # the largest come last
        basis = np.ascontiguousarray(directions[:, : -COMPONENTS - 1 : -1])
        scale = 127 / float(np.abs(sample @ basis).max() or 1)
        nothing = np.zeros((0, COMPONENTS), np.int8)
        return cls(codes[:0], basis, middle, scale, step, nothing).extended(codes)

    def extended(self, codes: Codes) -> Shortlist:
        """Return it with the records that came since.

        Parameters
        ----------
        codes : array of int8, n × (384 or more)
            All of them.
        """
        turned = np.empty((len(codes), COMPONENTS), np.int8)
        known = len(self.turned)
        turned[:known] = self.turned
        basis, shift = self.basis * np.float32(self.scale * self.step), self.middle @ self.basis * self.scale
        for start in range(known, len(codes), _AT_ONCE):
            some = codes[start : start + _AT_ONCE, -DIMENSIONS:].astype(np.float32) @ basis - shift
            turned[start : start + _AT_ONCE] = np.clip(np.rint(some), -127, 127)
        return replace(self, codes=codes, turned=turned)

    def nearness(
        self, query: Vectors, passages: Passages, allowed: Mask, sure: Mask
    ) -> tuple[Scores, Scores, Scores]:
        """Return centred cosines of a query, −∞ for passages of other rows.

        Parameters
        ----------
        query : array, 384
            Centred.
        passages : Passages
        allowed, sure : array of bool, rows
            As `nearness.Records.distances` takes them.

        Returns
        -------
        array, passages
            The cosine of each.
        array, stretches
            That of the best passage of each.
        array, stretches
            The mean of its best few.
        """
        means = passages.centring.means
        asked, rough = _steps(query @ self.basis)
        fine, exact = _steps(np.concatenate([np.zeros(self.codes.shape[1] - DIMENSIONS, np.float32), query]))
        near = np.empty(len(passages.record), np.float32)
        best, few = (np.empty(len(passages.row), np.float32) for _ in range(2))
        _compare(
            _products(asked, self.turned),
            rough / self.scale,
            (self.middle - means) @ query,
            fine,
            self.codes,
            exact * self.step,
            -means @ query,
            passages.record,
            passages.starts,
            passages.language,
            allowed[passages.row],
            sure[passages.row],
            passages.lengths,
            near,
            best,
            few,
        )
        return near, best, few


def _steps(vector: Vectors) -> tuple[Codes, float]:
    """A vector in 8 bits, and what a step is."""
    step = float(np.abs(vector).max() or 1) / 127
    return np.rint(vector / step).astype(np.int8), step


@inlined
def _product(a: Codes, b: Codes) -> np.int32:
    total = np.int32(0)
    for j in range(len(a)):
        total += np.int32(a[j]) * np.int32(b[j])
    return total


@compiled
def _products(query: Codes, turned: Codes) -> npt.NDArray[np.int32]:
    found = np.empty(len(turned), np.int32)
    for i in range(len(turned)):
        found[i] = _product(query, turned[i])
    return found


@compiled
def _compare(
    rough: npt.NDArray[np.int32],
    rough_step: float,
    rough_shift: Scores,
    query: Codes,
    codes: Codes,
    step: float,
    shift: Scores,
    record: Rows,
    starts: Rows,
    language: Rows,
    allowed: Mask,
    sure: Mask,
    lengths: Scores,
    near: Scores,
    best: Scores,
    few: Scores,
) -> None:
    """Fill in the estimates, and the exact cosines of those of which each language has `COMPARED`."""
    counts = np.zeros((len(shift), 2 * _HALF + 1), np.int64)
    for s in range(len(language)):
        for p in range(starts[s], starts[s + 1]):
            near[p] = -np.inf
            if allowed[s] or sure[s]:
                near[p] = (rough[record[p]] * rough_step + rough_shift[language[s]]) / lengths[p]
            if allowed[s]:
                counts[language[s], min(max(int(near[p] * _HALF) + _HALF, 0), 2 * _HALF)] += 1
    least = np.full(len(shift), -np.inf)
    for code in range(len(shift)):
        left = COMPARED
        for at in range(2 * _HALF, -1, -1):
            left -= counts[code, at]
            if left <= 0:
                least[code] = (at - 1) / _HALF - 1  # what is below nought is cut upwards
                break
    none = np.float32(-np.inf)
    for s in range(len(language)):
        first = second = third = none
        for p in range(starts[s], starts[s + 1]):
            if sure[s] or (allowed[s] and near[p] >= least[language[s]]):
                near[p] = (_product(query, codes[record[p]]) * step + shift[language[s]]) / lengths[p]
            value = near[p]
            third = max(third, min(second, value))
            second = max(second, min(first, value))
            first = max(first, value)
        best[s] = total = first
        if starts[s + 1] - starts[s] > 1:
            total += second
        if starts[s + 1] - starts[s] > 2:
            total += third
        few[s] = total / min(starts[s + 1] - starts[s], 3)
