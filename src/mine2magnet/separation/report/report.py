"""What a separation case came to: plain values for JSON, pictures, a report in HTML or PDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from mine2magnet.core.pdf import FONT, heading, picture, sheet, table, titled
from mine2magnet.separation.report import charts as plots
from mine2magnet.separation.report import chemistry_tables as chemistry
from mine2magnet.separation.report.tables import (
    MILLION,
    Say,
    cut_of,
    details,
    made_of,
    moves_of,
    named,
    other_factors,
    remarks,
    short,
    tables,
    upset_moves,
)
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study.study import Site, Study

_STYLE = """ body { font: 16px/1.6 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 52rem; margin: 2rem
auto; padding: 0 1rem; color: #1c2024 } table { border-collapse: collapse; font-size: .9rem; display: block;
overflow-x: auto } th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #dde }
td:first-child, th:first-child { text-align: left } svg { max-width: 100%; height: auto } li { font-size:
.85rem }
"""


def plain(answer: Study) -> dict[str, Any]:
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
                "aqueous": named(answer, d.step.below),
                "organic": named(answer, d.step.above),
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
                "distributed": named(answer, d.step.fuzzy),
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
                "control_moves": moves_of(started.schedule) if started else [],
                "chemistry": chemistry.plain(answer.chemistry[k], case.oxide) if answer.chemistry else None,
                "at_other_factors": other_factors(answer, k),
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
                "first_cut": [named(answer, p.step.below), named(answer, p.step.above)],
                "least_organic": float(p.organic),
            }
            for p in answer.plans
        ],
        "compared": [
            {
                "first_cut": [named(answer, c.plan.step.below), named(answer, c.plan.step.above)],
                "distributed": named(answer, c.plan.distributed),
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
            for product, amounts, impurity, recovery in made_of(answer)
        ],
        "cuts": cuts,
        "startup_months": answer.startup_months,
        "feed_change_moves": moves_of(upset_moves(answer)),
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
        "new_capacity": new_capacity(answer),
        "sources": case.sources,
    }


def new_capacity(answer: Study) -> list[dict[str, Any]]:
    """Each product at each site, as new capacity for the chain."""
    case = answer.case
    return [
        {
            "site": s.name,
            "product": "+".join(p.elements),
            "start_month": float(s.costs.months),
            "ramp_months": None if answer.startup_months is None else s.costs.ramp,
            "t_per_year": case.throughput * share,
            "usd_per_kg": float(cost),
        }
        for s in answer.sites
        for p, share, cost in zip(case.products, case.masses, s.costs.per_kg, strict=True)
    ]


def pictures(answer: Study, say: Say = str) -> list[str]:
    """SVG: the sequence, the longest cut, costs, tornado."""
    sequence = say("Sequence of cuts")
    if answer.plans[0].fuzzy:
        sequence += ": " + say("what a fuzzy cut distributes (in brackets) comes out at each *")
    made = [
        plots.tree(answer.plans[0], lambda products: short(answer, products), sequence),
        *_of_cut(answer, _longest(answer), say),
    ]
    longest_solved = chemistry.longest_of(answer.chemistry)
    if longest_solved is not None and (found := answer.chemistry[longest_solved].shown):
        which = cut_of(answer, answer.designs[longest_solved].step)
        made.append(plots.acidity(found.state, f"{say('pH and loading')}: {which}", say))
    if answer.upset is not None:
        title = say("First cut when the feed changes")
        made.append(plots.startup(answer.upset, answer.designs[0], title, say))
    parts: list[tuple[str, str, Callable[[Site], dict[str, float]]]] = [
        ("Cost per t of REO fed", "USD/t", lambda s: s.costs.per_t),
        ("CAPEX by area", "million USD", lambda s: {k: v / MILLION for k, v in s.costs.areas.items()}),
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


def other_cuts(answer: Study, say: Say = str) -> list[tuple[str, list[str]]]:
    """By name, the pictures of the cuts that `pictures` leaves out."""
    return [
        (cut_of(answer, design.step), _of_cut(answer, k, say))
        for k, design in enumerate(answer.designs)
        if k != _longest(answer)
    ]


def _longest(answer: Study) -> int:
    return max(range(len(answer.designs)), key=lambda k: answer.designs[k].stages)


def _of_cut(answer: Study, k: int, say: Say) -> list[str]:
    """Profile, operating diagram and start-up of a cut."""
    design = answer.designs[k]
    assert design.sized is not None
    what = cut_of(answer, design.step)
    made = [
        plots.profile(design.sized.solution, f"{say('Stage profile')}: {what}", say),
        plots.operating_diagram(design, f"{say('Operating diagram')}: {what}", say),
    ]
    if answer.startups:
        started = answer.startups[k]
        for run, how in ((started.controlled, "drawn on specification"), (started.fixed, "at fixed flows")):
            title = f"{say('Start-up')}: {what}, {say(how)}"
            made.append(plots.startup(run, design, title, say))
        title = f"{say('Control moves')}: {what}"
        made.append(plots.control(started.schedule, answer.case.startup_days, title, say))
    return made


def sources(answer: Study) -> list[str]:
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


def html(answer: Study) -> str:
    title = escape(answer.case.name)
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    body = "\n".join(_body(answer, svg=True))
    return f'<!doctype html>\n<html lang="en">\n<head>{head}</head>\n<body>\n{body}\n</body>\n</html>\n'


def _body(answer: Study, svg: bool) -> Iterator[str]:
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


def _summary(answer: Study) -> str:
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


def pdf(answer: Study) -> bytes:
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
