"""Texts taken apart for grounding: their figures, dates, names."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mine2magnet.core.text import fold, sentences
from mine2magnet.core.thesaurus import Mention, Thesaurus
from mine2magnet.digests import cues, names
from mine2magnet.model import Quantity

EVERYWHERE = frozenset(
    {"world", "rest_of_world", "the_west", "rare_earths", "rare_earth"}
)  # too wide to be a subject


# What ends a clause; and what ends one only where figures stand on both sides of it.
_HARD = re.compile(
    r"[;；:：()（）—–，]|(?<=[\u3040-\u9fff])、|,(?!\d)|\b(?:while|whereas|but|versus|against|before|after)\b|(?:而|但|同期)"
)


_SOFT = re.compile(r"、|\b(?:and|than|to|into)\b|[和与及并とや]")


_DOMAIN = re.compile(r"\.[a-z]{2,6}(?![a-z])")  # samarium.dev names no samarium


class StatedFigure(Protocol):
    """A figure at characters [start, end) of a text; `step` is the size of its last stated digit."""

    @property
    def quantity(self) -> Quantity: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def step(self) -> float: ...


class Dated(Protocol):
    """A time at characters [start, end) of a text, in ISO 8601, None where it is not fixed."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def period(self) -> str | None: ...


class Number(Protocol):
    """A number at characters [start, end) of a text, whatever it counts."""

    @property
    def value(self) -> float: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What grounding is told by other parts. `convert` raises UserError between units that have nothing
    in common; `bounds` gives the first and last day of an `period`; `embed` gives unit vectors."""

    thesaurus: Thesaurus
    quantities: Callable[[str], Sequence[StatedFigure]]
    numbers: Callable[[str], Sequence[Number]]
    convert: Callable[[float, str, str], float]
    times: Callable[[str, date | None], Sequence[Dated]]
    bounds: Callable[[str], tuple[date, date]]
    embed: Callable[[Sequence[str]], npt.NDArray[np.float32]]


class GroundedText:
    """One text read once: its sentences, figures, times and concepts."""

    def __init__(self, text: str, tools: Tools, published: date | None) -> None:
        self.text = text
        self._tools = tools
        self._published = published

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        return sentences(self.text)

    @cached_property
    def figures(self) -> Sequence[StatedFigure]:
        return self._tools.quantities(self.text)

    @cached_property
    def units(self) -> frozenset[str]:
        return frozenset(f.quantity.unit for f in self.figures)

    @cached_property
    def _dated(self) -> Sequence[Dated]:
        return self._tools.times(self.text, self._published)

    @cached_property
    def times(self) -> list[tuple[date, date, str]]:
        told = [(t.period, self.text[t.start : t.end].strip()) for t in self._dated if t.period]
        return [(*self._tools.bounds(period), words) for period, words in told]

    @cached_property
    def bare(self) -> frozenset[float]:
        """Numbers that are part of neither a figure nor a time: "six announcements", "a six-month high"."""
        taken = [(f.start, f.end) for f in self.figures] + [(t.start, t.end) for t in self._dated]
        found = self._tools.numbers(self.text)
        return frozenset(
            n.value for n in found if n.value > 1 and not any(a <= n.start < b for a, b in taken)
        )

    @cached_property
    def mentions(self) -> list[Mention]:
        found = self._tools.thesaurus.find(self.text.replace("\u2013", "-"))  # samarium–cobalt
        return [m for m in found if not _DOMAIN.match(self.text, m.end)]

    @cached_property
    def folded(self) -> str:
        return plain(self.text)

    @cached_property
    def named(self) -> list[tuple[frozenset[str], int, int]]:
        """All that the text names, with what stands within longer names: 中国 in 中国商務省."""
        found = [
            (frozenset({m.concept.id, *(c.id for c in m.others)}), m.start, m.end) for m in self.mentions
        ]
        within = [(ids, m.start, m.end) for m in self.mentions if (ids := self._within(m.start, m.end))]
        short = [(frozenset({id}), start, end) for id, start, end in names.short_countries(self.text)]
        return [*found, *within, *short]

    def _within(self, start: int, end: int) -> frozenset[str]:
        text = self.text[start:end]
        find = self._tools.thesaurus.find
        return frozenset(m.concept.id for part in (text[1:], text[:-1]) for m in find(part))

    @cached_property
    def _spans(self) -> dict[bool, tuple[list[int], list[tuple[frozenset[str], int, int]]]]:
        """What is named, by whether longer names are looked into, in the order of the text, with starts."""
        direct = [
            (frozenset({m.concept.id}), m.start, m.end)
            for m in self.mentions
            if not cues.sets_apart(self.text, m.start, m.end)
        ]
        listed = {False: direct, True: sorted(self.named, key=lambda span: span[1])}
        return {within: ([span[1] for span in spans], spans) for within, spans in listed.items()}

    def concepts(self, start: int, end: int, kinds: Sequence[str], *, within: bool = True) -> frozenset[str]:
        """Ids of what is named in [start, end), `within` longer names too."""
        concepts = self._tools.thesaurus.concepts
        starts, spans = self._spans[within]
        return frozenset(
            id
            for ids, _, b in spans[bisect_left(starts, start) : bisect_left(starts, end)]
            if b <= end
            for id in ids
            if concepts[id].kind in kinds and id not in EVERYWHERE
        )

    @cached_property
    def clauses(self) -> list[tuple[int, int]]:
        """Stretches between commas and the like; enumerated names stay together, figures part."""
        spans: list[tuple[int, int]] = []
        for start, end in self.sentences:
            cuts = sorted(
                [(*m.span(), True) for m in _HARD.finditer(self.text, start, end)]
                + [(*m.span(), False) for m in _SOFT.finditer(self.text, start, end)]
            )
            untils = [*(a for a, _, _ in cuts[1:]), end]
            for (a, b, hard), until in zip(cuts, untils, strict=False):
                if hard or (self._counted(start, a) and self._counted(b, until)):
                    if a > start:
                        spans.append((start, a))
                    start = b
            if end > start:
                spans.append((start, end))
        return spans

    @cached_property
    def _starts(self) -> list[int]:
        return [f.start for f in self.figures]

    def _counted(self, start: int, end: int) -> int:
        """How many figures begin in [start, end)."""
        return bisect_left(self._starts, end) - bisect_left(self._starts, start)

    def clause(self, at: int) -> tuple[int, int]:
        return _containing(self.clauses, at) or self.sentence(at)

    def listed(self, clause: Span) -> Span:
        """A clause with the list that leads up to it: 鈥、鉺、鐿五種元素."""
        start, end = clause
        i = bisect_left(self.clauses, clause)
        while i and self.text[start - 1 : start] == "、" and not self._counted(*self.clauses[i - 1]):
            i -= 1
            start = self.clauses[i][0]
        return start, end

    def sentence(self, at: int) -> tuple[int, int]:
        return _containing(self.sentences, at) or (0, len(self.text))

    def is_shared(self, figure: StatedFigure) -> bool:
        """Whether another figure stands in the same clause."""
        return self._counted(*self.clause(figure.start)) > 1

    def is_alone(self, figure: StatedFigure) -> bool:
        """Whether no other figure stands in the same sentence."""
        return self._counted(*self.sentence(figure.start)) == 1

    def around(self, figure: StatedFigure) -> Iterator[tuple[int, int]]:
        """Ever wider stretches round a figure: its clause, its sentence, the text up to there."""
        yield self.clause(figure.start)
        start, end = self.sentence(figure.start)
        yield start, end
        yield 0, end


Span = tuple[int, int]


def _containing(spans: Sequence[tuple[int, int]], at: int) -> tuple[int, int] | None:
    """That of some spans in order which holds a character."""
    i = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return spans[i] if i >= 0 and at < spans[i][1] else None


def plain(text: str, keep: str = "") -> str:
    """Folded letters and digits; for comparing names."""
    return "".join(c if c.isalnum() or c in keep else "" for c in fold(text))
