"""Notes of one series: passages of one publisher that say the same of other days, with other figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mine2magnet.claims import names, numerals
from mine2magnet.core.text import fold
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Document

ALIKE = 0.8  # share of words (Dice 1945) that passages of a series have in common, figures aside
_WORD = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff]+|[\u3040-\u30ff\u3400-\u9fff]")
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Note:
    document: Document
    words: frozenset[str]
    figures: frozenset[float]
    names: frozenset[str]

    def follows(self, other: _Note) -> bool:
        """Return whether both are of one series."""
        size, common = len(self.words) + len(other.words), len(self.words & other.words)
        return (
            self.document.id != other.document.id
            and self.document.source == other.document.source
            and self.document.published != other.document.published
            and self.figures != other.figures
            and self.names == other.names
            and 2 * common >= ALIKE * size
        )


def newest(passages: Sequence[tuple[Document, str]], thesaurus: Thesaurus) -> dict[int, int]:
    """Return which passages to keep, as their places, with the number of older ones that each stands for.

    Parameters
    ----------
    passages : sequence of (Document, str)
        The best first; one that is of no series stands for itself alone.
    thesaurus : Thesaurus
    """
    notes = [_note(document, text, thesaurus) for document, text in passages]
    groups: list[list[int]] = []
    for place, note in enumerate(notes):
        group = next((group for group in groups if note.follows(notes[group[0]])), None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    last = [max(group, key=lambda place: notes[place].document.published or _NEVER) for group in groups]
    return {place: len(group) - 1 for place, group in zip(last, groups, strict=True)}


def _note(document: Document, text: str, thesaurus: Thesaurus) -> _Note:
    named = {mention.concept.id for mention in thesaurus.find(text)} | set(names.formed([text], thesaurus))
    figures = frozenset(number.value for number in numerals.numbers(text))
    return _Note(document, frozenset(_WORD.findall(fold(text))), figures, frozenset(named))
