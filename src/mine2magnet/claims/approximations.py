"""Words that loosen a figure: about, nearly, over, at least, under, at most (`data/claim_bounds.csv`)."""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from importlib import resources

from mine2magnet.claims.drafts import Draft
from mine2magnet.claims.units import currencies

MIDDLE = {  # between a number and its unit: 十余家, 三十来人
    "多": "over", "余": "over", "餘": "over", "余り": "over", "几": "over", "数": "over", "强": "over",
    "来": "about",
}  # fmt: skip
_FLIPPED = {"over": "at most", "under": "at least"}  # not over, not under
_REACH = 28  # characters before a figure
_FILLERS = (
    " ", "的", "了", "占", "为", "達", "达", "至", "到", "可", " a", " the", " mere", " only", " just",
    " some", " its",
)  # fmt: skip
_MOST_FILLERS = 4
_MARKED = re.compile(r"[A-Z]{0,3}[$€£¥]$")  # a currency that is not part of the figure
_BASELINE = frozenset(
    ("over", "above", "under", "below", "higher than", "lower than", "more than", "less than")
)
_RAMPED = re.compile(r"\b(?:ramp|scal|step|build|mov|go|push|ris|rais|climb|speed)\w* up to\s\D{0,4}$")
_NOT = re.compile(
    r"(?:\b(?:not|never|neither|nor|cannot|without)|n't)\b[^.,;:]{0,36}$|\b(?:[Nn]o|[Nn]obody|"
    r"[Nn]one)\b(?!\s(?:more|less|longer))[^.,;:]{0,44}$"
)
_TURNED = re.compile(r"\b(?:turn|hand|t[ao]k|too|carr|roll|held|pass|[lw]o)\w* over\s")
_LEAST = re.compile(r"\b(?:(?P<least>[Mm]inimum)|[Mm]aximum)\s(?:[a-z]+\s){1,3}(?:of|is|at)\s$")
_MOST_OF = re.compile(
    r"(?:(?P<most>(?<!过去|過去|史上|历史|歴代)(?:最多|至多|最高))|至少|最少)(?:可以?|能|将|会|仅|只|需|要)?"
    r"[^\W\d的はがをに率]{0,2}(?:约|达|到)?$"
)
_SHARED_BOUND = re.compile(  # 不超过销售价格的三成
    r"(?:(?P<most>不超过|不得超过|不高于)|(?P<least>不低于|不少于|至少)|(?P<over>超过|逾)|(?P<under>不足|不到|不及))"
    r"[^，。；、：]{1,14}的(?:约|近)?$|(?P<limit>不(?:得)?(?:超过|高于))[^，。；、：\d的]{2,8}$"
)
_LOOSE = frozenset(("some", "under", "over", "beyond", "top"))  # before a bare number they say nothing


@cache
def _before() -> tuple[dict[str, str], int]:
    """The words before a figure, with what they make of it, and the length of the longest."""
    words = {word: kind for kind, place, listed in _rows() if place == "before" for word in listed.split("|")}
    return words, max(map(len, words))


@cache
def _rows() -> tuple[tuple[str, str, str], ...]:
    table = (resources.files("mine2magnet") / "data" / "claim_bounds.csv").read_text("utf-8")
    return tuple((row["kind"], row["place"], row["words"]) for row in csv.DictReader(io.StringIO(table)))


@cache
def _after() -> tuple[re.Pattern[str], tuple[str, ...]]:
    rows = [(kind, words) for kind, place, words in _rows() if place == "after"]
    groups = [
        f"(?P<k{i}>{'|'.join(sorted(words.split('|'), key=len, reverse=True))})"
        for i, (_, words) in enumerate(rows)
    ]
    return re.compile(rf"\s?(?:{'|'.join(groups)})(?![A-Za-z])", re.IGNORECASE), tuple(k for k, _ in rows)


def approximation(text: str, f: Draft) -> str:
    """Return how the words around a figure loosen it, "" for not at all.

    Parameters
    ----------
    text : str
    f : Draft
    """
    after, kinds = _after()
    m = after.match(text, f.end)
    behind = next(kind for i, kind in enumerate(kinds) if m[f"k{i}"]) if m else ""
    if m and behind in ("over", "under") and _compared(text, f, m):
        behind = ""
    elif not m and _NOT_EVEN.match(text, f.end):
        return "under"
    if behind not in ("", "nearly", "about"):
        return behind
    ahead = _ahead(text, f)
    return ahead if ahead in ("at most", "at least", "over", "under") else behind or ahead  # 最大1300トン弱


def _compared(text: str, f: Draft, bound: re.Match[str]) -> bool:
    """Whether a bound is a comparison with a figure that is told: 従来法の88％を上回る, 110ドルを下回れば."""
    verb = bound[0].lstrip().startswith("を") and text[f.end - 1] not in "割倍"  # 世界の9割超, 1割を超えた
    return (verb and text[f.start - 1 : f.start] == "の") or bool(_IF_JA.match(text, bound.end()))


_IF_JA = re.compile(
    r"(?:れば|ると|った(?:場合|とき|ら)|る(?:場合|とき|限り)|えれば|える(?:と|場合)|せば|すと)"
)
_NOT_EVEN = re.compile(
    r"(?:も|にも|さえ)(?:い|出|達し|満た|届か|行か|な)\w{0,2}な[いかく]|都(?:不到|没到|没有|不足|不满)"
)
_IF_EN = re.compile(r"\b(?:if|when|whenever|unless|until|should|once)\b[^.;]{0,80}$", re.IGNORECASE)


def _ahead(text: str, f: Draft) -> str:
    head = text[max(0, f.start - _REACH) : f.start].lower()
    word, kind, place = _word(head)
    if not word:
        return _shared(head) or _least(text, f)
    if word == "up to" and _RAMPED.search(text, max(0, f.start - 40), f.start):
        return ""
    if word in _BASELINE | {"short of"} and _IF_EN.search(text, max(0, f.start - 100), f.start):
        return ""  # whenever the market falls below $110
    if (word in _LOOSE and not f.unit) or (word == "over" and _TURNED.search(head)):
        return ""
    if (
        kind in _FLIPPED
        and word.isascii()
        and _NOT.search(text, max(0, f.start - 60), f.start - len(head) + place)
    ):
        return _FLIPPED[kind]
    return kind


def _word(head: str) -> tuple[str, str, int]:
    """The word that ends a head, fillers aside, what it makes of a figure, and where it begins."""
    words, longest = _before()
    head = _MARKED.sub("", head) if head[-1:] in "$€£¥" else head
    article = False
    for _ in range(_MOST_FILLERS + 1):
        for size in range(min(longest, len(head)), 0, -1):
            word = head[-size:]
            if word not in words:
                continue
            place = len(head) - size
            if word[0].isalpha() and word[0].isascii() and place and head[place - 1].isalnum():
                continue
            if article and word in _BASELINE:
                return "", "", 0  # 12 % above the $110: what it is above
            return word, words[word], place
        filler = next((f for f in _FILLERS if head.endswith(f)), None)
        if filler is None:
            break
        article = article or filler in (" the", " its", " a")
        head = head[: -len(filler)]
    return "", "", 0


def _least(text: str, f: Draft) -> str:
    """A minimum annual commitment of 350 t; of a price it is the floor itself."""
    if f.unit[:3] in currencies() or not (m := _LEAST.search(text, max(0, f.start - 56), f.start)):
        return ""
    return "at least" if m["least"] else "at most"


def _shared(head: str) -> str:
    if m := _MOST_OF.search(head):
        return "at most" if m["most"] else "at least"
    m = _SHARED_BOUND.search(head)
    told = (m.lastgroup or "") if m else ""
    return {"most": "at most", "limit": "at most", "least": "at least"}.get(told, told)
