"""A site's own address → where it lists its pages: the feed that it names, else its sitemap."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urljoin, urlsplit

import lxml.etree
import lxml.html

from mine2magnet.core.errors import UserError
from mine2magnet.reading import content
from mine2magnet.reading.charset import decode
from mine2magnet.reading.confined import CONFINED
from mine2magnet.reading.content import Kind, Raw
from mine2magnet.reading.fetch import Fetcher
from mine2magnet.reading.page import FEED_TYPES

MOST_TRIED = 4  # addresses that are fetched to find a list
_FRONT = ("", "/index.html", "/index.htm", "/index.php", "/en", "/zh", "/ja", "/jp", "/cn")  # paths of a site


def is_front(url: str) -> bool:
    """Return whether an address is that of a site, not of a page in it.

    >>> is_front("https://news.example/"), is_front("https://news.example/2025/magnets")
    (True, False)
    """
    parts = urlsplit(url)
    return parts.path.rstrip("/") in _FRONT and not parts.query


def listed(raw: Raw, fetcher: Fetcher) -> Raw | None:
    """Return the feed or sitemap of the site that a web page is of; None if none is found.

    Parameters
    ----------
    raw : Raw
        The page: feeds are those that it names (RSS Advisory Board, "Feed Autodiscovery", 2006).
    fetcher : Fetcher
        Sitemaps are those of robots.txt (sitemaps.org), else /sitemap.xml.
    """
    if content.kind(raw) is not Kind.HTML or raw.url is None:
        return None
    for address in _candidates(raw, fetcher)[:MOST_TRIED]:
        try:
            found = fetcher.get(address)
        except UserError:
            continue
        if found is not None and content.kind(found) in (Kind.FEED, Kind.SITEMAP):
            return found
    return None


def _candidates(raw: Raw, fetcher: Fetcher) -> list[str]:
    assert raw.url is not None
    found = CONFINED.run(feeds, raw, where=raw.url)
    if is_front(raw.url):
        with suppress(UserError):
            found += fetcher.sitemaps(raw.url)
        found.append(urljoin(raw.url, "/sitemap.xml"))
    return list(dict.fromkeys(found))


def feeds(raw: Raw, *, where: str = "") -> list[str]:
    """Return the addresses of the feeds that a page names, those of comments last."""
    try:
        root = lxml.html.document_fromstring(decode(raw.body, raw.charset).replace("\0", "").encode())
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return []
    named: list[tuple[bool, str]] = []
    for link in root.iter("link"):
        kind, href = (link.get("type") or "").lower().strip(), (link.get("href") or "").strip()
        if "alternate" in (link.get("rel") or "").lower().split() and kind in FEED_TYPES and href:
            address = urljoin(raw.url or "", href)
            named.append(("comment" in f"{link.get('title') or ''} {address}".lower(), address))
    return [address for _, address in sorted(named, key=lambda one: one[0])]
