"""Documents to claims: which figure says what of whom.

A document is read in order. For each figure every slot has candidates, from the sentence, from the headings
and the sentences before and from the figure before; what speaks for each is weighed (`evidence`) and the
likeliest is taken, which may be none. What one figure tells goes on to the next as a candidate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from mine2magnet.claims import (
    basis,
    candidates,
    changes,
    confidence,
    doubts,
    forms,
    modality,
    period_kinds,
    periods,
    speakers,
)
from mine2magnet.claims.context import DocumentContext, Told, between
from mine2magnet.claims.evidence import Candidates, Choice, Value, weights
from mine2magnet.claims.figures import worth
from mine2magnet.claims.layout import Sentence, lay_out
from mine2magnet.claims.relations import FigureContext
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Claim, Document


class Chooser(Protocol):
    """Picks one of a slot's candidates for a figure of a sentence."""

    def __call__(self, slot: str, s: Sentence, view: FigureContext, found: Candidates, /) -> Choice: ...


SLOTS = (
    "worth",
    "measure",
    "material",
    "subject",
    "counterparty",
    "stage",
    "period",
    "basis",
    "modality",
    "said_by",
)
# Slots that may be missing are told only where they are this sure, and where the sentence itself names them.
_SURE, _OWN = {"stage": 0.8, "said_by": 0.85}, {"stage": 0.4, "said_by": 0.85}

_DOUBTED = 0.3  # how sure such a figure is at most: too little to be told as sure


@dataclass(slots=True)
class Reading:
    """The slots of one figure as they are filled: the value of each, and its chance."""

    values: dict[str, Value] = field(default_factory=dict)
    chances: dict[str, float] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)  # slots told by the figure's own sentence
    signs: dict[str, float] = field(default_factory=dict)  # of its being right: `confidence.signs`
    earlier: bool = False  # of a period before the one that is spoken of: from 43,000 t
    doubted: bool = False  # by the document itself, or misread for sure

    def one(self, slot: str) -> str:
        """Return a slot's value, "" for none.

        Parameters
        ----------
        slot : str
        """
        value = self.values.get(slot, ())
        return value[0] if value else ""


def extract(document: Document, *, thesaurus: Thesaurus) -> list[Claim]:
    """Return every figure of a document's paragraphs as a claim, in order.

    Parameters
    ----------
    document : Document
    thesaurus : Thesaurus
    """
    return [claim for claim, _ in readings(document, thesaurus=thesaurus)]


def readings(document: Document, *, thesaurus: Thesaurus) -> Iterator[tuple[Claim, Mapping[str, float]]]:
    """Give every figure of a document's paragraphs as a claim, with how likely each of its slots is right.

    Parameters
    ----------
    document : Document
    thesaurus : Thesaurus
    """
    texts = [paragraph.text for paragraph in document.paragraphs]
    numbers = [paragraph.number for paragraph in document.paragraphs]
    read = _read(document.title, texts, document.language, document.published, thesaurus, _weighed)
    for s, view, reading in read:
        place = {"document": document.id, "version": document.version, "paragraph": numbers[s.paragraph - 1]}
        yield _claim(s, view, reading, **place), reading.chances


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
    read = _read("", [text], language, published, thesaurus, _weighed)
    return [_claim(s, view, reading) for s, view, reading in read]


def _weighed(slot: str, s: Sentence, view: FigureContext, found: Candidates) -> Choice:
    return weights(s.language).choose(slot, found)


def _read(
    title: str,
    texts: list[str],
    language: str,
    published: date | datetime | None,
    thesaurus: Thesaurus,
    choose: Chooser,
) -> Iterator[tuple[Sentence, FigureContext, Reading]]:
    """The figures of a document that are claims, with their slots; `choose` picks among candidates."""
    today = published.date() if isinstance(published, datetime) else published
    sentences = lay_out(title, texts, language=language, today=today, thesaurus=thesaurus)
    doc = DocumentContext(sentences)
    for at, s in enumerate(doc.sentences):
        doc.move(at)
        if not s.figures or s.standing == "title":
            continue
        said, s.said = speakers.said_by(s)
        outer: Told | None = None
        for i, figure in enumerate(s.figures):
            left = s.figures[i - 1].end if i else s.start
            right = s.figures[i + 1].start if i + 1 < len(s.figures) else s.end
            view = FigureContext(s, figure, left, right, i)
            doc.heads = s.heads.get(figure.start, ())
            doc.row = between(s, left, figure.start) if i else "first"
            reading = _figure(view, doc, said, choose)
            if not reading.values["worth"]:
                continue
            handed = _handed(reading, doc.told)
            told = doc.told.slots if doc.told else {}
            beside = confidence.Beside(i, doc.told_at(), told, handed)
            reading.signs = confidence.signs(s.language, reading.values, reading.chances, beside)
            place = figure.start, figure.end
            reading.doubted = (
                doubts.is_doubted(title, s.text, s.span, place)
                or doubts.is_of_a_partner(view, reading.values)
                or doubts.is_no_price(view, reading.values)
            )
            yield s, view, reading
            if view.bracketed and outer is None:
                outer = doc.told
            elif outer is not None and not view.bracketed:
                outer = None
            slots = reading.values
            if reading.earlier and doc.told is not None:
                slots = {**slots, "period": doc.told.slots.get("period", ())}
            chances = {slot: chance * handed.get(slot, 1.0) for slot, chance in reading.chances.items()}
            doc.tell(outer or Told(slots, at, s.paragraph, chances))


def _handed(reading: Reading, told: Told | None) -> dict[str, float]:
    """How sure the figure before was of what this one has from it: each is no surer than where it is from."""
    if told is None:
        return {}
    taken = (slot for slot in told.chances if slot not in reading.own)
    return {slot: told.chances[slot] for slot in taken if told.slots.get(slot) == reading.values.get(slot)}


def _figure(view: FigureContext, doc: DocumentContext, said: str | None, choose: Chooser) -> Reading:
    """Fill the slots of one figure, each with those before it known."""
    reading = Reading()

    def fill(slot: str, found: Candidates) -> None:
        chosen = choose(slot, view.s, view, found)
        own = "in" in found[chosen.value]
        if own:
            reading.own.add(slot)
        if chosen.chance < (_OWN if own else _SURE).get(slot, 0.0):
            chosen = Choice((), chosen.chance)
        reading.values[slot], reading.chances[slot] = chosen.value, chosen.chance

    sign = changes.change(view)
    direction = "level" if sign is None else "change"
    reading.values["direction"] = (direction, "" if sign is None else "-" if sign < 0 else "+")
    fill("measure", candidates.measures(view, doc, direction))
    measure = reading.one("measure")
    fill("worth", worth(view, measure))
    if not reading.values["worth"]:
        return reading
    fill("material", candidates.materials(view, doc, measure))
    fill("subject", candidates.parties(view, doc, "subject", reading.values))
    fill("counterparty", candidates.parties(view, doc, "counterparty", reading.values))
    fill("stage", candidates.stages(view, doc, measure))
    times = periods.periods(view, doc, reading.values, direction)
    fill("period", times)
    reading.earlier = periods.EARLIER in times[reading.values["period"]]
    reading.values["basis"] = ()
    if direction == "change" or view.figure.quantity.unit == "x":
        fill("basis", basis.bases(view, doc, measure, reading.one("period"), direction))
    fill("modality", modality.modalities(view, doc, measure, reading.one("period"), said is not None))
    fill("said_by", candidates.speakers(view, doc, said))
    return reading


def _claim(s: Sentence, view: FigureContext, reading: Reading, **place: object) -> Claim:
    figure, one = view.figure, reading.one
    direction, sign = reading.values["direction"]
    period = one("period")
    sure = confidence.confidence(reading.signs)
    return Claim(
        quantity=changes.signed(figure.quantity, {"": None, "+": 1, "-": -1}[sign]),
        start=figure.start,
        end=figure.end,
        sentence=s.span,
        subjects=reading.values["subject"],
        counterparties=reading.values["counterparty"],
        measure=one("measure") or None,
        stage=one("stage") or None,
        materials=reading.values["material"],
        form=forms.form(s, reading.values["material"], one("measure")),
        period=period or None,
        period_kind=period_kinds.kind(period, s, one("measure")) if period else None,
        basis=one("basis") or None,
        direction=direction,
        modality=one("modality"),
        said_by=one("said_by") or None,
        confidence=min(sure, _DOUBTED) if reading.doubted else sure,
        precision=figure.step,
        **place,  # type: ignore[arg-type]
    )


def training(document: Mapping[str, Any], thesaurus: Thesaurus, choose: Chooser) -> Iterator[FigureContext]:
    """Read a labelled document with a chooser of one's own; gives each figure read.

    Parameters
    ----------
    document : mapping
        With title, paragraphs, language and published.
    thesaurus : Thesaurus
    choose : callable
    """
    yield from (view for _, view, _ in _labelled(document, thesaurus, choose))


def judged(
    document: Mapping[str, Any], thesaurus: Thesaurus, choose: Chooser | None = None
) -> Iterator[tuple[Claim, dict[str, float]]]:
    """Give the claims of a labelled document, each with what its confidence is made of: `confidence.signs`.

    Parameters
    ----------
    document : mapping
    thesaurus : Thesaurus
    choose : callable or None
        None is the weights that come with the package.
    """
    for s, view, reading in _labelled(document, thesaurus, choose or _weighed):
        yield _claim(s, view, reading, paragraph=s.paragraph), reading.signs


def _labelled(
    document: Mapping[str, Any], thesaurus: Thesaurus, choose: Chooser
) -> Iterator[tuple[Sentence, FigureContext, Reading]]:
    published = date.fromisoformat(document["published"][:10])
    texts, language = list(document["paragraphs"]), document["language"]
    return _read(document["title"], texts, language, published, thesaurus, choose)
