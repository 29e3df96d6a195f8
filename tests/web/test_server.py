"""A real `mine2magnet serve`: how it starts elsewhere than on loopback, how it ends, and whom it drops."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from mine2magnet.core import api_keys
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Key
from mine2magnet.store import Store
from mine2magnet.web import server
from tests.conftest import empty, until
from tests.serving import serving

PATIENCE = 60  # s, on a busy machine
RUNNING = re.compile(r"^mine2magnet_http_requests_running 2\.0$", re.MULTILINE)  # beside the one that asks


def made_key(folder: Path) -> str:
    secret = api_keys.make()
    Store(folder).keys.put(Key("editor", api_keys.allowed(["write"]), 600, api_keys.fingerprint(secret)))
    return secret


def test_what_is_being_answered_is_finished_before_it_ends(tmp_path: Path) -> None:
    body = b"name=Prices&queries=price"
    with (
        serving(tmp_path, "--access-log") as served,
        socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as connection,
    ):
        connection.sendall(
            b"POST /new-topic HTTP/1.1\r\nHost: localhost\r\nCookie: mine2magnet-session=a\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body[:10])
        )
        until(lambda: RUNNING.search(httpx.get(f"{served.url}/metrics", trust_env=False, timeout=60).text))
        served.process.send_signal(signal.SIGTERM)
        until(lambda: not served.answers())
        connection.sendall(body[10:])
        assert b" 303 " in connection.recv(1000).splitlines()[0]
        assert served.process.stdout
        logged = [json.loads(line) for line in served.process.stdout.read().splitlines()]
        assert served.process.wait(PATIENCE) == 0
    assert [topic.name for topic in Store(tmp_path).topics()] == ["Prices"]
    assert (logged[-1]["route"], logged[-1]["status"]) == ("/new-topic", 303)


def test_it_ends_though_it_waits_for_another_server(tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--allow-private") as served,
        socket.create_server(("127.0.0.1", 0)) as silent,
        ThreadPoolExecutor() as pool,
    ):
        source = {"url": f"http://127.0.0.1:{silent.getsockname()[1]}/feed"}
        pool.submit(httpx.post, f"{served.url}/api/sources", json=source, timeout=60)
        silent.settimeout(PATIENCE)
        with silent.accept()[0]:  # and is never answered
            began = time.monotonic()
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(PATIENCE) == 0
            assert time.monotonic() - began < 10  # s, after which a container is killed


def test_runs_outlive_a_server_that_is_killed(tmp_path: Path) -> None:
    tests = [{"scenario": name, "draws": 400} for name in ("embargo", "licence-delay")]
    later = {"Prefer": "respond-async"}
    with serving(empty(tmp_path), "--workers", "1") as served:
        made = [httpx.post(f"{served.url}/api/stress", json=one, headers=later, timeout=60) for one in tests]
        paths = [answer.headers["Location"] for answer in made]
        until(lambda: httpx.get(served.url + paths[0]).json()["state"] == "running")
        tasks = Path(f"/proc/{served.process.pid}/task").iterdir()
        children = [child for task in tasks for child in (task / "children").read_text().split()]
        assert any(_computes(child) for child in children)
        os.kill(served.process.pid, signal.SIGKILL)
        until(lambda: not any(_computes(child) for child in children))  # nor does what it had started live on
    with serving(tmp_path, "--workers", "1") as served:
        until(lambda: all(httpx.get(served.url + path).json()["result"] for path in paths))
        jobs = [httpx.get(served.url + path).json() for path in paths]
        assert [job["state"] for job in jobs] == ["done", "done"]
        again = httpx.post(f"{served.url}/api/stress", json=tests[0], timeout=60)
        assert again.json() == jobs[0]["result"]
        long = {"scenario": "embargo", "draws": 1250}
        id = httpx.post(f"{served.url}/api/stress", json=long, headers=later, timeout=60).json()["id"]
        until(lambda: httpx.get(f"{served.url}/api/jobs/{id}").json()["state"] == "running")
        with httpx.stream("GET", f"{served.url}/api/jobs/{id}/events", timeout=60) as events:
            served.process.send_signal(signal.SIGTERM)
            first, *_ = events.iter_lines()  # to their end: who follows it is let go
            assert '"running"' in first
            assert served.process.wait(server.LONGEST) == 0
    job = Store(tmp_path).jobs.get(id)
    assert (job.state, job.tries) == ("queued", 0)


def _computes(pid: str) -> bool:
    try:
        return b"model_process" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_elsewhere_it_serves_only_with_keys(tmp_path: Path) -> None:
    secret = made_key(tmp_path)
    with (
        serving(tmp_path, "--host", "0.0.0.0") as served,
        httpx.Client(base_url=served.url, trust_env=False, timeout=60) as client,
    ):
        assert client.get("/documents").headers["location"].startswith("/log-in")
        assert client.get("/documents", headers={"X-API-Key": secret}).status_code == 200


def drip(connection: socket.socket) -> None:
    """Sends a byte now and then for as long as that is borne."""
    for _ in range(20 * PATIENCE):
        connection.sendall(b"x")
        time.sleep(0.05)


@contextmanager
def running(tmp_path: Path, **settings: str) -> Iterator[tuple[str, int]]:
    """The address of a server in this process."""
    made = server.server(Library.open(Settings(folder=tmp_path, **settings)))  # type: ignore[arg-type]
    sock = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=made.run, args=([sock],))
    thread.start()
    try:
        yield sock.getsockname()
    finally:
        made.should_exit = True
        thread.join()


HEALTHY = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def answered(connection: socket.socket) -> bool:
    connection.sendall(HEALTHY)
    return b" 200 " in connection.recv(1000).splitlines()[0]


def test_a_head_that_never_ends_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    with running(tmp_path) as address:
        silent, slow = (socket.create_connection(address, timeout=PATIENCE) for _ in range(2))
        with silent, slow:
            assert answered(slow)
            slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            with pytest.raises(ConnectionError):
                drip(slow)  # a byte now and then does not help
            assert silent.recv(1) == b""


def test_slow_ones_of_an_address_make_room_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "WAITING", 8)
    with running(tmp_path) as address, ExitStack() as held:
        slow = [held.enter_context(socket.create_connection(address, timeout=PATIENCE)) for _ in range(40)]
        for connection in slow[-4:]:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        with socket.create_connection(address, timeout=PATIENCE) as other:
            assert answered(other)
        assert slow[0].recv(1) == b"", "the oldest had to go"
        assert answered(slow[-5]), "the newest are waited for"
    assert not server.Patient._open
    assert not server.Patient._waiting


@pytest.mark.parametrize(("proxies", "served"), [("10.0.0.1", False), ("10.0.0.1, 127.0.0.1", True)])
def test_an_address_has_so_many_connections_unless_it_is_a_proxy_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxies: str, served: bool
) -> None:
    monkeypatch.setattr(server, "PER_ADDRESS", 3)
    with running(tmp_path, proxies=proxies) as address, ExitStack() as held:
        for _ in range(3):
            assert answered(held.enter_context(socket.create_connection(address, timeout=PATIENCE)))
        further = held.enter_context(socket.create_connection(address, timeout=PATIENCE))
        if served:
            assert answered(further)
        else:
            with suppress(ConnectionError):
                assert further.recv(1) == b""
