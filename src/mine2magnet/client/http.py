"""A client of the HTTP API: what is answered comes back as the values that the program itself works with.

from mine2magnet.client import Client

with Client("http://127.0.0.1:8000") as magnets:
    for found in magnets.search("稀土 库存", language=["zh"]):
        print(found.document.title)
        for group in magnets.digest(found.document.id).digests[0].groups:
            print(group.heading, [(p.text, p.citations) for p in group.points])
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from mine2magnet.ask.answer import Answer
from mine2magnet.bridges.stress import StressComparison, StressTest
from mine2magnet.chain.io.company_request import CompanyRequest
from mine2magnet.chain.report.company import CompanyReport
from mine2magnet.chain.report.comparison import ComparisonReport
from mine2magnet.chain.report.result import Result
from mine2magnet.core.schema import Input, Page
from mine2magnet.figures.groups import Figure
from mine2magnet.figures.rows import Cited
from mine2magnet.model import (
    AuditEntry,
    AuditFilter,
    Correction,
    CorrectionRequest,
    DiscoverRequest,
    Language,
    Match,
    Question,
    SourceRequest,
    Topic,
    TopicRequest,
    WatchRequest,
)
from mine2magnet.separation.report.flowsheet_schema import FlowsheetReport
from mine2magnet.separation.report.schema import CalibrationReport, SeparationReport
from mine2magnet.separation.study.flowsheet_schema import FlowsheetCase
from mine2magnet.separation.study.schema import CalibrationRequest, Case
from mine2magnet.web.api.schema.documents import (
    DigestList,
    DocumentDetail,
    FoundPage,
    SearchHit,
    Text,
    TextOutcome,
    TopicSummary,
)
from mine2magnet.web.api.schema.jobs import JobDetail
from mine2magnet.web.api.schema.models import Presets, Problem, Scenarios, Status
from mine2magnet.web.api.schema.searches import TopicBrief, TopicSearchDetail
from mine2magnet.web.api.schema.watches import (
    MarkedRead,
    Secret,
    Sharing,
    SourceDetail,
    Unread,
    WatchDetail,
)

T = TypeVar("T")
Progress = Callable[[JobDetail], object]
TIMEOUT = httpx.Timeout(120.0, connect=10.0)  # s
PAUSE = 0.5  # s between two questions how far a run is


def _silent(_: JobDetail) -> None:
    pass


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
    """What is to be made is there already, or what is to be ended has ended (409)."""


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
    """A client of one service; a context manager. Lists are iterators that fetch page by page.

    Parameters
    ----------
    url : str
        Of the service, without /api.
    key : str
        An API key, if the service wants one.
    """

    def __init__(self, url: str = "http://127.0.0.1:8000", key: str = "") -> None:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._http = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # --- documents

    def search(self, q: str, **narrowed: Any) -> Iterator[SearchHit]:
        """Search the documents with one query in all languages.

        Parameters
        ----------
        q : str
            Words, phrases and operators; see `mine2magnet.model.fields.Query`.
        **narrowed
            `topic` (a slug), `order` ("best" or "newest"), `loose` (whether quotes and operators are words as
            well), `limit` (documents fetched at a time), and the fields of
            `mine2magnet.model.DocumentFilter`.

        Returns
        -------
        iterator of SearchHit
            Best first, fetched page by page.

        Raises
        ------
        ApiError
        """
        return self._pages(FoundPage, "/search", {"q": q, **narrowed})

    def documents(self, **narrowed: Any) -> Iterator[SearchHit]:
        """List the documents.

        Parameters
        ----------
        **narrowed
            `limit` and the fields of `mine2magnet.model.DocumentFilter`.

        Returns
        -------
        iterator of SearchHit
            Newest first, fetched page by page.

        Raises
        ------
        ApiError
        """
        return self._pages(FoundPage, "/documents", narrowed)

    def document(self, id: str, version: int | None = None) -> DocumentDetail:
        """Get a document with its paragraphs.

        Parameters
        ----------
        id : str
        version : int, optional
            From 1; the current one if it is not given.

        Returns
        -------
        DocumentDetail

        Raises
        ------
        NotHeld
            If there is no such document or version.
        """
        return self._get(DocumentDetail, f"/documents/{_part(id)}", {"version": version})

    def digest(self, id: str) -> DigestList:
        """Get the digests of a document; one is made if there is none.

        Parameters
        ----------
        id : str

        Returns
        -------
        DigestList
            Citations are numbers of paragraphs, from 1.

        Raises
        ------
        NotHeld
            If there is no such document.
        """
        return self._get(DigestList, f"/documents/{_part(id)}/digests")

    def keep_text(self, text: Text) -> TextOutcome:
        """Keep a text as a document, or as a new version of the one of its address.

        Parameters
        ----------
        text : Text

        Returns
        -------
        TextOutcome
            The document's id, and what became of the text.

        Raises
        ------
        BadRequest
            If a field is out of its limits.
        """
        return self._send("POST", "/documents", text, TextOutcome)

    def remove_document(self, id: str) -> None:
        """Remove a document with all its versions.

        Parameters
        ----------
        id : str

        Raises
        ------
        NotHeld
            If there is no such document.
        """
        self._ask("DELETE", f"/documents/{_part(id)}")

    # --- claims, figures, questions

    def claims(self, **slots: Any) -> Iterator[Cited]:
        """Find claims, each with its sentence.

        Parameters
        ----------
        **slots
            `topic` (a slug) or `document` (an id), `limit`, and the fields of
            `mine2magnet.model.ClaimFilter`.

        Returns
        -------
        iterator of Cited
            Those published last first, fetched page by page.

        Raises
        ------
        ApiError
        """
        return self._pages(Page[Cited], "/claims", slots)

    def correct(self, correction: CorrectionRequest) -> Correction:
        """Correct one slot of a claim, or say that all of it is right or wrong.

        Parameters
        ----------
        correction : CorrectionRequest
            Document, paragraph and characters are those of the claim.

        Returns
        -------
        Correction
            As it is kept, with its id.

        Raises
        ------
        NotHeld
            If no claim has these characters.
        BadRequest
            If the slot cannot hold the value.
        """
        return self._send("POST", "/claims/corrections", correction, Correction)

    def corrections(self, **which: Any) -> Iterator[Correction]:
        """List what people have corrected.

        Parameters
        ----------
        **which
            `document` (an id), `limit`.

        Returns
        -------
        iterator of Correction
            The latest first, fetched page by page.

        Raises
        ------
        ApiError
        """
        return self._pages(Page[Correction], "/claims/corrections", which)

    def undo_correction(self, id: str) -> None:
        """Take a correction back: what was read stands again.

        Parameters
        ----------
        id : str

        Raises
        ------
        NotHeld
            If there is no such correction.
        """
        self._ask("DELETE", f"/claims/corrections/{_part(id)}")

    def figures(self, topic: str, **slots: Any) -> Iterator[Figure]:
        """List a topic's figures: claims about the same thing together, in one unit.

        Parameters
        ----------
        topic : str
            Its slug.
        **slots
            `single` (also those with one claim alone), `limit`, and the fields of
            `mine2magnet.model.ClaimFilter`.

        Returns
        -------
        iterator of Figure
            Those with conflicts first, fetched page by page.

        Raises
        ------
        NotHeld
            If there is no such topic.
        """
        return self._pages(Page[Figure], f"/topics/{_part(topic)}/figures", slots)

    def ask(self, question: str, topic: str = "", language: Language = "en") -> Answer:
        """Answer a question from what has been read, with citations.

        Parameters
        ----------
        question : str
            At most 500 characters.
        topic : str
            Answer only from this topic (its slug).
        language : {"en", "zh", "ja"}
            Of what a model writes; passages stay as they are.

        Returns
        -------
        Answer
            Its `sources` and `claims` name document and paragraph.

        Raises
        ------
        BadRequest
            If the question is empty or too long.
        NotHeld
            If there is no such topic.
        """
        return self._send("POST", "/ask", Question(question=question, topic=topic, language=language), Answer)

    # --- topics

    def topics(self) -> Iterator[TopicSummary]:
        """List the topics.

        Returns
        -------
        iterator of TopicSummary
            Each with how many documents it holds, fetched page by page.

        Raises
        ------
        ApiError
        """
        return self._pages(Page[TopicSummary], "/topics", {})

    def topic(self, slug: str) -> TopicSummary:
        """Get a topic.

        Parameters
        ----------
        slug : str

        Returns
        -------
        TopicSummary

        Raises
        ------
        NotHeld
            If there is no such topic.
        """
        return self._get(TopicSummary, f"/topics/{_part(slug)}")

    def topic_documents(self, slug: str, **narrowed: Any) -> Iterator[SearchHit]:
        """List or search the documents of a topic.

        Parameters
        ----------
        slug : str
        **narrowed
            `q` (a query), `loose`, `limit`, and the fields of `mine2magnet.model.DocumentFilter`.

        Returns
        -------
        iterator of SearchHit
            Newest first, with a query best first, fetched page by page.

        Raises
        ------
        NotHeld
            If there is no such topic.
        """
        return self._pages(FoundPage, f"/topics/{_part(slug)}/documents", narrowed)

    def new_topic(self, topic: TopicRequest) -> Topic:
        """Make a topic; its slug is made of its name.

        Parameters
        ----------
        topic : TopicRequest

        Returns
        -------
        Topic

        Raises
        ------
        Exists
            If there is a topic of this name.
        BadRequest
            If it has neither queries nor tags, or one of them cannot be read.
        """
        return self._send("POST", "/topics", topic, Topic)

    def put_topic(self, slug: str, topic: TopicRequest) -> Topic:
        """Change a topic, or make one of this slug.

        Parameters
        ----------
        slug : str
        topic : TopicRequest
            The whole of it.

        Returns
        -------
        Topic

        Raises
        ------
        BadRequest
            If it has neither queries nor tags, or one of them cannot be read.
        """
        return self._send("PUT", f"/topics/{_part(slug)}", topic, Topic)

    def remove_topic(self, slug: str) -> None:
        """Remove a topic; its documents stay.

        Parameters
        ----------
        slug : str

        Raises
        ------
        NotHeld
            If there is no such topic.
        """
        self._ask("DELETE", f"/topics/{_part(slug)}")

    def topic_searches(self, slug: str) -> Iterator[TopicSearchDetail]:
        """List what news searches are asked for a topic, and how that went.

        Parameters
        ----------
        slug : str

        Returns
        -------
        iterator of TopicSearchDetail

        Raises
        ------
        NotHeld
            If there is no such topic.
        """
        return self._pages(Page[TopicSearchDetail], f"/topics/{_part(slug)}/searches", {})

    def discover(self, slug: str, request: DiscoverRequest) -> Page[TopicSearchDetail]:
        """Have news searches asked for a topic; what they find is read in the background.

        Parameters
        ----------
        slug : str
        request : DiscoverRequest
            How far back, of which searches, how often.

        Returns
        -------
        Page of TopicSearchDetail
            Due now; how they went is in `topic_searches`.

        Raises
        ------
        NotHeld
            If there is no such topic.
        BadRequest
            If no such search is set up, or the topic's queries hold no words.
        """
        return self._send("POST", f"/topics/{_part(slug)}/searches", request, Page[TopicSearchDetail])

    def stop_searches(self, slug: str) -> None:
        """Have no more asked for a topic by itself; its documents stay.

        Parameters
        ----------
        slug : str

        Raises
        ------
        NotHeld
            If there is no such topic.
        """
        self._ask("DELETE", f"/topics/{_part(slug)}/searches")

    def brief(self, slug: str, since: str = "1d", language: Language | None = None) -> TopicBrief:
        """Get what is new in a topic, each line with its sources.

        Parameters
        ----------
        slug : str
        since : str
            Hours, days or weeks: 12h, 7d, 2w.
        language : {"en", "zh", "ja"}, optional

        Returns
        -------
        TopicBrief

        Raises
        ------
        NotHeld
            If there is no such topic.
        """
        asked = {"since": since, **({"language": language} if language else {})}
        return self._get(TopicBrief, f"/topics/{_part(slug)}/brief", asked)

    # --- sources, watches, inbox

    def sources(self) -> Iterator[SourceDetail]:
        """List what is read.

        Returns
        -------
        iterator of SourceDetail
            Those due first, fetched page by page; `interval` in seconds.

        Raises
        ------
        ApiError
        """
        return self._pages(Page[SourceDetail], "/sources", {})

    def add_source(self, url: str, minutes: float | None = None) -> SourceDetail:
        """Have an address read, once or again and again.

        Parameters
        ----------
        url : str
            Of a page, a feed, a sitemap or a PDF.
        minutes : float, optional
            Read it again so often, 1 to 10,080; once if it is not given.

        Returns
        -------
        SourceDetail
            Due now; how reading it went is in `sources`.

        Raises
        ------
        BadRequest
            If it is no web address, or the time is out of its limits.
        """
        return self._send("POST", "/sources", SourceRequest(url=url, minutes=minutes), SourceDetail)

    def remove_source(self, what: str) -> None:
        """Read a source no more; its documents stay.

        Parameters
        ----------
        what : str
            Its address, as it is listed.

        Raises
        ------
        NotHeld
            If there is no such source.
        """
        self._ask("DELETE", "/sources", params={"what": what})

    def watches(self) -> Iterator[WatchDetail]:
        """List the watches.

        Returns
        -------
        iterator of WatchDetail
            In the order they were made, fetched page by page.

        Raises
        ------
        ApiError
        """
        return self._pages(Page[WatchDetail], "/watches", {})

    def watch(self, id: str) -> WatchDetail:
        """Get a watch.

        Parameters
        ----------
        id : str
            Its id or name.

        Returns
        -------
        WatchDetail

        Raises
        ------
        NotHeld
            If there is no such watch.
        """
        return self._get(WatchDetail, f"/watches/{_part(id)}")

    def new_watch(self, watch: WatchRequest) -> WatchDetail:
        """Look out for something from now on.

        Parameters
        ----------
        watch : WatchRequest

        Returns
        -------
        WatchDetail

        Raises
        ------
        BadRequest
            If there is nothing to look out for, or a name is not in the thesaurus.
        Exists
            If there is a watch of this name.
        """
        return self._send("POST", "/watches", watch, WatchDetail)

    def share_watch(self, id: str, shared: bool) -> WatchDetail:
        """Share a watch with all who may read, or keep it for its owner.

        Parameters
        ----------
        id : str
            Its id or name.
        shared : bool

        Returns
        -------
        WatchDetail

        Raises
        ------
        NotHeld
            If there is no such watch.
        ApiError
            If it is another's, or looks at a topic that only its owner sees.
        """
        return self._send("PUT", f"/watches/{_part(id)}/shared", Sharing(shared=shared), WatchDetail)

    def watch_secret(self, id: str) -> str:
        """Get what signs the deliveries of a watch to its webhook.

        Parameters
        ----------
        id : str
            Its id or name.

        Returns
        -------
        str
            As Standard Webhooks writes it: whsec_ and base64.

        Raises
        ------
        NotHeld
            If there is no such watch.
        """
        return self._get(Secret, f"/watches/{_part(id)}/secret").secret

    def remove_watch(self, id: str) -> None:
        """Remove a watch with what it has found.

        Parameters
        ----------
        id : str
            Its id or name.

        Raises
        ------
        NotHeld
            If there is no such watch.
        """
        self._ask("DELETE", f"/watches/{_part(id)}")

    def inbox(self, watch: str = "", unread: bool = False) -> Iterator[Match]:
        """List what the watches have found.

        Parameters
        ----------
        watch : str
            Only of this watch (id or name).
        unread : bool
            Only what is not read yet.

        Returns
        -------
        iterator of Match
            The latest first, fetched page by page.

        Raises
        ------
        NotHeld
            If there is no such watch.
        """
        return self._pages(Page[Match], "/inbox", {"watch": watch, "unread": unread})

    def mark_read(self, ids: tuple[str, ...] | None = None, watch: str = "") -> int:
        """Mark matches as read: those of these ids, or all of a watch, or all.

        Parameters
        ----------
        ids : tuple of str, optional
        watch : str
            Only of this watch (id or name).

        Returns
        -------
        int
            How many matches are still unread.

        Raises
        ------
        NotHeld
            If there is no such watch.
        """
        return self._send("POST", "/inbox/read", MarkedRead(ids=ids, watch=watch), Unread).unread

    # --- models

    def scenarios(self) -> Scenarios:
        """List the scenarios and sets of mitigations that come with the program.

        Returns
        -------
        Scenarios

        Raises
        ------
        ApiError
        """
        return self._get(Scenarios, "/scenarios")

    def stress(self, stress: StressTest, progress: Progress = _silent) -> Result:
        """Run a stress test on the built-in network.

        Parameters
        ----------
        stress : StressTest
        progress : callable
            Told now and then how far a run is that takes longer than some seconds.

        Returns
        -------
        Result
            Losses in USD, by week; at 10, 50 and 90 % of the draws.

        Raises
        ------
        BadRequest
            If a field is out of its limits or names what the network does not have.
        TryLater
            If too many runs wait already.
        """
        return self._run("/stress", stress, Result, progress)

    def comparison(self, comparison: StressComparison, progress: Progress = _silent) -> ComparisonReport:
        """Set two or three stress tests side by side on the same draws.

        Parameters
        ----------
        comparison : StressComparison
        progress : callable
            Told how far the run is, each time that it is asked after.

        Returns
        -------
        ComparisonReport
            Inputs that differ, and what each loses, with the difference from the first draw by draw.

        Raises
        ------
        BadRequest
            If a field is out of its limits, or they cannot be compared.
        NotHeld
            If there is no such scenario.
        TryLater
            If too many runs wait.
        """
        return self._run("/comparison", comparison, ComparisonReport, progress)

    def separation_presets(self) -> Presets:
        """List the feeds, extractants and sites that a plant may name.

        Returns
        -------
        Presets

        Raises
        ------
        ApiError
        """
        return self._get(Presets, "/separation")

    def calibration(self, request: CalibrationRequest, progress: Progress = _silent) -> CalibrationReport:
        """Fit separation factors to assays of a cut that runs.

        Parameters
        ----------
        request : CalibrationRequest
            The case with the cut that stands, and the assays.
        progress : callable
            Told now and then how far a run is that takes longer than some seconds.

        Returns
        -------
        CalibrationReport
            Its `set` goes into a case as `calibrated`.

        Raises
        ------
        BadRequest
            If a field is out of its limits, or case and assays do not go together.
        TryLater
            If too many runs wait already.
        """
        return self._run("/calibration", request, CalibrationReport, progress)

    def separation(self, case: Case, progress: Progress = _silent) -> SeparationReport:
        """Design a separation plant.

        Parameters
        ----------
        case : Case
        progress : callable
            Told now and then how far a run is that takes longer than some seconds.

        Returns
        -------
        SeparationReport
            Stages, flows, purities, start-up and costs at each site.

        Raises
        ------
        BadRequest
            If a field is out of its limits, or what is asked for cannot be separated.
        TryLater
            If too many runs wait already.
        """
        return self._run("/separation", case, SeparationReport, progress)

    def job(self, id: str) -> JobDetail:
        """Get how far a run of a model is, and what came of it.

        Parameters
        ----------
        id : str

        Returns
        -------
        JobDetail
            Its `result` as plain values.

        Raises
        ------
        NotHeld
            If there is no such run (any more).
        """
        return self._get(JobDetail, f"/jobs/{_part(id)}")

    def cancel_job(self, id: str) -> None:
        """Cancel a run of a model.

        Parameters
        ----------
        id : str

        Raises
        ------
        NotHeld
            If there is no such run (any more).
        Exists
            If it has ended already.
        """
        self._ask("DELETE", f"/jobs/{_part(id)}")

    def company(self, request: CompanyRequest, progress: Progress = _silent) -> CompanyReport:
        """Put a company's own tables under a scenario.

        Parameters
        ----------
        request : CompanyRequest
            `company_tables.texts(folder)` gives the tables of a folder.
        progress : callable
            Told how far the run is, each time that it is asked after.

        Returns
        -------
        CompanyReport
            Parts that stop, what is at risk, stock that is enough, and what to buy; money in millions.

        Raises
        ------
        BadRequest
            If anything is wrong with the tables, all of which is said, or a field is out of its limits.
        NotHeld
            If there is no such scenario.
        TryLater
            If too many runs wait.
        """
        return self._run("/company", request, CompanyReport, progress)

    def flowsheet(self, case: FlowsheetCase, progress: Progress = _silent) -> FlowsheetReport:
        """Solve a flowsheet of several trains.

        Parameters
        ----------
        case : FlowsheetCase
        progress : callable
            Told how far the run is, each time that it is asked after.

        Returns
        -------
        FlowsheetReport
            Streams, trains, products, effluent, equipment and costs at each site.

        Raises
        ------
        BadRequest
            If a field is out of its limits, or no steady state is found.
        TryLater
            If too many runs wait.
        """
        return self._run("/flowsheet", case, FlowsheetReport, progress)

    def audit(self, where: AuditFilter | None = None) -> Iterator[AuditEntry]:
        """List who did what; it takes a key of an administrator.

        Parameters
        ----------
        where : AuditFilter, optional
            Which lines; all if it is not given.

        Returns
        -------
        iterator of AuditEntry
            The latest first, fetched page by page.

        Raises
        ------
        NotAllowed
            If the key may not administer.
        """
        return self._pages(Page[AuditEntry], "/audit", msgspec.structs.asdict(where) if where else {})

    def status(self) -> Status:
        """Get what is held and how far the work on it has come.

        Returns
        -------
        Status

        Raises
        ------
        ApiError
        """
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

    def _run(self, path: str, body: Input, kind: type[T], progress: Progress) -> T:
        headers = {"Content-Type": "application/json"}
        answer = self._answer("POST", f"/api{path}", content=msgspec.json.encode(body), headers=headers)
        if answer.status_code != HTTPStatus.ACCEPTED:
            return _read(kind, answer.content)
        job = _read(JobDetail, answer.content)
        while job.state in ("queued", "running"):
            progress(job)
            time.sleep(PAUSE)
            job = self.job(job.id)
        progress(job)
        if job.error is not None:
            raise _raised(job.error)
        return _converted(kind, job.result)

    def _ask(self, method: str, path: str, whole: bool = False, **how: Any) -> bytes:
        return self._answer(method, path if whole else f"/api{path}", **how).content

    def _answer(self, method: str, path: str, **how: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **how)
        except httpx.HTTPError as error:
            raise ApiError(Problem("", 0, str(error) or type(error).__name__)) from error
        if answer.is_success:
            return answer
        raise _error(answer)


def _part(text: str) -> str:
    """A name as one part of a path."""
    return quote(text, safe="")


def _parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not given; write dates as the API does."""
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


def _converted(kind: type[T], value: Any) -> T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        said = f"not what this client knows: {error}"
        raise ApiError(Problem("", 0, said, hint="use a client of the service's version")) from error


def _raised(problem: Problem) -> ApiError:
    """A run's error as the operation that asked for it would have answered it."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem.status == HTTPStatus.BAD_REQUEST else problem.status
    return _KINDS.get(status, ApiError)(replace(problem, status=int(status)))


def _error(answer: httpx.Response) -> ApiError:
    try:
        problem = msgspec.json.decode(answer.content, type=Problem)
    except msgspec.DecodeError:  # of a proxy on the way
        problem = Problem(answer.reason_phrase, answer.status_code, answer.text[:200])
    error = _KINDS.get(answer.status_code, ApiError)(problem)
    if isinstance(error, TryLater) and (wait := answer.headers.get("Retry-After", "")).isdecimal():
        error.seconds = float(wait)
    return error
