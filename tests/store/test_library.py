from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mine2magnet.core.errors import NotFound
from mine2magnet.model import (
    Claim,
    ClaimFilter,
    Digest,
    Document,
    Group,
    Paragraph,
    Point,
    Quantity,
    Source,
    Topic,
)
from mine2magnet.store import DocumentChange, Store
from mine2magnet.store.sqlite import FILE

pytestmark = pytest.mark.stores

NOW = datetime(2025, 6, 1, 3, 13, tzinfo=timezone(timedelta(hours=8)))


def document(id: str, text: str = "稀土库存", version: int = 1) -> Document:
    return Document(
        f"title {id}", "source", datetime(2025, 6, 2, tzinfo=UTC), "zh", (Paragraph(1, text),),
        url=f"https://example.com/{id}", published=NOW, tags=("stocks",), id=id, version=version,
    )  # fmt: skip


def put(store: Store, one: Document, fold: str | None = None) -> None:
    with store.writing() as writer:
        writer.put(
            one, url_key=f"example.com/{one.id}", title_key=one.title, fold=fold or one.id,
            signature=b"", band_keys=[f"band {one.id}"],
        )  # fmt: skip


def test_a_document_comes_back_as_it_was_kept(store: Store) -> None:
    kept = document("d1")
    put(store, kept)
    assert store.document("d1") == kept
    assert store.document("d1").published.utcoffset() == timedelta(hours=8)  # type: ignore[union-attr]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip), max_size=4))
def test_any_text_survives(store: Store, texts: list[str]) -> None:
    id = f"d{store.count()}"
    paragraphs = tuple(Paragraph(i, text) for i, text in enumerate(texts, 1))
    put(store, replace(document(id), paragraphs=paragraphs))
    assert store.document(id).paragraphs == paragraphs


def test_versions_are_numbered_and_all_stay(store: Store) -> None:
    put(store, document("d1", "before"))
    put(store, document("d1", "after", version=2))
    assert store.document("d1").text == "after"
    assert store.document("d1", 1).text == "before"
    assert [number for number, _ in store.versions("d1")] == [1, 2]
    with pytest.raises(NotFound, match="no version 3"):
        store.document("d1", 3)


def test_changes_are_told_once_in_order(store: Store) -> None:
    for id in ("d1", "d2", "d3"):
        put(store, document(id))
    seen = store.changes(0, limit=2)
    assert [change.id for change in seen] == ["d1", "d2"]
    put(store, document("d1", "new text", version=2))
    with store.writing() as writer:
        writer.remove("d2")
    later = store.changes(seen[-1].seq)
    assert [(change.id, change.document is None) for change in later] == [
        ("d3", False),
        ("d1", False),
        ("d2", True),
    ]
    assert store.last_change() == later[-1].seq


def test_a_removed_document_is_gone_with_all_that_came_of_it(store: Store) -> None:
    put(store, document("d1"))
    with store.writing() as writer:
        writer.put_digest("d1", 1, Digest((Point("p", (1,)),), (), "extractive", "zh"))
        writer.remove("d1")
    assert store.count() == 0
    assert store.digests(["d1"]) == {}
    assert store.documents(["d1"]) == {}
    with pytest.raises(NotFound):
        store.document("d1")


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    put(store, document("d1"))

    def fail() -> None:
        with store.writing() as writer:
            writer.remove("d1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.document("d1").id == "d1"


def test_digests_shown_are_of_the_current_version_or_the_source(store: Store) -> None:
    put(store, document("d1"))
    published = Digest((Point("said", (1, 8)),), (Group("G", (Point("p", (3,)),)),), "source", "en")
    made = Digest((Point("稀土库存", (1,)),), (), "extractive", "zh", "1")
    with store.writing() as writer:
        writer.put_digest("d1", 1, published)
        writer.put_digest("d1", 1, made)
    assert set(store.digests(["d1"])["d1"]) == {published, made}
    put(store, document("d1", "changed", version=2))
    assert store.digests(["d1"])["d1"] == [published]
    assert store.undigested("extractive", "1", 10) == ["d1"]
    assert store.count_undigested("extractive", "1") == 1


def test_a_document_is_named_by_id_start_of_id_url_or_title(store: Store) -> None:
    put(store, document("dabc"))
    put(store, document("dabd"))
    assert store.named("dabc", "", "") == ["dabc"]
    assert store.named("dab", "", "") == store.named("DAB", "", "") == ["dabc", "dabd"]
    assert store.named("x", "example.com/dabd", "") == ["dabd"]
    assert store.named("x", "", "title dabc") == ["dabc"]
    assert store.named("%", "", "") == []


def test_topics_keep_their_order_and_their_documents(store: Store) -> None:
    put(store, document("d1"))
    first, second = Topic("one", "One", ("a",), ("t",), {"zh": "一"}), Topic("two", "Two")
    with store.writing() as writer:
        writer.put_topic(first)
        writer.put_topic(second)
        writer.pin("two", "d1")
        writer.pin("two", "d1")
        writer.put_topic(replace(first, queries=("b",)))
    assert [t.slug for t in store.topics()] == ["one", "two"]
    assert store.topic("一").queries == ("b",)
    assert store.pinned("two") == {"d1"}
    with store.writing() as writer:
        writer.remove_topic("two")
    with pytest.raises(NotFound, match="no topic 'two'"):
        store.topic("two")


def test_what_is_due_is_listed(store: Store) -> None:
    now = datetime(2025, 6, 1, tzinfo=UTC)
    with store.writing() as writer:
        writer.put_source(Source("https://example.com/feed", 60.0, due=now))
        writer.put_source(Source("https://example.org/", None, due=None))
    assert [s.what for s in store.sources(due_by=now)] == ["https://example.com/feed"]
    assert store.sources(due_by=now - timedelta(hours=1)) == []


def _write_until_killed(folder: Path, url: str) -> None:
    store = Store(folder, url)
    for i in range(100_000):
        put(store, document(f"k{i}"))


def test_kill_9_while_writing_leaves_a_whole_library_that_can_be_written_on(
    tmp_path: Path, store_url: str
) -> None:
    Store(tmp_path, store_url).close()
    arguments = (tmp_path, store_url)
    writer = multiprocessing.get_context("fork").Process(target=_write_until_killed, args=arguments)
    writer.start()
    store = Store(tmp_path, store_url)
    while store.count() < 50:
        assert writer.is_alive()
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join()
    held = [change.id for change in store.changes(0, limit=100_000)]
    assert held == [f"k{i}" for i in range(len(held))]
    put(store, document("after"))
    assert store.document("after").id == "after"
    if not store_url:
        with sqlite3.connect(tmp_path / FILE) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def claim(value: float, start: int = 0, **slots: object) -> Claim:
    said: dict[str, object] = {"measure": "share", **slots}
    return Claim(Quantity(value, value, "week"), start, start + 2, (start, start + 9), **said)  # type: ignore[arg-type]


def put_claims(store: Store, id: str, *found: Claim, version: int = 1, maker: str = "m") -> None:
    with store.writing() as writer:
        writer.put_claims(id, version, maker, found)


def test_claims_come_back_as_they_were_kept(store: Store) -> None:
    put(store, document("d1"))
    kept = Claim(
        Quantity(4.0, None, "t/year", "over"), 3, 5, (0, 9), ("china", "Harbour Magnetics"), ("japan",),
        "exports", "refining", ("dysprosium",), "oxide", "2025/..", "span", "than:last year", "change",
        "denied", "某人", 0.75, 0.5, "d1", 1, 2, 7,
    )  # fmt: skip
    put_claims(store, "d1", kept)
    assert store.claims(["d1"]) == [kept]


def test_slots_in_dispute_come_back(store: Store) -> None:
    put(store, document("d1"))
    kept = claim(4, document="d1", version=1, measure="capacity", disputed=("value", "subject"))
    put_claims(store, "d1", kept)
    assert store.claims(["d1"]) == [kept]


def test_claims_are_in_the_order_of_publication_and_text(store: Store) -> None:
    put(store, replace(document("old"), published=NOW - timedelta(days=9)))
    put(store, replace(document("east"), published=NOW.astimezone(timezone(timedelta(hours=14)))))
    put(store, replace(document("new"), published=NOW + timedelta(hours=1)))
    put(store, replace(document("undated"), published=None))
    for id in ("undated", "east", "old", "new"):
        put_claims(store, id, claim(1), claim(2, 20), claim(3, start=40, paragraph=2))
    held = store.claims()
    assert [c.document for c in held] == [id for id in ("new", "east", "old", "undated") for _ in range(3)]
    assert [c.start for c in held[:3]] == [0, 20, 40]
    assert {c.document for c in store.claims(["old", "nobody"])} == {"old"}
    assert store.claims([]) == []


def test_claims_are_those_of_the_current_version(store: Store) -> None:
    put(store, document("d1", "before"))
    put_claims(store, "d1", claim(1))
    put(store, document("d1", "after", version=2))
    assert store.claims() == []
    assert store.unclaimed("m", 9) == ["d1"]
    put_claims(store, "d1", claim(2), claim(3, 10), version=2)
    assert [(c.quantity.low, c.version) for c in store.claims()] == [(2, 2), (3, 2)]
    put_claims(store, "d1", claim(4), version=2)
    assert [c.quantity.low for c in store.claims()] == [4]


def test_it_is_known_from_what_claims_were_not_taken(store: Store) -> None:
    put(store, replace(document("old"), published=NOW - timedelta(days=9)))
    put(store, document("new"))
    assert (store.unclaimed("m", 9), store.count_unclaimed("m")) == (["new", "old"], 2)
    assert store.unclaimed("m", 1) == ["new"]
    put_claims(store, "new")  # has none
    assert (store.unclaimed("m", 9), store.count_unclaimed("m")) == (["old"], 1)
    assert store.count_unclaimed("another maker") == 2
    with store.writing() as writer:
        writer.put_digest("new", 1, Digest((Point("Six weeks."),), (), "source", "en"))
    assert store.count_unclaimed("m") == 2  # it may stand for the text that is not there


def test_a_removed_document_loses_its_claims(store: Store) -> None:
    put(store, document("d1"))
    put_claims(store, "d1", claim(1))
    with store.writing() as writer:
        writer.remove("d1")
        with pytest.raises(NotFound):
            writer.put_claims("d1", 1, "m", [claim(2)])
    assert (store.claims(), store.unclaimed("m", 9)) == ([], [])


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (ClaimFilter(), [1, 2, 3]),
        (ClaimFilter(subject=("china",)), [1, 2]),
        (ClaimFilter(subject=("chin", "%", "_hina")), []),
        (ClaimFilter(subject=("japan", "europe")), [2, 3]),
        (ClaimFilter(subject=("china",), measure=("stock_cover",)), [2]),
        (ClaimFilter(material=("dysprosium",), modality=("reported",)), [1]),
        (ClaimFilter(stage=("mining",), unit=("week",), direction=("level",)), [3]),
    ],
)
def test_claims_can_be_narrowed(store: Store, where: ClaimFilter, found: list[int]) -> None:
    put(store, document("d1"))
    put_claims(
        store,
        "d1",
        claim(1, subjects=("china",), materials=("dysprosium_oxide", "dysprosium")),
        claim(2, 10, subjects=("japan", "china"), measure="stock_cover", modality="forecast"),
        claim(3, 20, subjects=("europe",), stage="mining"),
    )
    assert [c.quantity.low for c in store.claims(where=where)] == found


def test_claims_of_many_documents(store: Store) -> None:
    with store.writing() as writer:
        for i in range(1200):
            id = f"d{i:04}"
            writer.put(document(id), url_key=id, title_key=id, fold=id, signature=b"", band_keys=())
            writer.put_claims(id, 1, "m", [claim(i)])
    ids = [f"d{i:04}" for i in range(0, 1200, 2)]
    assert [c.document for c in store.claims(ids)] == ids


def test_what_is_not_dated_or_due_has_its_place(store: Store) -> None:
    put(store, replace(document("undated"), published=None))
    put(store, document("old"))
    assert store.undigested("extractive", "1", 9) == ["old", "undated"]
    assert store.unclaimed("m", 9) == ["old", "undated"]
    with store.writing() as writer:
        writer.put_source(Source("https://example.com/feed", 60.0, due=NOW))
        writer.put_source(Source("https://example.org/once", None, due=None))
    assert [s.due for s in store.sources()] == [None, NOW]


def test_ids_are_in_the_order_of_their_code_points(store: Store) -> None:
    for id in ("db", "d_", "dB", "d-", "dé", "da"):
        put(store, document(id))
    assert store.named("d", "", "") == ["d-", "dB", "d_", "da", "db", "dé"]


def _write_some(folder: Path, url: str, name: str) -> None:
    store = Store(folder, url)
    for i in range(40):
        put(store, document(f"{name}{i}"))


def test_a_reader_never_meets_a_change_below_one_it_has_seen(tmp_path: Path, store_url: str) -> None:
    store = Store(tmp_path, store_url)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_some, args=(tmp_path, store_url, name)) for name in "abc"]
    for writer in writers:
        writer.start()
    seen: list[DocumentChange] = []
    while any(writer.is_alive() for writer in writers) or store.last_change() > len(seen):
        seen += store.changes(seen[-1].seq if seen else 0)
    for writer in writers:
        writer.join()
    assert [change.seq for change in seen] == list(range(1, 121))
    assert {change.id for change in seen} == {f"{name}{i}" for name in "abc" for i in range(40)}
