from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from mine2magnet.core.errors import NotFound
from mine2magnet.model import Upload
from mine2magnet.store import DEFAULT_FOLDER, Store
from mine2magnet.store.uploads import lease

ONE = Upload(
    "d1",
    "https://a.example/1",
    DEFAULT_FOLDER.id,
    name="One",
    published=datetime.fromisoformat("2025-04-01T09:30:00+02:00"),
    category="transcript",
    metadata={"desk": "metals", "pages": 3, "of": ["x", "y"]},
    tags={"project": ("cellar", "deep")},
)
TWO = Upload("d2", "https://a.example/2", DEFAULT_FOLDER.id)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_an_upload_comes_back_as_it_was_asked_for(store: Store, tmp_path: Path) -> None:
    store.uploads.put([ONE, TWO])
    store.close()
    (one, two) = Store(tmp_path).uploads.all()
    assert (one, two) == (ONE, TWO)
    assert one.published is not None
    assert one.published.isoformat() == "2025-04-01T09:30:00+02:00", "keeps its zone"


def test_they_are_taken_in_their_order_each_once(store: Store) -> None:
    store.uploads.put([ONE, TWO])
    assert [store.uploads.take(), store.uploads.take(), store.uploads.take()] == [
        replace(ONE, status="processing"),
        replace(TWO, status="processing"),
        None,
    ]
    store.uploads.end(replace(TWO, status="completed", document="d2"))
    assert store.uploads.take() is None, "it is being read"
    store.leases.release(lease(ONE))  # as of a process that has died
    assert store.uploads.take() == replace(ONE, status="processing"), "what was cut short waits again"
    assert store.uploads.take() is None


def test_two_servers_take_each_once(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path)
    store.uploads.put([ONE, replace(TWO, status="processing")])
    assert other.uploads.take() == replace(ONE, status="processing")
    assert (store.uploads.take(), other.uploads.take()) == (None, None), "the second is read where it was put"
    with store.writing() as writer:
        held = [writer.holds(lease(TWO), one.leases.worker) for one in (store, other)]
    assert held == [True, False]
    other.uploads.end(replace(ONE, status="completed", document="d1"))
    store.uploads.end(replace(TWO, status="pending"))
    assert other.uploads.take() == replace(TWO, status="processing")


def test_what_is_asked_for_again_while_it_is_read_is_read_again(store: Store) -> None:
    store.uploads.put([ONE])
    store.uploads.take()
    store.uploads.put([replace(ONE, name="Another")])
    assert store.uploads.take() is None, "one at a time"
    assert store.uploads.end(replace(ONE, status="completed", document="d1"))
    taken = store.uploads.take()
    assert taken is not None
    assert (taken.name, taken.document, taken.status) == ("Another", "d1", "processing")


def test_an_unknown_folder_keeps_nothing_of_a_call(store: Store) -> None:
    with pytest.raises(NotFound):
        store.uploads.put([ONE, replace(TWO, folder="fnothere")])
    assert store.uploads.all() == []
    with pytest.raises(NotFound):
        store.uploads.remove_folder("fnothere")


def test_asking_again_asks_anew_and_keeps_what_it_became(store: Store) -> None:
    store.uploads.put([replace(ONE, brought=True)])
    store.uploads.end(replace(ONE, status="failed", reason="gone", document="d9", brought=True))
    store.uploads.put([replace(ONE, name="Another name")])
    (held,) = store.uploads.all()
    assert (held.status, held.reason, held.name) == ("pending", "", "Another name")
    assert (held.document, held.brought) == ("d9", True)
    assert store.uploads.resolved(["d1", "d2"]) == {"d1": "d9", "d2": "d2"}
    assert store.uploads.of_documents(["d9"]) == store.uploads.of_documents(["d1"]) == [held]


def test_what_was_taken_back_does_not_end(store: Store) -> None:
    store.uploads.put([ONE])
    store.uploads.remove([ONE])
    assert not store.uploads.end(replace(ONE, status="completed"))
    assert store.uploads.all() == []


def test_values_are_found_under_their_key_only(store: Store) -> None:
    store.uploads.put([ONE])
    assert store.uploads.tagged("project", ["deep"]) == frozenset(), "it is not read yet"
    store.uploads.end(replace(ONE, status="completed", document="d1"))
    for key, value in (("project", "deep"), ("desk", "metals"), ("pages", "3"), ("of", "y")):
        assert store.uploads.tagged(key, [value, "other"]) == {"d1"}
    assert store.uploads.tagged("desk", ["deep"]) == frozenset()


def test_folders_are_listed_and_removed(store: Store) -> None:
    folder = store.uploads.make_folder("Mine")
    store.uploads.put([replace(ONE, folder=folder.id), TWO])
    assert [one.name for one in store.uploads.folders()] == ["Mine", "Default"]
    assert store.uploads.all([folder.id]) == [replace(ONE, folder=folder.id)]
    store.uploads.remove_folder(folder.id)
    assert store.uploads.all() == [TWO]
