"""The few figures of a topic that most sources speak of: the last value of each, and how it moved.

They stand before everything else, with little around them that would show a wrong one: only what is quite
sure is among them, and fewer are better than a wrong one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from mine2magnet.claims import compare, scopes
from mine2magnet.claims.times import bounds
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.figures.groups import Figure, Mark, figures, group, sources
from mine2magnet.figures.rows import Cited
from mine2magnet.model import Claim
from mine2magnet.store import Store

MOST = 6  # figures
LEAST = 0.8  # how sure a claim must be that no other document bears out: four of five are right
RECENT = timedelta(730)  # before the last publication: what is older tells how it was, not how it is
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# what an office counts and does not do itself, as it does set a quota
_COUNTED = frozenset(("production", "exports", "imports", "sales_volume", "demand", "supply"))
MOST_CLAIMS = 3000  # those published last, that are looked at
SAME_LENGTH = timedelta(3)  # by which months, quarters and halves differ
_SPAN = timedelta(20)  # a time at least so long has one just before it
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
    known: Thesaurus,
) -> tuple[list[KeyFigure], list[Figure]]:
    """Return the figures that most sources speak of, and those whose claims conflict.

    Parameters
    ----------
    store : Store
    claims : sequence of Claim
        Those published last first.
    least : float
        How sure a claim must be for a conflict, 0 to 1; for a key figure at least `LEAST`.
    published : mapping of str to date
        Days of publication of documents.
    known : Thesaurus
        Figures of others than it names are left to the page of figures: they have no name in each language.

    Returns
    -------
    key : list of KeyFigure
    conflicting : list of Figure
    """
    claims = claims[:MOST_CLAIMS]
    groups = [
        g
        for g in group(claims, least=least, published=published)
        if all(id in known for id in (*g.scope.subjects, *g.scope.counterparties))
    ]
    sure = _sure(claims, least, max(published.values()) - RECENT if published else date.min, known)
    level = [g for g in groups if any(p.claim in sure for p in g.claims)]
    level.sort(key=lambda g: (_times(g) < 2, -sources(g.claims), -len(g.claims)))
    conflicting = [g for g in groups if g.conflicts][:MOST]
    made = figures(store, [*level, *conflicting], [])
    key = filter(None, (_key(figure, sure) for figure in made[: len(level)]))
    return list(_once(key))[:MOST], [figure for figure in made[len(level) :] if figure.conflicts]


def _sure(claims: Iterable[Claim], least: float, since: date, known: Thesaurus) -> set[Claim]:
    """Reported levels that tell whose they are, of what and when, that another document bears out unless
    they are sure by themselves, and that their own document does not contradict."""
    of: dict[str, list[Claim]] = defaultdict(list)
    alike: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        of[claim.document].append(claim)
        if claim.period and claim.direction == "level" and claim.modality == "reported":
            alike[compare.scope(claim), claim.period].append(claim)
    return {
        claim
        for (_, period), members in alike.items()
        if bounds(str(period))[1] >= since
        for claim in members
        if claim.confidence >= least
        and _told(claim, known)
        and (claim.confidence >= LEAST or _borne_out(claim, members))
        and not any(_otherwise(claim, other) for other in of[claim.document])
    }


def _told(claim: Claim, known: Thesaurus) -> bool:
    """Return whether it tells all that such a figure needs. An office counts exports and makes none."""
    needs = ("measure", *scopes.comparison(claim).needs)
    if not scopes.whose(claim) or not all(getattr(claim, slot) for slot in needs):
        return False
    return claim.measure not in _COUNTED or all(
        known[id].kind != "organisation" for id in claim.subjects if id in known
    )


def _borne_out(claim: Claim, alike: Iterable[Claim]) -> bool:
    """Return whether another document, not a copy, says the same."""
    placed = compare.in_base(claim)
    return any(
        other.document != claim.document
        and (other.paragraph, other.start, other.end) != (claim.paragraph, claim.start, claim.end)
        and placed.equals(compare.in_base(other))
        for other in alike
    )


def _otherwise(claim: Claim, other: Claim) -> bool:
    """Return whether another claim of its document gives another value of what may be the same."""
    a, b = compare.scope(claim), compare.scope(other)
    if (a.measure, a.dimension, a.direction) != (b.measure, b.dimension, b.direction):
        return False
    if other.modality != "reported" or claim.period != other.period:
        return False
    if a.counterparties != b.counterparties:
        return False
    for ours, theirs in ((a.subjects, b.subjects), (a.materials, b.materials)):
        if ours and theirs and ours != theirs:
            return False
    p, q = compare.in_base(claim), compare.in_base(other)
    return p.below(q) or q.below(p)


def _times(g: compare.ClaimGroup) -> int:
    return len({p.claim.period for p in g.claims if p.claim.period and p.claim.modality == "reported"})


def _key(figure: Figure, sure: set[Claim]) -> KeyFigure | None:
    marks = [m for m in figure.marks if m.what.claim in sure and _year_told(m.what)]
    if not marks:
        return None
    marks.sort(key=lambda m: (m.until or date.min, m.what.published is not None, str(m.what.published)))
    last = marks[-1]
    before = next((m for m in reversed(marks) if _earlier(m, last)), None)
    return KeyFigure(figure, last, before, _trend(before, last))


def _once(found: Iterable[KeyFigure]) -> Iterator[KeyFigure]:
    """Give each once: a value of one time is the same figure for "magnets" and "rare earth magnets"."""
    seen = set()
    for one in found:
        claim = one.last.what.claim
        told = claim.measure, claim.subjects, claim.counterparties, claim.period, one.last.low, one.last.high
        if told not in seen:
            seen.add(told)
            yield one


def _year_told(one: Cited) -> bool:
    """Return whether a sentence that tells years tells that of the claim: "January of that year" is of
    none that was read of something else."""
    told = {int(year) for year in _YEAR.findall(one.sentence)}
    return not told or bool(told & {day.year for day in bounds(one.claim.period or "..")})


def _earlier(mark: Mark[Cited], last: Mark[Cited]) -> bool:
    """Return whether it is of the time before, told as the last one is: the month before or that of a year
    before, the first ten months of another year. What is months apart is no move from one to the other."""
    if not (mark.since and mark.until and last.since and last.until and mark.until < last.until):
        return False
    kinds = {one.what.claim.period_kind for one in (mark, last)}
    lengths = last.until - last.since, mark.until - mark.since
    if len(kinds) > 1 or abs(lengths[0] - lengths[1]) > SAME_LENGTH:
        return False
    apart = last.since - mark.since
    return lengths[0] < _SPAN or apart <= lengths[0] + SAME_LENGTH or abs(apart.days - 365) <= 1


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
