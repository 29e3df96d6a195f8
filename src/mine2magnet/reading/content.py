"""What some bytes are, whatever they are called, and the documents in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from urllib.parse import urlsplit

from mine2magnet.core.errors import UserError
from mine2magnet.model import Read
from mine2magnet.reading import page, pdf, topic_page, written
from mine2magnet.reading.charset import decode
from mine2magnet.reading.page import FEED_TYPES, Hints

GZIP = b"\x1f\x8b"
_HEAD = 2_048  # bytes that are looked at
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_MOST_NO_TEXT = 0.02  # share of control and undecodable characters above which something is no text
_MARKUP = re.compile(rb"<(?:html|head|body|article|main|div|p|h1)\b", re.IGNORECASE)
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*<(?:\w+:)?(\w+)",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Raw:
    """Something to read, as it came. `url` is where it was found, None for a file; `stated` the media
    type and `charset` the encoding it is said to have, "" when nothing is said; `at` when it came."""

    body: bytes
    url: str | None
    at: datetime
    stated: str = ""
    charset: str = ""


class Kind(Enum):
    FEED = auto()
    SITEMAP = auto()
    HTML = auto()
    PDF = auto()
    TEXT = auto()


def kind(raw: Raw) -> Kind:
    """Tell the kind by the first bytes; by what was stated where these leave it open."""
    head = raw.body[:_HEAD]
    if b"%PDF-" in head[:1024]:  # readers tolerate as much before it (ISO 32000-1, annex H)
        return Kind.PDF
    if head.startswith(GZIP):
        return Kind.SITEMAP  # HTTP's own compression is undone by now: a .gz file is a sitemap's
    root = _ROOT.match(head)
    name = root[1].lower() if root else b""
    if name in (b"urlset", b"sitemapindex"):
        return Kind.SITEMAP
    if name in (b"rss", b"feed", b"rdf") or raw.stated in FEED_TYPES:
        return Kind.FEED
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") and b"jsonfeed.org" in head:
        return Kind.FEED
    if name == b"html" or raw.stated in ("text/html", "application/xhtml+xml"):
        return Kind.HTML
    if raw.stated.endswith(("/xml", "/json")):
        return Kind.FEED  # its reader says what is wrong with it
    return Kind.HTML if not raw.stated.startswith("text/") and _MARKUP.search(head) else Kind.TEXT


def read(raw: Raw, *, where: str, name: str = "", hints: Hints | None = None) -> Iterator[Read]:
    """The documents of a page, a PDF, a text or a topic page. `name` is the source of what names none.

    Raises UserError when there is none.
    """
    match kind(raw):
        case Kind.PDF:
            yield Read(pdf.read(raw.body, url=raw.url, fetched=raw.at, name=name, where=where, hints=hints))
        case Kind.HTML:
            yield Read(
                page.read(
                    raw.body,
                    url=raw.url,
                    charset=raw.charset,
                    fetched=raw.at,
                    name=name,
                    where=where,
                    hints=hints,
                )
            )
        case Kind.TEXT:
            yield from text(raw, where=where, name=name)
        case _:
            raise UserError("a feed or sitemap is read from its address only", where=where)


def text(raw: Raw, *, where: str, name: str = "", markdown: bool = False) -> Iterator[Read]:
    """The document of a text, or the documents of a topic page."""
    whole = decode(raw.body, raw.charset)
    if len(_NO_TEXT.findall(whole[:10_000])) > _MOST_NO_TEXT * min(len(whole), 10_000):
        raise UserError("not a text, a page or a PDF", where=where)
    if topic_page.is_topic_page(whole):
        yield from topic_page.read(whole, fetched=raw.at)
        return
    host = urlsplit(raw.url).hostname if raw.url else None
    yield Read(
        written.read_text(
            whole, url=raw.url, name=name or host or where, fetched=raw.at, where=where, markdown=markdown
        )
    )
