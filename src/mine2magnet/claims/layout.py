"""A document laid out for reading: its sentences in order, what is named in each, where they stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias, TypeVar

from mine2magnet.claims import chronology, currencies, names, tables, times
from mine2magnet.claims.cues import Cue, actors, cues
from mine2magnet.claims.document_figures import document_figures
from mine2magnet.claims.quantities import QuantityMention
from mine2magnet.claims.scripts import plain, script
from mine2magnet.core.text import sentences
from mine2magnet.core.thesaurus import Thesaurus, load

Standing: TypeAlias = Literal["title", "heading", "lead", "body"]

SUBJECTS = ("company", "organisation", "place", "country")
_DENSE = 40  # figures that one sentence of prose does not exceed
_HEADING = {"en": 90, "zh": 30, "ja": 36}  # characters that a heading does not exceed
_STOP = re.compile(r"[.。!！?？;；,，、]\s*$")
_CLAUSE = re.compile(
    r",(?!\s(?:which|who|whose|that)\b)|[，;；：:。()（）!！?？]|\s-\s|——|、|\b(?:while|whereas|but|"
    r"although|though|"
    r"versus|vs|compared with|compared to|because|even (?:as|though)|"
    r"after(?=\s(?!\d)[a-z ]{0,24}(?:posted|said|reported|announced|fell|rose|cut|was|were|had)))\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(  # of a page: its %E9 is no per cent
    r"https?://[^\s;,)]+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|dev|io|cn|jp|eu|gov)\b(?:/[^\s;,)]*)?",
    re.ASCII,
)
_DESCRIBED = re.compile(
    r"\b(?:the|an?)\s(?:[A-Z][a-z]+(?:-based)?\s)(?:[a-z]+\s)?(?:miner|company|firm|group|maker|carmaker|"
    r"automaker|"
    r"producer|manufacturer|refiner|supplier|giant|developer|start-up|startup|trader)\b"
)


@dataclass(slots=True)
class Sentence:
    """A sentence, or a piece of one with very many figures; offsets are those of its paragraph."""

    text: str  # of the paragraph, narrowed
    start: int
    end: int
    span: tuple[int, int]  # of the whole sentence
    figures: list[QuantityMention]
    cues: list[Cue]
    times: list[times.Time]
    language: str = "en"
    thesaurus: Thesaurus = field(default_factory=load)
    today: date | None = None
    paragraph: int = 1
    standing: Standing = "body"
    clauses: list[int] = field(default_factory=list)
    refers: frozenset[int] = frozenset()  # where cues begin that only refer to who was named before
    said: tuple[int, int] = (-1, -1)  # the characters that name who speaks
    marked: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)  # as `relations.marks` gives
    heads: dict[int, list[tuple[str, Sentence]]] = field(
        default_factory=dict
    )  # of a table, by a figure's start

    def clause(self, figure: QuantityMention) -> tuple[int, int]:
        """Return the characters [start, end) of the clause that a figure stands in.

        Parameters
        ----------
        figure : QuantityMention
        """
        i = bisect_left(self.clauses, figure.start)
        before = self.clauses[i - 1] if i else self.start
        after = next((c for c in self.clauses[i:] if c >= figure.end), self.end)
        return before, after

    def spoken(self, c: Cue) -> bool:
        """Return whether a name stands within that of who speaks.

        Parameters
        ----------
        c : Cue
        """
        return self.said[0] <= c.start and c.end <= self.said[1]

    def spoken_at(self, place: int) -> bool:
        """Return whether a place stands within the words that name who speaks.

        Parameters
        ----------
        place : int
        """
        return self.said[0] <= place < self.said[1]


_DATELINE = re.compile(
    r"\s*(?:[\[【（(][^\]】）)]{1,40}[\]】）)]\s*)?"
    r"(?:[A-Z][A-Za-z/. ]{2,40},\s[^.()]{3,24}?\s?(?:\([A-Za-z ]{2,20}\)\s?)?[-—–]{1,2}\s|"
    r"[^，。、]{2,20}(?:电|電|讯|訊|报道)[\s　：:（(]|"
    r"[A-Z]{4,}[A-Z ]*\s?(?:\([A-Za-z ]{2,20}\)\s?)?[-—–]{1,2}\s)|\s*【[^】]{2,40}】"
)  # "LONDON, Nov 12 (Reuters) -", 【上海】, 新华社北京7月20日电


def lay_out(
    title: str, paragraphs: Sequence[str], *, language: str, today: date | None, thesaurus: Thesaurus
) -> list[Sentence]:
    """Return the sentences of a title (paragraph 0) and of paragraphs (from 1), in order.

    Parameters
    ----------
    title : str
        "" where there is none.
    paragraphs : sequence of str
    language : str
        ISO 639-1; any other than zh and ja is read as English where it has no CJK characters.
    today : date or None
        The day of publication.
    thesaurus : Thesaurus
    """
    texts = [title, *paragraphs]
    grammars = [script(text, language) for text in texts]
    known = names.formed(texts, thesaurus)
    narrowed = [
        _ADDRESS.sub(lambda m: " " * len(m[0]), plain(text, grammar))
        for text, grammar in zip(texts, grammars, strict=True)
    ]
    end = times.year_end(texts, language)
    dated = chronology.in_order([times.find(text, today, end) for text in narrowed], today)
    figures = document_figures(narrowed, dated, currencies.home(texts))
    cells = tables.cells(narrowed)
    found: list[Sentence] = []
    heads: dict[str, Sentence] = {}
    lead = True
    for number, text in enumerate(narrowed):
        grammar = grammars[number]
        standing: Standing = "title" if number == 0 else "heading" if _heading(text, grammar) else "body"
        if standing == "body" and lead and title:
            standing, lead = "lead", False
        with_units = [m for m in figures[number] if m.quantity.unit]
        named = _named(text, grammar, thesaurus, known)
        spans = sentences(texts[number])
        for sentence in _sentences(text, spans, with_units, named, dated[number]):
            sentence.language, sentence.thesaurus, sentence.today = grammar, thesaurus, today
            sentence.paragraph, sentence.standing = number, standing
            found.append(sentence)
        if cells[number]:
            _headed(found, number, cells[number], known, heads)
    return found


def _headed(
    found: Sequence[Sentence],
    number: int,
    cells: Sequence[tables.Cell],
    known: names.Names,
    read: dict[str, Sentence],
) -> None:
    """Give the figures of a table the heads of their column and row, and its caption; each is read once."""
    for s in reversed(found):
        if s.paragraph != number:
            break
        for figure in s.figures:
            cell = next((c for c in cells if c.start <= figure.start < c.end), None)
            if cell is not None:
                heads = (("column", cell.column), ("row", cell.row), ("caption", cell.caption))
                for text in (cell.column, cell.row, cell.caption):
                    if text and text not in read:
                        read[text] = _head(text, s, known)
                s.heads[figure.start] = [(where, read[text]) for where, text in heads if text]


def _head(text: str, s: Sentence, known: names.Names) -> Sentence:
    dated = times.find(text, s.today)
    named = _named(text, s.language, s.thesaurus, known)
    head = Sentence(text, 0, len(text), (0, len(text)), [], named, dated)
    head.language, head.thesaurus, head.today, head.standing = s.language, s.thesaurus, s.today, "heading"
    return head


def _heading(text: str, language: str) -> bool:
    return len(text) <= _HEADING[language] and not _STOP.search(text) and "|" not in text and "\t" not in text


def _named(text: str, language: str, thesaurus: Thesaurus, known: names.Names) -> list[Cue]:
    """What a narrowed text names, less what its dateline does."""
    dateline = m.end() if (m := _DATELINE.match(text)) else 0
    found = (*names.placed(text, known, cues(text, thesaurus, language)), *actors(text, language))
    kept = (c for c in found if c.start >= dateline or c.kind == "material")  # 【ゲルマニウム】 is a heading
    return sorted(kept, key=lambda c: (c.start, -c.end))


def _sentences(
    text: str,
    spans: Sequence[tuple[int, int]],
    figures: Sequence[QuantityMention],
    named: Sequence[Cue],
    dated: Sequence[times.Time],
) -> Iterator[Sentence]:
    dateline = m.end() if (m := _DATELINE.match(text)) else 0
    dated = [t for t in dated if t.start >= dateline]
    for span, start, end in _pieces(spans, figures):
        within = _between(figures, start, end)
        own = _without_asides(text, start, end, _between(named, start, end))
        sentence = Sentence(text, start, end, span, within, own, _between(dated, start, end))
        sentence.clauses = [
            m.end() for m in _CLAUSE.finditer(text, start, end) if not _inside_figure(m.start(), within)
        ]
        yield sentence


def _without_asides(text: str, start: int, end: int, named: list[Cue]) -> list[Cue]:
    """Less what only describes a company named in the sentence: "the Australian miner"."""
    if not any(c.kind == "company" for c in named):
        return named
    spans = [m.span() for m in _DESCRIBED.finditer(text, start, end)]
    return [c for c in named if c.kind == "company" or not any(a <= c.start and c.end <= b for a, b in spans)]


def _inside_figure(place: int, figures: Sequence[QuantityMention]) -> bool:
    i = bisect_left(figures, place, key=lambda f: f.end)
    return i < len(figures) and figures[i].start <= place < figures[i].end


_Placed = TypeVar("_Placed", Cue, QuantityMention, times.Time)


def _pieces(
    spans: Sequence[tuple[int, int]], figures: Sequence[QuantityMention]
) -> Iterator[tuple[tuple[int, int], int, int]]:
    """Sentences, one with very many figures (a table in a line) in pieces, so that time stays linear."""
    for start, end in spans:
        within = _between(figures, start, end)
        at = start
        for i in range(_DENSE, len(within), _DENSE):
            yield (start, end), at, within[i].start
            at = within[i].start
        yield (start, end), at, end


def _between(found: Sequence[_Placed], start: int, end: int) -> list[_Placed]:
    low = bisect_left(found, start, key=lambda c: c.start)
    high = bisect_left(found, end, key=lambda c: c.start)
    return [c for c in found[low:high] if c.end <= end]
