"""Models take turns, whoever asks."""

from __future__ import annotations

import pytest
from httpx import Client

from mine2magnet.errors import Busy
from mine2magnet.web import turn


def test_who_waits_too_long_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with turn.turn():
        with pytest.raises(Busy), turn.turn(0.01):
            pass
        monkeypatch.setattr(turn, "PATIENCE", 0.01)
        answer = client.post("/api/stress", json={"scenario": "tariff", "draws": 1})
        assert answer.status_code == 503
    with turn.turn(0.01):  # an error in between leaves it free
        pass
