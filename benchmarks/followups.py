"""Does a question that leans on the one before it come to mean what it should? See `followups.yaml`.

Right is an understood question that names the same concepts, times and numbers as the one written out by
hand, no more and no less. Beside it, the question as it was asked, and the two put together: what a search
would have without a rule.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

import yaml

from mine2magnet.ask.followup import named, standalone
from mine2magnet.core import thesaurus
from mine2magnet.search.fusion import language

WAYS = ("understood", "as asked", "put together")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="show what is not understood")
    options = parser.parse_args()
    words = thesaurus.load()
    tallies: dict[str, list[list[bool]]] = defaultdict(list)
    for pair in yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8")):
        last, asked, meant = pair["last"], pair["asked"], named(words, pair["means"])
        understood = standalone(asked, last, words)
        ways = (understood, asked, f"{last} {asked}")
        right = [named(words, way) == meant for way in ways]
        kind = "leans on nothing" if asked == pair["means"] else language(pair["last"])
        tallies[kind].append(right)
        if options.wrong and not right[0]:
            print(f"{last} | {asked} → {understood} ({pair['means']})")
    rows = [
        {"questions": kind, "n": len(t), **{way: sum(one[i] for one in t) for i, way in enumerate(WAYS)}}
        for kind, t in sorted(tallies.items())
    ]
    if options.json:
        print(json.dumps(rows))
        return
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
