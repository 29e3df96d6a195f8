"""Conflicts between documents: how many of the planted ones are found, how many of those named are real.

    python benchmarks/conflicts_quality.py [--least 0.5] [--errors]

A line of `benchmarks/claims/conflicts.jsonl` holds short documents, invented and written for this: of kind
"conflict" the two `figures` cannot both hold, of kind "lookalike" no conflict may be named, however alike
they look (`differs` says in what they do). Documents are read by the reader that the package ships, and
compared within their line. A conflict named is real if it is of the two figures that the line holds.
`--least` is the confidence below which a claim conflicts with none; without it, the setting's default and 0
are printed.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from mine2magnet.claims import compare, extract
from mine2magnet.core import thesaurus
from mine2magnet.core.settings import DEFAULTS
from mine2magnet.model import LANGUAGES, Claim, Document, Paragraph

FILE = Path(__file__).parent / "claims" / "conflicts.jsonl"


def read(case: dict[str, Any]) -> Iterator[Claim]:
    """Yield the claims of the documents of a line, which are named by their numbers."""
    for number, told in enumerate(case["documents"]):
        paragraphs = tuple(Paragraph(i, text) for i, text in enumerate(told["paragraphs"], 1))
        published = datetime.fromisoformat(told["published"]).replace(tzinfo=UTC)
        document = Document(
            told["title"], "press", published, case["language"], paragraphs, published=published
        )
        for claim in extract(document, thesaurus=thesaurus.load()):
            yield replace(claim, document=str(number))


def words(case: dict[str, Any], claim: Claim) -> str:
    text: str = case["documents"][int(claim.document)]["paragraphs"][claim.paragraph - 1]
    return text[claim.start : claim.end]


def planted(case: dict[str, Any], pair: tuple[Claim, Claim]) -> bool:
    """Return whether a pair is that of the line's two figures."""
    if case["kind"] != "conflict":
        return False
    figures = case["figures"]
    return all(
        words(case, claim) in figures[int(claim.document)]
        or figures[int(claim.document)] in words(case, claim)
        for claim in pair
    )


def measure(cases: list[dict[str, Any]], least: float, errors: bool) -> None:
    found, named, all_planted = Counter[str](), Counter[str](), Counter[str]()
    for case in cases:
        language = case["language"]
        all_planted[language] += case["kind"] == "conflict"
        claims = list(read(case))
        days = {str(i): date.fromisoformat(d["published"]) for i, d in enumerate(case["documents"])}
        pairs = compare.conflicts(claims, least=least, published=days)
        right = [pair for pair in pairs if planted(case, pair)]
        found[language] += bool(right)
        named[language] += len(pairs)
        named[language + " right"] += len(right)
        if errors:
            report(case, claims, pairs, bool(right))
    print(f"confidence of at least {least:g}")
    for language in LANGUAGES:
        print(f"  {language}: found {found[language]} of {all_planted[language]}", end="; ")
        print(f"named {named[language]}, of them real {named[language + ' right']}")
    real = sum(named[f"{language} right"] for language in LANGUAGES)
    total = sum(named[language] for language in LANGUAGES)
    print(f"  all: found {found.total()} of {all_planted.total()}; named {total}, of them real {real}")


def report(case: dict[str, Any], claims: list[Claim], pairs: list[tuple[Claim, Claim]], right: bool) -> None:
    """Print what was missed, with what was read there, and what was named wrongly."""
    if case["kind"] == "conflict" and not right:
        print(f"missed {case['id']}: {' | '.join(case['figures'])}")
        for claim in claims:
            told = compare.scope(claim)
            print(f"    {words(case, claim)}: {told}, {claim.period} {claim.modality} {claim.confidence:.2f}")
    for pair in pairs:
        if not planted(case, pair):
            print(f"false {case['id']}: {' | '.join(words(case, claim) for claim in pair)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--least", type=float, help="confidence below which a claim conflicts with none")
    parser.add_argument("--errors", action="store_true", help="print what was missed and what was false")
    asked = parser.parse_args()
    cases = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    default = float(DEFAULTS["claims_threshold"])
    for least in (default, 0.0) if asked.least is None else (asked.least,):
        measure(cases, least, asked.errors)


if __name__ == "__main__":
    main()
