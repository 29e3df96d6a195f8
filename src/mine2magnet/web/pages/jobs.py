"""A run of a model at its own address: how far it is, then what came of it, with the form that asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.model import Job
from mine2magnet.web.api.jobs import detail
from mine2magnet.web.kit import jobs
from mine2magnet.web.kit.responses import library, reply, translator, wants_json
from mine2magnet.web.pages import company, compare, flowsheet, separation, stress, stress_sources

Shows: TypeAlias = Callable[[Request, QueryParams, Job], Awaitable[Response]]
SHOWN: Mapping[str, Shows] = {  # by the address that asked
    "/stress": stress.page,
    "/stress/sources": stress_sources.page,
    "/compare": compare.page,
    "/separation": separation.page,
    "/flowsheet": flowsheet.page,
}
DRAWN: Mapping[str, Shows] = {  # by kind, where a program asked, or no address can hold what was asked
    "stress": stress.page,
    "comparison": compare.page,
    "company": company.page,
    "separation": separation.page,
    "flowsheet": flowsheet.page,
}


async def job(request: Request) -> Response:
    store = library(request).store
    held = await run_in_threadpool(store.jobs.get, request.path_params["id"])
    if wants_json(request):
        return reply(request, "", await run_in_threadpool(_content, request))
    held = await jobs.settled(request, held, jobs.AT_ONCE)
    path, query = urlsplit(held.page).path, QueryParams(urlsplit(held.page).query)
    if path in SHOWN:
        return await SHOWN[path](request, query, held)
    if path:
        return RedirectResponse(held.page, 303)
    if held.kind in DRAWN:
        return await DRAWN[held.kind](request, QueryParams({"job": held.id}), held)
    t = translator(request)
    error = jobs.failure(held)
    return reply(
        request,
        "job.html",
        {},
        job=await run_in_threadpool(jobs.shown, store, held, t),
        limits=jobs.limits(),
        error=jobs.worded(error, t) if error else None,
        kind=held.kind,
    )


def _content(request: Request) -> dict[str, object]:
    store = library(request).store
    return {"job": detail(store, store.jobs.get(request.path_params["id"]))}


async def cancel(request: Request) -> Response:
    store, id = library(request).store, request.path_params["id"]
    await run_in_threadpool(jobs.cancel, store, id, request.state.caller)
    return RedirectResponse(f"/jobs/{id}", 303)


async def events(request: Request) -> Response:
    store, t = library(request).store, translator(request)
    held = await run_in_threadpool(store.jobs.get, request.path_params["id"])
    return jobs.stream(request, held, lambda job: jobs.shown(store, job, t))
