"""Claims and what they are filtered by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeAlias, get_args

from msgspec import Meta, structs

from mine2magnet.model.fields import DocumentId, Input, Names, concepts, several

APPROXIMATIONS = ("", "about", "nearly", "over", "at least", "under", "at most")
Direction: TypeAlias = Literal["level", "change"]
DIRECTIONS: tuple[str, ...] = get_args(Direction)
Modality: TypeAlias = Literal["reported", "forecast", "plan", "threatened", "denied"]
MODALITIES: tuple[str, ...] = get_args(Modality)
PeriodKind: TypeAlias = Literal[
    "day", "week", "month", "quarter", "half", "year", "year_to_date", "as_of", "span"
]
PERIOD_KINDS: tuple[str, ...] = get_args(PeriodKind)
Form: TypeAlias = Literal[
    "ore", "concentrate", "carbonate", "oxide", "metal", "alloy", "powder", "magnet", "scrap"
]
FORMS: tuple[str, ...] = get_args(Form)
Slot: TypeAlias = Literal[
    "value", "subject", "counterparty", "measure", "stage", "material", "form", "period", "period_kind",
    "basis", "direction", "modality", "said_by", "claim",
]  # fmt: skip
SLOTS: tuple[str, ...] = get_args(Slot)
RIGHT, WRONG = "right", "wrong"  # what may be said of a whole claim


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure as stated: from `low` to `high` in `unit`, a name of `data/units.txt`; "" is a bare number.

    Both ends are equal for a single value. An end is None where the text leaves it open: "over 40 %" is
    low 40, high None, and `approx` is "over".
    """

    low: float | None
    high: float | None
    unit: str
    approx: str = ""

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("a quantity needs at least one end")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        if self.approx not in APPROXIMATIONS:
            raise ValueError(f"unknown approximation {self.approx!r}")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says of one slot of a claim, in place of what was read there.

    `start`, `end` are the figure's characters in the paragraph (or point) that it was corrected in, `figure`
    these characters. `old` and `new` are texts: ids or words, several parted by "|"; a value with its unit
    ("420 t", "4..6 week", "40.. t"); "" is an empty slot. Of the slot "claim" `new` is "right" or "wrong".
    """

    document: str
    version: int
    paragraph: int
    point: int
    start: int
    end: int
    figure: str
    slot: str
    old: str
    new: str
    by: str = ""
    made: datetime | None = None
    id: str = ""


class CorrectionRequest(Input, frozen=True, kw_only=True):
    """One slot of a claim, mended or emptied; or the slot "claim", for the claim as a whole."""

    document: DocumentId
    paragraph: Annotated[int, Meta(ge=1, le=999_999, description="Where the claim stands, from 1.")]
    point: Annotated[
        int, Meta(ge=0, le=999_999, description="The point of the published digest, if it is of one.")
    ] = 0
    start: Annotated[int, Meta(ge=0, le=9_999_999, description="The figure's first character there.")]
    end: Annotated[int, Meta(ge=1, le=9_999_999, description="The character behind the figure.")]
    slot: Annotated[Slot, Meta(description="What is corrected.")]
    value: Annotated[
        str,
        Meta(
            max_length=400,
            description="What is right: thesaurus ids or names, several parted by |; a value with its unit; "
            'empty where the text says nothing. Of the slot "claim": right or wrong.',
            examples=["Japan", "420 t", "2025-07/2025-09"],
        ),
    ] = ""
    by: Annotated[str, Meta(max_length=80, description="Who says so.")] = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure and what its document says of it. A slot that the document does not tell is None or empty.

    `measure`, `stage` and `materials` are thesaurus ids; `subjects` (who or where), `counterparties` (to or
    from whom) and `said_by` are ids too, or the words of the text. `form` is that of the material. `period`
    is an ISO 8601 date, month, year or interval ("2025", "2025-06", "2025-07/2025-09"; an open end is ".."),
    `period_kind` how the text tells it. `basis` is what a change is against: "year_on_year",
    "month_on_month" and the like, "since:2025-04", or "than:" and the words. A change is signed: "fell
    6.1 %" is -6.1. `confidence` is the chance that all slots told are right and none that the document tells
    is missing. `disputed` are those of SLOTS that a model fills otherwise than the built-in reader; the claim
    has the model's.
    `start`, `end` are the figure's characters in the paragraph, `sentence` those of its sentence.
    `precision` is the step of the last stated digit, in `unit` ("45 %" 1, "4.5 %" 0.1).
    `point` is 0, or for a document without text the point of its published digest, from 1 in the order of
    `Digest.points`, in which the figure stands: characters are those of the point, not of a paragraph.
    `corrections` are those that the slots have been given by people.
    """

    quantity: Quantity
    start: int
    end: int
    sentence: tuple[int, int]
    subjects: tuple[str, ...] = ()
    counterparties: tuple[str, ...] = ()
    measure: str | None = None
    stage: str | None = None
    materials: tuple[str, ...] = ()
    form: str | None = None
    period: str | None = None
    period_kind: str | None = None
    basis: str | None = None
    direction: str = "level"
    modality: str = "reported"
    said_by: str | None = None
    confidence: float = 1.0
    precision: float = 0.0
    document: str = ""
    version: int = 0
    paragraph: int = 1
    point: int = 0
    corrections: tuple[Correction, ...] = ()
    disputed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.sentence[0] <= self.start < self.end <= self.sentence[1]:
            raise ValueError(f"the figure {self.start}-{self.end} is outside its sentence {self.sentence}")
        for name, value, known in (
            ("direction", self.direction, DIRECTIONS),
            ("modality", self.modality, MODALITIES),
            ("period_kind", self.period_kind, (None, *PERIOD_KINDS)),
            ("form", self.form, (None, *FORMS)),
        ):
            if value not in known:
                raise ValueError(f"unknown {name} {value!r}")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence {self.confidence} is not between 0 and 1")

    @property
    def bare(self) -> bool:
        """True if it says nothing but a number: not of whom, nor what is measured, nor of what."""
        return not (self.subjects or self.measure or self.materials)

    @property
    def judged(self) -> str:
        """A person's judgement of it as a whole: "right", "wrong" or ""."""
        return next((one.new for one in self.corrections if one.slot == "claim"), "")


class ClaimFilter(Input, frozen=True, kw_only=True):
    """Slots that a claim may be asked by; a subject or a material is one of the claim's. Values of one field
    are alternatives, fields combine; an empty tuple narrows nothing. Claims less sure than `confidence`
    (without it, the setting claims_threshold) are left out unless `all` are asked for."""

    subject: Annotated[Names, concepts("Who or what it is about", "Europe")] = ()
    counterparty: Annotated[Names, concepts("To or from whom", "Japan")] = ()
    measure: Annotated[Names, concepts("What is measured", "stock cover")] = ()
    stage: Annotated[Names, concepts("At which stage of the chain", "refining")] = ()
    material: Annotated[Names, concepts("Of which material", "dysprosium")] = ()
    unit: Annotated[Names, several("In this unit, as claims show it.", "week")] = ()
    direction: Annotated[tuple[Direction, ...], several("A level, or a change of one.", "level")] = ()
    modality: Annotated[tuple[Modality, ...], several("How sure it is.", "reported")] = ()
    confidence: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | None,
        Meta(description="At least so sure, 0 to 1; without it, the setting claims_threshold."),
    ] = None
    all: Annotated[
        bool,
        Meta(description="Also those that are less sure, say nothing but a number, or were marked as wrong."),
    ] = False

    @property
    def narrows(self) -> bool:
        """True if a slot is asked for."""
        return any(getattr(self, name) for name in FILTERED)

    @property
    def of_any_slot(self) -> ClaimFilter:
        """The same without its slots: claims that are as sure, whatever they are of."""
        return ClaimFilter(confidence=self.confidence, all=self.all)

    @property
    def with_all(self) -> ClaimFilter:
        """The same, however sure."""
        return structs.replace(self, confidence=None, all=True)

    def least(self, threshold: float) -> float:
        """Return how sure a claim must be, where the setting is `threshold`."""
        if self.confidence is not None:
            return self.confidence
        return 0.0 if self.all else threshold


FILTERED = tuple(name for name in ClaimFilter.__struct_fields__ if name not in ("confidence", "all"))
