"""A worked separation case as JSON, pages, the API, the client and tables give it: the one declaration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from mine2magnet.core.schema import Input
from mine2magnet.separation.study.schema import Calibration


@dataclass(frozen=True, slots=True)
class ClosedForm:
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
class CircuitReport:
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
class CutChemistryReport:
    """What base and acid a cut takes: ideally 3 mol per mol of its flows, with the designed flows, and with
    those that meet its purities; by how much each stage is loaded otherwise than constantly."""

    base_ideal: float
    acid_ideal: float
    ph_spread: float
    as_designed: CircuitReport | None
    met: CircuitReport | None
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
    the drawn separation factors (null: no flow does); the parts of them that pumps and settlers with their
    reserve cope with, and that no flow does."""

    flow_50: float | None
    flow_90: float | None
    met_with_reserve: float
    unmet: float


@dataclass(frozen=True, slots=True)
class RatedChange:
    """Mole fractions of foreign elements in both products after a change of stages or flows."""

    change: str
    impurity_organic: float
    impurity_aqueous: float


@dataclass(frozen=True, slots=True)
class RatingReport:
    """What a cut that stands reaches: whether it meets its purities, what binds (nothing, flow, stages,
    split), the S and the stages that would do (null: none), the W that suits both purities, where the feed
    does most good, the cheapest cut for the same duty and how much more this one costs, what changes would
    bring."""

    met: bool
    binding: str
    allowed_organic: float
    allowed_aqueous: float
    least_organic_flow: float | None
    fewest_stages: int | None
    best_scrub_flow: float | None
    best_feed_stage: int | None
    optimum_extraction_stages: int | None
    optimum_scrub_stages: int | None
    optimum_organic_flow: float | None
    usd_per_t_over_optimum: float | None
    changes: list[RatedChange]
    draw_purity: float | None = None
    draw_asked: float | None = None


@dataclass(frozen=True, slots=True)
class CutReport:
    """One cut: what goes to which phase, stages, flows (mol per mol of the plant's feed), impurities (mole
    fractions), what its balances miss (`residual`), mole fractions by stage, and start-up: days until both
    products are pure, each, by the clock alone, at fixed flows (null: not within those followed), what is
    locked up, t REO drawn while impure."""

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
    closed_form: ClosedForm | None
    impurity_organic: float
    impurity_aqueous: float
    residual: float
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
    chemistry: CutChemistryReport | None = None
    at_other_factors: AtOtherFactors | None = None
    rating: RatingReport | None = None


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
class ProductResult:
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
class InputSwing:
    """The cost per t with one input at its low and at its high end, USD/t."""

    input: str
    at_low: float
    at_high: float


@dataclass(frozen=True, slots=True)
class SiteResult:
    """The plant at a site: quantities, costs in USD, 5, 50 and 95 % of a Monte Carlo, what matters most.
    Cost is without the feed; joint cost per kg is shared by market value, or by mass. Of a plant that stands
    CAPEX is that of building it anew, and there are no months."""

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
    months_to_first_product: float | None
    months_by_phase: dict[str, float]
    months_to_full_output: float | None
    spread_5_50_95: dict[str, list[float]]
    tornado: list[InputSwing]


class NewCapacity(Input, frozen=True, kw_only=True):
    """A product of the plant at a site as new capacity, which a stress test takes as it stands here."""

    site: Annotated[str, Meta(min_length=1, max_length=80, examples=["europe"])]
    product: Annotated[
        str, Meta(description="Its elements.", min_length=1, max_length=80, examples=["Pr+Nd"])
    ]
    start_month: Annotated[
        float, Meta(description="Months from the decision to the first product.", ge=0, le=1200)
    ]
    ramp_months: Annotated[
        Annotated[float, Meta(ge=0, le=1200)] | None,
        Meta(description="Months from there to full output; null: not pure within the start-up followed."),
    ]
    t_per_year: Annotated[float, Meta(ge=0, le=1e9)]
    usd_per_kg: Annotated[float, Meta(description="With capital, without the feed.", ge=0, le=1e9)]


@dataclass(frozen=True, slots=True)
class AssuredPlant:
    """A plant with the part of fresh draws of the separation factors at which every product is on
    specification; stages and flows (mol per mol of the plant's feed) by cut, `size_flow` what pumps and
    settlers are sized for."""

    holds: float
    extraction_stages: list[int]
    scrub_stages: list[int]
    organic_flow: list[float]
    size_flow: list[float]
    volume_m3: float
    usd_per_t: float


@dataclass(frozen=True, slots=True)
class FactorWorth:
    """What knowing a separation factor before building saves on average, USD per t of REO fed and a year."""

    pair: str
    usd_per_t: float
    usd_per_year: float


@dataclass(frozen=True, slots=True)
class AssuranceReport:
    """The frugal plant, designed at the likely separation factors, beside the one that holds with the
    certainty asked for; the price of that; what each factor is worth to measure (expected value of perfect
    information). Both are checked on `draws` that neither was designed on."""

    certainty: float
    reserve: float
    draws: int
    frugal: AssuredPlant
    certain: AssuredPlant
    price_usd_per_t: float
    worth: list[FactorWorth]


@dataclass(frozen=True, slots=True)
class HeldReport:
    """The part of so many draws of the separation factors at which the plant shown keeps every product on
    specification; `at_most`: what its weakest cut does, the plant as a whole was not followed."""

    part: float
    draws: int
    at_most: bool


@dataclass(frozen=True, slots=True)
class DisputedFactor:
    """A measured separation factor that lies outside what is drawn of it: of the fit of `measurements` the
    likely value and its 5 and 95 %. Where a designed cut rests on it, about how many stages the plant would
    take at the measured value, and its cost, mean of the sites; else null."""

    pair: str
    measured: float
    by: str
    likely: float
    low: float
    high: float
    measurements: int
    stages: int | None
    usd_per_t: float | None


@dataclass(frozen=True, slots=True)
class SeparationReport:
    """What it takes to separate a feed into products. `remarks` say what must not be overlooked;
    `purity_margin` is the part of the allowed impurity that cuts are designed for; `held` how often the
    products are pure at other separation factors (null: none are drawn)."""

    case: str
    extractant: str
    elements: list[str]
    feed_mole_fractions: list[float]
    throughput_t_per_year: float
    sequences: list[Sequence]
    compared: list[SizedPlan]
    products: list[ProductResult]
    cuts: list[CutReport]
    startup_months: float | None
    feed_change_moves: list[ControlMove]
    remarks: list[str]
    sites: list[SiteResult]
    new_capacity: list[NewCapacity]
    sources: list[str]
    purity_margin: float = 0.8
    assurance: AssuranceReport | None = None
    held: HeldReport | None = None
    disputed: list[DisputedFactor] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CalibratedParameter:
    """A separation factor, the efficiency or an entrained part with standard errors, before and after;
    whether the assays identify it: the error has halved and is, of a separation factor, 1.5 % at most,
    of an entrained part half of it."""

    name: str
    value: float
    error: float
    before: float
    error_before: float
    identified: bool


@dataclass(frozen=True, slots=True)
class FoundAssay:
    """An assay: what was found over what is computed, in standard errors of its logarithm."""

    place: str
    phase: str
    element: str
    residual: float
    outlier: bool


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """What assays say of a running cut. `covariance` is that of ln of the separation factors and of the
    others as they are, in the order of `parameters`; `weak` are combinations of which the assays tell less
    than was known; `noise` is their scatter in stated errors; `balances_chance` that errors alone make feed,
    raffinate and extract balance so badly (null: not all assayed). `set` goes into a case as
    `calibrated`."""

    cut: str
    assays: int
    parameters: list[CalibratedParameter]
    covariance: list[list[float]]
    weak: list[dict[str, float]]
    noise: float
    residuals: list[FoundAssay]
    organic_flow: float
    extract_part: float
    feed: dict[str, float]
    balances_chance: float | None
    gross_errors: list[str]
    set: Calibration
