"""Seeded articles for speed runs: three languages, field vocabulary, Zipf-like word use."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, cycle

from mine2magnet.core import thesaurus
from mine2magnet.model import LANGUAGES, Document, Paragraph

START = datetime(2020, 1, 1, tzinfo=UTC)
_SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ren",
    "ta",
    "su",
    "vo",
    "den",
    "pra",
    "chi",
    "el",
    "or",
    "un",
    "bis",
    "gar",
    "ni",
)
_STOP = {"en": ". ", "zh": "。", "ja": "。"}
_GLUE = {"en": " ", "zh": "", "ja": ""}
_JOIN = {
    "en": ("the", "of", "and", "to", "in"),
    "zh": ("的", "和", "在", "了"),
    "ja": ("の", "は", "を", "が", "に"),
}


def articles(count: int, characters: int = 5000, seed: int = 7) -> Iterator[Document]:
    """`count` documents of about `characters` UTF-8 bytes each, the languages in turn."""
    rng = random.Random(seed)
    words = {code: _words(code, rng) for code in LANGUAGES}
    weights = list(accumulate(1 / (rank + 10) for rank in range(max(map(len, words.values())))))
    for number, code in zip(range(count), cycle(LANGUAGES), strict=False):
        size = characters if code == "en" else characters // 3  # a Han character takes three bytes
        paragraphs: list[Paragraph] = []
        while size > 0:
            text = "".join(_sentence(words[code], weights, code, rng) for _ in range(4)).strip()
            paragraphs.append(Paragraph(len(paragraphs) + 1, text))
            size -= len(text)
        yield Document(
            title=_sentence(words[code], weights, code, rng).strip(". 。") + f" {number}",
            source=f"Source {number % 50}",
            fetched=START + timedelta(days=2500),
            language=code,
            paragraphs=tuple(paragraphs),
            url=f"https://example.com/{number}",
            published=START + timedelta(minutes=20 * number),
            tags=(f"tag{number % 20}",),
        )


def _words(code: str, rng: random.Random) -> list[str]:
    """The thesaurus's names among 20,000 made-up words."""
    names = [name for concept in thesaurus.load().concepts.values() for name in concept.names.get(code, ())]
    if code == "en":
        made = {"".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(20_000)}
    else:
        made = {
            "".join(chr(rng.randint(0x4E00, 0x6FFF)) for _ in range(rng.randint(2, 3))) for _ in range(20_000)
        }
    mixed = [*sorted(made), *names]
    rng.shuffle(mixed)
    return mixed


def _sentence(words: list[str], weights: list[float], code: str, rng: random.Random) -> str:
    picked = rng.choices(words, cum_weights=weights[: len(words)], k=rng.randint(8, 18))
    picked.insert(rng.randrange(len(picked)), f"{rng.randint(1, 99)}%")
    for i in range(2, len(picked), 3):
        picked[i] = rng.choice(_JOIN[code])
    return _GLUE[code].join(picked) + _STOP[code]
