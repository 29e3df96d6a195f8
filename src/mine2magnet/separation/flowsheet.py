"""The steady state of a flowsheet: trains, their closed organic loops, products, and what goes round.

Every pass solves each train at what comes in; that gives the parts of each element from every inlet to every
outlet, and with these parts fixed the whole flowsheet is linear: one solve per element closes all balances,
recycles included (the split-fraction form of simultaneous-modular flowsheeting: Westerberg, Hutchison, Motard
and Winter 1979, *Process Flowsheeting*). The streams into trains are torn: what comes in must be what the
pass sends there. Anderson's mixing (1965, J. ACM 12, 547) finds that, Newton–Krylov (SciPy) where it fails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation import train as trains
from mine2magnet.separation.stages import Array
from mine2magnet.separation.train import INLETS, Train, TrainState

TOLERANCE = 1e-12  # of what is fed of an element, for every stream
GOOD_ENOUGH = 1e-10  # where rounding ends the descent
MOST_PASSES = 120
MEMORY = 6  # passes that Anderson's mixing looks back on
PATIENCE = 25  # passes without a better one after which another way is tried
MOST_GROWTH = 1e4  # times what is fed of an element, in one stream, counts as growing
OVERFULL = 30  # times what is fed of an element: more than any recycle is run at
SUBSTITUTED = 8  # rounds through a flowsheet that does not close at these splits
N = len(INLETS)


@dataclass(frozen=True, slots=True)
class OrganicLoop:
    """How a train's organic comes back: `left` (C) is the part of each element that stripping leaves on it,
    `bleed` the part of the stripped organic that is taken out, `pool` is shared by trains that saponify
    together."""

    left: Array
    bleed: float
    pool: str


@dataclass(frozen=True, slots=True)
class Finisher:
    """Precipitation with a yield and calcination with one, both by element (C)."""

    name: str
    precipitated: Array
    calcined: Array


@dataclass(frozen=True, slots=True)
class Link:
    """The part of a port that goes to an inlet: a train's `feed`, `organic feed` or `reflux`, or `""` of a
    product. `port` is "" of a feed; of a train raffinate, liquor, organic, draw or bleed; of a product mother
    or dust."""

    source: str
    port: str
    target: str
    inlet: str
    part: float = 1.0


@dataclass(frozen=True, slots=True)
class Flowsheet:
    """Feeds in mol of each element (C) per unit of time, trains with their loops, products, and links."""

    elements: tuple[str, ...]
    feeds: dict[str, Array]
    trains: tuple[Train, ...]
    loops: tuple[OrganicLoop, ...]
    finishers: tuple[Finisher, ...]
    links: tuple[Link, ...]

    @property
    def fed(self) -> Array:
        """The amount that all feeds bring of each element (C)."""
        return np.asarray(np.sum(list(self.feeds.values()), axis=0))

    def taken(self, source: str, port: str) -> float:
        """Return the part of a port that goes on within the flowsheet.

        Parameters
        ----------
        source, port : str
        """
        return float(sum(one.part for one in self.links if (one.source, one.port) == (source, port)))


@dataclass(frozen=True, slots=True)
class FlowsheetState:
    """A solved flowsheet.

    `inlets` (T, 4, C) is what comes into each train, `received` (P, C) into each product, `ports` what leaves
    by each port, before any of it goes on. `passes` counts solutions of all trains, `off` is how far what
    comes in is from what is sent there, as a part of what is fed.
    """

    flowsheet: Flowsheet
    inlets: Array
    received: Array
    states: tuple[TrainState, ...]
    ports: dict[tuple[str, str], Array]
    passes: int
    off: float

    @property
    def outlets(self) -> dict[tuple[str, str], Array]:
        """The streams that leave the flowsheet, by port (C)."""
        left = {key: 1 - self.flowsheet.taken(*key) for key in self.ports}
        return {key: part * self.ports[key] for key, part in left.items() if part > 1e-12}

    @property
    def imbalance(self) -> Array:
        """The error of each element's balance: out less in, as a part of what is fed (C)."""
        fed = self.flowsheet.fed
        out = np.sum(list(self.outlets.values()), axis=0)
        return np.asarray(np.divide(out - fed, fed, out=np.zeros_like(fed), where=fed > 0))


class Unclosed(UserError):
    """No steady state of the flowsheet was found."""


def solve(sheet: Flowsheet, near: FlowsheetState | None = None) -> FlowsheetState:
    """Return the steady state of a flowsheet.

    Parameters
    ----------
    sheet : Flowsheet
    near : FlowsheetState, optional
        Of a similar flowsheet, from which to begin.

    Raises
    ------
    Unclosed
        If none is found, with the stream that grows, swings or creeps and what to try.
    UserError
        Where a train cannot run on what comes in.
    """
    return _Search(sheet).found(near)


def first(sheet: Flowsheet) -> Array:
    """Return about what comes into each train, as if all parted nearly sharply (T, 4, C).

    Parameters
    ----------
    sheet : Flowsheet
    """
    x = _Search(sheet).begun()
    return x[: N * len(sheet.trains)].reshape(-1, N, len(sheet.elements))


class _Search:
    def __init__(self, sheet: Flowsheet) -> None:
        self.sheet, self.fed = sheet, sheet.fed
        self.states: list[TrainState | None] = [None] * len(sheet.trains)
        self.rows = {one.name: N * k for k, one in enumerate(sheet.trains)}
        self.rows |= {one.name: N * len(sheet.trains) + k for k, one in enumerate(sheet.finishers)}
        self.size = N * len(sheet.trains) + len(sheet.finishers)
        self.scale = np.where(self.fed > 0, self.fed, 1.0)
        self.growing: tuple[str, str] | None = None  # element and place
        self.passes = 0

    def found(self, near: FlowsheetState | None) -> FlowsheetState:
        if near is None:
            x = self.begun()
        else:
            self.states = list(near.states)
            x = np.concatenate([near.inlets.reshape(-1, len(self.fed)), near.received])
        x, off, history = self._anderson(x)
        if off > GOOD_ENOUGH:
            x, off = self._krylov(x, off)
        if off > GOOD_ENOUGH or self.growing:
            raise self._why(history)
        states = tuple(state for state in self.states if state is not None)
        for one, state in zip(self.sheet.trains, states, strict=True):
            if state.flows.forced:
                raise self._overfull(x) or _forced(one, state)
        count = N * len(states)
        inlets = x[:count].reshape(-1, N, len(self.fed))
        ports = self._ports(x, [state.parts for state in states])
        return FlowsheetState(self.sheet, inlets, x[count:], states, ports, self.passes, off)

    def begun(self) -> Array:
        """Return what comes in everywhere if all trains part nearly sharply."""
        return self.closed([trains.sharp(one) for one in self.sheet.trains], self._organic(None))

    def passed(self, x: Array) -> Array:
        """Return what the flowsheet sends to every inlet when this comes in."""
        self.passes += 1
        for k, one in enumerate(self.sheet.trains):
            self.states[k] = trains.run(one, x[N * k : N * k + N], self.states[k])
        parts = [state.parts for state in self.states if state is not None]
        return self.closed(parts, self._organic(x))

    def _organic(self, x: Array | None) -> Array:
        """S of every train; at first as if each were fed alike."""
        rare = self.sheet.trains[0].rare
        fed = [1.0 if x is None else float(x[N * k : N * k + 2, rare].sum()) for k in range(len(self.states))]
        return np.array([one.organic * f for one, f in zip(self.sheet.trains, fed, strict=True)])

    def closed(self, parts: Sequence[Array], organic: Array) -> Array:
        """Return what comes in everywhere (rows, C) with these parts of trains: balanced by element."""
        matrix, given = self._network(parts, organic)
        system = np.eye(self.size) - matrix
        self.growing = None
        try:
            x = np.linalg.solve(system, given.T[:, :, None])[:, :, 0].T
        except np.linalg.LinAlgError:
            x = np.full_like(given, np.nan)
        bad = ~np.isfinite(x).all(axis=0) | (x.min(axis=0) < -1e-9 * self.scale)
        bad |= x.max(axis=0) > MOST_GROWTH * self.scale
        for i in np.flatnonzero(bad & (self.fed > 0)):
            at = given[:, i]
            for _ in range(SUBSTITUTED):
                at = given[:, i] + matrix[i] @ at
            x[:, i] = at
            self.growing = self.growing or (self.sheet.elements[i], self._place(int(at.argmax())))
        return np.asarray(np.maximum(np.where(self.fed > 0, x, 0.0), 0.0))

    def _network(self, parts: Sequence[Array], organic: Array) -> tuple[Array, Array]:
        """Return by element what part of each inlet comes into each (C, rows, rows); feeds (rows, C)."""
        sheet = self.sheet
        matrix, given = np.zeros((len(self.fed), self.size, self.size)), np.zeros((self.size, len(self.fed)))
        for link in sheet.links:
            row = self.rows[link.target] + (INLETS.index(link.inlet) if link.inlet else 0)
            if link.source in sheet.feeds:
                given[row] += link.part * sheet.feeds[link.source]
                continue
            start, sent = self._sent(link.source, link.port, parts)
            matrix[:, row, start : start + sent.shape[0]] += link.part * sent.T
        pools: dict[str, list[int]] = defaultdict(list)
        for k, loop in enumerate(sheet.loops):
            pools[loop.pool].append(k)
        for members in pools.values():
            shares = organic[members] / organic[members].sum()
            for k in members:
                start, sent = self._sent(sheet.trains[k].name, "returned", parts)
                for to, share in zip(members, shares, strict=True):
                    matrix[:, N * to + 3, start : start + N] += share * sent.T
        return matrix, given

    def _sent(self, source: str, port: str, parts: Sequence[Array]) -> tuple[int, Array]:
        """The first inlet of a source, and the part from each of its inlets to a port (inlets, C)."""
        start = self.rows[source]
        if start >= N * len(self.sheet.trains):
            finisher = self.sheet.finishers[start - N * len(self.sheet.trains)]
            made = finisher.precipitated * finisher.calcined
            of = {"mother": 1 - finisher.precipitated, "oxide": made}
            of["dust"] = finisher.precipitated - made
            return start, of[port][None]
        k = start // N
        if port in ("raffinate", "draw"):
            return start, np.asarray(parts[k][0 if port == "raffinate" else 2])
        loop, stripped = self.sheet.loops[k], 1 - self.sheet.taken(source, "organic")
        of = {
            "organic": np.ones_like(loop.left),
            "liquor": stripped * (1 - loop.left),
            "bleed": stripped * loop.left * loop.bleed,
            "returned": stripped * loop.left * (1 - loop.bleed),
        }
        return start, np.asarray(parts[k][1] * of[port])

    def _ports(self, x: Array, parts: Sequence[Array]) -> dict[tuple[str, str], Array]:
        made: dict[tuple[str, str], Array] = {}
        for k, one in enumerate(self.sheet.trains):
            names = ["raffinate", "liquor"]
            names += ["draw"] if one.draw else []
            names += ["bleed"] if self.sheet.loops[k].bleed else []
            if taken := self.sheet.taken(one.name, "organic"):
                names = [name for name in names if taken < 1 or name != "liquor"]
                start, sent = self._sent(one.name, "organic", parts)
                made[one.name, "organic"] = taken * (sent * x[start : start + N]).sum(axis=0)
            for name in names:
                start, sent = self._sent(one.name, name, parts)
                made[one.name, name] = (sent * x[start : start + N]).sum(axis=0)
        for finisher in self.sheet.finishers:
            for name in ("oxide", "mother", "dust"):
                start, sent = self._sent(finisher.name, name, parts)
                made[finisher.name, name] = sent[0] * x[start]
        return made

    # --- what comes in must be what is sent

    def _off(self, sent: Array, x: Array) -> Array:
        return np.asarray((sent - x) / self.scale)

    def _anderson(self, x: Array) -> tuple[Array, float, list[Array]]:
        best, best_off, last = x, np.inf, 0
        points: list[Array] = []
        offs: list[Array] = []
        history: list[Array] = []
        for turn in range(MOST_PASSES):
            sent = self.passed(x)
            off = self._off(sent, x)
            worst = float(abs(off).max())
            history = [*history[-3:], off]
            if worst < best_off:
                best, best_off, last = sent, worst, turn
            if worst <= TOLERANCE or turn - last > (PATIENCE if best_off > GOOD_ENOUGH else 2):
                break
            if offs and worst > 3 * float(abs(offs[-1]).max()):
                points, offs = [], []  # what was learnt elsewhere misleads here
            points, offs = [*points, x][-MEMORY:], [*offs, off][-MEMORY:]
            x = self._mixed(points, offs, sent)
        if best_off > TOLERANCE:
            self.passed(best)
        return best, best_off, history

    def _mixed(self, points: list[Array], offs: list[Array], sent: Array) -> Array:
        """Anderson's mixing: of the last passes, the combination whose errors cancel best."""
        if len(points) < 2:
            return sent
        change = np.array([(b - a).ravel() for a, b in pairwise(offs)]).T
        moved = np.array([(b - a).ravel() for a, b in pairwise(points)]).T
        weights, *_ = np.linalg.lstsq(change, offs[-1].ravel(), rcond=1e-10)
        stretched = np.tile(self.scale, len(sent))[:, None] * change
        mixed = sent - ((moved + stretched) @ weights).reshape(sent.shape)
        # a flow cannot be below none, nor move by orders of magnitude at a time
        return np.asarray(np.clip(mixed, sent / 4, sent * 4))

    def _krylov(self, x: Array, off: float) -> tuple[Array, float]:
        from scipy.optimize import NoConvergence, newton_krylov

        def missing(y: Array) -> Array:
            at = np.maximum(y * self.scale, 0.0)
            return self._off(self.passed(at), at)

        try:
            y = newton_krylov(missing, x / self.scale, f_tol=TOLERANCE, maxiter=20)
        except (NoConvergence, ValueError, UserError) as error:
            y = error.args[0] if isinstance(error, NoConvergence) else x / self.scale
        at = np.maximum(np.asarray(y) * self.scale, 0.0)
        sent = self.passed(at)
        now = float(abs(self._off(sent, at)).max())
        if now < off:
            return sent, now
        self.passed(x)
        return x, off

    def _place(self, row: int) -> str:
        if row >= N * len(self.sheet.trains):
            return self.sheet.finishers[row - N * len(self.sheet.trains)].name
        one, inlet = self.sheet.trains[row // N].name, INLETS[row % N]
        return f"{one} ({inlet})" if inlet != "carried" else f"{one} (organic as it comes back)"

    def _overfull(self, x: Array) -> Unclosed | None:
        """That so much of an element goes round that no split bears it, if it is so."""
        often = x / self.scale
        row, i = np.unravel_index(often.argmax(), often.shape)
        if often[row, i] < OVERFULL:
            return None
        self.growing = self.sheet.elements[i], self._place(int(row))
        return self._why([])

    def _why(self, history: list[Array]) -> Unclosed:
        if self.growing:
            element, place = self.growing
            return Unclosed(
                f"{element} grows without end at {place}: what goes round brings back all that leaves",
                where="flowsheet",
                hint="let part of that stream out (a part below 1, or a bleed), or strip the organic better",
            )
        last = history[-1]
        row, i = np.unravel_index(abs(last).argmax(), last.shape)
        before = history[-2][row, i] if len(history) > 1 else 0.0
        swings = before * last[row, i] < 0
        return Unclosed(
            f"{self.sheet.elements[i]} at {self._place(int(row))} "
            f"{'swings' if swings else 'creeps'} from pass to pass by {abs(last[row, i]):.1g} of what is fed",
            where="flowsheet",
            hint="recycle less of it, give the train there more organic_flow, or let the split follow the "
            "feed (no scrub_flow)",
        )


def _forced(one: Train, state: TrainState) -> UserError:
    t = state.flows
    wanted, fed, total = t.wanted / t.fed, t.fed, t.extract + t.raffinate + t.drawn
    if one.scrub is None and not trains.LEAST_PART < t.wanted / (total - t.drawn) < 1 - trains.LEAST_PART:
        return UserError(
            "what comes in, less what a draw takes, is nearly all of one side of the cut",
            where=f"trains {one.name}",
            hint="cut elsewhere (parts), or let the train before it part less",
        )
    if one.scrub is None:
        return UserError(
            f"{wanted:.3g} mol per mol fed are to leave with the organic, which takes {t.extract / fed:.3g}",
            where=f"trains {one.name}",
            hint="raise organic_flow, or cut elsewhere (parts)",
        )
    return UserError(
        f"organic_flow {one.organic:g} with scrub_flow {one.scrub:g} leaves {wanted:.3g} mol per mol fed for "
        f"the extract, of {total / fed:.3g} that come in",
        where=f"trains {one.name}",
        hint="change one of them, or leave scrub_flow out: the split then follows the feed",
    )
