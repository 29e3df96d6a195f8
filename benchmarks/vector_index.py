"""Which index of many vectors: how often it finds the nearest, how long a query and a change take, memory.

    python benchmarks/vector_index.py                       100,000 vectors
    python benchmarks/vector_index.py --vectors 1000000 --only exact,lists,ivf

Vectors of real texts: the passages of the documents in `claims/documents` and `digests/labels.jsonl`, and of
the starter documents, some 2,100 in three languages, embedded (--held FILE keeps them, as that takes two
minutes). From these as many as are asked for are made: a point between one and one of its ten nearest in its
language (Chawla et al. 2002, "SMOTE"), and .35 of what parts two others of it. Queries are those of
`queries.yaml`, in three languages, embedded as they are. All are centred by language, as search does it.

Recall is of the ten nearest over all languages by exact floats; "one in ten" the same among a tenth of the
vectors, chosen by chance, as a filter does it. Milliseconds are CPU time of one thread, medians over the
queries. Bytes are what is held in memory for each vector, that itself among them. Packages that are not
installed are passed over: pip install faiss-cpu usearch
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded

import numpy as np
import numpy.typing as npt
import yaml
from rich.console import Console
from rich.table import Table as Printed

import mine2magnet
from mine2magnet.encoder.encode import DIMENSIONS, Vectors, embed_passages, embed_query
from mine2magnet.model import LANGUAGES, Document, Paragraph
from mine2magnet.search.centring import centred_query, unit
from mine2magnet.search.lists import LOOKED_AT, ByRecord, Listed
from mine2magnet.search.lists import Lists as Parted
from mine2magnet.search.passages import pieces
from mine2magnet.search.vectors import RECORD, SCALE, distances, quantised, squares

HERE = Path(__file__).parent
STARTER = Path(mine2magnet.__file__).parent / "data" / "starter"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NEIGHBOURS, PARTED = 10, 0.35
NEAREST = 10
SIGNS = 4500  # that are compared exactly
Found = npt.NDArray[np.intp]


def real() -> tuple[Vectors, Found]:
    """Vectors of real passages, and the number of each one's language."""
    held = {piece.text: document.language for document in documents() for piece in pieces(document)}
    texts = list(held)
    vectors = np.concatenate([embed_passages(texts[i : i + 64]) for i in range(0, len(texts), 64)])
    return vectors, np.array([LANGUAGES.index(held[text]) for text in texts])


def documents() -> Iterator[Document]:
    for file in [
        *sorted((HERE / "claims" / "documents").rglob("*.jsonl")),
        HERE / "digests" / "labels.jsonl",
    ]:
        for row in map(json.loads, file.read_text("utf-8").splitlines()):
            if "paragraphs" in row and row.get("language") in LANGUAGES:
                yield document(row["title"], row["language"], row["paragraphs"])
    for starter in sorted(STARTER.glob("*.md")):
        body = starter.read_text("utf-8").split("---\n", 2)[2]
        yield document(starter.name, starter.name[:2], body.split("\n\n"))


def document(title: str, language: str, texts: Sequence[str]) -> Document:
    paragraphs = tuple(Paragraph(n, text) for n, text in enumerate(texts, 1))
    return Document(title=title, source="", fetched=NOW, language=language, paragraphs=paragraphs)


def grown(vectors: Vectors, language: Found, count: int, rng: np.random.Generator) -> tuple[Vectors, Found]:
    """`count` vectors made of real ones, their languages by chance."""
    made = np.empty((count, DIMENSIONS), np.float32)
    of = rng.choice(language, count)
    for code in range(len(LANGUAGES)):
        mine = vectors[language == code]
        near = np.argsort(-mine @ mine.T, axis=1)[:, 1 : NEIGHBOURS + 1]
        wanted = np.flatnonzero(of == code)
        for start in range(0, len(wanted), 20_000):
            some = wanted[start : start + 20_000]
            a, c, d = rng.integers(0, len(mine), (3, len(some)))
            b = near[a, rng.integers(0, NEIGHBOURS, len(some))]
            part = rng.random((len(some), 1), dtype=np.float32)
            made[some] = mine[a] + part * (mine[b] - mine[a]) + np.float32(PARTED) * (mine[c] - mine[d])
    return unit(made), of


@dataclass
class Held:
    """Vectors as they are and centred, their languages, and the means of these."""

    vectors: Vectors
    centred: Vectors
    language: Found
    means: Vectors

    @classmethod
    def of(cls, vectors: Vectors, language: Found) -> Held:
        means = np.array([vectors[language == code].mean(0) for code in range(len(LANGUAGES))], np.float32)
        return cls(vectors, unit(vectors - means[language]), language, means)


class Engine(Protocol):
    """An index of all that is held. `kept`: what it has on disk, and what becomes of it in a crash."""

    bytes: float
    kept: str

    def __init__(self, held: Held) -> None: ...

    def nearest(self, query: Vectors, allowed: npt.NDArray[np.bool_] | None) -> Found: ...

    def add(self, held: Held) -> None:
        """Take what is held now: all that was and some more."""


class Exact:
    kept = "the vectors, appended to"
    bytes = 8.0 + DIMENSIONS + 8

    def __init__(self, held: Held) -> None:
        self._held = held
        self.codes = quantised(held.vectors, SCALE)
        self._squares = squares(self.codes)
        self._lengths = np.linalg.norm(held.vectors - held.means[held.language], axis=1)

    def nearest(self, query: Vectors, allowed: npt.NDArray[np.bool_] | None) -> Found:
        near = 1.0 - distances(query, self.codes, self._squares)
        near -= (self._held.means @ query)[self._held.language]
        near /= self._lengths
        return best(near if allowed is None else np.where(allowed, near, -np.inf))

    def add(self, held: Held) -> None:
        new = quantised(held.vectors[len(self.codes) :], SCALE)
        self.codes, self._squares = np.concatenate([self.codes, new]), np.append(self._squares, squares(new))
        self._lengths = np.append(
            self._lengths, np.linalg.norm((held.vectors - held.means[held.language])[-len(new) :], axis=1)
        )
        self._held = held


class Ours:
    kept = "the vectors, put in order; the middles"
    bytes = 8.0 + DIMENSIONS + 18

    def __init__(self, held: Held) -> None:
        records = np.zeros(len(held.vectors), RECORD)
        records["vector"] = quantised(held.vectors, SCALE)
        self._parted, self._order = Parted.of(
            lambda some: held.centred[some],
            np.arange(len(records), dtype=np.uint64),
            held.language,
            LANGUAGES,
        )
        self._records = records[self._order]
        self._see(held)

    def _see(self, held: Held) -> None:
        """Each vector a document of its own, so that filters are by chance."""
        count = len(self._records)
        self._listed = Listed(self._parted, self._records.view(np.int8).reshape(count, -1), 1 / SCALE)
        place = np.empty(count, np.intp)
        place[self._order] = np.arange(count)
        rows = np.arange(count, dtype=np.int32)
        language = np.empty(count, np.int32)
        language[place] = held.language
        passages: Any = SimpleNamespace(
            record=place, row=rows, starts=np.arange(count + 1), language=held.language.astype(np.int32),
            languages=LANGUAGES, of_records=lambda: language, records=SimpleNamespace(keys=rows),
            lengths=np.linalg.norm(held.vectors - held.means[held.language], axis=1).astype(np.float64),
            centring=SimpleNamespace(means=held.means),
        )  # fmt: skip
        found = ByRecord.of(passages)
        passages.by_record = lambda: found
        self._passages = passages

    def nearest(self, query: Vectors, allowed: npt.NDArray[np.bool_] | None) -> Found:
        every = np.ones(len(self._passages.row), bool)
        near, _ = self._listed.nearness(
            query, self._passages, every if allowed is None else allowed, np.zeros_like(every)
        )
        return best(near)

    def add(self, held: Held) -> None:
        known = len(self._records)
        new = np.zeros(len(held.vectors) - known, RECORD)
        new["vector"] = quantised(held.vectors[known:], SCALE)
        self._records = np.concatenate([self._records, new])
        self._order = np.append(self._order, np.arange(known, known + len(new)))
        self._see(held)


class Signs:
    """One bit of each number, of which the nearest are compared exactly."""

    kept = "the vectors, appended to; made anew"
    bytes = 8.0 + DIMENSIONS + DIMENSIONS / 8

    def __init__(self, held: Held) -> None:
        self._held = held
        self._signs = np.packbits(held.centred > 0, axis=1).view(np.uint64)

    def nearest(self, query: Vectors, allowed: npt.NDArray[np.bool_] | None) -> Found:
        apart = np.bitwise_count(self._signs ^ np.packbits(query > 0).view(np.uint64)).sum(1, dtype=np.uint16)
        if allowed is not None:
            apart[~allowed] = DIMENSIONS
        few = np.argpartition(apart, SIGNS)[:SIGNS]
        few = few if allowed is None else few[allowed[few]]
        return few[best(self._held.centred[few] @ query)]

    def add(self, held: Held) -> None:
        new = np.packbits(held.centred[len(self._signs) :] > 0, axis=1).view(np.uint64)
        self._signs, self._held = np.concatenate([self._signs, new]), held


class Faiss:
    """An index of faiss, by its name there."""

    kept = "all of it, written anew"
    name, probes = "", 0

    def __init__(self, held: Held) -> None:
        import faiss

        faiss.omp_set_num_threads(1)
        self._faiss = faiss
        self._index = faiss.index_factory(DIMENSIONS, self.name.format(lists=lists(len(held.centred))),
                                          faiss.METRIC_INNER_PRODUCT)  # fmt: skip
        self._index.train(held.centred[:: max(len(held.centred) // 50_000, 1)])
        self._index.add(held.centred)
        self.bytes = len(faiss.serialize_index(self._index)) / len(held.centred)

    def nearest(self, query: Vectors, allowed: npt.NDArray[np.bool_] | None) -> Found:
        chosen = {} if allowed is None else {"sel": self._faiss.IDSelectorBatch(np.flatnonzero(allowed))}
        params = self._faiss.SearchParametersIVF(**{"nprobe": self.probes, **chosen})
        return np.asarray(self._index.search(query[None], NEAREST, params=params)[1][0])

    def add(self, held: Held) -> None:
        self._index.add(held.centred[self._index.ntotal :])


class Lists(Faiss):
    name, probes = "IVF{lists},SQ8", 64


class Graph:
    """Hierarchical navigable small worlds, by usearch."""

    kept = "all of it, written anew"

    def __init__(self, held: Held) -> None:
        from usearch.index import Index  # type: ignore[import-not-found]

        self._index = Index(ndim=DIMENSIONS, metric="ip", dtype="i8", connectivity=16, expansion_search=128)
        self.add(held)
        self.bytes = self._index.memory_usage / len(self._index)

    def nearest(self, query: Vectors, allowed: npt.NDArray[np.bool_] | None) -> Found:
        if allowed is None:
            return np.asarray(self._index.search(query, NEAREST, threads=1).keys, np.intp)
        found = np.asarray(self._index.search(query, 20 * NEAREST, threads=1).keys, np.intp)
        return np.asarray(found[allowed[found]][:NEAREST])

    def add(self, held: Held) -> None:
        known = len(self._index)
        self._index.add(np.arange(known, len(held.centred)), held.centred[known:], threads=1)


ENGINES: dict[str, tuple[type[Engine], str, str]] = {
    "exact": (Exact, "compared with all, 8 bits", ""),
    "lists": (Ours, f"lists of 8 bits, {LOOKED_AT:.0%} looked at (in use)", ""),
    "signs": (Signs, f"signs, then {SIGNS}", ""),
    "ivf": (Lists, "faiss, lists of 8 bits, 64 looked at", "faiss"),
    "graph": (Graph, "usearch, HNSW of 8 bits", "usearch"),
}


def lists(count: int) -> int:
    return int(2 ** round(np.log2(2 * count**0.5)))


def best(near: npt.NDArray[Any]) -> Found:
    few = np.argpartition(-near, NEAREST)[:NEAREST]
    return few[np.argsort(-near[few])]


def milliseconds(work: Callable[[], Any]) -> float:
    began = time.thread_time()
    work()
    return 1000 * (time.thread_time() - began)


def measure(kind: type[Engine], held: Held, more: Held, queries: Vectors, allowed: Any) -> dict[str, Any]:
    made: list[Any] = []
    build = milliseconds(lambda: made.append(kind(held)))
    engine = made[0]
    engine.nearest(queries[0], None)  # compiled
    taken, recalls, narrow = [], [], []
    for query in queries:
        began = time.thread_time()
        found = engine.nearest(query, None)
        taken.append(1000 * (time.thread_time() - began))
        near = held.centred @ query
        recalls.append(np.isin(best(near), found).mean())
        narrow.append(np.isin(best(np.where(allowed, near, -2)), engine.nearest(query, allowed)).mean())
    return {
        "recall@10": float(np.mean(recalls)),
        "one in ten": float(np.mean(narrow)),
        "ms p50": float(np.median(taken)),
        "ms p95": float(np.quantile(taken, 0.95)),
        "bytes": engine.bytes,
        "build s": build / 1000,
        "add 1,000 ms": milliseconds(lambda: engine.add(more)),
        "on disk": engine.kept,
    }


def shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.3f}" if value <= 1 else f"{value:,.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--vectors", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--only", default=",".join(ENGINES))
    parser.add_argument("--held", type=Path, help="where the real vectors are kept")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.held and options.held.exists():
        arrays = np.load(options.held)
        vectors, language = arrays["vectors"], arrays["language"]
    else:
        vectors, language = real()
        if options.held:
            np.savez(options.held, vectors=vectors, language=language)
    rng = np.random.default_rng(1)
    made, of = grown(vectors, language, options.vectors + 1000, rng)
    more = Held.of(made, of)
    held = Held(more.vectors[:-1000], more.centred[:-1000], more.language[:-1000], more.means)
    asked = yaml.safe_load((HERE / "queries.yaml").read_text("utf-8"))[: options.queries]
    queries = np.array([centred_query(embed_query(q["query"]), q["language"]) for q in asked])
    allowed = rng.random(options.vectors) < 0.1
    found = {}
    for name in options.only.split(","):
        kind, label, package = ENGINES[name]
        if package and importlib.util.find_spec(package) is None:
            print(f"{package} is not installed")
            continue
        found[label] = measure(kind, held, more, queries, allowed)
    if options.json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
        return
    print(f"{len(vectors):,} real vectors, {options.vectors:,} made of them, {len(queries)} queries")
    table = Printed(box=None)
    for column in ("", *next(iter(found.values()))):
        table.add_column(column, justify="right")
    for label, row in found.items():
        table.add_row(
            label,
            *(v if isinstance(v, str) else f"{v:,.3f}" if v <= 1 else f"{v:,.1f}" for v in row.values()),
        )
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
