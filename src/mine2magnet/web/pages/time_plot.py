"""Where the marks of a figure stand: time across in per cent of the width, values up in pixels.

Across it is per cent so that a plot fills any width while its marks and letters keep their size; no script
and no style attribute is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, log10

from mine2magnet.figures.groups import AnyMark, Figure
from mine2magnet.figures.rows import Cited
from mine2magnet.web.kit.wording import Wording, place

HEIGHT = 208  # px, of which …
TOP, BOTTOM = 16, 30  # … are left free above and for the times below
SIDE = 4.0  # per cent left free at either side
UNDATED = 12.0  # per cent at the right for what has no date, if there is any
NARROW = 2.8  # px that a per cent is wide on a phone
APART = 12  # px between marks beside each other
OPEN = 26  # px, the arrow of an open end
STEEP = 50  # times between least and greatest from which the scale is logarithmic
TICKS = 4  # at most, of either axis

_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 2, 3, 6)
_YEARS = (1, 2, 5, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class Tick:
    """`at` is per cent of the width, or pixels from the top."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A mark from `top` to `bottom` px at `x` per cent and `shift` px; `open` is "up", "down" or "".
    `said` is what it says when pointed at: amount, source, sentence."""

    x: float
    shift: int
    top: float
    bottom: float
    open: str
    kind: str
    href: str
    said: tuple[str, str, str]
    language: str


@dataclass(frozen=True, slots=True)
class Plot:
    dots: tuple[Dot, ...]
    values: tuple[Tick, ...]
    times: tuple[Tick, ...]
    steep: bool
    height: int = HEIGHT
    floor: int = HEIGHT - BOTTOM


def plot(figure: Figure, words: Wording) -> Plot:
    marks: list[AnyMark] = [*figure.references, *figure.marks]
    up, values, steep = _up(figure, marks, words)
    across, times = _across(marks, words)
    conflicting = {one.claim for pair in figure.conflicts for one in pair}
    dots: list[Dot] = []
    for mark in sorted(marks, key=lambda m: (_middle(m) or date.max, m.low or m.high or 0.0)):
        ends = [end for end in (mark.low, mark.high) if end is not None]
        top, bottom = up(ends[-1]), up(ends[0])
        x = across(_middle(mark))
        dots.append(
            Dot(
                x=x,
                shift=_free(dots, x, top, bottom),
                top=top,
                bottom=bottom,
                open="up" if mark.high is None else "down" if mark.low is None else "",
                **_described(mark, figure, words, conflicting),  # type: ignore[arg-type]
            )
        )
    return Plot(tuple(dots), values, times, steep)


def _described(mark: AnyMark, figure: Figure, words: Wording, conflicting: set[object]) -> dict[str, object]:
    one, change = mark.what, figure.scope.direction == "change"
    amount = words.range(mark.low, mark.high, figure.unit, change)
    if isinstance(one, Cited):
        own = words.amount(one.claim)
        when = words.period(one.claim.as_of) or words.t.when(one.published, date_only=True)
        kind = one.claim.modality + (" conflict" if one.claim in conflicting else "")
        return {
            "kind": kind,
            "href": place(one.claim),
            "said": (own if own == amount else f"{own} = {amount}", f"{one.source} · {when}", one.sentence),
            "language": one.language,
        }
    scope = [words.name(id) for id in (one.subject, one.measure, one.stage, one.material) if id]
    return {
        "kind": "reference",
        "href": one.url,
        "said": (
            amount,
            f"{words.t('reference')} · {words.period(one.as_of)} · {' · '.join(scope)}",
            one.source,
        ),
        "language": "en",
    }


def _middle(mark: AnyMark) -> date | None:
    return mark.since + (mark.until - mark.since) / 2 if mark.since and mark.until else None


def _free(dots: Sequence[Dot], x: float, top: float, bottom: float) -> int:
    """The nearest place beside the marks that already stand there."""
    for step in range(0, 12 * APART, APART):
        for shift in (step, -step):
            if not any(
                abs((x - other.x) * NARROW + shift - other.shift) < APART
                and top - APART < other.bottom
                and bottom + APART > other.top
                for other in dots
            ):
                return shift
    return 0


# --- values


def _up(
    figure: Figure, marks: Sequence[AnyMark], words: Wording
) -> tuple[Callable[[float], float], tuple[Tick, ...], bool]:
    ends = [end for mark in marks for end in (mark.low, mark.high) if end is not None]
    low, high = min(ends), max(ends)
    steep = figure.unit != "%" and low > 0 and high / low > STEEP
    if steep:
        first, last = log10(low) - 0.15, log10(high) + 0.15
        found = [v for v in _decades(low, high) if first <= log10(v) <= last]
    else:
        pad = (high - low) * 0.15 or abs(high) * 0.1 or 1.0
        first = max(low - pad, 0.0) if low >= 0 else low - pad
        last = min(high + pad, 100.0) if figure.unit == "%" and low >= 0 and high <= 100 else high + pad
        found = list(_steps(first, last))

    def up(value: float) -> float:
        share = ((log10(value) if steep else value) - first) / (last - first)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    return up, tuple(Tick(up(v), words.number(v)) for v in found), steep


def _steps(first: float, last: float) -> Iterator[float]:
    """Round values: one, two or five times a power of ten apart.

    >>> list(_steps(3.1, 14.2))
    [5.0, 10.0]
    """
    least = (last - first) / TICKS
    power = 10.0 ** floor(log10(least))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= least * (1 - 1e-9))
    for i in range(ceil(first / step - 1e-9), floor(last / step + 1e-9) + 1):
        yield round(i * step, 10)


def _decades(low: float, high: float) -> Iterator[float]:
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    every = max(1, len(powers) // TICKS)
    return (10.0**p for p in powers if p % every == 0)


# --- times


def _across(
    marks: Sequence[AnyMark], words: Wording
) -> tuple[Callable[[date | None], float], tuple[Tick, ...]]:
    days = [day for day in map(_middle, marks) if day]
    undated = len(days) < len(marks)
    left, right = SIDE, 100 - SIDE - (UNDATED if undated and days else 0.0)
    first, last = (min(days), max(days)) if days else (date.min, date.min)
    span = (last - first).days

    def across(day: date | None) -> float:
        if day is None:
            return 100 - SIDE if days else 50.0
        return round(left + (right - left) * (day - first).days / span, 2) if span else (left + right) / 2

    if days and not span:
        ticks = [Tick(across(first), _named(next(m for m in marks if _middle(m)), words))]
    else:
        yearly = all(m.until - m.since > timedelta(360) for m in marks if m.since and m.until)
        dates = _dates(first, last, words, yearly) if days else ()
        ticks = [Tick(across(day), label) for day, label in dates]
    if undated:
        ticks.append(Tick(across(None), words.t("undated")))
    return across, tuple(ticks)


def _named(mark: AnyMark, words: Wording) -> str:
    """The time of a mark: a day, a month or years."""
    since, until = mark.since, mark.until
    assert since
    assert until
    if since == until:
        return words.day(since)
    if (since.year, since.month) == (until.year, until.month):
        return words.month(since)
    return words.period(str(since.year) if since.year == until.year else f"{since.year}/{until.year}")


def _dates(first: date, last: date, words: Wording, yearly: bool) -> Iterator[tuple[date, str]]:
    """Round times from first to last, TICKS at most, at least one; a year is named at its middle."""
    for days in () if yearly else _DAYS:
        if (last - first).days // days < TICKS:
            return ((day, words.day(day)) for day in _every(first, last, days))
    for months in () if yearly else _MONTHS:
        found = list(_firsts(first, last, months))
        if len(found) <= TICKS:
            return ((day, words.month(day)) for day in found or [first])
    for years in _YEARS:
        found = [day for day in map(_midyear, range(first.year, last.year + 1)) if first <= day <= last]
        found = [day for day in found if day.year % years == 0]
        if len(found) <= TICKS:
            break
    return ((day, words.period(str(day.year))) for day in found or [first])


def _midyear(year: int) -> date:
    return date(year, 1, 1) + (date(year, 12, 31) - date(year, 1, 1)) / 2


def _every(first: date, last: date, days: int) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days)


def _firsts(first: date, last: date, months: int) -> Iterator[date]:
    """First days of every so many months, of January and on."""
    start = ceil((first.year * 12 + first.month - 1 + (first.day > 1)) / months) * months
    end = last.year * 12 + last.month - 1
    return (date(n // 12, n % 12 + 1, 1) for n in range(start, end + 1, months))
