"""The few figures of a topic that most sources speak of: the last value of each, and how it moved."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mine2magnet.claims import compare
from mine2magnet.figures.groups import Figure, Mark, figures, group, sources
from mine2magnet.figures.rows import Cited
from mine2magnet.model import Claim
from mine2magnet.store import Store

MOST = 6  # figures
MOST_CLAIMS = 3000  # those published last, that are looked at
SAME = 0.005  # relative: a smaller move is none

Trend = Literal["", "up", "down", "same"]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """The last claim of a figure and the one before it of another time, if there is one."""

    figure: Figure
    last: Mark[Cited]
    before: Mark[Cited] | None
    trend: Trend


def key_figures(
    store: Store,
    claims: Sequence[Claim],
    *,
    least: float,
    published: Mapping[str, date],
    known: Container[str],
) -> tuple[list[KeyFigure], list[Figure]]:
    """Return the figures that most sources speak of, and those whose claims conflict.

    Parameters
    ----------
    store : Store
    claims : sequence of Claim
        Those published last first.
    least : float
        How sure a claim must be, 0 to 1.
    published : mapping of str to date
        Days of publication of documents.
    known : container of str
        Ids that have a name in each language: figures of others are left to the page of figures.

    Returns
    -------
    key : list of KeyFigure
    conflicting : list of Figure
    """
    groups = [
        g
        for g in group(claims[:MOST_CLAIMS], least=least, published=published)
        if all(id in known for id in (*g.scope.subjects, *g.scope.counterparties))
    ]
    level = [g for g in groups if g.scope.measure and g.scope.direction == "level" and _of_something(g)]
    level.sort(key=lambda g: (_times(g) < 2, -sources(g.claims), -len(g.claims)))
    chosen = level[:MOST]
    conflicting = [g for g in groups if g.conflicts][:MOST]
    made = figures(store, [*chosen, *conflicting], [])
    key = [_key(figure) for figure in made[: len(chosen)] if figure.marks]
    return key, [figure for figure in made[len(chosen) :] if figure.conflicts]


def _of_something(g: compare.ClaimGroup) -> bool:
    return bool(g.scope.subjects or g.scope.materials) and any(
        p.claim.modality == "reported" for p in g.claims
    )


def _times(g: compare.ClaimGroup) -> int:
    return len({p.claim.period for p in g.claims if p.claim.period and p.claim.modality == "reported"})


def _key(figure: Figure) -> KeyFigure:
    marks = [m for m in figure.marks if m.what.claim.modality == "reported"] or list(figure.marks)
    marks.sort(key=lambda m: (m.until or date.min, m.what.published is not None, str(m.what.published)))
    last = marks[-1]
    before = next((m for m in reversed(marks) if _earlier(m, last)), None)
    return KeyFigure(figure, last, before, _trend(before, last))


def _earlier(mark: Mark[Cited], last: Mark[Cited]) -> bool:
    """Return whether it is of an earlier time that is told as the last one is: a month beside a month."""
    a, b = mark.what.claim, last.what.claim
    if not (mark.until and last.until and mark.until < last.until):
        return False
    return a.period_kind == b.period_kind


def _trend(before: Mark[Cited] | None, last: Mark[Cited]) -> Trend:
    if before is None:
        return ""
    old, new = _middle(before), _middle(last)
    if abs(new - old) <= SAME * max(abs(new), abs(old)):
        return "same"
    return "up" if new > old else "down"


def _middle(mark: Mark[Cited]) -> float:
    ends: Iterable[float] = [end for end in (mark.low, mark.high) if end is not None]
    held = list(ends)
    return sum(held) / len(held)
