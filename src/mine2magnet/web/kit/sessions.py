"""Log-ins: a random cookie that stands for a key, in memory; a server that starts anew asks again."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

COOKIE = "mine2magnet-log-in"
IDLE = 12 * 3600  # s without a request after which a log-in ends: a working day
LONGEST = 30 * 24 * 3600  # s after which it ends in any case
MOST = 1000  # log-ins held; the one that has been idle for longest makes way


@dataclass(slots=True)
class Session:
    fingerprint: str  # of the key it was begun with
    begun: float
    asked: float  # when it was last used; both s of the clock


class Sessions:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[str, Session] = {}  # by token, the one used last at the end

    def begin(self, fingerprint: str) -> str:
        """The token of a new log-in."""
        token, now = secrets.token_urlsafe(32), self._clock()
        self._held[token] = Session(fingerprint, now, now)
        while len(self._held) > MOST:
            del self._held[next(iter(self._held))]
        return token

    def fingerprint(self, token: str) -> str | None:
        """Of the key that the token stands for, unless its log-in has ended."""
        session, now = self._held.pop(token, None), self._clock()
        if session is None or now - session.asked > IDLE or now - session.begun > LONGEST:
            return None
        session.asked = now
        self._held[token] = session
        return session.fingerprint

    def end(self, token: str) -> None:
        self._held.pop(token, None)
