"""A solved flowsheet as the values that are shown, sent and kept, and as tables and words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from mine2magnet.charts.layered import Arrow, Box, LayeredChart
from mine2magnet.separation.elements import ELEMENTS
from mine2magnet.separation.report.flowsheet_schema import (
    EffluentReport,
    EquipmentReport,
    FinishedReport,
    FlowsheetCosts,
    FlowsheetReport,
    StreamReport,
    TrainReport,
)
from mine2magnet.separation.stages import Array
from mine2magnet.separation.study import reference_data as data
from mine2magnet.separation.study.flowsheet_equipment import equipment_list
from mine2magnet.separation.study.flowsheets import (
    MOST_ALUMINIUM,
    MOST_FLUX,
    MOST_LOADED,
    PHASE_RATIOS,
    FlowsheetSite,
    FlowsheetStudy,
)
from mine2magnet.separation.study.schema import USUAL, foreign

Table = tuple[str, list[str], list[list[str]]]  # title, heads, rows
Say = Callable[[str], str]
# AACE 18R-97, class 4: −30 to +50 % at most (soma-website.pages.dev, glossary, AACE 18R-97).
CLASS_4 = (0.7, 1.5)
# Times our median at which published plants lay, 5 – 50 – 95 %, those of China apart: a location factor with
# its error (benchmarks/separation_plants.py).
PLANTS_LAY = {"china": (0.19, 0.79, 3.24)}
OTHERS_LAY = (0.29, 0.89, 2.68)
LEAST_SHOWN = 1e-4  # mole fraction
MILLION = 1e6
PHASES = {"organic": "organic", "bleed": "organic", "oxide": "solid", "dust": "solid"}


def report(study: FlowsheetStudy) -> FlowsheetReport:
    """Return all results of a flowsheet as numbers and names.

    Parameters
    ----------
    study : FlowsheetStudy
    """
    basis, made = study.basis, study.effluent
    return FlowsheetReport(
        case=basis.case.name,
        elements=list(basis.elements),
        throughput_t_per_year=basis.throughput,
        passes=study.state.passes,
        closure=float(abs(study.state.imbalance).max()),
        trains=[_train(study, k) for k in range(len(basis.case.trains))],
        products=[_product(study, k) for k in range(len(basis.case.products))],
        streams=list(_streams(study)),
        effluent=EffluentReport(
            basis.case.base, made.base, made.hcl, made.carbonate, made.oxalic, dict(made.salts), made.water
        ),
        equipment=[
            EquipmentReport(e.unit, e.item, e.count, e.size, e.size_unit, e.usd)
            for e in equipment_list(study, study.sites[0])
        ],
        sites=[_costs(study, site) for site in study.sites],
        remarks=remarks(study),
        sources=_sources(study),
    )


def _train(study: FlowsheetStudy, k: int) -> TrainReport:
    basis, state = study.basis, study.state.states[k]
    given, train, t, limits = basis.case.trains[k], basis.sheet.trains[k], state.flows, study.limits[k]
    assert state.steady is not None
    inlets = study.state.inlets[k]
    out = (state.parts * inlets).sum(axis=1)
    own = train.a_side[: basis.rare]
    raffinate, extract = out[0, : basis.rare], out[1, : basis.rare]
    return TrainReport(
        name=given.name,
        extractant=given.extractant or "user",
        parts=given.parts,
        designed=k in basis.open_,
        extraction_stages=train.n_extraction,
        scrub_stages=train.n_scrub,
        fed_t_per_year=float(inlets[:2, : basis.rare].sum(axis=0) @ basis.tonnes),
        organic_flow=t.organic / t.fed,
        scrub_flow=t.scrub / t.fed,
        carried=float(inlets[3, : basis.rare].sum()) / t.fed,
        impurity_extract=float(extract[~own].sum() / extract.sum()),
        impurity_raffinate=float(raffinate[own].sum() / raffinate.sum()),
        allowed_extract=foreign(given.extract_purity),
        allowed_raffinate=foreign(given.raffinate_purity),
        phase_ratio=list(limits.phase_ratio),
        loading=limits.loaded,
        settler_flux=limits.flux,
        aluminium_g_per_l=limits.aluminium,
        within_limits=limits.kept,
        temperature=given.temperature,
        efficiency=train.efficiency,
        entrained=[train.entrained_aqueous, train.entrained_organic],
        residual=state.steady.residual,
    )


def _product(study: FlowsheetStudy, k: int) -> FinishedReport:
    basis, given = study.basis, study.basis.case.products[k]
    made = study.state.ports[given.name, "oxide"]
    rare, others = made[: basis.rare], made[basis.rare :]
    own = [i for i, e in enumerate(basis.elements[: basis.rare]) if e in given.elements]
    fed = float(basis.sheet.fed[own].sum())
    total = float(rare.sum()) or 1.0
    return FinishedReport(
        name=given.name,
        elements=list(given.elements),
        t_per_year=float(rare @ basis.tonnes),
        impurity=study.foreign_in(k),
        allowed=None if given.purity is None else foreign(given.purity),
        recovery=float(rare[own].sum()) / fed if fed else 0.0,
        other_impurities={
            e: float(x) / total for e, x in zip(basis.elements[basis.rare :], others, strict=True)
        },
        mole_fractions={e: float(x) / total for e, x in zip(basis.elements, rare, strict=False)},
    )


def _streams(study: FlowsheetStudy) -> Iterator[StreamReport]:
    """Every stream between units and across the fence, in the order of the case."""
    basis, sheet, ports = study.basis, study.basis.sheet, study.state.ports
    for link in sheet.links:
        amounts = sheet.feeds[link.source] if not link.port else ports[link.source, link.port]
        share = link.part
        if link.port == "organic":  # the port holds what is taken of it
            share = link.part / sheet.taken(link.source, "organic")
        yield _stream(study, link.source, link.port, link.target, share * amounts)
    for name, fed in sheet.feeds.items():
        left = 1 - sheet.taken(name, "")
        if left > 1e-12:
            yield _stream(study, name, "", "", left * fed)
    for (source, port), amounts in study.state.outlets.items():
        yield _stream(study, source, port, "", amounts)
    for k, given in enumerate(basis.case.trains):
        yield _stream(study, given.organic or given.name, "carried", given.name, study.state.inlets[k][3])


def _stream(study: FlowsheetStudy, source: str, port: str, target: str, amounts: Array) -> StreamReport:
    basis = study.basis
    kmol = amounts * basis.throughput / basis.oxide
    return StreamReport(
        name=f"{source}.{port}".rstrip("."),
        source=source,
        target=target,
        phase="organic" if port == "carried" else PHASES.get(port, "aqueous"),
        t_per_year=float(amounts[: basis.rare] @ basis.tonnes),
        kmol_per_year=dict(zip(basis.elements, kmol.tolist(), strict=True)),
    )


def _costs(study: FlowsheetStudy, site: FlowsheetSite) -> FlowsheetCosts:
    costs = site.costs
    return FlowsheetCosts(
        site=site.name,
        capex_usd=costs.capex,
        capex_usd_by_area=dict(costs.areas),
        effluent_usd=costs.areas["effluent"],
        capex_usd_5_95=list(site.capex_5_95),
        class_4_usd=[factor * costs.capex for factor in CLASS_4],
        usd_per_t=dict(costs.per_t),
        total_usd_per_t=costs.total,
    )


def _sources(study: FlowsheetStudy) -> list[str]:
    basis = study.basis
    made = [
        line
        for feed in basis.case.feeds
        if isinstance(feed.composition, str)
        for line in data.feed_sources(feed.composition)
    ]
    used = {e for e in basis.elements if e in ELEMENTS}
    for name in dict.fromkeys(t.extractant for t in basis.case.trains if t.extractant):
        table = data.extractant(name)
        made += [f"{name}: {line}" for pair, line in table.sources.items() if used & set(pair.split("/"))]
    for train, state in zip(basis.case.trains, basis.sheet.trains, strict=True):
        name = train.extractant or ""
        if train.temperature != USUAL:
            made += [f"{name}: {line}" for line in data.heat_sources(name, used)]
        spread = [
            e
            for e, part in zip(basis.elements, state.carried, strict=True)
            if np.isnan(part) and e not in train.distribution
        ]
        made += [f"{name}: {line}" for line in data.impurity_sources(name, spread)]
    return list(dict.fromkeys(made))


def remarks(study: FlowsheetStudy, say: Say = str) -> list[str]:
    """Return in words what must not be overlooked.

    Parameters
    ----------
    study : FlowsheetStudy
    say : callable
        Gives a phrase in the reader's language.
    """
    made = [
        say("Solved in {passes} passes; what leaves is what comes in, of each element to {off}.").format(
            passes=study.state.passes, off=f"{abs(study.state.imbalance).max():.0e}"
        )
    ]
    for k in range(len(study.basis.case.products)):
        one = _product(study, k)
        if one.allowed is not None and one.impurity > one.allowed * (1 + 1e-9):
            made.append(
                say(
                    "{product} holds {held} foreign rare earths (mole fraction), {allowed} are allowed."
                ).format(product=one.name, held=f"{one.impurity:.2g}", allowed=f"{one.allowed:.2g}")
            )
    for k in range(len(study.basis.case.trains)):
        made += _missed(_train(study, k), say)
    for given, limits in zip(study.basis.case.trains, study.limits, strict=True):
        low, high = limits.phase_ratio
        if not (PHASE_RATIOS[0] <= low and high <= PHASE_RATIOS[1]):
            said = say(
                "{train}: O/A by volume goes from {low} to {high}; beyond {least} to {most} the lesser phase "
                "is to be recirculated in the mixers."
            )
            ends = {"low": _ratio(low), "high": _ratio(high)}
            made.append(said.format(train=given.name, **ends, least=PHASE_RATIOS[0], most=PHASE_RATIOS[1]))
        if limits.loaded > MOST_LOADED:
            said = say(
                "{train}: the organic is loaded to {part} of what the extractant can hold; above {most} it "
                "may gel."
            )
            made.append(said.format(train=given.name, part=f"{limits.loaded:.2f}", most=MOST_LOADED))
        if limits.flux > MOST_FLUX:
            said = say(
                "{train}: its settlers are to part {flux} m³/h on a m²; above {most} the phases carry each "
                "other over."
            )
            made.append(said.format(train=given.name, flux=f"{limits.flux:.2g}", most=MOST_FLUX))
        if limits.aluminium > MOST_ALUMINIUM:
            said = say(
                "{train}: {held} g/L of aluminium in its feed; above {most} saponified P507 forms an "
                "emulsion (J. Rare Earths 28, 2010)."
            )
            if given.extractant != "P507":
                said += " " + say("Of what this train runs on no such bound was found.")
            made.append(said.format(train=given.name, held=f"{limits.aluminium:.2g}", most=MOST_ALUMINIUM))
    if not all(limits.bounded for limits in study.limits):
        made.append(say("These bounds of O/A, loading and settlers are assumed: no source was found."))
    base = study.basis.case.base
    if base != "NaOH":
        made.append(say("The tables hold no price of {base}: the cost is without it.").format(base=base))
    return made


def _missed(train: TrainReport, say: Say) -> Iterator[str]:
    """That a train's extract or raffinate is less pure than was asked of it, by more than a twentieth."""
    for what, held, allowed in (
        ("extract", train.impurity_extract, train.allowed_extract),
        ("raffinate", train.impurity_raffinate, train.allowed_raffinate),
    ):
        if held > 1.05 * allowed:
            said = say(
                "{train}: its {what} holds {held} of the other side of the cut, {allowed} were asked; what "
                "its organic brings back counts."
            )
            amounts = {"held": f"{held:.2g}", "allowed": f"{allowed:.2g}"}
            yield said.format(train=train.name, what=say(what), **amounts)


def tables(study: FlowsheetStudy, say: Say = str) -> list[Table]:
    """Return a flowsheet as tables: trains, products, streams, reagents and cost.

    Parameters
    ----------
    study : FlowsheetStudy
    say : callable
        Gives a phrase in the reader's language.
    """
    found = report(study)
    return [
        _trains_table(found, say),
        _products_table(found, say),
        _streams_table(found, say),
        _reagents_table(found, say),
        _costs_table(found, say),
    ]


def _trains_table(found: FlowsheetReport, say: Say) -> Table:
    heads = ("train", "extractant", "cut", "stages", "t REO/y fed", "S", "W", "organic brings back",
             "foreign in the extract", "foreign in the raffinate", "O/A")  # fmt: skip
    rows = [
        [
            t.name, t.extractant, t.parts, f"{t.extraction_stages} + {t.scrub_stages}",
            f"{t.fed_t_per_year:,.0f}", f"{t.organic_flow:.3f}", f"{t.scrub_flow:.3f}", f"{t.carried:.2g}",
            f"{t.impurity_extract:.2g}", f"{t.impurity_raffinate:.2g}",
            " – ".join(map(_ratio, t.phase_ratio)),
        ]
        for t in found.trains
    ]  # fmt: skip
    return say("Trains (S, W in mol per mol fed to the train)"), list(map(say, heads)), rows


def _products_table(found: FlowsheetReport, say: Say) -> Table:
    rows = [
        [
            p.name,
            "+".join(p.elements),
            f"{p.t_per_year:,.1f}",
            f"{p.impurity:.2g}",
            "–" if p.allowed is None else f"{p.allowed:.2g}",
            f"{100 * p.recovery:.2f}",
            ", ".join(f"{e} {x:.1g}" for e, x in p.other_impurities.items() if x > 0) or say("none assumed")
            if p.other_impurities
            else "–",
        ]
        for p in found.products
    ]
    heads = (
        "product",
        "elements",
        "t oxide/y",
        "foreign",
        "allowed",
        "recovered, %",
        "other impurities, mol/mol",
    )
    return say("Products"), list(map(say, heads)), rows


def _streams_table(found: FlowsheetReport, say: Say) -> Table:
    rows = []
    for s in found.streams:
        total = sum(v for e, v in s.kmol_per_year.items() if e in ELEMENTS) or 1.0
        held = sorted(
            ((v / total, e) for e, v in s.kmol_per_year.items() if v / total > LEAST_SHOWN), reverse=True
        )
        rows.append(
            [
                s.name,
                s.target or say("out of the plant"),
                f"{s.t_per_year:,.1f}",
                " ".join(f"{e} {100 * x:.3g}" for x, e in held[:6]),
            ]
        )
    heads = ("stream", "goes to", "t REO/y", "mol % of rare earths, the most first")
    return say("Streams"), list(map(say, heads)), rows


def _reagents_table(found: FlowsheetReport, say: Say) -> Table:
    e = found.effluent
    rows = [[e.base, f"{e.base_t_per_t:.3f}"], ["HCl (100 %)", f"{e.hcl_t_per_t:.3f}"]]
    rows += [
        ["NaHCO3", f"{e.carbonate_t_per_t:.3f}"],
        [say("oxalic acid (dihydrate)"), f"{e.oxalic_t_per_t:.3f}"],
    ]
    rows += [[f"{say('effluent')}: {salt}", f"{t:.3f}"] for salt, t in e.salts_t_per_t.items()]
    rows.append([say("brine, m³/t REO"), f"{e.brine_m3_per_t:.1f}"])
    return say("Reagents and effluent, t per t REO fed"), ["", say("t/t REO")], rows


def _costs_table(found: FlowsheetReport, say: Say) -> Table:
    rows = [[say(area), *(f"{s.capex_usd_by_area[area] / MILLION:,.1f}" for s in found.sites)]
            for area in found.sites[0].capex_usd_by_area]  # fmt: skip
    rows += [
        [say("CAPEX, million USD"), *(f"{s.capex_usd / MILLION:,.1f}" for s in found.sites)],
        [
            say("as a class 4 estimate (AACE 18R-97, −30 to +50 %)"),
            *(_million(s.class_4_usd) for s in found.sites),
        ],
        [
            say("as published plants of the place lay about such estimates, 5 – 50 – 95 %"),
            *(
                _million([factor * s.capex_usd for factor in PLANTS_LAY.get(s.site, OTHERS_LAY)])
                for s in found.sites
            ),
        ],
        [say("5–95 % of what the rates leave open"), *(_million(s.capex_usd_5_95) for s in found.sites)],
        [
            say("cost with capital, without the feed, USD/t REO"),
            *(f"{s.total_usd_per_t:,.0f}" for s in found.sites),
        ],
    ]
    return say("Capital by area, million USD"), ["", *(say(s.site) for s in found.sites)], rows


def _ratio(value: float) -> str:
    """To two digits, and to whole numbers from ten on."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _million(ends: list[float]) -> str:
    return " – ".join(f"{end / MILLION:,.0f}" for end in ends)


def diagram(study: FlowsheetStudy, say: Say = str) -> LayeredChart:
    """Return the process flow diagram: feeds, trains, products, and every stream between them.

    Parameters
    ----------
    study : FlowsheetStudy
    say : callable
        Gives a phrase in the reader's language.
    """
    found = report(study)
    boxes = [Box(f.name, "feed", (f"{f.throughput:,.0f} t REO/y",)) for f in study.basis.case.feeds]
    boxes += [
        Box(
            t.name,
            "train",
            (
                f"{t.extractant} {t.parts}",
                f"{t.extraction_stages} + {t.scrub_stages}",
                *([f"{say('organic')}: {given.organic}"] if given.organic else []),
            ),
        )
        for t, given in zip(found.trains, study.basis.case.trains, strict=True)
    ]
    boxes += [
        Box(p.name, "product", ("+".join(p.elements), f"{p.t_per_year:,.0f} t/y")) for p in found.products
    ]
    outside = say("out of the plant")
    arrows = []
    for s in found.streams:
        if s.name.endswith(".carried") or (not s.target and s.name.endswith((".oxide", ".dust"))):
            continue
        amount = f"{s.t_per_year:,.0f}" if s.t_per_year >= 100 else f"{s.t_per_year:.3g}"
        label = f"{s.name.partition('.')[2]} {amount}".strip()
        arrows.append(Arrow(s.source, s.target or outside, label, s.phase == "organic"))
    if any(a.target == outside for a in arrows):
        boxes.append(Box(outside, "outlet"))
    title = f"{study.basis.case.name}: t REO/y"
    return LayeredChart(title=title, boxes=tuple(boxes), arrows=tuple(arrows))


def as_rows(found: FlowsheetReport) -> dict[str, list[Mapping[str, object]]]:
    """Return trains, products, streams and equipment as rows by column, units in the names of columns.

    Parameters
    ----------
    found : FlowsheetReport
    """
    streams: list[Mapping[str, object]] = [
        {
            "stream": s.name, "from": s.source, "to": s.target, "phase": s.phase, "t REO/y": s.t_per_year,
            **{f"{e}, kmol/y": x for e, x in s.kmol_per_year.items()},
        }
        for s in found.streams
    ]  # fmt: skip
    equipment: list[Mapping[str, object]] = [
        {"unit": e.unit, "item": e.item, "count": e.count, "size": e.size, "unit of size": e.size_unit,
         "purchased, USD": e.usd}
        for e in found.equipment
    ]  # fmt: skip
    trains: list[Mapping[str, object]] = [
        {
            "train": t.name, "extractant": t.extractant, "parts": t.parts,
            "extraction stages": t.extraction_stages,
            "scrub stages": t.scrub_stages, "fed, t REO/y": t.fed_t_per_year,
            "organic flow, mol/mol fed": t.organic_flow, "scrub flow, mol/mol fed": t.scrub_flow,
            "organic brings back, mol/mol fed": t.carried,
            "foreign in extract, mole fraction": t.impurity_extract,
            "foreign in raffinate, mole fraction": t.impurity_raffinate,
            "least O/A, by volume": t.phase_ratio[0], "most O/A, by volume": t.phase_ratio[1],
        }
        for t in found.trains
    ]  # fmt: skip
    products: list[Mapping[str, object]] = [
        {
            "product": p.name, "elements": "+".join(p.elements), "oxide, t/y": p.t_per_year,
            "foreign, mole fraction": p.impurity, "allowed, mole fraction": p.allowed,
            "recovered": p.recovery,
            **{f"{e}, mole fraction": x for e, x in p.mole_fractions.items()},
        }
        for p in found.products
    ]  # fmt: skip
    return {"streams": streams, "trains": trains, "products": products, "equipment": equipment}
