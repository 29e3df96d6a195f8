"""Sentences to claims: which figure says what of whom."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from mine2magnet.claims import changes, measures, scopes, series, speakers, times, timing
from mine2magnet.claims.cues import Cue, cues
from mine2magnet.claims.numerals import narrow
from mine2magnet.claims.quantities import QuantityMention, measured
from mine2magnet.claims.view import CLAUSE, STRONG, SUBJECTS, FigureContext, Sentence, Slots
from mine2magnet.core.text import sentences
from mine2magnet.model import Claim, Document
from mine2magnet.thesaurus import Thesaurus

_DENSE = 40  # figures that one sentence of prose does not exceed

_ADDRESS = re.compile(  # of a page: its %E9 is no per cent
    r"https?://[^\s;,)]+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|dev|io|cn|jp|eu|gov)\b(?:/[^\s;,)]*)?",
    re.ASCII,
)

_DESCRIBED = re.compile(
    r"\b(?:the|an?)\s(?:[A-Z][a-z]+(?:-based)?\s)(?:[a-z]+\s)?(?:miner|company|firm|group|maker|carmaker|automaker|"
    r"producer|manufacturer|refiner|supplier|giant|developer|start-up|startup|trader)\b"
)

_HALF = re.compile("[;；]")

_PRONOUN = re.compile(
    r"\s*[\"“「]?(?:(?:it|its|they|their|the company|the country|the group|the firm)\b|该国|该公司|该厂|该矿|"
    r"其|它|公司|同国|同社|同氏|同工場|同鉱山)",
    re.IGNORECASE,
)


def extract(document: Document, *, thesaurus: Thesaurus) -> list[Claim]:
    """Return every figure of a document's paragraphs as a claim, in order.

    Parameters
    ----------
    document : Document
    thesaurus : Thesaurus
    """
    published = document.published
    claims: list[Claim] = []
    for paragraph in document.paragraphs:
        for claim in extract_text(
            paragraph.text, language=document.language, published=published, thesaurus=thesaurus
        ):
            claims.append(
                replace(claim, document=document.id, version=document.version, paragraph=paragraph.number)
            )
    return claims


def extract_text(
    text: str, *, language: str, published: date | datetime | None, thesaurus: Thesaurus
) -> list[Claim]:
    """Return every figure of one paragraph as a claim, in order.

    Parameters
    ----------
    text : str
    language : str
        ISO 639-1; any other than zh and ja is read as English where it has no CJK characters.
    published : date, datetime or None
        What relative times are relative to.
    thesaurus : Thesaurus
    """
    today = published.date() if isinstance(published, datetime) else published
    narrowed = _ADDRESS.sub(lambda m: " " * len(m[0]), narrow(text))
    known = times.find(narrowed, today)
    figures = [m for m in measured(narrowed, known) if m.quantity.unit]
    if not figures:
        return []
    language = _script(text, language)
    found = cues(narrowed, thesaurus, language)
    claims: list[Claim] = []
    carried = Slots()
    for span, start, end in _pieces(sentences(text), figures):
        within = _between(figures, start, end)
        named = _between(found, start, end)
        named = _without_asides(narrowed, start, end, named)
        if not within and not any(c.kind in SUBJECTS for c in named):
            continue
        sentence = Sentence(
            narrowed, start, end, span, within, named, _between(known, start, end), language, thesaurus, today
        )
        sentence.clauses = [
            m.end() for m in CLAUSE.finditer(narrowed, start, end) if not _inside_figure(m.start(), within)
        ]
        here, carried = _claims(sentence, carried)
        claims += here
    return claims


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


def _script(text: str, language: str) -> str:
    """The grammar to read by: what the letters show comes before what the document is said to be."""
    if any("\u3041" <= c <= "\u30ff" and c not in "・ー" for c in text):
        return "ja"
    if any("\u3400" <= c <= "\u9fff" for c in text):
        return "ja" if language == "ja" else "zh"
    return "en"


def _claims(s: Sentence, carried: Slots) -> tuple[list[Claim], Slots]:
    """The claims of one sentence, and what the next sentence may refer back to."""
    said, s.said = speakers.said_by(s)
    pronoun = bool(_PRONOUN.match(s.text, s.start, s.end))
    slots = Slots(subjects=carried.subjects if pronoun else ())
    claims: list[Claim] = []
    bound, today = timing.bound_times(s), s.today
    rows = {i: row for row in series.rows(s) for i in range(row.start, row.end)}
    told: dict[int, Slots] = {}  # of each figure
    previous: QuantityMention | None = None
    for i, figure in enumerate(s.figures):
        if figure.quantity.unit in ("person", "count") and s.said[0] <= figure.start < s.said[1]:
            continue  # "said two traders"
        left = previous.end if previous else s.start
        right = s.figures[i + 1].start if i + 1 < len(s.figures) else s.end
        view = FigureContext(s, figure, left, right, previous)
        row = rows.get(i)
        sign = changes.change(view)
        if row and sign is None and not view.of:
            sign = next(filter(None, map(changes.change, series.views(s, row))), None)
        direction = "level" if sign is None else "change"
        measure = measures.measure(view, slots, direction)
        if figure.quantity.unit in measures.TIME and timing.adverbial(view, measure):
            continue
        previous = figure
        if view.previous and STRONG.search(s.text, left, figure.start):
            slots = replace(slots, modality="reported")
        period, came_from = timing.period(view, bound, slots, direction)
        if period == slots.period and timing.looks_ahead(view, period):
            period = None  # a plan is not of the past quarter that it is told with
        modality = timing.modality(view, slots, period)
        if modality != "reported" and period and today and times.bounds(period)[1] < today:
            floating = any(t.floating and t.period == period for t in s.times)
            period = times.shifted(period, 1) if floating else period
        if modality == "forecast" and today and period == today.isoformat():
            period = None  # "now" is said of what is, not of what is planned
        outer = slots
        slots = Slots(
            subjects=scopes.subjects(view, slots, measure),
            measure=measure,
            stage=scopes.stage(view, slots, measure),
            materials=scopes.materials(view, slots, measure),
            period=period,
            modality=modality,
        )
        if row and row.each:
            slots = series.own(view, row, i - row.start, slots, told)
        told[i] = slots
        claims.append(
            Claim(
                quantity=changes.signed(figure.quantity, sign),
                start=figure.start,
                end=figure.end,
                sentence=s.span,
                subjects=slots.subjects,
                measure=slots.measure,
                stage=slots.stage,
                materials=slots.materials,
                period=period,
                direction=direction,
                modality=slots.modality,
                said_by=said if _attributed(s, figure) else None,
                precision=figure.step,
            )
        )
        if view.bracketed:
            slots = outer  # (REO 50 %) tells nothing of what follows
        elif came_from:
            slots.period = None  # where it came from tells nothing of where it went
    return claims, _carry(s, carried, claims, pronoun)


def _attributed(s: Sentence, figure: QuantityMention) -> bool:
    """Whether who speaks speaks of a figure, not only of what follows its half of the sentence."""
    return not (s.said[0] >= figure.end and _HALF.search(s.text, figure.end, s.said[0]))


def _carry(s: Sentence, carried: Slots, claims: Sequence[Claim], pronoun: bool) -> Slots:
    """A later pronoun may stand for the subject of this sentence, if there is but one."""
    named = {c.id for c in s.cues if c.kind in SUBJECTS and c.id != "world"}
    if len(named) == 1:
        return Slots(subjects=tuple(named))
    companies = {c.id for c in s.cues if c.kind == "company"}
    if len(companies) == 1 and all(c.subjects == tuple(companies) for c in claims):
        return Slots(subjects=tuple(companies))  # "it" is rather the company than the country it works in
    return carried if pronoun and not named else Slots()
