"""What a query asks for: units, each a concept under all its names, a word, or a run of characters.

A name of the thesaurus stands for its concept in every language, so words alone find 库存 by
"inventory". What is left is cut at function words into words and runs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mine2magnet.core.text import fold
from mine2magnet.core.thesaurus import Mention, Thesaurus
from mine2magnet.model import WrittenForms
from mine2magnet.search import ranges
from mine2magnet.search.tokens import CJK, SHORT, spans, tokens

MOST = 0.6  # of the units of a query, and of the bigrams of a run, that a document must have
OTHER_NAME = 0.6  # weight of a concept's other names beside the one that was typed
MANY = 32  # units that are looked for; a longer query says nothing new

_ENGLISH = """
a about after all also an and any are as at be been before between but by can could did do does for from
had has have how if in into is it its may more most much of on or over should so than that the their them
then there these they this those to under up was we were what when where which while who why will with
would you your s t
"""
_FUNCTION_WORDS = frozenset(_ENGLISH.split())
_CHINESE = "的|了|吗|呢|哪些|什么|怎么|怎样|多少|如何|为何|为什么|以及|是否"
_JAPANESE = "[\u3041-\u309f]"  # hiragana: particles and endings
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff"
_SEGMENT = re.compile(
    f"(?P<kana>[{_KATAKANA}]{{2,}})"
    f"|(?:{_CHINESE}|{_JAPANESE})+"
    f"|(?P<run>(?:(?!{_CHINESE}|{_JAPANESE}|[{_KATAKANA}])[{CJK}])+)"
    f"|(?P<other>[^{CJK}]+)"
)
_LONE = re.compile(f"[^{CJK}][{CJK}]$")


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that stand in a row. `mark`: one Han character, or a short Latin name as it is written,
    which is looked up among the marks of a document (`tokens.marks`). `begun`: the last token is one
    character of a run that may go on, so that any that begins with it will do: 6周 stands in 6周内."""

    tokens: tuple[str, ...]
    weight: float = 1.0
    mark: bool = False
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """Any of the terms answers it; if they are the bigrams of one run, most of them must be there. Any of
    `also` answers it as well, and all of a run."""

    terms: tuple[Term, ...]
    run: bool = False
    also: tuple[Term, ...] = ()

    @property
    def parts(self) -> Sequence[tuple[Term, ...]]:
        """The terms by what is looked up at once: each bigram of a run, or all names."""
        return [(term,) for term in self.terms] if self.run else [self.terms]

    @property
    def worth(self) -> float:
        """Weight of each part: a bigram of a run counts half as much as a word."""
        return (len(self.terms) + 1) / 2 / len(self.terms) if self.run else 1.0

    def need(self, every: bool) -> int:
        """Return how many of the terms must be there.

        Parameters
        ----------
        every : bool
            Whether all of a run's bigrams are asked for.
        """
        return most(len(self.terms), every) if self.run else 1


def most(count: int, every: bool = False) -> int:
    """Return how many of `count` must be there: all of one or two, else `MOST` of them.

    Parameters
    ----------
    count : int
    every : bool
        Whether all are asked for.
    """
    return count if every or count <= 2 else math.ceil(MOST * count)


def understand(text: str, thesaurus: Thesaurus, written: Sequence[WrittenForms] = ()) -> list[Unit]:
    """Return the units of free words, in their order, each once.

    Parameters
    ----------
    text : str
    thesaurus : Thesaurus
    written : sequence of WrittenForms
        Quantities and times of the text, left to right: their other ways of writing answer their words.
    """
    units: dict[Unit, None] = {}
    rest = 0
    mentions = thesaurus.find(text)
    for mention in mentions:
        units |= dict.fromkeys(_stretch(text, rest, mention.start, written))
        around = next((w for w in written if w.start <= mention.start and mention.end <= w.end), None)
        concept = _concept(text, mention)
        units[_told(concept, around) if around else concept] = None
        rest = mention.end
    units |= dict.fromkeys(_stretch(text, rest, len(text), written))
    if not units:  # nothing but function words: then these are meant
        units = {Unit((term,)): None for term in map(_term, tokens(text))}
    return list(units)[:MANY]


def _stretch(text: str, start: int, end: int, written: Sequence[WrittenForms]) -> Iterator[Unit]:
    """The words of [start, end), those of quantities and times apart."""
    for one in written:
        first, last = max(one.start, start), min(one.end, end)
        if first < last:
            yield from _words(text[start:first])
            yield from (_told(unit, one) for unit in _words(text[first:last]))
            start = last
    yield from _words(text[start:end])


def _told(unit: Unit, written: WrittenForms) -> Unit:
    """A word of a quantity or a time, with the forms of that part of it that the word is of."""
    said = [[tuple(tokens(form)) for form in forms] for forms in written.parts]
    part = next((n for n, forms in enumerate(said) if unit.terms[0].tokens in forms), 0)
    return replace(unit, also=tuple(_forms(written.parts[part])))


def _forms(forms: Iterable[str]) -> list[Term]:
    """Terms of the forms, without those that another begins."""
    held: dict[tuple[str, ...], Term] = {}
    for form in forms:
        found = tuple(tokens(form))
        begun = len(found) > 1 and _LONE.search(fold(form)) is not None
        held.setdefault(found, Term(found, OTHER_NAME, begun=begun))
    return [term for term in held.values() if not any(_begins(other, term) for other in held.values())]


def _begins(other: Term, term: Term) -> bool:
    """Return whether the other one is found wherever the term is."""
    last = len(other.tokens) - 1
    if other is term or len(term.tokens) <= last or other.tokens[:last] != term.tokens[:last]:
        return False
    if other.begun and len(term.tokens) == last + 1 and term.tokens[last] != other.tokens[last]:
        return term.tokens[last].startswith(other.tokens[last])
    return len(term.tokens) > last + 1 and (
        term.tokens[last].startswith(other.tokens[last])
        if other.begun
        else term.tokens[last] == other.tokens[last]
    )


def unnamed(text: str, spans: Sequence[tuple[int, int]]) -> int:
    """Return how many words and runs of a text say something beside what its spans name.

    Parameters
    ----------
    text : str
    spans : sequence of (start, end)
    """
    kept = "".join(" " if any(a <= i < b for a, b in spans) else c for i, c in enumerate(text))
    return len(set(_words(kept)))


def phrase(text: str) -> Unit | None:
    """Return the unit of a quoted phrase, None without a word.

    Spaces between Chinese or Japanese characters do not count, and a range may be written otherwise.

    Parameters
    ----------
    text : str
    """
    joined = re.sub(rf"(?<=[{CJK}])\s+(?=[{CJK}])", "", text)
    found = dict.fromkeys(tuple(tokens(one)) for one in (joined, *ranges.forms(joined)))
    return Unit(tuple(_term(*one) for one in found)) if all(found) else None


def _concept(text: str, mention: Mention) -> Unit:
    typed = _name(text[mention.start : mention.end])
    terms = {typed.tokens: typed}
    for concept in (mention.concept, *mention.others):
        for name in (name for names in concept.names.values() for name in names):
            term = _name(name, OTHER_NAME)
            if term.tokens:
                terms.setdefault(term.tokens, term)
    return Unit(tuple(terms.values()))


def _name(name: str, weight: float = 1.0) -> Term:
    if len(name) <= SHORT and name.isascii() and name.isalnum() and name != name.lower():
        return Term((name,), weight, mark=True)
    return _term(*tokens(name), weight=weight)


def _term(*found: str, weight: float = 1.0) -> Term:
    return Term(found, weight, mark=len(found) == 1 and _is_character(found[0]))


def _is_character(token: str) -> bool:
    return len(token) == 1 and re.match("[\u3400-\u4dbf\u4e00-\u9fff]", token) is not None


def _words(text: str) -> Iterator[Unit]:
    for segment in _SEGMENT.finditer(fold(text)):
        piece = segment[0]
        if segment.lastgroup == "kana":
            yield Unit((_term(*tokens(piece)),))
        elif segment.lastgroup == "run" and (len(piece) > 1 or not _amid(segment)):
            found = tokens(piece)
            yield Unit(tuple(map(_term, found)), run=len(found) > 1)
        elif segment.lastgroup == "other":
            for token, start, end in spans(piece):
                if piece[start:end] not in _FUNCTION_WORDS:
                    yield Unit((_term(token),))


def _amid(segment: re.Match[str]) -> bool:
    """Return whether it touches other Chinese or Japanese characters: then a single one is a leftover."""
    around = segment.string[max(segment.start() - 1, 0) : segment.start()]
    around += segment.string[segment.end() : segment.end() + 1]
    return re.search(f"[{CJK}]", around) is not None
