"""Logging in by an OpenID provider: Authlib's, on this machine, as it should be and as it should not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from mine2magnet.core import openid
from mine2magnet.core.errors import Forbidden, UserError
from mine2magnet.core.openid import Handshake, Identity, ProviderError
from mine2magnet.core.settings import Settings
from tests import openid_provider
from tests.openid_provider import Provider, new_key

BACK = "http://127.0.0.1:8000/log-in/openid/back"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with openid_provider.provider() as made:
        made.backs.add(BACK)
        yield made


@pytest.fixture
def provider(running: Provider) -> Provider:
    """As it is by itself, whatever a test before has made of it."""
    running.user, running.wrong, running.discovery = dict(openid_provider.ALICE), {}, {}
    running.published = [running.signing]
    running.calls.clear()
    return running


def settings(provider: Provider, **fields: str) -> Settings:
    given = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": provider.client_id,
        "oidc_client_secret": provider.client_secret,
        "oidc_allowed": "example.org",
    }
    return replace(Settings(), **(given | fields))  # type: ignore[arg-type]


def log_in(by: openid.Provider, handshake: Handshake | None = None) -> Identity:
    """Through the provider as a browser goes, and back."""
    mine = handshake or Handshake.new()
    answer = httpx.get(by.address(mine, BACK), trust_env=False)
    assert answer.status_code == 302, answer.text
    place = urlsplit(answer.headers["location"])
    assert place._replace(query="").geturl() == BACK
    return by.identity(mine, dict(parse_qsl(place.query)), BACK)


def test_the_provider_says_who_it_is(provider: Provider) -> None:
    who = log_in(openid.Provider(settings(provider)))
    assert who == Identity(provider.issuer, "248289761001", "alice@example.org", "read")


def test_another_way_to_show_the_secret(provider: Provider) -> None:
    provider.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert log_in(openid.Provider(settings(provider))).name == "alice@example.org"
    wrong = openid.Provider(settings(provider, oidc_client_secret="wrong"))
    with pytest.raises(ProviderError, match="answers 401: The client cannot authenticate"):
        log_in(wrong)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"aud": ["another"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["mine2magnet", "another"]}, "another client"),
        ({"azp": "another"}, "another client"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"iss": "http://127.0.0.1:1"}, "iss"),
        ({"exp": int(time.time()) - 120}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": int(time.time()) + 3600}, "iat|issued"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "subject|sub"),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(
    provider: Provider, claims: dict[str, Any], said: str
) -> None:
    provider.wrong = claims
    with pytest.raises(Forbidden, match=f"the ID token does not hold: .*({said})"):
        log_in(openid.Provider(settings(provider)))


def test_a_key_that_nobody_knows_signs_nothing(provider: Provider) -> None:
    by = openid.Provider(settings(provider))
    provider.published = [new_key("other")]
    with pytest.raises(Forbidden, match=r"the ID token does not hold: .*first"):
        log_in(by)
    provider.published = [new_key("first")]  # of the same name, but another
    with pytest.raises(Forbidden, match=r"the ID token does not hold: .*signature"):
        log_in(openid.Provider(settings(provider)))


def test_a_new_key_is_looked_up_but_not_at_every_try(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, first = openid.Provider(settings(provider)), provider.signing
    log_in(by)
    try:
        provider.signing = new_key("second")
        provider.published.append(provider.signing)
        with pytest.raises(Forbidden, match="second"):
            log_in(by)
        assert provider.calls.count("/keys") == 1  # it has just been looked
        monkeypatch.setattr(openid, "ANEW", -1.0)
        assert log_in(by).name == "alice@example.org"
        assert (provider.calls.count("/keys"), provider.calls.count(openid.DISCOVERY)) == (2, 1)
    finally:
        provider.signing = first


def test_a_code_is_good_for_the_browser_that_began_and_once(provider: Provider) -> None:
    by, mine, other = openid.Provider(settings(provider)), Handshake.new(), Handshake.new()
    answer = httpx.get(by.address(mine, BACK), trust_env=False)
    came = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    with pytest.raises(Forbidden, match="not begun here"):
        by.identity(other, came, BACK)
    with pytest.raises(ProviderError, match="Code challenge failed"):
        by.identity(replace(mine, verifier=other.verifier), came, BACK)
    mine = Handshake.new()
    answer = httpx.get(by.address(mine, BACK), trust_env=False)
    came = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    assert by.identity(mine, came, BACK).name == "alice@example.org"
    with pytest.raises(ProviderError, match="answers 400"):
        by.identity(mine, came, BACK)
    with pytest.raises(Forbidden, match="the provider says: no consent"):
        by.identity(
            mine, {"state": mine.state, "error": "access_denied", "error_description": "no consent"}, BACK
        )
    with pytest.raises(Forbidden, match="another provider"):
        by.identity(mine, {"state": mine.state, "code": "x", "iss": "https://evil.example"}, BACK)


@pytest.mark.parametrize(
    ("user", "fields", "role"),
    [
        ({}, {"oidc_allowed": "bob@example.org, Alice@Example.org"}, "read"),
        ({}, {"oidc_allowed": "@example.org", "oidc_role": "write"}, "write"),
        ({"email": "alice@evil.example"}, {}, ""),
        ({"email": "alice@sub.example.org"}, {}, ""),
        ({"email_verified": False}, {}, ""),
        ({"email_verified": "true"}, {}, ""),
        ({"email": None}, {}, ""),
        ({"roles": "run"}, {"oidc_allowed": "", "oidc_role_claim": "roles"}, "run"),
        ({"a": {"b": ["x", "read", "admin"]}}, {"oidc_role_claim": "a.b"}, "admin"),
        ({"roles": ["superuser"]}, {"oidc_role_claim": "roles"}, ""),
        ({"roles": {"admin": True}}, {"oidc_role_claim": "roles"}, ""),
        ({"email": "x@evil.example", "roles": ["admin"]}, {"oidc_role_claim": "roles"}, ""),
    ],
)
def test_who_may_come_in_and_as_what(
    provider: Provider, user: dict[str, Any], fields: dict[str, str], role: str
) -> None:
    provider.user |= user
    by = openid.Provider(settings(provider, **fields))
    if role:
        assert log_in(by).role == role
    else:
        with pytest.raises(Forbidden, match=r"may not log in here|no role here"):
            log_in(by)


def test_what_the_provider_says_of_itself_is_bounded_and_by_https(provider: Provider) -> None:
    for said, why in (
        ({"issuer": "http://127.0.0.1:1"}, "it says that it is"),
        ({"authorization_endpoint": "http://example.org/authorize"}, "not https"),
        ({"authorization_endpoint": None}, "names no authorization_endpoint"),
        ({"padding": "x" * openid.MOST}, "more than 256 kB"),
    ):
        provider.discovery = said
        with pytest.raises(UserError, match=why):
            openid.Provider(settings(provider)).address(Handshake.new(), BACK)
    provider.discovery = {"jwks_uri": f"{provider.issuer}/nothing"}
    with pytest.raises(ProviderError, match="answers 404"):
        openid.Provider(settings(provider)).describe()
    provider.discovery = {}
    with pytest.raises(ProviderError, match="cannot be reached"):
        openid.Provider(settings(provider, oidc_issuer="http://127.0.0.1:9")).describe()


def test_a_provider_that_dribbles_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openid, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = threading.Event()

        def dribble() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not done.wait(0.02):
                    connection.sendall(b" ")

        thread = threading.Thread(target=dribble, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(ProviderError, match="takes longer than"):
            openid.Provider(replace(Settings(), oidc_issuer=address, oidc_client_id="x")).describe()
        done.set()
        thread.join()


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"oidc_issuer": "http://login.example.org"}, "oidc_issuer"),
        ({"oidc_client_id": ""}, "oidc_client_id"),
        ({"oidc_role": "owner"}, "oidc_role"),
        ({"oidc_allowed": ""}, "oidc_allowed"),
    ],
)
def test_settings_with_which_nobody_or_everybody_could_log_in(
    provider: Provider, fields: dict[str, str], where: str
) -> None:
    openid.check(Settings())
    openid.check(settings(provider))
    with pytest.raises(UserError) as refused:
        openid.check(settings(provider, **fields))
    assert refused.value.where == where
