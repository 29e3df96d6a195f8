"""A separation case as it is given."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

from mine2magnet.core.schema import Input, Names

Element: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2)]


Positive: TypeAlias = Annotated[float, Meta(ge=0, le=1e12)]


Three: TypeAlias = Annotated[
    Positive | Annotated[tuple[Positive, ...], Meta(min_length=3, max_length=3)],
    Meta(description="A number, or low, likely, high."),
]


class ProductGiven(Input, frozen=True, kw_only=True):
    """Elements sold together."""

    elements: Annotated[tuple[Element, ...], Meta(min_length=1, max_length=20)]
    purity: Annotated[
        Annotated[str, Meta(max_length=4)] | Annotated[float, Meta(gt=0, lt=1)],
        Meta(description="2N to 6N, 3N5, or a fraction."),
    ] = "2N"
    recovery: Annotated[float, Meta(gt=0, lt=1)] | None = None


Feed: TypeAlias = Annotated[
    Annotated[str, Meta(max_length=80)] | Annotated[dict[Element, Positive], Meta(max_length=20)],
    Meta(
        description="A feed that comes with the program, or % of oxide by element.",
        examples=[{"Nd": 75, "Pr": 25}],
    ),
]


class ChangeGiven(Input, frozen=True, kw_only=True):
    """Another feed, at the same flows, from a day on."""

    day: Annotated[float, Meta(ge=0, le=365)]
    feed: Feed


class ChemistryGiven(Input, frozen=True, kw_only=True, omit_defaults=True):
    """Strengths in mol/L, `saponified` as a part of the extractant's acid, `constants` and `sodium` as log10
    K, `drift` as change of log10 of a separation factor for each mol/L of chloride; what is left out is taken
    from the tables."""

    extractant: Annotated[float, Meta(ge=0.1, le=3)] | None = None
    saponified: Annotated[float, Meta(ge=0.05, le=0.49)] | None = None
    feed: Annotated[float, Meta(ge=0.01, le=3)] | None = None
    feed_acid: Annotated[float, Meta(ge=1e-6, le=2)] | None = None
    scrub_acid: Annotated[float, Meta(ge=0.1, le=12)] | None = None
    sodium: Annotated[float, Meta(ge=-12, le=0)] | None = None
    constants: Annotated[dict[Element, Annotated[float, Meta(ge=-20, le=20)]], Meta(max_length=20)] = {}
    drift: Annotated[
        dict[Annotated[str, Meta(max_length=7)], Annotated[float, Meta(ge=-1, le=1)]], Meta(max_length=20)
    ] = {}


class Plant(Input, frozen=True, kw_only=True):
    """What to separate, how well, and where (docs/separation.md)."""

    name: Annotated[str, Meta(max_length=200)] = "separation"
    feed: Feed
    extractant: Annotated[
        Annotated[str, Meta(max_length=80)] | None, Meta(description="Null: `factors` say all.")
    ] = "P507"
    factors: Annotated[
        dict[Annotated[str, Meta(max_length=7)], Three],
        Meta(max_length=20, description="Separation factors of neighbours.", examples=[{"Nd/Pr": 1.55}]),
    ] = {}
    products: Annotated[tuple[ProductGiven, ...], Meta(min_length=1, max_length=8)]
    efficiency: Annotated[float, Meta(ge=0.05, le=1, description="Of a stage.")] = 1.0
    throughput: Annotated[float, Meta(ge=0.1, le=1e7, description="t REO a year.")] = 1000.0
    sites: Annotated[Names, Meta(min_length=1)] = ("china", "europe")
    fuzzy: bool = False
    linked: bool = True
    startup_days: Annotated[
        float, Meta(ge=0, le=120, description="Days of start-up that are followed; 0: it is not.")
    ] = 60.0
    draws: Annotated[int, Meta(ge=0, le=300, description="Of the Monte Carlo of costs.")] = 100
    prices: Annotated[dict[Element, Three], Meta(max_length=20, description="USD/kg of oxide.")] = {}
    rates: Annotated[
        dict[Annotated[str, Meta(max_length=40)], Three],
        Meta(
            max_length=100,
            description="Prices, times and sizes in place of the tables', at every site.",
            examples=[{"NaOH": 600, "labour": [40000, 50000, 65000]}],
        ),
    ] = {}
    change: ChangeGiven | None = None
    chemistry: Annotated[
        bool | ChemistryGiven,
        Meta(description="Whether pH, loading, base and acid are found by mass action."),
    ] = False
