"""A figure and its surroundings: its sentence, its clause, what stands near it."""

from __future__ import annotations

import re
from bisect import bisect_left
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
    r"versus|vs|compared with|compared to|because)\b",
    re.IGNORECASE,
)

STRONG = re.compile(r"[;；。]|\b(?:while|whereas|but)\b|而(?!成)|\s-\s", re.IGNORECASE)

CONTRAST = re.compile(
    r"\b(?:against|versus|vs|compared (?:with|to)|(?:up|down) from)\b|而|一方|が、|后者", re.IGNORECASE
)

_CONJUNCTION = re.compile(r"\band\b|和|及|与|、|，|,|;|；|と|や", re.IGNORECASE)

_OF = re.compile(r"\s?(?:or so\s)?(?:of|in|for|worth of)\s|的|の(?!増|減|上昇|下落|伸び)|分の", re.IGNORECASE)

ADJACENT = 3  # characters between a figure and a name that it modifies: "25% tariff", 三天停产


@dataclass(slots=True)
class Slots:
    """What is told of one figure; what follows may inherit it."""

    subjects: tuple[str, ...] = ()
    measure: str | None = None
    stage: str | None = None
    materials: tuple[str, ...] = ()
    as_of: str | None = None
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

    def clause(self, figure: QuantityMention) -> tuple[int, int]:
        i = bisect_left(self.clauses, figure.start)
        before = self.clauses[i - 1] if i else self.start
        after = next((c for c in self.clauses[i:] if c >= figure.end), self.end)
        return before, after


@dataclass(slots=True)
class View:
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
                0 <= c.start - self.figure.end <= 1 and c.kind in ("material", "stage", "measure", "product")
                for c in self.s.cues
            )
        if self.previous is not None:
            previous_of = _OF.match(self.s.text, self.previous.end)
            if previous_of:  # what follows "87 % of" is its own, up to the conjunction
                joins = [
                    m.end() for m in _CONJUNCTION.finditer(self.s.text, self.previous.end, self.figure.start)
                ]
                self.left = joins[-1] if joins else self.figure.start

    def candidates(self, kinds: tuple[str, ...]) -> Iterator[Cue]:
        """Cues of these kinds, the likeliest to govern the figure first."""
        low, high = max(self.left, self.clause[0]), min(self.right, self.clause[1])
        own = [
            c
            for c in self.s.cues
            if c.kind in kinds and not (c.start < self.figure.end and c.end > self.figure.start)
        ]
        before = [c for c in reversed(own) if low <= c.start and c.end <= self.figure.start]
        after = [c for c in own if self.figure.end <= c.start and c.end <= high]
        yield from (after + before) if self.of else (before + after)

    def earlier(self, kinds: tuple[str, ...]) -> Iterator[Cue]:
        """Cues of these kinds at the head of the figure's clause, then in the clauses before it."""
        for c in reversed(self.s.cues):
            if c.kind in kinds and c.end <= self.figure.start and c.end <= max(self.left, self.clause[0]):
                yield c


def far(view: View, c: Cue) -> int:
    return view.figure.start - c.end if c.end <= view.figure.start else c.start - view.figure.end
