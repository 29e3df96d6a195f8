"""Two or three stress tests side by side: each the query of a stress page; the address keeps all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.bridges.stress import StressComparison
from mine2magnet.chain.io import scenarios
from mine2magnet.chain.report import comparison
from mine2magnet.charts.chart import Chart
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.model import Job
from mine2magnet.web.kit import jobs
from mine2magnet.web.kit.responses import library, reply, translator
from mine2magnet.web.pages import stress

MOST = 3
SHOWN = 12  # end uses
MOST_FIELDS = 50  # of the form; it has some twenty


async def shown(request: Request) -> Response:
    return await page(request, request.query_params)


async def run(request: Request) -> Response:
    """Set what the form adds beside the tests that there are, and go to where that is shown."""
    sent = await request.form(max_fields=MOST_FIELDS)
    query = QueryParams([(name, value) for name, value in sent.multi_items() if isinstance(value, str)])
    tests = query.getlist("test")[: MOST - 1]
    tests.append(_next(QueryParams(tests[0] if tests else ""), query))
    asked = QueryParams([("test", one) for one in tests])
    try:
        made = await run_in_threadpool(_asked, tests)
        address = jobs.address("/compare", asked)
        job, _ = await jobs.put(request, "comparison", made, page=address, anew=True)
    except UserError as error:
        return await run_in_threadpool(_page, request, asked, None, error)
    return RedirectResponse(f"/jobs/{job.id}", 303)


def _next(first: QueryParams, query: QueryParams) -> str:
    """The query of a test that the form adds; what else is moved in the first holds for its scenario."""
    asked = {"scenario", "do", stress.RESERVE.name}
    kept = [(name, value) for name, value in first.multi_items() if name == "draws"]
    if query.get("scenario") == first.get("scenario", stress.PRESET):
        kept = [(n, v) for n, v in first.multi_items() if n not in asked and n not in query]
    asked |= {slider.name for slider in stress.SLIDERS}
    own = [(n, v) for n, v in query.multi_items() if n in asked and v]
    return urlencode([*kept, *own])


def _asked(tests: Sequence[str]) -> StressComparison:
    made = [stress.asked_test(QueryParams(test)) for test in tests]
    return decode(StressComparison, {"tests": made}).within_service()


async def page(request: Request, query: QueryParams, job: Job | None = None) -> Response:
    """The tests that the query names side by side, or a form for the second; a comparison that a program
    asked for without one."""
    error = None
    if job is None and len(query.getlist("test")) > 1:
        try:
            made = await run_in_threadpool(_asked, query.getlist("test"))
            job = await jobs.asked(request, "comparison", made, page=jobs.address("/compare", query))
        except UserError as failed:
            error = failed
    return await run_in_threadpool(_page, request, query, job, error)


def _page(request: Request, query: QueryParams, job: Job | None, error: UserError | None = None) -> Response:
    store, t = library(request).store, translator(request)
    found: comparison.ComparisonReport | None = None
    if job is not None and job.ended and error is None:
        try:
            found = jobs.result(store, job)
        except UserError as failed:
            error = failed
    state = jobs.shown(store, job, t) if job else None
    tests = query.getlist("test")[:MOST]
    first = QueryParams(tests[0] if tests else "")
    return reply(
        request,
        "compare.html",
        {"result": found},
        status=error.status if error else 202 if state and state["waits"] else 200,
        job=state,
        limits=jobs.limits(),
        error=jobs.worded(error, t) if error else None,
        tests=tests,
        room="job" not in query and len(tests) < MOST,
        query=str(query),
        scenario=first.get("scenario", stress.PRESET),
        presets={name: scenarios.read(file).name for name, file in scenarios.presets().items()},
        all_sets=list(scenarios.mitigation_sets()),
        reserve=stress.RESERVE,
        sliders=[(slider, first.get(slider.name, "")) for slider in stress.SLIDERS],
        **_of(found, t),
    )


def _of(found: comparison.ComparisonReport | None, t: Any) -> dict[str, Any]:
    """Return what the part of the page that shows a result needs."""
    if found is None:
        return {}
    return {"ends": found.ends[:SHOWN], "chart": comparison.chart(found, t.say)}


async def charts_of(request: Request) -> list[Chart]:
    """Return the chart of the comparison that an address asks for, or of the run that it names."""
    store, query = library(request).store, request.query_params
    if "job" in query:
        job = await run_in_threadpool(store.jobs.get, query["job"])
    else:
        made = await run_in_threadpool(_asked, query.getlist("test"))
        job = await jobs.asked(request, "comparison", made, to_end=True)
    found = await run_in_threadpool(jobs.result, store, job)
    return [comparison.chart(found, translator(request).say)]
