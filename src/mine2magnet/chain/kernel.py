"""The weeks of a block of draws as machine code: one pass over each table a step, a few draws side by side.

Rows are nodes, inputs, outputs or arcs, columns `WIDTH` draws; all that a week touches stays in a core's
cache. `tests/chain/oracle.py` is the same in NumPy, week by week and formula by formula.
Functions take the tables that they use one by one: whole tuples take three times as long to compile.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mine2magnet.core.compiled import compiled, inlined

WIDTH = 32  # draws side by side: enough for vector instructions, few enough for the cache

ADJUST = 4.0  # weeks over which buyers and makers close a gap in stock; monthly planning
SMOOTH = 0.25  # weight of the newest week in expectations: their mean age is three weeks
SHORT = 0.9  # share of orders filled below which buyers start to design an input out
EXACT = 1e-12  # of an order; less is rounding, and is not asked of others
TIE = 1e-9  # relative; closer than this to a threshold is on it
FARTHEST = 1e6  # weeks of stock; more is for ever
PLENTY = 10.0  # of normal; supply beyond this moves no price
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
    tier_from: Any  # arcs in the order in which they are served
    tier_arc: Any
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


class Drawn(NamedTuple):
    """What differs between draws: blocks × rows × WIDTH."""

    cover_in: Any
    cover_out: Any
    lead: Any
    same_lead: Any  # blocks × arcs: whether all draws of a block have one lead
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
    served: Any  # blocks × weeks × ends × WIDTH, or none
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
    used: Any
    fill: Any
    pressed: Any
    got: Any
    usual_lead: Any
    prebuilt: Any
    stock_out: Any
    seen: Any
    total: Any
    counted: Any
    left: Any
    sent: Any
    aside: Any
    made: Any
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


@compiled
def _arrive(s_pipe: Any, net_arc_use: Any, s_stock_in: Any, s_transit: Any, t: int) -> None:
    slot = s_pipe[t % len(s_pipe)]
    for a in range(len(net_arc_use)):
        u = net_arc_use[a]
        for w in range(WIDTH):
            x = slot[a, w]
            s_stock_in[u, w] += x
            s_transit[u, w] -= x
            slot[a, w] = 0.0


@inlined
def _risen(t: int, start: float, ramp: float) -> float:
    if ramp > 0:
        return min(max((t + 1 - start) / ramp, 0.0), 1.0)
    return 1.0 if t >= start else 0.0


@compiled
def _limit(h_m_kind: Any, h_m_first: Any, s_limit: Any, h_m_rows: Any, d_capacity: Any, h_kind: Any,
    h_first: Any, h_rows: Any, h_m_amount: Any, h_m_start: Any, h_m_ramp: Any, d_strength: Any, d_level0: Any,
    d_within: Any, d_finish: Any, net_recovery: Any, b: int, t: int) -> None:
    """What nodes can make at most: capacity, what is added to it, what events take."""
    for m in range(len(h_m_kind)):
        if h_m_kind[m] == CAPACITY:
            for r in range(h_m_first[m], h_m_first[m + 1]):
                s_limit[h_m_rows[r]] = d_capacity[b, h_m_rows[r]]
    for k in range(len(h_kind)):
        if h_kind[k] == OUTAGE:
            for r in range(h_first[k], h_first[k + 1]):
                s_limit[h_rows[r]] = d_capacity[b, h_rows[r]]
    for m in range(len(h_m_kind)):
        if h_m_kind[m] == CAPACITY:
            more = h_m_amount[m] * _risen(t, h_m_start[m], h_m_ramp[m])
            for r in range(h_m_first[m], h_m_first[m + 1]):
                s_limit[h_m_rows[r]] += more
    for k in range(len(h_kind)):
        if h_kind[k] == OUTAGE:
            for r in range(h_first[k], h_first[k + 1]):
                n = h_rows[r]
                for w in range(WIDTH):
                    lost = d_strength[b, t, k, w] * _active(d_within, d_finish, net_recovery, b, t, k, n, w)
                    if lost >= 1.0:
                        s_limit[n, w] = 0.0
                    elif lost > 0.0:
                        # What a node without a stated limit loses is counted from its normal level.
                        base = d_level0[b, n, w] if np.isinf(s_limit[n, w]) else s_limit[n, w]
                        s_limit[n, w] = base * (1.0 - lost)


@inlined
def _active(d_within: Any, d_finish: Any, net_recovery: Any, b: int, t: int, k: int, n: int, w: int) -> float:
    """How far an outage is on: 1 while it lasts, then fading over the node's ramp."""
    on: float = d_within[b, t, k, w]
    end, ramp = d_finish[b, k, w], net_recovery[n]
    if t >= end and ramp > 0:
        on = max(on, min(max(1.0 - max(t - end, 0.0) / max(ramp, 1e-9), 0.0), 1.0))
    return on


@compiled
def _want(net_recovery: Any, net_drive_from: Any, s_desired: Any, net_drive: Any, s_seen: Any,
    d_cover_out: Any, s_stock_out: Any, d_made: Any, net_end: Any, s_wanted: Any, net_rate: Any, h_kind: Any,
    h_first: Any, h_rows: Any, d_strength: Any, d_within: Any, net_node_use_from: Any, net_node_use: Any,
    net_end_part: Any, s_paid: Any, net_use_market: Any, net_gives_way: Any, s_at_price: Any, s_backlog: Any,
    s_goal: Any, s_limit: Any, b: int, t: int) -> None:
    """What end customers want, at the prices of the week before, and what each node is to make."""
    for n in range(len(net_recovery)):
        first, last = net_drive_from[n], net_drive_from[n + 1]
        s_desired[n] = 0.0
        for r in range(first, last):
            o = net_drive[r]
            for w in range(WIDTH):
                seen = s_seen[o, w]
                gap = (d_cover_out[b, o, w] * seen - s_stock_out[o, w]) / ADJUST
                s_desired[n, w] = max(s_desired[n, w], (seen + gap) / d_made[b, o, w])
    for u in range(len(net_end)):
        s_wanted[u] = net_rate[u]
    for k in range(len(h_kind)):
        if h_kind[k] == DEMAND:
            for r in range(h_first[k], h_first[k + 1]):
                for w in range(WIDTH):
                    s_wanted[h_rows[r], w] *= 1.0 + d_strength[b, t, k, w] * d_within[b, t, k, w]
    for u in range(len(net_end)):
        n = net_end[u]
        for w in range(WIDTH):
            moved = 0.0
            for r in range(net_node_use_from[n], net_node_use_from[n + 1]):
                i = net_node_use[r]
                moved += net_end_part[i] * s_paid[net_use_market[i], w]
            at = s_wanted[u, w]
            if moved > 1.0 and net_gives_way[u] > 0.0:
                at *= moved ** -net_gives_way[u]
            s_at_price[u, w] = at
            s_desired[n, w] = at + s_backlog[u, w]
    for n in range(len(net_recovery)):
        for w in range(WIDTH):
            s_goal[n, w] = min(s_desired[n, w], s_limit[n, w])


@compiled
def _recipe(h_saves: Any, net_use_node: Any, s_pressed: Any, net_delay: Any, net_ramp: Any,
    s_coefficient: Any, net_saving: Any, h_m_kind: Any, h_m_amount: Any, h_m_start: Any, h_m_ramp: Any,
    h_m_first: Any, h_m_rows: Any, s_fill: Any, d_amount: Any, b: int, t: int) -> None:
    """Amounts used per tonne made, less what has been designed out so far."""
    if not h_saves:
        return
    for i in range(len(net_use_node)):
        for w in range(WIDTH):
            risen = (s_pressed[i, w] - net_delay[i]) / net_ramp[i]
            s_coefficient[i, w] = net_saving[i] * min(max(risen, 0.0), 1.0)
    for m in range(len(h_m_kind)):
        if h_m_kind[m] == SUBSTITUTION:
            saved = h_m_amount[m] * _risen(t, h_m_start[m], h_m_ramp[m])
            for r in range(h_m_first[m], h_m_first[m + 1]):
                for w in range(WIDTH):
                    i = h_m_rows[r]
                    s_coefficient[i, w] = max(s_coefficient[i, w], saved)
    for i in range(len(net_use_node)):
        for w in range(WIDTH):
            if s_fill[i, w] < SHORT * (1.0 - TIE):
                s_pressed[i, w] += 1.0
            s_coefficient[i, w] = d_amount[b, i, w] * (1.0 - s_coefficient[i, w])


@compiled
def _make(s_level: Any, s_goal: Any, net_use_node: Any, s_coefficient: Any, s_stock_in: Any, s_reserve: Any,
    s_covered: Any, s_used: Any, net_make_node: Any, s_made: Any, d_made: Any, s_stock_out: Any, net_end: Any,
    s_served: Any, s_at_price: Any, s_backlog: Any, net_deferred: Any, s_lost: Any, h_saves: Any,
    s_pressed: Any, net_delay: Any, net_ramp: Any, net_saving: Any, h_m_kind: Any, h_m_amount: Any,
    h_m_start: Any, h_m_ramp: Any, h_m_first: Any, h_m_rows: Any, s_fill: Any, d_amount: Any, b: int,
    t: int) -> None:
    """What each node makes, as far as its scarcest input allows; reserves are touched at last."""
    _recipe(h_saves, net_use_node, s_pressed, net_delay, net_ramp, s_coefficient, net_saving, h_m_kind,
        h_m_amount, h_m_start, h_m_ramp, h_m_first, h_m_rows, s_fill, d_amount, b, t)
    s_level[:] = s_goal
    for i in range(len(net_use_node)):
        n = net_use_node[i]
        for w in range(WIDTH):
            wish = s_coefficient[i, w] * s_goal[n, w]
            have = s_stock_in[i, w]
            if s_reserve[i, w] > 0.0 and wish > have:
                released = min(s_reserve[i, w], wish - have)
                s_reserve[i, w] -= released
                have += released
                s_stock_in[i, w] = have
            s_covered[i, w] = have / wish if wish > 0.0 else np.inf
            if have < wish:
                s_level[n, w] = min(s_level[n, w], s_goal[n, w] * (have / wish))
    for i in range(len(net_use_node)):
        n = net_use_node[i]
        for w in range(WIDTH):
            s_used[i, w] = s_coefficient[i, w] * s_level[n, w]
            s_stock_in[i, w] = max(s_stock_in[i, w] - s_used[i, w], 0.0)
    for o in range(len(net_make_node)):
        n = net_make_node[o]
        for w in range(WIDTH):
            s_made[o, w] = d_made[b, o, w] * s_level[n, w]
            s_stock_out[o, w] += s_made[o, w]
    for u in range(len(net_end)):
        for w in range(WIDTH):
            s_served[u, w] = s_level[net_end[u], w]
            unmet = max(s_at_price[u, w] + s_backlog[u, w] - s_served[u, w], 0.0)
            s_backlog[u, w] = net_deferred[u] * unmet
            s_lost[u, w] = unmet * (1.0 - net_deferred[u])


@compiled
def _order(net_recovery: Any, s_expected: Any, s_goal: Any, h_m_kind: Any, h_m_start: Any, h_m_first: Any,
    s_prebuilt: Any, h_m_rows: Any, h_m_amount: Any, net_use_node: Any, s_fill: Any, h_kind: Any,
    h_foretold: Any, d_announced: Any, d_finish: Any, h_cut_off: Any, d_strength: Any, s_coefficient: Any,
    d_cover_in: Any, d_hoarding: Any, s_stock_in: Any, s_transit: Any, s_need: Any, s_order: Any,
    s_usual_lead: Any, s_got: Any, b: int, t: int) -> None:
    """What buyers order: use, and a part of the gap in their stock."""
    for n in range(len(net_recovery)):
        for w in range(WIDTH):
            s_expected[n, w] += SMOOTH * (s_goal[n, w] - s_expected[n, w])
    for m in range(len(h_m_kind)):
        if h_m_kind[m] == PREBUILD and t >= h_m_start[m]:
            for r in range(h_m_first[m], h_m_first[m + 1]):
                s_prebuilt[h_m_rows[r]] = 1.0
    for m in range(len(h_m_kind)):
        if h_m_kind[m] == PREBUILD and t >= h_m_start[m]:
            for r in range(h_m_first[m], h_m_first[m + 1]):
                s_prebuilt[h_m_rows[r]] *= 1.0 + h_m_amount[m]
    for i in range(len(net_use_node)):
        n = net_use_node[i]
        for w in range(WIDTH):
            feared = s_fill[i, w]
            for k in range(len(h_kind)):
                if h_foretold[k] and d_announced[b, k, w] <= t < d_finish[b, k, w]:
                    feared = min(feared, 1.0 - h_cut_off[k, i] * d_strength[b, t, k, w])
            need = s_coefficient[i, w] * s_expected[n, w]
            cover = d_cover_in[b, i, w] * (1.0 + d_hoarding[b, w] * (1.0 - feared)) * s_prebuilt[i, w]
            held = s_stock_in[i, w] + s_transit[i, w]
            s_need[i, w] = need
            s_order[i, w] = max(need * (1.0 + (cover + s_usual_lead[i, w]) / ADJUST) - held / ADJUST, 0.0)
            s_got[i, w] = 0.0


@compiled
def _hold(h_kind: Any, h_first: Any, s_most: Any, h_rows: Any, s_open: Any, net_arc_use: Any, d_strength: Any,
    d_within: Any, h_by: Any, net_share: Any, s_need: Any, d_base: Any, s_free: Any, s_granted: Any,
    s_waiting: Any, s_queue: Any, d_processing: Any, h_weeks: Any, d_desk: Any, d_approval: Any, b: int,
    t: int) -> None:
    """What events let leave: `open`, a share of orders, and `most`, t a week."""
    for k in range(len(h_kind)):
        if h_kind[k] == EMBARGO or h_kind[k] == LICENCE:
            for r in range(h_first[k], h_first[k + 1]):
                s_most[h_rows[r]] = np.inf
                s_open[h_rows[r]] = 1.0
    for k in range(len(h_kind)):
        if h_kind[k] == EMBARGO:
            for r in range(h_first[k], h_first[k + 1]):
                a = h_rows[r]
                u = net_arc_use[a]
                for w in range(WIDTH):
                    lost = d_strength[b, t, k, w] * d_within[b, t, k, w]
                    if lost <= 0.0:
                        continue
                    if h_by[k] == BY_ORDERS:
                        s_open[a, w] *= 1.0 - lost
                    else:
                        of = net_share[a] * s_need[u, w] if h_by[k] == BY_USE else d_base[b, r, w]
                        s_most[a, w] = min(s_most[a, w], (1.0 - lost) * of)
        elif h_kind[k] == LICENCE:
            for r in range(h_first[k], h_first[k + 1]):
                a = h_rows[r]
                for w in range(WIDTH):
                    _decide(d_strength, d_within, s_granted, s_free, h_rows, d_base, s_waiting, s_queue,
                        d_processing, h_weeks, net_share, s_need, net_arc_use, d_desk, d_approval, b, t, k, r,
                        w)
                    s_most[a, w] = min(s_most[a, w], s_free[r, w] + s_granted[r, w])


@inlined
def _file(s_queue: Any, s_waiting: Any, t: int, r: int, w: int, amount: float, weeks: float) -> None:
    """Put an application in process: part of a week is a share that takes a whole week more."""
    whole = int(np.floor(weeks))
    late, depth = amount * (weeks - whole), len(s_queue)
    if whole == 0:
        s_waiting[r, w] += amount - late
    else:
        s_queue[(t + whole) % depth, r, w] += amount - late
    s_queue[(t + whole + 1) % depth, r, w] += late


@inlined
def _decide(d_strength: Any, d_within: Any, s_granted: Any, s_free: Any, h_rows: Any, d_base: Any,
    s_waiting: Any, s_queue: Any, d_processing: Any, h_weeks: Any, net_share: Any, s_need: Any,
    net_arc_use: Any, d_desk: Any, d_approval: Any, b: int, t: int, k: int, r: int, w: int) -> None:
    """One week of a licensing desk for one arc: its buyer applies, the desk decides."""
    part = d_strength[b, t, k, w] * d_within[b, t, k, w]
    if part <= 0.0:
        s_granted[r, w], s_free[r, w] = 0.0, np.inf
        return
    a, usual = h_rows[r], d_base[b, r, w]
    s_free[r, w] = (1.0 - part) * usual
    s_waiting[r, w] += s_queue[t % len(s_queue), r, w]
    s_queue[t % len(s_queue), r, w] = 0.0
    processing = min(max(d_processing[b, t, k, w], 0.0), float(h_weeks))
    needed = net_share[a] * s_need[net_arc_use[a], w]
    _file(s_queue, s_waiting, t, r, w, max(part * needed - s_granted[r, w], 0.0), processing)
    pace = d_desk[b, t, k, w] * usual if usual > 0.0 else np.inf
    decided = min(s_waiting[r, w], pace)
    s_waiting[r, w] -= decided
    s_granted[r, w] += d_approval[b, t, k, w] * decided
    _file(s_queue, s_waiting, t, r, w, (1.0 - d_approval[b, t, k, w]) * decided, max(processing, 1.0))


@compiled
def _delay(s_later: Any, h_kind: Any, h_first: Any, d_within: Any, h_rows: Any, d_strength: Any, h_weeks: Any,
    b: int, t: int) -> None:
    """Weeks that delays add to what leaves now."""
    s_later[:] = 0
    for k in range(len(h_kind)):
        if h_kind[k] == DELAY:
            for r in range(h_first[k], h_first[k + 1]):
                for w in range(WIDTH):
                    if d_within[b, t, k, w] > 0.0:
                        s_later[h_rows[r], w] += int(min(np.rint(d_strength[b, 0, k, w]), h_weeks))


@inlined
def _send(s_later: Any, h_delays: Any, s_pipe: Any, d_lead: Any, b: int, t: int, a: int, w: int,
    amount: float) -> None:
    late = s_later[a, w] if h_delays else 0
    s_pipe[(t + d_lead[b, a, w] + late) % len(s_pipe), a, w] += amount


@compiled
def _ration(s_counted: Any, s_left: Any, s_stock_out: Any, s_pipe: Any, net_tier_from: Any, s_total: Any,
    net_tier_arc: Any, net_arc_use: Any, net_arc_make: Any, net_share: Any, net_held: Any, s_order: Any,
    s_open: Any, s_most: Any, s_allowed: Any, s_need: Any, net_make_node: Any, s_sent: Any, d_same_lead: Any,
    h_delays: Any, s_shipped: Any, s_got: Any, d_lead: Any, s_later: Any, b: int, t: int, keep: bool) -> None:
    """Suppliers ship what may leave, pro rata if short, tier by tier."""
    s_counted[:] = 0.0
    s_left[:] = s_stock_out
    depth = len(s_pipe)
    for tier in range(len(net_tier_from) - 1):
        s_total[:] = 0.0
        for x in range(net_tier_from[tier], net_tier_from[tier + 1]):
            a = net_tier_arc[x]
            u, o, share = net_arc_use[a], net_arc_make[a], net_share[a]
            if net_held[a]:
                for w in range(WIDTH):
                    allowed = min(share * s_order[u, w] * s_open[a, w], s_most[a, w])
                    s_allowed[a, w] = allowed
                    s_total[o, w] += allowed
                    s_counted[o, w] += max(allowed, share * s_need[u, w])
            else:
                for w in range(WIDTH):
                    s_total[o, w] += share * s_order[u, w]
                    s_counted[o, w] += share * max(s_order[u, w], s_need[u, w])
        for o in range(len(net_make_node)):
            for w in range(WIDTH):
                total, left = s_total[o, w], s_left[o, w]
                s_sent[o, w] = left / total if total > left else 1.0
                s_left[o, w] = max(left - total, 0.0)
        for x in range(net_tier_from[tier], net_tier_from[tier + 1]):
            a = net_tier_arc[x]
            u, o, share = net_arc_use[a], net_arc_make[a], net_share[a]
            if net_held[a] or not d_same_lead[b, a] or h_delays:
                for w in range(WIDTH):
                    allowed = s_allowed[a, w] if net_held[a] else share * s_order[u, w]
                    shipped = allowed * s_sent[o, w]
                    s_shipped[a, w] = shipped
                    s_got[u, w] += shipped
                    _send(s_later, h_delays, s_pipe, d_lead, b, t, a, w, shipped)
            else:
                slot = (t + d_lead[b, a, 0]) % depth
                for w in range(WIDTH):
                    shipped = share * s_order[u, w] * s_sent[o, w]
                    s_got[u, w] += shipped
                    s_pipe[slot, a, w] += shipped
            if keep:
                for w in range(WIDTH):
                    allowed = s_allowed[a, w] if net_held[a] else share * s_order[u, w]
                    s_allowed[a, w], s_shipped[a, w] = allowed, allowed * s_sent[o, w]


@compiled
def _ask_others(net_use_node: Any, net_several: Any, s_order: Any, s_got: Any, s_short: Any, s_total: Any,
    net_use_arc_from: Any, net_use_arc: Any, s_ask: Any, net_arc_make: Any, s_counted: Any,
    net_make_node: Any, s_left: Any, s_sent: Any, s_shipped: Any, s_later: Any, h_delays: Any, s_pipe: Any,
    d_lead: Any, net_other_weight: Any, net_held: Any, s_open: Any, s_most: Any, s_limit: Any, b: int,
    t: int) -> None:
    """The second round: what was missing is asked of every supplier that could still ship, or make more."""
    count = 0
    for i in range(len(net_use_node)):
        if net_several[i]:
            missing = False
            for w in range(WIDTH):
                missing |= s_order[i, w] * (1.0 - EXACT) > s_got[i, w]
            if missing:
                s_short[count] = i
                count += 1
    if count == 0:
        return
    s_total[:] = 0.0
    for x in range(count):
        i = s_short[x]
        first, last = net_use_arc_from[i], net_use_arc_from[i + 1]
        for w in range(WIDTH):
            short = max(s_order[i, w] * (1.0 - EXACT) - s_got[i, w], 0.0)
            all_stocked, all_near = 0.0, 0.0
            for r in range(first, last):
                a = net_use_arc[r]
                spare, near = _spare(s_left, net_arc_make, net_held, s_most, s_shipped, a, w, short)
                near *= s_limit[net_make_node[net_arc_make[a]], w] > 0.0  # who makes nothing is not asked to
                s_ask[a, w] = spare
                all_stocked += _weight(net_other_weight, net_held, s_open, a, w) * spare
                all_near += _weight(net_other_weight, net_held, s_open, a, w) * near
            for r in range(first, last):
                a = net_use_arc[r]
                spare, near = _spare(s_left, net_arc_make, net_held, s_most, s_shipped, a, w, short)
                near *= s_limit[net_make_node[net_arc_make[a]], w] > 0.0
                weight, o = _weight(net_other_weight, net_held, s_open, a, w), net_arc_make[a]
                s_ask[a, w] = min(short * weight * spare / all_stocked, spare) if all_stocked > 0.0 else 0.0
                s_total[o, w] += s_ask[a, w]
                if all_near > 0.0:
                    s_counted[o, w] += short * weight * near / all_near
    for o in range(len(net_make_node)):
        for w in range(WIDTH):
            total, left = s_total[o, w], s_left[o, w]
            s_sent[o, w] = left / total if total > left else 1.0
            s_left[o, w] = max(left - total, 0.0)
    for x in range(count):
        i = s_short[x]
        for r in range(net_use_arc_from[i], net_use_arc_from[i + 1]):
            a = net_use_arc[r]
            for w in range(WIDTH):
                more = s_ask[a, w] * s_sent[net_arc_make[a], w]
                s_got[i, w] += more
                s_shipped[a, w] += more
                _send(s_later, h_delays, s_pipe, d_lead, b, t, a, w, more)


@inlined
def _weight(net_other_weight: Any, net_held: Any, s_open: Any, a: int, w: int) -> float:
    weight: float = net_other_weight[a]
    if net_held[a]:
        weight *= s_open[a, w]
    return weight


@inlined
def _spare(s_left: Any, net_arc_make: Any, net_held: Any, s_most: Any, s_shipped: Any, a: int, w: int,
    short: float) -> tuple[float, float]:
    """What a supplier could still send on an arc, t, and how near that comes to what is short."""
    spare = s_left[net_arc_make[a], w]
    if not net_held[a]:
        return spare, 1.0
    head = max(s_most[a, w] - s_shipped[a, w], 0.0)
    return min(spare, head), (head / short if head < short else 1.0)


@compiled
def _ship(h_delays: Any, h_kind: Any, h_first: Any, s_shipped: Any, h_rows: Any, s_free: Any, s_granted: Any,
    net_make_node: Any, s_seen: Any, s_counted: Any, s_aside: Any, s_left: Any, d_room: Any, s_stock_out: Any,
    net_use_node: Any, s_transit: Any, s_got: Any, s_order: Any, s_fill: Any, s_later: Any, d_within: Any,
    d_strength: Any, h_weeks: Any, s_pipe: Any, net_tier_from: Any, s_total: Any, net_tier_arc: Any,
    net_arc_use: Any, net_arc_make: Any, net_share: Any, net_held: Any, s_open: Any, s_most: Any,
    s_allowed: Any, s_need: Any, s_sent: Any, d_same_lead: Any, d_lead: Any, net_several: Any, s_short: Any,
    net_use_arc_from: Any, net_use_arc: Any, s_ask: Any, net_other_weight: Any, s_limit: Any, b: int, t: int,
    keep: bool) -> None:
    """Suppliers ship; the unfilled rest is asked of the others."""
    if h_delays:
        _delay(s_later, h_kind, h_first, d_within, h_rows, d_strength, h_weeks, b, t)
    _ration(s_counted, s_left, s_stock_out, s_pipe, net_tier_from, s_total, net_tier_arc, net_arc_use,
        net_arc_make, net_share, net_held, s_order, s_open, s_most, s_allowed, s_need, net_make_node, s_sent,
        d_same_lead, h_delays, s_shipped, s_got, d_lead, s_later, b, t, keep)
    _ask_others(net_use_node, net_several, s_order, s_got, s_short, s_total, net_use_arc_from, net_use_arc,
        s_ask, net_arc_make, s_counted, net_make_node, s_left, s_sent, s_shipped, s_later, h_delays, s_pipe,
        d_lead, net_other_weight, net_held, s_open, s_most, s_limit, b, t)
    for k in range(len(h_kind)):
        if h_kind[k] == LICENCE:
            for r in range(h_first[k], h_first[k + 1]):
                for w in range(WIDTH):
                    over = max(s_shipped[h_rows[r], w] - s_free[r, w], 0.0)
                    s_granted[r, w] = max(s_granted[r, w] - over, 0.0)
    for o in range(len(net_make_node)):
        for w in range(WIDTH):
            s_seen[o, w] += SMOOTH * (s_counted[o, w] - s_seen[o, w])
            s_aside[o, w] = max(s_left[o, w] - d_room[b, o, w], 0.0)
            s_stock_out[o, w] = s_left[o, w] - s_aside[o, w]
    for i in range(len(net_use_node)):
        for w in range(WIDTH):
            s_transit[i, w] += s_got[i, w]
            filled = s_got[i, w] / s_order[i, w] if s_order[i, w] > 0.0 else 1.0
            s_fill[i, w] += SMOOTH * (filled - s_fill[i, w])


@compiled
def _spread_surge(s_cost: Any, s_able: Any, net_arc_use: Any, net_make_node: Any, net_arc_make: Any,
    net_use_node: Any, net_flow: Any, s_surge: Any, net_recovery: Any, net_end: Any, s_wanted: Any,
    net_rate: Any, s_usual: Any, s_load: Any, s_base: Any, d_flow0: Any, net_arc_pair: Any,
    net_use_market: Any, s_need0: Any, b: int) -> None:
    """Demand over normal, a step upstream a week; and normal trade at it."""
    s_cost[:] = 0.0
    s_able[:] = 0.0
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
        net_use_market, s_need0, b)


@compiled
def _usual(s_usual: Any, s_load: Any, s_base: Any, net_arc_use: Any, net_use_node: Any, d_flow0: Any,
    s_surge: Any, net_arc_pair: Any, net_arc_make: Any, net_use_market: Any, s_need0: Any, b: int) -> None:
    """Normal trade by market and output, and normal use by market, at the surge of the day."""
    s_usual[:] = 0.0
    s_load[:] = 0.0
    s_base[:] = 0.0
    for a in range(len(net_arc_use)):
        buyer = net_use_node[net_arc_use[a]]
        for w in range(WIDTH):
            x = d_flow0[b, a, w] * s_surge[buyer, w]
            s_usual[net_arc_pair[a], w] += x
            s_load[net_arc_make[a], w] += x
    for i in range(len(net_use_node)):
        for w in range(WIDTH):
            s_base[net_use_market[i], w] += s_need0[i, w] * s_surge[net_use_node[i], w]


@compiled
def _able(net_recovery: Any, d_level0: Any, s_surge: Any, s_able: Any, s_limit: Any, net_use_node: Any,
    net_use_market: Any, d_amount: Any, s_coefficient: Any, s_ahead: Any, b: int) -> None:
    """What nodes could make, of normal: held back by limits and by what their markets can expect."""
    for n in range(len(net_recovery)):
        for w in range(WIDTH):
            level = d_level0[b, n, w] * s_surge[n, w]
            s_able[n, w] = min(s_limit[n, w] / level, PLENTY) if level > 0.0 else PLENTY
    for i in range(len(net_use_node)):
        n, m = net_use_node[i], net_use_market[i]
        for w in range(WIDTH):
            richer = d_amount[b, i, w] / s_coefficient[i, w] if s_coefficient[i, w] > 0.0 else 1.0
            s_able[n, w] = min(s_able[n, w], s_ahead[m, w] * richer)


@compiled
def _offers(net_make_node: Any, d_made: Any, s_able: Any, d_level0: Any, s_surge: Any, s_total: Any,
    s_stock_out: Any, h_horizon: Any, s_each: Any, s_load: Any, s_sent: Any, h_holds: Any, net_arc_use: Any,
    net_held: Any, net_arc_make: Any, net_use_node: Any, d_flow0: Any, s_most: Any, s_open: Any, s_ask: Any,
    net_spot: Any, s_offered: Any, net_pair_from: Any, net_pair_make: Any, s_usual: Any, net_use_market: Any,
    net_recovery: Any, s_limit: Any, d_amount: Any, s_coefficient: Any, s_ahead: Any, b: int) -> None:
    """Expected supply of each market, of normal use, into `supply`."""
    _able(net_recovery, d_level0, s_surge, s_able, s_limit, net_use_node, net_use_market, d_amount,
        s_coefficient, s_ahead, b)
    for o in range(len(net_make_node)):
        n = net_make_node[o]
        for w in range(WIDTH):
            out = d_made[b, o, w] * (s_able[n, w] * (d_level0[b, n, w] * s_surge[n, w]))
            s_total[o, w] = out + s_stock_out[o, w] / h_horizon
            s_each[o, w] = s_total[o, w] / s_load[o, w] if s_load[o, w] > 0.0 else PLENTY
            s_sent[o, w] = s_load[o, w]
    if h_holds:
        for a in range(len(net_arc_use)):
            if net_held[a]:
                o, buyer = net_arc_make[a], net_use_node[net_arc_use[a]]
                for w in range(WIDTH):
                    usual = d_flow0[b, a, w] * s_surge[buyer, w]
                    offered = usual * s_each[o, w]
                    held = min(offered, s_most[a, w]) * s_open[a, w]
                    s_ask[a, w] = -1.0
                    if held < offered:
                        s_ask[a, w] = held
                        s_total[o, w] -= held
                        s_sent[o, w] -= usual
        for o in range(len(net_make_node)):
            for w in range(WIDTH):
                if s_sent[o, w] > EXACT * s_load[o, w]:
                    s_each[o, w] = s_total[o, w] / s_sent[o, w]
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
                for w in range(WIDTH):
                    if s_ask[a, w] >= 0.0:
                        usual = d_flow0[b, a, w] * s_surge[net_use_node[i], w]
                        s_offered[net_use_market[i], w] += s_ask[a, w] - usual * s_each[o, w]


@compiled
def _look_ahead(h_surges: Any, net_spot: Any, s_bought: Any, s_kept: Any, net_use_node: Any,
    net_use_market: Any, s_got: Any, s_stock_in: Any, s_transit: Any, s_base: Any, s_offered: Any,
    s_supply: Any, h_horizon: Any, h_kind: Any, d_finish: Any, h_foretold: Any, d_announced: Any,
    h_cut_market: Any, d_start: Any, d_strength: Any, s_ahead: Any, d_market_lead: Any, s_cost: Any,
    s_able: Any, net_arc_use: Any, net_make_node: Any, net_arc_make: Any, net_flow: Any, s_surge: Any,
    net_recovery: Any, net_end: Any, s_wanted: Any, net_rate: Any, s_usual: Any, s_load: Any, d_flow0: Any,
    net_arc_pair: Any, s_need0: Any, d_made: Any, d_level0: Any, s_total: Any, s_stock_out: Any, s_each: Any,
    s_sent: Any, h_holds: Any, net_held: Any, s_most: Any, s_open: Any, s_ask: Any, net_pair_from: Any,
    net_pair_make: Any, s_limit: Any, d_amount: Any, s_coefficient: Any, b: int, t: int) -> None:
    """What each market can expect over the horizon, of what it normally uses: supply and its stocks."""
    if h_surges:
        _spread_surge(s_cost, s_able, net_arc_use, net_make_node, net_arc_make, net_use_node, net_flow,
            s_surge, net_recovery, net_end, s_wanted, net_rate, s_usual, s_load, s_base, d_flow0,
            net_arc_pair, net_use_market, s_need0, b)
    _offers(net_make_node, d_made, s_able, d_level0, s_surge, s_total, s_stock_out, h_horizon, s_each, s_load,
        s_sent, h_holds, net_arc_use, net_held, net_arc_make, net_use_node, d_flow0, s_most, s_open, s_ask,
        net_spot, s_offered, net_pair_from, net_pair_make, s_usual, net_use_market, net_recovery, s_limit,
        d_amount, s_coefficient, s_ahead, b)
    markets = len(net_spot)
    s_bought[:] = 0.0
    s_kept[:] = 0.0
    for i in range(len(net_use_node)):
        m = net_use_market[i]
        for w in range(WIDTH):
            s_bought[m, w] += s_got[i, w]
            s_kept[m, w] += s_stock_in[i, w] + s_transit[i, w]
    for m in range(markets):
        for w in range(WIDTH):
            base = s_base[m, w]
            supply, held = PLENTY, FARTHEST
            if base > 0.0:
                supply = min(max(s_offered[m, w], s_bought[m, w]) / base, PLENTY)
                held = s_kept[m, w] / base
            s_supply[m, w] += SMOOTH * (supply - s_supply[m, w])
            expected, weeks = s_supply[m, w], h_horizon
            for k in range(len(h_kind)):
                end = d_finish[b, k, w]
                if h_foretold[k] and d_announced[b, k, w] <= t < end < np.inf and h_cut_market[k, m] > 0.0:
                    left = max(end - t - 1.0, 0.0)
                    before = min(max(d_start[b, k, w] - t - 1.0, 0.0), left)
                    known = calm = min(s_supply[m, w], 1.0)
                    if left > 0.0:
                        cut_to = 1.0 - h_cut_market[k, m] * d_strength[b, 0, k, w]
                        known = (calm * before + cut_to * (left - before)) / left
                    expected, weeks = min(expected, known), left
            s_ahead[m, w] = (expected * weeks + held) / (weeks + d_market_lead[b, m, w])


@compiled
def _reprice(h_priced: Any, s_able: Any, net_use_node: Any, net_spent: Any, s_price: Any, net_use_market: Any,
    net_spot: Any, s_ahead: Any, d_inverse: Any, d_part: Any, net_choke: Any, s_contract: Any,
    s_scarcity: Any, net_pair_from: Any, net_pair_share: Any, net_make_node: Any, net_pair_make: Any,
    h_kind: Any, h_taxed: Any, d_strength: Any, d_within: Any, h_first: Any, h_rows: Any, s_paid: Any,
    h_surges: Any, s_bought: Any, s_kept: Any, s_got: Any, s_stock_in: Any, s_transit: Any, s_base: Any,
    s_offered: Any, s_supply: Any, h_horizon: Any, d_finish: Any, h_foretold: Any, d_announced: Any,
    h_cut_market: Any, d_start: Any, d_market_lead: Any, s_cost: Any, net_arc_use: Any, net_arc_make: Any,
    net_flow: Any, s_surge: Any, net_recovery: Any, net_end: Any, s_wanted: Any, net_rate: Any, s_usual: Any,
    s_load: Any, d_flow0: Any, net_arc_pair: Any, s_need0: Any, d_made: Any, d_level0: Any, s_total: Any,
    s_stock_out: Any, s_each: Any, s_sent: Any, h_holds: Any, net_held: Any, s_most: Any, s_open: Any,
    s_ask: Any, s_limit: Any, d_amount: Any, s_coefficient: Any, b: int, t: int) -> None:
    """Spot prices close a part of the gap to where what is in reach would clear; contracts follow."""
    _look_ahead(h_surges, net_spot, s_bought, s_kept, net_use_node, net_use_market, s_got, s_stock_in,
        s_transit, s_base, s_offered, s_supply, h_horizon, h_kind, d_finish, h_foretold, d_announced,
        h_cut_market, d_start, d_strength, s_ahead, d_market_lead, s_cost, s_able, net_arc_use, net_make_node,
        net_arc_make, net_flow, s_surge, net_recovery, net_end, s_wanted, net_rate, s_usual, s_load, d_flow0,
        net_arc_pair, s_need0, d_made, d_level0, s_total, s_stock_out, s_each, s_sent, h_holds, net_held,
        s_most, s_open, s_ask, net_pair_from, net_pair_make, s_limit, d_amount, s_coefficient, b, t)
    if h_priced:
        s_able[:] = 0.0
        for i in range(len(net_use_node)):
            for w in range(WIDTH):
                s_able[net_use_node[i], w] += net_spent[i] * (s_price[net_use_market[i], w] - 1.0)
    for m in range(len(net_spot)):
        spot = net_spot[m]
        for w in range(WIDTH):
            clearing = 1.0
            if s_ahead[m, w] < 1.0 or spot < 1.0:
                short = min(max(s_ahead[m, w], LEAST), 1.0)
                average = 1.0 + (short ** -d_inverse[b, m, w] - 1.0) / d_part[b, m, w]
                average = min(average, net_choke[m])
                clearing = max((average - (1.0 - spot) * s_contract[m, w]) / spot, 1.0)
            if clearing != 1.0 or s_scarcity[m, w] != 0.0:
                s_scarcity[m, w] += PRICE_SPEED * (np.log(clearing) - s_scarcity[m, w])
            passed = 1.0
            if h_priced:
                for p in range(net_pair_from[m], net_pair_from[m + 1]):
                    passed += net_pair_share[p] * s_able[net_make_node[net_pair_make[p]], w]
            scarce = np.exp(s_scarcity[m, w]) if s_scarcity[m, w] != 0.0 else 1.0
            s_price[m, w] = max(scarce, passed)
    for k in range(len(h_kind)):
        if h_kind[k] == TARIFF:
            for m in range(len(net_spot)):
                for w in range(WIDTH):
                    s_price[m, w] *= 1.0 + h_taxed[k, m] * d_strength[b, 0, k, w] * d_within[b, t, k, w]
    for k in range(len(h_kind)):
        if h_kind[k] == FLOOR or h_kind[k] == CEILING:
            for r in range(h_first[k], h_first[k + 1]):
                m = net_use_market[h_rows[r]]
                for w in range(WIDTH):
                    if d_within[b, t, k, w] > 0.0:
                        bound, price = d_strength[b, 0, k, w], s_price[m, w]
                        s_price[m, w] = max(price, bound) if h_kind[k] == FLOOR else min(price, bound)
    for m in range(len(net_spot)):
        spot = net_spot[m]
        for w in range(WIDTH):
            price = s_price[m, w]
            s_contract[m, w] += (price - s_contract[m, w]) / REPRICED
            s_paid[m, w] = (1.0 - spot) * s_contract[m, w] + spot * price if spot < 1.0 else price


@compiled
def _count(out_served: Any, net_end: Any, s_wanted: Any, s_at_price: Any, s_served: Any, out_wanted: Any,
    out_lost: Any, s_lost: Any, out_forgone: Any, h_stop_share: Any, out_weeks_stopped: Any,
    out_first_stop: Any, net_node_use_from: Any, net_node_use: Any, s_need: Any, s_stock_in: Any,
    out_cover: Any, net_spot: Any, out_price: Any, s_price: Any, b: int, t: int) -> None:
    """Count one week in."""
    keep = b < len(out_served)
    for u in range(len(net_end)):
        n = net_end[u]
        for w in range(WIDTH):
            wanted, at, served = s_wanted[u, w], s_at_price[u, w], s_served[u, w]
            out_wanted[b, u, w] += wanted
            out_lost[b, u, w] += s_lost[u, w]
            out_forgone[b, u, w] += wanted - at
            share = served / at if at > 0.0 else 1.0
            if share < h_stop_share * (1.0 - TIE):
                out_weeks_stopped[b, u, w] += 1.0
                if np.isnan(out_first_stop[b, u, w]):
                    out_first_stop[b, u, w] = t
            if keep:
                out_served[b, t, u, w] = served / wanted if wanted > 0.0 else 1.0
                least = FARTHEST
                for r in range(net_node_use_from[n], net_node_use_from[n + 1]):
                    i = net_node_use[r]
                    if s_need[i, w] > 0.0:
                        least = min(least, s_stock_in[i, w] / s_need[i, w])
                out_cover[b, t, u, w] = least
    if keep:
        for m in range(len(net_spot)):
            for w in range(WIDTH):
                out_price[b, t, m, w] = s_price[m, w]


@compiled
def _record(rec_level: Any, rec_desired: Any, rec_limit: Any, s_level: Any, s_desired: Any, s_limit: Any,
    rec_wanted: Any, rec_price: Any, s_wanted: Any, s_price: Any, rec_stock_in: Any, rec_used: Any,
    rec_covered: Any, s_stock_in: Any, s_used: Any, s_covered: Any, rec_coefficient: Any, rec_order: Any,
    rec_held: Any, s_coefficient: Any, s_order: Any, s_reserve: Any, rec_stock_out: Any, rec_made: Any,
    rec_aside: Any, s_stock_out: Any, s_made: Any, s_aside: Any, rec_allowed: Any, rec_shipped: Any,
    s_allowed: Any, s_shipped: Any, rec_transit: Any, net_arc_use: Any, rec_asked: Any, net_share: Any,
    s_pipe: Any, t: int) -> None:
    """Write the first draw's week down."""
    rec_level[t], rec_desired[t], rec_limit[t] = s_level[:, 0], s_desired[:, 0], s_limit[:, 0]
    rec_wanted[t], rec_price[t] = s_wanted[:, 0], s_price[:, 0]
    rec_stock_in[t], rec_used[t], rec_covered[t] = s_stock_in[:, 0], s_used[:, 0], s_covered[:, 0]
    rec_coefficient[t], rec_order[t], rec_held[t] = s_coefficient[:, 0], s_order[:, 0], s_reserve[:, 0]
    rec_stock_out[t], rec_made[t], rec_aside[t] = s_stock_out[:, 0], s_made[:, 0], s_aside[:, 0]
    rec_allowed[t], rec_shipped[t] = s_allowed[:, 0], s_shipped[:, 0]
    rec_transit[t] = 0.0
    for a in range(len(net_arc_use)):
        rec_asked[t, a] = net_share[a] * s_order[net_arc_use[a], 0]
        for slot in range(len(s_pipe)):
            rec_transit[t, a] += s_pipe[slot, a, 0]


@compiled
def _begin(s_level: Any, d_level0: Any, s_expected: Any, s_limit: Any, d_capacity: Any, s_coefficient: Any,
    d_amount: Any, s_seen: Any, s_transit: Any, s_usual_lead: Any, s_pipe: Any, net_use_node: Any,
    s_need0: Any, s_stock_in: Any, d_cover_in: Any, net_arc_use: Any, net_arc_make: Any, d_flow0: Any,
    d_lead: Any, net_share: Any, net_make_node: Any, s_stock_out: Any, d_cover_out: Any, s_reserve: Any,
    d_reserve: Any, s_fill: Any, s_pressed: Any, s_prebuilt: Any, s_backlog: Any, s_surge: Any, s_ahead: Any,
    s_supply: Any, s_scarcity: Any, s_price: Any, s_contract: Any, s_paid: Any, s_waiting: Any,
    s_granted: Any, s_free: Any, s_queue: Any, s_usual: Any, s_load: Any, s_base: Any, net_arc_pair: Any,
    net_use_market: Any, b: int) -> None:
    """In balance: stocks at their targets, transport full of normal flow, prices normal."""
    s_level[:] = d_level0[b]
    s_expected[:] = d_level0[b]
    s_limit[:] = d_capacity[b]
    s_coefficient[:] = d_amount[b]
    s_seen[:] = 0.0
    s_transit[:] = 0.0
    s_usual_lead[:] = -1.0
    s_pipe[:] = 0.0
    for i in range(len(net_use_node)):
        for w in range(WIDTH):
            s_need0[i, w] = d_amount[b, i, w] * d_level0[b, net_use_node[i], w]
            s_stock_in[i, w] = d_cover_in[b, i, w] * s_need0[i, w]
    for a in range(len(net_arc_use)):
        u, o = net_arc_use[a], net_arc_make[a]
        for w in range(WIDTH):
            flow, lead = d_flow0[b, a, w], d_lead[b, a, w]
            s_seen[o, w] += flow
            s_transit[u, w] += flow * lead
            s_usual_lead[u, w] += net_share[a] * lead
            for slot in range(lead):
                s_pipe[slot, a, w] = flow
    for o in range(len(net_make_node)):
        for w in range(WIDTH):
            s_stock_out[o, w] = d_cover_out[b, o, w] * s_seen[o, w]
    s_reserve[:] = d_reserve[b]
    s_fill[:] = 1.0
    s_pressed[:] = 0.0
    s_prebuilt[:] = 1.0
    s_backlog[:] = 0.0
    s_surge[:] = 1.0
    s_ahead[:] = PLENTY
    s_supply[:] = PLENTY
    s_scarcity[:] = 0.0
    s_price[:] = 1.0
    s_contract[:] = 1.0
    s_paid[:] = 1.0
    s_waiting[:] = 0.0
    s_granted[:] = 0.0
    s_free[:] = np.inf
    s_queue[:] = 0.0
    _usual(s_usual, s_load, s_base, net_arc_use, net_use_node, d_flow0, s_surge, net_arc_pair, net_arc_make,
        net_use_market, s_need0, b)


@compiled
def run(net: Tables, h: Happening, d: Drawn, s: State, out: Totals, rec: Record) -> None:
    """Run all blocks, one after another, in the same state.

    Parameters
    ----------
    net, h, d : Tables, Happening, Drawn
        What is run.
    s : State
        Room to work in.
    out : Totals
        Is filled.
    rec : Record
        Is filled with the first draw's weeks, unless it is empty.
    """
    keep = len(rec.level) > 0
    for b in range(len(d.amount)):
        _begin(s.level, d.level0, s.expected, s.limit, d.capacity, s.coefficient, d.amount, s.seen, s.transit,
            s.usual_lead, s.pipe, net.use_node, s.need0, s.stock_in, d.cover_in, net.arc_use, net.arc_make,
            d.flow0, d.lead, net.share, net.make_node, s.stock_out, d.cover_out, s.reserve, d.reserve, s.fill,
            s.pressed, s.prebuilt, s.backlog, s.surge, s.ahead, s.supply, s.scarcity, s.price, s.contract,
            s.paid, s.waiting, s.granted, s.free, s.queue, s.usual, s.load, s.base, net.arc_pair,
            net.use_market, b)
        for t in range(h.weeks):
            if keep:
                rec.arrived[t] = s.pipe[t % len(s.pipe)][:, 0]
            _arrive(s.pipe, net.arc_use, s.stock_in, s.transit, t)
            _limit(h.m_kind, h.m_first, s.limit, h.m_rows, d.capacity, h.kind, h.first, h.rows, h.m_amount,
                h.m_start, h.m_ramp, d.strength, d.level0, d.within, d.finish, net.recovery, b, t)
            _want(net.recovery, net.drive_from, s.desired, net.drive, s.seen, d.cover_out, s.stock_out,
                d.made, net.end, s.wanted, net.rate, h.kind, h.first, h.rows, d.strength, d.within,
                net.node_use_from, net.node_use, net.end_part, s.paid, net.use_market, net.gives_way,
                s.at_price, s.backlog, s.goal, s.limit, b, t)
            _make(s.level, s.goal, net.use_node, s.coefficient, s.stock_in, s.reserve, s.covered, s.used,
                net.make_node, s.made, d.made, s.stock_out, net.end, s.served, s.at_price, s.backlog,
                net.deferred, s.lost, h.saves, s.pressed, net.delay, net.ramp, net.saving, h.m_kind,
                h.m_amount, h.m_start, h.m_ramp, h.m_first, h.m_rows, s.fill, d.amount, b, t)
            _order(net.recovery, s.expected, s.goal, h.m_kind, h.m_start, h.m_first, s.prebuilt, h.m_rows,
                h.m_amount, net.use_node, s.fill, h.kind, h.foretold, d.announced, d.finish, h.cut_off,
                d.strength, s.coefficient, d.cover_in, d.hoarding, s.stock_in, s.transit, s.need, s.order,
                s.usual_lead, s.got, b, t)
            if h.holds:
                _hold(h.kind, h.first, s.most, h.rows, s.open, net.arc_use, d.strength, d.within, h.by,
                    net.share, s.need, d.base, s.free, s.granted, s.waiting, s.queue, d.processing, h.weeks,
                    d.desk, d.approval, b, t)
            _ship(h.delays, h.kind, h.first, s.shipped, h.rows, s.free, s.granted, net.make_node, s.seen,
                s.counted, s.aside, s.left, d.room, s.stock_out, net.use_node, s.transit, s.got, s.order,
                s.fill, s.later, d.within, d.strength, h.weeks, s.pipe, net.tier_from, s.total, net.tier_arc,
                net.arc_use, net.arc_make, net.share, net.held, s.open, s.most, s.allowed, s.need, s.sent,
                d.same_lead, d.lead, net.several, s.short, net.use_arc_from, net.use_arc, s.ask,
                net.other_weight, s.limit, b, t, keep)
            _reprice(h.priced, s.able, net.use_node, net.spent, s.price, net.use_market, net.spot, s.ahead,
                d.inverse, d.part, net.choke, s.contract, s.scarcity, net.pair_from, net.pair_share,
                net.make_node, net.pair_make, h.kind, h.taxed, d.strength, d.within, h.first, h.rows, s.paid,
                h.surges, s.bought, s.kept, s.got, s.stock_in, s.transit, s.base, s.offered, s.supply,
                h.horizon, d.finish, h.foretold, d.announced, h.cut_market, d.start, d.market_lead, s.cost,
                net.arc_use, net.arc_make, net.flow, s.surge, net.recovery, net.end, s.wanted, net.rate,
                s.usual, s.load, d.flow0, net.arc_pair, s.need0, d.made, d.level0, s.total, s.stock_out,
                s.each, s.sent, h.holds, net.held, s.most, s.open, s.ask, s.limit, d.amount, s.coefficient, b,
                t)
            _count(out.served, net.end, s.wanted, s.at_price, s.served, out.wanted, out.lost, s.lost,
                out.forgone, h.stop_share, out.weeks_stopped, out.first_stop, net.node_use_from, net.node_use,
                s.need, s.stock_in, out.cover, net.spot, out.price, s.price, b, t)
            if keep:
                _record(rec.level, rec.desired, rec.limit, s.level, s.desired, s.limit, rec.wanted, rec.price,
                    s.wanted, s.price, rec.stock_in, rec.used, rec.covered, s.stock_in, s.used, s.covered,
                    rec.coefficient, rec.order, rec.held, s.coefficient, s.order, s.reserve, rec.stock_out,
                    rec.made, rec.aside, s.stock_out, s.made, s.aside, rec.allowed, rec.shipped, s.allowed,
                    s.shipped, rec.transit, net.arc_use, rec.asked, net.share, s.pipe, t)
        for u in range(len(net.end)):
            for w in range(WIDTH):
                out.lost[b, u, w] += s.backlog[u, w]
