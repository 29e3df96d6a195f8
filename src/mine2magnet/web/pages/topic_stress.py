"""A topic's stress test: what its documents say as inputs, taken, edited or left, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.background import models
from mine2magnet.bridges import claims_to_scenario
from mine2magnet.bridges.stress import StressTest
from mine2magnet.chain import Scenario
from mine2magnet.chain.io import scenarios
from mine2magnet.charts.chart import Chart
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.figures import rows
from mine2magnet.model import Claim, Job, Topic
from mine2magnet.model.ranges import Range
from mine2magnet.web.kit import jobs
from mine2magnet.web.kit.responses import library, reply, translator, wants_json
from mine2magnet.web.kit.wording import Wording
from mine2magnet.web.pages import stress

ENDS = ("low", "likely", "high")


@dataclass(frozen=True, slots=True)
class _Posed:
    """A topic's premises, what documents say for each, and the scenario that comes of them."""

    topic: Topic
    premises: tuple[claims_to_scenario.Premise, ...]
    cited: Mapping[Claim, rows.Cited]
    posed: Scenario


async def of_topic(request: Request) -> Response:
    made = await run_in_threadpool(_made, request)
    if request.query_params.get("format") == "yaml":
        return Response(scenarios.text(made.posed), media_type="application/yaml")
    job = None
    if made.posed.events:
        address = jobs.address(request.url.path, request.query_params)
        job = await jobs.asked(request, "stress", StressTest(scenario=made.posed), page=address)
    return await run_in_threadpool(_page, request, made, job)


def _made(request: Request) -> _Posed:
    held = library(request)
    topic = held.store.topic(request.path_params["slug"])
    proposed = claims_to_scenario.propose(held.claims(topic), held.thesaurus, held.store.fold)
    found = _decided(proposed, request.query_params)
    claims = [claim for p in found for claim in p.claims]
    cited = {one.claim: one for one in rows.cited(held.store, claims)}
    happening = request.query_params.get("scenario")
    posed = claims_to_scenario.scenario(
        found,
        models.network(),
        topic.name,
        lambda claim: rows.as_evidence(cited.get(claim)),
        scenarios.preset(happening) if happening else None,
    )
    return _Posed(topic, found, cited, posed)


async def charts_of(request: Request) -> list[Chart]:
    """Return the charts of the result that an address asks for."""
    made = await run_in_threadpool(_made, request)
    if not made.posed.events:
        return []
    job = await jobs.asked(request, "stress", StressTest(scenario=made.posed), to_end=True)
    run: models.StressRun = await run_in_threadpool(jobs.result, library(request).store, job)
    return stress.drawn(translator(request), run.result, run.maps)


def _page(request: Request, made: _Posed, job: Job | None) -> Response:
    held, t = library(request), translator(request)
    found: models.StressRun | None = None
    error, state = None, jobs.shown(held.store, job, t) if job else None
    if job is not None and job.ended:
        try:
            found = jobs.result(held.store, job)
        except UserError as failed:
            error = failed
            if wants_json(request):
                raise
    return reply(
        request,
        "premises.html",
        {
            "topic": made.topic,
            "premises": [
                {
                    **{name: getattr(p, name) for name in ("id", "kind", "where", "unit", "taken", "note")},
                    "value": {end: getattr(p.value, end) for end in ENDS},
                    "cited": [made.cited[claim] for claim in p.claims if claim in made.cited],
                }
                for p in made.premises
            ],
            "scenario": made.posed,
            "result": found.result if found else None,
        },
        status=error.status if error else 202 if state and state["waits"] else 200,
        job=state,
        limits=jobs.limits(),
        error=jobs.worded(error, t) if error else None,
        words=Wording(t, held.thesaurus),
        happening=request.query_params.get("scenario", ""),
        presets={name: scenarios.read(file).name for name, file in scenarios.presets().items()},
        charts_at=f"{request.url.path}/charts",
        charts_query=request.url.query,
        **(stress.shown(t, found.result, found.maps) if found else {}),
    )


def _decided(
    proposed: Sequence[claims_to_scenario.Premise], asked: QueryParams
) -> tuple[claims_to_scenario.Premise, ...]:
    """Decide premises as the address says; one that says nothing leaves them as they are proposed."""
    if "asked" not in asked:
        return tuple(proposed)
    taken = [id for id in asked.getlist("take") if any(p.id == id for p in proposed)]
    edited = {
        p.id: _range(p.label, [asked.get(f"{end}.{p.id}", "") for end in ENDS], p.value) for p in proposed
    }
    refused = [p.id for p in proposed if p.id not in taken]
    return claims_to_scenario.decided(proposed, taken, refused, edited)


def _range(of: str, given: Sequence[str], standing: Range) -> Range:
    return decode(Range, list(given), of, written=True) if all(given) else standing
