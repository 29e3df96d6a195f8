"""Which currency a document means by $ and 元: of Australia, Canada, Taiwan where it is of that place."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LISTED = {  # whose stock exchange a company's own notice names
    "AUD": (
        re.compile(r"\bASX\s?:|\bASX (?:code|release|announcement)|\bAustralian dollars?\b"),
        re.compile(r"A\$|AU\$"),
    ),
    "CAD": (re.compile(r"\bTSXV?\s?:|\bCanadian dollars? unless\b"), re.compile(r"C\$|CA\$")),
}
_PLACES = {  # of which a text may be that writes $ for its own dollar
    "AUD": re.compile(r"\b(?:Australian?|Perth|Sydney|Canberra|Kalgoorlie|Queensland|Melbourne|Brisbane)\b"),
    "CAD": re.compile(
        r"\b(?:Canad(?:a|ian)|Saskatchewan|Saskatoon|Ontario|Toronto|Quebec|Ottawa|Alberta|Vancouver|Calgary)\b"
    ),
}
_AMERICAN = re.compile(
    r"\bU\.?S\.?(?![$A-Za-z])|\bUnited States\b|\bAmericans?\b|\bWashington\b|\bPentagon\b"
)
_BARE = re.compile(r"(?<![A-Z])\$")
_PLACED, _NAMED = 3, 2  # places named: in a text that writes no US$, in one that does
_TAIWAN = re.compile(
    r"新台幣|新臺幣|新台币|台股|臺股|台幣|台币|年增|季增|季減|月減|年減|法人|經濟部|经济部|公噸"
)
_TRADITIONAL = re.compile("[億萬與為國產鎳稀磁這個們對於應該營]")
_FOREIGN = re.compile("人民幣|人民币")


def home(texts: Sequence[str]) -> dict[str, str]:
    """Return what $ and 元 are in a document where they are not the US dollar and the yuan.

    Parameters
    ----------
    texts : sequence of str
        Title and paragraphs as they are written, traditional characters not simplified.

    Examples
    --------
    >>> home(["Carina Rare Earths Limited (ASX: CRX)", "Cash was $11.3 million."]), home(["Cash was $2m."])
    ({'$': 'AUD'}, {})
    >>> home(["台股收高，該公司季減 7.2%", "每股純益 3.41 元，營收18億元"])
    {'元': 'TWD'}
    """
    whole = "\n".join(texts)
    found: dict[str, str] = {}
    for currency, (place, own) in _LISTED.items():
        if place.search(whole) and not own.search(whole):  # a text that writes A$ means the other by $
            found["$"] = currency
            break
        if _BARE.search(whole) and not own.search(whole):
            places = len(_PLACES[currency].findall(whole))
            apart = "US$" in whole and places >= _NAMED
            if apart or (places >= _PLACED and places > len(_AMERICAN.findall(whole))):
                found["$"] = currency
                break
    if "元" in whole and not _FOREIGN.search(whole) and _TAIWAN.search(whole) and _traditional(whole):
        found["元"] = "TWD"
    return found


def _traditional(text: str) -> bool:
    return len(set(_TRADITIONAL.findall(text))) >= 3
