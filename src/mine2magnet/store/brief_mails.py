"""Briefs that go out by mail: when each is due, when it was sent last, and why it was not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from mine2magnet.model import BriefMail, BriefSchedule
from mine2magnet.store.database import Database, iso, time
from mine2magnet.store.tables import brief_mails


class BriefMails:
    """The mails of topics, one each."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, topic: str) -> BriefMail | None:
        """Return the mail of a topic."""
        rows = self._db.all(sa.select(brief_mails).where(brief_mails.c.topic == topic))
        return next(map(_mail, rows), None)

    def due(self, by: datetime) -> list[BriefMail]:
        """Return those that are due by a time, the longest due first."""
        query = sa.select(brief_mails).where(brief_mails.c.due <= iso(by)).order_by(brief_mails.c.due)
        return [_mail(row) for row in self._db.all(query)]

    def put(self, mail: BriefMail) -> None:
        """Keep a mail in the place of the topic's earlier one."""
        values = {
            "schedule": msgspec.to_builtins(mail.schedule),
            "due": iso(mail.due),
            "sent": iso(mail.sent),
            "attempts": mail.attempts,
            "reason": mail.reason,
        }
        with self._db.writing() as db:
            db.execute(brief_mails.delete().where(brief_mails.c.topic == mail.topic))
            db.execute(brief_mails.insert().values(topic=mail.topic, **values))

    def take(self, mail: BriefMail, now: datetime, lease: timedelta) -> BriefMail | None:
        """Take a due mail for `lease`, so that no other process sends it meanwhile; None if it is taken."""
        until = now + lease
        with self._db.writing() as db:
            taken = brief_mails.update().where(*_is(mail)).values(due=iso(until))
            if not db.execute(taken).rowcount:
                return None
        return replace(mail, due=until)

    def end(self, taken: BriefMail, now: BriefMail) -> bool:
        """Keep how a mail stands, unless it was scheduled otherwise or taken by another since."""
        values = {"due": iso(now.due), "sent": iso(now.sent), "attempts": now.attempts, "reason": now.reason}
        with self._db.writing() as db:
            return bool(db.execute(brief_mails.update().where(*_is(taken)).values(**values)).rowcount)

    def remove(self, topic: str) -> bool:
        """Send a topic's brief no more; return whether it was sent."""
        with self._db.writing() as db:
            return bool(db.execute(brief_mails.delete().where(brief_mails.c.topic == topic)).rowcount)


def _is(mail: BriefMail) -> tuple[sa.ColumnElement[bool], ...]:
    return brief_mails.c.topic == mail.topic, brief_mails.c.due == iso(mail.due)


def _mail(row: sa.Row[Any]) -> BriefMail:
    schedule = msgspec.convert(row.schedule, BriefSchedule)
    due, sent = time(row.due), time(row.sent)
    assert due
    return BriefMail(row.topic, schedule, due, sent, row.attempts, row.reason)
