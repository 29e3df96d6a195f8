"""Watches, what they have found, and what of it waits to be delivered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import msgspec
import sqlalchemy as sa

from mine2magnet.core.errors import Conflict, NotFound
from mine2magnet.core.json import plain
from mine2magnet.model import (
    Actor,
    Bound,
    ClaimFilter,
    Delivery,
    Match,
    Watch,
    WatchRequest,
)
from mine2magnet.store import shares
from mine2magnet.store.audit import record
from mine2magnet.store.corrections import claim_body, claim_of
from mine2magnet.store.database import Database, iso, now, time
from mine2magnet.store.tables import (
    deliveries,
    documents,
    matches,
    topics,
    versions,
    watches,
)


class WatchWriter:
    """The part of `Writer` that keeps watches and what they find."""

    _db: sa.Connection
    _actor: Actor | None

    def put_watch(self, watch: WatchRequest, secret: str) -> str:
        """Keeps a new watch as the actor's, which looks at what changes from now on; gives its id. A name
        that another's private watch has gets a number."""
        owner = self._actor.owner if self._actor else ""
        if watch.shared:
            self._check_shareable(watch.topic)
        id = uuid4().hex[:12]
        body = {name: plain(getattr(watch, name)) for name in ("topic", "query", "claims", "bound")}
        seq = self._db.scalar(sa.select(sa.func.max(documents.c.seq))) or 0
        name = self._free_name(watch.name)
        self._db.execute(
            watches.insert().values(
                id=id, name=name, body=body, webhook=watch.webhook, secret=secret, made=now(), seq=seq,
                owner=owner, shared=watch.shared,
            )
        )  # fmt: skip
        record(self._db, self._actor, "watch.made", id, name)
        return id

    def share_watch(self, id: str, shared: bool) -> None:
        """Lets others see a watch, or keeps it from them. Raises Forbidden if a shared one is another's, and
        Conflict if one that is to be shared looks at a topic that only its owner sees."""
        held = self._seen_watch(id)
        if held.shared == shared:
            return
        if shared:
            self._check_shareable(held.body["topic"])
        owner = held.owner if shared else shares.claimed(self._actor, held)
        changed = watches.update().where(watches.c.id == id)
        self._db.execute(changed.values(shared=shared, owner=owner))
        record(self._db, self._actor, "watch.changed", id, held.name)

    def _check_shareable(self, topic: str) -> None:
        if topic and self._db.scalar(sa.select(topics.c.shared).where(topics.c.slug == topic)) is False:
            raise Conflict(
                "only its owner sees the topic", where="shared", hint="keep the watch private, too"
            )

    def _seen_watch(self, id: str) -> sa.Row[Any]:
        held = self._db.execute(sa.select(watches).where(watches.c.id == id)).first()
        if held is None or not shares.sees(self._actor, held):
            raise NotFound(f"no watch {id!r}", hint="`mine2magnet watch list` shows them")
        return held

    def _free_name(self, wanted: str) -> str:
        """Raises Conflict if a watch that the actor sees has the name."""
        for number in count(2):
            name = wanted if number == 2 else f"{wanted} ({number - 1})"
            held = self._db.execute(sa.select(watches).where(watches.c.name == name)).first()
            if held is None:
                return name
            if shares.sees(self._actor, held):
                raise Conflict(f"there is a watch {name!r} already", where="name", hint="choose another")
        raise AssertionError

    def remove_watch(self, id: str) -> None:
        """With its matches, and what of them waits to be delivered."""
        held = self._seen_watch(id)
        self._forget(matches.c.watch == id)
        self._db.execute(watches.delete().where(watches.c.id == id))
        record(self._db, self._actor, "watch.removed", id, held.name)

    def advance(self, watch: Watch, to: int, found: Iterable[tuple[str, Match]]) -> int:
        """Keeps what a watch found, each under a key that it has but once, as it moves on from
        `watch.seq`; gives how much of it is new. Nothing is kept if another process has moved it."""
        moved = watches.update().where(watches.c.id == watch.id, watches.c.seq == watch.seq)
        if not self._db.execute(moved.values(seq=to)).rowcount:
            return 0
        return sum(self._put_match(watch, key, match) for key, match in found)

    def _put_match(self, watch: Watch, key: str, match: Match) -> bool:
        held = sa.select(matches.c.number).where(matches.c.watch == watch.id, matches.c.key == key)
        if self._db.scalar(held) is not None:
            return False
        values = {
            name: getattr(match, name)
            for name in ("document", "version", "paragraph", "point", "offset", "sentence", "start", "end")
        }
        number = self._db.execute(
            matches.insert().values(
                **values,
                id=str(uuid4()),
                watch=watch.id,
                key=key,
                claim=claim_body(match.claim) if match.claim else None,
                seen=now(),
                read=False,
            )
        ).inserted_primary_key
        if watch.webhook and number:
            self._db.execute(deliveries.insert().values(match=number[0], due=now(), attempts=0, reason=""))
        return True

    def mark_read(self, ids: Sequence[str] | None = None, watch: str | None = None) -> None:
        """Marks these matches, or all of a watch, or all, as read."""
        change = matches.update().where(*_seen(self._actor)).values(read=True)
        if ids is not None:
            change = change.where(matches.c.id.in_(ids))
        if watch is not None:
            change = change.where(matches.c.watch == watch)
        self._db.execute(change)

    def take_delivery(self, delivery: Delivery, now: datetime, lease: timedelta) -> bool:
        """Takes a due delivery for `lease`, so that no other process sends it meanwhile; False if taken."""
        taken = deliveries.update().where(*_of(delivery), deliveries.c.due <= iso(now))
        return bool(self._db.execute(taken.values(due=iso(now + lease))).rowcount)

    def put_off(self, delivery: Delivery, until: datetime, reason: str) -> None:
        """Counts an attempt that failed; the next is due at `until`, and what waits behind it then, too."""
        behind = sa.select(matches.c.number).where(matches.c.watch == delivery.watch.id)
        waits = (deliveries.c.match.in_(behind), deliveries.c.due < iso(until))
        self._db.execute(deliveries.update().where(*waits).values(due=iso(until)))
        change = deliveries.update().where(*_of(delivery))
        self._db.execute(change.values(due=iso(until), attempts=deliveries.c.attempts + 1, reason=reason))

    def delivered(self, delivery: Delivery) -> None:
        self._db.execute(deliveries.delete().where(*_of(delivery)))

    def _forget(self, which: sa.ColumnElement[bool]) -> None:
        """Takes matches out, and what of them waits to be delivered."""
        numbers = sa.select(matches.c.number).where(which)
        self._db.execute(deliveries.delete().where(deliveries.c.match.in_(numbers)))
        self._db.execute(matches.delete().where(which))


class WatchReader:
    """The part of `Store` that finds watches and what they have found."""

    _db: Database
    actor: Actor | None

    def watches(self) -> list[Watch]:
        """In the order they were made."""
        query = sa.select(watches).where(*shares.seen(self.actor, watches)).order_by(watches.c.made)
        return [_watch(row) for row in self._db.all(query)]

    def watch(self, name: str) -> Watch:
        """The watch of this id or name."""
        for watch in self.watches():
            if name in (watch.id, watch.name):
                return watch
        raise NotFound(f"no watch {name!r}", hint="`mine2magnet watch list` shows them")

    def secret(self, watch: str) -> str:
        """Return what signs the deliveries of the watch of this id."""
        return str(self._db.one(sa.select(watches.c.secret).where(watches.c.id == watch)) or "")

    def matches(
        self, watch: str | None = None, *, unread: bool = False, limit: int = 100, offset: int = 0
    ) -> list[Match]:
        """Return what the watch of this id (None: any) has found, the latest first."""
        query = _matches().order_by(matches.c.number.desc()).limit(limit).offset(offset)
        return [_match(row) for row in self._db.all(query.where(*self._narrowed(watch, unread)))]

    def count_matches(self, watch: str | None = None, *, unread: bool = False) -> int:
        query = sa.select(sa.func.count()).select_from(matches).where(*self._narrowed(watch, unread))
        return int(self._db.one(query) or 0)

    def _narrowed(self, watch: str | None, unread: bool) -> Iterator[sa.ColumnElement[bool]]:
        yield from _seen(self.actor)
        if watch is not None:
            yield matches.c.watch == watch
        if unread:
            yield matches.c.read.is_(False)

    def deliveries(self, due_by: datetime | None = None, limit: int = 100) -> list[Delivery]:
        """Return what waits to be delivered (due by a time), in the order it was found."""
        columns = [column.label(f"of_{column.name}") for column in watches.c]
        query = (
            _matches()
            .add_columns(deliveries.c.attempts, deliveries.c.reason, *columns)
            .join(deliveries, deliveries.c.match == matches.c.number)
            .join(watches, watches.c.id == matches.c.watch)
            .order_by(matches.c.number)
            .limit(limit)
        )
        if due_by is not None:
            query = query.where(deliveries.c.due <= iso(due_by))
        return [
            Delivery(_match(row), _watch(row, "of_"), row.attempts, row.reason) for row in self._db.all(query)
        ]

    def count_deliveries(self) -> int:
        return int(self._db.one(sa.select(sa.func.count()).select_from(deliveries)) or 0)

    def waiting(self) -> dict[str, tuple[int, str]]:
        """Return by watch how many of its deliveries wait, and what stands in the way of the first."""
        found: dict[str, tuple[int, str]] = {}
        query = (
            sa.select(matches.c.watch, deliveries.c.reason)
            .join(matches, matches.c.number == deliveries.c.match)
            .order_by(matches.c.number)
        )
        for row in self._db.all(query):
            count, reason = found.get(row.watch, (0, row.reason))
            found[row.watch] = count + 1, reason or row.reason
        return found


def _watch(row: sa.Row[Any], prefix: str = "") -> Watch:
    kept = {column.name: row._mapping[prefix + column.name] for column in watches.c}
    body = dict(kept["body"])
    if body["claims"] is not None:
        body["claims"] = msgspec.convert(body["claims"], ClaimFilter)
    if body["bound"] is not None:
        body["bound"] = Bound(**body["bound"])
    return Watch(
        name=kept["name"],
        **body,
        webhook=kept["webhook"],
        id=kept["id"],
        made=time(kept["made"]),
        seq=kept["seq"],
        owner=kept["owner"],
        shared=kept["shared"],
    )


def _matches() -> sa.Select[Any]:
    of_version = (versions.c.document == matches.c.document) & (versions.c.number == matches.c.version)
    columns = [versions.c[name] for name in ("title", "source", "url", "published", "language")]
    return sa.select(matches, *columns).join(versions, of_version)


def _seen(actor: Actor | None) -> Iterator[sa.ColumnElement[bool]]:
    """Narrows matches to those of watches that the actor sees."""
    for narrowing in shares.seen(actor, watches):
        yield matches.c.watch.in_(sa.select(watches.c.id).where(narrowing))


def _match(row: sa.Row[Any]) -> Match:
    kept = {k: v for k, v in row._mapping.items() if k in Match.__slots__}
    claim = None if row.claim is None else claim_of(row.claim, row.document, row.version)
    return Match(**kept | {"claim": claim, "seen": time(row.seen), "published": time(row.published)})


def _of(delivery: Delivery) -> Iterator[sa.ColumnElement[bool]]:
    number = sa.select(matches.c.number).where(matches.c.id == delivery.match.id)
    yield deliveries.c.match == number.scalar_subquery()
