"""What each caller follows: companies and channels, by themselves or in groups.

A thing is followed as long as it stands anywhere: by itself, or in a group.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

import sqlalchemy as sa

from mine2magnet.core.errors import NotFound
from mine2magnet.model import Follow, FollowGroup
from mine2magnet.store.database import Database, now
from mine2magnet.store.tables import documents, follow_groups, follows, versions

ALONE = ""  # the group of what is in none


class Follows:
    """Everything is of one owner; a group of another's is as unknown as one that never was."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def followed(self, owner: str, kind: str) -> dict[str, datetime]:
        """Return what the owner follows of a kind → since when, the latest first."""
        since = sa.func.min(follows.c.made)
        query = (
            sa.select(follows.c.value, since.label("since"))
            .where(follows.c.owner == owner, follows.c.kind == kind)
            .group_by(follows.c.value)
            .order_by(since.desc(), follows.c.value)
        )
        return {row.value: datetime.fromisoformat(row.since) for row in self._db.all(query)}

    def follow(self, owner: str, follow: Follow) -> None:
        with self._db.writing() as db:
            _add(db, owner, ALONE, [follow])

    def unfollow(self, owner: str, follow: Follow) -> bool:
        """Takes it out of all groups, too; whether it was followed."""
        mine = (follows.c.owner == owner, follows.c.kind == follow.kind, follows.c.value == follow.value)
        with self._db.writing() as db:
            return bool(db.execute(follows.delete().where(*mine)).rowcount)

    def groups(self, owner: str) -> list[FollowGroup]:
        """In the order they were made."""
        with self._db.reading() as db:
            return _groups(db, owner)

    def group(self, owner: str, id: str) -> FollowGroup:
        with self._db.reading() as db:
            return _group(db, owner, id)

    def make_group(self, owner: str, name: str, members: Iterable[Follow]) -> FollowGroup:
        id = uuid4().hex[:12]
        with self._db.writing() as db:
            db.execute(follow_groups.insert().values(id=id, owner=owner, name=name, made=now()))
            _add(db, owner, id, members)
            return _group(db, owner, id)

    def rename_group(self, owner: str, id: str, name: str) -> FollowGroup:
        with self._db.writing() as db:
            _group(db, owner, id)
            db.execute(follow_groups.update().where(follow_groups.c.id == id).values(name=name))
            return _group(db, owner, id)

    def remove_group(self, owner: str, id: str) -> None:
        with self._db.writing() as db:
            _group(db, owner, id)
            db.execute(follows.delete().where(follows.c.group == id))
            db.execute(follow_groups.delete().where(follow_groups.c.id == id))

    def add(self, owner: str, id: str, members: Iterable[Follow]) -> FollowGroup:
        """Add members; what is in the group already stays where it is."""
        with self._db.writing() as db:
            _group(db, owner, id)
            _add(db, owner, id, members)
            return _group(db, owner, id)

    def replace(self, owner: str, id: str, members: Iterable[Follow]) -> FollowGroup:
        """Puts these in place of what the group has."""
        with self._db.writing() as db:
            _group(db, owner, id)
            db.execute(follows.delete().where(follows.c.group == id))
            _add(db, owner, id, members)
            return _group(db, owner, id)

    def at_host(self, host: str) -> dict[str, str]:
        """Documents with an address at a host, or at one below it → their source."""
        current = (versions.c.document == documents.c.id) & (versions.c.number == documents.c.version)
        query = sa.select(documents.c.id, versions.c.source, versions.c.url).join(versions, current)
        named = versions.c.url.icontains(host, autoescape=True)
        rows = self._db.all(query.where(documents.c.removed.is_(False), named))
        below = f".{host.lower()}"
        return {row.id: row.source for row in rows if f".{urlsplit(row.url).hostname}".endswith(below)}


def _groups(db: sa.Connection, owner: str) -> list[FollowGroup]:
    members: dict[str, list[Follow]] = {}
    held = sa.select(follows).where(follows.c.owner == owner).order_by(follows.c.position)
    for row in db.execute(held):
        members.setdefault(row.group, []).append(Follow(row.kind, row.value))
    query = sa.select(follow_groups).where(follow_groups.c.owner == owner)
    return [
        FollowGroup(row.id, row.name, tuple(members.get(row.id, ())), datetime.fromisoformat(row.made))
        for row in db.execute(query.order_by(follow_groups.c.made, follow_groups.c.id))
    ]


def _group(db: sa.Connection, owner: str, id: str) -> FollowGroup:
    for group in _groups(db, owner):
        if group.id == id:
            return group
    raise NotFound(f"no group {id[:40]!r}", where="group_id")


def _add(db: sa.Connection, owner: str, group: str, members: Iterable[Follow]) -> None:
    mine = (follows.c.owner == owner, follows.c.group == group)
    held = {(row.kind, row.value) for row in db.execute(sa.select(follows).where(*mine))}
    last = db.scalar(sa.select(sa.func.max(follows.c.position)).where(*mine)) or 0
    new = [follow for follow in dict.fromkeys(members) if (follow.kind, follow.value) not in held]
    for position, follow in enumerate(new, last + 1):
        values = {"kind": follow.kind, "value": follow.value, "position": position, "made": now()}
        db.execute(follows.insert().values(owner=owner, group=group, **values))
