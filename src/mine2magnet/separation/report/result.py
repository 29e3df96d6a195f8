"""A worked case as the values that are shown, sent and kept: `report` is the only way there."""

from __future__ import annotations

from collections.abc import Iterable

from mine2magnet.separation.moves import Move
from mine2magnet.separation.plant import CutDesign
from mine2magnet.separation.report import assurance_tables, chemistry_tables, profiles, rating_tables
from mine2magnet.separation.report.schema import (
    ClosedForm,
    ControlMove,
    CutReport,
    InputSwing,
    NewCapacity,
    ProductResult,
    SeparationReport,
    Sequence,
    SideDraw,
    SiteResult,
    SizedPlan,
)
from mine2magnet.separation.report.tables import disputed, made_of, named, other_factors, remarks, upset_moves
from mine2magnet.separation.sequence import Plan
from mine2magnet.separation.study.assurance import Candidate
from mine2magnet.separation.study.study import Site, Study


def report(answer: Study) -> SeparationReport:
    """Return all results of a case as numbers and names.

    Parameters
    ----------
    answer : Study
    """
    basis = answer.basis
    return SeparationReport(
        case=basis.case.name,
        extractant=basis.extractant,
        elements=list(basis.elements),
        feed_mole_fractions=list(basis.feed),
        throughput_t_per_year=basis.case.throughput,
        sequences=[Sequence(_first_cut(answer, p), float(p.organic)) for p in answer.plans],
        compared=[_compared(answer, c) for c in answer.candidates],
        products=[
            ProductResult(list(product.elements), impurity, recovery, (amounts / amounts.sum()).tolist())
            for product, amounts, impurity, recovery in made_of(answer)
        ],
        cuts=[_cut(answer, k, design) for k, design in enumerate(answer.designs)],
        startup_months=answer.startup_months,
        feed_change_moves=_moves(upset_moves(answer)),
        remarks=remarks(answer),
        sites=[_site(answer, site) for site in answer.sites],
        new_capacity=new_capacity(answer),
        sources=list(basis.sources),
        purity_margin=basis.case.margin,
        assurance=assurance_tables.report(answer),
        held=assurance_tables.held(answer),
        disputed=disputed(answer),
    )


def new_capacity(answer: Study) -> list[NewCapacity]:
    """Return each product at each site as new capacity for the chain; none of a plant that stands.

    Parameters
    ----------
    answer : Study
    """
    basis = answer.basis
    if answer.stands:
        return []
    return [
        NewCapacity(
            site=s.name,
            product="+".join(p.elements),
            start_month=float(s.costs.months),
            ramp_months=None if answer.startup_months is None else s.costs.ramp,
            t_per_year=basis.case.throughput * share,
            usd_per_kg=float(cost),
        )
        for s in answer.sites
        for p, share, cost in zip(basis.products, answer.masses, s.costs.per_kg, strict=True)
    ]


def _first_cut(answer: Study, plan: Plan) -> list[list[str]]:
    return [named(answer, plan.step.below), named(answer, plan.step.above)]


def _compared(answer: Study, c: Candidate) -> SizedPlan:
    return SizedPlan(
        first_cut=_first_cut(answer, c.plan),
        distributed=named(answer, c.plan.distributed),
        cuts=len(c.designs),
        stages=c.quantities.stages,
        organic_flow=float(c.quantities.organic_flow),
        volume_m3=float(c.quantities.volume),
        naoh_t_per_t=float(c.quantities.naoh),
        usd_per_t=c.cost,
    )


def _cut(answer: Study, k: int, d: CutDesign) -> CutReport:
    assert d.sized is not None
    cut, solution, fed = d.cut, d.sized.solution, float(d.cut.feed.sum())
    started = answer.startups[k] if answer.startups else None
    chemistry = answer.chemistry[k] if answer.chemistry else None
    return CutReport(
        aqueous=named(answer, d.step.below),
        organic=named(answer, d.step.above),
        feed_phase=cut.phase,
        beta=cut.key_beta,
        extraction_stages=d.n_extraction,
        scrub_stages=d.n_scrub,
        organic_flow=float(d.organic),
        scrub_flow=float(d.scrub),
        least_organic_flow=float(d.least),
        extraction_ratio=float(d.organic / (d.scrub + fed * (cut.phase == "aqueous"))),
        scrub_ratio=float((d.organic + fed * (cut.phase == "organic")) / d.scrub),
        distributed=named(answer, d.step.fuzzy),
        draw=_draw(d),
        closed_form=_closed_form(d),
        impurity_organic=d.sized.impurity_a,
        impurity_aqueous=d.sized.impurity_b,
        residual=solution.residual,
        aqueous_profile=profiles.share(solution.aqueous).tolist(),
        organic_profile=profiles.share(solution.organic).tolist(),
        startup_days=started.days if started else None,
        startup_days_fixed_flows=started.days_fixed if started else None,
        startup_days_by_clock=started.days_by_clock if started else None,
        startup_days_extract=started.of_each[0] if started else None,
        startup_days_raffinate=started.of_each[1] if started else None,
        locked_t=started.locked if started else None,
        locked_usd=started.worth if started else None,
        off_specification_t=list(started.off) if started else None,
        off_specification_t_fixed_flows=list(started.off_fixed) if started else None,
        control_moves=_moves(started.schedule) if started else [],
        chemistry=chemistry_tables.report(chemistry, answer.basis.oxide) if chemistry else None,
        at_other_factors=other_factors(answer, k),
        rating=rating_tables.report(d),
    )


def _closed_form(d: CutDesign) -> ClosedForm | None:
    if d.cut.free is not None:
        return None
    e = d.cut.estimate
    return ClosedForm(e.n_extraction, e.n_scrub, e.organic * float(d.cut.feed.sum()))


def _draw(d: CutDesign) -> SideDraw | None:
    if d.draw is None:
        return None
    shares = (d.draw.stream / d.draw.stream.sum()).tolist()
    return SideDraw(d.draw.stage, d.draw.phase, d.draw.flow, d.draw.purity, d.draw.recovery, shares)


def _moves(schedule: Iterable[Move]) -> list[ControlMove]:
    return [ControlMove(m.time, m.open_a, m.open_b, m.feed) for m in schedule]


def _site(answer: Study, s: Site) -> SiteResult:
    products, built = answer.basis.products, not answer.stands
    return SiteResult(
        site=s.name,
        quantities={name: float(getattr(s.quantities, name)) for name in s.quantities.__slots__},
        capex_usd=float(s.costs.capex),
        capex_usd_by_area=dict(s.costs.areas),
        first_fill_usd=float(s.costs.first_fill),
        working_capital_usd=s.costs.working_capital,
        locked_t=s.quantities.held,
        locked_usd=s.costs.locked,
        usd_per_t={kind: float(value) for kind, value in s.costs.per_t.items()},
        total_usd_per_t=float(s.costs.total),
        usd_per_kg={"+".join(p.elements): float(c) for p, c in zip(products, s.costs.per_kg, strict=True)},
        usd_per_kg_by_mass=s.costs.per_kg_by_mass,
        months_to_first_product=float(s.costs.months) if built else None,
        months_by_phase=dict(s.costs.phases) if built else {},
        months_to_full_output=s.costs.months + s.costs.ramp if built else None,
        spread_5_50_95={
            name: list(values) for name, values in s.spread.items() if built or not name.startswith("months")
        },
        tornado=[InputSwing(t.name, float(t.at_low), float(t.at_high)) for t in s.tornado],
    )
