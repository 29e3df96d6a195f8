"""Documents and their digests, topics and sources: kept, found, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from copy import copy
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mine2magnet.core.errors import Conflict, NotFound
from mine2magnet.model import (
    Action,
    Actor,
    Digest,
    Document,
    Group,
    Paragraph,
    Point,
    Source,
    Topic,
)
from mine2magnet.store import shares, snapshot
from mine2magnet.store.answers import AnswerReader, AnswerWriter
from mine2magnet.store.audit import Audit, record
from mine2magnet.store.brief_mails import BriefMails
from mine2magnet.store.claims import ClaimReader, ClaimWriter
from mine2magnet.store.conversations import Conversations
from mine2magnet.store.database import Database, chunks, iso, now, time
from mine2magnet.store.follows import Follows
from mine2magnet.store.jobs import Jobs
from mine2magnet.store.keys import Keys
from mine2magnet.store.leases import Leases, live
from mine2magnet.store.move import Moved, move
from mine2magnet.store.news import NewsReader, NewsWriter
from mine2magnet.store.rates import Rates
from mine2magnet.store.searches import Searches
from mine2magnet.store.sessions import Accounts, Sessions
from mine2magnet.store.tables import (
    answers,
    bands,
    brief_mails,
    claimed,
    claims,
    corrections,
    digests,
    documents,
    findings,
    leases,
    matches,
    news,
    news_hits,
    sources,
    topic_documents,
    topic_searches,
    topics,
    translated,
    translations,
    versions,
    watches,
)
from mine2magnet.store.translations import TranslationReader, TranslationWriter
from mine2magnet.store.uploads import Uploads
from mine2magnet.store.watches import WatchReader, WatchWriter


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document as it stands after its last change; `document` is None when it was removed."""

    seq: int
    id: str
    document: Document | None
    fold: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What the store knows of a document besides its text."""

    id: str
    version: int
    fold: str
    signature: bytes
    removed: bool


# Made once: to put a statement together takes SQLAlchemy longer than SQLite takes to answer it.
_ROWS = sa.select(*(documents.c[name] for name in DocumentRow.__slots__)).order_by(documents.c.seq)
_HELD = _ROWS.where(documents.c.removed.is_(False))
_BY_ID = _ROWS.where(documents.c.id == sa.bindparam("key"))
_BY_URL = _ROWS.where(documents.c.url_key == sa.bindparam("key"))
_BY_TITLE = _HELD.where(documents.c.title_key == sa.bindparam("key"))
_SIMILAR = _HELD.where(
    documents.c.id.in_(
        sa.select(bands.c.document).where(bands.c.band.in_(sa.bindparam("key", expanding=True)))
    )
)


class Writer(AnswerWriter, ClaimWriter, NewsWriter, TranslationWriter, WatchWriter):
    """The writing half, inside one transaction: see `Store.writing`. What `actor` does is put into the audit
    log; what others keep to themselves is as unknown as what never was."""

    def __init__(self, connection: sa.Connection, actor: Actor | None = None) -> None:
        self._db = connection
        self._actor = actor

    def row(self, *, url_key: str | None = None, id: str | None = None) -> DocumentRow | None:
        found = self._rows(_BY_URL, url_key) if id is None else self._rows(_BY_ID, id)
        return next(found, None)

    def by_title(self, title_key: str) -> list[DocumentRow]:
        return list(self._rows(_BY_TITLE, title_key))

    def similar(self, band_keys: Sequence[str]) -> list[DocumentRow]:
        """Documents that share a band of their signature with the given ones."""
        return list(self._rows(_SIMILAR, list(band_keys)))

    def _rows(self, query: sa.Select[Any], key: object) -> Iterator[DocumentRow]:
        return (DocumentRow(*row) for row in self._db.execute(query, {"key": key}))

    def document(self, id: str, version: int) -> Document:
        return _load(self._db, [(id, version)])[id]

    def put(
        self,
        document: Document,
        *,
        url_key: str | None,
        title_key: str,
        fold: str,
        signature: bytes,
        band_keys: Sequence[str],
    ) -> None:
        """Keeps this version (its number is one more than what is held) as the current one."""
        seq = self._next()
        record = {
            "seq": seq,
            "version": document.version,
            "title_key": title_key,
            "signature": signature,
            "removed": False,
        }
        if url_key is not None:
            record["url_key"] = url_key
        if document.version == 1:
            added = now()
            self._db.execute(documents.insert(), {"id": document.id, "fold": fold, "added": added, **record})
        else:
            self._db.execute(documents.update().where(documents.c.id == document.id).values(**record))
            self._db.execute(bands.delete().where(bands.c.document == document.id))
        self._db.execute(versions.insert(), _version(document))
        if band_keys:
            self._db.execute(
                bands.insert(), [{"band": b, "document": document.id} for b in dict.fromkeys(band_keys)]
            )

    def put_digest(self, id: str, version: int, digest: Digest) -> None:
        key = {"document": id, "version": version, "method": digest.method, "language": digest.language}
        self._db.execute(digests.delete().where(*(digests.c[name] == value for name, value in key.items())))
        body = {k: v for k, v in asdict(digest).items() if k in ("viewpoint", "groups")}
        self._db.execute(digests.insert().values(**key, maker=digest.maker, body=body))
        if digest.method == "source":  # claims are taken from it where there is no text
            self._db.execute(claimed.delete().where(claimed.c.document == id))

    def put_findings(
        self, id: str, version: int, digest: Digest, maker: str, verdicts: Sequence[tuple[str, str]]
    ) -> None:
        """Keeps (verdict, reason) of each of `digest.points`, checked against this version's text."""
        key = {"document": id, "version": version, "method": digest.method, "language": digest.language}
        self._db.execute(findings.delete().where(*(findings.c[name] == value for name, value in key.items())))
        self._db.execute(
            findings.insert().values(**key, maker=maker, digest=digest.maker, verdicts=list(verdicts))
        )

    def put_topic(self, topic: Topic) -> None:
        """Keeps a topic, a new one as the actor's. Raises Conflict if another's private one has its slug, and
        Forbidden if a shared one of another's is to be kept from others."""
        values = {
            "name": topic.name,
            "names": topic.names,
            "queries": list(topic.queries),
            "tags": list(topic.tags),
            "shared": topic.shared,
        }
        held = self._db.execute(sa.select(topics).where(topics.c.slug == topic.slug)).first()
        if held is None:
            last = self._db.scalar(sa.select(sa.func.max(topics.c.position))) or 0
            owner = self._actor.owner if self._actor else topic.owner
            self._db.execute(
                topics.insert().values(slug=topic.slug, position=last + 1, owner=owner, **values)
            )
            record(self._db, self._actor, "topic.made", topic.slug, topic.name)
            return
        if not shares.sees(self._actor, held):
            raise Conflict(f"the slug {topic.slug!r} is taken", where="slug", hint="choose another")
        if held.shared and not topic.shared:
            owner = shares.claimed(self._actor, held)
            looking = self._db.execute(sa.select(watches.c.body).where(watches.c.shared))
            if any(body["topic"] == topic.slug for (body,) in looking):
                raise Conflict("watches that others see look at it", where="shared", hint="leave it shared")
            values["owner"] = owner
        if any(getattr(held, name) != value for name, value in values.items()):
            self._db.execute(topics.update().where(topics.c.slug == topic.slug).values(**values))
            record(self._db, self._actor, "topic.changed", topic.slug, topic.name)

    def remove_topic(self, slug: str) -> None:
        held = self._db.execute(sa.select(topics).where(topics.c.slug == slug)).first()
        if held is None or not shares.sees(self._actor, held):
            raise NotFound(f"no topic {slug!r}", hint="`mine2magnet topic list` shows them")
        for table in (topic_documents, topic_searches, news_hits, brief_mails):
            self._db.execute(table.delete().where(table.c.topic == slug))
        self._db.execute(topics.delete().where(topics.c.slug == slug))
        record(self._db, self._actor, "topic.removed", slug, held.name)

    def pin(self, slug: str, document: str) -> None:
        pair = {"topic": slug, "document": document}
        held = sa.select(topic_documents).filter_by(**pair)
        if self._db.execute(held).first() is None:
            self._db.execute(topic_documents.insert().values(**pair))

    def put_source(self, source: Source) -> None:
        values = asdict(source) | {"due": iso(source.due), "checked": iso(source.checked)}
        held = self._db.execute(sa.select(sources.c.interval).where(sources.c.what == source.what)).first()
        if held is None or held.interval != source.interval:
            every = f"every {source.interval / 60:g} min" if source.interval else "once"
            action: Action = "source.added" if held is None else "source.changed"
            record(self._db, self._actor, action, source.what, every)
        self._db.execute(sources.delete().where(sources.c.what == source.what))
        self._db.execute(sources.insert().values(**values))

    def holds(self, what: str, worker: str) -> bool:
        """Return whether a lease is still that worker's, while this transaction lasts."""
        mine = (leases.c.what == what, leases.c.worker == worker, live())
        return self._db.scalar(sa.select(leases.c.what).where(*mine)) is not None

    def remove_source(self, what: str) -> None:
        if not self._db.execute(sources.delete().where(sources.c.what == what)).rowcount:
            raise NotFound(f"no such source: {what}", hint="`mine2magnet sources` lists them")
        record(self._db, self._actor, "source.removed", what)

    def forget_failed(self, before: datetime) -> None:
        """Takes out sources that were to be read once, failed and brought nothing, some time ago."""
        failed = (sources.c.interval.is_(None), sources.c.reason != "", sources.c.documents == 0)
        self._db.execute(sources.delete().where(*failed, sources.c.checked < iso(before)))

    def remove(self, id: str) -> None:
        """Takes the document and all that was derived from it out; its id is not used again."""
        known = self._db.execute(
            documents.update()
            .where(documents.c.id == id, documents.c.removed.is_(False))
            .values(removed=True, seq=self._next(), url_key=None)
        )
        if not known.rowcount:
            raise NotFound(f"no document {id}")
        title = (
            sa.select(versions.c.title).where(versions.c.document == id).order_by(versions.c.number.desc())
        )
        record(self._db, self._actor, "document.removed", id, self._db.scalar(title.limit(1)) or "")
        self._forget(matches.c.document == id)
        for table in (
            versions, bands, digests, findings, translations, translated, news, answers, claims, claimed,
            corrections, topic_documents,
        ):  # fmt: skip
            self._db.execute(table.delete().where(table.c.document == id))

    def _next(self) -> int:
        return (self._db.scalar(sa.select(sa.func.max(documents.c.seq))) or 0) + 1


class Store(AnswerReader, ClaimReader, NewsReader, TranslationReader, WatchReader):
    """One library: in `folder`, or in the PostgreSQL database of `url`, with what is derived from it on
    this machine in `folder`. Claims less sure than `threshold` are found only if asked for. Raises UserError
    when either cannot be used."""

    def __init__(
        self, folder: Path, url: str = "", *, threshold: float = 0.0, synchronous: str = "normal"
    ) -> None:
        self._db = Database(folder, url, synchronous=synchronous)
        self.threshold = threshold
        self.folder = folder
        self.follows = Follows(self._db)
        self.conversations = Conversations(self._db)
        self.leases = Leases(self._db)
        self.uploads = Uploads(self._db, self.leases)
        self.searches = Searches(self._db)
        self.brief_mails = BriefMails(self._db)
        self.jobs = Jobs(self._db)
        self.sessions = Sessions(self._db)
        self.rates = Rates(self._db)
        self.audit = Audit(self._db)
        self.keys = Keys(self._db)
        self.accounts = Accounts(self._db)
        self.actor: Actor | None = None  # the program itself, which sees all
        self.where = self._db.where
        self.read_only = self._db.read_only
        self.index_folder = folder / f"index{self._db.mark and '-'}{self._db.mark}"

    def acting(self, actor: Actor) -> Store:
        """The same library for somebody: without what others keep to themselves; and what is changed by it is
        put into the audit log as done by them."""
        theirs = copy(self)
        theirs.actor = actor
        theirs.keys, theirs.accounts = Keys(self._db, actor), Accounts(self._db, actor)
        theirs.jobs = copy(self.jobs)
        theirs.jobs.actor = actor
        return theirs

    def close(self) -> None:
        self._db.close()

    def move(
        self, folder: Path, url: str = "", progress: Callable[[int, int], None] = lambda *_: None
    ) -> list[Moved]:
        """Copies all of the library into an empty one, and checks it; see `move.move`."""
        with closing(Database(folder, url, moving=True)) as target:
            return move(self._db, target, progress)

    def snapshot(self, path: Path, progress: Callable[[int, int], None] = lambda *_: None) -> None:
        """Writes all of the library as it is now into a new SQLite file; see `snapshot.snapshot`."""
        snapshot.snapshot(self._db, path, progress)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One transaction: all of it is kept, or nothing."""
        with self._db.writing() as db:
            yield Writer(db, self.actor)

    # --- reading

    def last_change(self) -> int:
        return int(self._db.one(sa.select(sa.func.max(documents.c.seq))) or 0)

    def changes(self, after: int, limit: int = 500) -> list[DocumentChange]:
        """The next documents in the order of their last change."""
        with self._db.reading() as db:
            rows = db.execute(
                sa.select(
                    documents.c.seq,
                    documents.c.id,
                    documents.c.version,
                    documents.c.fold,
                    documents.c.removed,
                )
                .where(documents.c.seq > after)
                .order_by(documents.c.seq)
                .limit(limit)
            ).all()
            loaded = _load(db, [(r.id, r.version) for r in rows if not r.removed])
        return [DocumentChange(r.seq, r.id, loaded.get(r.id), r.fold) for r in rows]

    def changed_since(self, seq: int, ids: Iterable[str]) -> frozenset[str]:
        """Return those of `ids` that came or changed after the change `seq`."""
        query = sa.select(documents.c.id).where(documents.c.seq > seq, documents.c.removed.is_(False))
        return frozenset(id for (id,) in self._db.all(query)) & frozenset(ids)

    def count(self) -> int:
        query = sa.select(sa.func.count()).select_from(documents).where(documents.c.removed.is_(False))
        return int(self._db.one(query) or 0)

    def documents(self, ids: Sequence[str]) -> dict[str, Document]:
        """The current versions of those of `ids` that are held, in the order of `ids`."""
        with self._db.reading() as db:
            loaded = {
                row.document: _document(row)
                for chunk in chunks(ids)
                for row in db.execute(_CURRENT, {"ids": list(chunk)})
            }
        return {id: loaded[id] for id in ids if id in loaded}

    def document(self, id: str, version: int | None = None) -> Document:
        """One document, in its current or in an earlier version."""
        with self._db.reading() as db:
            held = db.execute(
                sa.select(documents.c.version, documents.c.removed).where(documents.c.id == id)
            ).first()
            if held is None or held.removed:
                raise NotFound(f"no document {id!r}", hint="`mine2magnet search` lists documents by id")
            number = held.version if version is None else version
            loaded = _load(db, [(id, number)])
        if id not in loaded:
            raise NotFound(f"document {id} has no version {number}", hint=f"it has 1 to {held.version}")
        return loaded[id]

    def versions(self, id: str) -> list[tuple[int, datetime]]:
        """(number, fetched) of every version, oldest first."""
        query = (
            sa.select(versions.c.number, versions.c.fetched)
            .where(versions.c.document == id)
            .order_by(versions.c.number)
        )
        return [(row.number, datetime.fromisoformat(row.fetched)) for row in self._db.all(query)]

    def copies(self, fold: str) -> list[str]:
        """Ids of the documents of one near-duplicate cluster, first-kept first."""
        query = (
            sa.select(documents.c.id)
            .where(documents.c.fold == fold, documents.c.removed.is_(False))
            .order_by(documents.c.added, documents.c.id)
        )
        return [id for (id,) in self._db.all(query)]

    def published(self, ids: Iterable[str]) -> dict[str, date]:
        """The days of publication, as their zones have them, of the current versions of these documents."""
        current = (versions.c.document == documents.c.id) & (versions.c.number == documents.c.version)
        query = sa.select(documents.c.id, versions.c.published).join(versions, current)
        rows = (
            row for chunk in chunks(list(ids)) for row in self._db.all(query.where(documents.c.id.in_(chunk)))
        )
        return {row.id: date.fromisoformat(row.published[:10]) for row in rows if row.published}

    def added(self, since: datetime) -> list[str]:
        """Ids of the documents that were first kept at a time or later."""
        query = sa.select(documents.c.id).where(
            documents.c.added >= iso(since), documents.c.removed.is_(False)
        )
        return [id for (id,) in self._db.all(query.order_by(documents.c.seq))]

    def fold(self, id: str) -> str:
        return str(self._db.one(sa.select(documents.c.fold).where(documents.c.id == id)))

    def held_urls(self, url_keys: Sequence[str]) -> set[str]:
        """Those of the given URL keys that belong to a document held."""
        return {
            key
            for chunk in chunks(url_keys)
            for (key,) in self._db.all(sa.select(documents.c.url_key).where(documents.c.url_key.in_(chunk)))
        }

    def at(self, url_key: str) -> Document | None:
        """The current version of the document of an address, if it is held."""
        id = self._db.one(sa.select(documents.c.id).where(documents.c.url_key == url_key))
        return None if id is None else self.documents([id]).get(id)

    def named(self, name: str, url_key: str, title_key: str) -> list[str]:
        """Ids of the documents that a person may mean: by id or its beginning, by URL, by title."""
        for match in (
            documents.c.id == name,
            documents.c.url_key == url_key,
            documents.c.title_key == title_key,
            documents.c.id.startswith(name.lower(), autoescape=True),
        ):
            query = sa.select(documents.c.id).where(match, documents.c.removed.is_(False))
            if found := [id for (id,) in self._db.all(query.order_by(documents.c.id))]:
                return found
        return []

    def digests(self, ids: Sequence[str]) -> dict[str, list[Digest]]:
        """Digests to show for each document: those of its current version, and the newest of each
        language that came with the source, whichever version it came with; points with what was found."""
        result: dict[str, list[Digest]] = {}
        for chunk in chunks(ids):
            verdicts = self._verdicts(chunk)
            query = (
                sa.select(digests, documents.c.version.label("current"))
                .join(documents, documents.c.id == digests.c.document)
                .where(documents.c.id.in_(chunk))
                .order_by(digests.c.document, digests.c.version.desc(), digests.c.method)
            )
            for row in self._db.all(query):
                mine = result.setdefault(row.document, [])
                seen = {d.language for d in mine if d.method == "source"}
                if row.version == row.current or (row.method == "source" and row.language not in seen):
                    mine.append(_digest(row, verdicts.get((row.document, row.method, row.language), [])))
        return result

    def _verdicts(self, ids: Sequence[str]) -> dict[tuple[str, str, str], Sequence[tuple[str, str]]]:
        """(document, method, language) of a digest → (verdict, reason) of each of its points, checked
        against the current version."""
        current = (documents.c.id == findings.c.document) & (documents.c.version == findings.c.version)
        query = sa.select(findings).join(documents, current).where(documents.c.id.in_(ids))
        return {(row.document, row.method, row.language): row.verdicts for row in self._db.all(query)}

    def ungrounded(self, methods_but: str, maker: str, limit: int) -> list[str]:
        """Ids of documents with a digest, not by this method, whose points `maker` has not checked
        against the current version."""
        checked = sa.select(findings.c.document).where(
            findings.c.document == digests.c.document,
            findings.c.version == documents.c.version,
            findings.c.method == digests.c.method,
            findings.c.language == digests.c.language,
            findings.c.digest == digests.c.maker,
            findings.c.maker == maker,
        )
        query = (
            sa.select(digests.c.document)
            .join(documents, documents.c.id == digests.c.document)
            .where(
                documents.c.removed.is_(False),
                digests.c.method != methods_but,
                (digests.c.version == documents.c.version) | (digests.c.method == "source"),
                ~checked.exists(),
            )
            .distinct()
            .limit(limit)
        )
        return [id for (id,) in self._db.all(query)]

    def undigested(self, method: str, maker: str, limit: int) -> list[str]:
        """Ids of documents with text whose current version has no digest by this method and maker, those
        published last first, as pages show them (to the day: times keep their zones)."""
        day = sa.func.substr(versions.c.published, 1, len("2025-06-01"))
        query = (
            _undigested(method, maker).order_by(day.desc().nulls_last(), documents.c.seq.desc()).limit(limit)
        )
        return [id for (id,) in self._db.all(query)]

    def count_undigested(self, method: str, maker: str) -> int:
        query = sa.select(sa.func.count()).select_from(_undigested(method, maker).subquery())
        return int(self._db.one(query) or 0)

    def topics(self) -> list[Topic]:
        return [
            Topic(row.slug, row.name, tuple(row.queries), tuple(row.tags), row.names, row.shared, row.owner)
            for row in self._db.all(
                sa.select(topics).where(*shares.seen(self.actor, topics)).order_by(topics.c.position)
            )
        ]

    def topic(self, slug: str) -> Topic:
        for topic in self.topics():
            if slug in (topic.slug, topic.name, *topic.names.values()):
                return topic
        raise NotFound(f"no topic {slug!r}", hint="`mine2magnet topic list` shows them")

    def free_slug(self, wanted: str) -> str:
        """A slug that no topic has, seen or not."""
        held = {slug for (slug,) in self._db.all(sa.select(topics.c.slug))}
        numbered = (wanted if number == 1 else f"{wanted[:70]}-{number}" for number in count(1))
        return next(slug for slug in numbered if slug not in held)

    def pinned(self, slug: str) -> frozenset[str]:
        """Documents that were read into the topic, whatever they say."""
        query = sa.select(topic_documents.c.document).where(topic_documents.c.topic == slug)
        return frozenset(id for (id,) in self._db.all(query))

    def sources(self, *, due_by: datetime | None = None) -> list[Source]:
        query = sa.select(sources).order_by(sources.c.due.nulls_first(), sources.c.what)
        if due_by is not None:
            query = query.where(sources.c.due <= iso(due_by))
        return [
            Source(**{**row._mapping, "due": time(row.due), "checked": time(row.checked)})
            for row in self._db.all(query)
        ]

    def earlier(self, fold: str, before: datetime, but: tuple[str, int]) -> list[str]:
        """The paragraphs of all versions of a document and its copies fetched before a time, without the
        version `but` (document, number)."""
        query = (
            sa.select(versions.c.document, versions.c.number, versions.c.paragraphs)
            .join(documents, documents.c.id == versions.c.document)
            .where(documents.c.fold == fold, versions.c.fetched < iso(before))
        )
        return [
            text
            for row in self._db.all(query)
            if (row.document, row.number) != but
            for text in row.paragraphs
        ]


def _undigested(method: str, maker: str) -> sa.Select[tuple[str]]:
    made = sa.select(digests.c.document).where(
        digests.c.document == documents.c.id,
        digests.c.version == documents.c.version,
        digests.c.method == method,
        digests.c.maker == maker,
    )
    current = (versions.c.document == documents.c.id) & (versions.c.number == documents.c.version)
    has_text = sa.func.length(sa.cast(versions.c.paragraphs, sa.Text)) > len("[]")
    return (
        sa.select(documents.c.id)
        .join(versions, current)
        .where(documents.c.removed.is_(False), has_text, ~made.exists())
    )


_CURRENT = (
    sa.select(versions)
    .join(documents, (versions.c.document == documents.c.id) & (versions.c.number == documents.c.version))
    .where(documents.c.id.in_(sa.bindparam("ids", expanding=True)), documents.c.removed.is_(False))
)


def _load(db: sa.Connection, wanted: Sequence[tuple[str, int]]) -> dict[str, Document]:
    loaded: dict[str, Document] = {}
    for chunk in chunks(wanted):
        ids = [id for id, _ in chunk]
        numbers: Mapping[str, int] = dict(chunk)
        query = sa.select(versions).where(
            versions.c.document.in_(ids), versions.c.number.in_(set(numbers.values()))
        )
        for row in db.execute(query):
            if row.number == numbers[row.document]:
                loaded[row.document] = _document(row)
    return loaded


def _document(row: sa.Row[Any]) -> Document:
    fetched = datetime.fromisoformat(row.fetched)
    return Document(
        id=row.document,
        version=row.number,
        title=row.title,
        source=row.source,
        url=row.url,
        published=time(row.published),
        fetched=fetched,
        language=row.language,
        category=row.category,
        tags=tuple(row.tags),
        paragraphs=tuple(Paragraph(i, text) for i, text in enumerate(row.paragraphs, 1)),
    )


def _version(document: Document) -> dict[str, Any]:
    return {
        "document": document.id,
        "number": document.version,
        "title": document.title,
        "source": document.source,
        "url": document.url,
        "published": document.published.isoformat() if document.published else None,  # keeps its zone
        "fetched": iso(document.fetched),
        "language": document.language,
        "category": document.category,
        "tags": list(document.tags),
        "paragraphs": [p.text for p in document.paragraphs],
    }


def _digest(row: sa.Row[Any], verdicts: Sequence[tuple[str, str]]) -> Digest:
    found = iter(verdicts)  # in the order of `Digest.points`

    def point(p: Mapping[str, Any]) -> Point:
        verdict, reason = next(found, (p["verdict"], p["reason"]))
        return Point(p["text"], tuple(p["citations"]), verdict, reason, tuple(p.get("about", ())))

    def points(items: Iterable[Mapping[str, Any]]) -> tuple[Point, ...]:
        return tuple(map(point, items))

    return Digest(
        viewpoint=points(row.body["viewpoint"]),
        groups=tuple(Group(g["heading"], points(g["points"]), g["aspect"]) for g in row.body["groups"]),
        method=row.method,
        language=row.language,
        maker=row.maker,
    )
