"""Digests by a model, and the check of every digest that is not the document's own sentences."""

from __future__ import annotations

from dataclasses import replace

from mine2magnet import digests
from mine2magnet.claims import MAKER, quantities, times, units
from mine2magnet.claims.numerals import numbers
from mine2magnet.core.llm import Chat, Usage
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.digests import grounding, written
from mine2magnet.digests.grounded_text import Tools
from mine2magnet.digests.written import Written
from mine2magnet.model import Digest, Document
from mine2magnet.search import embed_passages
from mine2magnet.store import Store


class Checker:
    """Grounds digests and keeps what it found; `maker` is the version of all that it goes by."""

    def __init__(self, store: Store, thesaurus: Thesaurus) -> None:
        self._store = store
        self.tools = Tools(
            thesaurus=thesaurus,
            quantities=quantities,
            numbers=numbers,
            convert=units.convert,
            times=times.find,
            bounds=times.bounds,
            embed=embed_passages,
        )
        self.maker = f"{grounding.VERSION}.{MAKER}.{thesaurus.version}"

    def waiting(self, limit: int) -> list[str]:
        """Ids of documents with digests that have not been checked against their current version."""
        return self._store.ungrounded(digests.METHOD, self.maker, limit)

    def check(self, id: str) -> None:
        """Checks what digests a document has, besides its own sentences."""
        document = self._store.document(id)
        made = [d for d in self._store.digests([id]).get(id, ()) if d.method != digests.METHOD]
        verdicts = [
            [(f.verdict, f.reason) for f in grounding.check_digest(d, document, self.tools)] for d in made
        ]
        with self._store.writing() as writer:
            for digest, found in zip(made, verdicts, strict=True):
                writer.put_findings(id, document.version, digest, self.maker, found)

    def writer(self, model: str, language: str) -> str:
        """The maker of the digests that `write` keeps."""
        return f"{written.maker(model)} {language} {self.maker}"

    def write(self, document: Document, language: str, chat: Chat) -> Written:
        """The digest of `document` by `chat`'s model, kept; one made before by the same model and prompt
        is given again at no cost."""
        model = chat.endpoint.model
        maker = self.writer(model, language)
        if held := self._held(document.id, model, language, maker):
            return Written(held, Usage())
        ground = grounding.Grounding(document, self.tools)
        made = written.write(
            document, language=language, chat=chat, thesaurus=self.tools.thesaurus, check=ground.reason
        )
        if made.digest is None:
            return made
        digest = replace(made.digest, maker=maker)
        found = [(f.verdict, f.reason) for f in map(ground.check, digest.points)]
        with self._store.writing() as writer:
            writer.put_digest(document.id, document.version, digest)
            writer.put_findings(document.id, document.version, digest, self.maker, found)
        return replace(made, digest=self._held(document.id, model, language, maker))

    def _held(self, id: str, *key: str) -> Digest | None:
        for digest in self._store.digests([id]).get(id, ()):
            if (digest.method, digest.language, digest.maker) == key:
                return digest
        return None
