"""What must not come in, and what a hostile document must not do."""

from __future__ import annotations

import socket
from html import unescape

import pytest
from httpx import Client

from mine2magnet.library.library import Library
from mine2magnet.web.kit import responses
from mine2magnet.web.kit.headers import HEADERS
from mine2magnet.web.middleware import request_guard
from tests.web.conftest import EVIL, SLUG, Serve, Switch, id_of
from tests.web.middleware.conftest import is_problem

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
        for name, value in HEADERS.items():
            assert headers[name] == value, path
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"


def test_an_unforeseen_error_is_no_exception_to_it(library: Library, client: Client) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    library.store.topics = broken  # type: ignore[method-assign,assignment]
    response = client.get("/", headers={"accept": "application/json"})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "",
        "[::",
        "user@127.0.0.1",
        "u:p@localhost",
        "localhost/x",
    ],
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


# --- the API


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_scripts_ask_for_nothing(serve: Serve, method: str, headers: dict[str, str]) -> None:
    assert is_problem(serve().request(method, "/api/echo", headers=headers), 403)


def test_a_name_that_another_site_points_here_is_not_ours(serve: Serve) -> None:
    client = serve(host="0.0.0.0", keyless="yes", hosts="magnets.example, Second.example")
    status = {
        host: client.get("/api/echo", headers={"Host": host}).status_code
        for host in ("evil.example", "magnets.example", "second.example:8000", "10.1.2.3", "localhost", "")
    }
    # An address cannot be made to resolve to another; only names can.
    assert status == {
        "evil.example": 421,
        "magnets.example": 200,
        "second.example:8000": 200,
        "10.1.2.3": 200,
        "localhost": 200,
        "": 421,
    }


@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded; charset=utf-8", ""])
def test_what_any_site_may_send_unasked_is_not_taken(serve: Serve, type: str) -> None:
    headers = {"Content-Type": type} if type else {}
    assert is_problem(serve().post("/api/echo", content=b"{}", headers=headers), 415)
    assert serve().post("/api/echo", content=b"").status_code == 200  # nothing is sent


def test_bodies_are_bounded_before_they_are_read_and_as_they_come(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_guard, "MAX_JSON", 1000)
    monkeypatch.setattr(request_guard, "MAX_UPLOAD", 50_000)
    client, as_json = serve(), {"Content-Type": "application/json"}
    for size, status in ((1000, 200), (1001, 413)):
        assert client.post("/api/echo", content=b"x" * size, headers=as_json).status_code == status
        pieces = (b"x" for _ in range(size))  # chunked: nobody says how many there will be
        assert client.post("/api/echo", content=pieces, headers=as_json).status_code == status
    assert client.post("/api/echo", files={"file": b"x" * 40_000}).status_code == 200
    assert is_problem(client.post("/api/echo", files={"file": b"x" * 60_000}), 413)


def test_a_body_that_does_not_come_is_not_waited_for(
    serve: Serve, server: tuple[Switch, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_guard, "BODY_SECONDS", 0.2)
    monkeypatch.setattr(request_guard, "SLOWEST", 1e9)
    serve()
    with socket.create_connection(("127.0.0.1", server[1]), timeout=10) as connection:
        connection.sendall(
            b"POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        assert b" 408 " in connection.recv(1000).splitlines()[0]


def test_api_answers_carry_the_policy_and_errors_are_problems(serve: Serve) -> None:
    client = serve()
    for path in ("/api/echo", "/api/nope", "/v1/nope"):
        answer = client.get(path, headers={"Accept": "text/html"})
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "set-cookie" not in answer.headers
        assert answer.status_code == 200 or is_problem(answer, 404)
