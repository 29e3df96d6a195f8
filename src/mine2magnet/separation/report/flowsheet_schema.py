"""A worked flowsheet as JSON, pages, the API, the client and tables give it: the one declaration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamReport:
    """A stream: from where to where ("" is outside the plant), in which phase, t REO a year, and kmol a year
    of each element, impurities included."""

    name: str
    source: str
    target: str
    phase: str
    t_per_year: float
    kmol_per_year: dict[str, float]


@dataclass(frozen=True, slots=True)
class TrainReport:
    """A train as it runs; flows in mol per mol fed to it, impurities as mole fractions of rare earths. O/A by
    volume is least and most over the stages, the loading a part of what the extractant could hold at most,
    the flux m3/h of both phases on a m2 of settler; g/L of aluminium in its feed. The temperature is °C."""

    name: str
    extractant: str
    parts: str
    designed: bool
    extraction_stages: int
    scrub_stages: int
    fed_t_per_year: float
    organic_flow: float
    scrub_flow: float
    carried: float
    impurity_extract: float
    impurity_raffinate: float
    allowed_extract: float
    allowed_raffinate: float
    phase_ratio: list[float]
    loading: float
    settler_flux: float
    aluminium_g_per_l: float
    within_limits: bool
    temperature: float
    efficiency: float
    entrained: list[float]
    residual: float


@dataclass(frozen=True, slots=True)
class FinishedReport:
    """A product: t of oxide a year, foreign rare earths as mole fraction beside what is allowed (null:
    nothing was asked), the part of what is fed of its elements, impurities in mol per mol, mole fractions."""

    name: str
    elements: list[str]
    t_per_year: float
    impurity: float
    allowed: float | None
    recovery: float
    other_impurities: dict[str, float]
    mole_fractions: dict[str, float]


@dataclass(frozen=True, slots=True)
class EffluentReport:
    """Reagents and salts, t per t REO fed; `brine_m3_per_t` is what carries the salts."""

    base: str
    base_t_per_t: float
    hcl_t_per_t: float
    carbonate_t_per_t: float
    oxalic_t_per_t: float
    salts_t_per_t: dict[str, float]
    brine_m3_per_t: float


@dataclass(frozen=True, slots=True)
class EquipmentReport:
    """`count` equal pieces; `usd` is what all cost, purchased, at the first site."""

    unit: str
    item: str
    count: int
    size: float
    size_unit: str
    usd: float


@dataclass(frozen=True, slots=True)
class FlowsheetCosts:
    """A flowsheet at a site: CAPEX by area with the effluent's apart, 5 and 95 % of what the rates leave
    open, and the accuracy that AACE 18R-97 gives for an estimate of this class."""

    site: str
    capex_usd: float
    capex_usd_by_area: dict[str, float]
    effluent_usd: float
    capex_usd_5_95: list[float]
    class_4_usd: list[float]
    usd_per_t: dict[str, float]
    total_usd_per_t: float


@dataclass(frozen=True, slots=True)
class FlowsheetReport:
    """All of a solved flowsheet. `closure` is the largest of |out − in| / in over the elements."""

    case: str
    elements: list[str]
    throughput_t_per_year: float
    passes: int
    closure: float
    trains: list[TrainReport]
    products: list[FinishedReport]
    streams: list[StreamReport]
    effluent: EffluentReport
    equipment: list[EquipmentReport]
    sites: list[FlowsheetCosts]
    remarks: list[str]
    sources: list[str]
