"""What the API answers of models, of itself and of errors."""

from __future__ import annotations

from dataclasses import dataclass

# --- stress tests


@dataclass(frozen=True, slots=True)
class Scenarios:
    """What comes with the program: scenarios by name with what happens, and sets of mitigations."""

    scenarios: dict[str, str]
    mitigations: tuple[str, ...]


# --- separation plants


@dataclass(frozen=True, slots=True)
class Presets:
    """What a plant may name: feeds with what they are, extractants with their order, sites."""

    feeds: dict[str, str]
    extractants: dict[str, list[str]]
    sites: list[str]


# --- the service itself


@dataclass(frozen=True, slots=True)
class Status:
    """The program's version, what is held, and how far the work on it has come: documents that have no
    digest or claims yet, passages that have their vector. `reading` is what is being read. Claims less sure
    than `claims_threshold` are left out unless asked for; `claims_right` is the share of claims as sure that
    were right on labelled documents, null if none was as sure."""

    version: str
    documents: int
    passages: int
    embedded: int
    undigested: int
    unclaimed: int
    reading: str
    claims_threshold: float
    claims_right: float | None


@dataclass(frozen=True, slots=True)
class Problem:
    """An error (RFC 9457): what is wrong in `detail`; where, and how to mend it, if that is known."""

    title: str
    status: int
    detail: str
    where: str = ""
    hint: str = ""
