"""The page of sources: what may be added, how often it is read, and removal."""

from __future__ import annotations

import pytest
from httpx import Client

from mine2magnet.library.library import Library
from mine2magnet.reading import opml


@pytest.fixture(autouse=True)
def _visited(client: Client) -> None:
    client.get("/topics")


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


def test_feeds_are_taken_over_from_a_feed_reader(library: Library, client: Client) -> None:
    client.post("/sources", data={"url": "https://a.example/feed", "minutes": "30"})
    listed = "".join(f'<outline xmlUrl="https://{name}.example/feed"/>' for name in "ab")
    body = f"<opml version='2.0'><body>{listed}</body></opml>".encode()
    page = client.post("/sources/opml", files={"opml": ("feeds.opml", body)}).text
    assert "https://b.example/feed" in page
    assert {s.what[8]: s.interval for s in library.store.sources()} == {"a": 1800, "b": 86_400}
    out = client.get("/sources.opml")
    assert out.headers["content-disposition"] == "attachment; filename=sources.opml"
    assert [(one.url[8], one.minutes) for one in opml.read(out.content, where="")] == [("a", 30), ("b", 1440)]


@pytest.mark.parametrize("body", [b"", b"no list", b"<opml/>"])
def test_a_file_that_is_no_list_of_feeds_is_told(library: Library, client: Client, body: bytes) -> None:
    answer = client.post("/sources/opml", files={"opml": ("feeds.opml", body)})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert library.store.sources() == []
