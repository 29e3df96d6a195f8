"""How many requests a second `mine2magnet serve` answers, and how soon, beside datasette in the same run.

    python benchmarks/http_load.py --documents 5000 --datasette path/to/datasette [--processes 2]

Generated documents (`generate.py`, seeded) with digests and vectors, so that nothing is left for the
background worker, are served by a real process on loopback, and so are the same documents by datasette
out of an SQLite FTS5 table (trigram, so that it can search Chinese and Japanese). Clients keep 1, 8 and 64
connections open and ask for a search as a page and as JSON, and for a page of twenty documents: a topic's;
datasette's of its table. Queries are two to four words of one document, each long enough for trigrams.

With `--processes`, so many processes of each answer: `serve --processes`, and datasette's application by
uvicorn's workers.

Every request must be answered 200, with a body: else, up to 64 connections, the run fails. Digests and
vectors are made up, for what they say does not change how long a page takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from rich.console import Console
from rich.table import Table
from search_speed import add_random_vectors, keep, trigram_words

from mine2magnet.background.worker import step
from mine2magnet.core.settings import Settings
from mine2magnet.library import news
from mine2magnet.library.library import Library
from mine2magnet.model import LANGUAGES, Digest, Document, Group, Point, Topic, Translation

CONNECTIONS = (1, 8, 64)
TAG = "tag7"  # a twentieth of the documents has it: they are the topic
PATIENCE = 60.0  # s for a server to start, and for one answer
WARMING = 5  # loads before the first: some processes begin later than others
POINT = 160  # characters of a digest's point

out, err = Console(), Console(stderr=True)


@dataclass(slots=True)
class Load:
    """What a number of connections came to: ms of each request that was answered, and what went wrong."""

    seconds: float
    busy: float = 0.0  # s of processor time that the server took
    times: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        at = np.quantile(self.times, (0.5, 0.99)) if self.times else (np.nan, np.nan)
        rate = len(self.times) / self.seconds
        busy = 1000 * self.busy / max(len(self.times), 1)
        return {
            "a second": rate,
            "p50 ms": float(at[0]),
            "p99 ms": float(at[1]),
            "CPU ms each": busy,
            "failed": len(self.failed),
        }


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    process: int

    def busy(self) -> float:
        """Seconds of processor time taken so far, by it and its children."""
        return sum(map(_busy, tree(self.process)))


def tree(process: int) -> list[int]:
    """A process and what it has begun."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [process] + [
        one for task in tasks for child in task.read_text().split() for one in tree(int(child))
    ]


def _busy(process: int) -> float:
    taken = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, taken)) / os.sysconf("SC_CLK_TCK")


def fill(folder: Path, count: int, size: int) -> tuple[list[str], list[Document]]:
    """Makes a library in which nothing is left to be done; gives queries and its documents."""
    library = Library.open(Settings(folder=folder))
    queries = keep(library.store, count, size)
    library.index.update()
    add_random_vectors(library.index)
    documents = [c.document for c in library.store.changes(0, limit=count) if c.document]
    with library.store.writing() as writer:
        writer.put_topic(Topic("load", "Load", tags=(TAG,)))
        for document in documents:
            writer.put_digest(document.id, 1, replace(digest(document), maker=library.maker))
            writer.put_claims(document.id, 1, library.claimer, [])
            writer.put_news(document.id, 1, f"{news.VERSION}.{library.claimer}", [])
            for language in set(LANGUAGES) - {document.language}:
                made = Translation(language, None, (), maker=library.translator.maker)
                writer.put_translation(document.id, 1, made)
    assert not step(library), "nothing is left for the background worker"
    return [q for q in queries if trigram_words(q) == q.split()], documents


def digest(document: Document) -> Digest:
    """As long as digests are; what it says is beside the point."""
    points = [Point(p.text[:POINT], (p.number,)) for p in document.paragraphs]
    return Digest(tuple(points[:1]), (Group("Supply", tuple(points[1:5])),), "extractive", "en")


def fill_fts5(path: Path, documents: Sequence[Document]) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE docs (id TEXT PRIMARY KEY, published TEXT, source TEXT, title TEXT, text TEXT)")
    rows = [(d.id, str(d.published), d.source, d.title, d.text) for d in documents]
    db.executemany("INSERT INTO docs VALUES (?, ?, ?, ?, ?)", rows)
    db.execute("CREATE VIRTUAL TABLE docs_fts USING fts5(title, text, content='docs', tokenize='trigram')")
    db.execute("INSERT INTO docs_fts(docs_fts) VALUES ('rebuild')")
    db.commit()
    db.close()


@contextmanager
def running(command: Sequence[str], said: str) -> Iterator[Server]:
    """A server, at the port that it names in a line that matches `said`."""
    process = subprocess.Popen(command, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        for line in process.stdout:
            if match := re.search(said, line):
                listens(int(match[1]))
                yield Server(int(match[1]), process.pid)
                return
        raise SystemExit(f"{command[0]} did not start")
    finally:
        process.terminate()
        process.wait(PATIENCE)


def listens(port: int) -> None:
    """Waits until a server takes connections: workers may begin after it has said where it is."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), PATIENCE):
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing answers at port {port}")


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> tuple[int, bytes]:
    """One request on an open connection: (status, body)."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if length := re.search(r"content-length: *(\d+)", head):
        body = await reader.readexactly(int(length[1]))
    else:
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    return int(head.split()[1]), body


async def load(server: Server, paths: Sequence[str], connections: int, seconds: float) -> Load:
    """Each connection asks again as soon as it has been answered."""
    came = Load(seconds)
    turns, end = cycle(paths), time.perf_counter() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        while (began := time.perf_counter()) < end:
            path = next(turns)
            try:
                async with asyncio.timeout(PATIENCE):
                    status, body = await ask(reader, writer, path)
            except (OSError, EOFError, TimeoutError, ValueError) as error:
                came.failed.append(f"{path}: {error!r}")
                return
            if status == 200 and body:
                came.times.append((time.perf_counter() - began) * 1000)
            else:
                came.failed.append(f"{path}: {status}")
        writer.close()

    began, busy = time.perf_counter(), server.busy()
    await asyncio.gather(*(client() for _ in range(connections)))
    came.seconds, came.busy = time.perf_counter() - began, server.busy() - busy
    return came


def measured(
    server: Server, asked: dict[str, list[str]], seconds: float, counts: Sequence[int]
) -> dict[str, dict[int, Load]]:
    """What is asked for → connections → what they came to."""
    found: dict[str, dict[int, Load]] = {}
    for what, paths in asked.items():
        for _ in range(1 if found else WARMING):  # what each process makes once is not timed
            asyncio.run(load(server, paths, 8, min(seconds, 4.0)))
        found[what] = {}
        for connections in counts:
            found[what][connections] = came = asyncio.run(load(server, paths, connections, seconds))
            figures = ", ".join(f"{name} {value:,.1f}" for name, value in came.figures().items())
            err.print(f"{what}, {connections} connections: {figures}", highlight=False)
            for problem in came.failed[:3]:
                err.print(f"  {problem}", markup=False)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--bytes", type=int, default=3000, help="of one document, about")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each load")
    parser.add_argument("--datasette", default=shutil.which("datasette"), help="its program")
    parser.add_argument("--processes", type=int, default=1, help="of each server")
    parser.add_argument("--connections", type=int, nargs="*", default=CONNECTIONS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    environment = os.environ | {"COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
    os.environ.update(environment)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        queries, documents = fill(folder, options.documents, options.bytes)
        terms = [urlencode({"q": query}) for query in queries]
        serve = [sys.executable, "-m", "mine2magnet", "--folder", name, "serve", "--port", "0"]
        serve += ["--processes", str(options.processes)]
        with running(serve, r"http://\S+:(\d+)/") as server:
            ours = measured(
                server,
                {
                    "search page": [f"/documents?{term}" for term in terms],
                    "search JSON": [f"/documents?{term}&format=json" for term in terms],
                    "page of documents": ["/topics/load"],
                },
                options.seconds,
                options.connections,
            )
        theirs = {}
        if options.datasette:
            fill_fts5(folder / "docs.db", documents)
            terms = [urlencode({"_search": query}) for query in queries]
            with running(
                datasette(options.datasette, folder, options.processes), r"http://\S+:(\d+)"
            ) as server:
                theirs = measured(
                    server,
                    {
                        "search page": [f"/docs/docs?{term}" for term in terms],
                        "search JSON": [f"/docs/docs.json?{term}" for term in terms],
                        "page of documents": ["/docs/docs"],
                    },
                    options.seconds,
                    options.connections,
                )
    rows = []
    for what, loads in ours.items():
        for connections, came in loads.items():
            row: dict[str, str | float] = {"asked": what, "connections": connections}
            beside = ratios(came, theirs[what][connections]) if theirs else {}
            rows.append({**row, **came.figures(), **beside})
    if options.json:
        print(json.dumps({"documents": options.documents, "queries": len(queries), "loads": rows}, indent=1))
    else:
        show(rows)
    if failed := sum(len(came.failed) for loads in ours.values() for came in loads.values()):
        raise SystemExit(f"{failed} requests failed or were lost")


def datasette(program: str, folder: Path, processes: int) -> list[str]:
    """Its command, or with several processes that of uvicorn, which comes with it, over its application."""
    if processes == 1:
        return [program, str(folder / "docs.db"), "-p", "0", "--setting", "default_page_size", "20"]
    (folder / "peer.py").write_text(
        "from datasette.app import Datasette\n"
        f"app = Datasette([{str(folder / 'docs.db')!r}], settings={{'default_page_size': 20}}).app()\n"
    )
    uvicorn = str(Path(program).with_name("uvicorn"))
    return [
        uvicorn,
        "--app-dir",
        str(folder),
        "--port",
        "0",
        "--workers",
        str(processes),
        "--no-access-log",
        "peer:app",
    ]


def ratios(ours: Load, theirs: Load) -> dict[str, float]:
    mine, peer = ours.figures(), theirs.figures()
    beside = {
        f"datasette {name}": peer[name] for name in ("a second", "p50 ms", "p99 ms", "CPU ms each", "failed")
    }
    return beside | {"ratio": mine["a second"] / peer["a second"]}


def show(rows: Sequence[dict[str, str | float]]) -> None:
    table = Table(box=None)
    for column in rows[0]:
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(*(f"{v:,.1f}" if isinstance(v, float) else str(v) for v in row.values()))
    out.print(table)


if __name__ == "__main__":
    main()
