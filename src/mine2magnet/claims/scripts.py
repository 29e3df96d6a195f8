"""The script of a text: by which grammar it is read, and its letters in one form."""

from __future__ import annotations

import re
from functools import cache

import opencc

from mine2magnet.claims.numerals import narrow

_KANA = re.compile("[\u3041-\u30fa\u30fd-\u30ff]")
_HAN = re.compile("[\u3400-\u9fff]")


def script(text: str, language: str) -> str:
    """Return the grammar to read by: what the letters show comes before what the document is said to be.

    Parameters
    ----------
    text : str
    language : str
        ISO 639-1.
    """
    if _KANA.search(text):
        return "ja"
    if _HAN.search(text):
        return "ja" if language == "ja" else "zh"
    return "en"


def plain(text: str, grammar: str) -> str:
    """Return a text with narrow letters, and Chinese in simplified ones; every character keeps its place.

    Parameters
    ----------
    text : str
    grammar : str
        As `script` gives it.
    """
    return narrow(text.translate(_simplified()) if grammar == "zh" else text)


@cache
def _simplified() -> dict[int, str]:
    """Traditional to simplified Chinese, character by character (OpenCC), so that offsets stay."""
    han = "".join(map(chr, (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))))
    lines = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    return {ord(a): b for a, b in zip(han, lines, strict=True) if a != b and len(b) == 1}
