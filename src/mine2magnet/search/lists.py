"""Inverted lists: the few of many vectors that are worth comparing with a query.

The vectors of each language are parted into lists about middles (Sivic and Zisserman 2003, "Video Google";
the middles by spherical k-means of a sample, Dhillon and Modha 2001). A query is compared with those in the
lists whose middles are nearest, which lie one after another; with those that came since, which lie behind
them; and with all passages of the documents so found, and of those that words have found. Each language has
its own lists, so that its nearest are found however near the others' are.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mine2magnet.core.compiled import compiled, inlined
from mine2magnet.encoder.encode import DIMENSIONS, Vectors
from mine2magnet.search.centring import unit
from mine2magnet.search.table import Mask, Rows, Scores

if TYPE_CHECKING:
    from mine2magnet.search.nearness import Passages

LOOKED_AT = 0.08  # of the lists of a language, at least …
LEAST = 4000  # … and as many more as bring this many of its passages that pass the filters
FEW = 20_000  # passages that pass the filters up to which all of these are compared
NEAREST = 300  # passages of each language; all of their documents are compared then
PER_LIST = 32  # vectors of the sample for each list
ROUNDS = 6  # of k-means: further ones find no more
_AT_ONCE = 8192  # vectors that are compared with the middles at a time
_FINE = 8191  # steps of a query's numbers up to the largest: 384 products with 127 stay below 2³¹

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Lists:
    """Which records lie in which list. `firsts`: the first list of each language, and one past the last;
    `bounds`: the first record of each list, and one past the last; `middles`: lists × 384, in 8 bits, in
    steps of one size; `checksum`: of the keys of the records in the lists."""

    languages: tuple[str, ...]
    firsts: Rows
    bounds: Rows
    middles: Codes
    checksum: int

    @classmethod
    def of(
        cls,
        vectors_of: Callable[[Rows], Vectors],
        records: npt.NDArray[np.uint64],
        language: Rows,
        names: Sequence[str],
    ) -> tuple[Lists, Rows]:
        """Part records into lists.

        Parameters
        ----------
        vectors_of : callable
            Gives the vectors of some records without the mean of their language, of length 1.
        records : array of int, n
            Their keys.
        language : array of int, n
            As an index of `names`; −1 for one that is in no use, which comes into no list.
        names : sequence of str

        Returns
        -------
        Lists
            Of the records in their new order.
        array of int, n
            Which record comes in each place; those of no list come last.
        """
        middles: list[Vectors] = []
        order, counts, firsts, languages = [], [], [0], []
        for code in np.unique(language[language >= 0]).tolist():
            mine = np.flatnonzero(language == code)
            languages.append(names[code])
            middles.append(_trained(vectors_of, mine))
            blocks = (mine[start : start + _AT_ONCE] for start in range(0, len(mine), _AT_ONCE))
            number = np.concatenate([_nearest(vectors_of(block), middles[-1]) for block in blocks])
            order.append(mine[np.argsort(number, kind="stable")])
            counts.append(np.bincount(number, minlength=len(middles[-1])))
            firsts.append(firsts[-1] + len(middles[-1]))
        every = np.concatenate([*order, np.flatnonzero(language < 0)])
        bounds = np.append(0, np.cumsum(np.concatenate([np.zeros(0, np.intp), *counts])))
        made = cls(
            tuple(languages),
            np.array(firsts),
            bounds,
            _codes(np.concatenate([np.zeros((0, DIMENSIONS), np.float32), *middles])),
            checksum(records[every[: bounds[-1]]]),
        )
        return made, every

    @classmethod
    def nothing(cls) -> Lists:
        """Return no lists: all records are compared."""
        none = np.zeros((0, DIMENSIONS), np.int8)
        return cls((), np.zeros(1, np.intp), np.zeros(1, np.intp), none, 0)

    @classmethod
    def read(cls, content: bytes, keys: npt.NDArray[np.uint64]) -> Lists | None:
        """Return what `written` gave; None for what is damaged, or of other records.

        Parameters
        ----------
        content : bytes
        keys : array of uint64
            Of the records, in their order.
        """
        try:
            with np.load(io.BytesIO(content)) as held:
                languages = tuple(held["languages"].tolist())
                made = cls(languages, held["firsts"], held["bounds"], held["middles"], int(held["checksum"]))
        except (ValueError, OSError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return None
        return made if made.holds(keys) else None

    def holds(self, keys: npt.NDArray[np.uint64]) -> bool:
        """Return whether it is of the records with these keys.

        Parameters
        ----------
        keys : array of uint64
        """
        return bool(len(self) <= len(keys) and checksum(keys[: len(self)]) == self.checksum)

    def written(self) -> bytes:
        """Return it as the content of a file."""
        content = io.BytesIO()
        np.savez(
            content,
            languages=np.array(self.languages, np.str_),
            firsts=self.firsts,
            bounds=self.bounds,
            middles=self.middles,
            checksum=self.checksum,
        )
        return content.getvalue()

    def __len__(self) -> int:
        """Return how many records are in lists."""
        return int(self.bounds[-1])


@dataclass(frozen=True, slots=True)
class Listed:
    """`records`: as they are in the file, n × bytes, the last 384 their vectors in steps of `step`."""

    lists: Lists
    records: Codes
    step: float

    def nearness(
        self, query: Vectors, passages: Passages, allowed: Mask, sure: Mask
    ) -> tuple[Scores, Scores]:
        """Return centred cosines of a query, −∞ where it was not compared.

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
        """
        question, scale = _steps(query)
        near = np.full(len(passages.record), -np.inf, np.float32)
        best = np.full(len(passages.row), -np.inf, np.float32)
        shift = -passages.centring.means @ query
        passing = allowed[passages.row]
        wanted = sure[passages.row]
        count = _count(passing, passages.starts)
        if count <= FEW:
            wanted |= passing
        else:
            narrow = 2 * count < len(near)
            self._mark(wanted, question, scale * self.step, shift, passages, passing, narrow)
        _exactly(
            question, self.records, scale * self.step, shift, np.flatnonzero(wanted), passages.record,
            passages.starts, passages.language, passages.lengths, near, best,
        )  # fmt: skip
        return near, best

    def _mark(
        self,
        wanted: Mask,
        question: npt.NDArray[np.int16],
        step: float,
        shift: Scores,
        passages: Passages,
        passing: Mask,
        narrow: bool,
    ) -> None:
        """Mark the stretches of the `NEAREST` passages of each language."""
        held = passages.by_record()
        lists = self.lists
        products = _products(question, lists.middles)
        order = [first + np.argsort(-products[first:last]) for first, last in pairwise(lists.firsts)]
        seen, values = _probe(
            question, self.records, step, shift, np.concatenate([np.zeros(0, np.intp), *order]), lists.firsts,
            lists.bounds, held.language, held.length, held.order, held.starts, held.stretch, passing, narrow,
            LOOKED_AT, LEAST,
        )  # fmt: skip
        language = held.language[seen]
        for code in range(len(passages.languages)):
            mine = np.flatnonzero(language == code)
            if len(mine) > NEAREST:
                mine = mine[np.argpartition(-values[mine], NEAREST)[:NEAREST]]
            _of_records(seen[mine], held.order, held.starts, held.stretch, passing, wanted)


@dataclass(frozen=True, slots=True)
class ByRecord:
    """Passages in the `order` of their records; `starts`: the first of each record, and one past the last;
    `stretch`: of each passage; of each record: its `language`, −1 for one that is in no use, and the `length`
    of its vector without the mean of that."""

    order: Rows
    starts: Rows
    stretch: Rows
    language: Rows
    length: Scores

    @classmethod
    def of(cls, passages: Passages) -> ByRecord:
        """Turn the passages of a table round.

        Parameters
        ----------
        passages : Passages
        """
        count = len(passages.records.keys)
        stretch = np.repeat(np.arange(len(passages.row), dtype=np.int32), np.diff(passages.starts))
        length = np.ones(count, np.float32)
        length[passages.record] = passages.lengths
        language = passages.of_records().astype(np.int16)
        return cls(*_by_record(passages.record, count), stretch, language, length)


def checksum(keys: npt.NDArray[np.uint64]) -> int:
    """Return a number by which a sequence of keys is known.

    Parameters
    ----------
    keys : array of uint64
    """
    return zlib.crc32(np.ascontiguousarray(keys).tobytes())


def many(count: int) -> int:
    """Return into how many lists so many vectors are parted.

    Parameters
    ----------
    count : int
    """
    return max(round(2 * math.sqrt(count)), 1)


def _trained(vectors_of: Callable[[Rows], Vectors], records: Rows) -> Vectors:
    """The middles of lists of some records."""
    count = many(len(records))
    sample = vectors_of(np.sort(np.random.default_rng(1).permutation(records)[: PER_LIST * count]))
    middles = sample[:: max(len(sample) // count, 1)][:count].copy()
    for _ in range(ROUNDS):
        number = _nearest(sample, middles)
        counts = np.bincount(number, minlength=count)
        used = np.flatnonzero(counts)
        sums = np.add.reduceat(sample[np.argsort(number, kind="stable")], (np.cumsum(counts) - counts)[used])
        middles[used] = unit(sums)
    return middles


def _nearest(vectors: Vectors, middles: Vectors) -> Rows:
    return np.concatenate(
        [
            np.argmax(vectors[start : start + _AT_ONCE] @ middles.T, axis=1)
            for start in range(0, len(vectors), _AT_ONCE)
        ]
    )


def _codes(vectors: Vectors) -> Codes:
    scale = 127 / float(np.abs(vectors).max(initial=0.0) or 1)
    return np.asarray(np.rint(vectors * scale), np.int8)


def _steps(vector: Vectors) -> tuple[npt.NDArray[np.int16], float]:
    """A vector in 14 bits, and what a step is: as fast as in 8, and without their error."""
    step = float(np.abs(vector).max() or 1) / _FINE
    return np.rint(vector / step).astype(np.int16), step


@compiled
def _by_record(record: Rows, count: int) -> tuple[Rows, Rows]:
    starts = np.zeros(count + 1, np.int32)
    for r in record:
        starts[r + 1] += 1
    for r in range(count):
        starts[r + 1] += starts[r]
    next = starts[:-1].copy()
    order = np.empty(len(record), np.int32)
    for p in range(len(record)):
        order[next[record[p]]] = p
        next[record[p]] += 1
    return order, starts


@inlined
def _product(a: Any, b: Any) -> Any:
    total = np.int32(0)
    for j in range(DIMENSIONS):
        total += np.int32(a[j]) * np.int32(b[j])
    return total


@compiled
def _count(passing: Mask, starts: Rows) -> Any:
    """Count the passages of some stretches."""
    count = 0
    for s in range(len(passing)):
        if passing[s]:
            count += starts[s + 1] - starts[s]
    return count


@compiled
def _products(query: npt.NDArray[np.int16], codes: Codes) -> npt.NDArray[np.int32]:
    found = np.empty(len(codes), np.int32)
    for i in range(len(codes)):
        found[i] = _product(query, codes[i])
    return found


@compiled
def _probe(
    query: npt.NDArray[np.int16],
    records: Codes,
    step: float,
    shift: Scores,
    lists: Rows,
    firsts: Rows,
    bounds: Rows,
    language: Rows,
    length: Scores,
    order: Rows,
    starts: Rows,
    stretch: Rows,
    passing: Mask,
    narrow: bool,
    share: float,
    least: int,
) -> tuple[Rows, Scores]:
    """Compare what is in the nearest lists of each language, and what is in none: which records, how near.

    Those that do not pass are left out where many do not (`narrow`): to look that up takes longer than to
    compare.
    """
    seen = np.empty(len(records), np.int32)
    values = np.empty(len(records), np.float32)
    count = 0
    for code in range(len(firsts)):
        last = code + 1 == len(firsts)  # what is in none
        before = count
        for at in range(firsts[code], firsts[code] + 1 if last else firsts[code + 1]):
            if (
                not last
                and at - firsts[code] >= share * (firsts[code + 1] - firsts[code])
                and count - before >= least
            ):
                break
            begin = bounds[-1] if last else bounds[lists[at]]
            end = len(records) if last else bounds[lists[at] + 1]
            for r in range(begin, end):
                use = language[r] >= 0
                if narrow and use:
                    use = False
                    for c in range(starts[r], starts[r + 1]):
                        use = use or passing[stretch[order[c]]]
                if use:
                    product = _product(query, records[r, -DIMENSIONS:]) * step
                    seen[count] = r
                    values[count] = (product + shift[language[r]]) / length[r]
                    count += 1
    return seen[:count], values[:count]


@compiled
def _of_records(records: Rows, order: Rows, starts: Rows, stretch: Rows, passing: Mask, wanted: Mask) -> None:
    """Mark the stretches that have some records, if they pass."""
    for r in records:
        for c in range(starts[r], starts[r + 1]):
            wanted[stretch[order[c]]] |= passing[stretch[order[c]]]


@compiled
def _exactly(
    query: npt.NDArray[np.int16],
    records: Codes,
    step: float,
    shift: Scores,
    stretches: Rows,
    record: Rows,
    starts: Rows,
    language: Rows,
    lengths: Scores,
    near: Scores,
    best: Scores,
) -> None:
    """Compare all passages of some stretches."""
    for s in stretches:
        for p in range(starts[s], starts[s + 1]):
            product = _product(query, records[record[p], -DIMENSIONS:]) * step
            near[p] = (product + shift[language[s]]) / lengths[p]
            best[s] = max(best[s], near[p])
