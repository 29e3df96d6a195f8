"""Stages and flows such that a part of the drawn separation factors is met, at the least cost.

Sample-average approximation (Kleywegt, Shapiro, Homem-de-Mello 2002, SIAM J. Optim. 12, 479; of a chance
constraint: Luedtke and Ahmed 2008, SIAM J. Optim. 19, 674) with common draws: every trial of stages sees the
same β. Stages and the size of pumps and settlers are decided before β is known, the flow after it (recourse),
up to what they give. At given stages a cut needs one flow a draw, and a plant is on specification at a draw
if every cut can give its own; so the draws that are given up are shared by all cuts, and are those whose
flows cost most. What is found is then checked on fresh draws, each cut fed with what those before it really
make.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import sizing
from mine2magnet.separation.plant import CutDesign
from mine2magnet.separation.sequence import Plan
from mine2magnet.separation.sizing import SizedCut
from mine2magnet.separation.stages import Array, Mask

ROUNDS = 4  # of choosing stages at kept draws, and kept draws at stages
WORST = 4  # draws that decide which flow a cut has to give, tried at other stages
FLOOR = 1e-9  # relative, by which a flow at the limit may miss


@dataclass(frozen=True, slots=True)
class Certain:
    """A plan of cuts that holds: `designs` with `most_organic`, the flow that each is to be able to give.

    `needed` (K, draws) is the flow that every cut needs at each draw, inf where none does; `kept` (draws) the
    draws that all cuts meet.
    """

    designs: tuple[CutDesign, ...]
    needed: Array
    kept: Mask

    @property
    def part(self) -> float:
        """The part of the draws that all cuts meet."""
        return float(self.kept.mean())


class _Cut:
    """One cut as a function of its stages: the flow that it needs at each draw."""

    def __init__(self, design: CutDesign, betas: Sequence[Array], reserve: float) -> None:
        allowed = 1 / design.margin
        self.design, self.betas, self.reserve = design, betas, reserve
        self.cut = replace(
            design.cut,
            impurity_a=allowed * design.cut.impurity_a,
            impurity_b=allowed * design.cut.impurity_b,
        )
        self.known: dict[tuple[int, int], dict[int, float]] = {}
        self.likely: dict[tuple[int, int], SizedCut | None] = {}
        self.stands = design.rating is not None

    def at_likely(self, stages: tuple[int, int]) -> SizedCut | None:
        """The cut at the likely β with the margin it is designed for."""
        if self.stands:
            return self.design.sized
        if stages not in self.likely:
            self.likely[stages] = sizing.fit_settled(self.design.cut, *stages, self.design.sized)
        return self.likely[stages]

    def flow(self, stages: tuple[int, int], draw: int) -> float:
        held = self.known.setdefault(stages, {})
        if draw not in held:
            held[draw] = self._needed(stages, self.betas[draw])
        return held[draw]

    def _needed(self, stages: tuple[int, int], beta: Array) -> float:
        try:
            cut = replace(self.cut, beta=beta)
        except UserError:  # the order of extraction itself is another
            return inf
        return sizing.enough_organic(cut, *stages, self.at_likely(stages))

    def flows(self, stages: tuple[int, int]) -> Array:
        return np.array([self.flow(stages, draw) for draw in range(len(self.betas))])

    def sized_for(self, stages: tuple[int, int], flow: float) -> CutDesign | None:
        """The design whose pumps and settlers, with their reserve, give this flow."""
        likely = self.at_likely(stages)
        if likely is None or not np.isfinite(flow):
            return None
        if self.stands:
            return self.design
        least = self.design.cut.minimum_organic
        n, m = stages
        scrub = self.design.scrub - self.design.organic + likely.organic
        return replace(
            self.design,
            n_extraction=n,
            n_scrub=m,
            organic=likely.organic,
            scrub=scrub,
            extract_flow=likely.extract_flow,
            stripped=self.design.stripped and likely.extract_flow,
            least=least,
            sized=likely,
            most_organic=max(likely.organic, flow / self.reserve),
        )


def assure(
    designs: Sequence[CutDesign],
    betas: Sequence[Array],
    part: float,
    cost: Callable[[Sequence[CutDesign]], float],
    reserve: float = 1.0,
    rounds: int = ROUNDS,
) -> Certain:
    """Return the cheapest stages and flows with which a part of the draws is met by all cuts.

    Parameters
    ----------
    designs : sequence of CutDesign
        The plant at the likely β, of sharp cuts: where the search begins. Cuts that stand stay as they are.
    betas : sequence of array (C)
        Draws of the separation factors.
    part : float
        Of the draws that are to be met.
    cost : callable
        Of a plant.
    reserve : float
        Times the flow they are sized for that pumps and settlers give.
    rounds : int
        Of looking for better stages; 0 keeps those that there are, or more where they cannot do.

    Raises
    ------
    UserError
        If no stages meet so many draws.
    """
    cuts = [_Cut(design, betas, reserve) for design in designs]
    keep = int(np.ceil(part * len(betas) - 1e-9))
    stages = [_able(cut, part) for cut in cuts]
    best: tuple[float, Certain] | None = None
    for turn in range(rounds + 1):
        needed = np.array([cut.flows(at) for cut, at in zip(cuts, stages, strict=True)])
        kept = _kept(cuts, stages, needed, keep, cost)
        built = _built(cuts, stages, needed, kept)
        value = cost(built)
        if best is not None and value >= best[0] * (1 - 1e-4):
            break
        best = value, Certain(tuple(built), needed, kept)
        if turn == rounds:
            break
        stages = [
            at if cut.stands else _cheapest(cut, at, kept, cost) for cut, at in zip(cuts, stages, strict=True)
        ]
    assert best is not None
    return best[1]


def _able(cut: _Cut, part: float) -> tuple[int, int]:
    """Stages with which enough of the draws can be met at all: more and more of those designed."""
    n, m = cut.design.n_extraction, cut.design.n_scrub
    if cut.stands:
        return n, m
    for _ in range(24):
        likely = cut.at_likely((n, m))
        if likely and np.isfinite(cut.flows((n, m))).mean() >= part + 0.5 * (1 - part):
            return n, m
        n, m = int(np.ceil(1.15 * n)), int(np.ceil(1.15 * m))
        if n + m > sizing.MOST_STAGES:
            break
    pair = "/".join(cut.design.cut.elements[key] for key in cut.design.cut.keys)
    raise UserError(
        f"no stages meet {100 * part:g} % of the separation factors that {pair} may have",
        where="certainty",
        hint="ask for less certainty or purity, or measure the factor",
    )


def _kept(
    cuts: Sequence[_Cut],
    stages: Sequence[tuple[int, int]],
    needed: Array,
    keep: int,
    cost: Callable[[Sequence[CutDesign]], float],
) -> Mask:
    """Choose the draws to meet: leave out what no cut can give, then one by one what saves most."""
    met = np.array(
        [
            row <= (cut.design.organic * cut.reserve if cut.stands else inf) * (1 + FLOOR)
            for cut, row in zip(cuts, needed, strict=True)
        ]
    ) & np.isfinite(needed)
    kept: Mask = np.asarray(met.all(axis=0))
    if kept.sum() < keep:
        k = int(met.mean(axis=1).argmin())
        pair = "/".join(cuts[k].design.cut.elements[key] for key in cuts[k].design.cut.keys)
        raise UserError(
            f"only {100 * kept.mean():.0f} % of the drawn factors can be met; most are missed by {pair}",
            where="certainty",
            hint="ask for less certainty or purity, give cuts that stand more flow, or measure the factor",
        )
    while kept.sum() > keep:
        best, drop = inf, -1
        for k in range(len(cuts)):
            if cuts[k].stands:
                continue
            worst = int(np.where(kept, needed[k], -inf).argmax())
            without = kept.copy()
            without[worst] = False
            value = cost(_built(cuts, stages, needed, without))
            if value < best:
                best, drop = value, worst
        if drop < 0:
            break
        kept[drop] = False
    return np.asarray(kept)


def _built(
    cuts: Sequence[_Cut], stages: Sequence[tuple[int, int]], needed: Array, kept: Mask
) -> list[CutDesign]:
    made = []
    for cut, at, flows in zip(cuts, stages, needed, strict=True):
        design = cut.sized_for(at, float(flows[kept].max()))
        if design is None:
            raise UserError("no flow meets the draws", where="certainty", hint="ask for less certainty")
        made.append(design)
    return made


def _cheapest(
    cut: _Cut, at: tuple[int, int], kept: Mask, cost: Callable[[Sequence[CutDesign]], float]
) -> tuple[int, int]:
    """Stages at which meeting the kept draws costs least, walked to from these in ever shorter steps.

    Only the draws that need most are tried; which they are is looked up anew where the walk ends.
    """

    def value(stages: tuple[int, int]) -> float:
        if min(stages) < 1 or sum(stages) > sizing.MOST_STAGES:
            return inf
        if stages not in held:
            flow = max(cut.flow(stages, draw) for draw in worst)
            design = cut.sized_for(stages, flow)
            held[stages] = inf if design is None else cost([design])
        return held[stages]

    for _ in range(3):
        flows = np.where(kept, cut.flows(at), -inf)
        worst = np.argsort(-flows)[:WORST].tolist()
        held: dict[tuple[int, int], float] = {}
        begun, width = at, max(1, sum(at) // 8)
        while width:
            moves = [(at[0] + i * width, at[1] + j * width) for i in (-1, 0, 1) for j in (-1, 0, 1)]
            other = min(moves, key=value)
            if value(other) < value(at):
                at = other
            else:
                width //= 2
        if at == begun:
            break
    return at


def holds(
    plan: Plan, designs: Sequence[CutDesign], betas: Sequence[Array], limits: Array, reserve: float
) -> Mask:
    """Return whether every product is on specification at each draw.

    Every cut runs with the most organic that its pumps and settlers give, at the split that suits both
    purities, and is fed with what the cuts before it make at the same β.

    Parameters
    ----------
    plan : Plan
    designs : sequence of CutDesign
        In the order of the plan.
    betas : sequence of array (C)
    limits : array (P)
        Mole fractions of foreign elements that the products may hold.
    reserve : float
        Times the flow they are sized for that pumps and settlers give.

    Returns
    -------
    array of bool (draws)
    """
    return np.array([_holds(plan, designs, beta, limits, reserve) for beta in betas])


def _holds(plan: Plan, designs: Sequence[CutDesign], beta: Array, limits: Array, reserve: float) -> bool:
    left = iter(designs)
    product = _product_of(plan, len(beta))

    def follow(plan: Plan, feed: Array) -> bool:
        d = next(left)
        a, b = d.limits
        try:
            cut = replace(d.cut, beta=beta, feed=feed, impurity_a=a, impurity_b=b)
            s = sizing.at(cut, d.n_extraction, d.n_scrub, reserve * (d.most_organic or d.organic)).solution
        except UserError:
            return False
        for part, run, stream in (
            (plan.lower, plan.step.below, s.product_b),
            (plan.upper, plan.step.above, s.product_a),
        ):
            if part is None:
                foreign = float(stream[product != run[0]].sum() / stream.sum())
                if foreign > limits[run[0]] * (1 + 1e-6):
                    return False
            elif not follow(part, stream):
                return False
        return True

    return follow(plan, plan.step.feed)


def _product_of(plan: Plan, elements: int) -> Array:
    """The product of each element, from the cuts' sides."""
    product = np.full(elements, -1)

    def follow(plan: Plan, mine: Mask) -> None:
        above = plan.step.organic_stream > 0
        for part, run, own in (
            (plan.lower, plan.step.below, mine & ~above),
            (plan.upper, plan.step.above, mine & above),
        ):
            if part is None:
                product[own] = run[0]
            else:
                follow(part, own)

    follow(plan, np.ones(elements, bool))
    return product
