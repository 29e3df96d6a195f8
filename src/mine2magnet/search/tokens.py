"""Texts as tokens: bigrams for Chinese, Japanese and Korean runs, whole words and numbers for the rest.

Texts are folded first (`text.fold`), so simplified and traditional Chinese give the same tokens.
Bigrams need no dictionary and lose no word (Nie et al. 2000, "On the use of words and n-grams for
Chinese information retrieval"); English words are stemmed (Porter 2001, Snowball).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

from mine2magnet.text import fold

VERSION = "1"  # raised when the same text would give other tokens
LONGEST = 64  # characters of a token; longer ones are noise such as encoded data
PARAGRAPH = "\x1f"  # a token between paragraphs, so that no phrase runs across them

# 々〇, kana without the dots that part words, Han with its extensions, Hangul
CJK = (
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(
    rf"(?P<run>[{CJK}]+)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)+)"
    rf"|(?P<word>[^\W_{CJK}]+)(?:['’]s\b)?"
)
_CASED = re.compile(r"(?<![A-Za-z0-9])(?=[a-z0-9]?[A-Z])[A-Za-z0-9]{1,3}(?![A-Za-z0-9])")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_stemmer = TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("english")).build()


def spans(folded: str) -> Iterator[tuple[str, int, int]]:
    """(token, start, end) in a folded text, left to right.

    >>> list(spans("稀土库存 rare earths"))
    [('稀土', 0, 2), ('土库', 1, 3), ('库存', 2, 4), ('rare', 5, 9), ('earth', 10, 16)]
    """
    for match in _TOKEN.finditer(folded):
        start, end = match.span(match.lastgroup or 0)
        piece = match[match.lastgroup or 0]
        if match.lastgroup == "word":
            yield stem(piece), start, end
        elif match.lastgroup == "number":
            yield piece.replace(",", "")[:LONGEST], start, end
        elif end - start == 1:
            yield piece, start, end
        else:
            for i in range(end - start - 1):
                yield piece[i : i + 2], start + i, start + i + 2


def tokens(text: str) -> list[str]:
    """The tokens of a text as it comes.

    >>> tokens("釹鐵硼 1,200 t in China’s stocks")
    ['钕铁', '铁硼', '1200', 't', 'in', 'china', 'stock']
    """
    return [token for token, _, _ in spans(fold(text))]


def marks(text: str) -> set[str]:
    """What bigrams and folding hide: each Han character by itself, and short Latin names as written.

    >>> sorted(marks("氧化镝 from the US"))
    ['US', '化', '氧', '镝']
    """
    return set(_CASED.findall(text)) | set(_HAN.findall(fold(text)))


def is_cjk(token: str) -> bool:
    return re.match(f"[{CJK}]", token) is not None


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The stem of an English word; other words without their accents."""
    if not word.isascii():
        decomposed = unicodedata.normalize("NFD", word)
        word = "".join(c for c in decomposed if not unicodedata.combining(c)) or word
    stemmed: list[str] = _stemmer.analyze(word[:LONGEST]) if word.isalpha() else [word[:LONGEST]]
    return stemmed[0] if stemmed else word[:LONGEST]
