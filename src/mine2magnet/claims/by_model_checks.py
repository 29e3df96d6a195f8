"""What a model read, held against the document: the figure stands there, so do names, times are derivable.

Whatever comes from the model is hostile: of any type, of any size, made up. The figure and its value are
those that `layout` finds at the place cited; what fails elsewhere leaves its slot empty.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isclose, isfinite
from typing import Any, TypeAlias

from mine2magnet.claims import changes, forms, period_kinds, times, units
from mine2magnet.claims.by_model_prompt import BASES, LONGEST_FIGURE, LONGEST_NAME, MOST_NAMES
from mine2magnet.claims.layout import SUBJECTS, Sentence
from mine2magnet.claims.measures import MONEY, fits
from mine2magnet.claims.quantities import QuantityMention
from mine2magnet.core.errors import UserError
from mine2magnet.core.prompts import BRACKETS, one_line
from mine2magnet.core.text import fold, fold_with_offsets
from mine2magnet.core.thesaurus import Concept, Thesaurus
from mine2magnet.model import Claim, Document, Quantity
from mine2magnet.model.claims import DIRECTIONS, FORMS, MODALITIES, PERIOD_KINDS

SPEAKERS = (*SUBJECTS, "person")
PARTIES = (*SUBJECTS, "product")
_NAMING = frozenset((*PARTIES, "person", "material", "measure", "stage"))  # kinds that are not mere words
_COUNTED = frozenset(("count", "person", "vehicle", "x"))  # units that a model may call by what is counted
_EXACT = 1e-6  # relative: what writing a number out may lose
_STEP = 0.05  # of the last stated digit: two thirds are 66.7 %
_MOST_PLACES = 64  # places at which a figure's words are looked for
_MOST_HEADS = 8  # of title, lead and headings, in which a form is looked for
_LONGEST_MONTH, _SHORT_OF_A_YEAR = 31, 360  # days
_PERIOD = re.compile(
    r"\d{4}(?:-\d\d){0,2}(?:/(?:\d{4}(?:-\d\d){0,2}|\.\.))?|\.\./\d{4}(?:-\d\d){0,2}", re.ASCII
)
_PER = re.compile(r"\s*/\s*|\s+per\s+")

Slot: TypeAlias = str | tuple[str, ...] | None


class Rejected(Exception):
    """The figure does not stand as it is given; the argument says why."""


@dataclass(frozen=True, slots=True)
class FigureRead:
    """A figure that stands, with the slots that do; `emptied` names those that were given and do not."""

    paragraph: int
    sentence: Sentence
    figure: QuantityMention
    quantity: Quantity  # signed
    slots: Mapping[str, Slot]
    emptied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Squeezed:
    """A text folded and without spaces, and where each of its characters was."""

    text: str
    offsets: Sequence[int]

    @classmethod
    def of(cls, text: str) -> _Squeezed:
        folded, offsets = fold_with_offsets(text.translate(BRACKETS))
        kept = [i for i, c in enumerate(folded) if not c.isspace() and unicodedata.category(c)[0] != "C"]
        return cls("".join(folded[i] for i in kept), [*(offsets[i] for i in kept), len(text)])

    def places(self, words: str, low: int = 0, high: int | None = None) -> list[tuple[int, int]]:
        """Characters [start, end) of the text at which the words stand, within [low, high)."""
        last = len(self.text) if high is None else bisect_left(self.offsets, high, hi=len(self.text))
        found: list[tuple[int, int]] = []
        at = self.text.find(words, bisect_left(self.offsets, low), last) if words else -1
        while at >= 0 and len(found) < _MOST_PLACES:
            found.append((self.offsets[at], self.offsets[at + len(words) - 1] + 1))
            at = self.text.find(words, at + 1, last)
        return found


@dataclass(slots=True)
class _Paragraph:
    text: str
    squeezed: _Squeezed
    figures: list[tuple[Sentence, QuantityMention]] = field(default_factory=list)


class Checks:
    """What a document says, for holding a model's answers against it.

    Parameters
    ----------
    document : Document
    sentences : sequence of Sentence
        Those of its title and paragraphs, as `layout.lay_out` gives them.
    found : iterable of Claim
        What the built-in reader has of it: periods that it worked out are derivable.
    thesaurus : Thesaurus

    Attributes
    ----------
    materials : list of str
        Ids of the materials that the document names, those it names first before the others.
    """

    def __init__(
        self, document: Document, sentences: Sequence[Sentence], found: Iterable[Claim], thesaurus: Thesaurus
    ) -> None:
        self._thesaurus = thesaurus
        texts = {p.number: p.text for p in document.paragraphs}
        numbers = list(texts)
        self._paragraphs = {n: _Paragraph(text, _Squeezed.of(text)) for n, text in texts.items()}
        self._title = _Paragraph(document.title, _Squeezed.of(document.title))
        self._named: set[str] = set()
        self._formed: dict[str, str] = {}
        self._periods: dict[tuple[Any, Any], str] = {}
        for s in sentences:
            if s.standing != "title":
                self._paragraphs[numbers[s.paragraph - 1]].figures += [(s, f) for f in s.figures]
            for c in s.cues:
                if c.id in thesaurus:
                    self._named.add(c.id)
                elif c.kind in PARTIES:
                    self._formed[fold(c.id)] = c.id
            self._derivable(t.period for t in s.times)
        self._derivable(claim.period for claim in found)
        if document.published:
            day = document.published.date().isoformat()
            self._derivable((day, day[:7], day[:4]))
        self._per = _unit_words(sentences)
        self._heads = [s for s in sentences if s.standing in ("title", "heading", "lead")][:_MOST_HEADS]
        self._stood: dict[str, str | None] = {}
        self.materials = list(
            dict.fromkeys(c.id for s in sentences for c in s.cues if c.kind == "material" and c.id)
        )

    def check(self, given: object, within: Mapping[int, tuple[int, int]]) -> FigureRead:
        """Return what of an entry of an answer stands.

        Parameters
        ----------
        given : object
            The entry, of any type and content.
        within : mapping of int to (int, int)
            The characters of each paragraph, by its number, that were shown.

        Raises
        ------
        Rejected
            If its figure does not stand where and as it says.
        """
        if not isinstance(given, dict):
            raise Rejected("no entry")
        number = given.get("paragraph")
        if type(number) is not int or number not in within:
            raise Rejected("cites no paragraph that was shown")
        sentence, figure, quantity = self._figure(given, self._paragraphs[number], within[number])
        direction = _known(given.get("direction"), DIRECTIONS)
        if direction == "change" and any(end < 0 for end in _ends(given)):
            quantity = quantity if (quantity.low or quantity.high or 0) < 0 else changes.signed(quantity, -1)
        slots = self._slots(given, sentence, self._paragraphs[number], quantity, direction)
        lost = tuple(name for name, value in slots.items() if not value and given.get(name))
        return FigureRead(number, sentence, figure, quantity, slots, lost)

    # --- the figure

    def _figure(
        self, given: Mapping[str, Any], paragraph: _Paragraph, shown: tuple[int, int]
    ) -> tuple[Sentence, QuantityMention, Quantity]:
        """The one figure at the words cited that has the value given."""
        words = _words(given.get("figure"), LONGEST_FIGURE)
        places = paragraph.squeezed.places(words, *shown)
        if not places:
            raise Rejected("the figure's words do not stand there")
        here = _overlapping(paragraph.figures, places)
        if not here:
            raise Rejected("there is no figure at these words")
        stated = [(s, f, q) for s, f in here if (q := self._stated(given, f.quantity, f.step))]
        if not stated:
            raise Rejected("the figure there has another value or unit")
        if len(stated) > 1:
            before = _words(given.get("before"), LONGEST_FIGURE)
            stated = [one for one in stated if before and _ends_with(paragraph.text, one[1], before)]
        if len(stated) != 1:
            raise Rejected("it cannot be told which of several figures is meant")
        return stated[0]

    def _stated(self, given: Mapping[str, Any], q: Quantity, step: float) -> Quantity | None:
        """The quantity at a place if the value given is its value; its unit is that of the text, but bare
        money is per what the model says if the document names that unit."""
        unit, factor = _unit(_words_of(given.get("unit"), LONGEST_NAME))
        head, _, per = unit.partition("/")
        if q.unit in MONEY and head == q.unit and per in self._per:
            q = replace(q, unit=unit)
        if head == q.unit.partition("/")[0] or (not unit and q.unit in _COUNTED):
            unit = q.unit
        ends = {abs(end) for end in (q.low, q.high) if end is not None}
        try:
            values = {units.convert(abs(end) * factor, unit, q.unit) for end in _ends(given)}
        except (UserError, OverflowError):
            return None
        told = {v: [e for e in ends if isclose(v, e, rel_tol=_EXACT, abs_tol=_STEP * step)] for v in values}
        every = bool(values) and all(told.values())
        return q if every and {end for found in told.values() for end in found} == ends else None

    # --- the other slots

    def _slots(
        self,
        given: Mapping[str, Any],
        s: Sentence,
        paragraph: _Paragraph,
        quantity: Quantity,
        direction: str | None,
    ) -> dict[str, Slot]:
        unit = quantity.unit
        measure = self._concept(given.get("measure"), "measure")
        if measure and not fits(measure, unit, direction or "level"):
            measure = None
        materials = self._names(given.get("materials"), ("material",), words=False)
        subjects = self._names(given.get("subjects"), PARTIES)
        period = self._period(given.get("period"))
        counterparties = self._names(given.get("counterparties"), PARTIES)
        changing = direction == "change" or unit == "x"
        return {
            "subjects": subjects,
            "counterparties": tuple(name for name in counterparties if name not in subjects),
            "measure": measure,
            "stage": self._concept(given.get("stage"), "stage"),
            "materials": materials,
            "form": self._form(given.get("form"), s, materials) if materials else None,
            "period": period,
            "period_kind": _kind(given.get("period_kind"), period, s, measure) if period else None,
            "basis": self._basis(given.get("basis"), paragraph) if changing else None,
            "direction": direction,
            "modality": _known(given.get("modality"), MODALITIES),
            "said_by": next(iter(self._names([given.get("said_by")], SPEAKERS)), None),
        }

    def _concept(self, given: object, kind: str) -> str | None:
        """A concept of this kind by its id or its name."""
        name = _words_of(given, LONGEST_NAME)
        found = (c for c in self._bearing(name) if c.kind == kind)
        return next((c.id for c in found), None)

    def _bearing(self, name: str) -> list[Concept]:
        """The concepts that a whole name names."""
        if name in self._thesaurus:
            return [self._thesaurus[name]]
        mentions = self._thesaurus.find(name)
        return [c for m in mentions if (m.start, m.end) == (0, len(name)) for c in (m.concept, *m.others)]

    def _names(self, given: object, kinds: Collection[str], *, words: bool = True) -> tuple[str, ...]:
        """Names as ids, else (with `words`) in the document's own words; without those that it has not."""
        listed = given[:MOST_NAMES] if isinstance(given, list) else []
        found = (self._name(_words_of(name, LONGEST_NAME), kinds, words) for name in listed)
        return tuple(dict.fromkeys(name for name in found if name))

    def _name(self, name: str, kinds: Collection[str], words: bool) -> str | None:
        if bearers := [c for c in self._bearing(name) if c.kind in _NAMING]:
            return next((c.id for c in bearers if c.kind in kinds and self._is_named(c)), None)
        if not words or not any(c.isalpha() for c in name):
            return None
        return self._formed.get(fold(name)) or self._standing(name)

    def _is_named(self, concept: Concept) -> bool:
        """Whether the document names the concept; a material also by one that is a kind of it."""
        if concept.id in self._named or concept.kind != "material":
            return concept.id in self._named
        return any(self._thesaurus.is_a(id, concept.id) for id in self._named)

    def _standing(self, name: str) -> str | None:
        """The document's own words for a name that stands in it."""
        if name not in self._stood:
            self._stood[name] = self._found(_squeezed(name))
        return self._stood[name]

    def _found(self, squeezed: str) -> str | None:
        for paragraph in (self._title, *self._paragraphs.values()):
            for start, end in paragraph.squeezed.places(squeezed):
                if _whole(paragraph.text, start, end):
                    return one_line(paragraph.text[start:end])
        return None

    def _form(self, given: object, s: Sentence, materials: tuple[str, ...]) -> str | None:
        """The form if the figure's sentence, the title, the lead or a heading tells it of the material."""
        form = _known(given, FORMS)
        return form if form and any(forms.form(o, materials) == form for o in (s, *self._heads)) else None

    def _derivable(self, periods: Iterable[str | None]) -> None:
        for period in periods:
            if period:
                self._periods.setdefault(times.bounds(period), period)

    def _period(self, given: object) -> str | None:
        """The period as `times` tells it, if it is one that the document names or was published in."""
        period = _words_of(given, LONGEST_NAME)
        if not _PERIOD.fullmatch(period):
            return None
        try:
            return self._periods.get(times.bounds(period))
        except (ValueError, OverflowError):  # no such day
            return None

    def _basis(self, given: object, paragraph: _Paragraph) -> str | None:
        """A known basis, one since a derivable time, or one against words of the paragraph."""
        basis = _words_of(given, LONGEST_NAME)
        head, colon, rest = basis.partition(":")
        if basis in BASES:
            return basis
        if colon and head == "since" and (period := self._period(rest.strip())):
            return f"since:{period.partition('/')[0]}"
        if colon and head == "than" and (places := paragraph.squeezed.places(_squeezed(rest))):
            return "than:" + one_line(paragraph.text[slice(*places[0])])
        return None


def _known(given: object, names: Collection[str]) -> str | None:
    return given if isinstance(given, str) and given in names else None


def _words_of(given: object, most: int) -> str:
    """A text on one line; "" for what is none, or too long to be what it should."""
    if not isinstance(given, str) or len(given) > 4 * most:
        return ""
    text = one_line(given)
    return text if len(text) <= most else ""


def _squeezed(text: str) -> str:
    return _Squeezed.of(text).text


def _words(given: object, most: int) -> str:
    return _squeezed(_words_of(given, most))


def _ends(given: Mapping[str, Any]) -> list[float]:
    """The ends of the value given that are numbers."""
    found = []
    for name in ("low", "high"):
        value = given.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e18:
            found.append(float(value))
    return [value for value in found if isfinite(value)]


def _unit(told: str) -> tuple[str, float]:
    """A unit as the product writes it, and how many of it one of the unit told is; "" for none known."""
    try:
        units.factor(told)
        return told, 1.0
    except UserError:
        pass
    parts = _PER.split(told)
    names = [units.names().get(part) or units.names().get(part.lower()) for part in parts]
    if not 1 <= len(names) <= 2 or None in names:
        return "", 1.0
    known = [name for name in names if name]
    factor = known[0].factor / (known[1].factor if len(known) > 1 else 1.0)
    return "/".join(name.unit for name in known), factor


def _unit_words(sentences: Iterable[Sentence]) -> frozenset[str]:
    """The units that a document names anywhere, in a table's head or in prose."""
    pattern = re.compile(units.pattern())
    texts = {id(s.text): s.text for s in sentences}.values()
    return frozenset(units.named(m[0]).unit for text in texts for m in pattern.finditer(text))


def _overlapping(
    figures: Sequence[tuple[Sentence, QuantityMention]], places: Sequence[tuple[int, int]]
) -> list[tuple[Sentence, QuantityMention]]:
    """The figures, which are in order and apart, that have characters in one of the places."""
    found: set[int] = set()
    for start, end in places:
        first = bisect_right(figures, start, key=lambda one: one[1].end)
        last = bisect_left(figures, end, key=lambda one: one[1].start)
        found.update(range(first, last))
    return [figures[i] for i in sorted(found)]


def _ends_with(text: str, figure: QuantityMention, before: str) -> bool:
    """Whether these words stand right before a figure."""
    return _squeezed(text[max(0, figure.start - 4 * LONGEST_FIGURE) : figure.start]).endswith(before)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether Latin words begin and end there."""

    def goes_on(a: str, b: str) -> bool:
        return a.isascii() and a.isalnum() and b.isascii() and b.isalnum()

    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return not goes_on(before, text[start]) and not goes_on(text[end - 1], after)


def _kind(given: object, period: str, s: Sentence, measure: str | None) -> str:
    """How the period is told: as the model says where the period can be that, else as its length tells."""
    derived = period_kinds.kind(period, s, measure or "")
    kind = _known(given, PERIOD_KINDS)
    low, high = times.bounds(period)
    days = (high - low).days + 1
    to_date = low.day == 1 and low.month in (1, 4) and days < _SHORT_OF_A_YEAR
    if (kind == "as_of" and days <= _LONGEST_MONTH) or (kind == "year_to_date" and to_date):
        return kind
    return derived
