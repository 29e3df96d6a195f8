"""Log-ins and accounts as rows: on every server of a library, through restarts, no longer than allowed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mine2magnet.core import api_keys
from mine2magnet.core.errors import NotFound
from mine2magnet.model import Key
from mine2magnet.store import Store
from mine2magnet.store import sessions as module
from mine2magnet.store.sessions import Sessions
from mine2magnet.store.tables import sessions as table


def key(store: Store, name: str = "print") -> Key:
    _, made = api_keys.new(name, ["read"])
    store.keys.put(made)
    return made


@pytest.mark.stores
def test_a_log_in_holds_on_every_server_and_ends_everywhere(store: Store, store_url: str) -> None:
    mine, account = key(store), store.accounts.put("https://login.example", "7", "alice@example.org", "write")
    tokens = [store.sessions.begin(mine), store.sessions.begin(mine), store.sessions.begin(account)]
    other = Store(store.folder, store_url)  # another server of the library, or this one started anew
    found = [other.sessions.find(token) for token in tokens]
    assert [one and type(one).__name__ for one in found] == ["Key", "Key", "Account"]
    assert found[2] == account
    rows = store._db.all(sa.select(table))
    assert not any(token in str(row) for token in tokens for row in rows)  # only digests are kept
    other.sessions.end(tokens[0])
    assert [store.sessions.find(token) is not None for token in tokens] == [False, True, True]
    other.sessions.end_all(mine)
    store.accounts.remove(account.id)
    assert [store.sessions.find(token) for token in (*tokens, "", "guessed")] == [None] * 5
    with pytest.raises(NotFound):
        store.accounts.remove(account.id)
    again = store.accounts.put("https://login.example", "7", "alice@example.com", "read")
    assert again.owner == account.owner  # so that what was theirs is theirs again
    assert [one.name for one in store.accounts.held()] == ["alice@example.com"]
    other.close()


def test_log_ins_end_when_idle_and_at_last(store: Store) -> None:
    now = [datetime(2026, 4, 1, tzinfo=UTC)]
    held, mine = Sessions(store._db, clock=lambda: now[0]), key(store)
    account = store.accounts.put("https://login.example", "7", "alice", "read")
    token, idle, theirs = held.begin(mine), held.begin(mine), held.begin(account)
    begun, step = now[0], module.IDLE - timedelta(minutes=1)
    while now[0] + step < begun + module.LONGEST_OF_ACCOUNT:
        now[0] += step
        assert held.find(token)
        assert held.find(theirs)
        held.used(token)
        held.used(theirs)
    now[0] += step
    assert (held.find(idle), held.find(theirs)) == (None, None)  # idle too long; the provider is asked daily
    while now[0] + step < begun + module.LONGEST:
        held.used(token)
        now[0] += step
        assert held.find(token)
    held.used(token)
    now[0] = begun + module.LONGEST + timedelta(seconds=1)
    assert held.find(token) is None


def test_so_many_log_ins_and_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    now = [datetime(2026, 4, 1, tzinfo=UTC)]
    held, mine = Sessions(store._db, clock=lambda: now[0]), key(store)
    tokens = []
    for _ in range(5):
        tokens.append(held.begin(mine))
        now[0] += timedelta(minutes=1)
    assert [held.find(token) is not None for token in tokens] == [False, False, True, True, True]


def test_a_revoked_key_takes_its_log_ins_along(store: Store) -> None:
    mine, other = key(store), key(store, "other")
    tokens = [store.sessions.begin(mine), store.sessions.begin(other)]
    store.rates.settle(mine.fingerprint, 600, time.time(), 5)
    store.keys.revoke("print")
    assert [store.sessions.find(token) for token in tokens] == [None, other_of(store, other)]
    with store._db.reading() as db:
        assert db.scalar(sa.text("SELECT count(*) FROM sessions")) == 1
        assert db.scalar(sa.text("SELECT count(*) FROM rates")) == 0


def other_of(store: Store, key: Key) -> Key | None:
    return store.keys.find(key.fingerprint)


def test_use_is_noted(store: Store) -> None:
    account = store.accounts.put("https://login.example", "7", "alice", "read")
    assert account.used is None
    store.accounts.used(account.id)
    found = store.accounts.find(account.id)
    assert found is not None
    assert found.used is not None
    assert datetime.now(UTC) - found.used < timedelta(minutes=2)
