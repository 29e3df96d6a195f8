"""Searches of topics and their hits, as they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mine2magnet.model import NewsHit, Topic, TopicSearch
from mine2magnet.store import Store

pytestmark = pytest.mark.stores

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
ONE = TopicSearch("dy", "google", "en", "dysprosium", 7, 3600, NOW, NOW, 1, "429", '"1"', "x", 3, 2)
TWO = TopicSearch("dy", "bing", "ja", "ジスプロシウム")
HIT = NewsHit(
    "dy", "post.example/a", "https://post.example/a", "A", "Post", "google", "en", "dysprosium",
    datetime.fromisoformat("2025-06-01T09:00:00+09:00"),
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, store_url: str) -> Iterator[Store]:
    held = Store(tmp_path, store_url)
    with held.writing() as writer:
        writer.put_topic(Topic("dy", "Dysprosium", ("dysprosium",)))
        writer.put_topic(Topic("tb", "Terbium", ("terbium",)))
    yield held
    held.close()


def test_searches_come_back_whole(store: Store) -> None:
    store.searches.put([ONE, TWO])
    assert store.searches.of("dy") == [TWO, ONE]
    store.searches.put([replace(ONE, kept=5)])
    assert [one.kept for one in store.searches.of("dy")] == [0, 5]
    assert store.searches.of("tb") == []
    store.searches.remove("dy", [TWO])
    assert store.searches.of("dy") == [TWO]
    with pytest.raises(ValueError, match="unknown search"):
        replace(ONE, service="altavista")


def test_what_is_due_is_taken_once(store: Store) -> None:
    store.searches.put([ONE, TWO])
    assert store.searches.due(NOW - timedelta(seconds=1)) == []
    assert store.searches.due(NOW) == [ONE]  # what has no time is never due by itself
    assert store.searches.take(ONE, NOW, timedelta(hours=1))
    assert not store.searches.take(ONE, NOW, timedelta(hours=1))
    assert store.searches.take(ONE, NOW + timedelta(hours=1), timedelta(hours=1))


def test_a_hit_is_kept_once_and_waits_until_it_is_looked_at(store: Store) -> None:
    older = replace(HIT, key="b", published=None)
    store.searches.add([older, HIT])
    store.searches.add([HIT, replace(HIT, topic="dy", key="c", published=HIT.published)])
    assert [hit.key for hit in store.searches.waiting("dy")] == ["c", HIT.key, "b"]
    assert store.searches.waiting("dy")[1] == HIT, "its time keeps its zone"
    assert store.searches.known("dy", [HIT.key, "b", "z"]) == {HIT.key, "b"}
    assert store.searches.known("tb", [HIT.key]) == set()
    store.searches.end(replace(HIT, state="kept", document="d1", attempts=1))
    assert [hit.key for hit in store.searches.waiting("dy")] == ["c", "b"]
    assert store.searches.hits("dy", "kept")[0].document == "d1"
    assert store.searches.topics_waiting() == ["dy"]


def test_what_was_looked_at_is_not_taken_up_after_a_kill(store: Store) -> None:
    store.searches.add([HIT])
    store.searches.end(replace(HIT, attempts=1))
    assert store.searches.topics_waiting() == []
    assert store.searches.waiting("dy") == [replace(HIT, attempts=1)]


def test_what_did_not_belong_may_wait_again(store: Store) -> None:
    store.searches.add([replace(HIT, state="off topic", attempts=1), replace(HIT, key="b", state="gone")])
    store.searches.revisit("dy")
    assert store.searches.waiting("dy") == [HIT]


def test_they_go_with_their_topic(store: Store) -> None:
    store.searches.put([ONE])
    store.searches.add([HIT])
    with store.writing() as writer:
        writer.remove_topic("dy")
    assert store.searches.of("dy") == []
    assert store.searches.hits("dy") == []
