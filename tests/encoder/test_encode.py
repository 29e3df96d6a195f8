"""Vectors of the real model."""

from __future__ import annotations

import numpy as np
import pytest

from mine2magnet.encoder.encode import DIMENSIONS
from mine2magnet.search import embed_passages


@pytest.fixture(autouse=True)
def _made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMBED_ONCE")


def test_vectors_are_of_length_one_and_any_text_has_one() -> None:
    texts = ["稀土", "rare earths", "\0", "\ud800", "", "磁" * 600]
    vectors = embed_passages(texts)
    assert vectors.shape == (len(texts), DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)
    assert embed_passages([]).shape == (0, DIMENSIONS)
