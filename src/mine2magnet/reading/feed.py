"""RSS, Atom and JSON feeds → their entries, newest first."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
import lxml.html

from mine2magnet.core.errors import UserError
from mine2magnet.model import Document
from mine2magnet.reading import clean, dates, language
from mine2magnet.reading.charset import decode
from mine2magnet.reading.page import Hints

_LEAST_CONTENT = 200  # characters from which an entry's own content may stand for the article


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that a feed or sitemap lists; `content` is the entry's own, as HTML."""

    url: str
    hints: Hints
    content: str = ""


def read(body: bytes, *, url: str, charset: str, where: str) -> list[Entry]:
    """The entries of a feed. Raises UserError when it is none."""
    text = decode(body, charset)
    if text.lstrip().startswith("{"):
        entries = _json_entries(text, url, where)
    else:
        entries = _xml_entries(text, url, where)
    return newest_first(entries)


def newest_first(entries: list[Entry]) -> list[Entry]:
    """Return entries by date, the newest first, those without one last; one entry for each address."""
    first: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda e: e.hints.published or dates.EARLIEST, reverse=True):
        first.setdefault(entry.url, entry)
    return list(first.values())


def document(entry: Entry, *, fetched: datetime, where: str) -> Document | None:
    """The entry's own content as a document, for when its page cannot be had; None if it has too little."""
    if len(entry.content) < _LEAST_CONTENT:
        return None
    paragraphs = clean.paragraphs(_blocks(entry.content), where)
    if sum(len(p.text) for p in paragraphs) < _LEAST_CONTENT:
        return None
    return Document(
        title=entry.hints.title or clean.title(paragraphs[0].text),
        source=entry.hints.source,
        fetched=fetched,
        language=language.identify("\n".join([entry.hints.title, *(p.text for p in paragraphs[:5])])),
        paragraphs=paragraphs,
        url=entry.url,
        published=dates.plausible(entry.hints.published, fetched),
        tags=entry.hints.tags,
    )


def _blocks(content: str) -> list[str]:
    try:
        root = lxml.html.fragment_fromstring(content.replace("\0", ""), create_parent="div")
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return []
    for element in root.xpath("//script|//style"):
        element.drop_tree()
    for element in root.iter("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote"):
        element.text = "\n" + (element.text or "") if element.tag != "br" else None
        element.tail = "\n" + (element.tail or "")
    return str(root.text_content()).split("\n")


def _xml_entries(text: str, url: str, where: str) -> list[Entry]:
    if "<!ENTITY" in text:
        raise UserError("the feed defines entities, which are refused", where=where)
    head = text.lstrip()
    if head.startswith("<?xml"):  # the text is decoded: what it says of its encoding no longer holds
        head = head[head.find("?>") + 2 :]
    parsed = feedparser.parse(
        io.BytesIO(head.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
    )
    if not parsed.version and not parsed.entries:
        raise UserError("not a feed: neither RSS, Atom nor a JSON feed", where=where)
    source = clean.title(_plain(parsed.feed.get("title", "")))
    titles = [_plain(entry.get("title", "")) for entry in parsed.entries]
    code = str(parsed.feed.get("language", ""))[:2].lower() or language.identify("\n".join(titles))
    found = []
    for entry, heading in zip(parsed.entries, titles, strict=True):
        link = entry.get("feedburner_origlink") or entry.get("link") or ""
        contents = [c.get("value", "") for c in entry.get("content", ())] or [entry.get("summary", "")]
        stated = entry.get("published") or entry.get("updated") or entry.get("created") or ""
        found.append(
            Entry(
                urljoin(url, link),
                Hints(
                    title=clean.title(heading),
                    source=_publisher(entry) or source,
                    published=dates.parse(stated, code),
                    tags=clean.tags(_plain(t.get("term") or "") for t in entry.get("tags", ())),
                ),
                max(contents, key=len),
            )
        )
    return [e for e in found if e.url.startswith(("http://", "https://"))]


def _publisher(entry: Mapping[str, Any]) -> str:
    """Whose an entry is in a feed of several publishers: RSS 2.0 <source>, or Bing's <News:Source>."""
    named = entry.get("source")
    said = named.get("title") if isinstance(named, Mapping) else entry.get("news_source")
    return clean.title(_plain(str(said or "")))


def _json_entries(text: str, url: str, where: str) -> list[Entry]:
    """JSON Feed 1.1 (jsonfeed.org)."""
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise UserError("neither XML nor JSON, so not a feed", where=where) from None
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        raise UserError("not a feed: JSON without a jsonfeed.org version", where=where)
    source = clean.title(str(feed.get("title") or ""))
    items = feed["items"] if isinstance(feed.get("items"), list) else []
    code = str(feed.get("language") or "")[:2].lower()
    found = [_json_entry(item, url, source, code) for item in items if isinstance(item, Mapping)]
    return [e for e in found if e.url.startswith(("http://", "https://"))]


def _json_entry(item: Mapping[str, Any], url: str, source: str, code: str) -> Entry:
    title = clean.title(str(item.get("title") or ""))
    tags = item.get("tags")
    plain = str(item.get("content_text") or "")
    return Entry(
        urljoin(url, str(item.get("url") or item.get("external_url") or item.get("id") or "")),
        Hints(
            title=title,
            source=source,
            published=dates.parse(str(item.get("date_published") or ""), code),
            tags=clean.tags(str(t) for t in tags) if isinstance(tags, list) else (),
        ),
        str(item.get("content_html") or "") or html.escape(plain).replace("\n", "<br>"),
    )


def _plain(text: str) -> str:
    """A title without the tags that some feeds put into it."""
    if "<" not in text:
        return text
    return str(lxml.html.fragment_fromstring(text, create_parent="div").text_content())
