"""How much of Chinese and Japanese articles reads in English without any model, and what of it is kept.

Run: python benchmarks/languages.py FILE.jsonl …, of the documents of benchmarks/claims/documents.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

from mine2magnet.claims import quantities, times, units
from mine2magnet.claims.numerals import numbers
from mine2magnet.core import thesaurus
from mine2magnet.digests.grounded_text import Tools
from mine2magnet.library import derive
from mine2magnet.library.translations import DocumentTranslator, shown_digest
from mine2magnet.model import Document, Paragraph
from mine2magnet.search import embed_passages
from mine2magnet.translate.from_claims import NAMED

_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def main(paths: list[Path]) -> None:
    words = thesaurus.load()
    tools = Tools(words, quantities, numbers, units.convert, times.find, times.bounds, embed_passages)
    translator = DocumentTranslator(tools, "", 0.5)
    seen = Counter[str]()
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            given = json.loads(line)
            published = datetime.fromisoformat(given["published"] + "T00:00:00+00:00")
            paragraphs = tuple(Paragraph(i, text) for i, text in enumerate(given["paragraphs"], 1))
            document = Document(
                given["title"], "", published, given["language"], paragraphs, published=published
            )
            digest = derive.digest(document, words)
            claims = derive.claims_in(document, [], words)
            made = translator.translation(document, [digest], claims, "en")
            seen["articles"] += 1
            seen["titles"] += made.title is not None
            shown = shown_digest([digest])
            assert shown is not None
            for point, one in zip(shown.points, made.points, strict=True):
                seen["points"] += 1
                if one is None:
                    continue
                seen["read"] += 1
                seen[one.made] += 1
                seen["with characters"] += bool(_HAN.search(one.text))
                _kept(point.text, one.text, tools, seen)
    read, points = seen["read"], seen["points"]
    print(f"{seen['articles']} articles; titles read: {seen['titles']}")
    print(f"points read: {read} of {points} ({read / points:.0%})")
    print(f"by claims: {seen['claims']}; word for word: {seen['gloss']}")
    print(f"of these with Chinese or Japanese characters left in names: {seen['with characters']}")
    print(f"figures kept: {seen['figures kept']} of {seen['figures']}")
    print(f"names kept: {seen['names kept']} of {seen['names']}")


def _kept(source: str, text: str, tools: Tools, seen: Counter[str]) -> None:
    """Count the figures and names of a sentence that its translation has."""
    values = [q.quantity for q in tools.quantities(text)]
    held = {round(abs(v), 6) for q in values for v in (q.low, q.high) if v is not None}
    for figure in tools.quantities(source):
        ends = {round(abs(v), 6) for v in (figure.quantity.low, figure.quantity.high) if v is not None}
        seen["figures"] += 1
        seen["figures kept"] += ends <= held
    named = {m.concept.id for m in tools.thesaurus.find(text)}
    for mention in tools.thesaurus.find(source):
        if mention.concept.kind in NAMED:
            label = tools.thesaurus.label(mention.concept.id, "en")
            seen["names"] += 1
            seen["names kept"] += mention.concept.id in named or label.lower() in text.lower()


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
