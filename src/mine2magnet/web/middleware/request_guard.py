"""What guards the pages and the API: by which names they are reached, what may be sent, and what a browser
may do with the answer.

On this machine nobody is asked for a key, and elsewhere a cookie stands for one. So no other site may act
through the reader's browser: by a name that resolves here (DNS rebinding), by a form or script that posts
here (cross-site request forgery), or by script in a document that was read.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import time
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mine2magnet.core.errors import TooLong, TooSlow
from mine2magnet.core.settings import Settings
from mine2magnet.web.kit.headers import HEADERS, HSTS, cookie
from mine2magnet.web.kit.permissions import API_PATHS
from mine2magnet.web.kit.problems import problem

# Cookies are shared by all ports of a host, hence the prefix.
COOKIE = (
    "mine2magnet-session"  # SameSite=Strict: a browser sends it only with requests made from our own pages
)
MAX_BODY = 64 * 1024  # bytes; the longest form, a topic's queries, is far shorter
MAX_JSON = 1_000_000  # bytes of what a program sends
MAX_UPLOAD = 32_000_000  # bytes of the files that a program, or a form, sends (multipart/form-data)
FILES = ("/files", "/company", "/sources/opml")  # where a form sends them to
BODY_SECONDS = 30  # for a body to come in …
SLOWEST = 64_000  # … and one more for each so many bytes that it may have: half a megabit a second
# A name or address and a port, nothing else that an address may have (RFC 9110, 7.2).
_HOST = re.compile(r"(?:(?P<name>[\w.-]+)|\[(?P<v6>[0-9A-Fa-f:.]+)\])(?::\d{1,5})?", re.ASCII)
FORM_TYPES = ("text/plain", "application/x-www-form-urlencoded", "")  # that any site may send unasked


class RequestGuard:
    """ASGI middleware: refuses what must not come in, and sends HEADERS with all that goes out."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._host = settings.host
        self._loopback = settings.loopback
        self._headers = HEADERS | (HSTS if settings.tls_certificate else {})
        self._names = {"localhost", settings.host} | {n.strip().lower() for n in settings.hosts.split(",")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        for_programs = scope["path"].startswith(API_PATHS)
        visited = for_programs or COOKIE in cookie_parser(headers.get("cookie", ""))

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    sent.setdefault(name, value)
                if not visited:
                    sent.append("Set-Cookie", cookie(scope, COOKIE, secrets.token_urlsafe(16)))
            await send(message)

        refusal = self._stranger(headers)
        most = MAX_BODY
        if for_programs:
            most = MAX_UPLOAD if _type(headers) == "multipart/form-data" else MAX_JSON
            refusal = refusal or _of_program(headers, most)
        elif scope["method"] not in ("GET", "HEAD"):
            most = MAX_UPLOAD if scope["path"] in FILES else MAX_BODY
            refusal = refusal or _of_form(headers, visited, most)
        if refusal is None:
            await self._app(scope, bounded(receive, most, BODY_SECONDS + most / SLOWEST), guarded)
            return
        status, reason = refusal
        if for_programs:
            answer = Response(problem(status, reason), status, media_type="application/problem+json")
        else:
            answer = PlainTextResponse(f"{reason}\n", status)
        await answer(scope, receive, guarded)

    def _stranger(self, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if self._is_ours(host):
            return None
        return 421, f"this is not {host!r}: use {self._host}, or name it in the setting hosts"

    def _is_ours(self, host: str) -> bool:
        written = _HOST.fullmatch(host)
        if written is None:
            return False
        name = (written["name"] or written["v6"]).lower()
        if name in self._names:
            return bool(name)
        try:  # nobody can make an address, unlike a name, resolve to another
            return ipaddress.ip_address(name).is_loopback or not self._loopback
        except ValueError:
            return False


def _of_form(headers: Headers, visited: bool, most: int) -> tuple[int, str] | None:
    """Why a page's form is refused, if it is: it must come from one of our own pages."""
    if "content-length" not in headers:
        return 411, "say how long the body is (Content-Length)"
    if _too_long(headers, most):
        return 413, f"the body is longer than {most} bytes"
    if _other_site(headers, ("same-origin",)):
        return 403, "another site may not change anything here"
    if not visited:
        return 403, "open the page first: its cookie shows that a change comes from there"
    return None


def _of_program(headers: Headers, most: int) -> tuple[int, str] | None:
    """Why a program's request is refused, if it is: a browser may be running another site's script."""
    if _other_site(headers, ("same-origin", "none")):
        return 403, "another site may not ask from a browser"
    if _too_long(headers, most):
        return 413, f"the body is longer than {most} bytes"
    sends = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if sends and _type(headers) in FORM_TYPES:
        return 415, "send JSON, and say so (Content-Type: application/json)"
    return None


def _other_site(headers: Headers, ours: tuple[str, ...]) -> bool:
    if headers.get("sec-fetch-site", "same-origin") not in ours:
        return True
    return "origin" in headers and urlsplit(headers["origin"]).netloc != headers.get("host")


def _too_long(headers: Headers, most: int) -> bool:
    length = headers.get("content-length", "0")
    return not length.isdecimal() or int(length) > most


def _type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def bounded(receive: Receive, most: int, seconds: float) -> Receive:
    """`receive` for a body of at most so many bytes, all of it within so many seconds from now."""
    end = time.monotonic() + seconds
    left, whole = most, False

    async def receive_bounded() -> Message:
        nonlocal left, whole
        if whole:  # only the client's going away is left to be told
            return await receive()
        try:
            with anyio.fail_after(max(0.0, end - time.monotonic())):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow(f"the body did not come within {seconds:.0f} seconds") from error
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLong(f"the body is longer than {most} bytes")
        whole = not message.get("more_body", False)
        return message

    return receive_bounded
