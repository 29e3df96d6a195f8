"""The audit log: what is noted, by whom, in the transaction that does it, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mine2magnet.core import api_keys
from mine2magnet.core.errors import UserError
from mine2magnet.model import Actor, AuditFilter, Source, Topic, WatchRequest
from mine2magnet.store import Store
from mine2magnet.store.audit import LONGEST, record
from mine2magnet.store.tables import audit
from tests.store.test_library import document, put

ALICE = Actor("alice", "alice@example.org", address="192.0.2.7")


def told(store: Store, **where: object) -> list[tuple[str, str, str, str]]:
    entries = store.audit.entries(AuditFilter(**where))  # type: ignore[arg-type]
    return [(one.who, one.action, one.target, one.detail) for one in reversed(entries)]


@pytest.mark.stores
def test_what_people_do_is_noted_and_what_the_program_does_is_not(store: Store) -> None:
    put(store, document("d1"))
    hers = store.acting(ALICE)
    topic, source = Topic("magnets", "Magnets", ("magnets",)), Source("https://example.com/feed", 3600.0)
    for one in (hers, store):
        with one.writing() as writer:
            writer.put_topic(topic)
            writer.put_source(source)
    with hers.writing() as writer:
        writer.put_topic(Topic("magnets", "Magnets", ("magnets", "NdFeB")))
        writer.put_topic(Topic("magnets", "Magnets", ("magnets", "NdFeB")))  # which changes nothing
        writer.put_source(Source("https://example.com/feed", 7200.0, documents=4))
        id = writer.put_watch(WatchRequest(name="stocks", query="stocks"), "whsec_x")
        writer.remove_watch(id)
        writer.remove("d1")
        writer.remove_source(source.what)
        writer.remove_topic("magnets")
    _, key = api_keys.new("print", ["run"])
    hers.keys.put(key)
    hers.keys.revoke("print")
    job, _ = hers.jobs.put("stress", "{}", "f")
    who = "alice@example.org"
    assert told(store) == [
        (who, "topic.made", "magnets", "Magnets"),
        (who, "source.added", "https://example.com/feed", "every 60 min"),
        (who, "topic.changed", "magnets", "Magnets"),
        (who, "source.changed", "https://example.com/feed", "every 120 min"),
        (who, "watch.made", id, "stocks"),
        (who, "watch.removed", id, "stocks"),
        (who, "document.removed", "d1", document("d1").title),
        (who, "source.removed", "https://example.com/feed", ""),
        (who, "topic.removed", "magnets", "Magnets"),
        (who, "key.made", "print", "read, run"),
        (who, "key.revoked", "print", ""),
        (who, "job.started", job.id, "stress"),
    ]
    assert {(one.owner, one.address) for one in store.audit.entries()} == {("alice", "192.0.2.7")}


def test_what_is_not_done_is_not_noted(store: Store) -> None:
    hers = store.acting(ALICE)

    def half_done() -> None:
        with hers.writing() as writer:
            writer.put_topic(Topic("magnets", "Magnets", ("magnets",)))
            writer.remove_topic("none")

    with pytest.raises(UserError):
        half_done()
    assert told(store) == []


@pytest.mark.stores
def test_lines_are_found_by_who_what_and_when(store: Store) -> None:
    store.audit.record(ALICE, "log-in")
    store.audit.record(Actor(address="198.51.100.9"), "log-in.failed", detail="x" * 9999)
    store.audit.record(Actor("bob", "Bob_1"), "log-out")
    assert [one[1] for one in told(store, who="ALICE")] == ["log-in"]
    assert [one[1] for one in told(store, who="198.51")] == ["log-in.failed"]
    assert [one[1] for one in told(store, who="%")] == []
    assert [one[1] for one in told(store, action="log-in")] == ["log-in", "log-in.failed"]
    assert [one[1] for one in told(store, action="log")] == []
    (failed,) = told(store, action="log-in.failed")
    assert len(failed[3]) == LONGEST
    soon, ago = datetime.now(UTC) + timedelta(minutes=1), datetime.now(UTC) - timedelta(minutes=1)
    assert store.audit.count(AuditFilter(since=ago, until=soon)) == 3
    assert store.audit.count(AuditFilter(since=soon)) == store.audit.count(AuditFilter(until=ago)) == 0
    assert [one.action for one in store.audit.entries(limit=1, offset=1)] == ["log-in.failed"]


def test_what_is_old_goes(store: Store) -> None:
    store.audit.record(ALICE, "log-in")
    with store._db.writing() as db:
        record(db, ALICE, "log-out")
        last = audit.c.action == "log-out"
        long_ago = (datetime.now(UTC) - timedelta(days=31)).isoformat(timespec="microseconds")
        db.execute(audit.update().where(last).values(at=long_ago))
    store.audit.prune(32)
    assert store.audit.count() == 2
    store.audit.prune(30)
    assert [one[1] for one in told(store)] == ["log-in"]
