"""Pages that list documents: a topic's, all that are held; the list of topics; a topic as a file."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from msgspec import structs
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.library import EXPORT_FORMATS, topics
from mine2magnet.library.export import export
from mine2magnet.model import Filters, Topic
from mine2magnet.search.fusion import language
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.responses import library, problem, reads, reply, translator, wants_json
from mine2magnet.web.kit.translated import translations
from mine2magnet.web.kit.wording import Wording
from mine2magnet.web.pages.topic_front import front, readable, remember, visit

DIGESTING = 10.0  # s that an export makes digests that are not there yet; the others come by themselves
MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
}


def first(request: Request) -> Response:
    """The first topic is the front page; without any, all documents are."""
    held = library(request).store.topics()
    where = f"/topics/{quote(held[0].slug)}" if held else "/documents"
    return RedirectResponse(where + (f"?{request.url.query}" if request.url.query else ""), 307)


def listed(request: Request) -> Response:
    held = library(request)
    counted = [
        {"topic": topic, "documents": len(topics.members(held.store, held.index, topic))}
        for topic in held.store.topics()
    ]
    return reply(request, "topics.html", {"topics": counted})


def topic(request: Request) -> Response:
    return _list(request, library(request).store.topic(request.path_params["slug"]))


def documents(request: Request) -> Response:
    return _list(request, None)


def _list(request: Request, topic: Topic | None) -> Response:
    held, asked = library(request), request.query_params
    query = asked.get("q", "").strip()
    problem_, status = "", 200
    try:
        found = topics.page(
            held.store,
            held.index,
            topic,
            query,
            query_params.filters(asked),
            query_params.order(asked),
            query_params.offset(asked),
            loose=query_params.loose(asked),
            reads=reads(request),
            folded=bool(query) and not wants_json(request),
        )
    except UserError as error:
        said, status = translator(request).error(error), error.status
        problem_ = f"{error.where}: {said}" if error.where else said
        if wants_json(request):
            return Response(problem(status, problem_), status, media_type="application/problem+json")
        found = replace(topics.page(held.store, held.index, topic, reads=reads(request)), query=query)
    members = found.filters.documents
    plain = topic is not None and not (query or problem_ or found.offset or wants_json(request))
    whole = structs.replace(found.filters, documents=None) == Filters()
    seen = visit(request, topic, held.store.last_change()) if topic and plain and whole else None
    # Which documents are in the topic is how it was searched, not what was asked for.
    found = replace(found, filters=structs.replace(found.filters, documents=None))
    shown = [one for card in found.cards for one in (card.document, *card.copies)]
    response = reply(
        request,
        "documents.html",
        {"page": found},
        translated=translations(held, shown, reads(request)),
        status=status,
        problem=problem_,
        fields=query_params.FIELDS,
        narrowing=(*query_params.FIELDS, "since", "until"),
        held=held.store.count() if members is None else len(members),
        narrowed=found.filters != Filters(),
        front=front(held, topic, seen) if topic and seen else None,
        words=Wording(translator(request), held.thesaurus),
        asked_in=language(query),
        watched=readable(topic.queries, translator(request).language) if topic else (),
    )
    if topic and seen:
        remember(response, topic, seen)
    return response


def exported(request: Request) -> Response:
    held, format = library(request), request.path_params["format"]
    topic = held.store.topic(request.path_params["slug"])
    if format not in EXPORT_FORMATS:
        raise NotFound(f"no format {format!r}", hint="use " + ", ".join(EXPORT_FORMATS))
    return Response(
        export(held, topic, format, translator(request).language, DIGESTING),
        media_type=MEDIA[format],
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(topic.slug)}.{format}"},
    )
