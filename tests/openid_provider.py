"""An OpenID provider on this machine, made of Authlib's server: what it says can be made wrong, claim by
claim, as a provider that is broken or hostile would."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, Response, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

ALICE = {"sub": "248289761001", "email": "alice@example.org", "email_verified": True, "name": "Alice"}


@dataclass
class Provider:
    """`user` logs in without being asked; `wrong` takes the place of claims of their ID token. `published`
    are the keys that it says it signs with, `signing` is the one that it does sign with."""

    issuer: str
    client_id: str = "mine2magnet"
    client_secret: str = "a secret: with signs & spaces"
    user: dict[str, Any] = field(default_factory=lambda: dict(ALICE))
    wrong: dict[str, Any] = field(default_factory=dict)
    discovery: dict[str, Any] = field(default_factory=dict)
    backs: set[str] = field(default_factory=set)  # where it may send people back to
    calls: list[str] = field(default_factory=list)
    signing: RSAKey = field(default_factory=lambda: new_key("first"))
    published: list[RSAKey] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.published.append(self.signing)


def new_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"}, private=True)


@contextmanager
def provider(host: str = "127.0.0.1") -> Iterator[Provider]:
    """One that runs on loopback until the end of the block; `host` is how it calls itself."""
    app = Flask("provider")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    made = Provider(f"http://{host}:{server.port}")
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # Authlib wants https, even on loopback
    _served(app, made)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _served(app: Flask, made: Provider) -> None:
    codes: dict[str, Any] = {}

    class Client(ClientMixin):  # type: ignore[misc]
        client_id = made.client_id

        def get_client_id(self) -> str:
            return made.client_id

        def get_default_redirect_uri(self) -> str:
            return ""

        def get_allowed_scope(self, scope: str) -> str:
            return scope

        def check_redirect_uri(self, redirect_uri: str) -> bool:
            return redirect_uri in made.backs

        def check_client_secret(self, client_secret: str) -> bool:
            return client_secret == made.client_secret

        def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
            return method in ("client_secret_basic", "client_secret_post")

        def check_response_type(self, response_type: str) -> bool:
            return response_type == "code"

        def check_grant_type(self, grant_type: str) -> bool:
            return grant_type == "authorization_code"

    class Code(SimpleNamespace):
        def get_redirect_uri(self) -> str:
            return str(self.redirect_uri)

        def get_scope(self) -> str:
            return str(self.scope)

        def get_nonce(self) -> str:
            return str(self.nonce)

        def get_auth_time(self) -> int:
            return int(self.auth_time)

        def get_acr(self) -> None:
            return None

        def get_amr(self) -> None:
            return None

    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

        def save_authorization_code(self, code: str, request: Any) -> None:
            asked = request.payload.data
            codes[code] = Code(
                code=code,
                user=dict(made.user),
                redirect_uri=asked.get("redirect_uri"),
                scope=request.payload.scope,
                nonce=asked.get("nonce"),
                code_challenge=asked.get("code_challenge"),
                code_challenge_method=asked.get("code_challenge_method"),
                auth_time=int(time.time()),
            )

        def query_authorization_code(self, code: str, client: Any) -> Any:
            return codes.get(code)

        def delete_authorization_code(self, authorization_code: Any) -> None:
            del codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Any) -> Any:
            return authorization_code.user

    class OpenID(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in codes.values())

        def resolve_client_private_key(self, client: Any) -> RSAKey:
            return made.signing

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            return {"iss": made.issuer, "aud": [made.client_id]}

        def get_encode_header(self, client: Any) -> dict[str, str]:
            return {"alg": "RS256", "kid": str(made.signing.kid)}

        def generate_user_info(self, user: Any, scope: str) -> UserInfo:
            return UserInfo(**user | made.wrong)

    server = AuthorizationServer(app, lambda id: Client() if id == made.client_id else None, lambda *_: None)
    server.register_grant(Grant, [OpenID(require_nonce=True), CodeChallenge(required=True)])

    @app.before_request
    def note() -> None:
        made.calls.append(request.path)

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Response:
        said = {
            "issuer": made.issuer,
            "authorization_endpoint": f"{made.issuer}/authorize",
            "token_endpoint": f"{made.issuer}/token",
            "jwks_uri": f"{made.issuer}/keys",
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }
        return jsonify(said | made.discovery)

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(KeySet([*made.published]).as_dict(private=False))

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=made.user)
        return server.create_authorization_response(grant_user=made.user, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()
