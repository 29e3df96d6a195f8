"""Logging in by an OpenID provider, Authlib's on this machine, as a browser does; and out on every device."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from httpx import Client, Response

from mine2magnet.alerts import watches
from mine2magnet.core import api_keys
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import Actor, Topic, WatchRequest
from mine2magnet.store import Store
from mine2magnet.web.app import app
from mine2magnet.web.kit.headers import LOG_IN_COOKIE
from mine2magnet.web.pages import log_in as page
from tests import openid_provider
from tests.openid_provider import ALICE, Provider
from tests.web.conftest import Serve, Switch


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with openid_provider.provider() as made:
        yield made


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.user, running.wrong = dict(ALICE), {}
    return running


@pytest.fixture
def client(provider: Provider, serve: Serve) -> Client:
    made = serve(
        keyless="no",
        oidc_issuer=provider.issuer,
        oidc_client_id=provider.client_id,
        oidc_client_secret=provider.client_secret,
        oidc_allowed="example.org",
        oidc_role="write",
        oidc_name="Example Metals",
    )
    provider.backs.add(f"{str(made.base_url).rstrip('/')}/log-in/openid/back")
    return made


def come_back(client: Client, to: str = "/topics") -> Response:
    """To the provider and back, as far as the page that leads on."""
    begun = client.get("/log-in/openid", params={"to": to})
    assert begun.status_code == 303, begun.text
    back = client.get(begun.headers["location"])
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["location"])
    return client.get(f"{parts.path}?{parts.query}")


def actions(store: Store) -> list[tuple[str, str]]:
    return [(one.who, one.action) for one in reversed(store.audit.entries())]


def test_people_log_in_by_the_provider_and_out(client: Client, library: Library) -> None:
    assert "Log in with Example Metals" in client.get("/log-in").text
    there = come_back(client, "/topics?q=a")
    assert there.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=/topics?q=a">' in there.text
    cookies = there.headers.get_list("set-cookie")
    assert any(
        c.startswith(LOG_IN_COOKIE) and "HttpOnly; SameSite=Strict; Max-Age=86400" in c for c in cookies
    )
    assert any(c.startswith("mine2magnet-openid=;") for c in cookies)  # what began it is good for once
    assert "Log out (alice@example.org)" in client.get("/topics?lang=en").text
    assert client.post("/new-topic", data={"name": "Prices", "queries": "price"}).status_code == 303
    (account,) = library.store.accounts.held()
    assert library.store.topic("prices").owner == account.owner
    assert client.get("/settings").status_code == 403
    token = client.cookies[LOG_IN_COOKIE]
    assert client.post("/log-out").status_code == 303
    assert library.store.sessions.find(token) is None
    assert client.get("/topics").status_code == 303
    who = "alice@example.org"
    assert actions(library.store) == [(who, "log-in"), (who, "topic.made"), (who, "log-out")]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "alice@evil.example"}, "alice@evil.example may not log in here"),
        ({"nonce": "another"}, "the ID token does not hold"),
        ({"aud": "another"}, "the ID token does not hold"),
    ],
)
def test_who_may_not_come_in_is_told_why_and_that_is_noted(
    client: Client, provider: Provider, library: Library, wrong: dict[str, str], said: str
) -> None:
    provider.wrong = wrong
    refused = come_back(client)
    assert refused.status_code == 401
    assert said in refused.text
    assert LOG_IN_COOKIE not in client.cookies
    assert library.store.accounts.held() == []
    (entry,) = library.store.audit.entries()
    assert (entry.action, entry.address) == ("log-in.failed", "127.0.0.1")
    assert said in entry.detail


def test_a_log_in_that_another_browser_began_is_none(client: Client) -> None:
    begun = client.get("/log-in/openid")
    back = urlsplit(client.get(begun.headers["location"]).headers["location"])
    client.cookies.delete("mine2magnet-openid")
    for kept in (None, "00", b'{"handshake": {}, "to": ""}'.hex(), "é"):
        if kept is not None:
            client.cookies.set("mine2magnet-openid", kept.encode("ascii", "ignore").decode())
        refused = client.get(f"{back.path}?{back.query}")
        assert refused.status_code == 401
        assert "was not begun here" in refused.text


def test_without_a_provider_there_is_no_such_button(serve: Serve) -> None:
    client = serve(keyless="no")
    assert "openid" not in client.get("/log-in").text
    assert client.get("/log-in/openid").status_code == 401


def test_a_provider_that_is_away_is_told(serve: Serve) -> None:
    client = serve(
        keyless="no", oidc_issuer="http://127.0.0.1:9", oidc_client_id="x", oidc_allowed="example.org"
    )
    refused = client.get("/log-in/openid")
    assert refused.status_code == 401
    assert "the OpenID provider cannot be reached" in refused.text


def test_by_https_the_cookies_are_for_this_host_alone(client: Client) -> None:
    https = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    begun = client.get("/log-in/openid", headers=https)
    (cookie,) = (c for c in begun.headers.get_list("set-cookie") if "openid" in c)
    assert cookie.startswith("__Host-mine2magnet-openid=")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600; Secure")
    assert "redirect_uri=https%3A%2F%2F127.0.0.1" in begun.headers["location"]


def test_a_log_in_holds_on_another_server_and_ends_on_every_device(
    client: Client, library: Library, server: tuple[Switch, int]
) -> None:
    come_back(client)
    tokens = [client.cookies[LOG_IN_COOKIE]]
    switch, _ = server
    switch.app = app(Library.open(library.settings))  # the server started anew, or another one
    assert client.get("/topics").status_code == 200
    come_back(client)
    tokens.append(client.cookies[LOG_IN_COOKIE])
    assert len({*tokens}) == 2
    assert client.post("/log-out/everywhere").status_code == 303
    for token in tokens:
        client.cookies.set(LOG_IN_COOKIE, token)
        assert client.get("/topics").status_code == 303
        client.cookies.delete(LOG_IN_COOKIE)


def test_failed_log_ins_fill_no_disk(
    client: Client, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "NOTED", 2)
    client.get("/log-in")
    for _ in range(5):
        assert client.post("/log-in", data={"key": "m2m_guessed", "to": "/"}).status_code == 401
    assert 2 <= library.store.audit.count() <= 4  # a minute may have ended meanwhile


def test_private_topics_are_shown_to_nobody_else(serve: Serve, library: Library) -> None:
    secrets = {}
    for name, role in (("ann", "write"), ("bob", "write"), ("boss", "admin")):
        secrets[name], key = api_keys.new(name, [role])
        library.store.keys.put(key)
    topics.save(library.store.acting(Actor("ann", "ann")), Topic("plans", "Our plans", ("x",), shared=False))
    client = serve(keyless="no")
    places = (
        "/",
        "/topics",
        "/topics/plans",
        "/api/topics",
        "/api/topics/plans",
        "/api/search?q=x&topic=plans",
    )
    for name, sees in (("ann", True), ("bob", False), ("boss", True)):
        headers = {"Authorization": f"Bearer {secrets[name]}"}
        answers = {path: client.get(path, headers=headers, follow_redirects=True) for path in places}
        for path in places[:-1]:
            assert ("Our plans" in answers[path].text) is sees, (name, path)
        assert [answers[path].status_code for path in places[2:]] == (
            [200, 200, 200, 200] if sees else [404, 200, 404, 404]
        )
        put = client.put(
            "/api/topics/plans",
            headers=headers,
            json={"name": "Our plans", "queries": ["y"], "shared": False},
        )
        assert put.status_code == (200 if sees else 409)
    headers = {"Authorization": f"Bearer {secrets['bob']}"}
    body = {"name": "Our plans 2", "queries": ["x"], "shared": False}
    made = client.post("/api/topics", headers=headers, json=body).json()
    assert (made["owner"], made["shared"]) == ("bob", False)


def test_a_watch_is_shared_and_taken_back_on_the_page(serve: Serve, library: Library) -> None:
    headers = {}
    for name in ("ann", "bob"):
        secret, key = api_keys.new(name, ["write"])
        library.store.keys.put(key)
        headers[name] = {"Authorization": f"Bearer {secret}"}
    made = watches.add(library.store.acting(Actor("ann", "ann")), WatchRequest(name="Plans", query="x"))
    client, path = serve(keyless="no"), f"/watches/{made.id}/shared"
    shown = {
        name: client.get("/inbox", params={"lang": "en"}, headers=headers[name]).text for name in headers
    }
    assert ["Keep to myself" in shown[name] for name in ("ann", "bob")] == [True, False]
    assert client.post(path, data={"shared": "no"}, headers=headers["bob"]).status_code == 403
    assert client.post(path, data={"shared": "no"}, headers=headers["ann"]).status_code == 303
    assert "Plans" not in client.get("/inbox", headers=headers["bob"]).text
    assert "Share with others" in client.get("/inbox", params={"lang": "en"}, headers=headers["ann"]).text
    assert client.post(path, data={"shared": "yes"}, headers=headers["ann"]).status_code == 303
    assert "Plans" in client.get("/inbox", headers=headers["bob"]).text


def test_where_no_log_in_can_be_kept_none_is_asked_for(
    serve: Serve, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library.store, "read_only", True)
    shown = serve(keyless="no").get("/log-in", params={"lang": "en"})
    assert "cannot be written, so no log-in can be kept" in shown.text
    assert "<form" not in shown.text
