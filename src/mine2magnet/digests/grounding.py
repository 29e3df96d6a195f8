"""Does the cited text say so? Each point of a digest held against the paragraphs that it cites.

A point holds if its figures, dates and names stand in those paragraphs, each figure with the same
subject, unit and direction, if it denies what they deny, and if they are near it in meaning. What reads
figures and dates, and what embeds, comes in as `Tools`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from mine2magnet.core.errors import UserError
from mine2magnet.core.llm import tokens
from mine2magnet.core.thesaurus import Concept
from mine2magnet.digests import cues, derived, names
from mine2magnet.digests.grounded_text import EVERYWHERE, GroundedText, Span, StatedFigure, Tools, plain
from mine2magnet.model import Digest, Document, Point

_T = TypeVar("_T")
Verdict = Literal["holds", "fails", "unchecked"]

NAMED = ("country", "place", "company", "organisation", "person")  # kinds that a point may not bring in
SUBJECTS = (*NAMED, "material", "stage")  # kinds that a figure is of

ROUNDING = 0.03  # relative: how far "about", "nearly" and the like may be from what is stated
OPEN_END = 0.10  # relative: how far "over" and "under" may be from what is stated
NARROW = 1.25  # ends of a range so near to each other may be told as "about" a figure between them
EXACT = 1e-6  # relative: what converting units may lose
VERSION = "2"  # raised when the same point would be judged otherwise
NEAR = 0.20  # centred cosine below which a point is not about what it cites
OTHER = 0.15  # … by which another paragraph may be nearer than those cited

SAME = 0.3  # … from which a clause renders one with which it shares neither figure nor name
DENIED = 0.4  # … from which one elsewhere that denies lets a clause with a figure deny
MOST = 200  # sentences of an article, or clauses of what is cited, that are embedded
LONG = 800  # characters of each that are
WHOLE = 6  # tokens that a clause needs to deny or affirm anything by itself

_COUNTS = frozenset({"", "count", "person", "vehicle"})
_POUNDS = {"GBP", "lb"}  # ポンド and pounds are money or weight
_SINGLE = frozenset({"hour", "day", "week", "month", "year"})  # "a month" is no figure to hold anyone to
_PARTS = re.compile(r"[-\u2010-\u2013・/·]")


@dataclass(frozen=True, slots=True)
class Finding:
    """`reason` says in one line why a point fails or cannot be checked."""

    point: Point
    verdict: Verdict
    reason: str = ""


def check_digest(digest: Digest, document: Document, tools: Tools) -> list[Finding]:
    """A finding for each point, in the order of `digest.points`."""
    grounding = Grounding(document, tools)
    return [grounding.check(point) for point in digest.points]


def share(findings: Iterable[Finding]) -> float | None:
    """The share of points that hold among those that could be checked; None if none could."""
    checked = [f.verdict == "holds" for f in findings if f.verdict != "unchecked"]
    return sum(checked) / len(checked) if checked else None


class _Fails(Exception):
    """Why a point does not hold."""


_Place = tuple[GroundedText, Span]


class Grounding:
    """One document that points are held against. Without `near`, a point need not be near in meaning: in a
    single sentence, nothing is nearer than another."""

    def __init__(self, document: Document, tools: Tools, *, near: bool = True) -> None:
        self._document = document
        self._near = near
        self._tools = tools
        self._published = document.published.date() if document.published else None
        self._paragraphs = {p.number: self._read(p.text) for p in document.paragraphs}
        self._title = self._read(document.title)

    def _read(self, text: str) -> GroundedText:
        return GroundedText(text, self._tools, self._published)

    def reason(self, point: Point) -> str | None:
        """Why a point fails, None if it does not: the check for a digest being written."""
        finding = self.check(point)
        return finding.reason if finding.verdict == "fails" else None

    def check(self, point: Point) -> Finding:
        said = self._read(point.text)
        cited = [self._paragraphs[n] for n in point.citations if n in self._paragraphs]
        context = [self._paragraphs[n - 1] for n in point.citations if n - 1 in self._paragraphs]
        try:
            if not self._paragraphs:
                self._person(said)
                return Finding(point, "unchecked", "there is no article to check it against")
            if not cited:
                raise _Fails("cites no paragraph of the article")
            self._times(said, cited)
            figures = self._figures(said, cited)
            self._concepts(said, cited, context)
            doubt = self._names(said)
            self._subjects(said, cited, context, figures)
            self._directions(said, figures)
            self._statements(said, cited)
            self._denials(said, cited, figures)
            self._meaning(said, point.citations, anchored=bool(figures))
        except _Fails as failure:
            return Finding(point, "fails", str(failure))
        return Finding(point, "unchecked", doubt) if doubt else Finding(point, "holds")

    def figures_missing(self, point: Point) -> str | None:
        """Return which figure of a point does not stand in what it cites, in one line; None if all do."""
        said = self._read(point.text)
        cited = [self._paragraphs[n] for n in point.citations if n in self._paragraphs]
        try:
            self._figures(said, cited)
        except _Fails:
            return "it leaves out a figure of the sentence"
        return None

    # --- figures and times

    def _figures(
        self, said: GroundedText, cited: Sequence[GroundedText]
    ) -> dict[StatedFigure, list[tuple[GroundedText, StatedFigure]]]:
        """For each figure of the point where it is stated."""
        stated: dict[StatedFigure, list[tuple[GroundedText, StatedFigure]]] = {}
        for figure in said.figures:
            places = [(text, f) for text in cited for f in text.figures if self._same(figure, said, f, text)]
            if not places:
                places = [place for text in cited for place in self._ends(figure, said, text)]
            if not places:
                places = [place for text in cited for place in self._worked_out(figure, said, text)]
            if not places and (
                any(self._borne_out(figure, text) for text in cited)
                or (
                    _is_single(figure, said)
                    and not any(_is_single(f, text) for text in cited for f in text.figures)
                )
            ):
                continue
            if not places:
                raise _Fails(f"“{said.text[figure.start : figure.end].strip()}” is not stated there")
            stated[figure] = places
        return stated

    def _same(self, a: StatedFigure, said: GroundedText, b: StatedFigure, stated: GroundedText) -> bool:
        p, s = a.quantity, b.quantity
        if {p.approx, s.approx} in (
            {"over", "under"},
            {"at least", "at most"},
            {"over", "at most"},
            {"under", "at least"},
        ):
            return False
        ends = [v for v in (s.low, s.high) if v is not None]
        if p.low is not None and p.high is not None and p.low != p.high:
            return len(ends) == 2 and all(
                self._equal(v, a, said, w, b, stated) for v, w in zip((p.low, p.high), ends, strict=True)
            )
        value = p.low if p.low is not None else p.high
        assert value is not None
        if len(ends) == 2 and ends[0] != ends[1]:  # one end of a range, said as such
            if p.approx in ("about", "nearly") and ends[1] <= NARROW * ends[0]:
                return any(
                    ends[0] <= abs(v) <= ends[1]
                    for v in self._in_unit(value, p.unit, said.units, s.unit, stated.units)
                )
            if p.approx in ("over", "at least"):
                ends = ends[:1]
            elif p.approx in ("under", "at most"):
                ends = ends[1:]
            else:
                return False
        return any(self._equal(value, a, said, w, b, stated) for w in ends)

    def _ends(
        self, a: StatedFigure, said: GroundedText, stated: GroundedText
    ) -> list[tuple[GroundedText, StatedFigure]]:
        """A range that is told as two figures, or one of two figures that are told as a range: from … to."""
        p = a.quantity
        if p.low is None or p.high is None:
            return []
        if p.low != p.high:
            at = [
                next((f for f in stated.figures if self._is(v, a, said, f, stated)), None)
                for v in (p.low, p.high)
            ]
            return [(stated, f) for f in at if f] if all(at) else []
        return [
            (stated, f)
            for f in stated.figures
            if f.quantity.low != f.quantity.high
            and cues.directions(stated.text[slice(*stated.sentence(f.start))])
            and cues.directions(said.text)
            and any(
                v is not None and self._equal(p.low, a, said, v, f, stated)
                for v in (f.quantity.low, f.quantity.high)
            )
        ]

    def _worked_out(
        self, a: StatedFigure, said: GroundedText, stated: GroundedText
    ) -> list[tuple[GroundedText, StatedFigure]]:
        """The figures there of which this one is the sum, the difference or the multiple, if it is said
        to be one."""
        value, unit = _single(a), a.quantity.unit
        if value is None:
            return []
        slack = OPEN_END if unit == "x" else ROUNDING if a.quantity.approx else EXACT
        worded = said.text[slice(*said.sentence(a.start))]
        singles = [(f, v) for f in stated.figures if (v := _single(f)) is not None]
        if unit == "x":
            for of in {u.partition("/")[0] for u in stated.units} - {"", "x"}:
                alike = [(f, v) for f, v in singles if f.quantity.unit.partition("/")[0] in (of, "")]
                if picked := derived.multiple(value, [v for _, v in alike], slack):
                    return [(stated, alike[i][0]) for i in picked]
            return []
        alike = [
            (f, x)
            for f, v in singles
            for x in self._in_unit(v, f.quantity.unit, stated.units, unit, said.units)
        ]
        terms = [v for _, v in alike]
        picked = derived.total(value, terms, slack) if cues.totals(worded) else ()
        if not picked and unit != "%" and cues.directions(said.text[slice(*said.clause(a.start))]):
            picked = derived.difference(value, terms, slack)
        return [(stated, alike[i][0]) for i in picked]

    def _borne_out(self, a: StatedFigure, stated: GroundedText) -> bool:
        """Whether a count is that of a list there, a duration lies between two times that are told there, or
        the number of either stands there in words that make no figure."""
        value, unit = _single(a), a.quantity.unit
        if value is None:
            return False
        if unit in _COUNTS:
            concepts = self._tools.thesaurus.concepts
            lists = (
                [concepts[id].kind for id in stated.concepts(*span, SUBJECTS, within=False)]
                for span in stated.sentences
            )
            return value in stated.bare or any(derived.counted(value, kinds) for kinds in lists)
        if unit in _SINGLE:
            times = [(first, last) for first, last, _ in stated.times]
            return value in stated.bare or derived.lasts(value, unit, times)
        return False

    def _is(
        self, value: float, a: StatedFigure, said: GroundedText, b: StatedFigure, stated: GroundedText
    ) -> bool:
        single = _single(b)
        return single is not None and self._equal(value, a, said, single, b, stated)

    def _equal(
        self,
        value: float,
        a: StatedFigure,
        said: GroundedText,
        other: float,
        b: StatedFigure,
        stated: GroundedText,
    ) -> bool:
        p, s = a.quantity, b.quantity
        whole = not s.unit and _unit_stands(a, said, stated)
        for scaled in (value,) if whole else self._in_unit(value, p.unit, said.units, s.unit, stated.units):
            x, y = abs(scaled), abs(other)
            calendar = p.unit != s.unit and {p.unit, s.unit} <= _SINGLE  # two months are 60 days
            if abs(x - y) <= (ROUNDING if calendar else EXACT) * max(x, y):
                return True
            size = abs(scaled / value) if value else 1.0
            if p.approx in ("about", "nearly", "over", "under", "at least", "at most") and abs(x - y) <= max(
                a.step * size if a.step * size < OPEN_END * x else 0.0, ROUNDING * y
            ):
                return True
            if p.approx in ("over", "at least") and x <= y <= x * (1 + OPEN_END + EXACT):
                return True
            if p.approx in ("under", "at most", "nearly") and x * (1 - OPEN_END - EXACT) <= y <= x:
                return True
        return False

    def _in_unit(
        self, value: float, unit: str, near: frozenset[str], to: str, near_to: frozenset[str]
    ) -> Iterator[float]:
        """What a value of the point may be in the unit of the article. A bare number may have the unit of
        its neighbours, a rate may be told without its time."""
        if unit == to or (unit in _COUNTS and to in _COUNTS) or {unit, to} == _POUNDS:
            yield value
        elif not unit or not to:
            if (to or unit).partition("/")[0] in {u.partition("/")[0] for u in (near_to if unit else near)}:
                yield value
        elif {unit, to} == {"pp", "%"}:
            return
        elif {unit, to} == {"x", "%"}:  # doubled is up by 100 %, a half is 50 %
            yield from (100 * value, 100 * (value - 1)) if unit == "x" else (value / 100, value / 100 + 1)
        else:
            base, _, per = unit.partition("/")
            base_to, _, per_to = to.partition("/")
            try:
                whole = bool(per) == bool(per_to) and not {per, per_to} <= _COUNTS  # a motor, a unit
                yield (
                    self._tools.convert(value, unit, to)
                    if whole
                    else self._tools.convert(value, base, base_to)
                )
            except UserError:
                return

    def _times(self, said: GroundedText, cited: Sequence[GroundedText]) -> None:
        """Each calendar time of the point must be told there, or be wider than one that is; "last year" is
        told in too many ways."""
        known = [t for text in (*cited, self._title) for t in text.times]
        for first, last, words in said.times:
            if not (words[:1].isupper() or any(c.isnumeric() for c in words)):
                continue
            if not any(
                (first <= a and b <= last)
                or (a == first and date.max in (b, last))
                or (b == last and date.min in (a, first))
                for a, b, _ in known
            ) and not (self._dated_by_context(first, last) or _stands_in(words, cited)):
                raise _Fails(f"“{words}” is no time that is told there")

    def _dated_by_context(self, first: date, last: date) -> bool:
        """A year that the article is about: it was published in it, or another paragraph tells it."""
        if (last - first).days < 360:
            return False
        inside = self._published is not None and first <= self._published <= last
        return inside or any(
            first <= a and b <= last for t in self._paragraphs.values() for a, b, _ in t.times
        )

    # --- names

    def _concepts(
        self, said: GroundedText, cited: Sequence[GroundedText], context: Sequence[GroundedText]
    ) -> None:
        """Each name of the thesaurus must stand there in any language, in the title, or in the paragraph
        before, which says of whom it goes on; a country may be set once for the article, if no other stands
        in its place."""
        there = self._ids((*cited, *context, self._title))
        anywhere = self._ids((*self._paragraphs.values(), self._title))
        own = self._ids([said])
        others = [id for id in self._of_kind(cited, "country") if not self._meet(id, own)]
        for mention in said.mentions:
            options = (mention.concept, *mention.others)
            if not any(c.kind in (*NAMED, "material") and c.id not in EVERYWHERE for c in options):
                continue
            words = said.text[mention.start : mention.end]
            parts = [p for p in _PARTS.split(words) if p]
            stated = anywhere if mention.concept.kind == "country" and not others else there
            if not any(self._covers(c.id, t) for c in options for t in stated) and not (
                len(parts) > 1 and all(self._stands(part, there) for part in parts)
            ):
                raise _Fails(f"“{words}” is not named there")

    @staticmethod
    def _ids(texts: Iterable[GroundedText]) -> frozenset[str]:
        return frozenset(id for text in texts for ids, _, _ in text.named for id in ids)

    def _of_kind(self, texts: Iterable[GroundedText], kind: str) -> frozenset[str]:
        return frozenset(id for text in texts for id in text.concepts(0, len(text.text), (kind,)))

    def _stands(self, part: str, there: frozenset[str]) -> bool:
        """Whether each concept of a part of a name stands there: neodymium, of neodymium-praseodymium."""
        found = self._tools.thesaurus.find(part)
        return bool(found) and all(any(self._covers(m.concept.id, t) for t in there) for m in found)

    def _covers(self, point: str, there: str) -> bool:
        """Whether what is named there may be called what the point calls it: the same, or narrower."""
        thesaurus = self._tools.thesaurus
        if {point, there} == {"europe", "european_union"}:
            return True
        return (there in thesaurus and thesaurus.is_a(there, point)) or self._is_form(point, there)

    def _is_form(self, point: str, there: str) -> bool:
        """Whether it is the oxide, metal or alloy of what is named there, which trade calls by either."""
        concepts = self._tools.thesaurus.concepts
        if point not in concepts or there in EVERYWHERE or there not in concepts[point].broader:
            return False
        label = self._tools.thesaurus.label
        return concepts[point].kind == "material" and label(there, "en") in label(point, "en")

    def _names(self, said: GroundedText) -> str:
        """Names that the thesaurus does not know must stand in the article as they are; returns what could
        not be told, since the article may write a name in another script."""
        self._person(said)
        there = [text.folded for text in (*self._paragraphs.values(), self._title)]
        same_script = _is_latin(self._document.text)
        doubt = ""
        for name in self._unknown(said):
            if any(plain(name.text) in text for text in there):
                continue
            if same_script == _is_latin(name.text):
                raise _Fails(f"“{name.text}” is not named in the article")
            doubt = doubt or f"“{name.text}” cannot be looked for in another script"
        return doubt

    def _unknown(self, said: GroundedText) -> list[names.MentionedName]:
        known = [
            (m.start, m.end)
            for m in said.mentions
            if m.concept.kind in (*NAMED, "policy", "material", "technology")
        ]
        return names.unknown(said.text, known)

    def _person(self, said: GroundedText) -> None:
        """A person that the title names must not bear another name in the point."""
        thesaurus = self._tools.thesaurus
        titled = [m.concept for m in self._title.mentions if m.concept.kind == "person"]
        said_too = {m.concept.id for m in said.mentions}
        for name in self._unknown(said):
            words = set(plain(name.text, keep=" ").split())
            for person in titled:
                own = {w for spelled in person.names.get("en", ()) for w in plain(spelled, keep=" ").split()}
                if person.id not in said_too and (words & own or self._same_office(said, name, person)):
                    label = thesaurus.label(person.id, "en")
                    raise _Fails(f"“{name.text}” stands nowhere in the title, which names {label}")

    def _same_office(self, said: GroundedText, name: names.MentionedName, person: Concept) -> bool:
        """Whether the point gives the name a title of the person's country."""
        before = said.concepts(max(0, name.start - 40), name.start, ("country",))
        return name.person and bool(before & set(person.broader))

    # --- what is said of what

    def _subjects(
        self,
        said: GroundedText,
        cited: Sequence[GroundedText],
        context: Sequence[GroundedText],
        figures: dict[StatedFigure, list[tuple[GroundedText, StatedFigure]]],
    ) -> None:
        """A figure must not be said there of others, kind by kind, than here."""
        there = self._ids(cited)
        known = self._ids((*cited, *context, self._title))
        for figure, places in figures.items():
            for kind in NAMED if _is_single(figure, said) else SUBJECTS:
                mine = self._nearest(said, figure, kind)
                swaps = [self._swap_at(mine, said, figure, text, f, kind, known) for text, f in places]
                if len(places) > 1 and not any(self._same(figure, said, f, t) for t, f in places):
                    swaps = [
                        self._swap(mine, frozenset(x for t, f in places for x in self._nearest(t, f, kind)))
                    ]
                if not swaps or not all(swaps):
                    continue
                here, other = next(filter(None, swaps))
                # Steps are told in passing: one counts only where it is said of another figure.
                passing = kind == "stage" and here in there
                if not passing or self._has_other(here, cited, [f for _, f in places]):
                    label = self._tools.thesaurus.label
                    words = said.text[figure.start : figure.end].strip()
                    raise _Fails(
                        f"“{words}” is said there of {label(other, 'en')}, not of {label(here, 'en')}"
                    )

    def _swap_at(
        self,
        mine: frozenset[str],
        said: GroundedText,
        own: StatedFigure,
        text: GroundedText,
        figure: StatedFigure,
        kind: str,
        known: frozenset[str],
    ) -> tuple[str, str] | None:
        """The swap at a figure there. In a clause with several figures, here or there, or with no concept of
        its own, it cannot be told which concept is of which: one in common is enough,
        if the others are named there at all."""
        theirs = self._nearest(text, figure, kind)
        within = text.concepts(*text.sentence(figure.start), ("country",))  # as in 中国商務省, 対日
        loose = said.is_shared(own) or text.is_shared(figure)
        loose = loose or not any(
            t.concepts(*t.clause(f.start), (kind,)) for t, f in ((said, own), (text, figure))
        )
        if loose and any(self._meet(x, theirs) for x in mine):
            mine = frozenset(x for x in mine if not self._meet(x, known))
        hidden = within - text.concepts(*text.sentence(figure.start), ("country",), within=False)
        return self._swap(mine - hidden, theirs)

    @staticmethod
    def _has_other(id: str, cited: Sequence[GroundedText], figures: Sequence[StatedFigure]) -> bool:
        """Whether a concept stands there in one clause with another figure."""
        return any(
            id in text.concepts(*text.clause(f.start), SUBJECTS)
            for text in cited
            for f in text.figures
            if f not in figures
        )

    @staticmethod
    def _nearest(text: GroundedText, figure: StatedFigure, kind: str) -> frozenset[str]:
        """Concepts of a kind in a figure's clause, else in the first and the nearest clause before it that
        have some, else after it or before its sentence, where no other figure could have them."""
        clause, sentence, whole = text.around(figure)
        clause = text.listed(clause)
        if found := text.concepts(*clause, (kind,), within=False):
            return found
        first = bisect_left(text.clauses, (sentence[0], 0))
        before = text.clauses[first : bisect_left(text.clauses, clause)]
        told = [found for c in before if (found := text.concepts(*c, (kind,), within=False))]
        if told:
            return told[0] | told[-1]
        if text.is_alone(figure) and (found := text.concepts(*sentence, (kind,), within=False)):
            return found
        return text.concepts(*whole, (kind,), within=False) if kind in NAMED else frozenset()

    def _swap(self, mine: frozenset[str], theirs: frozenset[str]) -> tuple[str, str] | None:
        """What stands here in the place of what stands there: each side has one that the other lacks."""
        here = sorted(x for x in mine if not self._meet(x, theirs))
        other = sorted(y for y in theirs if not self._meet(y, mine))
        return (here[0], other[0]) if here and other else None

    def _meet(self, id: str, others: frozenset[str]) -> bool:
        return any(self._covers(id, other) or self._covers(other, id) for other in others)

    def _directions(
        self, said: GroundedText, figures: dict[StatedFigure, list[tuple[GroundedText, StatedFigure]]]
    ) -> None:
        """A figure that the point says to rise must not be said there to fall."""
        for figure, places in figures.items():
            mine = self._direction(said, figure)
            theirs = [self._direction(text, f) for text, f in places]
            if mine and all(t and not mine & t for t in theirs):
                words = said.text[figure.start : figure.end].strip()
                raise _Fails(
                    f"“{words}” is a move down there" if "up" in mine else f"“{words}” is a move up there"
                )

    @staticmethod
    def _direction(text: GroundedText, figure: StatedFigure) -> frozenset[str]:
        return cues.directions(text.text[slice(*text.clause(figure.start))])

    def _statements(self, said: GroundedText, cited: Sequence[GroundedText]) -> None:
        """A sentence without figures must be there of the same names."""
        stated = _some([(text, span) for text in cited for span in text.sentences])
        free = [(a, b) for a, b in said.sentences if not any(a <= f.start < b for f in said.figures)]
        for span, ((text, there), _) in zip(free, self._like(said, free, stated), strict=True):
            for kind in NAMED:
                swap = self._swap(said.concepts(*span, (kind,), within=False), text.concepts(*there, (kind,)))
                if swap:
                    here, other = (self._tools.thesaurus.label(id, "en") for id in swap)
                    raise _Fails(f"it is said there of {other}, not of {here}")

    def _denials(
        self,
        said: GroundedText,
        cited: Sequence[GroundedText],
        figures: dict[StatedFigure, list[tuple[GroundedText, StatedFigure]]],
    ) -> None:
        """A clause must deny if the clause that it renders does, and only then: the one with its figures,
        else the one nearest in meaning."""
        stated = _some([(text, span) for text in cited for span in text.clauses])
        whole = [(a, b) for a, b in said.clauses if tokens(said.text[a:b]) >= WHOLE]
        for (a, b), (like, near) in zip(whole, self._like(said, whole, stated), strict=True):
            places = [place for f, found in figures.items() if a <= f.start < b for place in found]
            rendered = [(text, text.clause(f.start)) for text, f in places] or [like]
            denied = [cues.denials(text.text[slice(*span)]) > 0 for text, span in rendered]
            shared = said.concepts(a, b, SUBJECTS) & like[0].concepts(*like[1], SUBJECTS)
            contrasted = [cues.contrasts(text.text[slice(*span)]) for text, span in rendered]
            denies, contrasts = cues.denials(said.text[a:b]) > 0, cues.contrasts(said.text[a:b])
            if denies and not any(
                (*denied, *contrasted, near >= DENIED and cues.denials(like[0].text[slice(*like[1])]))
            ):
                raise _Fails("it denies what is not denied there")
            if not denies and not contrasts and all(denied) and (places or near >= SAME or shared):
                raise _Fails("it leaves out that this is denied there")

    def _like(
        self, said: GroundedText, spans: Sequence[Span], stated: Sequence[_Place]
    ) -> list[tuple[_Place, float]]:
        """For each stretch of the point the stretch there that is nearest to it, and how near that is."""
        if not spans:
            return []
        mine = self._vectors([said.text[a:b] for a, b in spans])
        theirs = self._vectors([text.text[a:b] for text, (a, b) in stated])
        likeness = mine @ theirs.T
        return [(stated[i], float(row[i])) for row, i in zip(likeness, likeness.argmax(axis=1), strict=True)]

    # --- meaning

    def _meaning(self, said: GroundedText, citations: Sequence[int], *, anchored: bool) -> None:
        """The point must be near to what it cites, and not clearly nearer to something else."""
        if anchored or not self._near:
            return
        mine = self._vectors([said.text])[0]
        cited = [t.text[a:b] for n in citations if (t := self._paragraphs.get(n)) for a, b in t.sentences]
        best = float((self._vectors(_some(cited)) @ mine).max())
        if best < NEAR:
            raise _Fails("the cited paragraphs speak of something else")
        others = [(n, text) for n, text in self._sample if n not in citations]
        if not others:
            return
        likeness = self._vectors([text for _, text in others]) @ mine
        if likeness.max() > best + OTHER:
            number = others[int(likeness.argmax())][0]
            raise _Fails(f"paragraph {number} is nearer to it than those cited")

    @cached_property
    def _sample(self) -> Sequence[tuple[int, str]]:
        """Sentences of the article with the numbers of their paragraphs."""
        return _some([(n, t.text[a:b]) for n, t in self._paragraphs.items() for a, b in t.sentences])

    @cached_property
    def _mean(self) -> npt.NDArray[np.float64]:
        mean: npt.NDArray[np.float64] = self._embedded([text for _, text in self._sample]).mean(axis=0)
        return mean

    def _vectors(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Unit vectors about the mean of the article: E5 puts all texts into a narrow cone."""
        centred = self._embedded(texts) - self._mean
        unit: npt.NDArray[np.float64] = centred / np.maximum(
            np.linalg.norm(centred, axis=1, keepdims=True), 1e-9
        )
        return unit

    def _embedded(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        held = self._held
        texts = [text[:LONG] for text in texts]
        new = [text for text in dict.fromkeys(texts) if text not in held]
        if new:
            held.update(zip(new, np.asarray(self._tools.embed(new), dtype=np.float64), strict=True))
        return np.stack([held[text] for text in texts])

    @cached_property
    def _held(self) -> dict[str, npt.NDArray[np.float64]]:
        return {}


def _stands_in(words: str, texts: Iterable[GroundedText]) -> bool:
    """Whether words stand there as they are, such as "May" where it could be a verb."""
    whole = re.compile(rf"(?<![A-Za-z0-9]){re.escape(words)}(?![A-Za-z0-9])")
    return any(whole.search(text.text) for text in texts)


def _some(items: Sequence[_T]) -> Sequence[_T]:
    """At most MOST of them, evenly spaced: what embedding costs does not grow with the article."""
    return items[:: -(-len(items) // MOST)] if items else items


def _unit_stands(figure: StatedFigure, said: GroundedText, stated: GroundedText) -> bool:
    """Whether a figure's unit is written there apart from its number: "N35 is about 35; the unit is MGOe"."""
    unit = "".join(c for c in said.text[figure.start : figure.end] if c.isalpha())
    return len(unit) > 1 and not unit.isnumeric() and unit in stated.text


def _single(figure: StatedFigure) -> float | None:
    """Its value, if it is no range."""
    ends = {figure.quantity.low, figure.quantity.high} - {None}
    return ends.pop() if len(ends) == 1 else None


def _is_single(figure: StatedFigure, text: GroundedText) -> bool:
    """Whether it is "a month" or the like, which holds nobody to anything unless "a week" stands there."""
    written = text.text[figure.start : figure.end]
    return figure.quantity.unit in _SINGLE and figure.quantity.low == 1.0 and not re.search(r"\d", written)


def _is_latin(text: str) -> bool:
    letters = [c for c in text[:2000] if c.isalpha()]
    return 2 * sum(c < "\u0250" for c in letters) > len(letters)
