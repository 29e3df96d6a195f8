"""A topic that fills itself from real servers on loopback: what is kept, what of the rest is known, and how
a run goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from mine2magnet.library import discover, topics
from mine2magnet.library.discover import DiscoverReport
from mine2magnet.library.library import Library
from mine2magnet.model import DiscoverRequest, Topic
from mine2magnet.reading.fetch import Limits
from tests import newsroom
from tests.conftest import empty
from tests.newsroom import JSON, RSS, Server, Story

ABOUT = (
    "Traders in Rotterdam say that {n} tonnes of dysprosium oxide changed hands in a week.",
    "The price of dysprosium has doubled since the licences were introduced, according to three of them.",
)
JAPANESE = ("ジスプロシウムの価格が一週間で二倍になったと商社は話す。", "在庫は四週間分しか残っていない。")


@pytest.fixture
def search() -> Iterator[Server]:
    with newsroom.serving() as server:
        for path, body, kind in (
            ("/gdelt", newsroom.gdelt(), JSON), ("/google", newsroom.google(), RSS),
            ("/bing", newsroom.bing(), RSS),
        ):  # fmt: skip
            server.says(path, body, kind)
        yield server


@pytest.fixture
def post() -> Iterator[Server]:
    """A publisher."""
    with newsroom.serving() as server:
        yield server


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discover, "Limits", partial(Limits, delay=0))


@pytest.fixture
def library(tmp_path: Path, search: Server) -> Library:
    return Library.open(
        Settings(
            folder=empty(tmp_path), allow_private=True, news_gdelt="", news_google=f"{search.url}/google",
            news_bing=f"{search.url}/bing",
        )
    )  # fmt: skip


@pytest.fixture
def topic(library: Library) -> Topic:
    return topics.save(library.store, Topic("dysprosium", "Dysprosium", ("dysprosium", "ジスプロシウム")))


def run(library: Library, topic: Topic, request: DiscoverRequest = DiscoverRequest()) -> DiscoverReport:  # noqa: B008
    return discover.discover(library, topic, discover.follow(library, topic, request, due=False))


def story(post: Server, path: str, title: str = "Dysprosium price doubles", n: int = 4) -> Story:
    url = post.says(path, newsroom.article(title, *(p.format(n=n) for p in ABOUT)))
    return Story(url, title)


def states(library: Library) -> dict[str, str]:
    return {hit.title: hit.state for hit in library.store.searches.hits("dysprosium")}


def held(library: Library, topic: Topic) -> set[str]:
    ids = topics.members(library.store, library.index, topic)
    return {document.title for document in library.store.documents(list(ids)).values()}


def test_two_searches_fill_a_topic(library: Library, topic: Topic, search: Server, post: Server) -> None:
    one, two = story(post, "/1"), story(post, "/2", "Who has dysprosium left", 9)
    search.says("/google", newsroom.google(one, two), RSS)
    search.says(
        "/bing",
        newsroom.bing(two, Story(post.says("/3", newsroom.article("磁石の値段", *JAPANESE)), "磁石の値段")),
        RSS,
    )
    report = run(library, topic)
    assert report.states == {"kept": 3}
    assert report.done == report.total
    assert held(library, topic) == {"Dysprosium price doubles", "Who has dysprosium left", "磁石の値段"}
    asked = {(path, given["q"].partition(" when")[0]) for path, given, _ in search.asked}
    assert asked == {(p, q) for p in ("/google", "/bing") for q in ("dysprosium", "ジスプロシウム")}
    assert sorted(post.paths()) == ["/1", "/2", "/3"]  # each page once
    assert sum(one.found for one in report.outcomes) == 8
    assert sum(one.states["kept"] for one in report.outcomes) == 3
    assert sum(s.kept for s in library.store.searches.of("dysprosium")) == 3


def test_a_second_run_looks_at_what_is_new(
    library: Library, topic: Topic, search: Server, post: Server
) -> None:
    one = story(post, "/1")
    search.says("/google", newsroom.google(one), RSS, ETag='"1"')
    run(library, topic)
    again = run(library, topic)
    assert again.states == {}
    assert post.paths() == ["/1"]
    assert [h["if-none-match"] for path, _, h in search.asked[4:] if path == "/google"] == ['"1"', '"1"']
    search.says("/google", newsroom.google(story(post, "/2", "More of dysprosium", 7), one), RSS)
    assert run(library, topic).states == {"kept": 1}
    assert post.paths() == ["/1", "/2"]


def test_what_is_held_is_not_fetched(library: Library, topic: Topic, search: Server, post: Server) -> None:
    one = story(post, "/1")
    with library.fetcher() as fetcher:
        fetcher.limits = Limits(1_000_000, 5, delay=0)
    library.read(one.url)
    search.says("/bing", newsroom.bing(Story(one.url + "?utm_source=bing", one.title)), RSS)
    report = run(library, topic)
    assert states(library) == {one.title: "held"}
    assert report.states == {}
    assert post.paths() == ["/1"]


def test_redirects_lead_to_the_publisher(
    library: Library, topic: Topic, search: Server, post: Server
) -> None:
    one = story(post, "/1")
    search.says("/google", newsroom.google(one, through=f"{search.url}/go"), RSS)
    search.answers["/go"] = lambda given: (302, {"Location": given["to"]}, "")
    run(library, topic)
    (document,) = library.store.documents(list(topics.members(library.store, library.index, topic))).values()
    assert document.url == one.url
    assert document.paragraphs


def test_a_page_of_the_search_itself_stays_a_title(library: Library, topic: Topic, search: Server) -> None:
    """As Google News answers: a page whose script leads on."""
    search.says("/go", newsroom.article("Google News", *(p.format(n=2) for p in ABOUT)))
    search.says("/google", newsroom.google(Story(f"{search.url}/go?x=1", "Dysprosium runs out")), RSS)
    run(library, topic)
    (hit,) = library.store.searches.hits("dysprosium")
    assert (hit.state, hit.title) == ("title", "Dysprosium runs out")
    assert "publisher" in hit.reason
    assert held(library, topic) == {"Dysprosium runs out"}


@pytest.mark.parametrize("status", [401, 402, 403, 451])
def test_behind_a_paywall_title_source_time_and_link_are_kept(
    library: Library, topic: Topic, search: Server, post: Server, status: int
) -> None:
    url = post.says("/1", "subscribe", status=status)
    search.says("/google", newsroom.google(Story(url, "The last of it", "Rich Times")), RSS)
    assert run(library, topic).states == {"title": 1}
    ids = topics.members(library.store, library.index, topic)  # whatever the title says
    (document,) = library.store.documents(list(ids)).values()
    assert (document.title, document.source, document.url) == ("The last of it", "Rich Times", url)
    assert document.published is not None
    assert document.paragraphs == ()
    run(library, topic)
    assert post.paths() == ["/1"]


def test_robots_is_obeyed(library: Library, topic: Topic, search: Server, post: Server) -> None:
    post.robots = "User-agent: *\nDisallow: /1"
    search.says("/google", newsroom.google(story(post, "/1")), RSS)
    run(library, topic)
    (hit,) = library.store.searches.hits("dysprosium")
    assert (hit.state, "robots.txt" in hit.reason) == ("title", True)
    assert post.paths() == []


def test_what_is_gone_or_of_something_else_is_not_kept(
    library: Library, topic: Topic, search: Server, post: Server
) -> None:
    other = Story(post.says("/2", newsroom.article("Tin rises", "Tin is dearer in Penang." * 4)), "Tin rises")
    search.says("/google", newsroom.google(Story(f"{post.url}/none", "Dysprosium gone"), other), RSS)
    assert run(library, topic).states == {"gone": 1, "off topic": 1}
    assert library.store.count() == 0
    run(library, topic)
    assert post.paths().count("/2") == 1


def test_what_may_be_had_later_is_tried_once_more(
    library: Library, topic: Topic, search: Server, post: Server
) -> None:
    url = post.says("/1", "", status=503)
    search.says("/google", newsroom.google(Story(url, "Dysprosium price doubles")), RSS)
    run(library, topic)
    assert held(library, topic) == {"Dysprosium price doubles"}  # as a title, until then
    story(post, "/1")
    assert run(library, topic).states == {"kept": 1}
    (document,) = library.store.documents(list(topics.members(library.store, library.index, topic))).values()
    assert document.paragraphs
    assert library.store.searches.waiting("dysprosium") == []


def test_a_search_that_fails_stops_no_other_and_is_left_alone(
    library: Library, topic: Topic, search: Server, post: Server
) -> None:
    search.says("/google", "slow down", "text/plain", 429, **{"Retry-After": "3600"})
    search.says("/bing", newsroom.bing(story(post, "/1")), RSS)
    report = run(library, topic)
    assert report.states == {"kept": 1}
    failed = {one.search.service for one in report.outcomes if one.problem}
    assert failed == {"google"}
    assert all(one.problem for one in report.outcomes if one.search.service == "google")
    again = run(library, topic)
    assert search.paths().count("/google") == 2  # a question in each language, and none since
    assert all("left alone until" in one.problem for one in again.outcomes if one.problem)
    kept = [one for one in library.store.searches.of("dysprosium") if one.service == "google"]
    hour = datetime.now(UTC) + timedelta(minutes=55)
    assert all(one.due and one.due > hour and "429" in one.reason for one in kept)


def test_a_run_that_was_stopped_goes_on(library: Library, topic: Topic, search: Server, post: Server) -> None:
    stories = [story(post, f"/{n}", f"Dysprosium {n}", n) for n in range(1, 5)]
    search.says("/google", newsroom.google(*stories), RSS)
    stop, whole = threading.Event(), post.answers["/1"]

    def stopping(given: Mapping[str, str]) -> newsroom.Answered:
        stop.set()
        return whole(given)

    post.answers["/1"] = stopping
    discover.discover(
        library, topic, discover.follow(library, topic, DiscoverRequest(), due=False), stop=stop
    )
    assert library.store.searches.topics_waiting() == ["dysprosium"]
    first = len(post.asked)
    discover.resume(library)
    assert library.store.searches.topics_waiting() == []
    assert len(held(library, topic)) == 4
    assert 0 < first < 4
    assert len(post.asked) == 4


def test_what_is_followed_is_asked_when_it_is_due(
    library: Library, topic: Topic, search: Server, post: Server
) -> None:
    search.says("/google", newsroom.google(story(post, "/1")), RSS)
    discover.follow(library, topic, DiscoverRequest(searches=("google",), every="6h"))
    (done,) = discover.poll(library)
    assert (done[0], done[1].documents) == ("dysprosium", 1)
    assert discover.poll(library) == []
    soon = datetime.now(UTC) + timedelta(hours=5)
    assert all(one.due and one.due > soon for one in library.store.searches.of("dysprosium"))
    discover.unfollow(library, topic)
    assert all(one.due is None and one.interval is None for one in library.store.searches.of("dysprosium"))


def test_gdelt_is_asked_in_english_for_each_language(library: Library, search: Server) -> None:
    settings = Settings(folder=library.settings.folder, news_gdelt=f"{search.url}/gdelt", news_google="")
    topic = Topic("x", "x", ("dysprosium", '"rare earth"', "镝 AND 价格"))
    named = [
        (one.service, one.language, one.query)
        for one in discover.planned(Library.open(settings), topic, DiscoverRequest())
    ]
    assert named[:3] == [("gdelt", code, '(dysprosium OR "rare earth")') for code in ("en", "zh", "ja")]
    assert ("bing", "zh", "镝 价格") in named


@pytest.mark.parametrize(
    ("topic", "request_", "said"),
    [
        (Topic("x", "x", (), ("magnets",)), DiscoverRequest(), "no words"),
        (Topic("x", "x", ("tag:magnets",)), DiscoverRequest(), "no words"),
        (Topic("x", "x", ("dysprosium",)), DiscoverRequest(searches=("searxng",)), "no address is set"),
    ],
)
def test_what_cannot_be_asked_says_so(
    library: Library, topic: Topic, request_: DiscoverRequest, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        discover.planned(library, topic, request_)


def test_a_removed_topic_is_asked_for_no_more(
    library: Library, topic: Topic, search: Server, post: Server
) -> None:
    search.says("/google", newsroom.google(story(post, "/1")), RSS)
    discover.follow(library, topic, DiscoverRequest(every="1h"))
    run(library, topic)
    with library.store.writing() as writer:
        writer.remove_topic(topic.slug)
    assert library.store.searches.due(datetime.now(UTC) + timedelta(days=9)) == []
    assert library.store.searches.hits(topic.slug) == []


def test_what_a_changed_topic_asks_for_is_looked_at_again(
    library: Library, topic: Topic, search: Server, post: Server
) -> None:
    tin = Story(post.says("/2", newsroom.article("Tin rises", "Tin is dearer in Penang." * 4)), "Tin rises")
    search.says("/google", newsroom.google(tin), RSS)
    assert run(library, topic).states == {"off topic": 1}
    wider = topics.save(library.store, Topic("dysprosium", "Dysprosium", ("dysprosium", "tin")))
    assert run(library, wider).states == {"kept": 1}


def test_a_search_leads_to_no_private_address(tmp_path: Path, search: Server, post: Server) -> None:
    """The search itself is named in the settings, so it may be on this machine; what it finds may not."""
    closed = Library.open(
        Settings(folder=tmp_path / "closed", news_gdelt="", news_bing="", news_google=f"{search.url}/google")
    )
    about = topics.save(closed.store, Topic("dysprosium", "Dysprosium", ("dysprosium",)))
    one = story(post, "/1")
    search.says("/google", newsroom.google(one, Story(f"{search.url}/google?go", "Dysprosium here")), RSS)
    run(closed, about)
    assert post.asked == []
    assert states(closed)[one.title] == "title"
