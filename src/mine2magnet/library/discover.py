"""A topic that fills itself: news searches asked, what they find fetched and read, what belongs kept.

Each step is kept when it is done, so that a run that was stopped goes on where it was: what a search found
waits in the store until its page has been looked at, and a page is looked at once.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TypeVar

from mine2magnet.core.errors import UserError
from mine2magnet.library.identity import url_key
from mine2magnet.library.library import Library
from mine2magnet.library.topic_queries import asked
from mine2magnet.model import LANGUAGES, DiscoverRequest, Document, NewsHit, Read, Topic, TopicSearch
from mine2magnet.model.searches import seconds
from mine2magnet.reading import content, language, news
from mine2magnet.reading.confined import CONFINED
from mine2magnet.reading.feed import Entry
from mine2magnet.reading.fetch import Fetcher, FetchError, Limits, Validators, place
from mine2magnet.reading.news import NewsService
from mine2magnet.reading.page import Hints
from mine2magnet.search import matches

AT_ONCE = 4  # hosts that are asked side by side, one question at a time each
TRIES = 2  # of a page that could not be had
BACKOFF = timedelta(minutes=15)  # after a search has failed, doubled with every failure …
LONGEST_BACKOFF = timedelta(hours=24)  # … up to this
TURN = 11.0  # s that a run waits for another's: of one that was killed, until its lease has run out
LEASE = timedelta(minutes=30)  # a search being asked is left alone by other processes for so long

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True)
class SearchOutcome:
    """What one search gave: `found` hits, of which `known` were known before; `states` counts what became of
    the others. `problem` says why it gave nothing."""

    search: TopicSearch
    found: int = 0
    known: int = 0
    states: Counter[str] = field(default_factory=Counter)
    problem: str = ""


@dataclass(slots=True)
class DiscoverReport:
    """How far a run is: `done` of `total` questions and pages, and what each search gave."""

    done: int = 0
    total: int = 0
    doing: str = ""
    outcomes: list[SearchOutcome] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)

    @property
    def documents(self) -> int:
        return self.states["kept"]


Tell = Callable[[DiscoverReport], None]


# --- what is asked


def planned(library: Library, topic: Topic, request: DiscoverRequest) -> list[TopicSearch]:
    """Return what is asked for a topic, without how it went before. Raises UserError when there is nothing.

    A search that looks at English translations is asked in English for articles in each language.
    """
    services = news.services(library.settings)
    if missing := [name for name in request.searches if name not in services]:
        raise UserError(
            f"no address is set for {missing[0]}", where="searches", hint=f"set news_{missing[0]}"
        )
    wanted = {name: one for name, one in services.items() if not request.searches or name in request.searches}
    if not wanted:
        raise UserError("no news search is set up", where="searches", hint="set news_google or the like")
    queries = asked(topic)
    if not queries:
        raise UserError(
            "its queries hold no words that a search could be asked", where=topic.slug, hint="add a query"
        )
    every = seconds(request.every) if request.every else None
    found: dict[TopicSearch, None] = {}
    for name, service in wanted.items():
        pairs = (
            [(code, terms) for terms in queries.get("en", ()) for code in LANGUAGES]
            if service.english
            else [(code, terms) for code, held in queries.items() for terms in held]
        )
        for code, terms in pairs:
            if query := service.terms(terms):
                days = seconds(request.since) / 86_400
                found[TopicSearch(topic.slug, name, code, query, days, every)] = None
    return list(found)


def follow(
    library: Library, topic: Topic, request: DiscoverRequest, *, due: bool = True
) -> list[TopicSearch]:
    """Keeps what is to be asked for a topic, due at once for the Worker unless told otherwise; what was
    asked before in other words is asked no more."""
    held = {_question(one): one for one in library.store.searches.of(topic.slug)}
    now = datetime.now(UTC)
    searches = []
    for one in planned(library, topic, request):
        before = held.get(_question(one), one)
        wait = before.due if before.failures and before.due and before.due > now else now
        searches.append(
            replace(before, days=one.days, interval=one.interval, due=wait if due else before.due)
        )
    if held and {(one.language, one.query) for one in searches} - {key[1:] for key in held}:
        library.store.searches.revisit(topic.slug)
    library.store.searches.remove(topic.slug, searches)
    library.store.searches.put(searches)
    return searches


def unfollow(library: Library, topic: Topic) -> None:
    """Asks no more by itself; what was found stays."""
    searches = library.store.searches.of(topic.slug)
    library.store.searches.put(replace(one, interval=None, due=None) for one in searches)


def _question(one: TopicSearch) -> tuple[str, str, str]:
    return one.service, one.language, one.query


# --- one run


def discover(
    library: Library,
    topic: Topic,
    searches: Sequence[TopicSearch],
    tell: Tell = lambda _: None,
    stop: threading.Event | None = None,
) -> DiscoverReport:
    """Ask the searches, then fetch what they and earlier runs found; keep what belongs to the topic.

    Parameters
    ----------
    library : Library
    topic : Topic
    searches : sequence of TopicSearch
        As `follow` gives them; none goes on with what waits.
    tell : callable
        Told after each question and page.
    stop : Event, optional
        Ends the run early; the rest waits for the next.

    Returns
    -------
    DiscoverReport

    Raises
    ------
    UserError
        If another process is at it.
    """
    with library.store.leases.holding(f"topic {topic.slug}", TURN) as mine:
        if not mine:
            raise UserError(
                "another program asks for this topic now", where=topic.slug, hint="try again when it is done"
            )
        return _discovered(library, topic, searches, tell, stop)


def _discovered(
    library: Library,
    topic: Topic,
    searches: Sequence[TopicSearch],
    tell: Tell,
    stop: threading.Event | None,
) -> DiscoverReport:
    report = DiscoverReport(total=len(searches), outcomes=[SearchOutcome(one) for one in searches])
    by_question = {_question(one.search): one for one in report.outcomes}
    services = news.services(library.settings)
    library.reading = topic.name
    try:
        known = [one for one in report.outcomes if one.search.service in services]
        ask, trusted = _asker(library, services), news.trusted(library.settings)
        for one in _each(known, lambda o: o.search.service, library, ask, stop, trusted):
            report.done, report.doing = report.done + 1, one.search.service
            tell(report)
        waiting = library.store.searches.waiting(topic.slug)
        report.total = report.done + len(waiting)
        tell(report)
        look = _looker(library, topic, services)
        for hits in _batches(_each(waiting, lambda hit: place(hit.url), library, look, stop)):
            for hit in _kept(library, topic, hits):
                report.done, report.doing = report.done + 1, hit.source
                report.states[hit.state] += 1
                if outcome := by_question.get((hit.service, hit.language, hit.query)):
                    outcome.states[hit.state] += 1
            tell(report)
        _count(library, report)
    finally:
        library.reading = ""
    return report


def _count(library: Library, report: DiscoverReport) -> None:
    """Adds to each search what it has brought."""
    brought = [one for one in report.outcomes if one.states["kept"]]
    held = {_question(s): s for one in brought[:1] for s in library.store.searches.of(one.search.topic)}
    library.store.searches.put(
        replace(now, kept=now.kept + one.states["kept"])
        for one in brought
        if (now := held.get(_question(one.search)))
    )


def _each(
    items: Iterable[T],
    where: Callable[[T], Hashable],
    library: Library,
    work: Callable[[Fetcher, T], R],
    stop: threading.Event | None,
    trusted: Collection[str] = (),
) -> Iterator[R]:
    """Yield what `work` makes of each item; those of one place one by one, places side by side. `trusted` are
    those that the settings name."""
    places: dict[Hashable, list[T]] = defaultdict(list)
    for item in items:
        places[where(item)].append(item)
    settings = library.settings
    limits = Limits(max_bytes=settings.max_megabytes * 1_000_000, timeout=settings.timeout)
    results: list[R] = []
    ended = threading.Event()

    def one_by_one(group: list[T]) -> None:
        with Fetcher(limits, settings.allow_private, trusted) as fetcher:
            for item in group:
                if ended.is_set() or (stop and stop.is_set()):
                    return
                results.append(work(fetcher, item))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = {pool.submit(one_by_one, group) for group in places.values()}
        try:
            while futures:
                done = {future for future in futures if future.done()}
                futures -= done
                while results:
                    yield results.pop(0)
                for future in done:
                    future.result()
                if futures:
                    time.sleep(0.02)
            while results:
                yield results.pop(0)
        finally:
            ended.set()  # whoever reads this has stopped, or a fault of ours came up


def _asker(
    library: Library, services: dict[str, NewsService]
) -> Callable[[Fetcher, SearchOutcome], SearchOutcome]:
    """Asks one search, and keeps its hits and how it went."""

    def ask(fetcher: Fetcher, outcome: SearchOutcome) -> SearchOutcome:
        search, now = outcome.search, datetime.now(UTC)
        if search.failures and search.due and search.due > now:
            outcome.problem = f"{search.reason}; it is left alone until {search.due:%Y-%m-%d %H:%M} UTC"
            return outcome
        service = services[search.service]
        address = service.first(search.query, search.language, search.days)
        fetcher.validators[address] = Validators(search.etag, search.modified)
        try:
            entries = service.ask(fetcher, search.query, search.language, search.days)
        except UserError as error:
            outcome.problem = str(UserError(error.what, hint=error.hint))
            wait = getattr(error, "retry_after", None)
            library.store.searches.put([_failed(search, outcome.problem, now, wait)])
            return outcome
        _keep_hits(library, outcome, entries or [])
        validators = fetcher.validators[address]
        due = now + timedelta(seconds=search.interval) if search.interval else None
        library.store.searches.put(
            [
                replace(
                    search, checked=now, due=due, failures=0, reason="",
                    found=search.found if entries is None else len(entries),
                    etag=validators.etag, modified=validators.modified,
                )
            ]
        )  # fmt: skip
        return outcome

    return ask


def _failed(search: TopicSearch, reason: str, now: datetime, wait: float | None) -> TopicSearch:
    """A search that failed is left alone for as long as it asks, and longer with each failure."""
    pause = max(min(BACKOFF * 2 ** min(search.failures, 10), LONGEST_BACKOFF), timedelta(seconds=wait or 0))
    again = now + pause if search.interval or wait else None
    return replace(search, checked=now, due=again, failures=search.failures + 1, reason=reason)


def _keep_hits(library: Library, outcome: SearchOutcome, entries: Sequence[Entry]) -> None:
    """Keeps what was found and is not known yet, to be looked at."""
    search, store = outcome.search, library.store
    by_key = {url_key(entry.url): entry for entry in entries}
    known = store.searches.known(search.topic, list(by_key))
    held = store.held_urls(list(by_key))
    outcome.found, outcome.known = len(entries), len(known)
    outcome.states["held"] += len(held - known)
    new = [
        NewsHit(
            topic=search.topic, key=key, url=entry.url, title=entry.hints.title or entry.url,
            source=entry.hints.source, service=search.service, language=search.language,
            query=search.query, published=entry.hints.published,
            state="held" if key in held else "waiting",
        )
        for key, entry in by_key.items()
        if key not in known
    ]  # fmt: skip
    store.searches.add(new)


# --- the pages


@dataclass(frozen=True, slots=True)
class _Looked:
    """A hit with what became of it, and what is to be kept of it."""

    hit: NewsHit
    read: Read | None = None


def _looker(
    library: Library, topic: Topic, services: dict[str, NewsService]
) -> Callable[[Fetcher, NewsHit], _Looked]:
    """Fetches the page of a hit, and tells whether it belongs to the topic."""
    aggregators = {place(service.base) for service in services.values()}

    def look(fetcher: Fetcher, hit: NewsHit) -> _Looked:
        hit = replace(hit, attempts=hit.attempts + 1)
        try:
            raw = fetcher.get(hit.url)
            assert raw is not None  # only a conditional request can find it unchanged
            if place(raw.url or "") in aggregators:
                raise UserError("its address does not lead to the publisher's page", where=hit.url)
            key = url_key(raw.url or hit.url)
            if key != hit.key and library.store.held_urls([key]):
                return _Looked(replace(hit, state="held"))
            hints = Hints(title=hit.title, source=hit.source, published=hit.published)
            document = next(iter(CONFINED.run(content.read, raw, where=hit.url, hints=hints))).document
        except UserError as error:
            return _unread(hit, error)
        if not matches(topic.queries, document, library.thesaurus):
            return _Looked(replace(hit, state="off topic"))
        return _Looked(replace(hit, state="kept"), Read(document))

    return look


def _unread(hit: NewsHit, error: UserError) -> _Looked:
    """Keep title, source, time and link of a page that cannot be had; nothing of one that is gone.
    One that may be had another time is looked at once more in the next run."""
    reason = str(UserError(error.what, hint=error.hint))
    if getattr(error, "lasting", False):
        return _Looked(replace(hit, state="gone", reason=reason))
    passing = isinstance(error, FetchError) and (error.answered == 429 or error.answered >= 500)
    state = "waiting" if passing and hit.attempts < TRIES else "title"
    document = Document(
        title=hit.title,
        source=hit.source,
        fetched=datetime.now(UTC),
        language=language.identify(hit.title),
        url=hit.url,
        published=hit.published,
    )
    return _Looked(replace(hit, state=state, reason=reason), Read(document))


def _batches(looked: Iterator[_Looked], seconds: float = 1.0, most: int = 32) -> Iterator[list[_Looked]]:
    """Yield what is kept in one transaction: what has come in a second, at most so many."""
    batch: list[_Looked] = []
    began = time.monotonic()
    for one in looked:
        batch.append(one)
        if len(batch) >= most or time.monotonic() - began > seconds:
            yield batch
            batch, began = [], time.monotonic()
    if batch:
        yield batch


def _kept(library: Library, topic: Topic, looked: Sequence[_Looked]) -> list[NewsHit]:
    """Keeps the documents of some hits, then what became of the hits. Titles alone are put into the topic,
    which found them by more than they say."""
    reads = [one.read for one in looked if one.read]
    ids = iter(library.keep(reads).ids)
    done = [replace(one.hit, document=next(ids)) if one.read else one.hit for one in looked]
    titles = [hit.document for hit in done if hit.document and hit.state in ("title", "waiting")]
    with library.store.writing() as writer:
        for id in titles:
            writer.pin(topic.slug, id)
    for hit in done:
        library.store.searches.end(hit)
    return done


# --- in the background


def resume(library: Library, stop: threading.Event | None = None) -> None:
    """Goes on with what a run that was killed has left."""
    waiting = library.store.searches.topics_waiting()
    for topic in library.store.topics():
        if topic.slug in waiting and not (stop and stop.is_set()):
            with suppress(UserError):  # another goes on with it
                discover(library, topic, [], stop=stop)


def poll(library: Library, stop: threading.Event | None = None) -> list[tuple[str, DiscoverReport]]:
    """Asks what is due, topic by topic."""
    now, store = datetime.now(UTC), library.store
    due = sorted(store.searches.due(now), key=lambda one: one.topic)
    mine = {
        slug: taken
        for slug, held in groupby(due, key=lambda one: one.topic)
        if (taken := [one for one in held if store.searches.take(one, now, LEASE)])
    }
    done = []
    for topic in store.topics():
        if topic.slug in mine and not (stop and stop.is_set()):
            done.append((topic.slug, discover(library, topic, mine[topic.slug], stop=stop)))
    return done
