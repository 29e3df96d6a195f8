"""Near-duplicates by MinHash (Broder 1997) over character shingles of the folded text.

Figures count several times over: two issues of a recurring report that differ in their figures alone
are different reports, while a syndicated copy keeps its figures whatever else is edited. What is alike is
looked at closely by `library/copies.py`.

The hashes are computed here, on arrays: signatures are kept in the store, so they must not change with
a library's version, and a document has thousands of shingles.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from mine2magnet.core.text import fold
from mine2magnet.model import Document

SHINGLE = 5  # characters
LEAST = 40  # shingles below which a text is too short to be called a copy of another
BANDS, ROWS = 20, 6  # texts of similarity 0.7 share a band with probability 0.92, 0.8: 0.998, 0.3: 0.01
FIGURE_WEIGHT = 12  # shingles that one figure counts for
MAX_CHARACTERS = 100_000  # that are looked at; copies of longer texts agree in their beginnings too
AT_ONCE = 2048  # shingles hashed together, so that all hashes of them fit into a core's cache
_HASHES = BANDS * ROWS
_SEED = 1997  # of the hash functions; another one would make all kept signatures void
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NO_LETTER = re.compile(r"[\W_]+")

_U32 = NDArray[np.uint32]


def signature(document: Document) -> bytes:
    """The MinHash of the document's paragraphs, 4 bytes for each of 120 hash functions; b"" when the
    text is too short to compare."""
    text = fold(document.text[:MAX_CHARACTERS])
    letters = _NO_LETTER.sub("", text)
    if len(letters) < LEAST + SHINGLE - 1:
        return b""
    codes = np.frombuffer(letters.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    hashes = np.zeros(len(codes) - SHINGLE + 1, dtype=np.uint64)
    for i in range(SHINGLE):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + codes[i : len(codes) - SHINGLE + 1 + i]
    figures = {number.replace(",", "") for number in _NUMBER.findall(text)}
    if figures:
        numbers = np.array([_figure_hash(f) for f in sorted(figures)], dtype=np.uint64)
        hashes = np.concatenate([hashes, *(numbers + np.uint64(k) for k in range(FIGURE_WEIGHT))])
    a, b = _functions()
    mixed = _mix(hashes)
    least = np.full(_HASHES, 0xFFFFFFFF, dtype=np.uint32)
    for start in range(0, len(mixed), AT_ONCE):
        hashed = a * mixed[start : start + AT_ONCE]
        hashed += b
        np.minimum(least, hashed.min(axis=1), out=least)
    return least.astype("<u4").tobytes()


def bands(signature: bytes) -> list[str]:
    """Keys of which two similar texts are likely to share one (locality-sensitive hashing)."""
    mixed = _mix(np.frombuffer(signature, "<u8").reshape(-1, ROWS // 2))
    return [f"{n:x}.{band.tobytes().hex()}" for n, band in enumerate(mixed)]


def similarity(a: bytes, b: bytes) -> float:
    """The estimated share of shingles that two texts have in common (Jaccard); 0 if one is too short."""
    if not a or not b:
        return 0.0
    return float(np.mean(np.frombuffer(a, "<u4") == np.frombuffer(b, "<u4")))


@cache
def _functions() -> tuple[_U32, _U32]:
    """Columns a and b of a·x + b modulo 2³² with odd a: a bijection, so no two shingles collide in it."""
    random = np.random.Generator(np.random.PCG64(_SEED))
    a, b = random.integers(0, 2**32, size=(2, _HASHES), dtype=np.uint32)
    return (a | np.uint32(1))[:, None], b[:, None]


def _mix(x: NDArray[np.uint64]) -> _U32:
    """64 to 32 bits with every bit spread over all (the finaliser of MurmurHash3, Appleby 2011)."""
    x = x.astype(np.uint64)
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        x = (x ^ (x >> np.uint64(33))) * np.uint64(factor)
    return (x ^ (x >> np.uint64(33))).astype(np.uint32)


def _figure_hash(figure: str) -> int:
    return int.from_bytes(hashlib.blake2b(figure.encode(), digest_size=8).digest(), "little")
