"""One train of a flowsheet: a cascade whose organic comes back with what stripping left on it.

A train has four inlets: feed with the aqueous phase, feed with the organic phase (loaded organic of another
train), liquor that enters with the scrub, and what the stripped organic still carries into stage 1. Its
outlets are raffinate, extract (the loaded organic) and, if there is one, an aqueous draw. With the exchange
at the steady state every element's balance is linear, so which part of what comes in at an inlet leaves by
which outlet follows from one more solve of the same balances.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import steady
from mine2magnet.separation.balances import Balances, Exchange, exchange, shared
from mine2magnet.separation.stages import Array, Cascade, Mask
from mine2magnet.separation.steady import CarriedOver, Unsettled

INLETS = ("feed", "organic feed", "reflux", "carried")
OUTLETS = ("raffinate", "extract", "draw")
LEAST_PART = 1e-3  # of what comes in that leaves by either end while flows are still being found
# Of the extract, by which a split is shifted that does not settle: from one that does down to the least.
NUDGES = (3e-3, 1e-3, 3e-4, 1e-4, 1e-5, 1e-6)


@dataclass(frozen=True, slots=True)
class Train:
    """Stages and flows of a train, the same whatever comes in; flows in mol per mol fed to it.

    `beta` (C) is NaN for what is no rare earth. Of that, `carried` (C) is the part which goes with the
    organic; NaN: it distributes by `distribution` (C), its ratio organic over aqueous by volume, times the
    organic's volume over the aqueous phase's for a mol of rare earths in each. `organic` is S, what the fresh
    organic can carry; without `scrub`, W, the split follows the feed, such that both products, in which
    `impurity_a` and `impurity_b` (mole fractions) are foreign, hold or fail together. `draw` is a stage, from
    1, and a flow. `entrained_aqueous` and `entrained_organic` are the parts of each phase that every stage
    carries over with the other.
    """

    name: str
    beta: Array
    a_side: Mask
    carried: Array
    distribution: Array
    n_extraction: int
    n_scrub: int
    organic: float
    scrub: float | None = None
    impurity_a: float = 0.0
    impurity_b: float = 0.0
    efficiency: float = 1.0
    draw: tuple[int, float] | None = None
    entrained_aqueous: float = 0.0
    entrained_organic: float = 0.0

    @property
    def stages(self) -> int:
        """Stages of both sections."""
        return self.n_extraction + self.n_scrub

    @property
    def rare(self) -> Mask:
        """The rare earths among what comes in (C, bool)."""
        return ~np.isnan(self.beta)


@dataclass(frozen=True, slots=True)
class TrainFlows:
    """Totals of rare earths at a train, mol per unit of time. `wanted` is the extract that was asked for,
    which cannot always be had with what comes in."""

    fed: float
    organic: float  # S
    scrub: float  # W
    extract: float
    raffinate: float
    drawn: float
    wanted: float

    @property
    def forced(self) -> bool:
        """Truth of the split being another one than was asked for."""
        return abs(self.extract - self.wanted) > 1e-3 * self.extract


@dataclass(frozen=True, slots=True)
class TrainState:
    """A train at what comes in: parts of each element from every inlet to every outlet (3, 4, C).

    `nudge` is the part of the extract by which a split was shifted that is too critical to settle."""

    flows: TrainFlows
    parts: Array
    steady: steady.Steady | None
    nudge: float = 0.0


def flows(train: Train, inlets: Array, lost: float = 0.0) -> TrainFlows:
    """Return the totals of rare earths at a train.

    Around its top the organic S and the loaded feed leave as extract and, with what enters with the scrub, as
    W: W = S + F_organic + reflux − extract.

    Parameters
    ----------
    train : Train
    inlets : array (4, C)
        mol of each element by inlet.
    lost : float
        mol of the organic side of the cut that a draw takes, where the split follows the feed.
    """
    rare = train.rare
    aqueous, loaded, reflux, carried = (float(row[rare].sum()) for row in inlets)
    fed, total = aqueous + loaded, aqueous + loaded + reflux + carried
    organic = train.organic * fed
    drawn = train.draw[1] * fed if train.draw else 0.0
    if train.scrub is not None:
        wanted = organic + loaded + reflux - train.scrub * fed
    else:
        own = train.a_side & rare
        held = float(inlets[:, own].sum())
        rest = total - drawn
        wanted = (held - lost - train.impurity_b * rest) / (1 - train.impurity_a - train.impurity_b)
    most = (1 - LEAST_PART) * min(total - drawn, organic + loaded)
    extract = min(max(wanted, LEAST_PART * total), most)
    scrub = organic + loaded + reflux - extract
    return TrainFlows(fed, organic, scrub, extract, total - extract - drawn, drawn, wanted)


def cascade_of(train: Train, inlets: Array, t: TrainFlows, among: Mask) -> Cascade:
    """Return the cascade of a train: totals such that the organic carries S up to the feed.

    Parameters
    ----------
    train : Train
    inlets : array (4, C)
        mol of each element by inlet.
    t : TrainFlows
    among : array (C), bool
        The rare earths that come in.
    """
    n, stages = train.n_extraction, train.stages
    feed_aqueous, feed_organic = np.zeros((2, stages, int(among.sum())))
    feed_aqueous[n - 1] += inlets[0, among]
    feed_organic[n - 1] += inlets[1, among]
    feed_aqueous[-1] += inlets[2, among]
    feed_organic[0] += inlets[3, among]
    aqueous, draws = np.full(stages, t.scrub), np.zeros(stages)
    aqueous[1:n] = t.organic + t.raffinate + t.drawn - float(inlets[3, among].sum())
    if train.draw:
        at = train.draw[0] - 1
        aqueous[1:at] -= t.drawn
        draws[at] = t.drawn / aqueous[at]
    aqueous[0] = t.raffinate
    eta = np.full(stages, train.efficiency)
    eta[[0, -1]] = 1.0
    nothing = np.zeros(stages)
    entrained = train.entrained_aqueous, train.entrained_organic
    return Cascade(train.beta[among], aqueous, feed_aqueous, feed_organic, draws, nothing, eta, *entrained)


def run(train: Train, inlets: Array, before: TrainState | None = None) -> TrainState:
    """Solve a train at what comes in.

    Parameters
    ----------
    train : Train
    inlets : array (4, C)
        mol of each element by inlet.
    before : TrainState, optional
        A similar state, from which to begin.

    Raises
    ------
    UserError
        Where some stage has no flow, or the cascade does not settle.
    """
    among = train.rare & (inlets.sum(axis=0) > 0)
    try:
        if train.draw and train.scrub is None:
            return _drawn(train, inlets, among, before)
        return _settled(train, inlets, flows(train, inlets), among, before)
    except UserError as error:
        raise type(error)(error.what, where=f"trains {train.name}", hint=error.hint) from error


def _drawn(train: Train, inlets: Array, among: Mask, before: TrainState | None) -> TrainState:
    """A train with a draw, the split of which follows what that leaves: found by Brent's method."""
    from scipy.optimize import brentq

    assert train.draw is not None
    own = train.a_side & train.rare
    made: dict[float, TrainState] = {}

    def missed(lost: float) -> float:
        made[lost] = _settled(train, inlets, flows(train, inlets, lost), among, before)
        return float((made[lost].parts[2] * inlets)[:, own].sum()) - lost

    drawn = train.draw[1] * float(inlets[:2, train.rare].sum())
    if missed(0.0) <= 0:  # to rounding
        found = 0.0
    elif missed(drawn) >= 0:
        found = drawn
    else:
        found = float(brentq(missed, 0.0, drawn, xtol=1e-15 * drawn, rtol=1e-14))
    if found not in made:
        missed(found)
    return made[found]


def _settled(
    train: Train, inlets: Array, t: TrainFlows, among: Mask, before: TrainState | None
) -> TrainState:
    """The train with these totals, or where they do not settle with a split as little off them as does.

    By the same part as before, if it was shifted then: to a flowsheet it is one and the same train."""

    def at(nudge: float, start: Array | None) -> TrainState:
        moved = nudge * t.extract
        near = replace(t, extract=t.extract - moved, raffinate=t.raffinate + moved, scrub=t.scrub + moved)
        c = cascade_of(train, inlets, near, among)
        s = steady.solve(c, start)
        return TrainState(near, _parts(train, c, s, among, near), s, nudge)

    start = before.steady.kappa if before and before.steady else None
    start = start if start is not None and len(start) == train.stages else None
    made: TrainState | None = None
    for nudge in (before.nudge if before else 0.0, *NUDGES):
        try:
            made = at(nudge, made.steady.kappa if made and made.steady else start)
        except CarriedOver:
            raise
        except Unsettled:
            if made:
                return made
        else:
            if nudge == 0.0 or (before and nudge == before.nudge):
                return made
    if made is None:
        raise Unsettled(
            f"{train.stages} stages are so many for this cut that nothing holds the front of its products",
            hint="fewer stages, less organic_flow, or a scrub_flow",
        )
    return made


def _parts(train: Train, c: Cascade, s: steady.Steady, among: Mask, t: TrainFlows) -> Array:
    """Return by element that comes in at an inlet the part that leaves by each outlet (3, 4, C)."""
    parts = np.zeros((len(OUTLETS), len(INLETS), len(among)))
    parts[:, :, among] = _sent(train, c, exchange(c, s.kappa))
    spread = np.isnan(train.carried)
    if spread.any():
        parts[:, :, spread] = _sent(train, c, _distributed(train, c, t, train.distribution[spread]))
    rest = t.raffinate + t.drawn
    told = ~train.rare & ~spread
    parts[1, :, told] = train.carried[told, None]
    parts[0, :, told] = (1 - train.carried[told, None]) * t.raffinate / rest
    parts[2, :, told] = (1 - train.carried[told, None]) * t.drawn / rest
    return parts


def _sent(train: Train, c: Cascade, x: Exchange) -> Array:
    """The part from every inlet to each outlet (3, 4, C) by the linear balances at one exchange."""
    made = np.zeros((len(OUTLETS), len(INLETS), x.up.shape[1]))
    at = train.n_extraction - 1
    for inlet, (stage, organic) in enumerate(((at, False), (at, True), (c.stages - 1, False), (0, True))):
        entering = np.zeros_like(x.up)
        entering[stage] = 1.0
        one = replace(c, feed_aqueous=entering * (not organic), feed_organic=entering * organic)
        balances = Balances(one, x)
        z = balances.solve()
        made[0, inlet], made[1, inlet], made[2, inlet] = z[0], balances.organic(z)[-1], c.draw_aqueous @ z
    return made


def _distributed(train: Train, c: Cascade, t: TrainFlows, distribution: Array) -> Exchange:
    """The exchange of what distributes by a constant ratio of concentrations: the phases' volumes are those
    of the rare earths that they can hold, the organic's the same whatever acid takes off it."""
    organic, at = np.full(c.stages, t.organic), train.n_extraction - 1
    organic[at:] += float(c.feed_organic[at].sum())
    aqueous = c.aqueous.copy()
    aqueous[0] = c.aqueous[1]
    with np.errstate(divide="ignore"):
        kappa = np.log(organic / aqueous)
    return Exchange(*shared(kappa, distribution[None, :], c.entrained_aqueous, c.entrained_organic))


def sharp(train: Train) -> Array:
    """Return the parts of a train that parts its elements nearly sharply: where a flowsheet begins.

    Parameters
    ----------
    train : Train

    Returns
    -------
    array (3, 4, C)
    """
    told = np.where(np.isnan(train.carried), 1 / (1 + 1 / train.distribution), train.carried)
    up = np.where(train.rare, np.where(train.a_side, 1 - LEAST_PART, LEAST_PART), told)
    parts = np.zeros((len(OUTLETS), len(INLETS), len(up)))
    parts[0], parts[1] = 1 - up, up
    return parts
