"""What a change is against: the year before, the month before, a time since when, another figure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

from mine2magnet.claims import times
from mine2magnet.claims.context import DocumentContext
from mine2magnet.claims.evidence import Candidates, add
from mine2magnet.claims.measures import group, sort
from mine2magnet.claims.relations import FigureContext, step
from mine2magnet.claims.tenses import tense

_CHAIN = "环比"  # against the period before, however long the period is
_THAN = re.compile(
    r"\bthan (?P<en>[^,.;:()]{3,40})|\btimes (?:the|its|their|as much as|what)\s(?P<of>[^,.;:()]{3,40})|"
    r"[比较](?P<zh>[^，。；、年月周日]{2,16}?)(?:高|低|多|少|贵|便宜|上|下|增|减|涨|跌)|"
    r"(?P<ja>[^、。]{2,16}?)(?:より(?!も?約?[0-9])|に比べ|比(?=[0-9約])|の(?=(?:約|ほぼ)?[0-9.]+倍))|"
    r"(?:是|为|達|达|相当于)(?P<multiple>[^，。；、年月周日]{2,16}?)的(?:约|近|"
    r"逾)?(?=[0-9.一二两三四五六七八九十]+倍)|"
    r"\b(?:compared with|compared to|against|versus|relative to)\s(?P<with>[^,.;:()]{3,40})"
)
_MORE = re.compile(
    r"\b(?:dearer|cheaper|heavier|lighter|higher|lower|more|less|premium|discount|gap|spread)\b|溢价|价差|"
    r"高出|贵|"
    r"割高|割安|価格差|内外差|上乗せ",
    re.IGNORECASE,
)
_FROM_START = re.compile(
    r"[较比]年初|年初以来|年初至今|\bso far this year\b|\bthis year\b(?=.{0,12}\bto date\b)|"
    r"\byear[- ]to[- ]date\b|"
    r"\bsince (?:the start of (?:the|this) year|January)\b|年初来|年初から"
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
    r"(?:doubl|halv|tripl|half|an? (?:third|quarter|fifth|tenth|dozen|year|month|week|decade)|expected|"
    r"ever|before|"
    r"one|two|three|any|average)",
    re.IGNORECASE,
)


@cache
def _table() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = (resources.files("mine2magnet") / "data" / "claim_bases.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(table), quoting=csv.QUOTE_NONE)
    return tuple((row["basis"], re.compile(row["pattern"], re.IGNORECASE)) for row in rows)


def bases(view: FigureContext, doc: DocumentContext, measure: str, period: str, direction: str) -> Candidates:
    """Return what a change, or a multiple, may be against.

    The candidates are "year_on_year" and the like, "since:" and an ISO date, or "than:" and the words.

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    measure, period : str
        The figure's own, "" for none.
    direction : {"level", "change"}
    """
    s, f = view.s, view.figure
    unit = "x" if f.quantity.unit == "x" else sort(f.quantity.unit)
    flags = [
        group(measure),
        f"is:{measure}",
        f"span:{_span(period)}",
        unit,
        direction,
        f"tense:{tense(view)}",
    ]
    candidates: Candidates = {(): ["none", *(f"none&{flag}" for flag in flags)]}
    low, high = view.left, min(view.right, f.end + _REACH)
    worded = _worded(candidates, view, period, low, high)
    for where, head in doc.heads:
        for name, _ in _words(head.text, head.start, head.end):
            add(candidates, (name,), ["head", f"head:{where}", f"head&{direction}"])
    _timed(candidates, view, period)
    if start := _FROM_START.search(s.text, low, high):
        year = period[:4] or (str(s.today.year) if s.today else "")
        pieces = _placed(view, start.start(), start.end(), "start")
        add(candidates, (f"since:{year}-01",), pieces)
    _compared(candidates, view, worded, low, high, unit)
    if doc.told is not None and (told := doc.told.slots.get("basis", ())):
        add(
            candidates,
            told,
            [f"told:{doc.told_at()}", f"told:{doc.row}", f"told:{told[0][:5]}", *_like(doc, measure)],
        )
    if lately := doc.lately.get("basis", ""):
        pieces = ["lately", f"lately:{lately[:5]}", *(f"lately&{flag}" for flag in flags)]
        add(candidates, (lately,), pieces)
    _by_name(candidates, flags)
    told_by_words = "worded" if worded else "timed" if len(candidates) > 6 else "bare"
    candidates[()] += [told_by_words, *(f"{told_by_words}&{flag}" for flag in flags)]
    return candidates


def _by_name(candidates: Candidates, flags: Sequence[str]) -> None:
    """Add those that are told without words, and what the name of each tells."""
    for name in ("year_on_year", "month_on_month", "week_on_week", "day_on_day", "quarter_on_quarter"):
        bare = "default" if (name,) not in candidates else "besides"
        add(candidates, (name,), [f"{bare}:{name}", *(f"{bare}:{name}&{flag}" for flag in flags)])
    for value, pieces in candidates.items():
        if value:
            name = value[0].partition(":")[0]
            pieces += [f"name:{name}", *(f"name:{name}&{flag}" for flag in flags)]


def _worded(
    candidates: Candidates, view: FigureContext, period: str, low: int, high: int
) -> list[tuple[int, int]]:
    """Add what words tell, near the figure and elsewhere in its sentence; where they stand."""
    s = view.s
    placed = []
    for name, m in _words(s.text, s.start, s.end):
        near = low <= m.start() and m.end() <= high
        if near:
            placed.append(m.span())
        add(candidates, (name,), _placed(view, *m.span(), "word" if near else "else"))
    if (at := s.text.find(_CHAIN, low, high)) >= 0:
        placed.append((at, at + len(_CHAIN)))
        add(candidates, (_length(period),), [*_placed(view, at, at + len(_CHAIN), "word"), "chain"])
    return placed


@lru_cache(maxsize=512)
def _words(text: str, start: int, end: int) -> list[tuple[str, re.Match[str]]]:
    return [(name, m) for name, pattern in _table() for m in pattern.finditer(text, start, end)]


def _timed(candidates: Candidates, view: FigureContext, period: str) -> None:
    """Add the times of the sentence; that which the figure itself is of is no base, nor one after it."""
    s, f = view.s, view.figure
    for t in s.times:
        if not t.period or (t.start < f.end and t.end > f.start):
            continue
        head, tail = s.text[max(s.start, t.start - 12) : t.start], s.text[t.end : t.end + 3]
        how = "marked" if _FROM.search(head) or _FROM_BEHIND.match(tail) else "bare"
        if t.period.endswith("/.."):
            how = "since"
        elif period and times.bounds(t.period)[1] >= times.bounds(period)[1]:
            continue
        base = _against(t.period, period)
        pieces = [*_placed(view, t.start, t.end, "time"), f"time:{how}", f"time:{how}:{base[:5]}"]
        side = "before" if t.end <= f.start else "after"
        add(candidates, (base,), [*pieces, f"time:{how}:{side}", f"time:{how}:{side}:{_span(period)}"])


def _compared(
    candidates: Candidates,
    view: FigureContext,
    worded: Sequence[tuple[int, int]],
    low: int,
    high: int,
    unit: str,
) -> None:
    """Add another thing that the figure is compared with: "than conventional alloying", 国内价的三倍."""
    s, f = view.s, view.figure
    taken = [*worded, *((t.start, t.end) for t in s.times if t.period)]
    than = next(
        (
            m
            for m in _THAN.finditer(s.text, max(low, f.start - _REACH), high)
            if not any(start < m.end() and end > m.start() for start, end in taken)
        ),
        None,
    )
    if than is not None:
        words = next(filter(None, than.groups())).strip()
        if not words[:1].isdigit() and not _NO_YARDSTICK.match(words):
            pieces = _placed(view, than.start(), than.end(), "than")
            add(candidates, (f"than:{words}",), [*pieces, f"than&{unit}", f"than:{than.lastgroup}"])
            return
    if view.number and (more := _MORE.search(s.text, low, high)):
        other = s.figures[view.number - 1]
        pieces = _placed(view, more.start(), more.end(), "more")
        add(candidates, (f"than:{s.text[other.start : other.end]}",), [*pieces, f"more&{unit}"])


def _like(doc: DocumentContext, measure: str) -> list[str]:
    told = doc.told.slots.get("measure", ()) if doc.told else ()
    return [f"told:{'same' if told == ((measure,) if measure else ()) else 'other'}"]


def _placed(view: FigureContext, start: int, end: int, source: str) -> list[str]:
    s, f = view.s, view.figure
    side = "before" if end <= f.start else "after"
    gap = step(s, f.start - end if side == "before" else start - f.end)
    inside = view.left <= start and end <= view.right
    same = view.clause[0] <= start and end <= view.clause[1]
    where = f"{source}:{side}"
    return [
        source,
        where,
        f"{where}:{gap}",
        f"{where}:{'own' if inside else 'over'}:{'clause' if same else 'apart'}",
    ]


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
        high = times.bounds(base)[1]
        own = times.bounds(period)[0]
        if (own - high).days == 1 and _span(base) == _span(period):
            return _length(period)
    return f"since:{base}"
