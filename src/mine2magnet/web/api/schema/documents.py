"""Documents and topics, asked for and told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from mine2magnet.core.schema import Cursor, DocumentId, Input, Limit, Names, Page, Query, Slug
from mine2magnet.model import (
    Category,
    Digest,
    Document,
    DocumentFilter,
    Passage,
    QueryFault,
    Respelling,
    Topic,
)
from mine2magnet.model.fields import within

Loose: TypeAlias = Annotated[
    bool,
    Meta(description="Whether quotes, operators and excluded words of the query are free words as well."),
]


class DocumentList(DocumentFilter, frozen=True, kw_only=True):
    """Documents, narrowed, page by page."""

    limit: Limit = 20
    cursor: Cursor = ""


class SearchQuery(DocumentList, frozen=True, kw_only=True):
    """A search in all that is held, or in a topic."""

    q: Query
    topic: Annotated[str, within("Only in")] = ""
    order: Annotated[Literal["best", "newest"], Meta(description="What comes first.")] = "best"
    loose: Loose = False


class TopicDocuments(DocumentList, frozen=True, kw_only=True):
    """The documents of a topic, newest first; with a query, best first."""

    slug: Slug
    q: Query = ""
    loose: Loose = False


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text, which has so many `paragraphs`; 0 if it is known by title and digest."""

    id: str
    version: int
    title: str
    source: str
    url: str | None
    published: datetime | None
    fetched: datetime
    language: str
    category: str
    tags: tuple[str, ...]
    paragraphs: int

    @classmethod
    def of(cls, d: Document) -> DocumentSummary:
        return cls(
            d.id, d.version, d.title, d.source, d.url, d.published, d.fetched, d.language, d.category, d.tags,
            len(d.paragraphs),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A document that was found: the passages that matched, the characters of the title that did, the ids
    of near-duplicates folded under it, and the core viewpoint of its digest, if it has one by now."""

    document: DocumentSummary
    passages: tuple[Passage, ...]
    title_highlights: tuple[tuple[int, int], ...]
    copies: tuple[str, ...]
    viewpoint: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundPage(Page[SearchHit]):
    """A page of documents. `facets` counts, per field and value, those of the whole result; `meaning` says
    whether vectors took part in a search (they may still be in the making). `strict` are the parts of the
    query that every document satisfies as they stand; `fault` says which of its signs could not be
    understood, so that all of it was taken for free words; `nearest` are documents that do not answer, where
    none does; `respelt` are words that no document has, each with the name searched for in its place."""

    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    meaning: bool = False
    strict: tuple[str, ...] = ()
    fault: QueryFault = ""
    nearest: tuple[SearchHit, ...] = ()
    respelt: tuple[Respelling, ...] = ()


class DocumentRef(Input, frozen=True, kw_only=True):
    """A document."""

    id: DocumentId


class VersionRef(DocumentRef, frozen=True, kw_only=True):
    """A document in a version."""

    version: Annotated[
        Annotated[int, Meta(ge=1, le=999_999)] | None,
        Meta(description="From 1; the current one if it is not given."),
    ] = None


@dataclass(frozen=True, slots=True)
class Version:
    """One of a document's versions, and when it was read (UTC)."""

    number: int
    fetched: datetime


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    """A document in one version with its paragraphs; which versions there are, the ids of its
    near-duplicates, and the slugs of the topics it is in."""

    document: Document
    current: bool
    versions: tuple[Version, ...]
    copies: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DigestList:
    """The digests of a document's current version; citations are numbers of its paragraphs."""

    document: str
    version: int
    title: str
    digests: tuple[Digest, ...]


class Text(Input, frozen=True, kw_only=True):
    """A text to be kept as a document."""

    title: Annotated[str, Meta(min_length=1, max_length=500)]
    text: Annotated[str, Meta(min_length=1, description="Plain text; blank lines part paragraphs.")]
    source: Annotated[str, Meta(min_length=1, max_length=200, description="Who published it.")]
    url: Annotated[
        str, Meta(max_length=2000, description="Where it is found; the same is the same document.")
    ] = ""
    published: Annotated[datetime, Meta(tz=True)] | None = None
    language: Annotated[
        str,
        Meta(pattern="^([a-z]{2}|und)?$", description="ISO 639-1; told from the text if it is not given."),
    ] = ""
    category: Category = "news"
    tags: Names = ()


@dataclass(frozen=True, slots=True)
class TextOutcome:
    """What became of a text: "new", "updated" (a new version), "joined" (the text of a document known by
    its digest) or "unchanged"."""

    id: str
    outcome: str


class TopicRef(Input, frozen=True, kw_only=True):
    """A topic."""

    slug: Slug


@dataclass(frozen=True, slots=True)
class TopicSummary:
    """A topic and how many documents it holds."""

    topic: Topic
    documents: int
