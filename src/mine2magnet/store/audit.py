"""The audit log: who did what, when and to what, kept in the transaction that does it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from mine2magnet.model import Action, Actor, AuditEntry, AuditFilter
from mine2magnet.store.database import Database, iso, now
from mine2magnet.store.tables import audit

LONGEST = 500  # characters of what is told of a target
EVERYTHING = AuditFilter()


def record(
    db: sa.Connection, actor: Actor | None, action: Action, target: str = "", detail: str = ""
) -> None:
    """Notes what somebody does; without an actor it is the program itself, which is not noted."""
    if actor is None:
        return
    told = {"target": target[:LONGEST], "detail": detail[:LONGEST]}
    who = {"owner": actor.owner, "who": actor.name, "address": actor.address}
    db.execute(audit.insert().values(at=now(), action=action, **who, **told))


class Audit:
    """The audit log of a library."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def record(self, actor: Actor, action: Action, target: str = "", detail: str = "") -> None:
        """Notes what has been done outside the database; what cannot be kept is not noted."""
        if self._db.read_only:
            return
        with self._db.writing() as db:
            record(db, actor, action, target, detail)

    def entries(self, where: AuditFilter = EVERYTHING, limit: int = 100, offset: int = 0) -> list[AuditEntry]:
        """The latest first."""
        query = sa.select(audit).where(*_narrowed(where)).order_by(audit.c.number.desc())
        return [
            AuditEntry(**{**row._mapping, "at": datetime.fromisoformat(row.at)})
            for row in self._db.all(query.limit(limit).offset(offset))
        ]

    def count(self, where: AuditFilter = EVERYTHING) -> int:
        return int(self._db.one(sa.select(sa.func.count()).select_from(audit).where(*_narrowed(where))) or 0)

    def prune(self, days: int) -> None:
        """Takes out what is older than so many days."""
        with self._db.writing() as db:
            db.execute(audit.delete().where(audit.c.at < iso(datetime.now(UTC) - timedelta(days=days))))


def _narrowed(where: AuditFilter) -> Iterator[sa.ColumnElement[bool]]:
    if where.who:
        yield sa.or_(
            *(sa.func.lower(column).contains(where.who.lower(), autoescape=True) for column in
              (audit.c.who, audit.c.address))
        )  # fmt: skip
    if where.action:
        yield (audit.c.action == where.action) | audit.c.action.startswith(
            f"{where.action}.", autoescape=True
        )
    if where.since is not None:
        yield audit.c.at >= iso(where.since)
    if where.until is not None:
        yield audit.c.at <= iso(where.until)
