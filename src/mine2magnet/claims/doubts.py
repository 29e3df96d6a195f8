"""Figures not to be told as sure: doubted by their own document, or read against their own sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from mine2magnet.claims.evidence import Value
from mine2magnet.claims.numerals import narrow, numbers
from mine2magnet.claims.relations import FigureContext
from mine2magnet.core.text import sentences

_DOUBTS = re.compile(
    r"\bno (?:evidence|proof|basis|bill of materials|record|source|document)s?\b[^.;]{0,40}"
    r"\b(?:shown|exists?|found|given|supports?|backs?|produced|for (?:it|this|that|them))\b"
    r"|\b(?:has|have) never been (?:shown|proven|proved|verified|confirmed|documented|substantiated)\b"
    r"|\b(?:unverified|unsubstantiated|debunked)\b|\b(?:could|can)\s?not be (?:verified|confirmed)\b"
    r"|\b(?:is|was|are|were) (?:a myth|untrue|unfounded|baseless)\b"
    r"|(?:没有|沒有|缺乏|并无|並無)(?:任何|公开的?)?[^，。；、]{0,6}(?:支持|支撑|依据|依據|证据|證據|佐证|根据)"
    r"|(?:无法|未能|未经|尚未|从未|未获)(?:得到|独立)*(?:证实|核实|验证)|站不住脚|以讹传讹"
    r"|(?:根拠|裏付け|証拠)(?:は|が|も)[^、。]{0,6}(?:ない|なく|無い|乏し|示されて(?:い)?ない)"
    r"|(?:確認|検証)(?:でき|され)て?い?ない|事実無根|俗説",
    re.IGNORECASE,
)
_NOT_BEFORE = re.compile(r"\bnot\s(?:the\s|about\s)?$|(?:不是|并非|而非|绝非)$", re.IGNORECASE)
_NOT_BEHIND = re.compile(r"\s?[^\s\d、。，]{0,6}(?:ではない|ではなく|でない)")
_DIGIT = re.compile(r"\d")


def is_doubted(title: str, text: str, sentence: tuple[int, int], figure: tuple[int, int]) -> bool:
    """Return whether a document doubts its figure.

    The sentence behind may do so if it tells no figure of its own.

    Parameters
    ----------
    title, text : str
        Of the document, and of the paragraph.
    sentence, figure : (int, int)
        Places in the text.

    Examples
    --------
    >>> text = "It is said to weigh 9 tonnes. No evidence for it was found."
    >>> is_doubted("A weight", text, (0, 29), (20, 28))
    True
    """
    own = text[slice(*sentence)]
    behind = _behind(text, sentence[1])
    doubted = _doubts_clause(own, figure[0] - sentence[0], figure[1] - sentence[0])
    after = bool(_DOUBTS.search(behind)) and not _DIGIT.search(behind)
    return doubted or after or _denied(title, text[slice(*figure)])


def _doubts_clause(own: str, start: int, end: int) -> bool:
    """Return whether a sentence doubts a figure: the one told last before the doubt."""
    return any(end <= m.start() and not _DIGIT.search(own[end : m.start()]) for m in _DOUBTS.finditer(own))


def _behind(text: str, end: int) -> str:
    return next((text[a:b] for a, b in _sentences(text) if a >= end), "")


@lru_cache(maxsize=16)
def _sentences(text: str) -> list[tuple[int, int]]:
    """Find the sentences of a paragraph once for all of its figures."""
    return sentences(text)


def _denied(title: str, figure: str) -> bool:
    """Return whether a title says that it is not this figure: "Not 417 kilograms"."""
    denied = _denials(title)
    return bool(denied) and any(number.value in denied for number in numbers(narrow(figure)))


@lru_cache(maxsize=16)
def _denials(title: str) -> frozenset[float]:
    """Return the numbers that a title denies."""
    return frozenset(
        number.value
        for number in numbers(narrow(title))
        if _NOT_BEFORE.search(title, 0, number.start) or _NOT_BEHIND.match(title, number.end)
    )


def is_of_a_partner(view: FigureContext, values: Mapping[str, Value]) -> bool:
    """Return whether what was read as all of a country's trade stands behind the name of another alone.

    Parameters
    ----------
    view : FigureContext
    values : mapping of str to tuple of str
        The slots as they were read.
    """
    if values.get("measure") not in (("exports",), ("imports",)) or values.get("counterparty"):
        return False
    s = view.s
    before = (c for c in s.cues if c.end <= view.figure.start and c.start not in s.refers)
    named = {c.id for c in before if c.kind == "country"}
    return bool(values.get("subject") and named) and named.isdisjoint(values["subject"])


def is_no_price(view: FigureContext, values: Mapping[str, Value]) -> bool:
    """Return whether what was read as a price is a share: a purity, a part of the trade.

    Parameters
    ----------
    view : FigureContext
    values : mapping of str to tuple of str
        The slots as they were read.
    """
    level = values.get("direction", ("",))[0] == "level"
    return level and values.get("measure") == ("price",) and view.figure.quantity.unit == "%"
