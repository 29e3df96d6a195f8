"""Runs of models by the API: at once, later, followed, cancelled."""

from __future__ import annotations

import threading

import msgspec
import pytest
from httpx import Client

from mine2magnet.background import models
from mine2magnet.library.library import Library
from mine2magnet.web.api import respond
from tests.conftest import until

LATER = {"Prefer": "respond-async"}


def test_a_run_is_answered_later_where_that_is_asked_for(client: Client, library: Library) -> None:
    asked = {"scenario": "embargo", "draws": 4}
    made = client.post("/api/stress", json=asked, headers=LATER)
    assert (made.status_code, made.headers["Preference-Applied"]) == (202, "respond-async")
    address = made.headers["Location"]
    assert address == f"/api/jobs/{made.json()['id']}"
    until(lambda: client.get(address).json()["state"] == "done")
    job = client.get(address).json()
    assert (job["kind"], job["error"], job["place"]) == ("stress", None, None)
    at_once = client.post("/api/stress", json=asked, headers=LATER)
    assert at_once.status_code == 200  # it is there already
    assert at_once.json() == job["result"]
    assert client.delete(address).status_code == 409
    assert client.get("/api/jobs/none").status_code == 404


def test_a_run_that_takes_long_is_followed_and_cancelled(
    client: Client, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(respond, "AT_ONCE", 0.1)
    go = threading.Event()

    def waits(kind: str, input: str, tell: models.Tell) -> tuple[bytes, bytes]:
        go.wait(60)
        return b"{}", b""

    monkeypatch.setattr(models, "computed", waits)
    made = client.post("/api/stress", json={"scenario": "embargo", "draws": 4})
    assert made.status_code == 202
    assert "Preference-Applied" not in made.headers
    with client.stream("GET", made.headers["Location"] + "/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        lines = (line.removeprefix("data: ") for line in events.iter_lines() if line)
        assert msgspec.json.decode(next(lines))["state"] in ("queued", "running")
        assert client.delete(made.headers["Location"]).status_code == 204
        said = [msgspec.json.decode(line) for line in lines]
    assert (said[-1]["state"], said[-1]["error"]["status"]) == ("cancelled", 409)
    go.set()


def test_who_goes_away_takes_back_what_nobody_has_begun(
    client: Client, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def waits(kind: str, input: str, tell: models.Tell) -> tuple[bytes, bytes]:
        go.wait(60)
        return b"{}", b""

    monkeypatch.setattr(models, "computed", waits)
    first = client.post("/api/stress", json={"scenario": "embargo", "draws": 1}, headers=LATER).json()["id"]
    until(lambda: library.store.jobs.get(first).state == "running")
    with Client(base_url=client.base_url, trust_env=False, timeout=0.5) as gone, pytest.raises(Exception):  # noqa: B017, PT011
        gone.get("/stress", params={"scenario": "embargo", "draws": "2"})
    other = client.post("/api/stress", json={"scenario": "embargo", "draws": 3}, headers=LATER).json()["id"]
    until(lambda: library.store.jobs.place(other) == 1)
    go.set()


def test_what_is_amiss_is_answered_as_the_operation_does(client: Client, library: Library) -> None:
    own = {"name": "x", "events": [{"kind": "outage", "where": {"country": ["Atlantis"]}, "weeks": 5}]}
    refused = client.post("/api/stress", json={"scenario": own})
    assert refused.status_code == 422
    assert refused.json()["detail"]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("respond-async", 0.0),
        ("wait=5", 5.0),
        ("respond-async, wait=7", 7.0),
        ("return=minimal", None),
        ("wait=999999", respond.LONGEST_WAIT),
        ("wait=soon", None),
    ],
)
def test_a_preference_is_read(said: str, seconds: float | None) -> None:
    assert respond.preferred({"prefer": said}) == seconds
