"""A real `mine2magnet serve` is killed again and again while uploads come in: none that was acknowledged
is lost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportify_sdk import Reportify
from reportify_sdk.exceptions import APIError

from mine2magnet.core import api_keys
from mine2magnet.model import Key
from mine2magnet.store import Store
from tests.conftest import Site

PROGRAM = [sys.executable, "-c", "from mine2magnet.cli.main import main; main()"]
PATIENCE = 90  # s, on a busy machine
KILLS = 3
NAMES = ("127.0.0.1", "localhost")  # a page of one host is fetched but every second


class Served:
    """The server over a folder, and the key that opens it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = api_keys.make()
        store = Store(folder)
        store.keys.put(Key("uploader", api_keys.allowed(["write"]), 10_000, api_keys.fingerprint(self.key)))
        store.close()
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> Reportify:
        self.process = subprocess.Popen(
            [*PROGRAM, "--folder", str(self.folder), "serve", "--port", "0", "--allow-private"],
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"COLUMNS": "200", "XDG_CONFIG_HOME": str(self.folder)},
        )
        assert self.process.stderr
        line = self.process.stderr.readline()
        said = re.search(r"http://\S+:(\d+)/", line)
        assert said, line + self.process.stderr.read()
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        client = Reportify(api_key=self.key, base_url=f"http://127.0.0.1:{said[1]}")
        end = time.monotonic() + PATIENCE
        while True:
            try:
                client.docs.list()
                return client
            except APIError:  # the line is printed just before it listens
                assert time.monotonic() < end
                time.sleep(0.05)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path / "library")
    yield made
    made.kill()


def put(site: Site, n: int) -> str:
    """A page at one of the names of this machine."""
    said = f"Batch {n} of neodymium oxide left the mill, and {n + 1000} kilograms of it were counted twice."
    html = f"<html><head><title>Batch {n}</title></head><body><article><p>{said}</p></article></body></html>"
    return site.page(f"/batch/{n}", html).replace("127.0.0.1", NAMES[n % len(NAMES)])


def test_what_was_acknowledged_outlives_kills(served: Served, site: Site) -> None:
    acknowledged: dict[str, str] = {}  # id → title
    n = 0
    for _ in range(KILLS):
        client = served.start()
        folder = client.docs.create_folder("Batches")["folder_id"]
        killer = threading.Timer(0.4, served.kill)
        killer.start()
        while True:
            n += 1
            try:
                answer = client.docs.upload_async([{"url": put(site, n)}], folder_id=folder)
            except APIError:
                break  # it has been killed
            acknowledged[answer["doc_ids"][0]] = f"Batch {n}"
            time.sleep(0.1)
        killer.join()
        client.close()
    assert len(acknowledged) > KILLS
    client = served.start()
    end = time.monotonic() + PATIENCE
    waiting = set(acknowledged)
    while waiting and time.monotonic() < end:
        statuses = {id: client.docs.get_upload_status(id)["status"] for id in waiting}
        assert "failed" not in statuses.values(), statuses
        waiting = {id for id, status in statuses.items() if status != "completed"}
        time.sleep(0.2)
    assert not waiting
    assert {id: client.docs.get(id)["title"] for id in acknowledged} == acknowledged
    files = client.docs.list(categories=["files"], page_size=100)
    held = {id for one in files["docs"] for id in (one["id"], *one["copies"])}
    assert set(acknowledged) <= held
    client.close()
