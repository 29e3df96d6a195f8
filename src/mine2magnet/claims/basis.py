"""What a change is against: the year before, the month before, a time since when, another figure."""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from importlib import resources

from mine2magnet.claims import times
from mine2magnet.claims.context import DocumentContext
from mine2magnet.claims.evidence import Candidates, add
from mine2magnet.claims.measures import group
from mine2magnet.claims.relations import FigureContext, step

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
_SPANS = ((0, "day"), (7, "week"), (31, "month"), (92, "quarter"), (366, "year"))  # days at most
_PERIODS = {
    "day": "day_on_day", "week": "week_on_week", "month": "month_on_month", "quarter": "quarter_on_quarter",
    "year": "year_on_year",
}  # fmt: skip
_FROM = re.compile(
    r"(?:\bfrom|\bthan|\bsince|\bover|\babove|\bbelow|\bagainst|\bon|\bof|\bin)\s"
    r"(?:in\s|the\s|early\s|late\s|mid-)*$|[较比自从]$"
)
_FROM_BEHIND = re.compile(r"(?:比|より|から|に比|以来|以降|の(?=約?[0-9.]*倍))|'s")
_NO_YARDSTICK = re.compile(
    r"(?:doubl|halv|tripl|half|an? (?:third|quarter|fifth|tenth|dozen|year|month|week|decade)|expected|ever|before|"
    r"one|two|three|any|average)",
    re.IGNORECASE,
)


@cache
def _table() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = (resources.files("mine2magnet") / "data" / "claim_bases.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(table))
    return tuple((row["basis"], re.compile(row["pattern"], re.IGNORECASE)) for row in rows)


def bases(view: FigureContext, doc: DocumentContext, measure: str, period: str) -> Candidates:
    """Return what a change, or a multiple, may be against.

    The candidates are "year_on_year" and the like, "since:" and an ISO date, or "than:" and the words.

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    measure, period : str
        The figure's own, "" for none.
    """
    s, f = view.s, view.figure
    unit = "x" if f.quantity.unit == "x" else "rate"
    flags = [group(measure), f"span:{_span(period)}", unit]
    candidates: Candidates = {(): ["none", *(f"none&{flag}" for flag in flags)]}
    low, high = view.left, min(view.right, f.end + _REACH)
    for name, pattern in _table():
        for m in pattern.finditer(s.text, low, high):
            add(candidates, (name,), _placed(view, m.start(), m.end()))
    if (at := s.text.find(_CHAIN, low, high)) >= 0:
        add(candidates, (_length(period),), [*_placed(view, at, at + len(_CHAIN)), "chain"])
    for t in s.times:
        if t.period and (t.end <= f.start or t.start >= f.end):
            head, tail = s.text[max(s.start, t.start - 12) : t.start], s.text[t.end : t.end + 3]
            marked = bool(_FROM.search(head) or _FROM_BEHIND.match(tail))
            pieces = [*_placed(view, t.start, t.end), "time", f"time:{'marked' if marked else 'bare'}"]
            since = t.period.endswith("/..")
            add(candidates, (_against(t.period, period),), [*pieces, *(["since"] if since else [])])
    if start := _FROM_START.search(s.text, low, high):
        year = period[:4] or (str(s.today.year) if s.today else "")
        add(candidates, (f"since:{year}-01",), [*_placed(view, start.start(), start.end()), "from start"])
    if than := _THAN.search(s.text, low, high):
        words = next(filter(None, than.groups())).strip()
        if not words[:1].isdigit() and not _NO_YARDSTICK.match(words):
            add(candidates, (f"than:{words}",), [*_placed(view, than.start(), than.end()), "than", f"than&{unit}"])
    if doc.told is not None and (told := doc.told.slots.get("basis", ())):
        add(candidates, told, [f"told:{doc.told_at()}", f"told:{doc.row}", f"told:{told[0][:5]}"])
    for name in ("year_on_year", "month_on_month", "week_on_week", "day_on_day"):
        if (name,) not in candidates:
            add(candidates, (name,), [f"default:{name}", *(f"default:{name}&{flag}" for flag in flags)])
    return candidates


def _placed(view: FigureContext, start: int, end: int) -> list[str]:
    s, f = view.s, view.figure
    side = "before" if end <= f.start else "after"
    gap = step(s, f.start - end if side == "before" else start - f.end)
    inside = view.left <= start and end <= view.right
    return [side, f"{side}:{gap}", f"{side}:{'own' if inside else 'over'}"]


def _span(period: str) -> str:
    if not period or ".." in period:
        return "none"
    low, high = times.bounds(period)
    return next((name for most, name in _SPANS if (high - low).days <= most), "long")


def _length(period: str) -> str:
    """Against the period before: as long as this one, a month where that is not told."""
    return _PERIODS.get(_span(period), "month_on_month")


def _against(base: str, period: str) -> str:
    """A base that is a time: the year or the month before the figure's own, else since then."""
    base = base.partition("/")[0] if base.endswith("/..") else base
    if period and ".." not in period and ".." not in base:
        if base == times.shifted(period, -1):
            return "year_on_year"
        low, high = times.bounds(base)
        own = times.bounds(period)[0]
        if (own - high).days == 1 and _span(base) == _span(period):
            return _length(period)
    return f"since:{base}"
