"""Nodes and materials at risk in the built-in network: exposure, concentration, criticality."""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet import chain_risk
from mine2magnet.chain.exposure import Exposure, exposures
from mine2magnet.web.reply import reply
from mine2magnet.web.stress_page import network

SHOWN = 30  # nodes


def risk(request: Request) -> Response:
    return reply(
        request,
        "risk.html",
        {
            "nodes": _exposures()[:SHOWN],
            "stages": chain_risk.concentrations(network()),
            "materials": chain_risk.criticality(network()),
        },
    )


@cache
def _exposures() -> list[Exposure]:
    """A linear programme for each node: some two seconds, once."""
    return exposures(network())
