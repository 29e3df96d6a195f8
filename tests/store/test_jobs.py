"""Jobs in the store: asked for once, taken in turn, held on a lease, kept for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mine2magnet.core.errors import Busy, Conflict, NotFound
from mine2magnet.model import JobError
from mine2magnet.store import Store
from mine2magnet.store import jobs as store_jobs
from tests.conftest import empty

pytestmark = pytest.mark.stores


def put(store: Store, name: str, owner: str = "", page: str = "") -> str:
    return store.jobs.put("stress", "{}", name, owner=owner, page=page)[0].id


def served(store: Store, count: int) -> list[str]:
    taken = [store.jobs.take("w") for _ in range(count)]
    return [job.fingerprint for job in taken if job]


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The store's clock from now on."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(seconds=seconds)

    monkeypatch.setattr(store_jobs, "datetime", Clock)
    monkeypatch.setattr(store_jobs, "now", lambda: Clock.now().isoformat(timespec="microseconds"))


def test_the_same_is_asked_for_once_unless_it_failed(store: Store) -> None:
    first, new = store.jobs.put("stress", "{}", "a", owner="eve", page="")
    assert new
    again, new = store.jobs.put("stress", "{}", "a", owner="adam", page="/stress?x=1")
    assert (again.id, new) == (first.id, False)
    assert store.jobs.get(first.id).page == "/stress?x=1"  # the first address with a form
    store.jobs.cancel(first.id)
    other, new = store.jobs.put("stress", "{}", "a")
    assert new
    shown, new = store.jobs.put("stress", "{}", "a", instead=("queued", "cancelled"))
    assert (shown.id, new) == (other.id, False)


def test_owners_take_turns_and_each_is_told_its_place(store: Store) -> None:
    for name in ("a1", "a2", "a3"):
        put(store, name, "ann")
    last = put(store, "b1", "bob")
    assert store.jobs.place(last) == 2
    assert served(store, 1) == ["a1"]
    assert store.jobs.count() == {"queued": 3, "running": 1}
    assert store.jobs.place(last) == 1  # ann has one running
    put(store, "c1", "cid")
    assert served(store, 5) == ["b1", "c1", "a2", "a3"]
    assert store.jobs.place(last) == 0


def test_who_was_served_longer_ago_comes_first(store: Store) -> None:
    for name, owner in (("a1", "ann"), ("b1", "bob"), ("a2", "ann"), ("b2", "bob")):
        put(store, name, owner)
    for _ in range(2):
        job = store.jobs.take("w")
        assert job is not None
        store.jobs.done(job.id, "w", b"1", b"")
    assert served(store, 2) == ["a2", "b2"]


def test_a_job_is_the_workers_as_long_as_it_renews_its_lease(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = put(store, "a")
    assert store.jobs.take("first")
    assert store.jobs.take("second") is None
    assert store.jobs.renew(id, "first", 0.5, "costing europe")
    job = store.jobs.get(id)
    assert (job.state, job.part, job.doing, job.tries) == ("running", 0.5, "costing europe", 1)
    later(monkeypatch, store_jobs.LEASE + 1)
    taken = store.jobs.take("second")
    assert taken
    assert (taken.id, taken.tries, taken.part) == (id, 2, 0.0)
    assert not store.jobs.renew(id, "first", 0.6, "")
    assert not store.jobs.done(id, "first", b"1", b"")
    assert not store.jobs.failed(id, "first", JobError(400, "late"))
    assert store.jobs.done(id, "second", b"2", b"k")
    assert store.jobs.result(id) == (b"2", b"k")


def test_what_ends_its_worker_again_and_again_fails(store: Store) -> None:
    id = put(store, "a")
    for _ in range(store_jobs.MOST_TRIES):
        assert store.jobs.take("w")
        store.jobs.release(id, "w", tried=True)
    other = put(store, "b")
    taken = store.jobs.take("w")
    assert taken
    assert taken.id == other
    job = store.jobs.get(id)
    assert (job.state, job.error) == ("failed", store_jobs.LOST)


def test_a_server_that_ends_gives_its_jobs_back_untried(store: Store) -> None:
    id = put(store, "a")
    store.jobs.take("w")
    store.jobs.release(id, "w", tried=False)
    job = store.jobs.get(id)
    assert (job.state, job.tries) == ("queued", 0)


def test_a_job_is_cancelled_once_and_whoever_computes_it_is_told(store: Store) -> None:
    id = put(store, "a")
    store.jobs.take("w")
    assert store.jobs.cancel(id).state == "cancelled"
    assert not store.jobs.renew(id, "w", 0.1, "")
    assert not store.jobs.done(id, "w", b"1", b"")
    with pytest.raises(Conflict):
        store.jobs.cancel(id)
    with pytest.raises(NotFound):
        store.jobs.cancel("none")


def test_what_nobody_has_begun_can_be_withdrawn(store: Store) -> None:
    begun, waiting = put(store, "a"), put(store, "b")
    store.jobs.take("w")
    for id in (begun, waiting):
        store.jobs.withdraw(id)
    assert store.jobs.get(begun).state == "running"
    with pytest.raises(NotFound):
        store.jobs.get(waiting)


def test_only_so_many_wait_of_each_and_of_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_jobs, "MOST_QUEUED_EACH", 2)
    monkeypatch.setattr(store_jobs, "MOST_QUEUED", 3)
    for name in ("a", "b"):
        put(store, name, "ann")
    with pytest.raises(Busy):
        put(store, "c", "ann")
    assert put(store, "a", "ann")  # it waits already
    put(store, "c", "bob")
    with pytest.raises(Busy):
        put(store, "d", "cid")


def test_old_results_and_too_many_go_and_large_ones_are_not_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_jobs, "KEPT", 2)
    monkeypatch.setattr(store_jobs, "MOST_RESULT", 3)
    ids = [put(store, name) for name in "abc"]
    for id in ids:
        store.jobs.take("w")
        assert store.jobs.done(id, "w", b"123", b"4" if id == ids[2] else b"")
    error = store.jobs.get(ids[2]).error
    assert error
    assert "larger" in error.what
    put(store, "d")
    with pytest.raises(NotFound):
        store.jobs.result(ids[0])
    assert store.jobs.result(ids[1])[0] == b"123"
    later(monkeypatch, (store_jobs.KEPT_DAYS + 1) * 24 * 3600)
    put(store, "e")
    with pytest.raises(NotFound):
        store.jobs.get(ids[1])


def test_jobs_outlive_the_process_and_listeners_hear_of_new_ones(tmp_path: Path, store_url: str) -> None:
    held = Store(empty(tmp_path / "held", store_url), store_url)
    heard: list[int] = []
    held.jobs.listen(lambda: heard.append(1))
    id = put(held, "a", "ann", page="/stress")
    put(held, "a", "ann")
    assert heard == [1]
    held.close()
    again = Store(tmp_path / "held", store_url)
    job = again.jobs.get(id)
    assert (job.owner, job.page, job.kind, job.input, job.ended) == ("ann", "/stress", "stress", "{}", False)
    again.close()
