"""A scenario as it is given."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from mine2magnet.core.schema import Input, Name, Names

Number: TypeAlias = Annotated[float, Meta(ge=0, le=1e12)]


class RangeGiven(Input, frozen=True, kw_only=True):
    """A most likely value and the range that the sources leave open, low ≤ value ≤ high."""

    value: Number
    low: Number
    high: Number


Weeks: TypeAlias = Annotated[
    Annotated[float, Meta(ge=0, le=5200)]
    | Annotated[str, Meta(max_length=20, pattern=r"^\d{1,4} (days?|weeks?|months?|years?)$")]
    | RangeGiven,
    Meta(description="Weeks, or a text such as 45 days; with a range: value, low and high."),
]


Share: TypeAlias = Annotated[Number | RangeGiven, Meta(description="A number, or value, low and high.")]


Where: TypeAlias = Annotated[
    dict[Annotated[str, Meta(max_length=40)], Names],
    Meta(
        description="Whom it is about: names by stage, region, country, operator, material, supplier, "
        "buyer …; see docs/chain.md.",
        examples=[{"stage": ["separation"], "country": ["China"]}],
    ),
]


class EventGiven(Input, frozen=True, kw_only=True):
    """Something that happens."""

    kind: Literal["outage", "quota", "embargo", "licence", "tariff", "delay", "demand"]
    where: Where
    start: Weeks = 0.0
    weeks: Weeks | None = None
    strength: Share | None = None
    processing: Weeks | None = None
    approval: Share | None = None
    desk: Share | None = None
    name: Annotated[str, Meta(max_length=120)] = ""


class MitigationGiven(Input, frozen=True, kw_only=True):
    """Something done about it."""

    kind: Literal["stockpile", "priority", "substitution", "capacity", "prebuild"]
    where: Where = {}
    amount: Number = 0.0
    start: Annotated[float, Meta(ge=0, le=5200, description="Week.")] = 0.0
    ramp: Annotated[float, Meta(ge=0, le=5200, description="Weeks.")] = 0.0
    name: Annotated[str, Meta(max_length=120)] = ""


class CoverGiven(Input, frozen=True, kw_only=True):
    """Stocks before anything happens, in place of the network's."""

    where: Where
    weeks: Weeks
    name: Annotated[str, Meta(max_length=120)] = ""


class ScenarioGiven(Input, frozen=True, kw_only=True):
    """What happens and what is done about it, as in a scenario file (docs/chain.md)."""

    name: Name = "scenario"
    events: Annotated[tuple[EventGiven, ...], Meta(max_length=20)] = ()
    mitigations: Annotated[tuple[MitigationGiven, ...], Meta(max_length=20)] = ()
    covers: Annotated[tuple[CoverGiven, ...], Meta(max_length=20)] = ()
    weeks: Annotated[int, Meta(ge=1, le=260, description="How long it is followed.")] = 104
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    stop_share: Annotated[
        float, Meta(gt=0, le=1, description="Below this share of need, an end use stops.")
    ] = 0.5
    hoarding: Share | None = None
    price_cap: Annotated[float, Meta(ge=1, le=1000, description="Times the normal price.")] = 10.0
