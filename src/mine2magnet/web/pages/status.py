"""How far the background work has come; the pages ask for it now and then."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.core.json import as_json, plain
from mine2magnet.library import topics
from mine2magnet.web.kit.responses import library


def status(request: Request) -> Response:
    """JSON: the library's Progress, how many matches of watches are `unread` and, with ?topic=SLUG,
    `in_topic`, how many documents that has."""
    held = library(request)
    content = plain(held.recent_progress()) | {"unread": held.store.count_matches(unread=True)}
    if slug := request.query_params.get("topic"):
        content["in_topic"] = len(topics.members(held.store, held.index, held.store.topic(slug)))
    return Response(as_json(content), media_type="application/json", headers={"Cache-Control": "no-store"})
