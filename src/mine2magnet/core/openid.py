"""Log-in by an OpenID provider: the authorization code flow with PKCE, as who relies on it.

Sources: OpenID Connect Core 1.0 (2023), OpenID Connect Discovery 1.0 (2023), RFC 7636 (PKCE), RFC 9700 (what
has been learnt of OAuth's security). Signatures are verified by joserfc.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import httpx

from mine2magnet.core.errors import Forbidden, UserError
from mine2magnet.core.settings import Settings, is_loopback
from mine2magnet.model import SCOPES, Role

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

DISCOVERY = "/.well-known/openid-configuration"
SECONDS = 10.0  # for one answer of the provider, all of it
MOST = 256_000  # bytes of one; a discovery document is some 3 kB, a set of keys some 5
KEPT = 3600.0  # s for which discovery document and keys are good
ANEW = 60.0  # s between two looks for a key that is not in the set
LEEWAY = 60  # s that the provider's clock may be apart
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LONGEST_NAME = 120  # characters


class ProviderError(UserError):
    """The provider cannot be reached, or answers what it may not."""

    status = 502


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider names: `subject` is its own id for them."""

    issuer: str
    subject: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a log-in that has begun must come back with; only the browser that began it holds this."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Handshake:
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Provider:
    """The provider that the settings name. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.issuer = settings.oidc_issuer
        self._lock = threading.Lock()
        self._described: tuple[float, Mapping[str, Any]] | None = None  # when, s, and what
        self._keys: tuple[float, KeySet] | None = None

    @property
    def name(self) -> str:
        """The text of the button that leads there."""
        return self._settings.oidc_name or urlsplit(self.issuer).hostname or self.issuer

    def describe(self) -> None:
        """Raises UserError if the provider does not say where it is asked and with which keys it signs."""
        for name in ("authorization_endpoint", "token_endpoint"):
            self._endpoint(name)
        self._key_set()

    def address(self, handshake: Handshake, back: str) -> str:
        """Return where to send a browser that is to log in; it comes back to `back`. Raises UserError."""
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": back,
            "scope": "openid email profile",
            "state": handshake.state,
            "nonce": handshake.nonce,
            "code_challenge": handshake.challenge,
            "code_challenge_method": "S256",
        }
        place = self._endpoint("authorization_endpoint")
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"

    def identity(self, handshake: Handshake, answer: Mapping[str, str], back: str) -> Identity:
        """Who has logged in, from what the browser comes back with. Raises UserError: Forbidden for who may
        not come in."""
        if not hmac.compare_digest(handshake.state.encode(), answer.get("state", "").encode()):
            raise Forbidden("the log-in was not begun here", hint="log in again")
        if "error" in answer:
            said = answer.get("error_description") or answer["error"]
            raise Forbidden(f"the provider says: {said[:200]}", hint="log in again")
        if (issuer := answer.get("iss", self.issuer)) != self.issuer:  # RFC 9207
            raise Forbidden(f"another provider has answered: {issuer[:200]}", hint="log in again")
        return self._allowed(self._verified(self._token(answer.get("code", ""), handshake, back), handshake))

    def _token(self, code: str, handshake: Handshake, back: str) -> str:
        """The ID token that the code is good for."""
        settings = self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": handshake.verifier,
        }
        ways = self._description().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        auth = None
        if settings.oidc_client_secret and "client_secret_basic" in ways:
            # each part as in a form: RFC 6749, 2.3.1
            auth = (quote(settings.oidc_client_id, safe=""), quote(settings.oidc_client_secret, safe=""))
        else:
            secret = settings.oidc_client_secret
            form |= {"client_id": settings.oidc_client_id} | ({"client_secret": secret} if secret else {})
        answer = _asked("POST", self._endpoint("token_endpoint"), data=form, auth=auth)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderError("the provider gave no ID token", where=self.issuer)
        return token

    def _verified(self, token: str, handshake: Handshake) -> Mapping[str, Any]:
        """The claims of an ID token that holds (OpenID Connect Core 1.0, 3.1.3.7)."""
        from joserfc import errors, jwt

        settings = self._settings
        rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": settings.oidc_client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": handshake.nonce},
        )
        try:
            try:
                read = jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
            except errors.InvalidKeyIdError:  # the provider may have new keys
                read = jwt.decode(token, self._key_set(anew=True), algorithms=ALGORITHMS)
            rules.validate(read.claims)
        except (errors.JoseError, ValueError) as error:
            raise Forbidden(f"the ID token does not hold: {error}", hint="log in again") from error
        claims = read.claims
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", "" if several else settings.oidc_client_id) != settings.oidc_client_id:
            raise Forbidden("the ID token does not hold: it is for another client", hint="log in again")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise Forbidden("the ID token does not hold: no subject", hint="log in again")
        return claims

    def _allowed(self, claims: Mapping[str, Any]) -> Identity:
        """Who it is, if they may come in, and as what. An address counts only if the provider has verified
        it: else anybody could claim any."""
        settings = self._settings
        email = claims.get("email")
        email = email.lower() if isinstance(email, str) and claims.get("email_verified") is True else ""
        name = next(
            (
                " ".join(said.split())[:LONGEST_NAME]
                for said in (email, claims.get("preferred_username"), claims.get("name"))
                if isinstance(said, str) and said.strip()
            ),
            claims["sub"][:LONGEST_NAME],
        )
        wanted = [one.strip().lower().removeprefix("@") for one in settings.oidc_allowed.split(",")]
        if settings.oidc_allowed and not (email and {email, email.rpartition("@")[2]} & set(wanted)):
            raise Forbidden(f"{name} may not log in here", hint="ask who runs this server")
        if settings.oidc_role_claim:
            role = _role(claims, settings.oidc_role_claim)
        else:
            role = next((one for one in SCOPES if one == settings.oidc_role), None)
        if role is None:
            raise Forbidden(f"the provider gives {name} no role here", hint="ask who runs this server")
        return Identity(self.issuer, claims["sub"], name, role)

    # --- what the provider says of itself

    def _description(self) -> Mapping[str, Any]:
        with self._lock:
            if self._described is None or time.monotonic() - self._described[0] > KEPT:
                said = _asked("GET", self.issuer.rstrip("/") + DISCOVERY)
                if said.get("issuer") != self.issuer:
                    raise ProviderError(
                        f"it says that it is {str(said.get('issuer'))[:200]!r}",
                        where=self.issuer,
                        hint="write oidc_issuer as the provider does",
                    )
                self._described = (time.monotonic(), said)
            return self._described[1]

    def _endpoint(self, name: str) -> str:
        place = self._description().get(name)
        if not isinstance(place, str):
            raise ProviderError(f"it names no {name}", where=self.issuer)
        return checked(place, self.issuer)

    def _key_set(self, anew: bool = False) -> KeySet:
        """The provider's keys, looked up once more if that is asked for and has not just been done."""
        from joserfc import errors
        from joserfc.jwk import KeySet

        place = self._endpoint("jwks_uri")
        with self._lock:
            age = time.monotonic() - self._keys[0] if self._keys else KEPT + 1
            if self._keys is None or age > (ANEW if anew else KEPT):
                try:
                    found: Any = _asked("GET", place)
                    self._keys = (time.monotonic(), KeySet.import_key_set(found))
                except (errors.JoseError, KeyError, TypeError, ValueError) as error:
                    raise ProviderError(f"its keys cannot be read: {error}", where=place) from error
            return self._keys[1]


def checked(address: str, where: str) -> str:
    """An address of the provider: by https, or on this machine. Raises UserError."""
    parts = urlsplit(address)
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    ):
        raise UserError(f"not https: {address[:200]!r}", where=where, hint="http is for this machine only")
    return address


def check(settings: Settings) -> None:
    """Raises UserError for settings with which nobody could log in, or anybody."""
    if not settings.oidc_issuer:
        return
    checked(settings.oidc_issuer, "oidc_issuer")
    if not settings.oidc_client_id:
        raise UserError("no client id", where="oidc_client_id", hint="the provider gives one")
    role = settings.oidc_role
    if role not in SCOPES:
        raise UserError(f"cannot be {role!r}", where="oidc_role", hint="use " + ", ".join(SCOPES))
    if not (settings.oidc_allowed or settings.oidc_role_claim):
        raise UserError(
            "says nobody: everybody whom the provider knows could log in",
            where="oidc_allowed",
            hint="name addresses or domains, e.g. example.org, or oidc_role_claim",
        )


def _role(claims: Mapping[str, Any], path: str) -> Role | None:
    """The highest role that a claim names: a word or a list of words, perhaps inside other claims.

    >>> _role({"realm_access": {"roles": ["read", "write", "other"]}}, "realm_access.roles")
    'write'
    """
    value: Any = claims.get(path)
    if value is None:
        value = claims
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    said = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return next((role for role in reversed(SCOPES) if role in said), None)


def _asked(method: str, address: str, **sent: Any) -> Mapping[str, Any]:
    """Return what the provider answers, JSON of a bounded size within a bounded time. Raises UserError."""
    checked(address, "oidc_issuer")
    end, body, host = time.monotonic() + SECONDS, b"", urlsplit(address).hostname or ""
    try:
        with (
            httpx.Client(timeout=SECONDS, trust_env=not is_loopback(host)) as client,
            client.stream(method, address, headers={"Accept": "application/json"}, **sent) as answer,
        ):
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > MOST:
                    raise ProviderError(f"it answers more than {MOST // 1000} kB", where=address)
                if time.monotonic() > end:
                    raise ProviderError(f"it takes longer than {SECONDS:.0f} s", where=address)
            status, said = answer.status_code, _json(body)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise ProviderError(
            f"the OpenID provider cannot be reached: {str(error) or type(error).__name__}", where=address
        ) from error
    if status != 200 or not isinstance(said, dict):
        told = said.get("error_description") or said.get("error") if isinstance(said, dict) else None
        raise ProviderError(
            f"the OpenID provider answers {status}" + (f": {str(told)[:200]}" if told else ""), where=address
        )
    return said


def _json(body: bytes) -> Any:
    import msgspec

    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
