"""How often each caller may ask: counted here, and settled with the other servers of the library."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from mine2magnet.store.rates import Rates

LOTS = 20  # a minute's requests are settled in so many lots: what a server may let through unknown to others


@dataclass(slots=True)
class Share:
    """What a server knows of a caller's bucket."""

    per_minute: int
    tokens: float
    filled: float  # when that was, s
    taken: int = 0  # since it was settled last

    def fill(self, now: float) -> None:
        since = max(0.0, now - self.filled)
        self.tokens = min(float(self.per_minute), self.tokens + since * self.per_minute / 60)
        self.filled = now


class RateLimiter:
    """Token buckets that no request waits for: this server counts for itself, and after each lot takes what
    it has let through out of the caller's row, which tells what others have left. So several servers let
    through a lot each more than one would, and in the long run no more."""

    def __init__(self, rates: Rates, clock: Callable[[], float] = time.time) -> None:
        self._rates = rates
        self._clock = clock
        self._shares: dict[str, Share] = {}
        self._lock = threading.Lock()  # of their numbers

    def share(self, caller: str, per_minute: int) -> Share:
        """Return what a caller has; the first time, as the store knows it."""
        held = self._shares.get(caller)
        if held is None or held.per_minute != per_minute:
            now = self._clock()
            tokens = self._rates.held(caller, per_minute, now)
            held = self._shares.setdefault(caller, Share(per_minute, tokens, now))
        return held

    def take(self, share: Share) -> float:
        """0 if a request may pass; else the seconds until one may."""
        with self._lock:
            share.fill(self._clock())
            if share.tokens < 1:
                return (1 - share.tokens) * 60 / share.per_minute
            share.tokens -= 1
            share.taken += 1
        return 0.0

    def due(self, share: Share) -> bool:
        """Return whether a lot has been let through."""
        return self._rates.kept and share.taken >= max(1, share.per_minute // LOTS)

    def settle(self, caller: str, share: Share) -> None:
        """Settle what has been let through; one thread does this."""
        taken, now = share.taken, self._clock()
        if taken:
            left = self._rates.settle(caller, share.per_minute, now, taken)
            with self._lock:  # what has been let through meanwhile is not settled yet
                share.taken -= taken
                share.tokens, share.filled = left - share.taken, now
