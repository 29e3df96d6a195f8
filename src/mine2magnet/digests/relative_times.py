"""What "last week", 上月, 昨年 or a day without its month mean, by the day of a document's publication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

MOST = 3  # times of one text; of more, the years are left out
RECENT = 7  # days before publication: a day without its month, no longer ago, is of that month
SATURDAY = 5

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", *"一二三四五六日")
_STEPS = {
    "last": -1, "this": 0, "next": 1, "yesterday": -1,
    "上": -1, "本": 0, "这": 0, "這": 0, "下": 1, "昨": -1, "去": -1, "今": 0, "明": 1,
    "先": -1, "来": 1, "來": 1,
}  # fmt: skip
_UNITS = {"周": "week", "週": "week", "月": "month", "年": "year", "日": "day", "天": "day"}
# What was done on a weekday was done on the last one.
_DONE = (
    r"(?:said|says|told|held|rose|fell|fallen|shown?|cut|put|set|was|were|denied|met|began|ended|opened"
    r"|raised"
    r"|(?:announc|report|publish|approv|sign|releas|clos|assess|quot|unveil|launch|start|clear|agree|pass"
    r"|award|complet"
    r"|slipp|climb|eas|add|warn|confirm|reject|lower|accus|order|issu|halt|suspend|impos|lift)e?d)"
)
# A day without its month, as agencies date their reports.
_DAY = (
    r"(?<![月年\d日/.・～~至到—―ー約约計计長长均每-])(?<![\d日]、)(?P<date>\d{1,2})日"
    r"(?![間间以分目前後后内內均電电訊讯連连至到線线程本用～）)\d—―-]|か[かけ]|を要|から\d)"
)
_TIMES = {
    "en": re.compile(
        r"\b(?P<step>last|this|next) (?P<unit>week|month|year)\b(?!['’]?s? (?:old|ago)|-)"
        rf"|\b(?P<day>yesterday)\b|\b{_DONE}\b(?:[^.;]{{0,60}}?\b(?:on|late"
        rf"|early))? (?P<on>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
        r"(?!,? (?:[A-Z][a-z]+\.? )?\d)|\blast (?P<before>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?P<step>[上本这這下])(?:[个個]"
        r"|一)?(?P<unit>[周週月])(?![末刊年期内內例均]|[报報](?![价價]))(?P<weekday>[一二三四五六日])?(?!\d)"
        r"|(?<![上下本这這每逢])(?<![周週][一二三四五六日][至到])(?:[周週]"
        r"|星期)(?P<on>[一二三四五六日])(?![一二三四五六日至到])"
        r"|(?P<year>[去今明])年(?!度)|(?P<day>昨)(?:[日天]|(?=[（(]\d{1,2}[)）]日))"
        r"|(?P<today>今)[日天](?=宣布|公布|公告|[发發]布|[发發]表|表示|[举舉]行|召[开開]|下[达達]|通[报報]|[凌早上下]|[开開收][盘盤])|"
        + _DAY
    ),
    "ja": re.compile(
        r"(?P<step>[先今来])(?P<unit>[週月])(?![号末])|(?<!一)(?P<year>[去昨今本来])年(?![度々代])|(?P<day>昨"
        r"|本)日|" + _DAY
    ),
}
# A month that is held against the one before it.
_OTHER_MONTH = re.compile(r"\d月[^。]*[比较較]$|\d月[^。]*(?:より|比べ)$")
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def resolved(text: str, published: date, language: str) -> list[str]:
    """Return, in ISO form, the times that a text tells by the day on which it was published.

    A week is its Monday to its Sunday; it is left out where the text came at a weekend, when "last week" may
    be either, as is what the text dates itself.

    Parameters
    ----------
    text : str
    published : date
    language : str
        ISO 639-1 code.

    >>> resolved("The price fell last week.", date(2025, 8, 20), "en")
    ['2025-08-11–17']
    >>> resolved("30日発表した。昨年より多い。", date(2025, 10, 30), "ja")
    ['2025-10-30', '2024']
    """
    if not date.min.year < published.year < date.max.year:
        return []
    plain = text.translate(_DIGITS)
    told = [time for time in dict.fromkeys(_times(plain, published, language)) if time not in plain]
    return told if len(told) <= MOST else [time for time in told if len(time) > len("2025")][:MOST]


def _times(text: str, published: date, language: str) -> Iterator[str]:
    for m in _TIMES[language].finditer(text) if language in _TIMES else ():
        found = {name: value.lower() for name, value in m.groupdict("").items()}
        step = _STEPS.get(found["step"] or found["day"] or found.get("year", ""), 0)
        unit = _UNITS.get(found["unit"], found["unit"])
        if found.get("date"):
            yield from _dated(int(found["date"]), published)
        elif found.get("on"):
            yield str(_last(found["on"], published))
        elif found.get("before"):  # this week's, or that of the week before?
            on = _last(found["before"], published)
            yield from [str(on)] if on.weekday() > published.weekday() else []
        elif found["day"] or found.get("today"):
            yield str(published + timedelta(days=step))
        elif found.get("year") or unit == "year":
            yield str(published.year + step)
        elif unit == "month" and _OTHER_MONTH.search(text[: m.start()]):
            continue  # of the month that is told, not of this
        elif unit == "month":
            months = published.year * 12 + published.month - 1 + step
            yield f"{months // 12}-{months % 12 + 1:02}"
        else:
            monday = published + timedelta(days=7 * step - published.weekday())
            if found.get("weekday"):
                yield str(monday + timedelta(days=_WEEKDAYS.index(found["weekday"]) % 7))
            elif published.weekday() < SATURDAY:
                yield _span(monday, monday + timedelta(days=6))


def _last(weekday: str, published: date) -> date:
    """The last day of that name, which may be the day of publication."""
    back = (published.weekday() - _WEEKDAYS.index(weekday[:3])) % 7
    return published - timedelta(days=back)


def _dated(day: int, published: date) -> Iterator[str]:
    if 0 <= published.day - day <= RECENT and day:
        yield str(published.replace(day=day))


def _span(first: date, last: date) -> str:
    """Two days as an interval that says what they have in common once."""
    same = f"{first:%Y-%m}" == f"{last:%Y-%m}"
    return (
        f"{first}–{last:%d}"
        if same
        else f"{first}–{last:%m-%d}"
        if first.year == last.year
        else f"{first}–{last}"
    )
