from __future__ import annotations

import pytest

from mine2magnet.figures import precision


def test_the_share_is_that_of_the_steps_at_or_above(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "_steps", lambda: ((0.1, 90), (0.5, 30), (0.7, 20), (0.9, 10)))
    assert precision.right_above(0.5) == pytest.approx((0.5 * 30 + 0.7 * 20 + 0.9 * 10) / 60)
    assert precision.right_above(0.51) == pytest.approx((0.7 * 20 + 0.9 * 10) / 30)
    assert precision.right_above(0.9) == pytest.approx(0.9)
    assert precision.right_above(0.91) is None


def test_the_table_is_there_and_rises() -> None:
    assert list(precision._steps()) == sorted(precision._steps())
    share = precision.right_above(0.0)
    assert share is not None
    assert 0 <= share <= 1
