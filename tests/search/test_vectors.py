"""Vectors in eight bits."""

from __future__ import annotations

import numpy as np
import pytest

from mine2magnet.encoder.encode import embed_query
from mine2magnet.search import embed_passages
from mine2magnet.search.vectors import SCALE, distances, quantised, squares

TEXTS = ("磁石の在庫は七週間分とみられる。", "斯图加特一家整车厂停产。", "Heavy rain is expected on Sunday.")


def test_eight_bits_keep_the_products() -> None:
    vectors = embed_passages(TEXTS)
    query = embed_query("magnets ran out")
    assert np.abs(vectors).max() < 127 / SCALE
    codes = quantised(vectors, SCALE)
    found = distances(query, codes, squares(codes))
    assert found == pytest.approx(1 - vectors @ query, abs=0.004)
    assert distances(query, codes[:0], squares(codes[:0])).shape == (0,)
