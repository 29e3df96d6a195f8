"""From a plan of cuts to a plant: mixer-settlers, tanks, reagents, water and salt, energy, people.

Quantities follow from stoichiometry and residence times; every rate is a `Range` with a source
(data/separation). What they cost and how long they take to build stands in costing.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from mine2magnet.separation import sizing, underwood
from mine2magnet.separation.sequence import Plan, Step
from mine2magnet.separation.sizing import Cut, Sized
from mine2magnet.separation.stages import Array

VALENCE = 3  # mol of Na+, H+ or HCO3− per mol of rare earth exchanged or precipitated
NAOH, HCL, NACL, NAHCO3 = 0.040, 0.03646, 0.05844, 0.08401  # kg/mol
OXALIC = 0.12607  # kg/mol of the dihydrate; 3/2 mol precipitate one of rare earth
HOURS = 8766.0  # per year
DAYS = 365.25
MARGIN = 0.8  # of the allowed impurity is designed for: without room start-up takes for ever
ORGANIC_SHARE = 0.6  # of the volume of a mixer-settler, whatever the flows: weirs set it
CREW_AT = 10000.0  # t REO a year, for which the crew is given
LYE, ACID = 0.43, 0.36  # t/m3: NaOH in its 32 % solution, HCl in the 31 % acid, as they are stored


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

    stages: int  # extraction and scrub, spare ones included
    strip_stages: int  # stripping, and washing the stripped organic
    saponification_stages: int
    volume: float  # m3 of mixer-settlers
    mixer_volume: float  # m3
    like_units: float  # as many mixer-settlers of 1 m3 cost as much
    organic_fill: float  # m3, surge tanks included
    tanks: float  # m3: organic surge, and stores of acid, base, feed
    held: float  # t REO in both phases
    organic_flow: float  # Σ S, mol per mol
    naoh: float  # t per t, for the organic and for what acid is left in the effluent
    hcl: float  # t per t, dissolving the feed included
    precipitant: float  # t per t, as NaHCO3
    oxalic: float  # t per t, as the dihydrate
    salt: float  # t NaCl per t
    effluent: float  # m3 per t
    water: float  # m3 per t
    power: float  # kWh per t
    heat: float  # kWh per t, to calcine
    crew: float

    @property
    def mixer_settlers(self) -> int:
        return self.stages + self.strip_stages + self.saponification_stages


def quantities(designs: Sequence[CutDesign], oxide: float, throughput: float, rates: Rates) -> Quantities:
    """`oxide` is kg of oxide per mol of mixed feed, `throughput` t REO per year.

    Charge balance, mol per mol of feed: chloride comes in with the feed or the acid that dissolves it, and
    with the acid that scrubs and strips; all of it leaves as NaCl, with the sodium of the saponified organic,
    of the carbonate that precipitates, and of what lye the rest takes.
    """
    feed_rate = throughput / oxide / (HOURS * rates["uptime"])  # kmol/h
    residence = (rates["mixing_time"] + rates["settling_time"]) / 60  # h
    dense = ORGANIC_SHARE * rates["organic_loading"] + (1 - ORGANIC_SHARE) * rates["aqueous_concentration"]
    volume = like = held = base = acid = 0.0
    stages = strip_stages = saponification = 0
    for d in designs:
        fed = float(d.cut.feed.sum())
        organic = d.organic + (fed if d.cut.phase == "organic" else 0.0)
        aqueous = d.scrub + (fed if d.cut.phase == "aqueous" else 0.0)
        flow = feed_rate * (organic / rates["organic_loading"] + aqueous / rates["aqueous_concentration"])
        own = round(d.stages * (1 + rates["spare_stages"]))
        strip = round(rates["strip_stages"]) + round(rates["wash_stages"]) if d.stripped else 0
        soap = round(rates["saponification_stages"])
        stages += own
        strip_stages += strip
        saponification += soap
        units, each = own + strip + soap, flow * residence
        volume += units * each
        like += units * each ** rates["size_exponent"]
        held += own * each * dense * oxide
        base += d.organic
        acid += d.scrub + d.stripped * rates["stripping_acid"]
    bought = VALENCE * (rates["feed_acid"] + acid)
    chloride = VALENCE * (max(1.0, rates["feed_acid"]) + acid)  # a feed of chlorides brings its own
    sodium = VALENCE * base * rates["base_excess"]
    carbonate = VALENCE * (1 - rates["oxalate_share"]) * rates["precipitant_excess"]
    lye = max(sodium, chloride - carbonate)
    per_t = 1 / oxide  # kmol of rare earth per t of oxide
    naoh, hcl = NAOH * lye * per_t, HCL * bought * per_t
    salt = NACL * (lye + carbonate) * per_t
    effluent = salt / rates["brine_strength"]
    mixers = volume * rates["mixing_time"] / (rates["mixing_time"] + rates["settling_time"])
    fill = volume * ORGANIC_SHARE * (1 + rates["surge"])
    daily = throughput / DAYS  # t REO
    stored = naoh / LYE + hcl / ACID + per_t / rates["aqueous_concentration"]  # m3 per t
    return Quantities(
        stages=stages,
        strip_stages=strip_stages,
        saponification_stages=saponification,
        volume=volume,
        mixer_volume=mixers,
        like_units=like,
        organic_fill=fill,
        tanks=volume * ORGANIC_SHARE * rates["surge"] + daily * rates["storage_days"] * stored,
        held=held,
        organic_flow=base,
        naoh=naoh,
        hcl=hcl,
        precipitant=NAHCO3 * carbonate * per_t,
        oxalic=OXALIC * VALENCE / 2 * rates["oxalate_share"] * rates["precipitant_excess"] * per_t,
        salt=salt,
        effluent=effluent,
        water=effluent + rates["product_wash"],
        power=rates["power"] * mixers * HOURS * rates["uptime"] / throughput + rates["utilities_power"],
        heat=rates["calcination_heat"],
        crew=rates["crew"] * (throughput / CREW_AT) ** rates["crew_exponent"] * rates["shift_factor"],
    )
