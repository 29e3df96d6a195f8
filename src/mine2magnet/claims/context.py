"""What a document has told before a figure: title, heading and lead, the sentences and the figure before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mine2magnet.claims.anaphora import resolved
from mine2magnet.claims.cues import Cue, voices
from mine2magnet.claims.layout import Sentence
from mine2magnet.claims.times import Time

_OURS = re.compile(r"\b(?:the [Cc]ompany|the group|our|we)\b|公司|当社|同社|本集团|该集团")
_BACK = 4  # sentences before this one that are looked at
_DAY = len("2025-04-03")
_MOST_TOLD = 2  # periods told most that are candidates anywhere
_TOP = 3  # names spoken of most that are candidates anywhere in the document


@dataclass(frozen=True, slots=True)
class Told:
    """The slots of a figure told before, where it stands, and how likely each slot is right."""

    slots: dict[str, tuple[str, ...]]
    sentence: int
    paragraph: int
    chances: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class DocumentContext:
    """The sentences of a document in order, and what the figures read so far tell."""

    sentences: Sequence[Sentence]
    told: Told | None = None
    title: list[Sentence] = field(default_factory=list)
    lead: list[Sentence] = field(default_factory=list)
    heading: Sentence | None = None
    at: int = -1  # the sentence being read
    heads: Sequence[tuple[str, Sentence]] = ()  # of the table that the figure stands in
    row: str = ""  # what stands between the figure before and this one
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # of each name spoken of
    ranked: dict[tuple[str, ...], list[tuple[str, str, str]]] = field(default_factory=dict)  # as `top` gives
    hero: str = ""  # the company that the document is about, if it is about one
    section: str = ""  # the company that the heading names, if it names one
    periods: list[str] = field(default_factory=list)  # those told most
    lately: dict[str, str] = field(default_factory=dict)  # the last period and basis that were told
    previous: str = ""  # the period told before that
    latest: dict[str, str] = field(default_factory=dict)  # the last actor of each kind that was named

    def __post_init__(self) -> None:
        self.title = [s for s in self.sentences if s.standing == "title"]
        self.lead = [s for s in self.sentences if s.standing == "lead"][:2]
        for s in self.sentences:
            for c in s.cues:
                if c.id and c.kind != "sign" and c.id not in voices():
                    self.kinds.setdefault(c.id, c.kind)
                    weight = 3 if s.standing == "title" else 1
                    self.counts.setdefault(c.kind, Counter())[c.id] += weight

        self.hero = self._hero()
        self.sentences = resolved(self.sentences, self.hero)
        self.title = [s for s in self.sentences if s.standing == "title"]
        self.lead = [s for s in self.sentences if s.standing == "lead"][:2]
        spans = Counter(t.period for s in self.sentences for t in dated(s) if len(t.period or "") != _DAY)
        self.periods = [period for period, n in spans.most_common(_MOST_TOLD) if period and n > 1]

    def _hero(self) -> str:
        """The company spoken of most, if the title or the lead names it or the text says "the company"."""
        companies = self.counts.get("company", Counter())
        if not companies:
            return ""
        best = companies.most_common(1)[0][0]
        front = any(c.id == best for s in (*self.title, *self.lead) for c in s.cues)
        own = sum(bool(_OURS.search(s.text, s.start, s.end)) for s in self.sentences)
        return best if front or own > 1 else ""

    def move(self, at: int) -> None:
        """Go on to a sentence.

        Parameters
        ----------
        at : int
        """
        if 0 <= self.at < at:
            self.latest |= {
                c.kind: c.id for c in self.sentences[self.at].cues if c.id and c.id not in voices()
            }
        self.at = at
        s = self.sentences[at]
        if s.standing == "heading":
            self.heading = s
            companies = {c.id for c in s.cues if c.kind == "company"}
            self.section = companies.pop() if len(companies) == 1 else ""

    @property
    def column(self) -> Sentence | None:
        """The head of the column of the figure being read, if it stands in a table."""
        return next((head for where, head in self.heads if where == "column"), None)

    def tell(self, told: Told) -> None:
        """Remember a figure read.

        Parameters
        ----------
        told : Told
        """
        self.told = told
        period = told.slots.get("period", ())
        if period and period[0] != self.lately.get("period", period[0]):
            self.previous = self.lately["period"]
        self.lately |= {slot: told.slots[slot][0] for slot in ("period", "basis") if told.slots.get(slot)}

    def around(self) -> Iterator[tuple[str, Sentence]]:
        """Give the sentences that may tell what this one does not, with where they stand to it."""
        here = self.sentences[self.at]
        yield from self.heads
        for back in range(1, _BACK + 1):
            if self.at - back < 0:
                break
            s = self.sentences[self.at - back]
            if s.standing in ("title", "heading"):
                break
            if s.paragraph == here.paragraph:
                yield ("prev" if back == 1 else "para"), s
            else:
                yield "before", s
        if self.heading is not None and here is not self.heading:
            yield "heading", self.heading
        for s in self.title:
            if s is not here:
                yield "title", s
        for s in self.lead:
            if s is not here and s.paragraph != here.paragraph:
                yield "lead", s

    def top(self, kinds: tuple[str, ...]) -> list[tuple[str, str, str]]:
        """Return the names spoken of most, of some kinds together.

        Parameters
        ----------
        kinds : tuple of str

        Returns
        -------
        list of (id, kind, part)
            `part` says how much of what is spoken of it is: most, much or some.
        """
        if kinds in self.ranked:
            return self.ranked[kinds]
        total = {(id, kind): n for kind in kinds for id, n in self.counts.get(kind, {}).items() if n > 1}
        whole = sum(total.values())
        ranked = sorted(total, key=total.__getitem__, reverse=True)[:_TOP]
        parts = ((2, "most"), (4, "much"), (whole + 1, "some"))
        self.ranked[kinds] = [
            (id, kind, next(name for times, name in parts if times * total[id, kind] > whole))
            for id, kind in ranked
        ]
        return self.ranked[kinds]

    def told_at(self) -> str:
        """Return where the figure before stands: sentence, prev (the one before), para or before."""
        if self.told is None:
            return ""
        if self.told.sentence == self.at:
            return "sentence"
        if self.told.paragraph == self.sentences[self.at].paragraph:
            return "prev" if self.told.sentence == self.at - 1 else "para"
        return "before"


def named(s: Sentence, kinds: Sequence[str]) -> list[Cue]:
    """Return the names of some kinds in a sentence, less those of who speaks in passing.

    Parameters
    ----------
    s : Sentence
    kinds : sequence of str
    """
    return [c for c in s.cues if c.kind in kinds]


def dated(s: Sentence) -> list[Time]:
    """Return the times of a sentence that are fixed.

    Parameters
    ----------
    s : Sentence
    """
    return [t for t in s.times if t.period]


_GAPS = (
    ("next", re.compile(r"\s?(?:,\sand|,|、|，|和|与|及|と|や|or|\band\b|&|-|~|至|到|to)\s?")),
    ("bracket", re.compile(r"[^()]{0,12}\([^()]{0,16}")),
    ("strong", re.compile(r".*(?:[;；。]|\b(?:while|whereas|but)\b|而(?!成)|一方).*", re.DOTALL)),
    ("comma", re.compile(r"[^,，、]{0,4}[,，、][^,，、]{0,16}")),
    ("short", re.compile(r".{0,12}", re.DOTALL)),
    ("commas", re.compile(r".*[,，、].*", re.DOTALL)),
)


def between(s: Sentence, start: int, end: int) -> str:
    """Return what stands between two figures: next, bracket, strong, comma, short, commas or words.

    Parameters
    ----------
    s : Sentence
    start, end : int
        The end of the first and the start of the second.
    """
    gap = s.text[start : min(end, start + 200)]
    return next((name for name, pattern in _GAPS if pattern.fullmatch(gap)), "words")
