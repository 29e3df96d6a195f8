"""Figures in running text: numerals with their units, ranges, bounds and approximations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from mine2magnet.claims import times, units
from mine2magnet.claims.numerals import Numeral, han, narrow, numerals
from mine2magnet.model import Quantity

LONGEST = 20_000  # characters read at a time: a cost per figure that does not grow with the text


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


# Words at a figure's front and back that loosen it, by what they make of it.
_BEFORE = {
    "about": "about|around|roughly|approximately|approx.|some|circa|ca.|an estimated|estimated|in the "
    "region of|"
    "somewhere around|~|约|大约|约为|大概|估计|左右|約|およそ|おおよそ|ざっと",
    "nearly": "nearly|almost|close to|just under|just shy of|近|将近|接近|近乎|ほぼ|近く",
    "over": "over|more than|above|exceeding|exceeds|exceed|exceeded|in excess of|upwards of|greater than|"
    "topped|tops|"
    "topping|surpassed|surpassing|just over|well over|north of|higher than|beyond|>|"
    "超过|超過|超|逾|超出|突破|多于|高于|大于|高出|不止|越过",
    "at least": "at least|no less than|not less than|no fewer than|a minimum of|minimum of|≥|>=|"
    "至少|不低于|不少于|起码|最少|少说也要|不下|少なくとも|最低でも",
    "under": "under|less than|fewer than|below|short of|barely|lower than|<|"
    "不到|不足|低于|少于|小于|未达|未满|跌破|降破",
    "at most": "up to|as much as|as many as|at most|no more than|not more than|a maximum of|maximum of|"
    "not exceed|not exceeding|"
    "≤|<=|最多|至多|不超过|不得超过|不多于|不高于|最大で|最大|最高で|多くとも|せいぜい",
}
_AFTER = {
    "about": "左右|上下|前后|程度|前後|ほど|ぐらい|くらい|or so|规模|規模|見当",
    "nearly": "弱|近く",
    "over": "多|余|餘|强|強|超|余り|あまり|を超え|を上回|を突破|超え|を越え|plus",
    "at least": "以上|or more|or higher|或以上|\\+",
    "under": "未満|未满|を下回|に満たな|に満たず|に届かな|足らず|を割",
    "at most": "以下|以内|or less|or fewer|まで性能",
}
_FILLER = r"(?:\s|的|了|占|为|達|达|至|到|a |the |mere |only |just )"
_MIDDLE = {"多": "over", "余": "over", "餘": "over", "余り": "over", "几": "over", "数": "over", "强": "over"}

_FRACTION_WORDS = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
}  # fmt: skip
_SMALL = "one|two|three|four|five|six|seven|eight|nine|ten"
_SMALL_VALUES = {word: i for i, word in enumerate(_SMALL.split("|"), 1)} | {"a": 1, "an": 1}
_HAN_NUMBER = "(?<![0-9])[0-9]{1,6}|[一二两三四五六七八九十百]{1,6}"
_TENTH = r"[0-9]{1,2}(?:\.[0-9]+)?|[一二两三四五六七八九十]|[一二两三四五六七八九][、~-]?[一二三四五六七八九]"

# Figures that are not a numeral before a unit.
_SPECIAL = re.compile(
    rf"(?P<percent_of>(?P<pof>[百千万萬])分之(?P<po>[零〇一二两三四五六七八九十百点]{{1,12}}|[0-9.]{{1,12}}))"
    rf"|(?P<fraction>(?P<below>{_HAN_NUMBER})分(?:之|の)(?P<above>{_HAN_NUMBER}))"
    rf"|(?P<tenths>(?<![0-9第])(?P<tenth>{_TENTH})(?:[-~至到](?P<tenth2>{_TENTH}))?(?P<tunit>成|割)"
    r"(?P<rest>[半一二三四五六七八九]|[0-9一二三四五六七八九]分)?(?![立为功員员本長长交果熟型品合]|引(?!き))(?![一-龥]?安))"
    rf"|(?P<en_fraction>\b(?P<enum>{_SMALL}|an?)[ -](?P<eden>half|third|quarter|fourth|fifth|sixth|seventh|"
    rf"eighth|ninth|tenth)s?\b"
    r"(?=\s(?:of|the|less|more|higher|lower|cheaper|in)\b|[,.;]|$))"
    r"|(?P<en_half>(?<![a-z]-)(?<!first )(?<!second )\bhalf(?=\s(?:of\s(?!\d{4})|the\s|its\s|their\s|"
    r"have\b|were\b|are\b|that\b)|[,.;]|$))"
    rf"|(?P<ratio>\b(?P<rn>{_SMALL}|[1-9])\s(?:in|out\sof(?:\severy)?|of\severy)\s(?P<rd>{_SMALL}|"
    rf"[2-9]|10)\b(?!\s(?:million|thousand|percent|%|weeks|months|years|days)))"
    r"|(?P<ja_ratio>(?<![0-9])(?P<jd>[0-9]{1,6})(?P<jc>社|人|台|件|つ|割|個)に(?P<jn>[0-9]{1,6})(?P=jc))"
    r"|(?P<cjk_half>一半|过半数?|過半数?|半数|半分)(?!以上)|(?P<over_half>半数以上|一半以上|(?<!最)大半)"
    r"|(?P<half_year>(?<![上下个個])半(?P<hyu>年|个月|個月|月|ヶ月|カ月)(?![报報度線线]))"
    r"|(?P<halved>\b(?:halv(?:ed|ing|e|es)|cut in half|fell by half)\b|"
    r"减半|減半|半减|半減|腰斩|腰斬|削减一半|减少一半|下降一半|缩减一半)"
    r"|(?P<doubled>\b(?:doubl(?:ed|ing|es)|double(?=\s(?:that|the|its|their|by|in|from|to|output|"
    r"production|capacity)|[.,;]))\b"
    r"|翻倍|翻番|翻了?一番|倍增|翻了一倍|翻一倍|倍増)"
    r"|(?P<tripled>\b(?:tripl(?:ed|ing|es)|trebl(?:ed|ing|es)|triple(?=\s(?:that|the|its|by|in|from|to)|"
    r"[.,;]))\b)"
    r"|(?P<quadrupled>\b(?:quadrupl(?:ed|ing|es?))\b|翻了?两番)|(?P<eightfold>翻了?三番)"
    r"|(?P<twice>\btwice(?=\s(?:as|the|that|its|what|last)))"
    r"|(?P<single>(?<=for )(?P<half1>half )?an? (?P<su1>day|week|month|year|decade)\b"
    r"|(?:(?<=than )|(?<=over )|(?<=nearly )|(?<=almost )|(?<=about )|(?<=under )|(?<=least )|(?<=within )|"
    r"(?<=takes )|(?<=took )|(?<=take ))"
    r"(?P<half2>half )?an? (?P<su2>day|week|month|year|decade)\b(?!\s(?:ago|earlier|before)))",
    re.IGNORECASE,
)
_FACTORS = {"halved": 0.5, "doubled": 2.0, "tripled": 3.0, "quadrupled": 4.0, "eightfold": 8.0, "twice": 2.0}
_INCREASE_CJK = re.compile(
    r"(?:涨幅|增幅|增长|增加|上涨|上升|提高|提升|增|涨|攀升|扩大|多)(?:了|约|近|超过|逾|达|超|高达|将)*$"
)
_HIGHER = re.compile(r"(?:\s?(?:higher|more expensive))\b", re.IGNORECASE)

_CURRENCY_SIGN = re.compile(
    r"(?P<sign>US\$|A\$|AU\$|C\$|CA\$|NZ\$|RMB|CNY|USD|EUR|JPY|AUD|CAD|GBP|KRW|INR|\$|€|£|¥|人民币|美元|日元)\s?$"
)
_SIGNS = {
    "US$": "USD", "$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "RMB": "CNY", "€": "EUR",
    "£": "GBP", "人民币": "CNY", "美元": "USD", "日元": "JPY",
}  # fmt: skip
_CURRENCIES = {"USD", "CNY", "EUR", "JPY", "AUD", "CAD", "GBP", "KRW", "INR"}
_MASSES = {"t", "kg", "g", "lb", "t REO"}
_RATED = _MASSES | _CURRENCIES | {"vehicle", "kWh", "MWh", "GWh", "TWh"}
_ENERGIES = {"kWh", "MWh", "GWh"}
_DURATIONS = {"hour", "day", "week", "month", "year"}

_PER = r"\s?(?:/|／|\bper\b|\bfor each\b|\bfor every\b|\ba\b|\ban\b|\bone\b|每|毎|per-)\s?(?:metric\s)?"
_YEARLY = re.compile(
    r"\s?(?:per annum|annually|p\.a\.|pa\b|tpa\b|each year|every year|yearly|/(?:a|y|yr)\b|-(?:a|per)-year)",
    re.IGNORECASE,
)
_OF_ANNUAL = re.compile(r"\sof\s(?:annual|yearly)\b")
_TPA = re.compile(r"\s?(?:tpa|tpy|mtpa)\b", re.IGNORECASE)
_CJK_PER_BEFORE = re.compile(r"(?:每|毎)(?P<unit>公斤|千克|公吨|吨|克|kg|キロ|トン)(?:[^\W\d]{0,6})$")
_RATE_BEFORE = re.compile(
    r"(?P<rate>(?<![0-9])(?:(?<![去今昨明前同])年(?:产能?力?|产量|産能力?|産|間|间|化|处理|処理|用电|生産能力|供应|需求)|每年|毎年|月産|月产|月(?:间|間|处理|処理)|每月|毎月|"
    r"1日|每天|每日|毎日|一天|(?:能力|生産|产能|产量)[をはが]?年|(?<=[、にでをがはとのら])[年月](?=約?$)))(?:[^\W\d]{0,12})$"
)
_RATE_BEFORE_EN = re.compile(
    r"\b(?:annual(?:ly)?|yearly)\b(?:\s(?!share|consumption)[a-z-]+){0,4}\s(?:of|to|at|is|was|"
    r"reaching)\s(?:about |around |roughly |over |more than |up to )?$",
    re.IGNORECASE,
)
_RATE_AFTER_EN = re.compile(
    r"\s(?:of\s)?(?:[A-Za-z-]+\s){1,5}(?:(?:a|per|each|every)\s(?P<period>year|month|week|day)|annually)\b",
    re.IGNORECASE,
)
_ORDINAL_EN = re.compile(
    r"\b(?:top|first|last|next|past|previous|another|these|those|other)\s$", re.IGNORECASE
)
_INDEFINITE = re.compile(r"[数几幾若好第上]$")
# "Model 3 uses magnets": what follows the number is no noun
_VERBS = "(?:uses|has|was|is|does|needs|contains|costs|weighs|carries|takes|gets|makes|says|comes|goes|holds)"
_COUNT_NOUN = re.compile(
    rf"\s(?!{_VERBS}\b)"
    r"(?:of the\s(?:[0-9]+|[a-z]+)\s)?(?:[a-z]+(?:-[a-z]+)*\s){0,2}?(?P<noun>companies|firms|plants|"
    r"mines|factories|refineries|projects|licences|licenses|"
    r"permits|applications|suppliers|producers|manufacturers|makers|countries|nations|states|materials|"
    r"minerals|metals|elements|"
    r"types|kinds|grades|sites|facilities|items|products|orders|contracts|deposits|bidders|customers|"
    r"countries|"
    r"lines|furnaces|magnets|motors|turbines|units|ships|submarines|jets|fighters|aircraft|missiles|robots|"
    r"shipments|"
    r"deals|agreements|members|buyers|traders|analysts|executives|rounds|tranches|carmakers|automakers|"
    r"models|"
    r"smelters|separators|stages|patents|studies|batches|shares|tests|groups|investors|entities|exporters|"
    r"importers)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?<![.!?\"“] )(?<!^)\b(?!The |Of |In |Only |Some |About |All |At |By |Nearly |These )[A-Z][A-Za-z]+ $"
)  # Model 3
_PLURAL = re.compile(rf"\s(?!{_VERBS}\b)(?:[a-z]+\s)?[a-z]{{3,}}s\b(?<!ss)(?<!us)(?<!is)", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s?(?:-|~|至|到|から|乃至|\bto\b|\band\b|\bor\b|と|、)\s?")
_BETWEEN = re.compile(r"\bbetween\s(?:[a-z]+\s){0,2}[A-Z]{0,3}[$€£¥]?$|介于[^\d]{0,3}$")
_MOVED = re.compile(
    r"\b(?:r[oi]se[ns]?|rising|fell|fall(?:en|s|ing)?|drop\w*|climb\w*|increas\w*|gr[eo]wn?\w*|stretch\w*|"
    r"slip\w*|mov\w*|jump\w*|"
    r"surg\w*|soar\w*|declin\w*|cut|rais\w*|up|down|went|gone|improv\w*|expand\w*|double\w*|lift\w*|"
    r"lower\w*|widen\w*|shr[aiu]nk\w*|slump\w*|plung\w*)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
_OFTEN = re.compile(r"\s(?:a|per|each|every)\s(?:day|week|month|year)\b")  # three times a week
_SHARE_TALK = 120  # characters around "points" in which a share or a rate is spoken of
_SHARES = re.compile(r"%|percent|share|rate|シェア|率|割合|比率|度|份额|占比", re.IGNORECASE)
_BY_TERMS = re.compile(r"under (?:a|the)\b")  # under a 72.8 billion rupee scheme
_RAMPED = re.compile(r"\b(?:ramp|scal|step|build|mov|go|push|ris|rais|climb|speed)\w* up to\s\D{0,4}$")
_LISTED = re.compile(r"(?:\sin\s(?:[A-Z]\w+|\d{4}))?(?:,|,?\sand)\s(?:[A-Z][\w'-]*\s){0,3}")
_LIKE = re.compile(
    r",?\s(?:[a-z]+,?\s){0,4}?(?:instead of|rather than|up from|down from|compared (?:with|to)|versus|vs\.?|"
    r"against|not|to)\s(?:about\s|just\s|only\s|nearly\s|over\s|more than\s|at least\s)?",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"\s(?!and\b|or\b|in\b|a\b|per\b|last\b|earlier\b|for\b|at\b|on\b|the\b|before\b|previously\b|now\b)[a-z]"
)
_PER_MASS = re.compile(
    r"(?P<aside>\s?\([^()]{1,30}\)|\))?(?:/|\sper\s|\sa\s)(?P<per>kg|kilogram|kilo|t|tonne|ton|lb|pound)\b"
)
_FROM_EN = re.compile(r"\bfrom\s(?:[a-z]+\s){0,2}[A-Z]{0,3}[$€£¥]?$")
_LEAD = re.compile(r"(?:へ|に(?!わた|及)|まで(?!に))")  # 60日から180日に: two levels
_PER_UNIT = re.compile(r"\s?(?:当たり|当り|あたり|につき|ごと)")


@cache
def _before() -> re.Pattern[str]:
    groups = []
    for i, words in enumerate(_BEFORE.values()):
        alternatives = sorted(words.split("|"), key=len, reverse=True)
        parts = [(r"\b" if w[0].isascii() and w[0].isalpha() else "") + re.escape(w) for w in alternatives]
        groups.append(f"(?P<k{i}>{'|'.join(parts)})")
    return re.compile(rf"(?:{'|'.join(groups)}){_FILLER}{{0,3}}[A-Z]{{0,3}}[$€£¥]?\s?$", re.IGNORECASE)


@cache
def _after() -> re.Pattern[str]:
    groups = [
        f"(?P<k{i}>{'|'.join(sorted(w.split('|'), key=len, reverse=True))})"
        for i, w in enumerate(_AFTER.values())
    ]
    return re.compile(rf"\s?(?:{'|'.join(groups)})(?![A-Za-z])", re.IGNORECASE)


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<gap>[\s-]{{0,2}})(?P<middle>余り|[多余餘几数强])?(?P<half>[个個]半(?=[月周年小]))?(?P<unit>{units.pattern()})"
        rf"(?:{_PER}(?P<per>{units.pattern()})(?!\s(?:ago|earlier|before|later|after|old)))?"
    )


@dataclass(slots=True)
class _Figure:
    """A number and its unit, before ranges and approximations are told."""

    low: float
    high: float
    unit: str
    start: int
    end: int
    step: float
    scale: float = 1.0
    approx: str = ""
    changed: bool = False
    script: str = "arabic"
    coefficient: float = 0.0


def quantities(text: str) -> list[QuantityMention]:
    """Return every figure in a Chinese, English or Japanese text, with its unit, left to right.

    Numbers without a unit are given too, with unit "". Dates, ordinals, citations, times of day, phone
    numbers and
    numbers that are part of a name are not figures. Time is linear in the text's length.

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


def measured(text: str, known: Sequence[times.Time]) -> list[QuantityMention]:
    """Return the `quantities` of a narrowed text whose times are known.

    Parameters
    ----------
    text : str
        As `numerals.narrow` gives it.
    known : sequence of Time
        The times named in it.
    """
    figures = sorted((*_specials(text), *_plain(text)), key=lambda f: (f.start, -f.end))
    taken = _without_overlap(figures, known)
    joined = _ranges(text, taken)
    for figure in joined:
        if figure.unit in _RATED:
            _rate(figure, text)
    for a, b in pairwise(joined):
        if b.unit or not a.unit or _NOUN.match(text, b.end):
            continue
        listed = _LISTED.fullmatch(text, a.end, b.start) and (a.unit in _MASSES | {"%"})
        if listed or _LIKE.fullmatch(text, a.end, b.start):
            b.unit = a.unit  # "60 days instead of 45", "India 2,900 tonnes, Russia 2,500"
    for f in joined:
        if f.unit in _CURRENCIES and (per := _PER_MASS.match(text, f.end)):
            f.unit += "/" + units.named(per["per"]).unit  # "$205-215/kg", "700 yuan ($98) a kilo"
            f.end = f.end if per["aside"] else per.end()
    priced = _unit_prices(text, joined)
    return [_mention(text, f) for f in priced if f.unit or f.script == "arabic"]


def _without_overlap(figures: list[_Figure], known: Sequence[times.Time]) -> list[_Figure]:
    kept: list[_Figure] = []
    i, last = 0, 0
    for figure in figures:
        while i < len(known) and known[i].end <= figure.start:
            i += 1
        if figure.start < last or (i < len(known) and known[i].start < figure.end):
            continue
        kept.append(figure)
        last = figure.end
    return kept


def _specials(text: str) -> list[_Figure]:
    figures = []
    for m in _SPECIAL.finditer(text):
        if figure := _special(m, text):
            figures.append(figure)
    return figures


def _special(m: re.Match[str], text: str) -> _Figure | None:
    start, end = m.span()
    kind = next(name for name in _KINDS if m[name])
    if kind in _FACTORS:
        factor = _FACTORS[kind]
        return _Figure(factor, factor, "x", start, end, 1.0, changed=kind != "twice")
    if kind == "half_year":
        unit = "year" if m["hyu"] == "年" else "month"
        return _Figure(0.5, 0.5, unit, start, end, 0.5)
    if kind == "single":
        name = units.named((m["su1"] or m["su2"]).lower())
        value = name.factor * (0.5 if m["half1"] or m["half2"] else 1.0)
        return _Figure(value, value, name.unit, start, end, name.factor)
    low = high = 50.0
    step, approx = 1.0, ""
    if kind == "percent_of":
        told = float(m["po"]) if m["po"].replace(".", "", 1).isdigit() else han(m["po"])
        low = high = told * {"百": 1.0, "千": 0.1}.get(m["pof"], 0.01)
    elif kind == "fraction":
        below, above = _whole(m["below"]), _whole(m["above"])
        if not below or above > below:
            return None
        low = high = 100.0 * above / below
    elif kind == "tenths":
        low, high = _tenths(m)
        if high > 100 or (m["tunit"] == "割" and "割" in text[end : end + 2]):
            return None
        step = 1.0 if m["rest"] else 10.0
    elif kind == "en_fraction":
        low = high = 100.0 * _SMALL_VALUES[m["enum"].lower()] / _FRACTION_WORDS[m["eden"].lower()]
        if low > 100 or (m["eden"].lower() == "quarter" and text[start:].startswith(("the ",))):
            return None
    elif kind == "ratio":
        above, below = (_SMALL_VALUES.get(v.lower()) or _int(v) for v in (m["rn"], m["rd"]))
        if not 0 < above < below:
            return None
        low = high = 100.0 * above / below
    elif kind == "ja_ratio":
        below, above = int(m["jd"][:9]), int(m["jn"][:9])
        if not 0 < above < below:
            return None
        low = high = 100.0 * above / below
    elif kind == "over_half" or m["cjk_half"] in ("过半", "過半", "过半数", "過半数"):
        approx = "over"
    if kind == "cjk_half" and text[end : end + 1] in "导導年天":
        return None
    return _Figure(low, high, "%", start, end, step, approx=approx)


_KINDS = (
    "percent_of", "fraction", "tenths", "en_fraction", "en_half", "ratio", "ja_ratio", "cjk_half",
    "over_half", "halved", "doubled", "tripled", "quadrupled", "eightfold", "twice", "single", "half_year",
)  # fmt: skip


def _int(written: str) -> int:
    return int(written[:9]) if written.isdigit() else 0


def _whole(written: str) -> float:
    return float(written[:9]) if written.isdigit() else han(written)


def _tenths(m: re.Match[str]) -> tuple[float, float]:
    """成 and 割 are tenths: 九成五 is 95 %, 三四成 is 30-40 %."""
    written = m["tenth"]
    ends = [c for c in written if c not in "、~-"]
    if written[0].isdigit() or len(ends) == 1:
        low = high = 10.0 * (float(written) if written[0].isdigit() else han(written))
    else:
        low, high = 10.0 * han(ends[0]), 10.0 * han(ends[-1])
    if m["tenth2"]:
        high = 10.0 * (float(m["tenth2"]) if m["tenth2"][0].isdigit() else han(m["tenth2"]))
    if rest := m["rest"]:
        digit = rest[0]
        extra = 5.0 if digit == "半" else float(digit) if digit.isdigit() else han(digit)
        low, high = low + extra, high + extra
    return (low, high) if low <= high else (low, low)


def _plain(text: str) -> list[_Figure]:
    figures = []
    for number in numerals(text):
        figures += _figures(text, number)
    return figures


def _figures(text: str, n: Numeral) -> list[_Figure]:
    start, end = n.start, n.end
    before = text[max(0, start - 12) : start]
    if _INDEFINITE.search(before) and n.script == "han":
        return []
    low, high = n.value, n.value
    if n.script == "han" and (pair := _neighbours(text[start:end])):
        low, high = pair
    coefficient = n.value / n.scale
    figure = _Figure(low, high, "", start, end, n.step, n.scale, script=n.script, coefficient=coefficient)
    sign = _CURRENCY_SIGN.search(before)
    if sign:
        figure.unit = _currency(sign["sign"], text)
        figure.start = start - len(before) + sign.start()
        if per := re.match(
            rf"{_PER}(?P<per>{units.pattern()})(?!\s(?:ago|earlier|before|later))", text[end : end + 40]
        ):
            figure.unit += "/" + units.named(per["per"]).unit
            figure.end = end + per.end()
        elif n.script == "arabic" and text[end : end + 1].isascii() and text[end : end + 1].isalpha():
            return []
    elif m := _unit().match(text, end):
        if not _set_unit(figure, m, text, n):
            return []
    elif n.script != "arabic":
        if n.script == "words" and _COUNT_NOUN.match(text, end) and n.value >= 2:
            figure.unit = "count"
    elif re.match(r"-?[A-Za-z_]", text[end : end + 2]) or _INDEFINITE.search(before[-1:]):
        if not re.match(r"-[a-z]", text[end : end + 2]):
            return []
    elif (
        _COUNT_NOUN.match(text, end)
        or (
            n.value == int(min(n.value, 1e15))
            and _PLURAL.match(text, end)
            and not _NAMED.search(text[max(0, start - 24) : start])
        )
        or re.match(r" (?:of|out of)(?: the| all)? [0-9]+ [a-z]", text[end : end + 24])
    ):
        figure.unit = "count"
    if (
        figure.unit == "day"
        and n.value == 1
        and re.match("(?:当たり|あたり)?(?:約|最大|平均)?[0-9]", text[figure.end : figure.end + 6])
    ):
        return []  # 1日350トン: what it is per
    if figure.unit == "count" and (_ORDINAL_EN.search(before) or (n.value < 2 and n.script != "arabic")):
        return []
    negative = text[figure.start - 1 : figure.start] if figure.start else ""
    if negative in ("-", "▲", "△") and (
        negative != "-" or figure.start == 1 or text[figure.start - 2] in " (:：,，、;"
    ):
        figure.low, figure.high, figure.start = -figure.high, -figure.low, figure.start - 1
    return [figure]


def _currency(sign: str, text: str) -> str:
    """¥ is the yen where the text speaks Japanese, else the yuan where it speaks Chinese, else the yen."""
    if sign == "¥":
        kana = any("\u3041" <= c <= "\u30ff" for c in text[:200])
        return "JPY" if kana or text[:200].isascii() else "CNY"
    return _SIGNS.get(sign, sign)


def _neighbours(written: str) -> tuple[float, float] | None:
    """两三 is two to three, 十五六 fifteen to sixteen."""
    digits = "零一二三四五六七八九"
    plain = written.replace("两", "二")
    if len(plain) == 2 and all(c in digits for c in plain):
        a, b = digits.index(plain[0]), digits.index(plain[1])
        if b == a + 1 and a:
            return float(a), float(b)
    return None


def _set_unit(figure: _Figure, m: re.Match[str], text: str, n: Numeral) -> bool:
    """Gives a figure the unit found behind it; False where the two are not a figure."""
    name = units.named(m["unit"])
    spelling = m["unit"]
    if n.script == "han" and not _han_figure(text, n, spelling, name.unit, m["middle"]):
        return False
    if (
        n.script == "words"
        and spelling.isascii()
        and name.unit in ("t", "g", "m", "T", "pp")
        and len(spelling) < 3
    ):
        return False
    if spelling == "x" and n.script == "words":
        return False
    if name.unit == "lb" and n.scale >= 1e6 and not text.startswith(" of ", m.end()):
        name = units.UnitName("GBP", 1.0)  # 20 million pounds are spent, 20 pounds of magnets weigh
    around = text[max(0, m.start() - _SHARE_TALK) : m.end() + _SHARE_TALK]
    if spelling in ("point", "points", "ポイント") and not _SHARES.search(around):
        return False  # of an index, or of a talk
    # bare 年 and 月 behind digits are durations only where no date was found: 10年
    if n.script == "arabic" and (spelling == "月" or (spelling == "年" and n.value > 200)):
        return False
    if _PER_UNIT.match(text, m.end()) and name.unit in ("vehicle", "count", "person"):
        return False
    end = m.end("unit")
    if (
        name.unit in ("count", "vehicle", "person")
        and n.value == 1
        and (n.script != "arabic" or not spelling.isascii())
    ):
        return False  # 1台, 一家, one car: what something is per, or "a"
    if n.script == "han" and n.value == 1 and name.unit in _MASSES:
        return False
    if (
        name.unit == "vehicle"
        and spelling == "台"
        and not any("\u3041" <= c <= "\u30ff" for c in text[max(0, m.start() - 200) : m.end() + 200])
    ):
        name = units.UnitName("count", 1.0)
    figure.unit = name.unit
    figure.low, figure.high = figure.low * name.factor, figure.high * name.factor
    figure.step *= name.factor
    if m["middle"]:
        figure.approx = _MIDDLE[m["middle"]]
    if m["per"]:
        per = units.named(m["per"])
        plain = per.unit in _MASSES | _DURATIONS | {"MW", "kW", "kWh", "MWh", "vehicle", "km2"}
        if plain and per.factor == 1.0 and name.unit not in _DURATIONS | {"%", "pp", "x", "count"}:
            figure.unit, end = f"{name.unit}/{per.unit}", m.end("per")
        elif plain and per.factor == 1000 and name.unit in _CURRENCIES:
            figure.unit, end = f"{name.unit}/t", m.end("per")
    figure.end = end
    if (
        name.unit in _DURATIONS
        and text[end : end + 1] == "半"
        and text[end + 1 : end + 2] not in ("导", "導", "数")
    ):
        figure.low, figure.high, figure.end = figure.low + 0.5, figure.high + 0.5, end + 1  # 一年半
    if m["half"]:
        figure.low, figure.high = figure.low + 0.5, figure.high + 0.5  # 三个半月
    return not (name.unit == "x" and spelling != "倍" and _OFTEN.match(text, end))


def _han_figure(text: str, n: Numeral, spelling: str, unit: str, middle: str | None) -> bool:
    """Whether Han digits before a unit are a number, not part of a word: 三元, 一家, 十分, 四方."""
    written = text[n.start : n.end]
    if unit in _CURRENCIES and len(written) == 1:
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


def _rate(figure: _Figure, text: str) -> None:
    """Adds the time or thing that a figure is per, where words beside it tell: 年产2万吨, 1,500 tpa."""
    if "/" in figure.unit:
        return
    if figure.unit in _MASSES and _OF_ANNUAL.match(text, figure.end):
        figure.unit += "/year"
        return
    tail = text[figure.end : figure.end + 16]
    if yearly := _YEARLY.match(tail):
        figure.unit, figure.end = figure.unit + "/year", figure.end + yearly.end()
        return
    if figure.unit not in _CURRENCIES and (later := _RATE_AFTER_EN.match(text, figure.end)):
        figure.unit += "/" + (later["period"] or "year").lower()
        return
    head = text[max(0, figure.start - 24) : figure.start]
    if figure.unit in _CURRENCIES | _ENERGIES and (m := _CJK_PER_BEFORE.search(head)):
        per = units.names().get(m["unit"])
        if per and per.unit in _MASSES:
            figure.unit += "/" + per.unit
            return
    if figure.unit in _CURRENCIES:
        return
    if m := _RATE_BEFORE.search(head):
        rate = m["rate"]
        period = "day" if "日" in rate or "天" in rate else "month" if "月" in rate else "year"
        figure.unit += "/" + period
    elif "nnual" in (longer := text[max(0, figure.start - 80) : figure.start]) and _RATE_BEFORE_EN.search(
        longer
    ):
        figure.unit += "/year"


def _ranges(text: str, figures: list[_Figure]) -> list[_Figure]:
    """Joins two figures with a range's sign between: 4-6 weeks, 40%至50%, between 4 and 6."""
    joined: list[_Figure] = []
    for figure in figures:
        if joined and (merged := _range(text, joined[-1], figure)):
            joined[-1] = merged
        else:
            joined.append(figure)
    return joined


def _range(text: str, a: _Figure, b: _Figure) -> _Figure | None:
    between = text[a.end : b.start]
    if len(between) > 6 or not _SEPARATOR.fullmatch(between) or a.low != a.high or b.low != b.high:
        return None
    word = between.strip().lower()
    if a.unit not in ("", b.unit) and not (a.unit in _CURRENCIES and b.unit.startswith(a.unit + "/")):
        counted = a.unit == "count" and b.unit  # "5 to 7 plants" read as five of something
        money = a.unit in _CURRENCIES and not b.unit and word in ("-", "~", "to")
        if not counted and not money:
            return None
    if not b.unit and not a.unit and word in ("and", "or", "と", "、"):
        return None
    low, step = a.low, a.step
    if a.scale == 1.0 and b.scale > 1.0 and a.low < b.coefficient and (a.unit in ("", *_CURRENCIES)):
        low, step = a.low * b.scale, a.step * b.scale  # 3-5万 is 30,000 to 50,000
    elif not a.unit and b.unit and b.script == "arabic" and a.low <= b.low and b.coefficient:
        ratio = b.low / (b.coefficient * b.scale)
        low, step = a.low * ratio, a.step * ratio  # the unit's own factor: 3-5 kt
    unit = b.unit or a.unit
    head = text[max(0, a.start - 80) : a.start]
    if word in ("and", "と") and not _BETWEEN.search(head):
        return None
    if word in ("or", "、") and not (b.low == a.low + 1 and b.low < 13 and not a.unit):
        return None
    if low >= b.high:
        return None
    if word == "to" and _FROM_EN.search(head) and _MOVED.search(head):
        a.unit = unit  # from one level to another: two figures
        return None
    if word == "から" and _LEAD.match(text, b.end):
        return None
    return replace(b, low=low, start=a.start, step=min(step, b.step), unit=unit, approx=a.approx or b.approx)


def _unit_prices(text: str, figures: list[_Figure]) -> list[_Figure]:
    """1キロ900ドル, 1トン当たり40万元, 1日350トン: a single unit before a figure is what it is per."""
    priced: list[_Figure] = []
    for figure in figures:
        if (
            priced
            and (a := priced[-1]).low == a.high == 1.0
            and a.unit in _MASSES | _DURATIONS | {"MW", "GW"}
        ):
            between = text[a.end : figure.start]
            joined = re.fullmatch(
                r"\s?(?:当たり|当り|あたり|につき|で|=)?(?:約|およそ|最大|平均)?\s?", between
            )
            money = figure.unit in _CURRENCIES and a.unit in _MASSES
            flow = figure.unit in _MASSES and a.unit in _DURATIONS | {"MW", "GW"}
            if joined and (money or flow):
                priced[-1] = replace(figure, unit=f"{figure.unit}/{a.unit}")
                continue
        priced.append(figure)
    return priced


def _mention(text: str, f: _Figure) -> QuantityMention:
    approx = f.approx or _approximation(text, f)
    low: float | None = f.low
    high: float | None = f.high
    if f.unit == "x" and not f.changed and text[f.end - 1] == "倍":
        head = text[max(0, f.start - 8) : f.start]
        if _INCREASE_CJK.search(head) and not any(
            "\u3041" <= c <= "\u30ff" for c in text[max(0, f.start - 40) : f.end + 40]
        ):
            low, high = f.low + 1, f.high + 1  # 增长两倍 is three times as much
    if approx in ("over", "at least"):
        high = None
    elif approx in ("under", "at most"):
        low = None
    if f.low != f.high:
        low, high, approx = f.low, f.high, approx if approx in ("about", "nearly") else ""
    return QuantityMention(Quantity(low, high, f.unit, approx), f.start, f.end, f.step, f.changed)


def _approximation(text: str, f: _Figure) -> str:
    if m := _after().match(text, f.end):
        return next(kind for i, kind in enumerate(_AFTER) if m[f"k{i}"])
    head = text[max(0, f.start - 28) : f.start]
    if m := _before().search(head):
        word = m[0].strip().lower()
        if word.startswith("up to") and _RAMPED.search(text[max(0, f.start - 40) : f.start]):
            return ""
        if _BY_TERMS.match(word):
            return ""
        if word in ("some", "under", "over", "beyond") and f.unit == "":
            return ""
        return next(kind for i, kind in enumerate(_BEFORE) if m[f"k{i}"])
    return ""
