"""The background work of `serve`, and the same work done once."""

from __future__ import annotations

import logging
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

from mine2magnet.alerts import schedule, watches, webhooks
from mine2magnet.claims.by_model import ReadByModel
from mine2magnet.core import memory
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.llm import Chat, endpoint
from mine2magnet.library import claims_by_model, discover, news
from mine2magnet.library.library import Library, Progress
from mine2magnet.library.translations import ModelTranslator
from mine2magnet.translate.by_chat import ChatTranslator
from mine2magnet.translate.local import LocalTranslator
from mine2magnet.translate.models import held as translation_models

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0  # how often the background worker looks for work
LOOK_AGAIN = 30.0  # s after which it goes through all documents for it though none has changed
PRUNED = 3600.0  # s between two looks for what the audit log is no longer to hold
DIGEST_AT_ONCE = 8  # documents per background step, some 30 ms each
CLAIM_AT_ONCE = 32  # documents per background step, some 15 ms each
TRANSLATE_AT_ONCE = 8  # documents per background step, some 20 ms each
COMPARE_AT_ONCE = 16  # documents per background step, some 10 ms each
NICE = 10  # of threads here, where other processes answer requests: those come first
EMBED_AT_ONCE = 16  # passages per background step: a step stays well under a second or two


def derive(library: Library, progress: Callable[[Progress], None] = lambda _: None) -> None:
    """Bring words, vectors, digests and claims up to date with the store, and the watches with those."""
    library.index.update()
    while step(library):
        progress(library.progress())
    while look_out(library):
        pass


def look_out(library: Library) -> int:
    """Look for what the watches watch for in the next changes; return how many were looked at."""
    return watches.look(library.store, library.index, library.thesaurus, *library.claimers)


def step(library: Library) -> bool:
    """Do a short piece of background work; return False when there is none."""
    todo = library.undigested(DIGEST_AT_ONCE)
    for id in todo:
        with suppress(NotFound):  # removed meanwhile
            library.digest(id)
    waiting = library.checker.waiting(1)
    for id in waiting:
        with suppress(NotFound):
            library.checker.check(id)
    claimed = library.claim(CLAIM_AT_ONCE)
    made = todo or waiting or claimed
    translated = 0 if made else library.translate(TRANSLATE_AT_ONCE)  # from digests and claims
    embedded = library.index.embed(EMBED_AT_ONCE)
    compared = 0 if made else news.place(library, COMPARE_AT_ONCE)  # from claims and vectors
    return bool(embedded or made or translated or compared)


class Worker(threading.Thread):
    """The background work of `serve`: words, vectors, digests, claims and watches in short steps; beside
    it polling, webhooks, uploads, and digests and claims by a model if the settings name one."""

    def __init__(self, library: Library) -> None:
        super().__init__(name="worker", daemon=True)
        self._library = library
        self._stop_asked = threading.Event()
        endpoint(library.settings)  # one that cannot be is said now
        self._resumed = False  # what an earlier process left of searches
        self._done = -1  # the store's last change when there was nothing left to derive …
        self._looked = 0.0  # … and when that was, s
        self._worked = False  # the step before this one
        self._pruned = -math.inf  # when the audit log was, s

    def run(self) -> None:
        beside = (
            ("polling", self._poll),
            ("discovering", self._discover),
            ("delivering", self._deliver),
            ("mailing", self._mail),
            ("uploading", self._upload),
            ("writing", self._write),
            ("translating", self._translate),
            ("pruning", self._prune),
        )
        for name, work in beside:
            threading.Thread(target=self._repeat, args=(name, work), name=name, daemon=True).start()
        self._repeat("background work", self._derive)

    def _repeat(
        self, name: str, work: Callable[[], bool], goes_on: Callable[[], bool] = lambda: True
    ) -> None:
        """Does `work` again and again, with a pause whenever it says that there was nothing to do."""
        if self._library.settings.processes > 1 and sys.platform == "linux":  # where a thread has its own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while not self._stop_asked.is_set() and goes_on():
            busy = False
            try:
                busy = work()
            except UserError as error:
                log.error("%s", error)
            except Exception:
                log.exception("%s failed; it is tried again", name)
            if not busy:
                self._stop_asked.wait(IDLE_SECONDS)

    def _derive(self) -> bool:
        held = self._library
        held.index.update()
        change = held.store.last_change()
        # What waits is found by going through all documents; a digest may come without a change of one.
        look = change != self._done or time.monotonic() - self._looked > LOOK_AGAIN
        worked = look and step(held)
        if look and not worked:
            self._done, self._looked = change, time.monotonic()
            if self._worked:
                memory.give_back()  # models and vectors took it
        self._worked = bool(worked)
        return bool(look_out(held)) or worked

    def _poll(self) -> bool:
        for what, outcome in self._library.poll(self._stop_asked):
            log.info("read %s: %s", what, outcome)
        return False

    def _discover(self) -> bool:
        if not self._resumed:
            self._resumed = True
            discover.resume(self._library, self._stop_asked)
        for topic, report in discover.poll(self._library, self._stop_asked):
            log.info("searched for %s: %d new documents", topic, report.documents)
        return False

    def _prune(self) -> bool:
        """Once an hour, what the audit log is no longer to hold goes."""
        if time.monotonic() - self._pruned > PRUNED:
            self._library.store.audit.prune(self._library.settings.audit_days)
            self._pruned = time.monotonic()
        return False

    def _upload(self) -> bool:
        self._library.read_uploads(self._stop_asked)
        return False

    def _write(self) -> bool:
        """Has the model of the settings, if there is one, write digests and read claims, by one client, until
        other settings are taken up."""
        held, settings = self._library, self._library.settings
        named = endpoint(settings)
        if named is None:
            return False
        reads = claims_by_model.endpoint(settings) is not None
        tried, read = set[str](), set[str]()  # documents that it has had, well or badly
        with Chat(named) as client:

            def write() -> bool:
                for made in held.write(client, tried, self._stop_asked):
                    log.info("%s: %s", named.model, made.reason or made.usage)
                if reads:
                    for claims in held.read_claims(client, read, self._stop_asked):
                        log.info("%s: %s", named.model, _told(claims))
                return False

            self._repeat("writing", write, lambda: held.settings is settings)
        return True

    def _translate(self) -> bool:
        """Translates by the best model that there is for each sentence, that of the endpoint, else those on
        this machine, until other settings or models are there."""
        held, settings, tried = self._library, self._library.settings, set[str]()
        here = translation_models(settings.translation_models)
        named = endpoint(settings)
        with ExitStack() as stack:
            models: list[ModelTranslator] = [LocalTranslator(settings.translation_models)] if here else []
            if named is not None:
                models.insert(0, ChatTranslator(stack.enter_context(Chat(named)), held.thesaurus))
            if not models:
                held.best_translator = held.translator
                return False
            held.best_translator = held.translator_by(*models)

            def work() -> bool:
                if held.undigested(1) or held.unclaimed(1):  # what is translated is not there yet
                    return False
                return sum(1 for _ in held.translate_by_model(tried, self._stop_asked)) > 0

            self._repeat(
                "translating",
                work,
                lambda: held.settings is settings and translation_models(settings.translation_models) == here,
            )
        return True

    def _deliver(self) -> bool:
        held = self._library
        allowed = held.settings.allow_private
        return bool(
            webhooks.deliver(held.store, held.home, allow_private=allowed, stop=self._stop_asked.is_set)
        )

    def _mail(self) -> bool:
        return bool(schedule.send_due(self._library, self._stop_asked.is_set))

    def stop(self) -> None:
        self._stop_asked.set()
        if self.is_alive():  # where nothing can be kept, it was never started
            self.join(timeout=10)


def _told(read: ReadByModel) -> str:
    return f"claims stay the built-in reader's: {read.reason}" if read.reason else str(read)
