"""Logging in with a key, where the pages need one, and out again."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.core import api_keys
from mine2magnet.web.kit import sessions
from mine2magnet.web.kit.headers import cookie
from mine2magnet.web.kit.responses import library, reply, translator


def form(request: Request) -> Response:
    return _form(request, _local(request.query_params.get("to", "")))


async def enter(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=5) as given:
        key, to = str(given.get("key", "")).strip(), _local(str(given.get("to", "")))
    return await run_in_threadpool(_enter, request, key, to)


def _enter(request: Request, key: str, to: str) -> Response:
    t = translator(request)
    found = library(request).store.keys.find(api_keys.fingerprint(key))
    if found is None:
        return _form(request, to, t("error.key"))
    logged_in: sessions.Sessions = request.app.state.sessions
    token = logged_in.begin(found.fingerprint)
    answer = RedirectResponse(to, 303)
    answer.headers["Set-Cookie"] = cookie(request.scope, sessions.COOKIE, token, seconds=sessions.LONGEST)
    return answer


def leave(request: Request) -> Response:
    logged_in: sessions.Sessions = request.app.state.sessions
    logged_in.end(request.cookies.get(sessions.COOKIE, ""))
    answer = RedirectResponse("/log-in", 303)
    answer.headers["Set-Cookie"] = cookie(request.scope, sessions.COOKIE, "", seconds=0)
    return answer


def _form(request: Request, to: str, error: str = "") -> Response:
    """A page of its own: who has not logged in is shown nothing of the library."""
    return reply(request, "log_in.html", {"error": error}, status=401 if error else 200, to=to)


def _local(to: str) -> str:
    """An address of ours. One that begins with two slashes would be another host's.

    >>> _local("/topics?q=a"), _local("https://example.com/"), _local("//example.com"), _local("javascript:1")
    ('/topics?q=a', '/', '/', '/')
    """
    local = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if local else "/"
