"""The other ways in which texts of three languages write what a query says of quantities and times.

"4-6 weeks" is 四到六周 and 4～6週間, "July 2025" is 2025年7月. The grammar of claims reads what is asked
for; this writes it again, so that words alone find it.
"""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache

from mine2magnet.claims import times, units
from mine2magnet.claims.numerals import narrow, to_han, words_of
from mine2magnet.claims.quantities import measured
from mine2magnet.model import Quantity, WrittenForms

# A day of a month is told from "today" by two days of publication that have neither year nor month in common.
_EARLIER, _LATER = date(2023, 2, 10), date(2024, 8, 20)
_UNNAMED = frozenset(
    ("", "bare", "count", "person", "vehicle", "x", "pp")
)  # said with a word for what is counted
_OTHER = {  # spellings that mean something else beside a small number, or not the number itself
    "day": tuple(
        f"{kind}day" for kind in ("business ", "working ", "calendar ", "trading ", "working-", "business-")
    ),
    "month": ("月", "个多月", "個多月"),
}
_DAYS = 31  # up to which "3日" is a day of a month
_SMALL = 100  # numbers that are written in words or in Han characters as well
_HALF = 0.5
_THOUSANDS = (1e3, 1e6)  # of which a scaled unit is: kt, Mt
_MYRIADS = ((1e8, "亿"), (1e4, "万"))
_SCALES = ((1e9, ("billion", "bn", "b")), (1e6, ("million", "mn", "m")))
_SIGN = 3  # Latin letters of a unit that may stand at its number: 40kg, 20kt
_PARTS = {(n, d): 100 * n / d for d in (3, 4, 5) for n in range(1, d)}  # told as fractions as well as in %
_NTHS = {3: "third", 4: "quarter", 5: "fifth"}
_FRACTION = re.compile("分之|分の|" + "|".join(_NTHS.values()), re.IGNORECASE)
_BETWEEN = (
    ("-", " to ", " and "),
    ("到", "至", "-", "から"),
)  # the ends of a range, in Latin and in Han writing
_ORDINALS = ("first", "second", "third", "fourth")
_KANA = re.compile("[\u3041-\u30ff]")
_TENS = 2  # months whose names end those of November and December, 十一月 and 十二月
_MAY = 5  # a word of its own: only with its year


def written_forms(text: str) -> list[WrittenForms]:
    """Return the quantities and times of a text with the ways in which they are written, left to right.

    Years stand apart from what is named of them, as texts leave them out. What is only told from the day of
    publication ("last month") is left out.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> [(text.start, text.end, "四到六周" in text.parts[0]) for text in written_forms("stocks of 4-6 weeks")]
    [(10, 19, True)]
    >>> [part[:2] for part in written_forms("2025年7月")[0].parts]
    [('July', 'Jul'), ('2025', 'FY2025')]
    """
    text = narrow(text)
    named = times.find(text)
    found = [_of_time(text, one) for one in named]
    found += [
        WrittenForms(m.start, m.end, (forms,))
        for m in measured(text, named)
        if m.quantity.unit not in _UNNAMED
        and not m.changed
        and (forms := tuple(dict.fromkeys(_of_quantity(m.quantity, text[m.start : m.end]))))
    ]
    return sorted(one if len(one.parts) > 1 else _with_typed(text, one) for one in found if one is not None)


def _with_typed(text: str, one: WrittenForms) -> WrittenForms:
    (forms,) = one.parts
    return replace(one, parts=((text[one.start : one.end], *forms),))


# --- times ------------------------------------------------------------------------------------------


def _of_time(text: str, time: times.Time) -> WrittenForms | None:
    period = time.period or _without_year(text, time)
    year = None if period is None or period.startswith("0000") else int(period[:4])
    parts = []
    if period and (forms := _within_year(period, year)):
        parts.append(forms)
    if year and (parts or period == str(year)):
        parts.append((str(year), f"FY{year}"))
    return WrittenForms(time.start, time.end, tuple(parts)) if parts else None


def _without_year(text: str, time: times.Time) -> str | None:
    """The period of a time that is named without its year, in the year 0; None where it hangs on the day."""
    written = text[time.start : time.end]
    told = [[t.period for t in times.find(written, day) if t.period] for day in (_EARLIER, _LATER)]
    if any(len(periods) != 1 for periods in told):
        return None
    first, second = (re.sub(r"\b\d{4}\b", "0000", periods[0]) for periods in told)
    return first if first == second and first != "0000" else None


def _within_year(period: str, year: int | None) -> tuple[str, ...]:
    """A day, a month, a quarter or a half, without its year."""
    first, _, last = period.partition("/")
    numbers = [int(n) for n in first.split("-")[1:]]
    if last:
        ends = [int(n) for n in last.split("-")[1:]]
        whole = len(numbers) == len(ends) == 1 and first[:4] == last[:4]
        return tuple(_months(numbers[0], ends[0])) if whole else ()
    if len(numbers) == 2:
        return tuple(_day(numbers[0], numbers[1], year))
    return tuple(_month(numbers[0], year)) if numbers else ()


def _month(month: int, year: int | None) -> Iterator[str]:
    if month == _MAY:
        yield from (f"May {year}",) if year else ()
    else:
        yield from _names(month)
    yield f"{month}月"
    yield from (f"{to_han(month)}月",) if month > _TENS else ()
    if year:
        yield f"{year}-{month:02}"
        yield f"{year}/{month}"


def _names(month: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys((month_name[month], month_abbr[month], *(("Sept",) if month == 9 else ()))))


def _day(month: int, day: int, year: int | None) -> Iterator[str]:
    for name in _names(month):
        yield f"{name} {day}"
        yield f"{day} {name}"
    yield f"{month}月{day}日"
    yield from (f"{to_han(month)}月{to_han(day)}日",) if month > _TENS else ()
    if year:
        yield f"{year}-{month:02}-{day:02}"
        yield f"{year}/{month}/{day}"


def _months(first: int, last: int) -> Iterator[str]:
    quarter, half = (first + 2) // 3, (first + 5) // 6
    if (first, last) == (3 * quarter - 2, 3 * quarter):
        yield from (f"Q{quarter}", f"{quarter}Q", f"{_ORDINALS[quarter - 1]} quarter")
        yield from (f"{to_han(quarter)}季度", f"{quarter}季度")
    elif (first, last) == (6 * half - 5, 6 * half):
        yield from (f"H{half}", f"{half}H", f"{_ORDINALS[half - 1]} half")
        yield from ("上下"[half - 1] + "半年", "上下"[half - 1] + "半期")
    yield f"{first}-{last}月"


# --- quantities -------------------------------------------------------------------------------------


def _of_quantity(quantity: Quantity, typed: str) -> Iterator[str]:
    ends = [end for end in dict.fromkeys((quantity.low, quantity.high)) if end is not None]
    if not ends or min(ends) <= 0 or max(ends) >= 1e12:
        return
    above, _, below = quantity.unit.partition("/")
    if _FRACTION.search(typed):
        yield from _shares(ends[0]) if len(ends) == 1 else ()
        return
    for latin, spelling, factor in _spellings(above):
        scaled = [end / factor for end in ends]
        if factor == 1.0 or (factor in _THOUSANDS and all(end >= 1 and end.is_integer() for end in scaled)):
            yield from _named(scaled, spelling, latin) if _fits(above, spelling, scaled) else ()
    if below or above in units.currencies():  # $ and what it is for stand where they like
        yield from _ranges([_latin(end) for end in ends], "", _BETWEEN[0])
    if above == "%" and len(ends) == 1:
        yield from _shares(ends[0])
    if len(ends) == 1 and (above, ends[0]) in (("month", 6), ("year", _HALF)):
        yield from (
            "半年",
            "半年間",
            "half a year",
            "half year",
            "six months",
            "6 months",
            "6个月",
            "6カ月",
            "六个月",
        )


@cache
def _spellings(unit: str) -> tuple[tuple[bool, str, float], ...]:
    """(whether Latin, spelling, factor) of what a unit is called, plurals left to the stemmer."""
    return tuple(
        (spelling.isascii(), spelling, name.factor)
        for spelling, name in units.names().items()
        if name.unit == unit and spelling not in _OTHER.get(unit, ()) and not _plural(spelling)
    )


def _plural(spelling: str) -> bool:
    return spelling.endswith("s") and len(spelling) > _SIGN and spelling[:-1] in units.names()


def _fits(unit: str, spelling: str, ends: Iterable[float]) -> bool:
    return not (unit == "day" and spelling == "日" and max(ends) <= _DAYS)


def _named(ends: list[float], spelling: str, latin: bool) -> Iterator[str]:
    if not latin:
        kana = _KANA.search(spelling) is not None
        yield from _ranges([_cjk(end, kana) for end in ends], spelling, _BETWEEN[1])
        if len(ends) > 1:  # 4週間から6週間, 1カ月から1カ月半
            joins = ("から", "-") if kana or spelling.endswith("間") else ("到", "至")
            yield from _ranges([_whole(end, spelling, kana) for end in ends], "", joins)
        elif ends[0] % 1 == _HALF:
            yield from _whole(ends[0], spelling, kana)
        return
    yield from _ranges([_latin(end) for end in ends], f" {spelling}", _BETWEEN[0])
    if len(spelling) <= _SIGN and spelling.isalpha():
        yield from _ranges([[_digits(end)] for end in ends], spelling, _BETWEEN[0])
    if len(ends) == 1 and ends[0] % 1 == _HALF and ends[0] > 1 and (word := words_of(int(ends[0]))):
        yield f"{word} and a half {spelling}"


def _whole(value: float, spelling: str, kana: bool) -> list[str]:
    """A number with its unit, halves as they are said: 1个半月, 1カ月半, 一年半."""
    if value % 1 != _HALF or value < 1:
        return [f"{n}{spelling}" for n in _cjk(value, kana)]
    whole = [f"{int(value)}", *(() if kana else _han(int(value)))]
    return [f"{n}个半{spelling[1:]}" if spelling[0] in "个個" else f"{n}{spelling}半" for n in whole]


def _ranges(ends: list[list[str]], unit: str, between: Iterable[str]) -> Iterator[str]:
    """Each way of writing the one end or both, those of a kind together."""
    if len(ends) == 1:
        yield from (f"{n}{unit}" for n in ends[0])
        return
    for low, high in zip(*ends, strict=False):
        yield from (f"{low}{join}{high}{unit}" for join in between)


def _digits(value: float) -> str:
    return f"{value:.12g}"


def _latin(value: float) -> list[str]:
    found = [_digits(value)]
    if value < _SMALL and value.is_integer() and (word := words_of(int(value))):
        found.append(word)
    for size, names in _SCALES:
        if value >= size:
            n = _digits(value / size)
            return [
                *found,
                f"{n} {names[0]}",
                *(f"{n} {name}" for name in names[1:]),
                f"{n}{names[1]}",
                f"{n}{names[2]}",
            ]
    return found


def _cjk(value: float, kana: bool) -> list[str]:
    """In digits, in Han characters but before a unit in kana, and by ten thousands."""
    found = [_digits(value)]
    if value < _SMALL and value.is_integer() and not kana:
        found += _han(int(value))
    size, name = next(((size, name) for size, name in _MYRIADS if value >= size), (1.0, ""))
    return [*found, f"{_digits(value / size)}{name}"] if name else found


def _han(value: int) -> tuple[str, ...]:
    return ("两", "二") if value == 2 else (to_han(value),)


def _shares(percent: float) -> Iterator[str]:
    """Tenths as 成 and 割, and what is told as a fraction."""
    if percent % 10 == 0 and percent < 100:
        tenths = int(percent // 10)
        for n in (str(tenths), to_han(tenths)):
            yield from (f"{n}成", f"{n}割")
    for (above, below), share in _PARTS.items():
        if abs(share - percent) < 0.5:
            plural = "s" if above > 1 else ""
            yield from (
                f"{words_of(above)}-{_NTHS[below]}{plural}",
                *((f"a {_NTHS[below]}",) if above == 1 else ()),
            )
            yield from (f"{to_han(below)}分之{to_han(above)}", f"{below}分の{above}")
