"""Whether questions find the paragraphs that answer them, and whether others are refused.

    python benchmarks/ask.py [--folder FOLDER] [--misses]

Over the starter documents and `questions.yaml`, without a model: the share of questions with an answering
paragraph first and among the first three, by language (claims come before passages); the share of questions
that none of the documents answers for which nothing is given (`outside`: of another world; `near`: of this
field). Each question is asked once, of a library in use; how long that takes is printed, by the clock and
in CPU time of all cores. The dev half is what `answers.ENOUGH` was set on; the test half is for reporting
only.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rich.progress import track

import mine2magnet
from mine2magnet.ask.ask import ask
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library

STARTER = Path(mine2magnet.__file__).parent / "data" / "starter"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help="where the library is kept, so as to be built once")
    parser.add_argument("--seen", choices=("first", "later"), help="only questions written then")
    parser.add_argument("--misses", action="store_true", help="list what goes wrong in the dev half")
    options = parser.parse_args()
    questions = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text("utf-8"))
    stems = {
        yaml.safe_load(file.read_text("utf-8").split("---")[1])["title"]: file.stem
        for file in STARTER.glob("*.md")
    }
    tallies: dict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    if options.seen:
        questions = [asked for asked in questions if asked.get("seen", "first") == options.seen]
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Settings(folder=options.folder or Path(folder)))
        library.load_starter()
        while library.index.embed(64) or library.claim(64):
            pass
        ask(library, "the models are loaded before the first question is timed", "en")
        times: list[tuple[float, float]] = []
        for asked in track(questions, description="asking", transient=True):
            began, used = time.perf_counter(), time.process_time()
            answer = ask(library, asked["question"], asked["language"])
            times.append((time.perf_counter() - began, time.process_time() - used))
            places = [(library.store.document(c.document).title, c.paragraph) for c in answer.claims]
            places += [(source.document.title, source.passage.paragraph) for source in answer.sources]
            found = [number in asked.get("answers", {}).get(stems[title], ()) for title, number in places]
            wrong = not any(found[:3]) if "answers" in asked else bool(found)
            if options.misses and asked["split"] == "dev" and wrong:
                print(asked["id"], asked["question"], *places[:3], sep="\n    ")
            if "answers" in asked:
                tallies[asked["split"], asked["language"]].append((any(found[:1]), any(found[:3])))
            else:
                tallies[asked["split"], asked["field"]].append((not found, not found))
    shares: list[dict[str, Any]] = [
        {"split": split, "of": kind, "questions": len(t), "first": mean(t, 0), "first three": mean(t, 1)}
        for (split, kind), t in sorted(tallies.items())
    ]
    quantiles = 1000 * np.quantile(times, [0.5, 0.95], axis=0)
    if options.json:
        print(json.dumps(shares))
        return
    print("split  questions      n   right first   right among three   (outside, near: rightly refused)")
    for s in shares:
        print(
            f"{s['split']:5}  {s['of']:12} {s['questions']:3}   {s['first']:11.2f}   {s['first three']:17.2f}"
        )
    for name, (clock, cpu) in zip(("median", "p95"), quantiles, strict=True):
        print(f"a question, {name}: {clock:,.0f} ms, CPU {cpu:,.0f} ms")


def mean(tally: list[tuple[bool, bool]], which: int) -> float:
    return sum(entry[which] for entry in tally) / len(tally)


if __name__ == "__main__":
    main()
