"""What is asked of the API and what it answers beside the values of `model`: for the API, its description,
its client and the tools of assistants alike.

Requests are msgspec structs: names, types, bounds, descriptions and examples of every parameter stand here
and nowhere else. Answers are dataclasses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeAlias, TypeVar

from msgspec import Meta, Struct

from mine2magnet.model import Bound, ClaimFilter, Digest, Document, Passage, Topic
from mine2magnet.search.query import LONGEST as LONGEST_QUERY

T = TypeVar("T")

Slug: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=80, description="A topic's slug.", examples=["magnets"])
]
DocumentId: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=80, description="A document's id.", examples=["dk3ynv2zq5"])
]
Query: TypeAlias = Annotated[
    str,
    Meta(
        max_length=LONGEST_QUERY,
        description='Words, in any language; "phrases"; AND, OR, NOT, -word, brackets; fields title: source: '
        "lang: category: tag: since: until:.",
        examples=["稀土 库存 lang:zh", '"export licence" -Japan'],
    ),
]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=120)]
Limit: TypeAlias = Annotated[int, Meta(ge=1, le=100, description="Items on a page, at most.")]
Many: TypeAlias = Annotated[int, Meta(ge=1, le=1000, description="Claims on a page, at most.")]
Cursor: TypeAlias = Annotated[
    str, Meta(max_length=400, description="Where the page before ended; its `next` link has it.")
]
Names: TypeAlias = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...], Meta(max_length=50)
]


def _several(what: str, *examples: str) -> Meta:
    return Meta(description=f"{what} Given several times, any of them will do.", examples=[list(examples)])


def _concepts(what: str, *examples: str) -> Meta:
    return _several(f"{what}, as a thesaurus id or a name in any language.", *examples)


class Asked(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all requests: what is not named is refused."""


# --- lists


class Paged(Asked, frozen=True, kw_only=True):
    """A list, page by page."""

    limit: Limit = 20
    cursor: Cursor = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list that has `total` items now. `next` is the address of the next page, null at the end.
    A page begins after the item that the page before ended with, whatever has come in meanwhile."""

    items: tuple[T, ...]
    total: int
    next: str | None = None


# --- documents


class Narrowed(Paged, frozen=True, kw_only=True):
    """Documents, narrowed: values of one field are alternatives, fields combine."""

    language: Annotated[Names, _several("Written in it (ISO 639-1).", "zh")] = ()
    source: Annotated[Names, _several("Who published it, written as it is listed.", "Example Daily")] = ()
    category: Annotated[Names, _several("What kind of document.", "news")] = ()
    tag: Annotated[Names, _several("Tagged with it.", "magnets")] = ()
    since: Annotated[
        date | None, Meta(description="Published on this day or later.", examples=["2025-04-01"])
    ] = None
    until: Annotated[
        date | None, Meta(description="Published on this day or earlier.", examples=["2025-12-31"])
    ] = None


class Searched(Narrowed, frozen=True, kw_only=True):
    """A search in all that is held, or in a topic."""

    q: Query
    topic: Annotated[str, Meta(max_length=80, description="Only in this topic (its slug).")] = ""
    order: Annotated[Literal["best", "newest"], Meta(description="What comes first.")] = "best"


class InTopic(Narrowed, frozen=True, kw_only=True):
    """The documents of a topic, newest first; with a query, best first."""

    slug: Slug
    q: Query = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A document without its text, which has so many `paragraphs`; 0 if it is known by title and digest."""

    id: str
    version: int
    title: str
    source: str
    url: str | None
    published: datetime | None
    fetched: datetime
    language: str
    category: str
    tags: tuple[str, ...]
    paragraphs: int

    @classmethod
    def of(cls, d: Document) -> Heading:
        return cls(
            d.id, d.version, d.title, d.source, d.url, d.published, d.fetched, d.language, d.category, d.tags,
            len(d.paragraphs),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A document that was found: the passages that matched, the characters of the title that did, the ids
    of near-duplicates folded under it, and the core viewpoint of its digest, if it has one by now."""

    document: Heading
    passages: tuple[Passage, ...]
    title_highlights: tuple[tuple[int, int], ...]
    copies: tuple[str, ...]
    viewpoint: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundPage(Page[Found]):
    """A page of documents. `facets` counts, per field and value, those of the whole result; `meaning` says
    whether vectors took part in a search (they may still be in the making)."""

    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    meaning: bool = False


class OfDocument(Asked, frozen=True, kw_only=True):
    """A document."""

    id: DocumentId


class OfVersion(OfDocument, frozen=True, kw_only=True):
    """A document in a version."""

    version: Annotated[
        Annotated[int, Meta(ge=1, le=999_999)] | None,
        Meta(description="From 1; the current one if it is not given."),
    ] = None


@dataclass(frozen=True, slots=True)
class Version:
    """One of a document's versions, and when it was read (UTC)."""

    number: int
    fetched: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A document in one version with its paragraphs; which versions there are, the ids of its
    near-duplicates, and the slugs of the topics it is in."""

    document: Document
    current: bool
    versions: tuple[Version, ...]
    copies: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Digested:
    """The digests of a document's current version; citations are numbers of its paragraphs."""

    document: str
    version: int
    title: str
    digests: tuple[Digest, ...]


class Text(Asked, frozen=True, kw_only=True):
    """A text to be kept as a document."""

    title: Annotated[str, Meta(min_length=1, max_length=500)]
    text: Annotated[str, Meta(min_length=1, description="Plain text; blank lines part paragraphs.")]
    source: Annotated[str, Meta(min_length=1, max_length=200, description="Who published it.")]
    url: Annotated[
        str, Meta(max_length=2000, description="Where it is found; the same is the same document.")
    ] = ""
    published: Annotated[datetime, Meta(tz=True)] | None = None
    language: Annotated[
        str,
        Meta(pattern="^([a-z]{2}|und)?$", description="ISO 639-1; told from the text if it is not given."),
    ] = ""
    category: Literal["news", "report", "analysis", "explainer", "data", "filing", "paper", "webpage"] = (
        "news"
    )
    tags: Names = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a text: "new", "updated" (a new version), "joined" (the text of a document known by
    its digest) or "unchanged"."""

    id: str
    outcome: str


# --- topics


class OfTopic(Asked, frozen=True, kw_only=True):
    """A topic."""

    slug: Slug


class InLanguages(Asked, frozen=True, kw_only=True, omit_defaults=True):
    """A name in some of the languages of the interface."""

    en: Name | None = None
    zh: Name | None = None
    ja: Name | None = None


class TopicGiven(Asked, frozen=True, kw_only=True):
    """A topic: its documents are those that match any query or bear any tag."""

    name: Name
    queries: Annotated[tuple[Query, ...], Meta(max_length=50)] = ()
    tags: Names = ()
    names: InLanguages = InLanguages()


@dataclass(frozen=True, slots=True)
class Counted:
    """A topic and how many documents it holds."""

    topic: Topic
    documents: int


# --- claims and figures


class Claiming(Asked, frozen=True, kw_only=True):
    """Slots that a claim may be asked by; a subject or a material is one of the claim's."""

    subject: Annotated[Names, _concepts("Who or what it is about", "Europe")] = ()
    measure: Annotated[Names, _concepts("What is measured", "stock cover")] = ()
    stage: Annotated[Names, _concepts("At which stage of the chain", "refining")] = ()
    material: Annotated[Names, _concepts("Of which material", "dysprosium")] = ()
    unit: Annotated[Names, _several("In this unit, as claims show it.", "week")] = ()
    direction: Annotated[
        tuple[Literal["level", "change"], ...], _several("A level, or a change of one.", "level")
    ] = ()
    modality: Annotated[
        tuple[Literal["reported", "forecast", "threatened", "denied"], ...],
        _several("How sure it is.", "reported"),
    ] = ()


class Claims(Claiming, frozen=True, kw_only=True):
    """Claims of all that is held, of a topic or of a document, those published last first."""

    topic: Annotated[str, Meta(max_length=80, description="Only of this topic (its slug).")] = ""
    document: Annotated[str, Meta(max_length=80, description="Only of this document (its id).")] = ""
    limit: Many = 100
    cursor: Cursor = ""


class ClaimsOfDocument(Claiming, frozen=True, kw_only=True):
    """The claims of a document, in the order of its text."""

    id: DocumentId
    limit: Many = 100
    cursor: Cursor = ""


class Figures(Claiming, frozen=True, kw_only=True):
    """A topic's figures."""

    slug: Slug
    limit: Limit = 20
    cursor: Cursor = ""
    single: Annotated[
        bool, Meta(description="Also those with a single claim and no reference figure beside it.")
    ] = False


# --- questions


class Question(Asked, frozen=True, kw_only=True):
    """A question."""

    question: Annotated[
        str, Meta(min_length=1, max_length=500, examples=["How long will magnet stocks in Europe last?"])
    ]
    topic: Annotated[str, Meta(max_length=80, description="Answer only from this topic (its slug).")] = ""
    language: Annotated[
        Literal["en", "zh", "ja"], Meta(description="Of what a model writes; passages stay as they are.")
    ] = "en"


# --- sources


class SourceGiven(Asked, frozen=True, kw_only=True):
    """Something to be read."""

    url: Annotated[
        str,
        Meta(
            min_length=1, max_length=2000,
            description="A page, a feed (RSS, Atom, JSON), a sitemap, a PDF.",
            examples=["https://example.com/feed.xml"],
        ),
    ]  # fmt: skip
    minutes: Annotated[
        Annotated[int, Meta(ge=1, le=10_080)] | None,
        Meta(description="Read it again so often; once if it is not given."),
    ] = None


class OfSource(Asked, frozen=True, kw_only=True):
    """A source."""

    what: Annotated[str, Meta(min_length=1, max_length=2000, description="Its address, as it is listed.")]


@dataclass(frozen=True, slots=True)
class SourceHeld:
    """Something that is read, once or every `interval` seconds, when next (`due`) and last (`checked`), and
    how that went: `failures` in a row, the `reason` of the last, `documents` that came of it so far."""

    what: str
    interval: float | None
    due: datetime | None
    checked: datetime | None
    failures: int
    reason: str
    documents: int


# --- watches


class WatchGiven(Asked, frozen=True, kw_only=True):
    """What is to be looked out for from now on; all that is given must hold."""

    name: Name
    topic: Annotated[str, Meta(max_length=80, description="Documents of this topic (its slug).")] = ""
    query: Query = ""
    claims: Annotated[Claiming | None, Meta(description="Each claim that fits, rather than documents.")] = (
        None
    )
    bound: Annotated[Bound | None, Meta(description="What claims must lie below or above.")] = None
    webhook: Annotated[
        str, Meta(max_length=2000, description="Where matches are sent (https), signed as Standard Webhooks.")
    ] = ""


class OfWatch(Asked, frozen=True, kw_only=True):
    """A watch."""

    id: Annotated[str, Meta(min_length=1, max_length=120, description="A watch's id or name.")]


@dataclass(frozen=True, slots=True)
class Watching:
    """A watch; `condition` says in words what it looks out for, `matches` is what it has found. So many
    deliveries to its webhook are `waiting`; `problem` is what stands in the way of the first."""

    id: str
    name: str
    topic: str
    query: str
    claims: ClaimFilter | None
    bound: Bound | None
    webhook: str
    made: datetime | None
    condition: str
    matches: int
    waiting: int
    problem: str


@dataclass(frozen=True, slots=True)
class Secret:
    """What signs the deliveries of a watch."""

    secret: str


class Inbox(Paged, frozen=True, kw_only=True):
    """What the watches have found, the latest first."""

    watch: Annotated[str, Meta(max_length=120, description="Only of this watch (id or name).")] = ""
    unread: Annotated[bool, Meta(description="Only what is not read yet.")] = False


class MarkedRead(Asked, frozen=True, kw_only=True):
    """Matches that have been read: those of these ids, or all of a watch, or all."""

    ids: Annotated[tuple[Annotated[str, Meta(max_length=80)], ...], Meta(max_length=1000)] | None = None
    watch: Annotated[str, Meta(max_length=120, description="Only of this watch (id or name).")] = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """How many matches are not read yet."""

    unread: int


# --- stress tests


Number: TypeAlias = Annotated[float, Meta(ge=0, le=1e12)]


class RangeGiven(Asked, frozen=True, kw_only=True):
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


class EventGiven(Asked, frozen=True, kw_only=True):
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


class MitigationGiven(Asked, frozen=True, kw_only=True):
    """Something done about it."""

    kind: Literal["stockpile", "priority", "substitution", "capacity", "prebuild"]
    where: Where = {}
    amount: Number = 0.0
    start: Annotated[float, Meta(ge=0, le=5200, description="Week.")] = 0.0
    ramp: Annotated[float, Meta(ge=0, le=5200, description="Weeks.")] = 0.0
    name: Annotated[str, Meta(max_length=120)] = ""


class CoverGiven(Asked, frozen=True, kw_only=True):
    """Stocks before anything happens, in place of the network's."""

    where: Where
    weeks: Weeks
    name: Annotated[str, Meta(max_length=120)] = ""


class ScenarioGiven(Asked, frozen=True, kw_only=True):
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


class CapacityGiven(Asked, frozen=True, kw_only=True):
    """A product of a separation plant at a site, as `new_capacity` of its design lists it."""

    site: Annotated[str, Meta(min_length=1, max_length=80, examples=["europe"])]
    product: Annotated[str, Meta(min_length=2, max_length=80, examples=["Pr+Nd"])]
    start_month: Annotated[float, Meta(ge=0, le=1200, description="From the decision to the first product.")]
    ramp_months: Annotated[
        Annotated[float, Meta(ge=0, le=1200)] | None, Meta(description="From there to full output.")
    ]
    t_per_year: Annotated[float, Meta(ge=0, le=1e9)]
    usd_per_kg: Annotated[float, Meta(ge=0, le=1e9)]


class PlantGiven(Asked, frozen=True, kw_only=True):
    """A separation plant that steps in when others fail; it brings its own feed."""

    capacity: Annotated[
        tuple[CapacityGiven, ...],
        Meta(min_length=1, max_length=100, description="`new_capacity` of a design, all of it or a part."),
    ]
    site: Annotated[str, Meta(max_length=80, description="Which site, if it lists several.")] = ""
    decided: Annotated[
        float, Meta(ge=-1000, le=5200, description="Week of the decision; negative: before the scenario.")
    ] = 0.0


class Stress(Asked, frozen=True, kw_only=True):
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

Element: TypeAlias = Annotated[str, Meta(min_length=1, max_length=2)]
Positive: TypeAlias = Annotated[float, Meta(ge=0, le=1e12)]
Three: TypeAlias = Annotated[
    Positive | Annotated[tuple[Positive, ...], Meta(min_length=3, max_length=3)],
    Meta(description="A number, or low, likely, high."),
]


class ProductGiven(Asked, frozen=True, kw_only=True):
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


class ChangeGiven(Asked, frozen=True, kw_only=True):
    """Another feed, at the same flows, from a day on."""

    day: Annotated[float, Meta(ge=0, le=365)]
    feed: Feed


class ChemistryGiven(Asked, frozen=True, kw_only=True, omit_defaults=True):
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


class Plant(Asked, frozen=True, kw_only=True):
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


@dataclass(frozen=True, slots=True)
class Sized:
    """Stages and organic flow of a cut in closed form."""

    extraction_stages: float
    scrub_stages: float
    organic_flow: float


@dataclass(frozen=True, slots=True)
class ControlMove:
    """From this hour of start-up on, products are drawn and feed given at these parts of the design flow."""

    hour: float
    extract: float
    raffinate: float
    feed: float


@dataclass(frozen=True, slots=True)
class Circuit:
    """A cut by mass action: base, acid, rare earths (mol) and volumes (L) per mol of the plant's feed; by
    stage pH, free acid, sodium and rare earths (mol/L), and the part of the extractant that holds them."""

    base: float
    acid: float
    naoh_t_per_t: float
    organic_volume: float
    scrub_volume: float
    feed_volume: float
    organic_flow: float
    scrub_flow: float
    impurity_organic: float
    impurity_aqueous: float
    residual: float
    ph_by_stage: list[float]
    acid_by_stage: list[float]
    loading_by_stage: list[float]
    sodium_by_stage: list[float]
    aqueous_by_stage: list[float]
    organic_by_stage: list[float]


@dataclass(frozen=True, slots=True)
class CutChemistry:
    """What base and acid a cut takes: ideally 3 mol per mol of its flows, with the designed flows, and with
    those that meet its purities; by how much each stage is loaded otherwise than constantly."""

    base_ideal: float
    acid_ideal: float
    ph_spread: float
    as_designed: Circuit | None
    met: Circuit | None
    why_not: str | None
    organic_against_constant_loading: list[float] | None


@dataclass(frozen=True, slots=True)
class SideDraw:
    """A product taken from within a cut: stage, phase, flow (mol per mol of the plant's feed), mole
    fractions."""

    stage: int
    phase: str
    flow: float
    purity: float
    recovery: float
    mole_fractions: list[float]


@dataclass(frozen=True, slots=True)
class AtOtherFactors:
    """The organic flow that keeps the purities of the stages as built over the designed, in 50 and 90 % of
    the drawn separation factors (null: no flow does); the parts of them that 1.2 times it copes with, and
    that no flow does."""

    flow_50: float | None
    flow_90: float | None
    met_with_reserve: float
    unmet: float


@dataclass(frozen=True, slots=True)
class Cut:
    """One cut: what goes to which phase, stages, flows (mol per mol of the cut's feed), impurities (mole
    fractions), mole fractions by stage, and start-up: days until both products are pure, each, by the clock
    alone, at fixed flows (null: not within those followed), what is locked up, t REO drawn while impure."""

    aqueous: list[str]
    organic: list[str]
    feed_phase: str
    beta: float
    extraction_stages: int
    scrub_stages: int
    organic_flow: float
    scrub_flow: float
    least_organic_flow: float
    extraction_ratio: float
    scrub_ratio: float
    distributed: list[str]
    draw: SideDraw | None
    closed_form: Sized | None
    impurity_organic: float
    impurity_aqueous: float
    aqueous_profile: list[list[float]]
    organic_profile: list[list[float]]
    startup_days: float | None
    startup_days_fixed_flows: float | None
    startup_days_by_clock: float | None
    startup_days_extract: float | None
    startup_days_raffinate: float | None
    locked_t: float | None
    locked_usd: float | None
    off_specification_t: list[float] | None
    off_specification_t_fixed_flows: list[float] | None
    control_moves: list[ControlMove]
    chemistry: CutChemistry | None = None
    at_other_factors: AtOtherFactors | None = None


@dataclass(frozen=True, slots=True)
class SizedPlan:
    """A plan of cuts, sized: its first cut, what its fuzzy cuts distribute, what it takes."""

    first_cut: list[list[str]]
    distributed: list[str]
    cuts: int
    stages: int
    organic_flow: float
    volume_m3: float
    naoh_t_per_t: float
    usd_per_t: float


@dataclass(frozen=True, slots=True)
class Made:
    """A product as the plant makes it; recovery of its elements, mole fractions of what is made."""

    elements: list[str]
    impurity: float
    recovery: float
    mole_fractions: list[float]


@dataclass(frozen=True, slots=True)
class Sequence:
    """An order of cuts by its first, and the organic it needs at least, per mol of feed."""

    first_cut: list[list[str]]
    least_organic: float


@dataclass(frozen=True, slots=True)
class Swing:
    """The cost per t with one input at its low and at its high end, USD/t."""

    input: str
    at_low: float
    at_high: float


@dataclass(frozen=True, slots=True)
class PlantAt:
    """The plant at a site: quantities, costs in USD, 5, 50 and 95 % of a Monte Carlo, what matters most.
    Joint cost per kg is shared by market value, or by mass."""

    site: str
    quantities: dict[str, float]
    capex_usd: float
    capex_usd_by_area: dict[str, float]
    first_fill_usd: float
    working_capital_usd: float
    locked_t: float
    locked_usd: float
    usd_per_t: dict[str, float]
    total_usd_per_t: float
    usd_per_kg: dict[str, float]
    usd_per_kg_by_mass: float
    months_to_first_product: float
    months_by_phase: dict[str, float]
    months_to_full_output: float
    spread_5_50_95: dict[str, list[float]]
    tornado: list[Swing]


@dataclass(frozen=True, slots=True)
class NewCapacity:
    """A product of the plant at a site as new capacity: months from the decision to its first product and
    from there to full output (null: not pure within the start-up followed), cost per kg."""

    site: str
    product: str
    start_month: float
    ramp_months: float | None
    t_per_year: float
    usd_per_kg: float


@dataclass(frozen=True, slots=True)
class Separated:
    """What it takes to separate a feed into products. `remarks` say what must not be overlooked."""

    case: str
    extractant: str
    elements: list[str]
    feed_mole_fractions: list[float]
    throughput_t_per_year: float
    sequences: list[Sequence]
    compared: list[SizedPlan]
    products: list[Made]
    cuts: list[Cut]
    startup_months: float | None
    feed_change_moves: list[ControlMove]
    remarks: list[str]
    sites: list[PlantAt]
    new_capacity: list[NewCapacity]
    sources: list[str]


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
    mend: str = ""
