"""Claims and what they are filtered by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias, get_args

from mine2magnet.model.fields import Input, Names, concepts, several

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
class Claim:
    """One figure and what its document says of it. A slot that the document does not tell is None or empty.

    `measure`, `stage` and `materials` are thesaurus ids; `subjects` (who or where), `counterparties` (to or
    from whom) and `said_by` are ids too, or the words of the text. `form` is that of the material. `period`
    is an ISO 8601 date, month, year or interval ("2025", "2025-06", "2025-07/2025-09"; an open end is ".."),
    `period_kind` how the text tells it. `basis` is what a change is against: "year_on_year",
    "month_on_month" and the like, "since:2025-04", or "than:" and the words. A change is signed: "fell
    6.1 %" is -6.1. `confidence` is the chance that all slots told are right and none that the document tells
    is missing. `disputed` are the names of the slots ("quantity" is one) that a model fills otherwise than
    the built-in reader; the claim has the model's.
    `start`, `end` are the figure's characters in the paragraph, `sentence` those of its sentence.
    `precision` is the step of the last stated digit, in `unit` ("45 %" 1, "4.5 %" 0.1).
    `point` is 0, or for a document without text the point of its published digest, from 1 in the order of
    `Digest.points`, in which the figure stands: characters are those of the point, not of a paragraph.
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


class ClaimFilter(Input, frozen=True, kw_only=True):
    """Slots that a claim may be asked by; a subject or a material is one of the claim's. Values of one field
    are alternatives, fields combine; an empty tuple narrows nothing."""

    subject: Annotated[Names, concepts("Who or what it is about", "Europe")] = ()
    counterparty: Annotated[Names, concepts("To or from whom", "Japan")] = ()
    measure: Annotated[Names, concepts("What is measured", "stock cover")] = ()
    stage: Annotated[Names, concepts("At which stage of the chain", "refining")] = ()
    material: Annotated[Names, concepts("Of which material", "dysprosium")] = ()
    unit: Annotated[Names, several("In this unit, as claims show it.", "week")] = ()
    direction: Annotated[tuple[Direction, ...], several("A level, or a change of one.", "level")] = ()
    modality: Annotated[tuple[Modality, ...], several("How sure it is.", "reported")] = ()
