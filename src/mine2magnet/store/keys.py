"""The keys of the API, by their fingerprints."""

from __future__ import annotations

import hmac
from typing import Any

import sqlalchemy as sa

from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.model import Actor, Key
from mine2magnet.store.audit import record
from mine2magnet.store.database import Database, now, this_minute, time
from mine2magnet.store.tables import keys, rates, sessions


class Keys:
    """The keys held by a library."""

    def __init__(self, database: Database, actor: Actor | None = None) -> None:
        self._db = database
        self._actor = actor

    def put(self, key: Key) -> None:
        """Keeps a new key under a name that no other has."""
        with self._db.writing() as db:
            if db.scalar(sa.select(sa.func.count()).where(keys.c.name == key.name)):
                raise UserError(
                    f"there is a key {key.name!r} already",
                    where="NAME",
                    hint=f"choose another name, or revoke it: mine2magnet key revoke {key.name}",
                )
            db.execute(
                keys.insert().values(
                    fingerprint=key.fingerprint,
                    name=key.name,
                    scopes=sorted(key.scopes),
                    per_minute=key.per_minute,
                    made=now(),
                )
            )
            record(db, self._actor, "key.made", key.name, ", ".join(sorted(key.scopes)))

    def find(self, fingerprint: str) -> Key | None:
        row = next(iter(self._db.all(sa.select(keys).where(keys.c.fingerprint == fingerprint))), None)
        return _key(row) if row and hmac.compare_digest(row.fingerprint, fingerprint) else None

    def held(self) -> list[Key]:
        """In the order they were made."""
        return [_key(row) for row in self._db.all(sa.select(keys).order_by(keys.c.made))]

    def used(self, fingerprint: str) -> None:
        """Notes that the key was used now."""
        with self._db.writing() as db:
            db.execute(keys.update().where(keys.c.fingerprint == fingerprint).values(used=this_minute()))

    def revoke(self, name: str) -> None:
        """Takes a key back, and ends what was begun with it."""
        with self._db.writing() as db:
            fingerprint = db.scalar(sa.select(keys.c.fingerprint).where(keys.c.name == name))
            if fingerprint is None:
                raise NotFound(f"no key {name!r}", hint="`mine2magnet key list` shows them")
            db.execute(keys.delete().where(keys.c.fingerprint == fingerprint))
            db.execute(sessions.delete().where(sessions.c.key == fingerprint))
            db.execute(rates.delete().where(rates.c.caller == fingerprint))
            record(db, self._actor, "key.revoked", name)


def _key(row: sa.Row[Any]) -> Key:
    return Key(
        name=row.name,
        scopes=frozenset(row.scopes),
        per_minute=row.per_minute,
        fingerprint=row.fingerprint,
        made=time(row.made),
        used=time(row.used),
    )
