"""What a large library on PostgreSQL and Milvus takes, and what one of 200,000 documents would.

    python benchmarks/large_library.py [--documents 20000] [--bytes 1000]

Generated documents (`generate.py`, seeded) are kept in PostgreSQL, indexed on milvus-lite, given vectors by
chance (embedding takes hours, and is not what is asked here) and searched, at an eighth of them, a quarter,
half and all. Processor time of this process and both servers, for the machine may have other work.
It is carried on to 200,000 documents by the power of their number with which the last doubling grew. Milvus
itself is another program than milvus-lite, which speaks its protocol and compares all vectors.
"""

from __future__ import annotations

import argparse
import json
import math
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
from crash_safety import Postgres, place
from generate import articles
from http_load import _busy, listens, tree
from rich.console import Console

from mine2magnet.core.settings import Settings
from mine2magnet.encoder.encode import DIMENSIONS, Vectors
from mine2magnet.library.library import Library
from mine2magnet.model import Document
from mine2magnet.search import Index
from mine2magnet.store import Store

BATCH = 1000  # documents in one transaction
AT_ONCE = 10_000  # vectors
FAR = 200_000

err = Console(stderr=True)


class Milvus:
    """milvus-lite as a server on loopback."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1", "--port", str(port)]
        self.process = subprocess.Popen([*command, "--data-dir", folder], stdout=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}"
        listens(port)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def keep(store: Store, documents: Sequence[Document]) -> None:
    for start in range(0, len(documents), BATCH):
        with store.writing() as writer:
            for one in documents[start : start + BATCH]:
                writer.put(one, url_key=one.url, title_key=one.id, fold=one.id, signature=b"", band_keys=())


def embed(index: Index, chance: np.random.Generator) -> None:
    """Give every passage a vector of length 1."""

    def made(groups: Sequence[Sequence[str]]) -> Iterable[Vectors]:
        for group in groups:
            vectors = chance.normal(size=(len(group), DIMENSIONS)).astype(np.float32)
            yield vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    while index.embed(AT_ONCE, made):
        pass


def search(index: Index, documents: Sequence[Document]) -> None:
    """Ask for words of documents."""
    for one in documents:
        index.search(one.text[: 20 if one.language == "en" else 6])


def measured(
    library: Library, servers: Sequence[int], count: int, size: int, queries: int
) -> dict[int, dict[str, float]]:
    """Processor seconds so far, of each kind of work, by the number of documents; of a search, each."""

    def took(work: Callable[[], object]) -> float:
        before = busy()
        work()
        return busy() - before

    def busy() -> float:
        return time.process_time() + sum(_busy(one) for server in servers for one in tree(server))

    generated, chance = articles(count, size), np.random.default_rng(5)
    found: dict[int, dict[str, float]] = {}
    sums = dict.fromkeys(("keep", "index", "vectors"), 0.0)
    held = 0
    for upto in (count // 8, count // 4, count // 2, count):
        some = [
            replace(one, id=f"d{n:07}", version=1)
            for n, one in enumerate(islice(generated, upto - held), held)
        ]
        sums["keep"] += took(lambda: keep(library.store, some))  # noqa: B023
        sums["index"] += took(library.index.update)
        sums["vectors"] += took(lambda: embed(library.index, chance))
        found[upto] = sums | {"passages": float(library.index.pending()[1])}
        if queries:
            search(library.index, some[:4])  # what is made once is not counted
            asked = some[4 : 4 + queries]
            found[upto]["a search"] = took(lambda: search(library.index, asked)) / queries  # noqa: B023
        err.print(upto, found[upto])
        held = upto
    return found


def far(found: dict[int, dict[str, float]]) -> dict[str, float]:
    """What `FAR` documents would take."""
    (half, before), (whole, last) = list(found.items())[-2:]
    powers = {name: math.log2(last[name] / before[name]) / math.log2(whole / half) for name in last}
    return {name: last[name] * (FAR / whole) ** max(power, 0.0) for name, power in powers.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=20_000, help="eight at least")
    parser.add_argument("--bytes", type=int, default=1000, help="of one document, about")
    parser.add_argument("--queries", type=int, default=4, help="milvus-lite takes seconds for one")
    options = parser.parse_args()
    with place() as folder:
        database, index = Postgres(folder), Milvus(folder / "milvus")
        try:
            settings = Settings(folder=folder / "library", store=database.url, search_url=index.url)
            servers = database.process, index.process.pid
            found = measured(
                Library.open(settings), servers, options.documents, options.bytes, options.queries
            )
        finally:
            index.stop()
            database.kill()
    print(json.dumps({**found, f"{FAR}, carried on": far(found)}, indent=1))


if __name__ == "__main__":
    main()
