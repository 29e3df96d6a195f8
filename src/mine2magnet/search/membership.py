"""Whether a document that no index holds yet matches queries by its words, as the index would say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mine2magnet.core.text import fold
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Document
from mine2magnet.search.query import (
    And,
    Days,
    Field,
    FreeWords,
    Node,
    Not,
    Or,
    Phrase,
    Title,
    parse,
    required,
)
from mine2magnet.search.tokens import PARAGRAPH, marks, of_folded
from mine2magnet.search.units import Term, Unit, most, phrase, understand


def matches(queries: Iterable[str], document: Document, thesaurus: Thesaurus) -> bool:
    """Return whether a document matches any of a topic's queries.

    Parameters
    ----------
    queries : iterable of str
    document : Document
    thesaurus : Thesaurus

    Raises
    ------
    UserError
        For a query that cannot be understood.
    """
    words = _Words.of(document)
    return any(_has(required(parse(query)), words, document, thesaurus) for query in queries)


@dataclass(frozen=True, slots=True)
class _Words:
    """The tokens of title and text, each between spaces, and their marks."""

    title: str
    text: str
    title_marks: frozenset[str]
    marks: frozenset[str]

    @classmethod
    def of(cls, document: Document) -> _Words:
        title, *paragraphs = (fold(text) for text in (document.title, *(p.text for p in document.paragraphs)))
        titled = of_folded(title)
        pieces = [token for p in paragraphs for token in (PARAGRAPH, *of_folded(p))]
        title_marks = frozenset(marks(document.title, title))
        written = marks(document.text, "\n".join(paragraphs))
        return cls(f" {' '.join(titled)} ", f" {' '.join(pieces)} ", title_marks, title_marks | written)

    def have(self, term: Term, title: bool) -> bool:
        if term.mark:
            return term.tokens[0] in (self.title_marks if title else self.marks)
        sought = f" {' '.join(term.tokens)} "
        return bool(term.tokens) and (sought in self.title or (not title and sought in self.text))


def _has(node: Node, words: _Words, document: Document, thesaurus: Thesaurus) -> bool:
    match node:
        case FreeWords(text, every):
            return _with(understand(text, thesaurus), words, every)
        case Phrase(text):
            return _with(_units(text), words, True)
        case Title(FreeWords(text)):
            return _with(understand(text, thesaurus), words, True, title=True)
        case Title(part):
            return _with(_units(part.text), words, True, title=True)
        case Field(name, value):
            return _bears(document, name, fold(value))
        case Days(first, last):
            return document.published is not None and first <= int(f"{document.published:%Y%m%d}") <= last
        case Not(part):
            return not _has(part, words, document, thesaurus)
        case And(parts):
            return all(_has(part, words, document, thesaurus) for part in parts)
        case Or(parts):
            return any(_has(part, words, document, thesaurus) for part in parts)


def _units(text: str) -> list[Unit]:
    unit = phrase(text)
    return [] if unit is None else [unit]


def _with(units: Sequence[Unit], words: _Words, every: bool, title: bool = False) -> bool:
    having = sum(sum(words.have(term, title) for term in unit.terms) >= unit.need(every) for unit in units)
    return having >= max(most(len(units), every), 1)


def _bears(document: Document, name: str, wanted: str) -> bool:
    if name == "source":
        return wanted in fold(document.source)
    if name == "lang":
        return fold(document.language) == wanted.split("-")[0]
    return wanted in map(fold, document.tags if name == "tag" else (document.category,))
