"""Nodes and materials at risk in the built-in network: exposure, concentration, criticality."""

from __future__ import annotations

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.background import models
from mine2magnet.model import Job
from mine2magnet.web.kit import jobs
from mine2magnet.web.kit.responses import library, reply, translator

SHOWN = 30  # nodes


async def risk(request: Request) -> Response:
    job = await jobs.asked(request, "risk", models.RiskRequest(), page="/stress/risk", anew=True)
    return await run_in_threadpool(_page, request, job)


def _page(request: Request, job: Job) -> Response:
    store, t = library(request).store, translator(request)
    if not job.ended:
        state = jobs.shown(store, job, t)
        show = partial(reply, status=202, job=state, limits=jobs.limits(), error=None)
        return show(request, "job.html", {"kind": job.kind})
    found: models.RiskReport = jobs.result(store, job)
    content = {"nodes": found.nodes[:SHOWN], "stages": found.stages, "materials": found.materials}
    return reply(request, "risk.html", content)
