#!/usr/bin/env python3
"""How well digests hold what editors want in them.

    .venv/bin/python benchmarks/digests_quality.py

In benchmarks/digests/labels.jsonl, of articles of benchmarks/claims/documents, an editor a language who saw
no digest and no rule, marked what a digest must hold (2) or could hold (1), what could be its viewpoint, the
heading of each sentence, what it needs to stand alone, what is boilerplate. The weights are fitted on them
by scripts/fit-digests, whose --check prints the same with the hands of the articles left out in turn.

benchmarks/digests/standing.jsonl has other articles of dev hands, 47 of them, read by one person who also
wrote rules: by paragraph.sentence what a sentence must have beside it to be understood (a pattern; "" for the
sentence before), and which are colour: scenes, asides, what people and places are like. The last line counts
points that lack it, or open with colour.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mine2magnet import claims, digests
from mine2magnet.core import thesaurus
from mine2magnet.core.text import sentences
from mine2magnet.digests.context import Read
from mine2magnet.digests.statements import is_dependent
from mine2magnet.model import Digest, Document, Paragraph, Point

HERE = Path(__file__).parent
WORDS = thesaurus.load()


@dataclass(frozen=True)
class Marked:
    """An article, its claims, its hand, and what an editor marked, by paragraph.sentence."""

    document: Document
    read: Read
    hand: str
    viewpoint: Mapping[str, int]
    sentences: Mapping[str, Mapping[str, Any]]
    texts: Mapping[str, str]  # of all sentences, letters and digits only

    def of(self, text: str) -> list[str]:
        """The sentences that a statement, or several told together, are of."""
        pieces = {_plain(text), *(_plain(text[a:b]) for a, b in sentences(text))} - {""}
        return [at for at, held in self.texts.items() if held and any(held in p or p in held for p in pieces)]

    def grade(self, text: str) -> int:
        return max((self.sentences.get(at, {}).get("grade", 0) for at in self.of(text)), default=0)


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _rows() -> dict[str, Any]:
    """The articles of dev hands by id."""
    files = sorted((HERE / "claims" / "documents").glob("dev-*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return {row["id"]: row for row in rows}


def _document(row: Mapping[str, Any]) -> Document:
    published = datetime.fromisoformat(row["published"]).replace(tzinfo=UTC)
    paragraphs = tuple(Paragraph(n, text) for n, text in enumerate(row["paragraphs"], 1))
    return Document(row["title"], row["id"], published, row["language"], paragraphs, published=published)


def standing() -> str:
    """How many points, in how many digests, lack what they need to stand alone, or are colour."""
    held, points, leaning, colour = _rows(), 0, Counter[str](), Counter[str]()
    lines = (HERE / "digests" / "standing.jsonl").read_text("utf-8").splitlines()
    for label in map(json.loads, lines):
        document = _document(held[label["id"]])
        digest = digests.digest(
            document, thesaurus=WORDS, read=list(claims.readings(document, thesaurus=WORDS))
        )
        for point in digest.points:
            points += 1
            first, *others = _places(document, point)
            names = (WORDS.label(n, document.language) if n in WORDS else n for n in point.about)
            told = "; ".join((*names, point.text))
            needs = {at: label["needs"].get(at) for at in (first, *others)}
            lacks = any(need and not re.search(need, told, re.IGNORECASE) for need in needs.values())
            leaning[label["id"]] += lacks or needs[first] == ""
            colour[label["id"]] += first in label["colour"]
    return (
        f"{len(lines)} other articles, {points} points: {leaning.total()} do not stand alone, "
        f"in {len(+leaning)}; {colour.total()} open with colour, in {len(+colour)}"
    )


def _places(document: Document, point: Point) -> list[str]:
    """The sentences of which a point is, as paragraph.sentence."""
    number = point.citations[0]
    text = next(p.text for p in document.paragraphs if p.number == number)
    start = text.find(point.text)
    end = start + len(point.text)
    return [f"{number}.{n}" for n, (a, b) in enumerate(sentences(text), 1) if a < end and start < b]


def marked() -> Iterator[Marked]:
    held = _rows()
    for line in (HERE / "digests" / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        row = held[label["id"]]
        document = _document(row)
        texts = {
            f"{p.number}.{n}": _plain(p.text[a:b])
            for p in document.paragraphs
            for n, (a, b) in enumerate(sentences(p.text), 1)
        }
        read = list(claims.readings(document, thesaurus=WORDS))
        yield Marked(document, read, row["hand"], label["viewpoint"], label["sentences"], texts)


def report(pairs: Sequence[tuple[Marked, Digest]]) -> None:
    """Prints how digests compare with what was marked, for each language and all."""
    for language in ("en", "zh", "ja", ""):
        print(f"{language or 'all'}: {_line([p for p in pairs if language in ('', p[0].document.language)])}")


def _line(pairs: Sequence[tuple[Marked, Digest]]) -> str:
    must = had = points = kept = boilerplate = headed = right = needing = told = viewpoints = sentences_ = (
        lacking
    ) = leaning = 0
    for one, digest in pairs:
        shown = {at for point in digest.points for at in one.of(point.text)}
        grades = {at: label.get("grade", 0) for at, label in one.sentences.items()}
        must += sum(grade == 2 for grade in grades.values())
        had += sum(grades.get(at) == 2 for at in shown)
        lacking += any(grade == 2 and at not in shown for at, grade in grades.items())
        leaning += sum(is_dependent(point.text) and not point.about for point in digest.points)
        points += len(shown)
        kept += sum(grades.get(at, 0) > 0 for at in shown)
        boilerplate += sum(one.sentences.get(at, {}).get("boilerplate", False) for at in shown)
        viewpoints += max(
            (one.viewpoint.get(at, 0) for p in digest.viewpoint for at in one.of(p.text)), default=0
        )
        sentences_ += len(digest.viewpoint)
        for group in digest.groups:
            for point in group.points:
                labels = [one.sentences[at] for at in one.of(point.text) if grades.get(at)]
                headed += bool(labels)
                right += any(f"aspect.{label['aspect']}" == group.aspect for label in labels)
        for point in digest.points:
            needs = [one.sentences[at].get("needs") for at in one.of(point.text) if grades.get(at)]
            needing += any(needs)
            told += any(needs) and bool(point.about)
    n = len(pairs)
    return (
        f"{n} articles, {points / n:.1f} sentences each; of those that must be there {had / must:.2f} are, "
        f"{lacking} lack one; {leaning} points lean on what is not told; "
        f"of those shown {kept / points:.2f} were wanted, {boilerplate} are boilerplate; "
        f"viewpoint {viewpoints / n:.2f} of 2 in {sentences_ / n:.1f} sentences; "
        f"heading right {right / headed:.2f}; of {needing} that need a name {told / needing:.2f} have one"
    )


def main() -> None:
    report([(one, digests.digest(one.document, thesaurus=WORDS, read=one.read)) for one in marked()])
    print(standing())


if __name__ == "__main__":
    main()
