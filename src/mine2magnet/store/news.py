"""Which documents tell the same news in different languages, by document and version."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from mine2magnet.store.database import Database, chunks
from mine2magnet.store.tables import claimed, documents, news

_SAME = (  # made once: each page asks for it
    sa.select(news.c.shared, news.c.document)
    .join(documents, (documents.c.id == news.c.document) & (documents.c.version == news.c.version))
    .where(news.c.shared.is_not(None), documents.c.removed.is_(False))
    .order_by(news.c.shared, news.c.document)
)


class NewsWriter:
    """The part of `Writer` that keeps which documents tell the same news."""

    _db: sa.Connection

    def put_news(self, id: str, version: int, maker: str, same: Sequence[str] = ()) -> None:
        """Keep that a document tells the same news as those of `same`, and all that do with these."""
        rows = self._db.execute(sa.select(news.c.shared).where(news.c.document.in_(same)))
        joined = [shared for (shared,) in rows if shared]
        shared = min(joined, default=uuid.uuid4().hex) if same else None
        self._db.execute(news.delete().where(news.c.document == id))
        self._db.execute(news.insert().values(document=id, version=version, maker=maker, shared=shared))
        told = news.c.document.in_(same) | news.c.shared.in_(joined)
        self._db.execute(news.update().where(told).values(shared=shared))


class NewsReader:
    """The part of `Store` that finds which documents tell the same news."""

    _db: Database

    def unplaced(self, maker: str, claimers: Sequence[str], limit: int) -> list[str]:
        """Return ids of documents whose claims one of `claimers` has taken, and whose current version `maker`
        has not been compared with what others tell, those published last first."""
        placed = sa.select(news.c.document).where(
            news.c.document == documents.c.id,
            news.c.version == documents.c.version,
            news.c.maker == maker,
        )
        current = (documents.c.id == claimed.c.document) & (documents.c.version == claimed.c.version)
        query = (
            sa.select(documents.c.id)
            .join(claimed, current)
            .where(documents.c.removed.is_(False), claimed.c.maker.in_(claimers), ~placed.exists())
            .order_by(claimed.c.published.desc().nulls_last(), documents.c.seq.desc())
            .limit(limit)
        )
        return [id for (id,) in self._db.all(query)]

    def placed(self, ids: Sequence[str]) -> dict[str, str | None]:
        """Return for those of `ids` that were compared in their current version which news they share."""
        current = (documents.c.id == news.c.document) & (documents.c.version == news.c.version)
        query = sa.select(news.c.document, news.c.shared).join(documents, current)
        return {
            row.document: row.shared
            for chunk in chunks(ids)
            for row in self._db.all(query.where(news.c.document.in_(chunk)))
        }

    def same_news(self, among: Iterable[str] | None = None) -> list[tuple[str, ...]]:
        """Return the documents that tell the same news as others do, those of one news together: of all, or
        with those of some ids."""
        if among is None:
            rows = list(self._db.all(_SAME))
        else:
            wanted = list({shared for shared in self.placed(list(among)).values() if shared})
            rows = [
                row for part in chunks(wanted) for row in self._db.all(_SAME.where(news.c.shared.in_(part)))
            ]
        together: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            together[row.shared].append(row.document)
        return [tuple(ids) for ids in together.values() if len(ids) > 1]
