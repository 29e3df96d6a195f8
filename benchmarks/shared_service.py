"""Many people at one service: mixed load, memory that stays, and two servers that share one PostgreSQL.

    python benchmarks/shared_service.py [--only reading,mixed,pair] [--requests 20000] [--minutes 60]

reading `serve --processes 2` over generated documents; clients search, open documents and a topic. Every
        request must be answered 2xx. The memory of the server's processes is told every 5,000 requests.
mixed   the same, but one in eight of the clients uploads pages (of a web server on loopback), and every
        upload must end as one document. Memory is told when nothing is left to read and to derive.
pair    two `serve` on one PostgreSQL, asked in turn for uploads, pages to read and runs of models while a
        watch looks out: each page must be fetched once, each run computed once, each document found once
        by the watch. It needs PostgreSQL installed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import numpy as np
from crash_safety import Pages, Postgres, Run, Server, Tally, apart, articles, over, place, until
from http_load import tree
from rich.console import Console

from mine2magnet.background.worker import derive
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Topic
from mine2magnet.store import Store

HELD = 1000  # documents before the load
EACH = 5000  # requests, after which memory is told
PATIENCE = 900.0  # s for what was asked to be done, on a busy machine

out, err = Console(), Console(stderr=True)


class Clients(NamedTuple):
    number: int
    uploading: int


def megabytes(process: int) -> dict[str, float]:
    """What a server and its processes hold: each its own (anonymous) memory, and all together what they
    hold of files (code, the model, the index, the database), which the system takes back when it is short.
    Shared pages count by their share (PSS)."""
    own, files = dict[str, float](), 0.0
    for one in tree(process):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:  # it has ended
            continue
        held = {name: int(kb) / 1000 for name, kb in re.findall(r"(\w+): +(\d+) kB", rollup)}
        own[str(one)] = held["Pss_Anon"] + held["Pss_Shmem"]
        files += held["Pss_File"]
    return {"MB": sum(own.values()) + files, "own": sum(own.values()), "files": files} | own


def filled(folder: Path) -> list[str]:
    """Make a library in which nothing is left to be worked out; return the ids of its documents."""
    library = Library.open(Settings(folder=folder))
    ids = library.keep(articles(HELD, 100_000)).ids
    with library.store.writing() as writer:
        writer.put_topic(Topic("magnets", "Magnets", queries=("dysprosium",)))
    derive(library)
    return ids


async def loaded(
    server: Server, paths: Iterator[str], uploaded: Iterator[str], requests: int, end: float, clients: Clients
) -> dict[str, Any]:
    """Ask until so many requests have been answered, or until a time."""
    left, ids = iter(range(requests)), list[str]()
    took, failed = list[float](), Counter[str]()

    async def one(client: httpx.AsyncClient, uploads: bool) -> None:
        if uploads:
            batch = {"docs": [{"url": next(uploaded)}]}
            answer = await client.post("/v1/docs/upload/async", json=batch)
            if answer.is_success:
                ids.extend(answer.json()["doc_ids"])
            await asyncio.sleep(8)  # a person; else uploads would be all that there is
        else:
            answer = await client.get(next(paths))
        if not answer.is_success:
            failed[f"{answer.status_code} {answer.url.path}"] += 1

    async def client(uploads: bool) -> None:
        async with httpx.AsyncClient(base_url=server.client.base_url, timeout=120, trust_env=False) as one_:
            while next(left, None) is not None and time.perf_counter() < end:
                began = time.perf_counter()
                try:
                    await one(one_, uploads)
                except httpx.HTTPError as error:
                    failed[repr(error)] += 1
                if not uploads:
                    took.append(time.perf_counter() - began)

    await asyncio.gather(*(client(n < clients.uploading) for n in range(clients.number)))
    return {"took": took, "failed": failed, "uploads": ids}


def worked_out(server: Server, ids: list[str]) -> bool:
    """Return whether all uploads are read, and digests, claims and vectors made of them."""
    now = server.client.get("/status").json()
    left = now["undigested"] + now["unclaimed"] + now["passages"] - now["embedded"]
    return server.states(ids)["completed"] == len(ids) and not left


def load(run: Run, requests: int, seconds: float, clients: Clients) -> dict[str, Any]:
    pages, server = Pages(run.place), Server(run, "--processes", "2")
    held: list[str] = apart(lambda: filled(server.folder))
    words = ("magnets", "plant terbium", "dysprosium oxide", "trader 13", "weeks")
    paths = [f"/documents/{id}" for id in held[::4]] + [f"/documents?q={one}&format=json" for one in words]
    paths += ["/topics/magnets", "/documents", "/status"]
    run.random.shuffle(paths)
    turns, uploaded = cycle(paths), map(pages.url, range(1_000_000))
    process = server.begin()
    took, ids, failed, memory = list[float](), list[str](), Counter[str](), dict[int, dict[str, float]]()
    began = time.perf_counter()
    try:
        while len(took) + len(ids) < requests and time.perf_counter() < began + seconds:
            part = asyncio.run(loaded(server, turns, uploaded, EACH, began + seconds, clients))
            took, ids, failed = took + part["took"], ids + part["uploads"], failed + part["failed"]
            until(partial(worked_out, server, ids), PATIENCE)
            memory[len(took) + len(ids)] = held_now = megabytes(process)
            err.print(len(took) + len(ids), {name: round(mb) for name, mb in held_now.items()})
        with_store = Store(server.folder)
        titles = Counter(c.document.title for c in with_store.changes(0, limit=100_000) if c.document)
        with_store.close()
        p50, p99 = np.quantile(took, (0.5, 0.99))
        return {
            "requests": len(took) + len(ids), "seconds": time.perf_counter() - began, "failed": dict(failed),
            "p50 s": float(p50), "p99 s": float(p99), "uploads": len(ids),
            "documents twice": sum(count > 1 for count in titles.values()),
            "documents lost": HELD + len(ids) - len(titles),
            "MB after requests": memory,
        }  # fmt: skip
    finally:
        os.killpg(process, 15)
        until(lambda: over(process))
        pages.close()


def pair(run: Run, count: int = 20) -> dict[str, Any]:
    pages, database = Pages(run.place), Postgres(run.place)
    os.environ["MINE2MAGNET_STORE"] = database.url
    servers = [Server(run, "--workers", "1"), Server(run, "--workers", "1")]
    servers[1].folder = run.place / "other"
    processes: list[int] = []
    try:
        processes += [server.begin() for server in servers]
        first, second = (server.client for server in servers)
        watch = first.post("/api/watches", json={"name": "all", "query": "dysprosium"}).raise_for_status()
        for n in range(count):
            one, other = (first, second) if n % 2 else (second, first)
            one.post("/v1/docs/upload/async", json={"docs": [{"url": pages.url(n)}]}).raise_for_status()
            other.post("/api/sources", json={"url": pages.url(1000 + n)}).raise_for_status()
            asked = {"scenario": "licence-delay", "draws": 20 + n // 2}  # each is asked for at both
            answer = one.post("/api/stress", json=asked, headers={"Prefer": "respond-async"})
            answer.raise_for_status()

        def rows(statement: str) -> list[Any]:
            return [tuple(row) for row in database.query(statement)]

        until(lambda: len(rows("SELECT id FROM documents WHERE NOT removed")) == 2 * count, PATIENCE)
        until(lambda: len(rows("SELECT job FROM job_results")) == count // 2, PATIENCE)
        until(lambda: len(rows("SELECT id FROM matches")) >= 2 * count, PATIENCE)
        time.sleep(5)  # for what would come twice
        tries = Counter(rows("SELECT tries FROM jobs"))
        results = Counter(rows("SELECT job FROM job_results"))
        matches = Counter(rows("SELECT watch, document FROM matches"))
        fetched = {page: n for page, n in pages.fetched().items() if page[1:].isdigit()}
        return {
            "uploads and sources": 2 * count, "fetched": len(fetched),
            "fetched again": sum(n > 1 for n in fetched.values()),
            "runs asked for": count, "runs": len(results), "tries": {n: c for (n,), c in tries.items()},
            "runs too many": tries.total() - count // 2,
            "results twice": sum(n > 1 for n in results.values()),
            "matches": matches.total(), "matches twice": sum(n > 1 for n in matches.values()),
            "watch": watch.json()["id"],
        }  # fmt: skip
    finally:
        del os.environ["MINE2MAGNET_STORE"]
        for process in processes:
            os.killpg(process, 15)
            until(lambda: over(process))  # noqa: B023
        pages.close()
        database.kill()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="reading,mixed,pair")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=60.0, help="after which no more is asked")
    parser.add_argument("--connections", type=int, default=64)
    options = parser.parse_args()
    found: dict[str, dict[str, Any]] = {}
    for name in options.only.split(","):
        with place() as folder:
            run = Run(folder, 0, random.Random(1), Tally())
            if name == "pair":
                found[name] = pair(run)
            else:
                uploading = options.connections // 8 if name == "mixed" else 0
                clients = Clients(options.connections, uploading)
                found[name] = load(run, options.requests, 60 * options.minutes, clients)
        err.print(name, found[name])
    print(json.dumps(found, indent=1))
    bad = [key for row in found.values() for key, value in row.items() if value and key in MUST_BE_NONE]
    if bad:
        sys.exit("not as it must be: " + ", ".join(bad))


MUST_BE_NONE = (
    "failed", "documents twice", "documents lost", "fetched again", "runs too many", "results twice",
    "matches twice",
)  # fmt: skip


if __name__ == "__main__":
    main()
