"""Dates and periods in running text, told as ISO 8601 relative to the day of publication."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
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
    yearless: bool = False  # a month or a day without its year


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
    "明年": 1, "来年": 1, "来年度": 1, "昨年度": -1, "今年度": 0, "本年度": 0, "年度内": 0,
    "上财年": -1, "上一财年": -1,
}  # fmt: skip
_HALVES = {
    "上半年": (1, 6),
    "半年度": (1, 6),
    "下半年": (7, 12),
    "年初": (1, 1),
    "年末": (12, 12),
    "年底": (12, 12),
    "年中": (6, 6),
    "前半": (1, 6),
    "後半": (7, 12),
}

_REPORTS = {"一季报": (1, 3), "半年报": (1, 6), "中报": (1, 6), "三季报": (1, 9)}

_HAN_COUNT = "[一二两三四五六七八九十]{1,2}"
_CJK = re.compile(
    # 2025年4月3日, 去年10月, 令和7年, 2024年度, 2026财年, 2025年第一季度, 今年上半年, 12 月 5 日
    rf"(?=[0-9〇一二三四五六七八九十令平昭前去昨上今本年明来同当第下全])"
    rf"(?:(?P<year>(?<![0-9])(?:19|20|21)[0-9]{{2}}|"
    rf"[一二][〇零一二三四五六七八九]{{3}})\s?(?P<fiscal>年度|财年度?|財年度?|年)(?!间|間)\s?"
    rf"|(?P<short>(?<![0-9.])[0-9]{{2}})年(?P<shortfiscal>度|(?=[にのまは比時末]|以降|[前後]半|"
    rf"から(?!約?[0-9])|(?=通年)|(?<=[(][23][0-9]年)(?=[)、])|"
    rf"[0-9]{{1,2}}(?:[-~][0-9]{{1,2}})?月))"
    rf"|(?P<era>令和|平成|昭和)(?P<erayear>元|[0-9]{{1,2}})年(?P<erafiscal>度)?"
    rf"|(?P<relative>一昨年|前年(?!比|同|度)|去年|昨年度?|上年(?!同)|上一?[财財]年|今年度?|本年度?|年度内|"
    rf"[同当]年(?!度|代)|(?<![0-9一二两三四五六七八九十半度])年内|明年|来年度?))?"
    rf"(?:"
    rf"第?\s?(?P<quarter>[1-4一二三四首])\s?(?:季度|四半期|季(?![节節度风風報报]))|(?P<nine>前[三3]季度?|"
    rf"1?-?9月期)"
    rf"|(?P<half>上半年|半年度|下半年|年初|年末|年底|年中|前半(?!期)|後半(?!期))|(?P<jhalf>上期|下期|"
    rf"上半期|下半期)|(?P<whole>全年)"
    rf"|(?P<mquarter>3|6|9|12)\s?月季度"
    rf"|(?P<month>{_NUMBERED})\s?月(?:份)?(?:\s?(?P<day>{_NUMBERED})\s?[日号](?!間|间))?(?P<part>初|末|底|"
    rf"上旬|中旬|下旬|期(?!末))?"
    rf")?"
)
_CJK_RANGE = re.compile(
    r"(?P<first>[0-9]{1,2}|[一二三四五六七八九十]{1,2})\s?(?:月)?(?:[-~至到]|から)\s?(?P<last>[0-9]{1,2}|"
    r"[一二三四五六七八九十]{1,2})\s?"
    r"月(?:期|份)?(?!\s?[0-9]{1,2}\s?[日号])|(?P<pair>一二|二三|三四|四五|五六|六七|七八|八九|"
    r"九十)月(?!份?[上中下])"
)
_YEAR_BEFORE = re.compile(
    r"(?:(?<![0-9])(?P<year>(?:19|20)?[0-9]{2})\s?年|(?P<relative>去年|昨年|上年|今年|本年|明年|来年))\s?$"
)
_CJK_FIRST = re.compile(
    r"前\s?(?P<count>[2-9]|1[01]|十一|[二三四五六七八九十])\s?(?:[个個カか]\s?月|"
    r"月(?!份?[0-9初末底上中下旬]))"
)
_CJK_DAY = re.compile(
    r"(?<![0-9.,約])(?:(?<!月)|(?<=[本上当同次翌今先]月))(?<!平均)(?P<day>[0-9]{1,2})\s?日(?!(?:約|最大|平均)?[0-9]|当たり|に短縮|に延|間|间|"
    r"分|かか|程度|ほど|以内|以上|"
    r"を要|前後|後|内|連続|たっ|経|[はでがを](?:見込|収ま|かか|足り|済|超|要|だ)|だが|に満|に達|"
    r"[をは](?:超|上|下)|产|産|均)"
    r"|(?<![月〇一二三四五六七八九十数几])(?P<hanDay>[二三]?十[一二三四五六七八九]?|"
    r"[一二三四五六七八九])日(?=宣布|公布|表示|發布|发布|发表|說|说|"
    r"称|稱|在(?!内|內)|电|電|讯|訊|上午|下午|晚|凌晨|披露|指出|报道|報導|收盘|收盤)"
)
_CJK_RELATIVE = re.compile(
    r"上个?月|先月|前の月|前月(?!比|同)|本月|今月|当月(?!比)|来月|下个?月|上周(?![一二三四五六日末])|先週|"
    r"前週(?!比)|本周(?![一二三四五六日])|今週|"
    r"这周(?![一二三四五六日])|下周(?![一二三四五六日])|来週|翌週|昨日|昨天|今日|今天|本日|明日|"
    r"目前|如今|现在|当前|当下|眼下|現在|足元|現時点|現状(?!維持)|"
    r"一季报|半年报|中报|三季报|第[一二三四]季度|前三季度|上半年|下半年|年初来|年初|年底|年末"
)
_CJK_WEEKDAY = re.compile(
    r"(?P<rel>上|本|这|下|先|今)?(?:个)?(?:(?:周|星期|礼拜)(?P<zh>[一二三四五六日天])(?![日个年月期])|"
    r"(?:週の?)?(?P<ja>[月火水木金土日])曜日?)"
)
_SEASONS = {
    "春": 3,
    "夏": 6,
    "秋": 9,
    "冬": 12,
    "spring": 3,
    "summer": 6,
    "autumn": 9,
    "fall": 9,
    "winter": 12,
}
_CJK_SEASON = re.compile(
    r"(?P<rel>(?<![0-9])(?:20)?[0-9]{2}年|一昨年|去年|昨年|今年|本年|明年|来年|来|今|昨|"
    r"翌)の?(?P<season>[春夏秋冬])(?![節节])[天季]?|"
    r"(?P<bare>[春夏秋冬])(?=まで|には?|以降|ごろ|頃)"
)
_CJK_AWAY = re.compile(
    rf"(?<![0-9数几幾.第])(?<![约約近])(?P<count>[0-9]{{1,2}}|{_HAN_COUNT}|半)\s?(?P<unit>年|"
    rf"[个個カかヶヵ]月|週間|周)(?P<way>以内|内(?=に)|前(?!後|后|[三五]|[0-9])|後(?!半)|后)"
)
_NOW = {"目前", "如今", "现在", "当前", "当下", "眼下", "現在", "足元", "現時点", "現状"}
_SINCE = re.compile(r"\s?(?:(?<=年初)から|以来|以降|至今|から(?=ずっと)|起至今)")
_SINCE_FAR = re.compile(r"[^，。；、,;\d]{1,16}以来")  # 自3月恢复通关以来
_TO_CJK = re.compile(r"\s?(?:至|到|から|[-~])\s?")
_THROUGH_JA = re.compile(r"まで|にかけ|の間|を通")

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
    "in of by to on or and for from last late this early since until after before through during mid- end- "
    "In By Since From Until On Before After Through During For Last"
)
# March and May are months only behind such a word; elsewhere they are verbs
_AFTER_PREPOSITION = (
    "(?:" + "|".join(rf"(?<={w}{'' if w[-1] == '-' else ' '})" for w in _PREPOSITIONS.split()) + ")"
)
_EN = re.compile(
    rf"(?<![A-Za-z0-9])(?=[0-9A-Za-z])(?:"
    rf"(?P<iso>{_Y}-(?:0[1-9]|1[0-2])(?:-[0-9]{{2}})?)(?![0-9])"
    rf"|(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th)?\s(?P<m1>{_MON})\.?(?:,?\s(?P<y1>{_Y}))?\b"
    rf"|(?P<m2>{_MON})\.?\s(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|"
    rf"th)?(?:,?\s(?P<y2>{_Y}))?(?![0-9A-Za-z,.]*[0-9])(?=[^0-9A-Za-z]|$)"
    rf"|(?P<mr>{_MON})\.?\s?(?:-|to\s|through\s|until\s)\s?(?P<mr2>{_MON})\b\.?(?:,?\s(?P<mry>{_Y}))?"
    rf"|(?P<mq>(?-i:March|June|September|December))\s(?:quarter|Q\b)(?:\s(?:of\s)?(?P<mqy>{_Y}))?"
    rf"|(?P<m3>{_MON})\.?,?\s(?P<y3>{_Y})\b"
    rf"|(?P<m4>(?-i:Jan(?:uary)?|Feb(?:ruary)?|April|Apr|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    rf"Oct(?:ober)?|"
    rf"Nov(?:ember)?|Dec(?:ember)?|{_AFTER_PREPOSITION}(?:March|May)))\b(?!-[A-Za-z])"
    rf"|(?P<q>Q[1-4]|(?-i:[1-4]Q)|(?:first|second|third|fourth|1st|2nd|3rd|4th|final|closing|"
    rf"opening)[ -]quarter)"
    rf"(?:\s?(?:of\s|in\s)?(?P<qfy>FY|fiscal\s)?(?:CY)?\s?'?(?P<qy>{_Y}(?:-[0-9]{{2}})?|"
    rf"(?<=[YQ' 0-9])[0-9]{{2}}(?![0-9%,.])(?!\s(?:per|%|t\b|companies|million)))|"
    rf"\s(?:of\s)?(?P<qrel>last year|this year))?(?![A-Za-z0-9])"
    rf"|(?P<h>H[12]|(?-i:[12]H)|(?:first|second)[ -]half)(?:\s?(?:of\s|in\s)?(?P<hfy>FY|"
    rf"fiscal\s)?(?:CY)?\s?'?(?P<hy>{_Y}(?:-[0-9]{{2}})?|(?<=[YH'])[0-9]{{2}}(?![0-9%,.]))|"
    rf"\s(?:of\s)?(?P<hrel>last year|this year))?(?=\W|$)"
    rf"|(?:(?P<srel>this|last|next|in the|by the|by|until|before|since|late|early)\s(?:early\s|"
    rf"late\s)?(?P<season>spring|summer|autumn|winter|"
    rf"(?<=this )fall|(?<=last )fall|(?<=next )fall|(?<=by )fall)|(?P<season2>spring|summer|autumn|winter|"
    rf"fall)(?=\s(?:of\s)?{_Y}))\b"
    rf"(?:\s(?:of\s)?(?P<sy>{_Y}))?"
    rf"|(?P<qend>quarter[- ]end\b|(?:the )?end of the quarter)|(?:for|during|in|"
    rf"over) (?P<thisq>the quarter)\b(?!\s(?:to|ended|ending|through))"
    rf"|(?P<chalf>(?:the )?(?:current|this) half(?:[- ]year)?)|(?P<smonth>(?:the )?(?:start|"
    rf"beginning) of (?:the|this) month)"
    rf"|(?P<ytd>(?:year[- ]to[- ]date|YTD|so far this year|since the turn of the year))\b"
    rf"|(?P<fq>first\sthree\squarters)(?:\sof\s(?P<fqy>{_Y}|last year|this year|the year))?"
    rf"|(?:first|same)\s(?P<fm>two|three|four|five|six|seven|eight|nine|ten|eleven|[2-9]|"
    rf"1[01])\smonths(?:\sof\s(?P<fmy>{_Y}|last year|this year|the year))?"
    rf"|(?:(?P<span>three|six|nine|twelve|[0-9]{{1,2}})\smonths|(?P<sspan>quarter|year|half)"
    rf"(?:ly period|-year)?)\s(?:to|"
    rf"through|ended|ending)\s"
    rf"(?:on\s|the end of\s|[0-9]{{1,2}}\s)?"
    rf"(?P<spanm>{_MON})(?:\s[0-9]{{1,2}}\b)?(?:,?\s(?P<spany>{_Y}))?"
    rf"|(?P<fy>(?:FY|fiscal(?: year)?|financial year)\s?'?(?P<fyy>{_Y}|(?<=Y)[0-9]{{2}}|"
    rf"(?<=Y )[0-9]{{2}})(?:[-/](?P<fyto>[0-9]{{4}}|[0-9]{{2}}))?)(?![0-9%])"
    rf"|(?P<fyrel>this|last|next|current|previous|coming) (?:fiscal|financial) year\b"
    rf"|(?P<rel>last|this|next)\s(?P<runit>year|month|week|quarter)\b"
    rf"|(?P<word>yesterday|today|tomorrow|now(?!\sthat)|currently|at present)\b"
    rf"|(?P<dow>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
    rf"|(?P<ago>(?P<agon>an?|one|two|three|four|five|six|seven|eight|nine|ten|half a|"
    rf"[0-9]{{1,2}})\s(?P<agou>year|month|week|day|decade)s?\s"
    rf"(?:ago|(?P<earlier>earlier|before(?!\s(?:that|it|they|the)\b))|(?P<hence>from now|hence)))\b"
    rf"|(?P<start>(?:the )?(?:start|beginning|end) of (?:the|this|last) year)"
    rf"|(?P<decade>(?:the )?decade is out|(?:the )?end of the decade)"
    rf"|(?<![万億亿千百兆$€£¥,])(?P<y>{_Y})(?-i:[EF]\b)?(?:-(?P<yto>{_Y}|[0-9]{{2}}))?(?!-?[A-Za-z0-9]|"
    rf"[.,][0-9]|"
    rf"~[0-9,.]+(?![0-9]|年)[^\W\d]|\s?[\u3040-\u9fff]|\s?(?:%|"
    rf"percent|per cent|t\b|tonnes|tons|kg\b|yuan|dollars|MW|kg/|people|workers|jobs|vehicles|cars|"
    rf"companies|applications))"
    rf")",
    re.IGNORECASE,
)
_BEFORE_EN = re.compile(r"\bbefore\s$", re.IGNORECASE)
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
    r"(?=[0-9+\[午上下第世双七分门编股证NGCSAFTLPUBRIEVH])(?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?!\d)|"
    r"(?:午前|午後|上午|"
    r"下午)?[0-9]{1,2}[时時](?![间間])(?:[0-9]{1,2}分)?|"
    r"\b[0-9]{1,2}\s?[ap]\.?m\.?\b|(?<![0-9])\+?[0-9]{2,4}-[0-9]{3,4}-?[0-9]{4}(?![0-9])|"
    r"[0-9]{3,4}-[0-9]{7,8}(?![0-9])|"
    r"\[[0-9, -]{1,20}\]|\b(?:19|20)[0-9]0s\b|"
    r"第\s?(?:[0-9]{1,4}|[一二三四五六七八九十百]{1,4})\s?(?:次|届|条|号|款|章|节|節|位|回|期|代|批|种|步|"
    r"部|项|页|頁|弾|条|工場|工厂|大|1|一|四|位|)?|"
    r"\b(?:Nos?|Numbers?|Groups?|Chapters?|Sections?|Articles?|Figs?|Figures?|Tables?|Lines?|Phases?|Stages?|"
    r"Units?|Blocks?|Rounds?|Tiers?|Levels?|Types?|Class|Grades?|Annex|Appendix|Plants?|Rules?|Clauses?|"
    r"Items?|Exhibits?|Part|Volume|Issue|Route|Highway|Flight|Listing Rule|"
    r"pages?)\.?\s[0-9]{1,5}(?![0-9.]*\s?%|[0-9,.]*[0-9])|"
    r"(?:分机号|门牌|编号|股票代码|证券代码)\s?[0-9]{1,12}|[0-9]{6}\.(?:SH|SZ)|世界[0-9]{1,4}位|"
    r"(?<![0-9])[0-9]{1,4}位|"
    r"(?<![0-9])[0-9]{1,4}(?:st|nd|rd|th)\b|双十一|七国集团|(?<![0-9])[0-9]{1,5}号(?![召码]))",
    re.IGNORECASE,
)


def find(text: str, published: date | None = None, year_end: int = 12) -> list[Time]:
    """Return the times named in a narrowed text, left to right, none overlapping.

    Parameters
    ----------
    text : str
        As `numerals.narrow` gives it.
    published : date or None
        Without it, what is relative to it is named but not fixed.
    year_end : int
        The month in which the document's fiscal years end, as `year_end` tells.

    Examples
    --------
    >>> [t.period for t in find("In Q3 2025 and 去年10月, 令和7年, since April", date(2025, 6, 1))]
    ['2025-07/2025-09', '2024-10', '2025', '2025-04/..']
    """
    found = [Time(m.start(), m.end(), None) for m in _CLOCK.finditer(text) if m[0]]
    if not text.isascii():
        found += _cjk(text, published)
    found += _english(text, published, year_end)
    found.sort(key=lambda t: (t.start, -t.end))
    kept: list[Time] = []
    for time in found:
        if not kept or time.start >= kept[-1].end:
            kept.append(time)
        elif time.end > kept[-1].end and time.period and not kept[-1].period:
            kept[-1] = time
    return list(_joined(text, _since_january(text, kept), published))


_OVER_MONTHS = re.compile(rf"\bover (?:the )?(?P<n>{'|'.join(_COUNTS)}|[2-9]|1[01]) months\b", re.IGNORECASE)


def _since_january(text: str, found: list[Time]) -> list[Time]:
    """Times with those that go on from the first half: "over the first half 22 t, over nine months 39 t"."""
    whole = list(found)
    for m in _OVER_MONTHS.finditer(text):
        before = next((t.period for t in reversed(found) if t.end <= m.start() and t.period), "")
        if "-01/" not in before or any(t.start < m.end() and m.start() < t.end for t in found):
            continue
        count = int(m["n"]) if m["n"].isdigit() else _COUNTS.index(m["n"].lower()) + 2
        if bounds(before)[1].month < count:
            whole.append(Time(m.start(), m.end(), _months(int(before[:4]), 1, count)))
    return sorted(whole, key=lambda t: t.start)


def _joined(text: str, times: list[Time], today: date | None) -> Iterator[Time]:
    """Two times with "to" between become one interval; "since" opens the end, "from" that of one to come."""
    i = 0
    while i < len(times):
        time = times[i]
        if time.period and i + 1 < len(times) and (after := times[i + 1]).period:
            between = text[time.end : after.start]
            english = _TO_EN.fullmatch(between) and _FROM_EN.search(text[max(0, time.start - 8) : time.start])
            if english or _joined_cjk(text, time, after, between.strip()):
                low, high = time.period.partition("/")[0], _in_order(time, after)
                if _OPEN not in (low, high) and low != high and bounds(low)[0] <= bounds(high)[1]:
                    yield Time(time.start, after.end, f"{low}/{high}")
                    i += 2
                    continue
        yield _opened(text, time, time.period, today) if time.period else time
        i += 1


def _opened(text: str, time: Time, period: str, today: date | None) -> Time:
    """A time with an end open, where words around it say so: since April, before April, 3月以来."""
    since = _SINCE.match(text, time.end)
    if since is None and text[time.start - 1 : time.start] in ("自", "从"):
        since = _SINCE_FAR.match(text, time.end)
    if since:
        return replace(time, end=since.end(), period=f"{period.partition('/')[0]}/{_OPEN}")
    if "/" in period:
        return time
    since_en = _SINCE_EN.search(text[max(0, time.start - 24) : time.start])
    if since_en or (_starts(text, time) and today and bounds(period)[0] > today):
        return replace(time, period=f"{period}/{_OPEN}")
    if len(period) == 7 and _BEFORE_EN.search(text, max(0, time.start - 8), time.start):
        year, month = map(int, period.split("-"))
        return replace(time, period=f"{_OPEN}/{_month(year, month - 1)}")
    return time


def _joined_cjk(text: str, time: Time, after: Time, between: str) -> bool:
    """Whether two times are the ends of one: 自1月到3月, 2026年至2028年, 7月から9月にかけて."""
    if not _TO_CJK.fullmatch(between):
        return False
    if between == "から":
        return bool(_THROUGH_JA.match(text, after.end))
    return between in ("-", "~", "至") or text[max(0, time.start - 1) : time.start] in ("自", "从", "由")


def _in_order(time: Time, after: Time) -> str:
    """The end of an interval; one named without its year is the first after the beginning."""
    high, first = (after.period or "").rpartition("/")[2], (time.period or "").partition("/")[0]
    if not after.floating or _OPEN in (first, high):
        return high
    moved = first[:4] + high[4:]
    try:
        return moved if bounds(moved)[1] >= bounds(first)[0] else str(int(first[:4]) + 1) + high[4:]
    except ValueError:  # the 29th of February
        return high


def year_end(texts: Sequence[str], language: str) -> int:
    """Return the month in which the fiscal years of a document end.

    March in Japan and India, June in Australia, else December.

    Parameters
    ----------
    texts : sequence of str
        Title and paragraphs.
    language : str
        ISO 639-1.

    Examples
    --------
    >>> year_end(["Rs 185 crore in 2025-26"], "en"), year_end(["(ASX: CRX)"], "en")
    (3, 6)
    """
    whole = "\n".join(texts)
    if told := re.search(r"FY[0-9]{2,4}\s?[(（](1?[0-9])月期", whole):
        return int(told[1]) if 1 <= int(told[1]) <= 12 else 12
    if language == "ja" or _INDIAN.search(whole):
        return 3
    return 6 if _AUSTRALIAN.search(whole) else 12


_INDIAN = re.compile(r"\bcrore\b|\blakh\b|₹|\bNew Delhi\b")
_AUSTRALIAN = re.compile(r"\bASX\b|\bJune[- ]quarter\b|\bSeptember[- ]quarter\b|澳交所|豪州証券")


def _fiscal_year(named: int, year_end: int) -> str:
    """The year that is called after the one in which it ends: FY26 to June 2026."""
    return str(named) if year_end == 12 else _months(named - 1, year_end + 1, year_end + 12)


def _starts(text: str, time: Time) -> bool:
    """Whether something begins with a time whose year is named: from 2029, 从2028年起, 27年から."""
    english = _STARTS_EN.search(text[max(0, time.start - 16) : time.start]) and not text.startswith(
        " to ", time.end
    )
    return not time.floating and bool(english or _STARTS_CJK.match(text, time.end))


def _cjk(text: str, today: date | None) -> list[Time]:
    times, year = [], None
    for m in _CJK.finditer(text):
        if m[0] and (read := _cjk_time(m, text, today, year)):
            times.append(read)
            year = int(read.period[:4]) if read.period and read.period[0] != "." else year
    for pattern, reader in _CJK_READERS:
        for m in pattern.finditer(text):
            if read := reader(m, text, today):
                times.append(read)
    return times


def _months_cjk(m: re.Match[str], text: str, today: date | None) -> Time | None:
    """1-5月, 24年10〜12月期, 七八月."""
    first, last = map(_number, m["pair"] if m["pair"] else (m["first"], m["last"]))
    if not 1 <= first < last <= 12:
        return None
    year, start = _year_before(m, text, today)
    if year and start == m.start() and today and first - today.month > _LATELY:
        year -= 1  # 10〜12月期 read in January is over
    return Time(start, m.end(), _months(year, first, last) if year else None)


def _year_before(m: re.Match[str], text: str, today: date | None) -> tuple[int | None, int]:
    """The year named before months, else that of publication, and where the naming begins."""
    before = _YEAR_BEFORE.search(text, max(0, m.start() - 6), m.start())
    if before and before["year"]:
        return int(before["year"]) + 2000 * (len(before["year"]) == 2), before.start()
    if today is None:
        return None, m.start()
    if before:
        return today.year + _YEAR_WORDS[before["relative"]], before.start()
    return today.year, m.start()


def _first_cjk(m: re.Match[str], text: str, today: date | None) -> Time | None:
    year, start = _year_before(m, text, today)
    return Time(start, m.end(), _months(year, 1, _number(m["count"])) if year else None)


def _day_cjk(m: re.Match[str], text: str, today: date | None) -> Time | None:
    day = _number(m["day"] or m["hanDay"])
    return Time(m.start(), m.end(), _day_of_month(today, day) if today else None)


def _relative_time_cjk(m: re.Match[str], text: str, today: date | None) -> Time | None:
    return Time(m.start(), m.end(), _relative_cjk(m[0], today) if today else None)


def _weekday_cjk(m: re.Match[str], text: str, today: date | None) -> Time | None:
    if today is None:
        return Time(m.start(), m.end(), None)
    day = "一二三四五六日".find(m["zh"].replace("天", "日")) if m["zh"] else "月火水木金土日".find(m["ja"])
    monday = today - timedelta(today.weekday())
    if m["rel"]:
        weeks = {"上": -1, "先": -1, "下": 1}.get(m["rel"], 0)
        return Time(m.start(), m.end(), (monday + timedelta(day + 7 * weeks)).isoformat())
    return Time(m.start(), m.end(), (today - timedelta((today.weekday() - day) % 7)).isoformat())


def _season_cjk(m: re.Match[str], text: str, today: date | None) -> Time | None:
    if today is None:
        return Time(m.start(), m.end(), None)
    first = _SEASONS[m["season"] or m["bare"]]
    word = m["rel"] or ""
    away = _YEAR_WORDS.get(word, {"来": 1, "翌": 1, "昨": -1}.get(word, 0))
    year = 2000 + int(word[-3:-1]) if word[:1].isdigit() else today.year + away
    if not word and _month_over(today, first + 2):
        year += 1  # by summer, read in autumn
    return Time(m.start(), m.end(), _months(year, first, first + 2))


def _month_over(today: date, month: int) -> bool:
    return month < today.month


def _away_cjk(m: re.Match[str], text: str, today: date | None) -> Time | None:
    """3年前, 10年後, 1カ月前: so long before or after publication."""
    if today is None:
        return Time(m.start(), m.end(), None)
    count = 0.5 if m["count"] == "半" else float(_number(m["count"]))
    if "内" in m["way"]:
        end = _month(today.year, today.month + int(12 * count)) if m["unit"] == "年" else None
        return Time(m.start(), m.end(), f"{_month(today.year, today.month)}/{end}") if end else None
    ahead = 1 if m["way"] in "後后" else -1
    return Time(m.start(), m.end(), _away(today, ahead * count, m["unit"][0]))


def _away(today: date, count: float, unit: str) -> str | None:
    """The year, month or week so many years (年, y), months or weeks (周, 週, w) or days from a day."""
    if unit in "年y":
        if abs(count) > 1 and count == int(count):
            return str(today.year + int(count)) if 0 < today.year + count < 9999 else None
        return _month(today.year, today.month + int(12 * count))
    if unit in "周週w":
        return _week(today, int(count)) if abs(count) < 500 else None
    if unit == "d":
        return (today + timedelta(int(count))).isoformat()
    return _month(today.year, today.month + int(count))


_WITHIN = ("quarter", "nine", "half", "jhalf", "month", "whole", "mquarter")


def _cjk_time(m: re.Match[str], text: str, today: date | None, told: int | None = None) -> Time | None:
    """A time that `_CJK` found; `told` is the year told before it, which 同年 and 当年 are."""
    year, fiscal = _cjk_year(m, today)
    if m["relative"] in ("同年", "当年"):
        year = told
    named = any(m[g] for g in ("year", "short", "era", "relative"))
    within = next((g for g in _WITHIN if m[g]), "")
    if m["half"] in ("前半", "後半") and not named:
        return None
    if not named and (not within or (m["half"] and text[max(0, m.start() - 1) : m.start()].isdigit())):
        return None
    if not named:
        year = today.year if today else None
    if m["month"] and not 1 <= _number(m["month"]) <= 12:
        return None
    if year is None or text.startswith("版", m.end()):  # 2025年版 names an edition
        return Time(m.start(), m.end(), None)
    if within == "month":
        return _month_cjk(m, text, today, year, named)
    if not named and today:
        year -= _not_begun(m, within, today)
    return Time(m.start(), m.end(), _part_of_year(m, within, year, fiscal))


def _month_cjk(m: re.Match[str], text: str, today: date | None, year: int, named: bool) -> Time:
    start, end, month = m.start(), m.end(), _number(m["month"])
    if not named and today:
        future = bool(
            _AHEAD.search(text[max(0, start - 2) : start])
            or text[end : end + 2] in ("から", "にも")
            or text[end : end + 1] == "起"
        )
        begun = _SINCE.match(text, end) or _SINCE_FAR.match(text, end)
        future = future and month != today.month and not begun
        year = _nearest_year(today, month, future=future)
    if m["part"] == "期" and named:
        return Time(start, end, _months(year - 1, month + 1, month + 12))  # 29年3月期
    day = _number(m["day"]) if m["day"] else None
    return Time(start, end, _valid(year, month, day), floating=not named, yearless=not named)


def _not_begun(m: re.Match[str], within: str, today: date) -> bool:
    """Whether a part of a year named without its year is rather of last year."""
    if within == "quarter":
        return 3 * _quarter_cjk(m) - 2 - today.month > _LATELY
    if within == "mquarter":
        return int(m["mquarter"]) - 2 > today.month + _LATELY
    return within == "whole" and today.month <= _LATELY // 2  # a look back at the year that is over


def _quarter_cjk(m: re.Match[str]) -> int:
    written = m["quarter"]
    return 1 if written == "首" else "1234".find(written) + 1 or "一二三四".find(written) + 1


def _part_of_year(m: re.Match[str], within: str, year: int, fiscal: bool) -> str:
    if within == "quarter":
        return (
            _months(year, 3 * _quarter_cjk(m) + 1, 3 * _quarter_cjk(m) + 3)
            if fiscal
            else _quarter(year, _quarter_cjk(m))
        )
    if within == "mquarter":
        return _months(year, int(m["mquarter"]) - 2, int(m["mquarter"]))
    if within == "nine":
        return _months(year, 1, 9)
    if within == "half":
        first, last = _HALVES[m["half"]]
        return _months(year, first, last) if first != last else _month(year, first)
    if within == "jhalf":
        first = 1 if m["jhalf"].startswith("上") else 7
        calendar = (
            bool(m["year"]) and not fiscal
        )  # 2025年上期 is January to June, 2025年度上期 and 上期 April to September
        return _months(year, first, first + 5) if calendar else _months(year, first + 3, first + 8)
    return _fiscal(year) if fiscal else f"{year:04d}"


_CJK_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str, date | None], Time | None]], ...] = (
    (_CJK_RANGE, _months_cjk),
    (_CJK_FIRST, _first_cjk),
    (_CJK_DAY, _day_cjk),
    (_CJK_RELATIVE, _relative_time_cjk),
    (_CJK_WEEKDAY, _weekday_cjk),
    (_CJK_SEASON, _season_cjk),
    (_CJK_AWAY, _away_cjk),
)


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
    if m["relative"] and m["relative"] in _YEAR_WORDS and today:
        fiscal = "度" in m["relative"] and _has_kana(m.string)
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
    if word == "年初来":
        return _months(today.year, 1, today.month)
    if word[-1] in "周週":
        return _week(today, -1 if word[0] in "上先前" else 1 if word[0] in "下来翌" else 0)
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


def _english(text: str, today: date | None, year_end: int) -> list[Time]:
    return [
        Time(
            m.start(),
            m.end(),
            _english_time(m, text, today, year_end),
            floating=bool(m["m4"]),
            yearless=bool(m["m4"] or (m["d1"] and not m["y1"]) or (m["d2"] and not m["y2"])),
        )
        for m in _EN.finditer(text)
        if not (m["agou"] and m["earlier"] and not m["agou"].lower().startswith(("year", "month")))
    ]


def _month_number(written: str) -> int:
    return next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(written.lower()[:3]))


def _english_time(m: re.Match[str], text: str, today: date | None, year_end: int) -> str | None:
    for group, fiscal_reader in _FISCAL_READERS:
        if m[group] and (told := fiscal_reader(m, today, year_end)):
            return told
    for readers, read in _READERS:
        if m[readers]:
            return read(m, text, today)
    return None


def _fiscal_en(m: re.Match[str], today: date | None, year_end: int) -> str | None:
    """FY2025, FY26, FY2025-26."""
    named = _century(m["fyy"])
    if year_end == 3 and not m["fyto"] and _has_kana(m.string):
        return _fiscal(named)  # Japan names its years after their beginning
    if m["fyto"]:
        named = _century(m["fyto"])
        return _fiscal_year(named, year_end if year_end != 12 else 3)
    return _fiscal_year(named, year_end)


def _fiscal_relative(m: re.Match[str], today: date | None, year_end: int) -> str | None:
    if today is None:
        return None
    offset = {"last": -1, "previous": -1, "next": 1, "coming": 1}.get(m["fyrel"].lower(), 0)
    return _fiscal_year(today.year + (today.month > year_end) + offset, year_end)


def _fiscal_half(m: re.Match[str], today: date | None, year_end: int) -> str | None:
    """H1 FY26; in India "the first half" alone, April to September."""
    if not m["hfy"] and (year_end != 3 or m["hy"] or m["hrel"]):
        return None
    named = _split_year(m["hy"], year_end) if m["hy"] else today and today.year + (today.month > year_end)
    first = year_end % 12 + 1 if _first_half(m["h"]) else year_end % 12 + 7
    return _months(named - (year_end != 12), first, first + 5) if named else None


def _fiscal_quarter(m: re.Match[str], today: date | None, year_end: int) -> str | None:
    if not m["qfy"] or not m["qy"]:
        return None
    named = _split_year(m["qy"], year_end)
    first = year_end % 12 + 3 * _quarter_number(m["q"]) - 2
    return _months(named - (year_end != 12), first, first + 2)


def _split_year(written: str, year_end: int) -> int:
    """The year in which a fiscal year ends: 2026 of 2025-26 and of 26."""
    return _century(written[-2:] if "-" in written else written)


def _fiscal_pair(m: re.Match[str], today: date | None, year_end: int) -> str | None:
    """2024-25 in India: April to March."""
    pair = year_end == 3 and m["yto"] and len(m["yto"]) == 2 and int(m["yto"]) == (int(m["y"]) + 1) % 100
    return _fiscal_year(int(m["y"]) + 1, 3) if pair else None


def _century(written: str) -> int:
    return int(written) + (2000 if len(written) == 2 else 0)


_FISCAL_READERS: tuple[tuple[str, Callable[[re.Match[str], date | None, int], str | None]], ...] = (
    ("fyy", _fiscal_en),
    ("fyrel", _fiscal_relative),
    ("h", _fiscal_half),
    ("q", _fiscal_quarter),
    ("y", _fiscal_pair),
)


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


_QUARTERS = _ORDINALS | {"final": 4, "closing": 4, "opening": 1}


def _quarter_number(written: str) -> int:
    if written[0] in "Qq1234" and written[-1] not in "r":
        return int(written.strip("Qq"))
    return _QUARTERS[re.split("[ -]", written.lower())[0]]


def _quarter_en(m: re.Match[str], text: str, today: date | None) -> str | None:
    quarter = _quarter_number(m["q"])
    year = _year_of(m["qy"], m["qrel"], today)
    if year and not m["qy"] and not m["qrel"] and today and 3 * quarter - 2 > today.month:
        year -= 1
    return _quarter(year, quarter) if year else None


def _first_half(written: str) -> bool:
    return written[0] == "1" or written[-1] == "1" or written.lower().startswith("first")


def _half_en(m: re.Match[str], text: str, today: date | None) -> str | None:
    year = _year_of(m["hy"], m["hrel"], today)
    return (_months(year, 1, 6) if _first_half(m["h"]) else _months(year, 7, 12)) if year else None


def _months_en(m: re.Match[str], text: str, today: date | None) -> str | None:
    """April-June 2025; without its year the latest that is over or has begun."""
    first, last = _month_number(m["mr"]), _month_number(m["mr2"])
    year = int(m["mry"]) if m["mry"] else today and _nearest_year(today, last, future=False)
    return _months(year - (first > last), first, last + 12 * (first > last)) if year else None


def _season_en(m: re.Match[str], text: str, today: date | None) -> str | None:
    """By spring: the next; in the summer: the last that has begun; winter begins in December."""
    if today is None and not m["sy"]:
        return None
    first = _SEASONS[(m["season"] or m["season2"]).lower()]
    if m["sy"]:
        return _months(int(m["sy"]), first, first + 2)
    assert today is not None
    ahead = (m["srel"] or "").lower() in ("next", "by", "by the", "until", "before")
    year = today.year
    if first == 12:
        year -= today.month <= 6 and not ahead
    elif ahead:
        year += first + 2 < today.month or ((m["srel"] or "").lower() == "next" and first <= today.month)
    elif (m["srel"] or "").lower() == "last":
        year -= first + 2 >= today.month
    elif (m["srel"] or "").lower() != "this":
        year -= first > today.month
    return _months(year, first, first + 2)


def _this_quarter(m: re.Match[str], text: str, today: date | None) -> str | None:
    """The quarter that a report is of: the last that is over."""
    if today is None:
        return None
    index = today.year * 4 + (today.month - 1) // 3 - 1
    return _quarter(index // 4, index % 4 + 1)


def _quarter_end(m: re.Match[str], text: str, today: date | None) -> str | None:
    quarter = _this_quarter(m, text, today)
    return bounds(quarter)[1].isoformat() if quarter else None


def _current_half(m: re.Match[str], text: str, today: date | None) -> str | None:
    return _months(today.year, *((1, 6) if today.month < 7 else (7, 12))) if today else None


def _ago(m: re.Match[str], text: str, today: date | None) -> str | None:
    written = m["agon"].lower()
    count = (
        0.5
        if written == "half a"
        else 1.0
        if written in ("a", "an", "one")
        else float(written)
        if written.isdigit()
        else 2.0 + [*_COUNTS].index(written)
    )
    if m["agou"].lower() == "decade":
        count *= 10
    if today is None:
        return None
    unit = "y" if m["agou"].lower() == "decade" else m["agou"].lower()[0]
    return _away(today, count if m["hence"] else -count, unit)


def _first_months(m: re.Match[str], text: str, today: date | None) -> str | None:
    count = int(m["fm"]) if m["fm"].isdigit() else _COUNTS.index(m["fm"].lower()) + 2
    written = (m["fmy"] or "").lower()
    if m[0].lower().startswith("same") and not written:
        return None  # as those told before
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
        return _century(written[:4])
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
    ("mr", _months_en),
    ("mq", _month_quarter),
    ("m3", lambda m, text, today: _month(int(m["y3"]), _month_number(m["m3"]))),
    ("m4", _bare_month),
    ("q", _quarter_en),
    ("h", _half_en),
    ("fm", _first_months),
    ("fq", _first_quarters),
    ("spanm", _months_to),
    ("rel", _relative_en),
    ("word", _word_en),
    ("dow", _weekday),
    ("ago", _ago),
    ("season", _season_en),
    ("season2", _season_en),
    ("qend", _quarter_end),
    ("thisq", _this_quarter),
    ("chalf", _current_half),
    ("smonth", lambda m, text, today: _month(today.year, today.month) if today else None),
    ("ytd", lambda m, text, today: _months(today.year, 1, today.month) if today else None),
    ("start", _start_en),
    ("decade", lambda m, text, today: str(today.year // 10 * 10 + 9) if today else None),
    ("y", _years),
)
