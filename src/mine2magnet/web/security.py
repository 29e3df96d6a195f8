"""What guards the page: who may ask, what may be sent, and what a browser may do with the answer.

The page has no log-in; it trusts whoever can reach a loopback address. So it must make sure that no
other site does so through the reader's browser: by a name that resolves here (DNS rebinding), by a
form that posts here (cross-site request forgery), or by script in a document that was read.
"""

from __future__ import annotations

import ipaddress
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Cookies are shared by all ports of a host, hence the prefix.
COOKIE = (
    "mine2magnet-session"  # SameSite=Strict: a browser sends it only with requests made from our own pages
)
MAX_BODY = 64 * 1024  # bytes; the longest form, a topic's queries, is far shorter
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers blank the Origin that we check
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware: refuses what must not come in, and sends HEADERS with all that goes out."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        visited = COOKIE in cookie_parser(headers.get("cookie", ""))

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    sent.setdefault(name, value)
                if not visited:
                    cookie = f"{COOKIE}={secrets.token_urlsafe(16)}; Path=/; HttpOnly; SameSite=Strict"
                    sent.append("Set-Cookie", cookie)
            await send(message)

        refusal = self._refusal(scope["method"], headers, visited)
        if refusal is not None:
            status, reason = refusal
            await PlainTextResponse(f"{reason}\n", status)(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)

    def _refusal(self, method: str, headers: Headers, visited: bool) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not self._is_ours(host):
            return 421, f"this page is not at {host!r}: use http://{self._host}"
        if method in ("GET", "HEAD"):
            return None
        if "content-length" not in headers:
            return 411, "say how long the body is (Content-Length)"
        if not headers["content-length"].isdecimal() or int(headers["content-length"]) > MAX_BODY:
            return 413, f"the body is longer than {MAX_BODY} bytes"
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return 403, "another site may not change anything here"
        if "origin" in headers and urlsplit(headers["origin"]).netloc != host:
            return 403, "another site may not change anything here"
        if not visited:
            return 403, "open the page first: its cookie shows that a change comes from there"
        return None

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in ("localhost", self._host):
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False
