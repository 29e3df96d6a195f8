"""One document: its numbered paragraphs with the digest beside them, its versions, copies and topics."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet import topics
from mine2magnet.web import asking
from mine2magnet.web.reply import library, reply


def document(request: Request) -> Response:
    held, id = library(request), request.path_params["id"]
    store = held.store
    document = store.document(id, asking.version(request.query_params))
    versions = store.versions(id)
    current = document.version == versions[-1][0]
    copies = [copy for copy in store.documents(store.copies(store.fold(id))).values() if copy.id != id]
    return reply(
        request,
        "document.html",
        {
            "document": document,
            "versions": [{"number": number, "fetched": fetched} for number, fetched in versions],
            # Digests cite the current version's paragraphs.
            "digests": store.digests([id]).get(id, []) if current else [],
            "copies": copies,
            "topics": [
                topic.slug for topic in store.topics() if id in topics.members(store, held.index, topic)
            ],
        },
        current=current,
    )
