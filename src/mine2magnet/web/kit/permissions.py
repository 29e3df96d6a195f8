"""Who asks the API, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from mine2magnet.core.errors import Forbidden

API_PATHS = ("/api/", "/v1/", "/v2/")  # asked by programs with a key; the other paths are pages


@dataclass(frozen=True, slots=True)
class Caller:
    """The name of a key, or "" for whoever may come without one; `scopes` are of SCOPES."""

    name: str
    scopes: frozenset[str]


def require(request: Request, scope: str) -> Caller:
    """Who asks, if they may do what `scope` says; the way in has recognised them."""
    caller: Caller = request.state.caller
    if scope not in caller.scopes:
        raise Forbidden(
            f"the key {caller.name!r} may not {scope}",
            where="Authorization",
            hint=f"use one that may: mine2magnet key create NAME --scope {scope}",
        )
    return caller
