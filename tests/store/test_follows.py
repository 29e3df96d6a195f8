from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mine2magnet.core.errors import NotFound
from mine2magnet.library.library import Library
from mine2magnet.model import Document, Follow, Paragraph, Read

MP, LYNAS = Follow("company", "US:MP"), Follow("company", "AU:LYC")
WIRE = Follow("channel", "source:1")


def test_a_thing_is_followed_as_long_as_it_stands_anywhere(library: Library) -> None:
    follows = library.store.follows
    follows.follow("me", MP)
    since = follows.followed("me", "company")["US:MP"]
    group = follows.make_group("me", "Miners", [MP, LYNAS, WIRE])
    assert set(follows.followed("me", "company")) == {"US:MP", "AU:LYC"}
    assert follows.followed("me", "company")["US:MP"] == since, "since it was first followed"
    assert list(follows.followed("me", "channel")) == ["source:1"]
    assert follows.unfollow("me", MP)
    assert not follows.unfollow("me", MP)
    assert follows.group("me", group.id).follows == (LYNAS, WIRE)
    follows.remove_group("me", group.id)
    assert follows.followed("me", "company") == {}


def test_what_is_added_again_stays_where_it_is(library: Library) -> None:
    follows = library.store.follows
    group = follows.make_group("me", "Miners", [MP, WIRE])
    assert follows.add("me", group.id, [LYNAS, MP]).follows == (MP, WIRE, LYNAS)
    assert follows.replace("me", group.id, [LYNAS, MP]).follows == (LYNAS, MP)


def test_groups_are_of_one_owner(library: Library) -> None:
    follows = library.store.follows
    group = follows.make_group("me", "Miners", [MP])
    assert follows.groups("other") == []
    with pytest.raises(NotFound):
        follows.replace("other", group.id, [])
    assert follows.group("me", group.id) == group


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("https://wire.example/a", True),
        ("http://wire.example", True),
        ("https://WWW.Wire.example:8443/a", True),
        ("https://news.wire.example/", True),
        ("https://barbedwire.example/", False),
        ("https://other.example/?from=wire.example/", False),
        ("https://other.example/?from=https://wire.example/", False),
        ("https://other.example/a.wire.example/", False),
        ("https://wire.example.org/", False),
        ("https://wireXexample/", False),
    ],
)
def test_documents_at_a_host_and_below_it(library: Library, url: str, there: bool) -> None:
    document = Document("A", "Wire", datetime.now(UTC), "en", (Paragraph(1, "Magnets."),), url=url)
    library.keep([Read(document)])
    assert (list(library.store.follows.at_host("wire.example").values()) == ["Wire"]) is there
    assert library.store.follows.at_host("%") == {}
