"""A topic's brief: a page, Markdown, HTML and Atom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import quote

from msgspec import structs
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.alerts import brief_text
from mine2magnet.alerts import schedule as schedules
from mine2magnet.alerts.brief import Brief, brief
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.model import BriefRequest, BriefSchedule, Topic
from mine2magnet.model.searches import seconds
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.responses import library, reply, translator, wants_json

NOTHING: Mapping[str, object] = MappingProxyType({})
SPANS = ("1d", "7d", "4w")  # offered
MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "atom": "application/atom+xml",
}


def of_topic(request: Request) -> Response:
    held, t = library(request), translator(request)
    topic = held.store.topic(request.path_params["slug"])
    format = request.path_params.get("format")
    if format is None:
        return _page(request, topic)
    if format not in MEDIA:
        raise NotFound(f"no format {format!r}", hint="use " + ", ".join(MEDIA))
    made = _made(request, topic, query_params.read(BriefRequest, request.query_params))
    home = str(request.base_url).rstrip("/")
    if format == "atom":
        body = brief_text.as_atom(made, held.thesaurus, t, home, request.url.path)
    else:
        make = brief_text.as_markdown if format == "md" else brief_text.as_html
        body = make(made, held.thesaurus, t, home).encode()
    return Response(body, media_type=MEDIA[format], headers={"Cache-Control": "private, no-cache"})


def _made(request: Request, topic: Topic, asked: BriefRequest) -> Brief:
    now, language = datetime.now(UTC), asked.language or translator(request).language
    return brief(library(request), topic, now - timedelta(seconds=seconds(asked.since)), now, language)


def _page(
    request: Request, topic: Topic, error: UserError | None = None, given: Mapping[str, object] = NOTHING
) -> Response:
    held, t = library(request), translator(request)
    asked = query_params.read(BriefRequest, request.query_params)
    made = _made(request, topic, asked)
    mail = held.store.brief_mails.of(topic.slug)
    if mail:  # told in the zone that it was set in
        where = schedules.zone(mail.schedule.zone)
        sent = mail.sent.astimezone(where) if mail.sent else None
        mail = replace(mail, due=mail.due.astimezone(where), sent=sent)
    return reply(
        request,
        "brief.html",
        {
            "topic": topic,
            "brief": made,
            "lines": brief_text.lines(made, held.thesaurus, t),
            "mail": mail,
        },
        status=error.status if error else 200,
        error=error,
        given=given or (mail and structs.asdict(mail.schedule)) or {},
        can_mail=bool(held.settings.smtp_host),
        since=asked.since,
        spans=SPANS,
        left=made.total - len(made.documents),
    )


async def schedule(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=20) as fields:
        return await run_in_threadpool(_schedule, request, fields)


def _schedule(request: Request, fields: FormData) -> Response:
    held = library(request)
    topic = held.store.topic(request.path_params["slug"])
    try:
        schedules.schedule(held, topic, query_params.read(BriefSchedule, fields))
    except UserError as error:
        if wants_json(request):
            raise
        return _page(request, topic, error, dict(fields))
    return RedirectResponse(_at(topic), 303)


async def stop(request: Request) -> Response:
    return await run_in_threadpool(_stop, request)


def _stop(request: Request) -> Response:
    held = library(request)
    topic = held.store.topic(request.path_params["slug"])
    held.store.brief_mails.remove(topic.slug)
    return RedirectResponse(_at(topic), 303)


def _at(topic: Topic) -> str:
    return f"/topics/{quote(topic.slug)}/brief#mail"
