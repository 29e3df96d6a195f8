"""A separation case worked out: a plan of cuts, its plant, start-up, chemistry and cost at each site."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import log
from typing import Any

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range
from mine2magnet.separation import costing, dynamics, moves, plant, sequence, uncertainty
from mine2magnet.separation.elements import oxide_mass
from mine2magnet.separation.plant import CutDesign
from mine2magnet.separation.robustness import Robustness, robustness
from mine2magnet.separation.sequence import Plan
from mine2magnet.separation.stages import Array, Cascade
from mine2magnet.separation.study import assurance, evidence
from mine2magnet.separation.study import chemistry as separation_chemistry
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study.assurance import Assurance, Candidate, Coster, Held
from mine2magnet.separation.study.chemistry import CutChemistry
from mine2magnet.separation.study.design_basis import DesignBasis
from mine2magnet.separation.study.evidence import Contradiction

HOURS_PER_MONTH = 730.5
MOST_OTHER_BETA = 100  # draws of separation factors at which each cut is fitted anew, some ms each
TRIED = 3  # sharp and as many fuzzy plans are sized when the best is looked for among both
REST = 1.0  # hours between control moves, for the analyser's next sample


@dataclass(frozen=True, slots=True)
class Startup:
    """How a cut starts, drawn only while pure or at fixed flows from the start. Days until both products are
    on specification and stay so (`of_each`: extract, raffinate; `days_by_clock`: when `schedule`, in hours,
    is kept to without looking), None if it takes longer than was followed.

    `locked` is what the cut then holds, t REO, and `worth` that as separated oxides, USD; `off` and
    `off_fixed` are the t REO of extract and raffinate drawn while impure.
    """

    days: float | None
    days_fixed: float | None
    days_by_clock: float | None
    of_each: tuple[float | None, float | None]
    locked: float
    worth: float
    off: tuple[float, float]
    off_fixed: tuple[float, float]
    schedule: tuple[moves.Move, ...]
    controlled: dynamics.StartUp
    fixed: dynamics.StartUp

    @property
    def soonest(self) -> float | None:
        """Days until both products are pure, by whichever way is quicker."""
        return min((days for days in (self.days, self.days_fixed) if days is not None), default=None)


@dataclass(frozen=True, slots=True)
class Site:
    """The plant at one site with every rate at its median, and 5, 50, 95 % of a Monte Carlo."""

    name: str
    quantities: plant.Quantities
    costs: costing.Costs
    spread: dict[str, tuple[float, ...]]
    tornado: list[uncertainty.Swing]
    sample: uncertainty.Sample | None

    @property
    def beta_tornado(self) -> list[uncertainty.Swing]:
        """Swings of the cost with each separation factor, the largest first."""
        return [swing for swing in self.tornado if swing.name.startswith("β")]


@dataclass(frozen=True, slots=True)
class Disputed:
    """A measurement that the factors drawn do not reach; where a designed cut rests on it, about how many
    stages the plant would take at it, and its cost, mean of the sites, USD per t of REO fed."""

    found: Contradiction
    stages: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """`plans` by their least flow, but first the one that is built: the cheapest of `candidates`."""

    basis: DesignBasis
    plans: list[Plan]
    candidates: tuple[Candidate, ...]
    designs: tuple[CutDesign, ...]
    startups: tuple[Startup, ...]
    startup_months: float | None
    upset: dynamics.StartUp | None
    sites: tuple[Site, ...]
    chemistry: tuple[CutChemistry, ...] = ()
    robustness: tuple[Robustness | None, ...] = ()  # by cut; None of one with a draw
    assurance: Assurance | None = None  # where the case asks for certainty
    held: Held | None = None  # where it asks for none, and separation factors are drawn
    disputed: tuple[Disputed, ...] = ()

    @property
    def masses(self) -> list[float]:
        """The oxides in each product as it is made, kg per kg of REO fed."""
        return made_masses(self.basis, self.plans[0], self.designs)

    @property
    def stands(self) -> bool:
        """Every cut stands, so that nothing is to be built."""
        return all(design.rating is not None for design in self.designs)


def solve(basis: DesignBasis, say: Callable[[str], None] = lambda _: None) -> Study:
    """Find the order of cuts, size each, follow its start-up and cost the plant at each site.

    Parameters
    ----------
    basis : DesignBasis
        The case, worked out: `DesignBasis.of(case)`.
    say : callable
        Told in a few words what is being done.

    Raises
    ------
    UserError
        Where no cascade parts the products.
    """
    beta, feed = basis.beta(), np.array(basis.feed)
    say("comparing sequences of cuts")
    search = partial(
        sequence.best,
        beta,
        feed,
        basis.groups,
        linked=basis.case.linked,
        drawn=basis.drawn,
        stands=basis.stands,
    )
    plans = search()
    tried = plans[:1]
    if basis.case.fuzzy:
        fuzzy = [plan for plan in search(fuzzy=True) if plan.fuzzy]
        tried, plans = plans[:TRIED] + fuzzy[:TRIED], plans + fuzzy
    say("sizing every cut")
    candidates = _sized(basis, tried, say)
    plan, designs = candidates[0].plan, candidates[0].designs
    assured = None
    if basis.case.certainty:
        assured = assurance.assured(basis, candidates[0], coster(basis), say)
        designs = assured.certain
    plans = [plan, *(other for other in plans if other is not plan)]
    rates = {name: given.likely for name, given in {**data.equipment(), **basis.case.rates}.items()}
    if basis.case.startup_days:
        say("following the start-up")
    startups, months = _started(basis, plan, designs, rates)
    sites = []
    for name in basis.sites:
        say(f"costing {name}")
        sites.append(_site(basis, designs, name, months or 0.0, made_masses(basis, plan, designs)))
    upset = None
    if basis.case.change and basis.case.startup_days:
        say("following the change of feed")
        upset = changed(basis, designs[0], rates)
    chemistry: tuple[CutChemistry, ...] = ()
    if basis.chemistry:
        say("solving every cut by mass action")
        chemistry = separation_chemistry.follow(designs, basis.chemistry, basis.levels())
    uncertain: tuple[Robustness | None, ...] = ()
    if basis.case.draws and basis.uncertain:
        say("trying the cuts at other separation factors")
        uncertain = _robustness(basis, designs)
    return Study(
        basis,
        plans,
        candidates,
        designs,
        startups,
        months,
        upset,
        tuple(sites),
        chemistry,
        uncertain,
        assured,
        None if assured else _held(basis, plan, designs, uncertain),
        tuple(_disputed(basis, designs, one) for one in basis.contradictions),
    )


def _disputed(basis: DesignBasis, designs: Sequence[CutDesign], one: Contradiction) -> Disputed:
    """Resize the plant as the Monte Carlo does, at the factor measured in place of the fit's; what it is made
    of keeps its shares of the logarithm."""
    m = one.measurement
    pairs = evidence.between(tuple(basis.factors), m.upper, m.lower)
    rests = {name for d in designs if d.rating is None for name in assurance.parted(basis, d)}
    if rests.isdisjoint(f"β {pair}" for pair in pairs):
        return Disputed(one)
    power = log(m.value) / log(one.table)
    try:
        sized = plant.resized(
            designs,
            basis.beta({f"β {pair}": basis.factors[pair].likely ** power for pair in pairs}),
            basis.efficiency,
        )
    except UserError:  # the order of extraction itself is another
        return Disputed(one)
    return Disputed(one, sum(d.stages for d in sized), coster(basis).cost(sized))


def _held(
    basis: DesignBasis,
    plan: Plan,
    designs: Sequence[CutDesign],
    uncertain: tuple[Robustness | None, ...],
) -> Held | None:
    """Return how often the plant holds at the factors drawn; of a plan that is not followed as a whole, how
    often its weakest cut does."""
    if not uncertain:
        return None
    if found := assurance.held(basis, plan, designs):
        return found
    met = [
        (one.met(basis.case.reserve * design.size / design.organic), len(one.flow))
        for one, design in zip(uncertain, designs, strict=True)
        if one is not None
    ]
    return Held(*min(met), at_most=True) if met else None


def _started(
    basis: DesignBasis, plan: Plan, designs: Sequence[CutDesign], rates: Mapping[str, float]
) -> tuple[tuple[Startup, ...], float | None]:
    """Return how each cut starts, and months until the last is pure; None if longer than is followed."""
    if not basis.case.startup_days:
        return (), 0.0
    startups = tuple(startup(basis, design, rates) for design in designs)
    days = _longest(plan, {id(d.step): s.soonest for d, s in zip(designs, startups, strict=True)})
    return startups, None if days is None else days * 24 / HOURS_PER_MONTH


def _robustness(basis: DesignBasis, designs: Sequence[CutDesign]) -> tuple[Robustness | None, ...]:
    """Return the robustness of every cut, without the margin it was designed with."""
    inputs = uncertainty.drawn(
        basis.uncertain, min(basis.case.draws, MOST_OTHER_BETA), correlated=basis.correlated
    )
    draws = [
        basis.beta(dict(zip(inputs, map(float, values), strict=True)))
        for values in zip(*inputs.values(), strict=True)
    ]
    return tuple(
        None if d.draw or d.sized is None else robustness(d.sized, draws, 1 / d.margin) for d in designs
    )


def coster(basis: DesignBasis) -> Coster:
    """Return what gives a plant's quantities at the first site, and its mean cost over the sites.

    Parameters
    ----------
    basis : DesignBasis
    """
    mass = basis.masses
    price = _values(basis, {f"price {e}": basis.oxide_prices[e].at(0.5) for e in basis.elements})
    sites = [
        {
            name: given.at(0.5)
            for name, given in {**data.equipment(), **data.site(s), **basis.case.rates}.items()
        }
        for s in basis.sites
    ]

    def quantities(designs: Sequence[CutDesign], rates: Mapping[str, float]) -> plant.Quantities:
        return plant.quantities(designs, basis.oxide, basis.case.throughput, rates)

    def cost(designs: Sequence[CutDesign]) -> float:
        made = [costing.costs(quantities(designs, r), basis.case.throughput, r, mass, price) for r in sites]
        return sum(c.total for c in made) / len(made)

    return Coster(lambda designs: quantities(designs, sites[0]), cost)


def _sized(basis: DesignBasis, plans: list[Plan], say: Callable[[str], None]) -> tuple[Candidate, ...]:
    """The plans that can be built, the cheapest first."""
    impurities = [product.impurity for product in basis.products]
    costs = coster(basis)
    made: list[Candidate] = []
    failed: list[UserError] = []
    for number, plan in enumerate(plans, 1):
        if len(plans) > 1:
            say(f"sizing every cut: plan {number} of {len(plans)}")
        try:
            designs = plant.design_plan(
                plan,
                basis.beta(),
                basis.groups,
                impurities,
                efficiency=basis.efficiency,
                elements=basis.elements,
                cost=costs.cost,
                margin=basis.case.margin,
                entrained=basis.entrained,
                standing=basis.standing,
            )
        except UserError as error:
            failed.append(error)
        else:
            made.append(Candidate(plan, designs, costs.quantities(designs), costs.cost(designs)))
    if not made:
        raise failed[0]
    return tuple(sorted(made, key=lambda candidate: candidate.cost))


def changed(basis: DesignBasis, design: CutDesign, rates: Mapping[str, float]) -> dynamics.StartUp:
    """Follow the first cut, running steadily, when its feed changes; each product is drawn only while pure.

    Parameters
    ----------
    basis : DesignBasis
    design : CutDesign
    rates : mapping of str to float
        The rows of the tables by name.
    """
    change = basis.case.change
    assert design.sized is not None
    assert change is not None
    s, cut = design.sized.solution, design.cut
    c, hold = s.cascade, _hold(s.cascade, rates)
    part = np.array(basis.changed_feed) / np.where(cut.feed > 0, cut.feed / cut.feed.sum(), 1.0)
    other = replace(c, feed_aqueous=c.feed_aqueous * part, feed_organic=c.feed_organic * part)
    limits = design.limits
    before, after = (dynamics.on_specification(x, cut.foreign_b, *limits, cut.foreign_a) for x in (c, other))

    def control(time: float, x_a: Array, x_b: Array) -> tuple[Cascade, float, float]:
        return (before if time < change.day * 24 else after)(time, x_a, x_b)

    held = (hold.aqueous / c.aqueous)[:, None] * s.aqueous + (hold.organic / c.organic)[:, None] * s.organic
    end = 24 * (change.day + basis.case.startup_days)
    return dynamics.run(
        c, hold, end, control=control, first_held=held, kappa=s.kappa, longest_step=6.0, tolerance=3e-2
    )


def startup(basis: DesignBasis, design: CutDesign, rates: Mapping[str, float]) -> Startup:
    """Follow a cut's start-up.

    Time is in hours for a plant feed of 1 mol/h, which holds as long as any: hold-up grows with the flow.

    Parameters
    ----------
    basis : DesignBasis
    design : CutDesign
    rates : mapping of str to float
        The rows of the tables by name.
    """
    assert design.sized is not None
    c, cut = design.sized.solution.cascade, design.cut
    limits = design.limits
    control = dynamics.on_specification(c, cut.foreign_b, *limits, cut.foreign_a)
    follow = partial(dynamics.run, c, _hold(c, rates), basis.case.startup_days * 24, tolerance=3e-2)
    fixed = follow()
    controlled = fixed if design.draw else follow(control=control)  # which a third outlet would need too
    schedule = moves.moves(controlled, c, REST)
    clocked = fixed if design.draw else follow(control=moves.by_the_clock(schedule, c))

    def days(run: dynamics.StartUp) -> tuple[float | None, float | None]:
        a, b = run.time_to(cut.foreign_b, *limits, cut.foreign_a)
        return None if a is None else a / 24, None if b is None else b / 24

    fed = basis.case.throughput / (plant.HOURS * rates["uptime"])  # t REO per hour, so per mol
    mass = np.array([oxide_mass(e) for e in basis.elements]) / 1000 / basis.oxide * fed  # t REO per mol
    value = 1000 * mass * [basis.oxide_prices[e].likely for e in basis.elements]  # USD per mol
    held = controlled.held.sum(axis=0)

    def off(run: dynamics.StartUp) -> tuple[float, float]:
        a, b = moves.off_specification(run, c, cut.foreign_b, *limits, cut.foreign_a)
        return float(a @ mass), float(b @ mass)

    return Startup(
        _both(days(controlled)),
        _both(days(fixed)),
        _both(days(clocked)),
        days(controlled),
        float(held @ mass),
        float(held @ value),
        off(controlled),
        off(fixed),
        schedule,
        controlled,
        fixed,
    )


def _both(days: tuple[float | None, float | None]) -> float | None:
    a, b = days
    return None if a is None or b is None else max(a, b)


def _hold(c: Cascade, rates: Mapping[str, float]) -> dynamics.Holdup:
    """mol per stage for flows in mol/h: concentrations times the volume that the residence time asks for."""
    residence = _residence(rates)
    loading, concentration = rates["organic_loading"], rates["aqueous_concentration"]
    volume = (c.organic[:-1].max() / loading + c.aqueous[1:].max() / concentration) * residence
    return dynamics.Holdup(
        np.full(c.stages, volume * (1 - plant.ORGANIC_SHARE) * concentration),
        np.full(c.stages, volume * plant.ORGANIC_SHARE * loading),
    )


def _residence(rates: Mapping[str, float]) -> float:
    """Hours in one mixer-settler."""
    return (rates["mixing_time"] + rates["settling_time"]) / 60


def _longest(plan: Plan | None, days: dict[int, float | None]) -> float | None:
    """A cut starts when it is fed what the cut before makes."""
    if plan is None:
        return 0.0
    parts = [days[id(plan.step)], *(_longest(part, days) for part in (plan.lower, plan.upper))]
    if any(part is None for part in parts):
        return None
    own, lower, upper = (part or 0.0 for part in parts)
    return own + max(lower, upper)


def _values(basis: DesignBasis, prices: Mapping[str, float]) -> list[float]:
    """USD/kg of each product at the prices of its oxides."""
    oxides = [[(basis.feed[i] * oxide_mass(basis.elements[i]), i) for i in group] for group in basis.groups]
    return [
        sum(mass * prices[f"price {basis.elements[i]}"] for mass, i in group) / sum(mass for mass, _ in group)
        for group in oxides
    ]


def made_masses(basis: DesignBasis, plan: Plan, designs: Sequence[CutDesign]) -> list[float]:
    """Return the oxides in each product as it is made, kg per kg of REO fed.

    Parameters
    ----------
    basis : DesignBasis
    plan : Plan
    designs : sequence of CutDesign
    """
    mass = np.array([oxide_mass(e) for e in basis.elements]) / 1000 / basis.oxide
    return [float(made @ mass) for made in plant.output(plan, designs, len(basis.products))]


def _site(
    basis: DesignBasis,
    designs: tuple[CutDesign, ...],
    name: str,
    startup_months: float,
    made: Sequence[float],
) -> Site:
    rates = {**data.equipment(), **data.site(name), **basis.case.rates}
    efficiency = basis.efficiency
    ranges = {
        **basis.uncertain,
        **rates,
        **{f"price {e}": basis.oxide_prices[e] for e in basis.elements},
        "stage efficiency": Range(max(0.05, efficiency - 0.15), efficiency, efficiency),
    }
    mass = basis.masses
    # as many ranges reach further up than down, all likely values together would lie below the median result
    central = {
        key: given.likely if key.startswith("β") or key == "stage efficiency" else given.at(0.5)
        for key, given in ranges.items()
    }

    def model(values: Mapping[str, float], sized: tuple[CutDesign, ...] | None = None) -> tuple[Any, ...]:
        if sized is None:
            sized = plant.resized(designs, basis.beta(values), values["stage efficiency"])
        quantities = plant.quantities(sized, basis.oxide, basis.case.throughput, values)
        price = _values(basis, values)
        # start-up takes so many residence times
        months = startup_months * _residence(values) / _residence(central)
        return quantities, costing.costs(quantities, basis.case.throughput, values, mass, price, months, made)

    def results(values: Mapping[str, float]) -> dict[str, float]:
        quantities, costs = model(values)
        return {
            "cost per t": costs.total,
            "operating per t": costs.operating,
            "direct per t": costs.direct,
            "reagents per t": costs.reagents,
            "CAPEX": costs.capex,
            "working capital": costs.working_capital,
            "stages": float(quantities.stages),
            "mixer-settlers": float(quantities.mixer_settlers),
            "NaOH t/t": quantities.naoh,
            "HCl t/t": quantities.hcl,
            "water m3/t": quantities.water,
            "energy kWh/t": quantities.power + quantities.heat,
            "workers": quantities.crew,
            "months": costs.months,
            "value per t": costs.value,
            **{f"months: {phase}": months for phase, months in costs.phases.items()},
            "months: ramp": costs.ramp,
            **{f"cost: {kind}": usd for kind, usd in costs.per_t.items()},
            **{f"CAPEX: {area}": usd for area, usd in costs.areas.items()},
        }

    quantities, costs = model(central, designs)
    sample = (
        uncertainty.monte_carlo(results, ranges, basis.case.draws, correlated=basis.correlated)
        if basis.case.draws
        else None
    )
    spread = {key: sample.quantiles(key, 0.05, 0.5, 0.95) for key in sample.results} if sample else {}
    swings = uncertainty.tornado(results, ranges, "cost per t", central)
    return Site(name, quantities, costs, spread, swings, sample)
