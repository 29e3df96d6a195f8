"""The inbox, its feeds, and the form for watches."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest
from httpx import Client

from mine2magnet.alerts import watches
from mine2magnet.background.worker import look_out
from mine2magnet.library.library import Library
from mine2magnet.model import ClaimFilter, Match, Quantity, Read, Watch
from mine2magnet.web.pages.inbox import atom
from tests.web.conftest import SLUG, tell, written

Get = Callable[..., str]
HOSTILE = 'Terbium <script>alert(1)</script> & "more" \x0b\x01 in port.'


@pytest.fixture
def found(filled: Library) -> Library:
    """A library with two watches and three matches."""
    watches.add(filled.store, Watch("Terbium", query="terbium"))
    watches.add(filled.store, Watch("Thin stocks", claims=ClaimFilter(measure=("stock_cover",))))
    now: dict[str, Any] = {"fetched": datetime.now(UTC)}
    stocks = written("Stocks", "Magnet stocks in Germany last for four weeks.", day=23, **now)
    filled.keep(
        [
            Read(
                written("Lots of terbium", "A first line.", "Terbium went abroad. So it goes.", day=21, **now)
            ),
            Read(written("A hostile one", HOSTILE, day=22, **now)),
            Read(stocks),
        ]
    )
    while filled.claim(50):
        pass
    tell(filled, stocks, (1, "four weeks", Quantity(4, 4, "week"), {"measure": "stock_cover"}))
    while look_out(filled):
        pass
    assert filled.store.count_matches() == 3
    return filled


def post(client: Client, path: str, **fields: Any) -> str:
    client.get("/inbox")
    response = client.post(path, data=fields)
    assert response.status_code == 200, response.text
    return response.text


def test_the_inbox_shows_what_was_found_latest_first(found: Library, page: Get) -> None:
    html = page("/inbox")
    assert re.findall(r'<h2 id="title-[^>]*><a [^>]*>(.*?)</a>', html) == [
        "Stocks",
        "A hostile one",
        "Lots of terbium",
    ]
    assert html.count('class="card match new"') == 3
    assert "last for <mark>four weeks</mark>." in html
    assert ">4\u00a0weeks</strong>" in html
    assert "<script>alert" not in html
    assert "<mark>Terbium</mark> &lt;script&gt;" in html


def test_every_page_says_how_many_are_unread(found: Library, page: Get) -> None:
    for language, said in (("en", "3 new"), ("zh", "3 条新发现"), ("ja", "新着 3 件")):
        html = page("/documents", lang=language)
        assert re.search(rf'id="unread" class="unread"><span aria-hidden="true">3</span>.*{said}', html)


def test_nothing_unread_shows_no_number(filled: Library, page: Get, client: Client) -> None:
    assert 'id="unread" class="unread" hidden' in page("/documents")
    assert client.get("/status").json()["unread"] == 0


def test_a_match_opens_its_sentence(found: Library, page: Get, client: Client) -> None:
    (address,) = re.findall(r'href="([^"]*)"><q><mark>Terbium</mark> went', page("/inbox"))
    assert address.endswith("#p2")
    opened = client.get(address.replace("&amp;", "&")).text
    assert '<span class="said"><mark>Terbium</mark> went abroad.</span> So it goes.' in opened


def test_matches_are_marked_read_one_by_one_or_all(found: Library, client: Client) -> None:
    match = found.store.matches()[0]
    html = post(client, "/inbox/read", id=match.id)
    assert html.count('class="card match new"') == 2
    assert (
        "Stocks"
        not in client.get("/inbox", params={"unread": "1"})
        .text.partition('id="watches"')[0]
        .partition("<main")[2]
    )
    terbium = found.store.watch("Terbium")
    html = post(client, "/inbox/read", watch=terbium.id)
    assert client.get("/status").json()["unread"] == 0
    assert html.count('class="card match"') == 2


def test_marking_needs_our_own_page(found: Library, client: Client) -> None:
    assert client.post("/inbox/read", data={}).status_code == 403
    client.get("/inbox")
    foreign = client.post("/inbox/read", data={}, headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    assert found.store.count_matches(unread=True) == 3


def test_the_inbox_is_json_too_and_keeps_secrets(found: Library, client: Client) -> None:
    told = client.get("/inbox", params={"format": "json"}).json()
    assert (told["total"], told["unread"], len(told["watches"])) == (3, 3, 2)
    assert told["matches"][0]["claim"]["quantity"]["low"] == 4.0
    assert "whsec_" not in client.get("/inbox", params={"format": "json"}).text + client.get("/inbox").text


@pytest.mark.parametrize("address", ["/inbox?watch=none", "/inbox/none/feed.atom", "/inbox?offset=x"])
def test_what_is_not_there_is_said(found: Library, client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code in (400, 404)
    assert 'class="error"' in response.text or "Not found" in response.text


# --- feeds


def test_the_feed_is_valid_atom(found: Library, client: Client) -> None:
    response = client.get("/inbox/feed.atom")
    assert response.headers["content-type"] == "application/atom+xml"
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    assert feed.feed.id == f"{client.base_url}/inbox/feed.atom"
    assert [entry.title for entry in feed.entries] == [
        "Thin stocks: Stocks",
        "Terbium: A hostile one",
        "Terbium: Lots of terbium",
    ]
    ids = [f"urn:uuid:{match.id}" for match in found.store.matches()]
    assert [entry.id for entry in feed.entries] == ids
    for entry in feed.entries:
        assert entry.updated_parsed
        assert entry.author
        assert client.get(entry.link).status_code == 200
    assert feed.feed.updated_parsed == feed.entries[0].updated_parsed
    assert client.get("/inbox/feed.atom").content == response.content


def test_each_watch_has_its_feed(found: Library, client: Client) -> None:
    watch = found.store.watch("Thin stocks")
    feed = feedparser.parse(client.get(f"/inbox/{watch.id}/feed.atom").content)
    assert [entry.title for entry in feed.entries] == ["Thin stocks: Stocks"]


def test_an_empty_feed_is_valid_too(filled: Library, client: Client) -> None:
    feed = feedparser.parse(client.get("/inbox/feed.atom").content)
    assert (feed.bozo, feed.entries) == (False, [])
    assert feed.feed.updated_parsed


def test_characters_that_xml_cannot_hold_do_not_break_a_feed() -> None:
    every = "".join(map(chr, (*range(0x20), 0x7F, 0xD800, 0xFFFE, 0x1F600))) + "]]>&<"
    match = Match(
        "d", 1, 1, 0, 0, every, 0, 1, id="i", watch="w", seen=datetime.now(UTC), title=every, source=every
    )
    feed = feedparser.parse(atom("http://a", "/p", [match], None, {"w": every}))
    assert not feed.bozo
    assert feed.entries[0].content[0].value.endswith("\U0001f600]]>&<")


# --- the form


def test_a_watch_is_made_on_the_page(filled: Library, client: Client) -> None:
    html = post(
        client, "/new-watch", name="Thin", topic=SLUG, subject="Germany", measure="stock_cover", side="below",
        figure="6 weeks", webhook="https://hook.example/x",
    )  # fmt: skip
    watch = filled.store.watch("Thin")
    assert (watch.topic, watch.claims, watch.webhook) == (
        SLUG, ClaimFilter(subject=("germany",), measure=("stock_cover",)), "https://hook.example/x",
    )  # fmt: skip
    assert watch.bound is not None
    assert (watch.bound.side, watch.bound.value, watch.bound.unit) == ("below", 6, "week")
    assert "High-performance magnets · Germany · stock cover · &lt;6\u00a0weeks" in html
    post(client, f"/watches/{watch.id}/remove")
    assert filled.store.watches() == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"query": "x"}, "name"),
        ({"name": "n"}, "topic"),
        ({"name": "n", "query": '"x'}, "query"),
        ({"name": "n", "material": "Atlantis"}, "material"),
        ({"name": "n", "measure": "price", "confidence": "2"}, "confidence"),
        ({"name": "n", "query": "x", "figure": "6 weeks"}, "measure"),
        ({"name": "n", "measure": "price", "figure": "many"}, "figure"),
        ({"name": "n", "measure": "price", "figure": "6 weeks", "side": "beside"}, "figure"),
        ({"name": "n", "query": "x", "webhook": "http://127.0.0.1/"}, "webhook"),
        ({"name": "n" * 200, "query": "x"}, "name"),
    ],
)
def test_a_bad_field_is_named_and_what_was_typed_is_kept(
    filled: Library, client: Client, fields: dict[str, str], field: str
) -> None:
    client.get("/inbox")
    response = client.post("/new-watch", data=fields)
    assert response.status_code == 400
    assert f'id="{field}-error"' in response.text
    assert f'aria-describedby="{field}-error"' in response.text
    assert filled.store.watches() == []
    for name, value in fields.items():
        if name in ("query", "subject", "webhook"):
            assert f'name="{name}" value="{value.replace(chr(34), "&#34;")}"' in response.text


def test_pages_offer_to_watch_what_they_show(filled: Library, page: Get) -> None:
    assert f"/new-watch?topic={SLUG}&amp;name=" in page(f"/topics/{SLUG}")
    assert "/new-watch?query=terbium&amp;name=terbium" in page("/documents", q="terbium")
    html = page("/new-watch", topic=SLUG, measure="stock_cover", subject="germany")
    assert f'<option value="{SLUG}" selected>' in html
    assert '<option value="stock_cover" selected>' in html
    assert 'name="subject" value="Germany"' in html
