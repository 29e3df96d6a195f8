"""Feeds as Atom."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree

from mine2magnet.core import atom

NAME = f"{{{atom.NAMESPACE}}}"


def test_a_feed_can_be_read_whatever_it_holds() -> None:
    root = atom.feed("http://h/a", "x\x00<y>\ud800", "http://h/p", None)
    atom.put(root, "category", term="\x0bz")
    read = ElementTree.fromstring(atom.written(root))
    assert read.findtext(f"{NAME}title") == "x <y> "
    assert read.findtext(f"{NAME}updated") == "1970-01-01T00:00:00+00:00"
    assert [link.get("rel") for link in read.iter(f"{NAME}link")] == ["self", "alternate"]
    (category,) = read.iter(f"{NAME}category")
    assert category.get("term") == " z"


def test_times_keep_their_zone() -> None:
    assert atom.time(datetime.fromisoformat("2025-06-01T03:13:00.5+08:00")) == "2025-06-01T03:13:00+08:00"
