"""Claims and what they are filtered by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias, get_args

from mine2magnet.model.fields import Input, Names, concepts, several

APPROXIMATIONS = ("", "about", "nearly", "over", "at least", "under", "at most")
Direction: TypeAlias = Literal["level", "change"]
DIRECTIONS: tuple[str, ...] = get_args(Direction)
Modality: TypeAlias = Literal["reported", "forecast", "threatened", "denied"]
MODALITIES: tuple[str, ...] = get_args(Modality)


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
    """One figure and what it says of whom. A slot the sentence does not support is None or empty.

    `measure`, `stage`, `materials` and `subjects` are thesaurus ids; `said_by` is one too, or the words
    of the text. `as_of` is an ISO 8601 date, month, year or interval ("2025", "2025-06",
    "2025-07/2025-09"; an open end is ".."). A change is signed: "fell 6.1 %" is -6.1.
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
    measure: str | None = None
    stage: str | None = None
    materials: tuple[str, ...] = ()
    as_of: str | None = None
    direction: str = "level"
    modality: str = "reported"
    said_by: str | None = None
    precision: float = 0.0
    document: str = ""
    version: int = 0
    paragraph: int = 1
    point: int = 0

    def __post_init__(self) -> None:
        if not self.sentence[0] <= self.start < self.end <= self.sentence[1]:
            raise ValueError(f"the figure {self.start}-{self.end} is outside its sentence {self.sentence}")
        if self.direction not in DIRECTIONS:
            raise ValueError(f"unknown direction {self.direction!r}")
        if self.modality not in MODALITIES:
            raise ValueError(f"unknown modality {self.modality!r}")


class ClaimFilter(Input, frozen=True, kw_only=True):
    """Slots that a claim may be asked by; a subject or a material is one of the claim's. Values of one field
    are alternatives, fields combine; an empty tuple narrows nothing."""

    subject: Annotated[Names, concepts("Who or what it is about", "Europe")] = ()
    measure: Annotated[Names, concepts("What is measured", "stock cover")] = ()
    stage: Annotated[Names, concepts("At which stage of the chain", "refining")] = ()
    material: Annotated[Names, concepts("Of which material", "dysprosium")] = ()
    unit: Annotated[Names, several("In this unit, as claims show it.", "week")] = ()
    direction: Annotated[tuple[Direction, ...], several("A level, or a change of one.", "level")] = ()
    modality: Annotated[tuple[Modality, ...], several("How sure it is.", "reported")] = ()
