"""How a text tells a period: as a day, a month, a quarter, the year to date, as of a date."""

from __future__ import annotations

import re

from mine2magnet.claims import times
from mine2magnet.claims.layout import Sentence

_TO_DATE = re.compile(
    r"前(?:[2-9]|1[01]|[二三四五六七八九十]{1,2})[个個カか]?月|前三季度|1-(?:[3-9]|1[01])月|年初至今|"
    r"年初以来|今年以来|年内|累计|"
    r"今年に入って|年初から|1～?-?(?:[3-9]|1[01])月|累計|\bfirst (?:two|three|four|five|seven|eight|nine|"
    r"ten|eleven|"
    r"\d+) months\b|"
    r"\bso far this year\b|\byear[- ]to[- ]date\b|\bfirst three quarters\b|\bnine months\b|"
    r"\bJanuary (?:to|through|and)\b|\bJanuary-",
    re.IGNORECASE,
)
_SO_FAR = re.compile(  # of a quarter or half, that it is not told as one
    r"累計|年初|今年以来|今年に入って|\bso far this year\b|\byear[- ]to[- ]date\b", re.IGNORECASE
)
_AS_OF = re.compile(
    r"截[至止到]|末|底|時点|\bas (?:of|at)\b|\bat the end of\b|\bend-|\bat end\b|\bon hand\b", re.IGNORECASE
)
_EXPRESSLY = re.compile(r"截[至止到]|時点|\bas (?:of|at|on)\b", re.IGNORECASE)  # whatever is measured
_STATES = frozenset(("inventory", "stock_cover", "reserves", "capacity", "jobs", "employees", "orders"))
_DAILY = frozenset(("price", "share_price", "price_change", "exchange_rate", "premium"))  # quoted each day
_NEVER = re.compile(r"(?!)")
_LENGTHS = {1: "day", 7: "week", 31: "month", 92: "quarter", 184: "half", 366: "year"}  # days at most
_AROUND = 8  # characters around a time in which words tell its kind


def kind(period: str, s: Sentence, measure: str) -> str:
    """Return how a period is told.

    Parameters
    ----------
    period : str
        An ISO 8601 date, month, year or interval.
    s : Sentence
        The figure's.
    measure : str
        The figure's, "" for none.

    Returns
    -------
    str
        One of `model.PERIOD_KINDS`.
    """
    if ".." in period:
        return "span"
    low, high = times.bounds(period)
    days = (high - low).days + 1
    for t in s.times:
        if t.period == period:
            near = s.text[max(s.start, t.start - _AROUND) : t.end + _AROUND]
            told = _SO_FAR if high.month in (3, 6) else _TO_DATE
            if 31 < days < 360 and low.month == 1 and low.day == 1 and told.search(near):
                return "year_to_date"
            if days <= 31 and _as_of(measure).search(near):
                return "as_of"
    if days == 5 and low.weekday() == 0:
        return "week"  # Monday to Friday
    length = next((name for most, name in _LENGTHS.items() if days <= most), "span")
    whole = days in (1, 7) or low.day == 1
    if "/" in period and length in ("half", "year", "quarter", "month"):
        months = (high.year - low.year) * 12 + high.month - low.month + 1
        regular = {"quarter": (3, 3), "half": (6, 3), "year": (12, 3), "month": (1, 1)}[length]
        if months != regular[0] or (low.month - 1) % regular[1]:
            return "year_to_date" if low.month == 1 and low.day == 1 and months not in (3, 6, 12) else "span"
    return length if whole else "span"


def _as_of(measure: str) -> re.Pattern[str]:
    """The words that tell a state at a date: more of them where what is measured is a state."""
    return _AS_OF if measure in _STATES else _NEVER if measure in _DAILY else _EXPRESSLY
