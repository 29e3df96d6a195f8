"""The weeks of the chain in NumPy, formula by formula: the oracle of the compiled kernel.

Rows are nodes, inputs, outputs or arcs; columns are draws.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from mine2magnet.chain.forcing import Forcing, cut_off
from mine2magnet.chain.market import curves, markets
from mine2magnet.chain.network import Floats, Ints, Network
from mine2magnet.chain.outcome import Outcome, Trace
from mine2magnet.chain.scenario import Draws, Event, Mitigation, Scenario, targets, touched
from mine2magnet.chain.simulate import market_names

ADJUST = 4.0  # weeks over which buyers and makers close a gap in stock; monthly planning
SMOOTH = 0.25  # weight of the newest week in expectations: their mean age is three weeks
PRICE_SPEED = 0.5  # share of the gap to the clearing (log) price closed in a week
ROOM = 26.0  # weeks of output that a maker can keep before the surplus is set aside
SHORT = 0.9  # share of orders filled below which buyers start to design an input out
TIE = 1e-9  # relative; closer than this to a threshold is on it
SETTLING = 1000  # rounds in which levels of normal times settle; loops lose something in each
EXACT = 1e-12  # of an order; less is rounding, and is not asked of others
FARTHEST = 1e6  # weeks of stock; more is for ever
PLENTY = 10.0  # of normal; supply beyond this moves no price
FOR_SALE = 0.01  # of normal use; where less is offered, and no week's use is held, nothing is for sale
LEAST = 1e-4  # of normal use; a market with less is as good as empty
REPRICED = 13.0  # weeks over which contracts follow the spot market; prices are set by the quarter
KEPT = 1000  # draws whose weekly series are kept for fan charts
CHUNK_BYTES = 1 << 18  # per array, so that the few arrays of a step stay in a core's cache


class Oracle:
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
        self.curves = curves(network, self.market, self.use_market)
        self.passed_on, self.end_cost = self._cost_shares()
        self.prioritised = [m for m in scenario.mitigations if m.kind == "priority"]
        self.tiers = self._tiers()
        self.targets = [targets(network, e) for e in scenario.events]
        self.touched = [
            touched(network, m) if m.kind != "priority" else np.array([], dtype=np.intp)
            for m in scenario.mitigations
        ]
        self.cut_off = [
            cut_off(network, e.kind, rows)[:, None]
            for e, rows in zip(scenario.events, self.targets, strict=True)
        ]
        self.recovery = network.column("nodes", "ramp")
        rows = {name: network.column("demands", name)[:, None] for name in ("rate", "elasticity", "deferred")}
        self.rate, self.gives_way, self.deferred = rows.values()
        self.saving, self.delay, ramp = (
            network.column("uses", name)[:, None] for name in ("saving", "delay", "ramp")
        )
        self.saving_ramp = np.maximum(ramp, 1.0)

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

    def __call__(self, draws: Draws, record: Trace | None = None) -> Outcome:
        outcome = Outcome.empty(self.network, self.scenario, market_names(self.network), draws.size)
        run = _Ensemble(self, draws)
        for t in range(self.scenario.weeks):
            run.week(t)
            cover = run.weeks_covered()
            price = np.where(run.unsold, np.nan, run.price)
            outcome.add(t, run.wanted, run.wanted_at_price, run.served, run.lost, price, cover)
            if record is not None:
                record.add(t, run.pipe, run.reserve, **{name: getattr(run, name) for name in RECORDED})
        outcome.finish(run.backlog)
        if record is not None:
            record.first_stop = outcome.first_stop[:, 0]
        return outcome

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


# Of a week of an ensemble, by the names that a trace has for them.
RECORDED = (
    *("level", "desired", "limit", "wanted", "stock_in", "stock_out", "used", "made", "aside", "covered"),
    *("coefficient", "order", "asked", "allowed", "shipped", "arrived", "price"),
)


class _Ensemble:
    """Draws of a simulation, side by side as columns, and where they stand: it begins in balance, with
    stocks at their targets and transport full of normal flow, and moves on week by week."""

    def __init__(self, plan: Oracle, draws: Draws) -> None:
        self.plan, self.draws = plan, draws
        self.network, self.scenario = plan.network, plan.scenario
        self.forcing = Forcing.of(plan.scenario, draws)
        self.columns, self.arcs = np.arange(draws.size), np.arange(len(plan.network.arcs))
        self.amount, self.yielded, self.level0, self.flow0 = plan.normal(draws)
        self.need0 = self.amount * self.level0[plan.use_node]
        self._fill_stocks()
        self._fill_transport()
        self._expect_normal_times()
        self.desks = [
            _Desk(self.scenario.weeks, len(self.arcs), plan.targets[k], k, self.forcing, self.flow0)
            for k, _ in self._events("licence")
        ]

    def week(self, t: int) -> None:
        self._arrive(t)
        self._want(t)
        self._make(t)
        self._serve()
        self._order(t)
        self._ship(t)
        self._reprice(t)

    # --- before the first week

    def _fill_stocks(self) -> None:
        plan, draws = self.plan, self.draws
        sold = plan.to_make @ self.flow0
        self.stock_in = draws.cover_in * self.need0
        self.stock_out = draws.cover_out * sold
        self.room = np.maximum(draws.cover_out, ROOM) * (self.yielded * self.level0[plan.make_node])
        self.reserve = np.zeros_like(self.stock_in)
        for m, rows in self._mitigations("stockpile"):
            self.reserve[rows] += m.amount * self.need0[rows]
        self.reserves = bool(self.reserve.any())
        self.backlog = np.zeros((len(plan.end), draws.size))
        # What a drawn recipe normally needs can be made: tables say capacities for the most likely one.
        self.capacity = np.maximum(np.repeat(plan.capacity[:, None], draws.size, axis=1), self.level0)

    def _fill_transport(self) -> None:
        plan, draws, weeks = self.plan, self.draws, self.scenario.weeks
        self.lead = np.maximum(draws.lead, 1)
        longest = int(self.lead.max(initial=1))
        # A delay beyond the last week is as good as one to it.
        self.extra = {
            k: np.minimum(np.rint(draws.events["strength"][k]), weeks).astype(int)
            for k, _ in self._events("delay")
        }
        late = sum(int(extra.max()) for extra in self.extra.values())
        self.depth = longest + late + 1
        # With one lead for all draws, whole rows are put under way, which is several times faster.
        same = not late and bool((self.lead == self.lead[:, :1]).all())
        self.same_lead = self.lead[:, 0] if same else None
        self.pipe = np.zeros((self.depth, len(self.arcs), draws.size))
        for w in range(longest):
            self.pipe[w] = np.where(w < self.lead, self.flow0, 0.0)
        self.transit = plan.to_use @ (self.flow0 * self.lead)
        self.usual_lead = plan.to_use @ (plan.share[:, None] * self.lead) - 1.0

    def _expect_normal_times(self) -> None:
        plan, size = self.plan, self.draws.size
        self.expected = np.broadcast_to(self.level0, (len(plan.level), size)).copy()
        self.seen = np.broadcast_to(plan.to_make @ self.flow0, self.stock_out.shape).copy()
        self.fill, self.pressed = np.ones_like(self.stock_in), np.zeros_like(self.stock_in)
        m = len(plan.market)
        self.supply = np.full((m, size), PLENTY)  # that is expected, of normal use
        self.scarcity = np.zeros((m, size))  # log of the price multiple that shortage makes
        self.price, self.contract, self.paid = np.ones((3, m, size))
        self.ahead = np.full((m, size), PLENTY)  # supply with stocks, of normal use
        self.surge = np.ones((len(plan.level), size))
        need = plan.to_market @ self.need0
        late = plan.to_market @ (self.need0 * (self.usual_lead + 1.0))
        self.market_lead = np.divide(late, need, out=np.ones_like(late), where=need > 0)
        own = self.draws.elasticity[plan.market_material]
        self.inverse = 1.0 / np.where(np.isnan(own), plan.curves.elasticity[:, None], own)
        self.part = np.where(np.isnan(own), plan.curves.part[:, None], 1.0)

    # --- the steps of a week

    def _arrive(self, t: int) -> None:
        slot = self.pipe[t % self.depth]
        landed = self.plan.to_use @ slot
        self.stock_in += landed
        self.transit -= landed
        self.arrived = slot.copy()
        slot[:] = 0.0

    def _want(self, t: int) -> None:
        """What end customers want, at the prices of the week before, and what each node is to make."""
        plan = self.plan
        self.limit = self._capacity(t)
        self.wanted = plan.rate * self._surge(t)
        moved = plan.end_cost @ self.paid
        self.wanted_at_price = self.wanted * np.where(moved > 1, moved, 1.0) ** -plan.gives_way
        self.desired = np.zeros_like(self.expected)
        target = self.draws.cover_out * self.seen
        asked = np.maximum((self.seen + (target - self.stock_out) / ADJUST) / self.yielded, 0.0)
        if len(plan.makers):
            self.desired[plan.makers] = np.maximum.reduceat(asked[plan.driving], plan.drive_starts, axis=0)
        self.desired[plan.end] = self.wanted_at_price + self.backlog
        self.goal = np.minimum(self.desired, self.limit)

    def _make(self, t: int) -> None:
        """What each node makes, as far as its scarcest input allows; reserves are touched at last."""
        plan = self.plan
        self.coefficient = self._recipe(t)
        wish = self.coefficient * self.goal[plan.use_node]
        if self.reserves:
            released = np.minimum(self.reserve, np.maximum(wish - self.stock_in, 0.0))
            self.reserve -= released
            self.stock_in += released
        self.covered = np.divide(self.stock_in, wish, out=np.full_like(wish, np.inf), where=wish > 0)
        self.level = self.goal
        if len(plan.users):
            ratio = np.minimum.reduceat(self.covered[plan.use_order], plan.use_starts, axis=0)
            self.level = self.goal.copy()
            self.level[plan.users] *= np.minimum(ratio, 1.0)
        self.used = self.coefficient * self.level[plan.use_node]
        self.stock_in = np.maximum(self.stock_in - self.used, 0.0)
        self.made = self.yielded * self.level[plan.make_node]
        self.stock_out += self.made

    def _serve(self) -> None:
        """What end customers get, wait for and lose."""
        self.served = self.level[self.plan.end]
        unmet = np.maximum(self.wanted_at_price + self.backlog - self.served, 0.0)
        self.backlog = self.plan.deferred * unmet
        self.lost = unmet * (1.0 - self.plan.deferred)

    def _order(self, t: int) -> None:
        """What buyers order, and what of it may leave."""
        plan, draws = self.plan, self.draws
        self.expected += SMOOTH * (self.goal - self.expected)
        self.need = self.coefficient * self.expected[plan.use_node]
        feared = np.minimum(self.fill, 1.0 - self._foreseen(t))
        cover = draws.cover_in * (1.0 + draws.hoarding * (1.0 - feared)) * self._prebuilt(t)
        held = self.stock_in + self.transit
        self.order = np.maximum(self.need * (1.0 + (cover + self.usual_lead) / ADJUST) - held / ADJUST, 0.0)
        share = plan.share[:, None]
        self.asked = share * self.order[self.network.arc_use]
        self.in_use = share * self.need[self.network.arc_use]
        self.open, self.most = self._open(t), self._most(t)
        self.allowed = self.asked if self.open is None else self.asked * self.open
        if self.most is not None:
            self.allowed = np.minimum(self.allowed, self.most)

    def _ship(self, t: int) -> None:
        """Suppliers ship; the unfilled rest is asked of the others."""
        plan = self.plan
        self.shipped, left = self._ration()
        # Makers plan for what their buyers use and for what they order beyond it. What may not leave waits
        # with its maker, who would otherwise have to begin anew when trade opens.
        wanted_of_makers = plan.to_make @ np.maximum(self.allowed, self.in_use)
        missing = np.maximum(self.order * (1.0 - EXACT) - plan.to_use @ self.shipped, 0.0)
        if len(plan.others) and missing.any():
            more, asked_more = self._ask_others(missing, left)
            self.shipped[plan.others] += more
            left = np.maximum(left - plan.others_to_make @ more, 0.0)
            wanted_of_makers += asked_more
        for desk in self.desks:
            desk.use(self.shipped)
        self.seen += SMOOTH * (wanted_of_makers - self.seen)
        self.aside = np.maximum(left - self.room, 0.0)
        self.stock_out = left - self.aside
        if self.same_lead is not None:
            self.pipe[(t + self.same_lead) % self.depth, self.arcs] += self.shipped
        else:
            slot = (t + self.lead + self._later(t)) % self.depth
            self.pipe[slot, self.arcs[:, None], self.columns] += self.shipped
        self.got = plan.to_use @ self.shipped
        self.transit += self.got

    def _ration(self) -> tuple[Floats, Floats]:
        """What is shipped of what may leave, by arc, and what is left, by maker: pro rata within a tier."""
        shipped, left = np.zeros_like(self.allowed), self.stock_out
        for tier, to_make in self.plan.tiers:
            total = to_make @ self.allowed[tier]
            share = np.divide(left, total, out=np.ones_like(total), where=total > left)
            shipped[tier] = self.allowed[tier] * share[self.network.arc_make[tier]]
            left = np.maximum(left - to_make @ shipped[tier], 0.0)
        return shipped, left

    def _reprice(self, t: int) -> None:
        """Spot prices close a part of the gap to where what is in reach would clear; contracts follow."""
        plan = self.plan
        filled = np.divide(self.got, self.order, out=np.ones_like(self.got), where=self.order > 0)
        self.fill += SMOOTH * (filled - self.fill)
        self._look_ahead(t)
        short = np.clip(self.ahead, LEAST, 1.0)
        average = 1.0 + (short**-self.inverse - 1.0) / self.part
        average = np.minimum(average, plan.curves.choke[:, None])
        spot = plan.curves.spot[:, None]
        # Who has a cheaper contract bids less of the day's price away; nobody keeps a dearer one.
        clearing = average + (1.0 - spot) / spot * np.maximum(average - self.contract, 0.0)
        clearing = np.minimum(clearing, plan.curves.choke[:, None])
        self.scarcity += PRICE_SPEED * (np.log(clearing) - self.scarcity)
        passed_on = 1.0 + plan.passed_on @ (self.price - 1.0)
        price = np.minimum(np.maximum(np.exp(self.scarcity), passed_on), plan.curves.choke[:, None])
        price = price * self._tariff(t)
        self.price = self._bounded(t, price)
        self.contract += (self.price - self.contract) / REPRICED
        self.paid = np.where(spot < 1.0, (1.0 - spot) * self.contract + spot * self.price, self.price)

    def _look_ahead(self, t: int) -> None:
        """What each market can expect over the horizon, of what it normally uses: supply and its stocks."""
        plan = self.plan
        if self._events("demand"):
            self._spread_surge(t)
        base = plan.to_market @ (self.need0 * self.surge[plan.use_node])
        supply = np.maximum(self._offers(), plan.to_market @ self.got)
        held = plan.to_market @ (self.stock_in + self.transit)
        self.unsold = (supply < FOR_SALE * base) & (held < base)  # less than a week's use
        supply = np.minimum(np.divide(supply, base, out=np.full_like(base, PLENTY), where=base > 0), PLENTY)
        self.supply += SMOOTH * (supply - self.supply)
        expected, weeks = self.supply.copy(), np.full_like(base, self.scenario.horizon)
        for k in (k for k, e in enumerate(self.scenario.events) if e.announced is not None):
            q = {name: rows[k] for name, rows in self.draws.events.items()}
            q["strength"] = self.forcing.strength[0, k]
            end = q["start"] + q["weeks"]
            cut = (plan.to_market @ (plan.cut_off[k] * self.need0)) / np.maximum(
                plan.to_market @ self.need0, 1e-300
            )
            on = (t >= q["announced"]) & (t < end) & np.isfinite(end) & (cut > 0)
            left = np.maximum(end - t - 1.0, 0.0)  # this week's goods have been shared out
            before = np.clip(q["start"] - t - 1.0, 0.0, left)
            calm, cut_to = np.minimum(self.supply, 1.0), 1.0 - cut * q["strength"]
            known = np.divide(calm * before + cut_to * (left - before), left, out=calm, where=left > 0)
            expected = np.where(on, np.minimum(expected, known), expected)
            weeks = np.where(on, left, weeks)
        # What is sent until then arrives a lead later; what is in stock or under way has to last as well.
        held = np.divide(held, base, out=np.full_like(base, FARTHEST), where=base > 0)
        self.ahead = (expected * weeks + held) / (weeks + self.market_lead)

    def _spread_surge(self, t: int) -> None:
        """Demand over normal, a step upstream a week."""
        plan, network = self.plan, self.network
        buyer, supplier = network.places("arcs", "buyer"), network.places("arcs", "supplier")
        sums = _sums(supplier, len(plan.level))
        sold = sums @ plan.flow
        pulled = sums @ (plan.flow[:, None] * self.surge[buyer])
        self.surge = np.where(sold[:, None] > 0, pulled / np.maximum(sold, 1e-300)[:, None], self.surge)
        self.surge[plan.end] = np.divide(
            self.wanted, plan.rate, out=np.ones_like(self.wanted), where=plan.rate > 0
        )

    def _offers(self) -> Floats:
        """What could be sold into each market, t a week: what makers could make, shared by normal trade.

        Makers are held back by their limits and by what their own markets can expect; stocks of theirs
        count over the horizon. What an event keeps from one buyer is offered to the others.
        """
        plan, network = self.plan, self.network
        level = self.level0 * self.surge
        able = np.minimum(
            np.divide(self.limit, level, out=np.full_like(level, PLENTY), where=level > 0), PLENTY
        )
        if len(plan.users):
            richer = np.divide(
                self.amount, self.coefficient, out=np.ones_like(self.need), where=self.coefficient > 0
            )
            ratio = (self.ahead[plan.use_market] * richer)[plan.use_order]
            least = np.minimum.reduceat(ratio, plan.use_starts, axis=0)
            able[plan.users] = np.minimum(able[plan.users], least)
        out = self.yielded * (able * level)[plan.make_node] + self.stock_out / self.scenario.horizon
        usual = self.flow0 * self.surge[network.places("arcs", "buyer")]
        load = plan.to_make @ usual
        each = np.divide(out, load, out=np.full_like(out, PLENTY), where=load > 0)
        offered = usual * each[network.arc_make]
        if self.most is not None or self.open is not None:
            held = np.minimum(offered, self.most) if self.most is not None else offered
            if self.open is not None:
                held = held * self.open
            bound = held < offered
            taken, rest = (
                plan.to_make @ np.where(bound, held, 0.0),
                plan.to_make @ np.where(bound, 0.0, usual),
            )
            each = np.divide(out - taken, rest, out=each, where=rest > EXACT * load)
            offered = np.where(bound, held, usual * each[network.arc_make])
        return np.asarray(plan.to_market @ (plan.to_use @ offered))

    def _bounded(self, t: int, price: Floats) -> Floats:
        """Prices under the floors and ceilings that hold in week t."""
        for k, event in self._events("floor", "ceiling"):
            rows = np.unique(self.plan.use_market[self.plan.targets[k]])
            on, bound = self.forcing.within[t, k] > 0, self.draws.events["strength"][k]
            better = np.maximum if event.kind == "floor" else np.minimum
            price[rows] = np.where(on, better(price[rows], bound), price[rows])
        return price

    def weeks_covered(self) -> Floats:
        """Weeks that each end use could go on without deliveries: its scarcest input's."""
        plan, need = self.plan, self.need
        cover = np.divide(self.stock_in, need, out=np.full_like(need, np.inf), where=need > 0)
        least = np.full((len(self.network.nodes), self.draws.size), np.inf)
        if len(plan.users):
            least[plan.users] = np.minimum.reduceat(cover[plan.use_order], plan.use_starts, axis=0)
        return least[plan.end]

    # --- what events and mitigations do in week t

    def _events(self, *kinds: str) -> list[tuple[int, Event]]:
        return [(k, e) for k, e in enumerate(self.scenario.events) if e.kind in kinds]

    def _mitigations(self, kind: str) -> list[tuple[Mitigation, Ints]]:
        pairs = zip(self.scenario.mitigations, self.plan.touched, strict=True)
        return [(m, rows) for m, rows in pairs if m.kind == kind]

    def _active(self, t: int, k: int, ramp: Floats | None = None) -> Floats:
        """How far event k is on in week t: 1 while it lasts, then fading over `ramp` (rows or none × S)."""
        start, weeks = self.draws.events["start"][k], self.draws.events["weeks"][k]
        # A week counts in part where the event begins or ends within it.
        within = np.clip(np.minimum(t + 1, start + weeks) - np.maximum(t, start), 0.0, 1.0)
        if ramp is None:
            return np.asarray(within)
        after = np.maximum(t - (start + weeks), 0.0)
        fading = np.where((t >= start + weeks) & (ramp > 0), 1.0 - after / np.maximum(ramp, 1e-9), 0.0)
        return np.asarray(np.maximum(within, np.clip(fading, 0.0, 1.0)))

    def _strength(self, t: int, k: int, ramp: Floats | None = None) -> Floats:
        """The strength of event k in week t (S, or rows of `ramp` × S)."""
        strength: Floats = self.forcing.strength[t, k] * self._active(t, k, ramp)
        return strength

    def _capacity(self, t: int) -> Floats:
        hit, grown = self._events("outage", "quota"), self._mitigations("capacity")
        if not hit and not grown:
            return self.capacity
        limit = self.capacity.copy()
        for m, rows in grown:
            limit[rows] += m.amount * _risen(t, m.start, m.ramp)
        for k, _ in hit:
            rows = self.plan.targets[k]
            lost = self._strength(t, k, self.plan.recovery[rows, None])
            # What a node without a stated limit loses is counted from its normal level.
            base = np.where(np.isinf(limit[rows]) & (lost > 0), self.level0[rows], limit[rows])
            limit[rows] = np.where(lost >= 1.0, 0.0, base * (1.0 - np.where(np.isinf(base), 0.0, lost)))
        return limit

    def _surge(self, t: int) -> Floats | float:
        surge: Floats | float = 1.0
        for k, _ in self._events("demand"):
            mine = np.isin(self.plan.end, self.plan.targets[k])[:, None]
            surge = surge * np.where(mine, 1.0 + self._strength(t, k), 1.0)
        return surge

    def _open(self, t: int) -> Floats | None:
        """The share of orders that may leave, by arc, or None if all may."""
        stops = [(k, e) for k, e in self._events("embargo") if e.limited == "orders"]
        if not stops:
            return None
        share = np.ones((len(self.arcs), self.draws.size))
        for k, _ in stops:
            share[self.plan.targets[k]] *= 1.0 - self.forcing.strength[t, k] * self.forcing.within[t, k]
        return share

    def _most(self, t: int) -> Floats | None:
        """What may leave at most, t a week by arc (inf: as much as is ordered), or None if all may."""
        stops = [(k, e) for k, e in self._events("embargo") if e.limited != "orders"]
        if not stops and not self.desks:
            return None
        most = np.full((len(self.arcs), self.draws.size), np.inf)
        for k, event in stops:
            rows = self.plan.targets[k]
            lost = self.forcing.strength[t, k] * self.forcing.within[t, k]
            cap = np.where(lost > 0, (1.0 - lost) * self._limited(event.limited, rows), np.inf)
            most[rows] = np.minimum(most[rows], cap)
        for desk in self.desks:
            desk.work(t, self.in_use)
            most[desk.arcs] = np.minimum(most[desk.arcs], desk.free + desk.granted)
        return most

    def _limited(self, by: str, arcs: Ints) -> Floats:
        """What an embargo takes its share of, t a week by arc."""
        if by == "approvals":
            return self.in_use[arcs]
        flow = self.flow0[arcs]
        if by == "flow":
            return flow
        supplier = self.network.places("arcs", "supplier")[arcs]
        # A supplier without a stated limit could send what it sends.
        could = np.where(np.isinf(self.capacity), self.level0, self.capacity)[supplier]
        level = self.level0[supplier]
        return flow * np.divide(could, level, out=np.ones_like(level), where=level > 0)

    def _foreseen(self, t: int) -> Floats | float:
        """The share of each input's supply that its buyers know will be, or is, kept from them."""
        known = [k for k, e in enumerate(self.scenario.events) if e.announced is not None]
        foreseen: Floats | float = 0.0
        for k in known:
            q = {name: rows[k] for name, rows in self.draws.events.items()}
            q["strength"] = self.forcing.strength[0, k]
            on = (t >= q["announced"]) & (t < q["start"] + q["weeks"])
            foreseen = np.maximum(foreseen, self.plan.cut_off[k] * (q["strength"] * on))
        return foreseen

    def _later(self, t: int) -> Any:
        """Weeks that delays add to what leaves in week t (arcs × S, or 0)."""
        later: Any = 0
        for k, extra in self.extra.items():
            late = np.zeros((len(self.arcs), self.draws.size), dtype=np.int64)
            late[self.plan.targets[k]] = np.where(self._active(t, k) > 0, extra, 0)
            later = later + late
        return later

    def _tariff(self, t: int) -> Floats | float:
        """What tariffs add to each market's price: the rate on the share that pays it."""
        plan = self.plan
        factor: Floats | float = 1.0
        bought = plan.to_market @ (plan.to_use @ plan.flow)
        for k, _ in self._events("tariff"):
            flow = np.zeros_like(plan.flow)
            flow[plan.targets[k]] = plan.flow[plan.targets[k]]
            share = (plan.to_market @ (plan.to_use @ flow)) / np.maximum(bought, 1e-300)
            factor = factor * (1 + share[:, None] * self.draws.events["strength"][k] * self._active(t, k))
        return factor

    def _prebuilt(self, t: int) -> Floats | float:
        factor: Floats | float = 1.0
        for m, rows in self._mitigations("prebuild"):
            if t >= m.start:
                more = np.ones((len(self.network.uses), 1))
                more[rows] += m.amount
                factor = factor * more
        return factor

    def _recipe(self, t: int) -> Floats:
        """Amounts used per tonne made, less what has been designed out so far: of itself under shortage, or
        by a mitigation."""
        plan, designed_out = self.plan, self._mitigations("substitution")
        if not designed_out and not plan.saving.any():
            return np.broadcast_to(self.amount, self.stock_in.shape)
        saved: Floats = plan.saving * np.clip((self.pressed - plan.delay) / plan.saving_ramp, 0.0, 1.0)
        for m, rows in designed_out:
            saved[rows] = np.maximum(saved[rows], m.amount * _risen(t, m.start, m.ramp))
        self.pressed += self.fill < SHORT * (1.0 - TIE)
        return self.amount * (1.0 - saved)

    def _ask_others(self, missing: Floats, left: Floats) -> tuple[Floats, Floats]:
        """The second round: what was missing is asked of every supplier that could still ship.

        Buyers ask in proportion to what each has left and may send, so that a residue of rounding draws
        nothing. Returns what is shipped besides (others × S) and what makers were asked for (makes × S):
        an empty-handed supplier is asked as well, so that it makes more next time.
        """
        plan, arcs = self.plan, self.plan.others
        use, make = self.network.arc_use[arcs], self.network.arc_make[arcs]
        weight = np.broadcast_to(plan.other_weight, (len(arcs), missing.shape[1]))
        if self.open is not None:
            weight = weight * self.open[arcs]
        short = missing[use]
        spare, near = left[make], np.ones_like(short)
        if self.most is not None:
            head = np.maximum(self.most[arcs] - self.shipped[arcs], 0.0)
            spare = np.minimum(spare, head)
            near = np.divide(head, short, out=near, where=head < short)
        stocked, near = weight * spare, weight * near
        total = (plan.others_to_use @ stocked)[use]
        ask = np.divide(short * stocked, total, out=np.zeros_like(stocked), where=total > 0)
        ask = np.minimum(ask, spare)
        sum_ = plan.others_to_make @ ask
        share = np.divide(left, sum_, out=np.ones_like(sum_), where=sum_ > left)
        total = (plan.others_to_use @ near)[use]
        wished = np.divide(short * near, total, out=np.zeros_like(ask), where=total > 0)
        return ask * share[make], plan.others_to_make @ wished


class _Desk:
    """The licensing desk of one event: applications in process, waiting to be decided, and granted.

    `free` is what may leave without a licence, t a week; inf while the rule is off.
    """

    def __init__(
        self, weeks: int, all_arcs: int, arcs: Ints, event: int, forcing: Forcing, flow: Floats
    ) -> None:
        self.arcs, s = arcs, flow.shape[1] if flow.shape[1] > 1 else forcing.within.shape[2]
        self.within, self.part = forcing.within[:, event], forcing.strength[:, event]
        self.approval = forcing.approval[:, event]
        self.processing = np.clip(forcing.processing[:, event], 0.0, weeks)  # longer: never
        mean = flow[arcs].mean(axis=0)
        self.usual = np.where(flow[arcs] > 0, flow[arcs], mean)
        self.pace = forcing.desk[:, event]
        self.depth = int(np.floor(self.processing.max())) + 3
        self.queue = np.zeros((self.depth, len(arcs), s))
        self.waiting, self.granted = np.zeros((len(arcs), s)), np.zeros((len(arcs), s))
        self.free = np.full((len(arcs), s), np.inf)
        self.cells = (np.arange(len(arcs))[:, None], np.arange(s))

    def use(self, shipped: Floats) -> None:
        """Shipments use up grants."""
        self.granted = np.maximum(self.granted - np.maximum(shipped[self.arcs] - self.free, 0.0), 0.0)

    def work(self, t: int, needed: Floats) -> None:
        """One week: buyers apply for what they use and have no grant for, the desk decides."""
        part = self.part[t] * self.within[t]  # of trade, under the rule this week
        on = part > 0
        self.granted = np.where(on, self.granted, 0.0)
        self.free = np.where(on, (1.0 - part) * self.usual, np.inf)
        if not on.any():
            return
        slot = self.queue[t % self.depth]
        self.waiting += slot
        slot[:] = 0.0
        # Each week's use is applied for once, unless grants left over cover it: a desk that asks for the
        # end user's contract grants none for building stock.
        apply = np.maximum(part * needed[self.arcs] - self.granted, 0.0) * on
        self._file(t, apply, self.processing[t])
        pace = np.multiply(self.pace[t], self.usual, out=np.full_like(apply, np.inf), where=self.usual > 0)
        decided = np.minimum(self.waiting, pace)
        self.waiting = self.waiting - decided
        self.granted = self.granted + self.approval[t] * decided
        self._file(t, (1.0 - self.approval[t]) * decided, np.maximum(self.processing[t], 1.0))

    def _file(self, t: int, amount: Floats, weeks: Floats) -> None:
        """Put applications in process: parts of a week as a share that takes a whole week more."""
        whole = np.floor(weeks).astype(int)
        late = amount * (weeks - whole)
        now = whole == 0
        self.waiting += np.where(now, amount - late, 0.0)
        self.queue[(t + whole) % self.depth, *self.cells] += np.where(now, 0.0, amount - late)
        self.queue[(t + whole + 1) % self.depth, *self.cells] += late


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
