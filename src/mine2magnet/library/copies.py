"""Whether one text is a copy of another: syndicated, edited or cut, but with the facts as they were.

Two notes of a weekly series agree in nearly every word, and differ in what they are read for. So sentences
that correspond are laid side by side: where both have a figure, a date or a name that the other text does not
have anywhere, they say different things. What only one of them has was added or cut.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from mine2magnet.claims import names, numerals, times
from mine2magnet.core import thesaurus
from mine2magnet.core.text import fold, sentences
from mine2magnet.model import Document

LOOKED_AT = 40_000  # characters of each text that are compared
MOST_SENTENCES = 300  # … and sentences
CONTAINED = 0.75  # share of the shorter text that the longer one has, from which it may be a copy
SHORTEST = 0.5  # of the longer text's length: a shorter piece is a quotation
ALIKE = 0.6  # share of words (Dice 1945) that sentences have in common which correspond
FEW = 4  # words: a line of fewer is a heading or a dateline, whose dates are the publisher's
CORRECTED = 1  # figure or date: a text in which more are others is the next of a series
_WORD = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff]+|[\u3040-\u30ff\u3400-\u9fff]")
_TOKEN = re.compile(_WORD.pattern + r"|\d+|[^\w\s]")
_NAMED = ("company", "organisation", "person", "country", "place", "material")  # kinds of the thesaurus


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text in the digits of `numerals.narrow`; `folded` is all of it, to look names up in."""

    sentences: tuple[_Sentence, ...]
    folded: str

    @classmethod
    def of(cls, document: Document) -> _Text:
        text = numerals.narrow(document.text[:LOOKED_AT])
        parts = [text[start:end] for start, end in sentences(text)[:MOST_SENTENCES]]
        return cls(
            tuple(_Sentence(part, frozenset(_WORD.findall(fold(part)))) for part in parts),
            fold("\n".join((document.title, text))),
        )

    @property
    def size(self) -> int:
        return sum(len(sentence.text) for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Sentences that correspond and are not the same, and what is left of each text without a counterpart."""

    changed: list[tuple[_Sentence, _Sentence]]
    rest: tuple[str, str]
    texts: tuple[_Text, _Text]
    common: int  # characters of the first text that correspond to some of the other

    @classmethod
    def of(cls, shorter: _Text, longer: _Text) -> _Comparison:
        """Equal sentences correspond first, then each to the one that it is most like."""
        left = list(longer.sentences)
        waiting, alone, changed = [], [], []
        for sentence in shorter.sentences:
            same = next((other for other in left if other.text == sentence.text), None)
            left.remove(same) if same else waiting.append(sentence)
        for sentence in waiting:
            best = max(left, key=lambda other: _alike(sentence, other), default=None)
            if best is None or _alike(sentence, best) < ALIKE:
                alone.append(sentence)
                continue
            left.remove(best)
            changed.append((sentence, best))
        rest = (_joined(alone), _joined(left))
        return cls(changed, rest, (shorter, longer), shorter.size - sum(len(one.text) for one in alone))

    @property
    def facts(self) -> int:
        """The number of figures and words of dates that are others in sentences that correspond."""
        return _others(self, _figures) + _others(self, _days)


def is_copy(a: Document, b: Document) -> bool:
    """Return whether two documents are one text, whatever was added, cut or reworded.

    Parameters
    ----------
    a, b : Document
        Texts that are known to be alike.
    """
    shorter, longer = sorted((_Text.of(a), _Text.of(b)), key=lambda text: text.size)
    if shorter.size < SHORTEST * longer.size:
        return False
    compared = _Comparison.of(shorter, longer)
    if compared.common < CONTAINED * shorter.size:
        return False
    return not (compared.facts or _other_names(compared))


def is_edited(a: Document, b: Document) -> bool:
    """Return whether one text may be the other as it was edited: at most one figure or date is another.

    Parameters
    ----------
    a, b : Document
        Texts that are known to be alike.
    """
    compared = _Comparison.of(*sorted((_Text.of(a), _Text.of(b)), key=lambda text: text.size))
    return compared.facts <= CORRECTED and not _other_names(compared)


def _alike(a: _Sentence, b: _Sentence) -> float:
    size = len(a.words) + len(b.words)
    return 2 * len(a.words & b.words) / size if size else 0.0


def _joined(parts: Iterable[_Sentence]) -> str:
    return "\n".join(part.text for part in parts)


def _others(compared: _Comparison, read: Callable[[str], Counter[object]]) -> int:
    """Count what both of two sentences have and the other lacks, unless it was moved elsewhere."""
    moved = [read(text).keys() for text in compared.rest]
    ours: set[object] = set()
    theirs: set[object] = set()
    for one, other in compared.changed:
        if min(len(one.words), len(other.words)) >= FEW:
            here, there = read(one.text), read(other.text)
            own, new = (here - there).keys() - moved[1], (there - here).keys() - moved[0]
            if own and new:
                ours |= own
                theirs |= new
    return min(len(ours), len(theirs))


def _figures(text: str) -> Counter[object]:
    return Counter(number.value for number in numerals.numerals(text))


def _days(text: str) -> Counter[object]:
    """Words of the times in a text; their figures are figures."""
    named = (text[time.start : time.end].lower() for time in times.find(text))
    return Counter(word for time in named for word in _WORD.findall(time))


def _other_names(compared: _Comparison) -> bool:
    """Return whether a name stands in a sentence that the other text lacks, and another one in its place."""
    if not compared.changed:
        return False
    words = thesaurus.load()
    a, b = compared.texts
    concepts = [_concepts(_joined(text.sentences), words) for text in (a, b)]
    formed = [
        [name for name in names.formed([_joined(text.sentences)], words) if fold(name) not in other.folded]
        for text, other in ((a, b), (b, a))
    ]
    for one, other in compared.changed:
        if _concepts(one.text, words) - concepts[1] and _concepts(other.text, words) - concepts[0]:
            return True
        for here, there, known, elsewhere in ((one, other, formed[0], a), (other, one, formed[1], b)):
            if any(_replaced(name, here.text, there.text, elsewhere.folded) for name in known):
                return True
    return False


def _replaced(name: str, here: str, there: str, elsewhere: str) -> bool:
    """Return whether a name gives way to words that its own text has nowhere; in Latin letters to a name."""
    given, taken = _TOKEN.findall(here), _TOKEN.findall(there)
    parts = set(_TOKEN.findall(name))
    blocks = SequenceMatcher(None, given, taken, autojunk=False).get_matching_blocks()
    *kept, end = blocks
    kept = [block for block in kept if block.size >= 2]  # one letter in common is chance
    i = n = 0
    for block in (*kept, end):
        old, new = given[i : block.a], taken[n : block.b]
        i, n = block.a + block.size, block.b + block.size
        word = (" " if here.isascii() else "").join(new)
        if parts & set(old) and len(word) > 1 and not word.islower() and fold(word) not in elsewhere:
            return True
    return False


def _concepts(text: str, words: thesaurus.Thesaurus) -> set[str]:
    return {found.concept.id for found in words.find(text) if found.concept.kind in _NAMED}
