"""What a separation case came to: a table for the terminal's eye, plain values for JSON, a report in HTML or
PDF.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape
from math import isinf
from typing import Any

import numpy as np

from mine2magnet import separation_chemistry_tables as chemistry
from mine2magnet import separation_data as data
from mine2magnet import separation_plots as plots
from mine2magnet import separation_profiles
from mine2magnet.separation import plant
from mine2magnet.separation.elements import oxide_mass
from mine2magnet.separation.moves import Move, moves
from mine2magnet.separation.plant import MARGIN
from mine2magnet.separation.sequence import Step
from mine2magnet.separation.stages import Array
from mine2magnet.separation_case import REST, Answer, Product, Site, Startup
from mine2magnet.sheet import FONT, heading, picture, sheet, table, titled

Table = tuple[str, list[str], list[list[str]]]  # title, heads, rows
Say = Callable[[str], str]
RESERVE = 1.2  # times the designed organic flow that pumps and settlers may give
LEAST_SHOWN = 1e-4  # mole fraction
MOST_MOVES = 40  # of a cut in a table; a control that moves on and on finds no setting (JSON has all)
PHASES = {"aqueous": "aq.", "organic": "org."}
FULL = 0.95  # of the design flow counts as drawn in full: less may be a ripple of the control

_STYLE = """ body { font: 16px/1.6 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 52rem; margin: 2rem
auto; padding: 0 1rem; color: #1c2024 } table { border-collapse: collapse; font-size: .9rem; display: block;
overflow-x: auto } th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #dde }
td:first-child, th:first-child { text-align: left } svg { max-width: 100%; height: auto } li { font-size:
.85rem }
"""


def plain(answer: Answer) -> dict[str, Any]:
    """All results as numbers and names."""
    case = answer.case
    cuts = []
    for k, d in enumerate(answer.designs):
        s = d.sized
        assert s is not None
        e = d.cut.estimate
        started = answer.startups[k] if answer.startups else None
        cuts.append(
            {
                "aqueous": _names(answer, d.step.below),
                "organic": _names(answer, d.step.above),
                "feed_phase": d.cut.phase,
                "beta": d.cut.key_beta,
                "extraction_stages": d.n,
                "scrub_stages": d.m,
                "organic_flow": float(d.organic),
                "scrub_flow": float(d.scrub),
                "least_organic_flow": float(d.least),
                "extraction_ratio": float(
                    d.organic / (d.scrub + d.cut.feed.sum() * (d.cut.phase == "aqueous"))
                ),
                "scrub_ratio": float((d.organic + d.cut.feed.sum() * (d.cut.phase == "organic")) / d.scrub),
                "distributed": _names(answer, d.step.fuzzy),
                "draw": d.draw
                and {
                    "stage": d.draw.stage,
                    "phase": d.draw.phase,
                    "flow": d.draw.flow,
                    "purity": d.draw.purity,
                    "recovery": d.draw.recovery,
                    "mole_fractions": (d.draw.stream / d.draw.stream.sum()).tolist(),
                },
                "closed_form": {
                    "extraction_stages": e.n,
                    "scrub_stages": e.m,
                    "organic_flow": e.organic * float(d.cut.feed.sum()),
                }
                if d.cut.free is None
                else None,
                "impurity_organic": s.impurity_a,
                "impurity_aqueous": s.impurity_b,
                "residual": s.solution.residual,
                "aqueous_profile": (
                    s.solution.aqueous / s.solution.aqueous.sum(axis=1, keepdims=True)
                ).tolist(),
                "organic_profile": (
                    s.solution.organic / s.solution.organic.sum(axis=1, keepdims=True)
                ).tolist(),
                "startup_days": started and started.days,
                "startup_days_fixed_flows": started and started.days_fixed,
                "startup_days_by_clock": started and started.days_by_clock,
                "startup_days_extract": started and started.of_each[0],
                "startup_days_raffinate": started and started.of_each[1],
                "locked_t": started and started.locked,
                "locked_usd": started and started.worth,
                "off_specification_t": started and list(started.off),
                "off_specification_t_fixed_flows": started and list(started.off_fixed),
                "control_moves": _moves(started.schedule) if started else [],
                "chemistry": chemistry.plain(answer.chemistry[k], case.oxide) if answer.chemistry else None,
                "at_other_factors": _other_factors(answer, k),
            }
        )
    return {
        "case": case.name,
        "extractant": case.extractant,
        "elements": case.elements,
        "feed_mole_fractions": case.feed,
        "throughput_t_per_year": case.throughput,
        "sequences": [
            {
                "first_cut": [_names(answer, p.step.below), _names(answer, p.step.above)],
                "least_organic": float(p.organic),
            }
            for p in answer.plans
        ],
        "compared": [
            {
                "first_cut": [_names(answer, c.plan.step.below), _names(answer, c.plan.step.above)],
                "distributed": _names(answer, c.plan.distributed),
                "cuts": len(c.designs),
                "stages": c.quantities.stages,
                "organic_flow": float(c.quantities.organic_flow),
                "volume_m3": float(c.quantities.volume),
                "naoh_t_per_t": float(c.quantities.naoh),
                "usd_per_t": c.cost,
            }
            for c in answer.candidates
        ],
        "products": [
            {
                "elements": product.elements,
                "impurity": impurity,
                "recovery": recovery,
                "mole_fractions": (amounts / amounts.sum()).tolist(),
            }
            for product, amounts, impurity, recovery in _made(answer)
        ],
        "cuts": cuts,
        "startup_months": answer.startup_months,
        "feed_change_moves": _moves(_upset_moves(answer)),
        "remarks": remarks(answer),
        "sites": [
            {
                "site": s.name,
                "quantities": {name: float(getattr(s.quantities, name)) for name in s.quantities.__slots__},
                "capex_usd": float(s.costs.capex),
                "capex_usd_by_area": s.costs.areas,
                "first_fill_usd": float(s.costs.first_fill),
                "working_capital_usd": s.costs.working_capital,
                "locked_t": s.quantities.held,
                "locked_usd": s.costs.locked,
                "usd_per_t": {kind: float(value) for kind, value in s.costs.per_t.items()},
                "total_usd_per_t": float(s.costs.total),
                "usd_per_kg": {
                    "+".join(p.elements): float(c) for p, c in zip(case.products, s.costs.per_kg, strict=True)
                },
                "usd_per_kg_by_mass": s.costs.per_kg_by_mass,
                "months_to_first_product": float(s.costs.months),
                "months_by_phase": s.costs.phases,
                "months_to_full_output": s.costs.months + s.costs.ramp,
                "spread_5_50_95": s.spread,
                "tornado": [
                    {"input": t.name, "at_low": float(t.at_low), "at_high": float(t.at_high)}
                    for t in s.tornado
                ],
            }
            for s in answer.sites
        ],
        "new_capacity": [
            {
                "site": s.name,
                "product": "+".join(p.elements),
                "start_month": float(s.costs.months),
                "ramp_months": None if answer.startup_months is None else s.costs.ramp,
                "t_per_year": case.throughput * share,
                "usd_per_kg": float(cost),
            }
            for s in answer.sites
            for p, share, cost in zip(case.products, _shares(answer), s.costs.per_kg, strict=True)
        ],
        "sources": case.sources,
    }


def _other_factors(answer: Answer, k: int) -> dict[str, float | None] | None:
    """The organic flow that keeps the purities of a cut over the designed, at 50 and 90 % of the drawn β
    (None: no flow does), and the parts of them that RESERVE times the designed flow copes with, and none."""
    found = answer.robustness[k] if answer.robustness else None
    if found is None:
        return None
    half, most = (None if isinf(flow) else flow for flow in (found.needed(0.5), found.needed(0.9)))
    return {
        "flow_50": half,
        "flow_90": most,
        "met_with_reserve": found.met(RESERVE),
        "unmet": found.unmet,
    }


def _shares(answer: Answer) -> list[float]:
    """Mass of each product's oxide per mass fed."""
    case = answer.case
    return [
        sum(case.feed[i] * oxide_mass(case.elements[i]) for i in group) / 1000 / case.oxide
        for group in case.groups
    ]


def _made(answer: Answer) -> list[tuple[Product, Array, float, float]]:
    """Each product, what is made (C, mol per mol of feed), its impurity, the recovery of its elements."""
    case = answer.case
    output = plant.output(answer.plans[0], answer.designs, len(case.products))
    feed = np.array(case.feed)
    made = []
    for product, group, amounts in zip(case.products, case.groups, output, strict=True):
        foreign = np.delete(amounts, group).sum() / amounts.sum()
        made.append((product, amounts, float(foreign), float(amounts[group].sum() / feed[group].sum())))
    return made


def _names(answer: Answer, products: tuple[int, ...]) -> list[str]:
    return ["+".join(answer.case.products[p].elements) for p in products]


def _short(answer: Answer, products: tuple[int, ...]) -> str:
    elements = [e for p in products for e in answer.case.products[p].elements]
    return "+".join(elements) if len(elements) < 4 else f"{elements[0]} … {elements[-1]}"


def _cut(answer: Answer, step: Step) -> str:
    drawn = "" if step.drawn is None else f" ({_short(answer, (step.drawn,))}) |"
    return f"{_short(answer, step.below)} |{drawn} {_short(answer, step.above)}"


def _started(answer: Answer) -> list[tuple[str, Startup]]:
    """Each cut by its name; none if start-up was not followed."""
    return [(_cut(answer, d.step), s) for d, s in zip(answer.designs, answer.startups, strict=False)]


def _days(days: float | None, followed: float) -> str:
    return f"> {followed:g}" if days is None else f"{days:.1f}"


def _tonnes(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:.2g}"


_PLANT_ROWS = (
    "stages, with strip and saponification",
    "mixer-settlers, m³",
    "organic inventory, m³",
    "NaOH, t/t REO",
    "HCl (100 %), t/t REO",
    "water, m³/t REO",
    "salt, t/t REO",
    "energy, kWh/t REO",
    "workers",
    "CAPEX, million USD",
    "working capital, million USD",
    "locked up in the cuts, t REO",
    "its value, million USD",
    "operating cost, USD/t REO",
    "of which reagents",
    "cost with capital, USD/t REO",
    "months to first product",
    "months from there to full output",
)
_MILLION = 1e6


def _plant(site: Site) -> list[str]:
    """One column under _PLANT_ROWS."""
    q, c = site.quantities, site.costs
    return [
        f"{q.stages} + {q.strip_stages} + {q.saponification_stages}",
        f"{q.volume:,.0f}",
        f"{q.organic_fill:,.0f}",
        _ranged(site, q.naoh, "NaOH t/t"),
        _ranged(site, q.hcl, "HCl t/t"),
        _ranged(site, q.water, "water m3/t"),
        f"{q.salt:.2f}",
        _ranged(site, q.power + q.heat, "energy kWh/t"),
        _ranged(site, q.crew, "workers"),
        _ranged(site, c.capex, "CAPEX", _MILLION),
        _ranged(site, c.working_capital, "working capital", _MILLION),
        f"{q.held:.1f}",
        f"{c.locked / _MILLION:.2f}",
        _ranged(site, c.operating, "operating per t"),
        _ranged(site, c.reagents, "reagents per t"),
        _ranged(site, c.total, "cost per t"),
        _ranged(site, c.months, "months"),
        _ranged(site, c.ramp, "months: ramp"),
    ]


def _ranged(site: Site, value: float, result: str, unit: float = 1.0) -> str:
    """A value with 5 and 95 % of the result in the Monte Carlo, if there was one."""
    spread = site.spread.get(result)
    numbers = [v / unit for v in (value, *((spread[0], spread[2]) if spread else ()))]
    digits = next((n for n, least in enumerate((100, 10)) if abs(numbers[0]) >= least), 2)
    shown = [f"{v:,.{digits}f}" for v in numbers]
    return f"{shown[0]} ({shown[1]} – {shown[2]})" if spread else shown[0]


def _in_short(answer: Answer, say: Say) -> Table:
    """A row per site; cost per kg of the product that brings the most."""
    shares, first = _shares(answer), answer.sites[0].costs
    k = int(np.argmax(np.multiply(shares, first.per_kg)))
    heads = [
        "",
        say("CAPEX, million USD"),
        say("cost with capital, USD/t REO"),
        f"{'+'.join(answer.case.products[k].elements)}, USD/kg",
        say("months to first product"),
        say("months from there to full output"),
    ]
    rows = [
        [
            say(s.name),
            _ranged(s, s.costs.capex, "CAPEX", _MILLION),
            _ranged(s, s.costs.total, "cost per t"),
            f"{s.costs.per_kg[k]:,.2f}",
            _ranged(s, s.costs.months, "months"),
            _ranged(s, s.costs.ramp, "months: ramp"),
        ]
        for s in answer.sites
    ]
    stages = sum(d.stages for d in answer.designs)
    title = say("In short: {cuts} cuts, {stages} stages (5–95 %)")
    return title.format(cuts=len(answer.designs), stages=stages), heads, rows


def _breakdowns(answer: Answer, say: Say) -> Iterator[Table]:
    """CAPEX, cost and time in their parts, a column per site."""
    sites = answer.sites
    first = sites[0].costs
    heads = ["", *(say(s.name) for s in sites)]
    yield (
        say("CAPEX by area, million USD (5–95 %)"),
        heads,
        [
            [say(area), *(_ranged(s, s.costs.areas[area], f"CAPEX: {area}", _MILLION) for s in sites)]
            for area in first.areas
        ],
    )
    yield (
        say("Cost by kind, USD/t REO (5–95 %)"),
        heads,
        [
            [say(kind), *(_ranged(s, s.costs.per_t[kind], f"cost: {kind}") for s in sites)]
            for kind in first.per_t
        ],
    )
    yield (
        say("Months from the decision, by phase (5–95 %)"),
        heads,
        [
            [say(phase), *(_ranged(s, s.costs.phases[phase], f"months: {phase}") for s in sites)]
            for phase in first.phases
        ],
    )


def tables(answer: Answer, say: Say = str) -> list[Table]:
    """`say` puts our English words into the reader's language."""
    case = answer.case
    cuts = []
    for d in answer.designs:
        s = d.sized
        assert s is not None
        cuts.append(
            [
                _cut(answer, d.step),
                say(d.cut.phase),
                f"{d.cut.key_beta:.2f}",
                f"{d.n} + {d.m}",
                f"{d.cut.estimate.n:.1f} + {d.cut.estimate.m:.1f}" if d.cut.free is None else "-",
                f"{d.organic:.4f}",
                f"{d.least:.4f}",
                f"{s.impurity_b:.1e}",
                f"{s.impurity_a:.1e}",
            ]
        )
    heads = [
        "aqueous | organic",
        "feed",
        "β",
        "stages n + m",
        "closed form",
        "S",
        "S min",
        "in raffinate",
        "in extract",
    ]
    made = [
        _in_short(answer, say),
        (say("Cuts (flows in mol per mol of plant feed)"), list(map(say, heads)), cuts),
    ]
    if answer.chemistry:
        made += chemistry.tables(answer.chemistry, [row[0] for row in cuts], case.oxide, say)
    made += _at_other_factors(answer, say)
    made += _startups(answer, say)
    names = [say(s.name) for s in answer.sites]
    rows = [
        [say(label), *column]
        for label, column in zip(
            _PLANT_ROWS, zip(*(_plant(s) for s in answer.sites), strict=True), strict=True
        )
    ]
    made.append((f"{say('Plant')}: {case.throughput:,.0f} t REO (5–95 %)", ["", *names], rows))
    made += _breakdowns(answer, say)
    rows = [
        [
            "+".join(p.elements),
            f"{case.throughput * share:,.1f}",
            f"{p.impurity:.1e}",
            f"{impurity:.1e}",
            f"{100 * recovery:.2f}",
            *(f"{s.costs.per_kg[k]:,.2f}" for s in answer.sites),
            *(f"{s.costs.per_kg_by_mass:,.2f}" for s in answer.sites),
        ]
        for k, ((p, _, impurity, recovery), share) in enumerate(
            zip(_made(answer), _shares(answer), strict=True)
        )
    ]
    made.append(
        (
            say("Products; joint cost by market value, and by mass beside it"),
            [
                *map(say, ("product", "t a year", "allowed", "impurity", "recovery, %")),
                *(f"USD/kg, {n}" for n in names),
                *(f"{say('by mass')}, {n}" for n in names),
            ],
            rows,
        )
    )
    rows = [
        [
            _cut(answer, p.step),
            f"{p.organic:.4f}",
            say("fuzzy" if p.fuzzy else "sharp"),
        ]
        for p in answer.plans
    ]
    heads = [say("aqueous | organic"), say("Σ S at the least"), ""]
    made.append((say("First cut of the best sequences"), heads, rows))
    if len(answer.candidates) > 1:
        made.append(_compared(answer, say))
    if any(d.draw for d in answer.designs):
        made.append(_draws(answer, say))
    return made


def _at_other_factors(answer: Answer, say: Say) -> Iterator[Table]:
    """What the cuts as built need where the separation factors turn out otherwise."""
    heads = ("aqueous | organic", "in half of the draws", "in 90 %", "met with 20 % more, %", "by no flow, %")
    rows = []
    for k, design in enumerate(answer.designs):
        if found := _other_factors(answer, k):
            flows = (found["flow_50"], found["flow_90"])
            parts = (found["met_with_reserve"], found["unmet"])
            rows.append(
                [
                    _cut(answer, design.step),
                    *(say("none") if flow is None else f"≤ {flow:.2f}" for flow in flows),
                    *(f"{100 * (part or 0.0):.0f}" for part in parts),
                ]
            )
    if rows:
        title = say("Stages as built, β otherwise: organic flow over the designed that keeps the purities")
        yield title, list(map(say, heads)), rows


def _draws(answer: Answer, say: Say) -> Table:
    heads = (
        "product",
        "cut",
        "drawn at stage",
        "phase",
        "flow",
        "purity, %",
        "recovery, %",
        "composition, %",
    )
    rows = []
    for d in answer.designs:
        if d.draw is None or d.step.drawn is None:
            continue
        shares = zip(answer.case.elements, d.draw.stream / d.draw.stream.sum(), strict=True)
        rows.append(
            [
                _names(answer, (d.step.drawn,))[0],
                _cut(answer, d.step),
                f"{d.draw.stage} / {d.stages}",
                say(d.draw.phase),
                f"{d.draw.flow:.4f}",
                f"{100 * d.draw.purity:.2f}",
                f"{100 * d.draw.recovery:.2f}",
                ", ".join(f"{e} {100 * x:.3g}" for e, x in shares if x > LEAST_SHOWN),
            ]
        )
    return say("Side streams"), list(map(say, heads)), rows


def _compared(answer: Answer, say: Say) -> Table:
    """Sharp and fuzzy plans side by side, the built one first."""
    heads = (
        "first cut: aqueous | organic",
        "distributed",
        "cuts",
        "stages",
        "Σ S",
        "mixer-settlers, m³",
        "NaOH, t/t REO",
        "USD/t REO",
    )
    rows = [
        [
            _cut(answer, c.plan.step),
            ", ".join(_names(answer, c.plan.distributed)) or say("none: sharp"),
            f"{len(c.designs)}",
            f"{c.quantities.stages}",
            f"{c.quantities.organic_flow:.4f}",
            f"{c.quantities.volume:,.0f}",
            f"{c.quantities.naoh:.3f}",
            f"{c.cost:,.0f}",
        ]
        for c in answer.candidates
    ]
    return say("Sharp and fuzzy plans, every cut sized; the first is built"), list(map(say, heads)), rows


def _startups(answer: Answer, say: Say) -> Iterator[Table]:
    heads = (
        "aqueous | organic",
        "raffinate pure, days",
        "extract pure, days",
        "by the clock",
        "at fixed flows",
        "t REO held",
        "its value, USD",
        "drawn impure, t REO",
        "at fixed flows",
    )
    rows = [
        [
            cut,
            *(
                _days(days, answer.case.startup_days)
                for days in (*reversed(s.of_each), s.days_by_clock, s.days_fixed)
            ),
            _tonnes(s.locked),
            f"{s.worth:,.0f}",
            _tonnes(sum(s.off)),
            _tonnes(sum(s.off_fixed)),
        ]
        for cut, s in _started(answer)
    ]
    if rows:
        yield say("Start-up, each product drawn only while pure"), list(map(say, heads)), rows


def _moves(schedule: Iterable[Move]) -> list[dict[str, float]]:
    return [{"hour": m.time, "extract": m.open_a, "raffinate": m.open_b, "feed": m.feed} for m in schedule]


def _upset_moves(answer: Answer) -> tuple[Move, ...]:
    first = answer.designs[0].sized
    return moves(answer.upset, first.solution.cascade, REST) if answer.upset is not None and first else ()


def details(answer: Answer, say: Say = str) -> list[Table]:
    """What an operator and an analyst look up: control moves, and where in the cuts each element gathers."""
    names = [_cut(answer, d.step) for d in answer.designs]
    schedules = [(cut, s.schedule) for cut, s in _started(answer)]
    if answer.upset is not None:
        schedules.append((f"{names[0]}, {say('change of feed')}", _upset_moves(answer)))
    heads = ("aqueous | organic", "hour", "extract drawn, %", "raffinate drawn, %", "fed, %")
    rows = [
        [
            name,
            *(f"{v:.{n}f}" for v, n in ((m.time, 1), *((100 * o, 0) for o in (m.open_a, m.open_b, m.feed)))),
        ]
        for name, schedule in schedules
        for m in schedule[:MOST_MOVES]
    ]
    made: list[Table] = []
    if rows:
        made.append(
            (say("Control moves: from this hour on, in % of the design flow"), list(map(say, heads)), rows)
        )
    fullest = separation_profiles.fullest(answer)
    cells = [
        [
            element,
            *(
                f"{held[element][0]} {say(PHASES[held[element][1]])} {100 * held[element][2]:.3g} %"
                if element in held
                else ""
                for held in fullest
            ),
        ]
        for element in answer.case.elements
    ]
    made.append((say("Where each element gathers: stage, phase, mole fraction"), ["", *names], cells))
    return made


def remarks(answer: Answer, say: Say = str) -> list[str]:
    """What must not be overlooked, in words."""
    days, made = answer.case.startup_days, []
    for cut, s in _started(answer):
        late = [n for n, at in zip(("extract", "raffinate"), s.of_each, strict=True) if at is None]
        if late:
            what = " + ".join(map(say, late))
            made.append(
                say("{cut}: {what} does not come on specification within {days} days of start-up.").format(
                    cut=cut, what=what, days=f"{days:g}"
                )
            )
    if made:
        made.append(
            say("Months to the first product leave start-up out: follow it longer, or ask for less purity.")
        )
    run, change = answer.upset, answer.case.change
    if run is not None and change is not None:
        cut = _cut(answer, answer.designs[0].step)
        throttled = np.flatnonzero(np.minimum(run.open_a, run.open_b) < FULL)
        said, back = "", 0.0
        if not len(throttled):
            said = "{cut}: the change of feed on day {day} is taken without throttling a product."
        elif throttled[-1] + 1 < len(run.times):
            said = (
                "{cut}: after the change of feed on day {day} products are throttled, "
                "and drawn in full again from day {back} on."
            )
            back = run.times[throttled[-1] + 1] / 24
        else:
            said = "{cut}: after the change of feed on day {day} the cut does not come back to full draw."
        made.append(say(said).format(cut=cut, day=f"{change.day:g}", back=f"{back:.1f}"))
    return made


def pictures(answer: Answer, say: Say = str) -> list[str]:
    """SVG: the sequence, the longest cut, costs, tornado."""
    sequence = say("Sequence of cuts")
    if answer.plans[0].fuzzy:
        sequence += ": " + say("what a fuzzy cut distributes (in brackets) comes out at each *")
    made = [
        plots.tree(answer.plans[0], lambda products: _short(answer, products), sequence),
        *_of_cut(answer, _longest(answer), say),
    ]
    longest_solved = chemistry.longest_of(answer.chemistry)
    if longest_solved is not None and (found := answer.chemistry[longest_solved].shown):
        which = _cut(answer, answer.designs[longest_solved].step)
        made.append(plots.acidity(found.state, f"{say('pH and loading')}: {which}", say))
    if answer.upset is not None:
        first = answer.designs[0].cut
        limits = first.impurity_a / MARGIN, first.impurity_b / MARGIN
        made.append(plots.startup(answer.upset, first, limits, say("First cut when the feed changes"), say))
    parts: list[tuple[str, str, Callable[[Site], dict[str, float]]]] = [
        ("Cost per t of REO fed", "USD/t", lambda s: s.costs.per_t),
        ("CAPEX by area", "million USD", lambda s: {k: v / _MILLION for k, v in s.costs.areas.items()}),
        ("From the decision to full output", "months", lambda s: {**s.costs.phases, "ramp": s.costs.ramp}),
    ]
    for title, unit, of in parts:
        stacks = [(say(s.name), {say(part): v for part, v in of(s).items()}) for s in answer.sites]
        made.append(plots.bars(say(title), stacks, say(unit)))
    made += [
        plots.tornado(
            f"{say('What the cost rests on')}: {say(s.name)}", s.tornado, float(s.costs.total), "USD/t", say
        )
        for s in answer.sites
    ]
    if factors := answer.sites[0].beta_tornado:
        base = float(answer.sites[0].costs.total)
        made.append(plots.tornado(say("Which separation factors matter most"), factors, base, "USD/t", say))
    return made


def other_cuts(answer: Answer, say: Say = str) -> list[tuple[str, list[str]]]:
    """By name, the pictures of the cuts that `pictures` leaves out."""
    return [
        (_cut(answer, design.step), _of_cut(answer, k, say))
        for k, design in enumerate(answer.designs)
        if k != _longest(answer)
    ]


def _longest(answer: Answer) -> int:
    return max(range(len(answer.designs)), key=lambda k: answer.designs[k].stages)


def _of_cut(answer: Answer, k: int, say: Say) -> list[str]:
    """Profile, operating diagram and start-up of a cut."""
    design = answer.designs[k]
    assert design.sized is not None
    what = _cut(answer, design.step)
    made = [
        plots.profile(design.sized.solution, f"{say('Stage profile')}: {what}", say),
        plots.operating_diagram(design, f"{say('Operating diagram')}: {what}", say),
    ]
    if answer.startups:
        cut, started = design.cut, answer.startups[k]
        limits = cut.impurity_a / MARGIN, cut.impurity_b / MARGIN
        for run, how in ((started.controlled, "drawn on specification"), (started.fixed, "at fixed flows")):
            title = f"{say('Start-up')}: {what}, {say(how)}"
            made.append(plots.startup(run, cut, limits, title, say))
        title = f"{say('Control moves')}: {what}"
        made.append(plots.control(started.schedule, answer.case.startup_days, title, say))
    return made


def sources(answer: Answer) -> list[str]:
    case = answer.case
    rows = [
        *data.rows("equipment"),
        *(row for row in data.rows("prices") if row["site"] in case.sites),
        *(row for row in data.rows("oxide_prices") if row["element"] in case.elements),
    ]
    given = {*case.rates, *case.prices}
    listed = [
        f"{row.get('site', '')} {name}: {row['low']} – {row['likely']} – {row['high']} "
        f"{row['unit']}, {row['year']}: {row['source']} ({row['status']})".strip()
        for row in rows
        if (name := row.get("name") or row.get("item") or row["element"]) not in given
    ]
    if answer.chemistry:
        listed += [
            f"{row['name']}: {row['low']} – {row['likely']} – {row['high']} {row['unit']}, {row['year']}: "
            f"{row['source']} ({row['status']})"
            for row in data.rows("chemistry")
        ]
        listed += data.constants(case.extractant).sources
    own = [
        f"{name}: {value.low:g} – {value.likely:g} – {value.high:g}, given by the user"
        for name, value in {**case.rates, **case.prices}.items()
    ]
    return [*case.sources, *own, *listed]


def html(answer: Answer) -> str:
    title = escape(answer.case.name)
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    body = "\n".join(_body(answer, svg=True))
    return f'<!doctype html>\n<html lang="en">\n<head>{head}</head>\n<body>\n{body}\n</body>\n</html>\n'


def _body(answer: Answer, svg: bool) -> Iterator[str]:
    yield f"<h1>{escape(answer.case.name)}</h1>"
    yield f"<p>{escape(_summary(answer))}</p>"
    for remark in remarks(answer):
        yield f"<p>{escape(remark)}</p>"
    for title, heads, rows in (*tables(answer), *details(answer)):
        yield f"<h2>{escape(title)}</h2>"
        yield from _table(heads, rows)
    if svg:
        yield from pictures(answer)
        for cut, drawn in other_cuts(answer):
            yield f"<h2>{escape(cut)}</h2>"
            yield from drawn
    yield "<h2>Sources and ranges</h2>"
    yield "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in sources(answer)) + "</ul>"


def _table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield "<table><thead><tr>" + "".join(f"<th>{escape(h)}</th>" for h in heads) + "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table>"


def _summary(answer: Answer) -> str:
    case = answer.case
    stages = sum(d.stages for d in answer.designs)
    costs = "; ".join(
        f"{s.name} {s.costs.total:,.0f} USD/t, {s.costs.capex / 1e6:.0f} million USD" for s in answer.sites
    )
    return (
        f"{len(case.elements)} elements into {len(case.products)} products with {case.extractant}: "
        f"{len(answer.designs)} cuts, {stages} stages. {costs}. Constant separation factors and loading; "
        "every rate is a range with a source (below); an order of magnitude, not a quotation."
    )


def pdf(answer: Answer) -> bytes:
    """The report on paper."""
    made = sheet(answer.case.name, size=9, side=15, top=15)
    titled(made, answer.case.name, " ".join([_summary(answer), *remarks(answer)]))
    for title, heads, rows in (*tables(answer), *details(answer)):
        table(made, title, heads, rows)
    for svg in pictures(answer):
        picture(made, svg, min(1.0, _width(svg) * 0.26 / made.epw))  # 0.26 mm a pixel, as on a screen
    heading(made, "Sources and ranges")
    made.set_font(FONT, size=6.5)
    for line in sources(answer):
        made.multi_cell(0, 3.4, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())


def _width(svg: str) -> float:
    found = re.search(r'width="(\d+)"', svg)
    assert found  # our own plots state it
    return float(found.group(1))
