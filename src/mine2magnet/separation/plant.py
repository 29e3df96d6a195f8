"""From a plan of cuts to a plant: equipment, reagents, people, cost by product, time to the first product.

Quantities follow from stoichiometry and residence times, every rate is a `Range` with a source
(data/separation); joint costs are shared out by market value. Nothing here is a quotation: an order of
magnitude with its spread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from mine2magnet.separation import sizing, underwood
from mine2magnet.separation.sequence import Plan, Step
from mine2magnet.separation.sizing import Cut, Sized
from mine2magnet.separation.stages import Array

VALENCE = 3  # mol of Na+, H+ or HCO3− per mol of rare earth exchanged or precipitated
NAOH, HCL, NACL, NAHCO3 = 0.040, 0.03646, 0.05844, 0.08401  # kg/mol
HOURS = 8766.0  # per year
MARGIN = 0.8  # of the allowed impurity is designed for: without room start-up takes for ever
ORGANIC_SHARE = 0.6  # of the volume of a mixer-settler; the organic is the larger flow


@dataclass(frozen=True, slots=True)
class Range:
    """A triangular distribution."""

    low: float
    likely: float
    high: float

    def at(self, u: float) -> float:
        """The value below which lies the part u of the distribution.

        >>> Range(0.0, 1.0, 2.0).at(0.5)
        1.0
        """
        width = self.high - self.low
        if width <= 0:
            return self.likely
        mode = (self.likely - self.low) / width
        if u < mode:
            return self.low + sqrt(u * width * (self.likely - self.low))
        return self.high - sqrt((1 - u) * width * (self.high - self.likely))


Rates = Mapping[str, float]  # the rows of prices.csv (one site), equipment.csv and oxide_prices.csv by name


@dataclass(frozen=True, slots=True)
class CutDesign:
    """A cut of the plan as it is built; flows in mol per mol of the plant's feed.

    `organic` is S, `scrub` W; `stripped` what is stripped from the organic here, 0 if it feeds the next cut
    loaded. `over_least` = S / S_min and `stages` are carried over to sampled β in the Monte Carlo.
    """

    step: Step
    cut: Cut
    n: int
    m: int
    organic: float
    scrub: float
    out_a: float
    stripped: float
    least: float
    sized: Sized | None = None

    @property
    def stages(self) -> int:
        return self.n + self.m


def design_plan(
    plan: Plan,
    beta: Array,
    products: Sequence[Sequence[int]],
    impurities: Sequence[float],
    *,
    efficiency: float = 1.0,
    elements: tuple[str, ...] = (),
) -> tuple[CutDesign, ...]:
    """Sizes every (sharp) cut of a plan by the exact solver.

    `products` rise in the order of extraction; `impurities` are the mole fractions of foreign elements
    allowed in each. A product with two neighbours may take half from either side. What a cut lets through
    ends up in the product next to the cut, so the stream may hold it in proportion.
    """
    return tuple(_designed(plan, beta, products, impurities, efficiency, elements))


def _designed(
    plan: Plan,
    beta: Array,
    products: Sequence[Sequence[int]],
    impurities: Sequence[float],
    efficiency: float,
    elements: tuple[str, ...],
) -> Iterator[CutDesign]:
    step = plan.step
    feed, above = step.feed, step.organic_stream
    a_side = above > 0
    last = len(products) - 1

    def allowed(product: int, stream: Array) -> float:
        neighbours = 1 if product in (0, last) else 2
        own = feed[list(products[product])].sum()
        return float(MARGIN * impurities[product] / neighbours * own / stream.sum())

    cut = Cut(
        beta,
        feed,
        a_side,
        allowed(step.above[0], above),
        allowed(step.below[-1], feed - above),
        step.phase,
        efficiency,
        elements,
    )
    sized = sizing.optimum(cut)
    scrub = sized.organic - cut.out_a + (feed.sum() if step.phase == "organic" else 0.0)
    loaded = plan.upper is not None and plan.upper.step.phase == "organic"
    yield CutDesign(
        step,
        cut,
        sized.n,
        sized.m,
        sized.organic,
        float(scrub),
        cut.out_a,
        0.0 if loaded else cut.out_a,
        step.least_organic,
        sized,
    )
    for part in (plan.lower, plan.upper):
        if part is not None:
            yield from _designed(part, beta, products, impurities, efficiency, elements)


def resized(designs: Sequence[CutDesign], beta: Array, efficiency: float = 1.0) -> tuple[CutDesign, ...]:
    """The same plan at other β and stage efficiency, by Underwood's least flow and Fenske's stages in
    proportion.
    """
    made = []
    for d in designs:
        cut = Cut(beta, d.cut.feed, d.cut.a_side, d.cut.impurity_a, d.cut.impurity_b, d.cut.phase)
        least = underwood.minimum_organic(beta, d.cut.feed, d.cut.a_side, d.cut.phase)
        grown = sum(cut.stages_estimate) / sum(d.cut.stages_estimate) * d.cut.efficiency / efficiency
        organic = d.organic * least / d.least
        made.append(
            CutDesign(
                d.step,
                cut,
                max(1, round(d.n * grown)),
                max(1, round(d.m * grown)),
                organic,
                d.scrub + organic - d.organic,
                d.out_a,
                d.stripped,
                least,
            )
        )
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Quantities:
    """What the plant is and uses; per t means per t of rare-earth oxide fed."""

    stages: int
    strip_stages: int
    volume: float  # m3 of mixer-settlers
    mixer_volume: float  # m3
    organic_fill: float  # m3
    held: float  # t REO in both phases
    organic_flow: float  # Σ S, mol per mol
    naoh: float  # t per t
    hcl: float  # t per t
    precipitant: float  # t per t, as NaHCO3
    salt: float  # t NaCl per t
    water: float  # m3 per t
    power: float  # kWh per t
    crew: float


def quantities(designs: Sequence[CutDesign], oxide: float, throughput: float, rates: Rates) -> Quantities:
    """`oxide` is kg of oxide per mol of mixed feed, `throughput` t REO per year."""
    feed_rate = throughput / oxide / (HOURS * rates["uptime"])  # kmol/h
    residence = (rates["mixing_time"] + rates["settling_time"]) / 60  # h
    volume = held = base = acid = moved = 0.0
    strip_stages = 0
    for d in designs:
        organic = d.organic + (d.cut.feed.sum() if d.cut.phase == "organic" else 0.0)
        aqueous = d.scrub + (d.cut.feed.sum() if d.cut.phase == "aqueous" else 0.0)
        flow = feed_rate * (organic / rates["organic_loading"] + aqueous / rates["aqueous_concentration"])
        extra = round(rates["strip_stages"]) if d.stripped else 0
        strip_stages += extra
        volume += flow * residence * (d.stages + extra)
        held += feed_rate * (organic + aqueous) * residence * d.stages * oxide
        base += d.organic
        acid += d.scrub + d.stripped * rates["stripping_acid"]
        moved += d.organic + d.scrub
    stages = sum(d.stages for d in designs)
    mixers = volume * rates["mixing_time"] / (rates["mixing_time"] + rates["settling_time"])
    return Quantities(
        stages,
        strip_stages,
        volume,
        mixers,
        volume * ORGANIC_SHARE,
        held,
        base,
        VALENCE * NAOH * base * rates["base_excess"] / oxide,
        VALENCE * HCL * acid / oxide,
        VALENCE * NAHCO3 / oxide,
        VALENCE * NACL * base * rates["base_excess"] / oxide,
        rates["water_use"] * moved,
        rates["power"] * mixers * HOURS * rates["uptime"] / throughput,
        (rates["crew"] + rates["crew_per_stage"] * (stages + strip_stages)) * rates["shift_factor"],
    )


@dataclass(frozen=True, slots=True)
class Costs:
    """USD. `per_t` by kind of cost per t REO fed; `per_kg` of each product; `months` to the first product."""

    capex: float
    first_fill: float
    per_t: dict[str, float]
    value: float  # of the products, per t REO fed
    per_kg: tuple[float, ...]
    months: float

    @property
    def total(self) -> float:
        return sum(self.per_t.values())

    @property
    def operating(self) -> float:
        return self.total - self.per_t["capital"]


def annuity(rate: float, years: float) -> float:
    """The yearly payment per unit of capital.

    >>> round(annuity(0.07, 20), 4)
    0.0944
    """
    return rate / (1 - (1 + rate) ** -years) if rate else 1 / years


def costs(
    q: Quantities,
    throughput: float,
    rates: Rates,
    product_mass: Sequence[float],
    product_price: Sequence[float],
    startup_months: float = 0.0,
) -> Costs:
    """`product_mass` is kg per kg REO fed and `product_price` USD/kg, per product; joint cost by market
    value.
    """
    equipment = (
        q.volume * rates["mixer_settler_cost"] + (q.stages + q.strip_stages) * rates["fixed_unit_cost"]
    )
    fill = q.organic_fill * rates["organic_cost"]
    capex = equipment * rates["plant_factor"] * rates["construction"]
    per_t = {
        "base": q.naoh * rates["NaOH"],
        "acid": q.hcl * rates["HCl"],
        "precipitant": q.precipitant * rates["precipitant"],
        "water and salt": q.water * rates["water"] + q.salt * rates["salt"],
        "power": q.power * rates["electricity"],
        "labour": q.crew * rates["labour"] / throughput,
        "organic lost": fill * rates["organic_loss"] / throughput,
        "maintenance": capex * rates["maintenance"] / throughput,
        "capital": (capex + fill) * annuity(rates["capital"], rates["life"]) / throughput,
    }
    value = 1000 * float(np.dot(product_mass, product_price))
    share = sum(per_t.values()) / value if value else 0.0
    months = rates["permit_months"] + rates["build_months"] + rates["commissioning_months"] + startup_months
    return Costs(capex, fill, per_t, value, tuple(share * p for p in product_price), months)
