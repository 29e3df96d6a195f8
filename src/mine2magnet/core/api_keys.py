"""API keys: how one is made, and what is kept of it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from mine2magnet.core.errors import UserError
from mine2magnet.model import ACCOUNT, SCOPES, Key

PREFIX = "m2m_"  # so that people, and programs that look for leaked secrets, know one when they see it
RANDOM = 32  # bytes in a key
LONGEST_NAME = 60  # characters
PER_MINUTE = 600  # requests, unless told otherwise: ten a second is plenty for a person and for most programs


def make() -> str:
    """A new key; nobody can guess one of 256 bits."""
    return PREFIX + secrets.token_urlsafe(RANDOM)


def fingerprint(key: str) -> str:
    """Return what is kept of a key: its SHA-256, in hexadecimal.

    Slow, salted hashes protect what people can think up; against 256 random bits there is no list to
    try, and a fast hash lets each request be recognised by one look-up. How long that look-up takes tells
    of the hash alone, from which no key can be worked back.
    """
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def new(name: str, scopes: Iterable[str], per_minute: int = PER_MINUTE) -> tuple[str, Key]:
    """A new key, which is shown this once, and what is kept of it. Raises UserError for its name."""
    secret = make()
    return secret, Key(checked_name(name), allowed(scopes), per_minute, fingerprint(secret))


def checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or name.startswith(ACCOUNT):
        raise UserError(
            f"a key cannot be named {name[:LONGEST_NAME]!r}",
            where="NAME",
            hint=f"use 1 to {LONGEST_NAME} printable characters",
        )
    return name


def allowed(scopes: Iterable[str]) -> frozenset[str]:
    """Return what a key of these roles may do: each may what those before it may.

    >>> sorted(allowed(["write"])), sorted(allowed([]))
    (['read', 'run', 'write'], ['read'])
    """
    return frozenset(SCOPES[: 1 + max(map(SCOPES.index, scopes), default=0)])
