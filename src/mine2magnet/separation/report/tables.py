"""What a separation case came to, as tables and words for a terminal, a page or a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isinf

import numpy as np

from mine2magnet.separation import plant
from mine2magnet.separation.elements import oxide_mass
from mine2magnet.separation.moves import Move, moves
from mine2magnet.separation.report import assurance_tables, profiles, rating_tables
from mine2magnet.separation.report import chemistry_tables as chemistry
from mine2magnet.separation.report.schema import AtOtherFactors, DisputedFactor
from mine2magnet.separation.sequence import Step
from mine2magnet.separation.stages import Array
from mine2magnet.separation.study import evidence
from mine2magnet.separation.study.schema import Product
from mine2magnet.separation.study.study import REST, Site, Startup, Study

Table = tuple[str, list[str], list[list[str]]]  # title, heads, rows
Say = Callable[[str], str]
LEAST_SHOWN = 1e-4  # mole fraction
MUCH_LOST = 0.02  # of a product's elements, which go into others
MOST_MOVES = 40  # of a cut in a table; a control that moves on and on finds no setting (JSON has all)
PHASES = {"aqueous": "aq.", "organic": "org."}
FULL = 0.95  # of the design flow counts as drawn in full: less may be a ripple of the control


def other_factors(answer: Study, k: int) -> AtOtherFactors | None:
    """Return the flow that a cut as built needs at the drawn separation factors; None if none were drawn.

    Parameters
    ----------
    answer : Study
    k : int
        Which cut.
    """
    found = answer.robustness[k] if answer.robustness else None
    if found is None:
        return None
    half, most = (None if isinf(flow) else flow for flow in (found.needed(0.5), found.needed(0.9)))
    design = answer.designs[k]
    given = answer.basis.case.reserve * design.size / design.organic
    return AtOtherFactors(half, most, found.met(given), found.unmet)


def made_of(answer: Study) -> list[tuple[Product, Array, float, float]]:
    """Return each product with what is made, its impurity, and the recovery of its elements.

    Parameters
    ----------
    answer : Study

    Returns
    -------
    list of (Product, array (C), float, float)
        mol per mol of feed; mole fraction; part of what is fed.
    """
    basis = answer.basis
    output = plant.output(answer.plans[0], answer.designs, len(basis.products))
    feed = np.array(basis.feed)
    made = []
    for product, group, amounts in zip(basis.products, basis.groups, output, strict=True):
        foreign = np.delete(amounts, group).sum() / amounts.sum()
        made.append((product, amounts, float(foreign), float(amounts[group].sum() / feed[group].sum())))
    return made


def named(answer: Study, products: tuple[int, ...]) -> list[str]:
    """Return the names of products.

    Parameters
    ----------
    answer : Study
    products : tuple of int
    """
    return ["+".join(answer.basis.products[p].elements) for p in products]


def short(answer: Study, products: tuple[int, ...]) -> str:
    """Return the names of products in one word, as a picture has room for.

    Parameters
    ----------
    answer : Study
    products : tuple of int
    """
    elements = [e for p in products for e in answer.basis.products[p].elements]
    return "+".join(elements) if len(elements) < 4 else f"{elements[0]} … {elements[-1]}"


def cut_of(answer: Study, step: Step) -> str:
    """Return a cut's name: aqueous | organic.

    Parameters
    ----------
    answer : Study
    step : Step
    """
    drawn = "" if step.drawn is None else f" ({short(answer, (step.drawn,))}) |"
    return f"{short(answer, step.below)} |{drawn} {short(answer, step.above)}"


def _started(answer: Study) -> list[tuple[str, Startup]]:
    """Each cut by its name; none if start-up was not followed."""
    return [(cut_of(answer, d.step), s) for d, s in zip(answer.designs, answer.startups, strict=False)]


def _days(days: float | None, followed: float) -> str:
    return f"> {followed:g}" if days is None else f"{days:.1f}"


def _tonnes(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:.2g}"


PLANT_ROWS = (
    "stages, spare ones included, + strip + saponification",
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
    "locked up in the cuts, spare stages and flow included, t REO",
    "its value at the mean price of the feed, million USD",
    "operating cost, without the feed, USD/t REO",
    "of which reagents",
    "cost with capital, without the feed, USD/t REO",
    "months to first product",
    "months from there to full output",
)
MILLION = 1e6
OF_BUILDING = ("months to first product", "months from there to full output")


def _plant(site: Site) -> list[str]:
    """One column under PLANT_ROWS."""
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
        _ranged(site, c.capex, "CAPEX", MILLION),
        _ranged(site, c.working_capital, "working capital", MILLION),
        f"{q.held:.1f}",
        f"{c.locked / MILLION:.2f}",
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


def _in_short(answer: Study, say: Say) -> Table:
    """A row per site; cost per kg of the product that brings the most, but what a plant that stands costs to
    run."""
    sites = answer.sites
    k = int(np.argmax(np.multiply(answer.masses, sites[0].costs.per_kg)))
    product = say("{product} without the feed, USD/kg").format(product=named(answer, (k,))[0])
    capex = [_ranged(s, s.costs.capex, "CAPEX", MILLION) for s in sites]
    total = [_ranged(s, s.costs.total, "cost per t") for s in sites]
    columns = [
        (say("CAPEX, million USD"), capex),
        (say("cost with capital, without the feed, USD/t REO"), total),
        (product, [f"{s.costs.per_kg[k]:,.2f}" for s in sites]),
        (say("months to first product"), [_ranged(s, s.costs.months, "months") for s in sites]),
        (say("months from there to full output"), [_ranged(s, s.costs.ramp, "months: ramp") for s in sites]),
    ]
    if answer.stands:
        running = [_ranged(s, s.costs.operating, "operating per t") for s in sites]
        columns = [
            (say("operating cost, without the feed, USD/t REO"), running),
            (say("CAPEX to build it anew, million USD"), capex),
            (say("cost with that capital, USD/t REO"), total),
        ]
    heads = ["", *(head for head, _ in columns)]
    rows = [[say(s.name), *(cells[n] for _, cells in columns)] for n, s in enumerate(sites)]
    stages = sum(d.stages for d in answer.designs)
    cuts = len(answer.designs)
    title = say("In short: 1 cut, {stages} stages" if cuts == 1 else "In short: {cuts} cuts, {stages} stages")
    return _spread(answer, title.format(cuts=cuts, stages=stages), say), heads, rows


def _spread(answer: Study, title: str, say: Say) -> str:
    """The title of a table of ranges, which there are only with a Monte Carlo."""
    return say("{title} (5–95 %)").format(title=title) if answer.basis.case.draws else title


def _breakdowns(answer: Study, say: Say) -> Iterator[Table]:
    """CAPEX, cost and time in their parts, a column per site."""
    sites = answer.sites
    first = sites[0].costs
    heads = ["", *(say(s.name) for s in sites)]
    yield (
        _spread(answer, say("CAPEX by area, million USD"), say),
        heads,
        [
            [say(area), *(_ranged(s, s.costs.areas[area], f"CAPEX: {area}", MILLION) for s in sites)]
            for area in first.areas
        ],
    )
    yield (
        _spread(answer, say("Cost by kind, USD/t REO"), say),
        heads,
        [
            [say(kind), *(_ranged(s, s.costs.per_t[kind], f"cost: {kind}") for s in sites)]
            for kind in first.per_t
        ],
    )
    if not answer.stands:
        yield (
            _spread(answer, say("Months from the decision, by phase"), say),
            heads,
            [
                [say(phase), *(_ranged(s, s.costs.phases[phase], f"months: {phase}") for s in sites)]
                for phase in first.phases
            ],
        )


def tables(answer: Study, say: Say = str) -> list[Table]:
    """Return a study as tables: in short, cuts, plant, products, costs, sequences.

    Parameters
    ----------
    answer : Study
    say : callable
        Gives a phrase in the reader's language.
    """
    cuts = _cuts(answer, say)
    made = [_in_short(answer, say), cuts]
    made += assurance_tables.tables(answer, [row[0] for row in cuts[2]], say)
    over = assurance_tables.over_sites(answer, "USD/t REO over the optimum", say)
    made += rating_tables.tables(answer.designs, [row[0] for row in cuts[2]], over, say)
    if answer.chemistry:
        made += chemistry.tables(answer.chemistry, [row[0] for row in cuts[2]], answer.basis.oxide, say)
    made += _at_other_factors(answer, say)
    made += _startups(answer, say)
    made.append(_plants(answer, say))
    made += _breakdowns(answer, say)
    made += [_products(answer, say), _sequences(answer, say)]
    if len(answer.candidates) > 1:
        made.append(_compared(answer, say))
    if any(d.draw for d in answer.designs):
        made.append(_draws(answer, say))
    return made


def _cuts(answer: Study, say: Say) -> Table:
    cuts = []
    for d in answer.designs:
        s = d.sized
        assert s is not None
        cuts.append(
            [
                cut_of(answer, d.step),
                say(d.cut.phase),
                f"{d.cut.key_beta:.2f}",
                f"{d.n_extraction} + {d.n_scrub}",
                f"{d.cut.estimate.n_extraction:.1f} + {d.cut.estimate.n_scrub:.1f}"
                if d.cut.free is None
                else "-",
                f"{d.organic:.4f}",
                f"{d.least:.4f}",
                f"{s.impurity_b:.2e}",
                f"{s.impurity_a:.2e}",
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
    stand = [d.rating is not None for d in answer.designs]
    title = say("Cuts (flows in mol per mol of plant feed), designed for {part} % of the allowed impurity")
    if any(stand):
        title = say(
            "Cuts (flows in mol per mol of plant feed), some as they stand, others designed for {part} % of "
            "the allowed impurity"
        )
    if all(stand):
        title = say("Cuts as they stand (flows in mol per mol of plant feed)")
    return title.format(part=f"{100 * answer.basis.case.margin:g}"), list(map(say, heads)), cuts


def _plants(answer: Study, say: Say) -> Table:
    names = [say(s.name) for s in answer.sites]
    rows = [
        [say(label), *column]
        for label, column in zip(
            PLANT_ROWS, zip(*(_plant(s) for s in answer.sites), strict=True), strict=True
        )
        if not (answer.stands and label in OF_BUILDING)
    ]
    title = f"{say('Plant')}: {answer.basis.case.throughput:,.0f} t REO"
    return _spread(answer, title, say), ["", *names], rows


def _products(answer: Study, say: Say) -> Table:
    basis, names = answer.basis, [say(s.name) for s in answer.sites]
    rows = [
        [
            "+".join(p.elements),
            f"{basis.case.throughput * share:,.1f}",
            f"{p.impurity:.2e}",
            f"{impurity:.2e}",
            f"{100 * recovery:.2f}",
            *(f"{s.costs.per_kg[k]:,.2f}" for s in answer.sites),
            *(f"{s.costs.per_kg_by_mass:,.2f}" for s in answer.sites),
        ]
        for k, ((p, _, impurity, recovery), share) in enumerate(
            zip(made_of(answer), answer.masses, strict=True)
        )
    ]
    heads = [
        *map(say, ("product", "t a year", "allowed", "impurity", "recovery, %")),
        *(f"USD/kg, {n}" for n in names),
        *(f"{say('by mass')}, {n}" for n in names),
    ]
    return say("Products; joint cost without the feed by market value, and by mass beside it"), heads, rows


def _sequences(answer: Study, say: Say) -> Table:
    rows = [
        [
            cut_of(answer, p.step),
            f"{p.organic:.4f}",
            say("fuzzy" if p.fuzzy else "sharp"),
        ]
        for p in answer.plans
    ]
    heads = [say("aqueous | organic"), say("Σ S at the least"), ""]
    return say("First cut of the best sequences"), heads, rows


def _at_other_factors(answer: Study, say: Say) -> Iterator[Table]:
    """Tell what the cuts as built need where the separation factors turn out otherwise."""
    more = say("met with {part} % more than sized for, %")
    more = more.format(part=f"{100 * (answer.basis.case.reserve - 1):g}")
    heads = (*map(say, ("aqueous | organic", "in half of the draws", "in 90 %")), more, say("by no flow, %"))
    rows = []
    for k, design in enumerate(answer.designs):
        if found := other_factors(answer, k):
            flows = (found.flow_50, found.flow_90)
            rows.append(
                [
                    cut_of(answer, design.step),
                    *(say("none") if flow is None else f"≤ {flow:.2f}" for flow in flows),
                    *(f"{100 * part:.0f}" for part in (found.met_with_reserve, found.unmet)),
                ]
            )
    if rows:
        title = say("Stages as built, β otherwise: organic flow over the designed that keeps the purities")
        yield title, list(heads), rows


def _draws(answer: Study, say: Say) -> Table:
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
        shares = zip(answer.basis.elements, d.draw.stream / d.draw.stream.sum(), strict=True)
        rows.append(
            [
                named(answer, (d.step.drawn,))[0],
                cut_of(answer, d.step),
                f"{d.draw.stage} / {d.stages}",
                say(d.draw.phase),
                f"{d.draw.flow:.4f}",
                f"{100 * d.draw.purity:.2f}",
                f"{100 * d.draw.recovery:.2f}",
                ", ".join(f"{e} {100 * x:.3g}" for e, x in shares if x > LEAST_SHOWN),
            ]
        )
    return say("Side streams"), list(map(say, heads)), rows


def _compared(answer: Study, say: Say) -> Table:
    """Sharp and fuzzy plans side by side, the built one first."""
    heads = (
        "first cut: aqueous | organic",
        "distributed",
        "cuts",
        "stages",
        "Σ S",
        "mixer-settlers, m³",
        "NaOH, t/t REO",
    )
    cost = assurance_tables.over_sites(answer, "USD/t REO", say)
    rows = [
        [
            cut_of(answer, c.plan.step),
            ", ".join(named(answer, c.plan.distributed)) or say("none: sharp"),
            f"{len(c.designs)}",
            f"{c.quantities.stages}",
            f"{c.quantities.organic_flow:.4f}",
            f"{c.quantities.volume:,.0f}",
            f"{c.quantities.naoh:.3f}",
            f"{c.cost:,.0f}",
        ]
        for c in answer.candidates
    ]
    return say("Sharp and fuzzy plans, every cut sized; the first is built"), [*map(say, heads), cost], rows


def _startups(answer: Study, say: Say) -> Iterator[Table]:
    heads = (
        "aqueous | organic",
        "raffinate pure, days",
        "extract pure, days",
        "by the clock",
        "at fixed flows",
        "t REO held by the stages designed",
        "value as separated oxides, USD",
        "drawn impure, t REO",
        "at fixed flows",
    )
    rows = [
        [
            cut,
            *(
                _days(days, answer.basis.case.startup_days)
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
        title = say(
            "Start-up: each product drawn in part from twice its allowed impurity on, in full once pure"
        )
        yield title, list(map(say, heads)), rows


def upset_moves(answer: Study) -> tuple[Move, ...]:
    """Return the settings that answer a change of feed.

    Parameters
    ----------
    answer : Study
    """
    first = answer.designs[0].sized
    return moves(answer.upset, first.solution.cascade, REST) if answer.upset is not None and first else ()


def details(answer: Study, say: Say = str) -> list[Table]:
    """Return tables that an operator and an analyst look up.

    Control moves, and where in the cuts each element gathers.

    Parameters
    ----------
    answer : Study
    say : callable
        Gives a phrase in the reader's language.
    """
    names = [cut_of(answer, d.step) for d in answer.designs]
    schedules = [(cut, s.schedule) for cut, s in _started(answer)]
    if answer.upset is not None:
        schedules.append((f"{names[0]}, {say('change of feed')}", upset_moves(answer)))
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
    fullest = profiles.fullest(answer)
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
        for element in answer.basis.elements
    ]
    made.append((say("Where each element gathers: stage, phase, mole fraction"), ["", *names], cells))
    return made


def disputed(answer: Study) -> list[DisputedFactor]:
    """Return what was measured but lies outside the separation factors drawn.

    Parameters
    ----------
    answer : Study
    """
    name = answer.basis.extractant
    made = []
    for one in answer.disputed:
        m = one.found.measurement
        low, high = evidence.drawn_range(name, m.upper, m.lower)
        count = len(evidence.measurements(name))
        made.append(
            DisputedFactor(
                one.found.pair, m.value, one.found.by, one.found.table, low, high, count, one.stages, one.cost
            )
        )
    return made


def _disputes(answer: Study, say: Say) -> Iterator[str]:
    """Say by pair what was measured and is not drawn, and what the plant would be if that is so."""
    found: dict[str, list[DisputedFactor]] = {}
    for one in disputed(answer):
        found.setdefault(one.pair, []).append(one)
    for pair, several in found.items():
        first, *_ = several = sorted(several, key=lambda one: one.measured)
        said = say(
            "{extractant}: {pair} is {likely} ({low} to {high}, 5–95 %) by the fit of all {count} "
            "measurements; outside of that lies {found}."
        ).format(
            extractant=answer.basis.extractant,
            pair=pair,
            likely=f"{first.likely:.3g}",
            low=f"{first.low:.3g}",
            high=f"{first.high:.3g}",
            count=first.measurements,
            found=", ".join(f"{one.measured:.3g} ({one.by})" for one in several),
        )
        if first.usd_per_t:
            ends = several if len(several) == 1 else [first, several[-1]]
            what = "; ".join(_at_measured(answer, one, say) for one in ends if one.usd_per_t)
            more = say("Then the plant takes roughly: {what}. To design for it, give it among factors.")
            said += " " + more.format(what=what)
        yield said


def _at_measured(answer: Study, one: DisputedFactor, say: Say) -> str:
    """The plant at a measured factor, in the figures that proportions are good for."""
    assert one.stages is not None
    assert one.usd_per_t is not None
    return say("at {value}: {stages} stages, {cost} {unit}").format(
        value=f"{one.measured:.3g}",
        stages=f"{one.stages:.2g}" if one.stages < 100 else f"{round(one.stages, -1)}",
        cost=f"{round(one.usd_per_t, -2):,.0f}",
        unit=assurance_tables.over_sites(answer, "USD/t REO", say),
    )


def _standing(answer: Study, say: Say) -> Iterator[str]:
    """Say what the money and the months are of where something stands already."""
    stand = sum(design.rating is not None for design in answer.designs)
    if answer.stands:
        yield say(
            "Every cut stands: CAPEX, and the capital in the cost, are what building the plant anew would "
            "take; there are no months to a first product."
        )
    elif stand:
        yield say(
            "{stand} of {cuts} cuts stand: CAPEX, capital and months are those of building all of them anew."
        ).format(stand=stand, cuts=len(answer.designs))


def _lost(answer: Study, say: Say) -> Iterator[str]:
    """Say which products lose much of their elements to their neighbours, and what that is worth."""
    basis = answer.basis
    for (product, _, _, recovery), mass, group in zip(
        made_of(answer), basis.masses, basis.groups, strict=True
    ):
        if product.draw or 1 - recovery < MUCH_LOST:
            continue
        tonnes = basis.case.throughput * mass * (1 - recovery)
        fed = [basis.feed[i] * oxide_mass(basis.elements[i]) for i in group]
        prices = [basis.oxide_prices[basis.elements[i]].at(0.5) for i in group]
        worth = 1000 * tonnes * float(np.dot(fed, prices)) / sum(fed)
        yield say(
            "{product}: {part} % of it, {tonnes} t a year worth {usd} million USD as oxide, goes into its "
            "neighbours, which may hold so much; the cost does not count that. Purer neighbours leave less."
        ).format(
            product="+".join(product.elements),
            part=f"{100 * (1 - recovery):.1f}",
            tonnes=_tonnes(tonnes),
            usd=f"{worth / MILLION:.2f}",
        )


def _quicker(answer: Study, say: Say) -> Iterator[str]:
    """Say which cuts the months take to start at fixed flows, and what that draws impure."""
    quicker = [
        (cut, s)
        for cut, s in _started(answer)
        if s.days_fixed is not None and (s.days is None or s.days_fixed < s.days)
    ]
    if quicker:
        fixed = _tonnes(sum(sum(s.off_fixed) for _, s in quicker))
        controlled = _tonnes(sum(sum(s.off) for _, s in quicker))
        yield say(
            "The months count the quicker way to start each cut: fixed flows for {cuts}, which draws {fixed} "
            "t REO impure; by the control moves it would be {controlled} t, and later."
        ).format(cuts=", ".join(cut for cut, _ in quicker), fixed=fixed, controlled=controlled)


def remarks(answer: Study, say: Say = str) -> list[str]:
    """Return in words all that must not be overlooked.

    Parameters
    ----------
    answer : Study
    say : callable
        Gives a phrase in the reader's language.
    """
    days = answer.basis.case.startup_days
    made = list(rating_tables.remarks(answer.designs, [cut_of(answer, d.step) for d in answer.designs], say))
    made += _standing(answer, say)
    made += assurance_tables.remarks(answer, say)
    made += _lost(answer, say)
    made += _disputes(answer, say)
    missed = len(made)
    for cut, s in _started(answer):
        late = [n for n, at in zip(("extract", "raffinate"), s.of_each, strict=True) if at is None]
        if late and s.soonest is None:
            what = " + ".join(map(say, late))
            made.append(
                say("{cut}: {what} does not come on specification within {days} days of start-up.").format(
                    cut=cut, what=what, days=f"{days:g}"
                )
            )
    if len(made) == missed:
        made += _quicker(answer, say)
    else:
        made.append(
            say("Months to the first product leave start-up out: follow it longer, or ask for less purity.")
        )
    run, change = answer.upset, answer.basis.case.change
    if run is not None and change is not None:
        cut = cut_of(answer, answer.designs[0].step)
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
