"""Whether a figure is a level or a change, and which way."""

from __future__ import annotations

import re

from mine2magnet.claims.measures import MONEY, OWN, TIME
from mine2magnet.claims.relations import FigureContext
from mine2magnet.model import Quantity

_COMPARATIVES = frozenset(("more", "less", "fewer", "higher", "lower", "above", "cheaper", "more expensive"))

_CHANGE_GAP_EN = re.compile(
    r"(?:\s(?:by|about|around|nearly|almost|roughly|approximately|more|than|over|some|another|an?|just|as|"
    r"much|up|down|only|"
    r"estimated|further|at|least|mere|less|close|under|well|even|sharply|percent|total|whopping|price|"
    r"prices))*\s?[A-Z]{0,3}[$€£¥+-]?$"
)

_CHANGE_GAP_CJK = re.compile(
    r"(?:已|累计|均|分别|合计|又|再|同比|环比|平均|了|约|近|超过|超|逾|达|到达|高达|为|幅|幅度|大约|将近|接近|不到|不足|至少|多达|将|過|約|＋|\+|的|出|一日|价|价格|"
    r"量)*\s?[A-Z]{0,3}[$€£¥-]?$"
)

_AFTER_CHANGE_EN = re.compile(
    r"\s(?:or (?:more|so)\s)?(?:year[- ]on[- ]year\s|annual\s|monthly\s|price\s|sharp\s)?$"
)

_AFTER_CHANGE_JA = re.compile(
    r"(?:も|の|を|ほど|程度|前後|強|弱|近く|以上|超|余り|ポイント|、|に|へ|となる|の大幅|)*$"
)

_OF_MONEY = ("loss of", "raise", "raised", "added")  # a loss of $40 million, money raised: no fall, no rise
_AFTER_EN = _COMPARATIVES | frozenset(
    (
        "increase", "rise", "jump", "gain", "surge", "drop", "fall", "decline", "cut", "slide", "decrease",
        "reduction", "growth", "slump", "dip", "spike",
    )
)  # fmt: skip
_AFTER_ZH = frozenset(
    ("涨幅", "增幅", "降幅", "跌幅", "增长", "下降", "上涨", "下跌", "增速", "升幅", "减少")
)
_YARDSTICK = re.compile(r"(?:国内|国外|海外|域内|市場|価格|世界)の(?:約|およそ)?$")
_BY = re.compile(
    r"\bby\s(?:about |around |nearly |almost |roughly |over |more than |at least |up to |as much as |some |"
    r"a further |another |an? )*$"
)
_RATE_ZH = re.compile(
    r"(?:涨幅|增幅|增速|升幅|降幅|跌幅)(?:将|已|由|从|进一步|收窄|扩大|放缓|回落|提高|达到?|至|到|为|约|近|超过?)*$"
)
_LEVEL_JA = re.compile(
    r"\s?(?:程度|前後|ほど|近く|以上|超|弱|強)?(?:に|へ|まで|と(?=な)|だった|である|となった)"
)


def change(view: FigureContext) -> int | None:
    """Return +1 or -1 if the figure is how much something rose or fell, None if it is a level.

    Parameters
    ----------
    view : FigureContext
    """
    s, figure = view.s, view.figure
    unit = figure.quantity.unit
    if unit in TIME or unit in OWN:
        return None
    if figure.changed:
        return 1
    low, high = max(view.left, view.clause[0]), min(view.right, view.clause[1])
    stated = figure.quantity.low if figure.quantity.low is not None else figure.quantity.high
    if stated is not None and stated < 0:
        return 1
    if s.language == "ja":
        tail_end = min(high, figure.end + 14)
        if unit != "x" and _LEVEL_JA.match(s.text, figure.end):
            return None
        for c in s.cues:
            if c.kind in ("up", "down") and figure.end <= c.start and c.end <= tail_end + 4:
                gap = s.text[figure.end : c.start]
                if _AFTER_CHANGE_JA.fullmatch(gap) and not (unit != "x" and gap.startswith(("に", "へ"))):
                    return 1 if c.kind == "up" or unit == "x" else -1
        if unit == "x" and _YARDSTICK.search(s.text, low, figure.start):
            return None  # 中国国内の3倍
        if unit == "x":
            return (
                1
                if re.match(
                    r"(?:強|弱|余り|超|以上|近く)?(?:に(?:な|増|拡|膨|達|跳|引)|へ|となっ)",
                    s.text[figure.end : figure.end + 10],
                )
                else None
            )
        return None
    for c in reversed(s.cues):
        if c.kind not in ("up", "down") or c.start < low or c.end > figure.start:
            continue
        word = s.text[c.start : c.end].lower()
        if word in _COMPARATIVES or (word in _OF_MONEY and unit in MONEY):
            continue
        gap = s.text[c.end : figure.start]
        if s.language == "zh":
            if _CHANGE_GAP_CJK.fullmatch(gap) and not re.search(r"[至到]|为(?!$)", gap):
                return 1 if c.kind == "up" or unit == "x" else -1
        elif _CHANGE_GAP_EN.fullmatch(gap.removeprefix(" of")):
            return 1 if c.kind == "up" or unit == "x" else -1
        break
    if s.language == "en" and unit in ("%", "pp", "x") and (far := _by(view, low)):
        return far
    if s.language == "zh" and (rate := _RATE_ZH.search(s.text, low, figure.start)):
        return -1 if rate[0][0] in "降跌" else 1
    for c in s.cues:
        if c.kind in ("up", "down") and figure.end <= c.start and c.end <= high:
            gap = s.text[figure.end : c.start]
            word = s.text[c.start : c.end].lower()
            english = s.language == "en" and _AFTER_CHANGE_EN.fullmatch(gap) and word in _AFTER_EN
            chinese = s.language == "zh" and gap in ("的", "") and word in _AFTER_ZH
            if english or chinese:
                return 1 if c.kind == "up" else -1
            break
    return None


def _by(view: FigureContext, low: int) -> int | None:
    """The way of "cut its dependence by as much as 50%", "raise output sixfold"."""
    s, start = view.s, view.figure.start
    fold = s.text[start : view.figure.end].lower().endswith("fold")
    if not fold and not _BY.search(s.text, max(low, start - 24), start):
        return None
    moved = [
        c
        for c in s.cues
        if c.kind in ("up", "down")
        and low <= c.start
        and c.end <= start
        and s.text[c.start : c.end].lower() not in _COMPARATIVES
    ]
    return None if not moved else 1 if moved[-1].kind == "up" or fold else -1


def signed(q: Quantity, sign: int | None) -> Quantity:
    """Return a quantity with the sign of its change; a level stays as it is.

    Parameters
    ----------
    q : Quantity
    sign : {+1, -1} or None
    """
    if sign != -1:
        return q
    flipped = {"over": "under", "at least": "at most", "under": "over", "at most": "at least"}
    return Quantity(
        None if q.high is None else -q.high,
        None if q.low is None else -q.low,
        q.unit,
        flipped.get(q.approx, q.approx),
    )
