"""Who gets in: by key, by log-in, or from this machine; and what nobody may send."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from httpx import Client, Response
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.responses import Response as Answer
from starlette.routing import Route

from mine2magnet.core import api_keys
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import Key, Topic
from mine2magnet.web.app import app
from mine2magnet.web.kit import permissions, responses, sessions
from mine2magnet.web.kit.headers import HEADERS
from mine2magnet.web.middleware import request_guard
from tests.conftest import until
from tests.web.conftest import MAGNETS, Switch, id_of

Serve = Callable[..., Client]
SECRET_TOPIC = "A topic that only those with a key may know of"


async def echo(request: Request) -> Answer:
    caller = permissions.require(request, "write" if request.method == "POST" else "read")
    return JSONResponse({"caller": caller.name, "bytes": len(await request.body())})


@pytest.fixture
def serve(library: Library, server: tuple[Switch, int]) -> Iterator[Serve]:
    """A client of the application under the given settings, with two routes as those of the API are."""
    switch, port = server
    clients = []

    def start(**settings: object) -> Client:
        library.settings = replace(library.settings, **settings)  # type: ignore[arg-type]
        made = app(library)
        made.router.routes.insert(0, Route("/api/echo", echo, methods=["GET", "POST"]))
        switch.app = made
        clients.append(Client(base_url=f"http://127.0.0.1:{port}", trust_env=False))
        return clients[-1]

    yield start
    for client in clients:
        client.close()


def key(library: Library, name: str = "notebook", *scopes: str, per_minute: int = 600) -> str:
    secret = api_keys.make()
    library.store.keys.put(Key(name, api_keys.allowed(scopes), per_minute, api_keys.fingerprint(secret)))
    return secret


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def is_problem(response: Response, status: int) -> bool:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return bool(response.json()["detail"]) and response.json()["status"] == status


# --- keys


def test_this_machine_needs_no_key_but_a_wrong_one_opens_nothing(serve: Serve) -> None:
    client = serve()
    assert client.get("/api/echo").json() == {"caller": "", "bytes": 0}
    assert client.post("/api/echo", json={}).json()["caller"] == ""
    wrong = client.get("/api/echo", headers=bearer("m2m_wrong"))
    assert is_problem(wrong, 401)
    assert wrong.headers["www-authenticate"].startswith("Bearer")
    assert client.get("/topics", headers=bearer("m2m_wrong")).status_code == 401


@pytest.mark.parametrize("settings", [{"host": "0.0.0.0"}, {"keyless": "no"}])
def test_a_key_is_asked_for_elsewhere_and_where_the_setting_says_so(
    library: Library, serve: Serve, settings: dict[str, str]
) -> None:
    client, secret = serve(**settings), key(library)
    refused = client.get("/api/echo")
    assert is_problem(refused, 401)
    assert refused.headers["www-authenticate"] == "Bearer"
    assert client.get("/api/echo", headers=bearer(secret)).json()["caller"] == "notebook"
    assert client.get("/api/echo", headers={"X-API-Key": secret}).json()["caller"] == "notebook"
    assert is_problem(client.post("/api/echo", json={}, headers=bearer(secret)), 403)
    writer = bearer(key(library, "uploads", "write"))
    assert client.post("/api/echo", json={}, headers=writer).json()["caller"] == "uploads"


def test_a_setting_lets_this_machine_in_where_others_need_a_key(serve: Serve) -> None:
    assert serve(host="0.0.0.0", keyless="yes").get("/api/echo").status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_whom_a_proxy_asks_for_is_not_on_this_machine(serve: Serve, header: str) -> None:
    client = serve()
    assert client.get("/api/echo", headers={header: "127.0.0.1"}).status_code == 401
    assert client.get("/topics", headers={header: "127.0.0.1"}).status_code == 303


def test_a_revoked_key_opens_nothing_from_then_on(library: Library, serve: Serve) -> None:
    client, secret = serve(), key(library)
    assert client.get("/api/echo", headers=bearer(secret)).status_code == 200
    library.store.keys.revoke("notebook")
    assert client.get("/api/echo", headers=bearer(secret)).status_code == 401


def test_use_is_noted(library: Library, serve: Serve) -> None:
    client, secret = serve(), key(library)
    assert library.store.keys.held()[0].used is None
    client.get("/api/echo", headers=bearer(secret))
    until(lambda: library.store.keys.held()[0].used)


def test_a_key_asks_so_often_and_no_more(library: Library, serve: Serve) -> None:
    client, secret = serve(), key(library, per_minute=3)
    answers = [client.get("/api/echo", headers=bearer(secret)) for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert [a.headers["ratelimit"].split(";")[1] for a in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert answers[0].headers["ratelimit-policy"] == '"key";q=3;w=60'
    assert is_problem(answers[3], 429)
    assert 0 < int(answers[3].headers["retry-after"]) <= 20
    other = key(library, "other")
    assert client.get("/api/echo", headers=bearer(other)).status_code == 200


def test_a_bucket_fills_evenly() -> None:
    now = [0.0]
    bucket = api_keys.Bucket.full(60, clock=lambda: now[0])
    assert [bucket.take() for _ in range(60)] == [0.0] * 60
    assert bucket.take() == pytest.approx(1.0)
    now[0] = 2.5
    assert [bucket.take(), bucket.take()] == [0.0, 0.0]
    assert bucket.take() == pytest.approx(0.5)
    now[0] = 10_000
    assert [bucket.take() for _ in range(61)].count(0.0) == 60  # it holds no more than a minute's


# --- other sites


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


# --- limits


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


# --- pages elsewhere


@pytest.fixture
def abroad(library: Library, serve: Serve) -> Client:
    """Pages served to other machines, with a topic in them."""
    topics.save(library.store, Topic("secret", SECRET_TOPIC, ("magnets",)))
    return serve(host="0.0.0.0")


def log_in(client: Client, secret: str, to: str = "/topics?lang=en") -> Response:
    client.get("/log-in")
    return client.post("/log-in", data={"key": secret, "to": to})


def test_pages_ask_to_log_in_and_show_nothing_before(library: Library, abroad: Client) -> None:
    page = abroad.get("/topics", params={"q": "a b"})
    assert page.status_code == 303
    assert page.headers["location"] == "/log-in?to=/topics%3Fq%3Da%2Bb"
    assert is_problem(abroad.get("/topics?format=json"), 401)
    assert abroad.post("/new-topic", data={"name": "x"}).status_code in (401, 403)
    for path in ("/log-in", "/log-in/x", "/healthz/x", f"{responses.static_path()}/nope", "/nope"):
        assert SECRET_TOPIC not in abroad.get(path).text, path
    assert abroad.get(f"{responses.static_path()}/style.css").status_code == 200


def test_a_key_logs_in_and_out(library: Library, abroad: Client) -> None:
    secret = key(library, "editor", "write")
    entered = log_in(abroad, secret)
    assert (entered.status_code, entered.headers["location"]) == (303, "/topics?lang=en")
    cookie = next(c for c in entered.headers.get_list("set-cookie") if c.startswith(sessions.COOKIE))
    assert "HttpOnly; SameSite=Strict" in cookie
    assert secret not in cookie
    assert SECRET_TOPIC in abroad.get("/topics").text
    made = abroad.post("/new-topic", data={"name": "Prices", "queries": "price"})
    assert (made.status_code, len(library.store.topics())) == (303, 2)
    assert abroad.get("/api/echo").json()["caller"] == "editor"
    token = abroad.cookies[sessions.COOKIE]
    assert abroad.post("/log-out").status_code == 303
    assert sessions.COOKIE not in abroad.cookies
    abroad.cookies.set(sessions.COOKIE, token)  # kept by somebody
    assert abroad.get("/topics").status_code == 303


def test_who_may_only_read_changes_nothing(library: Library, abroad: Client) -> None:
    log_in(abroad, key(library, "reader"))
    assert abroad.get("/topics").status_code == 200
    assert abroad.post("/new-topic", data={"name": "Prices", "queries": "price"}).status_code == 403
    assert [topic.slug for topic in library.store.topics()] == ["secret"]


def test_a_log_in_ends_with_its_key(library: Library, abroad: Client) -> None:
    log_in(abroad, key(library, "reader"))
    library.store.keys.revoke("reader")
    assert abroad.get("/topics").status_code == 303


def test_a_wrong_key_does_not_log_in(library: Library, abroad: Client) -> None:
    refused = log_in(abroad, "m2m_wrong")
    assert refused.status_code == 401
    assert 'role="alert"' in refused.text
    assert abroad.get("/topics").status_code == 303


def test_other_sites_log_nobody_in(library: Library, abroad: Client) -> None:
    abroad.get("/log-in")
    sent = {"key": key(library), "to": "/"}
    assert abroad.post("/log-in", data=sent, headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_logging_in_leads_nowhere_else(library: Library, abroad: Client, to: str) -> None:
    assert log_in(abroad, key(library), to).headers["location"] == "/"


def test_the_cookie_is_for_https_only_where_a_proxy_speaks_it(library: Library, abroad: Client) -> None:
    secret, https = key(library), {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    abroad.get("/log-in")
    here, there = (
        abroad.post("/log-in", data={"key": secret, "to": "/"}, headers=headers).headers["set-cookie"]
        for headers in ({}, https)
    )
    assert "Secure" not in here
    assert "; Secure" in there


def test_log_ins_end_when_idle_and_at_last() -> None:
    now = [0.0]
    held = sessions.Sessions(clock=lambda: now[0])
    token, idle = held.begin("print"), held.begin("print")
    while now[0] < sessions.LONGEST - sessions.IDLE:
        now[0] += sessions.IDLE - 1
        assert held.fingerprint(token) == "print"
    assert held.fingerprint(idle) is None
    now[0] = sessions.LONGEST + 1
    assert held.fingerprint(token) is None


def test_so_many_log_ins_and_no_more() -> None:
    held = sessions.Sessions()
    first, second = held.begin("a"), held.begin("b")
    assert held.fingerprint(first) == "a"
    for _ in range(sessions.MOST - 1):
        held.begin("c")
    assert (held.fingerprint(first), held.fingerprint(second)) == ("a", None)


def test_documents_are_reached_with_a_key_as_pages_and_as_json(
    library: Library, filled: Library, abroad: Client
) -> None:
    path, headers = f"/documents/{id_of(filled, MAGNETS)}", bearer(key(library))
    assert MAGNETS.title in abroad.get(path, headers=headers).text
    shown = abroad.get(path, params={"format": "json"}, headers=headers)
    assert json.loads(shown.text)["document"]["title"] == MAGNETS.title
