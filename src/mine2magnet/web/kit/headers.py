"""Headers that every answer carries."""

from __future__ import annotations

from starlette.types import Scope

LOG_IN_COOKIE = "mine2magnet-log-in"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers blank the Origin that we check
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}  # where the server itself speaks https


def cookie(scope: Scope, name: str, value: str, *, seconds: int | None = None, strict: bool = True) -> str:
    """A Set-Cookie that neither scripts nor other sites get at; for https only where that is spoken. If it is
    not `strict`, a browser sends it also when another site leads here."""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return f"{name}={value}; Path=/; HttpOnly; SameSite={'Strict' if strict else 'Lax'}{age}{secure}"
