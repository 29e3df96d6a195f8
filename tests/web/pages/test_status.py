"""How far the work is, as pages ask for it."""

from __future__ import annotations

from httpx import Client

from mine2magnet.library.library import Library
from tests.web.conftest import SLUG


def test_status_tells_how_far_the_work_is(filled: Library, client: Client) -> None:
    status = client.get("/status", params={"topic": SLUG}).json()
    assert (status["documents"], status["in_topic"]) == (5, 5)
    assert status["undigested"] == 4
    assert 0 <= status["embedded"] <= status["passages"]
    assert client.get("/status", params={"topic": "nope", "format": "json"}).status_code == 404
