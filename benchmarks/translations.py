"""How many planted errors the check of translations catches, and how many true translations it rejects.

Each true translation of `translations.yaml` is spoiled in up to three ways: one figure changed, one country
swapped for another, its negation lost. Run: python benchmarks/translations.py
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import yaml

from mine2magnet.claims import quantities, times, units
from mine2magnet.claims.numerals import numbers
from mine2magnet.core import thesaurus
from mine2magnet.digests.grounded_text import Tools
from mine2magnet.digests.rendering import fault
from mine2magnet.model import Document, Paragraph
from mine2magnet.search import embed_passages

HERE = Path(__file__).parent
PUBLISHED = datetime(2026, 6, 1, tzinfo=UTC)
SWAPS = {
    "China": "India", "Chinese": "Indian", "Japan": "Germany", "European Union": "United States",
    "German": "Japanese", "India": "China", "Myanmar": "Vietnam", "United States": "South Korea",
    "France": "Canada", "South Korean": "Japanese", "Vietnamese": "Chinese", "Mexico": "France",
    "Canadian": "French", "Malaysia": "Mexico", "European companies": "Indian companies",
    "South Korea": "India", "Vietnam": "Brazil", "Australia": "Canada",
}  # fmt: skip
_FIGURE = re.compile(r"\d[\d,.]*\d|\d")
_WORDS = {
    "four to six": "four to nine", "three months": "five months", "one year": "two years",
    "two months": "six months",
}  # fmt: skip


def planted(true: str, lost: str | None) -> Iterator[tuple[str, str]]:
    """The kinds of error and the translation with each."""
    if match := _FIGURE.search(true):
        figure = match[0]
        changed = ("9" if figure[0] != "9" else "4") + figure[1:]
        yield "figure", true[: match.start()] + changed + true[match.end() :]
    else:
        for word, other in _WORDS.items():
            if word in true:
                yield "figure", true.replace(word, other)
    for name, other in SWAPS.items():
        if re.search(rf"\b{name}\b", true):
            yield "country", re.sub(rf"\b{name}\b", other, true)
            break
    if lost:
        yield "negation", lost


def main() -> None:
    words = thesaurus.load()
    tools = Tools(words, quantities, numbers, units.convert, times.find, times.bounds, embed_passages)
    caught, of = Counter[str](), Counter[str]()
    for pair in yaml.safe_load((HERE / "translations.yaml").read_text("utf-8")):
        language = "zh" if "zh" in pair else "ja"
        source = pair[language]
        document = Document(
            source, "benchmark", PUBLISHED, language, (Paragraph(1, source),), published=PUBLISHED
        )
        of["true"] += 1
        if reason := fault(source, pair["en"], document, "en", tools):
            caught["true"] += 1
            print(f"rejected: {pair['en']}\n  {reason}")
        for kind, text in planted(pair["en"], pair.get("lost")):
            of[kind] += 1
            if fault(source, text, document, "en", tools):
                caught[kind] += 1
            else:
                print(f"missed ({kind}): {text}")
    for kind in ("figure", "country", "negation"):
        print(f"{kind}: {caught[kind]} of {of[kind]} caught")
    errors = sum(n for kind, n in of.items() if kind != "true")
    total = sum(n for kind, n in caught.items() if kind != "true")
    print(f"planted errors caught: {total} of {errors} ({total / errors:.0%})")
    print(f"true translations rejected: {caught['true']} of {of['true']} ({caught['true'] / of['true']:.0%})")


if __name__ == "__main__":
    main()
