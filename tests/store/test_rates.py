"""Buckets as rows: what several servers let through together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.store import Store
from mine2magnet.store.rates import Rates
from mine2magnet.web.kit.rate_limit import LOTS, RateLimiter


def ask(limiter: RateLimiter, per_minute: int) -> bool:
    share = limiter.share("k", per_minute)
    passes = limiter.take(share) == 0
    if limiter.due(share):
        limiter.settle("k", share)
    return passes


@pytest.mark.stores
def test_a_bucket_fills_evenly_and_outlasts_its_server(store: Store, store_url: str) -> None:
    now = [1_700_000_000.0]
    limiter = RateLimiter(store.rates, clock=lambda: now[0])
    assert [ask(limiter, 60) for _ in range(61)] == [True] * 60 + [False]
    assert limiter.take(limiter.share("k", 60)) == pytest.approx(1.0)
    other = Store(store.folder, store_url)
    again = RateLimiter(other.rates, clock=lambda: now[0])  # a server that is started anew
    assert not ask(again, 60)
    now[0] += 2.5
    assert [ask(again, 60) for _ in range(3)] == [True, True, False]
    now[0] += 10_000
    passed = sum(ask(again, 60) for _ in range(70))  # it holds no more than a minute's, and what is to be
    assert 60 - 60 // LOTS < passed <= 60  # settled still is taken off that
    other.close()


def test_a_clock_that_is_behind_fills_nothing(store: Store) -> None:
    assert store.rates.settle("k", 60, 1000.0, 60) == 0
    assert store.rates.held("k", 60, 990.0) == 0
    assert store.rates.settle("k", 60, 990.0, 1) == -1
    assert store.rates.held("k", 60, 1002.0) == pytest.approx(1.0)


class InMemory(Rates):
    """One row, so that many histories can be tried."""

    def __init__(self) -> None:
        self.kept = True
        self.row: tuple[float, float] | None = None

    def held(self, caller: str, per_minute: int, now: float) -> float:
        if self.row is None:
            return float(per_minute)
        return min(float(per_minute), self.row[0] + max(0.0, now - self.row[1]) * per_minute / 60)

    def settle(self, caller: str, per_minute: int, now: float, taken: float) -> float:
        self.row = (self.held(caller, per_minute, now) - taken, now)
        return self.row[0]


@given(
    per_minute=st.integers(20, 200),
    servers=st.integers(1, 4),
    asked=st.lists(st.tuples(st.integers(0, 3), st.floats(0, 2)), min_size=50, max_size=400),
)
def test_servers_together_let_through_a_lot_more_each_at_most(
    per_minute: int, servers: int, asked: list[tuple[int, float]]
) -> None:
    now, rates = [0.0], InMemory()
    limiters = [RateLimiter(rates, clock=lambda: now[0]) for _ in range(servers)]
    passed = 0
    for server, pause in asked:
        now[0] += pause
        passed += ask(limiters[server % servers], per_minute)
    allowed = per_minute + now[0] * per_minute / 60
    lot = max(1, per_minute // LOTS)
    assert passed <= allowed + servers * lot + 1
