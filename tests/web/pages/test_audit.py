"""The audit log on its page: for who may do all, narrowed, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from httpx import Client

from mine2magnet.core import api_keys
from mine2magnet.library.library import Library
from mine2magnet.model import Actor

ALICE = Actor("alice", "alice@example.org", address="192.0.2.7")


def test_the_log_is_shown_and_narrowed(client: Client, library: Library, page: Callable[..., str]) -> None:
    library.store.audit.record(ALICE, "topic.removed", "magnets", "Magnets <b>")
    library.store.audit.record(Actor("bob", "=cmd()", address="192.0.2.8"), "log-in")
    shown = page("/audit", lang="en")
    assert "removed a topic" in shown
    assert "Magnets &lt;b&gt;" in shown
    assert "192.0.2.8" in shown
    assert "192.0.2.8" not in page("/audit", who="alice", lang="en")
    assert "Nothing of the kind is noted" in page("/audit", action="key", lang="en")
    told = client.get("/audit", params={"format": "json", "action": "topic"}).json()
    assert [(one["who"], one["action"]) for one in told["entries"]] == [
        ("alice@example.org", "topic.removed")
    ]
    assert told["total"] == 1
    rows = list(csv.reader(io.StringIO(client.get("/audit", params={"format": "csv"}).text.lstrip("\ufeff"))))
    assert rows[0][:5] == ["number", "at", "owner", "who", "address"]
    assert [row[3] for row in rows[1:]] == ["'=cmd()", "alice@example.org"]  # no formula for a spreadsheet
    wrong = client.get("/audit", params={"since": "then", "lang": "en"})
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text


def test_there_are_pages_of_it(client: Client, library: Library, page: Callable[..., str]) -> None:
    for number in range(51):
        library.store.audit.record(ALICE, "log-in", f"n{number:02}")
    first, second = page("/audit"), page("/audit", offset="50")
    assert "n50" in first
    assert "n00" not in first
    assert "n00" in second
    assert "offset=50" in first


def test_only_who_may_do_all_sees_it(client: Client, library: Library) -> None:
    for role, status in (("write", 403), ("admin", 200)):
        secret, key = api_keys.new(role, [role])
        library.store.keys.put(key)
        assert client.get("/audit", headers={"Authorization": f"Bearer {secret}"}).status_code == status
