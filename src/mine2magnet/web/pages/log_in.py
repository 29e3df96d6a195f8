"""Logging in with a key or by an OpenID provider, where the pages need that, and out again."""

from __future__ import annotations

import threading
import time
from urllib.parse import urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.core import api_keys, openid
from mine2magnet.core.errors import UserError
from mine2magnet.core.openid import Handshake, Provider
from mine2magnet.core.settings import Settings
from mine2magnet.model import Account, Actor, Key
from mine2magnet.store.sessions import LONGEST, LONGEST_OF_ACCOUNT
from mine2magnet.web.kit.headers import LOG_IN_COOKIE, cookie
from mine2magnet.web.kit.permissions import Caller, actor
from mine2magnet.web.kit.responses import library, reply, translator

BACK = "/log-in/openid/back"  # where the provider sends people to
BEGUN = 600  # s that a log-in by a provider may take
NOTED = 60  # failed log-ins that are put into the audit log in a minute: nobody fills a disk with them


class Begun(msgspec.Struct, frozen=True):
    """A log-in by a provider that has begun, as its browser keeps it, and where it leads."""

    handshake: Handshake
    to: str


class LogIns:
    """What the log-in page of one application keeps: its provider, and how many log-ins failed lately."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._provider: tuple[Settings, Provider] | None = None
        self._minute, self._failed = 0, 0

    def provider(self, settings: Settings) -> Provider | None:
        """The provider that the settings name, if they do."""
        if not settings.oidc_issuer:
            return None
        with self._lock:
            if self._provider is None or self._provider[0] != settings:
                openid.check(settings)
                self._provider = (settings, Provider(settings))
            return self._provider[1]

    def noted(self) -> bool:
        """Count a failed log-in and return whether it is noted: only so many are in a minute."""
        minute = int(time.monotonic() // 60)
        with self._lock:
            self._minute, self._failed = minute, (self._failed if minute == self._minute else 0) + 1
            return self._failed <= NOTED


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
        _failed(request)
        return _form(request, to, t("error.key"))
    try:
        return _entered(request, found, RedirectResponse(to, 303))
    except UserError as error:
        return _form(request, to, t.error(error))


def to_provider(request: Request) -> Response:
    """Send the browser to the provider; it keeps what it must come back with."""
    t, to = translator(request), _local(request.query_params.get("to", ""))
    handshake = Handshake.new()
    try:
        provider = _log_ins(request).provider(library(request).settings)
        if provider is None:
            raise UserError("no OpenID provider is set", where="oidc_issuer")
        place = provider.address(handshake, _back(request))
    except UserError as error:
        return _form(request, to, t.error(error))
    answer = RedirectResponse(place, 303, {"Cache-Control": "no-store"})
    kept = msgspec.json.encode(Begun(handshake, to)).hex()
    answer.headers["Set-Cookie"] = cookie(request.scope, _begun(request), kept, seconds=BEGUN, strict=False)
    return answer


def from_provider(request: Request) -> Response:
    """Who comes back from the provider, and may come in, has logged in."""
    held, t, to = library(request), translator(request), "/"
    try:
        provider = _log_ins(request).provider(held.settings)
        begun = _kept(request)
        if provider is None or begun is None:
            raise UserError("the log-in was not begun here, or too long ago", hint="log in again")
        to = _local(begun.to)
        found = provider.identity(begun.handshake, request.query_params, _back(request))
        account = held.store.accounts.put(found.issuer, found.subject, found.name, found.role)
        # A page of ours, for a browser that comes from another site would not send the cookie on at once.
        answer = _entered(request, account, reply(request, "logged_in.html", {"to": to}))
    except UserError as error:
        _failed(request, error.what)
        answer = _form(request, to, t.error(error))
    answer.headers.append("Set-Cookie", cookie(request.scope, _begun(request), "", seconds=0, strict=False))
    return answer


def leave(request: Request) -> Response:
    return _left(request, everywhere=False)


def leave_everywhere(request: Request) -> Response:
    """End all log-ins of who asks, on every device."""
    return _left(request, everywhere=True)


def _left(request: Request, *, everywhere: bool) -> Response:
    store, token = library(request).store, request.cookies.get(LOG_IN_COOKIE, "")
    known = store.sessions.find(token)
    if known is not None:
        store.sessions.end_all(known) if everywhere else store.sessions.end(token)
        store.audit.record(actor(request), "log-out.everywhere" if everywhere else "log-out")
    answer = RedirectResponse("/log-in", 303)
    answer.headers["Set-Cookie"] = cookie(request.scope, LOG_IN_COOKIE, "", seconds=0)
    return answer


def _entered(request: Request, known: Key | Account, answer: Response) -> Response:
    """The answer, with a new log-in."""
    store, caller = library(request).store, Caller.of(known)
    token = store.sessions.begin(known)
    store.audit.record(Actor(caller.owner, caller.name, address=actor(request).address), "log-in")
    longest = LONGEST if isinstance(known, Key) else LONGEST_OF_ACCOUNT
    seconds = int(longest.total_seconds())
    answer.headers.append("Set-Cookie", cookie(request.scope, LOG_IN_COOKIE, token, seconds=seconds))
    return answer


def _failed(request: Request, why: str = "") -> None:
    if _log_ins(request).noted():
        library(request).store.audit.record(actor(request), "log-in.failed", detail=why)


def _form(request: Request, to: str, error: str = "") -> Response:
    """A page of its own: who has not logged in is shown nothing of the library."""
    try:
        provider = _log_ins(request).provider(library(request).settings)
    except UserError:  # the settings are wrong, which is told who sets them
        provider = None
    status = 401 if error else 200
    by = (
        {"provider": provider.name, "provider_path": f"/log-in/openid?{urlencode({'to': to})}"}
        if provider
        else {}
    )
    shown = {"to": to, "read_only": library(request).store.read_only, "provider": ""} | by
    return reply(request, "log_in.html", {"error": error}, status=status, **shown)


def _back(request: Request) -> str:
    return str(request.base_url).rstrip("/") + BACK


def _begun(request: Request) -> str:
    """The name of the cookie; by https one that no other host of the same domain can set."""
    return ("__Host-" if request.url.scheme == "https" else "") + "mine2magnet-openid"


def _kept(request: Request) -> Begun | None:
    try:
        return msgspec.json.decode(bytes.fromhex(request.cookies.get(_begun(request), "")), type=Begun)
    except (ValueError, msgspec.DecodeError):
        return None


def _log_ins(request: Request) -> LogIns:
    held: LogIns = request.app.state.log_ins
    return held


def _local(to: str) -> str:
    """An address of ours. One that begins with two slashes would be another host's.

    >>> _local("/topics?q=a"), _local("https://example.com/"), _local("//example.com"), _local("javascript:1")
    ('/topics?q=a', '/', '/', '/')
    """
    local = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if local else "/"
