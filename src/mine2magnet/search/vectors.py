"""Vectors of passages on disk: one file of records that is only ever appended to, mapped into memory.

A record is a passage's key (`passages.Piece.key`) and its vector in 8 bits. As the key stands for the
text, copies share a vector, and a new version of a document embeds only what changed. A file that was
cut off loses its last record; one that is damaged holds keys that nothing asks for, and is made anew
passage by passage.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import simsimd

from mine2magnet.encoder.encode import DIMENSIONS, Vectors
from mine2magnet.search import files
from mine2magnet.search.centring import unit
from mine2magnet.search.files import Signature, signature
from mine2magnet.search.nearness import Passages
from mine2magnet.search.table import Mask, Rows, Scores

if TYPE_CHECKING:
    from mine2magnet.search.lists import Listed, Lists  # compiled: loaded where they are used

EXACT = 100_000  # vectors up to which a query is compared with all: 4 ms
FEW = 2  # queries of more that are compared with all before lists are made, which takes seconds
TAIL = 30_000  # vectors that have come since and are in no list, before they are put into some
WAIT = 60.0  # s for another process that writes vectors
RECORD = np.dtype([("key", "<u8"), ("vector", "i1", DIMENSIONS)])
SCALE = 127 / 0.17  # components of the model's vectors lie within ±0.17; what does not is clipped
_AT_ONCE = 10_000  # records that are written at a time


class VectorFile:
    """The file at `path`; it need not be there. `records` is what was in it when it was last looked at.

    Where they are many, a thread puts the records in the order of inverted lists, and what tells these
    beside the file; others that have it mapped keep the old one until they look again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = path.with_suffix(".lists")
        self._seen: Signature = None
        self.records = np.zeros(0, RECORD)
        self._lists: Lists | None = None
        self._made: Lists | None = None  # by a thread, for the file as it is then
        self._asked = 0  # queries of more than `EXACT`
        self._making = threading.Lock()

    def reload(self) -> bool:
        """Look at the file again, and return whether it, or how it is searched, has changed since."""
        seen, made = signature(self._path), self._made
        if seen == self._seen and made is None:
            return False
        if seen is None or self._seen is None or seen[0] != self._seen[0] or seen[1] < self._seen[1]:
            self._lists, self._asked = None, 0
        count = seen[1] // RECORD.itemsize if seen else 0
        self.records = np.memmap(self._path, RECORD, "r", shape=(count,)) if count else np.zeros(0, RECORD)
        self._seen, self._made = seen, None
        if made and made.holds(self.records["key"]):
            self._lists = made
        return True

    def _count(self, passages: Passages) -> None:
        """Count a query; where there is something to do about lists, have a thread do it."""
        count, lists = len(passages.records.keys), self._lists
        if count > EXACT and count - len(lists or ()) > (TAIL if lists else 0):
            self._asked += 1
            if self._asked > FEW and self._making.acquire(blocking=False):
                threading.Thread(target=self._list, args=(passages,), name="lists", daemon=True).start()

    def _list(self, passages: Passages) -> None:
        """Have lists, of the file beside or made anew; unless nothing can be written, when all goes on as
        before."""
        from mine2magnet.search.lists import Listed, Lists

        try:
            records = passages.records
            assert isinstance(records, Mapped)
            every = np.ones(len(passages.stretch), bool)
            Listed(Lists.nothing(), records.raw, 1 / SCALE).nearness(
                records.vectors(np.arange(1))[0], passages, every, every
            )
            known = Lists.read(self._beside.read_bytes(), records.keys) if self._beside.exists() else None
            if known is None or len(records.keys) - len(known) > TAIL:
                known = self._arrange(passages)
            self._made = known
        except OSError:
            self._asked = -10_000  # queries until it is tried again
        finally:
            self._making.release()

    def _arrange(self, passages: Passages) -> Lists | None:
        """Put the records that passages have been found in into the order of lists; those that came since
        stay behind them."""
        from mine2magnet.search.lists import Lists

        records, means = passages.records, passages.centring.means
        language = passages.of_records()
        made, order = Lists.of(
            lambda some: unit(records.vectors(some) - means[language[some]]),
            records.keys, language, passages.languages,
        )  # fmt: skip
        new = self._path.with_suffix(".new")
        with files.locked(self._path.with_name("vectors.lock"), WAIT) as mine:
            held = np.memmap(self._path, RECORD, "r", shape=(len(order),)) if mine else None
            if held is None or not (held["key"] == records.keys).all():  # cleared meanwhile, or in lists
                return None
            with new.open("wb") as file, self._path.open("rb") as old:
                for start in range(0, len(order), _AT_ONCE):
                    file.write(held[order[start : start + _AT_ONCE]].tobytes())
                old.seek(len(order) * RECORD.itemsize)
                shutil.copyfileobj(old, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
            files.replace(self._beside, made.written())
        return made

    def clear(self) -> None:
        """Take the file away; who has it mapped keeps the old one."""
        self._beside.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)

    def mapped(self) -> Mapped:
        """Return the records that are in the file, mapped into memory."""
        return Mapped(self.records, squares(self.records["vector"]), self._lists, self._count)

    def append(self, keys: Sequence[int], languages: Sequence[str], vectors: Vectors) -> None:
        """Add records; their languages are known to the table. One writer at a time.

        Parameters
        ----------
        keys : sequence of int, n
        languages : sequence of str, n
        vectors : array, n × 384
        """
        new = np.zeros(len(keys), RECORD)
        new["key"] = keys
        new["vector"] = quantised(vectors, SCALE)
        with self._path.open("ab") as file:
            file.truncate(file.tell() // RECORD.itemsize * RECORD.itemsize)
            file.write(new.tobytes())
            file.flush()
            os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class Mapped:
    """The records of a file: `nearness.Records`."""

    records: npt.NDArray[np.void]
    squares: Scores  # the squared lengths of the vectors
    lists: Lists | None
    _count: Callable[[Passages], None]  # is told of each query

    @property
    def keys(self) -> npt.NDArray[np.uint64]:
        """See `nearness.Records.keys`."""
        return self.records["key"]

    @property
    def codes(self) -> npt.NDArray[np.int8]:
        """The vectors."""
        return self.records["vector"]

    @property
    def raw(self) -> npt.NDArray[np.int8]:
        """The records as bytes, the vectors last."""
        return self.records.view(np.int8).reshape(-1, RECORD.itemsize)

    def quick(self, passages: Passages) -> Listed | None:
        """Return the lists, if there are any; see `nearness.Records.quick`.

        Parameters
        ----------
        passages : Passages
        """
        self._count(passages)
        if self.lists is None:
            return None
        from mine2magnet.search.lists import Listed

        return Listed(self.lists, self.raw, 1 / SCALE)

    def distances(self, query: Vectors, passages: Passages, allowed: Mask, sure: Mask) -> Scores:
        """Return distances of all records; see `nearness.Records.distances`.

        Parameters
        ----------
        query : array, 384
        passages : Passages
        allowed, sure : array of bool, rows
        """
        return distances(query, self.codes, self.squares)

    def products(self, vector: Vectors) -> Scores:
        """Return the inner product of a vector with each record.

        Parameters
        ----------
        vector : array, 384
        """
        return 1.0 - distances(vector, self.codes, self.squares)

    def vectors(self, records: Rows) -> Vectors:
        """Return some vectors.

        Parameters
        ----------
        records : array of int, n

        Returns
        -------
        array, n × 384
        """
        return self.codes[records].astype(np.float32) / np.float32(SCALE)


def quantised(vectors: Vectors, scale: float) -> npt.NDArray[np.int8]:
    """Return vectors in 8 bits.

    Parameters
    ----------
    vectors : array, n × 384
    scale : float
        Steps in 1.
    """
    codes: npt.NDArray[np.int8] = np.clip(np.rint(vectors * scale), -127, 127).astype(np.int8)
    return codes


def squares(codes: npt.NDArray[np.int8]) -> Scores:
    """Return the squared length of each row.

    Parameters
    ----------
    codes : array of int8, n × 384
    """
    return _squared_distances(np.zeros(DIMENSIONS, np.int8), codes)


def distances(query: Vectors, codes: npt.NDArray[np.int8], squares: Scores) -> Scores:
    """Return 1 − the inner product of a vector with each row.

    Exact: all rows are compared, in 8 bits.

    From |a − b|² = |a|² − 2 a·b + |b|², as simsimd 6.5 has no product of 8-bit vectors, and this takes half
    the
    time of its cosine.

    Parameters
    ----------
    query : array, 384
    codes : array of int8, n × 384
    squares : array, n
        Of `codes`.

    Returns
    -------
    array, n
    """
    scale = 127 / float(np.abs(query).max() or 1)
    code = quantised(query, scale)
    found = _squared_distances(code, codes)
    found -= squares
    found /= 2 * scale * SCALE
    found += 1 - float(code.astype(np.int32) @ code) / (2 * scale * SCALE)
    return found


def _squared_distances(code: npt.NDArray[np.int8], codes: npt.NDArray[np.int8]) -> Scores:
    if not len(codes):
        return np.zeros(0)
    # by one thread: a second one waits by spinning, and a search on a busy machine waits for it
    found = simsimd.cdist(code[None, :], codes, "sqeuclidean", threads=1)
    return np.array(found, np.float64).reshape(-1)


def carry(source: Path, target: Path) -> None:
    """Copy the vectors that one index has into the folder of another that has none yet.

    They are dear, and hold for any library with the same texts.

    Parameters
    ----------
    source, target : Path
    """
    for path in source.glob("vectors-*.bin"):
        if not (copied := target / path.name).exists():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copied)
