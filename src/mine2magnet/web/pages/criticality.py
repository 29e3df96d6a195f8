"""Nodes and materials at risk in the built-in network: exposure, concentration, criticality."""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.chain.exposure import Exposure, exposures
from mine2magnet.chain.report import criticality
from mine2magnet.web.kit.responses import reply
from mine2magnet.web.pages.stress import network

SHOWN = 30  # nodes


def risk(request: Request) -> Response:
    return reply(
        request,
        "risk.html",
        {
            "nodes": _exposures()[:SHOWN],
            "stages": criticality.concentrations(network()),
            "materials": criticality.criticality(network()),
        },
    )


@cache
def _exposures() -> list[Exposure]:
    """A linear programme for each node: some two seconds, once."""
    return exposures(network())
