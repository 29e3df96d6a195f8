"""Each request counted, timed and, if asked for, logged as one line of JSON; no query, no key, no body."""

from __future__ import annotations

import json
import logging
import re
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mine2magnet.web.middleware.metrics import Metrics

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ID = re.compile(r"[A-Za-z0-9._-]{1,64}")  # a request's id that a proxy may have given it

log = logging.getLogger("mine2magnet.access")


class Observed:
    """ASGI middleware around all others."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        id = given if ID.fullmatch(given) else uuid4().hex
        status = 500  # that of an error that nobody answers here
        began, ended = time.perf_counter(), 0.0

        async def observed(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = id
            await send(message)
            ended = time.perf_counter()

        try:
            with self._metrics.running.track_inprogress():
                await self._app(scope, receive, observed)
        finally:
            seconds = (ended or time.perf_counter()) - began
            method = scope["method"] if scope["method"] in METHODS else "other"
            route = template(scope)
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(seconds)
            if log.isEnabledFor(logging.INFO):
                log.info(_line(scope, id, method, route, status, seconds))


def template(scope: Scope) -> str:
    """The route that answered, with its parameters' names, so that there are but so many; "" if none."""
    route = scope.get("route")
    if isinstance(route, Mount):
        return "/static" if route.name == "static" else route.path
    prefix = scope.get("root_path", "").removeprefix(scope.get("app_root_path", ""))
    return "" if route is None else prefix + str(getattr(route, "path", ""))


def _line(scope: Scope, id: str, method: str, route: str, status: int, seconds: float) -> str:
    caller = scope.get("state", {}).get("caller")
    entry: dict[str, Any] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "request": id,
        "caller": caller.name if caller else None,  # "" is someone on this machine without a key
        "client": scope["client"][0] if scope.get("client") else None,
        "method": method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    return json.dumps(entry, ensure_ascii=False)
