"""A separation case as it is given, by file, form, request, client and tool alike: the one declaration of its
names, limits, units, defaults and help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from msgspec import Meta

from mine2magnet.core.schema import Input
from mine2magnet.model.ranges import Range
from mine2magnet.separation.elements import ELEMENTS

if TYPE_CHECKING:
    from mine2magnet.charts.frames import OutcomeFrames

MOST_DAYS = 3650
MOST_RATE = 1e9
MOST_STAGES = 1000  # of a section that stands
MOST_ASSAYS = 20_000
MOST_FLOW = 1e4  # mol per mol fed
SITES = ("china", "europe")  # compared if none is named
USUAL = 25.0  # °C, of the tables

Element: TypeAlias = Annotated[
    str, Meta(pattern="^[A-Z][a-z]?$", extra={"hint": "the symbol of a rare earth, such as Nd"})
]
Pair: TypeAlias = Annotated[
    str, Meta(pattern="^[A-Z][a-z]? ?/ ?[A-Z][a-z]?$", extra={"hint": "the more extractable first: Nd/Pr"})
]
Name: TypeAlias = Annotated[str, Meta(max_length=80)]
Days: TypeAlias = Annotated[float, Meta(ge=0, le=MOST_DAYS)]
Amount: TypeAlias = Annotated[
    Range,
    Meta(description="A number, or low, likely and high.", extra={"ge": 0, "le": MOST_RATE}),
]
Share: TypeAlias = Annotated[float, Meta(ge=0)]
StripStages: TypeAlias = Annotated[
    Annotated[int, Meta(ge=0, le=100)] | None,
    Meta(description="Stages that strip and wash the organic; null: as usual."),
]
Sites: TypeAlias = Annotated[
    tuple[Name, ...],
    Meta(
        description="Price sets to compare.",
        min_length=1,
        max_length=20,
        examples=[["china", "europe"]],
        extra={"one_or_many": True},
    ),
]
Rates: TypeAlias = Annotated[
    dict[Annotated[str, Meta(max_length=40)], Amount],
    Meta(
        description="Prices, times and sizes by the tables' names, in place of theirs at every site.",
        max_length=100,
        examples=[{"NaOH": 600, "labour": [40000, 50000, 65000]}],
    ),
]
Feed: TypeAlias = Annotated[
    Name | Annotated[dict[Element, Share], Meta(min_length=1, max_length=len(ELEMENTS))],
    Meta(
        description="A feed that comes with the program, or % of REO by weight by element (sum 1 or 100).",
        examples=["ionic-clay-mid-y", {"Nd": 75, "Pr": 25}],
    ),
]
Purity: TypeAlias = Annotated[
    Annotated[
        str,
        Meta(
            pattern="^ *[1-7][Nn][1-9]? *$", extra={"hint": "2N to 7N, as 3N5, or a fraction between 0 and 1"}
        ),
    ]
    | Annotated[float, Meta(gt=0, lt=1)],
    Meta(
        description="Mole fraction of its own among rare earths: 2N to 6N, 3N5, or a fraction.",
        examples=["3N"],
    ),
]


Temperature: TypeAlias = Annotated[
    float,
    Meta(
        description="°C; the tables' factors are brought there by van 't Hoff's line of each element, your "
        "own hold as they are.",
        ge=5,
        le=80,
    ),
]
Heats: TypeAlias = Annotated[
    dict[Element, Annotated[float, Meta(ge=-5000, le=5000)]],
    Meta(
        description="Slopes of log10 D against 1/T by element, K, in place of the table's.",
        max_length=len(ELEMENTS),
        examples=[{"Nd": 761}],
    ),
]
EntrainedAqueous: TypeAlias = Annotated[
    float, Meta(description="Part of the aqueous phase carried over with the organic.", ge=0, le=0.2)
]
EntrainedOrganic: TypeAlias = Annotated[
    float, Meta(description="Part of the organic phase carried over with the aqueous.", ge=0, le=0.2)
]


def foreign(purity: str | float) -> float:
    """Return the mole fraction of foreign rare earths that a purity allows.

    Parameters
    ----------
    purity : str or float
        2N, 3N5, or the mole fraction of its own.
    """
    if isinstance(purity, float | int):
        return 1 - purity
    nines, _, more = purity.strip().upper().partition("N")
    return (1 - int(more or 0) / 10) * 10.0 ** -int(nines)


class Product(Input, frozen=True, kw_only=True):
    """Elements sold together; neighbours in the order of extraction."""

    elements: Annotated[
        tuple[Element, ...],
        Meta(
            description="Those that the feed lacks are left out.",
            examples=[["Pr", "Nd"]],
            min_length=1,
            max_length=len(ELEMENTS),
            extra={"one_or_many": True},
        ),
    ]
    purity: Purity = "2N"
    recovery: Annotated[
        Annotated[float, Meta(gt=0, lt=1)] | None,
        Meta(description="Least part of its elements that is to end up in it; null: as the purities give."),
    ] = None
    draw: Annotated[
        bool,
        Meta(
            description="A middle product is taken from within a cut, as a side stream as pure as `purity`."
        ),
    ] = False

    @property
    def impurity(self) -> float:
        """The mole fraction of foreign rare earths allowed.

        >>> round(Product(elements=("Nd",), purity="3N5").impurity, 6)
        0.0005
        """
        return foreign(self.purity)


class FeedChange(Input, frozen=True, kw_only=True):
    """Another feed, at the same flows, from a day on; the first cut is followed through it."""

    day: Annotated[Days, Meta(description="Of steady running before the change.", examples=[10])]
    feed: Annotated[Feed, Meta(description="Of the same elements.")]


class ChemistryInput(Input, frozen=True, kw_only=True):
    """What takes the place of the tables' values in the chemistry of the cuts."""

    extractant: Annotated[
        Annotated[float, Meta(ge=0.1, le=3)] | None, Meta(description="mol/L of monomer in the organic.")
    ] = None
    saponified: Annotated[
        Annotated[float, Meta(ge=0.05, le=0.49)] | None,
        Meta(description="Part of the extractant's acid that sodium takes the place of."),
    ] = None
    feed: Annotated[
        Annotated[float, Meta(ge=0.01, le=3)] | None, Meta(description="mol/L of rare earths in the feed.")
    ] = None
    feed_acid: Annotated[
        Annotated[float, Meta(ge=1e-6, le=2)] | None, Meta(description="mol/L of free acid in the feed.")
    ] = None
    scrub_acid: Annotated[Annotated[float, Meta(ge=0.1, le=12)] | None, Meta(description="mol/L of HCl.")] = (
        None
    )
    sodium: Annotated[
        Annotated[float, Meta(ge=-12, le=0)] | None, Meta(description="log10 K of the exchange of sodium.")
    ] = None
    constants: Annotated[
        dict[Element, Annotated[float, Meta(ge=-20, le=20)]],
        Meta(description="log10 K at zero ionic strength, by element.", max_length=len(ELEMENTS)),
    ] = {}
    drift: Annotated[
        dict[Pair, Annotated[float, Meta(ge=-1, le=1)]],
        Meta(
            description="By pair, change of log10 of the separation factor for each mol/L of chloride above "
            "that of the extraction section.",
            max_length=len(ELEMENTS),
        ),
    ] = {}


class DrawnAt(Input, frozen=True, kw_only=True):
    """Where a cut that stands is drawn from between its ends."""

    stage: Annotated[int, Meta(description="1 is where fresh organic enters.", ge=2, le=MOST_STAGES)]
    phase: Annotated[Literal["aqueous", "organic"], Meta(description="From which is drawn.")] = "organic"
    flow: Annotated[float, Meta(description="mol per mol fed to the cut.", gt=0, lt=1)]


class StandingCut(Input, frozen=True, kw_only=True):
    """A cut that stands: it is not designed, but what it reaches is told. Flows in mol of rare earths per mol
    fed to the cut."""

    parts: Annotated[Pair, Meta(description="Two neighbours that it parts.", examples=["Nd/Pr"])]
    extraction: Annotated[int, Meta(description="Extraction stages.", ge=1, le=MOST_STAGES)]
    scrub: Annotated[int, Meta(description="Scrub stages.", ge=1, le=MOST_STAGES)]
    strip: StripStages = None
    organic_flow: Annotated[
        Annotated[float, Meta(gt=0, le=MOST_FLOW)] | None,
        Meta(description="S, carried by the fresh organic; null: the least that meets the purities."),
    ] = None
    scrub_flow: Annotated[
        Annotated[float, Meta(gt=0, le=MOST_FLOW)] | None,
        Meta(description="W, that the scrub takes back; null: the split that suits both purities."),
    ] = None
    feed_stage: Annotated[
        Annotated[int, Meta(ge=1, le=MOST_STAGES)] | None,
        Meta(description="Where the feed enters; null: at the last extraction stage."),
    ] = None
    feed_phase: Annotated[
        Literal["aqueous", "organic"] | None, Meta(description="That brings the feed; null: as is best.")
    ] = None
    draw: DrawnAt | None = None


class Calibration(Input, frozen=True, kw_only=True):
    """What assays of a running plant say of its separation factors and stages, as `mine2magnet calibrate`
    writes it."""

    factors: Annotated[
        dict[Pair, Range],
        Meta(description="Separation factors of neighbours: low, likely, high.", max_length=len(ELEMENTS)),
    ]
    correlation: Annotated[
        tuple[
            Annotated[tuple[Annotated[float, Meta(ge=-1, le=1)], ...], Meta(max_length=len(ELEMENTS))], ...
        ],
        Meta(
            description="Of their logarithms, in the same order; none: independent.", max_length=len(ELEMENTS)
        ),
    ] = ()
    efficiency: Annotated[
        Annotated[float, Meta(ge=0.05, le=1)] | None, Meta(description="Murphree's, of a stage.")
    ] = None
    entrained_aqueous: Annotated[float, Meta(ge=0, le=0.2)] | None = None
    entrained_organic: Annotated[float, Meta(ge=0, le=0.2)] | None = None
    source: Annotated[str, Meta(description="Whose assays, when.", max_length=400)] = ""


class AssayInput(Input, frozen=True, kw_only=True):
    """An assay of a running cut: one element at one place."""

    place: Annotated[
        str,
        Meta(
            description="A stage (1 is where fresh organic enters), or feed, raffinate, extract.",
            pattern="^(feed|raffinate|extract|[1-9][0-9]{0,3})$",
            max_length=9,
            examples=["12"],
            extra={"hint": "a stage, or feed, raffinate, extract"},
        ),
    ]
    phase: Annotated[Literal["aqueous", "organic"], Meta(description="Of a stage.")] = "aqueous"
    element: Element
    value: Annotated[
        float, Meta(description="% of REO by weight, above 100 only by its error.", gt=0, le=150)
    ]
    error: Annotated[float, Meta(description="Standard error, % of the value.", gt=0, le=100)] = 5.0
    below: Annotated[bool, Meta(description="Not found: the value is the limit of detection.")] = False


class Case(Input, frozen=True, kw_only=True):
    """What to separate, how well, and where (docs/separation.md)."""

    name: Annotated[str, Meta(description="Heads the report.", max_length=200)] = "separation"
    feed: Feed
    extractant: Annotated[
        Name | None,
        Meta(
            description="Its separation factors are taken; null with `factors`: these are all there are.",
            examples=["P507"],
        ),
    ] = "P507"
    factors: Annotated[
        dict[Pair, Range],
        Meta(
            description="Separation factors of neighbours, a number or low, likely and high, each more than "
            "1, in place of the table's.",
            max_length=len(ELEMENTS),
            examples=[{"Nd/Pr": 1.55}],
        ),
    ] = {}
    products: Annotated[
        tuple[Product, ...],
        Meta(
            description="In any order; together they hold every element of the feed.",
            min_length=1,
            max_length=len(ELEMENTS),
            examples=[[{"elements": ["Nd", "Pr"], "purity": "3N"}]],
        ),
    ]
    efficiency: Annotated[float, Meta(description="Murphree's, of a stage, organic side.", ge=0.05, le=1)] = (
        1.0
    )
    entrained_aqueous: EntrainedAqueous = 0.0
    entrained_organic: EntrainedOrganic = 0.0
    temperature: Temperature = USUAL
    heats: Heats = {}
    margin: Annotated[
        float,
        Meta(
            description="Part of the allowed impurity that cuts are designed for; the rest is room for "
            "start-up and control.",
            gt=0,
            le=1,
        ),
    ] = 0.8
    reserve: Annotated[
        float,
        Meta(
            description="Times the flow they are sized for that pumps and settlers can give, to keep "
            "purities when separation factors turn out otherwise.",
            ge=1,
            le=3,
        ),
    ] = 1.2
    certainty: Annotated[
        Annotated[float, Meta(ge=0.5, le=0.99)] | None,
        Meta(
            description="Part of what the separation factors may be at which every product is to be on "
            "specification; null: designed at the likely ones.",
            examples=[0.9],
        ),
    ] = None
    cuts: Annotated[
        tuple[StandingCut, ...],
        Meta(
            description="Cuts that stand, in the order in which they work: these are rated, others designed.",
            max_length=len(ELEMENTS),
            examples=[[{"parts": "Nd/Pr", "extraction": 72, "scrub": 72, "strip": 8}]],
        ),
    ] = ()
    calibrated: Annotated[
        Calibration | Literal["measured"] | None,
        Meta(
            description="Separation factors, efficiency and entrainment from a running plant's assays, in "
            "place of the table's and the case's; a case file may name the file that calibrate wrote; "
            "measured: the fit of all measurements held of the extractant."
        ),
    ] = None
    throughput: Annotated[float, Meta(description="t REO a year.", ge=0.1, le=1e7)] = 1000.0
    sites: Sites = SITES
    linked: Annotated[bool, Meta(description="Let loaded organic feed the next cut (shared organic).")] = True
    fuzzy: Annotated[
        bool,
        Meta(
            description="Also search cuts that let one product go both ways; the best of both kinds are "
            "sized, the cheapest is built."
        ),
    ] = False
    startup_days: Annotated[Days, Meta(description="Days of start-up that are followed; 0: it is not.")] = (
        60.0
    )
    change: FeedChange | None = None
    chemistry: Annotated[
        bool | ChemistryInput | None,
        Meta(
            description="Find pH, loading, base and acid of each cut by mass action; with values of your own "
            "in place of the tables'."
        ),
    ] = False
    draws: Annotated[int, Meta(description="Of the Monte Carlo; 0: none.", ge=0, le=20_000)] = 300
    prices: Annotated[
        dict[Element, Amount],
        Meta(
            description="USD/kg of oxide by element, in place of the table's.",
            max_length=len(ELEMENTS),
            examples=[{"Dy": [200, 260, 400]}],
        ),
    ] = {}
    rates: Rates = {}

    def solve(self) -> OutcomeFrames:
        """Return the case worked out, as frames: streams, cuts, products, equipment.

        Units stand in the names of columns; `plot()` of what is returned shows the page's charts.

        Raises
        ------
        UserError
            If polars is not there, or what is asked for cannot be separated.
        """
        from mine2magnet.core.progress import notebook_bar
        from mine2magnet.separation.report import files
        from mine2magnet.separation.study import study
        from mine2magnet.separation.study.design_basis import DesignBasis

        with notebook_bar("compiling the solvers") as tell:
            return files.frames(study.solve(DesignBasis.of(self), say=lambda what: tell(None, what)))


class CalibrationRequest(Input, frozen=True, kw_only=True):
    """A case with a cut that stands, and assays of it."""

    case: Case
    assays: Annotated[tuple[AssayInput, ...], Meta(min_length=1, max_length=MOST_ASSAYS)]
    cut: Annotated[
        Pair | None, Meta(description="Which cut was assayed; null: the only one that stands.")
    ] = None
    flow_error: Annotated[
        float, Meta(description="Standard error of the flows of the cut, %.", ge=0.01, le=50)
    ] = 2.0
