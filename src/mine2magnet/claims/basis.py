"""What a change is against: the year before, the month before, a time since when, another figure."""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from importlib import resources

from mine2magnet.claims import times
from mine2magnet.claims.relations import FigureContext

_CHAIN = "环比"  # against the period before, however long the period is
_THAN = re.compile(
    r"\bthan (?P<en>[^,.;:()]{3,40})|\btimes (?:the|its|their|as much as|what)\s(?P<of>[^,.;:()]{3,40})|"
    r"[比较](?P<zh>[^，。；、年月周日]{2,16}?)(?:高|低|多|少|贵|便宜|上|下|增|减|涨|跌)|"
    r"(?P<ja>[^、。]{2,16}?)(?:より(?!も?約?[0-9])|に比べ|の(?=約?[0-9.]+倍))"
)
_FROM_START = re.compile(
    r"[较比]年初|年初以来|年初至今|\bso far this year\b|\bthis year\b(?=.{0,12}\bto date\b)|\byear[- ]to[- ]date\b|\bsince (?:the start of (?:the|this) year|January)\b|年初来|年初から"
)
_REACH = 60  # characters behind a figure in which its basis stands
_PERIODS = {
    31: "month_on_month",
    92: "quarter_on_quarter",
    366: "year_on_year",
    7: "week_on_week",
    0: "day_on_day",
}


@cache
def _table() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = (resources.files("mine2magnet") / "data" / "claim_bases.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(table), quoting=csv.QUOTE_NONE)
    return tuple((row["basis"], re.compile(row["pattern"], re.IGNORECASE)) for row in rows)


def basis(view: FigureContext, period: str | None, told: str | None) -> str | None:
    """Return what a change is against, None where the text does not tell.

    Parameters
    ----------
    view : FigureContext
    period : str or None
        The figure's own.
    told : str or None
        The basis of the figure before in the sentence, which goes on where this one has none.

    Returns
    -------
    str or None
        "year_on_year" and the like, "since:" and an ISO date, or "than:" and the words.
    """
    s, f = view.s, view.figure
    low = max(view.left, s.start)
    high = min(view.right, s.end, f.end + _REACH)
    found: list[tuple[int, str]] = []
    for name, pattern in _table():
        for m in pattern.finditer(s.text, low, high):
            found.append((min(abs(f.start - m.end()), abs(m.start() - f.end)), name))
    if (at := s.text.find(_CHAIN, low, high)) >= 0:
        found.append((abs(f.start - at), _length(period)))
    if found:
        return min(found)[1]
    if start := _FROM_START.search(s.text, low, high):
        year = period[:4] if period and start else str(s.today.year) if s.today else ""
        return f"since:{year}-01" if year else None
    for t in s.times:
        if t.period and t.period.endswith("/..") and low <= t.start and t.end <= high:
            return f"since:{t.period.partition('/')[0]}"
    if told and not _THAN.search(s.text, low, high):
        return told
    if than := _THAN.search(s.text, low, high):
        words = next(filter(None, than.groups())).strip()
        if not words[:1].isdigit():
            return f"than:{words}"
    return None


def _length(period: str | None) -> str:
    """Against the period before: as long as this one, a month where that is not told."""
    if period is None or ".." in period:
        return "month_on_month"
    low, high = times.bounds(period)
    return _PERIODS.get(
        next((most for most in sorted(_PERIODS) if (high - low).days <= most), 366), "year_on_year"
    )
