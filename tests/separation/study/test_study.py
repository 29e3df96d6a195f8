"""What a case comes to: sites, start-up, plans sharp and fuzzy, side streams, other separation factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.separation.report import report, tables
from mine2magnet.separation.report.result import report as reported
from mine2magnet.separation.study import reference_data, study
from tests.small_case import HANDED_DOWN, basis

if TYPE_CHECKING:
    from tests.conftest import Record


def test_two_sites_share_a_design_and_differ_in_cost(small: study.Study) -> None:
    (design,) = small.designs
    assert design.sized is not None
    assert design.sized.impurity_b < SMALL_IMPURITY
    china, europe = small.sites
    assert china.quantities.stages == europe.quantities.stages
    assert china.costs.total < europe.costs.total
    low, middle, high = europe.spread["cost per t"]
    assert low < middle < high
    assert europe.tornado[0].size >= europe.tornado[-1].size


SMALL_IMPURITY = 5e-4


def test_a_recovery_that_the_plant_reaches_may_be_asked_for(small: study.Study) -> None:
    reached = next(r for p, _, _, r in tables.made_of(small) if p.elements == ("Dy",))
    pure = {"elements": ["Pr", "Nd"], "purity": "3N5"}
    for asked in (reached - 1e-4, reached + 1e-3):
        products = [{"elements": ["Dy"], "purity": "3N", "recovery": asked}, pure]
        if asked < reached:
            assert basis(products=products).products[1].recovery == asked
            continue
        with pytest.raises(UserError, match="or ask for") as caught:
            basis(products=products)
        assert float(str(caught.value).split("ask for ")[1].rstrip(")")) == pytest.approx(reached, abs=2e-4)


def test_capital_cost_and_time_come_in_parts_with_their_spread(small: study.Study) -> None:
    for site in small.sites:
        c, spread = site.costs, site.spread
        for result, value in (("CAPEX", c.capex), ("cost per t", c.total), ("months", c.months)):
            low, _, high = spread[result]
            assert low < value < high
        for part in (*(f"CAPEX: {area}" for area in c.areas), *(f"cost: {kind}" for kind in c.per_t)):
            assert spread[part][0] < spread[part][2]
        found = next(s for s in reported(small).sites if s.site == site.name)
        assert sum(found.capex_usd_by_area.values()) == pytest.approx(found.capex_usd)
        assert sum(found.months_by_phase.values()) == pytest.approx(found.months_to_first_product)
        assert found.working_capital_usd > found.locked_usd > 0


def test_rates_of_ones_own_take_the_place_of_the_tables() -> None:
    cheap = {"draws": 0, "startup_days": 0, "sites": ["europe", "usa"]}
    usual, own = (study.solve(basis(**cheap, **more)) for more in ({}, {"rates": {"NaOH": 100}}))
    assert [s.costs.per_t["base"] for s in own.sites] == pytest.approx(
        [100 * s.quantities.naoh for s in own.sites]
    )
    for before, after in zip(usual.sites, own.sites, strict=True):
        assert after.costs.per_t["base"] < before.costs.per_t["base"]
        assert after.costs.per_t["acid"] == before.costs.per_t["acid"]
    listed = [(what, source) for what, source in report.sources(own) if "NaOH:" in what]
    assert listed == [("NaOH: 100 – 100 – 100", "given by the user")]
    assert any(what.startswith("Dy: ") for what, _ in report.sources(own))
    assert ("欧洲 HCl: 160 – 400 – 700 USD/t 100 % HCl, 2023 (查得；最可能值为假设)") in [
        what for what, _ in report.sources(own, Translator("zh").say)
    ]


def test_the_cuts_are_tried_at_other_separation_factors(small: study.Study) -> None:
    told = [cut.at_other_factors for cut in reported(small).cuts]
    assert len(told) == len(small.designs)
    for one in told:
        assert one is not None
        assert one.flow_50 is not None
        assert 0.3 < one.flow_50 < 1.3
        assert 0.5 <= one.met_with_reserve <= 1 - one.unmet
    sure = basis(
        factors={pair: factor.likely for pair, factor in small.basis.factors.items()}, startup_days=0
    )
    assert study.solve(sure).robustness == ()


def test_a_change_of_feed_is_followed_through_the_first_cut() -> None:
    change = {"day": 2, "feed": {"Pr": 20, "Nd": 70, "Dy": 10}}
    given = {"change": change, "draws": 0, "startup_days": 15, "sites": ["china"]}
    made = study.solve(basis(**given, factors=HANDED_DOWN))
    assert made.upset is not None
    a_side = made.designs[0].cut.a_side
    impurity = made.upset.product_b[:, a_side].sum(axis=1)
    assert (impurity[made.upset.times < 48] < 5e-4).all()
    held = [made.upset.first_held.sum(axis=0), made.upset.held.sum(axis=0)]
    assert held[1][2] > 1.3 * held[0][2]  # twice the dysprosium in the feed
    with pytest.raises(UserError, match="other elements"):
        basis(change={"day": 2, "feed": {"La": 100}})


def test_sharp_and_fuzzy_plans_are_sized_and_the_cheapest_is_built() -> None:
    made = study.solve(
        basis(
            feed={"La": 30, "Ce": 50, "Pr": 5, "Nd": 15},
            products=[{"elements": "La"}, {"elements": "Ce"}, {"elements": ["Pr", "Nd"]}],
            factors=HANDED_DOWN,
            fuzzy=True,
            throughput=5000,
            draws=0,
            startup_days=10,
            sites=["europe"],
        )
    )
    assert {c.plan.fuzzy for c in made.candidates} == {True, False}
    assert [c.cost for c in made.candidates] == sorted(c.cost for c in made.candidates)
    built = made.candidates[0]
    assert (made.plans[0], made.designs) == (built.plan, built.designs)
    assert built.cost == pytest.approx(made.sites[0].costs.total)
    assert built.plan.fuzzy
    found = reported(made)
    assert found.compared[0].distributed == ["Ce"]
    assert all(p.impurity < 0.01 for p in found.products)
    titles = [title for title, *_ in tables.tables(made)]
    assert any("Sharp and fuzzy" in title for title in titles)
    first = report.pictures(made)[0].as_svg()
    assert first.count("Ce *") == 2  # it comes out in two places


def test_a_middle_product_is_drawn_off_and_reported() -> None:
    products = [{"elements": "Pr"}, {"elements": "Nd", "purity": 0.95, "draw": True}, {"elements": "Dy"}]
    made = study.solve(basis(products=products, draws=0, startup_days=5, sites=["china"]))
    (cut,) = reported(made).cuts
    assert cut.draw is not None
    assert cut.draw.purity == pytest.approx(0.95)
    assert cut.draw.mole_fractions[1] == pytest.approx(0.95)
    title, _, rows = tables.tables(made)[-1]
    assert (title, rows[0][0]) == ("Side streams", "Nd")
    tree = report.pictures(made)[0].as_svg()
    assert all(f">{e}<" in tree for e in ("Pr", "Nd", "Dy"))
    with pytest.raises(UserError, match="leave at the ends"):
        basis(products=[*products[:2], {"elements": "Dy", "draw": True}])


def test_capacity_for_the_chain(small: study.Study) -> None:
    options = reported(small).new_capacity
    assert {(o.site, o.product) for o in options} == {
        (site, product) for site in ("china", "europe") for product in ("Pr+Nd", "Dy")
    }
    assert sum(o.t_per_year for o in options if o.site == "china") == pytest.approx(500)


def test_start_up_is_told_in_moves_days_and_value(small: study.Study) -> None:
    (started,) = small.startups
    assert started.schedule[0].time == 0
    assert [move.time for move in started.schedule] == sorted(move.time for move in started.schedule)
    for move in started.schedule:
        assert 0 <= min(move.open_a, move.open_b) <= move.feed <= max(move.open_a, move.open_b) <= 1
    assert (started.schedule[-1].open_a, started.schedule[-1].open_b) == (1, 1)  # drawn in full in the end
    assert started.days == max(day for day in started.of_each if day is not None)
    # Most of what is locked up is neodymium, the rest in part dearer.
    low, high = (reference_data.oxide_prices()[e].likely for e in ("Nd", "Dy"))
    assert 0.9 * low < started.worth / 1000 / started.locked < high
    (cut,) = reported(small).cuts
    assert cut.control_moves[0].hour == 0
    assert cut.locked_usd == started.worth
    assert not any("does not come on specification" in line for line in tables.remarks(small))


def test_a_target_no_cascade_reaches_names_the_pair() -> None:
    made = basis(
        factors={"Nd/Pr": 1.0005},
        products=[{"elements": "Pr"}, {"elements": "Nd"}, {"elements": "Dy"}],
    )
    with pytest.raises(UserError, match=r"do not part Nd/Pr .* β is 1\.0"):
        study.solve(made)


def test_the_report_of_the_small_case_is_what_it_was(small: study.Study, recorded: Record) -> None:
    recorded(msgspec.to_builtins(reported(small)), 1e-5)


def test_a_factor_without_end_needs_no_more_than_it_sends_over() -> None:
    products = [{"elements": ["Pr"], "purity": "2N"}, {"elements": ["Nd"], "purity": "2N"}]
    made = basis(
        feed={"Nd": 75, "Pr": 25},
        extractant=None,
        factors={"Nd/Pr": 1e9},
        products=products,
        draws=0,
        startup_days=0,
    )
    (design,) = study.solve(made).designs
    assert design.stages <= 4
    assert design.organic > design.extract_flow


def test_tables_head_ranges_only_where_there_are_any(small: study.Study) -> None:
    with_ranges = [title for title, *_ in tables.tables(small)]
    assert sum("5–95" in title for title in with_ranges) == 5
    without = study.solve(basis(draws=0, startup_days=0))
    titles = [title for title, *_ in tables.tables(without)]
    assert not any("5–95" in title for title in titles)
    assert titles[0].startswith("In short: 1 cut, ")


def test_plans_are_told_one_by_one() -> None:
    told: list[str] = []
    products = [{"elements": [e], "purity": "2N"} for e in ("Pr", "Nd", "Dy")]
    study.solve(basis(products=products, fuzzy=True, draws=0, startup_days=0), told.append)
    assert any(line.startswith("sizing every cut: plan 2 of ") for line in told)
