"""`client.concepts`: what the newest documents are about. A concept is a material, a product or a stage of
the chain that the thesaurus knows, under all its names in all languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from mine2magnet.core.thesaurus import Concept, listings
from mine2magnet.library.library import Library
from mine2magnet.model import Document, Filters
from mine2magnet.web.reportify import shapes
from mine2magnet.web.reportify.request import Call, route

KINDS = ("material", "product", "stage")
NEWEST = 60  # documents that "latest" looks at
SHOWN = 20  # concepts
DOCS = 5  # documents shown of a concept
AT_LEAST = 2  # documents that a concept of "latest" is named in


def latest(asked: Call) -> list[dict[str, Any]]:
    """Those named in most of the newest documents."""
    results = asked.library.index.search("", order="newest", limit=NEWEST)
    documents = asked.library.store.documents([hit.document for hit in results.hits])
    found = _concepts(asked, list(documents.values()), asked.flag("include_docs", True))
    return [one for one in found if one["doc_count"] >= AT_LEAST][:SHOWN]


def today(asked: Call) -> list[dict[str, Any]]:
    """Those named in what was published today, by the clock of this machine; `gen_count` says in how many
    documents."""
    midnight = datetime.combine(datetime.now().astimezone().date(), time.min).astimezone()
    results = asked.library.index.search("", Filters(since=midnight), order="newest", limit=NEWEST)
    documents = asked.library.store.documents([hit.document for hit in results.hits])
    return _concepts(asked, list(documents.values()), with_docs=True)[:SHOWN]


def _concepts(asked: Call, documents: Sequence[Document], with_docs: bool) -> list[dict[str, Any]]:
    library = asked.library
    shown = shapes.docs(library, documents)
    about: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for document, shape in zip(documents, shown, strict=True):
        for id in _named(library, document):
            about[id].append(shape)
    ranked = sorted(about.items(), key=lambda item: len(item[1]), reverse=True)
    return [_shape(library, library.thesaurus[id], docs, asked.language, with_docs) for id, docs in ranked]


def _named(library: Library, document: Document) -> set[str]:
    found = library.thesaurus.find(f"{document.title}\n{document.text}")
    return {mention.concept.id for mention in found if mention.concept.kind in KINDS}


def _shape(
    library: Library, concept: Concept, docs: list[dict[str, Any]], language: str, with_docs: bool
) -> dict[str, Any]:
    times = sorted(filter(None, (doc["published_at"] for doc in docs)), key=datetime.fromisoformat)
    named = {symbol for doc in docs for symbol in doc["symbols"]}
    shape = {
        "concept_id": concept.id,
        "concept_name": library.thesaurus.label(concept.id, language),
        "keywords": [name for names in concept.names.values() for name in names],
        "stocks": [{"symbol": one.symbol, "name": one.name} for one in listings() if one.symbol in named],
        "events": [
            {"title": doc["summary"] or doc["title"], "doc_id": doc["id"], "occurred_at": doc["published_at"]}
            for doc in docs[:DOCS]
        ],
        "gen_count": len(docs),
        "doc_count": len(docs),
        "earliest_at": times[0] if times else None,
        "latest_at": times[-1] if times else None,
    }
    return shape | {"docs": docs[:DOCS]} if with_docs else shape


ROUTES = [route("/v1/concepts/latest", latest), route("/v1/concepts/today", today)]
