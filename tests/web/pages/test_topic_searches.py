"""The pages by which a topic fills itself, from a name to documents, over real searches on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from httpx import Client

from mine2magnet.core.settings import Settings
from mine2magnet.library import discover, topics
from mine2magnet.library.library import Library
from mine2magnet.model import Topic
from mine2magnet.reading.fetch import Limits
from tests import newsroom
from tests.conftest import empty
from tests.newsroom import RSS, Server, Story


@pytest.fixture
def search() -> Iterator[Server]:
    with newsroom.serving() as server:
        server.says("/google", newsroom.google(), RSS)
        yield server


@pytest.fixture
def library(tmp_path: Path, search: Server, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr(discover, "Limits", partial(Limits, delay=0))
    return Library.open(
        Settings(
            folder=empty(tmp_path), allow_private=True, news_gdelt="", news_bing="",
            news_google=f"{search.url}/google",
        )
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _visited(client: Client) -> None:
    client.get("/topics")


def test_a_name_offers_queries_and_the_news(client: Client) -> None:
    page = client.get("/new-topic", params={"name": "Dysprosium"}).text
    assert 'value="Dysprosium"' in page
    assert "镝\nジスプロシウム" in page
    assert 'name="news" value="1" checked' in page
    assert 'name="news" value="1">' in client.get("/new-topic").text


def test_from_a_name_to_documents(library: Library, client: Client, search: Server) -> None:
    with newsroom.serving() as post:
        text = "A maker of magnets has dysprosium for five weeks, it said in a statement."
        url = post.says("/1", newsroom.article("Five weeks of it", text, text))
        closed = post.says("/2", "subscribe", status=402)
        stories = Story(url, "Five weeks of it"), Story(closed, "The rest of it", "Rich Times")
        search.says("/google", newsroom.google(*stories), RSS)
        given = {"name": "Dysprosium", "queries": "dysprosium\n镝", "tags": "", "news": "1"}
        page = client.post("/new-topic", data=given).text
        assert "being read" in page
        discover.poll(library)  # as the worker does
    assert {one.reason for one in library.store.searches.of("dysprosium")} == {""}
    page = client.get("/topics/dysprosium/searches").text
    assert "Rich Times" in page
    assert "402" in page
    assert "Search no more" in page
    assert "Five weeks of it" in client.get("/topics/dysprosium").text
    assert "Known by its title only" in client.get("/topics/dysprosium").text
    client.post("/topics/dysprosium/searches/stop")
    assert all(one.due is None for one in library.store.searches.of("dysprosium"))


def test_searching_again(library: Library, client: Client) -> None:
    topics.save(library.store, Topic("x", "x", ("dysprosium",)))
    assert "not asked yet" in client.get("/topics/x/searches").text
    fields = {"searches": ["google"], "since": "1d", "every": ""}
    assert client.post("/topics/x/searches", data=fields).status_code == 200
    (one,) = library.store.searches.of("x")
    assert (one.days, one.interval, one.due is not None) == (1, None, True)
    told = json.loads(client.get("/topics/x/searches", params={"format": "json"}).text)
    assert told["searches"][0]["query"] == "dysprosium"


@pytest.mark.parametrize(
    "fields", [{"since": "soon"}, {"searches": "altavista"}, {"every": "5"}, {"searches": "searxng"}]
)
def test_what_cannot_be_asked_says_so(library: Library, client: Client, fields: dict[str, str]) -> None:
    topics.save(library.store, Topic("x", "x", ("dysprosium",)))
    response = client.post("/topics/x/searches", data=fields)
    assert response.status_code == 400
    assert 'role="alert"' in response.text
    assert library.store.searches.of("x") == []


def test_a_topic_that_is_not_there(client: Client) -> None:
    assert client.get("/topics/none/searches").status_code == 404
    assert client.post("/topics/none/searches", data={}).status_code == 404
