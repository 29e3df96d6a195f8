"""What news searches are asked for topics, and what they have found: kept, so that a run goes on after it
was killed, and no page is fetched twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from mine2magnet.model import NewsHit, TopicSearch
from mine2magnet.store.database import Database, chunks, iso, time
from mine2magnet.store.tables import news_hits, topic_searches

_WHICH = ("topic", "service", "language", "query")


class Searches:
    """The searches of topics and their hits."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, topic: str) -> list[TopicSearch]:
        """Return what is asked for a topic, by search and language."""
        columns = [topic_searches.c[name] for name in _WHICH[1:]]
        rows = self._db.all(
            sa.select(topic_searches).where(topic_searches.c.topic == topic).order_by(*columns)
        )
        return [_search(row) for row in rows]

    def due(self, by: datetime) -> list[TopicSearch]:
        """Those that are to be asked by a time, the longest due first."""
        query = sa.select(topic_searches).where(topic_searches.c.due <= iso(by))
        return [_search(row) for row in self._db.all(query.order_by(topic_searches.c.due))]

    def put(self, searches: Iterable[TopicSearch]) -> None:
        """Keeps searches as they stand now."""
        with self._db.writing() as db:
            for one in searches:
                values = asdict(one) | {"due": iso(one.due), "checked": iso(one.checked)}
                db.execute(topic_searches.delete().where(*_is(one)))
                db.execute(topic_searches.insert().values(**values))

    def take(self, search: TopicSearch, now: datetime, lease: timedelta) -> bool:
        """Takes a due search for `lease`, so that no other process asks it meanwhile; False if taken."""
        taken = topic_searches.update().where(*_is(search), topic_searches.c.due <= iso(now))
        with self._db.writing() as db:
            return bool(db.execute(taken.values(due=iso(now + lease))).rowcount)

    def remove(self, topic: str, kept: Iterable[TopicSearch] = ()) -> None:
        """Asks no more for a topic, but what is `kept`; its hits stay known."""
        stay = {(one.service, one.language, one.query) for one in kept}
        with self._db.writing() as db:
            for one in self.of(topic):
                if (one.service, one.language, one.query) not in stay:
                    db.execute(topic_searches.delete().where(*_is(one)))

    # --- hits

    def known(self, topic: str, keys: Sequence[str]) -> set[str]:
        """Those of the keys that were found for the topic before."""
        which = sa.select(news_hits.c.key).where(news_hits.c.topic == topic)
        return {
            key for chunk in chunks(keys) for (key,) in self._db.all(which.where(news_hits.c.key.in_(chunk)))
        }

    def add(self, hits: Sequence[NewsHit]) -> None:
        """Keeps hits that are not known yet, also if another search has found them meanwhile."""
        if not hits:
            return
        with self._db.writing() as db:
            which = sa.select(news_hits.c.key).where(news_hits.c.topic == hits[0].topic)
            keys = [hit.key for hit in hits]
            known = {
                key for some in chunks(keys) for (key,) in db.execute(which.where(news_hits.c.key.in_(some)))
            }
            if new := [_values(hit) for hit in hits if hit.key not in known]:
                db.execute(news_hits.insert(), new)

    def revisit(self, topic: str) -> None:
        """Has what did not belong to a topic looked at again: it asks for something else now."""
        off = (news_hits.c.topic == topic, news_hits.c.state == "off topic")
        with self._db.writing() as db:
            db.execute(news_hits.update().where(*off).values(state="waiting", attempts=0))

    def waiting(self, topic: str) -> list[NewsHit]:
        """Hits that are to be looked at, the newest first."""
        query = sa.select(news_hits).where(news_hits.c.topic == topic, news_hits.c.state == "waiting")
        newest = query.order_by(news_hits.c.published.desc().nulls_last(), news_hits.c.key)
        return [_hit(row) for row in self._db.all(newest)]

    def topics_waiting(self) -> list[str]:
        """Topics with hits that nobody has looked at yet."""
        unseen = (news_hits.c.state == "waiting", news_hits.c.attempts == 0)
        query = sa.select(news_hits.c.topic).where(*unseen).distinct()
        return [topic for (topic,) in self._db.all(query.order_by(news_hits.c.topic))]

    def hits(self, topic: str, state: str = "") -> list[NewsHit]:
        """Return what was found for a topic, the newest first."""
        query = sa.select(news_hits).where(news_hits.c.topic == topic)
        if state:
            query = query.where(news_hits.c.state == state)
        newest = query.order_by(news_hits.c.published.desc().nulls_last(), news_hits.c.key)
        return [_hit(row) for row in self._db.all(newest)]

    def end(self, hit: NewsHit) -> None:
        """Keeps what became of a hit."""
        with self._db.writing() as db:
            db.execute(
                news_hits.update()
                .where(news_hits.c.topic == hit.topic, news_hits.c.key == hit.key)
                .values(
                    state=hit.state, reason=hit.reason, attempts=hit.attempts, document=hit.document,
                    url=hit.url,
                )
            )  # fmt: skip


def _is(one: TopicSearch) -> list[sa.ColumnElement[bool]]:
    return [topic_searches.c[name] == getattr(one, name) for name in _WHICH]


def _search(row: sa.Row[Any]) -> TopicSearch:
    return TopicSearch(**{**row._mapping, "due": time(row.due), "checked": time(row.checked)})


def _values(hit: NewsHit) -> dict[str, Any]:
    return asdict(hit) | {"published": hit.published.isoformat() if hit.published else None}


def _hit(row: sa.Row[Any]) -> NewsHit:
    return NewsHit(**{**row._mapping, "published": time(row.published)})
