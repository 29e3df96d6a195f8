"""Whether a figure is a level or a change, and which way (`data/claim_changes.csv`)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from functools import cache
from importlib import resources

from mine2magnet.claims.measures import OWN, TIME
from mine2magnet.claims.relations import FigureContext
from mine2magnet.claims.units import currencies
from mine2magnet.model import Quantity

_BEFORE = 90  # characters before a figure in which its verb stands
_AFTER = 28  # and behind it
_CHAIN = 6  # figures of a list whose verb is looked for
_RATES = frozenset(("%", "pp", "x"))

_GAP_EN = (
    r"(?:\s(?:by|about|around|nearly|almost|roughly|approximately|more|than|over|some|another|an?|just|as|"
    r"much|up|down|"
    r"only|estimated|further|at|least|mere|less|close|to(?=\s(?:a|as)\b)|under|well|even|sharply|percent|"
    r"total|whopping|price|prices|of|no|"
    r"not|between|or|annually|year-on-year|on-year|yoy|qoq|combined|cumulative|modest|steep|the))*\s?[A-Z]{0,3}[$€£¥+-]?$"
)
_RAISED_EN = (  # raise list prices 6 %
    r"\s(?:its|their|the|his|her|our|all|list|base|spot|export|import|average|annual|"
    r"domestic)(?:\s[a-z-]+){0,3}\s$"
)
_TO_LEVEL_EN = re.compile(
    r"\b(?:to|at|from)\s(?:about\s|around\s|just\s|only\s|nearly\s|a\s(?:low|high|"
    r"record)\s(?:of\s)?)?[A-Z]{0,3}[$€£¥]?$"
)
_NO_MOVE_EN = re.compile(  # give up, start-up, made up of, a cut of the proceeds
    r"(?:\b(?:giv|gav|t(?:ie|yi)|mak|mad|tak|tu?ook|set|build|built|pick|sign|us(?=e|ing)|speed|show|"
    r"h[oe]ld|back|tied|buy|bought|"
    r"us)\w{0,4}\s|-)up\b|\bup to\b|\b(?:short|long) down\b|\bbroken? down\b"
)
_BY_EN = re.compile(
    r"\bby\s(?:about |around |nearly |almost |roughly |over |more than |at least |up to |as much as |some |"
    r"a further |another |an? |between |no more than |less than )*[A-Z]{0,3}[$€£¥]?$"
)
_AFTER_EN = (
    r"\s(?:or (?:more|so)\s)?(?:year[- ]on[- ]year\s|annual\s|monthly\s|weekly\s|price\s|sharp\s|further\s)?"
)
_ONTO_EN = re.compile(r",? or |\s(?:to|onto|on)\s(?:the|its|their|sector|each|every|costs?|prices?)\b")
_OF_SHARES = frozenset(  # money raised, two shifts lost, 42 t recovered: neither a rise nor a fall
    ("raise", "raised", "raises", "raising", "loss of", "lost", "lose", "loses", "losing", "taken", "shed",
     "sheds", "gain",
     "recovered", "halted")
)  # fmt: skip

_GAP_CJK = (
    r"(?:已|累计|均|分别|合计|又|再|同比|环比|平均|了|约|近|超过|超|逾|达|到达|高达|为|幅|幅度|大约|将近|"
    r"接近|不到|不足|至少|多达|将|過|約|\+|的|出|一日|价|价格|量|"
    r"掉|去|三至|最多|最高|至多|更|可能|通常|可|上|回|率)*\s?[A-Z]{0,3}[$€£¥-]?$"
)
_TO_LEVEL_CJK = re.compile(r"(?<!不)[至到](?!少|多)|为(?!$)")
_NO_MOVE_ZH = re.compile(  # 至少, 最高, 多家: no fall and no rise
    r"(?:[至最太很]少|不[高低]于|[最至许不众过大更太很]多|(?:最|不|新|历史)高|[最不]低|高达|高于.{0,3}级|"
    r"多达|"
    r"多年|多数|增量|增值税|高性能|高端|高品|高牌|低牌|低端|升级|加快建|降解|减排|增资|高纯|高新)$"
)
_OF_SHARES_ZH = frozenset(("加快", "放缓", "裁减", "裁员", "关掉", "砍", "砍掉"))  # 加快25个项目
_ASPECT_ZH = re.compile(r"(?:高|多|低|少|升|缩|砍)$")
_RATE_ZH = re.compile(
    r"(?:(?P<down>降幅|跌幅)|涨幅|增幅|增速|升幅)(?:将|已|由|从|进一步|收窄|扩大|放缓|回落|提高|达|至|"
    r"到|为|约|近|超过?|可能|偏离值|累计|或|会)*$"
)
_OBJECT_ZH = re.compile(r"(?P<up>上调|提高|调高)|(?P<down>下调|降低|调低|削减)")
_PRICE_TAIL_ZH = re.compile(r"[^，。；、\d至到]{2,14}(?:价|价格|目标价|评级|配额|产量|关税)(?:约|近)?$")

_GAP_JA = (
    r"(?:も|の|を|ほど|程度|前後|強|弱|近く|以上|超|余り|あまり|ポイント|、|に|へ|となる|の大幅|の負担|それぞれ|値を)*"
    r"(?:\([^()]{1,12}\)(?=[高安])|\)(?=[高安]))?"
)
_LEVEL_JA = re.compile(
    r"\s?(?:程度|前後|ほど|近く|以上|超|弱|強)?(?:に(?!届)|へ|まで|と(?=な)|だった|である|となった)"
)
_RATE_JA = re.compile(
    r"(?:(?P<up>上昇|増加|伸び|値上げ|上げ|成長|騰落|増減|値上がり)|(?P<down>下落|減少|低下|値下げ|下げ|"
    r"値下がり|減産))(?:率|幅)"
    r"(?:は|が|を|で|\(|:|も)?(?:約|およそ|最大|年率|平均|年平均)?$"
)
_TIMES_JA = re.compile(
    r"(?:強|弱|余り|超|以上|近く)?(?:に(?:な|増|拡|膨|達|跳|引|戻|急|上)|へ|となっ|となる(?!水準|計算))"
)
_YARDSTICK = re.compile(r"(?:国内|国外|海外|域内|市場|価格|世界|産|品)の(?:約|およそ)?$")
_SHARES_RISE = re.compile(r"\s?[)）]\s?(?:[高安]|up|down|higher|lower)")  # 前日比400円(19.6%)高
_LIST = {  # between two figures of which one verb tells
    "en": re.compile(
        r",?\sor\s(?:about\s|some\s)?|(?:,|,?\sand|;)\s"
        r"(?:(?:those to|that of|for)\s)?(?:[A-Z][\w'.-]*\s){0,4}(?:by\s)?"
    ),
    "zh": re.compile(r"\s?(?:和|、|及|与|以及|，)\s?[^\d，。；]{0,4}"),
    "ja": re.compile(r"(?:と|、|や|\()[^\d。]{0,16}(?:は|が)?"),
}  # fmt: skip


@cache
def _words(language: str, place: str) -> tuple[str, dict[str, int]]:
    """The words of change of a language at a place, longest first, and the sign of each."""
    table = (resources.files("mine2magnet") / "data" / "claim_changes.csv").read_text("utf-8")
    signs = {
        word: 1 if row["sign"] == "+" else -1
        for row in csv.DictReader(io.StringIO(table))
        if row["language"] == language and row["place"] == place
        for word in row["words"].split("|")
    }
    return "|".join(sorted(signs, key=len, reverse=True)), signs


@cache
def _pattern(language: str, place: str, gap: str = "") -> re.Pattern[str]:
    words = _words(language, place)[0]
    if language == "en" and place == "before":
        return re.compile(rf"(?:^|[^A-Za-z-])(?P<word>{words})(?:{gap})", re.IGNORECASE)
    if language == "en":
        return re.compile(rf"{_AFTER_EN}(?P<word>{words})\b", re.IGNORECASE)
    if place == "before":
        return re.compile(rf"(?P<word>{words})(?P<gap>{gap})")
    return re.compile(rf"{gap}(?P<word>{words})")


def change(view: FigureContext) -> int | None:
    """Return +1 or -1 if the figure is how much something rose or fell, None if it is a level.

    Parameters
    ----------
    view : FigureContext
    """
    figure = view.figure
    q, unit = figure.quantity, figure.quantity.unit
    if unit in TIME or unit in OWN:
        return None
    if figure.changed:
        return 1
    stated = q.low if q.low is not None else q.high
    if stated is not None and stated < 0:  # a loss of money is a level
        return None if unit in currencies() else 1
    if view.s.text[figure.start - 1 : figure.start] == "+":
        return 1
    sign = _own(view)
    return sign if sign is not None or not _listable(unit, view.s.language) else _listed(view)


def _listable(unit: str, language: str) -> bool:
    """Say whether a verb may tell a list of such figures; of prices in Japanese it tells the last alone."""
    return unit in _RATES or (unit if language == "ja" else unit.partition("/")[0]) in currencies()


def _own(view: FigureContext) -> int | None:
    """The sign that words beside the figure itself tell."""
    return _READERS.get(view.s.language, _english)(view)


def _english(view: FigureContext) -> int | None:
    s, figure = view.s, view.figure
    unit, start = figure.quantity.unit, figure.start
    low, high = max(view.left, view.clause[0]), min(view.right, view.clause[1])
    head = s.text[max(low, start - _BEFORE) : start]
    if (told := _verb_en(head, unit, s.text[figure.end : figure.end + 16])) is not None:
        return told
    if (far := _by(head, figure.end, s.text, unit)) is not None:
        return far
    m = _pattern("en", "after").match(s.text, figure.end, min(high, figure.end + _AFTER))
    return _words("en", "after")[1][m["word"].lower()] if m else None


def _verb_en(head: str, unit: str, tail: str) -> int | None:
    for gap in (_GAP_EN, _RAISED_EN) if unit in _RATES else (_GAP_EN,):
        m = _pattern("en", "before", gap).search(head)
        if m is None or _NO_MOVE_EN.search(head[max(0, m.start("word") - 8) : m.end("word") + 3]):
            continue
        word = m["word"].lower()
        if word in _OF_SHARES and unit not in _RATES and "/" not in unit:  # a price may lose 15,000 yuan/t
            continue
        if word in ("add", "adds", "added", "adding") and unit not in _RATES and not _ONTO_EN.match(tail):
            continue
        if word == "less" and (
            head[: m.start("word")].strip(" ,(") or head.startswith(" than", m.end("word"))
        ):
            continue
        if _TO_LEVEL_EN.search(head[m.end("word") :]):
            return None
        sign = _words("en", "before")[1][word]
        return 1 if unit == "x" else sign
    return None


def _by(head: str, end: int, text: str, unit: str) -> int | None:
    """The way of "cut its dependence by as much as 50%", "raise output sixfold"."""
    fold = unit == "x" and text[:end].endswith("fold")
    if not fold and not _BY_EN.search(head):
        return None
    moved = None
    for m in _move_en().finditer(head):
        if not _NO_MOVE_EN.search(head[max(0, m.start() - 8) : m.end() + 3]):
            moved = m
    if moved is None:
        return None
    return 1 if fold or unit == "x" else _signs_en()[moved[0].lower()]


@cache
def _signs_en() -> dict[str, int]:
    return _words("en", "before")[1] | {
        word: sign for word, sign in _words("en", "after")[1].items() if " " not in word
    }


@cache
def _move_en() -> re.Pattern[str]:
    words = "|".join(
        sorted((w for w in _signs_en() if w not in ("more", "less", "above", "below")), key=len, reverse=True)
    )
    return re.compile(rf"(?<![A-Za-z-])(?:{words})(?![A-Za-z])", re.IGNORECASE)


def _chinese(view: FigureContext) -> int | None:
    s, figure = view.s, view.figure
    unit, start = figure.quantity.unit, figure.start
    low, high = max(view.left, view.clause[0]), min(view.right, view.clause[1])
    head = s.text[max(low, start - 40) : start].replace(" ", "")
    m = _pattern("zh", "before", _GAP_CJK).search(head)
    if m and not _TO_LEVEL_CJK.search(m["gap"]) and not _NO_MOVE_ZH.search(head[: m.end("word")]):
        aspect = _ASPECT_ZH.search(m["word"]) and m["gap"].startswith(
            ("价", "量", "率", "的", "达")
        )  # 高价, 高达
        if not aspect and not (m["word"] in _OF_SHARES_ZH and unit not in _RATES):
            return 1 if unit == "x" else _words("zh", "before")[1][m["word"]]
    if rate := _RATE_ZH.search(head):
        return -1 if rate["down"] else 1
    if (
        unit in _RATES
        and (object_ := _OBJECT_ZH.search(head))
        and _PRICE_TAIL_ZH.fullmatch(head, object_.end())
    ):
        return 1 if object_["up"] else -1
    after = _pattern("zh", "after", "的?").match(s.text, figure.end, min(high, figure.end + _AFTER))
    if after and not (after.end() == view.right and view.right < high + 1 and view.right != s.end):
        return _words("zh", "after")[1][after["word"]]
    return None


def _japanese(view: FigureContext) -> int | None:
    s, figure = view.s, view.figure
    unit, start = figure.quantity.unit, figure.start
    low, high = max(view.left, view.clause[0]), min(view.right, view.clause[1])
    head = s.text[max(low, start - 20) : start]
    if unit == "x":
        yardstick = _YARDSTICK.search(head)  # 中国国内の3倍
        return 1 if not yardstick and _TIMES_JA.match(s.text, figure.end) else None
    if rate := _RATE_JA.search(s.text, max(s.start, start - 20), start):
        return -1 if rate["down"] else 1
    if _LEVEL_JA.match(s.text, figure.end):
        return None
    end = min(s.end, figure.end + _AFTER) if unit in _RATES else min(high, figure.end + _AFTER)
    m = _pattern("ja", "after", _GAP_JA).match(s.text, figure.end, end)
    if m is None or m[0].startswith(("に", "へ")):
        return None
    sign = _signs_ja(m["word"])
    if m["word"] in ("上回", "下回") and not head.endswith("を"):
        return None  # 60%を上回る is a level
    return sign


@cache
def _signs_ja(word: str) -> int:
    signs = _words("ja", "after")[1]
    return signs.get(word) or signs[next(w for w in signs if w.startswith(word + "("))]


_READERS: dict[str, Callable[[FigureContext], int | None]] = {"zh": _chinese, "ja": _japanese}


def _listed(view: FigureContext) -> int | None:
    """The sign of the figure before in a list: "gained 9.4%, Arafura 16%"; in Japanese of the one behind."""
    s = view.s
    step = 1 if s.language == "ja" else -1
    at = view.number
    for _ in range(_CHAIN):
        if not 0 <= at + step < len(s.figures):
            return None
        first, second = sorted((s.figures[at], s.figures[at + step]), key=lambda f: f.start)
        between = s.text[first.end : second.start]
        if len(between) > 48 or not _LIST[s.language].fullmatch(between):
            return None
        at += step
        other = s.figures[at]
        if not _listable(other.quantity.unit, s.language):
            return None
        if other.changed:
            return None
        left = s.figures[at - 1].end if at else s.start
        right = s.figures[at + 1].start if at + 1 < len(s.figures) else s.end
        if (sign := _own(FigureContext(s, other, left, right, at))) is not None:
            if "(" in between and not _SHARES_RISE.match(s.text, second.end):
                return None
            same = other.quantity.unit == view.figure.quantity.unit or " or " in between or "(" in between
            return sign if same else None
    return None


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
