"""The key words of a sentence: its names, terms, figures, times and common words, in their order.

Terms are the thesaurus's, common words those of `data/gloss.csv`; figures and times are read and written
anew, so they are exact. They stand apart, as a list: no grammar is made up between them. Where too much of
the sentence is left out, there is no gloss.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Protocol

from mine2magnet.core.messages import Translator
from mine2magnet.core.text import fold_with_offsets
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import LANGUAGES, Quantity
from mine2magnet.translate.amounts import amount

ENOUGH = 0.7  # of the letters of a sentence that a gloss must cover to be of use …
ENOUGH_OF_ENGLISH = 0.85  # … and of an English one, whose order of words is farther from the others'
GAP = "…"
BETWEEN = " · "
_LINKS = frozenset(  # say nothing in a list
    ("a", "an", "the", "of", "in", "on", "at", "by", "for", "from", "to", "with", "and", "or", "as", "than",
     "that",
     "自", "从", "至", "到", "在", "于", "由", "的", "和", "与", "から", "まで", "へ", "で", "に", "の", "と")
)  # fmt: skip
Word = tuple[str, str]  # what a common word is in another language, and its kind
_SILENT: Word = ("", "")
_QUOTES = frozenset("“”\"「」『』《》【】[]‘’'")
_LOOSE = ("measure", "stage", "cue", "product", "technology")  # kinds whose names are not all of one meaning
_YEAR = re.compile(
    r"\d{4}|[去今昨明前当當来來本翌同历歷]年|\d年|年度|令和|平成|昭和|[今本昨明当前翌][日天周週月]|\b(?:last|this|next|ago|to|yester)",
    re.IGNORECASE,
)
_HIRAGANA = re.compile(r"[\u3041-\u309f]{1,4}")
_LATIN = re.compile(r"[A-Za-z0-9\u00c0-\u024f]+(?:[.&+/'’-][A-Za-z0-9\u00c0-\u024f]+)*")
_RUN = re.compile(rf"{_LATIN.pattern}|[^\W_A-Za-z0-9\u00c0-\u024f]+|[^\w\s]|_")


class Figure(Protocol):
    """A figure at characters [start, end) of a text."""

    @property
    def quantity(self) -> Quantity: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Dated(Protocol):
    """A time at characters [start, end) of a text, in ISO 8601, None where it is not fixed."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def period(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Readers:
    """What reads a text: the thesaurus, what finds figures and times, and how many words of it deny."""

    thesaurus: Thesaurus
    figures: Callable[[str], Sequence[Figure]]
    times: Callable[[str, date | None], Sequence[Dated]]
    denials: Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Gloss:
    """`text` with the share of the sentence's letters that it covers, 0 to 1, and whether it denies."""

    text: str
    covered: float
    denies: bool = False
    enough: float = ENOUGH

    @property
    def useful(self) -> bool:
        """True if it covers enough to be read."""
        return self.covered >= self.enough


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands for characters [start, end); "" for words that say nothing of their own. `kind` is that
    of a common word, or "about" of a figure that says itself how exact it is."""

    start: int
    end: int
    text: str
    kind: str = ""


def gloss(text: str, t: Translator, readers: Readers, published: date | None = None) -> Gloss:
    """Return the key words of a text in the language of `t`.

    Parameters
    ----------
    text : str
        In Chinese, Japanese or English.
    t : Translator
    readers : Readers
    published : date, optional
        By which times such as "last year" are told.

    Returns
    -------
    Gloss
    """
    known = _known(text, t, readers, published)
    folded, offsets = fold_with_offsets(text)
    pieces: list[_Piece] = []
    at = 0
    for piece in (*known, _Piece(len(text), len(text), "")):
        pieces += _between(text, folded, offsets, at, piece.start, t.language)
        pieces.append(piece)
        at = piece.end
    letters = sum(map(_counts, text))
    missed = sum(sum(map(_counts, text[p.start : p.end])) for p in pieces if p.text == GAP)
    said = _without_doubles([p for p in pieces if p.text])
    covered = 1 - missed / letters if letters else 0.0
    latin = 2 * sum(c < "\u0250" for c in text) > len(text)
    return Gloss(
        _listed(said, t.language),
        covered,
        any(p.kind == "not" for p in said),
        ENOUGH_OF_ENGLISH if latin else ENOUGH,
    )


def noun(word: str, language: str) -> str:
    """Return a common noun of another language in this one; "" if none is known.

    Parameters
    ----------
    word, language : str

    Examples
    --------
    >>> noun("供应商", "en"), noun("几家磁材厂", "en"), noun("policy", "zh"), noun("赣南磁材", "en")
    ('supplier', 'magnet maker', '政策', '')
    """
    said, kind = _words()[language].get(fold_with_offsets(_SOME.sub("", word))[0], _SILENT)
    return said if kind == "noun" else ""


def party(id: str, language: str, words: Thesaurus) -> str:
    """Return the name of a party: a concept's, or the reader's word for a common noun where one is known.

    Parameters
    ----------
    id, language : str
    words : Thesaurus
    """
    return words.label(id, language) if id in words else noun(id, language) or id


_SOME = re.compile("^(?:[几多数]家|一些|部分|若干|不少|许多|各家?|某家?|複数の|一部の|多くの)(?=..)")


def _without_doubles(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Without "about" and "over" beside a figure that says so itself."""
    exact = {i + step for i, p in enumerate(pieces) if p.kind == "about" for step in (-1, 1)}
    return [p for i, p in enumerate(pieces) if not (p.kind == "approx" and i in exact)]


def _counts(character: str) -> bool:
    return character.isalnum()


def _known(text: str, t: Translator, readers: Readers, published: date | None) -> list[_Piece]:
    """Figures, then times, then names: none within another."""
    taken: list[_Piece] = []
    for figure in readers.figures(text):
        kind = "about" if figure.quantity.approx else ""
        taken.append(_Piece(figure.start, figure.end, amount(figure.quantity, t), kind))
    for time in readers.times(text, published):
        if time.period:
            taken.append(_Piece(time.start, time.end, told(time.period, text[time.start : time.end], t)))
    for m in readers.thesaurus.find(text):
        word = text[m.start : m.end]
        common = _words()[t.language].get(fold_with_offsets(word)[0]) if m.concept.kind in _LOOSE else None
        if m.concept.kind != "cue" or common:
            label = readers.thesaurus.label(m.concept.id, t.language)
            taken.append(_Piece(m.start, m.end, *(common or (label, ""))))
    chosen: list[_Piece] = []
    for piece in taken:
        if not any(piece.start < other.end and other.start < piece.end for other in chosen):
            chosen.append(piece)
    return sorted(chosen, key=lambda piece: piece.start)


def told(period: str, words: str, t: Translator) -> str:
    """Return a time as it is told: without a year where the text has none, so that none is guessed.

    Parameters
    ----------
    period : str
        In ISO 8601.
    words : str
        Of the text.
    t : Translator

    Returns
    -------
    str

    Examples
    --------
    >>> told("2026-04-04", "4月4日", Translator("en")), told("2024", "去年", Translator("en"))
    ('4 Apr', '2024')
    """
    if _YEAR.search(words):
        return t.period(period)
    parts = [part for part in period.split("/") if part != ".."]
    said = [_without_year(part, t) for part in parts]
    return t.period(period) if None in said else " – ".join(filter(None, said))


def _without_year(period: str, t: Translator) -> str | None:
    """A month or a day of it; None for a year."""
    _, *rest = period.split("-")
    if not rest:
        return None
    month = t("months").split()[int(rest[0]) - 1]
    return t("date.day", month=month, day=int(rest[1])) if rest[1:] else t("date.onlymonth", month=month)


def _between(
    text: str, folded: str, offsets: Sequence[int], start: int, end: int, language: str
) -> Iterator[_Piece]:
    """Common words of what no name, time or figure covers, run by run between stops."""
    for run in _RUN.finditer(text[start:end]):
        a, b = start + run.start(), start + run.end()
        if not run[0][0].isalnum():
            yield _Piece(a, b, "" if run[0] in _QUOTES else run[0])
        elif _LATIN.fullmatch(run[0]):
            yield _latin(run[0], a, b, language)
        else:
            yield from _tiled(text, folded, offsets, a, b, language)


def _latin(word: str, start: int, end: int, language: str) -> _Piece:
    """An English word in another language; codes and numbers stay as they are."""
    if language == "en" or any(map(str.isdigit, word)) or word.isupper():
        return _Piece(start, end, word)
    found = _words()[language].get(word.lower())
    if found is None:
        return _Piece(start, end, "" if word.lower() in _EMPTY else GAP)
    return _Piece(start, end, *found)


_EMPTY = frozenset(["a", "an", "the", "is", "are", "was", "were", "be", "been", "it", "its", "that", "which"])


def _tiled(
    text: str, folded: str, offsets: Sequence[int], start: int, end: int, language: str
) -> Iterator[_Piece]:
    """Words of two characters and more, longest first; what is left between them in single ones, or not."""
    words = _words()[language]
    a, b = bisect_right(offsets, start) - 1, bisect_right(offsets, end - 1)
    at = gap = a
    while at < b:
        size = next((n for n in range(min(_longest(), b - at), 1, -1) if folded[at : at + n] in words), 0)
        if not size:
            at += 1
            continue
        yield from _single(folded, offsets, gap, at, words)
        yield _Piece(offsets[at], offsets[at + size], *words[folded[at : at + size]])
        at = gap = at + size
    yield from _single(folded, offsets, gap, b, words)


def _single(folded: str, offsets: Sequence[int], a: int, b: int, words: dict[str, Word]) -> Iterator[_Piece]:
    """A gap by single characters, if each of them is a word; else what it is: left out."""
    while a < b and words.get(folded[a]) == _SILENT:  # particles at its edges say nothing of their own
        a += 1
    while a < b and words.get(folded[b - 1]) == _SILENT:
        b -= 1
    if a >= b:
        return
    if all(c in words for c in folded[a:b]):
        for i in range(a, b):
            yield _Piece(offsets[i], offsets[i + 1], *words[folded[i]])
    elif not _HIRAGANA.fullmatch(folded[a:b]):  # endings of verbs
        yield _Piece(offsets[a], offsets[b], GAP)


def _listed(pieces: Sequence[_Piece], language: str) -> str:
    """The pieces as a list, each once in a row; a verb or a "not" stays with what follows it."""
    said: list[str] = []
    held = ""
    for piece in pieces:
        text = piece.text
        if not any(map(str.isalnum, text)):  # a gap or a stop
            said += [held] if held else []
            held = ""
        elif piece.kind in ("verb", "not", "approx"):
            held = f"{held} {text}".strip()
        elif text.lower() not in _LINKS:
            whole = f"{held} {text}".strip()
            held = ""
            if not said or said[-1] != whole:
                said.append(whole)
    if held:
        said.append(held)
    text = BETWEEN.join(said)
    return text[:1].upper() + text[1:] if language == "en" else text


@cache
def _words() -> dict[str, dict[str, Word]]:
    """Read by language written the folded words of the other two, what they are there, and of which kind."""
    table = (resources.files("mine2magnet") / "data" / "gloss.csv").read_text("utf-8")
    made: dict[str, dict[str, Word]] = {code: {} for code in LANGUAGES}
    for row in csv.DictReader(table.splitlines()):
        names = {code: [w for w in row[code].split("|") if w] for code in LANGUAGES}
        for code in LANGUAGES:
            label = names[code][0] if names[code] and row["kind"] != "skip" else ""
            for other in LANGUAGES:
                for word in names[other] if other != code else ():
                    made[code].setdefault(fold_with_offsets(word)[0], (label, row["kind"] if label else ""))
    return made


@cache
def _longest() -> int:
    return max(len(word) for words in _words().values() for word in words)
