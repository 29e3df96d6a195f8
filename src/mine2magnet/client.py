"""A client of the HTTP API: what is answered comes back as the values that the program itself works with.

from mine2magnet.client import Client

with Client("http://127.0.0.1:8000") as magnets:
    for found in magnets.search("稀土 库存", language=["zh"]):
        print(found.document.title)
        for group in magnets.digest(found.document.id).digests[0].groups:
            print(group.heading, [(p.text, p.citations) for p in group.points])
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from mine2magnet.ask.answer import Answer
from mine2magnet.chain.report.result import Result
from mine2magnet.core.schema import Input, Page
from mine2magnet.figures.groups import Figure
from mine2magnet.figures.rows import Cited
from mine2magnet.model import Match, Topic
from mine2magnet.separation.report.schema import SeparationReport
from mine2magnet.separation.study.schema import Case
from mine2magnet.web.api.schema.claims import Question
from mine2magnet.web.api.schema.documents import (
    DigestList,
    DocumentDetail,
    FoundPage,
    SearchHit,
    Text,
    TextOutcome,
    TopicGiven,
    TopicSummary,
)
from mine2magnet.web.api.schema.models import Presets, Problem, Scenarios, Status, Stress
from mine2magnet.web.api.schema.watches import (
    MarkedRead,
    Secret,
    SourceDetail,
    SourceGiven,
    Unread,
    WatchDetail,
    WatchGiven,
)

T = TypeVar("T")
TIMEOUT = httpx.Timeout(120.0, connect=10.0)  # s: a separation plant takes most of a minute


class ApiError(Exception):
    """The service answers with an error, or not at all; `problem` is what it says (status 0: nothing)."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(f"{problem.status or 'no answer'}: {problem.detail}")


class BadRequest(ApiError):
    """Something is asked for that cannot be, or has no sense (400, 405, 413, 415, 422)."""


class NotAllowed(ApiError):
    """The key is missing, wrong, or may not do this (401, 403, 421)."""


class NotHeld(ApiError):
    """What is asked for is not held (404)."""


class Exists(ApiError):
    """What is to be made is there already (409)."""


class TryLater(ApiError):
    """Asked too often, or the service is busy (429, 503); `seconds` to wait."""

    seconds: float = 10.0


_KINDS: Mapping[int, type[ApiError]] = {
    **dict.fromkeys((400, 405, 413, 415, 422), BadRequest),
    **dict.fromkeys((401, 403, 421), NotAllowed),
    404: NotHeld,
    409: Exists,
    **dict.fromkeys((429, 503), TryLater),
}


class Client:
    """One service at `url`, asked with `key` if it wants one. Lists are iterators that fetch page by page.

    Parameters given by name are those of the operation: see /api/ of the service. Raises an ApiError."""

    def __init__(self, url: str = "http://127.0.0.1:8000", key: str = "") -> None:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._http = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # --- documents

    def search(self, q: str, **narrowed: Any) -> Iterator[SearchHit]:
        """Documents that a query finds, best first; narrowed by topic, language, source, category, tag,
        since, until, order."""
        return self._pages(FoundPage, "/search", {"q": q, **narrowed})

    def documents(self, **narrowed: Any) -> Iterator[SearchHit]:
        """All documents, newest first."""
        return self._pages(FoundPage, "/documents", narrowed)

    def document(self, id: str, version: int | None = None) -> DocumentDetail:
        return self._get(DocumentDetail, f"/documents/{_part(id)}", {"version": version})

    def digest(self, id: str) -> DigestList:
        return self._get(DigestList, f"/documents/{_part(id)}/digests")

    def keep_text(self, text: Text) -> TextOutcome:
        return self._send("POST", "/documents", text, TextOutcome)

    def remove_document(self, id: str) -> None:
        self._ask("DELETE", f"/documents/{_part(id)}")

    # --- claims, figures, questions

    def claims(self, **slots: Any) -> Iterator[Cited]:
        """Claims by subject, measure, stage, material, unit, direction, modality; of a topic or document."""
        return self._pages(Page[Cited], "/claims", slots)

    def figures(self, topic: str, **slots: Any) -> Iterator[Figure]:
        return self._pages(Page[Figure], f"/topics/{_part(topic)}/figures", slots)

    def ask(self, question: str, topic: str = "", language: Any = "en") -> Answer:
        return self._send("POST", "/ask", Question(question=question, topic=topic, language=language), Answer)

    # --- topics

    def topics(self) -> Iterator[TopicSummary]:
        return self._pages(Page[TopicSummary], "/topics", {})

    def topic(self, slug: str) -> TopicSummary:
        return self._get(TopicSummary, f"/topics/{_part(slug)}")

    def topic_documents(self, slug: str, **narrowed: Any) -> Iterator[SearchHit]:
        return self._pages(FoundPage, f"/topics/{_part(slug)}/documents", narrowed)

    def new_topic(self, topic: TopicGiven) -> Topic:
        return self._send("POST", "/topics", topic, Topic)

    def put_topic(self, slug: str, topic: TopicGiven) -> Topic:
        return self._send("PUT", f"/topics/{_part(slug)}", topic, Topic)

    def remove_topic(self, slug: str) -> None:
        self._ask("DELETE", f"/topics/{_part(slug)}")

    # --- sources, watches, inbox

    def sources(self) -> Iterator[SourceDetail]:
        return self._pages(Page[SourceDetail], "/sources", {})

    def add_source(self, url: str, minutes: int | None = None) -> SourceDetail:
        return self._send("POST", "/sources", SourceGiven(url=url, minutes=minutes), SourceDetail)

    def remove_source(self, what: str) -> None:
        self._ask("DELETE", "/sources", params={"what": what})

    def watches(self) -> Iterator[WatchDetail]:
        return self._pages(Page[WatchDetail], "/watches", {})

    def watch(self, id: str) -> WatchDetail:
        return self._get(WatchDetail, f"/watches/{_part(id)}")

    def new_watch(self, watch: WatchGiven) -> WatchDetail:
        return self._send("POST", "/watches", watch, WatchDetail)

    def watch_secret(self, id: str) -> str:
        return self._get(Secret, f"/watches/{_part(id)}/secret").secret

    def remove_watch(self, id: str) -> None:
        self._ask("DELETE", f"/watches/{_part(id)}")

    def inbox(self, watch: str = "", unread: bool = False) -> Iterator[Match]:
        return self._pages(Page[Match], "/inbox", {"watch": watch, "unread": unread})

    def mark_read(self, ids: tuple[str, ...] | None = None, watch: str = "") -> int:
        """Gives how many matches are still unread."""
        return self._send("POST", "/inbox/read", MarkedRead(ids=ids, watch=watch), Unread).unread

    # --- models

    def scenarios(self) -> Scenarios:
        return self._get(Scenarios, "/scenarios")

    def stress(self, stress: Stress) -> Result:
        return self._send("POST", "/stress", stress, Result)

    def separation_presets(self) -> Presets:
        return self._get(Presets, "/separation")

    def separation(self, case: Case) -> SeparationReport:
        return self._send("POST", "/separation", case, SeparationReport)

    def status(self) -> Status:
        return self._get(Status, "/status")

    # --- how it is asked

    def _pages(self, kind: type[Page[T]], path: str, given: Mapping[str, Any]) -> Iterator[T]:
        page = self._get(kind, path, given)
        yield from page.items
        while page.next:
            page = _read(kind, self._ask("GET", page.next, whole=True))
            yield from page.items

    def _get(self, kind: type[T], path: str, given: Mapping[str, Any] | None = None) -> T:
        return _read(kind, self._ask("GET", path, params=_parameters(given or {})))

    def _send(self, method: str, path: str, body: Input, kind: type[T]) -> T:
        headers = {"Content-Type": "application/json"}
        return _read(kind, self._ask(method, path, content=msgspec.json.encode(body), headers=headers))

    def _ask(self, method: str, path: str, whole: bool = False, **how: Any) -> bytes:
        try:
            answer = self._http.request(method, path if whole else f"/api{path}", **how)
        except httpx.HTTPError as error:
            raise ApiError(Problem("", 0, str(error) or type(error).__name__)) from error
        if answer.is_success:
            return answer.content
        raise _error(answer)


def _part(text: str) -> str:
    """A name as one part of a path."""
    return quote(text, safe="")


def _parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is not given is left out; dates as the API writes them."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in given.items()
        if value not in (None, "")
    }


def _read(kind: type[T], body: bytes) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        said = f"not what this client knows: {error}"
        raise ApiError(Problem("", 0, said, hint="use a client of the service's version")) from error


def _error(answer: httpx.Response) -> ApiError:
    try:
        problem = msgspec.json.decode(answer.content, type=Problem)
    except msgspec.DecodeError:  # of a proxy on the way
        problem = Problem(answer.reason_phrase, answer.status_code, answer.text[:200])
    error = _KINDS.get(answer.status_code, ApiError)(problem)
    if isinstance(error, TryLater) and (wait := answer.headers.get("Retry-After", "")).isdecimal():
        error.seconds = float(wait)
    return error
