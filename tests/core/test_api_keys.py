"""Keys: how often one may ask."""

from __future__ import annotations

import pytest

from mine2magnet.core import api_keys


def test_a_bucket_fills_evenly() -> None:
    now = [0.0]
    bucket = api_keys.Bucket.full(60, clock=lambda: now[0])
    assert [bucket.take() for _ in range(60)] == [0.0] * 60
    assert bucket.take() == pytest.approx(1.0)
    now[0] = 2.5
    assert [bucket.take(), bucket.take()] == [0.0, 0.0]
    assert bucket.take() == pytest.approx(0.5)
    now[0] = 10_000
    assert [bucket.take() for _ in range(61)].count(0.0) == 60  # it holds no more than a minute's
