"""Charts of separation results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from mine2magnet.charts.axis import Axis
from mine2magnet.charts.svg import DASH, GREY, GRID, PALETTE
from mine2magnet.charts.tree import Branch, TreeChart
from mine2magnet.charts.xy import ChartSeries, XYChart
from mine2magnet.separation import dynamics
from mine2magnet.separation.mass_action import Equilibrated
from mine2magnet.separation.moves import Move
from mine2magnet.separation.plant import CutDesign
from mine2magnet.separation.sequence import Plan
from mine2magnet.separation.stages import Array
from mine2magnet.separation.steady import Steady
from mine2magnet.separation.uncertainty import Swing

Say = Callable[[str], str]  # puts our English words into the reader's language
LEAST = 1e-8  # mole fraction that is told from none
SWINGS = 12  # inputs in a tornado


def profile(s: Steady, title: str, say: Say = str) -> XYChart:
    """Return the mole fraction of every element in the aqueous phase, stage by stage.

    Parameters
    ----------
    s : Steady
        A cascade at rest.
    title : str
        Stands above.
    say : callable
        Gives a phrase in the reader's language.
    """
    share = s.aqueous / s.aqueous.sum(axis=1, keepdims=True)
    names = s.cascade.elements or tuple(map(str, range(share.shape[1])))
    held = np.flatnonzero(share.max(axis=0) > LEAST)
    y = Axis(say("mole fraction in the aqueous phase"), log=True, least=LEAST)
    return _by_stage(title, y, {names[i]: share[:, i] for i in held}, say)


def acidity(e: Equilibrated, title: str, say: Say = str) -> XYChart:
    """Return pH, and the part of the extractant that holds rare earths, stage by stage.

    Parameters
    ----------
    e : Equilibrated
        A cascade in equilibrium by mass action.
    title : str
        Stands above.
    say : callable
        Gives a phrase in the reader's language.
    """
    y = Axis(say("pH; loading as a part of the extractant"), include=(0,))
    return _by_stage(title, y, {"pH": e.ph, say("loading"): e.loading}, say)


def _by_stage(title: str, y: Axis, values: Mapping[str, Array], say: Say) -> XYChart:
    x = Axis(say("stage (fresh organic enters at 1)"), multiple=1)
    series = (ChartSeries(name, range(1, len(up) + 1), up) for name, up in values.items())
    return XYChart(title=title, say=say, x=x, y=y, series=tuple(series), legend="ends")


def operating_diagram(design: CutDesign, title: str, say: Say = str) -> XYChart:
    """Return the diagram of McCabe and Thiele between the two groups of a cut.

    What leaves the stages and what passes between them is as solved; of two elements at constant β also the
    curve of equilibrium is drawn. An aqueous feed enters at its x, an organic one at its y.

    Parameters
    ----------
    design : CutDesign
        A cut that is sized.
    title : str
        Stands above.
    say : callable
        Gives a phrase in the reader's language.
    """
    assert design.sized is not None
    s, a, cut = design.sized.solution, design.cut.a_side, design.cut
    x = s.aqueous[:, a].sum(axis=1) / s.aqueous.sum(axis=1)
    y = s.organic[:, a].sum(axis=1) / s.organic.sum(axis=1)
    grey = [ChartSeries("", (0, 1), (0, 1), colour=GRID)]
    if (cut.feed > 0).sum() == 2 and s.cascade.beta.ndim == 1:
        xs = np.linspace(0, 1, 101)
        ys = cut.key_beta * xs / (1 + (cut.key_beta - 1) * xs)
        grey.append(ChartSeries("", xs, ys, colour=GRID))
    at, along = (cut.share, cut.share), (0, 1)
    feed = (at, along) if cut.phase == "aqueous" else (along, at)
    left, below = x[1:], y[:-1]  # what passes between the stages, on two straight lines
    n = design.n_extraction - 1
    return XYChart(
        title=title,
        say=say,
        x=Axis(say("share of the extracted group in the aqueous phase"), include=(0, 1)),
        y=Axis(say("in the organic"), include=(0, 1)),
        series=(
            *grey,
            ChartSeries(say("stages"), np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1], colour=PALETTE[0]),
            ChartSeries(say("leaving a stage"), x, y, colour=PALETTE[1]),
            ChartSeries(say("passing between stages"), left[:n], below[:n], colour=PALETTE[2]),
            ChartSeries("", left[n:], below[n:], colour=PALETTE[2]),
            ChartSeries(say(f"{cut.phase} feed"), feed[0], feed[1], colour=GREY, dash=DASH),
        ),
        legend="ends",
        square=True,
    )


def startup(run: dynamics.StartUp, design: CutDesign, title: str, say: Say = str) -> XYChart:
    """Return the impurity of both products in time, and what is allowed.

    Parameters
    ----------
    run : StartUp
        A start-up, or what comes of a change.
    design : CutDesign
        The cut that it is of.
    title : str
        Stands above.
    say : callable
        Gives a phrase in the reader's language.
    """
    days, cut = run.times / 24, design.cut
    both = (("extract", run.product_a[:, cut.foreign_a]), ("raffinate", run.product_b[:, cut.foreign_b]))
    found = [ChartSeries(say(name), days, foreign.sum(axis=1)) for name, foreign in both]
    allowed = [
        ChartSeries(say(f"{name} allowed"), (days[0], days[-1]), (limit, limit), colour=colour, dash=DASH)
        for (name, _), limit, colour in zip(both, design.limits, PALETTE, strict=False)
    ]
    y = Axis(say("foreign rare earths, mole fraction"), log=True, least=LEAST)
    days_axis = Axis(say("days"))
    return XYChart(title=title, say=say, x=days_axis, y=y, series=(*found, *allowed), legend="ends")


def control(schedule: Sequence[Move], days: float, title: str, say: Say = str) -> XYChart:
    """Return the settings of a schedule, each held until the next.

    Parameters
    ----------
    schedule : sequence of Move
        In order of time.
    days : float
        Until when the last is held.
    title : str
        Stands above.
    say : callable
        Gives a phrase in the reader's language.
    """
    times = np.repeat([*(move.time / 24 for move in schedule), days], 2)[1:-1]
    settings = {
        "extract": [move.open_a for move in schedule],
        "raffinate": [move.open_b for move in schedule],
        "fed": [move.feed for move in schedule],
    }
    series = (ChartSeries(say(name), times, 100 * np.repeat(held, 2)) for name, held in settings.items())
    y = Axis(say("% of the design flow"), include=(0,))
    x = Axis(say("days"))
    return XYChart(title=title, say=say, x=x, y=y, series=tuple(series), legend="ends")


def tornado(title: str, swings: Sequence[Swing], base: float, unit: str, say: Say = str) -> XYChart:
    """Return the result at the 5 % and at the 95 % point of each input.

    Parameters
    ----------
    title : str
        Stands above.
    swings : sequence of Swing
        The largest first; SWINGS of them are drawn.
    base : float
        The result at the likely inputs.
    unit : str
        Of the result.
    say : callable
        Gives a phrase in the reader's language.
    """
    shown = [s for s in swings if s.size > 0][:SWINGS]
    rows, bases = range(len(shown)), [base] * len(shown)
    return XYChart(
        title=title,
        say=say,
        x=Axis(unit),
        y=Axis("", rows=tuple(say(s.name.replace("_", " ")) for s in shown)),
        series=(
            ChartSeries(say("at the input's 5 % point"), [s.at_low for s in shown], rows, bases, "bars"),
            ChartSeries(say("at the input's 95 % point"), [s.at_high for s in shown], rows, bases, "bars"),
            ChartSeries("", (base, base), (-1, len(shown)), colour=GREY),
        ),
        height=22.0 * len(shown),
    )


def tree(
    plan: Plan, designs: Sequence[CutDesign], name: Callable[[tuple[int, ...]], str], title: str
) -> TreeChart:
    """Return the sequence of cuts, left to right.

    The organic stream goes up, the aqueous one down. What a fuzzy cut distributes stands in brackets; parts
    of one product that come out in several places bear a star. What is drawn off within a cut hangs on a
    dotted line.

    Parameters
    ----------
    plan : Plan
        The cuts.
    designs : sequence of CutDesign
        As built, in the order of the plan: each stands with its S.
    name : callable
        Names products by their numbers.
    title : str
        Stands above.
    """
    parted, left = plan.distributed, iter(designs)

    def branch(plan: Plan | None, products: tuple[int, ...], dash: str | None = None) -> Branch:
        if plan is None:
            return Branch(name(products) + (" *" if products[0] in parted else ""), dash=dash)
        step, upper, design = plan.step, plan.upper, next(left)
        fuzzy = f" ({name(step.fuzzy)})" if step.fuzzy else ""
        stays = upper is None or upper.step.phase == "organic"
        drawn = () if step.drawn is None else (branch(None, (step.drawn,), "1 3"),)
        lower = branch(plan.lower, step.below)  # first, as the designs are in that order
        children = (branch(upper, step.above, None if stays else DASH), *drawn, lower)
        return Branch(name(products), f"S {design.organic:.4f}{fuzzy}", dash, children)

    return TreeChart(
        title=title, root=branch(plan, tuple(range(plan.step.below[0], plan.step.above[-1] + 1)))
    )
