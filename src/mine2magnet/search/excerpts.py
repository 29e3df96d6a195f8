"""What to show of a document for a query: its best paragraphs, with what matched marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mine2magnet.core.text import fold, fold_with_offsets
from mine2magnet.model import Document, Passage
from mine2magnet.search.tokens import marks, of_folded, spans
from mine2magnet.search.units import Term, Unit

PASSAGES = 3  # shown of one document
NEARLY = 0.6  # of the best paragraph's score that a further one must have
NEAREST = 0.5  # what the paragraph nearest in meaning has in advance: half a unit of the query
LOOKED_AT = 50_000  # characters of a document that are gone through for its best paragraphs

Spans = tuple[tuple[int, int], ...]


def excerpts(document: Document, units: Sequence[Unit], nearest: int | None) -> tuple[Passage, ...]:
    """Return one to three paragraphs, best first: by how many units each has, then by its place.

    Parameters
    ----------
    document : Document
    units : sequence of Unit
    nearest : int or None
        The number of the paragraph nearest in meaning, if that is known.

    Returns
    -------
    tuple of Passage
    """
    hints = [[_hint(term) for term in unit.terms] for unit in units]
    likely: list[tuple[float, int, str, str]] = []
    seen = 0
    for paragraph in document.paragraphs:
        if (seen := seen + len(paragraph.text)) > LOOKED_AT and likely:
            break
        folded = fold(paragraph.text)
        at_most = sum(any(hint in folded for hint in of_unit) for of_unit in hints)
        ahead = NEAREST * (paragraph.number == nearest)
        if at_most + ahead:
            likely.append((-at_most - ahead, paragraph.number, paragraph.text, folded))
    scored = [
        (-named(text, folded, units) - NEAREST * (number == nearest), number, text)
        for _, number, text, folded in sorted(likely)[: 2 * PASSAGES]
    ]
    scored.sort()
    if not scored or not scored[0][0]:
        return ()
    enough = NEARLY * scored[0][0]
    return tuple(
        Passage(number, text, highlights(text, units))
        for score, number, text in scored[:PASSAGES]
        if score <= enough
    )


def _hint(term: Term) -> str:
    """What stands in every folded text that has the term; much quicker to look for than its tokens."""
    first = term.tokens[0].lower()
    return first[:-1] if first.isascii() and len(first) > 2 else first  # a stem may end on another letter


def named(text: str, folded: str, units: Sequence[Unit]) -> float:
    """Return how many of the units the text has; a run counts by the part of its bigrams.

    Parameters
    ----------
    text, folded : str
        The text as it stands, and as `core.text.fold` makes it.
    units : sequence of Unit
    """
    row = f" {' '.join(of_folded(folded))} "
    marked = marks(text, folded)

    def has(term: Term) -> bool:
        return term.tokens[0] in marked if term.mark else f" {' '.join(term.tokens)} " in row

    score = 0.0
    for unit in units:
        found = sum(map(has, unit.terms))
        score += found / len(unit.terms) if unit.run else bool(found)
    return score


def highlights(text: str, units: Sequence[Unit]) -> Spans:
    """Return (start, end) of what matched, left to right; what touches or overlaps is one.

    Parameters
    ----------
    text : str
    units : sequence of Unit
    """
    terms = [term for unit in units for term in unit.terms]
    folded, offsets = fold_with_offsets(text)
    found = []
    first: dict[str, list[Term]] = {}
    for term in terms:
        if not term.mark:
            first.setdefault(term.tokens[0], []).append(term)
    row = list(spans(folded))
    for i, (token, start, _) in enumerate(row):
        for term in first.get(token, ()):
            part = row[i : i + len(term.tokens)]
            if tuple(t for t, _, _ in part) == term.tokens:
                found.append((offsets[start], offsets[part[-1][2]]))
    for mark in {term.tokens[0] for term in terms if term.mark}:
        if mark.isascii():
            pattern = rf"(?<![A-Za-z0-9]){re.escape(mark)}(?![A-Za-z0-9])"
            found += [match.span() for match in re.finditer(pattern, text)]
        else:
            found += [(offsets[i], offsets[i + 1]) for i, c in enumerate(folded) if c == mark]
    return _merged(found)


def _merged(found: list[tuple[int, int]]) -> Spans:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        elif end > start:
            merged.append((start, end))
    return tuple(merged)
