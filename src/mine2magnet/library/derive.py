"""What is derived from documents, as pure functions: any process on any machine may do it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mine2magnet import claims, digests
from mine2magnet.core import thesaurus
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.library.topics import published_digest
from mine2magnet.model import Claim, Digest, Document

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Makers:
    """The versions of what makes digests and claims, with that of the thesaurus that shapes both."""

    digests: str
    claims: str

    @classmethod
    def of(cls, words: Thesaurus) -> Makers:
        made = f"{claims.MAKER}.{words.version}"
        return cls(f"{digests.MAKER}.{made}", made)


def digest(document: Document, words: Thesaurus) -> Digest:
    """The extractive digest of a document with text, by what its claims tell."""
    try:
        read = list(claims.readings(document, thesaurus=words))
    except Exception:  # a fault of ours must not keep the document from having a digest
        log.exception("no claims could be taken from %s", document.id)
        read = []
    made = digests.digest(document, thesaurus=words, read=read)
    return replace(made, maker=Makers.of(words).digests)


def claims_in(document: Document, held: Iterable[Digest], words: Thesaurus) -> list[Claim]:
    """The claims of a document; without text, those of the digest that came with it."""
    try:
        if document.paragraphs:
            return claims.extract(document, thesaurus=words)
        published = published_digest(held)
        return list(_claims_of_digest(document, published, words)) if published else []
    except Exception:  # a fault of ours must not keep the other documents from being read
        log.exception("no claims could be taken from %s", document.id)
        return []


def _claims_of_digest(document: Document, digest: Digest, words: Thesaurus) -> Iterator[Claim]:
    """Each under the number of its point; the first citation is the paragraph it is said to rest on."""
    for number, point in enumerate(digest.points, 1):
        for claim in claims.extract_text(
            point.text, language=digest.language, published=document.published, thesaurus=words
        ):
            yield replace(
                claim,
                document=document.id,
                version=document.version,
                paragraph=point.citations[0] if point.citations else 1,
                point=number,
            )


def digested(documents: Sequence[Document]) -> tuple[Makers, list[Digest]]:
    """The digest of each, by one core, and what made them."""
    words = thesaurus.load()
    return Makers.of(words), [digest(document, words) for document in documents]


def claimed(documents: Sequence[tuple[Document, Sequence[Digest]]]) -> tuple[Makers, list[list[Claim]]]:
    """The claims of each document and the digests held of it, and what made them."""
    words = thesaurus.load()
    return Makers.of(words), [claims_in(document, held, words) for document, held in documents]
