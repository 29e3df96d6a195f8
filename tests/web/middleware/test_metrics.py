"""What a monitor and an operator are told of the server."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from httpx import Client
from prometheus_client.parser import text_string_to_metric_families

from mine2magnet.background import worker
from mine2magnet.core import api_keys
from mine2magnet.core.errors import UserError
from mine2magnet.library.library import Library
from mine2magnet.model import Key
from mine2magnet.web.app import app
from mine2magnet.web.middleware import access_log
from tests.conftest import until
from tests.web.conftest import SLUG, Switch


def samples(client: Client, **headers: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Sample → values of its labels, in the order of their names → value."""
    response = client.get("/metrics", headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(response.text):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def test_requests_are_counted_and_timed_by_route(filled: Library, client: Client) -> None:
    for path in (f"/topics/{SLUG}", f"/topics/{SLUG}?q=magnets", "/topics/none", "/nope", "/nope2"):
        client.get(path)
    client.request("BREW", "/topics")
    client.post("/new-topic", data={"name": "x"}, headers={"Origin": "https://evil.example"})
    told = samples(client)
    assert told["mine2magnet_http_requests_total"] == {
        ("GET", "/topics/{slug}", "200"): 2,
        ("GET", "/topics/{slug}", "404"): 1,
        ("GET", "", "404"): 2,  # however many addresses are tried, they make one series
        ("other", "", "411"): 1,
        ("POST", "", "403"): 1,
    }
    assert told["mine2magnet_http_request_seconds_count"][("/topics/{slug}",)] == 3
    assert told["mine2magnet_http_requests_running"][()] == 1  # the one that asks


def test_what_is_held_and_what_waits_is_told(filled: Library, client: Client) -> None:
    told = samples(client)
    assert told["mine2magnet_documents"][()] == filled.store.count() == 5
    assert told["mine2magnet_digests_waiting"][()] > 0
    assert told["mine2magnet_claims_waiting"][()] == 5
    assert told["mine2magnet_changes_unindexed"][()] == 0
    assert told["mine2magnet_passages"][()] > told["mine2magnet_passages_embedded"][()] == 0
    worker.derive(filled)
    filled.add_source("https://wire.example/feed", None)
    told = samples(client)
    for done in ("digests_waiting", "claims_waiting"):
        assert told[f"mine2magnet_{done}"][()] == 0
    assert told["mine2magnet_passages_embedded"] == told["mine2magnet_passages"]
    assert told["mine2magnet_sources_due"][()] == 1
    assert told["mine2magnet_runs_waiting"][()] == told["mine2magnet_runs_computing"][()] == 0


@pytest.fixture
def locked(library: Library, server: tuple[Switch, int], client: Client) -> Client:
    """The client of a server that asks everyone for a key."""
    library.settings = replace(library.settings, keyless="no")
    server[0].app = app(library)
    return client


def test_metrics_are_for_who_has_a_key_and_health_for_all(library: Library, locked: Client) -> None:
    assert locked.get("/metrics").status_code == 401
    assert locked.get("/healthz").json() == {"status": "ok"}
    secret = api_keys.make()
    library.store.keys.put(Key("monitor", api_keys.allowed([]), 60, api_keys.fingerprint(secret)))
    assert samples(locked, Authorization=f"Bearer {secret}")["mine2magnet_documents"][()] == 0


def test_health_fails_with_the_store(library: Library, client: Client) -> None:
    def broken() -> int:
        raise UserError("the library file is damaged", where="/secret/path")

    library.store.last_change = broken  # type: ignore[method-assign]
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"status": "failing", "detail": "the library file is damaged"}


class Lines(logging.Handler):
    """The access log; a line comes just after its answer."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())

    def entries(self, count: int) -> list[dict[str, Any]]:
        until(lambda: len(self.texts) >= count)
        return [json.loads(text) for text in self.texts]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    access_log.log.addHandler(handler)
    access_log.log.setLevel(logging.INFO)
    yield handler
    access_log.log.removeHandler(handler)
    access_log.log.setLevel(logging.NOTSET)


def test_a_line_for_each_request_without_what_was_asked(
    filled: Library, client: Client, lines: Lines
) -> None:
    secret = api_keys.make()
    filled.store.keys.put(Key("notebook", api_keys.allowed([]), 600, api_keys.fingerprint(secret)))
    headers = {"Authorization": f"Bearer {secret}", "X-Request-ID": "from-proxy-1"}
    answer = client.get(f"/topics/{SLUG}?q=confidential", headers=headers)
    assert answer.headers["x-request-id"] == "from-proxy-1"
    forged = client.get("/topics", headers={"X-Request-ID": 'a"} {"b": 1'})
    first, second = lines.entries(2)
    assert first | {"time": "", "ms": 0} == {
        "time": "",
        "request": "from-proxy-1",
        "caller": "notebook",
        "client": "127.0.0.1",
        "method": "GET",
        "route": "/topics/{slug}",
        "status": 200,
        "ms": 0,
    }
    assert 0 < first["ms"] < 60_000
    assert second["request"] == forged.headers["x-request-id"] != 'a"} {"b": 1'
    assert second["caller"] == ""
    assert secret not in str(lines.texts)
    assert "confidential" not in str(lines.texts)


def test_an_unforeseen_error_is_counted_and_logged(library: Library, client: Client, lines: Lines) -> None:
    def broken() -> None:
        raise RuntimeError

    library.store.topics = broken  # type: ignore[method-assign,assignment]
    assert client.get("/topics").status_code == 500
    assert samples(client)["mine2magnet_http_requests_total"][("GET", "/topics", "500")] == 1
    assert lines.entries(1)[0]["status"] == 500
