"""A cut with a third outlet (三出口): the elements in the middle gather within the cascade and are drawn off
at a stage, while both ends give their products pure.

Countercurrent extraction theory knows it as the three-outlet process (Xu 1995, Rare Earths, 2nd ed.; reviewed
by Liao, Cheng, Wu and Yan 2017, doi:10.11785/S1000-4343.20170101). The draw is an enriched stream: how pure
it can be is limited, since below the feed all of B and above it all of A passes the stage where it is drawn.
Two purities at the ends and one of the draw are met by three flows, S, extract and draw; Newton finds them
with derivatives from adjoint solves. Stages, and where to draw, are whole numbers, walked over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import exp, inf, log

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import steady
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.cut import Cut
from mine2magnet.separation.sizing import FINE, MOST_STAGES, SizedCut, adjoint, cascade_of, valley, verified
from mine2magnet.separation.stages import Array, Cascade
from mine2magnet.separation.steady import Steady

MOST_STEPS = 15  # of Newton; 4 to 8 do
MOST_HALVINGS = 4
LARGEST = 0.4  # change of ln(flow) in one step
MOST_RESIZED = 8  # times that a first design gets more or fewer stages and more or less organic
MOST_LOST = 2  # trials of one Newton without a steady state: each takes long, and there is none near by
LOOKED_AT = np.array([0.3, 0.5, 0.7])  # parts of a section where a place to draw is looked for
MOST_PURE = 1 - 1e-6  # draw to start from
PHASES: tuple[Phase, ...] = ("aqueous", "organic")
MOVES = [  # stages more in the extraction and the scrub section, and how much higher up is drawn
    (dn, dm, up) for dn, dm in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)) for up in (-1, 0, 1)
]


@dataclass(frozen=True, slots=True)
class SideStream:
    """A cascade from which `flow` is drawn at `stage` (1 is where fresh organic enters).

    Of `cut` the free elements are those to be drawn. `organic` is S, `extract_flow` the organic product;
    all in mol.
    """

    cut: Cut
    n_extraction: int
    n_scrub: int
    stage: int
    phase: Phase  # from which is drawn
    organic: float
    extract_flow: float
    flow: float
    solution: Steady

    @property
    def stages(self) -> int:
        """Stages of both sections."""
        return self.n_extraction + self.n_scrub

    @property
    def stream(self) -> Array:
        """Flows of what is drawn (C), mol."""
        return next(iter(self.solution.side_products.values()))

    @property
    def purity(self) -> float:
        """The mole fraction of what is to be drawn in the draw."""
        return float(self.stream[self.cut.free].sum() / self.stream.sum())

    @property
    def recovery(self) -> float:
        """The part of what is to be drawn that is drawn."""
        return float(self.stream[self.cut.free].sum() / self.cut.feed[self.cut.free].sum())

    def volume(self) -> float:
        """Stages × (organic + aqueous flow), mol."""
        return self.stages * (2 * self.organic + float(self.cut.feed.sum()) - self.extract_flow - self.flow)

    @property
    def sized(self) -> SizedCut:
        """The stages and flows as those of a cut whose ends are just pure."""
        return SizedCut(
            self.cut,
            self.n_extraction,
            self.n_scrub,
            self.organic,
            0.0,
            0.0,
            self.solution,
            self.extract_flow,
        )


def with_draw(
    cut: Cut,
    n_extraction: int,
    n_scrub: int,
    stage: int,
    phase: Phase,
    organic: float,
    extract_flow: float,
    flow: float,
) -> Cascade:
    """Return a cascade with a draw; drawn organic takes its loading along, drawn aqueous is missing below.

    Parameters
    ----------
    cut : Cut
    n_extraction, n_scrub : int
    stage : int
        Of the draw; 1 is where fresh organic enters.
    phase : {"aqueous", "organic"}
    organic, extract_flow, flow : float
        S, what leaves with the organic, and what is drawn, mol.

    Raises
    ------
    UserError
        Where more is drawn than flows.
    """
    c = cascade_of(cut, n_extraction, n_scrub, organic, extract_flow)
    at, number = stage - 1, np.arange(n_extraction + n_scrub)
    aqueous = c.aqueous - flow * ((number < at) if phase == "aqueous" else 1.0)
    part = np.where(number == at, flow / (aqueous if phase == "aqueous" else c.organic), 0.0)
    if aqueous.min() <= 0 or part.max() >= 1:
        raise UserError("more is drawn than flows", where="draw", hint="draw less, or raise the organic flow")
    if phase == "aqueous":
        return replace(c, aqueous=aqueous, draw_aqueous=part)
    return replace(c, aqueous=aqueous, draw_organic=part)


@dataclass(frozen=True, slots=True)
class _Point:
    """Misses of the three specifications (ln of what is over what may be) and their derivatives to the three
    ln(flows): S, extract_flow, draw."""

    drawn: SideStream
    misses: Array
    slopes: Array


def _point(
    cut: Cut,
    n_extraction: int,
    n_scrub: int,
    stage: int,
    phase: Phase,
    flows: Array,
    purity: float,
    start: Array | None,
) -> _Point:
    organic, extract_flow, flow = np.exp(flows).tolist()
    c = with_draw(cut, n_extraction, n_scrub, stage, phase, organic, extract_flow, flow)
    s = steady.solve(c, start)
    a, b, free = s.product_a, s.product_b, cut.free
    assert free is not None
    foreign_a, foreign_b = float(a[cut.foreign_a].sum()), float(b[cut.foreign_b].sum())
    raffinate_flow = float(cut.feed.sum()) - extract_flow - flow
    left = float(cut.feed[free].sum() - a[free].sum() - b[free].sum())  # all that is drawn of it
    misses = [
        log(foreign_a / extract_flow / cut.impurity_a),
        log(foreign_b / raffinate_flow / cut.impurity_b),
        log(purity * flow / max(left, 1e-300)),
    ]
    gradients = [
        _gradient(s, stage - 1, phase, extract, raffinate)
        for extract, raffinate in (
            (cut.foreign_a / foreign_a, 0.0),
            (0.0, cut.foreign_b / foreign_b),
            (free / left, free / left),
        )
    ]
    totals = np.array(
        [[0.0, -1 / extract_flow, 0.0], [0.0, 1 / raffinate_flow, 1 / raffinate_flow], [0.0, 0.0, 1 / flow]]
    )
    slopes = (np.array(gradients) + totals) * np.exp(flows)
    return _Point(
        SideStream(cut, n_extraction, n_scrub, stage, phase, organic, extract_flow, flow, s),
        np.array(misses),
        slopes,
    )


def _gradient(
    s: Steady, at: int, phase: Phase, extract: Array | float, raffinate: Array | float
) -> list[float]:
    """The derivatives of Σ extract · product_a + Σ raffinate · product_b to S, extract_flow and the draw."""
    c, (balances, by_balance, by_total) = s.cascade, adjoint(s, extract, raffinate)
    bypass, on = balances.frame.bypass, balances.frame.on
    # what more of a stream being drawn takes from the stages it went to
    if phase == "aqueous":
        total, part = c.aqueous[at], c.draw_aqueous[at]
        by_part = -float(
            ((1 + bypass[at - 1]) * by_balance[at - 1] - on[at - 1] * bypass[at - 1] * by_balance[at])
            @ s.aqueous[at]
        )
    else:
        total, part = c.organic[at], c.draw_organic[at]
        by_part = -float(by_balance[at + 1] @ s.organic[at])
    below = by_total[:at].sum() if phase == "aqueous" else by_total.sum()
    return [
        float(by_total[1:].sum()) - by_part * part / total,
        -float(by_total.sum()) + (by_part * part / total if phase == "aqueous" else 0.0),
        -float(below) + by_part / total,
    ]


def _met(
    cut: Cut,
    n_extraction: int,
    n_scrub: int,
    stage: int,
    phase: Phase,
    flows: Array,
    purity: float,
    unknown: slice,
    start: Array | None = None,
) -> SideStream | None:
    """Newton on ln(flows) from a guess (S, extract, draw): on all three, or on the last two at this S, when
    the purity of the draw is what it comes to. None if it does not settle.
    """
    wanted = slice(0, 3 if unknown.start == 0 else 2)

    def tried(flows: Array, start: Array | None) -> _Point | None:
        try:
            return _point(cut, n_extraction, n_scrub, stage, phase, flows, purity, start)
        except (UserError, ValueError, ArithmeticError):
            return None  # more is drawn than flows, or no steady state was found

    if start is not None and len(start) != n_extraction + n_scrub:
        start = np.interp(np.linspace(0, 1, n_extraction + n_scrub), np.linspace(0, 1, len(start)), start)
    flows, point, lost = flows.copy(), tried(flows, start), 0
    for _ in range(MOST_STEPS):
        if point is None:
            return None
        misses = point.misses[wanted]
        if abs(misses).max() < FINE:
            return point.drawn
        try:
            step = np.linalg.solve(point.slopes[wanted, unknown], -misses)
        except np.linalg.LinAlgError:
            return None
        step *= min(1.0, LARGEST / abs(step).max())
        for _ in range(MOST_HALVINGS):
            further = flows.copy()
            further[unknown] += step
            better = tried(further, point.drawn.solution.kappa)
            if better is not None and (abs(better.misses[wanted]) ** 2).sum() < (misses**2).sum():
                break
            step, lost = step / 2, lost + (better is None)
            if lost == MOST_LOST:
                return None
        else:
            return None
        flows, point = further, better
    return None


def richest(cut: Cut, n_extraction: int, n_scrub: int, organic: float) -> SideStream | None:
    """Return the draw that is purest while both ends keep their purities; None if the ends cannot.

    Parameters
    ----------
    cut : Cut
    n_extraction, n_scrub : int
    organic : float
        S, mol.
    """
    cut = replace(cut, drawn=True)
    middle, fed_a, fed_b = (float(cut.feed[some].sum()) for some in (cut.free, cut.a_side, cut.b_side))

    def at(stage: int, phase: Phase) -> SideStream | None:
        if stage < 2:
            return None
        much, little = (
            (0.9, 0.1) if stage <= n_extraction else (0.1, 0.9)
        )  # of B and of A: what passes by the draw
        foreign_b, foreign_a = min(much * middle, much / 2 * fed_b), min(little * middle, little / 2 * fed_a)
        flows = np.log([organic, fed_a - foreign_a, middle + foreign_a + foreign_b])
        return _met(cut, n_extraction, n_scrub, stage, phase, flows, 1.0, slice(1, 3))

    found: list[SideStream] = []
    for phase in PHASES:
        places = np.unique(
            np.round([*(n_extraction * LOOKED_AT), *(n_extraction + n_scrub * LOOKED_AT)]).astype(int)
        )
        tried = [
            drawn for stage in places if stage < n_extraction + n_scrub and (drawn := at(int(stage), phase))
        ]
        for drawn in sorted(tried, key=lambda d: -d.purity)[:1]:
            best = valley(partial(at, phase=phase), drawn.stage, n_extraction + n_scrub, lambda d: -d.purity)
            found.append(best or drawn)
    return max(found, key=lambda d: d.purity, default=None)


def three_outlets(cut: Cut, purity: float, cost: Callable[[SideStream], float] | None = None) -> SideStream:
    """Return the cheapest stages, flows and place of a draw that meet its purity and those of both ends.

    The least is one against all neighbours: a stage more or less in either section, above or below the
    draw, the other phase.

    Parameters
    ----------
    cut : Cut
    purity : float
        Mole fraction, of the draw.
    cost : callable, optional
        By default what the stages hold, as of `sizing.optimum`.

    Raises
    ------
    UserError
        If the draw does not get so pure.
    """
    cut = replace(cut, drawn=True)
    _check(cut, purity)
    price = cost or SideStream.volume
    drawn = _first(cut, purity)
    width = max(1, drawn.stages // 16)
    while width:
        moved = [
            other
            for dn, dm, up in MOVES
            for phase in PHASES
            if (dn, dm, up) != (0, 0, 0) or phase != drawn.phase
            if (other := _beside(drawn, width * dn, width * dm, width * up, phase, purity))
        ]
        best = min(moved, key=price, default=drawn)
        if price(best) < price(drawn):
            drawn = best
        else:
            width //= 2
    return drawn


def _check(cut: Cut, purity: float) -> None:
    """Raises UserError where no draw of this purity can be had beside ends of theirs."""
    assert cut.free is not None
    free = cut.free
    share = float(cut.feed[free].sum() / cut.feed.sum())
    if not share < purity < 1:
        raise UserError(
            f"a draw of purity {purity:g} from a feed with {share:.3g} of it",
            where="draw",
            hint="ask for more than the feed has and less than 1",
        )
    held = cut.impurity_a * cut.feed[cut.a_side].sum() + cut.impurity_b * cut.feed[cut.b_side].sum()
    if held >= cut.feed[free].sum():
        raise UserError(
            f"the feed has {share:.2g} of what is to be drawn, and both ends may hold as much",
            where="draw",
            hint="ask for purer ends",
        )


def _beside(drawn: SideStream, dn: int, dm: int, up: int, phase: Phase, purity: float) -> SideStream | None:
    """The same duty by so many more stages, drawn so much higher up."""
    n, m, stage = drawn.n_extraction + dn, drawn.n_scrub + dm, drawn.stage + up
    if min(n, m) < 1 or not 1 < stage < n + m <= MOST_STAGES:
        return None
    flows = np.log([drawn.organic, drawn.extract_flow, drawn.flow])
    return _met(drawn.cut, n, m, stage, phase, flows, purity, slice(0, 3), drawn.solution.kappa)


def refitted(drawn: SideStream, purity: float) -> SideStream | None:
    """Return the same stages and draw with the three flows that meet all purities; None if none are found.

    Parameters
    ----------
    drawn : SideStream
        Its cut has the purities of the ends.
    purity : float
        Mole fraction, of the draw.
    """
    return _beside(drawn, 0, 0, 0, drawn.phase, purity)


def _relaxed_to(drawn: SideStream, purity: float) -> SideStream | None:
    """The same stages with less organic, so that the draw is no purer than this; step by step in its odds."""

    def odds(p: float) -> float:
        return log(p / (1 - p))

    if drawn.purity < purity:
        return None
    done, end, step = odds(min(drawn.purity, MOST_PURE)), odds(purity), inf
    for _ in range(MOST_STEPS):
        step = min(step, done - end)
        there = 1 / (1 + exp(step - done))
        other = _beside(drawn, 0, 0, 0, drawn.phase, there)
        if other is None:
            step /= 4
        elif done - step - end < FINE:
            return other
        else:
            drawn, done = other, done - step
    return None


def _first(cut: Cut, purity: float) -> SideStream:
    """A design that does, from the two sharp cuts that the draw stands for, with stages and flow to spare."""
    sharp = [
        verified(replace(cut, a_side=a_side, free=None, drawn=False)) for a_side in (cut.a_side, ~cut.b_side)
    ]
    n, m = max(s.n_extraction for s in sharp), sharp[0].n_scrub  # m frees A of what is drawn
    organic, reached = max(s.organic for s in sharp), 0.0
    for _ in range(MOST_RESIZED):
        drawn = richest(cut, n, m, organic)
        if drawn is not None and (made := _relaxed_to(drawn, purity)):
            return made
        reached = max(reached, drawn.purity if drawn else 0.0)
        larger = drawn is None or drawn.purity < purity
        n, m = (round(k * 1.2) + 1 if larger else max(1, round(k / 1.3)) for k in (n, m))
        organic *= 1.5 if larger else 0.85
    raise UserError(
        f"the draw reaches a purity of {reached:.3g} at most, not {purity:g}, with {n + m} stages"
        if reached < purity
        else f"no flows were found at which the draw is of purity {purity:g} and both ends are just pure",
        where="draw",
        hint="ask for another purity, or make a cut on either side of it",
    )
