"""The chain week by week, many draws at once: rows are nodes, inputs, outputs or arcs; columns are draws.

Each week: goods arrive; every node makes what it is asked for as far as capacity and its scarcest
input allow; buyers order; suppliers ship, rationed if short, and what they cannot ship is asked of
the other suppliers; prices move. Adaptive stocks and pro-rata rationing follow the agent models of
shock propagation (Hallegatte 2014, Risk Analysis 34(1); Inoue & Todo 2019, Nature Sustainability 2;
Pichler et al. 2022, J. Econ. Dyn. Control 144), with joint products, licences and regional prices added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mine2magnet.chain.network import Floats, Ints, Network
from mine2magnet.chain.outcome import Outcome, Trace, combined
from mine2magnet.chain.scenario import Draws, Event, Scenario, draw, targets, touched

ADJUST = 4.0  # weeks over which buyers and makers close a gap in stock; monthly planning
SMOOTH = 0.25  # weight of the newest week in expectations: their mean age is three weeks
PRICE_SPEED = 0.25  # share of the gap to the clearing (log) price closed in a week
ROOM = 26.0  # weeks of output that a maker can keep before the surplus is set aside
SHORT = 0.9  # share of orders filled below which buyers start to design an input out
SETTLING = 1000  # rounds in which levels of normal times settle; loops lose something in each
LEAST_FILL = 0.01  # below this share of orders filled, the price cannot tell the difference
KEPT = 1000  # draws whose weekly series are kept for fan charts
CHUNK_BYTES = 1 << 18  # per array, so that the few arrays of a step stay in a core's cache

Part = tuple[Draws, int]  # a chunk of draws, and of how many of them the weekly series are kept
Mapper = Callable[[Callable[[Part], Outcome], Iterable[Part]], Iterable[Outcome]]


def simulate(
    network: Network,
    scenario: Scenario,
    draws: int | Draws = 1000,
    *,
    workers: int = 1,
    mapper: Mapper | None = None,
) -> Outcome:
    """Run an ensemble of `draws` scenarios (0: one, all values most likely).

    The same seed gives the same outcome whatever the number of workers (processes). `mapper` runs
    the chunks elsewhere: anything called like the built-in `map`, such as that of an executor of
    Dask or Ray.
    """
    columns = draws if isinstance(draws, Draws) else draw(network, scenario, draws)
    run = Simulation(network, scenario)
    width = max(16, min(512, CHUNK_BYTES // (8 * max(len(network.arcs), len(network.uses), 1))))
    parts = [
        (columns.part(slice(i, min(i + width, columns.size))), max(0, min(width, KEPT - i)))
        for i in range(0, columns.size, width)
    ]
    if mapper is not None:
        return combined(list(mapper(run.part, parts)))
    if workers <= 1 or len(parts) < 2 * workers:
        return combined([run.part(part) for part in parts])
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return combined(list(pool.map(run.part, parts)))


def trace(network: Network, scenario: Scenario, draws: Draws | None = None, column: int = 0) -> Trace:
    """One draw (by default the most likely) with everything recorded, for charts and explanations."""
    one = draw(network, scenario, 0) if draws is None else draws.part(slice(column, column + 1))
    record = Trace.empty(network, scenario.weeks)
    Simulation(network, scenario)(one, record)
    return record


@dataclass(frozen=True, slots=True)
class Market:
    """A material as bought in a region; prices differ between regions when arcs between them stop."""

    material: int
    region: str


def markets(network: Network) -> tuple[list[Market], Ints]:
    """The markets, and for each row of `uses` the one it buys in."""
    places = [
        Market(network.material_index[u.material], network.nodes[network.node_index[u.node]].region)
        for u in network.uses
    ]
    found = {m: i for i, m in enumerate(dict.fromkeys(places))}
    return list(found), np.array([found[m] for m in places], dtype=np.intp)


def market_names(network: Network) -> list[str]:
    return [f"{network.materials[m.material].name}, {m.region}" for m in markets(network)[0]]


class Simulation:
    """A network and a scenario made ready; called with draws, it runs them. Holds nothing between calls."""

    def __init__(self, network: Network, scenario: Scenario) -> None:
        self.network, self.scenario = network, scenario
        i, o = len(network.uses), len(network.makes)
        self.use_node, self.make_node = network.places("uses", "node"), network.places("makes", "node")
        self.end = network.places("demands", "node")
        self.amount, self.made = network.column("uses", "amount"), network.column("makes", "amount")
        self.share = network.column("arcs", "share")
        self.capacity = network.column("nodes", "capacity")
        self.level, self.flow = network.level, network.flow
        self.to_use, self.to_make = _sums(network.arc_use, i), _sums(network.arc_make, o)
        self.use_order, self.use_starts, self.users = _segments(self.use_node)
        driving = np.flatnonzero([m.driving for m in network.makes])
        order, self.drive_starts, self.makers = _segments(self.make_node[driving])
        self.driving = driving[order]
        # Arcs that can step in: those of buyers with several suppliers. Those with no share in normal
        # times are asked as if each could take a tenth.
        several = np.bincount(network.arc_use, minlength=i) > 1
        self.others = np.flatnonzero(several[network.arc_use])
        self.other_weight = np.maximum(self.share, 0.1)[self.others, None]
        self.others_to_use = _sums(network.arc_use[self.others], i)
        self.others_to_make = _sums(network.arc_make[self.others], o)
        self.market, self.use_market = markets(network)
        self.to_market = _sums(self.use_market, len(self.market))
        self.market_material = np.array([m.material for m in self.market], dtype=np.intp)
        self.passed_on, self.end_cost = self._cost_shares()
        self.prioritised = [m for m in scenario.mitigations if m.kind == "priority"]
        self.tiers = self._tiers()
        self.targets = [targets(network, e) for e in scenario.events]
        self.touched = [
            touched(network, m) if m.kind != "priority" else np.array([], dtype=np.intp)
            for m in scenario.mitigations
        ]
        self.licensed = [k for k, e in enumerate(scenario.events) if e.kind == "licence"]
        self.recovery = network.column("nodes", "ramp")

    def _tiers(self) -> list[tuple[Ints, csr_array]]:
        """Arcs in the order in which suppliers serve them: all at once, or by the buyers' priority."""
        arcs = np.arange(len(self.network.arcs))
        if not self.prioritised:
            return [(arcs, self.to_make)]
        priority = np.zeros(len(self.network.nodes), dtype=int)
        priority[self.end] = [d.priority for d in self.network.demands]
        rank = priority[self.network.places("arcs", "buyer")]
        tiers = [arcs[rank == r] for r in np.unique(rank)]
        return [(tier, _sums(self.network.arc_make[tier], len(self.network.makes))) for tier in tiers]

    def _cost_shares(self) -> tuple[csr_array, csr_array]:
        """What a rise of input prices adds to output prices (markets × markets) and end uses (× markets)."""
        network = self.network
        price = network.column("materials", "price")
        cost = self.amount * price[network.places("uses", "material")]
        value = np.bincount(
            self.make_node,
            self.made * price[network.places("makes", "material")],
            minlength=len(network.nodes),
        )
        total_in = np.bincount(self.use_node, cost, minlength=len(network.nodes))
        worth = np.maximum(value, total_in)  # no output can carry more than all of its cost
        per_input = np.divide(cost, worth[self.use_node], out=np.zeros_like(cost), where=cost > 0)
        m, n = len(self.market), len(network.nodes)
        arc_market = self.use_market[network.arc_use]
        bought = np.bincount(arc_market, self.flow, minlength=m)
        weight = np.divide(self.flow, bought[arc_market], out=np.zeros_like(self.flow), where=self.flow > 0)
        sold_by = csr_array((weight, (arc_market, network.places("arcs", "supplier"))), shape=(m, n))
        spent_in = csr_array((per_input, (self.use_node, self.use_market)), shape=(n, m))
        # End uses pay for all their inputs; without prices, each input counts the same.
        priced = np.where(total_in[self.use_node] > 0, cost, 1.0)
        part = priced / np.bincount(self.use_node, priced, minlength=n)[self.use_node]
        ends = csr_array((part, (self.use_node, self.use_market)), shape=(n, m))[self.end]
        return csr_array(sold_by @ spent_in), csr_array(ends)

    def part(self, part: Part) -> Outcome:
        draws, kept = part
        return self(draws).trimmed(kept)

    def __call__(self, draws: Draws, record: Trace | None = None) -> Outcome:
        network, scenario = self.network, self.scenario
        s, weeks = draws.size, scenario.weeks
        col = np.arange(s)
        amount, made, level0, flow0 = self._normal(draws)
        arc_use, arc_make, arc_index = network.arc_use, network.arc_make, np.arange(len(network.arcs))
        # --- the state, in balance: stocks at their targets, transport full of normal flow
        need0 = amount * level0[self.use_node]
        sold0 = self.to_make @ flow0
        stock_in = draws.cover_in * need0
        stock_out = draws.cover_out * sold0
        room = np.maximum(draws.cover_out, ROOM) * (made * level0[self.make_node])
        reserve = np.zeros_like(stock_in)
        lead = np.maximum(draws.lead, 1)
        longest = int(lead.max(initial=1))
        extra = [np.rint(draws.events["strength"][k]).astype(int) for k in range(len(self.targets))]
        late = sum(
            (int(x.max()) for x, e in zip(extra, scenario.events, strict=True) if e.kind == "delay"), 0
        )
        depth = longest + late + 1
        # With one lead for all draws, whole rows are put under way, which is several times faster.
        same_lead = lead[:, 0] if not late and (lead == lead[:, :1]).all() else None
        pipe = np.zeros((depth, len(arc_index), s))
        for w in range(longest):
            pipe[w] = np.where(w < lead, flow0, 0.0)
        transit = self.to_use @ (flow0 * lead)
        usual_lead = self.to_use @ (self.share[:, None] * lead) - 1.0
        expected = np.broadcast_to(level0, (len(self.level), s)).copy()
        seen = np.broadcast_to(sold0, stock_out.shape).copy()
        fill = np.ones_like(stock_in)
        pressed = np.zeros_like(stock_in)
        market_fill = np.ones((len(self.market), s))
        scarcity = np.zeros((len(self.market), s))  # log of the price multiple that shortage makes
        price = np.ones((len(self.market), s))
        inverse = 1.0 / np.maximum(draws.elasticity[self.market_material], 1e-3)
        backlog = np.zeros((len(self.end), s))
        desks = [_Desk(network, self.targets[k], k, draws, flow0) for k in self.licensed]
        rate = network.column("demands", "rate")[:, None]
        give_way = network.column("demands", "elasticity")[:, None]
        deferred = network.column("demands", "deferred")[:, None]
        saving = network.column("uses", "saving")[:, None]
        delay = network.column("uses", "delay")[:, None]
        saving_ramp = np.maximum(network.column("uses", "ramp"), 1.0)[:, None]
        substitutes = bool(saving.any()) or any(m.kind == "substitution" for m in scenario.mitigations)
        for m, rows in zip(scenario.mitigations, self.touched, strict=True):
            if m.kind == "stockpile":
                reserve[rows] += m.amount * need0[rows]
        # What a drawn recipe normally needs can be made: tables say capacities for the most likely one.
        capacity = np.maximum(np.repeat(self.capacity[:, None], s, axis=1), level0)
        result = Outcome.empty(network, scenario, market_names(network), s)
        reserves = bool(reserve.any())

        for t in range(weeks):
            # 1. Goods arrive.
            slot = pipe[t % depth]
            arrived = self.to_use @ slot
            stock_in += arrived
            transit -= arrived
            arrived_by_arc = slot.copy() if record is not None else None
            slot[:] = 0.0
            # 2. What is wanted and what can be made.
            limit = self._capacity(t, capacity, draws, level0)
            wanted_now = rate * self._surge(t, draws)
            moved = self.end_cost @ price
            wanted = wanted_now * np.where(moved > 1, moved, 1.0) ** -give_way
            goal = np.zeros_like(expected)
            target = draws.cover_out * seen
            asked = np.maximum((seen + (target - stock_out) / ADJUST) / made, 0.0)
            if len(self.makers):
                goal[self.makers] = np.maximum.reduceat(asked[self.driving], self.drive_starts, axis=0)
            goal[self.end] = wanted + backlog
            desired = goal
            goal = np.minimum(goal, limit)
            if substitutes:
                coefficient = amount * (1.0 - self._saved(t, pressed, saving, delay, saving_ramp))
                pressed += fill < SHORT
            else:
                coefficient = np.broadcast_to(amount, stock_in.shape)
            wish = coefficient * goal[self.use_node]
            if reserves:
                released = np.minimum(reserve, np.maximum(wish - stock_in, 0.0))
                reserve -= released
                stock_in += released
            covered = np.divide(stock_in, wish, out=np.full_like(wish, np.inf), where=wish > 0)
            level = goal
            if len(self.users):
                ratio = np.minimum.reduceat(covered[self.use_order], self.use_starts, axis=0)
                level = goal.copy()
                level[self.users] *= np.minimum(ratio, 1.0)
            used = coefficient * level[self.use_node]
            stock_in = np.maximum(stock_in - used, 0.0)
            output = made * level[self.make_node]
            stock_out += output
            # 3. What end customers get and lose.
            served = level[self.end]
            unmet = np.maximum(wanted + backlog - served, 0.0)
            backlog = deferred * unmet
            # 4. Orders.
            expected += SMOOTH * (goal - expected)
            need = coefficient * expected[self.use_node]
            cover = draws.cover_in * (1.0 + draws.hoarding * (1.0 - fill)) * self._prebuilt(t)
            order = np.maximum(
                need * (1.0 + (cover + usual_lead) / ADJUST) - (stock_in + transit) / ADJUST, 0.0
            )
            ask = self.share[:, None] * order[arc_use]
            open_ = self._open(t, draws)
            let = ask if open_ is None else ask * open_
            for desk in desks:
                desk.work(t, self.share[:, None] * need[arc_use])
                let = desk.held(t, let)
            # 5. Suppliers ship; the unfilled rest is asked of the others.
            shipped = np.zeros_like(let)
            left = stock_out
            for tier, to_make in self.tiers:
                total = to_make @ let[tier]
                share = np.divide(left, total, out=np.ones_like(total), where=total > left)
                shipped[tier] = let[tier] * share[arc_make[tier]]
                left = np.maximum(left - to_make @ shipped[tier], 0.0)
            wanted_of_makers = self.to_make @ let
            missing = order - self.to_use @ shipped
            if len(self.others) and np.any(missing > 1e-9 * need0):
                more, asked_more = self._ask_others(t, np.maximum(missing, 0.0), left, open_, desks, shipped)
                shipped[self.others] += more
                left = np.maximum(left - self.others_to_make @ more, 0.0)
                wanted_of_makers += asked_more
            for desk in desks:
                desk.use(shipped)
            seen += SMOOTH * (wanted_of_makers - seen)
            aside = np.maximum(left - room, 0.0)
            stock_out = left - aside
            if same_lead is not None:
                pipe[(t + same_lead) % depth, arc_index] += shipped
            else:
                pipe[(t + lead + self._later(t, draws, extra)) % depth, arc_index[:, None], col] += shipped
            got = self.to_use @ shipped
            transit += got
            # 6. Prices: the multiple at which buyers would want no more than they get, approached in steps.
            fill += SMOOTH * (np.divide(got, order, out=np.ones_like(got), where=order > 0) - fill)
            # Bids are for what is used: nobody outbids another to fill a store.
            bid = np.minimum(order, need)
            total = self.to_market @ bid
            won = self.to_market @ np.minimum(got, bid)
            now = np.divide(won, total, out=np.ones_like(total), where=total > 0)
            market_fill += SMOOTH * (now - market_fill)
            clearing = -inverse * np.log(np.clip(market_fill, LEAST_FILL, 1.0))
            scarcity += PRICE_SPEED * (np.minimum(clearing, np.log(scenario.price_cap)) - scarcity)
            price = np.exp(scarcity) * (1.0 + self.passed_on @ (price - 1.0)) * self._tariff(t, draws)
            price = np.minimum(price, scenario.price_cap)
            result.add(
                t, wanted_now, wanted, served, unmet * (1.0 - deferred), price, self._cover(stock_in, need)
            )
            if record is not None:
                assert arrived_by_arc is not None
                record.add(
                    t,
                    pipe,
                    reserve,
                    level=level,
                    desired=desired,
                    limit=limit,
                    stock_in=stock_in,
                    stock_out=stock_out,
                    used=used,
                    made=output,
                    aside=aside,
                    order=order,
                    asked=ask,
                    allowed=let,
                    shipped=shipped,
                    arrived=arrived_by_arc,
                    covered=covered,
                    price=price,
                    coefficient=coefficient,
                    wanted=wanted_now,
                )
        result.finish(backlog)
        return result

    def _normal(self, draws: Draws) -> tuple[Floats, Floats, Floats, Floats]:
        """Amounts used and made, levels and flows of normal times (rows × S, or × 1 if all draws agree).

        Where recipes are drawn, levels are walked upstream anew, and by-products that would then be short
        are taken to be as much as is ordered: what the ore holds is no better known than the recipe.
        """
        amount, made = self.amount[:, None], self.made[:, None]
        if (draws.recipe == 1.0).all():
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

    def _cover(self, stock_in: Floats, need: Floats) -> Floats:
        """Weeks that each end use could go on without deliveries: its scarcest input's."""
        cover = np.divide(stock_in, need, out=np.full_like(need, np.inf), where=need > 0)
        least = np.full((len(self.network.nodes), stock_in.shape[1]), np.inf)
        if len(self.users):
            least[self.users] = np.minimum.reduceat(cover[self.use_order], self.use_starts, axis=0)
        return least[self.end]

    # --- what events and mitigations do in week t

    def _active(self, t: int, k: int, draws: Draws, ramp: Floats | None = None) -> Floats:
        """How far event k is on in week t: 1 while it lasts, then fading over `ramp` (rows or none × S)."""
        start, weeks = draws.events["start"][k], draws.events["weeks"][k]
        # A week counts in part where the event begins or ends within it.
        within = np.clip(np.minimum(t + 1, start + weeks) - np.maximum(t, start), 0.0, 1.0)
        if ramp is None:
            return np.asarray(within)
        after = np.maximum(t - (start + weeks), 0.0)
        fading = np.where((t >= start + weeks) & (ramp > 0), 1.0 - after / np.maximum(ramp, 1e-9), 0.0)
        return np.asarray(np.maximum(within, np.clip(fading, 0.0, 1.0)))

    def _events(self, *kinds: str) -> list[tuple[int, Event]]:
        return [(k, e) for k, e in enumerate(self.scenario.events) if e.kind in kinds]

    def _capacity(self, t: int, capacity: Floats, draws: Draws, level0: Floats) -> Floats:
        hit = self._events("outage", "quota")
        grown = [
            (m, rows)
            for m, rows in zip(self.scenario.mitigations, self.touched, strict=True)
            if m.kind == "capacity"
        ]
        if not hit and not grown:
            return capacity
        limit = capacity.copy()
        for m, rows in grown:
            limit[rows] += m.amount * _risen(t, m.start, m.ramp)
        for k, _ in hit:
            rows = self.targets[k]
            lost = draws.events["strength"][k] * self._active(t, k, draws, self.recovery[rows, None])
            # What a node without a stated limit loses is counted from its normal level.
            base = np.where(np.isinf(limit[rows]) & (lost > 0), level0[rows], limit[rows])
            limit[rows] = np.where(lost >= 1.0, 0.0, base * (1.0 - np.where(np.isinf(base), 0.0, lost)))
        return limit

    def _surge(self, t: int, draws: Draws) -> Floats | float:
        surge: Floats | float = 1.0
        for k, _ in self._events("demand"):
            mine = np.isin(self.end, self.targets[k])[:, None]
            surge = surge * np.where(mine, 1.0 + draws.events["strength"][k] * self._active(t, k, draws), 1.0)
        return surge

    def _open(self, t: int, draws: Draws) -> Floats | None:
        """The share of shipments that may leave, by arc, or None if all may."""
        stops = self._events("embargo")
        if not stops:
            return None
        share = np.ones((len(self.network.arcs), draws.size))
        for k, _ in stops:
            share[self.targets[k]] *= 1.0 - draws.events["strength"][k] * self._active(t, k, draws)
        return share

    def _later(self, t: int, draws: Draws, extra: list[NDArray[np.int64]]) -> Any:
        later: Any = 0
        for k, _ in self._events("delay"):
            late = np.zeros((len(self.network.arcs), draws.size), dtype=np.int64)
            late[self.targets[k]] = np.where(self._active(t, k, draws) > 0, extra[k], 0)
            later = later + late
        return later

    def _tariff(self, t: int, draws: Draws) -> Floats | float:
        """What tariffs add to each market's price: the rate on the share that pays it."""
        factor: Floats | float = 1.0
        bought = self.to_market @ (self.to_use @ self.flow)
        for k, _ in self._events("tariff"):
            flow = np.zeros_like(self.flow)
            flow[self.targets[k]] = self.flow[self.targets[k]]
            share = (self.to_market @ (self.to_use @ flow)) / np.maximum(bought, 1e-300)
            factor = factor * (1 + share[:, None] * draws.events["strength"][k] * self._active(t, k, draws))
        return factor

    def _prebuilt(self, t: int) -> Floats | float:
        factor: Floats | float = 1.0
        for m, rows in zip(self.scenario.mitigations, self.touched, strict=True):
            if m.kind == "prebuild" and t >= m.start:
                more = np.ones((len(self.network.uses), 1))
                more[rows] += m.amount
                factor = factor * more
        return factor

    def _saved(self, t: int, pressed: Floats, saving: Floats, delay: Floats, ramp: Floats) -> Floats:
        """The share of each input designed out so far: of itself under shortage, or by a mitigation."""
        saved: Floats = saving * np.clip((pressed - delay) / ramp, 0.0, 1.0)
        for m, rows in zip(self.scenario.mitigations, self.touched, strict=True):
            if m.kind == "substitution":
                saved[rows] = np.maximum(saved[rows], m.amount * _risen(t, m.start, m.ramp))
        return saved

    def _ask_others(
        self,
        t: int,
        missing: Floats,
        left: Floats,
        open_: Floats | None,
        desks: list[_Desk],
        shipped: Floats,
    ) -> tuple[Floats, Floats]:
        """The second round: what was missing is asked of every supplier that could still ship.

        Returns what is shipped besides (others × S) and what makers were asked for (makes × S): an
        empty-handed supplier is asked as well, so that it makes more next time.
        """
        arcs = self.others
        use, make = self.network.arc_use[arcs], self.network.arc_make[arcs]
        weight = np.broadcast_to(self.other_weight, (len(arcs), missing.shape[1]))
        if open_ is not None:
            weight = weight * open_[arcs]
        for desk in desks:
            weight = desk.lifted(t, weight, arcs, shipped)
        stocked = weight * (left[make] > 0)
        total = (self.others_to_use @ stocked)[use]
        ask = np.divide(missing[use] * stocked, total, out=np.zeros_like(stocked), where=total > 0)
        for desk in desks:
            ask = desk.held(t, shipped[arcs] + ask, arcs) - shipped[arcs]
        sum_ = self.others_to_make @ ask
        share = np.divide(left, sum_, out=np.ones_like(sum_), where=sum_ > left)
        total = (self.others_to_use @ weight)[use]
        wished = np.divide(missing[use] * weight, total, out=np.zeros_like(ask), where=total > 0)
        return ask * share[make], self.others_to_make @ wished


class _Desk:
    """The licensing desk of one event: applications in process, waiting to be decided, and granted."""

    def __init__(self, network: Network, arcs: Ints, event: int, draws: Draws, flow: Floats) -> None:
        self.arcs, s = arcs, draws.size
        self.row = np.full(len(network.arcs), -1)
        self.row[arcs] = np.arange(len(arcs))
        q = {k: v[event] for k, v in draws.events.items()}
        self.start, self.end = q["start"], q["start"] + q["weeks"]
        self.approval, self.part = q["approval"], q["strength"]
        self.processing = np.maximum(np.rint(q["processing"]).astype(int), 0)
        usual = np.where(flow[arcs] > 0, flow[arcs], flow[arcs].mean(axis=0))
        self.free = np.where(self.part > 0, (1.0 - self.part) * usual, np.inf)  # needs no licence, t a week
        self.pace = q["desk"] * usual
        self.depth = max(int(self.processing.max()), 1) + 1
        self.queue = np.zeros((self.depth, len(arcs), s))
        self.waiting, self.granted = np.zeros((len(arcs), s)), np.zeros((len(arcs), s))
        self.cells = (np.arange(len(arcs))[:, None], np.arange(s))

    def on(self, t: int) -> NDArray[np.bool_]:
        return np.asarray((t >= self.start) & (t < self.end))

    def held(self, t: int, ask: Floats, arcs: Ints | None = None) -> Floats:
        """What may leave of `ask` (rows: all arcs, or `arcs`): while the rule holds, what is granted."""
        on = self.on(t)
        if not on.any():
            return ask
        mine = self.arcs if arcs is None else np.flatnonzero(self.row[arcs] >= 0)
        granted = self.granted if arcs is None else self.granted[self.row[arcs[mine]]]
        ask = ask.copy()
        free = self.free if arcs is None else self.free[self.row[arcs[mine]]]
        ask[mine] = np.where(on, np.minimum(ask[mine], free + granted), ask[mine])
        return ask

    def lifted(self, t: int, weight: Floats, arcs: Ints, shipped: Floats) -> Floats:
        """Weights of the second round, without arcs whose grants are used up."""
        on = self.on(t)
        if not on.any():
            return weight
        mine = np.flatnonzero(self.row[arcs] >= 0)
        spare = (self.granted + self.free)[self.row[arcs[mine]]] > shipped[arcs[mine]]
        weight = np.array(weight)
        weight[mine] = np.where(on & ~spare, 0.0, weight[mine])
        return weight

    def use(self, shipped: Floats) -> None:
        """Shipments use up grants."""
        self.granted = np.maximum(self.granted - np.maximum(shipped[self.arcs] - self.free, 0.0), 0.0)

    def work(self, t: int, needed: Floats) -> None:
        """One week: the desk decides, buyers apply for what they use and have no grant for."""
        on = self.on(t)
        self.granted = np.where(on, self.granted, 0.0)
        if not on.any():
            return
        slot = self.queue[t % self.depth]
        self.waiting += slot
        slot[:] = 0.0
        decided = np.minimum(self.waiting, self.pace)
        self.waiting -= decided
        # Each week's use is applied for once, unless grants left over cover it: a desk that asks for the
        # end user's contract grants none for building stock.
        apply = np.maximum(self.part * needed[self.arcs] - self.granted, 0.0) * on
        at_once = self.processing == 0
        self.granted += self.approval * (decided + np.where(at_once, apply, 0.0))
        over = (1.0 - self.approval) * (decided + np.where(at_once, apply, 0.0))
        back = (t + np.maximum(self.processing, 1)) % self.depth
        self.queue[back, *self.cells] += over + np.where(at_once, 0.0, apply)


def _risen(t: int, start: float, ramp: float) -> float:
    return float(np.clip((t + 1 - start) / ramp, 0.0, 1.0)) if ramp > 0 else float(t >= start)


def _sums(group: Ints, size: int) -> csr_array:
    """A matrix that adds up rows by group: (size × rows)."""
    n = len(group)
    return csr_array((np.ones(n), (group, np.arange(n))), shape=(size, n))


def _segments(group: Ints) -> tuple[Ints, Ints, Ints]:
    """An order in which equal groups are neighbours, where each begins, and which groups there are."""
    order = np.argsort(group, kind="stable")
    present, starts = np.unique(group[order], return_index=True)
    return order, starts.astype(np.intp), present.astype(np.intp)
