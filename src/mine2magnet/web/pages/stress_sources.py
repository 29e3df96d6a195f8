"""What the result of a stress test rests on: the inputs that move it most, each with its rows and sources."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.chain.io import scenarios, tables
from mine2magnet.chain.io.provenance import SourcedFigure, figures
from mine2magnet.chain.report import sources
from mine2magnet.web.kit.compute_lock import turn
from mine2magnet.web.kit.responses import reply
from mine2magnet.web.pages import stress

SHOWN = 20  # drivers


def rests_on(request: Request) -> Response:
    """The drivers of the scenario that the address says, without a plant."""
    scenario = stress.asked_scenario(request.query_params)
    with turn():
        found = _traced(scenarios.text(scenario))
    return reply(
        request,
        "stress_sources.html",
        {"scenario": scenario.name, "drivers": found[:SHOWN]},
        query=str(request.query_params),
    )


@lru_cache(maxsize=16)
def _traced(text: str) -> tuple[sources.SourcedDriver, ...]:
    return tuple(sources.traced(tables.built_in(), scenarios.parse(text), _figures()))


@lru_cache(maxsize=1)
def _figures() -> tuple[SourcedFigure, ...]:
    return tuple(figures())
