"""Sitemaps (sitemaps.org 0.9) with the titles and dates of Google's news extension."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

import lxml.etree

from mine2magnet.core.errors import UserError
from mine2magnet.reading import clean, dates
from mine2magnet.reading.feed import Entry, newest_first
from mine2magnet.reading.page import Hints


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Pages, newest first, and the addresses of further sitemaps (of an index)."""

    entries: list[Entry]
    sitemaps: list[str]


def read(body: bytes, *, url: str, where: str) -> Sitemap:
    """Raises UserError when it is no sitemap."""
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    if b"<!ENTITY" in body:
        raise UserError("the sitemap defines entities, which are refused", where=where)
    try:
        root = lxml.etree.fromstring(body, parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or _name(root) not in ("urlset", "sitemapindex"):
        raise UserError("not a sitemap", where=where)
    entries: list[Entry] = []
    sitemaps: list[tuple[str, str]] = []
    for child in root:
        fields = dict(_fields(child))
        address = urljoin(url, fields.get("loc", ""))
        if not address.startswith(("http://", "https://")):
            continue
        if _name(child) == "sitemap":
            sitemaps.append((fields.get("lastmod", ""), address))
        elif _name(child) == "url":
            code = fields.get("language", "")[:2].lower()
            hints = Hints(
                title=clean.title(fields.get("title", "")),
                source=clean.title(fields.get("name", "")),
                published=dates.parse(fields.get("publication_date") or fields.get("lastmod", ""), code),
                tags=clean.tags(fields.get("keywords", "").split(",")),
            )
            entries.append(Entry(address, hints))
    latest_first = [address for _, address in sorted(sitemaps, reverse=True)]
    return Sitemap(newest_first(entries), list(dict.fromkeys(latest_first)))


def _fields(element: lxml.etree._Element) -> Iterator[tuple[str, str]]:
    """(local name, text) of an entry's own fields and of its news element, not of its pictures."""
    for child in element:
        if _name(child) in ("news", "publication"):
            yield from _fields(child)
        elif _name(child) not in ("image", "video"):
            yield _name(child), clean.tidy(child.text or "")


def _name(element: lxml.etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
