"""Documents: found, listed, shown with their digests and claims, kept, removed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import Page
from mine2magnet.figures import rows
from mine2magnet.figures.rows import Cited
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.library.topics import Card
from mine2magnet.model import Document, Filters, Paragraph, Read, Topic
from mine2magnet.reading.language import identify
from mine2magnet.web.api import claims, paging
from mine2magnet.web.api.operation import NOT_FOUND, operation
from mine2magnet.web.api.schema.claims import DocumentClaims
from mine2magnet.web.api.schema.documents import (
    DigestList,
    DocumentDetail,
    DocumentList,
    DocumentRef,
    DocumentSummary,
    FoundPage,
    SearchHit,
    SearchQuery,
    Text,
    TextOutcome,
    TopicDocuments,
    Version,
    VersionRef,
)
from mine2magnet.web.kit import query_params


@operation("GET", "/search", errors={404: "There is no such topic."})
def search(held: Library, asked: SearchQuery) -> FoundPage:
    """Search the documents in all languages with one query.

    Free words find documents that have most of them, in any language of the thesaurus, and the nearest in
    meaning. Each comes with the passages that matched, by number of paragraph; paragraph 0 is of a digest
    that came with a document whose text is not held. Near-duplicates, and what tells the same news in other
    languages, are folded under the best of them. What has quotes or operators is taken at its word, and
    `strict` says so; with `loose` only its words count. What cannot be understood as such is taken for free
    words, and `fault` says why. Where nothing that is held answers, `items` is empty and `nearest` has the
    few that come nearest.
    """
    within = held.store.topic(asked.topic) if asked.topic else None
    return found(held, asked, within, asked.q, asked.order, asked.loose)


@operation("GET", "/documents")
def documents(held: Library, asked: DocumentList) -> FoundPage:
    """List the documents, those published last first."""
    return found(held, asked, None)


@operation("GET", "/topics/{slug}/documents", errors=NOT_FOUND)
def topic_documents(held: Library, asked: TopicDocuments) -> FoundPage:
    """List or search the documents of a topic."""
    return found(held, asked, held.store.topic(asked.slug), asked.q, loose=asked.loose)


def found(
    held: Library,
    asked: DocumentList,
    topic: Topic | None,
    q: str = "",
    order: query_params.Order | None = None,
    loose: bool = False,
) -> FoundPage:
    filters = Filters.of(asked)
    pages: list[topics.TopicPage] = []

    def fetch(offset: int, limit: int) -> tuple[Card, ...]:
        pages.append(topics.page(held.store, held.index, topic, q, filters, order, offset, limit, loose))
        return pages[-1].cards

    cards, cursor = paging.cut(fetch, _ids, asked.limit, asked.cursor)
    page = pages[-1]
    return FoundPage(
        tuple(map(_found, cards)),
        page.total,
        cursor or None,
        page.facets,
        page.meaning,
        page.strict,
        page.fault,
        tuple(map(_found, page.nearest)),
        page.respelt,
    )


def _ids(card: Card) -> list[str]:
    return [card.document.id, *(copy.id for copy in card.copies)]


def _found(card: Card) -> SearchHit:
    return SearchHit(
        document=DocumentSummary.of(card.document),
        passages=card.passages,
        title_highlights=card.title_highlights,
        copies=tuple(copy.id for copy in card.copies),
        viewpoint=tuple(point.text for digest in card.digests[:1] for point in digest.viewpoint),
    )


@operation("GET", "/documents/{id}", errors=NOT_FOUND)
def document(held: Library, asked: VersionRef) -> DocumentDetail:
    """Get a document with its numbered paragraphs, in its current or in an earlier version."""
    store = held.store
    shown = store.document(asked.id, asked.version)
    versions = store.versions(asked.id)
    return DocumentDetail(
        document=shown,
        current=shown.version == versions[-1][0],
        versions=tuple(Version(number, fetched) for number, fetched in versions),
        copies=tuple(topics.copies(store, asked.id)),
        topics=tuple(
            topic.slug for topic in store.topics() if asked.id in topics.members(store, held.index, topic)
        ),
    )


@operation("GET", "/documents/{id}/digests", errors=NOT_FOUND)
def digest(held: Library, asked: DocumentRef) -> DigestList:
    """Get the digests of a document: core viewpoint, groups, points, each with the paragraphs it cites.

    One in the document's own sentences ("extractive") is made if there is none yet. `verdict` says whether
    the paragraphs cited say what a point says: "holds", "fails", "unchecked", or "" for not yet checked. A
    digest that came with the source has method "source".
    """
    shown = held.store.document(asked.id)
    held.digest(asked.id)
    digests = held.store.digests([asked.id]).get(asked.id, [])
    return DigestList(asked.id, shown.version, shown.title, tuple(digests))


@operation("GET", "/documents/{id}/claims", errors=NOT_FOUND)
def document_claims(held: Library, asked: DocumentClaims) -> Page[Cited]:
    """List the claims of a document, in the order of its text."""
    about = held.store.document(asked.id).id
    return claims.listed(
        held, held.claims(about, rows.with_ids(held.thesaurus, asked)), asked.limit, asked.cursor
    )


@operation("POST", "/documents", scope="write", created="/documents/{id}")
def keep_text(held: Library, body: Text) -> TextOutcome:
    """Keep a text as a document.

    What has the address of a document that is held is a new version of it. To have an address read, add it
    as a source.
    """
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n", body.text)]
    paragraphs = tuple(Paragraph(i, block) for i, block in enumerate(filter(None, blocks), 1))
    if not paragraphs:
        raise UserError("there is nothing but space", where="text")
    try:
        read = Document(
            title=body.title,
            source=body.source,
            fetched=datetime.now(UTC),
            language=body.language or identify(body.text),
            paragraphs=paragraphs,
            url=query_params.address(body.url) if body.url else None,
            published=body.published,
            category=body.category,
            tags=body.tags,
        )
    except ValueError as error:
        raise UserError(str(error), where="body") from error
    report = held.keep([Read(read)])
    (id,), (outcome,) = report.ids, report.outcomes
    return TextOutcome(id, outcome)


@operation("DELETE", "/documents/{id}", scope="write", errors=NOT_FOUND)
def remove_document(held: Library, asked: DocumentRef) -> None:
    """Remove a document with all its versions."""
    with held.store.writing() as writer:
        writer.remove(asked.id)
    held.index.update()
