"""Names of the field that a query spells otherwise than any document: slips of the pen, and tickers.

Only words that no document has are looked at; what is put in quotation marks is taken as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from mine2magnet.core.text import fold
from mine2magnet.core.thesaurus import Thesaurus, listings
from mine2magnet.model import Respelling
from mine2magnet.search.query import And, FreeWords, Node, Or

LONG = 9  # characters from which a word may have two slips
_KINDS = ("material", "country", "company")  # whose names are seldom ordinary words
_WORD = re.compile("[A-Za-z]{5,}|[\u30a1-\u30fa\u30fc]{5,}")
_LATIN = re.compile(r"[a-z]{6,}")
_KANA = re.compile("[\u30a1-\u30fa\u30fc]{5,}")
# "US:MP", "LYC.AX", "LYC", "600111.SH": a market before or after, the ticker in capitals or figures.
_TICKER = re.compile(
    r"(?<![\w.:])(?:[A-Z]{2,6}:)?(?P<ticker>[A-Z]{3,5}|\d{4,6})(?:\.[A-Z]{1,2})?(?![\w:])"
    r"|(?<![\w.:])(?P<symbol>[A-Z]{2}:[A-Z0-9]{1,6})(?![\w:])"
)


def respelt(
    tree: Node, thesaurus: Thesaurus, unknown: Callable[[str], bool]
) -> tuple[Node, tuple[Respelling, ...]]:
    """Return a query with words that no document has replaced by the names that must be meant.

    Parameters
    ----------
    tree : Node
    thesaurus : Thesaurus
    unknown : callable
        Whether no document has a word.

    Returns
    -------
    Node
    tuple of Respelling
        What was replaced.
    """
    found: dict[Respelling, None] = {}

    def changed(node: Node) -> Node:
        match node:
            case FreeWords(text, every):
                spelt = _respelt(text, thesaurus, unknown)
                found.update(dict.fromkeys(spelt))
                for one in spelt:
                    text = text.replace(one.typed, one.name)
                return FreeWords(text, every)
            case And(parts):
                return And(tuple(map(changed, parts)))
            case Or(parts):
                return Or(tuple(map(changed, parts)))
            case _:
                return node

    return changed(tree), tuple(found)


def _respelt(text: str, thesaurus: Thesaurus, unknown: Callable[[str], bool]) -> list[Respelling]:
    named = [(m.start, m.end) for m in thesaurus.find(text)]
    found = []
    for match in (*_TICKER.finditer(text), *_WORD.finditer(text)):
        typed = match[0]
        if any(a < match.end() and match.start() < b for a, b in named):
            continue
        name = _company(match, thesaurus) if match.re is _TICKER else _nearest(typed, thesaurus)
        if name and unknown(typed):  # asked last: it looks into the index
            found.append(Respelling(typed, name))
            named.append(match.span())
    return found


def _company(match: re.Match[str], thesaurus: Thesaurus) -> str:
    """The company that is listed so, "" if none or several are."""
    of = {
        one.company
        for one in listings()
        if one.symbol == match["symbol"] or one.symbol.partition(":")[2] == match["ticker"]
    }
    return thesaurus.label(of.pop(), "en") if len(of) == 1 else ""


def _nearest(typed: str, thesaurus: Thesaurus) -> str:
    """The one word of names that is a slip or two away, "" if none or several are."""
    word = fold(typed)
    words = _words(thesaurus)["kana" if _KANA.fullmatch(word) else "latin"]
    most = 2 if len(word) >= LONG else 1
    near = process.extract(word, words, scorer=OSA.distance, score_cutoff=most, limit=2)
    if not near or not near[0][1] or (len(near) > 1 and near[0][1] == near[1][1]):
        return ""
    return str(near[0][0])


@cache
def _words(thesaurus: Thesaurus) -> dict[str, tuple[str, ...]]:
    """Names of one word, folded, by script: words of longer ones are mostly ordinary ones."""
    names = [
        fold(name)
        for concept in thesaurus.concepts.values()
        if concept.kind in _KINDS
        for names in concept.names.values()
        for name in names
    ]
    return {
        "latin": tuple(dict.fromkeys(filter(_LATIN.fullmatch, names))),
        "kana": tuple(dict.fromkeys(filter(_KANA.fullmatch, names))),
    }
