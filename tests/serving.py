"""`mine2magnet serve` as a process of its own, for tests of what only a real one can show."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.conftest import until

PROGRAM = [sys.executable, "-c", "from mine2magnet.cli.main import main; main()"]
STARTS_IN = 400  # s, on a busy machine; a few otherwise


@dataclass(frozen=True)
class Served:
    process: subprocess.Popen[str]
    port: int
    certificate: str = ""

    @property
    def url(self) -> str:
        return f"http{'s' if self.certificate else ''}://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        trusted = ssl.create_default_context(cafile=self.certificate) if self.certificate else True
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False, verify=trusted).is_success
        except httpx.TransportError:
            return False


@contextmanager
def serving(folder: Path, *options: str, certificate: str = "") -> Iterator[Served]:
    """A server over the library in `folder`, on a port of its own choice; killed in the end. `certificate`:
    that it is to be known by, if it speaks https."""
    process = subprocess.Popen(
        [*PROGRAM, "--folder", str(folder), "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"XDG_CONFIG_HOME": str(folder)},
    )
    assert process.stderr
    try:
        heard = ""
        while not (said := re.search(r"https?://\S+:(\d+)/", heard)):
            line = process.stderr.readline()
            assert line, f"it ended before it served: {heard}"
            heard += line
        threading.Thread(target=process.stderr.read, daemon=True).start()  # else it would fill its pipe
        served = Served(process, int(said[1]), certificate)
        until(served.answers, STARTS_IN)  # it says where it is just before it listens
        yield served
    finally:
        process.kill()
        process.wait()
