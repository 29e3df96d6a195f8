"""What is asked of the API and what it answers beside the values of `model`: for the API, its description,
its client and the tools of assistants alike.

Requests are msgspec structs: names, types, bounds, descriptions and examples of every parameter stand here
and nowhere else. Answers are dataclasses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from mine2magnet.chain.io.schema import ScenarioGiven
from mine2magnet.core.schema import Input, Names
from mine2magnet.separation.report.schema import NewCapacity

# --- lists


# --- documents


# --- topics


# --- claims and figures


# --- questions


# --- sources


# --- watches


# --- stress tests


class PlantGiven(Input, frozen=True, kw_only=True):
    """A separation plant that steps in when others fail; it brings its own feed."""

    capacity: Annotated[
        tuple[NewCapacity, ...],
        Meta(min_length=1, max_length=100, description="`new_capacity` of a design, all of it or a part."),
    ]
    site: Annotated[str, Meta(max_length=80, description="Which site, if it lists several.")] = ""
    decided: Annotated[
        float, Meta(ge=-1000, le=5200, description="Week of the decision; negative: before the scenario.")
    ] = 0.0


class Stress(Input, frozen=True, kw_only=True):
    """A stress test on the built-in network."""

    scenario: Annotated[
        Annotated[str, Meta(max_length=80)] | ScenarioGiven,
        Meta(description="The name of a scenario that comes with the program, or one of your own."),
    ]
    mitigations: Annotated[Names, Meta(description="Sets of mitigations to add, by name.")] = ()
    plant: Annotated[PlantGiven | None, Meta(description="A new separation plant to add.")] = None
    draws: Annotated[
        int, Meta(ge=1, le=500, description="Draws of the ensemble; 200 take about a second.")
    ] = 200


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
    digest or claims yet, passages that have their vector. `reading` is what is being read."""

    version: str
    documents: int
    passages: int
    embedded: int
    undigested: int
    unclaimed: int
    reading: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error (RFC 9457): what is wrong in `detail`; where, and how to mend it, if that is known."""

    title: str
    status: int
    detail: str
    where: str = ""
    hint: str = ""
