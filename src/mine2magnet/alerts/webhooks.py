"""Webhooks: what the watches have found, signed and delivered from an outbox."""

from __future__ import annotations

import base64
import hmac
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json, plain
from mine2magnet.model import Delivery, Match, Watch
from mine2magnet.reading.fetch import Fetcher, FetchError, Limits
from mine2magnet.store import Store

AT_ONCE = 100  # changes looked at, or deliveries tried, in one step
TIMEOUT = 10.0  # s that a webhook has to answer
LEASE = timedelta(seconds=2 * TIMEOUT)  # a delivery under way is left alone by other processes for so long
ROUND = 30.0  # s that one webhook is sent to at a time
HOOKS = 4  # webhooks served side by side, so that a slow one does not hold up the others
FIRST_PAUSE = timedelta(seconds=10)  # before a delivery is tried again; doubled with every failure …
LONGEST_PAUSE = timedelta(days=1)  # … up to this
SECRET_PREFIX = "whsec_"  # noqa: S105  (the prefix of secrets in Standard Webhooks)


def check_address(url: str, allow_private: bool) -> None:
    try:
        parts = urlsplit(url)
        plain_http = parts.scheme == "http" and allow_private
        fine = (plain_http or parts.scheme == "https") and parts.hostname and parts.username is None
        _ = parts.port
    except ValueError:
        fine = False
    if not fine or any(c.isspace() or not c.isprintable() for c in url):
        raise UserError(
            "not the address of a webhook", where="webhook", hint="write it as https://example.com/hook"
        )


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over id, time and body, as Standard Webhooks (standardwebhooks.com, 2023) has it.

    >>> key, id = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    >>> signature(key, id, 1614265330, b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.digest(key, f"{id}.{timestamp}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(signed).decode()


def payload(match: Match, watch: Watch, home: str) -> bytes:
    """The body of a delivery; `home` is the address of the pages, for links."""
    document = {
        "id": match.document,
        **{
            name: getattr(match, name)
            for name in ("version", "title", "source", "url", "published", "language")
        },
    }
    data = {
        "watch": {"id": watch.id, "name": watch.name},
        "document": document,
        "paragraph": match.paragraph or None,
        "point": match.point or None,
        "sentence": match.sentence,
        "marked": [match.start - match.offset, match.end - match.offset],
        "claim": match.claim,
        "link": home.rstrip("/") + path(match),
    }
    return as_json({"type": "match", "timestamp": match.seen, "data": plain(data)}).encode()


def path(match: Match) -> str:
    """Return the path to where the sentence stands open, with what matched marked."""
    place, anchor = (
        (f"d{match.point}", "figure") if match.point else (f"p{match.paragraph}", f"p{match.paragraph}")
    )
    at = f"/documents/{match.document}?version={match.version}"
    return f"{at}&figure={place}.{match.start}-{match.end}#{anchor}"


def deliver(
    store: Store,
    home: str,
    *,
    allow_private: bool = False,
    timeout: float = TIMEOUT,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Sends what is due, to several webhooks side by side and to each in order; gives how much arrived."""
    hooks: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in store.deliveries(due_by=datetime.now(UTC), limit=AT_ONCE):
        hooks[delivery.watch.id].append(delivery)
    if not hooks:
        return 0

    def send(waiting: Iterable[Delivery]) -> int:
        arrived, until = 0, time.monotonic() + ROUND
        with Fetcher(Limits(max_bytes=0, timeout=timeout), allow_private) as fetcher:
            for delivery in waiting:
                if stop() or time.monotonic() > until or not _send(store, fetcher, delivery, home):
                    break
                arrived += 1
        return arrived

    with ThreadPoolExecutor(HOOKS, "webhooks") as pool:
        return sum(pool.map(send, hooks.values()))


def _send(store: Store, fetcher: Fetcher, delivery: Delivery, home: str) -> bool:
    """Send a delivery and return whether it arrived; if not, put off it and what waits behind it."""
    with store.writing() as writer:
        if not writer.take_delivery(delivery, datetime.now(UTC), LEASE):
            return False
    id, now = f"msg_{delivery.match.id}", int(time.time())
    body = payload(delivery.match, delivery.watch, home)
    headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(store.secret(delivery.watch.id), id, now, body),
    }
    try:
        status = fetcher.post(delivery.watch.webhook, body, headers)
        problem = "" if 200 <= status < 300 else f"answers {status}"
    except FetchError as error:
        problem = error.what
    with store.writing() as writer:
        if problem:
            pause = min(FIRST_PAUSE * 2 ** min(delivery.attempts, 20), LONGEST_PAUSE)
            writer.put_off(delivery, datetime.now(UTC) + pause, problem)
        else:
            writer.delivered(delivery)
    return not problem
