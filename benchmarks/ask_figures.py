"""Whether a question for a figure gets the right one first, and whether what nothing answers is refused.

    python benchmarks/ask_figures.py [--half test] [--folder FOLDER] [--misses]

Over 42 documents a half of benchmarks/claims/documents (three hands, three languages) and the questions of
benchmarks/claims/questions-HALF.yaml, written by somebody who had seen the documents and nothing else: 20
that one figure answers, six of them in another language than the document's, and 10 that nothing answers, 7
of them for another partner, time, material or company than told. Without a model. The figure that comes
first is the first claim of the answer, or if there is none the only figure of its first passage.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from mine2magnet.ask.answer import Answer
from mine2magnet.ask.ask import ask
from mine2magnet.claims.units import factor
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Claim, Document, Paragraph, Read

HERE = Path(__file__).parent / "claims"
HANDS = {
    "dev": ("e7", "z3", "j3"),
    "dev2": ("e9", "z8", "j7"),
    "dev3": ("e8", "z9", "j8"),
    "test": ("e6", "z6", "j6"),
}
ROUNDING = 0.006  # of a value, between its unit in words and the unit read


def documents(half: str) -> Iterator[Document]:
    for hand in HANDS[half]:
        file = HERE / "documents" / f"{half.rstrip('23')}-{hand}.jsonl"
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            published = datetime.fromisoformat(row["published"]).replace(tzinfo=UTC)
            yield Document(
                row["title"],
                row["id"],
                published,
                row["language"],
                tuple(Paragraph(n, text) for n, text in enumerate(row["paragraphs"], 1)),
                published=published,
            )


def answered(library: Library, asked: dict[str, Any], answer: Answer) -> bool:
    """Whether the figure that comes first is one that answers."""
    places = {(one["document"], one["paragraph"]) for one in (asked, *(asked.get("also") or ()))}
    if answer.claims:
        claim = answer.claims[0]
        place = (library.store.document(claim.document).source, claim.paragraph)
        text = library.store.document(claim.document).paragraphs[claim.paragraph - 1].text
        return place in places and is_right(claim, text[claim.start : claim.end], asked["answers"])
    if answer.sources:
        first = answer.sources[0]
        if (first.document.source, first.passage.paragraph) not in places:
            return False
        held = library.store.document(first.document.id)
        figures = [c for c in library.claims_in(held) if c.paragraph == first.passage.paragraph]
        if len(figures) == 1:
            text = first.passage.text[figures[0].start : figures[0].end]
            return is_right(figures[0], text, asked["answers"])
    return False


def is_right(claim: Claim, text: str, wanted: list[dict[str, Any]]) -> bool:
    """Whether a claim's figure is a wanted one, by its words or by its value."""
    return any(one["text"] in text or text in one["text"] for one in wanted) or is_value(claim, wanted)


def is_value(claim: Claim, wanted: list[dict[str, Any]]) -> bool:
    """Whether a claim has a wanted value, in the unit stated or in its base, whichever sign."""
    q = claim.quantity
    ends = [abs(end) for end in (q.low, q.high) if end is not None]
    size = factor(q.unit)[1]
    for one in wanted:
        value = one["value"] if isinstance(one["value"], list) else [one["value"]]
        for scale in (1.0, size, 1e4, 1e8, 1e-4, 1e-8):
            scaled = sorted(end * scale for end in ends)
            if all(any(close(abs(v), end) for end in scaled) for v in value):
                return True
    return False


def close(a: float, b: float) -> bool:
    return abs(a - b) <= ROUNDING * max(abs(a), abs(b))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", choices=tuple(HANDS), default="dev")
    parser.add_argument("--folder", type=Path, help="where the library is kept, so as to be built once")
    parser.add_argument("--misses", action="store_true", help="list what goes wrong; not of the test half")
    options = parser.parse_args()
    questions = yaml.safe_load((HERE / f"questions-{options.half}.yaml").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Settings(folder=options.folder or Path(folder)))
        library.keep(Read(document) for document in documents(options.half))
        while library.index.embed(64) or library.claim(64):
            pass
        right = refused = 0
        for asked in questions:
            answer = ask(library, asked["question"], asked["language"])
            if "answers" in asked:
                good = answered(library, asked, answer)
                right += good
            else:
                good = not answer.claims and not answer.sources
                refused += good
            if options.misses and options.half != "test" and not good:
                print(asked["id"], asked["question"], [a["text"] for a in asked.get("answers", ())])
                for claim in answer.claims[:3]:
                    text = library.store.document(claim.document).paragraphs[claim.paragraph - 1].text
                    print("    claim", text[claim.start : claim.end], "|", text[slice(*claim.sentence)][:150])
                for source in answer.sources[:2]:
                    print("    passage", source.document.source, source.passage.text[:120])
    answerable = [asked for asked in questions if "answers" in asked]
    print(f"right figure first: {right} of {len(answerable)}")
    print(f"refused: {refused} of {len(questions) - len(answerable)}")


if __name__ == "__main__":
    main()
