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
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import simsimd

from mine2magnet.encoder.encode import DIMENSIONS, Vectors
from mine2magnet.search.files import Signature, signature
from mine2magnet.search.nearness import Passages
from mine2magnet.search.table import Mask, Rows, Scores

if TYPE_CHECKING:
    from mine2magnet.search.shortlist import Shortlist  # compiled: loaded where it is used

EXACT = 1_000_000  # vectors up to which a query is compared with all: a shortlist finds .935 of the nearest
FEW = 2  # queries of more that are compared with all before a shortlist is made
RECORD = np.dtype([("key", "<u8"), ("vector", "i1", DIMENSIONS)])
SCALE = 127 / 0.17  # components of the model's vectors lie within ±0.17; what does not is clipped


class VectorFile:
    """The file at `path`; it need not be there. `records` is what was in it when it was last looked at."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: Signature = None
        self.records = np.zeros(0, RECORD)
        self._shortlist: Shortlist | None = None
        self._made: tuple[int, Shortlist] | None = None  # by a thread, of the file with this inode
        self._exact = 0  # queries that were compared with more than `EXACT`

    def reload(self) -> bool:
        """Look at the file again, and return whether it, or how it is searched, has changed since."""
        seen, made = signature(self._path), self._made
        if seen == self._seen and made is None:
            return False
        if seen is None or self._seen is None or seen[0] != self._seen[0] or seen[1] < self._seen[1]:
            self._shortlist, self._exact = None, 0
        count = seen[1] // RECORD.itemsize if seen else 0
        self.records = np.memmap(self._path, RECORD, "r", shape=(count,)) if count else np.zeros(0, RECORD)
        self._seen = seen
        if made and seen and made[0] == seen[0]:
            self._shortlist = made[1]
        self._made = None
        if self._shortlist:
            self._shortlist = self._shortlist.extended(self._bytes())
        return True

    def _bytes(self) -> npt.NDArray[np.int8]:
        return self.records.view(np.int8).reshape(-1, RECORD.itemsize)

    def _many(self, *asked: Any) -> None:
        """Have a shortlist made beside, once it is clear that there will be more than a few queries."""
        self._exact += 1
        if self._exact == FEW + 1:
            threading.Thread(target=self._shorten, args=asked, name="shortlist", daemon=True).start()

    def _shorten(self, *asked: Any) -> None:
        from mine2magnet.search.shortlist import Shortlist

        if self._seen:
            inode, made = self._seen[0], Shortlist.of(self._bytes(), 1 / SCALE)
            made.nearness(*asked)  # compiles it
            self._made = inode, made

    def clear(self) -> None:
        """Take the file away; who has it mapped keeps the old one."""
        self._path.unlink(missing_ok=True)

    def mapped(self) -> Mapped:
        """Return the records that are in the file, mapped into memory."""
        vectors = self.records["vector"]
        many = self._many if len(vectors) > EXACT else None
        return Mapped(self.records["key"], vectors, squares(vectors), self._shortlist, many)

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

    keys: npt.NDArray[np.uint64]
    codes: npt.NDArray[np.int8]
    squares: Scores  # their squared lengths
    shortlist: Shortlist | None = None
    _many: Callable[..., None] | None = None  # told of each query, where they are many

    def distances(self, query: Vectors, passages: Passages, allowed: Mask, sure: Mask) -> Scores:
        """Return distances of all records; see `nearness.Records.distances`.

        Parameters
        ----------
        query : array, 384
        passages : Passages
        allowed, sure : array of bool, rows
        """
        if self._many:
            self._many(query, passages, allowed, sure)
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
