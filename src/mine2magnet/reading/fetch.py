"""Fetching over HTTP, politely and within bounds.

Redirects are followed here, each hop checked as the first address was. Every failure is a FetchError
with one line that says why.
"""

from __future__ import annotations

import email.utils
import ssl
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from types import TracebackType

import httpcore
import httpx
from protego import Protego

from mine2magnet import __version__
from mine2magnet.core.errors import UserError
from mine2magnet.reading.content import Raw
from mine2magnet.reading.guard import AddressGuard, Refused, Transport, Unknown
from mine2magnet.reading.inflate import Corrupt, TooLarge, inflate

AGENT = "mine2magnet"
USER_AGENT = f"{AGENT}/{__version__} (reads pages and feeds for one person's library)"
ROBOTS_BYTES = 512_000  # of robots.txt that are looked at; RFC 9309 asks for at least 500 KiB
LONGEST_DELAY = 30.0  # s; a longer Crawl-delay is not waited for
LONGEST_RETRY = 86_400.0  # s; a longer Retry-After is taken as this
_UNREADABLE = ("image/", "audio/", "video/", "font/", "model/")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one fetch: bytes (before and after decompression), seconds for all of it, redirects;
    `delay` is the least time between two requests to one host (s)."""

    max_bytes: int
    timeout: float
    max_redirects: int = 8
    delay: float = 1.0


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask later whether a page has changed."""

    etag: str = ""
    modified: str = ""


class FetchError(UserError):
    """The page could not be fetched. `retry_after` (s) is how long the server asks to wait, if it does;
    `lasting`: the server says that there is no such page; `answered` is the HTTP status, if there was one."""

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        retry_after: float | None = None,
        lasting: bool = False,
        status: int = 0,
    ) -> None:
        super().__init__(what, where=where, hint=hint)
        self.answered = status
        self.retry_after = retry_after
        self.lasting = lasting


class Fetcher:
    """Fetches for one run, one request at a time; use as a context manager, in one thread.

    `validators` maps a URL to what its server gave last time; `get` with `conditional` uses and renews it.
    `trusted` are services that the user's settings name, as host:port: they are asked like any program's
    interface, wherever they are and whatever they ask of crawlers.
    """

    def __init__(self, limits: Limits, allow_private: bool, trusted: Collection[str] = ()) -> None:
        self.limits = limits
        self.validators: dict[str, Validators] = {}
        self._trusted = frozenset(trusted)
        self._guard = AddressGuard(allow_private, self._trusted)
        self._transport = Transport(self._guard)
        self._robots: dict[str, Protego] = {}
        self._next: dict[str, float] = {}  # host:port → the time (monotonic) before which it is left alone

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def get(self, url: str, *, conditional: bool = False, delay: float | None = None) -> Raw | None:
        """The page at `url`; None when it has not changed since its validators were given. `delay` (s) is
        the least time to the next request to its host, where that asks for more than `limits.delay`.

        Raises FetchError.
        """
        headers = {}
        if conditional and (known := self.validators.get(url)):
            headers = {"if-none-match": known.etag, "if-modified-since": known.modified}
        target, visited = _checked(url), set[str]()
        while True:
            if str(target) in visited:
                raise FetchError("redirects in a circle", where=url)
            if len(visited) > self.limits.max_redirects:
                raise FetchError(f"redirects more than {self.limits.max_redirects} times", where=url)
            visited.add(str(target))
            self._be_polite(target, delay or 0.0)
            answer = self._exchange(target, self.limits.max_bytes, {k: v for k, v in headers.items() if v})
            if answer.status == 304 and headers:
                return None
            if answer.location is None:
                break
            target = _checked(answer.location, where=url)
        if answer.status != 200:
            raise _status_error(answer, url)
        if conditional:
            self.validators[url] = answer.validators
        return Raw(answer.body, str(target), datetime.now(UTC), answer.kind, answer.charset)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Sends `body` and gives the status of the answer, of which nothing else is read: redirects are not
        followed. Raises FetchError."""
        request = httpx.Request(
            "POST", _checked(url), headers={"user-agent": USER_AGENT, **headers}, content=body
        )
        with self._asked(request, self.limits.max_bytes) as response:
            return response.status_code

    def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the robots.txt of a page's site names. Raises FetchError."""
        return list(self._rules(_checked(url)).sitemaps)

    def _rules(self, url: httpx.URL) -> Protego:
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if origin not in self._robots:
            self._robots[origin] = self._fetch_robots(origin)
        return self._robots[origin]

    def _be_polite(self, url: httpx.URL, delay: float) -> None:
        """Keeps to robots.txt (RFC 9309) and to the pause between two requests to one host."""
        asked = 0.0
        if place(url) not in self._trusted:
            robots = self._rules(url)
            if not robots.can_fetch(str(url), AGENT):
                raise FetchError("the site's robots.txt asks not to read this page", where=str(url))
            asked = robots.crawl_delay(AGENT) or 0.0
        now, at = time.monotonic(), place(url)
        start = max(now, self._next.get(at, now))
        self._next[at] = start + max(self.limits.delay, delay, min(asked, LONGEST_DELAY))
        time.sleep(start - now)

    def _fetch_robots(self, origin: str) -> Protego:
        target = httpx.URL(f"{origin}/robots.txt")
        for _ in range(6):  # RFC 9309, 2.3.1.2: at least five redirects are followed
            answer = self._exchange(target, ROBOTS_BYTES, {}, cut=True)
            if answer.location is None:
                break
            target = _checked(answer.location, where=str(target))
        if answer.status == 429 or answer.status >= 500:
            error = _status_error(answer, str(target))
            raise FetchError(
                f"robots.txt cannot be had ({error.what}), so nothing may be read",
                where=origin,
                retry_after=error.retry_after,
            )
        text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
        return Protego.parse(text)

    def _exchange(
        self, url: httpx.URL, max_bytes: int, headers: dict[str, str], cut: bool = False
    ) -> _Answer:
        """One request and its answer; `cut` takes the first `max_bytes` of a longer one."""
        sent = {"user-agent": USER_AGENT, "accept": "*/*", "accept-encoding": "gzip, deflate", **headers}
        with self._asked(httpx.Request("GET", url, headers=sent), max_bytes) as response:
            return _answer(response, url, max_bytes, cut)

    @contextmanager
    def _asked(self, request: httpx.Request, max_bytes: int) -> Iterator[httpx.Response]:
        """The answer to one request; every failure on the way and in reading it is a FetchError."""
        where = str(request.url)
        self._guard.deadline = time.monotonic() + self.limits.timeout
        try:
            response = self._transport.handle_request(request)
            try:
                yield response
            finally:
                response.close()
        except TooLarge:
            raise FetchError(
                f"larger than {max_bytes / 1e6:g} MB", where=where, hint="--max-megabytes raises the bound"
            ) from None
        except Corrupt as error:
            raise FetchError(f"the compressed answer is damaged: {error}", where=where) from None
        except Refused as error:
            raise FetchError(str(error), where=where, hint="--allow-private reads it all the same") from None
        except Unknown as error:
            raise FetchError(str(error), where=where, hint="check the address") from None
        except (httpx.TimeoutException, httpcore.TimeoutException):
            raise FetchError(f"took longer than {self.limits.timeout:g} s", where=where) from None
        except (httpx.TransportError, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchError(_reason(error), where=where) from None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    location: str | None
    kind: str
    charset: str
    validators: Validators
    retry_after: float | None
    body: bytes


def _answer(response: httpx.Response, url: httpx.URL, max_bytes: int, cut: bool) -> _Answer:
    headers = response.headers
    location = None
    if response.status_code in (301, 302, 303, 307, 308) and "location" in headers:
        location = _joined(url, headers["location"])
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    body = b""
    if response.status_code == 200:
        if kind.startswith(_UNREADABLE):
            raise FetchError(f"is {kind}, which has no text to read", where=str(url))
        body = _body(response, max_bytes, cut)
    return _Answer(
        status=response.status_code,
        location=location,
        kind=kind,
        charset=response.charset_encoding or "",
        validators=Validators(headers.get("etag", ""), headers.get("last-modified", "")),
        retry_after=_retry_after(headers.get("retry-after", "")),
        body=body,
    )


def _body(response: httpx.Response, max_bytes: int, cut: bool) -> bytes:
    coding = response.headers.get("content-encoding", "identity").strip().lower() or "identity"
    if coding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise Corrupt(f"the coding {coding!r} was not asked for")
    raw = bytearray()
    for chunk in response.iter_raw():
        raw += chunk
        if len(raw) > max_bytes:
            if cut and coding == "identity":
                return bytes(raw[:max_bytes])
            raise TooLarge
    return bytes(raw) if coding == "identity" else inflate(bytes(raw), coding.removeprefix("x-"), max_bytes)


def place(url: httpx.URL | str) -> str:
    """Return where an address is answered from, as host:port; "" where it is no address.

    >>> place("https://News.example/a"), place("http://127.0.0.1:8888/search")
    ('news.example:443', '127.0.0.1:8888')
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return ""
    return f"{parsed.host}:{parsed.port or (443 if parsed.scheme == 'https' else 80)}" if parsed.host else ""


def _checked(url: str, where: str = "") -> httpx.URL:
    """The URL without its fragment, if it is one that may be fetched at all."""
    where = where or url
    try:
        parsed = httpx.URL(url.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"not a web address: {error}", where=where) from None
    if parsed.scheme not in ("http", "https"):
        raise FetchError(
            f"only http and https are read, not {parsed.scheme or 'an address without a scheme'}", where=where
        )
    if not parsed.host:
        raise FetchError("the address names no host", where=where)
    if parsed.userinfo:
        raise FetchError("an address with a user name or password in it is not fetched", where=parsed.host)
    return parsed


def _joined(url: httpx.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, ValueError):
        raise FetchError("redirects to something that is no web address", where=str(url)) from None


def _status_error(answer: _Answer, where: str) -> FetchError:
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "unknown status"
    return FetchError(
        f"the server answered {answer.status} {phrase}",
        where=where,
        retry_after=answer.retry_after if answer.status in (429, 503) else None,
        lasting=answer.status in (404, 410),
        status=answer.status,
    )


def _retry_after(value: str) -> float | None:
    """Seconds from a Retry-After header: a number, or a date (RFC 9110, 10.2.3)."""
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_RETRY)
    try:
        at = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY)


def _reason(error: Exception) -> str:
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the server's certificate is not valid: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"no secure connection: {cause.reason or cause}"
        if isinstance(cause, ConnectionRefusedError):
            return "the server refuses connections"
    return f"the connection failed: {error}" if str(error) else "the connection failed"
