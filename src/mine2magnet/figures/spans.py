"""How long the time is that a figure is of: what flows in a month is not set beside what flows in a year."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from mine2magnet.claims.times import bounds
from mine2magnet.figures.groups import Figure, Mark
from mine2magnet.figures.rows import Cited

# Measures whose figure grows with the time it is of.
FLOWS = frozenset(
    (
        "production", "vehicle_output", "supply", "demand", "exports", "imports", "sales_volume", "quota",
        "value_of_trade", "revenue", "profit",
    )
)  # fmt: skip
Length: TypeAlias = Literal["day", "week", "month", "quarter", "half", "year", "months", "untold", ""]
_RATES = ("/year", "/month", "/week", "/day")  # which are made one of a year
_MONTH = 365.25 / 12  # days
_NAMED: dict[int, Length] = {1: "month", 3: "quarter", 6: "half", 12: "year"}  # by months


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: of "months" so many; "untold" if a text tells no end or no time; "" for any."""

    length: Length
    months: int = 0

    @property
    def name(self) -> str:
        """The same in an address: "month", "months-10"."""
        return f"{self.length}-{self.months}" if self.length == "months" else self.length


ANY = Span("")
_UNTOLD = Span("untold", 10**6)
_YEAR = Span("year", 12)


def span(period: str | None) -> Span:
    """Return how long a period is.

    Parameters
    ----------
    period : str or None
        ISO 8601.

    Examples
    --------
    >>> span("2025-07").name, span("2025-01/2025-10").name, span("2025-04/2026-03").name, span(None).name
    ('month', 'months-10', 'year', 'untold')
    """
    if period is None or ".." in period:
        return _UNTOLD
    first, last = bounds(period)
    days = (last - first).days + 1
    months = round(days / _MONTH)
    if months == 0:
        return Span("day" if days == 1 else "week")
    return Span(_NAMED.get(months, "months"), months)


def parts(figure: Figure) -> list[tuple[Span, Figure]]:
    """Return a figure of what flows as figures of one length of time each, the shortest first; others whole.

    Parameters
    ----------
    figure : Figure
    """
    if figure.scope.measure not in FLOWS:
        return [(ANY, figure)]
    marks: dict[Span, list[Mark[Cited]]] = defaultdict(list)
    doubtful = unclear(figure)
    for mark in figure.marks:
        if mark not in doubtful:
            marks[_of(mark)].append(mark)
    return [
        (one, _part(figure, one, tuple(marks[one]), alone=len(marks) == 1))
        for one in sorted(marks, key=lambda one: (one.months, one.length))
    ]


def unclear(figure: Figure) -> list[Mark[Cited]]:
    """Return marks of what flows of which one sentence tells several values for one time.

    "22,319 t over the first half, 39,817 t over nine months" of which both were read as of the first half: at
    most one is read right, so none is drawn.

    Parameters
    ----------
    figure : Figure
    """
    if figure.scope.measure not in FLOWS:
        return []
    told: dict[tuple[object, ...], list[Mark[Cited]]] = defaultdict(list)
    for mark in figure.marks:
        claim = mark.what.claim
        if claim.period:
            told[claim.document, claim.paragraph, claim.point, claim.sentence, claim.period].append(mark)
    return [mark for of in told.values() if len({(m.low, m.high) for m in of}) > 1 for mark in of]


def _of(mark: Mark[Cited]) -> Span:
    claim = mark.what.claim
    rate = claim.quantity.unit.endswith(_RATES)
    return _YEAR if rate else span(claim.period)


def _part(figure: Figure, of: Span, marks: tuple[Mark[Cited], ...], alone: bool) -> Figure:
    beside = tuple(mark for mark in figure.references if span(mark.what.period) == of)
    ends = [end for mark in marks for end in (mark.low, mark.high) if end is not None]
    id = figure.id if alone else f"{figure.id}-{of.name}"
    return replace(figure, id=id, marks=marks, references=beside, spread=(min(ends), max(ends)))
