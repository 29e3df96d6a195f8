"""Claims by a model, beside the built-in reader's: answers are kept, failures leave the latter's."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mine2magnet.claims import by_model
from mine2magnet.claims.by_model import ReadByModel
from mine2magnet.core import llm
from mine2magnet.core.errors import UserError
from mine2magnet.core.llm import Chat, Endpoint, Message, Usage
from mine2magnet.core.settings import Settings
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.library import derive
from mine2magnet.model import Digest, Document
from mine2magnet.store import Store

LONGEST_KEPT = 100_000  # characters of an answer that is kept; one of 40 figures takes some 20,000

log = logging.getLogger(__name__)


def endpoint(settings: Settings) -> Endpoint | None:
    """The endpoint that claims are read at; None where the settings do not ask for it."""
    if not settings.claims_by_model:
        return None
    named = llm.endpoint(settings)
    if named is None:
        raise UserError(
            "no model to read claims with", where="claims_by_model", hint="set model and model_url as well"
        )
    return named


class ClaimsByModel:
    """Has claims read and keeps them; `claimer` gives the version of the built-in reader."""

    def __init__(self, store: Store, thesaurus: Thesaurus, claimer: Callable[[], str]) -> None:
        self._store = store
        self._thesaurus = thesaurus
        self._claimer = claimer

    def maker(self, model: str) -> str:
        """The version of what reads: with another model, or none, claims are taken again."""
        return f"{self._claimer()} {by_model.maker(model)}"

    def waiting(self, limit: int) -> list[str]:
        """Ids of documents that only the built-in reader has read, those published last first."""
        return self._store.claimed_by(self._claimer(), limit)

    def read(self, document: Document, held: Iterable[Digest], chat: Chat) -> ReadByModel:
        """The claims of a document at hand, nothing kept; those of the built-in reader if it fails."""
        return self._read(document, held, chat, None)

    def write(self, id: str, chat: Chat) -> ReadByModel:
        """The claims of a document of the library, kept. What the same model has answered to the same
        question is not paid for again; if it fails, what is held stays."""
        document = self._store.document(id)
        held = self._store.digests([id]).get(id, ()) if not document.paragraphs else ()
        used: set[str] = set()
        read = self._read(document, held, chat, used)
        if not read.reason:
            with self._store.writing() as writer:
                writer.put_claims(id, document.version, self.maker(chat.endpoint.model), read.claims)
                writer.keep_answers(id, used)
        return read

    def _read(
        self, document: Document, held: Iterable[Digest], chat: Chat, used: set[str] | None
    ) -> ReadByModel:
        found = derive.claims_in(document, held, self._thesaurus)

        def ask(messages: Sequence[Message], schema: Mapping[str, Any], most: int) -> tuple[str, Usage]:
            fingerprint = _fingerprint(chat.endpoint.model, messages, schema)
            if used is not None:
                used.add(fingerprint)
                if (kept := self._store.answer(fingerprint)) is not None:
                    return kept, Usage()
            reply = chat.complete(messages, schema=schema, max_tokens=most)
            if used is not None and len(reply.text) <= LONGEST_KEPT:
                with self._store.writing() as writer:
                    writer.put_answer(fingerprint, document.id, reply.text)
            return reply.text, reply.usage

        try:
            return by_model.read(
                document, found, thesaurus=self._thesaurus, ask=ask, at_once=chat.endpoint.concurrency
            )
        except Exception as error:  # a fault of ours must not lose the claims that there are
            log.exception("the model could not read %s", document.id or document.title)
            return ReadByModel(found, Usage(), f"could not be read: {type(error).__name__}")


def _fingerprint(model: str, messages: Sequence[Message], schema: Mapping[str, Any]) -> str:
    """Return the fingerprint of the model, the text, and the prompt with all that it offers."""
    asked = json.dumps([model, [dict(m) for m in messages], schema], ensure_ascii=False)
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()
