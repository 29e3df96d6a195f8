"""Who asks the API, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from mine2magnet.core.api_keys import PER_MINUTE, allowed
from mine2magnet.core.errors import Forbidden
from mine2magnet.model import Account, Actor, Key

API_PATHS = ("/api/", "/v1/", "/v2/")  # asked by programs with a key; the other paths are pages


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks by a key or an account, or, with the name "", whoever may come without one. What is theirs is
    kept under `owner`; `scopes` are of SCOPES; `id` names the bucket that their requests are counted in."""

    name: str
    scopes: frozenset[str]
    owner: str = ""
    id: str = ""
    per_minute: int = PER_MINUTE

    @classmethod
    def of(cls, known: Key | Account) -> Caller:
        if isinstance(known, Key):
            return cls(known.name, known.scopes, known.name, known.fingerprint, known.per_minute)
        return cls(known.name, allowed([known.role]), known.owner, known.id)


NOBODY = Caller("", frozenset())


def actor(request: Request) -> Actor:
    """Who asks, as the store knows them."""
    caller: Caller = getattr(request.state, "caller", NOBODY)
    address = request.client.host if request.client else ""
    return Actor(caller.owner, caller.name, "admin" in caller.scopes, address)


def require(request: Request, scope: str) -> Caller:
    """Who asks, if they may do what `scope` says; the way in has recognised them."""
    caller: Caller = request.state.caller
    if scope not in caller.scopes:
        raise Forbidden(
            f"{caller.name!r} may not {scope}",
            where="Authorization",
            hint=f"use a key that may: mine2magnet key create NAME --scope {scope}",
        )
    return caller
