"""The way in: recognises who asks, by key, by log-in or as someone on this machine, or turns them away."""

from __future__ import annotations

import ipaddress
import logging
import math
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mine2magnet.core import api_keys
from mine2magnet.core.errors import UserError
from mine2magnet.library.library import Library
from mine2magnet.model import ACCOUNT, SCOPES, Account, Key, Role
from mine2magnet.web.kit import responses
from mine2magnet.web.kit.headers import LOG_IN_COOKIE
from mine2magnet.web.kit.permissions import API_PATHS, Caller
from mine2magnet.web.kit.problems import problem
from mine2magnet.web.kit.rate_limit import RateLimiter, Share

LOG_IN, LOG_OUT, HEALTH, METRICS = "/log-in", "/log-out", "/healthz", "/metrics"
OPENID = ("/log-in/openid", "/log-in/openid/back")  # to a provider, and back from there
MODELS = (
    "/stress",
    "/separation",
    "/company",
    "/compare",
    "/flowsheet",
    "/jobs/",
)  # forms that have models run
FOR_PROGRAMS = (*API_PATHS, METRICS)
NOTED = 60.0  # s between two notes of when a key was last used
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")  # sent by proxies: who asks is elsewhere
HERE = Caller("", frozenset[str](SCOPES))  # whoever is on this machine, where that is enough

log = logging.getLogger(__name__)


class Entrance:
    """ASGI middleware: `scope["state"]["caller"]` says who asks, to all that is behind it. Only what is
    open to all may find none there."""

    def __init__(self, app: ASGIApp, library: Library) -> None:
        self._app = app
        self._store = library.store
        self._keyless = library.settings.without_key
        self._limiter = RateLimiter(library.store.rates)
        self._noted: dict[str, float] = {}  # when it was last noted that a key or log-in was used, s
        # After the answer, for another program may keep the store from being written for a while.
        self._later = ThreadPoolExecutor(1, "noting")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, state = Headers(scope=scope), scope.setdefault("state", {})
        key = shown(headers)
        token = cookie_parser(headers.get("cookie", "")).get(LOG_IN_COOKIE, "") if key is None else ""
        known: tuple[Caller, Share] | None = None
        try:
            if key is not None or token:
                known = await run_in_threadpool(self._known, key, token)
        except UserError as error:  # the store cannot be read
            await _refused(scope, 503, str(error))(scope, receive, send)
            return
        if known is not None:
            state["caller"] = known[0]
        elif key is None and self._keyless and _is_here(scope, headers):
            state["caller"] = HERE
        if _is_open(scope["path"]) or (known is None and "caller" in state):
            await self._app(scope, receive, send)
        elif known is None:
            await _unknown(scope, headers)(scope, receive, send)
        else:
            await self._let_in(*known, scope, receive, send)
            self._note(*known, token)

    def _known(self, key: str | None, token: str) -> tuple[Caller, Share] | None:
        """Who asks, and how much they may still ask."""
        if key is not None:
            found: Key | Account | None = self._store.keys.find(api_keys.fingerprint(key))
        else:
            found = self._store.sessions.find(token)
        if found is None:
            return None
        caller = Caller.of(found)
        return caller, self._limiter.share(caller.id, caller.per_minute)

    async def _let_in(self, caller: Caller, share: Share, scope: Scope, receive: Receive, send: Send) -> None:
        wait = self._limiter.take(share)
        limit = {
            "RateLimit-Policy": f'"key";q={share.per_minute};w=60',
            "RateLimit": f'"key";r={max(0, int(share.tokens))};t={math.ceil(wait)}',
        }

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(limit)
            await send(message)

        needed = _needed(scope)
        if wait:
            answer = _refused(scope, 429, f"{caller.name!r} may ask {share.per_minute} times a minute")
            answer.headers["Retry-After"] = str(math.ceil(wait))
            await answer(scope, receive, counted)
        elif needed not in caller.scopes:
            reason = f"{caller.name!r} may not {needed}; log in as one that may"
            await _refused(scope, 403, reason)(scope, receive, counted)
        else:
            await self._app(scope, receive, counted)

    def _note(self, caller: Caller, share: Share, token: str) -> None:
        """Has it noted that a key or a log-in was used, once a minute, and how much a caller has asked."""
        if self._store.read_only:
            return
        now, used = time.monotonic(), token or caller.id
        if now - self._noted.get(used, -math.inf) >= NOTED:
            self._noted[used] = now
            self._later.submit(self._used, caller, token)
        if self._limiter.due(share):
            self._later.submit(self._settle, caller, share)

    def _used(self, caller: Caller, token: str) -> None:
        try:
            if token:
                self._store.sessions.used(token)
            of = self._store.accounts if caller.owner.startswith(ACCOUNT) else self._store.keys
            of.used(caller.id)
        except UserError as error:
            log.warning("that %r asked could not be noted: %s", caller.name, error)

    def _settle(self, caller: Caller, share: Share) -> None:
        if self._limiter.due(share):  # which another may have done meanwhile
            try:
                self._limiter.settle(caller.id, share)
            except UserError as error:
                log.warning("how often %r asked could not be kept: %s", caller.name, error)


def shown(headers: Headers) -> str | None:
    """The key that a request shows, right or wrong."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return key.strip()
    return headers.get("x-api-key", "").strip() or None


def _is_open(path: str) -> bool:
    return path in (LOG_IN, *OPENID, HEALTH) or path.startswith(responses.static_path() + "/")


def _is_here(scope: Scope, headers: Headers) -> bool:
    """Return whether who asks is on this machine: a proxy is, but those it asks for may be anywhere."""
    if any(name in headers for name in FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(scope["client"][0])
    except (ValueError, TypeError):
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _needed(scope: Scope) -> Role:
    """Return the role that a page asks for; the routes of the API say themselves what they ask for."""
    path: str = scope["path"]
    if scope["method"] in ("GET", "HEAD") or path.startswith(LOG_OUT) or path.startswith(FOR_PROGRAMS):
        return "read"
    return "run" if path.startswith(MODELS) else "write"


def _unknown(scope: Scope, headers: Headers) -> Response:
    if shown(headers) is not None:
        answer = _refused(scope, 401, "this key opens nothing; `mine2magnet key create NAME` makes one")
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return answer
    request = Request(scope)
    if scope["method"] in ("GET", "HEAD") and not responses.wants_json(request) and not _for_program(scope):
        to = scope["path"] + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{LOG_IN}?to={quote(to)}", 303, {"Cache-Control": "no-store"})
    answer = _refused(scope, 401, "a key is needed; send it as Authorization: Bearer KEY")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _for_program(scope: Scope) -> bool:
    return bool(scope["path"].startswith(FOR_PROGRAMS))


def _refused(scope: Scope, status: int, reason: str) -> Response:
    if _for_program(scope) or responses.wants_json(Request(scope)):
        return Response(problem(status, reason), status, media_type="application/problem+json")
    return PlainTextResponse(f"{reason}\n", status)
