"""A plant that is pure with a stated certainty, beside the frugal one, and what to measure first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import certainty, plant, sizing, uncertainty
from mine2magnet.separation.cut import Cut
from mine2magnet.separation.plant import CutDesign
from mine2magnet.separation.sequence import Plan
from mine2magnet.separation.sizing import SizedCut
from mine2magnet.separation.stages import Array
from mine2magnet.separation.study.design_basis import DesignBasis

DRAWS = 200  # common to all trials of stages
CHECKED = 1000  # fresh ones, on which what is found is checked
RETRIED = 3  # times that more is asked for where fresh draws fall short
TOLD = 300  # draws at which a plan that nobody asked certainty of is tried: its part is told to ± 3 %
FEW = 40  # draws for what knowing a factor is worth
POINTS = (1 / 6, 1 / 2, 5 / 6)  # quantiles that stand for what a measurement may find
SEEDS = 11, 12, 13  # of the common draws, the fresh ones, those for what knowing is worth


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan with every cut sized, and its mean cost over the sites, USD per t of REO fed."""

    plan: Plan
    designs: tuple[CutDesign, ...]
    quantities: plant.Quantities  # at the first site
    cost: float


@dataclass(frozen=True, slots=True)
class Coster:
    """Quantities at the first site and the mean cost over the sites, USD per t of REO fed, of a plant."""

    quantities: Callable[[Sequence[CutDesign]], plant.Quantities]
    cost: Callable[[Sequence[CutDesign]], float]


@dataclass(frozen=True, slots=True)
class Held:
    """The part of `draws` of the separation factors at which a plant keeps every product on specification.

    `at_most`: it was found cut by cut, and is what the weakest of them meets.
    """

    part: float
    draws: int
    at_most: bool = False


@dataclass(frozen=True, slots=True)
class Knowing:
    """What it is worth to know a separation factor before building, USD per t of REO fed: the expected value
    of perfect information."""

    pair: str
    worth: float


@dataclass(frozen=True, slots=True)
class Assurance:
    """The frugal plant and the certain one, with the part of fresh draws at which every product of each is on
    specification, and mean costs over the sites, USD per t of REO fed.

    `designed` is the part of the draws designed on that the certain one meets: more than the certainty asked
    where fresh draws showed that to be too little.
    """

    certainty: float
    designed: float
    frugal: tuple[CutDesign, ...]
    certain: tuple[CutDesign, ...]
    frugal_holds: float
    certain_holds: float
    frugal_cost: float
    certain_cost: float
    quantities: tuple[plant.Quantities, plant.Quantities]  # frugal, certain, at the first site
    draws: int  # fresh ones
    worth: tuple[Knowing, ...]

    @property
    def price(self) -> float:
        """The price of certainty, USD per t of REO fed."""
        return self.certain_cost - self.frugal_cost


def assured(
    basis: DesignBasis, frugal: Candidate, coster: Coster, say: Callable[[str], None] = lambda _: None
) -> Assurance:
    """Return the plan of a candidate with stages and flows that hold with the certainty of the case.

    Parameters
    ----------
    basis : DesignBasis
    frugal : Candidate
        The plant at the likely separation factors.
    coster : Coster
    say : callable
        Told in a few words what is being done.

    Raises
    ------
    UserError
        If no stages hold with that certainty.
    """
    wanted, reserve = basis.case.certainty, basis.case.reserve
    assert wanted is not None
    say("finding stages that hold at other separation factors")
    common = factors(basis, DRAWS, SEEDS[0])
    fresh = factors(basis, CHECKED, SEEDS[1])
    limits = np.array([product.impurity for product in basis.products])
    part = wanted
    for tried in range(RETRIED + 1):
        made = certainty.assure(frugal.designs, common, part, coster.cost, reserve)
        held = float(certainty.holds(frugal.plan, made.designs, fresh, limits, reserve).mean())
        if held >= wanted or tried == RETRIED:
            break
        part = min(part + (wanted - held) + 0.5 / DRAWS, 1.0)
    say("asking what separation factors are worth measuring")
    return Assurance(
        certainty=wanted,
        designed=part,
        frugal=frugal.designs,
        certain=made.designs,
        frugal_holds=float(certainty.holds(frugal.plan, frugal.designs, fresh, limits, reserve).mean()),
        certain_holds=held,
        frugal_cost=frugal.cost,
        certain_cost=coster.cost(made.designs),
        quantities=(frugal.quantities, coster.quantities(made.designs)),
        draws=CHECKED,
        worth=_worth(basis, made, coster),
    )


def held(basis: DesignBasis, plan: Plan, designs: Sequence[CutDesign]) -> Held | None:
    """Return how often a plan of sharp cuts keeps every product on specification; None of other plans.

    Parameters
    ----------
    basis : DesignBasis
    plan : Plan
    designs : sequence of CutDesign
    """
    if plan.fuzzy or basis.drawn:
        return None
    tried = factors(basis, min(basis.case.draws, TOLD), SEEDS[1])
    limits = np.array([product.impurity for product in basis.products])
    met = certainty.holds(plan, designs, tried, limits, basis.case.reserve)
    return Held(float(met.mean()), len(tried))


def factors(basis: DesignBasis, draws: int, seed: int, known: dict[str, float] | None = None) -> list[Array]:
    """Return draws of β of the feed's elements.

    Parameters
    ----------
    basis : DesignBasis
    draws, seed : int
    known : dict of str to float, optional
        Separation factors by name that are known.

    Returns
    -------
    list of array (C)
    """
    inputs = uncertainty.drawn(basis.uncertain, draws, seed, basis.correlated)
    return [
        basis.beta({**dict(zip(inputs, map(float, values), strict=True)), **(known or {})})
        for values in zip(*inputs.values(), strict=True)
    ]


def _worth(basis: DesignBasis, made: certainty.Certain, coster: Coster) -> tuple[Knowing, ...]:
    """Find by pair that a cut parts what its cut costs less, on average over what a measurement may find,
    when it is designed for that, as certain as before; the other factors stay drawn."""
    found = []
    for k, design in enumerate(made.designs):
        if design.rating is not None:
            continue
        part = float((made.needed[k] <= design.size * basis.case.reserve * (1 + 1e-9)).mean())
        pairs = parted(basis, design)
        before = _price(basis, design, part, coster, {})
        for name in pairs:
            after = [
                _price(basis, design, part, coster, {name: float(basis.uncertain[name].at(u))})
                for u in POINTS
            ]
            known = [one for one in after if one is not None]
            if before is not None and len(known) == len(POINTS):
                found.append(
                    Knowing(name.removeprefix("β "), float(max(before - sum(known) / len(known), 0.0)))
                )
    return tuple(sorted(found, key=lambda one: -one.worth))


def parted(basis: DesignBasis, design: CutDesign) -> list[str]:
    """Return the names of the uncertain factors between the two elements that a cut parts.

    Parameters
    ----------
    basis : DesignBasis
    design : CutDesign
    """
    key_a, key_b = design.cut.keys
    chain = list(basis.factors)
    lower = next(i for i, pair in enumerate(chain) if pair.split("/")[1] == basis.elements[key_b])
    upper = next(i for i, pair in enumerate(chain) if pair.split("/")[0] == basis.elements[key_a])
    return [name for pair in chain[lower : upper + 1] if (name := f"β {pair}") in basis.uncertain]


def _with(design: CutDesign, cut: Cut, s: SizedCut) -> CutDesign:
    """The design with other stages and flow."""
    return replace(
        design,
        cut=cut,
        n_extraction=s.n_extraction,
        n_scrub=s.n_scrub,
        organic=s.organic,
        scrub=design.scrub - design.organic + s.organic,
        least=cut.minimum_organic,
        sized=s,
        most_organic=None,
    )


def _price(
    basis: DesignBasis, design: CutDesign, part: float, coster: Coster, known: dict[str, float]
) -> float | None:
    drawn = factors(basis, FEW, SEEDS[2], known)
    likely = basis.beta(known) if known else design.cut.beta
    try:
        cut = replace(design.cut, beta=likely)
        if known:
            best = sizing.optimum(cut, lambda s: coster.cost([_with(design, cut, s)]))
            design = _with(design, cut, best)
        made = certainty.assure([design], drawn, part, coster.cost, basis.case.reserve, 0)
    except UserError:
        return None
    return coster.cost(made.designs)
