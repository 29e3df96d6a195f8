"""The chain week by week, many draws at once: rows are nodes, inputs, outputs or arcs; columns are draws.

Each week: goods arrive; every node makes what it is asked for as far as capacity and its scarcest
input allow; buyers order; suppliers ship, rationed if short, and what they cannot ship is asked of
the other suppliers; prices move. Adaptive stocks and pro-rata rationing follow the agent models of
shock propagation (Hallegatte 2014, Risk Analysis 34(1); Inoue & Todo 2019, Nature Sustainability 2;
Pichler et al. 2022, J. Econ. Dyn. Control 144), with joint products, licences and regional prices added.

Here a network and a scenario are made ready; the weeks themselves are in `kernel`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from mine2magnet.chain.forcing import HELD, Forcing, cut_off
from mine2magnet.chain.kernel import (
    BY_FLOW,
    BY_ORDERS,
    BY_USE,
    CAPACITY,
    CEILING,
    DELAY,
    DEMAND,
    EMBARGO,
    FLOOR,
    LICENCE,
    OUTAGE,
    PREBUILD,
    SUBSTITUTION,
    TARIFF,
    WIDTH,
    Drawn,
    Happening,
    Record,
    State,
    Tables,
    Totals,
    run,
)
from mine2magnet.chain.market import curves, markets
from mine2magnet.chain.network import Floats, Ints, Network
from mine2magnet.chain.outcome import Outcome, Trace, combined
from mine2magnet.chain.scenario import Draws, Scenario, draw, targets, touched

ROOM = 26.0  # weeks of output that a maker can keep before the surplus is set aside
SETTLING = 1000  # rounds in which levels of normal times settle; loops lose something in each
KEPT = 256  # draws whose weekly series are kept for fan charts
CHUNK_BYTES = 1 << 23  # of the largest table of draws that is made ready at a time: room that is used again
CHUNK = 512  # draws at most, so that there is work for every core

KINDS = {
    "outage": OUTAGE, "quota": OUTAGE, "embargo": EMBARGO, "licence": LICENCE, "tariff": TARIFF,
    "delay": DELAY, "demand": DEMAND, "floor": FLOOR, "ceiling": CEILING,
}  # fmt: skip
BY = {"flow": BY_FLOW, "capacity": BY_FLOW, "orders": BY_ORDERS, "approvals": BY_USE}
DONE = {"substitution": SUBSTITUTION, "capacity": CAPACITY, "prebuild": PREBUILD}

Part = tuple[Draws, int]  # a chunk of draws, and of how many of them the weekly series are kept
Mapper = Callable[[Callable[[Part], Outcome], Iterable[Part]], Iterable[Outcome]]


def _chunks(draws: Draws, network: Network, kept: int) -> list[tuple[Draws, int]]:
    """Part the draws so that what one chunk moves fits in memory; with each, of how many series are kept."""
    fitting = CHUNK_BYTES // (8 * max(len(network.uses), 1))
    width = max(min(CHUNK, fitting) // WIDTH, 1) * WIDTH
    return [
        (draws.part(slice(i, min(i + width, draws.size))), max(0, min(width, kept - i)))
        for i in range(0, draws.size, width)
    ]


def simulate(
    network: Network,
    scenario: Scenario,
    draws: int | Draws = 1000,
    *,
    workers: int = 1,
    mapper: Mapper | None = None,
    kept: int = KEPT,
) -> Outcome:
    """Run an ensemble week by week.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    draws : int or Draws
        Number of draws (0: one, all values most likely), or draws that were made before.
    workers : int
        Threads among which chunks of draws are shared out.
    mapper : callable
        Runs the chunks elsewhere: anything called like the built-in `map`, such as that of an executor
        of Dask or Ray.
    kept : int
        Of how many draws at most the weekly series are kept.

    Returns
    -------
    Outcome
        The same for the same seed, whatever the number of workers.

    Raises
    ------
    UserError
        If an event, a mitigation or a cover names nobody in the network.
    """
    run = Simulation(network, scenario)
    parts = _chunks(draws if isinstance(draws, Draws) else draw(network, scenario, draws), network, kept)
    if mapper is not None:
        return combined(list(mapper(run.part, parts)))
    if workers <= 1 or len(parts) < 2:
        return combined([run.part(part) for part in parts])
    with ThreadPoolExecutor(workers) as pool:
        return combined(list(pool.map(run.part, parts)))


def trace(network: Network, scenario: Scenario, draws: Draws | None = None, column: int = 0) -> Trace:
    """Run one draw with everything recorded, for charts and explanations.

    Parameters
    ----------
    network : Network
        Checked tables.
    scenario : Scenario
        What happens and what is done about it.
    draws : Draws
        Without them, the most likely values.
    column : int
        Which of the draws.

    Returns
    -------
    Trace
        Week by week.
    """
    one = draw(network, scenario, 0) if draws is None else draws.part(slice(column, column + 1))
    record = Trace.empty(network, scenario.weeks)
    record.first_stop = Simulation(network, scenario)(one, record).first_stop[:, 0]
    return record


def market_names(network: Network) -> list[str]:
    """Return the names of the markets.

    Parameters
    ----------
    network : Network
        Checked tables.

    Returns
    -------
    list of str
        Material and region, in the order of `markets`.
    """
    return [f"{network.materials[m.material].name}, {m.region}" for m in markets(network)[0]]


class Simulation:
    """A network and a scenario made ready; called with draws, it runs them. Holds nothing between calls."""

    def __init__(self, network: Network, scenario: Scenario) -> None:
        self.network, self.scenario = network, scenario
        self.use_node, self.make_node = network.places("uses", "node"), network.places("makes", "node")
        self.end, self.supplier = network.places("demands", "node"), network.places("arcs", "supplier")
        self.amount, self.made = network.column("uses", "amount"), network.column("makes", "amount")
        self.share = network.column("arcs", "share")
        self.level, self.flow = network.level, network.flow
        self.to_make = _sums(network.arc_make, len(network.makes))
        driving = np.flatnonzero([m.driving for m in network.makes])
        order, self.drive_starts, self.makers = _segments(self.make_node[driving])
        self.driving = driving[order]
        self.market, self.use_market = markets(network)
        self.curves = curves(network, self.market, self.use_market)
        self.targets = [targets(network, e) for e in scenario.events]
        self.touched = [
            touched(network, m) if m.kind != "priority" else np.array([], dtype=np.intp)
            for m in scenario.mitigations
        ]
        self.net = self._tables()
        self.happening = self._happening()

    def _tables(self) -> Tables:
        network = self.network
        uses_of = _ranges(self.use_node, len(network.nodes))
        driven = _ranges(self.make_node[self.driving], len(network.nodes))
        arcs_of = _ranges(network.arc_use, len(network.uses))
        held = np.zeros(len(network.arcs), dtype=np.bool_)
        for event, rows in zip(self.scenario.events, self.targets, strict=True):
            held[rows if event.kind in HELD else rows[:0]] = True
        pair, pairs = self._pairs()
        columns = {name: network.column("demands", name) for name in ("rate", "elasticity", "deferred")}
        saving, delay, ramp = (network.column("uses", name) for name in ("saving", "delay", "ramp"))
        spent, end_part = self._costs()
        several = np.bincount(network.arc_use, minlength=len(network.uses)) > 1
        tables = (
            self.use_node, self.make_node, network.arc_use, network.arc_make, *uses_of,
            driven[0], self.driving[driven[1]], *arcs_of, several,
            self.share, self.flow, np.maximum(self.share, 0.1), *self._tiers(), held, self.end,
            *columns.values(), saving, delay, np.maximum(ramp, 1.0), network.column("nodes", "ramp"),
            self.use_market, *pairs, pair, spent, end_part, self.curves.spot, self.curves.choke,
        )  # fmt: skip
        return Tables._make(_places(x) for x in tables)

    def _tiers(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Inputs in the order in which they are served, all at once or by the buyers' priority; and arcs by
        tier and output."""
        priority = np.zeros(len(self.network.nodes), dtype=int)
        if any(m.kind == "priority" for m in self.scenario.mitigations):
            priority[self.end] = [d.priority for d in self.network.demands]
        ranks, tier = np.unique(priority[self.use_node], return_inverse=True)
        makes = len(self.network.makes)
        asked = tier[self.network.arc_use] * makes + self.network.arc_make
        return *_ranges(tier, len(ranks)), *_ranges(asked, len(ranks) * makes)

    def _pairs(self) -> tuple[Ints, tuple[Ints, Ints, Floats]]:
        """Outputs as sold in each market: which pair each arc belongs to; where each market's pairs begin,
        their outputs, and their shares of what the market buys."""
        arc_market = self.use_market[self.network.arc_use]
        keys = arc_market * max(len(self.make_node), 1) + self.network.arc_make
        found, pair = np.unique(keys, return_inverse=True)
        market, make = np.divmod(found, max(len(self.make_node), 1))
        sold = np.bincount(pair, self.flow, minlength=len(found))
        bought = np.bincount(arc_market, self.flow, minlength=len(self.market))[market]
        share = np.divide(sold, bought, out=np.zeros_like(sold), where=sold > 0)
        begin = np.searchsorted(market, np.arange(len(self.market) + 1)).astype(np.intp)
        return pair.astype(np.intp), (begin, make.astype(np.intp), share)

    def _costs(self) -> tuple[Floats, Floats]:
        """Return what a dearer input adds to its node's cost, and its part of what an end use pays."""
        network = self.network
        n, price = len(network.nodes), network.column("materials", "price")
        cost = self.amount * price[network.places("uses", "material")]
        value = np.bincount(
            self.make_node, self.made * price[network.places("makes", "material")], minlength=n
        )
        total = np.bincount(self.use_node, cost, minlength=n)
        worth = np.maximum(value, total)  # no output can carry more than all of its cost
        spent = np.divide(cost, worth[self.use_node], out=np.zeros_like(cost), where=cost > 0)
        # End uses pay for all their inputs; without prices, each input counts the same.
        priced = np.where(total[self.use_node] > 0, cost, 1.0)
        return spent, priced / np.bincount(self.use_node, priced, minlength=n)[self.use_node]

    def _happening(self) -> Happening:
        network, events = self.network, self.scenario.events
        need = self.amount * self.level[self.use_node]
        cut = [cut_off(network, e.kind, rows) for e, rows in zip(events, self.targets, strict=True)]
        cut_off_ = np.array(cut).reshape(len(events), len(network.uses))
        m = len(self.market)
        needed = np.maximum(np.bincount(self.use_market, need, minlength=m), 1e-300)
        cut_market = np.array([np.bincount(self.use_market, c * need, minlength=m) / needed for c in cut])
        rows = [
            np.searchsorted(self.end, r, sorter=np.argsort(self.end)) if e.kind == "demand" else r
            for e, r in zip(events, self.targets, strict=True)
        ]
        rows = [
            np.argsort(self.end)[r] if e.kind == "demand" else r for e, r in zip(events, rows, strict=True)
        ]
        done = [
            (m, r) for m, r in zip(self.scenario.mitigations, self.touched, strict=True) if m.kind in DONE
        ]
        kinds = {e.kind for e in events}
        return Happening._make((
            np.array([KINDS[e.kind] for e in events], dtype=np.intp),
            np.array([BY.get(e.limited, 0) for e in events], dtype=np.intp), *map(_places, _joined(rows)),
            np.array([DONE[m.kind] for m, _ in done], dtype=np.intp),
            *map(_places, _joined([r for _, r in done])),
            *(np.array([getattr(x, n) for x, _ in done], dtype=float) for n in ("amount", "start", "ramp")),
            cut_off_, cut_market.reshape(len(events), m),
            self._taxed(), np.array([e.announced is not None for e in events], dtype=np.bool_),
            self.scenario.weeks, float(self.scenario.horizon), float(self.scenario.stop_share),
            bool(self.net.saving.any()) or any(m.kind == "substitution" for m, _ in done),
            "demand" in kinds, bool((self.net.spent > 0).any()), bool(self.net.held.any()), "delay" in kinds,
            any(m.kind == "stockpile" for m in self.scenario.mitigations),
        ))  # fmt: skip

    def _taxed(self) -> Floats:
        """The share of each market's trade that pays each tariff."""
        m = len(self.market)
        arc_market = self.use_market[self.network.arc_use]
        bought = np.maximum(np.bincount(arc_market, self.flow, minlength=m), 1e-300)
        share = np.zeros((len(self.targets), m))
        for k, event in enumerate(self.scenario.events):
            if event.kind == "tariff":
                rows = self.targets[k]
                share[k] = np.bincount(arc_market[rows], self.flow[rows], minlength=m) / bought
        return share

    def part(self, part: Part) -> Outcome:
        """Run a chunk of draws.

        Parameters
        ----------
        part : Part
            Draws, and of how many of them the weekly series are kept.

        Returns
        -------
        Outcome
            Of the chunk.
        """
        draws, kept = part
        return self(draws, kept=kept)

    def __call__(self, draws: Draws, record: Trace | None = None, kept: int | None = None) -> Outcome:
        kept = draws.size if kept is None else min(kept, draws.size)
        drawn, depth, rows = self._drawn(draws)
        blocks, weeks, u = -(-draws.size // WIDTH), self.scenario.weeks, len(self.end)
        keep = -(-kept // WIDTH)
        totals = [np.zeros((blocks, u, WIDTH)) for _ in range(5)]
        totals[3][:] = np.inf
        series = [np.zeros((weeks, n, keep * WIDTH), dtype=np.float32) for n in (u, len(self.market), u)]
        fields = Record._fields
        rec = Record(*(getattr(record, f) if record is not None else NOTHING for f in fields))
        run(self.net, self.happening, drawn, self._state(depth, rows), Totals(*totals, *series), rec)
        names = ("wanted_total", "lost", "forgone", "first_stop", "weeks_stopped")
        found: dict[str, Any] = {n: _columns(x, draws.size) for n, x in zip(names, totals, strict=True)}
        found["first_stop"][np.isinf(found["first_stop"])] = np.nan
        found |= {n: x[:, :, :kept] for n, x in zip(("served", "price", "cover"), series, strict=True)}
        return Outcome(
            tuple(d.node for d in self.network.demands), tuple(market_names(self.network)),
            value=self.network.column("demands", "value"), stop_share=self.scenario.stop_share, **found,
        )  # fmt: skip

    def _drawn(self, draws: Draws) -> tuple[Drawn, int, int]:
        """Draws as blocks of columns; how many weeks goods can be under way; rows that events act on."""
        network, s, plan = self.network, draws.size, self.curves
        amount, made, level, flow = self.normal(draws)
        forcing = Forcing.of(self.scenario, draws)
        lead = np.maximum(_shared(draws.lead), 1)
        late = [
            int(np.minimum(np.rint(forcing.strength[0, k]), self.scenario.weeks).max(initial=0))
            for k, e in enumerate(self.scenario.events)
            if e.kind == "delay"
        ]
        # What a drawn recipe normally needs can be made: tables say capacities for the most likely one.
        capacity = np.maximum(network.column("nodes", "capacity")[:, None], level)
        need = amount * level[self.use_node]
        reserve = np.zeros_like(need)
        for m, rows in zip(self.scenario.mitigations, self.touched, strict=True):
            if m.kind == "stockpile":
                reserve[rows] += m.amount * need[rows]
        room = np.maximum(draws.cover_out, ROOM) * (made * level[self.make_node])
        market = [x.material for x in self.market]
        own = draws.elasticity[market] if market else np.zeros((0, s))
        inverse = 1.0 / np.where(np.isnan(own), plan.elasticity[:, None], own)
        part = np.where(np.isnan(own), plan.part[:, None], 1.0)
        base = self._base(flow, level, capacity)
        blocked = [
            _blocks(_once(x))
            for x in (draws.cover_in, draws.cover_out, lead, draws.hoarding[None], inverse, part,
                      self._market_lead(need, lead), amount, made, level, flow, capacity, reserve, room, base,
                      draws.events["start"], draws.events["start"] + draws.events["weeks"],
                      draws.events["announced"])
        ]  # fmt: skip
        low, high = blocked[2].min(axis=2), blocked[2].max(axis=2)
        spread = low, high, self._use_lead(low, high)
        timed = [
            _weekly(getattr(forcing, n)) for n in ("within", "strength", "processing", "approval", "desk")
        ]
        blocked[3] = np.ascontiguousarray(blocked[3][:, 0])
        depth = int(lead.max(initial=1)) + sum(late) + 1
        return Drawn._make((*blocked[:3], *spread, *blocked[3:], *timed)), depth, len(base)

    def _use_lead(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return by block the lead of all that goes into a use in all draws, or -1."""
        shape = len(low), len(self.network.uses)
        first, last = np.full(shape, np.iinfo(np.int64).max), np.zeros(shape, dtype=np.int64)
        for block in range(len(low)):
            np.minimum.at(first[block], self.network.arc_use, low[block])
            np.maximum.at(last[block], self.network.arc_use, high[block])
        return np.where(first == last, last, -1)

    def _market_lead(self, need: Floats, lead: NDArray[np.int64]) -> Floats:
        """Weeks from dispatch to arrival, by market."""
        to_use = _sums(self.network.arc_use, len(need))
        to_market = _sums(self.use_market, len(self.market))
        late = to_market @ (need * (to_use @ (self.share[:, None] * lead)))
        needed = to_market @ need
        return np.asarray(np.divide(late, needed, out=np.ones_like(late), where=needed > 0))

    def _base(self, flow: Floats, level: Floats, capacity: Floats) -> Floats:
        """Return what events take their share of, t a week, by the rows of all events in turn."""
        rows = [np.zeros((0, flow.shape[1]))]
        for event, arcs in zip(self.scenario.events, self.targets, strict=True):
            of = np.ones((len(arcs), flow.shape[1]))
            if event.kind in HELD:
                of = flow[arcs]
            if event.kind == "licence":
                of = np.where(of > 0, of, of.mean(axis=0))
            elif event.limited == "capacity" and event.kind == "embargo":
                # A supplier without a stated limit could send what it sends.
                normal = level[self.supplier[arcs]]
                could = np.where(np.isinf(capacity), level, capacity)[self.supplier[arcs]]
                of = of * np.divide(could, normal, out=np.ones_like(normal), where=normal > 0)
            rows.append(of)
        return np.concatenate(rows)

    def _state(self, depth: int, rows: int) -> State:
        """Room for one block."""
        net = self.network
        n, i, o, a = len(net.nodes), len(net.uses), len(net.makes), len(net.arcs)
        m, u, p = len(self.market), len(self.end), len(self.net.pair_make)
        longest = 0
        for e in self.scenario.events:
            spans = [e.processing, *(c.processing for c in e.changes if c.processing is not None)]
            if e.kind == "licence":
                longest = max(longest, *(int(min(r.high, self.scenario.weeks)) for r in spans), 1)
        counts = {**dict.fromkeys(OF_USE, i), **dict.fromkeys(OF_MAKE, o), **dict.fromkeys(OF_NODE, n)}
        counts |= {**dict.fromkeys(OF_ARC, a), **dict.fromkeys(OF_ROW, rows), **dict.fromkeys(OF_END, u)}
        counts |= {**dict.fromkeys(OF_MARKET, m), "usual": p}
        held: dict[str, Any] = {name: np.zeros((size, WIDTH)) for name, size in counts.items()}
        held["pipe"], held["queue"] = np.zeros((depth, i, WIDTH)), np.zeros((longest + 3, rows, WIDTH))
        held["later"], held["short"] = np.zeros((a, WIDTH), dtype=np.intp), np.zeros(i, dtype=np.uintp)
        held |= {name: np.zeros(WIDTH) for name in OF_DRAW} | {"prebuilt": np.ones(i)}
        held |= {name: np.zeros((longest + 3, WIDTH)) for name in ("due", "again")}
        return State(**held)

    def normal(self, draws: Draws) -> tuple[Floats, Floats, Floats, Floats]:
        """Return amounts used and made, levels and flows of normal times.

        Where recipes are drawn, levels are walked upstream anew, and by-products that would then be short
        are taken to be as much as is ordered: what the ore holds is no better known than the recipe.

        Parameters
        ----------
        draws : Draws
            Of which the recipes are taken.

        Returns
        -------
        amount, made, level, flow : arrays
            uses, makes, nodes or arcs × S, or × 1 if all draws agree; t/t, t/t, t a week, t a week.
        """
        amount, made = self.amount[:, None], self.made[:, None]
        if (_once(draws.recipe) == 1.0).all():
            return amount, made, self.level[:, None], self.flow[:, None]
        amount = amount * draws.recipe
        share = self.share[:, None]
        wanted = np.zeros((len(self.level), draws.size))
        wanted[self.end] = self.network.column("demands", "rate")[:, None]
        level = np.repeat(self.level[:, None], draws.size, axis=1)
        for _ in range(SETTLING):
            before = level
            flow = share * (amount * level[self.use_node])[self.network.arc_use]
            asked = (self.to_make @ flow) / made
            level = wanted.copy()
            most = np.maximum.reduceat(asked[self.driving], self.drive_starts, axis=0)
            level[self.makers] = np.maximum(level[self.makers], most)
            if np.allclose(level, before, rtol=1e-12, atol=0):
                break
        flow = share * (amount * level[self.use_node])[self.network.arc_use]
        out = made * level[self.make_node]
        short = np.divide(self.to_make @ flow, out, out=np.ones_like(out), where=out > 0)
        return amount, made * np.maximum(short, 1.0), level, flow


NOTHING = np.zeros((0, 0))
OF_USE = ("stock_in", "transit", "reserve", "order", "need", "need0", "coefficient", "covered",
          "fill", "pressed", "got", "usual_lead")  # fmt: skip
OF_MAKE = ("stock_out", "seen", "total", "counted", "left", "sent", "aside", "load", "each")
OF_NODE = ("level", "goal", "desired", "limit", "expected", "surge", "able", "cost")
OF_ARC = ("allowed", "shipped", "most", "open", "ask")
OF_ROW = ("waiting", "granted", "free")
OF_END = ("backlog", "wanted", "at_price", "served", "lost")
OF_DRAW = ("row", "stocked", "willing", "applied", "refused")
OF_MARKET = ("base", "ahead", "supply", "scarcity", "price", "contract", "paid", "offered", "bought", "kept")


def _shared(rows: NDArray[Any]) -> NDArray[Any]:
    """One column where all are the same."""
    rows = _once(rows)
    return rows[:, :1] if (rows == rows[:, :1]).all() else rows


def _once(rows: NDArray[Any]) -> NDArray[Any]:
    """One column of what is held once for all draws."""
    return rows if rows.strides[1] else rows[:, :1]


def _blocks(rows: NDArray[Any]) -> NDArray[Any]:
    """Columns in blocks of WIDTH, the last filled up with its last column: (blocks × rows × WIDTH)."""
    n, s = rows.shape
    blocks = -(-s // WIDTH)
    if s < blocks * WIDTH:
        rows = rows[:, np.minimum(np.arange(blocks * WIDTH), s - 1)]
    return np.ascontiguousarray(rows.reshape(n, blocks, WIDTH).swapaxes(0, 1))


def _weekly(weeks: Floats) -> Floats:
    """The same of (weeks × rows × S): (blocks × weeks × rows × WIDTH)."""
    t, k, s = weeks.shape
    held = _blocks(weeks.reshape(t * k, s))
    return np.ascontiguousarray(held.reshape(len(held), t, k, WIDTH))


def _columns(blocks: Floats, size: int) -> Floats:
    """Blocks side by side again: (rows × size)."""
    return blocks.swapaxes(0, 1).reshape(blocks.shape[1], -1)[:, :size]


def _joined(rows: list[Ints]) -> tuple[Ints, Ints]:
    """Return where each list begins, and all in turn."""
    begin = np.cumsum([0, *map(len, rows)]).astype(np.intp)
    return begin, np.concatenate([np.zeros(0, dtype=np.intp), *rows]).astype(np.intp)


def _places(rows: NDArray[Any]) -> NDArray[Any]:
    """A table for the kernel: none is read-only, so that one set of types is compiled, and places have no
    sign, as who counts from the end has to be asked for at every one that may have."""
    return np.array(rows, dtype=np.uintp if rows.dtype.kind == "i" else rows.dtype)


def _ranges(group: Ints, size: int) -> tuple[Ints, Ints]:
    """Return where each group begins in an order in which equal groups are neighbours, and that order."""
    order = np.argsort(group, kind="stable").astype(np.intp)
    return np.searchsorted(group[order], np.arange(size + 1)).astype(np.intp), order


def _sums(group: Ints, size: int) -> scipy.sparse.csr_array:
    """A matrix that adds up rows by group: (size × rows)."""
    n = len(group)
    return scipy.sparse.csr_array((np.ones(n), (group, np.arange(n))), shape=(size, n))


def _segments(group: Ints) -> tuple[Ints, Ints, Ints]:
    """An order in which equal groups are neighbours, where each begins, and which groups there are."""
    order = np.argsort(group, kind="stable")
    present, starts = np.unique(group[order], return_index=True)
    return order, starts.astype(np.intp), present.astype(np.intp)
