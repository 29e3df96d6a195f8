"""A flowsheet as it is given, by file, form, request, client and tool alike: several trains, their feeds,
loops and products, declared once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from mine2magnet.core.schema import Input
from mine2magnet.model.ranges import Range
from mine2magnet.separation.elements import ELEMENTS
from mine2magnet.separation.study.schema import (
    MOST_FLOW,
    MOST_STAGES,
    SITES,
    USUAL,
    Element,
    EntrainedAqueous,
    EntrainedOrganic,
    Feed,
    Heats,
    Name,
    Pair,
    Purity,
    Rates,
    Sites,
    StripStages,
    Temperature,
)

if TYPE_CHECKING:
    from mine2magnet.charts.frames import OutcomeFrames

MOST_TRAINS, MOST_FEEDS, MOST_PRODUCTS, MOST_SOURCES = 20, 10, 30, 20
IMPURITIES = ("Al", "Ca", "Fe", "Mg", "Pb", "Si", "Th", "U", "Zn")

Label: TypeAlias = Annotated[
    str,
    Meta(
        description="A name of its own, by which streams are called.",
        pattern="^[^. ]([^.]*[^. ])?$",
        min_length=1,
        max_length=40,
        extra={"hint": "a short name without a full stop"},
    ),
]
Symbol: TypeAlias = Annotated[
    str, Meta(pattern="^[A-Z][a-z]?$", extra={"hint": "the symbol of an element, such as Lu"})
]
Part: TypeAlias = Annotated[float, Meta(gt=0, le=1)]
Impurity: TypeAlias = Annotated[
    str, Meta(pattern=f"^({'|'.join(IMPURITIES)})$", extra={"hint": "one of " + ", ".join(IMPURITIES)})
]
Port: TypeAlias = Annotated[
    str,
    Meta(
        max_length=60,
        description="A feed's name; or of a train `name.raffinate`, `.liquor` (its strip liquor), `.organic` "
        "(loaded, not stripped), `.draw`, `.bleed`; or of a product `name.mother`, `name.dust`.",
        examples=["light.raffinate"],
    ),
]


class StreamPart(Input, frozen=True, kw_only=True):
    """A stream, or a part of one."""

    port: Port = msgspec.field(name="from")
    part: Annotated[Part, Meta(description="The rest goes elsewhere, or leaves the plant.")] = 1.0


Sources: TypeAlias = Annotated[
    tuple[Port | StreamPart, ...],
    Meta(
        description="Streams by name, or with the part that is taken.",
        max_length=MOST_SOURCES,
        examples=[["clay", {"from": "light.liquor", "part": 0.2}]],
        extra={"one_or_many": True},
    ),
]


class PlantFeed(Input, frozen=True, kw_only=True):
    """What is fed to the plant, as chlorides."""

    name: Label
    composition: Feed
    throughput: Annotated[float, Meta(description="t REO a year.", ge=0.1, le=1e7)]
    impurities: Annotated[
        dict[Impurity, Annotated[float, Meta(gt=0, le=10)]],
        Meta(description="mol per mol of rare earths.", max_length=len(IMPURITIES), examples=[{"Al": 0.01}]),
    ] = {}


class TrainDraw(Input, frozen=True, kw_only=True):
    """Where some of the aqueous phase is taken out, such as the raffinate of the scrub section."""

    stage: Annotated[int, Meta(description="1 is where fresh organic enters.", ge=2, le=MOST_STAGES)]
    flow: Annotated[float, Meta(description="mol per mol fed to the train.", gt=0, lt=1)]


class TrainInput(Input, frozen=True, kw_only=True):
    """A cascade with its own extractant and a closed organic loop. Flows in mol of rare earths per mol fed to
    it."""

    name: Label
    extractant: Annotated[
        Name | None,
        Meta(description="Its separation factors are taken; null with `factors`: these are all there are."),
    ] = "P507"
    factors: Annotated[
        dict[Pair, Range],
        Meta(
            description="Separation factors of neighbours in place of the table's; the likely ones count.",
            max_length=len(ELEMENTS),
        ),
    ] = {}
    parts: Annotated[Pair, Meta(description="Two elements between which it cuts.", examples=["Nd/Pr"])]
    feed: Annotated[Sources, Meta(min_length=1)]
    reflux: Annotated[
        Sources, Meta(description="Liquors that enter with the scrub acid, at the last stage.")
    ] = ()
    extraction: Annotated[
        Annotated[int, Meta(ge=1, le=MOST_STAGES)] | None,
        Meta(description="Extraction stages; null: they are designed, with the flow."),
    ] = None
    scrub: Annotated[Annotated[int, Meta(ge=1, le=MOST_STAGES)] | None, Meta(description="Likewise.")] = None
    strip: StripStages = None
    organic_flow: Annotated[
        Annotated[float, Meta(gt=0, le=MOST_FLOW)] | None,
        Meta(description="S, carried by the fresh organic; null: as designed."),
    ] = None
    scrub_flow: Annotated[
        Annotated[float, Meta(gt=0, le=MOST_FLOW)] | None,
        Meta(description="W; null: the split follows the feed, so that both purities hold or fail together."),
    ] = None
    extract_purity: Annotated[Purity, Meta(description="Of what goes with the organic.")] = "3N"
    raffinate_purity: Annotated[Purity, Meta(description="Of what stays in the aqueous phase.")] = "3N"
    draw: TrainDraw | None = None
    organic: Annotated[
        Label | None,
        Meta(
            description="Trains of the same name share their organic and its saponification; null: a loop of "
            "its own."
        ),
    ] = None
    stripped: Annotated[
        Part | Annotated[dict[Symbol, Part], Meta(min_length=1, max_length=30)],
        Meta(
            description="Part of what the organic carries that is stripped, of all or by element (the others "
            "0.99); the rest comes back with it.",
            examples=[0.99, {"Lu": 0.8}],
        ),
    ] = 0.99
    bleed: Annotated[
        float, Meta(description="Part of the stripped organic that is taken out and regenerated.", ge=0, lt=1)
    ] = 0.0
    carried: Annotated[
        dict[Impurity, Annotated[float, Meta(ge=0, le=1)]],
        Meta(
            description="Part of an impurity that goes with the organic; without, it distributes as in the "
            "table of impurities, which holds some.",
            max_length=len(IMPURITIES),
        ),
    ] = {}
    distribution: Annotated[
        dict[Impurity, Annotated[float, Meta(gt=0, le=1e6)]],
        Meta(
            description="Ratio of an impurity's concentrations, organic over aqueous, in place of the "
            "table's.",
            max_length=len(IMPURITIES),
            examples=[{"Al": 0.05}],
        ),
    ] = {}
    temperature: Temperature = USUAL
    heats: Heats = {}
    entrained_aqueous: EntrainedAqueous = 0.0
    entrained_organic: EntrainedOrganic = 0.0
    efficiency: Annotated[float, Meta(description="Murphree's, of a stage, organic side.", ge=0.05, le=1)] = (
        1.0
    )
    loading: Annotated[
        Annotated[float, Meta(ge=0.005, le=1)] | None,
        Meta(description="mol of rare earths per L of organic; null: the table's."),
    ] = None
    strength: Annotated[
        Annotated[float, Meta(ge=0.05, le=3)] | None,
        Meta(description="mol of extractant per L of organic; null: the table's."),
    ] = None


class FinishedProduct(Input, frozen=True, kw_only=True):
    """A product: precipitated, calcined."""

    name: Label
    feed: Annotated[Sources, Meta(min_length=1)]
    elements: Annotated[
        tuple[Element, ...],
        Meta(description="Its own; others are foreign.", min_length=1, max_length=len(ELEMENTS)),
    ]
    purity: Annotated[Purity | None, Meta(description="Asked of it; null: none.")] = None
    precipitant: Annotated[
        Literal["oxalate", "carbonate"], Meta(description="As what it is precipitated.")
    ] = "carbonate"
    precipitated: Annotated[Part, Meta(description="Yield; the rest stays in the mother liquor.")] = 0.99
    calcined: Annotated[Part, Meta(description="Yield of the kiln; the rest is dust.")] = 0.995
    impurities: Annotated[
        dict[Impurity, Annotated[float, Meta(ge=0, le=1)]],
        Meta(
            description="Part of an impurity that comes down with it; what is not named stays in the liquor.",
            max_length=len(IMPURITIES),
        ),
    ] = {}


class FlowsheetCase(Input, frozen=True, kw_only=True):
    """A plant of several trains, its feeds, organic loops, recycles and products (docs/separation.md)."""

    name: Annotated[str, Meta(description="Heads the report.", max_length=200)] = "flowsheet"
    feeds: Annotated[tuple[PlantFeed, ...], Meta(min_length=1, max_length=MOST_FEEDS)]
    trains: Annotated[tuple[TrainInput, ...], Meta(min_length=1, max_length=MOST_TRAINS)]
    products: Annotated[tuple[FinishedProduct, ...], Meta(max_length=MOST_PRODUCTS)] = ()
    base: Annotated[
        Literal["NaOH", "NH4OH", "Ca(OH)2"],
        Meta(description="That saponifies and neutralises: NaCl, NH4Cl or CaCl2 goes to the effluent."),
    ] = "NaOH"
    sites: Sites = SITES
    rates: Rates = {}

    def solve(self) -> OutcomeFrames:
        """Return the flowsheet worked out, as frames: streams, trains, products, equipment.

        Units stand in the names of columns; `plot()` of what is returned shows the page's charts.

        Raises
        ------
        UserError
            If polars is not there, or no steady state is found.
        """
        from mine2magnet.core.progress import notebook_bar
        from mine2magnet.separation.report import files
        from mine2magnet.separation.study import flowsheets

        with notebook_bar("compiling the solvers") as tell:
            return files.frames(flowsheets.solve(self, say=lambda what: tell(None, what)))
