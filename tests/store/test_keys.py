"""Keys: kept by their hash alone, found, noted, revoked."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mine2magnet.core import api_keys
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.model import Key
from mine2magnet.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def put(store: Store, name: str, *scopes: str) -> str:
    secret = api_keys.make()
    store.keys.put(Key(name, api_keys.allowed(scopes), 60, api_keys.fingerprint(secret)))
    return secret


def test_a_key_is_found_by_its_hash_and_by_nothing_else(store: Store) -> None:
    secret, other = put(store, "notebook"), put(store, "uploads", "write")
    found = store.keys.find(api_keys.fingerprint(secret))
    assert found
    assert (found.name, sorted(found.scopes), found.per_minute) == ("notebook", ["read"], 60)
    writer = store.keys.find(api_keys.fingerprint(other))
    assert writer
    assert writer.scopes == {"read", "run", "write"}
    assert store.keys.find(secret) is None
    for wrong in (secret[:-1], secret + "=", "", api_keys.make()):
        assert store.keys.find(api_keys.fingerprint(wrong)) is None


def test_the_key_itself_is_nowhere_in_the_library(store: Store, tmp_path: Path) -> None:
    secret = put(store, "notebook")
    store.close()
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert api_keys.fingerprint(secret).encode() in held
    assert secret.removeprefix(api_keys.PREFIX).encode() not in held
    assert secret not in repr(Key("a", frozenset(), 1, api_keys.fingerprint(secret)))


def test_a_key_has_256_random_bits() -> None:
    assert len({api_keys.make() for _ in range(100)}) == 100
    assert all(len(api_keys.make()) == len(api_keys.PREFIX) + 43 for _ in range(10))  # 43 · 6 bits ≥ 256


def test_names_are_one_of_a_kind(store: Store) -> None:
    secret = put(store, "notebook")
    with pytest.raises(UserError, match="already"):
        put(store, "notebook")
    store.keys.revoke("notebook")
    assert store.keys.find(api_keys.fingerprint(secret)) is None
    put(store, "notebook", "write")
    assert [key.name for key in store.keys.held()] == ["notebook"]
    with pytest.raises(NotFound):
        store.keys.revoke("none")


def test_use_is_noted_to_the_minute(store: Store) -> None:
    mark = api_keys.fingerprint(put(store, "notebook"))
    store.keys.used(mark)
    (key,) = store.keys.held()
    assert key.made
    assert key.used
    assert key.used.second == key.used.microsecond == 0
    assert datetime.now(UTC) - key.used < timedelta(minutes=2)


def test_a_library_made_before_there_were_keys_gets_the_table(store: Store, tmp_path: Path) -> None:
    store.close()
    with sqlite3.connect(tmp_path / "library.sqlite") as db:
        db.execute("DROP TABLE keys")
    db.close()
    assert Store(tmp_path).keys.held() == []
