"""What one of several processes has taken on alone, for as long as it is alive.

Who holds a lease renews it; one that is not renewed, as its process or machine has died, may be taken by
another. Clocks of servers that share a library must agree within some seconds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa

from mine2magnet.core.errors import UserError
from mine2magnet.store.database import Database, iso, now
from mine2magnet.store.tables import leases

LEASE = 10.0  # s: how long a dead server's work waits, against how far clocks of servers may be apart
RENEW = 2.0  # s between two renewals
_LOOK = 0.2  # s between two tries for one that another holds

log = logging.getLogger(__name__)


class Leases:
    """The leases of a library, and those that this process holds, which a thread renews."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.worker = uuid4().hex[:12]
        self._held: set[str] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def holding(self, what: str, wait: float = 0.0) -> Iterator[bool]:
        """Hold a lease meanwhile; give False if another holds it, also after `wait` seconds."""
        until = time.monotonic() + wait
        while not (mine := self._take(what)) and time.monotonic() < until:
            time.sleep(_LOOK)
        try:
            yield mine
        finally:
            if mine:
                self.release(what)

    def _take(self, what: str) -> bool:
        if self._db.one(sa.select(leases.c.what).where(leases.c.what == what, live())) is not None:
            return False  # a look that keeps no writer waiting
        with self._db.writing() as db:
            return self.take(db, what)

    def take(self, db: sa.Connection, what: str) -> bool:
        """Take a lease in a transaction that writes; False if somebody holds it. It is to be released."""
        db.execute(leases.delete().where(sa.not_(live())))
        if db.scalar(sa.select(leases.c.what).where(leases.c.what == what)) is not None:
            return False
        db.execute(leases.insert().values(what=what, worker=self.worker, until=_until()))
        with self._lock:
            self._held.add(what)
            if self._thread is None:
                self._thread = threading.Thread(target=self._renew, name="leases", daemon=True)
                self._thread.start()
        return True

    def release(self, what: str) -> None:
        """Let go of a lease, if it is still this process's."""
        with self._lock:
            self._held.discard(what)
        with self._db.writing() as db:
            db.execute(leases.delete().where(leases.c.what == what, leases.c.worker == self.worker))

    def _renew(self) -> None:
        while True:
            time.sleep(RENEW)
            with self._lock:
                held = list(self._held)
                if not held:
                    self._thread = None
                    return
            try:
                with self._db.writing() as db:
                    mine = (leases.c.worker == self.worker, leases.c.what.in_(held))
                    db.execute(leases.update().where(*mine).values(until=_until()))
            except UserError as error:  # of the store: tried again
                log.error("%s", error)


def live() -> sa.ColumnElement[bool]:
    """Return the condition that a lease has not run out."""
    return leases.c.until > now()


def _until() -> str:
    return iso(datetime.now(UTC) + timedelta(seconds=LEASE)) or ""
