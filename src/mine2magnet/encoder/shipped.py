"""Vectors that come with the package, so that the starter documents need not be embedded on each machine.

A vector is found by its text and the model that made it: a text that has changed, and every text when the
model is another, is embedded like those of any document. `scripts/embed-starter` makes the file.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib import resources

import numpy as np
import numpy.typing as npt


def vector(text: str, model: str) -> npt.NDArray[np.float32] | None:
    """The vector of a passage, 384 numbers, if it is shipped."""
    found = _vectors().get(key(text, model))
    return None if found is None else found.astype(np.float32)


def key(text: str, model: str) -> int:
    """64 bits of BLAKE2 that stand for a text and the model that embeds it."""
    return int.from_bytes(
        blake2b(f"{model} {text}".encode("utf-8", "replace"), digest_size=8).digest(), "little"
    )


@cache
def _vectors() -> Mapping[int, npt.NDArray[np.float16]]:
    content = (resources.files("mine2magnet") / "data" / "starter" / "vectors.npz").read_bytes()
    with np.load(io.BytesIO(content)) as arrays:
        return dict(zip(arrays["keys"].tolist(), arrays["vectors"], strict=True))
