"""How fast and how large the index of a big library is, beside SQLite FTS5 in the same run.

    python benchmarks/search_speed.py --documents 100000
    python benchmarks/search_speed.py --documents 100000 --before COMMIT
                                                   that commit's own run of its script beside it, on this
                                                   machine

Generated documents in three languages (`generate.py`, seeded) are kept in a store, then indexed from it.
The peer is an FTS5 table with the trigram tokenizer, filled from memory. Each then answers the same
queries: two to four words out of one of its documents, ten hits with their passages (FTS5: `snippet`).
FTS5 gets the words joined with OR, as free words; words of one or two characters it cannot find at all,
and queries of nothing else are counted.

The vectors are random and of length 1: embedding 100,000 documents takes hours, and what a vector says
does not change how long it takes to compare. Each query is embedded by the real model, none twice.
Queries are timed once the lists of many vectors are made.
Memory is the peak of a fresh process that opens the index and asks the queries; that of one with an empty
library is taken off for the bytes a passage. CPU time is printed beside the clock's: on a busy machine only
ratios of CPU times within one run mean anything.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from generate import articles
from rich.console import Console
from rich.progress import track
from rich.table import Table as Printed

from mine2magnet.core import thesaurus
from mine2magnet.core.text import fold
from mine2magnet.encoder.encode import DIMENSIONS, embed_query
from mine2magnet.model import Document
from mine2magnet.search import Index
from mine2magnet.search.embedded import LOOK
from mine2magnet.search.tokens import spans
from mine2magnet.search.vectors import FEW
from mine2magnet.store import Store

BATCH = 1000  # documents kept in one transaction; vectors appended at once are ten times as many
HITS = 10
SHORTEST = 3  # characters of a word that a trigram index can find
ROOT = Path(__file__).resolve().parent.parent
GOAL = 30.0  # ms, p95 of a hybrid query

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asked:
    """Milliseconds of each query, by the clock and of all cores; and the peak memory of the process that
    asked, in megabytes."""

    times: list[float]
    cpu: list[float]
    megabytes: float
    found: float  # mean number of hits

    def at(self, quantile: float) -> float:
        return float(np.quantile(self.times, quantile))

    def cpu_at(self, quantile: float) -> float:
        return float(np.quantile(self.cpu, quantile))


def keep(store: Store, count: int, size: int) -> list[str]:
    """Keeps generated documents; gives queries made of their words."""
    rng = random.Random(3)
    queries: dict[str, None] = {}
    generated = articles(count, size)
    for start in track(range(0, count, BATCH), description="keeping", transient=True):
        with store.writing() as writer:
            for number, document in enumerate(islice(generated, BATCH), start):
                kept = replace(document, id=f"d{number:07}", version=1)
                writer.put(
                    kept, url_key=kept.url, title_key=kept.id, fold=kept.id, signature=b"", band_keys=()
                )
                if number % max(count // 2000, 1) == 0:
                    queries[query_from(kept, rng)] = None
    return list(queries)


def query_from(document: Document, rng: random.Random) -> str:
    text = fold(rng.choice(document.paragraphs).text)
    if document.language == "en":
        words = [text[start:end] for _, start, end in spans(text)]
    else:  # as a reader would type them: cut at particles and punctuation
        words = [text[start:end] for start, end in pieces(text)]
    return " ".join(rng.sample(words, min(len(words), rng.randint(2, 4))))


def pieces(text: str) -> list[tuple[int, int]]:
    """(start, end) of stretches of two to four characters."""
    found = [(start, end) for _, start, end in spans(text)]
    return [(start, min(start + 2 + start % 3, end + 2)) for start, end in found if end - start == 2]


def add_random_vectors(index: Index, seed: int = 5) -> int:
    view = index.view()
    assert view is not None
    rng = np.random.default_rng(seed)
    keys = view.table.passage_key
    for start in track(range(0, len(keys), 10 * BATCH), description="vectors", transient=True):
        some = keys[start : start + 10 * BATCH]
        vectors = rng.normal(size=(len(some), DIMENSIONS)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        with index.backend.embedding() as writer:
            assert writer is not None
            writer.append(some.tolist(), [""] * len(some), vectors)
    return len(keys)


def fill_fts5(path: Path, documents: Sequence[Document]) -> float:
    began = time.perf_counter()
    db = sqlite3.connect(path)
    db.execute("CREATE VIRTUAL TABLE docs USING fts5(title, text, tokenize='trigram')")
    for start in track(range(0, len(documents), BATCH), description="FTS5", transient=True):
        rows = [(d.title, d.text) for d in documents[start : start + BATCH]]
        db.executemany("INSERT INTO docs VALUES (?, ?)", rows)
        db.commit()
    db.close()
    return time.perf_counter() - began


def ask_us(folder: Path, queries: Sequence[str]) -> Asked:
    index = Index(folder / "index", Store(folder), thesaurus.load())
    assert index.view() is not None, "the thesaurus was changed meanwhile"
    embed_query("the model is loaded before the first query is timed")
    for _ in range(FEW + 2):  # until a thread makes lists of the vectors, where they are many
        index.search("as is the index", limit=1)
    for thread in threading.enumerate():
        if thread.name == "lists":
            thread.join()
    time.sleep(1.1 * LOOK)  # so that they are seen
    index.search("as is the index", limit=1)
    return asked(queries, lambda query: len(index.search(query, limit=HITS).hits))


def ask_nothing(folder: Path) -> float:
    """Memory of a process whose library is empty, in megabytes."""
    index = Index(folder / "index", Store(folder), thesaurus.load())
    index.update()
    embed_query("the model is loaded")
    index.search("as is the index", limit=1)
    return peak()


def ask_fts5(path: Path, queries: Sequence[str]) -> Asked:
    db = sqlite3.connect(path)
    db.execute("SELECT count(*) FROM docs").fetchone()
    sql = (
        "SELECT title, snippet(docs, 1, '[', ']', '…', 64) FROM docs"
        f" WHERE docs MATCH ? ORDER BY rank LIMIT {HITS}"
    )

    def ask(query: str) -> int:
        words = " OR ".join(f'"{word}"' for word in trigram_words(query))
        return len(db.execute(sql, (words,)).fetchall()) if words else 0

    return asked(queries, ask)


def trigram_words(query: str) -> list[str]:
    return [word for word in query.split() if len(word) >= SHORTEST]


def asked(queries: Sequence[str], ask: Callable[[str], int]) -> Asked:
    times, cpu, found = [], [], 0
    for query in queries:
        began, used = time.perf_counter(), time.process_time()
        found += ask(query)
        times.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    return Asked(times, cpu, peak(), found / len(queries))


def peak() -> float:
    """Most memory this process has held, in megabytes. (`getrusage` would count its parent's as well.)"""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def apart(work: Callable[..., _T], *arguments: object) -> _T:
    """The result of `work` in a fresh process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def before(commit: str, asked: Sequence[str]) -> dict[str, Any]:
    """What the project as it was at a commit measures by its own script."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["git", "archive", commit, "src", "benchmarks"]
        archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        held = filter(None, [os.environ.get("PYTHONPATH")])  # behind that commit's own
        paths = os.pathsep.join([*(str(Path(folder, name)) for name in ("src", "benchmarks", ".")), *held])
        command = [sys.executable, str(Path(folder, "benchmarks", "search_speed.py")), *asked, "--json"]
        run = subprocess.run(
            command, env=os.environ | {"PYTHONPATH": paths}, stdout=subprocess.PIPE, check=True
        )
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def size_of(path: Path) -> float:
    """Megabytes on disk."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=1000, help="of one document, about")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--before", metavar="COMMIT", help="measure the project as it was, too")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sizes = [f"--{name}={getattr(options, name)}" for name in ("documents", "bytes", "queries")]
    earlier = before(options.before, sizes) if options.before else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = Store(folder)
        queries = keep(store, options.documents, options.bytes)[: options.queries]
        index = Index(folder / "index", store, thesaurus.load())
        began = time.perf_counter()
        index.update()
        ours_seconds = time.perf_counter() - began
        words = apart(ask_us, folder, queries)
        words_megabytes = size_of(folder / "index")
        vectors = add_random_vectors(index)
        hybrid = apart(ask_us, folder, queries)
        base = apart(ask_nothing, folder / "nothing")
        hybrid_megabytes = size_of(folder / "index")
        documents = list(articles(options.documents, options.bytes))
        fts5_seconds = fill_fts5(folder / "fts5.sqlite", documents)
        fts5 = apart(ask_fts5, folder / "fts5.sqlite", queries)
        fts5_megabytes = size_of(folder / "fts5.sqlite")
    rate, fts5_rate = options.documents / ours_seconds, options.documents / fts5_seconds
    answers = {
        "words": (rate, words, words_megabytes),
        "hybrid": (rate, hybrid, hybrid_megabytes),
        "FTS5 trigram": (fts5_rate, fts5, fts5_megabytes),
    }
    missed = sum(not trigram_words(query) for query in queries)
    figures: dict[str, Any] = {
        "documents": options.documents,
        "vectors": vectors,
        "queries": len(queries),
        "queries FTS5 trigram cannot ask": missed,
        "hybrid p95 / goal": hybrid.at(0.95) / GOAL,
        "hybrid p95 / FTS5 p95": hybrid.at(0.95) / fts5.at(0.95),
        "words p95 / FTS5 p95": words.at(0.95) / fts5.at(0.95),
        "hybrid CPU p95 / FTS5 CPU p95": hybrid.cpu_at(0.95) / fts5.cpu_at(0.95),
        "words CPU p95 / FTS5 CPU p95": words.cpu_at(0.95) / fts5.cpu_at(0.95),
        "bytes a passage": 1e6 * (hybrid.megabytes - base) / vectors,
        "index rate / FTS5 rate": rate / fts5_rate,
        "by": {
            by: {
                "documents indexed a second": per_second,
                "p50 ms": run.at(0.5),
                "p95 ms": run.at(0.95),
                "max ms": max(run.times),
                "CPU p50 ms": run.cpu_at(0.5),
                "CPU p95 ms": run.cpu_at(0.95),
                "peak memory MB": run.megabytes,
                "on disk MB": on_disk,
                "hits a query": run.found,
            }
            for by, (per_second, run, on_disk) in answers.items()
        },
    }
    if earlier:
        for by in ("words", "hybrid"):
            old = earlier["by"][by]
            figures["by"][f"{by}, before"] = old
            for quantile in ("p50 ms", "p95 ms", "CPU p50 ms", "CPU p95 ms"):
                if quantile in old:
                    figures[f"{by} {quantile[:-3]} / before"] = figures["by"][by][quantile] / old[quantile]
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    console = Console()
    for label, value in figures.items():
        if label != "by":
            console.print(f"{label}: {value:,.2f}" if isinstance(value, float) else f"{label}: {value:,}")
    table = Printed(box=None)
    columns = tuple(figures["by"]["words"])
    for column in ("", *columns):
        table.add_column(column, justify="right")
    for by, row in figures["by"].items():
        table.add_row(by, *(f"{row[name]:,.1f}" if name in row else "" for name in columns))
    console.print(table)


if __name__ == "__main__":
    main()
