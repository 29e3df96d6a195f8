"""Pages whose model is no job take turns."""

from __future__ import annotations

import pytest
from httpx import Client

from mine2magnet.core.errors import Busy
from mine2magnet.web.kit import compute_lock


def test_who_waits_too_long_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute_lock, "PATIENCE", 0.01)
    with compute_lock.turn():
        with pytest.raises(Busy), compute_lock.turn():
            pass
        assert client.get("/stress/sources?scenario=licence-delay").status_code == 503
    with compute_lock.turn():  # an error in between leaves it free
        pass
