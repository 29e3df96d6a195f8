from __future__ import annotations

import ctypes
import re
import subprocess
import sys

import pytest

from mine2magnet.core import memory

PROGRAM = """
import ctypes, re, sys, threading
from pathlib import Path
from mine2magnet.core import memory
bounded, trimmed = (word == "yes" for word in sys.argv[1:])
if bounded:
    memory.bound_arenas()
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
library.free.argtypes = [ctypes.c_void_p]
together = threading.Barrier(12)
def fill():
    held = [library.malloc(ctypes.c_size_t(20_000)) for _ in range(200)]
    for one in held:
        ctypes.memset(one, 1, 20_000)
    together.wait()
    for one in held[:-1]:
        library.free(one)
    together.wait()
threads = [threading.Thread(target=fill) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if trimmed:
    memory.give_back()
library.malloc_stats()
print(re.search(r"Anonymous: +(\\d+)", Path("/proc/self/smaps_rollup").read_text())[1])
"""


def ran(bounded: str, trimmed: str) -> tuple[int, int]:
    """How many arenas there are, and kB of memory, after twelve threads have freed 48 MB."""
    command = [sys.executable, "-c", PROGRAM, bounded, trimmed]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return len(re.findall(r"^Arena \d+:", done.stderr, re.MULTILINE)), int(done.stdout)


@pytest.mark.skipif(memory._glibc() is None, reason="of glibc alone")
def test_threads_share_a_few_arenas_and_what_is_free_is_given_back() -> None:
    many, _ = ran("no", "no")
    few, kept = ran("yes", "no")
    assert few == memory.ARENAS < many
    assert ran("yes", "yes")[1] < kept - 20_000


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: pytest.fail("it was loaded"))
    memory.bound_arenas()
    memory.give_back()
