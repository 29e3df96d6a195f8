"""A topic's stress test: what its documents say as inputs, taken, edited or left, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.bridges import claims_to_scenario
from mine2magnet.chain import Scenario
from mine2magnet.chain.io import scenarios
from mine2magnet.charts.chart import Chart
from mine2magnet.core.decode import decode
from mine2magnet.figures import rows
from mine2magnet.model import Claim, Topic
from mine2magnet.model.ranges import Range
from mine2magnet.web.kit.responses import library, reply, translator
from mine2magnet.web.kit.wording import Wording
from mine2magnet.web.pages import stress

ENDS = ("low", "likely", "high")


def of_topic(request: Request) -> Response:
    held, asked = library(request), request.query_params
    topic, found, cited, posed = _posed(request)
    if asked.get("format") == "yaml":
        return Response(scenarios.text(posed), media_type="application/yaml")
    result, maps = stress.outcome(posed) if found else (None, ())
    return reply(
        request,
        "premises.html",
        {
            "topic": topic,
            "premises": [
                {
                    **{name: getattr(p, name) for name in ("id", "kind", "where", "unit", "taken", "note")},
                    "value": {end: getattr(p.value, end) for end in ENDS},
                    "cited": [cited[claim] for claim in p.claims if claim in cited],
                }
                for p in found
            ],
            "result": result,
        },
        words=Wording(translator(request), held.thesaurus),
        **(stress.shown(translator(request), result, maps) if result else {}),
    )


def charts_of(request: Request) -> list[Chart]:
    """Return the charts of the result that an address asks for."""
    _, found, _, posed = _posed(request)
    return stress.drawn(translator(request), *stress.outcome(posed)) if found else []


def _posed(
    request: Request,
) -> tuple[Topic, tuple[claims_to_scenario.Premise, ...], dict[Claim, rows.Cited], Scenario]:
    """The topic, its premises as the address has them, their claims with sentences, and the scenario."""
    held, asked = library(request), request.query_params
    topic = held.store.topic(request.path_params["slug"])
    found = _decided(claims_to_scenario.propose(held.claims(topic), held.thesaurus, held.store.fold), asked)
    claims = [claim for p in found for claim in p.claims]
    cited = {one.claim: one for one in rows.cited(held.store, claims)}
    posed = claims_to_scenario.scenario(
        found, stress.network(), topic.name, lambda claim: rows.as_evidence(cited.get(claim))
    )
    return topic, found, cited, posed


def _decided(
    proposed: Sequence[claims_to_scenario.Premise], asked: QueryParams
) -> tuple[claims_to_scenario.Premise, ...]:
    """As the address says; one that says nothing leaves them as they are proposed."""
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
