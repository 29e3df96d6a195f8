"""OPML (opml.org, 2.0): lists of feeds, as feed readers hand them to one another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import lxml.etree

from mine2magnet.core.errors import UserError
from mine2magnet.model import Source

MOST = 1_000  # feeds of one list
MAX_BYTES = 5_000_000
LONGEST = 2_000  # characters of an address
OURS = "urn:mine2magnet"  # of what OPML has no word for: how often a source is read


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed of a list; `minutes`: how often it is read, None where the list does not say."""

    url: str
    minutes: int | None = None


def read(body: bytes, *, where: str) -> list[Subscription]:
    """The feeds of a list, each once, in its order and whatever folders they are in.

    Raises UserError when it is no list of feeds.
    """
    if len(body) > MAX_BYTES:
        raise UserError(f"larger than {MAX_BYTES / 1e6:g} MB", where=where)
    if b"<!ENTITY" in body:
        raise UserError("the list defines entities, which are refused", where=where)
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = lxml.etree.fromstring(body, parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or root.tag != "opml":
        raise UserError("not an OPML file", where=where, hint="export your feeds as OPML in your feed reader")
    found: dict[str, Subscription] = {}
    for outline in root.iter("outline"):
        url = (outline.get("xmlUrl") or "").strip()
        if _is_address(url):
            found.setdefault(url, Subscription(url, _minutes(outline.get(f"{{{OURS}}}minutes") or "")))
    if not found:
        raise UserError("the list has no feeds", where=where, hint="each is an outline with an xmlUrl")
    if len(found) > MOST:
        raise UserError(f"the list has more than {MOST:,} feeds", where=where, hint="split it")
    return list(found.values())


def write(sources: Iterable[Source]) -> bytes:
    """The list of what is read from the web; files and folders of this machine are nothing to others."""
    root = lxml.etree.Element("opml", version="2.0", nsmap={"mine2magnet": OURS})
    lxml.etree.SubElement(lxml.etree.SubElement(root, "head"), "title").text = "mine2magnet"
    body = lxml.etree.SubElement(root, "body")
    for source in sorted(sources, key=lambda one: one.what):
        if _is_address(source.what):
            outline = lxml.etree.SubElement(body, "outline", type="rss", text=source.what, xmlUrl=source.what)
            if source.interval:
                outline.set(f"{{{OURS}}}minutes", str(round(source.interval / 60)))
    return bytes(lxml.etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
    plain = not any(c.isspace() or not c.isprintable() for c in url)
    return parts.scheme in ("http", "https") and named and plain and len(url) <= LONGEST


def _minutes(stated: str) -> int | None:
    return int(stated) if stated.isascii() and stated.isdigit() and 1 <= int(stated) <= 10_080 else None
