"""A conversation: each question is understood with those before it, answered from what is held, and kept.

An answer is kept with what happened while it was made, so that it can be followed, and read again later.
Whoever follows need not stay: what was begun is finished, unless it is cancelled or the process dies.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mine2magnet.ask import answer as answers
from mine2magnet.ask import followup
from mine2magnet.ask.answer import Answer, Depth
from mine2magnet.ask.ask import ask
from mine2magnet.core.errors import UserError
from mine2magnet.core.llm import PATIENCE, Chat, endpoint
from mine2magnet.library.library import Library
from mine2magnet.model import Conversation, Filters, Message
from mine2magnet.search.fusion import language

AT_ONCE = 8  # answers in the making: each waits for a model, or has a processor for a part of a second
WAIT = 10.0  # s that a question waits for one of these places; the client gives up after 30
LONGEST = timedelta(seconds=2 * PATIENCE + 60)  # of an answer in the making: a model is asked twice

DEPTHS = {
    "concise": answers.CONCISE,
    "comprehensive": answers.COMPREHENSIVE,
    "deepresearch": answers.DEEP,
}

log = logging.getLogger(__name__)


class TooManyQuestions(UserError):
    """More is asked at once than can be answered."""

    status = 429


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """What is asked, of which documents, and how much is to be told."""

    text: str
    filters: Filters = answers.EVERYTHING
    depth: Depth = answers.USUAL
    least: float = answers.ENOUGH


# An answer in words, and what belongs to them as plain JSON, for the conversation to keep.
Tell = Callable[[Answer], tuple[str, dict[str, Any]]]


class Desk:
    """Where questions are taken. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._store = library.store.conversations
        self._free = threading.BoundedSemaphore(AT_ONCE)

    def ask(
        self, conversation: Conversation, question: AskedQuestion, body: Mapping[str, Any], tell: Tell
    ) -> tuple[Message, Message]:
        """The question and its answer, as they are kept. `body` is kept with the question. Raises UserError
        if it cannot be answered; that is kept, too."""
        asked, answer = self._taken(conversation, question, body)
        try:
            self._answer(conversation, question, asked, answer, tell)
        finally:
            self._free.release()
        return asked, self._store.message(conversation, answer.id)

    def begin(
        self, conversation: Conversation, question: AskedQuestion, body: Mapping[str, Any], tell: Tell
    ) -> tuple[Message, Message]:
        """The question, and the place where its answer will be: it is made in a thread of its own."""
        asked, answer = self._taken(conversation, question, body)

        def run() -> None:
            try:
                self._answer(conversation, question, asked, answer, tell)
            except UserError as error:
                log.info("message %s: %s", answer.id, error)
            except Exception:
                log.exception("message %s could not be answered", answer.id)
            finally:
                self._free.release()

        threading.Thread(target=run, name="answering", daemon=True).start()
        return asked, answer

    def cancel(self, conversation: Conversation, answer: int) -> Message:
        """An answer that is not wanted any more; one that has ended stays as it is."""
        self._store.finish(answer, "cancelled", "", {}, [{"type": "cancelled"}])
        return self._store.message(conversation, answer)

    def message(self, conversation: Conversation, id: int) -> Message:
        """A message as it stands; an answer whose process died is a failed one."""
        held = self._store.message(conversation, id)
        if held.status == "running" and datetime.now(UTC) - held.made > LONGEST:
            self._failed(held, "broken off: ask again")
            held = self._store.message(conversation, id)
        return held

    def _taken(
        self, conversation: Conversation, question: AskedQuestion, body: Mapping[str, Any]
    ) -> tuple[Message, Message]:
        """Both messages, and one of the places where answers are made."""
        text = answers.checked(question.text)
        if not self._free.acquire(timeout=WAIT):
            raise TooManyQuestions(f"{AT_ONCE} answers are being made", hint="try again in a moment")
        try:
            return self._store.ask(conversation, text, body)
        except BaseException:
            self._free.release()
            raise

    def _answer(
        self, conversation: Conversation, question: AskedQuestion, asked: Message, answer: Message, tell: Tell
    ) -> None:
        try:
            understood = self._understood(conversation, asked)
            if not self._store.happened(answer.id, {"type": "started", "question": understood}):
                return
            found = ask(
                self._library,
                understood,
                language(question.text),
                filters=question.filters,
                depth=question.depth,
                least=question.least,
            )
            text, told = tell(found)
        except BaseException as error:
            self._failed(answer, str(error) if isinstance(error, UserError) else "it could not be answered")
            raise
        lines = [{"type": "message", "message": line} for line in text.splitlines(keepends=True)]
        body = {**told, "question": understood}
        self._store.finish(answer.id, "completed", text, body, [*lines, {"type": "completed"}])

    def _failed(self, answer: Message, reason: str) -> None:
        self._store.finish(answer.id, "failed", reason, {}, [{"type": "failed", "message": reason}])

    def _understood(self, conversation: Conversation, asked: Message) -> str:
        """The question with what it takes over from those before it."""
        before = self._store.messages(conversation, 2 * followup.REMEMBERED, asked.id)
        earlier = [message.text for message in before if message.role == "user"]
        last = next((m.body["question"] for m in reversed(before) if "question" in m.body), "")
        named = endpoint(self._library.settings) if earlier else None
        with Chat(named) if named else nullcontext() as chat:
            understood = followup.worded(asked.text, earlier, last, self._library.thesaurus, chat)
        return understood if len(understood) <= answers.LONGEST else asked.text
