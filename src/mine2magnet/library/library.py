"""Read → keep → index → embed → digest → claim. Every step is idempotent and takes up where it was left."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from mine2magnet import digests, reading
from mine2magnet.claims.by_model import ReadByModel
from mine2magnet.core import thesaurus
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.llm import Chat
from mine2magnet.core.settings import Settings
from mine2magnet.digests.written import Written
from mine2magnet.library import derive, uploads
from mine2magnet.library.claims_by_model import ClaimsByModel
from mine2magnet.library.derive import Makers
from mine2magnet.library.identity import keep, title_key, url_key
from mine2magnet.library.topics import members, slug
from mine2magnet.library.translations import DocumentTranslator, ModelTranslator
from mine2magnet.library.verify import Checker
from mine2magnet.model import (
    LANGUAGES,
    Actor,
    Claim,
    ClaimFilter,
    Digest,
    Document,
    Failure,
    Read,
    Source,
    Topic,
    Upload,
    WrittenForms,
)
from mine2magnet.reading import duplicates, opml
from mine2magnet.reading.fetch import Fetcher, Limits, Validators
from mine2magnet.search import Index
from mine2magnet.store import EVERY_CLAIM, NO_FILTER, Store, Writer
from mine2magnet.translate.models import held as translation_models

POLL_HOSTS = 4  # hosts polled side by side; each gets one connection
BATCH = 64  # documents kept in one transaction
BATCH_SECONDS = 1.0  # … or what has come in this time, so that a slow source shows early
LONGEST_BACKOFF = timedelta(hours=24)
FAILED_SHOWN = timedelta(days=1)  # for so long a source that was to be read once says why it was not
RECENT = 1.0  # s that the progress shown on pages may lag behind …
COUNTING = 0.05  # … unless counting it would take a greater share of the time

# What a quantity or a time has one of; where a query has none, the grammar of claims need not be loaded.
_FIGURES = re.compile(
    r"\d|[一二两三四五六七八九十百半数几]|\b(?:half|third|quarter|hundred|thousand|one|two|three|four|five|six|seven|eight|"
    r"nine|ten|eleven|twelve|\w+teen|\w+ty|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Report:
    """What one reading came to. `outcomes` counts documents by what became of them; `ids` are theirs."""

    outcomes: Counter[str] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    topics: dict[str, str] = field(default_factory=dict)  # name → slug of topics that were read into

    @property
    def documents(self) -> int:
        return self.outcomes.total()

    def __str__(self) -> str:
        parts = [
            f"{n} {outcome}"
            for outcome in ("new", "updated", "joined", "unchanged")
            if (n := self.outcomes[outcome])
        ]
        if self.failures:
            parts.append(f"{len(self.failures)} failed")
        return ", ".join(parts) or "nothing to read"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the background work has come."""

    documents: int
    passages: int
    embedded: int
    undigested: int
    unclaimed: int
    reading: str = ""


def _written(query: str) -> Sequence[WrittenForms]:
    """The quantities and times of a query in the ways in which they are written."""
    if not _FIGURES.search(query):
        return ()
    from mine2magnet.claims.written_forms import written_forms  # compiles the grammar of claims

    return written_forms(query)


@dataclass(slots=True)
class _Recent:
    """What `Library.recent_progress` gave last, and when it is due again (s)."""

    counted: tuple[float, Progress] | None = None
    counting: threading.Lock = field(default_factory=threading.Lock)


class Library:
    """A folder with its store and what is derived from it. Safe to use from several threads."""

    def __init__(self, settings: Settings, store: Store, index: Index, words: thesaurus.Thesaurus) -> None:
        self.settings = settings
        self.store = store
        self.index = index
        self.thesaurus = words
        self.makers = Makers.of(words)
        self.maker = self.makers.digests  # of extractive digests
        self.claimer = self.makers.claims
        self.checker = Checker(store, words)
        self.claims_by_model = ClaimsByModel(store, words, lambda: self.claimer)
        self.translator = self.translator_by()  # that needs no model
        self.best_translator = self.translator  # … and what does it better, once `serve` finds some
        self.reading = ""  # what is being read now, for the progress shown
        self._recent = _Recent()

    @classmethod
    def open(cls, settings: Settings) -> Library:
        store = Store(
            settings.folder, settings.store,
            threshold=settings.claims_threshold, synchronous=settings.synchronous,
        )  # fmt: skip
        words = thesaurus.load()
        url, token = settings.search_url, settings.search_token
        index = Index(store.index_folder, store, words, url=url, token=token, written=_written)
        return cls(settings, store, index, words)

    def acting(self, actor: Actor) -> Library:
        """The same library for somebody; see `Store.acting`."""
        theirs = copy(self)
        theirs.store = self.store.acting(actor)
        return theirs

    def use(self, settings: Settings) -> None:
        """Takes up changed settings: those of claims, models and searches hold from now on, those of the
        store, the index and the address when the library is opened next."""
        self.settings = settings
        self.store.threshold = settings.claims_threshold
        self.translator = self.best_translator = self.translator_by()

    def fetcher(self) -> Fetcher:
        limits = Limits(max_bytes=self.settings.max_megabytes * 1_000_000, timeout=self.settings.timeout)
        return Fetcher(limits=limits, allow_private=self.settings.allow_private)

    # --- read and keep

    def read(
        self,
        what: str,
        *,
        interval: float | None = None,
        progress: Callable[[Report], None] = lambda _: None,
    ) -> Report:
        """Reads one source now, keeps what it gives and records how it went.

        `interval` (s): read it again that often from now on. A source that fails as a whole is recorded with
        its reason if it is watched or was read before; UserError is raised for it all the same.
        """
        if "://" not in what:
            what = str(Path(what).expanduser().resolve())  # it may be read again from another folder
        with self.fetcher() as fetcher:
            source = next((s for s in self.store.sources() if s.what == what), Source(what))
            return self._read(replace(source, interval=interval or source.interval), fetcher, progress)

    def _read(
        self, source: Source, fetcher: Fetcher, progress: Callable[[Report], None] = lambda _: None
    ) -> Report:
        report = Report()
        self.reading = source.what
        fetcher.validators[source.what] = Validators(source.etag, source.modified)
        try:
            items = reading.read(source.what, fetcher, seen=self._seen, ray=self.settings.ray)
            for batch in _batches(items):
                self._keep(batch, report)
                progress(report)
            self.index.update()
            problem = report.failures[0].reason if report.failures and not report.documents else ""
            if all(failure.lasting for failure in report.failures):  # else its parts must be tried again
                now = fetcher.validators[source.what]
                source = replace(source, etag=now.etag, modified=now.modified)
            self._record(source, report, problem)
        except UserError as error:
            self._record(source, report, str(error), getattr(error, "retry_after", None))
            raise
        finally:
            self.reading = ""
        return report

    def keep(self, reads: Iterable[Read]) -> Report:
        """Keeps documents that are at hand, e.g. from another program."""
        report = Report()
        for batch in _batches(iter(reads)):
            self._keep(batch, report)
        self.index.update()
        return report

    def _keep(self, batch: Iterable[Read | Failure], report: Report) -> None:
        reads = []
        for item in batch:
            if isinstance(item, Failure):
                report.failures.append(item)
            else:
                signature = duplicates.signature(item.document)
                reads.append((item, signature, duplicates.bands(signature)))
        if not reads:
            return
        with self.store.writing() as writer:
            for item, signature, bands in reads:
                kept = keep(writer, item, signature, bands)
                report.outcomes[kept.outcome] += 1
                report.ids.append(kept.id)
                if item.topic:
                    if item.topic not in report.topics:
                        report.topics[item.topic] = self._topic(writer, item.topic)
                    writer.pin(report.topics[item.topic], kept.id)

    def _topic(self, writer: Writer, name: str) -> str:
        """The slug of the topic of this name, made now if there is none."""
        for topic in self.store.topics():
            if title_key(name) in map(title_key, (topic.slug, topic.name, *topic.names.values())):
                return topic.slug
        topic = Topic(self.store.free_slug(slug(name)), name, queries=(name,))
        writer.put_topic(topic)
        return topic.slug

    def _seen(self, url: str) -> bool:
        return bool(self.store.held_urls([url_key(url)]))

    def _record(self, source: Source, report: Report, problem: str, wait: float | None = None) -> None:
        now = datetime.now(UTC)
        if problem and not source.interval and not (source.checked or source.due):
            return  # asked for once, by somebody who is told
        failures = source.failures + 1 if problem else 0
        due = None
        if source.interval:
            pause = min(timedelta(seconds=source.interval * 2**failures), LONGEST_BACKOFF)
            due = now + max(pause, timedelta(seconds=wait or 0))
        with self.store.writing() as writer:
            writer.put_source(
                replace(
                    source,
                    due=due,
                    checked=now,
                    failures=failures,
                    reason=problem,
                    documents=source.documents + report.outcomes["new"],
                )
            )

    # --- watch

    def add_source(self, what: str, interval: float | None) -> None:
        """Records a source as due now; whoever polls next reads it."""
        held = next((s for s in self.store.sources() if s.what == what), Source(what))
        now = datetime.now(UTC)
        with self.store.writing() as writer:
            writer.forget_failed(now - FAILED_SHOWN)
            writer.put_source(replace(held, interval=interval, due=now))

    def follow(self, listed: Iterable[opml.Subscription], interval: float) -> int:
        """Watches the feeds of a list from now on; what is watched already stays as it is.

        `interval` is for those that the list does not say it of, in seconds. Returns how many are new.
        """
        watched = {s.what for s in self.store.sources() if s.interval}
        fresh = [one for one in listed if one.url not in watched]
        for one in fresh:
            self.add_source(one.url, one.minutes * 60 if one.minutes else interval)
        return len(fresh)

    def poll(self, stop: threading.Event | None = None) -> list[tuple[str, Report | UserError]]:
        """Reads every source that is due, those of one host one by one; one that fails stops no other."""
        hosts: dict[str, list[Source]] = defaultdict(list)
        for source in self.store.sources(due_by=datetime.now(UTC)):
            hosts[urlsplit(source.what).hostname or ""].append(source)

        def one_by_one(sources: list[Source]) -> list[tuple[str, Report | UserError]]:
            return [
                (source.what, outcome)
                for source in sources
                if not (stop and stop.is_set()) and (outcome := self._poll(source)) is not None
            ]

        with ThreadPoolExecutor(POLL_HOSTS) as pool:
            return [outcome for outcomes in pool.map(one_by_one, hosts.values()) for outcome in outcomes]

    def _poll(self, source: Source) -> Report | UserError | None:
        """Reads a source unless another process does so, or has done so meanwhile."""
        with self.store.leases.holding(f"source {source.what}") as mine:
            due = self.store.sources(due_by=datetime.now(UTC)) if mine else ()
            now = next((one for one in due if one.what == source.what), None)
            return self._read_due(now) if now else None

    def _read_due(self, source: Source) -> Report | UserError:
        try:
            with self.fetcher() as fetcher:
                return self._read(source, fetcher)
        except UserError as error:
            return error
        except Exception as error:  # a fault of ours must not stop the other sources
            log.exception("reading %s failed", source.what)
            self._record(source, Report(), f"could not be read: {type(error).__name__}: {error}")
            return UserError(f"could not be read: {type(error).__name__}", where=source.what)

    # --- uploads

    def upload(self, asked: Sequence[Upload]) -> list[Upload]:
        """Keeps what is asked for, to be read by the Worker; gives it with the ids promised."""
        return uploads.promise(self.store, asked)

    def upload_now(self, asked: Sequence[Upload], seconds: float) -> list[Upload]:
        """Reads what is asked for at once, as far as it comes in so many seconds, and leaves the rest to
        the Worker; gives it as it stands then."""
        end = time.monotonic() + seconds
        promised = uploads.promise(self.store, [replace(one, status="processing") for one in asked])
        done = []
        with self.fetcher() as fetcher:
            for upload in promised:
                if time.monotonic() < end:
                    done.append(self._read_upload(fetcher, upload))
                else:
                    done.append(replace(upload, status="pending"))
                    self.store.uploads.end(done[-1])
        return done

    def read_uploads(self, stop: threading.Event | None = None) -> int:
        """Reads the uploads that wait, in the order they were asked for; gives how many there were."""
        done = 0
        with self.fetcher() as fetcher:
            while not (stop and stop.is_set()) and (upload := self.store.uploads.take()):
                self._read_upload(fetcher, upload)
                done += 1
        return done

    def _read_upload(self, fetcher: Fetcher, upload: Upload) -> Upload:
        """Once it is said to be completed, it can be found."""
        done: Upload | None
        try:
            done = uploads.read(self.store, fetcher, upload)
            self.index.update()
        except Exception as error:  # a fault of ours must not stop the other uploads
            log.exception("reading %s failed", upload.url)
            done = replace(upload, status="failed", reason=f"could not be read: {type(error).__name__}")
        if done is None:
            return upload
        if not self.store.uploads.end(done):  # taken back meanwhile
            uploads.remove(self.store, [done])
        return done

    # --- derive

    def digest(self, id: str) -> Digest | None:
        """The extractive digest of the current version, made now if there is none; None without text."""
        document = self.store.document(id)
        if not document.paragraphs:
            return None
        held = self.store.digests([id]).get(id, ())
        for digest in held:
            if digest.method == digests.METHOD and digest.maker == self.maker:
                return digest
        digest = derive.digest(document, self.thesaurus)
        with self.store.writing() as writer:
            writer.put_digest(id, document.version, digest)
        return digest

    def undigested(self, limit: int) -> list[str]:
        return self.store.undigested(digests.METHOD, self.maker, limit)

    @property
    def claimers(self) -> tuple[str, ...]:
        """Whose claims are in force: the built-in reader's, until those by a model are there."""
        settings = self.settings
        if not (settings.claims_by_model and settings.model):
            return (self.claimer,)
        return self.claimer, self.claims_by_model.maker(settings.model)

    def unclaimed(self, limit: int) -> list[str]:
        claimer, *others = self.claimers
        return self.store.unclaimed(claimer, limit, *others)

    def claim(self, limit: int) -> int:
        """Takes the claims of so many of the documents that have none by the maker now in force, and says
        of how many. A document without text gives those of the digest published with it."""
        documents = self.store.documents(self.unclaimed(limit))
        published = self.store.digests([id for id, held in documents.items() if not held.paragraphs])
        found = {id: self.claims_in(one, published.get(id, ())) for id, one in documents.items()}
        with self.store.writing() as writer:
            for id, of_document in found.items():
                with suppress(NotFound):  # removed meanwhile
                    writer.put_claims(id, documents[id].version, self.claimer, of_document)
        return len(found)

    def claims_in(self, document: Document, held: Iterable[Digest] = ()) -> list[Claim]:
        """The claims of a document, kept or not; without text, those of the digest that came with it."""
        return derive.claims_in(document, held, self.thesaurus)

    def claims(self, about: Topic | str | None, where: ClaimFilter = NO_FILTER) -> list[Claim]:
        """Claims held of a topic's documents, of the document of an id, or of all; see `Store.claims`."""
        if isinstance(about, Topic):
            return self.store.claims(members(self.store, self.index, about), where)
        return self.store.claims(None if about is None else [about], where)

    def write(self, client: Chat, tried: set[str], stop: threading.Event | None = None) -> Iterator[Written]:
        """Digests by a model for the documents that have none and are not in `tried`, to which they are
        added; newest first, several at once."""
        model, language = client.endpoint.model, self.settings.language
        maker = self.checker.writer(model, language)

        def one(id: str) -> Written | None:
            with suppress(NotFound):  # removed meanwhile
                return self.checker.write(self.store.document(id), language, client)
            return None

        at_once = client.endpoint.concurrency
        with ThreadPoolExecutor(at_once) as pool:
            while not (stop and stop.is_set()):
                waiting = self.store.undigested(model, maker, len(tried) + at_once)
                ids = [id for id in waiting if id not in tried][:at_once]
                if not ids:
                    return
                tried.update(ids)
                yield from filter(None, pool.map(one, ids))

    def read_claims(
        self, client: Chat, tried: set[str], stop: threading.Event | None = None
    ) -> Iterator[ReadByModel]:
        """Has a model read the documents that only the built-in reader has read and that are not in `tried`,
        to which they are added; newest first, one by one, since sections are read several at once."""
        while not (stop and stop.is_set()):
            waiting = self.claims_by_model.waiting(len(tried) + 1)
            id = next((id for id in waiting if id not in tried), None)
            if id is None:
                return
            tried.add(id)
            with suppress(NotFound):  # removed meanwhile
                yield self.claims_by_model.write(id, client)

    # --- translate

    @property
    def has_translation_model(self) -> bool:
        """True if a model translates: that of the settings, or one on this machine."""
        return bool(self.settings.model or translation_models(self.settings.translation_models))

    def translator_by(self, *models: ModelTranslator) -> DocumentTranslator:
        """Return what translates by these models, the best first; without, from claims and word for word."""
        makers = f"{self.claimer}.{self.maker}"
        return DocumentTranslator(self.checker.tools, makers, self.settings.claims_threshold, models)

    def translate(self, limit: int) -> int:
        """Translate so many documents into each language of the interface, without a model, those published
        last first; return how many translations were made. Their digests and claims must be there."""
        kept = {self.translator.maker, self.best_translator.maker}
        return sum(
            self._translate(self.translator, language, self.store.untranslated(language, limit, *kept))
            for language in LANGUAGES
        )

    def translate_by_model(self, tried: set[str], stop: threading.Event | None = None) -> Iterator[str]:
        """Translate documents by the models at hand into the interface's language; yield their ids."""
        best, language = self.best_translator, self.settings.language
        while best is not self.translator and not (stop and stop.is_set()):
            waiting = self.store.untranslated(language, len(tried) + 1, best.maker)
            id = next((id for id in waiting if id not in tried), None)
            if id is None:
                return
            tried.add(id)
            self._translate(best, language, [id])
            yield id

    def _translate(self, translator: DocumentTranslator, language: str, ids: Sequence[str]) -> int:
        documents, digests_held = self.store.documents(ids), self.store.digests(ids)
        for id, document in documents.items():
            claims = self.claims(id, EVERY_CLAIM)
            made = translator.translation(document, digests_held.get(id, ()), claims, language)
            with suppress(NotFound), self.store.writing() as writer:
                writer.put_translation(id, document.version, made)
        return len(documents)

    @property
    def home(self) -> str:
        """The address where `serve` shows the pages, for links from elsewhere."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        return f"http://{host}:{self.settings.port}"

    def progress(self) -> Progress:
        embedded, passages = self.index.pending()
        return Progress(
            documents=self.store.count(),
            passages=passages,
            embedded=embedded,
            undigested=self.store.count_undigested(digests.METHOD, self.maker),
            unclaimed=self.store.count_unclaimed(*self.claimers),
            reading=self.reading,
        )

    def recent_progress(self) -> Progress:
        """`progress` as it was RECENT seconds ago at most, of a large library longer: it goes through all
        documents, and each page that is shown asks for it."""
        recent = self._recent
        if recent.counted is None or time.monotonic() > recent.counted[0]:
            first = recent.counted is None
            if recent.counting.acquire(blocking=first):  # else another is at it, and the last one will do
                try:
                    began, progress = time.monotonic(), self.progress()
                    took = time.monotonic() - began
                    recent.counted = (began + max(RECENT, took / COUNTING), progress)
                finally:
                    recent.counting.release()
        assert recent.counted is not None
        return replace(recent.counted[1], reading=self.reading)

    def load_starter(self) -> Report:
        """Reads the starter documents and topics that come with the package."""
        folder = resources.files("mine2magnet") / "data" / "starter"
        with resources.as_file(folder) as path:
            listed = yaml.safe_load((path / "topics.yaml").read_text("utf-8"))
            with self.store.writing() as writer:
                for entry in listed:
                    names = entry["name"]
                    writer.put_topic(
                        Topic(
                            entry["slug"],
                            names["zh"],
                            tuple(entry["queries"]),
                            tuple(entry.get("tags", ())),
                            names,
                        )
                    )
            with self.fetcher() as fetcher:
                return self.keep(r for r in reading.read(str(path), fetcher) if isinstance(r, Read))


def _batches(items: Iterator[Read | Failure]) -> Iterator[list[Read | Failure]]:
    batch: list[Read | Failure] = []
    began = time.monotonic()
    for item in items:
        batch.append(item)
        if len(batch) >= BATCH or time.monotonic() - began > BATCH_SECONDS:
            yield batch
            batch = []
            began = time.monotonic()
    if batch:
        yield batch
