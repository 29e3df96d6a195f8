"""A figure and its surroundings: its sentence, its clause, what stands near it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from mine2magnet.claims import times
from mine2magnet.claims.cues import Cue
from mine2magnet.claims.quantities import QuantityMention
from mine2magnet.thesaurus import Thesaurus

SUBJECTS = ("company", "organisation", "place", "country")

CLAUSE = re.compile(
    r",(?!\s(?:which|who|whose|that)\b)|[，;；：:。()（）!！?？]|\s-\s|——|、|\b(?:while|whereas|but|although|though|"
    r"versus|vs|compared with|compared to|because|even (?:as|though)|"
    r"after(?=\s(?!\d)[a-z ]{0,24}(?:posted|said|reported|announced|fell|rose|cut|was|were|had)))\b",
    re.IGNORECASE,
)

STRONG = re.compile(r"[;；。]|\b(?:while|whereas|but)\b|而(?!成)|\s-\s", re.IGNORECASE)

CONTRAST = re.compile(
    r"\b(?:against|versus|vs|compared (?:with|to)|(?:up|down) from)\b|而|一方|が、|后者", re.IGNORECASE
)

_CONJUNCTION = re.compile(r"\band\b|和|及|与|、|，|,|;|；|と|や", re.IGNORECASE)

_INSERTED = re.compile(
    r"\s(?:[a-z]+ed|owned|built|held|run|led)\s(?:by|at|with|for)\b|\s(?:which|who|whose|an?)\s"
)

_LEADS_UP = re.compile(
    r"\s(?:of|to|at|was|is|reached|hit)\s(?:about\s|around\s|nearly\s)?|[^，。、,;；\s]{0,4}(?:的|为|達|达|は|の)(?:约|約|近)?",
    re.IGNORECASE,
)

_OF = re.compile(r"\s?(?:or so\s)?(?:of|in|for|worth of)\s|的|の(?!増|減|上昇|下落|伸び)|分の", re.IGNORECASE)


ADJACENT = 3  # characters between a figure and a name that it modifies: "25% tariff", 三天停产


@dataclass(slots=True)
class Slots:
    """What is told of one figure; what follows may inherit it."""

    subjects: tuple[str, ...] = ()
    measure: str | None = None
    stage: str | None = None
    materials: tuple[str, ...] = ()
    period: str | None = None
    modality: str = "reported"


@dataclass(slots=True)
class Sentence:
    """A sentence of a paragraph with what was found in it; offsets are those of the paragraph."""

    text: str  # of the paragraph, narrowed
    start: int
    end: int
    span: tuple[int, int]  # of the whole sentence, of which this may be a piece
    figures: list[QuantityMention]
    cues: list[Cue]
    times: list[times.Time]
    language: str
    thesaurus: Thesaurus
    today: date | None
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

    def clause_start(self, place: int) -> int:
        """Return where the clause of a place begins.

        Parameters
        ----------
        place : int
            A character of the paragraph.
        """
        i = bisect_right(self.clauses, place)
        return self.clauses[i - 1] if i else self.start

    def spoken(self, c: Cue) -> bool:
        """Return whether a name stands within that of who speaks.

        Parameters
        ----------
        c : Cue
        """
        return self.said[0] <= c.start and c.end <= self.said[1]


@dataclass(slots=True)
class FigureContext:
    """A figure and its surroundings: the sentence between its neighbours, and its clause."""

    s: Sentence
    figure: QuantityMention
    left: int
    right: int
    previous: QuantityMention | None
    clause: tuple[int, int] = (0, 0)
    of: bool = False

    def __post_init__(self) -> None:
        self.clause = self.s.clause(self.figure)
        after = _OF.match(self.s.text, self.figure.end)
        self.of = bool(after)
        if not self.of:
            self.of = any(
                self.s.text[self.figure.end : c.start] in ("", " ", "-")
                and c.start >= self.figure.end
                and c.kind in ("material", "stage", "measure", "product")
                for c in self.s.cues
            )
        if self.previous is not None:
            previous_of = _OF.match(self.s.text, self.previous.end)
            if previous_of:  # what follows "87 % of" is its own, up to the conjunction
                joins = [
                    m.end() for m in _CONJUNCTION.finditer(self.s.text, self.previous.end, self.figure.start)
                ]
                self.left = joins[-1] if joins else self.figure.start

    @property
    def bracketed(self) -> bool:
        """True if the figure stands in brackets."""
        text, start = self.s.text, self.s.start
        return text.rfind("(", start, self.figure.start) > text.rfind(")", start, self.figure.start)

    @property
    def inserted(self) -> bool:
        """True if the figure's clause is put into another: ", backed by a $2 billion loan,"."""
        low, high = self.clause
        return (
            self.s.text[high - 1 : high] == ","
            and self.s.text[low - 1 : low] == ","
            and bool(_INSERTED.match(self.s.text, low))
        )

    def candidates(self, kinds: tuple[str, ...]) -> Iterator[Cue]:
        """Give cues of some kinds, the likeliest to govern the figure first.

        Parameters
        ----------
        kinds : tuple of str
        """
        low, high = max(self.left, self.clause[0]), min(self.right, self.clause[1])
        own = [
            c
            for c in self.s.cues
            if c.kind in kinds
            and not (c.start < self.figure.end and c.end > self.figure.start)
            and not self.s.spoken(c)
        ]
        before = [c for c in reversed(own) if low <= c.start and c.end <= self.figure.start]
        after = [c for c in own if self.figure.end <= c.start and c.end <= high and not self._of_next(c)]
        yield from (after + before) if self.of else (before + after)

    def _of_next(self, c: Cue) -> bool:
        """Whether a name leads up to the next figure: "$400 million and set a price of $110"."""
        return self.right < self.s.end and bool(_LEADS_UP.fullmatch(self.s.text, c.end, self.right))

    def earlier(self, kinds: tuple[str, ...]) -> Iterator[Cue]:
        """Give cues of some kinds at the head of the figure's clause, then in the clauses before it.

        Parameters
        ----------
        kinds : tuple of str
        """
        for c in reversed(self.s.cues):
            if (
                c.kind in kinds
                and c.end <= min(self.figure.start, max(self.left, self.clause[0]))
                and not self.s.spoken(c)
            ):
                yield c


def far(view: FigureContext, c: Cue) -> int:
    """Return how many characters lie between a figure and a cue.

    Parameters
    ----------
    view : FigureContext
    c : Cue
    """
    return view.figure.start - c.end if c.end <= view.figure.start else c.start - view.figure.end
