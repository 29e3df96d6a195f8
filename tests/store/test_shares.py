"""Topics and watches of one's own: others do not see them, whichever way they look."""

from __future__ import annotations

import pytest
from msgspec import structs

from mine2magnet.alerts import watches
from mine2magnet.core.errors import Conflict, Forbidden, NotFound
from mine2magnet.library import topics
from mine2magnet.model import Actor, AuditFilter, Match, Topic, WatchRequest
from mine2magnet.store import Store
from tests.store.test_library import document, put

ALICE, BOB, ADMIN = Actor("alice", "alice"), Actor("bob", "bob"), Actor("boss", "boss", sees_all=True)
NOBODY = Actor()  # as an assistant


@pytest.fixture
def hers(store: Store) -> Store:
    """Alice's view of a library in which she has a private topic, a private watch and a match."""
    put(store, document("d1"))
    hers = store.acting(ALICE)
    topics.save(hers, Topic("magnets", "Magnets", ("magnets",), shared=False))
    watch = watches.add(hers, WatchRequest(name="stocks", topic="magnets", shared=False))
    with store.writing() as writer:
        found = Match("d1", 1, 1, 0, 0, "A sentence.", 0, 1)
        assert writer.advance(structs.replace(watch), watch.seq + 1, [("k", found)])
    return hers


@pytest.mark.stores
def test_who_sees_what(store: Store, hers: Store) -> None:
    for actor, sees in ((ALICE, True), (ADMIN, True), (BOB, False), (NOBODY, False)):
        view = store.acting(actor)
        assert bool(view.topics()) is bool(view.watches()) is bool(view.matches()) is sees
        assert view.count_matches() == view.count_matches(unread=True) == int(sees)
        if not sees:
            with pytest.raises(NotFound):
                view.topic("magnets")
            with pytest.raises(NotFound):
                view.watch("stocks")
    assert store.topics()[0].owner == store.watches()[0].owner == "alice"  # the program itself sees all


@pytest.mark.stores
def test_others_change_and_remove_nothing_of_it(store: Store, hers: Store) -> None:
    (watch,) = hers.watches()
    his = store.acting(BOB)
    with his.writing() as writer:
        writer.mark_read()
        with pytest.raises(NotFound):
            writer.remove_topic("magnets")
        with pytest.raises(NotFound):
            writer.remove_watch(watch.id)
        with pytest.raises(Conflict):
            writer.put_topic(Topic("magnets", "Mine now", ("x",)))
    assert hers.count_matches(unread=True) == 1
    assert hers.topic("magnets").name == "Magnets"


def test_names_that_are_taken_unseen_get_a_number(store: Store, hers: Store) -> None:
    his = store.acting(BOB)
    assert topics.new_slug(his, "Magnets") == "magnets-2"
    assert watches.add(his, WatchRequest(name="stocks", query="stocks")).name == "stocks (2)"
    with pytest.raises(Conflict, match="already"):
        watches.add(his, WatchRequest(name="stocks (2)", query="stocks"))
    with pytest.raises(Conflict, match="already"):
        topics.new_slug(hers, "Magnets")
    with pytest.raises(Conflict, match="already"):
        watches.add(hers, WatchRequest(name="stocks", query="stocks"))


def test_only_its_owner_keeps_a_shared_topic_from_others(store: Store, hers: Store) -> None:
    shared = Topic("prices", "Prices", ("prices",))
    topics.save(hers, shared)
    private = Topic("prices", "Prices", ("prices",), shared=False)
    with pytest.raises(Forbidden, match="not yours"):
        topics.save(store.acting(BOB), private)
    assert topics.save(store.acting(BOB), Topic("prices", "Prices", ("price",))).owner == "alice"
    assert topics.save(hers, private).shared is False
    topics.save(store, Topic("old", "Old", ("old",)))  # of nobody, as from before there were owners
    with pytest.raises(Forbidden):
        topics.save(hers, Topic("old", "Old", ("old",), shared=False))
    assert topics.save(store.acting(ADMIN), Topic("old", "Old", ("old",), shared=False)).owner == "boss"


@pytest.mark.stores
def test_a_watch_is_shared_and_taken_back_by_who_may(store: Store, hers: Store) -> None:
    (watch,) = hers.watches()
    his = store.acting(BOB)
    with his.writing() as writer, pytest.raises(NotFound):
        writer.share_watch(watch.id, True)
    with hers.writing() as writer, pytest.raises(Conflict, match="only its owner sees the topic"):
        writer.share_watch(watch.id, True)
    topics.save(hers, Topic("magnets", "Magnets", ("magnets",)))
    with hers.writing() as writer:
        writer.share_watch(watch.id, True)
        writer.share_watch(watch.id, True)  # which is no change
    assert [(one.name, one.owner) for one in his.watches()] == [("stocks", "alice")]
    assert his.count_matches() == 1
    with his.writing() as writer, pytest.raises(Forbidden, match="not yours"):
        writer.share_watch(watch.id, False)
    with store.acting(ADMIN).writing() as writer:
        writer.share_watch(watch.id, False)
    assert his.watches() == []
    assert hers.watch("stocks").owner == "alice"
    assert [one.who for one in store.audit.entries(AuditFilter(action="watch.changed"))] == ["boss", "alice"]


def test_a_watch_that_others_see_does_not_tell_of_a_private_topic(store: Store, hers: Store) -> None:
    with pytest.raises(Conflict, match="only its owner sees the topic"):
        watches.add(hers, WatchRequest(name="for all", topic="magnets"))
    topics.save(hers, Topic("prices", "Prices", ("prices",)))
    watches.add(store.acting(BOB), WatchRequest(name="of Bob", topic="prices", shared=False))
    watches.add(store.acting(BOB), WatchRequest(name="of all", topic="prices"))
    with pytest.raises(Conflict, match="watches that others see look at it"):
        topics.save(hers, Topic("prices", "Prices", ("prices",), shared=False))
