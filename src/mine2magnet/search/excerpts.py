"""What to show of a document for a query: its best paragraphs, with what matched marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mine2magnet.core.text import fold, fold_with_offsets, lists_sources
from mine2magnet.model import Document, Paragraph, Passage
from mine2magnet.search.tokens import hints, places, possible
from mine2magnet.search.units import Term, Unit

PASSAGES = 3  # shown of one document
NEARLY = 0.6  # of the best paragraph's score that a further one must have
NEAREST = 0.5  # what the paragraph nearest in meaning has in advance: half a unit of the query
LOOKED_AT = 50_000  # characters of a document that are gone through for its best paragraphs, if they have any
_ADDRESS = re.compile(r"(?:https?://|\bwww\.)[!-~]+")

Spans = tuple[tuple[int, int], ...]


def excerpts(document: Document, units: Sequence[Unit], nearest: int | None) -> tuple[Passage, ...]:
    """Return one to three paragraphs, best first: by how many units each has, then by its place.

    A list of sources is none unless nothing else matches.

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
    begun = [[hint for term in (*unit.terms, *unit.also) for hint in _begins(term)] for unit in units]
    likely: list[tuple[float, int, str, str]] = []
    for stretch in _stretches(document):
        whole = "\n".join(folded for _, folded in stretch)
        there = [[hint for hint in of_unit if hint in whole] for of_unit in begun]
        for paragraph, folded in stretch:
            at_most = sum(any(hint in folded for hint in of_unit) for of_unit in there)
            ahead = NEAREST * (paragraph.number == nearest)
            if at_most + ahead:
                likely.append((-at_most - ahead, paragraph.number, paragraph.text, folded))
        if likely:
            break
    likely = [one for one in likely if not lists_sources(one[2])] or likely
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


def _stretches(document: Document) -> Iterator[list[tuple[Paragraph, str]]]:
    """The paragraphs with their folded texts, about `LOOKED_AT` characters at a time."""
    stretch, size = list[tuple[Paragraph, str]](), 0
    for paragraph in document.paragraphs:
        if stretch and size + len(paragraph.text) > LOOKED_AT:
            yield stretch
            stretch, size = [], 0
        stretch.append((paragraph, fold(paragraph.text)))
        size += len(paragraph.text)
    yield stretch


def _begins(term: Term) -> tuple[str, ...]:
    """Return what stands in every folded text that has the term; much quicker to look for than its tokens."""
    return (term.tokens[0].lower(),) if term.mark else hints(term.tokens[0])


def named(text: str, folded: str, units: Sequence[Unit]) -> float:
    """Return how many of the units the text has; a run counts by the part of its bigrams.

    Parameters
    ----------
    text, folded : str
        The text as it stands, and as `core.text.fold` makes it.
    units : sequence of Unit
    """

    def has(term: Term) -> bool:
        if not term.mark and not possible(folded, term.tokens[0]):
            return False
        found = (
            _marked(text, folded, term.tokens[0]) if term.mark else places(folded, term.tokens, term.begun)
        )
        return any(True for _ in found)

    score = 0.0
    for unit in units:
        share = sum(map(has, unit.terms)) / len(unit.terms) if unit.run else any(map(has, unit.terms))
        score += share if share == 1 or not any(map(has, unit.also)) else 1.0
    return score


def highlights(text: str, units: Sequence[Unit]) -> Spans:
    """Return (start, end) of what matched, left to right; what touches or overlaps is one.

    Words of an address are none: they say nothing of what is asked.

    Parameters
    ----------
    text : str
    units : sequence of Unit
    """
    folded, offsets = fold_with_offsets(text)
    found: list[tuple[int, int]] = []
    for term in dict.fromkeys(
        (t.tokens, t.mark, t.begun) for unit in units for t in (*unit.terms, *unit.also)
    ):
        tokens, mark, begun = term
        if not mark and not possible(folded, tokens[0]):
            continue
        if mark and tokens[0].isascii():
            found += _marked(text, folded, tokens[0])
        else:
            at = _marked(text, folded, tokens[0]) if mark else places(folded, tokens, begun)
            found += [(offsets[start], offsets[end]) for start, end in at]
    return _merged(_outside_addresses(found, text))


def _outside_addresses(found: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    if "://" not in text and "www." not in text:
        return found
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    return [(a, b) for a, b in found if not any(a < end and start < b for start, end in addresses)]


def _marked(text: str, folded: str, mark: str) -> Iterator[tuple[int, int]]:
    """(start, end) of a mark: a Latin name in the text as it stands, a Han character in the folded one."""
    if not mark.isascii():
        return ((i, i + 1) for i, character in enumerate(folded) if character == mark)
    if mark not in text:
        return iter(())
    name = rf"(?<![A-Za-z0-9]){re.escape(mark)}(?![A-Za-z0-9])"
    return (match.span() for match in re.finditer(name, text))


def _merged(found: list[tuple[int, int]]) -> Spans:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        elif end > start:
            merged.append((start, end))
    return tuple(merged)
