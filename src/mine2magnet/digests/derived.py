"""Figures that a text does not state but bears out: sums, differences, multiples, spans of time, counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import combinations

TERMS = 12  # figures of a text that are added up, and …
MOST = 4  # … how many of them at once: 781 sums at the most
_LONG = {"year": 366, "month": 31, "week": 7, "day": 1}  # days that a time may last to be told in such units


def total(value: float, terms: Sequence[float], slack: float) -> tuple[int, ...]:
    """Which of the terms add up to a value, within a relative `slack`; empty if none do.

    >>> total(90, [40, 64, 15, 11], 1e-6)
    (1, 2, 3)
    """
    places = range(min(len(terms), TERMS))
    picked = (some for size in range(2, MOST + 1) for some in combinations(places, size))
    return next((some for some in picked if _near(value, sum(terms[i] for i in some), slack)), ())


def difference(value: float, terms: Sequence[float], slack: float) -> tuple[int, ...]:
    """Which two terms lie apart by a value."""
    return _pair(terms, lambda a, b: _near(value, abs(a - b), slack))


def multiple(value: float, terms: Sequence[float], slack: float) -> tuple[int, ...]:
    """Of which two terms one is so many times the other.

    >>> multiple(2, [130, 265], 0.03)
    (0, 1)
    """
    return _pair(terms, lambda a, b: a > 0 < b and _near(value, max(a / b, b / a), slack))


def lasts(value: float, unit: str, times: Sequence[tuple[date, date]]) -> bool:
    """Whether two times, each with its first and last day, lie apart by so many years, months, weeks or
    days, counted as the calendar does.

    >>> lasts(2, "year", [(date(2021, 1, 1), date(2021, 12, 31)), (date(2023, 1, 1), date(2023, 12, 31))])
    True
    """
    if unit not in _LONG:
        return False
    told = [first for first, last in times if first != date.min and (last - first).days <= _LONG[unit]]
    return any(_apart(a, b, unit) == value for a, b in combinations(told, 2))


def counted(value: float, kinds: Iterable[str]) -> bool:
    """Whether so many things of one kind are named in a sentence: three or more make a list.

    >>> counted(3, ["material", "country", "material", "material"])
    True
    """
    found = list(kinds)
    return value > 2 and any(found.count(kind) == value for kind in set(found))


def _apart(a: date, b: date, unit: str) -> float:
    if unit == "year":
        return abs(a.year - b.year)
    if unit == "month":
        return abs(12 * (a.year - b.year) + a.month - b.month)
    return abs((a - b).days) / _LONG[unit]


def _pair(terms: Sequence[float], fits: Callable[[float, float], bool]) -> tuple[int, ...]:
    pairs = combinations(range(min(len(terms), TERMS)), 2)
    return next((pair for pair in pairs if fits(terms[pair[0]], terms[pair[1]])), ())


def _near(a: float, b: float, slack: float) -> bool:
    return abs(a - b) <= slack * max(abs(a), abs(b))
