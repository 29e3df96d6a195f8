"""What the result of a stress test rests on: the inputs that move it most, each with its rows and sources."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.bridges.stress import StressTest
from mine2magnet.chain.report.sources import SourcedDriver
from mine2magnet.model import Job
from mine2magnet.web.kit import jobs
from mine2magnet.web.kit.responses import library, reply, translator
from mine2magnet.web.pages import stress

SHOWN = 20  # drivers


async def rests_on(request: Request) -> Response:
    return await page(request, request.query_params)


async def page(request: Request, query: QueryParams, job: Job | None = None) -> Response:
    """The drivers of the scenario that the query says, without a plant."""
    scenario = stress.asked_scenario(query)
    if job is None:
        test = StressTest(scenario=scenario, draws=0)
        address = jobs.address("/stress/sources", query)
        job = await jobs.asked(request, "drivers", test, page=address, anew=True)
    return await run_in_threadpool(_page, request, query, scenario.name, job)


def _page(request: Request, query: QueryParams, scenario: str, job: Job) -> Response:
    store, t = library(request).store, translator(request)
    found: tuple[SourcedDriver, ...] = jobs.result(store, job) if job.ended else ()
    return reply(
        request,
        "stress_sources.html",
        {"scenario": scenario, "drivers": found[:SHOWN]},
        status=200 if job.ended else 202,
        query=str(query),
        job=jobs.shown(store, job, t),
        limits=jobs.limits(),
        error=None,
    )
