"""Workers that take jobs from the store and have them computed, each in a process of its own."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from uuid import uuid4

from mine2magnet.background.model_process import (
    TOO_SLOW,
    Computer,
    Failed,
    Made,
    Message,
    ModelProcess,
    RunProgress,
    TookTooLong,
    attempt,
)
from mine2magnet.core.errors import UserError
from mine2magnet.model import Job, JobKind
from mine2magnet.store import Store

LONGEST = 1800.0  # s of a run by the clock: six times what it may have of a processor
LOOK = 0.5  # s between two looks for jobs that other servers have put
RENEW = 1.0  # s between two notes of how far a job is; a lease is ten of them
PAUSE = 2.0  # s until a worker tries again when the store cannot be used

log = logging.getLogger(__name__)


def default_count() -> int:
    """Return how many runs are computed at once unless it is said: one core is left to the server."""
    mine = getattr(os, "sched_getaffinity", None)  # a container may have fewer than the machine
    return max(1, (len(mine(0)) if mine else os.cpu_count() or 1) - 1)


class ModelWorkers:
    """The workers of one server. They begin when a job is put, or at `start`, which also has them look for
    jobs of other servers, or of this one before it was ended.

    Parameters
    ----------
    store : Store
    processes : int
        How many; with 0 a thread of this process computes one run at a time, which no limit ends.
    """

    def __init__(self, store: Store, processes: int = 0) -> None:
        self._jobs = store.jobs
        self._processes = processes
        self._name = uuid4().hex[:8]
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._waiting = threading.Semaphore(0)
        self._stop_asked = threading.Event()
        self.computing: dict[str, Computer] = {}  # by the worker's name
        self._jobs.listen(self._wake)

    def start(self) -> None:
        """Look for jobs from now on."""
        with self._lock:
            alive = [thread for thread in self._threads if thread.is_alive()]
            for number in range(len(alive), max(self._processes, 1)):
                name = f"{self._name}-{number}"
                thread = threading.Thread(target=self._work, args=(name,), name=f"models {name}", daemon=True)
                alive.append(thread)
                thread.start()
            self._threads = alive

    def stop(self) -> None:
        """End all processes; what they were at waits again."""
        self._stop_asked.set()
        if self._threads:
            self._waiting.release(len(self._threads))
        for thread in self._threads:
            thread.join(timeout=10)

    def _wake(self) -> None:
        self._waiting.release()
        self.start()

    def _work(self, worker: str) -> None:
        try:
            while not self._stop_asked.is_set():
                try:
                    worked = self._step(worker)
                except UserError as error:  # of the store: the lease runs out, and the job is taken up again
                    log.error("%s", error)
                    self._drop(worker)
                    self._stop_asked.wait(PAUSE)
                except Exception:
                    log.exception("a worker for models failed; it goes on")
                    self._drop(worker)
                    self._stop_asked.wait(PAUSE)
                else:
                    if not worked and not self._waiting.acquire(timeout=LOOK) and self._may_end(worker):
                        return
        finally:
            self._drop(worker)

    def _may_end(self, worker: str) -> bool:
        """Return whether a thread that computes itself ends as no job waits; it looks for nobody else's."""
        if self._processes:
            return False
        with self._lock:
            if self._waiting.acquire(blocking=False):
                return False
            self._threads = []
            return True

    def _step(self, worker: str) -> bool:
        job = self._jobs.take(worker)
        if job is None:
            return False
        computer = self.computing.get(worker)
        if computer is None:
            computer = self.computing[worker] = ModelProcess() if self._processes else ModelThread()
        computer.begin(job.kind, job.input)
        if not self._followed(job, worker, computer):
            self._drop(worker)
            if self._processes and not self._stop_asked.is_set():
                self.computing[worker] = ModelProcess()  # so that the next need not wait until it has begun
        return True

    def _drop(self, worker: str) -> None:
        if (computer := self.computing.pop(worker, None)) is not None:
            computer.kill()

    def _followed(self, job: Job, worker: str, computer: Computer) -> bool:
        """Until the job has ended; whether what computed it can go on with another."""
        began = renewed = time.monotonic()
        told = RunProgress(0.0, "")
        while True:
            try:
                message = computer.message(RENEW / 5)
            except TookTooLong:
                self._jobs.failed(job.id, worker, TOO_SLOW)
                return False
            except EOFError:
                log.warning("what computed the job %s has died", job.id)
                self._jobs.release(job.id, worker, tried=True)
                return False
            match message:
                case Made(answer, kept):
                    self._jobs.done(job.id, worker, answer, kept)
                    return True
                case Failed(error):
                    self._jobs.failed(job.id, worker, error)
                    return True
                case RunProgress():
                    told = message
            now = time.monotonic()
            if self._stop_asked.is_set():
                self._jobs.release(job.id, worker, tried=False)
                return False
            if now - began > LONGEST:
                self._jobs.failed(job.id, worker, TOO_SLOW)
                return False
            if now - renewed > RENEW:
                renewed = now
                if not self._jobs.renew(job.id, worker, told.part, told.doing):
                    return False  # cancelled, or taken up by another


class ModelThread:
    """A thread of this process, for programs that are no server and for tests."""

    def __init__(self) -> None:
        self._messages: queue.Queue[Message] = queue.Queue()

    def begin(self, kind: JobKind, input: str) -> None:
        """Begin a run."""
        send = self._messages.put
        threading.Thread(target=attempt, args=(kind, input, send), name="model", daemon=True).start()

    def message(self, seconds: float) -> Message | None:
        """Return what it says within so many seconds."""
        try:
            return self._messages.get(timeout=seconds)
        except queue.Empty:
            return None

    def kill(self) -> None:
        """Listen no more: a thread cannot be ended."""
        self._messages = queue.Queue()
