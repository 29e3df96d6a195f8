"""The weeks of a block of draws as machine code: one pass over each table a step, a few draws side by side.

Rows are nodes, inputs, outputs or arcs, columns `WIDTH` draws; all that a week touches stays in a core's
cache. `tests/chain/oracle.py` is the same in NumPy, week by week and formula by formula.
Functions take the tables that they use one by one: whole tuples take three times as long to compile.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mine2magnet.core.compiled import apart, compiled, inlined

WIDTH = 32  # draws side by side: enough for vector instructions, few enough for the cache

ADJUST = 4.0  # weeks over which buyers and makers close a gap in stock; monthly planning
SMOOTH = 0.25  # weight of the newest week in expectations: their mean age is three weeks
SHORT = 0.9  # share of orders filled below which buyers start to design an input out
EXACT = 1e-12  # of an order; less is rounding, and is not asked of others
TIE = 1e-9  # relative; closer than this to a threshold is on it
FARTHEST = 1e6  # weeks of stock; more is for ever
PLENTY = 10.0  # of normal; supply beyond this moves no price
NEXT_TO_NOTHING = 1e-200  # t; a quotient by less may not be a number
FEW = 6  # weeks between the draws' leads up to which each is looked at in turn
FOR_SALE = 0.01  # of normal use; where less is offered, and no week's use is held, nothing is for sale
LEAST = 1e-4  # of normal use; a market with less is as good as empty
PRICE_SPEED = 0.5  # share of the gap to the clearing (log) price closed in a week
REPRICED = 13.0  # weeks over which contracts follow the spot market; prices are set by the quarter

# What events and mitigations are called in tables of integers.
OUTAGE, EMBARGO, LICENCE, TARIFF, DELAY, DEMAND, FLOOR, CEILING = range(8)
BY_FLOW, BY_ORDERS, BY_USE = range(3)
SUBSTITUTION, CAPACITY, PREBUILD = range(3)


# fmt: off
class Tables(NamedTuple):
    """The network: who feeds whom (indices), and what does not differ between draws."""

    use_node: Any
    make_node: Any
    arc_use: Any
    arc_make: Any
    node_use_from: Any  # uses of node n: node_use[node_use_from[n]:node_use_from[n + 1]]
    node_use: Any
    drive_from: Any  # driving outputs likewise
    drive: Any
    use_arc_from: Any  # arcs into a use likewise
    use_arc: Any
    several: Any  # uses with more than one supplier
    share: Any
    flow: Any
    other_weight: Any
    tier_from: Any  # inputs in the order in which they are served
    tier_use: Any
    asked_from: Any  # arcs out of output o of O in tier k: asked_arc[asked_from[k * O + o]:...]
    asked_arc: Any
    held: Any  # arcs that an event can hold
    end: Any
    rate: Any
    gives_way: Any
    deferred: Any
    saving: Any
    delay: Any
    ramp: Any
    recovery: Any
    use_market: Any
    pair_from: Any  # of market m: the outputs sold there, pairs pair_from[m]:pair_from[m + 1]
    pair_make: Any
    pair_share: Any  # of what the market buys
    arc_pair: Any
    spent: Any  # what a rise of an input's price adds to the node's cost
    end_part: Any  # an input's part of what an end use pays
    spot: Any
    choke: Any


class Happening(NamedTuple):
    """Events and mitigations: what, to which rows, when (weeks × events × draws)."""

    kind: Any
    by: Any
    first: Any
    rows: Any
    m_kind: Any
    m_first: Any
    m_rows: Any
    m_amount: Any
    m_start: Any
    m_ramp: Any
    cut_off: Any  # events × uses
    cut_market: Any  # events × markets
    taxed: Any  # events × markets: the share that pays a tariff
    foretold: Any  # events that are announced
    weeks: int
    horizon: float
    stop_share: float
    saves: bool  # whether inputs are designed out
    surges: bool
    priced: bool  # whether costs are passed on
    holds: bool
    delays: bool
    stocked: bool  # whether anybody has a reserve


class Drawn(NamedTuple):
    """What differs between draws: blocks × rows × WIDTH, or one block for all; `_block` takes one out."""

    cover_in: Any
    cover_out: Any
    lead: Any
    lead_low: Any  # blocks × arcs: of the draws of a block
    lead_high: Any
    use_lead: Any  # blocks × uses: of all arcs into it in all draws of a block, or -1
    hoarding: Any
    inverse: Any  # of the elasticity of markets
    part: Any
    market_lead: Any
    amount: Any
    made: Any
    level0: Any
    flow0: Any
    capacity: Any
    reserve: Any
    room: Any
    base: Any  # what an embargo takes its share of, by rows of Happening
    start: Any
    finish: Any
    announced: Any
    within: Any  # blocks × weeks × events × WIDTH
    strength: Any
    processing: Any
    approval: Any
    desk: Any


class Totals(NamedTuple):
    """What is kept: blocks × ends × WIDTH, and weekly series."""

    wanted: Any
    lost: Any
    forgone: Any
    first_stop: Any
    weeks_stopped: Any
    served: Any  # weeks × ends × draws that are kept
    price: Any
    cover: Any


class State(NamedTuple):
    """Where a block stands: rows × WIDTH."""

    stock_in: Any
    transit: Any
    reserve: Any
    order: Any
    need: Any
    need0: Any
    coefficient: Any
    covered: Any
    fill: Any
    pressed: Any
    got: Any
    usual_lead: Any
    prebuilt: Any  # one for all draws
    stock_out: Any
    seen: Any
    total: Any
    counted: Any
    left: Any
    sent: Any
    aside: Any
    load: Any
    each: Any
    level: Any
    goal: Any
    desired: Any
    limit: Any
    expected: Any
    surge: Any
    able: Any
    cost: Any
    pipe: Any
    allowed: Any
    shipped: Any
    most: Any
    open: Any
    ask: Any
    later: Any
    waiting: Any
    granted: Any
    free: Any
    queue: Any
    backlog: Any
    wanted: Any
    at_price: Any
    served: Any
    lost: Any
    base: Any
    ahead: Any
    supply: Any
    scarcity: Any
    price: Any
    contract: Any
    paid: Any
    usual: Any
    short: Any
    offered: Any
    bought: Any
    kept: Any
    row: Any  # WIDTH each, for what is between two loops
    stocked: Any
    willing: Any
    applied: Any
    refused: Any
    due: Any  # weeks × WIDTH
    again: Any


class Record(NamedTuple):
    """One draw's weeks (weeks × rows), or empty."""

    level: Any
    desired: Any
    limit: Any
    wanted: Any
    stock_in: Any
    stock_out: Any
    used: Any
    made: Any
    aside: Any
    covered: Any
    coefficient: Any
    order: Any
    asked: Any
    allowed: Any
    shipped: Any
    arrived: Any
    price: Any
    held: Any
    transit: Any


@inlined
def _clear(rows: Any) -> None:
    for r in range(len(rows)):
        for w in range(WIDTH):
            rows[r, w] = 0.0



@inlined
def _least(a: float, b: float) -> float:
    """The lesser, to be put where `a` was; plus nought, or a row would be stored in part, slowly."""
    return min(a, b) + 0.0


@inlined
def _most(a: float, b: float) -> float:
    """The greater, likewise."""
    return max(a, b) + 0.0


@inlined
def _risen(t: int, start: float, ramp: float) -> float:
    if ramp > 0:
        return min(max((t + 1 - start) / ramp, 0.0), 1.0)
    return 1.0 if t >= start else 0.0


@apart
def _limit(h_m_kind: Any, h_m_first: Any, s_limit: Any, h_m_rows: Any, d_capacity: Any, h_kind: Any,
    h_first: Any, h_rows: Any, h_m_amount: Any, h_m_start: Any, h_m_ramp: Any, d_strength: Any,
    d_within: Any, d_finish: Any, net_recovery: Any, d_level0: Any, t: int) -> None:
    """What nodes can make at most: capacity, what is added to it, what events take."""
    for m in range(len(h_m_kind)):
        if h_m_kind[m] == CAPACITY:
            for r in range(h_m_first[m], h_m_first[m + 1]):
                n = h_m_rows[r]
                for w in range(WIDTH):
                    s_limit[n, w] = d_capacity[n, w]
    for k in range(len(h_kind)):
        if h_kind[k] == OUTAGE:
            for r in range(h_first[k], h_first[k + 1]):
                n = h_rows[r]
                for w in range(WIDTH):
                    s_limit[n, w] = d_capacity[n, w]
    for m in range(len(h_m_kind)):
        if h_m_kind[m] == CAPACITY:
            more = h_m_amount[m] * _risen(t, h_m_start[m], h_m_ramp[m])
            for r in range(h_m_first[m], h_m_first[m + 1]):
                n = h_m_rows[r]
                for w in range(WIDTH):
                    s_limit[n, w] += more
    for k in range(len(h_kind)):
        if h_kind[k] == OUTAGE:
            for r in range(h_first[k], h_first[k + 1]):
                n = h_rows[r]
                for w in range(WIDTH):
                    lost = d_strength[t, k, w] * _active(d_within, d_finish, net_recovery, t, k, n, w)
                    if lost >= 1.0:
                        s_limit[n, w] = 0.0
                    elif lost > 0.0:
                        # What a node without a stated limit loses is counted from its normal level.
                        base = d_level0[n, w] if np.isinf(s_limit[n, w]) else s_limit[n, w]
                        s_limit[n, w] = base * (1.0 - lost)


@inlined
def _active(d_within: Any, d_finish: Any, net_recovery: Any, t: int, k: int, n: int, w: int) -> float:
    """How far an outage is on: 1 while it lasts, then fading over the node's ramp."""
    on: float = d_within[t, k, w]
    end, ramp = d_finish[k, w], net_recovery[n]
    if t >= end and ramp > 0:
        on = max(on, min(max(1.0 - max(t - end, 0.0) / max(ramp, 1e-9), 0.0), 1.0))
    return on


@apart
def _want(net_recovery: Any, s_desired: Any, net_drive_from: Any, net_drive: Any, s_seen: Any,
    d_cover_out: Any, s_stock_out: Any, d_made: Any, net_end: Any, s_wanted: Any, net_rate: Any,
    h_kind: Any, h_first: Any, h_rows: Any, d_strength: Any, d_within: Any, s_at_price: Any,
    net_gives_way: Any, s_row: Any, net_node_use_from: Any, net_node_use: Any, net_use_market: Any,
    net_end_part: Any, s_paid: Any, s_backlog: Any, s_goal: Any, s_limit: Any, t: int) -> None:
    """What end customers want, at the prices of the week before, and what each node is to make."""
    for n in range(len(net_recovery)):
        for w in range(WIDTH):
            s_desired[n, w] = 0.0
        for r in range(net_drive_from[n], net_drive_from[n + 1]):
            o = net_drive[r]
            for w in range(WIDTH):
                seen = s_seen[o, w]
                gap = (d_cover_out[o, w] * seen - s_stock_out[o, w]) / ADJUST
                s_desired[n, w] = _most(s_desired[n, w], (seen + gap) / d_made[o, w])
    for u in range(len(net_end)):
        for w in range(WIDTH):
            s_wanted[u, w] = net_rate[u]
    for k in range(len(h_kind)):
        if h_kind[k] == DEMAND:
            for r in range(h_first[k], h_first[k + 1]):
                for w in range(WIDTH):
                    s_wanted[h_rows[r], w] *= 1.0 + d_strength[t, k, w] * d_within[t, k, w]
    for u in range(len(net_end)):
        n = net_end[u]
        for w in range(WIDTH):
            s_at_price[u, w] = s_wanted[u, w]
        if net_gives_way[u] > 0.0:
            _give_way(s_row, net_node_use_from, net_node_use, net_use_market, net_end_part, s_paid,
                s_at_price, net_gives_way, u, n)
        for w in range(WIDTH):
            s_desired[n, w] = s_at_price[u, w] + s_backlog[u, w]
    for n in range(len(net_recovery)):
        for w in range(WIDTH):
            s_goal[n, w] = min(s_desired[n, w], s_limit[n, w])


@apart
def _give_way(s_row: Any, net_node_use_from: Any, net_node_use: Any, net_use_market: Any,
    net_end_part: Any, s_paid: Any, s_at_price: Any, net_gives_way: Any, u: int, n: int) -> None:
    """What an end use's customers take at what its inputs cost."""
    for w in range(WIDTH):
        s_row[w] = 0.0
    for r in range(net_node_use_from[n], net_node_use_from[n + 1]):
        i = net_node_use[r]
        m, part = net_use_market[i], net_end_part[i]
        for w in range(WIDTH):
            s_row[w] += part * s_paid[m, w]
    dearer = False
    for w in range(WIDTH):
        dearer |= s_row[w] > 1.0
    if dearer:
        for w in range(WIDTH):
            if s_row[w] > 1.0:
                s_at_price[u, w] *= s_row[w] ** -net_gives_way[u]


@apart
def _recipe(net_use_node: Any, s_pressed: Any, net_delay: Any, net_ramp: Any, s_coefficient: Any,
    net_saving: Any, h_m_kind: Any, h_m_amount: Any, h_m_start: Any, h_m_ramp: Any, h_m_first: Any,
    h_m_rows: Any, s_fill: Any, d_amount: Any, t: int) -> None:
    """Amounts used per tonne made, less what has been designed out so far."""
    for i in range(len(net_use_node)):
        for w in range(WIDTH):
            risen = (s_pressed[i, w] - net_delay[i]) / net_ramp[i]
            s_coefficient[i, w] = net_saving[i] * min(max(risen, 0.0), 1.0)
    for m in range(len(h_m_kind)):
        if h_m_kind[m] == SUBSTITUTION:
            saved = h_m_amount[m] * _risen(t, h_m_start[m], h_m_ramp[m])
            for r in range(h_m_first[m], h_m_first[m + 1]):
                i = h_m_rows[r]
                for w in range(WIDTH):
                    s_coefficient[i, w] = _most(s_coefficient[i, w], saved)
    for i in range(len(net_use_node)):
        for w in range(WIDTH):
            s_pressed[i, w] += 1.0 if s_fill[i, w] < SHORT * (1.0 - TIE) else 0.0
            s_coefficient[i, w] = d_amount[i, w] * (1.0 - s_coefficient[i, w])


@apart
def _prebuild(s_prebuilt: Any, h_m_kind: Any, h_m_start: Any, h_m_first: Any, h_m_rows: Any, h_m_amount: Any,
    t: int) -> None:
    """How many times their usual stock buyers aim for by a mitigation."""
    for i in range(len(s_prebuilt)):
        s_prebuilt[i] = 1.0
    for m in range(len(h_m_kind)):
        if h_m_kind[m] == PREBUILD and t >= h_m_start[m]:
            for r in range(h_m_first[m], h_m_first[m + 1]):
                s_prebuilt[h_m_rows[r]] *= 1.0 + h_m_amount[m]


@inlined
def _use_and_order(s_row: Any, s_fill: Any, h_kind: Any, h_foretold: Any, h_cut_off: Any, d_strength: Any,
    d_announced: Any, d_finish: Any, s_stock_in: Any, s_coefficient: Any, s_level: Any, s_expected: Any,
    d_cover_in: Any, d_hoarding: Any, s_prebuilt: Any, s_transit: Any, s_need: Any, s_order: Any,
    s_usual_lead: Any, t: int, n: int, i: int) -> None:
    """An input is used, and ordered: use, and a part of the gap in its stock."""
    for w in range(WIDTH):
        s_row[w] = s_fill[i, w]
    for k in range(len(h_kind)):
        if h_foretold[k]:
            for w in range(WIDTH):
                left = 1.0 - h_cut_off[k, i] * d_strength[t, k, w]
                known = d_announced[k, w] <= t and t < d_finish[k, w]
                s_row[w] = min(s_row[w], left) if known else s_row[w]
    for w in range(WIDTH):
        stock = max(s_stock_in[i, w] - s_coefficient[i, w] * s_level[n, w], 0.0)
        need = s_coefficient[i, w] * s_expected[n, w]
        cover = d_cover_in[i, w] * (1.0 + d_hoarding[w] * (1.0 - s_row[w])) * s_prebuilt[i]
        held = stock + s_transit[i, w]
        s_stock_in[i, w], s_need[i, w] = stock, need
        s_order[i, w] = max(need * (1.0 + (cover + s_usual_lead[i, w]) / ADJUST) - held / ADJUST, 0.0)


@apart
def _make(h_saves: Any, net_use_node: Any, s_pressed: Any, net_delay: Any, net_ramp: Any,
    s_coefficient: Any, net_saving: Any, h_m_kind: Any, h_m_amount: Any, h_m_start: Any,
    h_m_ramp: Any, h_m_first: Any, h_m_rows: Any, s_fill: Any, d_amount: Any, net_recovery: Any,
    s_level: Any, s_goal: Any, h_stocked: Any, s_stock_in: Any, s_reserve: Any, s_covered: Any,
    net_make_node: Any, s_stock_out: Any, d_made: Any, net_node_use_from: Any, net_node_use: Any, s_pipe: Any,
    s_transit: Any, h_delays: Any, d_use_lead: Any, s_row: Any,
    h_kind: Any, h_foretold: Any, h_cut_off: Any, d_strength: Any, d_announced: Any, d_finish: Any,
    s_expected: Any, d_cover_in: Any, d_hoarding: Any, s_prebuilt: Any, s_need: Any, s_order: Any,
    s_usual_lead: Any, t: int, keep: bool) -> None:
    """Goods arrive; each node makes what its scarcest input allows, reserves touched at last, and orders."""
    slot = t % len(s_pipe)
    if h_saves:
        _recipe(net_use_node, s_pressed, net_delay, net_ramp, s_coefficient, net_saving, h_m_kind,
            h_m_amount, h_m_start, h_m_ramp, h_m_first, h_m_rows, s_fill, d_amount, t)
    for n in range(len(net_recovery)):
        first, last = net_node_use_from[n], net_node_use_from[n + 1]
        for w in range(WIDTH):
            s_level[n, w] = s_goal[n, w]
            s_expected[n, w] += SMOOTH * (s_goal[n, w] - s_expected[n, w])
        for r in range(first, last):
            i, short = net_node_use[r], 0
            for w in range(WIDTH):
                x = s_pipe[slot, i, w]
                have = s_stock_in[i, w] + x
                s_stock_in[i, w] = have
                s_transit[i, w] -= x
                short |= 1 if have < s_coefficient[i, w] * s_goal[n, w] else 0
            # What all send with one lead is written over when its turn comes.
            if h_delays or d_use_lead[i] < 0:
                for w in range(WIDTH):
                    s_pipe[slot, i, w] = 0.0
            if short and h_stocked:
                for w in range(WIDTH):
                    missing = max(s_coefficient[i, w] * s_goal[n, w] - s_stock_in[i, w], 0.0)
                    released = min(s_reserve[i, w], missing)
                    s_reserve[i, w] -= released
                    s_stock_in[i, w] += released
            if short:
                for w in range(WIDTH):
                    wish, have = s_coefficient[i, w] * s_goal[n, w], s_stock_in[i, w]
                    part = have / wish if have < wish else 1.0
                    s_level[n, w] = _least(s_level[n, w], s_goal[n, w] * part)
            if keep:
                for w in range(WIDTH):
                    wish = s_coefficient[i, w] * s_goal[n, w]
                    s_covered[i, w] = s_stock_in[i, w] / wish if wish > 0.0 else np.inf
        for r in range(first, last):
            _use_and_order(s_row, s_fill, h_kind, h_foretold, h_cut_off, d_strength, d_announced, d_finish,
                s_stock_in, s_coefficient, s_level, s_expected, d_cover_in, d_hoarding, s_prebuilt, s_transit,
                s_need, s_order, s_usual_lead, t, n, net_node_use[r])
    for o in range(len(net_make_node)):
        n = net_make_node[o]
        for w in range(WIDTH):
            s_stock_out[o, w] += d_made[o, w] * s_level[n, w]


@apart
def _serve(net_end: Any, net_deferred: Any, s_level: Any, s_served: Any, s_at_price: Any, s_backlog: Any,
    s_lost: Any) -> None:
    """End customers get what was made; a part of them waits for the rest."""
    for u in range(len(net_end)):
        n, waits = net_end[u], net_deferred[u]
        for w in range(WIDTH):
            s_served[u, w] = s_level[n, w]
            unmet = max(s_at_price[u, w] + s_backlog[u, w] - s_served[u, w], 0.0)
            s_backlog[u, w] = waits * unmet
            s_lost[u, w] = unmet * (1.0 - waits)


@apart
def _hold(h_kind: Any, h_first: Any, h_rows: Any, s_most: Any, s_open: Any, net_arc_use: Any,
    h_by: Any, d_strength: Any, d_within: Any, net_share: Any, s_need: Any, d_base: Any,
    s_queue: Any, s_due: Any, s_again: Any, s_row: Any, d_processing: Any, h_weeks: Any,
    s_granted: Any, s_free: Any, s_waiting: Any, d_desk: Any, d_approval: Any, s_applied: Any,
    s_refused: Any, t: int) -> None:
    """What events let leave: `open`, a share of orders, and `most`, t a week."""
    for k in range(len(h_kind)):
        if h_kind[k] == EMBARGO or h_kind[k] == LICENCE:
            for r in range(h_first[k], h_first[k + 1]):
                a = h_rows[r]
                for w in range(WIDTH):
                    s_most[a, w] = np.inf
                    s_open[a, w] = 1.0
    for k in range(len(h_kind)):
        if h_kind[k] == EMBARGO:
            for r in range(h_first[k], h_first[k + 1]):
                a = h_rows[r]
                u, by = net_arc_use[a], h_by[k]
                for w in range(WIDTH):
                    lost = d_strength[t, k, w] * d_within[t, k, w]
                    of = net_share[a] * s_need[u, w] if by == BY_USE else d_base[r, w]
                    if by == BY_ORDERS:
                        s_open[a, w] *= 1.0 - lost
                    else:
                        s_most[a, w] = _least(s_most[a, w], (1.0 - lost) * of if lost > 0.0 else np.inf)
        elif h_kind[k] == LICENCE:
            _decide(s_queue, s_due, s_again, s_row, d_strength, d_within, d_processing, h_weeks, h_first,
                h_rows, net_arc_use, net_share, s_granted, s_free, d_base, s_need, s_waiting, d_desk,
                d_approval, s_applied, s_refused, s_most, t, k)


@apart
def _decide(s_queue: Any, s_due: Any, s_again: Any, s_row: Any, d_strength: Any, d_within: Any,
    d_processing: Any, h_weeks: Any, h_first: Any, h_rows: Any, net_arc_use: Any, net_share: Any,
    s_granted: Any, s_free: Any, d_base: Any, s_need: Any, s_waiting: Any, d_desk: Any,
    d_approval: Any, s_applied: Any, s_refused: Any, s_most: Any, t: int, k: int) -> None:
    """One week of a licensing desk: buyers apply, the desk decides.

    An application is in process for whole weeks; part of a week is a share that takes one more. `due` has the
    shares by weeks from now of what is newly filed, `again` of what was refused, a week at least.
    """
    depth = len(s_queue)
    last = 0
    for j in range(depth):
        for w in range(WIDTH):
            s_due[j, w], s_again[j, w] = 0.0, 0.0
    under = False
    for w in range(WIDTH):
        s_row[w] = d_strength[t, k, w] * d_within[t, k, w]  # of trade, under the rule
        under |= s_row[w] > 0.0
        processing = min(max(d_processing[t, k, w], 0.0), float(h_weeks))
        whole = int(np.floor(processing))
        s_due[whole, w] += 1.0 - (processing - whole)
        s_due[whole + 1, w] += processing - whole
        again = max(whole, 1)
        s_again[again, w] += 1.0 - max(processing - again, 0.0)
        s_again[again + 1, w] += max(processing - again, 0.0)
        last = max(last, again + 1)
    slot = t % depth
    for r in range(h_first[k], h_first[k + 1]):
        a = h_rows[r]
        u, share = net_arc_use[a], net_share[a]
        if not under:
            for w in range(WIDTH):
                s_granted[r, w], s_free[r, w] = 0.0, np.inf
            continue
        for w in range(WIDTH):
            part, usual = s_row[w], d_base[r, w]
            on = part > 0.0
            applied = max(part * (share * s_need[u, w]) - s_granted[r, w], 0.0) if on else 0.0
            waiting = s_waiting[r, w] + applied * s_due[0, w]
            waiting += s_queue[slot, r, w] if on else 0.0
            s_queue[slot, r, w] = 0.0 if on else s_queue[slot, r, w]
            pace = d_desk[t, k, w] * usual if usual > 0.0 else np.inf
            decided = min(waiting, pace) if on else 0.0
            s_waiting[r, w] = waiting - decided
            granted = s_granted[r, w] + d_approval[t, k, w] * decided
            s_granted[r, w] = granted if on else 0.0
            s_free[r, w] = (1.0 - part) * usual if on else np.inf
            s_applied[w] = applied
            s_refused[w] = (1.0 - d_approval[t, k, w]) * decided
            s_most[a, w] = _least(s_most[a, w], s_free[r, w] + s_granted[r, w])
        for j in range(1, last + 1):
            later = (t + j) % depth
            for w in range(WIDTH):
                s_queue[later, r, w] += s_applied[w] * s_due[j, w] + s_refused[w] * s_again[j, w]


@apart
def _delay(s_later: Any, h_kind: Any, h_first: Any, d_within: Any, h_rows: Any, d_strength: Any,
    h_weeks: Any, t: int) -> None:
    """Weeks that delays add to what leaves now."""
    for k in range(len(h_kind)):
        if h_kind[k] == DELAY:
            for r in range(h_first[k], h_first[k + 1]):
                for w in range(WIDTH):
                    s_later[h_rows[r], w] = 0
    for k in range(len(h_kind)):
        if h_kind[k] == DELAY:
            for r in range(h_first[k], h_first[k + 1]):
                for w in range(WIDTH):
                    if d_within[t, k, w] > 0.0:
                        s_later[h_rows[r], w] += int(min(np.rint(d_strength[0, k, w]), h_weeks))


@apart
def _send(s_pipe: Any, net_use_arc_from: Any, net_use_arc: Any, d_lead_low: Any, d_lead_high: Any,
    d_use_lead: Any, h_delays: Any, s_later: Any, d_lead: Any, s_shipped: Any, s_got: Any,
    s_bought: Any, s_kept: Any, net_use_market: Any, s_order: Any, s_transit: Any, s_fill: Any,
    s_stock_in: Any, t: int) -> None:
    """Put what is shipped under way, and close the buyers' books."""
    depth = len(s_pipe)
    _clear(s_bought)
    _clear(s_kept)
    for u in range(len(s_got)):
        m = net_use_market[u]
        for w in range(WIDTH):
            got, order, transit = s_got[u, w], s_order[u, w], s_transit[u, w] + s_got[u, w]
            s_transit[u, w] = transit
            filled = got / order if order > 0.0 else 1.0
            s_fill[u, w] += SMOOTH * (filled - s_fill[u, w])
            s_bought[m, w] += got
            s_kept[m, w] += s_stock_in[u, w] + transit
        if d_use_lead[u] >= 0 and not h_delays:
            slot = (t + d_use_lead[u]) % depth
            for w in range(WIDTH):
                s_pipe[slot, u, w] = s_got[u, w]
            continue
        for r in range(net_use_arc_from[u], net_use_arc_from[u + 1]):
            a = net_use_arc[r]
            low, high = d_lead_low[a], d_lead_high[a]
            if h_delays or high - low > FEW:
                for w in range(WIDTH):
                    late = s_later[a, w] if h_delays else 0
                    s_pipe[(t + d_lead[a, w] + late) % depth, u, w] += s_shipped[a, w]
            elif low == high:
                slot = (t + low) % depth
                for w in range(WIDTH):
                    s_pipe[slot, u, w] += s_shipped[a, w]
            else:
                for lead in range(low, high + 1):
                    slot = (t + lead) % depth
                    for w in range(WIDTH):
                        s_pipe[slot, u, w] += s_shipped[a, w] if d_lead[a, w] == lead else 0.0


@apart
def _ration(s_counted: Any, net_make_node: Any, s_left: Any, s_stock_out: Any, net_tier_from: Any,
    net_tier_use: Any, net_asked_from: Any, net_asked_arc: Any, net_arc_use: Any, s_row: Any,
    net_arc_make: Any, net_share: Any, net_held: Any, s_order: Any,
    s_open: Any, s_most: Any, s_allowed: Any, s_need: Any, s_sent: Any, s_shipped: Any, s_got: Any,
    net_use_arc_from: Any, net_use_arc: Any, d_use_lead: Any, net_several: Any, s_short: Any,
    by_arc: bool) -> int:
    """Suppliers ship what may leave, pro rata if short, tier by tier.

    Returns how many inputs are short and have several suppliers; `short` begins with them.
    """
    count, makes = 0, len(net_make_node)
    for o in range(makes):
        for w in range(WIDTH):
            s_left[o, w], s_counted[o, w] = s_stock_out[o, w], 0.0
    for tier in range(len(net_tier_from) - 1):
        for o in range(makes):
            _asked(net_asked_from, net_asked_arc, net_arc_use, net_share, net_held, s_order, s_need, s_open,
                s_most, s_allowed, s_row, s_counted, tier * makes + o, o)
            for w in range(WIDTH):
                total, left = s_row[w], s_left[o, w]
                s_sent[o, w] = left / total if total > left else 1.0
                s_left[o, w] = max(left - total, 0.0)
        for x in range(net_tier_from[tier], net_tier_from[tier + 1]):
            u = net_tier_use[x]
            whole = not by_arc and d_use_lead[u] >= 0  # nobody asks what came from whom
            for w in range(WIDTH):
                s_row[w], s_got[u, w] = 0.0, 0.0
            for r in range(net_use_arc_from[u], net_use_arc_from[u + 1]):
                a = net_use_arc[r]
                o, share = net_arc_make[a], net_share[a]
                if net_held[a]:
                    for w in range(WIDTH):
                        shipped = s_allowed[a, w] * s_sent[o, w]
                        s_shipped[a, w] = shipped
                        s_got[u, w] += shipped
                    continue
                for w in range(WIDTH):
                    s_row[w] += share * s_sent[o, w]
                if not whole:
                    for w in range(WIDTH):
                        s_shipped[a, w] = share * s_order[u, w] * s_sent[o, w]
            missing = 0
            for w in range(WIDTH):
                got = s_got[u, w] + s_order[u, w] * s_row[w]
                s_got[u, w] = got
                missing |= 1 if s_order[u, w] * (1.0 - EXACT) > got else 0
            if net_several[u]:
                s_short[count] = u
                count += missing
    return count


@apart
def _asked(net_asked_from: Any, net_asked_arc: Any, net_arc_use: Any, net_share: Any, net_held: Any,
    s_order: Any, s_need: Any, s_open: Any, s_most: Any, s_allowed: Any, s_row: Any, s_counted: Any,
    x: int, o: int) -> None:
    """What a tier asks of an output, into `row`, and what counts as asked."""
    for w in range(WIDTH):
        s_row[w] = 0.0
    for r in range(net_asked_from[x], net_asked_from[x + 1]):
        a = net_asked_arc[r]
        u, share = net_arc_use[a], net_share[a]
        if net_held[a]:
            for w in range(WIDTH):
                allowed = min(share * s_order[u, w] * s_open[a, w], s_most[a, w])
                s_allowed[a, w] = allowed
                s_row[w] += allowed
                s_counted[o, w] += max(allowed, share * s_need[u, w])
        else:
            for w in range(WIDTH):
                s_row[w] += share * s_order[u, w]
            for w in range(WIDTH):  # apart, so that both sums stay in registers from arc to arc
                s_counted[o, w] += share * max(s_order[u, w], s_need[u, w])


@apart
def _ask_others(s_order: Any, s_got: Any, s_short: Any,
    s_total: Any, net_use_arc_from: Any, s_row: Any, s_stocked: Any, s_willing: Any,
    net_use_arc: Any, net_arc_make: Any, net_other_weight: Any, net_make_node: Any, net_held: Any,
    s_ask: Any, s_left: Any, s_most: Any, s_shipped: Any, s_open: Any, s_limit: Any, s_counted: Any,
    s_sent: Any, d_use_lead: Any, by_arc: bool, count: int) -> None:
    """The second round: what was missing is asked of every supplier that could still ship, or make more."""
    if count == 0:
        return
    _clear(s_total)
    for x in range(count):
        i = s_short[x]
        first, last = net_use_arc_from[i], net_use_arc_from[i + 1]
        for w in range(WIDTH):
            s_row[w] = max(s_order[i, w] * (1.0 - EXACT) - s_got[i, w], 0.0)
            s_stocked[w], s_willing[w] = 0.0, 0.0
        for r in range(first, last):
            a = net_use_arc[r]
            o, weight = net_arc_make[a], net_other_weight[a]
            n = net_make_node[o]
            if net_held[a]:
                for w in range(WIDTH):
                    s_ask[a, w] = min(s_left[o, w], max(s_most[a, w] - s_shipped[a, w], 0.0))
                    s_stocked[w] += weight * s_open[a, w] * s_ask[a, w]
                    s_willing[w] += weight * s_open[a, w] * _near(s_most, s_shipped, s_row, s_limit, a, n, w)
            else:
                for w in range(WIDTH):
                    s_ask[a, w] = s_left[o, w]
                    s_stocked[w] += weight * s_left[o, w]
                    # Who makes nothing is not asked to.
                    s_willing[w] += weight if s_limit[n, w] > 0.0 else 0.0
        for w in range(WIDTH):
            s_stocked[w] = s_row[w] / s_stocked[w] if s_stocked[w] > NEXT_TO_NOTHING else 0.0
            s_willing[w] = s_row[w] / s_willing[w] if s_willing[w] > NEXT_TO_NOTHING else 0.0
        for r in range(first, last):
            a = net_use_arc[r]
            o, weight = net_arc_make[a], net_other_weight[a]
            n = net_make_node[o]
            if net_held[a]:
                for w in range(WIDTH):
                    each = weight * s_open[a, w]
                    near = _near(s_most, s_shipped, s_row, s_limit, a, n, w)
                    s_ask[a, w] = _least(s_ask[a, w], s_stocked[w] * each * s_ask[a, w])
                    s_total[o, w] += s_ask[a, w]
                    s_counted[o, w] += s_willing[w] * each * near
            else:
                for w in range(WIDTH):
                    near = weight if s_limit[n, w] > 0.0 else 0.0
                    s_ask[a, w] = _least(s_ask[a, w], s_stocked[w] * weight * s_ask[a, w])
                    s_total[o, w] += s_ask[a, w]
                    s_counted[o, w] += s_willing[w] * near
    for o in range(len(net_make_node)):
        for w in range(WIDTH):
            total, left = s_total[o, w], s_left[o, w]
            s_sent[o, w] = left / total if total > left else 1.0
            s_left[o, w] = max(left - total, 0.0)
    for x in range(count):
        i = s_short[x]
        for r in range(net_use_arc_from[i], net_use_arc_from[i + 1]):
            a = net_use_arc[r]
            o = net_arc_make[a]
            for w in range(WIDTH):
                s_got[i, w] += s_ask[a, w] * s_sent[o, w]
            if by_arc or net_held[a] or d_use_lead[i] < 0:
                for w in range(WIDTH):
                    s_shipped[a, w] += s_ask[a, w] * s_sent[o, w]


@inlined
def _near(s_most: Any, s_shipped: Any, s_row: Any, s_limit: Any, a: int, n: int, w: int) -> float:
    """How near what may still leave comes to what is short; nought if its maker stands still."""
    head = max(s_most[a, w] - s_shipped[a, w], 0.0)
    near = head / s_row[w] if head < s_row[w] else 1.0
    return near if s_limit[n, w] > 0.0 else 0.0


@apart
def _ship(h_delays: Any, s_later: Any, h_kind: Any, h_first: Any, d_within: Any, h_rows: Any,
    d_strength: Any, h_weeks: Any, s_counted: Any, net_make_node: Any, s_left: Any,
    s_stock_out: Any, net_tier_from: Any, net_tier_use: Any, net_asked_from: Any, net_asked_arc: Any,
    net_arc_use: Any, s_total: Any, net_arc_make: Any,
    net_share: Any, net_held: Any, s_order: Any, s_open: Any, s_most: Any, s_allowed: Any, s_need: Any,
    s_sent: Any, s_shipped: Any, s_got: Any, net_several: Any, s_short: Any, net_use_arc_from: Any,
    s_row: Any, s_stocked: Any,
    s_willing: Any, net_use_arc: Any, net_other_weight: Any, s_ask: Any, s_limit: Any, s_pipe: Any,
    d_lead_low: Any, d_lead_high: Any, d_use_lead: Any, d_lead: Any, s_free: Any, s_granted: Any, s_seen: Any,
    s_aside: Any, d_room: Any, s_bought: Any, s_kept: Any, net_use_market: Any, s_transit: Any,
    s_fill: Any, s_stock_in: Any, t: int, keep: bool) -> None:
    """Suppliers ship; the unfilled rest is asked of the others."""
    by_arc = keep or h_delays
    if h_delays:
        _delay(s_later, h_kind, h_first, d_within, h_rows, d_strength, h_weeks, t)
    count = _ration(s_counted, net_make_node, s_left, s_stock_out, net_tier_from, net_tier_use,
        net_asked_from, net_asked_arc, net_arc_use, s_row, net_arc_make, net_share, net_held, s_order, s_open,
        s_most, s_allowed, s_need, s_sent, s_shipped, s_got, net_use_arc_from, net_use_arc, d_use_lead,
        net_several, s_short, by_arc)
    _ask_others(s_order, s_got, s_short, s_total, net_use_arc_from, s_row, s_stocked, s_willing, net_use_arc,
        net_arc_make, net_other_weight, net_make_node, net_held, s_ask, s_left, s_most, s_shipped, s_open,
        s_limit, s_counted, s_sent, d_use_lead, by_arc, count)
    _send(s_pipe, net_use_arc_from, net_use_arc, d_lead_low, d_lead_high, d_use_lead, h_delays, s_later,
        d_lead, s_shipped, s_got, s_bought, s_kept, net_use_market, s_order, s_transit, s_fill, s_stock_in, t)
    _settle(h_kind, h_first, h_rows, s_shipped, s_free, s_granted, net_make_node, s_seen, s_counted, s_aside,
        s_left, d_room, s_stock_out)


@apart
def _settle(h_kind: Any, h_first: Any, h_rows: Any, s_shipped: Any, s_free: Any, s_granted: Any,
    net_make_node: Any, s_seen: Any, s_counted: Any, s_aside: Any, s_left: Any, d_room: Any,
    s_stock_out: Any) -> None:
    """Grants are used up, and makers' books closed."""
    for k in range(len(h_kind)):
        if h_kind[k] == LICENCE:
            for r in range(h_first[k], h_first[k + 1]):
                a = h_rows[r]
                for w in range(WIDTH):
                    over = max(s_shipped[a, w] - s_free[r, w], 0.0)
                    s_granted[r, w] = max(s_granted[r, w] - over, 0.0)
    for o in range(len(net_make_node)):
        for w in range(WIDTH):
            s_seen[o, w] += SMOOTH * (s_counted[o, w] - s_seen[o, w])
            s_aside[o, w] = max(s_left[o, w] - d_room[o, w], 0.0)
            s_stock_out[o, w] = s_left[o, w] - s_aside[o, w]


@apart
def _spread_surge(s_cost: Any, s_able: Any, net_arc_use: Any, net_make_node: Any, net_arc_make: Any,
    net_use_node: Any, net_flow: Any, s_surge: Any, net_recovery: Any, net_end: Any, s_wanted: Any,
    net_rate: Any, s_usual: Any, s_load: Any, s_base: Any, d_flow0: Any, net_arc_pair: Any,
    net_use_market: Any, s_need0: Any) -> None:
    """Demand over normal, a step upstream a week; and normal trade at it."""
    _clear(s_cost)
    _clear(s_able)
    for a in range(len(net_arc_use)):
        n, buyer = net_make_node[net_arc_make[a]], net_use_node[net_arc_use[a]]
        for w in range(WIDTH):
            s_cost[n, w] += net_flow[a]
            s_able[n, w] += net_flow[a] * s_surge[buyer, w]
    for n in range(len(net_recovery)):
        for w in range(WIDTH):
            if s_cost[n, w] > 0.0:
                s_surge[n, w] = s_able[n, w] / s_cost[n, w]
    for u in range(len(net_end)):
        for w in range(WIDTH):
            s_surge[net_end[u], w] = s_wanted[u, w] / net_rate[u] if net_rate[u] > 0.0 else 1.0
    _usual(s_usual, s_load, s_base, net_arc_use, net_use_node, d_flow0, s_surge, net_arc_pair, net_arc_make,
        net_use_market, s_need0)


@apart
def _usual(s_usual: Any, s_load: Any, s_base: Any, net_arc_use: Any, net_use_node: Any,
    d_flow0: Any, s_surge: Any, net_arc_pair: Any, net_arc_make: Any, net_use_market: Any,
    s_need0: Any) -> None:
    """Normal trade by market and output, and normal use by market, at the surge of the day."""
    _clear(s_usual)
    _clear(s_load)
    _clear(s_base)
    for a in range(len(net_arc_use)):
        buyer = net_use_node[net_arc_use[a]]
        for w in range(WIDTH):
            x = d_flow0[a, w] * s_surge[buyer, w]
            s_usual[net_arc_pair[a], w] += x
            s_load[net_arc_make[a], w] += x
    for i in range(len(net_use_node)):
        for w in range(WIDTH):
            s_base[net_use_market[i], w] += s_need0[i, w] * s_surge[net_use_node[i], w]


@apart
def _able(net_recovery: Any, d_level0: Any, s_surge: Any, s_able: Any, s_limit: Any,
    net_node_use_from: Any, net_node_use: Any, net_use_market: Any, h_saves: Any, d_amount: Any,
    s_coefficient: Any, s_ahead: Any) -> None:
    """What nodes could make, of normal: held back by limits and by what their markets can expect."""
    for n in range(len(net_recovery)):
        for w in range(WIDTH):
            level = d_level0[n, w] * s_surge[n, w]
            s_able[n, w] = min(s_limit[n, w] / level, PLENTY) if level > 0.0 else PLENTY
        for r in range(net_node_use_from[n], net_node_use_from[n + 1]):
            i = net_node_use[r]
            m = net_use_market[i]
            if h_saves:
                for w in range(WIDTH):
                    richer = d_amount[i, w] / s_coefficient[i, w] if s_coefficient[i, w] > 0.0 else 1.0
                    s_able[n, w] = _least(s_able[n, w], s_ahead[m, w] * richer)
            else:
                for w in range(WIDTH):
                    s_able[n, w] = _least(s_able[n, w], s_ahead[m, w])


@apart
def _offers(net_recovery: Any, d_level0: Any, s_surge: Any, s_able: Any, s_limit: Any,
    net_use_node: Any, net_use_market: Any, h_saves: Any, d_amount: Any, s_coefficient: Any,
    s_ahead: Any, net_make_node: Any, d_made: Any, s_total: Any, s_stock_out: Any, h_horizon: Any,
    s_each: Any, s_load: Any, h_holds: Any, s_sent: Any, net_arc_use: Any, net_held: Any,
    net_arc_make: Any, d_flow0: Any, s_most: Any, s_open: Any, s_ask: Any, net_spot: Any,
    s_offered: Any, net_pair_from: Any, net_pair_make: Any, s_usual: Any, net_node_use_from: Any,
    net_node_use: Any) -> None:
    """Expected supply of each market, of normal use, into `supply`."""
    _able(net_recovery, d_level0, s_surge, s_able, s_limit, net_node_use_from, net_node_use, net_use_market,
        h_saves, d_amount, s_coefficient, s_ahead)
    for o in range(len(net_make_node)):
        n = net_make_node[o]
        for w in range(WIDTH):
            out = d_made[o, w] * (s_able[n, w] * (d_level0[n, w] * s_surge[n, w]))
            s_total[o, w] = out + s_stock_out[o, w] / h_horizon
            s_each[o, w] = s_total[o, w] / s_load[o, w] if s_load[o, w] > 0.0 else PLENTY
    if h_holds:
        for o in range(len(net_make_node)):
            for w in range(WIDTH):
                s_sent[o, w] = s_load[o, w]
        for a in range(len(net_arc_use)):
            if net_held[a]:
                o, buyer = net_arc_make[a], net_use_node[net_arc_use[a]]
                for w in range(WIDTH):
                    usual = d_flow0[a, w] * s_surge[buyer, w]
                    offered = usual * s_each[o, w]
                    held = min(offered, s_most[a, w]) * s_open[a, w]
                    less = held < offered
                    s_ask[a, w] = held if less else -1.0
                    s_total[o, w] -= held if less else 0.0
                    s_sent[o, w] -= usual if less else 0.0
        for o in range(len(net_make_node)):
            for w in range(WIDTH):
                open_ = s_sent[o, w] > EXACT * s_load[o, w]
                s_each[o, w] = s_total[o, w] / s_sent[o, w] if open_ else s_each[o, w]
    for m in range(len(net_spot)):
        for w in range(WIDTH):
            s_offered[m, w] = 0.0
        for p in range(net_pair_from[m], net_pair_from[m + 1]):
            o = net_pair_make[p]
            for w in range(WIDTH):
                s_offered[m, w] += s_usual[p, w] * s_each[o, w]
    if h_holds:
        for a in range(len(net_arc_use)):
            if net_held[a]:
                i, o = net_arc_use[a], net_arc_make[a]
                n, m = net_use_node[i], net_use_market[i]
                for w in range(WIDTH):
                    usual = d_flow0[a, w] * s_surge[n, w]
                    more = s_ask[a, w] - usual * s_each[o, w]
                    s_offered[m, w] += more if s_ask[a, w] >= 0.0 else 0.0


@apart
def _look_ahead(h_surges: Any, s_cost: Any, s_able: Any, net_arc_use: Any, net_make_node: Any,
    net_arc_make: Any, net_use_node: Any, net_flow: Any, s_surge: Any, net_recovery: Any,
    net_end: Any, s_wanted: Any, net_rate: Any, s_usual: Any, s_load: Any, s_base: Any,
    d_flow0: Any, net_arc_pair: Any, net_use_market: Any, s_need0: Any, d_level0: Any, s_limit: Any,
    h_saves: Any, d_amount: Any, s_coefficient: Any, s_ahead: Any, d_made: Any, s_total: Any,
    s_stock_out: Any, h_horizon: Any, s_each: Any, h_holds: Any, s_sent: Any, net_held: Any,
    s_most: Any, s_open: Any, s_ask: Any, net_spot: Any, s_offered: Any, net_pair_from: Any,
    net_pair_make: Any, s_bought: Any, s_supply: Any, s_row: Any, s_kept: Any, d_market_lead: Any,
    h_kind: Any, h_foretold: Any, h_cut_market: Any, d_finish: Any, d_announced: Any, d_start: Any,
    d_strength: Any, net_node_use_from: Any, net_node_use: Any, t: int) -> None:
    """What each market can expect over the horizon, of what it normally uses: supply and its stocks."""
    if h_surges:
        _spread_surge(s_cost, s_able, net_arc_use, net_make_node, net_arc_make, net_use_node, net_flow,
            s_surge, net_recovery, net_end, s_wanted, net_rate, s_usual, s_load, s_base, d_flow0,
            net_arc_pair, net_use_market, s_need0)
    _offers(net_recovery, d_level0, s_surge, s_able, s_limit, net_use_node, net_use_market, h_saves,
        d_amount, s_coefficient, s_ahead, net_make_node, d_made, s_total, s_stock_out, h_horizon, s_each,
        s_load, h_holds, s_sent, net_arc_use, net_held, net_arc_make, d_flow0, s_most, s_open, s_ask,
        net_spot, s_offered, net_pair_from, net_pair_make, s_usual, net_node_use_from, net_node_use)
    for m in range(len(net_spot)):
        for w in range(WIDTH):
            base = s_base[m, w]
            supply = _least(max(s_offered[m, w], s_bought[m, w]) / base if base > 0.0 else PLENTY, PLENTY)
            s_supply[m, w] += SMOOTH * (supply - s_supply[m, w])
            s_row[w] = s_kept[m, w] / base if base > 0.0 else FARTHEST
            s_ahead[m, w] = (s_supply[m, w] * h_horizon + s_row[w]) / (h_horizon + d_market_lead[m, w])
        for k in range(len(h_kind)):
            if h_foretold[k] and h_cut_market[k, m] > 0.0:
                _foresee(s_supply, h_horizon, h_kind, d_finish, h_foretold, d_announced, h_cut_market,
                    d_start, d_strength, s_ahead, s_row, d_market_lead, t, m)
                break


@apart
def _foresee(s_supply: Any, h_horizon: Any, h_kind: Any, d_finish: Any, h_foretold: Any,
    d_announced: Any, h_cut_market: Any, d_start: Any, d_strength: Any, s_ahead: Any, s_row: Any,
    d_market_lead: Any, t: int, m: int) -> None:
    """The same where an end was announced: the horizon is the time to it."""
    for w in range(WIDTH):
        expected, weeks = s_supply[m, w], h_horizon
        for k in range(len(h_kind)):
            end = d_finish[k, w]
            if h_foretold[k] and d_announced[k, w] <= t < end < np.inf and h_cut_market[k, m] > 0.0:
                left = max(end - t - 1.0, 0.0)
                before = min(max(d_start[k, w] - t - 1.0, 0.0), left)
                known = calm = min(s_supply[m, w], 1.0)
                if left > 0.0:
                    cut_to = 1.0 - h_cut_market[k, m] * d_strength[0, k, w]
                    known = (calm * before + cut_to * (left - before)) / left
                expected, weeks = min(expected, known), left
        s_ahead[m, w] = (expected * weeks + s_row[w]) / (weeks + d_market_lead[m, w])


@apart
def _shortage(net_spot: Any, s_ahead: Any, s_scarcity: Any, s_contract: Any, s_row: Any,
    d_inverse: Any, d_part: Any, net_choke: Any, m: int) -> None:
    """Move a market's spot price towards where what is in reach would clear."""
    spot, moved = net_spot[m], 0
    for w in range(WIDTH):
        moved |= 1 if s_ahead[m, w] < 1.0 or s_scarcity[m, w] != 0.0 or s_contract[m, w] < 1.0 else 0
    if not moved:
        for w in range(WIDTH):
            s_row[w] = 1.0
        return
    for w in range(WIDTH):
        average = 1.0
        if s_ahead[m, w] < 1.0:
            short = max(s_ahead[m, w], LEAST)
            average = 1.0 + (short ** -d_inverse[m, w] - 1.0) / d_part[m, w]
            average = min(average, net_choke[m])
        # Who has a cheaper contract bids less of the day's price away; nobody keeps a dearer one.
        clearing = average + (1.0 - spot) / spot * max(average - s_contract[m, w], 0.0)
        clearing = min(clearing, net_choke[m])
        log = np.log(clearing) if clearing > 1.0 else 0.0
        s_scarcity[m, w] += PRICE_SPEED * (log - s_scarcity[m, w])
        s_row[w] = np.exp(s_scarcity[m, w]) if s_scarcity[m, w] > 0.0 else 1.0


@apart
def _reprice(h_surges: Any, s_cost: Any, s_able: Any, net_arc_use: Any, net_make_node: Any,
    net_arc_make: Any, net_use_node: Any, net_flow: Any, s_surge: Any, net_recovery: Any,
    net_end: Any, s_wanted: Any, net_rate: Any, s_usual: Any, s_load: Any, s_base: Any,
    d_flow0: Any, net_arc_pair: Any, net_use_market: Any, s_need0: Any, d_level0: Any, s_limit: Any,
    h_saves: Any, d_amount: Any, s_coefficient: Any, s_ahead: Any, d_made: Any, s_total: Any,
    s_stock_out: Any, h_horizon: Any, s_each: Any, h_holds: Any, s_sent: Any, net_held: Any,
    s_most: Any, s_open: Any, s_ask: Any, net_spot: Any, s_offered: Any, net_pair_from: Any,
    net_pair_make: Any, s_bought: Any, s_supply: Any, s_row: Any, s_kept: Any, d_market_lead: Any,
    h_kind: Any, h_foretold: Any, h_cut_market: Any, d_finish: Any, d_announced: Any, d_start: Any,
    d_strength: Any, h_priced: Any, net_spent: Any, s_price: Any, s_scarcity: Any, s_contract: Any,
    d_inverse: Any, d_part: Any, net_choke: Any, net_pair_share: Any, h_taxed: Any, d_within: Any,
    h_first: Any, h_rows: Any, s_paid: Any, net_node_use_from: Any, net_node_use: Any, t: int) -> None:
    """Spot prices close a part of the gap to where what is in reach would clear; contracts follow."""
    _look_ahead(h_surges, s_cost, s_able, net_arc_use, net_make_node, net_arc_make, net_use_node, net_flow,
        s_surge, net_recovery, net_end, s_wanted, net_rate, s_usual, s_load, s_base, d_flow0, net_arc_pair,
        net_use_market, s_need0, d_level0, s_limit, h_saves, d_amount, s_coefficient, s_ahead, d_made,
        s_total, s_stock_out, h_horizon, s_each, h_holds, s_sent, net_held, s_most, s_open, s_ask, net_spot,
        s_offered, net_pair_from, net_pair_make, s_bought, s_supply, s_row, s_kept, d_market_lead, h_kind,
        h_foretold, h_cut_market, d_finish, d_announced, d_start, d_strength, net_node_use_from, net_node_use,
        t)
    if h_priced:
        _clear(s_able)
        for i in range(len(net_use_node)):
            n, m, spent = net_use_node[i], net_use_market[i], net_spent[i]
            for w in range(WIDTH):
                s_able[n, w] += spent * (s_price[m, w] - 1.0)
    for m in range(len(net_spot)):
        _shortage(net_spot, s_ahead, s_scarcity, s_contract, s_row, d_inverse, d_part, net_choke, m)
        for w in range(WIDTH):
            s_price[m, w] = 1.0
        if h_priced:
            for p in range(net_pair_from[m], net_pair_from[m + 1]):
                n, share = net_make_node[net_pair_make[p]], net_pair_share[p]
                for w in range(WIDTH):
                    s_price[m, w] += share * s_able[n, w]
        for w in range(WIDTH):
            s_price[m, w] = min(_most(s_price[m, w], s_row[w]), net_choke[m])
    for k in range(len(h_kind)):
        if h_kind[k] == TARIFF:
            for m in range(len(net_spot)):
                for w in range(WIDTH):
                    s_price[m, w] *= 1.0 + h_taxed[k, m] * d_strength[0, k, w] * d_within[t, k, w]
    for k in range(len(h_kind)):
        if h_kind[k] == FLOOR or h_kind[k] == CEILING:
            for r in range(h_first[k], h_first[k + 1]):
                m = net_use_market[h_rows[r]]
                for w in range(WIDTH):
                    if d_within[t, k, w] > 0.0:
                        bound, price = d_strength[0, k, w], s_price[m, w]
                        s_price[m, w] = max(price, bound) if h_kind[k] == FLOOR else min(price, bound)
    for m in range(len(net_spot)):
        spot = net_spot[m]
        for w in range(WIDTH):
            price = s_price[m, w]
            s_contract[m, w] += (price - s_contract[m, w]) / REPRICED
            s_paid[m, w] = (1.0 - spot) * s_contract[m, w] + spot * price if spot < 1.0 else price


@apart
def _count(out_served: Any, net_end: Any, s_wanted: Any, s_at_price: Any, s_served: Any,
    out_wanted: Any, out_lost: Any, s_lost: Any, out_forgone: Any, h_stop_share: Any,
    out_weeks_stopped: Any, out_first_stop: Any, s_row: Any, net_node_use_from: Any,
    net_node_use: Any, s_stock_in: Any, s_need: Any, out_cover: Any, net_spot: Any, out_price: Any,
    s_price: Any, s_offered: Any, s_bought: Any, s_kept: Any, s_base: Any, b: int, t: int) -> None:
    """Count one week in."""
    keep = b * WIDTH < out_served.shape[2]
    column = np.uint64(b * WIDTH)  # without a sign, or each of a row might be counted from the end
    stop, now = h_stop_share * (1.0 - TIE), float(t)
    for u in range(len(net_end)):
        n = net_end[u]
        for w in range(WIDTH):
            wanted, at = s_wanted[u, w], s_at_price[u, w]
            out_wanted[b, u, w] += wanted
            out_lost[b, u, w] += s_lost[u, w]
            out_forgone[b, u, w] += wanted - at
            stops = s_served[u, w] < stop * at
            out_weeks_stopped[b, u, w] += 1.0 if stops else 0.0
            out_first_stop[b, u, w] = _least(out_first_stop[b, u, w], now if stops else np.inf)
        if keep:
            for w in range(WIDTH):
                wanted = s_wanted[u, w]
                out_served[t, u, column + np.uint64(w)] = s_served[u, w] / wanted if wanted > 0.0 else 1.0
                s_row[w] = FARTHEST
            for r in range(net_node_use_from[n], net_node_use_from[n + 1]):
                i = net_node_use[r]
                for w in range(WIDTH):
                    cover = s_stock_in[i, w] / s_need[i, w] if s_need[i, w] > 0.0 else FARTHEST
                    s_row[w] = _least(s_row[w], cover)
            for w in range(WIDTH):
                out_cover[t, u, column + np.uint64(w)] = s_row[w]
    if keep:
        for m in range(len(net_spot)):
            for w in range(WIDTH):
                base = s_base[m, w]
                unsold = max(s_offered[m, w], s_bought[m, w]) < FOR_SALE * base and s_kept[m, w] < base
                out_price[t, m, column + np.uint64(w)] = np.nan if unsold else s_price[m, w]


@apart
def _record(rec_level: Any, rec_desired: Any, rec_limit: Any, s_level: Any, s_desired: Any,
    s_limit: Any, rec_wanted: Any, rec_price: Any, s_wanted: Any, s_price: Any, rec_stock_in: Any,
    rec_covered: Any, s_stock_in: Any, s_covered: Any, net_use_node: Any, rec_used: Any,
    s_coefficient: Any, rec_coefficient: Any, rec_order: Any, rec_held: Any, s_order: Any,
    s_reserve: Any, rec_stock_out: Any, rec_aside: Any, s_stock_out: Any, s_aside: Any,
    net_make_node: Any, rec_made: Any, d_made: Any, rec_allowed: Any, rec_shipped: Any,
    s_allowed: Any, s_shipped: Any, rec_transit: Any, net_arc_use: Any, rec_asked: Any,
    net_share: Any, net_held: Any, d_lead: Any, d_flow0: Any, rec_arrived: Any, h_delays: Any,
    s_later: Any, t: int) -> None:
    """Write the first draw's week down."""
    for n in range(len(s_level)):
        rec_level[t, n], rec_desired[t, n], rec_limit[t, n] = s_level[n, 0], s_desired[n, 0], s_limit[n, 0]
    for u in range(len(s_wanted)):
        rec_wanted[t, u] = s_wanted[u, 0]
    for m in range(len(s_price)):
        rec_price[t, m] = s_price[m, 0]
    for i in range(len(net_use_node)):
        rec_stock_in[t, i], rec_covered[t, i] = s_stock_in[i, 0], s_covered[i, 0]
        rec_order[t, i] = s_order[i, 0]
        rec_coefficient[t, i], rec_held[t, i] = s_coefficient[i, 0], s_reserve[i, 0]
        rec_used[t, i] = s_coefficient[i, 0] * s_level[net_use_node[i], 0]
    for o in range(len(net_make_node)):
        rec_stock_out[t, o], rec_aside[t, o] = s_stock_out[o, 0], s_aside[o, 0]
        rec_made[t, o] = d_made[o, 0] * s_level[net_make_node[o], 0]
    for a in range(len(net_arc_use)):
        asked, lead = net_share[a] * s_order[net_arc_use[a], 0], d_lead[a, 0]
        rec_asked[t, a], rec_shipped[t, a] = asked, s_shipped[a, 0]
        rec_allowed[t, a] = s_allowed[a, 0] if net_held[a] else asked
        if t == 0:
            for early in range(min(lead, len(rec_arrived))):
                rec_arrived[early, a] = d_flow0[a, 0]
        before = rec_transit[t - 1, a] if t > 0 else d_flow0[a, 0] * lead
        rec_transit[t, a] = max(before + s_shipped[a, 0] - rec_arrived[t, a], 0.0)
        due = t + lead + (s_later[a, 0] if h_delays else 0)
        if due < len(rec_arrived):
            rec_arrived[due, a] += s_shipped[a, 0]


@apart
def _begin(s_level: Any, d_level0: Any, s_expected: Any, s_limit: Any, d_capacity: Any,
    s_coefficient: Any, d_amount: Any, s_seen: Any, s_transit: Any, s_usual_lead: Any, s_pipe: Any,
    net_use_node: Any, s_need0: Any, s_stock_in: Any, d_cover_in: Any, net_arc_use: Any,
    net_arc_make: Any, d_flow0: Any, d_lead: Any, net_share: Any, net_make_node: Any,
    s_stock_out: Any, d_cover_out: Any, s_reserve: Any, d_reserve: Any, s_fill: Any, s_pressed: Any,
    s_backlog: Any, s_surge: Any, s_ahead: Any, s_supply: Any, s_scarcity: Any, s_price: Any,
    s_contract: Any, s_paid: Any, s_waiting: Any, s_granted: Any, s_free: Any, s_queue: Any,
    s_usual: Any, s_load: Any, s_base: Any, net_arc_pair: Any, net_use_market: Any) -> None:
    """In balance: stocks at their targets, transport full of normal flow, prices normal."""
    for n in range(len(s_level)):
        for w in range(WIDTH):
            s_level[n, w] = s_expected[n, w] = d_level0[n, w]
            s_limit[n, w] = d_capacity[n, w]
            s_surge[n, w] = 1.0
    for slot in range(len(s_pipe)):
        _clear(s_pipe[slot])
    for i in range(len(net_use_node)):
        for w in range(WIDTH):
            s_coefficient[i, w] = d_amount[i, w]
            s_need0[i, w] = d_amount[i, w] * d_level0[net_use_node[i], w]
            s_stock_in[i, w] = d_cover_in[i, w] * s_need0[i, w]
            s_reserve[i, w] = d_reserve[i, w]
            s_transit[i, w], s_pressed[i, w], s_usual_lead[i, w], s_fill[i, w] = 0.0, 0.0, -1.0, 1.0
    _clear(s_seen)
    for a in range(len(net_arc_use)):
        u, o = net_arc_use[a], net_arc_make[a]
        for w in range(WIDTH):
            flow, lead = d_flow0[a, w], d_lead[a, w]
            s_seen[o, w] += flow
            s_transit[u, w] += flow * lead
            s_usual_lead[u, w] += net_share[a] * lead
            for slot in range(lead):
                s_pipe[slot, u, w] += flow
    for o in range(len(net_make_node)):
        for w in range(WIDTH):
            s_stock_out[o, w] = d_cover_out[o, w] * s_seen[o, w]
    _clear(s_backlog)
    for m in range(len(s_price)):
        for w in range(WIDTH):
            s_ahead[m, w] = s_supply[m, w] = PLENTY
            s_scarcity[m, w] = 0.0
            s_price[m, w] = s_contract[m, w] = s_paid[m, w] = 1.0
    for r in range(len(s_free)):
        for w in range(WIDTH):
            s_waiting[r, w], s_granted[r, w], s_free[r, w] = 0.0, 0.0, np.inf
    for slot in range(len(s_queue)):
        _clear(s_queue[slot])
    _usual(s_usual, s_load, s_base, net_arc_use, net_use_node, d_flow0, s_surge, net_arc_pair, net_arc_make,
        net_use_market, s_need0)


@compiled
def _block(d: Drawn, b: int) -> Drawn:
    """One block of each table; of what all draws share there is only one."""
    return Drawn(
        d.cover_in[b % len(d.cover_in)], d.cover_out[b % len(d.cover_out)], d.lead[b % len(d.lead)],
        d.lead_low[b % len(d.lead_low)], d.lead_high[b % len(d.lead_high)],
        d.use_lead[b % len(d.use_lead)], d.hoarding[b % len(d.hoarding)], d.inverse[b % len(d.inverse)],
        d.part[b % len(d.part)], d.market_lead[b % len(d.market_lead)], d.amount[b % len(d.amount)],
        d.made[b % len(d.made)], d.level0[b % len(d.level0)], d.flow0[b % len(d.flow0)],
        d.capacity[b % len(d.capacity)], d.reserve[b % len(d.reserve)], d.room[b % len(d.room)],
        d.base[b % len(d.base)], d.start[b % len(d.start)], d.finish[b % len(d.finish)],
        d.announced[b % len(d.announced)], d.within[b % len(d.within)], d.strength[b % len(d.strength)],
        d.processing[b % len(d.processing)], d.approval[b % len(d.approval)], d.desk[b % len(d.desk)],
    )


@compiled
def run(net: Tables, h: Happening, all_draws: Drawn, s: State, out: Totals, rec: Record) -> None:
    """Run all blocks, one after another, in the same state.

    Parameters
    ----------
    net, h, all_draws : Tables, Happening, Drawn
        What is run.
    s : State
        Room to work in.
    out : Totals
        Is filled.
    rec : Record
        Is filled with the first draw's weeks, unless it is empty.
    """
    keep = len(rec.level) > 0
    for b in range(len(out.wanted)):
        d = _block(all_draws, b)
        _begin(s.level, d.level0, s.expected, s.limit, d.capacity, s.coefficient, d.amount, s.seen,
            s.transit, s.usual_lead, s.pipe, net.use_node, s.need0, s.stock_in, d.cover_in, net.arc_use,
            net.arc_make, d.flow0, d.lead, net.share, net.make_node, s.stock_out, d.cover_out, s.reserve,
            d.reserve, s.fill, s.pressed, s.backlog, s.surge, s.ahead, s.supply, s.scarcity, s.price,
            s.contract, s.paid, s.waiting, s.granted, s.free, s.queue, s.usual, s.load, s.base, net.arc_pair,
            net.use_market)
        for t in range(h.weeks):
            _limit(h.m_kind, h.m_first, s.limit, h.m_rows, d.capacity, h.kind, h.first, h.rows, h.m_amount,
                h.m_start, h.m_ramp, d.strength, d.within, d.finish, net.recovery, d.level0, t)
            _want(net.recovery, s.desired, net.drive_from, net.drive, s.seen, d.cover_out, s.stock_out,
                d.made, net.end, s.wanted, net.rate, h.kind, h.first, h.rows, d.strength, d.within,
                s.at_price, net.gives_way, s.row, net.node_use_from, net.node_use, net.use_market,
                net.end_part, s.paid, s.backlog, s.goal, s.limit, t)
            _prebuild(s.prebuilt, h.m_kind, h.m_start, h.m_first, h.m_rows, h.m_amount, t)
            _make(h.saves, net.use_node, s.pressed, net.delay, net.ramp, s.coefficient, net.saving, h.m_kind,
                h.m_amount, h.m_start, h.m_ramp, h.m_first, h.m_rows, s.fill, d.amount, net.recovery,
                s.level, s.goal, h.stocked, s.stock_in, s.reserve, s.covered, net.make_node, s.stock_out,
                d.made, net.node_use_from, net.node_use, s.pipe, s.transit, h.delays, d.use_lead, s.row,
                h.kind, h.foretold, h.cut_off, d.strength, d.announced, d.finish, s.expected, d.cover_in,
                d.hoarding, s.prebuilt, s.need, s.order, s.usual_lead, t, keep)
            _serve(net.end, net.deferred, s.level, s.served, s.at_price, s.backlog, s.lost)
            if h.holds:
                _hold(h.kind, h.first, h.rows, s.most, s.open, net.arc_use, h.by, d.strength, d.within,
                    net.share, s.need, d.base, s.queue, s.due, s.again, s.row, d.processing, h.weeks,
                    s.granted, s.free, s.waiting, d.desk, d.approval, s.applied, s.refused, t)
            _ship(h.delays, s.later, h.kind, h.first, d.within, h.rows, d.strength, h.weeks, s.counted,
                net.make_node, s.left, s.stock_out, net.tier_from, net.tier_use, net.asked_from,
                net.asked_arc, net.arc_use, s.total,
                net.arc_make, net.share, net.held, s.order, s.open, s.most, s.allowed, s.need, s.sent,
                s.shipped, s.got, net.several, s.short, net.use_arc_from, s.row, s.stocked,
                s.willing, net.use_arc, net.other_weight, s.ask, s.limit, s.pipe, d.lead_low, d.lead_high,
                d.use_lead, d.lead, s.free, s.granted, s.seen, s.aside, d.room, s.bought, s.kept,
                net.use_market, s.transit, s.fill, s.stock_in, t, keep)
            _reprice(h.surges, s.cost, s.able, net.arc_use, net.make_node, net.arc_make, net.use_node,
                net.flow, s.surge, net.recovery, net.end, s.wanted, net.rate, s.usual, s.load, s.base,
                d.flow0, net.arc_pair, net.use_market, s.need0, d.level0, s.limit, h.saves, d.amount,
                s.coefficient, s.ahead, d.made, s.total, s.stock_out, h.horizon, s.each, h.holds, s.sent,
                net.held, s.most, s.open, s.ask, net.spot, s.offered, net.pair_from, net.pair_make, s.bought,
                s.supply, s.row, s.kept, d.market_lead, h.kind, h.foretold, h.cut_market, d.finish,
                d.announced, d.start, d.strength, h.priced, net.spent, s.price, s.scarcity, s.contract,
                d.inverse, d.part, net.choke, net.pair_share, h.taxed, d.within, h.first, h.rows, s.paid,
                net.node_use_from, net.node_use, t)
            _count(out.served, net.end, s.wanted, s.at_price, s.served, out.wanted, out.lost, s.lost,
                out.forgone, h.stop_share, out.weeks_stopped, out.first_stop, s.row, net.node_use_from,
                net.node_use, s.stock_in, s.need, out.cover, net.spot, out.price, s.price, s.offered,
                s.bought, s.kept, s.base, b, t)
            if keep:
                _record(rec.level, rec.desired, rec.limit, s.level, s.desired, s.limit, rec.wanted,
                    rec.price, s.wanted, s.price, rec.stock_in, rec.covered, s.stock_in, s.covered,
                    net.use_node, rec.used, s.coefficient, rec.coefficient, rec.order, rec.held, s.order,
                    s.reserve, rec.stock_out, rec.aside, s.stock_out, s.aside, net.make_node, rec.made,
                    d.made, rec.allowed, rec.shipped, s.allowed, s.shipped, rec.transit, net.arc_use,
                    rec.asked, net.share, net.held, d.lead, d.flow0, rec.arrived, h.delays, s.later, t)
        for u in range(len(net.end)):
            for w in range(WIDTH):
                out.lost[b, u, w] += s.backlog[u, w]
