"""How well reports of the same event in different languages are told from reports of another.

    python benchmarks/cross_language_news.py --half test
    python benchmarks/cross_language_news.py --hands

Each half of `news/stories.yaml` is read into a library of its own, whose background work is done as `serve`
does it; then each two reports in different languages are one pair: of one story and form they are the same
news, all others are not, however far apart they were published.

`--hands` reads the labelled documents of the claims benchmark instead, which independent hands wrote over one
sheet of facts, and names each pair that is shown as one, to be judged by a reader.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from mine2magnet.background.worker import derive
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.library.news import DAYS
from mine2magnet.model import LANGUAGES, Document, Paragraph, Read

HERE = Path(__file__).parent
FORMS = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")
HALVES = ("dev", "test")


@dataclass(frozen=True)
class Report:
    """A report, and the story and form that it tells."""

    document: Document
    news: str = ""


def stories(half: str) -> Iterator[Report]:
    for story in yaml.safe_load((HERE / "news" / "stories.yaml").read_text("utf-8")):
        for form in (0, 1) if story["half"] == half else ():
            day = datetime.combine(story["day"], time(9), UTC) + timedelta(days=story["later"] * form)
            for language in LANGUAGES:
                title, *texts = FORMS.sub(lambda match: match[form + 1], story[language]).strip().split("\n")  # noqa: B023
                paragraphs = tuple(Paragraph(n, text) for n, text in enumerate(texts, 1))
                address = f"https://{language}.example/{story['id']}-{form}"
                document = Document(title, f"News {language}", day, language, paragraphs, address, day)
                yield Report(document, f"{story['id']} {form}")


def by_hands(half: str) -> Iterator[Report]:
    for path in sorted((HERE / "claims" / "documents").glob(f"{half}-*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            one = json.loads(line)
            if one["published"]:
                day = datetime.fromisoformat(one["published"]).replace(tzinfo=UTC)
                paragraphs = tuple(Paragraph(n, text) for n, text in enumerate(one["paragraphs"], 1))
                address = f"https://{one['hand']}.example/{one['id']}"
                document = Document(one["title"], one["hand"], day, one["language"], paragraphs, address, day)
                yield Report(document)


def folded(reports: list[Report]) -> set[frozenset[int]]:
    """The pairs of reports that a library shows as one."""
    with tempfile.TemporaryDirectory() as folder:
        library = Library.open(Settings(folder=Path(folder)))
        ids = library.keep(Read(report.document) for report in reports).ids
        derive(library)
        places = {id: place for place, id in enumerate(ids)}
        return {
            frozenset((places[a], places[b]))
            for group in library.store.same_news()
            for a, b in combinations(group, 2)
        }


def pairs(reports: list[Report]) -> Iterator[tuple[Report, Report, bool]]:
    """Each two in different languages, and whether they are shown as one."""
    found = folded(reports)
    for (i, a), (j, b) in combinations(enumerate(reports), 2):
        if a.document.language != b.document.language:
            yield a, b, frozenset((i, j)) in found


def near(a: Document, b: Document) -> bool:
    assert a.published
    assert b.published
    return abs(a.published - b.published) <= timedelta(days=DAYS)


def score(half: str, verbose: bool) -> dict[str, Any]:
    told = Counter[tuple[bool, bool]]()
    for a, b, taken in pairs(list(stories(half))):
        right = a.news == b.news
        told[right, taken] += 1
        if verbose and right != taken:
            print(f"{'missed' if right else 'wrong'}: {a.document.title} | {b.document.title}")
    hit = told[True, True]
    return {
        "pairs": told.total(),
        "same": hit + told[True, False],
        "precision": hit / max(hit + told[False, True], 1),
        "recall": hit / max(hit + told[True, False], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", choices=(*HALVES, "both"), default="both")
    parser.add_argument("--hands", action="store_true", help="the documents of the claims benchmark")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true", help="name the pairs that were wrong")
    options = parser.parse_args()
    halves = HALVES if options.half == "both" else (options.half,)
    if options.hands:
        for half in halves:
            compared = list(pairs(list(by_hands(half))))
            close = sum(near(a.document, b.document) for a, b, _ in compared)
            shown = [f"{a.document.title} | {b.document.title}" for a, b, taken in compared if taken]
            print(f"{half}: {len(shown)} of {close} pairs within {DAYS:g} days", *shown, sep="\n  ")
        return
    results = {half: score(half, options.verbose) for half in halves}
    if options.json:
        print(json.dumps(results))
        return
    for half, one in results.items():
        print(
            f"{half}: {one['pairs']} pairs, {one['same']} the same news: "
            f"precision {one['precision']:.3f}, recall {one['recall']:.3f}"
        )


if __name__ == "__main__":
    main()
