"""From a plan of cuts to a plant: mixer-settlers, tanks, reagents, water and salt, energy, people.

Quantities follow from stoichiometry and residence times; every rate is a `Range` with a source
(data/separation). What they cost and how long they take to build stands in costing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import rating, side_draw, sizing, underwood
from mine2magnet.separation.cut import Cut
from mine2magnet.separation.rating import Rating, Standing
from mine2magnet.separation.sequence import Boundary, Plan, Step
from mine2magnet.separation.side_draw import SideStream
from mine2magnet.separation.sizing import SizedCut
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


Rates = Mapping[str, float]  # the rows of prices.csv (one site), equipment.csv and oxide_prices.csv by name


@dataclass(frozen=True, slots=True)
class CutDesign:
    """A cut of the plan as it is built; flows in mol per mol of the plant's feed.

    `organic` is S, `scrub` W; `stripped` what is stripped from the organic here, 0 if it feeds the next cut
    loaded. `margin` is the part of the allowed impurity that it is designed for. `strip` counts the stages
    that strip and wash, None for the usual number; `rating` tells of a cut that stands what it reaches.
    `most_organic` is what pumps, mixers and settlers are sized for, where that is more than S.
    """

    step: Step
    cut: Cut
    n_extraction: int
    n_scrub: int
    organic: float
    scrub: float
    extract_flow: float
    stripped: float
    least: float
    sized: SizedCut | None = None
    draw: SideStream | None = None
    margin: float = MARGIN
    strip: int | None = None
    rating: Rating | None = None
    most_organic: float | None = None

    @property
    def size(self) -> float:
        """The organic flow that pumps, mixers and settlers are sized for."""
        return max(self.organic, self.most_organic or 0.0)

    @property
    def stages(self) -> int:
        """Stages of both sections."""
        return self.n_extraction + self.n_scrub

    @property
    def limits(self) -> tuple[float, float]:
        """Mole fractions of foreign elements allowed in the organic and the aqueous product."""
        return self.cut.impurity_a / self.margin, self.cut.impurity_b / self.margin


PlantCost = Callable[[Sequence[CutDesign]], float]


def volume(designs: Sequence[CutDesign]) -> float:
    """Return Σ stages × (organic + aqueous flow): what the cuts hold, in mol per mol of feed and stage.

    Parameters
    ----------
    designs : sequence of CutDesign
    """
    return sum(d.stages * (2 * d.organic + float(d.cut.feed.sum()) - d.extract_flow) for d in designs)


def design_plan(
    plan: Plan,
    beta: Array,
    products: Sequence[Sequence[int]],
    impurities: Sequence[float],
    *,
    efficiency: float = 1.0,
    elements: tuple[str, ...] = (),
    cost: PlantCost = volume,
    margin: float = MARGIN,
    entrained: tuple[float, float] = (0.0, 0.0),
    standing: Mapping[Boundary, Standing] | None = None,
) -> tuple[CutDesign, ...]:
    """Size every cut of a plan by the exact solver, each fed with what the cuts before really make.

    A product with two neighbours may take half of its impurities from either side. What a cut lets through
    ends up
    in the product next to the cut, so the stream may hold it in proportion to what it has of that product. A
    product that a fuzzy cut distributes thus meets its purity in either part.

    Parameters
    ----------
    plan : Plan
    beta : array (C)
    products : sequence of sequence of int
        Element numbers, in rising order of extraction.
    impurities : sequence of float
        Mole fractions of foreign elements allowed in each product.
    efficiency : float
        Murphree's, of a stage.
    elements : tuple of str (C), optional
        Names for what is said.
    cost : callable
        What stages and flows are traded against, and where a fuzzy cut splits: with the cuts after it at
        their
        estimates.
    margin : float
        The part of the allowed impurities that is designed for.
    entrained : tuple of float
        The parts of the aqueous and of the organic phase that are carried over with the other.
    standing : mapping of Boundary to Standing, optional
        The cuts that stand, by the products on both sides: they are rated as they are.
    """
    sizer = _Sizer(beta, products, impurities, efficiency, elements, cost, margin, entrained, standing or {})
    return tuple(sizer.designs(plan, plan.step.feed))


@dataclass(frozen=True, slots=True)
class _Sizer:
    beta: Array
    products: Sequence[Sequence[int]]
    impurities: Sequence[float]
    efficiency: float
    elements: tuple[str, ...]
    cost: PlantCost
    margin: float
    entrained: tuple[float, float]
    standing: Mapping[Boundary, Standing]

    def allowed(self, product: int, stream: Array) -> float:
        neighbours = 1 if product in (0, len(self.products) - 1) else 2
        own = stream[list(self.products[product])].sum()
        return float(self.margin * self.impurities[product] / neighbours * own / stream.sum())

    def cut(self, step: Step, feed: Array) -> tuple[Cut, Array, Array]:
        """The cut of this feed, and about what goes with the aqueous and the organic phase (C)."""
        between = step.fuzzy if step.drawn is None else (step.drawn,)
        free = np.isin(np.arange(len(feed)), [i for p in between for i in self.products[p]])
        a_side = (self.beta > max(self.beta[list(self.products[step.below[-1]])])) & ~free
        above, below = feed * a_side, feed * ~(a_side | free)
        if step.fuzzy:
            above = underwood.preferred(self.beta, feed, a_side, free, step.phase)[0]
            below = feed - above
        made = Cut(
            self.beta,
            feed,
            a_side,
            self.allowed(step.above[0], above),
            self.allowed(step.below[-1], below),
            step.phase,
            self.efficiency,
            self.elements,
            free if between else None,
            step.drawn is not None,
            *self.entrained,
        )
        return made, below, above

    def design(
        self, plan: Plan, cut: Cut, n_extraction: int, n_scrub: int, organic: float, extract_flow: float
    ) -> CutDesign:
        scrub = organic - extract_flow + (float(cut.feed.sum()) if cut.phase == "organic" else 0.0)
        loaded = plan.upper is not None and plan.upper.step.phase == "organic"
        return CutDesign(
            plan.step,
            cut,
            n_extraction,
            n_scrub,
            organic,
            scrub,
            extract_flow,
            0.0 if loaded else extract_flow,
            cut.minimum_organic,
            margin=self.margin,
            strip=stands.strip if (stands := self.standing.get(plan.step.boundary)) else None,
        )

    def estimates(self, plan: Plan | None, feed: Array) -> Iterator[CutDesign]:
        """The cuts of a plan as the closed form has them."""
        if plan is None:
            return
        cut, below, above = self.cut(plan.step, feed)
        n, m = (max(1, round(stages)) for stages in cut.stages_estimate)
        yield self.design(plan, cut, n, m, cut.organic_estimate, cut.extract_flow)
        yield from self.estimates(plan.lower, below)
        yield from self.estimates(plan.upper, above)

    def as_it_stands(self, cut: Cut, standing: Standing) -> tuple[SizedCut, SideStream | None]:
        try:
            return rating.as_it_stands(cut, standing)
        except UserError as error:
            names = "/".join(self.elements[key] for key in cut.keys) if self.elements else ""
            where = ", ".join(part for part in (f"cuts {names}".strip(), error.where) if part)
            raise type(error)(error.what, where=where, hint=error.hint) from error

    def designs(self, plan: Plan, feed: Array) -> Iterator[CutDesign]:
        cut, *_ = self.cut(plan.step, feed)

        def after(s: SizedCut) -> list[CutDesign]:
            if cut.free is None or cut.drawn:  # what follows hardly depends on how a sharp cut is made
                return []
            lower = self.estimates(plan.lower, s.solution.product_b)
            return [*lower, *self.estimates(plan.upper, s.solution.product_a)]

        def cost(s: SizedCut) -> float:
            try:
                return self.cost(
                    [self.design(plan, cut, s.n_extraction, s.n_scrub, s.organic, s.extract_flow), *after(s)]
                )
            except UserError:  # a split that leaves too little for what follows to be worth a cut
                return inf

        stands = self.standing.get(plan.step.boundary)
        if stands is not None:
            s, draw = self.as_it_stands(cut, stands)
        elif plan.step.drawn is None:
            s, draw = sizing.optimum(cut, cost), None
        else:
            wanted = 1 - self.impurities[plan.step.drawn]
            draw = side_draw.three_outlets(cut, wanted, lambda d: cost(d.sized))
            s = draw.sized
        built = replace(
            self.design(plan, cut, s.n_extraction, s.n_scrub, s.organic, s.extract_flow), sized=s, draw=draw
        )
        if draw and draw.phase == "organic":  # it is not scrubbed but stripped
            built = replace(built, scrub=built.scrub - draw.flow, stripped=built.stripped + draw.flow)
        if stands is not None:
            asked = None if plan.step.drawn is None else 1 - self.impurities[plan.step.drawn]
            built = replace(built, rating=rating.rate(s, draw, *built.limits, cost, asked))
        yield built
        for part, stream in ((plan.lower, s.solution.product_b), (plan.upper, s.solution.product_a)):
            if part is not None:
                yield from self.designs(part, stream)


def output(plan: Plan, designs: Sequence[CutDesign], products: int) -> Array:
    """Return the amounts made of each product, parts of a fuzzy one merged.

    Parameters
    ----------
    plan : Plan
    designs : sequence of CutDesign
    products : int
        How many there are.

    Returns
    -------
    array (products, C)
        mol per mol of feed.
    """
    total = np.zeros((products, len(plan.step.feed)))
    left = iter(designs)

    def follow(plan: Plan) -> None:
        design = next(left)
        assert design.sized is not None
        s = design.sized.solution
        for part, run, stream in (
            (plan.lower, plan.step.below, s.product_b),
            (plan.upper, plan.step.above, s.product_a),
        ):
            if part is None:
                total[run[0]] += stream
            else:
                follow(part)
        if design.draw is not None and plan.step.drawn is not None:
            total[plan.step.drawn] += design.draw.stream

    follow(plan)
    return total


def resized(designs: Sequence[CutDesign], beta: Array, efficiency: float = 1.0) -> tuple[CutDesign, ...]:
    """Return the same plan at other β and stage efficiency.

    By Underwood's least flow and Fenske's stages in proportion; cuts that stand stay as they are.

    Parameters
    ----------
    designs : sequence of CutDesign
    beta : array (C)
    efficiency : float
        Murphree's, of a stage.
    """
    made = []
    for d in designs:
        if d.rating is not None:  # it stands
            made.append(d)
            continue
        cut = replace(d.cut, beta=beta)
        least = cut.minimum_organic
        grown = sum(cut.stages_estimate) / sum(d.cut.stages_estimate) * d.cut.efficiency / efficiency
        organic = d.organic * least / d.least
        made.append(
            CutDesign(
                d.step,
                cut,
                max(1, round(d.n_extraction * grown)),
                max(1, round(d.n_scrub * grown)),
                organic,
                d.scrub + organic - d.organic,
                d.extract_flow,
                d.stripped,
                least,
                margin=d.margin,
                strip=d.strip,
                most_organic=d.most_organic and d.most_organic * least / d.least,
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
        """All of them, of extraction, scrub, stripping and saponification."""
        return self.stages + self.strip_stages + self.saponification_stages


@dataclass(frozen=True, slots=True)
class CutLoad:
    """What a cascade asks of equipment and reagents; flows in mol of rare earths per mol of the plant's feed.

    `organic` and `aqueous` are what pumps and settlers take, `base` what is saponified for it, `acid` what
    acid moves from the organic in scrubbing and in stripping, excess included. `strip` counts stages that
    strip and wash.
    """

    organic: float
    aqueous: float
    base: float
    acid: float
    stages: int  # of extraction and scrub, spare ones included
    strip: int

    def volume_flow(self, rates: Rates) -> float:
        """Return the flow of both phases, m3 per kmol of the plant's feed.

        Parameters
        ----------
        rates : mapping of str to float
            The rows of the tables by name.
        """
        return self.organic / rates["organic_loading"] + self.aqueous / rates["aqueous_concentration"]


def usual_strip(rates: Rates) -> int:
    """Return how many stages strip and wash an organic, if nothing else is known.

    Parameters
    ----------
    rates : mapping of str to float
        The rows of the tables by name.
    """
    return round(rates["strip_stages"]) + round(rates["wash_stages"])


def load(d: CutDesign, rates: Rates) -> CutLoad:
    """Return what a cut asks of equipment and reagents.

    Parameters
    ----------
    d : CutDesign
    rates : mapping of str to float
        The rows of the tables by name.
    """
    fed = float(d.cut.feed.sum())
    more = d.size - d.organic  # of both phases, which pumps and settlers have to be able to take
    usual = usual_strip(rates) if d.stripped else 0
    return CutLoad(
        d.organic + more + (fed if d.cut.phase == "organic" else 0.0),
        d.scrub + more + (fed if d.cut.phase == "aqueous" else 0.0),
        d.organic,
        d.scrub + d.stripped * rates["stripping_acid"],
        round(d.stages * (1 + rates["spare_stages"] * (d.rating is None))),
        usual if d.strip is None else d.strip,
    )


def quantities(designs: Sequence[CutDesign], oxide: float, throughput: float, rates: Rates) -> Quantities:
    """Return what a plant is and uses.

    Parameters
    ----------
    designs : sequence of CutDesign
    oxide : float
        kg of oxide per mol of mixed feed.
    throughput : float
        t REO a year.
    rates : mapping of str to float
        The rows of the tables by name.
    """
    return quantities_of([load(d, rates) for d in designs], oxide, throughput, rates)


def quantities_of(loads: Sequence[CutLoad], oxide: float, throughput: float, rates: Rates) -> Quantities:
    """Return what a plant of these cascades is and uses.

    Charge balance, mol per mol of feed: chloride comes in with the feed or the acid that dissolves it, and
    with the acid that scrubs and strips; all of it leaves as NaCl, with the sodium of the saponified organic,
    of the carbonate that precipitates, and of what lye the rest takes.

    Parameters
    ----------
    loads : sequence of CutLoad
    oxide : float
        kg of oxide per mol of mixed feed.
    throughput : float
        t REO a year.
    rates : mapping of str to float
        The rows of the tables by name.
    """
    feed_rate = throughput / oxide / (HOURS * rates["uptime"])  # kmol/h
    residence = (rates["mixing_time"] + rates["settling_time"]) / 60  # h
    dense = ORGANIC_SHARE * rates["organic_loading"] + (1 - ORGANIC_SHARE) * rates["aqueous_concentration"]
    volume = like = held = base = acid = 0.0
    stages = strip_stages = saponification = 0
    for one in loads:
        soap = round(rates["saponification_stages"])
        stages += one.stages
        strip_stages += one.strip
        saponification += soap
        units, each = one.stages + one.strip + soap, feed_rate * one.volume_flow(rates) * residence
        volume += units * each
        like += units * each ** rates["size_exponent"]
        held += one.stages * each * dense * oxide
        base += one.base
        acid += one.acid
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
