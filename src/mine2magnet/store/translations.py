"""Translations of titles and digests, by document, version and language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from mine2magnet.model import LANGUAGES, Rendered, Translation
from mine2magnet.store.database import Database, chunks
from mine2magnet.store.tables import documents, translated, translations, versions

_OF_CURRENT = (documents.c.id == translations.c.document) & (documents.c.version == translations.c.version)
_HELD = (  # made once: each page asks for it
    sa.select(translations)
    .join(documents, _OF_CURRENT)
    .where(
        documents.c.id.in_(sa.bindparam("ids", expanding=True)),
        translations.c.language == sa.bindparam("language"),
    )
)


class TranslationWriter:
    """The part of `Writer` that keeps translations."""

    _db: sa.Connection

    def put_translation(self, id: str, version: int, made: Translation) -> None:
        """Keep a translation in the place of an earlier one of the same version and language."""
        key = {"document": id, "version": version, "language": made.language}
        same = (translations.c[name] == value for name, value in key.items())
        self._db.execute(translations.delete().where(*same))
        self._db.execute(
            translations.insert().values(
                **key,
                maker=made.maker,
                digest=made.digest,
                title=_plain(made.title),
                points=[_plain(point) for point in made.points],
            )
        )
        last = self._db.scalar(sa.select(sa.func.max(translated.c.number))) or 0
        self._db.execute(translated.delete().where(translated.c.document == id))
        self._db.execute(translated.insert().values(document=id, number=last + 1))


class TranslationReader:
    """The part of `Store` that finds translations."""

    _db: Database

    def translations(self, ids: Sequence[str], language: str) -> dict[str, Translation]:
        """Return the translations into a language of the current versions of those of `ids` that have one."""
        return {
            row.document: _translation(row)
            for chunk in chunks(ids)
            for row in self._db.all(_HELD, ids=list(chunk), language=language)
        }

    def translated(self, after: int, limit: int) -> list[tuple[int, str, list[Translation]]]:
        """Return the next documents in the order in which their translations changed last: the number of the
        change, the document's id, and all its translations."""
        query = sa.select(translated).where(translated.c.number > after).order_by(translated.c.number)
        changed = self._db.all(query.limit(limit))
        held = {code: self.translations([row.document for row in changed], code) for code in LANGUAGES}
        return [
            (row.number, row.document, [made[row.document] for made in held.values() if row.document in made])
            for row in changed
        ]

    def untranslated(self, language: str, limit: int, *makers: str) -> list[str]:
        """Return ids of documents in other languages whose current version none of `makers` has translated
        into this one, those published last first."""
        day = sa.func.substr(versions.c.published, 1, len("2025-06-01"))
        query = (
            _untranslated(language, *makers)
            .order_by(day.desc().nulls_last(), documents.c.seq.desc())
            .limit(limit)
        )
        return [id for (id,) in self._db.all(query)]


def _untranslated(language: str, *makers: str) -> sa.Select[tuple[str]]:
    made = sa.select(translations.c.document).where(
        translations.c.document == documents.c.id,
        translations.c.version == documents.c.version,
        translations.c.language == language,
        translations.c.maker.in_(makers),
    )
    current = (versions.c.document == documents.c.id) & (versions.c.number == documents.c.version)
    others = versions.c.language.in_([code for code in LANGUAGES if code != language])
    return (
        sa.select(documents.c.id)
        .join(versions, current)
        .where(documents.c.removed.is_(False), others, ~made.exists())
    )


def _plain(rendered: Rendered | None) -> list[str] | None:
    return None if rendered is None else [rendered.text, rendered.made]


def _rendered(value: Sequence[str] | None) -> Rendered | None:
    return None if value is None else Rendered(*value)


def _translation(row: sa.Row[Any]) -> Translation:
    points = tuple(_rendered(value) for value in row.points)
    return Translation(row.language, _rendered(row.title), points, row.digest, row.maker)
