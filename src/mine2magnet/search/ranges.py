"""Ranges of a quoted phrase in the other ways of writing them: "4-6 weeks" is "four to six weeks"."""

from __future__ import annotations

import re
from itertools import product

_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_END = rf"\d+|{'|'.join(_WORDS)}"
_RANGE = re.compile(
    rf"(?<![\w.,-])(?P<low>{_END})(?:\s?[-\u2010-\u2015\u2212~～〜]\s?|\s(?:to|and|or)\s)(?P<high>{_END})"
    r"(?![\w,]|\.\d|-\d)",
    re.IGNORECASE,
)
_BETWEEN = (" ", " to ", " and ", " or ")  # a dash parts tokens as a space does


def forms(phrase: str) -> list[str]:
    """Return a phrase with its first range written otherwise, none without a range.

    Parameters
    ----------
    phrase : str

    Examples
    --------
    >>> "four to six weeks" in forms("4-6 weeks"), "4 6 weeks" in forms("four to six weeks")
    (True, True)
    >>> forms("16-4-2")
    []
    """
    found = _RANGE.search(phrase)
    if found is None:
        return []
    ends = [_written(found["low"]), _written(found["high"])]
    return [
        f"{phrase[: found.start()]}{low}{between}{high}{phrase[found.end() :]}"
        for low, between, high in product(ends[0], _BETWEEN, ends[1])
    ]


def _written(end: str) -> tuple[str, ...]:
    """A number in figures and in a word."""
    if end.isdigit():
        return (end, _WORDS[int(end)]) if len(end) < 3 and int(end) < len(_WORDS) else (end,)
    return str(_WORDS.index(end.lower())), end
