"""Feeds as Atom (RFC 4287), put together element by element."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

NAMESPACE = "http://www.w3.org/2005/Atom"
# Characters that XML 1.0 has no place for.
_HIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)), " ")


def feed(address: str, title: str, page: str, updated: datetime | None) -> ElementTree.Element:
    """Return a feed without entries: its own address, what it is called, and the page that it is of."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}feed")
    put(root, "id", address)
    put(root, "title", title)
    put(root, "updated", time(updated))
    put(root, "link", rel="self", type="application/atom+xml", href=address)
    put(root, "link", rel="alternate", type="text/html", href=page)
    return root


def put(
    parent: ElementTree.Element, name: str, text: str | None = None, **values: str
) -> ElementTree.Element:
    """Return an element put into another; characters that XML has no place for become spaces."""
    made = ElementTree.SubElement(
        parent, f"{{{NAMESPACE}}}{name}", {k: v.translate(_HIDDEN) for k, v in values.items()}
    )
    made.text = text.translate(_HIDDEN) if text else text
    return made


def time(moment: datetime | None) -> str:
    """Return a time as Atom writes it; the beginning of 1970 for none."""
    return (moment or datetime.fromtimestamp(0, UTC)).isoformat(timespec="seconds")


def written(root: ElementTree.Element) -> bytes:
    """Return the feed as a file."""
    whole: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return whole
