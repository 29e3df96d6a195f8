"""What must not come in, and what a hostile document must not do."""

from __future__ import annotations

from html import unescape

import pytest
from httpx import Client
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.library.library import Library
from mine2magnet.model import Passage
from mine2magnet.web.kit import headers as headers_
from mine2magnet.web.kit import responses
from mine2magnet.web.middleware import request_guard
from tests.web.conftest import EVIL, SLUG, id_of

NEW = {"name": "Prices", "queries": "price"}


def test_every_answer_carries_the_policy(filled: Library, client: Client) -> None:
    paths = (
        "/topics",
        "/nope",
        "/status",
        f"/topics/{SLUG}/export.md",
        f"{responses.static_path()}/style.css",
    )
    for path in paths:
        headers = client.get(path).headers
        for name, value in headers_.HEADERS.items():
            assert headers[name] == value, path
    policy = dict(
        part.strip().split(" ", 1) for part in headers_.HEADERS["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"


def test_an_unforeseen_error_is_no_exception_to_it(library: Library, client: Client) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    library.store.topics = broken  # type: ignore[method-assign,assignment]
    response = client.get("/", headers={"accept": "application/json"})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.headers["Content-Security-Policy"] == headers_.HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "10.0.0.1", "", "[::"]
)
def test_names_that_are_not_ours_are_refused(client: Client, host: str) -> None:
    assert client.get("/topics", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "127.8.8.8:1", "[::1]:8000"])
def test_names_of_this_machine_are_ours(client: Client, host: str) -> None:
    assert client.get("/topics", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_other_sites_change_nothing(library: Library, client: Client, headers: dict[str, str]) -> None:
    client.get("/topics")
    assert client.post("/new-topic", data=NEW, headers=headers).status_code == 403
    assert library.store.topics() == []


def test_a_change_needs_our_cookie(library: Library, client: Client) -> None:
    assert client.post("/new-topic", data=NEW).status_code == 403
    client.cookies.clear()
    cookie = client.get("/topics").headers["set-cookie"]
    assert "HttpOnly; SameSite=Strict" in cookie
    same = {"origin": str(client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    assert client.post("/new-topic", data=NEW, headers=same, follow_redirects=False).status_code == 303
    assert [topic.name for topic in library.store.topics()] == ["Prices"]


def test_long_bodies_are_refused_unread(client: Client) -> None:
    client.get("/topics")
    assert client.post("/new-topic", data=NEW | {"queries": "x" * request_guard.MAX_BODY}).status_code == 413
    assert client.post("/new-topic", content=(b for b in [b"name=x"])).status_code == 411


def test_markup_of_a_document_is_text(filled: Library, client: Client) -> None:
    for path in (f"/topics/{SLUG}", f"/documents/{id_of(filled, EVIL)}", f"/topics/{SLUG}?q=bold"):
        html = client.get(path).text
        assert "<script>alert" not in html
        assert "<img" not in html
        assert 'href="javascript:' not in html
        assert EVIL.title in unescape(html).replace("<mark>", "").replace("</mark>", "")


def test_markup_in_an_address_is_text(filled: Library, client: Client) -> None:
    html = client.get("/documents", params={"q": "<script>x", "tag": '"><script>y'}).text
    assert "<script>x" not in html
    assert "<script>y" not in html


def test_static_files_may_be_kept_for_good(client: Client) -> None:
    response = client.get(f"{responses.static_path()}/main.js")
    assert response.status_code == 200
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["etag"]
    assert client.get(f"{responses.static_path()}/..%2f__init__.py").status_code == 404


@given(st.text(), st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), max_size=5))
def test_marking_changes_no_text(text: str, pairs: list[tuple[int, int]]) -> None:
    spans = sorted((a, a + n) for a, n in pairs)
    marked = str(responses.highlighted(text, spans))
    assert unescape(marked.replace("<mark>", "").replace("</mark>", "")) == text
    assert marked.count("<") == 2 * marked.count("<mark>")


@given(st.text(min_size=1, max_size=900), st.integers(0, 900), st.integers(1, 20))
def test_an_excerpt_holds_its_first_highlight(text: str, start: int, length: int) -> None:
    spans = ((start, start + length),) if start + length <= len(text) else ()
    shown = str(responses.excerpt(Passage(1, text, spans)))
    assert ("<mark>" in shown) == bool(spans)
    plain = unescape(shown.replace("<mark>", "").replace("</mark>", ""))
    assert len(plain) <= responses.EXCERPT + 2
