"""Log-ins, and the accounts of people whom an OpenID provider has named.

A log-in is a random cookie that stands for a key or an account. Its row is found by the digest of the cookie,
so that whoever reads the database can log in as nobody; it holds on every server of the library and
outlasts their restarts.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from mine2magnet.core.errors import NotFound
from mine2magnet.model import Account, Actor, Key, Role
from mine2magnet.store.audit import record
from mine2magnet.store.database import Database, iso, now, this_minute, time
from mine2magnet.store.keys import Keys
from mine2magnet.store.tables import accounts, rates, sessions

IDLE = timedelta(hours=12)  # without a request after which a log-in ends: a working day
LONGEST = timedelta(days=30)  # after which it ends in any case …
LONGEST_OF_ACCOUNT = timedelta(hours=24)  # … sooner where the provider can say anew who may log in
MOST = 10_000  # log-ins held; those that have been idle for longest make way


class Sessions:
    """The log-ins of a library. `clock` gives the time in UTC."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._db = database
        self._clock = clock

    def begin(self, of: Key | Account) -> str:
        """The cookie of a new log-in; those that have ended go."""
        token, at = secrets.token_urlsafe(32), self._clock()
        minute = iso(at.replace(second=0, microsecond=0))
        whose = {"key": of.fingerprint} if isinstance(of, Key) else {"account": of.id}
        with self._db.writing() as db:
            db.execute(
                sessions.delete().where(
                    (sessions.c.asked < iso(at - IDLE)) | (sessions.c.begun < iso(at - LONGEST))
                )
            )
            last = sa.select(sessions.c.digest).order_by(sessions.c.asked.desc()).offset(MOST - 1)
            db.execute(sessions.delete().where(sessions.c.digest.in_(last.limit(MOST))))
            db.execute(sessions.insert().values(digest=_digest(token), begun=iso(at), asked=minute, **whose))
        return token

    def find(self, token: str) -> Key | Account | None:
        """Return what the cookie stands for, unless its log-in has ended."""
        query = sa.select(sessions).where(sessions.c.digest == _digest(token))
        row = next(iter(self._db.all(query)), None) if token else None
        longest = LONGEST if row is not None and row.key else LONGEST_OF_ACCOUNT
        at = self._clock()
        if row is None or row.asked < _text(at - IDLE) or row.begun < _text(at - longest):
            return None
        return Keys(self._db).find(row.key) if row.key else Accounts(self._db).find(row.account)

    def used(self, token: str) -> None:
        """Notes that the log-in was used now."""
        minute = self._clock().replace(second=0, microsecond=0)
        with self._db.writing() as db:
            mine = sessions.c.digest == _digest(token)
            db.execute(sessions.update().where(mine).values(asked=iso(minute)))

    def end(self, token: str) -> None:
        with self._db.writing() as db:
            db.execute(sessions.delete().where(sessions.c.digest == _digest(token)))

    def end_all(self, of: Key | Account) -> None:
        """Every log-in of a key or an account, on all devices."""
        whose = sessions.c.key == of.fingerprint if isinstance(of, Key) else sessions.c.account == of.id
        with self._db.writing() as db:
            db.execute(sessions.delete().where(whose))


class Accounts:
    """The accounts of a library."""

    def __init__(self, database: Database, actor: Actor | None = None) -> None:
        self._db = database
        self._actor = actor

    def put(self, issuer: str, subject: str, name: str, role: Role) -> Account:
        """Keeps who has logged in, with the name and role that hold now."""
        mine = (accounts.c.issuer == issuer, accounts.c.subject == subject)
        with self._db.writing() as db:
            values = {"name": name, "role": role}
            if not db.execute(accounts.update().where(*mine).values(**values)).rowcount:
                id = _digest(f"{issuer} {subject}")[:16]  # the same if it was removed meanwhile
                made = {"id": id, "issuer": issuer, "subject": subject, "made": now()}
                db.execute(accounts.insert().values(**made, **values))
            return _account(db.execute(sa.select(accounts).where(*mine)).one())

    def find(self, id: str) -> Account | None:
        rows = self._db.all(sa.select(accounts).where(accounts.c.id == id))
        return _account(rows[0]) if rows else None

    def held(self) -> list[Account]:
        """In the order of their names."""
        return [_account(row) for row in self._db.all(sa.select(accounts).order_by(accounts.c.name))]

    def used(self, id: str) -> None:
        """Notes that the account was used now."""
        with self._db.writing() as db:
            db.execute(accounts.update().where(accounts.c.id == id).values(used=this_minute()))

    def remove(self, id: str) -> None:
        """Takes an account out and ends its log-ins. What is theirs stays, and is theirs again if they log in
        once more."""
        with self._db.writing() as db:
            name = db.scalar(sa.select(accounts.c.name).where(accounts.c.id == id))
            if name is None:
                raise NotFound(f"no account {id!r}", hint="`mine2magnet account list` shows them")
            db.execute(sessions.delete().where(sessions.c.account == id))
            db.execute(rates.delete().where(rates.c.caller == id))
            db.execute(accounts.delete().where(accounts.c.id == id))
            record(db, self._actor, "account.removed", name)


def _digest(token: str) -> str:
    """SHA-256; as for keys, there is no list of 256 random bits to try."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _account(row: sa.Row[Any]) -> Account:
    return Account(**{**row._mapping, "made": time(row.made), "used": time(row.used)})
