"""Days and months told without their year, in a text that goes on in the order of time.

In a look back, "April 2025 … on 6 May … by November 2025", the day between is of 2025 though a later one of
that name has passed since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from mine2magnet.claims.times import Period, Time, bounds

_NEAR = 2  # paragraphs before and behind in which the times around one are looked for
_MONTH = len("2025-04")


def in_order(dated: Sequence[Sequence[Time]], today: date | None) -> list[list[Time]]:
    """Return the times of a document's texts, those without a year moved between the dated ones around them.

    One that has passed is moved from behind the dated time that follows it, to a year in which it lies
    strictly between that and the dated time before it. Years date nothing, nor does the same month of another
    year, as they compare.

    Parameters
    ----------
    dated : sequence of sequence of Time
        By text, each in order.
    today : date or None
        The day of publication.
    """
    if today is None:
        return [list(times) for times in dated]
    return [[_moved(t, dated, at, i, today) for i, t in enumerate(times)] for at, times in enumerate(dated)]


def _moved(time: Time, dated: Sequence[Sequence[Time]], at: int, i: int, today: date) -> Time:
    if not time.yearless or not time.period or "/" in time.period:
        return time
    low = bounds(time.period)[0]
    before = _next(reversed([*_flat(dated[max(0, at - _NEAR) : at]), *dated[at][:i]]))
    behind = _next(iter([*dated[at][i + 1 :], *_flat(dated[at + 1 : at + 1 + _NEAR])]))
    if before is None or behind is None or not behind[1] < low <= today:
        return time
    for year in range(before[0].year, behind[1].year + 1):
        told = f"{year:04d}{time.period[len('2025') :]}"
        if told[len("2025-") :] == "02-29":
            continue
        first, last = bounds(told)
        if before[1] < first and last < behind[0]:
            return replace(time, period=told)
    return time


def _flat(texts: Sequence[Sequence[Time]]) -> list[Time]:
    return [time for times in texts for time in times]


def _next(times: Iterator[Time]) -> Period | None:
    """The bounds of the first time that is dated by its year to the month at least."""
    for time in times:
        if not time.yearless and time.period and "/" not in time.period and len(time.period) >= _MONTH:
            return bounds(time.period)
    return None
