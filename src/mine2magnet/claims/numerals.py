"""Numerals as Chinese, English and Japanese write them: where they stand and what they are worth."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mine2magnet.claims import units

_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0C} | {
    0x3000: 0x20,  # ideographic space
    0xA0: 0x20,
    0x202F: 0x20,
    0x2009: 0x20,
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63"), 0x2D),  # dashes and minus
    **dict.fromkeys(map(ord, "\u301c\u223c"), 0x7E),  # wave dashes
}
_WIDE_COMMA = re.compile(r"(?<=[\uff10-\uff19])\uff0c(?=[\uff10-\uff19]{3}(?![\uff10-\uff19]))")

# ・ is the decimal point of Japanese newspapers, before a unit: ７・５％, 3・3倍; not in 2・3月, 11・12号
_DECIMAL_DOT = re.compile(
    r"(?<=[0-9])\u30fb(?=[0-9]{1,3}(?:[%倍割万億兆千百円元トキグポドユメギ度kmtA-Z豪米加英質重㌦㌧㌔㌫]|カ月|か月|ヶ月|カナダ|香港|人民|台湾|スイス|ウォン|ルピー|平方|立方|"
    r"年[間半]|時間|週間|"
    r"[~-][0-9]))"
)

_HAN_DIGITS = {
    c: n
    for n, cs in enumerate(("〇零", "一壱", "二两兩両弐", "三参", "四", "五", "六", "七", "八", "九"))
    for c in cs
}
_LONGEST = 300  # digits; a number beyond is beyond a float
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "兆": 1e12}
_WORDS = {
    word: float(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    word: 10.0 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "dozen": 12.0,
    "mn": 1e6,
    "mln": 1e6,
    "bn": 1e9,
    "bln": 1e9,
    "tn": 1e12,
    "trn": 1e12,
    "lakh": 1e5,
    "crore": 1e7,
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
}
_LETTERS = frozenset(
    "kmb"
)  # multipliers only behind a currency or before a thing that is counted in millions
_LOTS = {  # "tens of thousands" are at least ten thousand
    "tens": 10.0, "dozens": 12.0, "scores": 20.0, "hundreds": 1e2, "thousands": 1e3, "millions": 1e6,
    "billions": 1e9, "trillions": 1e12,
}  # fmt: skip

_ARABIC = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,6}(?![0-9])|[0-9]{1,2}(?:,[0-9]{2}){1,5},[0-9]{3}(?![0-9])|"
    r"[0-9]{1,3}(?: [0-9]{3}){1,3}(?! ?[0-9])|[0-9]{1,18}(?![0-9]))"
    r"(?:\.[0-9]{1,18}(?![0-9]))?"
)
_MYRIAD = "(?:[万萬亿億]|兆(?![瓦高]))"
_HAN = (
    r"(?:[〇零一二三四五六七八九壱弐参两兩十百]|千(?=トン|ドル|円|キロ|人(?![计計])|台|件|吨|[〇零一二三四五六七八九十百千万亿億]))"
    r"(?:[〇零一二三四五六七八九壱弐参两兩十百万萬亿億兆]|千(?![瓦克米奥高安焦]))*"
    r"(?:点[〇零一二三四五六七八九]+)?"
)
_WORD = "|".join(
    sorted((*_WORDS, "hundred", "thousand", "million", "billion", "trillion", "dozen"), key=len, reverse=True)
)
_SCALE = (
    r"(?:hundred|thousand|million|billion|trillion|dozen|mn|mln|bn|bln|tn|trn|lakh crore|lakhs?|crores?)"
    r"(?![a-z])"
)
_SIGNED = "|".join(rf"(?<![A-Za-z]{sign})(?<={sign})" for sign in map(re.escape, units.letter_signs()))
_FREE = (  # no letter before it but a currency's, or that of a range's first end: 1.39mn-1.42mn
    rf"(?:(?<![0-9A-Za-z_.])(?:(?<![A-Za-z]-)|(?<=[0-9][mb]n-))|(?-i:{_SIGNED}|(?<=Rs\.)))"
)
_THOUSAND = "千(?![瓦克米奥高安焦卡代])"
_HUNDRED = "百(?=[万人多余件社家億亿吨トド円元台辆名])"

NUMERAL = re.compile(
    rf"(?P<arabic>(?=[0-9]){_FREE}(?:(?:{_ARABIC} ?[十百千]?{_MYRIAD}+)+(?:{_ARABIC}[百千]?(?![瓦克米]))?"
    rf"|{_ARABIC}(?:{_THOUSAND}|{_HUNDRED})?))"
    rf"(?P<scale>[ -]?{_SCALE}| ?[mbk](?![A-Za-z0-9]))?"
    rf"|(?=[a-z])(?:(?P<lots>\b(?:(?:several|many|a few|a couple of) (?:hundred|thousand|million|billion|"
    rf"dozen)\b"
    rf"|(?:{'|'.join(_LOTS)})(?: of (?:{'|'.join(_LOTS)}))*(?= of )))(?: of(?= ))?"
    rf"|(?P<words>(?<![a-z0-9-])(?:(?:an?|half an?) (?=hundred|thousand|million|billion|trillion|dozen))?"
    rf"(?:{_WORD})(?:(?:[ -]|(?<=hundred) and |(?<=thousand) and |(?<=million) and "
    rf")(?:{_WORD}))*(?![a-z])(?!-[a-eg-z])|(?<![a-z])(?:{_WORD})(?=-?fold)))"
    rf"|(?P<some>(?:(?<![指総总人件倍多少基参次函半分複系常代无無])[数几幾]|"
    rf"(?<![以场場史际線线路身网海早晚地])上)"
    rf"(?:[十百千万萬亿億兆]{{1,4}}|10{{1,5}}(?![0-9]){_MYRIAD}{{0,2}}))"
    rf"|(?P<han>{_HAN})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number at characters [start, end): its `value`, the `step` of its last stated digit, the `scale`
    of its last multiplier (10,000 for 万), and the script it is written in.

    `least`: it is told as the least that it is, "tens of thousands", 数百.
    """

    value: float
    step: float
    scale: float
    start: int
    end: int
    script: str  # arabic, words or han
    least: bool = False


def narrow(text: str) -> str:
    """Return the text in half-width digits, signs and plain dashes, each character in its place.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> narrow("１，２００〜１，５００％ — 約")
    '1,200~1,500% - 約'
    """
    if text.isascii():
        return text
    narrowed = _WIDE_COMMA.sub(",", text).translate(_NARROW)
    return _DECIMAL_DOT.sub(".", narrowed) if "\u30fb" in narrowed else narrowed


def numbers(text: str) -> list[Numeral]:
    """Return the `numerals` of a text as it is written.

    Parameters
    ----------
    text : str
    """
    return numerals(narrow(text))


def numerals(text: str) -> list[Numeral]:
    """Return every number of a narrowed text, left to right.

    Parameters
    ----------
    text : str
        As `narrow` gives it.

    Examples
    --------
    >>> [n.value for n in numerals("3億5000万 1.2万 三十五 twenty-five 1,200 2.5 million")]
    [350000000.0, 12000.0, 35.0, 25.0, 1200.0, 2500000.0]
    """
    found = []
    for match in NUMERAL.finditer(text):
        numeral = _read(match)
        if numeral is not None:
            found.append(numeral)
    return found


def _read(match: re.Match[str]) -> Numeral | None:
    start, end = match.span()
    if match["arabic"]:
        value, step, scale = _arabic(match["arabic"])
        if suffix := match["scale"]:
            word = suffix.strip(" -").lower()
            if word in _LETTERS and not _multiplies(match):
                end = match.start("scale")  # metres, or the start of a word
            else:
                factor = _factor(word)
                value, step, scale = value * factor, step * factor, factor
        return Numeral(value, step, scale, start, end, "arabic")
    if match["lots"]:
        value = _lots(match["lots"].lower())
        return Numeral(value, value, 1.0, start, end, "words", least=True)
    if match["words"]:
        value, scale = _words(match["words"].lower())
        return Numeral(value, _step(value) if scale == 1 else scale, scale, start, end, "words")
    if match["some"]:
        written = match["some"][1:]
        value = han(written) if written[0] != "1" else _arabic(written)[0]
        return Numeral(value, value, 1.0, start, end, "han", least=True)
    value = han(match["han"])
    scale = next((_MYRIADS[c] for c in reversed(match["han"]) if c in _MYRIADS), 1.0)
    return Numeral(value, _step(value), scale, start, end, "han")


_IN_MILLIONS = re.compile(
    r"[ -]?(?:t|tonnes?|tons?|metric|lbs?|pounds|kg|people|units|vehicles|cars|barrels|shares|jobs|yuan|"
    r"euros?|"
    r"dollars|yen|oz|ounces)\b"
)


def _multiplies(match: re.Match[str]) -> bool:
    """Whether a letter behind a number is a multiplier: $3m, 44m t, Rs5k; not 3 m of ore."""
    text, start = match.string, match.start()
    if units.sign_before(text, start):
        return True
    return match["scale"][0] != " " and bool(_IN_MILLIONS.match(text, match.end()))


def _factor(word: str) -> float:
    factor = 1.0
    for part in word.split():
        factor *= _SCALES.get(part) or _SCALES[part.removesuffix("s")]
    return factor


def _lots(written: str) -> float:
    """Return the least that "tens of thousands" or "several hundred" can be."""
    value = 1.0
    for word in written.split():
        value *= _LOTS.get(word) or _SCALES.get(word, 1.0)
    return value


def _step(value: float) -> float:
    """1 for 45 and 40, 10 for 300, 100 for 2000 in words: two digits of a round number are meant."""
    if value < 10:
        return 1.0
    step = 1.0
    while value % (step * 10) == 0 and step * 10 <= value / 10:
        step *= 10
    return step


def _arabic(written: str) -> tuple[float, float, float]:
    """Value, step and last multiplier of digits with CJK multipliers: 3億5000万, 4万5千."""
    total, step, scale = 0.0, 1.0, 1.0
    for part in re.finditer(r"([0-9][0-9, ]*(?:\.[0-9]+)?) ?([十百千]?)([万萬亿億兆]*)", written):
        digits = part[1].replace(",", "").replace(" ", "")
        factor = float(_HAN_UNITS.get(part[2], 1))
        for myriad in part[3]:
            factor *= _MYRIADS[myriad]
        decimals = len(digits.partition(".")[2])
        total += float(digits) * factor
        step, scale = factor / 10**decimals, factor
    return total, step, scale


def _words(written: str) -> tuple[float, float]:
    """Value and scale of number words: "two hundred and fifty thousand"."""
    total = current = 0.0
    scale = 1.0
    for word in re.findall(r"[a-z]+", written):
        if word in _WORDS:
            current += _WORDS[word]
        elif word == "half":
            current = 0.5
        elif word in ("hundred", "dozen"):
            current = (current or 1.0) * _SCALES[word]
        elif word in _SCALES:
            scale = _SCALES[word]
            total += (current or 1.0) * scale
            current = 0.0
    return total + current, scale


def han(written: str) -> float:
    """Return the value of a numeral in Han characters, positional (二〇二五) or with multipliers (三万五千).

    Parameters
    ----------
    written : str

    Examples
    --------
    >>> han("一亿二千万"), han("二〇二五"), han("十二"), han("三点五")
    (120000000.0, 2025.0, 12.0, 3.5)
    """
    whole, _, decimals = written.partition("点")
    fraction = float("0." + "".join(str(_HAN_DIGITS[c]) for c in decimals)) if decimals else 0.0
    if len(whole) > 1 and all(c in _HAN_DIGITS for c in whole):
        return float("".join(str(_HAN_DIGITS[c]) for c in whole[:_LONGEST])) + fraction
    total = section = digit = 0.0
    pending = False
    for c in whole:
        if c in _HAN_DIGITS:
            digit, pending = float(_HAN_DIGITS[c]), True
        elif c in _HAN_UNITS:
            section += (digit if pending and digit else 1.0) * _HAN_UNITS[c]
            digit, pending = 0.0, False
        else:
            section += digit
            if total and total < _MYRIADS[c]:  # 一万亿: a multiplier of a multiplier
                total = (total + section) * _MYRIADS[c]
            else:
                total += (section or 1.0) * _MYRIADS[c]
            section, digit, pending = 0.0, 0.0, False
    return total + section + digit + fraction


def to_han(value: int) -> str:
    """Return a whole number in Han characters, as Chinese writes it.

    Parameters
    ----------
    value : int
        0 to 10^16, exclusive.

    Raises
    ------
    ValueError
        Outside these.

    Examples
    --------
    >>> to_han(12000), to_han(105), to_han(20)
    ('一万二千', '一百零五', '二十')
    """
    if not 0 <= value < 10**16:
        raise ValueError(f"out of range: {value}")
    if value == 0:
        return "零"
    digits = "零一二三四五六七八九"
    groups = []
    while value:
        groups.append(value % 10000)
        value //= 10000
    written = ""
    for i in range(len(groups) - 1, -1, -1):
        group = groups[i]
        if not group:
            continue
        if written and group < 1000:
            written += "零"
        zero = False
        for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            d = group // place % 10
            if d:
                written += ("零" if zero else "") + digits[d] + name
                zero = False
            elif group // (place * 10):
                zero = True
        written += ("", "万", "亿", "兆")[i]
    return written.removeprefix("一") if written.startswith("一十") else written


def words_of(value: int) -> str:
    """Return a whole number in English words, "" from a hundred.

    Parameters
    ----------
    value : int
        0 or more.

    Examples
    --------
    >>> words_of(6), words_of(24), words_of(400)
    ('six', 'twenty-four', '')
    """
    names = {int(number): word for word, number in _WORDS.items()}
    if value in names:
        return names[value]
    tens, ones = divmod(value, 10)
    return f"{names[10 * tens]}-{names[ones]}" if 10 * tens in names else ""
