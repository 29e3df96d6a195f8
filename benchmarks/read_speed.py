"""How fast articles are read, kept and made searchable by words, and how that grows.

    python benchmarks/read_speed.py --documents 3000 --grow 100000

First a folder of generated HTML pages of about 5 kB is read as a user would read it. The peer, in the
same run and on the same pages, is the plain way: trafilatura's own extraction with metadata, then an
insert into an SQLite FTS5 table (trigram). Then generated documents are kept and indexed up to `--grow`,
and the rate of each tenth is printed: a flat column means that keeping does not slow down.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import tempfile
import time
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

import trafilatura
from generate import articles
from rich.progress import track

from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Document, Read
from mine2magnet.reading.confined import CONFINED


def page(document: Document) -> str:
    body = "".join(f"<p>{escape(p.text)}</p>" for p in document.paragraphs)
    assert document.published is not None
    return (
        f'<!doctype html><html lang="{document.language}"><head><meta charset="utf-8">'
        f"<title>{escape(document.title)}</title>"
        f'<meta property="og:site_name" content="{document.source}">'
        f'<meta property="article:published_time" content="{document.published.isoformat()}"></head>'
        f"<body><nav><a href='/'>home</a></nav><article><h1>{escape(document.title)}</h1>{body}</article>"
        "<footer>about this site</footer></body></html>"
    )


def used() -> float:
    """Processor time of this process and of children that have ended, s."""
    every = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in every)


def ours(folder: Path, library: Library) -> tuple[float, float]:
    """Seconds on the clock, and of processor time with that of the processes that take pages apart."""
    began, before = time.perf_counter(), used()
    report = library.read(str(folder))
    assert not report.failures, report.failures[0]
    took = time.perf_counter() - began
    CONFINED.close()
    return took, used() - before


def peer(folder: Path, database: Path) -> tuple[float, float]:
    began, before = time.perf_counter(), used()
    db = sqlite3.connect(database)
    db.execute("CREATE VIRTUAL TABLE pages USING fts5(title, text, date, tokenize='trigram')")
    for file in sorted(folder.iterdir()):
        found = trafilatura.bare_extraction(file.read_text("utf-8"), with_metadata=True)
        assert isinstance(found, trafilatura.settings.Document)
        db.execute("INSERT INTO pages VALUES (?, ?, ?)", (found.title, found.text, found.date))
    db.commit()
    return time.perf_counter() - began, used() - before


def growth(library: Library, count: int) -> list[tuple[int, float]]:
    rates = []
    generated = articles(count, seed=8)
    step = max(count // 10, 1)
    for done in track(range(step, count + 1, step), description="growing", transient=True):
        batch = [Read(document) for document in islice(generated, step)]
        began = time.perf_counter()
        library.keep(batch)
        rates.append((done, step / (time.perf_counter() - began)))
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=3000, help="pages read from HTML")
    parser.add_argument(
        "--grow", type=int, default=100_000, help="documents kept and indexed; 0 leaves it out"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        pages = root / "pages"
        pages.mkdir()
        for number, document in enumerate(articles(options.documents)):
            (pages / f"{number:06}.html").write_text(page(document), "utf-8")
        size = sum(file.stat().st_size for file in pages.iterdir()) / options.documents
        mine, mine_cpu = ours(pages, Library.open(Settings(folder=root / "library")))
        other, other_cpu = peer(pages, root / "peer.sqlite")
        grown = growth(Library.open(Settings(folder=root / "grown")), options.grow) if options.grow else []
    result: dict[str, Any] = {
        "bytes_per_page": round(size),
        "read_per_second": options.documents / mine,
        "peer_per_second": options.documents / other,
        "ratio": other / mine,
        "cpu_seconds": [mine_cpu, other_cpu],
        "cpu_ratio": other_cpu / mine_cpu,
        "growth": grown,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    if options.json:
        print(json.dumps(result))
        return
    print(f"{options.documents} HTML pages of {size:,.0f} bytes")
    print(f"  mine2magnet: read, fold, keep, index   {result['read_per_second']:8.0f} documents/s")
    print(f"  trafilatura + FTS5 trigram             {result['peer_per_second']:8.0f} documents/s")
    print(f"  mine2magnet is {result['ratio']:.2f} times as fast")
    ratio = result["cpu_ratio"]
    print(f"  processor time {mine_cpu:.1f} s against {other_cpu:.1f} s, {ratio:.2f} times as fast")
    for done, rate in grown:
        print(f"  kept and indexed up to {done:8,}: {rate:8.0f} documents/s")
    print(f"peak memory {result['peak_megabytes']:,.0f} MB")


if __name__ == "__main__":
    main()
