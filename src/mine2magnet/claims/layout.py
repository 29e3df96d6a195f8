"""A document laid out for reading: its sentences in order, with what is named in each and where they stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias, TypeVar

from mine2magnet.claims import names, times
from mine2magnet.claims.cues import Cue, cues
from mine2magnet.claims.quantities import QuantityMention, measured
from mine2magnet.claims.scripts import plain, script
from mine2magnet.core.text import sentences
from mine2magnet.thesaurus import Thesaurus

Standing: TypeAlias = Literal["title", "heading", "lead", "body"]

SUBJECTS = ("company", "organisation", "place", "country")
_DENSE = 40  # figures that one sentence of prose does not exceed
_HEADING = {"en": 90, "zh": 30, "ja": 36}  # characters that a heading does not exceed
_STOP = re.compile(r"[.。!！?？;；,，、]\s*$")
_CLAUSE = re.compile(
    r",(?!\s(?:which|who|whose|that)\b)|[，;；：:。()（）!！?？]|\s-\s|——|、|\b(?:while|whereas|but|although|though|"
    r"versus|vs|compared with|compared to|because|even (?:as|though)|"
    r"after(?=\s(?!\d)[a-z ]{0,24}(?:posted|said|reported|announced|fell|rose|cut|was|were|had)))\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(  # of a page: its %E9 is no per cent
    r"https?://[^\s;,)]+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|dev|io|cn|jp|eu|gov)\b(?:/[^\s;,)]*)?",
    re.ASCII,
)
_DESCRIBED = re.compile(
    r"\b(?:the|an?)\s(?:[A-Z][a-z]+(?:-based)?\s)(?:[a-z]+\s)?(?:miner|company|firm|group|maker|carmaker|automaker|"
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
    language: str
    thesaurus: Thesaurus
    today: date | None
    paragraph: int = 1
    standing: Standing = "body"
    clauses: list[int] = field(default_factory=list)
    said: tuple[int, int] = (-1, -1)  # the characters that name who speaks

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
    r"(?:[A-Z][A-Za-z/. ]{2,40},\s[^.()]{3,24}?\s?(?:\([A-Za-z ]{2,20}\)\s?)?[-—–]{1,2}\s|[^，。、]{2,20}(?:电|電|讯|訊|报道)[\s　：:（(]|"
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
    known = names.formed(texts, thesaurus)
    found: list[Sentence] = []
    lead = True
    for number, text in enumerate(texts):
        grammar = script(text, language)
        standing: Standing = "title" if number == 0 else "heading" if _heading(text, grammar) else "body"
        if standing == "body" and lead and title:
            standing, lead = "lead", False
        for sentence in _sentences(text, grammar, today, thesaurus, known):
            sentence.paragraph, sentence.standing = number, standing
            found.append(sentence)
    return found


def _heading(text: str, language: str) -> bool:
    return len(text) <= _HEADING[language] and not _STOP.search(text) and "|" not in text and "\t" not in text


def _sentences(
    text: str, language: str, today: date | None, thesaurus: Thesaurus, known: names.Names
) -> Iterator[Sentence]:
    narrowed = _ADDRESS.sub(lambda m: " " * len(m[0]), plain(text, language))
    dated = times.find(narrowed, today)
    figures = [m for m in measured(narrowed, dated) if m.quantity.unit]
    dateline = m.end() if (m := _DATELINE.match(narrowed)) else 0
    found = [
        c
        for c in names.placed(narrowed, known, cues(narrowed, thesaurus, language))
        if c.start >= dateline or c.kind == "material"  # 【ゲルマニウム】 is a heading
    ]
    dated = [t for t in dated if t.start >= dateline]
    for span, start, end in _pieces(sentences(text), figures):
        within = _between(figures, start, end)
        named = _without_asides(narrowed, start, end, _between(found, start, end))
        sentence = Sentence(
            narrowed, start, end, span, within, named, _between(dated, start, end), language, thesaurus, today
        )
        sentence.clauses = [
            m.end() for m in _CLAUSE.finditer(narrowed, start, end) if not _inside_figure(m.start(), within)
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
