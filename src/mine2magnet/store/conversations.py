"""Conversations, their messages, and what happened while an answer was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mine2magnet.core.errors import NotFound
from mine2magnet.model import Conversation, Message
from mine2magnet.store.database import Database, now
from mine2magnet.store.tables import conversations, message_events, messages


class Conversations:
    """Everything is of one owner; a conversation of another's is as unknown as one that never was."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open(self, owner: str, session: str, title: str = "", meta: Mapping[str, Any] = {}) -> Conversation:
        """The owner's conversation of this session, made now if there is none."""
        mine = (conversations.c.owner == owner, conversations.c.session == session)
        with self._db.writing() as db:
            row = db.execute(sa.select(conversations).where(*mine)).first()
            if row is None:
                values = {"owner": owner, "session": session, "title": title, "meta": dict(meta)}
                db.execute(conversations.insert().values(**values, made=now()))
                row = db.execute(sa.select(conversations).where(*mine)).one()
            return _conversation(row)

    def get(self, owner: str, id: int) -> Conversation:
        mine = (conversations.c.owner == owner, conversations.c.id == id)
        rows = self._db.all(sa.select(conversations).where(*mine))
        if not rows:
            raise NotFound(f"no conversation {id}", where="conversation_id")
        return _conversation(rows[0])

    def ask(self, conversation: Conversation, text: str, body: Mapping[str, Any]) -> tuple[Message, Message]:
        """Keeps a question, and a place for its answer that is `running`. The first question names a
        conversation that has no title."""
        with self._db.writing() as db:
            kept = []
            for role, status, said, of_it in (
                ("user", "completed", text, dict(body)),
                ("assistant", "running", "", {}),
            ):
                values = {"conversation": conversation.id, "role": role, "status": status, "text": said}
                made = db.execute(messages.insert().values(**values, body=of_it, made=now()))
                assert made.inserted_primary_key is not None
                kept.append(_one(db, made.inserted_primary_key[0]))
            untitled = (conversations.c.id == conversation.id, conversations.c.title == "")
            db.execute(conversations.update().where(*untitled).values(title=text))
        return kept[0], kept[1]

    def happened(self, message: int, event: Mapping[str, Any]) -> bool:
        """Keeps an event of an answer that is running; False if it no longer is."""
        with self._db.writing() as db:
            if not _is_running(db, message):
                return False
            _put_events(db, message, [event])
            return True

    def finish(
        self,
        message: int,
        status: str,
        text: str,
        body: Mapping[str, Any],
        events: Sequence[Mapping[str, Any]],
    ) -> bool:
        """Keeps how a running answer ended, with its last events; False if it had ended already."""
        with self._db.writing() as db:
            if not _is_running(db, message):
                return False
            change = messages.update().where(messages.c.id == message)
            db.execute(change.values(status=status, text=text, body=dict(body)))
            _put_events(db, message, events)
            return True

    def message(self, conversation: Conversation, id: int) -> Message:
        with self._db.reading() as db:
            held = _one(db, id)
        if held.conversation != conversation.id:
            raise NotFound(f"no message {id}", where="message_id")
        return held

    def owned(self, owner: str, id: int) -> Message:
        """A message in any conversation of the owner."""
        query = sa.select(messages).join(conversations, conversations.c.id == messages.c.conversation)
        rows = self._db.all(query.where(conversations.c.owner == owner, messages.c.id == id))
        if not rows:
            raise NotFound(f"no message {id}", where="message_id")
        return _message(rows[0])

    def messages(self, conversation: Conversation, limit: int, before: int | None = None) -> list[Message]:
        """The last messages (before that of an id), oldest first."""
        query = sa.select(messages).where(messages.c.conversation == conversation.id)
        if before is not None:
            query = query.where(messages.c.id < before)
        rows = self._db.all(query.order_by(messages.c.id.desc()).limit(limit))
        return [_message(row) for row in reversed(rows)]

    def events(self, message: int, first: int = 0) -> list[dict[str, Any]]:
        """Return what happened while an answer was made, from the event of this number on."""
        query = sa.select(message_events.c.body).where(
            message_events.c.message == message, message_events.c.number >= first
        )
        return [dict(body) for (body,) in self._db.all(query.order_by(message_events.c.number))]


def _is_running(db: sa.Connection, message: int) -> bool:
    return db.scalar(sa.select(messages.c.status).where(messages.c.id == message)) == "running"


def _put_events(db: sa.Connection, message: int, events: Sequence[Mapping[str, Any]]) -> None:
    of_it = message_events.c.message == message
    first = db.scalar(sa.select(sa.func.count()).select_from(message_events).where(of_it)) or 0
    for number, event in enumerate(events, first):
        db.execute(message_events.insert().values(message=message, number=number, body=dict(event)))


def _one(db: sa.Connection, id: int) -> Message:
    row = db.execute(sa.select(messages).where(messages.c.id == id)).first()
    if row is None:
        raise NotFound(f"no message {id}", where="message_id")
    return _message(row)


def _message(row: sa.Row[Any]) -> Message:
    return Message(**{**row._mapping, "made": datetime.fromisoformat(row.made)})


def _conversation(row: sa.Row[Any]) -> Conversation:
    return Conversation(row.id, row.session, row.title, row.meta, datetime.fromisoformat(row.made))
