"""How well copies of a text are told from texts that only look like it.

    python benchmarks/copies_quality.py --half test

The pairs are made of the texts in `copies/`, about made-up firms and figures in English, Chinese and
Japanese. Each text has places where it can vary: [figures or dates|others], {a name|another} and
<a wording|another>. Six pairs come of each: what an agency's customers make of a text (a line of source, the
last sentence cut), an edited text, one of which 30 % were dropped; and the next note of a series, a text with
one figure corrected, and the same text about another firm. Each pair is kept in a library of its own, as two
pages of two publishers: a pair that ends up as one, folded or as a version, counts as found. Texts take turns
in the halves; bounds were chosen on `dev`.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mine2magnet.core.text import sentences
from mine2magnet.library.identity import keep
from mine2magnet.model import Document, Paragraph, Read
from mine2magnet.reading import duplicates
from mine2magnet.store import Store

TEXTS = Path(__file__).parent / "copies"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
SOURCES = {
    "en": "Source: Harbourside News Agency. Editing by J. Doe.",
    "zh": "（来源：港湾通讯社，编辑：李）",
    "ja": "（出典：湾岸通信、編集：田中）",
}
_PLACE = re.compile(r"\[([^|]*)\|([^\]]*)\]|\{([^|]*)\|([^}]*)\}|<([^|]*)\|([^>]*)>")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts; `copy` tells whether they are one."""

    language: str
    kind: str
    copy: bool
    one: str
    other: str


def pairs(half: str) -> Iterator[Pair]:
    """The pairs of a half, "dev" or "test", or of both."""
    for file in sorted(TEXTS.glob("*.txt")):
        language = file.stem
        for number, base in enumerate(file.read_text("utf-8").split("\n==\n")):
            if half in (("dev", "test")[number % 2], "both"):
                yield from _pairs(language, base.strip())


def _pairs(language: str, base: str) -> Iterator[Pair]:
    one = _written(base)
    parts = [one[start:end] for start, end in sentences(one)]
    glue = " " if language == "en" else ""
    others = {
        "syndicated": (True, glue.join(parts[:-1]) + "\n" + SOURCES[language]),
        "edited": (True, _written(base, "<")),
        "cut": (True, glue.join(_cut(parts, 0.7))),
        "series": (False, _written(base, "[")),
        "corrected": (False, _written(base, "[", only=1)),
        "template": (False, _written(base, "{")),
    }
    for kind, (copy, other) in others.items():
        yield Pair(language, kind, copy, one, other)


def _cut(parts: list[str], share: float) -> Iterator[str]:
    """The first sentences, of so much of the text at least."""
    size = 0.0
    for part in parts:
        if size < share * sum(map(len, parts)):
            yield part
        size += len(part)


def _written(base: str, varied: str = "", only: int | None = None) -> str:
    """The text with the other form in places of a kind, or in the `only`-th of them."""
    met: Counter[str] = Counter()

    def form(match: re.Match[str]) -> str:
        kind = match[0][0]
        first, second = (group for group in match.groups() if group is not None)
        met[kind] += 1
        return second if kind == varied and only in (None, met[kind] - 1) else first

    return _PLACE.sub(form, base)


def one_document(pair: Pair, titled: bool = True) -> bool:
    """Whether a library takes both texts for one document."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        kept = []
        for number, text in enumerate((pair.one, pair.other)):
            document = Document(
                "Magnets in the market" if titled else f"Note {number}", f"Publisher {number}", NOW,
                pair.language, tuple(Paragraph(n, part) for n, part in enumerate(text.split("\n"), 1)),
                url=f"https://{number}.example/note",
            )  # fmt: skip
            signature = duplicates.signature(document)
            with store.writing() as writer:
                kept.append(keep(writer, Read(document), signature, duplicates.bands(signature)).id)
        return store.fold(kept[0]) == store.fold(kept[1])


def score(half: str, titled: bool = True) -> dict[str, Any]:
    told = Counter[tuple[bool, bool]]()
    kinds: dict[str, list[int]] = {}
    for pair in pairs(half):
        found = one_document(pair, titled)
        told[pair.copy, found] += 1
        right = kinds.setdefault(f"{pair.language} {pair.kind}", [0, 0])
        right[0] += found == pair.copy
        right[1] += 1
    return {
        "pairs": told.total(),
        "precision": told[True, True] / max(told[True, True] + told[False, True], 1),
        "recall": told[True, True] / max(told[True, True] + told[True, False], 1),
        "right": kinds,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", choices=("dev", "test", "both"), default="both")
    parser.add_argument("--untitled", action="store_true", help="copies bear other titles")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = score(options.half, not options.untitled)
    if options.json:
        print(json.dumps(result))
        return
    print(f"{result['pairs']} pairs: precision {result['precision']:.3f}, recall {result['recall']:.3f}")
    for kind, (right, all_) in result["right"].items():
        print(f"  {kind:16} {right:3} of {all_}")


if __name__ == "__main__":
    main()
