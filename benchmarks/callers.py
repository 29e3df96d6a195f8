"""What it costs to know who asks and how often: microseconds a request, of keys and log-ins, with the
buckets in the database, in SQLite or (--store URL) in PostgreSQL.

    python benchmarks/callers.py [--store postgresql://…]
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from mine2magnet.core import api_keys
from mine2magnet.store import Store
from mine2magnet.web.kit.rate_limit import RateLimiter

ASKED = 1_000  # requests


def microseconds(what: Callable[[], object]) -> float:
    """The median of single calls."""
    taken = []
    for _ in range(ASKED):
        began = time.perf_counter()
        what()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e6


@click.command()
@click.option("--store", "url", default="", help="URL of an empty PostgreSQL database.")
def main(url: str) -> None:
    """Print a line for each."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), url)
        secret, key = api_keys.new("bench", ["read"], 1_000_000)
        store.keys.put(key)
        token = store.sessions.begin(key)
        limiter = RateLimiter(store.rates)
        share = limiter.share(key.fingerprint, 600)
        found = microseconds(lambda: store.keys.find(api_keys.fingerprint(secret)))
        logged_in = microseconds(lambda: store.sessions.find(token))
        counted = microseconds(lambda: limiter.take(limiter.share(key.fingerprint, 600)))
        share.taken = 30
        wall = time.perf_counter()
        for _ in range(100):
            share.taken = 30
            limiter.settle(key.fingerprint, share)
        settled = (time.perf_counter() - wall) / 100 * 1e6
        print(f"a key is found in {found:.0f} µs, a log-in in {logged_in:.0f} µs")
        print(f"a request is counted in {counted:.1f} µs")
        print(f"a lot of 30 is settled, after the answer, in {settled:.0f} µs, {settled / 30:.0f} a request")
        store.close()


if __name__ == "__main__":
    main()
