"""Deliveries to webhooks: signed, tried again, none lost, none from two processes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mine2magnet.alerts import watches, webhooks
from mine2magnet.background.worker import Worker
from mine2magnet.library.library import Library
from mine2magnet.model import (
    Read,
    Watch,
)
from tests.alerts.test_watches import STOCKS, keep, look, stocks, written
from tests.conftest import until
from tests.forked import Forked

pytestmark = pytest.mark.stores


@dataclass
class Hook:
    """A webhook on loopback that answers by `rule`, given how many it was sent before."""

    url: str
    rule: Callable[[int], int] = lambda _: 204
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    wait: float = 0.0

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.taken]


@pytest.fixture(name="hook")
def serve_hook() -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                status = hook.rule(len(hook.taken))
                hook.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(hook.wait)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", hook.url + "elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    lock = threading.Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients hang up on purpose
    hook = Hook(f"http://127.0.0.1:{server.server_address[1]}/")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield hook
    server.shutdown()
    server.server_close()


def watched(library: Library, hook: Hook, *titles: str, name: str = "terbium") -> Watch:
    watch = watches.add(library.store, Watch(name, query="terbium", webhook=hook.url), allow_private=True)
    keep(library, *(written(title, f"Terbium for {title}, at last.") for title in titles))
    look(library)
    return watch


def deliver(library: Library, **options: Any) -> int:
    return webhooks.deliver(library.store, library.home, **{"allow_private": True} | options)


def test_a_delivery_is_signed_and_says_what_matched(library: Library, hook: Hook) -> None:
    watch = watched(library, hook, "Hamburg")
    assert deliver(library) == 1
    ((headers, body),) = hook.taken
    key = base64.b64decode(library.store.secret(watch.id).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    told = json.loads(body)
    (match,) = library.store.matches()
    assert headers["webhook-id"] == f"msg_{match.id}"
    assert told["data"]["sentence"] == "Terbium for Hamburg, at last."
    assert told["data"]["marked"] == [0, 7]
    assert told["data"]["watch"] == {"id": watch.id, "name": "terbium"}
    assert told["data"]["link"] == f"http://127.0.0.1:8000{webhooks.path(match)}"
    assert library.store.deliveries() == []


def test_the_check_in_the_documentation_tells_deliveries_from_others(library: Library, hook: Hook) -> None:
    page = (Path(__file__).parents[2] / "docs" / "ask-and-alerts.md").read_text("utf-8")
    shown: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], shown)
    watch = watched(library, hook, "Hamburg")
    deliver(library)
    ((headers, body),) = hook.taken
    secret = library.store.secret(watch.id)
    assert shown["verified"](secret, headers, body)
    assert not shown["verified"](secret, headers, body + b" ")
    assert not shown["verified"](secret, headers | {"webhook-id": "msg_another"}, body)
    old = headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 3600)}
    old["webhook-signature"] = webhooks.signature(
        secret, old["webhook-id"], int(old["webhook-timestamp"]), body
    )
    assert not shown["verified"](secret, old, body)


def test_a_delivery_that_fails_is_tried_again_later_with_the_same_id(library: Library, hook: Hook) -> None:
    watch = watched(library, hook, "Hamburg", "Bremen")
    hook.rule = lambda n: (500, 404, 204)[min(n, 2)]
    assert deliver(library) == 0
    assert deliver(library) == 0, "it is not due yet, nor is what waits behind it"
    assert len(hook.taken) == 1
    assert library.store.waiting() == {watch.id: (2, "answers 500")}
    hurry(library)
    assert deliver(library) == 0
    assert library.store.waiting() == {watch.id: (2, "answers 404")}
    hurry(library)
    assert deliver(library) == 2
    ids = hook.ids()
    assert len(ids) == 4
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert library.store.waiting() == {}


def hurry(library: Library) -> None:
    """Makes what waits due now."""
    with library.store.writing() as writer:
        writer._db.exec_driver_sql("UPDATE deliveries SET due = '2000'")


def test_the_pause_doubles_up_to_a_day_and_nothing_is_given_up(library: Library, hook: Hook) -> None:
    watched(library, hook, "Hamburg")
    hook.rule = lambda _: 503
    pauses = []
    for _ in range(18):
        hurry(library)
        before = datetime.now(UTC)
        deliver(library)
        with library.store.writing() as writer:
            due = writer._db.exec_driver_sql("SELECT due FROM deliveries").scalar()
        pauses.append((datetime.fromisoformat(str(due)) - before).total_seconds())
    assert pauses[:3] == pytest.approx([10, 20, 40], abs=2)
    assert pauses[-3:] == pytest.approx([86400] * 3, abs=2)
    hook.rule = lambda _: 200
    hurry(library)
    assert deliver(library) == 1


def test_a_slow_webhook_is_left_after_its_time_and_holds_up_no_other(library: Library, hook: Hook) -> None:
    slow = watched(library, hook, "Hamburg", name="slow")
    hook.wait = 30.0
    began = time.monotonic()
    assert deliver(library, timeout=0.3) == 0
    assert time.monotonic() - began < 15
    assert library.store.waiting()[slow.id][1].startswith("took longer than 0.3 s")


def test_redirects_are_not_followed(library: Library, hook: Hook) -> None:
    watch = watched(library, hook, "Hamburg")
    hook.rule = lambda _: 307
    assert deliver(library) == 0
    assert len(hook.taken) == 1
    assert library.store.waiting()[watch.id] == (1, "answers 307")


def test_private_addresses_are_refused_unless_allowed(library: Library, hook: Hook) -> None:
    watch = watched(library, hook, "Hamburg")
    assert deliver(library, allow_private=False) == 0
    assert hook.taken == []
    assert "private address 127.0.0.1" in library.store.waiting()[watch.id][1]


def test_two_processes_do_not_send_the_same(library: Library, hook: Hook) -> None:
    watched(library, hook, *(f"Port {n}" for n in range(12)))
    hook.wait = 0.02
    threads = [threading.Thread(target=deliver, args=(Library.open(library.settings),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while deliver(library):
        pass
    assert sorted(hook.ids()) == sorted(f"msg_{match.id}" for match in library.store.matches())


_FIND_THEN_DIE = """
import os, signal, sys
from pathlib import Path
from mine2magnet.alerts import webhooks
from mine2magnet.background.worker import look_out
from mine2magnet.core.settings import load
from mine2magnet.library.library import Library
library = Library.open(load({"folder": Path(sys.argv[1]), "allow_private": True}))
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "looking":  # when the match is written, but not yet kept
    from mine2magnet.store import Writer
    put, n = Writer._put_match, iter(range(9))
    Writer._put_match = lambda *a: put(*a) if next(n) < 2 else die()
elif sys.argv[2] == "found":  # when it is kept, before it is sent
    webhooks.deliver = die
elif sys.argv[2] == "sent":  # when the webhook has it, before that is kept
    from mine2magnet.store import Writer
    Writer.delivered = die
while look_out(library):
    pass
webhooks.deliver(library.store, library.home, allow_private=True)
"""


@pytest.mark.parametrize("when", ["looking", "found", "sent"])
def test_a_kill_loses_nothing_and_finds_nothing_twice(
    library: Library, hook: Hook, forked: Forked, when: str
) -> None:
    watches.add(library.store, Watch("t", query="terbium", webhook=hook.url), allow_private=True)
    keep(library, *(written(f"Port {n}", f"Terbium for port {n}, at last.") for n in range(4)))
    killed = forked(_FIND_THEN_DIE, library.settings.folder, when)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(library.store.matches()) == (0 if when == "looking" else 4)
    assert len(look(library)) == 4
    hurry(library)  # the lease of the killed one has run out
    while deliver(library):
        pass
    expected = {f"msg_{match.id}" for match in library.store.matches()}
    assert set(hook.ids()) == expected
    assert len(hook.taken) == (5 if when == "sent" else 4), "what was sent may come again, with its id"


def test_the_worker_finds_and_delivers_beside_its_other_work(library: Library, hook: Hook) -> None:
    hook.rule = lambda n: 500 if n == 0 else 204
    watches.add(library.store, Watch("thin", claims=STOCKS, webhook=hook.url), allow_private=True)
    worker = Worker(library)
    worker.start()
    try:
        library.keep([Read(stocks("four weeks"))])
        until(lambda: library.store.matches() and hook.taken and library.store.waiting())
        hurry(library)
        until(lambda: not library.store.waiting())
    finally:
        worker.stop()
    assert len(hook.taken) == 2
    assert json.loads(hook.taken[1][1])["data"]["claim"]["quantity"]["low"] == 4.0
