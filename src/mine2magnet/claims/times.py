"""Dates and periods in running text, told as ISO 8601 relative to the day of publication."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from mine2magnet.claims.numerals import han

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}  # the year before each era's first
_OPEN = ".."
_FISCAL_MONTH = 4  # a Japanese fiscal year, 年度, runs from April

_LATELY = 6  # months that a period named without its year may lie ahead

Period = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Time:
    """A time named at characters [start, end). `period` is None where it is named but not fixed, such as
    a time of day, or a number that is part of a name."""

    start: int
    end: int
    period: str | None
    floating: bool = False  # a month named without its year, taken as the latest


def bounds(period: str) -> tuple[date, date]:
    """Return the first and last day of an ISO date, month, year or interval.

    An open end is date.min or date.max.

    Parameters
    ----------
    period : str

    Examples
    --------
    >>> bounds("2025-02"), bounds("2024/..")[0]
    ((datetime.date(2025, 2, 1), datetime.date(2025, 2, 28)), datetime.date(2024, 1, 1))
    """
    first, slash, last = period.partition("/")
    low = date.min if first == _OPEN else _day(first, end=False)
    if not slash:
        return low, _day(first, end=True)
    return low, date.max if last == _OPEN else _day(last, end=True)


def _day(written: str, *, end: bool) -> date:
    parts = [int(p) for p in written.split("-")]
    year = parts[0]
    if len(parts) == 1:
        return date(year, 12, 31) if end else date(year, 1, 1)
    month = parts[1]
    if len(parts) == 2:
        return date(year, month, monthrange(year, month)[1] if end else 1)
    return date(year, month, parts[2])


def _month(year: int, month: int) -> str:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return f"{year:04d}-{month:02d}"


def _months(year: int, first: int, last: int) -> str:
    return f"{_month(year, first)}/{_month(year, last)}"


def _quarter(year: int, quarter: int) -> str:
    return _months(year, 3 * quarter - 2, 3 * quarter)


def _fiscal(year: int) -> str:
    return _months(year, _FISCAL_MONTH, _FISCAL_MONTH + 11)


def _valid(year: int, month: int, day: int | None = None) -> str | None:
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        return None
    if day is None:
        return _month(year, month)
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= day <= monthrange(year, month)[1] else None


def _nearest_year(today: date, month: int, *, future: bool) -> int:
    """The year of a month named without one: the latest that has begun, or the next when it lies ahead."""
    if future:
        return today.year + (month < today.month)
    return today.year - (month > today.month)


_NUMBERED = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"


def _number(written: str) -> int:
    return int(written) if written[0].isascii() else int(han(written))


# --- Chinese and Japanese ---------------------------------------------------------------------------

_YEAR_WORDS = {
    "前年": -2, "一昨年": -2, "去年": -1, "昨年": -1, "上年": -1, "今年": 0, "本年": 0, "年内": 0,
    "明年": 1, "来年": 1, "来年度": 1, "昨年度": -1, "今年度": 0, "本年度": 0,
}  # fmt: skip
_HALVES = {
    "上半年": (1, 6),
    "下半年": (7, 12),
    "年初": (1, 1),
    "年末": (12, 12),
    "年底": (12, 12),
    "年中": (6, 6),
}

_REPORTS = {"一季报": (1, 3), "半年报": (1, 6), "中报": (1, 6), "三季报": (1, 9)}

_CJK = re.compile(
    # 2025年4月3日, 去年10月, 令和7年, 2024年度, 2026财年, 2025年第一季度, 今年上半年
    rf"(?:(?P<year>(?<![0-9])(?:19|20|21)[0-9]{{2}}|[一二][〇零一二三四五六七八九]{{3}})\s?(?P<fiscal>年度|财年|財年|年)(?!间|間)"
    rf"|(?P<short>(?<![0-9.])[0-9]{{2}})年(?P<shortfiscal>度|(?=[にのまは比時末]|以降|から(?!約?[0-9])|[0-9]{{1,2}}(?:[-~][0-9]{{1,2}})?月))"
    rf"|(?P<era>令和|平成|昭和)(?P<erayear>元|[0-9]{{1,2}})年(?P<erafiscal>度)?"
    rf"|(?P<relative>一昨年|前年(?!比|同|度)|去年|昨年度?|上年(?!同)|今年度?|本年度?|(?<![0-9一二两三四五六七八九十半])年内|明年|来年度?))?"
    rf"(?:"
    rf"第?(?P<quarter>[1-4一二三四])(?:季度|四半期)|(?P<nine>前三季度|1?-?9月期)"
    rf"|(?P<half>上半年|下半年|年初|年末|年底|年中)|(?P<jhalf>上期|下期|上半期|下半期)"
    rf"|(?P<month>{_NUMBERED})月(?:份)?(?:(?P<day>{_NUMBERED})[日号](?!間|间))?(?P<part>初|末|底|上旬|中旬|下旬|期(?!末))?"
    rf")?"
)
_CJK_RANGE = re.compile(r"(?P<first>[0-9]{1,2})(?:月)?[-~至](?P<last>[0-9]{1,2})月(?:期|份)?")
_CJK_FIRST = re.compile(r"前(?P<count>[2-9]|1[01]|[二三四五六七八九十])[个個カか]月")
_CJK_DAY = re.compile(
    r"(?<![0-9月.,約])(?<!平均)(?P<day>[0-9]{1,2})日(?!(?:約|最大|平均)?[0-9]|当たり|に短縮|に延|間|间|分|かか|程度|ほど|以内|以上|を要|前後|後|内|連続|たっ|経)"
)
_CJK_RELATIVE = re.compile(
    r"上个?月|先月|前月(?!比|同)|本月|今月|来月|下个?月|上周|先週|本周|今週|这周|昨日|昨天|今日|今天|本日|明日|"
    r"目前|如今|现在|当前|当下|眼下|現在|足元|現時点|現状(?!維持)|"
    r"一季报|半年报|中报|三季报|第[一二三四]季度|前三季度|上半年|下半年|年初|年底|年末"
)
_NOW = {"目前", "如今", "现在", "当前", "当下", "眼下", "現在", "足元", "現時点", "現状"}
_SINCE = re.compile(r"\s?(?:(?<=年初)から|以来|以降|至今|から(?=ずっと))")
_TO_CJK = re.compile(r"\s?(?:至|到|から|[-~])\s?")

# --- English ----------------------------------------------------------------------------------------

_MON = (
    r"(?-i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_Y = r"(?:19|20|21)[0-9]{2}"
_COUNTS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
_LATELY_OVER = 2  # months: "by June" read in July or August is over
_SPANS = {"three": 3, "six": 6, "nine": 9, "twelve": 12, "quarter": 3, "half": 6, "year": 12}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_PREPOSITIONS = (
    "in of by to on or and for from last late this early since until after before through during mid-"
)
# March and May are months only behind such a word; elsewhere they are verbs
_AFTER_PREPOSITION = (
    "(?:" + "|".join(rf"(?<={w}{'' if w[-1] == '-' else ' '})" for w in _PREPOSITIONS.split()) + ")"
)
_EN = re.compile(
    rf"(?<![A-Za-z0-9])(?:"
    rf"(?P<iso>{_Y}-(?:0[1-9]|1[0-2])(?:-[0-9]{{2}})?)(?![0-9])"
    rf"|(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th)?\s(?P<m1>{_MON})\.?(?:,?\s(?P<y1>{_Y}))?\b"
    rf"|(?P<m2>{_MON})\.?\s(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|"
    rf"th)?(?:,?\s(?P<y2>{_Y}))?(?![0-9A-Za-z,.]*[0-9])(?=[^0-9A-Za-z]|$)"
    rf"|(?P<mq>(?-i:March|June|September|December))\squarter(?:\s(?:of\s)?(?P<mqy>{_Y}))?"
    rf"|(?P<m3>{_MON})\.?,?\s(?P<y3>{_Y})\b"
    rf"|(?P<m4>(?-i:Jan(?:uary)?|Feb(?:ruary)?|April|Apr|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    rf"Nov(?:ember)?|Dec(?:ember)?|{_AFTER_PREPOSITION}(?:March|May)))\b(?!-[A-Za-z])"
    rf"|(?P<q>Q[1-4]|(?:first|second|third|fourth|1st|2nd|3rd|4th)[ -]quarter)(?:\s(?:of\s)?(?P<qy>{_Y})|"
    rf"\s(?P<qrel>last year|this year))?"
    rf"|(?P<h>H[12]|(?:first|second)[ -]half)(?:\s(?:of\s)?(?P<hy>{_Y})|\s(?:of\s)?(?P<hrel>last year|this "
    rf"year))?(?=\W|$)"
    rf"|(?P<fq>first\sthree\squarters)(?:\sof\s(?P<fqy>{_Y}|last year|this year|the year))?"
    rf"|first\s(?P<fm>two|three|four|five|six|seven|eight|nine|ten|eleven|[2-9]|"
    rf"1[01])\smonths(?:\sof\s(?P<fmy>{_Y}|last year|this year|the year))?"
    rf"|(?:(?P<span>three|six|nine|twelve|[0-9]{{1,2}})\smonths|(?P<sspan>quarter|year|half))\s(?:to|through|ended|ending)\s"
    rf"(?:on\s|the end of\s)?"
    rf"(?P<spanm>{_MON})(?:\s[0-9]{{1,2}}\b)?(?:,?\s(?P<spany>{_Y}))?"
    rf"|(?P<fy>(?:FY|fiscal(?: year)?)\s?(?P<fyy>{_Y}))"
    rf"|(?P<rel>last|this|next)\s(?P<runit>year|month|week|quarter)\b"
    rf"|(?P<word>yesterday|today|tomorrow|now(?!\sthat)|currently|at present)\b"
    rf"|(?P<dow>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
    rf"|(?P<ago>(?:a|one) year (?:ago|earlier|before))"
    rf"|(?P<start>(?:the )?(?:start|beginning|end) of (?:the|this|last) year)"
    rf"|(?P<decade>(?:the )?decade is out|(?:the )?end of the decade)"
    rf"|(?<![万億亿千百兆$€£¥,])(?P<y>{_Y})(?:-(?P<yto>{_Y}|[0-9]{{2}}))?(?!-?[A-Za-z0-9]|[.,][0-9]|\s?[\u3040-\u9fff]|\s?(?:%|"
    rf"percent|per cent|t\b|tonnes|tons|kg\b|yuan|dollars|MW|kg/|people|workers|jobs|vehicles|cars|"
    rf"companies|applications))"
    rf")",
    re.IGNORECASE,
)
_SINCE_EN = re.compile(
    r"\bsince (?:the )?(?:(?:start|beginning|end|middle) of )?(?:early |late |mid-)?$", re.IGNORECASE
)
_STARTS_EN = re.compile(
    r"\b(?:from|starting(?: in)?|beginning(?: in)?)\s(?:early\s|late\s|mid-)?$", re.IGNORECASE
)
_STARTS_CJK = re.compile(r"起|から(?!約?[0-9])")
_TO_EN = re.compile(r"\s(?:to|until|through|and)\s", re.IGNORECASE)
_FROM_EN = re.compile(r"\b(?:from|between)\s$", re.IGNORECASE)
_AHEAD = re.compile(
    r"\b(?:from|by|until|starting|effective|next|through|on)\s(?:\d{1,2}\s)?$|(?:[自从将到]|(?<!截)至)$",
    re.IGNORECASE,
)

# What is no figure and no date that a claim could hold: times of day, phone numbers, decades, and
# numbers that are names.
_CLOCK = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?!\d)|(?:午前|午後|上午|下午)?[0-9]{1,2}[时時](?![间間])(?:[0-9]{1,2}分)?|"
    r"\b[0-9]{1,2}\s?[ap]\.?m\.?\b|(?<![0-9])\+?[0-9]{2,4}-[0-9]{3,4}-?[0-9]{4}(?![0-9])|"
    r"[0-9]{3,4}-[0-9]{7,8}(?![0-9])|"
    r"\[[0-9, -]{1,20}\]|\b(?:19|20)[0-9]0s\b|"
    r"第\s?(?:[0-9]{1,4}|[一二三四五六七八九十百]{1,4})\s?(?:次|届|条|号|款|章|节|節|位|回|期|代|批|种|步|部|项|页|頁|弾|条|工場|工厂|大|1|一|四|位|)?|"
    r"\b(?:Nos?|Numbers?|Groups?|Chapters?|Sections?|Articles?|Figs?|Figures?|Tables?|Lines?|Phases?|Stages?|"
    r"Units?|Blocks?|Rounds?|Tiers?|Levels?|Types?|Class|Grades?|Annex|Appendix|Plants?|"
    r"pages?)\.?\s[0-9]{1,5}(?![0-9.]*\s?%|[0-9,.]*[0-9])|"
    r"(?:分机号|门牌|编号|股票代码|证券代码)\s?[0-9]{1,12}|[0-9]{6}\.(?:SH|SZ)|世界[0-9]{1,4}位|(?<![0-9])[0-9]{1,4}位|"
    r"(?<![0-9])[0-9]{1,4}(?:st|nd|rd|th)\b|双十一|七国集团|(?<![0-9])[0-9]{1,5}号(?![召码])",
    re.IGNORECASE,
)


def find(text: str, published: date | None = None) -> list[Time]:
    """Return the times named in a narrowed text, left to right, none overlapping.

    Parameters
    ----------
    text : str
        As `numerals.narrow` gives it.
    published : date or None
        Without it, what is relative to it is named but not fixed.

    Examples
    --------
    >>> [t.period for t in find("In Q3 2025 and 去年10月, 令和7年, since April", date(2025, 6, 1))]
    ['2025-07/2025-09', '2024-10', '2025', '2025-04/..']
    """
    found = [Time(m.start(), m.end(), None) for m in _CLOCK.finditer(text) if m[0]]
    if not text.isascii():
        found += _cjk(text, published)
    found += _english(text, published)
    found.sort(key=lambda t: (t.start, -t.end))
    kept: list[Time] = []
    for time in found:
        if not kept or time.start >= kept[-1].end:
            kept.append(time)
        elif time.end > kept[-1].end and time.period and not kept[-1].period:
            kept[-1] = time
    return list(_joined(text, kept, published))


def _joined(text: str, times: list[Time], today: date | None) -> Iterator[Time]:
    """Two times with "to" between become one interval; "since" opens the end, "from" that of one to come."""
    i = 0
    while i < len(times):
        time = times[i]
        if time.period and i + 1 < len(times) and (after := times[i + 1]).period:
            between = text[time.end : after.start]
            english = _TO_EN.fullmatch(between) and _FROM_EN.search(text[max(0, time.start - 8) : time.start])
            cjk = _TO_CJK.fullmatch(between) and (
                between.strip() not in "到至から" or text[max(0, time.start - 1) : time.start] in "自从"
            )
            if english or cjk:
                low, high = time.period.partition("/")[0], after.period.rpartition("/")[2]
                if bounds(low)[0] <= bounds(high)[1] and low != high:
                    yield Time(time.start, after.end, f"{low}/{high}")
                    i += 2
                    continue
        if time.period and (since := _SINCE.match(text, time.end)):
            time = Time(time.start, since.end(), f"{time.period.partition('/')[0]}/{_OPEN}")
        elif time.period and "/" not in time.period:
            since_en = _SINCE_EN.search(text[max(0, time.start - 24) : time.start])
            if since_en or (_starts(text, time) and today and bounds(time.period)[0] > today):
                time = Time(time.start, time.end, f"{time.period}/{_OPEN}")
        yield time
        i += 1


def _starts(text: str, time: Time) -> bool:
    """Whether something begins with a time whose year is named: from 2029, 从2028年起, 27年から."""
    english = _STARTS_EN.search(text[max(0, time.start - 16) : time.start]) and not text.startswith(
        " to ", time.end
    )
    return not time.floating and bool(english or _STARTS_CJK.match(text, time.end))


def _cjk(text: str, today: date | None) -> list[Time]:
    times = []
    for m in _CJK.finditer(text):
        if m[0] and (read := _cjk_time(m, text, today)):
            times.append(read)
    for m in _CJK_RANGE.finditer(text):
        first, last = int(m["first"]), int(m["last"])
        if 1 <= first < last <= 12:
            before = text[max(0, m.start() - 5) : m.start()]
            year = (
                int(y[1]) + 2000 * (len(y[1]) == 2)
                if (y := re.search(r"(?<![0-9])((?:19|20)?[0-9]{2})年$", before))
                else (today and today.year)
            )
            if year and not y and today and first - today.month > _LATELY:
                year -= 1  # 10〜12月期 read in January is over
            start = m.start() - len(y[0]) if y else m.start()
            times.append(Time(start, m.end(), _months(year, first, last) if year else None))
    for m in _CJK_FIRST.finditer(text):
        times.append(Time(m.start(), m.end(), _months(today.year, 1, _number(m["count"])) if today else None))
    for m in _CJK_DAY.finditer(text):
        times.append(Time(m.start(), m.end(), _day_of_month(today, int(m["day"])) if today else None))
    for m in _CJK_RELATIVE.finditer(text):
        times.append(Time(m.start(), m.end(), _relative_cjk(m[0], today) if today else None))
    return times


def _cjk_time(m: re.Match[str], text: str, today: date | None) -> Time | None:
    year, fiscal = _cjk_year(m, today)
    named = any(m[g] for g in ("year", "short", "era", "relative"))
    within = any(m[g] for g in ("quarter", "nine", "half", "jhalf", "month"))
    if not named and not within:
        return None
    if m["half"] and not named and text[max(0, m.start() - 1) : m.start()].isdigit():
        return None
    start, end = m.start(), m.end()
    if not named:
        if today is None:
            return Time(start, end, None)
        year = today.year
    if year is None:
        return Time(start, end, None)
    if m["month"]:
        month = _number(m["month"])
        if not 1 <= month <= 12:
            return None
        if not named and today:
            future = bool(
                _AHEAD.search(text[max(0, start - 2) : start])
                or text[end : end + 2] in ("から", "にも")
                or text[end : end + 1] == "起"
            )
            year = _nearest_year(today, month, future=future and month != today.month)
        if m["part"] == "期" and named:
            return Time(start, end, _months(year - 1, month + 1, month + 12))  # 29年3月期
        return Time(
            start, end, _valid(year, month, _number(m["day"]) if m["day"] else None), floating=not named
        )
    if m["quarter"]:
        quarter = "1234".find(m["quarter"]) + 1 or "一二三四".find(m["quarter"]) + 1
        if not named and today and 3 * quarter - 2 - today.month > _LATELY:
            year -= 1
        return Time(start, end, _quarter(year, quarter))
    if m["nine"]:
        return Time(start, end, _months(year, 1, 9))
    if m["half"]:
        first, last = _HALVES[m["half"]]
        return Time(start, end, _months(year, first, last) if first != last else _month(year, first))
    if m["jhalf"]:
        return Time(start, end, _months(year, 4, 9) if m["jhalf"].startswith("上") else _months(year, 10, 15))
    return Time(start, end, _fiscal(year) if fiscal else f"{year:04d}")


def _cjk_year(m: re.Match[str], today: date | None) -> tuple[int | None, bool]:
    """The year, and whether it is a Japanese fiscal one."""
    if m["year"]:
        year = int(m["year"]) if m["year"].isascii() else int(han(m["year"]))
        # 年度 is the calendar year in Chinese texts, which write no kana
        return year, m["fiscal"] == "年度" and _has_kana(m.string)
    if m["short"]:
        return 2000 + int(m["short"]), m["shortfiscal"] == "度"
    if m["era"]:
        count = 1 if m["erayear"] == "元" else int(m["erayear"])
        return _ERAS[m["era"]] + count, m["erafiscal"] == "度"
    if m["relative"] and today:
        fiscal = m["relative"].endswith("度") and _has_kana(m.string)
        base = today.year - (fiscal and today.month < _FISCAL_MONTH)
        return base + _YEAR_WORDS[m["relative"]], fiscal
    return None, False


def _has_kana(text: str) -> bool:
    return any("\u3041" <= c <= "\u30ff" for c in text)


def _relative_cjk(word: str, today: date) -> str:
    if word in _NOW or word in ("今日", "今天", "本日"):
        return today.isoformat()
    if word in ("昨日", "昨天"):
        return (today - timedelta(1)).isoformat()
    if word == "明日":
        return (today + timedelta(1)).isoformat()
    if word[-1] in "周週":
        return _week(today, -1 if word[0] in "上先" else 0)
    if word[-1] == "月":
        return _month(
            today.year, today.month + (-1 if word[0] in "上先前" else 1 if word[0] in "来下" else 0)
        )
    if word in _HALVES:
        first, last = _HALVES[word]
        return _months(today.year, first, last) if first != last else _month(today.year, first)
    if word[-1] == "报":
        first, last = _REPORTS[word]
        return _months(today.year - (last > today.month), first, last)
    if word == "前三季度":
        return _months(today.year, 1, 9)
    return _quarter(today.year, "一二三四".index(word[1]) + 1)


def _day_of_month(today: date, day: int) -> str | None:
    """A day named without its month: the latest such day."""
    month = today.month - (day > today.day)
    year, month = (today.year, month) if month else (today.year - 1, 12)
    return _valid(year, month, day)


def shifted(period: str, years: int) -> str:
    """Return the same day, month or interval some years later.

    Parameters
    ----------
    period : str
    years : int

    Examples
    --------
    >>> shifted("2024-10", 1), shifted("2024-02-29", 1), shifted("2025-01/2025-09", -1)
    ('2025-10', '2025-02-28', '2024-01/2024-09')
    """
    return "/".join(_shifted(part, years) for part in period.split("/"))


def _shifted(part: str, years: int) -> str:
    if part == _OPEN:
        return part
    year, dash, rest = part.partition("-")
    return f"{int(year) + years:04d}{dash}{'02-28' if rest == '02-29' else rest}"


def _week(today: date, offset: int) -> str:
    monday = today - timedelta(today.weekday()) + timedelta(7 * offset)
    return f"{monday.isoformat()}/{(monday + timedelta(6)).isoformat()}"


def _english(text: str, today: date | None) -> list[Time]:
    return [
        Time(m.start(), m.end(), _english_time(m, text, today), floating=bool(m["m4"]))
        for m in _EN.finditer(text)
    ]


def _month_number(written: str) -> int:
    return next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(written.lower()[:3]))


def _english_time(m: re.Match[str], text: str, today: date | None) -> str | None:
    for readers, read in _READERS:
        if m[readers]:
            return read(m, text, today)
    return None


def _iso(m: re.Match[str], text: str, today: date | None) -> str | None:
    year, month, *day = (int(p) for p in m["iso"].split("-"))
    return _valid(year, month, day[0] if day else None)


def _named_day(number: str) -> Callable[[re.Match[str], str, date | None], str | None]:
    def read(m: re.Match[str], text: str, today: date | None) -> str | None:
        month = _month_number(m["m" + number])
        year = int(m["y" + number]) if m["y" + number] else _guess(m, text, today, month)
        return _valid(year, month, int(m["d" + number])) if year else None

    return read


def _guess(m: re.Match[str], text: str, today: date | None, month: int) -> int | None:
    if today is None:
        return None
    ahead = (
        bool(_AHEAD.search(text[max(0, m.start() - 10) : m.start()]))
        and (today.month - month) % 12 > _LATELY_OVER
    )
    past_year = _nearest_year(today, month, future=False)
    if not ahead or re.search(r"\bon\s$", text[max(0, m.start() - 10) : m.start()], re.IGNORECASE):
        return past_year
    # "from 1 November" read in mid-November has just begun; "by March" read in June lies ahead
    return _nearest_year(today, month, future=True)


def _bare_month(m: re.Match[str], text: str, today: date | None) -> str | None:
    month = _month_number(m["m4"])
    year = _guess(m, text, today, month)
    return _month(year, month) if year else None


def _quarter_en(m: re.Match[str], text: str, today: date | None) -> str | None:
    quarter = int(m["q"][1]) if m["q"][0] in "Qq" else _ORDINALS[re.split("[ -]", m["q"].lower())[0]]
    year = _year_of(m["qy"], m["qrel"], today)
    if year and not m["qy"] and not m["qrel"] and today and 3 * quarter - 2 > today.month:
        year -= 1
    return _quarter(year, quarter) if year else None


def _half_en(m: re.Match[str], text: str, today: date | None) -> str | None:
    year = _year_of(m["hy"], m["hrel"], today)
    first = m["h"].lower() in ("h1",) or m["h"].lower().startswith("first")
    return (_months(year, 1, 6) if first else _months(year, 7, 12)) if year else None


def _first_months(m: re.Match[str], text: str, today: date | None) -> str | None:
    count = int(m["fm"]) if m["fm"].isdigit() else _COUNTS.index(m["fm"].lower()) + 2
    written = (m["fmy"] or "").lower()
    year = _year_of(written if written.isdigit() else None, written or None, today)
    return _months(year, 1, count) if year else None


def _first_quarters(m: re.Match[str], text: str, today: date | None) -> str | None:
    written = (m["fqy"] or "").lower()
    year = _year_of(written if written.isdigit() else None, written or None, today)
    return _months(year, 1, 9) if year else None


def _months_to(m: re.Match[str], text: str, today: date | None) -> str | None:
    span = (m["span"] or m["sspan"]).lower()
    count = _SPANS.get(span) or int(span)
    month = _month_number(m["spanm"])
    year = int(m["spany"]) if m["spany"] else today and _nearest_year(today, month, future=False)
    return _months(year, month - count + 1, month) if year else None


def _month_quarter(m: re.Match[str], text: str, today: date | None) -> str | None:
    """The December quarter: the three months that end with December."""
    month = _month_number(m["mq"])
    year = int(m["mqy"]) if m["mqy"] else today and today.year - (month - 2 > today.month)
    return _months(year, month - 2, month) if year else None


def _year_of(written: str | None, relative: str | None, today: date | None) -> int | None:
    if written:
        return int(written)
    return today.year - (relative is not None and relative.lower() == "last year") if today else None


def _relative_en(m: re.Match[str], text: str, today: date | None) -> str | None:
    if today is None:
        return None
    offset = {"last": -1, "this": 0, "next": 1}[m["rel"].lower()]
    unit = m["runit"].lower()
    if unit == "year":
        return str(today.year + offset)
    if unit == "month":
        return _month(today.year, today.month + offset)
    if unit == "week":
        return _week(today, offset)
    index = today.year * 4 + (today.month - 1) // 3 + offset
    return _quarter(index // 4, index % 4 + 1)


def _word_en(m: re.Match[str], text: str, today: date | None) -> str | None:
    offset = {"yesterday": -1, "tomorrow": 1}.get(m["word"].lower(), 0)
    return (today + timedelta(offset)).isoformat() if today else None


def _weekday(m: re.Match[str], text: str, today: date | None) -> str | None:
    """The last such day on or before publication."""
    if today is None:
        return None
    back = (today.weekday() - _WEEKDAYS.index(m["dow"].lower())) % 7
    return (today - timedelta(back)).isoformat()


def _start_en(m: re.Match[str], text: str, today: date | None) -> str | None:
    if today is None:
        return None
    year = today.year - ("last" in m["start"].lower())
    return _month(year, 12 if "end" in m["start"].lower() else 1)


def _years(m: re.Match[str], text: str, today: date | None) -> str | None:
    if not m["yto"]:
        return m["y"]
    last = m["yto"] if len(m["yto"]) == 4 else m["y"][:2] + m["yto"]
    return f"{m['y']}/{last}" if last > m["y"] else None


_READERS: tuple[tuple[str, Callable[[re.Match[str], str, date | None], str | None]], ...] = (
    ("iso", _iso),
    ("d1", _named_day("1")),
    ("d2", _named_day("2")),
    ("mq", _month_quarter),
    ("m3", lambda m, text, today: _month(int(m["y3"]), _month_number(m["m3"]))),
    ("m4", _bare_month),
    ("q", _quarter_en),
    ("h", _half_en),
    ("fm", _first_months),
    ("fq", _first_quarters),
    ("spanm", _months_to),
    ("fy", lambda m, text, today: m["fyy"]),
    ("rel", _relative_en),
    ("word", _word_en),
    ("dow", _weekday),
    ("ago", lambda m, text, today: _month(today.year - 1, today.month) if today else None),
    ("start", _start_en),
    ("decade", lambda m, text, today: str(today.year // 10 * 10 + 9) if today else None),
    ("y", _years),
)
