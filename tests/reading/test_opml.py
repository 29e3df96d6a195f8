"""Lists of feeds: what readers export, what is hostile or no list, and the way out and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.core.errors import UserError
from mine2magnet.model import Source
from mine2magnet.reading import opml
from mine2magnet.reading.opml import MAX_BYTES, MOST, Subscription

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.1"><head><title>My feeds</title></head><body>
<outline text="Metals"><outline type="rss" text="A" title="A" xmlUrl="https://a.example/feed" htmlUrl="https://a.example/"/>
  <outline text="inner"><outline text="稀土" xmlUrl=" http://b.example/rss?x=1&amp;y=2 "/></outline></outline>
<outline text="again" xmlUrl="https://a.example/feed"/>
<outline text="a folder"/><outline text="a file" xmlUrl="file:///etc/passwd"/>
<outline text="a password" xmlUrl="https://u:p@c.example/feed"/><outline text="broken" xmlUrl="https://[::1/"/>
</body></opml>"""


def test_the_feeds_of_all_folders_each_once() -> None:
    assert opml.read(LIST.encode(), where="feeds.opml") == [
        Subscription("https://a.example/feed"),
        Subscription("http://b.example/rss?x=1&y=2"),
    ]


def test_any_encoding_that_xml_states() -> None:
    stated = LIST.replace("UTF-8", "utf-16")
    assert opml.read(stated.encode("utf-16"), where="") == opml.read(LIST.encode(), where="")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not an OPML file"),
        (b"<rss version='2.0'><channel/></rss>", "not an OPML file"),
        (b"<opml><body><outline text='x'/></body></opml>", "the list has no feeds"),
        (b"<!DOCTYPE opml [<!ENTITY a 'b'>]><opml/>", "entities"),
        (b"<opml>" + b" " * MAX_BYTES, "larger than"),
        (
            b"<opml>%s</opml>"
            % b"".join(b"<outline xmlUrl='https://a.example/%d'/>" % n for n in range(MOST + 1)),
            "more than 1,000 feeds",
        ),
    ],
)
def test_what_is_no_list_of_feeds_is_refused_in_one_line(body: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said) as refused:
        opml.read(body, where="feeds.opml")
    assert "\n" not in str(refused.value)


@given(
    st.dictionaries(
        st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z?&=<\"']{0,9}", fullmatch=True),
        st.none() | st.integers(1, 10_080),
        min_size=1,
        max_size=9,
    )
)
def test_what_is_written_is_read_back(minutes: dict[str, int | None]) -> None:
    sources = [Source(url, None if n is None else 60.0 * n) for url, n in minutes.items()]
    back = opml.read(opml.write([*sources, Source("/a/folder")]), where="")
    assert {one.url: one.minutes for one in back} == minutes


def test_the_list_of_nothing_is_a_list() -> None:
    assert b"<opml" in opml.write([])
