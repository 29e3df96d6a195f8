"""Models take turns, whoever asks."""

from __future__ import annotations

import pytest
from httpx import Client

from mine2magnet.core.errors import Busy
from mine2magnet.web.kit import compute_lock


def test_who_waits_too_long_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with compute_lock.turn():
        with pytest.raises(Busy), compute_lock.turn(0.01):
            pass
        monkeypatch.setattr(compute_lock, "PATIENCE", 0.01)
        answer = client.post("/api/stress", json={"scenario": "tariff", "draws": 1})
        assert answer.status_code == 503
    with compute_lock.turn(0.01):  # an error in between leaves it free
        pass
