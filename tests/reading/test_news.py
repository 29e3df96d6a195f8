"""News searches: how each is asked, what its documented answers give, and what its errors say."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from mine2magnet.reading import news
from mine2magnet.reading.fetch import Fetcher, FetchError, Limits
from mine2magnet.reading.news import NewsService, Terms
from tests import newsroom
from tests.newsroom import JSON, NOW, RSS, Server, Story

TERMS: Terms = (("dysprosium", "rare earth"), ("price",))
STORY = Story("https://post.example/a?id=1", "Dysprosium price doubles")


@pytest.fixture
def server() -> Iterator[Server]:
    with newsroom.serving() as server:
        yield server


@pytest.fixture
def fetcher(server: Server) -> Iterator[Fetcher]:
    """One that may go nowhere private but to the searches that the settings name."""
    trusted = news.trusted(settings(server))
    with Fetcher(Limits(1_000_000, 5, delay=0), allow_private=False, trusted=trusted) as fetcher:
        yield fetcher


def settings(server: Server) -> Settings:
    return Settings(
        news_gdelt=f"{server.url}/gdelt", news_google=f"{server.url}/google", news_bing=f"{server.url}/bing",
        news_searxng=f"{server.url}/sx", news_template=f"{server.url}/own?q={{query}}&lang={{lang}}",
    )  # fmt: skip


def service(server: Server, name: str) -> NewsService:
    return news.services(settings(server))[name]


def test_searches_without_an_address_are_left_out() -> None:
    assert list(news.services(Settings())) == ["gdelt", "google", "bing"]
    assert news.trusted(Settings()) == frozenset()
    named = Settings(news_searxng="http://127.0.0.1:8888", news_google="")
    assert list(news.services(named)) == ["gdelt", "bing", "searxng"]
    assert news.trusted(named) == {"127.0.0.1:8888"}


@pytest.mark.parametrize(
    ("name", "path", "wanted", "body", "kind"),
    [
        (
            "gdelt", "/gdelt",
            {
                "query": '(dysprosium OR "rare earth") price sourcelang:japanese', "mode": "artlist",
                "format": "json", "timespan": "48h", "maxrecords": "250",
            },
            newsroom.gdelt(STORY), JSON,
        ),
        (
            "google", "/google",
            {"q": '(dysprosium OR "rare earth") price when:2d', "hl": "ja", "gl": "JP", "ceid": "JP:ja"},
            newsroom.google(STORY), RSS,
        ),
        (
            "bing", "/bing",
            {"q": '(dysprosium OR "rare earth") price', "format": "rss", "setlang": "ja", "cc": "JP"},
            newsroom.bing(STORY), RSS,
        ),
        (
            "searxng", "/sx/search",
            {"format": "json", "categories": "news", "language": "ja", "time_range": "month", "pageno": "1"},
            newsroom.searxng(STORY), JSON,
        ),
        ("template", "/own", {"q": '(dysprosium OR "rare earth") price', "lang": "ja"},
         newsroom.google(STORY), RSS),
        ("template", "/own", {"lang": "ja"}, newsroom.searxng(STORY), JSON),
        ("template", "/own", {"lang": "ja"}, newsroom.gdelt(STORY), JSON),
    ],
)  # fmt: skip
def test_each_is_asked_and_read_in_its_own_form(
    server: Server, fetcher: Fetcher, name: str, path: str, wanted: dict[str, str], body: str, kind: str
) -> None:
    server.says(path, body, kind)
    asked = service(server, name)
    (entry,) = asked.ask(fetcher, asked.terms(TERMS), "ja", 2) or []
    assert (entry.url, entry.hints.title, entry.hints.published) == (STORY.url, STORY.title, STORY.time)
    assert entry.hints.source in (STORY.source, "post.example")
    assert server.asked[0][1].items() >= wanted.items()


def test_gdelt_gets_no_word_that_is_too_short(server: Server) -> None:
    gdelt = service(server, "gdelt")
    assert gdelt.terms((("dysprosium", "Dy"),)) == "dysprosium"
    assert gdelt.terms((("Dy",), ("price",))) == ""


def test_what_is_not_changed_is_nothing_new(server: Server, fetcher: Fetcher) -> None:
    server.says("/google", newsroom.google(STORY), RSS, ETag='"1"')
    google = service(server, "google")
    assert google.ask(fetcher, "dysprosium", "en", 7)
    assert google.ask(fetcher, "dysprosium", "en", 7) is None
    assert server.asked[1][2]["if-none-match"] == '"1"'


@pytest.mark.parametrize(("name", "body"), [("gdelt", "{}"), ("google", newsroom.google())])
def test_nothing_found_is_no_error(server: Server, fetcher: Fetcher, name: str, body: str) -> None:
    server.says(f"/{name}", body, JSON if name == "gdelt" else RSS)
    assert service(server, name).ask(fetcher, "dysprosium", "en", 7) == []


def test_of_three_thousand_results_the_newest_are_taken(server: Server, fetcher: Fetcher) -> None:
    stories = [Story(f"https://post.example/{n}", f"Story {n}", hours=n / 100) for n in range(3_000)]
    server.says("/gdelt", newsroom.gdelt(*reversed(stories)), JSON)
    found = service(server, "gdelt").ask(fetcher, "dysprosium", "en", 7) or []
    assert [one.hints.title for one in found] == [f"Story {n}" for n in range(news.MOST_HITS)]


def test_what_is_older_than_asked_for_is_left_out(server: Server, fetcher: Fetcher) -> None:
    old = Story("https://post.example/old", "Of last month", hours=24 * 30)
    server.says("/bing", newsroom.bing(STORY, old), RSS)
    found = service(server, "bing").ask(fetcher, "dysprosium", "en", 7) or []
    assert [one.url for one in found] == [STORY.url]


@pytest.mark.parametrize(
    ("name", "body", "kind", "said"),
    [
        (
            "gdelt",
            "<!doctype html><html><body>Sorry</body></html>",
            newsroom.HTML,
            "a web page instead of JSON",
        ),
        ("gdelt", "Your query was too short or too long.", "text/html", "'Your query was too short"),
        ("gdelt", "[1, 2]", JSON, "lists no articles"),
        ("gdelt", '{"articles": 3}', JSON, "lists no articles"),
        (
            "google",
            "<!doctype html><html><body>Before you continue</body></html>",
            newsroom.HTML,
            "instead of a feed",
        ),
        ("searxng", "<!doctype html><html><body>x</body></html>", newsroom.HTML, "instead of JSON"),
        ("template", "<!doctype html><html><body>x</body></html>", newsroom.HTML, "instead of JSON"),
    ],
)
def test_an_answer_in_another_form_says_so(
    server: Server, fetcher: Fetcher, name: str, body: str, kind: str, said: str
) -> None:
    server.says(
        "/sx/search" if name == "searxng" else "/own" if name == "template" else f"/{name}", body, kind
    )
    with pytest.raises(UserError, match=said):
        service(server, name).ask(fetcher, "dysprosium", "en", 7)


def test_too_many_questions_say_how_long_to_wait(server: Server, fetcher: Fetcher) -> None:
    server.says(
        "/gdelt", "Please limit requests to one every 5 seconds", "text/plain", 429, **{"Retry-After": "7"}
    )
    with pytest.raises(FetchError) as caught:
        service(server, "gdelt").ask(fetcher, "dysprosium", "en", 7)
    assert (caught.value.answered, caught.value.retry_after) == (429, 7.0)


def test_a_search_by_the_page_is_asked_until_nothing_is_new(server: Server, fetcher: Fetcher) -> None:
    pages = {"1": [STORY], "2": [STORY, Story("https://post.example/b", "More")], "3": [STORY]}
    server.answers["/sx/search"] = lambda given: (
        200, {"Content-Type": JSON}, newsroom.searxng(*pages[given["pageno"]]),
    )  # fmt: skip
    found = service(server, "searxng").ask(fetcher, "dysprosium", "en", 7) or []
    assert [one.url for one in found] == [STORY.url, "https://post.example/b"]
    assert [given["pageno"] for _, given, _ in server.asked] == ["1", "2", "3"]


def test_a_search_is_asked_like_an_interface_but_not_where_it_redirects_to(
    server: Server, fetcher: Fetcher
) -> None:
    server.robots = "User-agent: *\nDisallow: /"
    server.says("/google", newsroom.google(STORY), RSS)
    assert service(server, "google").ask(fetcher, "dysprosium", "en", 7)
    with newsroom.serving() as private:
        server.says("/google", "", status=302, Location=f"{private.url}/secret")
        with pytest.raises(FetchError, match="private address"):
            service(server, "google").ask(fetcher, "dysprosium", "en", 7)
        assert private.asked == []


def test_googles_older_addresses_hold_the_publishers() -> None:
    id = base64.urlsafe_b64encode(b'\x08\x13"\x1bhttps://post.example/a\xd2\x01\x00').decode().rstrip("=")
    assert (
        news.publisher_address(f"https://news.google.com/rss/articles/{id}?oc=5") == "https://post.example/a"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://post.example/a", "https://news.google.com/rss/articles/CBMiekFVX3lx?oc=5",
        "http://www.bing.com/news/apiclick.aspx?url=javascript:alert(1)",
        "http://www.bing.com/news/apiclick.aspx?url=file:///etc/passwd", "https://x.example/articles/====",
    ],
)  # fmt: skip
def test_other_addresses_stay(url: str) -> None:
    assert news.publisher_address(url) == url


def test_titles_are_without_the_publisher(server: Server, fetcher: Fetcher) -> None:
    seen = f"{NOW - timedelta(hours=1):%Y%m%dT%H%M%SZ}"
    one = {"url": "https://post.example/x", "title": "A - B - post.example", "domain": "post.example"}
    listed = {"articles": [one | {"seendate": seen}, {"url": "javascript:1", "title": "x"}, 5]}
    server.says("/gdelt", json.dumps(listed), JSON)
    found = service(server, "gdelt").ask(fetcher, "dysprosium", "en", 7) or []
    assert [one.hints.title for one in found] == ["A - B"]
