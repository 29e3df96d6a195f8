"""`client.docs`, the reading half: one document, its digest, its text; lists, searches, passages."""

from __future__ import annotations

from math import inf
from typing import Any

from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.digests.aspects import heading
from mine2magnet.library.library import Library
from mine2magnet.model import Digest, Document, Filters, Passage, Point
from mine2magnet.web.reportify import shapes
from mine2magnet.web.reportify.filters import filters, spoken
from mine2magnet.web.reportify.request import Call, route
from mine2magnet.web.reportify.search import Order, found

_BY = {"smart": "both", "semantic": "meaning", "keywords": "words"}  # mode → what counts, see `Index.search`
_ORDERS: dict[str, Order] = {"smart": "best", "latest": "newest"}


def get(asked: Call) -> dict[str, Any]:
    """One document with its text, and its paragraphs as chunks."""
    document = held(asked)
    chunks = [
        {"id": f"{document.id}:{p.number}", "doc_id": document.id, "content": p.text, "paragraph": p.number}
        for p in document.paragraphs
    ]
    shape = shapes.docs(asked.library, [document])[0]
    return shape | details(asked.library, document) | {"content": document.text, "chunks": chunks}


def summary(asked: Call) -> dict[str, Any]:
    """The digest: its viewpoint, its points, and for each point the paragraphs that it cites; of several
    digests, one in the language asked for."""
    library, document = asked.library, held(asked)
    library.digest(document.id)  # made now if it was not yet
    digests = library.store.digests([document.id]).get(document.id, [])
    digest = shapes.preferred(digests, asked.language)
    texts = {p.number: p.text for p in document.paragraphs}
    if digest is None:
        raise NotFound(f"nothing is held of {document.id} that could be summed up")
    return {
        "id": document.id,
        "doc_id": document.id,
        "title": document.title,
        "published_at": shapes.when(document.published),
        "summary": shapes.viewpoint(digest),
        "key_points": [point.text for group in digest.groups for point in group.points],
        "viewpoint": [_point(point, texts) for point in digest.viewpoint],
        "groups": _groups(digest, texts, asked),
        "language": digest.language,
        "method": digest.method,
        "languages": sorted({one.language for one in digests}),
    }


def raw_content(asked: Call) -> dict[str, Any]:
    """The text as it was read from its address, one line a paragraph, with nothing of ours added."""
    document = held(asked)
    return {
        "id": document.id,
        "doc_id": document.id,
        "title": document.title,
        "url": document.url,
        "content_type": "text/plain",
        "version": document.version,
        "fetched_at": shapes.when(document.fetched),
        "content": document.text,
    }


def listed(asked: Call) -> dict[str, Any]:
    """All that passes the filters, the newest first."""
    return _page(asked, "", "newest")


def by_symbols(asked: Call) -> dict[str, Any]:
    if not asked.texts("symbols"):
        raise UserError("is missing", where="symbols", hint="name at least one, e.g. US:MP")
    return _page(asked, "", "newest")


def by_tags(asked: Call) -> dict[str, Any]:
    if not asked.mapping("tags"):
        raise UserError("is missing", where="tags", hint='e.g. {"tag": ["magnets"]}')
    return _page(asked, "", "newest")


def search(asked: Call) -> dict[str, Any]:
    """`should_highlight` marks what matched: `highlights` hold passages with <em> around it."""
    order = _ORDERS[asked.choice("sort", tuple(_ORDERS), "smart")]
    mode = _BY[asked.choice("mode", tuple(_BY), "smart")]
    return _page(asked, asked.text("query").strip(), order, by=mode)


def search_chunks(asked: Call) -> dict[str, Any]:
    """The paragraphs that answer best, those of the best document first, each with its document."""
    return {"chunks": chunks(asked, filters(asked), whole=asked.flag("include_doc_extra_details"))}


def chunks(asked: Call, narrowed: Filters, whole: bool = False) -> list[dict[str, Any]]:
    """At most `num` passages. `refine_question`: only what the thesaurus knows of the query is looked for,
    if it knows anything of it."""
    library, query, num = asked.library, asked.needed("query"), asked.num()
    if asked.flag("refine_question"):
        known = [query[one.start : one.end] for one in library.thesaurus.find(query)]
        query = " ".join(known) or query
    results = library.index.search(spoken(query), narrowed, limit=num, least=_least(asked))
    documents = library.store.documents([hit.document for hit in results.hits])
    shown = {shape["id"]: shape for shape in shapes.docs(library, documents.values())}
    found: list[dict[str, Any]] = []
    for hit in results.hits:
        if hit.document not in documents:
            continue  # removed since it was indexed
        shape = shown[hit.document]
        if whole:
            shape |= details(library, documents[hit.document])
        else:
            shape = {name: shape[name] for name in _SHORT}
        passages = hit.passages or _first(documents[hit.document])
        found += (shapes.chunk(shape, passage, round(hit.relevance, 4)) for passage in passages)
    return found[:num]


_SHORT = ("id", "doc_id", "title", "url", "category", "published_at", "channel_id", "channel_name")


def held(asked: Call) -> Document:
    """The document of the address's id, which may be that of an upload. Raises NotFound."""
    id = asked.path["id"]
    uploads = asked.library.store.uploads
    document = uploads.resolved([id])[id]
    try:
        return asked.library.store.document(document)
    except NotFound:
        if waiting := [one for one in uploads.of_documents([id]) if one.status != "completed"]:
            said = waiting[-1].reason or f"its upload is {waiting[-1].status}"
            raise NotFound(f"no document {id!r} yet: {said}") from None
        raise


def details(library: Library, document: Document) -> dict[str, Any]:
    """Return what a list does not show of a document."""
    uploads = library.store.uploads.of_documents([document.id])
    return {
        "folder_ids": [upload.folder for upload in uploads],
        "metadatas": {k: v for upload in uploads for k, v in upload.metadata.items()},
        "upload_tags": {k: list(v) for upload in uploads for k, v in upload.tags.items()},
        "fetched_at": shapes.when(document.fetched),
        "version": document.version,
    }


def _page(asked: Call, query: str, order: Order, **how: Any) -> dict[str, Any]:
    number, size = page = asked.page()
    offset = (number - 1) * size
    marked = asked.flag("should_highlight")
    items, total = found(
        asked, query, filters(asked), order, size, offset, marked=marked, least=_least(asked), **how
    )
    return shapes.paged("docs", items, total, page)


def _least(asked: Call) -> float:
    least = asked.number("min_score")
    return -inf if least is None else least


def _first(document: Document) -> tuple[Passage, ...]:
    return tuple(Passage(p.number, p.text) for p in document.paragraphs[:1])


def _groups(digest: Digest, texts: dict[int, str], asked: Call) -> list[dict[str, Any]]:
    words = asked.library.thesaurus
    return [
        {
            "heading": heading(group.heading, group.aspect, words, asked.language),
            "points": [_point(point, texts) for point in group.points],
        }
        for group in digest.groups
    ]


def _point(point: Point, texts: dict[int, str]) -> dict[str, Any]:
    """`text` of a citation is null where only the digest of a document is held."""
    return {
        "text": point.text,
        "verdict": point.verdict,
        "reason": point.reason,
        "citations": [{"paragraph": number, "text": texts.get(number)} for number in point.citations],
    }


ROUTES = [
    route("/v1/docs", listed, "POST"),
    route("/v1/docs/symbols", by_symbols, "POST"),
    route("/v1/docs/tags", by_tags, "POST"),
    route("/v1/search", search, "POST"),
    route("/v1/search/chunks", search_chunks, "POST"),
    route("/v1/docs/{id}", get),
    route("/v1/docs/{id}/summary", summary),
    route("/v1/docs/{id}/raw-content", raw_content),
]
