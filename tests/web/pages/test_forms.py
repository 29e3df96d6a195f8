"""What a reader changes: topics and sources."""

from __future__ import annotations

import re

import pytest
from httpx import Client

from mine2magnet.library.library import Library
from tests.web.conftest import MAGNETS, SLUG


@pytest.fixture(autouse=True)
def _visited(client: Client) -> None:
    client.get("/topics")


def test_a_new_topic_holds_what_its_queries_and_tags_match(filled: Library, client: Client) -> None:
    typed = {"name": "Heavy ones", "queries": "dysprosium\n\n  dysprosium \n", "tags": "prices\uff0c autos"}
    response = client.post("/new-topic", data=typed)
    assert response.url.path == "/topics/heavy-ones"
    assert MAGNETS.title in response.text
    made = filled.store.topic("heavy-ones")
    assert (made.queries, made.tags) == (("dysprosium",), ("prices", "autos"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "", "queries": "x"}, "name"),
        ({"name": "高性能磁体", "queries": "x"}, "name"),
        ({"name": "New one", "queries": " \n "}, "queries"),
        ({"name": "New one", "queries": 'fine\n"not closed'}, "query"),
        ({"name": "n" * 121, "queries": "x"}, "name"),
        ({"name": "New one", "queries": "x" * 8001}, "queries"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    filled: Library, client: Client, typed: dict[str, str], field: str
) -> None:
    response = client.post("/new-topic", data=typed)
    assert response.status_code == 400
    assert re.findall(r'class="error" id="(\w+)-error"', response.text) == [field]
    assert len(filled.store.topics()) == 1
    problem = client.post("/new-topic", data=typed, headers={"accept": "application/json"})
    assert problem.headers["content-type"] == "application/problem+json"


def test_a_topic_is_changed_at_its_address(filled: Library, client: Client) -> None:
    assert "磁材 库存" in client.get(f"/topics/{SLUG}/edit").text
    typed = {"name": "磁体", "name_en": "Magnets", "queries": "磁体", "tags": ""}
    response = client.post(f"/topics/{SLUG}/edit", data=typed)
    assert response.url.path == f"/topics/{SLUG}"
    changed = filled.store.topic(SLUG)
    assert (changed.name, changed.names, changed.queries) == ("磁体", {"en": "Magnets"}, ("磁体",))
    assert client.post("/topics/nope/edit", data=typed).status_code == 404


def test_a_topic_goes_and_its_documents_stay(filled: Library, client: Client) -> None:
    before = filled.store.count()
    assert client.post(f"/topics/{SLUG}/remove", data={"x": ""}).url.path == "/topics"
    assert filled.store.topics() == []
    assert filled.store.count() == before
    assert client.post(f"/topics/{SLUG}/remove", data={"x": ""}).status_code == 404


def test_a_preview_counts_before_saving(filled: Library, client: Client) -> None:
    found = client.get("/preview", params={"name": "?", "queries": '"rations dysprosium"', "tags": ""}).json()
    assert found["total"] == 1
    assert [one["title"] for one in found["newest"]] == [MAGNETS.title]
    problem = client.get("/preview", params={"name": "?", "queries": '"x', "format": "json"})
    assert (problem.status_code, problem.headers["content-type"]) == (400, "application/problem+json")
    assert len(filled.store.topics()) == 1


def test_a_source_is_due_at_once(library: Library, client: Client) -> None:
    page = client.post("/sources", data={"url": " news.example/feed ", "minutes": "30"}).text
    (source,) = library.store.sources()
    assert (source.what, source.interval) == ("https://news.example/feed", 1800)
    assert source.due is not None
    assert "being read" in page
    assert "every 30 minutes" in page


@pytest.mark.parametrize(
    "given",
    [
        "/etc/passwd",
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "ftp://news.example/",
        "javascript:alert(1)",
        "C:\\documents",
        "https://",
        "https:///etc/passwd",
        "https://user:secret@news.example/",
        "https://news.example/a b",
        "https://news.example:99999/",
        "https://[::1",
        "https://news.example/" + "x" * 2000,
        "",
        "documents",
    ],
)
def test_only_web_addresses_are_sources(library: Library, client: Client, given: str) -> None:
    response = client.post("/sources", data={"url": given, "minutes": ""})
    assert response.status_code == 400
    assert 'id="url-error"' in response.text
    assert library.store.sources() == []


@pytest.mark.parametrize("minutes", ["0", "-5", "0.5", "99999", "soon", "９"])
def test_times_that_are_none_are_refused(library: Library, client: Client, minutes: str) -> None:
    response = client.post("/sources", data={"url": "https://news.example", "minutes": minutes})
    assert response.status_code == 400
    assert 'id="minutes-error"' in response.text
    assert library.store.sources() == []


def test_a_source_is_removed(library: Library, client: Client) -> None:
    library.add_source("https://news.example/feed", 60.0)
    page = client.post("/sources/remove", data={"what": "https://news.example/feed"})
    assert page.url.path == "/sources"
    assert library.store.sources() == []
    assert client.post("/sources/remove", data={"what": "https://news.example/feed"}).status_code == 404


def test_forms_that_are_no_forms_are_refused(client: Client) -> None:
    for body, kind in (
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"--x", "multipart/form-data; boundary=y"),
    ):
        response = client.post("/sources", content=body, headers={"content-type": kind})
        assert response.status_code == 400
