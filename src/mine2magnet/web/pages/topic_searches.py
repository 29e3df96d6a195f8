"""The news searches of a topic: what is asked, what each gave, and asking."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.core.errors import UserError
from mine2magnet.library import discover
from mine2magnet.model import DiscoverRequest, Topic
from mine2magnet.reading import news
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.responses import library, reply, wants_json

SPANS = ("1d", "7d", "4w")  # offered by the form: how far back …
EVERY = ("1h", "6h", "1d", "1w")  # … and how often
SHOWN = 50  # hits that could not be read


def shown(request: Request) -> Response:
    return _page(request, library(request).store.topic(request.path_params["slug"]))


def _page(request: Request, topic: Topic, error: UserError | None = None) -> Response:
    held = library(request)
    services = news.services(held.settings)
    try:
        planned = discover.planned(held, topic, DiscoverRequest())
    except UserError:
        planned = []
    asked = held.store.searches.of(topic.slug)
    return reply(
        request,
        "topic_searches.html",
        {
            "topic": topic,
            "searches": asked or planned,
            "unread": held.store.searches.hits(topic.slug, "title")[:SHOWN],
        },
        status=error.status if error else 200,
        error=error,
        services=services,
        spans=SPANS,
        every=EVERY,
        now=datetime.now(UTC),
        last=asked[0] if asked else None,
    )


async def ask(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=20) as fields:
        return await run_in_threadpool(_ask, request, fields)


def _ask(request: Request, fields: FormData) -> Response:
    held = library(request)
    topic = held.store.topic(request.path_params["slug"])
    try:
        discover.follow(held, topic, asked(fields))
    except UserError as error:
        if wants_json(request):
            raise
        return _page(request, topic, error)
    return RedirectResponse(f"/topics/{quote(topic.slug)}/searches", 303)


def asked(fields: FormData) -> DiscoverRequest:
    """Return what a form asks for; raises UserError naming the field."""
    return query_params.read(DiscoverRequest, fields)


async def stop(request: Request) -> Response:
    return await run_in_threadpool(_stop, request)


def _stop(request: Request) -> Response:
    held = library(request)
    topic = held.store.topic(request.path_params["slug"])
    discover.unfollow(held, topic)
    return RedirectResponse(f"/topics/{quote(topic.slug)}/searches", 303)
