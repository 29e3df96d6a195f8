"""API keys: how one is made, what is kept of it, and how often it may ask."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mine2magnet.core.errors import UserError
from mine2magnet.model import SCOPES, Key

PREFIX = "m2m_"  # so that people, and programs that look for leaked secrets, know one when they see it
RANDOM = 32  # bytes in a key
LONGEST_NAME = 60  # characters
PER_MINUTE = 600  # requests, unless told otherwise: ten a second is plenty for a person and for most programs


def make() -> str:
    """A new key; nobody can guess one of 256 bits."""
    return PREFIX + secrets.token_urlsafe(RANDOM)


def fingerprint(key: str) -> str:
    """What is kept of a key: its SHA-256, in hexadecimal.

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
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UserError(
            f"a key cannot be named {name[:LONGEST_NAME]!r}",
            where="NAME",
            hint=f"use 1 to {LONGEST_NAME} printable characters",
        )
    return name


def allowed(scopes: Iterable[str]) -> frozenset[str]:
    """What a key of these scopes may do: who may write may read, who may change settings may do all.

    >>> sorted(allowed(["write"])), sorted(allowed([]))
    (['read', 'write'], ['read'])
    """
    return frozenset(SCOPES[: 1 + max(map(SCOPES.index, scopes), default=0)])


@dataclass(slots=True)
class Bucket:
    """A token bucket (Turner 1986): full, it lets `per_minute` requests through at once; it fills evenly."""

    per_minute: int
    tokens: float
    filled: float  # when it was last filled, s of `clock`
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def full(cls, per_minute: int, clock: Callable[[], float] = time.monotonic) -> Bucket:
        return cls(per_minute, per_minute, clock(), clock)

    def take(self) -> float:
        """0 if a request may pass; else the seconds until one may."""
        now = self.clock()
        rate = self.per_minute / 60
        self.tokens = min(self.per_minute, self.tokens + (now - self.filled) * rate)
        self.filled = now
        if self.tokens < 1:
            return (1 - self.tokens) / rate
        self.tokens -= 1
        return 0.0
