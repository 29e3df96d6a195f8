"""The links of a page to further pages of the same site."""

from __future__ import annotations

from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.etree
import lxml.html

from mine2magnet.reading.charset import decode
from mine2magnet.reading.content import Kind, Raw, kind

MOST = 2_000  # links of a page that are looked at


def links(raw: Raw, *, where: str = "") -> list[tuple[str, str]]:
    """(address, text) of each page of the same host that a web page links to, each once, in its order."""
    if kind(raw) is not Kind.HTML or raw.url is None:
        return []
    try:
        root = lxml.html.document_fromstring(decode(raw.body, raw.charset).replace("\0", "").encode())
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return []
    host, found = urlsplit(raw.url).netloc, dict[str, str]()
    for element in list(root.iterfind(".//a[@href]"))[:MOST]:
        try:
            address = urldefrag(urljoin(raw.url, element.get("href").strip()))[0]
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.netloc == host and address != raw.url:
            found.setdefault(address, " ".join(element.text_content().split()))
    return list(found.items())
