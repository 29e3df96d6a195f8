"""One document: its numbered paragraphs with the digest beside them, its versions, copies and topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.core.text import sentences
from mine2magnet.library import topics
from mine2magnet.library.topics import published_digest
from mine2magnet.model import Digest, Document
from mine2magnet.reading.dateline import dated_by
from mine2magnet.store import EVERY_CLAIM
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.responses import library, reads, reply
from mine2magnet.web.kit.translated import translations


@dataclass(frozen=True, slots=True)
class _Marked:
    """A paragraph or a point of a digest with a figure, and the sentence it stands in, marked."""

    text: str
    sentence: tuple[int, int]
    figure: tuple[int, int]


def document(request: Request) -> Response:
    held, id = library(request), request.path_params["id"]
    store = held.store
    document = store.document(id, query_params.version(request.query_params))
    versions = store.versions(id)
    current = document.version == versions[-1][0]
    copies = list(store.documents(topics.copies(store, id)).values())
    # Digests cite the current version's paragraphs.
    digests = store.digests([id]).get(id, []) if current else []
    return reply(
        request,
        "document.html",
        {
            "document": document,
            "versions": [{"number": number, "fetched": fetched} for number, fetched in versions],
            "digests": digests,
            "copies": copies,
            "topics": [
                topic.slug for topic in store.topics() if id in topics.members(store, held.index, topic)
            ],
        },
        current=current,
        dated_by_text=dated_by(document),
        translated=translations(held, [document, *copies] if current else copies, reads(request)),
        claimed=len(held.claims(id, EVERY_CLAIM)) if current else 0,
        marked=_marked(document, digests, query_params.figure(request.query_params)),
    )


def digest(request: Request) -> Response:
    """Show a document's digest as in a list: a part of a page, fetched when it is opened."""
    held, id = library(request), request.path_params["id"]
    document = held.store.document(id)
    return reply(
        request,
        "digest.html",
        {"id": id, "version": document.version, "digests": tuple(held.store.digests([id]).get(id, ()))},
        document=document,
        translated=translations(held, [document], reads(request)),
    )


def _marked(
    document: Document, digests: Sequence[Digest], asked: query_params.Place | None
) -> _Marked | None:
    """The text with the figure asked for; None where the document has no such place."""
    if asked is None:
        return None
    if asked.paragraph:
        texts = [paragraph.text for paragraph in document.paragraphs if paragraph.number == asked.paragraph]
    else:
        published = published_digest(digests)
        points = [point.text for point in published.points] if published else []
        texts = points[asked.point - 1 : asked.point] if asked.point else []
    for text in texts:
        for start, end in sentences(text):
            if start <= asked.start < asked.end <= end:
                return _Marked(text, (start, end), (asked.start, asked.end))
    return None
