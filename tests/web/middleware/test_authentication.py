"""Who gets in: by key, by log-in, or from this machine."""

from __future__ import annotations

import json

import pytest
from httpx import Client, Response

from mine2magnet.core import api_keys
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import Key, Topic
from mine2magnet.web.kit import responses
from mine2magnet.web.kit.headers import LOG_IN_COOKIE
from tests.conftest import until
from tests.web.conftest import MAGNETS, Serve, id_of
from tests.web.middleware.conftest import is_problem

SECRET_TOPIC = "A topic that only those with a key may know of"


def key(library: Library, name: str = "notebook", *scopes: str, per_minute: int = 600) -> str:
    secret = api_keys.make()
    library.store.keys.put(Key(name, api_keys.allowed(scopes), per_minute, api_keys.fingerprint(secret)))
    return secret


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


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
    cookie = next(c for c in entered.headers.get_list("set-cookie") if c.startswith(LOG_IN_COOKIE))
    assert "HttpOnly; SameSite=Strict" in cookie
    assert secret not in cookie
    assert SECRET_TOPIC in abroad.get("/topics").text
    made = abroad.post("/new-topic", data={"name": "Prices", "queries": "price"})
    assert (made.status_code, len(library.store.topics())) == (303, 2)
    assert abroad.get("/api/echo").json()["caller"] == "editor"
    token = abroad.cookies[LOG_IN_COOKIE]
    assert abroad.post("/log-out").status_code == 303
    assert LOG_IN_COOKIE not in abroad.cookies
    abroad.cookies.set(LOG_IN_COOKIE, token)  # kept by somebody
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


def test_documents_are_reached_with_a_key_as_pages_and_as_json(
    library: Library, filled: Library, abroad: Client
) -> None:
    path, headers = f"/documents/{id_of(filled, MAGNETS)}", bearer(key(library))
    assert MAGNETS.title in abroad.get(path, headers=headers).text
    shown = abroad.get(path, params={"format": "json"}, headers=headers)
    assert json.loads(shown.text)["document"]["title"] == MAGNETS.title
