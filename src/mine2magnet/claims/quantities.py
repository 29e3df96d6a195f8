"""Figures in running text: numerals with their units, ranges, bounds and approximations."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise

from mine2magnet.claims import rates, times, units
from mine2magnet.claims.approximations import MIDDLE, approximation
from mine2magnet.claims.drafts import Draft
from mine2magnet.claims.fractions import fractions
from mine2magnet.claims.numerals import Numeral, han, narrow, numerals
from mine2magnet.model import Quantity


@dataclass(frozen=True, slots=True)
class QuantityMention:
    """A quantity at characters [start, end) of a text.

    `step` is the size of its last stated digit; `changed` says that the word itself tells a change
    ("doubled", 减半).
    """

    quantity: Quantity
    start: int
    end: int
    step: float = 0.0
    changed: bool = False


_INCREASE_CJK = re.compile(
    r"(?:涨幅|增幅|增长|增加|上涨|上升|提高|提升|增|涨|攀升|扩大|多)(?:了|约|近|超过|逾|达|超|高达|将)*$"
)
_INDEFINITE = re.compile(r"[数几幾若好第上]$")
_ORDINAL_EN = re.compile(r"\b(?:top|first|next|past|previous|another|these|those|other)\s$", re.IGNORECASE)
# "Model 3 uses magnets": what follows the number is no noun
_VERBS = "(?:uses|has|was|is|does|needs|contains|costs|weighs|carries|takes|gets|makes|says|comes|goes|holds)"
_NAMED = re.compile(
    r"(?<![.!?\"“] )(?<!^)\b(?!The |Of |In |Only |Some |About |All |At |By |Nearly |These )[A-Z][A-Za-z]+ $"
)  # Model 3
_NO_ADJECTIVE = (
    "once|all|when|if|as|in|of|the|to|and|or|for|from|by|at|on|with|than|an?|its|their|more|less|fewer|"
    "were|was|is|are|"
    "have|had|has|while|after|before|since|under|over|between|per|that|which|who|until|will|would|could|"
    "can|may|last|"
    "this|next|each|but|not|so|it|they|he|she|we|was|be|been"
)
_PLURAL = re.compile(
    rf" (?!(?:{_VERBS}|{_NO_ADJECTIVE})\b)(?:[a-z]+\s)?[a-z]{{3,}}s\b(?<!ss)(?<!us)(?<!is)", re.IGNORECASE
)
_OF_MANY = re.compile(
    r" (?:of|out of)(?: the| all| its| their| his| our| these| those)? (?:[0-9]+|[a-z]+teen|[a-z]+ty|nine|"
    r"ten|eleven|"
    r"twelve|eight|seven|six|five) [a-z]"
)
_ELLIPSIS = re.compile(
    r"(?:,? (?:had|have|were|are|remain|remained|went|came) (?:been |now |still |already )?[a-z]+)|"
    r" (?:it|they|he|she) (?:had |has |have )?(?:applied|asked|filed|ordered|made|sold|built|employ)|"
    r" filed\b| granted\b| approved\b| of (?:them|these|those|which|whom)\b| came\b"
)
_OF_WHICH = re.compile(
    r"(?:\b(?:of which|of them|of these|of those|of whom|out of|about|only|just|some|than|all|shipped|"
    r"sold|made|built)\s|"
    r"(?:^|[.,;:!?][\"”’]?\s)(?:and\s)?)$",
    re.IGNORECASE,
)
_STAFF = re.compile(
    r"(?:payroll|headcount|head count|workforce|workers|employees|staff(?:ing)?)\b[^.;,\d]{0,48}\s$"
)
_SEPARATOR = re.compile(r"\s?(?:-|~|至|到|から|乃至|\bto\b|\band\b|\bor\b|と|、)\s?")
_BETWEEN = re.compile(r"\b[Bb]etween\s(?:[a-z]+\s){0,2}[A-Z]{0,3}[$€£¥]?$|介于[^\d]{0,3}$")
_BY = re.compile(r"\bby\s(?:[a-z]+\s){0,2}[A-Z]{0,3}[$€£¥]?$")
_FAR_APART = 3.0  # times; 上涨2至3元 is a range, 跌2500元至15.8万元 a change and a level
_BY_ZH = re.compile(  # 跌2500元至15.8万元
    r"(?:上?涨|下?跌|上?升|下?降|[增减]加?|减少|[上下]调|[调提]高|[调降]低|回落|下滑)了?(?:约|近|逾)?$"
)
_MOVED = re.compile(
    r"\b(?:r[oi]se[ns]?|rising|fell|fall(?:en|s|ing)?|drop\w*|climb\w*|increas\w*|gr[eo]wn?\w*|stretch\w*|"
    r"slip\w*|mov\w*|jump\w*|"
    r"surg\w*|soar\w*|declin\w*|cut|rais\w*|up|down|went|gone|improv\w*|expand\w*|double\w*|lift\w*|"
    r"lower\w*|widen\w*|shr[aiu]nk\w*|slump\w*|plung\w*|go|goes|slid|brought|bring|took|take)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
_OFTEN = re.compile(r"\s(?:a|per|each|every)\s(?:day|week|month|year)\b")  # three times a week
_SHARE_TALK = 120  # characters around "points" in which a share or a rate is spoken of
_SHARES = re.compile(r"%|per\s?cent|\bpc\b|share|rate|margin|シェア|率|割合|比率|度|份额|占比", re.IGNORECASE)
_LIKE = re.compile(
    r",?\s(?:[a-z]+,?\s){0,4}?(?:instead of|rather than|from|up from|down from|compared (?:with|to)|"
    r"versus|vs\.?|"
    r"against|not|to)\s(?:about\s|just\s|only\s|nearly\s|over\s|more than\s|at least\s)?",
    re.IGNORECASE,
)
_ON_TIME = re.compile(r"[^.;\d]{0,60}(?:,|\band)\s(?:only\s|just\s|about\s)?", re.IGNORECASE)
_NOUN = re.compile(
    r"\s(?!and\b|or\b|in\b|a\b|per\b|last\b|earlier\b|for\b|at\b|on\b|the\b|before\b|previously\b|now\b|"
    r"of\b)[a-z]"
)
_PER_MASS = re.compile(
    r"(?P<aside>\s?\([^()]{1,30}\)|\))?(?:/|\sper\s|\sa\s)(?:metric\s)?(?P<per>kg|kilogram|kilo|t|tonne|ton|lb|pound|mtu)\b"
)
_COUNTED_UNITS = frozenset(("count", "person", "vehicle", "t", "kg"))
_ON_IN = re.compile(r"\s(?:in|for|by)\s(?:19|20)[0-9]{2}\b")  # 38 robots this year and 150 in 2026
_MORE_THAN = re.compile(r"\s(?:more|fewer|less|higher|lower)\sthan\s(?:a\s|in\s|the\s|last\s|one\s)")
_FROM_EN = re.compile(r"\bfrom\s(?:[a-z]+\s){0,2}[A-Z]{0,3}[$€£¥]?$")
_FROM_RANGE = re.compile(  # 700-1,000 dollars, up from 250 to 310 dollars
    r"[0-9][^.;]{0,40},\s(?:up|down)\sfrom\s(?:[a-z]+\s){0,2}[A-Z]{0,3}[$€£¥]?$"
)
_LEAD = re.compile(
    r"(?:程度|前後|ほど|近く|超|余り)?(?:へ|に(?!わた|及|なる|なり)|まで(?!に)|と(?=な)|\()"
)  # 60日から180日に: two levels
_VARIED_JA = re.compile(r"まで(?:と?(?:幅|ばらつ|開き)|さまざま|様々|まちまち)")
_VARIED_ZH = re.compile(r"不等|不一|之间|都有|各异")
_PER_UNIT = re.compile(r"\s?(?:当たり|当り|あたり|につき|ごと|から[0-9約]|に[0-9約]|=|=?約?[0-9])")
_RUNG = re.compile(r"台(?![数車当湾])(?P<part>後半|前半|半ば)?")  # 9,000トン台: from 9,000 to 10,000
_FAR = re.compile(r"\s?(?:離れ|先|沖|圏|の海域|の沖|の距離)")
_TOWARDS = re.compile(r"[東西南北](?:へ|に|方へ)?(?:約|およそ)?\s?$")  # 北東約180キロ
_WEIGHT = re.compile(r"キロ|隻|艦|重さ|重量|積[むみ]|搭載|含[むま]|希土類|磁石|鉱石")
_IN_DOLLARS = re.compile(r"\s?(?:当たり|あたり|=)?約?[0-9][0-9.,~-]*(?:米?ドル|㌦)")
_MONEY_TALK = re.compile(r"額|円|ドル|投資|価格|株|億|万ポンド")
_DATED = re.compile(
    r"単位[:は]?\s?$|单位[:为]?\s?$|(?:税则号列|税号|税番|HS(?:コード|编码|\scode)?)\s?$"
)  # what follows is a table's unit
_MEGATONNES = 50  # a year, of which a "MTPA" can be million tonnes
_MACHINES = re.compile(
    r"モーター|装置|機器|ロボット|風車|発電機|設備|ライン|炉|圧縮機|部品|装備|重機|電動機|エアコン|端末|個"
)
_VEHICLES = re.compile(
    r"(?:自動車|乗用車|電動車|新車|販売台数|車両|EV|車)(?!メーカー|大手|部品|向け|用|載|工業|会社|業)"
)


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<gap>[\s-]{{0,2}})(?P<middle>余り|"
        rf"[多余餘几数强来])?(?P<half>[个個]半(?=[月周年小]))?(?P<unit>{units.pattern()})"
        rf"(?:{rates.PER}(?P<per>{units.pattern()})(?!\s(?:ago|earlier|before|later|after|old)))?"
    )


@cache
def _per() -> re.Pattern[str]:
    return re.compile(rf"{rates.PER}(?P<per>{units.pattern()})(?!\s(?:ago|earlier|before|later))")


@cache
def _counted() -> re.Pattern[str]:
    """A noun of `data/claim_counted.csv` behind a number, with up to two words between."""
    table = (resources.files("mine2magnet") / "data" / "claim_counted.csv").read_text("utf-8")
    nouns = {row["unit"]: row["nouns"] for row in csv.DictReader(io.StringIO(table))}
    return re.compile(
        rf" (?!{_VERBS}\b)(?:of the\s(?:[0-9]+|"
        rf"[a-z]+)\s)?(?:(?!(?:{_NO_ADJECTIVE})\s)[a-z]+(?:-[a-z]+)*\s){{0,2}}?"
        rf"(?:(?P<count>{nouns['count']})|(?P<person>{nouns['person']}))\b",
        re.IGNORECASE,
    )


def quantities(text: str) -> list[QuantityMention]:
    """Return every figure in a Chinese, English or Japanese text, with its unit, left to right.

    Numbers without a unit are given too, with unit "". Dates, ordinals, citations, times of day, phone
    numbers and numbers that are part of a name are not figures. Time is linear in the text's length.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> found = quantities("四到六周，九成以上，1.2万吨")
    >>> [(m.quantity.low, m.quantity.high, m.quantity.unit) for m in found]
    [(4.0, 6.0, 'week'), (90.0, None, '%'), (12000.0, 12000.0, 't')]
    """
    narrowed = narrow(text)
    return measured(narrowed, times.find(narrowed))


def measured(
    text: str, known: Sequence[times.Time], home: Mapping[str, str] | None = None
) -> list[QuantityMention]:
    """Return the `quantities` of a narrowed text whose times are known.

    Parameters
    ----------
    text : str
        As `numerals.narrow` gives it.
    known : sequence of Time
        The times named in it.
    home : mapping of str to str or None
        Which currency a sign or a word is in this document, as `currencies.home` tells.
    """
    return mentions(text, drafts(text, known, home))


def drafts(text: str, known: Sequence[times.Time], home: Mapping[str, str] | None = None) -> list[Draft]:
    """Return the figures of a narrowed text before their bounds are told.

    Parameters
    ----------
    text : str
    known : sequence of Time
    home : mapping of str to str or None
    """
    found = sorted((*fractions(text), *_plain(text)), key=lambda f: (f.start, -f.end))
    joined = rates.unit_prices(text, _ranges(text, _without_overlap(found, known)))
    _units_shared(text, joined)
    rated = rates.MASSES | units.currencies() | rates.ENERGIES | rates.THINGS
    before: Draft | None = None
    for figure in joined:
        if figure.unit in units.currencies():
            _per_mass(text, figure)
        if home:
            _at_home(text, figure, home)
        if figure.unit in rated:
            rates.rate(figure, text, before)
        before = figure
    rates.carried(text, joined)
    return joined


def _at_home(text: str, figure: Draft, home: Mapping[str, str]) -> None:
    """Read $ and 元 as the currency that the document writes so."""
    money, slash, per = figure.unit.partition("/")
    written = text[figure.start : figure.end].removesuffix("人民币元")
    dollars = text[figure.start] == "$" or (
        written.rstrip("s").endswith(("c", "cent")) and "US" not in written
    )
    if money == "USD" and dollars and "$" in home:
        figure.unit = home["$"] + slash + per
    elif money == "CNY" and "元" in written and "元" in home:
        figure.unit = home["元"] + slash + per


def _per_mass(text: str, figure: Draft) -> None:
    """Join a price to the mass that is told behind it: "$205-215/kg", "700 yuan ($98) a kilo"."""
    if per := _PER_MASS.match(text, figure.end):
        _divide(figure, units.named(per["per"]))
        figure.end = figure.end if per["aside"] else per.end()


def mentions(text: str, figures: Sequence[Draft]) -> list[QuantityMention]:
    """Return figures as mentions, with the bounds that the words around them set.

    Parameters
    ----------
    text : str
    figures : sequence of Draft
    """
    return [_mention(text, f) for f in figures if f.unit or f.script == "arabic"]


def _units_shared(text: str, figures: Sequence[Draft]) -> None:
    """Give bare numbers the unit of the figure before: "60 days instead of 45", "2,900 t, Russia 2,500"."""
    for a, b in pairwise(figures):
        if b.unit or not a.unit:
            continue
        if (a.unit in _COUNTED_UNITS and _ON_IN.match(text, b.end)) or _MORE_THAN.match(text, b.end):
            if b.start - a.end <= 80 and not re.search(r"[.;!?]\s", text[a.end : b.start]):
                b.unit = a.unit
        elif not _NOUN.match(text, b.end) and (
            rates.listed(text, a, b) or _LIKE.fullmatch(text, a.end, b.start)
        ):
            b.unit = a.unit.partition("/")[0] if a.unit.partition("/")[0] in rates.MASSES else a.unit


def _without_overlap(figures: list[Draft], known: Sequence[times.Time]) -> list[Draft]:
    kept: list[Draft] = []
    i, last = 0, 0
    for figure in figures:
        while i < len(known) and known[i].end <= figure.start:
            i += 1
        if figure.start < last or (i < len(known) and known[i].start < figure.end):
            continue
        kept.append(figure)
        last = figure.end
    return kept


def _plain(text: str) -> list[Draft]:
    return [figure for number in numerals(text) if (figure := _figure(text, number))]


def _figure(text: str, n: Numeral) -> Draft | None:
    start, end = n.start, n.end
    before = text[max(0, start - 12) : start]
    if _INDEFINITE.search(before[-1:]) and n.script == "han" and not n.least:
        return None
    low, high = n.value, n.value
    if n.script == "han" and (pair := _neighbours(text[start:end])):
        low, high = pair
    figure = Draft(low, high, "", start, end, n.step, n.scale, script=n.script, coefficient=n.value / n.scale)
    if n.least:
        figure.approx = "over"
    read = (
        _money
        if (sign := units.sign_before(text, start))
        else _measured
        if _unit().match(text, end)
        else _bare
    )
    if not read(figure, text, n, sign) or _no_figure(figure, text, n, before):
        return None
    _sign(figure, text)
    return figure


def _no_figure(figure: Draft, text: str, n: Numeral, before: str) -> bool:
    if _DATED.search(before) or (before[-1:] in ("'", "’") and text.startswith("000", n.start)):
        return True
    if figure.unit == "day" and n.value == 1:  # 1日350トン: what it is per
        return bool(re.match("(?:当たり|あたり)?(?:約|最大|平均)?[0-9]", text[figure.end : figure.end + 6]))
    if figure.unit in ("count", "person"):
        return bool(_ORDINAL_EN.search(before)) or (n.value < 2 and n.script != "arabic")
    return False


def _sign(figure: Draft, text: str) -> None:
    negative = text[figure.start - 1 : figure.start] if figure.start else ""
    if negative not in ("-", "▲", "△") or figure.low < 0:
        return
    if negative != "-" or figure.start == 1 or text[figure.start - 2] in " (:：,，、;|\t\n":
        figure.low, figure.high, figure.start = -figure.high, -figure.low, figure.start - 1


def _money(figure: Draft, text: str, n: Numeral, sign: re.Match[str] | None) -> bool:
    """Read a figure behind the sign of a currency."""
    if sign is None or (sign["sign"] == "PS" and n.value < 100):
        return False  # PS5 is no price
    figure.unit = _currency(sign["sign"], text)
    figure.start = sign.start()
    if (named := _unit().match(text, n.end)) and units.named(named["unit"]).unit in units.currencies():
        figure.end = named.end("unit")  # 新台币1.2亿元
    if per := _per().match(text, figure.end, figure.end + 40):
        _divide(figure, units.named(per["per"]))
        figure.end = per.end()
        return True
    behind = text[figure.end : figure.end + 1]
    return not (n.script == "arabic" and behind.isascii() and behind.isalpha())


def _measured(figure: Draft, text: str, n: Numeral, sign: re.Match[str] | None) -> bool:
    """Read a figure with its unit behind it."""
    m = _unit().match(text, n.end)
    return m is not None and _set_unit(figure, m, text, n)


def _bare(figure: Draft, text: str, n: Numeral, sign: re.Match[str] | None) -> bool:
    """Read a number without a unit: what it counts, if it counts."""
    start, end = n.start, n.end
    counted = _counted().match(text, end)
    if n.script != "arabic":
        if n.script == "words" and n.value >= 2:
            figure.unit = _word_counts(text, n, counted)
        return True
    glued = text[end : end + 2]
    if re.match(r"-?[A-Za-z_]", glued) or _INDEFINITE.search(text[max(0, start - 1) : start]):
        return bool(re.match(r"-[a-z]", glued))
    if counted:
        figure.unit = counted.lastgroup or "count"
    elif (
        n.value == int(min(n.value, 1e15))
        and _PLURAL.match(text, end)
        and not _NAMED.search(text, max(0, start - 24), start)
    ) or _OF_MANY.match(text, end):
        figure.unit = "count"
    elif n.value >= 10 and _STAFF.search(text, max(0, start - 64), start):
        figure.unit = "person"
    elif _OF_WHICH.search(text, max(0, start - 12), start) and _ELLIPSIS.match(text, end):
        figure.unit = "count"
    return True


def _word_counts(text: str, n: Numeral, counted: re.Match[str] | None) -> str:
    if counted:
        return counted.lastgroup or "count"
    if _OF_MANY.match(text, n.end):
        return "count"
    if _OF_WHICH.search(text, max(0, n.start - 12), n.start) and _ELLIPSIS.match(text, n.end):
        return "count"
    return ""


def _currency(sign: str, text: str) -> str:
    """¥ is the yen where the text speaks Japanese, else the yuan where it speaks Chinese, else the yen."""
    if sign == "¥" and any("\u3041" <= c <= "\u9fff" for c in text[:200]) and not _kana(text[:200]):
        return "CNY"
    return units.signed_by(sign)


def _kana(text: str) -> bool:
    return any("\u3041" <= c <= "\u30ff" for c in text)


def _neighbours(written: str) -> tuple[float, float] | None:
    """两三 is two to three, 十五六 fifteen to sixteen."""
    digits = "零一二三四五六七八九"
    plain = written.replace("两", "二")
    pair, scale = plain[:2], plain[2:]  # 五六十 is 50 to 60
    if len(pair) == 2 and all(c in digits for c in pair) and not scale.strip("十百千万亿"):
        a, b = digits.index(pair[0]), digits.index(pair[1])
        if b == a + 1 and a:
            of = han(scale) if scale else 1.0
            return a * of, b * of
    return None


def _set_unit(figure: Draft, m: re.Match[str], text: str, n: Numeral) -> bool:
    """Gives a figure the unit found behind it; False where the two are not a figure."""
    name = _meant(m, text, n)
    if name is None or _spurious(m, text, n, name.unit):
        return False
    figure.unit = name.unit
    figure.low, figure.high = figure.low * name.factor, figure.high * name.factor
    figure.step *= name.factor
    figure.end = m.end("unit")
    if m["middle"]:
        figure.approx = MIDDLE[m["middle"]]
    if m["per"]:
        _set_per(figure, m, name.unit)
    if name.unit in rates.DURATIONS and re.match("半(?![导導数])", text[figure.end : figure.end + 2]):
        figure.low, figure.high, figure.end = figure.low + 0.5, figure.high + 0.5, figure.end + 1  # 一年半
    if m["unit"] in ("个多月", "個多月"):
        figure.approx = "over"
    if m["half"]:
        figure.low, figure.high = figure.low + 0.5, figure.high + 0.5  # 三个半月
    return not (name.unit == "x" and m["unit"] != "倍" and _OFTEN.match(text, figure.end))


def _set_per(figure: Draft, m: re.Match[str], unit: str) -> None:
    per = units.named(m["per"])
    if per.unit not in rates.MASSES | rates.DURATIONS | rates.POWERS | rates.ENERGIES | {
        "vehicle",
        "km2",
        "m3",
    }:
        return
    if unit in rates.DURATIONS | {"%", "pp", "x"} or (unit == "count" and per.unit not in rates.DURATIONS):
        return
    if per.factor != 1.0 and unit not in units.currencies():
        return
    _divide(figure, per)
    figure.end = m.end("per")


def _divide(figure: Draft, per: units.UnitName) -> None:
    """Tell a figure per a unit, of which its spelling may mean several: 10 kg of a metric tonne unit."""
    figure.low, figure.high, figure.step = (v / per.factor for v in (figure.low, figure.high, figure.step))
    figure.unit, figure.many = f"{figure.unit}/{per.unit}", per.factor


def _meant(m: re.Match[str], text: str, n: Numeral) -> units.UnitName | None:
    """What a spelling means behind a number: pounds that are spent or that weigh, 台 of cars or motors."""
    name, spelling = units.named(m["unit"]), m["unit"]
    if (
        name.unit == "lb"
        and n.scale >= 1e6
        and not text.startswith(
            (" of rare", " of ore", " of magnet", " of NdPr", " of mater", " of neod"), m.end()
        )
    ):
        return units.UnitName("GBP", 1.0)  # 20 million pounds are spent, 20 pounds of magnets weigh
    if spelling == "ポンド" and n.value == 1.0 and _IN_DOLLARS.match(text, m.end()):
        return units.UnitName("lb", 1.0)
    if spelling == "ポンド" and n.scale == 1.0:
        around = text[max(0, m.start() - 40) : m.end() + 40]
        if _WEIGHT.search(around) and not _MONEY_TALK.search(around):
            return units.UnitName("lb", 1.0)
    if spelling == "MTPA" and n.value >= _MEGATONNES:
        return units.UnitName("t/year", 1.0)  # metric tonnes, as Indian ministries write
    if spelling == "p" and (m["gap"] or n.value >= 1000):
        return None
    if spelling == "度" and (n.value < 40 or m["middle"]):
        return None  # 3度目, 2度にわたり
    if spelling == "キロ" and (
        _FAR.match(text, m.end()) or _TOWARDS.search(text, max(0, n.start - 6), n.start)
    ):
        return units.UnitName("km", 1.0)
    if name.unit == "vehicle" and spelling == "台":
        return units.UnitName(_machines(text, m.start()), 1.0)
    return name


def _machines(text: str, place: int) -> str:
    """台 counts vehicles in Japanese where cars are spoken of last before it, else machines."""
    around = text[max(0, place - 200) : place + 30]
    if not _kana(around):
        return "count"
    head = text[max(0, place - 60) : place + 10]
    if not _MACHINES.search(head) and not _VEHICLES.search(head):
        return "count" if _MACHINES.search(text, max(0, place - 400), place + 200) else "vehicle"
    vehicles = max((m.start() for m in _VEHICLES.finditer(head)), default=-1)
    machines = max((m.start() for m in _MACHINES.finditer(head)), default=-1)
    return "vehicle" if vehicles >= machines else "count"


def _spurious(m: re.Match[str], text: str, n: Numeral, unit: str) -> bool:
    """Whether a number and what stands behind it are no figure."""
    spelling = m["unit"]
    if unit in rates.DURATIONS and (
        _IN_A_ROW.match(text, m.end()) or _RUN_OF.search(text[max(0, n.start - 4) : n.start])
    ):
        return True
    if _OF_COLUMN.fullmatch(text, max(0, n.start - 1), m.end() + 1):
        return True
    if unit in ("count", "person") and _ORDINAL.match(text, m.end()):
        return True
    if n.script == "han" and not n.least and not _han_figure(text, n, spelling, unit, m["middle"]):
        return True
    if n.script == "words" and (
        spelling == "x" or (spelling.isascii() and unit in ("t", "g", "m", "T", "pp") and len(spelling) < 3)
    ):
        return True
    if spelling in ("point", "points", "ポイント") and not _SHARES.search(
        text, max(0, m.start() - _SHARE_TALK), m.end() + _SHARE_TALK
    ):
        return True  # of an index, or of a talk
    # bare 年 and 月 behind digits are durations only where no date was found: 10年
    if n.script == "arabic" and (spelling == "月" or (spelling == "年" and n.value > 200)):
        return True
    if unit in ("count", "vehicle", "person"):
        if _PER_UNIT.match(text, m.end()) and (
            n.value == 1 or text[m.end() : m.end() + 1] in tuple("当あにご")
        ):
            return not (n.value > 1 and text[m.end() : m.end() + 1] in tuple("に"))
        # 一家, one car: "a"; 1台, what something is per; but 1社 counts
        return n.value == 1 and (n.script != "arabic" or spelling not in _COUNTED_ONE)
    return n.script == "han" and n.value == 1 and unit in rates.MASSES


_IN_A_ROW = re.compile("ぶり|連続|连续|続け[てる]|続き|続[落伸騰]|連騰")  # since when, or how often
_OF_COLUMN = re.compile(r"[(（][十百千万億亿]+[^\d()（）]{1,4}[)）]")  # 金額（百万円）
_ORDINAL = re.compile("目(?![標标的指録录])")  # １件目, 3社目
_RUN_OF = re.compile("连(?:续|跌|涨|升|降|增|减|亏)了?$|連続$")
_COUNTED_ONE = frozenset(
    ("社", "件", "工場", "車種", "カ所", "か所", "カ国", "鉱山", "拠点", "品目", "ライン", "job", "company")
)


def _han_figure(text: str, n: Numeral, spelling: str, unit: str, middle: str | None) -> bool:
    """Whether Han digits before a unit are a number, not part of a word: 三元, 一家, 十分, 四方."""
    written = text[n.start : n.end]
    if unit in units.currencies() and len(written) == 1:
        return False
    if unit in ("count", "vehicle", "person") and (n.value < 2 or text.startswith("个人", n.end)):
        return False
    if (
        spelling in ("日", "月", "m", "机", "機", "类")
        and not middle
        and text[n.end : n.end + 2] not in ("个半", "個半")
    ):
        return False
    if spelling == "年" and (n.value > 200 or text[n.end + 1 : n.end + 2] in "级"):
        return False
    if spelling == "T" or (spelling in ("国", "國") and n.value == 2):
        return False  # 两国 are "both", counted for nothing
    return not (
        n.start
        and text[n.start - 1] in "第统統唯万同单單每毎"
        and n.value < 10
        and spelling not in ("周", "个月")
    )


def _ranges(text: str, figures: list[Draft]) -> list[Draft]:
    """Joins two figures with a range's sign between: 4-6 weeks, 40%至50%, between 4 and 6."""
    joined: list[Draft] = []
    for figure in figures:
        if joined and (merged := _range(text, joined[-1], figure)):
            joined[-1] = merged
        else:
            joined.append(figure)
    return joined


def _range(text: str, a: Draft, b: Draft) -> Draft | None:
    between = text[a.end : b.start]
    if len(between) > 6 or not _SEPARATOR.fullmatch(between) or a.low != a.high or b.low != b.high:
        return None
    word = between.strip().lower()
    if _two_durations(text, a, b, word):
        b = _told_in(a.unit, b)
    elif not _of_a_kind(a, b, word):
        return None
    low, step = _in_units_of(a, b)
    unit = b.unit or a.unit
    head = text[max(0, a.start - 80) : a.start]
    if not _joins(word, a, b, head) or low >= b.high:
        return None
    moved = _FROM_EN.search(head) and _MOVED.search(head) and not _FROM_RANGE.search(head)
    if word in ("to", "至", "到") and (_by_so_much(a, b, head) or moved):
        # From one level to another, by so much to a level: two figures.
        if not a.unit or unit.startswith(a.unit + "/"):
            a.unit = unit
        a.low, a.high = low, low
        return None
    if word == "から" and _LEAD.match(text, b.end) and not _VARIED_JA.match(text, b.end):
        return None
    return replace(b, low=low, start=a.start, step=min(step, b.step), unit=unit, approx=a.approx or b.approx)


def _two_durations(text: str, a: Draft, b: Draft, word: str) -> bool:
    """Say whether two times of different units are the ends of one range: two weeks to three months.

    从 … 到 may be a change as well; 不等 behind it says that it is none.
    """
    if a.unit == b.unit or not {a.unit, b.unit} <= rates.DURATIONS or word in ("or", "、"):
        return False
    moves = word in ("至", "到") and text[a.start - 1 : a.start] in ("从", "由", "自")
    return not moves or bool(_VARIED_ZH.match(text, b.end))


def _told_in(unit: str, figure: Draft) -> Draft:
    """A time in another unit, to the whole: three months are 13 weeks."""
    low, high, step = (units.convert(v, figure.unit, unit) for v in (figure.low, figure.high, figure.step))
    return replace(figure, low=float(round(low)), high=float(round(high)), step=step, unit=unit)


def _by_so_much(a: Draft, b: Draft, head: str) -> bool:
    """Whether a is a change and b the level after it: by $43.6bn to $419.2bn; not by 40% to 50%."""
    if not a.unit or a.unit in ("%", "pp", "x") or b.low <= 1.5 * a.low:
        return False
    return bool(_BY.search(head) or (b.low > _FAR_APART * a.low and _BY_ZH.search(head)))


def _of_a_kind(a: Draft, b: Draft, word: str) -> bool:
    if a.unit in ("", b.unit) or (a.unit in units.currencies() and b.unit.startswith(a.unit + "/")):
        return bool(b.unit or a.unit) or word not in ("and", "or", "と", "、")
    if a.unit == "count" and b.unit:
        return True  # "5 to 7 plants" read as five of something
    return a.unit in units.currencies() and not b.unit and word in ("-", "~", "to", "至", "到")


def _in_units_of(a: Draft, b: Draft) -> tuple[float, float]:
    """The first end of a range and its step, by the multiplier and the unit of the second: 3-5万, 3-5 kt."""
    if (
        a.scale == 1.0
        and b.scale > 1.0
        and a.low < b.coefficient
        and (not a.unit or a.unit in units.currencies())
    ):
        return a.low * b.scale, a.step * b.scale
    bare = not a.unit or a.unit in units.currencies()
    if bare and b.unit and b.script == "arabic" and b.coefficient > 0 and a.low <= b.coefficient * b.scale:
        ratio = b.low / (b.coefficient * b.scale)
        return a.low * ratio, a.step * ratio
    return a.low, a.step


def _joins(word: str, a: Draft, b: Draft, head: str) -> bool:
    if word in ("and", "と"):
        return bool(_BETWEEN.search(head))
    if word in ("or", "、"):
        return b.low == a.low + 1 and b.low < 13 and not a.unit
    return True


def _mention(text: str, f: Draft) -> QuantityMention:
    approx = f.approx or approximation(text, f)
    low: float | None = f.low
    high: float | None = f.high
    if f.unit == "x" and not f.changed and text[f.end - 1] == "倍":
        head = text[max(0, f.start - 8) : f.start]
        if _INCREASE_CJK.search(head) and not _kana(text[max(0, f.start - 40) : f.end + 40]):
            low, high = f.low + 1, f.high + 1  # 增长两倍 is three times as much
    if f.low != f.high:
        approx = approx if approx in ("about", "nearly") else ""
    elif approx in ("over", "at least"):
        high = None
    elif approx in ("under", "at most"):
        low = None
    elif rung := _RUNG.match(text, f.end):
        low, high = _rung(f, rung["part"])
    return QuantityMention(Quantity(low, high, f.unit, approx), f.start, f.end, f.step, f.changed)


def _rung(f: Draft, part: str | None) -> tuple[float, float]:
    """9,000トン台 is 9,000 to 10,000, 600ドル台後半 650 to 700."""
    size = f.step
    while f.low and f.low % (size * 10) == 0:
        size *= 10
    low, high = f.low, f.low + size
    if part == "後半":
        low += size / 2
    elif part == "前半":
        high -= size / 2
    return low, high
