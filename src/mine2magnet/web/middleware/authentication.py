"""The way in: recognises who asks, by key, by log-in or as someone on this machine, or turns them away."""

from __future__ import annotations

import ipaddress
import logging
import math
import time
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mine2magnet.core import api_keys
from mine2magnet.core.api_keys import Bucket
from mine2magnet.core.errors import UserError
from mine2magnet.library.library import Library
from mine2magnet.model import SCOPES, Key
from mine2magnet.web.kit import responses, sessions
from mine2magnet.web.kit.permissions import API_PATHS, Caller
from mine2magnet.web.kit.problems import problem

LOG_IN, LOG_OUT, HEALTH, METRICS = "/log-in", "/log-out", "/healthz", "/metrics"
MODELS = ("/stress", "/separation", "/jobs/")  # forms that change nothing but what is being computed
FOR_PROGRAMS = (*API_PATHS, METRICS)
NOTED = 60.0  # s between two notes of when a key was last used
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")  # sent by proxies: who asks is elsewhere
HERE = Caller("", frozenset(SCOPES))  # whoever is on this machine, where that is enough

log = logging.getLogger(__name__)


class Entrance:
    """ASGI middleware: `scope["state"]["caller"]` says who asks, to all that is behind it. Only what is
    open to all may find none there."""

    def __init__(self, app: ASGIApp, library: Library, logged_in: sessions.Sessions) -> None:
        self._app = app
        self._keys = library.store.keys
        self._keyless = library.settings.without_key
        self._sessions = logged_in
        self._buckets: dict[str, Bucket] = {}  # by fingerprint, as the next
        self._noted: dict[str, float] = {}  # when it was last noted that the key was used, s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, state = Headers(scope=scope), scope.setdefault("state", {})
        try:
            key = await self._key(headers)
        except UserError as error:  # the store cannot be read
            await _refused(scope, 503, str(error))(scope, receive, send)
            return
        if key is not None:
            state["caller"] = Caller(key.name, key.scopes)
        elif shown(headers) is None and self._keyless and _is_here(scope, headers):
            state["caller"] = HERE
        if _is_open(scope["path"]) or (key is None and "caller" in state):
            await self._app(scope, receive, send)
        elif key is None:
            await _unknown(scope, headers)(scope, receive, send)
        else:
            await self._let_in(key, scope, receive, send)
            await self._note(key)

    async def _let_in(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        bucket = self._bucket(key)
        wait = bucket.take()
        limit = {
            "RateLimit-Policy": f'"key";q={bucket.per_minute};w=60',
            "RateLimit": f'"key";r={int(bucket.tokens)};t={math.ceil(wait)}',
        }

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(limit)
            await send(message)

        if wait:
            answer = _refused(scope, 429, f"the key {key.name!r} may ask {key.per_minute} times a minute")
            answer.headers["Retry-After"] = str(math.ceil(wait))
            await answer(scope, receive, counted)
        elif not _may(key, scope):
            reason = f"the key {key.name!r} may not write; log in with one that may"
            await _refused(scope, 403, reason)(scope, receive, counted)
        else:
            await self._app(scope, receive, counted)

    async def _key(self, headers: Headers) -> Key | None:
        if (given := shown(headers)) is not None:
            fingerprint: str | None = api_keys.fingerprint(given)
        else:
            token = cookie_parser(headers.get("cookie", "")).get(sessions.COOKIE, "")
            fingerprint = self._sessions.fingerprint(token)
        return await run_in_threadpool(self._keys.find, fingerprint) if fingerprint else None

    def _bucket(self, key: Key) -> Bucket:
        held = self._buckets.get(key.fingerprint)
        if held is None or held.per_minute != key.per_minute:
            held = self._buckets[key.fingerprint] = Bucket.full(key.per_minute)
        return held

    async def _note(self, key: Key) -> None:
        """After the answer, for another program may keep the store from being written for a while."""
        now = time.monotonic()
        if now - self._noted.get(key.fingerprint, -math.inf) < NOTED:
            return
        self._noted[key.fingerprint] = now
        try:
            await run_in_threadpool(self._keys.used, key.fingerprint)
        except UserError as error:
            log.warning("the use of the key %r could not be noted: %s", key.name, error)


def shown(headers: Headers) -> str | None:
    """The key that a request shows, right or wrong."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return key.strip()
    return headers.get("x-api-key", "").strip() or None


def _is_open(path: str) -> bool:
    return path in (LOG_IN, HEALTH) or path.startswith(responses.static_path() + "/")


def _is_here(scope: Scope, headers: Headers) -> bool:
    """Whether who asks is on this machine: a proxy is, but those it asks for may be anywhere."""
    if any(name in headers for name in FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(scope["client"][0])
    except (ValueError, TypeError):
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _may(key: Key, scope: Scope) -> bool:
    """Whether the key is good for a page's form; the routes of the API say themselves what they ask for."""
    asks = scope["method"] in ("GET", "HEAD") or scope["path"] == LOG_OUT
    asks = asks or scope["path"].startswith(MODELS)
    return asks or scope["path"].startswith(FOR_PROGRAMS) or "write" in key.scopes


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
