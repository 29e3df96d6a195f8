"""Whether one text is a copy of another: syndicated, edited or cut, but with the facts as they were.

Two notes of a weekly series agree in nearly every word, and differ in what they are read for. So sentences
that correspond are laid side by side: where both have a figure, a date or a name that the other text does not
have anywhere, they say different things. What only one of them has was added or cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mine2magnet import thesaurus
from mine2magnet.claims import names, numerals, times
from mine2magnet.core.text import fold, sentences
from mine2magnet.model import Document

LOOKED_AT = 40_000  # characters of each text that are compared
MOST_SENTENCES = 300  # … and sentences
CONTAINED = 0.75  # share of the shorter text that the longer one has, from which it may be a copy
SHORTEST = 0.5  # of the longer text's length: a shorter piece is a quotation
ALIKE = 0.6  # share of words (Dice 1945) that sentences have in common which correspond
FEW = 4  # words: a line of fewer is a heading or a dateline, whose dates are the publisher's
_WORD = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff]+|[\u3040-\u30ff\u3400-\u9fff]")
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

    @property
    def text(self) -> str:
        return "\n".join(sentence.text for sentence in self.sentences)


_Pairs = list[tuple[_Sentence, _Sentence]]


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
    pairs = _corresponding(shorter, longer)
    if sum(len(one.text) for one, _ in pairs) < CONTAINED * shorter.size:
        return False
    changed = [(one, other) for one, other in pairs if one.text != other.text]
    return not (changed and _differ(changed, shorter, longer))


def _corresponding(shorter: _Text, longer: _Text) -> _Pairs:
    """Each sentence of the shorter text with the one that it is like; equal ones first, each once."""
    left = list(longer.sentences)
    pairs: _Pairs = []
    open_: list[_Sentence] = []
    for sentence in shorter.sentences:
        same = next((other for other in left if other.text == sentence.text), None)
        if same is None:
            open_.append(sentence)
        else:
            left.remove(same)
            pairs.append((sentence, same))
    for sentence in open_:
        best = max(left, key=lambda other: _alike(sentence, other), default=None)
        if best is not None and _alike(sentence, best) >= ALIKE:
            left.remove(best)
            pairs.append((sentence, best))
    return pairs


def _alike(a: _Sentence, b: _Sentence) -> float:
    size = len(a.words) + len(b.words)
    return 2 * len(a.words & b.words) / size if size else 0.0


def _differ(changed: _Pairs, a: _Text, b: _Text) -> bool:
    return any(_other(changed, a, b, read) for read in (_figures, _days)) or _other_names(changed, a, b)


def _other(changed: _Pairs, a: _Text, b: _Text, read: Callable[[str], set[object]]) -> bool:
    """Whether two sentences each have something that the other text lacks."""
    in_a, in_b = read(a.text), read(b.text)
    return any(
        read(one.text) - in_b and read(other.text) - in_a
        for one, other in changed
        if min(len(one.words), len(other.words)) >= FEW
    )


def _figures(text: str) -> set[object]:
    return {number.value for number in numerals.numerals(text)}


def _days(text: str) -> set[object]:
    """Words of the times in a text; their figures are figures."""
    named = (text[time.start : time.end].lower() for time in times.find(text))
    return {word for time in named for word in _WORD.findall(time)}


def _other_names(changed: _Pairs, a: _Text, b: _Text) -> bool:
    words = thesaurus.load()
    in_a, in_b = _concepts(a.text, words), _concepts(b.text, words)
    formed = [
        {written for written in names.formed([text.text], words) if fold(written) not in other.folded}
        for text, other in ((a, b), (b, a))
    ]
    for one, other in changed:
        here = _concepts(one.text, words) - in_b or any(name in one.text for name in formed[0])
        there = _concepts(other.text, words) - in_a or any(name in other.text for name in formed[1])
        if here and there:
            return True
    return False


def _concepts(text: str, words: thesaurus.Thesaurus) -> set[str]:
    return {found.concept.id for found in words.find(text) if found.concept.kind in _NAMED}
