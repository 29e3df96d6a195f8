"""A topic's brief: a page, Markdown, HTML and Atom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.alerts import brief_text
from mine2magnet.alerts.brief import brief
from mine2magnet.core.errors import NotFound
from mine2magnet.model import BriefRequest
from mine2magnet.model.searches import seconds
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.responses import library, reply, translator

SPANS = ("1d", "7d", "4w")  # offered
MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "atom": "application/atom+xml",
}


def of_topic(request: Request) -> Response:
    held, t = library(request), translator(request)
    topic = held.store.topic(request.path_params["slug"])
    asked = query_params.read(BriefRequest, request.query_params)
    now, language = datetime.now(UTC), asked.language or t.language
    made = brief(held, topic, now - timedelta(seconds=seconds(asked.since)), now, language)
    format = request.path_params.get("format")
    if format is None:
        content = {"topic": topic, "brief": made, "lines": brief_text.lines(made, held.thesaurus, t)}
        left = made.total - len(made.documents)
        return reply(request, "brief.html", content, since=asked.since, spans=SPANS, left=left)
    if format not in MEDIA:
        raise NotFound(f"no format {format!r}", hint="use " + ", ".join(MEDIA))
    home = str(request.base_url).rstrip("/")
    if format == "atom":
        body = brief_text.as_atom(made, held.thesaurus, t, home, request.url.path)
    else:
        make = brief_text.as_markdown if format == "md" else brief_text.as_html
        body = make(made, held.thesaurus, t, home).encode()
    return Response(body, media_type=MEDIA[format], headers={"Cache-Control": "private, no-cache"})
