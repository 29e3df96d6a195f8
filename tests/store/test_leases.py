from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mine2magnet.store import Store
from mine2magnet.store import leases as module


@pytest.fixture
def other(store: Store, store_url: str) -> Iterator[Store]:
    """The same library, as another process has it."""
    other = Store(store.folder, store_url)
    yield other
    other.close()


@pytest.mark.stores
def test_one_holds_it_at_a_time(store: Store, other: Store) -> None:
    with store.leases.holding("a") as mine, other.leases.holding("a") as theirs:
        assert (mine, theirs) == (True, False)
        with other.leases.holding("b") as another, store.leases.holding("a") as again:
            assert (another, again) == (True, False)
    with other.leases.holding("a") as theirs:
        assert theirs, "it was let go of"


def test_it_is_renewed_while_it_is_held_and_taken_when_its_holder_has_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEASE", 1.5)
    monkeypatch.setattr(module, "RENEW", 0.1)
    store, other = Store(tmp_path), Store(tmp_path)
    with store.leases.holding("a"):
        time.sleep(2)
        with other.leases.holding("a") as theirs:
            assert not theirs
        monkeypatch.setattr(store.leases, "_held", {"none of them"})  # as when it renews no more
        with other.leases.holding("a", wait=10) as theirs:
            assert theirs
            with store.writing() as writer:
                assert not writer.holds("a", store.leases.worker)
                assert writer.holds("a", other.leases.worker)
    assert not store.leases._held - {"none of them"}
