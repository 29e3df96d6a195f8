"""Text as it is kept: no control, zero-width or direction-changing characters, bounded paragraphs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from mine2magnet.core.errors import UserError
from mine2magnet.model import Paragraph

MAX_PARAGRAPHS = 5_000  # a book of 400 pages has about as many
MAX_CHARACTERS = 2_000_000  # of one document, about 1,000 printed pages
MAX_TITLE = 300  # characters of a title; a longer one is cut
MAX_TAGS = 20
_MAX_TAG = 50  # characters; longer ones are sentences, not tags
# Control characters that are no white space; zero-width ones, soft hyphens and byte-order marks;
# embedding, override and isolate marks that change the order in which text is shown; halves of
# surrogate pairs.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def tidy(text: str) -> str:
    """One line: NFC, without invisible characters, runs of white space as one space.

    >>> tidy(" rare\\u200b\\x00 \\n earths ")
    'rare earths'
    """
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def title(text: str) -> str:
    """A tidy title of at most MAX_TITLE characters."""
    text = tidy(text)
    return text if len(text) <= MAX_TITLE else text[: MAX_TITLE - 1].rstrip() + "…"


def paragraphs(texts: Iterable[str], where: str) -> tuple[Paragraph, ...]:
    """The tidy, non-empty ones of `texts`, numbered from 1. Raises UserError when they are too many."""
    kept: list[Paragraph] = []
    size = 0
    for text in filter(None, map(tidy, texts)):
        size += len(text)
        if len(kept) == MAX_PARAGRAPHS or size > MAX_CHARACTERS:
            raise UserError(
                f"longer than {MAX_PARAGRAPHS:,} paragraphs or {MAX_CHARACTERS:,} characters",
                where=where,
                hint="split it into several documents",
            )
        kept.append(Paragraph(len(kept) + 1, text))
    return tuple(kept)


def tags(texts: Iterable[str]) -> tuple[str, ...]:
    """At most MAX_TAGS different tidy tags, in their order."""
    tidied = (tidy(text) for text in texts)
    return tuple(dict.fromkeys(t for t in tidied if 0 < len(t) <= _MAX_TAG))[:MAX_TAGS]
