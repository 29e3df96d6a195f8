"""Several processes at one address: real ones."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from mine2magnet.web.processes import OneByOne
from tests.conftest import empty, until
from tests.serving import Served, serving

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for children in /proc")


def children(served: Served) -> set[int]:
    """Those that answer; others compute, or read what comes from outside."""
    threads = Path(f"/proc/{served.process.pid}/task").iterdir()
    found = {int(child) for thread in threads for child in (thread / "children").read_text().split()}
    return {pid for pid in found if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def two(served: Served) -> set[int]:
    until(lambda: len(children(served)) == 2)
    return children(served)


def gone(processes: set[int]) -> bool:
    return not any(Path(f"/proc/{pid}/cmdline").exists() for pid in processes)


def test_a_setting_reaches_all_and_they_are_begun_again_and_end_together(tmp_path: Path) -> None:
    with serving(empty(tmp_path), "--processes", "2") as served:
        both = two(served)
        changed_at_one_it_reaches_all(served, both)
        made = httpx.post(f"{served.url}/api/stress", json={"scenario": "none"}, trust_env=False)
        assert made.status_code == 404, "an answer by whichever of them"
        os.kill(min(both), signal.SIGKILL)
        until(lambda: not both <= children(served))
        again = two(served)
        assert max(both) in again
        assert until(served.answers)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(60) == 0
        assert gone(again)


def test_connections_that_come_at_once_are_given_one_by_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        here = OneByOne(fileno=os.dup(listening.fileno()))
        here.setblocking(False)
        clients = [socket.create_connection(listening.getsockname()) for _ in range(3)]
        given: list[socket.socket | None] = []
        for _ in range(8):
            try:
                given.append(here.accept()[0])
            except BlockingIOError:
                given.append(None)
        assert [one is not None for one in given] == [True, False] * 3 + [False, False]
        for one in (*clients, *filter(None, given), here):
            one.close()


def test_they_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    with serving(empty(tmp_path), "--processes", "2") as served:
        both = two(served)
        served.process.kill()
        served.process.wait()
        until(lambda: gone(both))


def changed_at_one_it_reaches_all(served: Served, both: set[int]) -> None:
    with httpx.Client(base_url=served.url, trust_env=False, timeout=60) as reader:
        reader.get("/settings").raise_for_status()
        changed = reader.post("/settings", data={"section": "language", "language": "ja"})
    assert changed.status_code == 200, changed.text
    for stopped in both:
        os.kill(stopped, signal.SIGSTOP)  # so that the other one answers

        def japanese() -> bool:
            page = httpx.get(f"{served.url}/sources", trust_env=False, timeout=60)
            return '<html lang="ja"' in page.text

        try:
            until(japanese)
        finally:
            os.kill(stopped, signal.SIGCONT)


def test_their_number_is_checked() -> None:
    with pytest.raises(UserError, match=r"processes: cannot be 0 \(use 1 to 64\)"):
        Settings(processes=0)
