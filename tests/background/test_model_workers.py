"""Real processes that compute jobs: killed, cancelled, ended with their server, and bounded."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from mine2magnet.background import model_process, model_workers, models
from mine2magnet.background.model_process import Failed, Message, ModelProcess, RunProgress
from mine2magnet.background.model_workers import ModelWorkers
from mine2magnet.bridges.stress import StressTest
from mine2magnet.core.errors import UserError
from mine2magnet.model import Job
from mine2magnet.store import Store
from tests.conftest import until


def asked(store: Store, draws: int, owner: str = "", scenario: str = "embargo") -> Job:
    return models.ask(store, "stress", StressTest(scenario=scenario, draws=draws), owner=owner)[0]


def state(store: Store, job: Job, *states: str) -> Job:
    """The job once it is in one of these states."""
    until(lambda: store.jobs.get(job.id).state in states)
    return store.jobs.get(job.id)


@contextmanager
def working(store: Store, processes: int = 1) -> Iterator[ModelWorkers]:
    workers = ModelWorkers(store, processes)
    workers.start()
    try:
        yield workers
    finally:
        workers.stop()


def pid(workers: ModelWorkers) -> int:
    (process,) = workers.computing.values()
    assert isinstance(process, ModelProcess)
    return process.pid


@pytest.mark.stores
def test_a_killed_process_costs_time_alone_and_cancelled_runs_stop(store: Store) -> None:
    with working(store) as workers:
        long = asked(store, 1250)
        small = [asked(store, 5, owner, "licence-delay" if owner == "d" else "embargo") for owner in "abcd"]
        state(store, long, "running")
        os.kill(pid(workers), signal.SIGKILL)
        ended = [state(store, job, "done", "failed") for job in (long, *small)]
        assert [job.state for job in ended] == ["done"] * 5
        assert ended[0].tries == 2
        assert small[0].id == small[2].id  # asked for alike
        before = pid(workers)
        other = asked(store, 1249)
        state(store, other, "running")
        os.kill(before, signal.SIGSTOP)  # it still runs when it is cancelled
        store.jobs.cancel(other.id)
        until(lambda: workers.computing and pid(workers) != before)
        assert store.jobs.get(other.id).state == "cancelled"


def test_a_server_that_ends_leaves_its_run_to_the_next(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    job = asked(store, 1250)  # before anybody was there
    with working(store) as workers:
        state(store, job, "running")
    assert workers.computing == {}
    assert store.jobs.get(job.id).state == "queued"
    monkeypatch.setattr(model_workers, "LONGEST", 0.05)
    with working(store):
        ended = state(store, job, "failed", "done")
    assert ended.error == model_process.TOO_SLOW


def test_a_run_takes_only_so_much_of_a_processor(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_workers, "ModelProcess", partial(ModelProcess, seconds=-1))  # it has had more
    with working(store) as workers:
        long = state(store, asked(store, 1250), "failed", "done")
        assert long.error == model_process.TOO_SLOW
        assert long.tries == 1
        until(lambda: workers.computing)  # what takes its place


def test_a_run_takes_only_so_much_memory() -> None:
    process = ModelProcess(memory=20_000_000)  # the solvers alone take more
    process.begin("stress", '{"scenario": "embargo", "draws": 1250}')
    try:
        while (said := process.message(60)) is None or isinstance(said, RunProgress):
            pass
        assert said == Failed(model_process.TOO_LARGE)
    except EOFError:  # where the compiler's own library was refused memory, the process has died of it
        pass
    finally:
        process.kill()


def test_a_fault_and_too_much_memory_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Message] = []
    for error, told in ((MemoryError(), model_process.TOO_LARGE), (ZeroDivisionError(), model_process.FAULT)):

        def fails(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(models, "computed", fails)
        model_process.attempt("stress", "{}", said.append)
        assert said.pop() == Failed(told)


def test_a_thread_computes_where_there_are_no_processes_and_ends(store: Store) -> None:
    workers = ModelWorkers(store)
    done = state(store, asked(store, 5), "done")
    assert models.restored(done, store.jobs.result(done.id)[1]).result.draws == 5
    until(lambda: not workers._threads)
    wrong = store.jobs.put("stress", '{"scenario": "flood"}', "x")[0]
    error = state(store, wrong, "failed").error
    assert error
    assert (error.status, error.where) == (404, "scenario")
    workers.stop()


def test_a_default_leaves_a_core_to_the_server() -> None:
    assert model_workers.default_count() == max(1, len(os.sched_getaffinity(0)) - 1)
    with pytest.raises(UserError):
        models.asked("stress", "{}")


@pytest.mark.stores
def test_two_servers_share_the_queue_and_each_run_is_done_once(store: Store, store_url: str) -> None:
    other = Store(store.folder, store_url)
    jobs = [asked(store, draws, owner) for draws in (3, 4, 5) for owner in "ab" if owner == "a" or draws > 3]
    with working(store, 0), working(other, 0):
        assert [state(store, job, "done").tries for job in jobs] == [1] * len(jobs)
    other.close()
