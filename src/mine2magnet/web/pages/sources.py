"""What is read and watched; adding a source and dropping one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import structs
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, ImmutableMultiDict, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.core.decode import fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.model import SourceRequest
from mine2magnet.reading import opml
from mine2magnet.reading.catalogue import catalogue
from mine2magnet.reading.confined import CONFINED
from mine2magnet.web.kit import query_params
from mine2magnet.web.kit.limits import limits
from mine2magnet.web.kit.responses import library, reply, translator, wants_json

DAILY = 1440  # minutes: how often what is followed from the catalogue is read
MINUTES = (15, 30, 60, 360, 1440)  # offered by the form
LONGEST = limits(fields_of(SourceRequest)["minutes"].type)["le"]  # minutes


def listed(request: Request) -> Response:
    return _page(request)


def _page(request: Request, url: str = "", error: UserError | None = None) -> Response:
    sources, language = library(request).store.sources(), translator(request).language
    return reply(
        request,
        "sources.html",
        {"sources": sources, "catalogue": sorted(catalogue(), key=lambda one: one.language != language)},
        status=error.status if error else 200,
        url=url,
        error=error,
        minutes=MINUTES,
        followed={source.what: source for source in sources},
        daily=DAILY,
        now=datetime.now(UTC),
    )


async def add(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=10) as fields:
        return await run_in_threadpool(_add, request, fields)


def _add(request: Request, fields: FormData) -> Response:
    t, given = translator(request), str(fields.get("url", "")).strip()
    try:
        source = asked(fields, t)
        library(request).add_source(source.url, source.minutes * 60 if source.minutes else None)
    except UserError as error:
        if wants_json(request):
            raise
        return _page(request, given, error)
    return RedirectResponse("/sources", 303)


def asked(fields: ImmutableMultiDict[str, Any], t: Translator) -> SourceRequest:
    """Return the source of a form; raises UserError in the reader's language."""
    try:
        read = query_params.read(SourceRequest, fields)
        return structs.replace(read, url=query_params.address(read.url))
    except UserError as error:
        said = t("error.minutes", n=LONGEST) if error.where == "minutes" else t("error.url")
        raise UserError(said, where="minutes" if error.where == "minutes" else "url") from error


async def follow(request: Request) -> Response:
    """Watches the feeds of an OPML file that a browser sends."""
    async with request.form(max_files=1, max_fields=5) as fields:
        given = fields.get("opml")
        sent = isinstance(given, UploadFile) and given.filename
        body = await given.read() if isinstance(given, UploadFile) and sent else b""
        name = given.filename or "" if isinstance(given, UploadFile) else ""
    return await run_in_threadpool(_follow, request, body, Path(name).name[-100:])


def _follow(request: Request, body: bytes, name: str) -> Response:
    try:
        if not body:
            raise UserError(translator(request)("files.none"))
        library(request).follow(CONFINED.run(opml.read, body, where=name), DAILY * 60)
    except UserError as error:
        if wants_json(request):
            raise
        return _page(request, error=error)
    return RedirectResponse("/sources", 303)


def as_opml(request: Request) -> Response:
    return Response(
        opml.write(library(request).store.sources()),
        media_type="text/x-opml; charset=utf-8",
        headers={"Content-Disposition": "attachment; filename=sources.opml"},
    )


async def remove(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=10) as fields:
        return await run_in_threadpool(_remove, request, str(fields.get("what", "")))


def _remove(request: Request, what: str) -> Response:
    with library(request).store.writing() as writer:
        writer.remove_source(what)
    return RedirectResponse("/sources", 303)
