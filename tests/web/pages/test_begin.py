"""An empty library: three ways in, each of which works."""

from __future__ import annotations

import pytest
from httpx import Client

from mine2magnet.library.library import Library


@pytest.fixture(autouse=True)
def _visited(client: Client) -> None:
    client.get("/topics")


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_three_ways_at_once(client: Client, language: str) -> None:
    page = client.get("/documents", params={"lang": language}).text
    for action in ('action="/starter"', 'action="/new-topic"', 'action="/sources"', 'action="/files"'):
        assert action in page
    assert "columns begin" in page


def test_the_starter_library(library: Library, client: Client) -> None:
    page = client.post("/starter").text
    assert library.store.count() > 20
    assert 'action="/starter"' not in page


def test_files_from_the_browser(library: Library, client: Client) -> None:
    text = "# Five weeks of magnets\n\nA maker says that its dysprosium lasts for five weeks.\n" * 3
    files = [
        ("files", ("a.md", text.encode())),
        ("files", ("../../b.txt", text.replace("Five", "Six").encode())),
    ]
    page = client.post("/files", files=files).text
    assert "Five weeks of magnets" in page
    assert library.store.count() == 2


@pytest.mark.parametrize(
    ("name", "content"), [("a.exe", b"MZ\x00\x01" * 40), ("a.txt", b""), ("a.pdf", b"%PDF-1.7 broken")]
)
def test_a_file_that_cannot_be_read_says_so(
    library: Library, client: Client, name: str, content: bytes
) -> None:
    response = client.post("/files", files=[("files", (name, content))])
    assert response.status_code == 400
    assert library.store.count() == 0


def test_no_file(client: Client) -> None:
    assert client.post("/files", files={"other": b""}).status_code == 400


def test_other_forms_are_as_small_as_before(client: Client) -> None:
    assert client.post("/sources", data={"url": "https://x.example/" + "x" * 70_000}).status_code == 413
