"""What models answered, kept by a fingerprint of what they were asked: nothing is paid for twice."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from mine2magnet.store.database import Database
from mine2magnet.store.tables import answers


class AnswerWriter:
    """The part of `Writer` that keeps answers."""

    _db: sa.Connection

    def put_answer(self, fingerprint: str, document: str, text: str) -> None:
        self._db.execute(answers.delete().where(answers.c.fingerprint == fingerprint))
        self._db.execute(answers.insert().values(fingerprint=fingerprint, document=document, text=text))

    def keep_answers(self, document: str, fingerprints: Collection[str]) -> None:
        """Drops the other answers about a document."""
        others = answers.c.fingerprint.not_in(fingerprints)
        self._db.execute(answers.delete().where(answers.c.document == document, others))


class AnswerReader:
    """The part of `Store` that finds answers."""

    _db: Database

    def answer(self, fingerprint: str) -> str | None:
        found = self._db.one(sa.select(answers.c.text).where(answers.c.fingerprint == fingerprint))
        return None if found is None else str(found)
