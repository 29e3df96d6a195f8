"""Request targets in absolute form, `GET http://host/path`, as proxies write them and every server takes them
(RFC 9112, 3.2.2): made into the usual form, with the host in place of the header's."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

_ABSOLUTE = re.compile(rb"https?://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


class OriginForm:
    """ASGI middleware around all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (absolute := _ABSOLUTE.fullmatch(scope.get("raw_path") or b"")):
            host, raw_path = absolute.groups()
            path = re.sub(r"https?://[^/]*", "", scope["path"], count=1, flags=re.IGNORECASE)
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope = {
                **scope,
                "raw_path": raw_path or b"/",
                "path": path or "/",
                "headers": [(b"host", host), *others],
            }
        await self._app(scope, receive, send)
