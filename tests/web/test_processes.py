"""Several processes at one address: real ones."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from pathlib import Path

import httpx
import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from mine2magnet.web.processes import INT, OFTEN, Listening, counts
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


def test_a_connection_is_left_to_who_holds_fewer_and_at_last_taken_all_the_same() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, tempfile.TemporaryFile() as file:
        file.truncate(2 * INT)
        open_ = counts(file.fileno())
        first, second = (Listening(os.dup(listening.fileno()), open_, number) for number in range(2))
        clients = [socket.create_connection(listening.getsockname()) for _ in range(4)]
        given = [first.accept()[0]]
        with pytest.raises(BlockingIOError):
            first.accept()
        given += [second.accept()[0], second.accept()[0]]
        assert open_.tolist() == [1, 2]
        given[0].close()
        given[0].close()  # as asyncio does, and it counts once
        assert open_.tolist() == [0, 2]
        for _ in range(OFTEN):
            with pytest.raises(BlockingIOError):
                second.accept()
        given.append(second.accept()[0])
        assert open_.tolist() == [0, 3]
        for one in (*clients, *given, first, second):
            one.close()
        assert open_.tolist() == [0, 0]


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
