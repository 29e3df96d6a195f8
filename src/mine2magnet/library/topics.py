"""What a topic page is made of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from msgspec import structs

from mine2magnet.core.errors import Conflict, UserError
from mine2magnet.model import (
    Digest,
    Document,
    Filters,
    Hit,
    Passage,
    QueryFault,
    Respelling,
    Topic,
    TopicRequest,
)
from mine2magnet.search import Index, parse
from mine2magnet.store import Store

EVERYTHING = Filters()
FIELDS = ("source", "language", "category", "tag")  # that are filtered on by value
PAGE = 20  # documents on a page


@dataclass(frozen=True, slots=True)
class Card:
    """One document of a page: `digests` as `Store.digests` gives them, `copies` its near-duplicates,
    `translated`: see `Hit`."""

    document: Document
    digests: tuple[Digest, ...] = ()
    copies: tuple[Document, ...] = ()
    passages: tuple[Passage, ...] = ()
    title_highlights: tuple[tuple[int, int], ...] = ()
    translated: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A page of documents: of a topic, of everything held, or of a search in either. `strict`, `fault`,
    `nearest` and `respelt`: see `Results`; `looser` is how many documents a search for the words of a query
    finds where none is what its `strict` parts say."""

    topic: Topic | None
    query: str
    filters: Filters
    order: Literal["best", "newest"]
    cards: tuple[Card, ...]
    total: int
    offset: int
    limit: int
    facets: dict[str, dict[str, int]]
    meaning: bool
    strict: tuple[str, ...] = ()
    fault: QueryFault = ""
    nearest: tuple[Card, ...] = ()
    looser: int = 0
    respelt: tuple[Respelling, ...] = ()


def slug(name: str) -> str:
    """A topic's address: Latin letters as they are, other names by a hash that stays the same.

    >>> slug("Heavy rare earths"), slug("高性能磁体")
    ('heavy-rare-earths', 't-7b8cbc33')
    """
    latin = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    return latin or "t-" + hashlib.sha256(name.encode()).hexdigest()[:8]


def page(
    store: Store,
    index: Index,
    topic: Topic | None,
    query: str = "",
    filters: Filters = EVERYTHING,
    order: Literal["best", "newest"] | None = None,
    offset: int = 0,
    limit: int = PAGE,
    loose: bool = False,
    reads: Sequence[str] = (),
    folded: bool = False,
) -> TopicPage:
    """Documents of a topic (or of all that is held), newest first; with a query, best first. What tells the
    same news in another language is folded as copies are. `loose`, `reads`: see `Index.search`. `folded`:
    documents that passages are shown of come without their digests."""
    order = order or ("best" if query.strip() else "newest")
    if topic is not None:
        filters = structs.replace(filters, documents=members(store, index, topic))
    together = store.same_news()
    results = index.search(
        query,
        filters,
        order=order,
        limit=limit,
        offset=offset,
        loose=loose,
        together=together,
        reads=reads,
    )
    facets = dict(results.facets)
    for field in FIELDS:
        if getattr(filters, field):  # what else could be chosen instead or as well
            emptied: dict[str, Any] = {field: ()}
            others = structs.replace(filters, **emptied)
            wider = index.search(query, others, order=order, limit=0, loose=loose, together=together)
            facets[field] = wider.facets.get(field, {})
    looser = 0
    if results.strict and not results.total:
        looser = index.search(query, filters, limit=0, loose=True, together=together).total
    return TopicPage(
        topic=topic,
        query=query,
        filters=filters,
        order=order,
        cards=cards(store, results.hits, results.held, folded),
        total=results.total,
        offset=offset,
        limit=limit,
        facets=facets,
        meaning=results.meaning,
        strict=results.strict,
        fault=results.fault,
        nearest=cards(store, results.nearest, results.held, folded),
        looser=looser,
        respelt=results.respelt,
    )


def save(store: Store, topic: Topic) -> Topic:
    """Keeps a topic after its queries have been checked; raises UserError naming the bad one."""
    for query in topic.queries:
        try:
            parse(query)
        except UserError as error:
            raise UserError(f"{query!r}: {error.what}", where="query", hint=error.hint) from error
    with store.writing() as writer:
        writer.put_topic(topic)
    return store.topic(topic.slug)


def new_slug(store: Store, name: str) -> str:
    """The slug of a new topic; with a number where another's private topic has it. Raises Conflict if there
    is one that may be seen."""
    wanted = slug(name)
    if any(wanted == other.slug for other in store.topics()):
        raise Conflict(f"there is a topic {wanted!r} already", where="name", hint="PUT changes it")
    return store.free_slug(wanted)


def requested(slug: str, asked: TopicRequest) -> Topic:
    """Return a topic as it is asked for; raises UserError if it would hold nothing."""
    queries = tuple(dict.fromkeys(filter(None, map(str.strip, asked.queries))))
    if not queries and not asked.tags:
        raise UserError("a topic needs a query or a tag", where="queries")
    try:
        return Topic(
            slug,
            asked.name,
            queries,
            tuple(dict.fromkeys(asked.tags)),
            dict[str, str](asked.names.items()),
            asked.shared,
        )
    except ValueError as error:
        raise UserError(str(error), where="topic") from error


def members(store: Store, index: Index, topic: Topic) -> frozenset[str]:
    """Ids of the documents of a topic: matched by a query, tagged, or read into it."""
    found = index.matching(topic.queries, topic.tags)
    return found | store.pinned(topic.slug)


def copies(store: Store, id: str) -> list[str]:
    """Ids of the near-duplicates of a document, and of what tells the same news in other languages."""
    same = {id, *(one for group in store.same_news([id]) for one in group)}
    folds = dict.fromkeys(store.fold(one) for one in sorted(same, key=lambda one: (one != id, one)))
    return [one for fold in folds for one in store.copies(fold) if one != id]


def cards(
    store: Store, hits: Sequence[Hit], held: Mapping[str, Document], folded: bool = False
) -> tuple[Card, ...]:
    """Return what is shown of hits; `held` are documents of theirs that have been read already."""
    copies = [id for hit in hits for id in hit.copies if id not in held]
    documents = {**held, **(store.documents(copies) if copies else {})}
    shown = [hit.document for hit in hits if not (folded and hit.passages and _has_text(held, hit))]
    digests = store.digests(shown) if shown else {}
    return tuple(
        Card(
            documents[hit.document],
            tuple(digests.get(hit.document, ())),
            tuple(documents[id] for id in hit.copies if id in documents),
            hit.passages,
            hit.title_highlights,
            hit.translated,
        )
        for hit in hits
        if hit.document in documents  # removed since it was indexed
    )


def _has_text(held: Mapping[str, Document], hit: Hit) -> bool:
    return hit.document in held and bool(held[hit.document].paragraphs)


def published_digest(held: Iterable[Digest]) -> Digest | None:
    """The digest that came with the source; of one in several languages, always the same."""
    return min((d for d in held if d.method == "source"), key=lambda d: d.language, default=None)
