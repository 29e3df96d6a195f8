"""A cut that stands: what its stages and flows reach, what holds it back, and what would help.

Nothing is designed: stages, S, scrub and draw are as they are. Both purities of a sharp cut hold or fail
together at one split, so what is amiss can be told apart: at that split more organic would do (the flow
binds), no organic would (the stages bind), or the organic at hand would (the split binds).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import log
from typing import Literal

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import sizing, steady
from mine2magnet.separation.closed_form import Phase
from mine2magnet.separation.cut import Cut
from mine2magnet.separation.side_draw import SideStream, refitted, with_draw
from mine2magnet.separation.sizing import SizedCut
from mine2magnet.separation.steady import Steady, Unsettled

Binding = Literal["nothing", "flow", "stages", "split"]
MORE_FLOW = 1.05  # times the organic, of which is told what it would bring


@dataclass(frozen=True, slots=True)
class Standing:
    """A cut as it stands: flows in mol per mol of its own feed.

    `organic` is S, `scrub` W; either may be None, to be found. `strip` counts the stages that strip and wash
    the organic, None for the usual number. A side draw takes `draw_flow` at `draw_stage` (1 is where fresh
    organic enters) from `draw_phase`.
    """

    n_extraction: int
    n_scrub: int
    organic: float | None = None
    scrub: float | None = None
    strip: int | None = None
    draw_stage: int | None = None
    draw_phase: Phase = "organic"
    draw_flow: float = 0.0


@dataclass(frozen=True, slots=True)
class RatedEffect:
    """What a change of stages or flows would bring: foreign mole fractions of both products."""

    what: str
    impurity_a: float
    impurity_b: float


@dataclass(frozen=True, slots=True)
class Rating:
    """What a cut that stands reaches; flows in mol.

    `allowed_a` and `allowed_b` are the foreign mole fractions that its products may hold. `least_organic` is
    the S with which these stages meet both at the best split, None if none does; `fewest_stages` how many
    would do at this S, None if none are enough; `best_scrub` the W at this S with which both purities hold
    or fail together; `best_feed_stage` where the feed does most good. `optimum` is
    the cheapest cut for the same duty, `cost` and `cost_at_optimum` what both take, in the plant's measure.
    `draw_purity` is that of the side draw, `draw_asked` what it is to be.
    """

    impurity_a: float
    impurity_b: float
    allowed_a: float
    allowed_b: float
    binding: Binding
    least_organic: float | None
    fewest_stages: int | None
    best_scrub: float | None
    best_feed_stage: int | None
    optimum: SizedCut | None
    cost: float
    cost_at_optimum: float | None
    changes: tuple[RatedEffect, ...]
    draw_purity: float | None = None
    draw_asked: float | None = None

    @property
    def met(self) -> bool:
        """True if both products, and the draw, are as pure as they are to be."""
        drawn = self.draw_purity is None or self.draw_asked is None or self.draw_purity >= self.draw_asked
        return self.impurity_a <= self.allowed_a and self.impurity_b <= self.allowed_b and drawn


def as_it_stands(cut: Cut, standing: Standing) -> tuple[SizedCut, SideStream | None]:
    """Return the solution of a cut with the stages and flows that it has.

    What is left open is found: with no S the least that meets both purities, with no scrub flow the split at
    which both hold or fail together.

    Parameters
    ----------
    cut : Cut
    standing : Standing

    Raises
    ------
    UserError
        Where the flows do not go together, or no flow makes the purities.
    """
    fed = float(cut.feed.sum())
    n, m = standing.n_extraction, standing.n_scrub
    if cut.drawn:
        return _with_draw(cut, standing, fed)
    if standing.draw_stage is not None:
        raise UserError(
            "a draw is given, but no product of this cut is drawn off",
            where="draw",
            hint="give the middle product draw: true",
        )
    if standing.organic is None:
        if standing.scrub is not None:
            raise UserError("a scrub flow without the organic flow", where="scrub_flow", hint="give both")
        if fitted := sizing.fit_settled(cut, n, m):
            return fitted, None
        raise UserError(
            f"{n} + {m} stages make these purities at no flow",
            where="organic_flow",
            hint="give the flow that it runs with, and what it reaches is told",
        )
    organic = standing.organic * fed
    if standing.scrub is None:
        return sizing.at(cut, n, m, organic), None
    extract_flow = _extract_flow(cut, standing, fed)
    return _solved(cut, n, m, organic, extract_flow), None


def _extract_flow(cut: Cut, standing: Standing, fed: float) -> float:
    """Return what leaves with the organic, by the balance of totals."""
    assert standing.organic is not None
    assert standing.scrub is not None
    drawn = standing.draw_flow if standing.draw_stage and standing.draw_phase == "organic" else 0.0
    part = standing.organic - standing.scrub - drawn + (cut.phase == "organic")
    left = 1.0 - standing.draw_flow * (standing.draw_stage is not None)
    if not 0 < part < left:
        low, high = (standing.organic - drawn + (cut.phase == "organic") - end for end in (left, 0.0))
        raise UserError(
            f"with {standing.organic:g} of organic and {standing.scrub:g} of scrub {part:g} of the feed "
            "would leave with the organic",
            where="scrub_flow",
            hint=f"between {max(low, 0):.6g} and {high:.6g} mol per mol fed",
        )
    return part * fed


def _solved(cut: Cut, n: int, m: int, organic: float, extract_flow: float) -> SizedCut:
    s = steady.solve(sizing.cascade_of(cut, n, m, organic, extract_flow))
    return _sized(cut, n, m, organic, extract_flow, s)


def _sized(cut: Cut, n: int, m: int, organic: float, extract_flow: float, s: Steady) -> SizedCut:
    foreign = (
        (s.product_a[cut.foreign_a].sum() / s.product_a.sum(), cut.impurity_a),
        (s.product_b[cut.foreign_b].sum() / s.product_b.sum(), cut.impurity_b),
    )
    excess = max(log(max(held, 1e-300) / allowed) for held, allowed in foreign)
    return SizedCut(cut, n, m, organic, excess, 0.0, s, extract_flow)


def _with_draw(cut: Cut, standing: Standing, fed: float) -> tuple[SizedCut, SideStream]:
    if standing.organic is None or standing.scrub is None or standing.draw_stage is None:
        raise UserError(
            "a cut with a side draw stands with its organic and scrub flow, and with the draw",
            where="organic_flow",
            hint="give organic_flow, scrub_flow and draw, or leave the cut to be designed",
        )
    n, m, stage = standing.n_extraction, standing.n_scrub, standing.draw_stage
    if not 1 < stage < n + m:
        raise UserError(f"no draw at stage {stage} of {n + m}", where="draw.stage", hint=f"2 to {n + m - 1}")
    organic, flow = standing.organic * fed, standing.draw_flow * fed
    extract_flow = _extract_flow(cut, standing, fed)
    c = with_draw(cut, n, m, stage, standing.draw_phase, organic, extract_flow, flow)
    s = steady.solve(c)
    drawn = SideStream(cut, n, m, stage, standing.draw_phase, organic, extract_flow, flow, s)
    return _sized(cut, n, m, organic, extract_flow, s), drawn


def rate(
    built: SizedCut,
    drawn: SideStream | None,
    allowed_a: float,
    allowed_b: float,
    cost: Callable[[SizedCut], float],
    draw_asked: float | None = None,
) -> Rating:
    """Return what a cut that stands reaches, what binds and what would help.

    Parameters
    ----------
    built : SizedCut
        As `as_it_stands` gives it.
    drawn : SideStream or None
        Likewise.
    allowed_a, allowed_b : float
        The mole fractions of foreign elements that the products may hold.
    cost : callable
        Of a cut, for a comparison with the optimum.
    draw_asked : float, optional
        The purity that the draw is to have.
    """
    judged = replace(built.cut, impurity_a=allowed_a, impurity_b=allowed_b)
    n, m, organic = built.n_extraction, built.n_scrub, built.organic
    reached = built.impurity_a <= allowed_a and built.impurity_b <= allowed_b
    if drawn is not None:
        asked = draw_asked or drawn.purity
        reached = reached and drawn.purity >= asked
        better = refitted(replace(drawn, cut=judged), asked)
        left = float(judged.feed.sum()) * (judged.phase == "organic")
        left -= better.flow * (drawn.phase == "organic") if better else 0.0
        return Rating(
            impurity_a=built.impurity_a,
            impurity_b=built.impurity_b,
            allowed_a=allowed_a,
            allowed_b=allowed_b,
            binding=_binding(reached, organic, better.sized if better else None),
            least_organic=better.organic if better else None,
            fewest_stages=None,
            best_scrub=better.organic - better.extract_flow + left if better else None,
            best_feed_stage=None,
            optimum=None,
            cost=cost(built),
            cost_at_optimum=None,
            changes=_changes_with_draw(built, drawn),
            draw_purity=drawn.purity,
            draw_asked=draw_asked,
        )
    fitted = sizing.fit_settled(judged, n, m, built if built.excess_per_organic else None)
    best = _or_none(lambda: sizing.optimum(judged, cost))
    fewest = _or_none(lambda: sizing.verified(judged, organic))
    return Rating(
        impurity_a=built.impurity_a,
        impurity_b=built.impurity_b,
        allowed_a=allowed_a,
        allowed_b=allowed_b,
        binding=_binding(reached, organic, fitted),
        least_organic=fitted.organic if fitted else None,
        fewest_stages=fewest.stages if fewest else None,
        best_scrub=organic - judged.extract_flow + float(judged.feed.sum()) * (judged.phase == "organic"),
        best_feed_stage=_best_feed(judged, n + m, n, organic),
        optimum=best,
        cost=cost(built),
        cost_at_optimum=cost(best) if best else None,
        changes=_changes(built, judged),
    )


def _binding(reached: bool, organic: float, fitted: SizedCut | None) -> Binding:
    if reached:
        return "nothing"
    if fitted is None:
        return "stages"
    return "flow" if fitted.organic > organic * (1 + 1e-9) else "split"


def _or_none(make: Callable[[], SizedCut]) -> SizedCut | None:
    try:
        return make()
    except UserError:
        return None


def _best_feed(cut: Cut, total: int, near: int, organic: float) -> int | None:
    """The stage at which the feed leaves the purities the most room, at this S and the best split."""

    def tried(n: int) -> SizedCut | None:
        return _or_none(lambda: sizing.at(cut, n, total - n, organic))

    best = sizing.valley(tried, near, total, lambda s: s.excess)
    return best.n_extraction if best else None


def _changes(built: SizedCut, judged: Cut) -> tuple[RatedEffect, ...]:
    n, m, organic, out = built.n_extraction, built.n_scrub, built.organic, built.extract_flow
    tried = (
        ("one extraction stage more", n + 1, m, organic, out),
        ("one scrub stage more", n, m + 1, organic, out),
        ("5 % more organic, the same split", n, m, MORE_FLOW * organic, out),
        ("the split that suits both purities", n, m, organic, judged.extract_flow),
        ("5 % more organic at that split", n, m, MORE_FLOW * organic, judged.extract_flow),
    )
    made = []
    for what, *there in tried:
        try:
            s = _solved(judged, *there)  # type: ignore[arg-type]
        except (Unsettled, UserError):
            continue
        made.append(RatedEffect(what, s.impurity_a, s.impurity_b))
    return tuple(made)


def _changes_with_draw(built: SizedCut, drawn: SideStream) -> tuple[RatedEffect, ...]:
    cut, n, m, at = built.cut, built.n_extraction, built.n_scrub, drawn.stage
    out, flow, phase = built.extract_flow, drawn.flow, drawn.phase
    below = at <= n
    tried = (
        ("one extraction stage more", n + 1, m, at + (not below), built.organic),
        ("one scrub stage more", n, m + 1, at, built.organic),
        ("5 % more organic, the same split", n, m, at, MORE_FLOW * built.organic),
    )
    made = []
    for what, more_n, more_m, stage, organic in tried:
        try:
            s = steady.solve(with_draw(cut, more_n, more_m, stage, phase, organic, out, flow))
        except (Unsettled, UserError):
            continue
        a, b = s.product_a, s.product_b
        made.append(
            RatedEffect(
                what,
                float(a[cut.foreign_a].sum() / np.sum(a)),
                float(b[cut.foreign_b].sum() / np.sum(b)),
            )
        )
    return tuple(made)
