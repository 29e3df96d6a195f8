"""Runs of models: asked for, taken up by workers on a lease, kept with what came of them.

Several servers may share a library: whoever takes a job holds it on a lease, which is renewed while it
computes. A job whose lease has run out, as its worker or the server has died, is taken up again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from mine2magnet.core.errors import Busy, Conflict, Forbidden, NotFound
from mine2magnet.model import ENDED, Actor, Job, JobError, JobKind, JobState
from mine2magnet.store.audit import record
from mine2magnet.store.database import Database, chunks, iso, now, time
from mine2magnet.store.tables import job_results, jobs

LEASE = 10.0  # s: how long a dead server's jobs wait, against how far clocks of servers may be apart
RUNS = "ask for the role run, or open a run of somebody else"
MOST_TRIES = 3  # a job that has ended its worker so often would end the next one, too
MOST_QUEUED = 200  # jobs that wait, of all: some ten minutes of a core for stress tests
MOST_QUEUED_EACH = 50  # … of one key: a slider that is dragged asks often
KEPT = 200  # ended jobs; one is some 20 kB (a stress test) to a megabyte (a plant)
KEPT_DAYS = 30.0  # after which a link to a result may be dead
MOST_RESULT = 16_000_000  # bytes; the largest plant that the service takes on has a tenth of it

LOST = JobError(
    500, "the run ended its worker each time it was tried", hint="ask for less, or use the command line"
)


class Jobs:
    """The jobs of a library. What `put` has returned is kept through any kill of the process."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.actor: Actor | None = None  # who asks
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Have a function called after each job that this process puts."""
        self._listeners.append(listener)

    @property
    def listened(self) -> bool:
        """True if somebody in this process waits for jobs."""
        return bool(self._listeners)

    # --- for who asks

    def put(
        self,
        kind: JobKind,
        input: str,
        fingerprint: str,
        *,
        owner: str = "",
        page: str = "",
        instead: Collection[JobState] = ("queued", "running", "done"),
        may_start: bool = True,
    ) -> tuple[Job, bool]:
        """Queue a job, unless there is one of the same fingerprint in one of the states `instead`.

        Returns
        -------
        Job
            The new one, or the latest of those that there are.
        bool
            Whether it is new.

        Raises
        ------
        Busy
            If too many wait.
        Forbidden
            If there is none, and who asks may not start one.
        """
        with self._db.writing() as db:
            same = (jobs.c.fingerprint == fingerprint, jobs.c.state.in_(instead))
            found = db.execute(sa.select(jobs).where(*same).order_by(jobs.c.number.desc()).limit(1)).first()
            if found is not None:
                if page and not found.page:  # so that its own address shows it with the form
                    db.execute(jobs.update().where(jobs.c.id == found.id).values(page=page))
                return _job(found), False
            if not may_start:
                raise Forbidden("nobody has run this yet, and who only reads may not", hint=RUNS)
            _prune(db)
            _check_room(db, owner)
            id = "j" + uuid4().hex[:15]
            values = {
                "id": id,
                "kind": kind,
                "owner": owner,
                "input": input,
                "fingerprint": fingerprint,
                "page": page,
            }
            rest = {"state": "queued", "part": 0.0, "doing": "", "tries": 0, "created": now()}
            db.execute(jobs.insert().values(**values, **rest))
            row = db.execute(sa.select(jobs).where(jobs.c.id == id)).one()
            record(db, self.actor, "job.started", id, kind)
        for listener in self._listeners:
            listener()
        return _job(row), True

    def get(self, id: str) -> Job:
        """Raises NotFound."""
        with self._db.reading() as db:
            row = db.execute(sa.select(jobs).where(jobs.c.id == id)).first()
        if row is None:
            raise _none(id)
        return _job(row)

    def place(self, id: str) -> int:
        """Count the jobs to take up until it is that one's turn, itself included; 0 if it does not wait."""
        with self._db.reading() as db:
            order = _in_turn(db)
        return order.index(id) + 1 if id in order else 0

    def count(self) -> Counter[str]:
        """Count the jobs in each state."""
        query = sa.select(jobs.c.state, sa.func.count().label("jobs")).group_by(jobs.c.state)
        return Counter({row.state: row.jobs for row in self._db.all(query)})

    def result(self, id: str) -> tuple[bytes, bytes]:
        """Return what the API answers, as JSON, and what pages are drawn of. Raises NotFound."""
        with self._db.reading() as db:
            query = sa.select(job_results.c.answer, job_results.c.kept).where(job_results.c.job == id)
            row = db.execute(query).first()
        if row is None:
            raise _none(id)
        return bytes(row.answer), bytes(row.kept)

    def cancel(self, id: str) -> Job:
        """Cancel a job; whoever computes it stops. Raises NotFound, and Conflict if it has ended already."""
        with self._db.writing() as db:
            mine = (jobs.c.id == id, jobs.c.state.not_in(ENDED))
            values = {"state": "cancelled", "finished": now(), "worker": None, "leased_until": None}
            cancelled = db.execute(jobs.update().where(*mine).values(**values)).rowcount
        job = self.get(id)
        if not cancelled:
            raise Conflict("the run has ended already", where=id)
        return job

    def withdraw(self, id: str) -> None:
        """Remove a job that nobody has taken up yet: who asked for it has gone."""
        with self._db.writing() as db:
            db.execute(jobs.delete().where(jobs.c.id == id, jobs.c.state == "queued"))

    # --- for workers

    def take(self, worker: str) -> Job | None:
        """The next job, on a lease to `worker`: owners in turn, of each the oldest. None if none waits."""
        with self._db.reading() as db:  # a look that keeps no writer waiting
            if not _in_turn(db):
                return None
        with self._db.writing() as db:
            for id in _in_turn(db):
                row = db.execute(sa.select(jobs).where(jobs.c.id == id)).one()
                if row.tries >= MOST_TRIES:
                    _end(db, id, "failed", LOST)
                    continue
                values = {
                    "state": "running",
                    "tries": row.tries + 1,
                    "part": 0.0,
                    "doing": "",
                    "started": now(),
                    "worker": worker,
                    "leased_until": _until(),
                }
                db.execute(jobs.update().where(jobs.c.id == id).values(**values))
                return _job(db.execute(sa.select(jobs).where(jobs.c.id == id)).one())
        return None

    def renew(self, id: str, worker: str, part: float, doing: str) -> bool:
        """Tell how far it is and hold it for longer; False if it is no longer this worker's."""
        values = {"part": part, "doing": doing, "leased_until": _until()}
        with self._db.writing() as db:
            return bool(db.execute(jobs.update().where(*_held(id, worker)).values(**values)).rowcount)

    def done(self, id: str, worker: str, answer: bytes, kept: bytes) -> bool:
        """Keep what came of it; False, and nothing is kept, if it is no longer this worker's."""
        if len(answer) + len(kept) > MOST_RESULT:
            too_much = JobError(400, "the result is larger than is kept", hint="ask for less")
            return self.failed(id, worker, too_much)
        with self._db.writing() as db:
            if db.scalar(sa.select(jobs.c.number).where(*_held(id, worker))) is None:
                return False
            db.execute(job_results.insert().values(job=id, answer=answer, kept=kept))
            _end(db, id, "done")
        return True

    def failed(self, id: str, worker: str, error: JobError) -> bool:
        """Keep why it failed; False if it is no longer this worker's."""
        with self._db.writing() as db:
            if db.scalar(sa.select(jobs.c.number).where(*_held(id, worker))) is None:
                return False
            _end(db, id, "failed", error)
        return True

    def release(self, id: str, worker: str, *, tried: bool) -> None:
        """Let it wait again, at its old place; `tried`: as its worker died of it, or nobody knows of what."""
        held = jobs.c.tries if tried else jobs.c.tries - 1
        values = {"state": "queued", "tries": held, "worker": None, "leased_until": None}
        with self._db.writing() as db:
            db.execute(jobs.update().where(*_held(id, worker)).values(**values))


def _in_turn(db: sa.Connection) -> list[str]:
    """Ids of what waits, as it is to be taken up: each owner in turn, of each the oldest first.

    Whoever has fewer running comes first, then whoever was served longer ago.
    """
    columns = ("number", "id", "owner", "state", "leased_until")
    query = sa.select(*(jobs.c[name] for name in columns)).where(jobs.c.state.in_(("queued", "running")))
    rows, at = db.execute(query.order_by(jobs.c.number)).all(), now()
    if not rows:
        return []
    waits = [row for row in rows if row.state == "queued" or (row.leased_until or "") < at]
    served = sa.select(jobs.c.owner, sa.func.max(jobs.c.started)).group_by(jobs.c.owner)
    last = {owner: started or "" for owner, started in db.execute(served)}
    turns = Counter(row.owner for row in rows) - Counter(row.owner for row in waits)
    placed = []
    for row in waits:
        placed.append((turns[row.owner], last[row.owner], row.number, row.id))
        turns[row.owner] += 1
    return [id for *_, id in sorted(placed)]


def _check_room(db: sa.Connection, owner: str) -> None:
    waiting = Counter(db.scalars(sa.select(jobs.c.owner).where(jobs.c.state == "queued")))
    if waiting[owner] >= MOST_QUEUED_EACH or waiting.total() >= MOST_QUEUED:
        raise Busy("too many runs wait already", hint="try again in a minute, or cancel some")


def _prune(db: sa.Connection) -> None:
    oldest = iso(datetime.now(UTC) - timedelta(days=KEPT_DAYS)) or ""
    ended = sa.select(jobs.c.id, jobs.c.finished).where(jobs.c.state.in_(ENDED))
    rows = db.execute(ended.order_by(jobs.c.number.desc())).all()
    gone = [row.id for place, row in enumerate(rows) if place >= KEPT or row.finished < oldest]
    for ids in chunks(gone):
        db.execute(job_results.delete().where(job_results.c.job.in_(ids)))
        db.execute(jobs.delete().where(jobs.c.id.in_(ids)))


def _end(db: sa.Connection, id: str, state: JobState, error: JobError | None = None) -> None:
    values: dict[str, Any] = {"state": state, "finished": now(), "worker": None, "leased_until": None}
    values |= {"part": 1.0} if state == "done" else {"error": asdict(error) if error else None}
    db.execute(jobs.update().where(jobs.c.id == id).values(**values))


def _held(id: str, worker: str) -> tuple[sa.ColumnElement[bool], ...]:
    return jobs.c.id == id, jobs.c.worker == worker, jobs.c.state == "running"


def _until() -> str:
    return iso(datetime.now(UTC) + timedelta(seconds=LEASE)) or ""


def _job(row: sa.Row[Any]) -> Job:
    values: dict[str, Any] = {name: row._mapping[name] for name in Job.__slots__}
    times = {name: time(values[name]) for name in ("created", "started", "finished")}
    return Job(**values | times | {"error": JobError(**row.error) if row.error else None})


def _none(id: str) -> NotFound:
    return NotFound(f"no run {id!r:.40}", hint="it may be too old: ask for it again")
