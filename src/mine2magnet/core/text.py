"""Text as it is compared: folding of scripts and widths, sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import opencc

_HAN = "".join(chr(c) for c in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFADA)))

# A sentence ends after CJK stops (and closing quotes), or after . ! ? before a space and a capital,
# digit, quote or CJK character. Abbreviations and initials before the stop do not end one.
_END = re.compile(
    r"[。\uff01\uff1f][」』”’\"\')）]*|[!?]+[”’\")]*(?=\s|$)|"
    r"(?<=[^\W\d_])\.[”’\")]*(?=\s+[\"“‘(A-Z0-9\u3040-\u9fff])|"
    r"(?<=[\d%)\]”\"])\.[”’\")]*(?=\s+[\"“‘(A-Z\u3040-\u9fff])|\n+"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|Co|Corp|Inc|Ltd|No|Nos|vs|approx|ca|cf|e\.g|i\.e|f\.o\.b|c\.i\.f|"
    r"U\.S|U\.K|E\.U|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Fig|Vol|pp|Rs))\.$"
)


@cache
def _fold_table() -> dict[str, str]:
    """Traditional Chinese and Japanese shinjitai to simplified Chinese, character by character (OpenCC)."""
    characters = "\n".join(_HAN)
    folded = opencc.OpenCC("t2s").convert(opencc.OpenCC("jp2t").convert(characters)).split("\n")
    return {a: b for a, b in zip(_HAN, folded, strict=True) if a != b and len(b) == 1}


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, lower case, one script for each Han character.

    >>> fold("釹鐵硼磁石 ＮｄＦｅＢ")
    '钕铁硼磁石 ndfeb'
    """
    if text.isascii():
        return text.lower()
    # By a pattern: most characters stay, and `str.translate` looks each of them up.
    return _other_script().sub(_of_one_script, unicodedata.normalize("NFKC", text).lower())


@cache
def _other_script() -> re.Pattern[str]:
    return re.compile(f"[{''.join(_fold_table())}]")


def _of_one_script(match: re.Match[str]) -> str:
    return _fold_table()[match[0]]


def fold_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """`fold` done character by character, and for each folded character the index of its original.

    There is one more than the text has characters, `len(text)`, so that a folded span [a, b) stands for
    the original span [offsets[a], offsets[b]).
    """
    folded = text.lower() if text.isascii() else text.translate(_FOLDED)
    if len(folded) == len(text):  # no character folds to nothing, so each one stands for itself
        return folded, range(len(text) + 1)
    offsets = [i for i, character in enumerate(text) for _ in _FOLDED[ord(character)]]
    return folded, [*offsets, len(text)]


class _Folded(dict[int, str]):
    """A code point's folded form, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = piece = fold(chr(code))
        return piece


_FOLDED = _Folded()


_SOURCES = re.compile(
    r"[\s*_#>\[\d\]]*(?:sources?|references|further reading|(?:资料|資料)?[来來]源|参考(?:资料|文献)?|出典)"
    r"\s*[:：]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|\bwww\.)[!-~]+")


def lists_sources(text: str) -> bool:
    """Return whether a paragraph is a list of sources: labelled so and with addresses, or little else.

    >>> lists_sources("Sources: A Post — https://a.example/six")
    True
    """
    if "://" not in text and "www." not in text:
        return False
    return bool(_SOURCES.match(text)) or 2 * len(_ADDRESS.sub("", text).strip()) < len(text.strip())


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence of a Chinese, Japanese or English text, without outer spaces.

    >>> [("U.S. stocks fell 4.5 %. 日本は急ぐ。再び".__getitem__(slice(*s))) for s in
    ...  sentences("U.S. stocks fell 4.5 %. 日本は急ぐ。再び")]
    ['U.S. stocks fell 4.5 %.', '日本は急ぐ。', '再び']
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match[0].startswith(".") and _ABBREVIATION.search(text, start, match.start() + 1):
            continue
        spans.append((start, match.end()))
        start = match.end()
    spans.append((start, len(text)))
    trimmed = []
    for a, b in spans:
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        if a < b:
            trimmed.append((a, b))
    return trimmed
