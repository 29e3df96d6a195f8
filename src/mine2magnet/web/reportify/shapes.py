"""How documents, chunks and digests look to the client, and the ids of channels.

Times are ISO 8601 with the zone they were stated in; null where none is known. What a document has in this
API that is held nowhere else (its category, channel, symbols) is worked out here and in `companies`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from mine2magnet.library.library import Library
from mine2magnet.model import Digest, Document, Hit, Passage, Topic
from mine2magnet.web.reportify import categories, companies


def channel_of_source(name: str) -> str:
    """The id of a source (a publisher's name) as a channel; fit for a path, and always the same.

    >>> channel_of_source("Argus")
    'source:3950e40a8fc3'
    """
    return "source:" + hashlib.sha256(name.encode()).hexdigest()[:12]


def channel_of_topic(topic: Topic) -> str:
    return f"topic:{topic.slug}"


def when(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def paged(name: str, items: Sequence[Any], total: int, page: tuple[int, int]) -> dict[str, Any]:
    """A page of items under their name; `page` as `Asked.page` gives it."""
    return {name: items, "total_count": total, "page_num": page[0], "page_size": page[1]}


def docs(
    library: Library, documents: Iterable[Document], hits: Mapping[str, Hit] | None = None
) -> list[dict[str, Any]]:
    """Documents as lists of the client show them, without their text, in this order; `hits` are by id of
    the document and add how well it answers and which its near-duplicates are."""
    documents = list(documents)
    ids = [document.id for document in documents]
    digests = library.store.digests(ids)
    named = companies.of_documents(library, ids)
    found = hits or {}
    return [
        doc(document, digests.get(document.id, ()), named[document.id], found.get(document.id))
        for document in documents
    ]


def doc(
    document: Document, digests: Sequence[Digest], named: Sequence[str], hit: Hit | None = None
) -> dict[str, Any]:
    """One document without its text; `named` are the symbols of the companies that it names."""
    chosen = preferred(digests, document.language)
    shape: dict[str, Any] = {
        "id": document.id,
        "doc_id": document.id,
        "title": document.title,
        "url": document.url,
        "category": categories.shown(document),
        "published_at": when(document.published),
        "language": document.language,
        "channel_id": channel_of_source(document.source),
        "channel_name": document.source,
        "institution": document.source,
        "symbols": list(named),
        "tags": list(document.tags),
        "summary": viewpoint(chosen) if chosen else "",
    }
    if hit is not None:
        shape["score"] = round(hit.relevance, 4)
        shape["copies"] = list(hit.copies)
    return shape


def chunk(document: Mapping[str, Any], passage: Passage, score: float) -> dict[str, Any]:
    """A paragraph that matched, with its document as `doc` gives it."""
    return {
        "id": f"{document['id']}:{passage.paragraph}",
        "doc_id": document["id"],
        "content": passage.text,
        "paragraph": passage.paragraph,
        "highlights": [passage.text[start:end] for start, end in passage.highlights],
        "score": score,
        "doc": dict(document),
    }


def highlights(document: Document, hit: Hit) -> dict[str, Any]:
    """The title and the best passages, as HTML: escaped, what matched between <em> and </em>."""
    return {
        "highlight_title": _marked(document.title, hit.title_highlights),
        "highlights": [_marked(passage.text, passage.highlights) for passage in hit.passages],
    }


def _marked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    parts, end = [], 0
    for start, stop in spans:
        parts += [escape(text[end:start]), f"<em>{escape(text[start:stop])}</em>"]
        end = stop
    return "".join([*parts, escape(text[end:])])


def preferred(digests: Sequence[Digest], language: str) -> Digest | None:
    """The digest to show: one in this language before others, one that came with the source before made
    ones, one by a model before an extractive one."""

    def rank(digest: Digest) -> tuple[bool, int]:
        made = {"source": 0, "extractive": 2}.get(digest.method, 1)
        return digest.language != language, made

    return min(digests, key=rank, default=None)


def viewpoint(digest: Digest) -> str:
    return " ".join(point.text for point in digest.viewpoint)
