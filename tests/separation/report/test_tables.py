"""What is said in tables and words."""

from dataclasses import replace

import pytest

from mine2magnet.bridges import plant_to_network
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import phrases
from mine2magnet.separation.report import assurance_tables, report, result, tables
from mine2magnet.separation.study import study
from mine2magnet.separation.study.assurance import Held
from tests.small_case import basis


def test_every_word_of_the_money_tables_is_known_to_other_languages(small: study.Study) -> None:
    for language in ("zh", "ja"):
        known = {en for en, said in phrases().items() if said[language]}
        words = set(tables.PLANT_ROWS)
        for site in small.sites:
            words |= {*site.costs.areas, *site.costs.per_t, *site.costs.phases}
            inputs = {swing.name.replace("_", " ") for swing in site.tornado}
            words |= {name for name in inputs if "β" not in name and name not in ("HCl", "NaOH")}
        assert words <= set(known)


CUT = {"parts": "Dy/Nd", "extraction": 6, "scrub": 5, "organic_flow": 0.3, "scrub_flow": 0.2}
STANDING = {"feed": {"Pr": 20, "Nd": 75, "Dy": 5}, "sites": ["china"], "startup_days": 0, "cuts": [CUT]}


def test_how_often_the_plant_is_pure_stands_before_its_cost(small: study.Study) -> None:
    """Tried on the same draws with each cut by itself, which can but be met more often than all."""
    told = assurance_tables.held(small)
    assert told is not None
    assert small.held is not None
    assert told.draws == small.basis.case.draws
    weakest = min(
        found.met_with_reserve for k in range(len(small.designs)) if (found := tables.other_factors(small, k))
    )
    assert told.part <= weakest + 2 / told.draws
    assert f"At {100 * told.part:.0f} % of 20 draws" in " ".join(tables.remarks(small))
    assert result.report(small).held == told


def test_a_plan_that_is_not_followed_as_a_whole_says_what_its_weakest_cut_does(small: study.Study) -> None:
    less = replace(small, held=Held(0.4, 20, at_most=True))
    said = [line for line in tables.remarks(less) if "of 20 draws" in line]
    assert "At no more than 40 % of 20 draws" in said[0]
    assert not any("certainty: 0.9" in line for line in tables.remarks(less))  # which such a plan cannot ask


def test_a_plant_that_stands_has_no_months_and_no_part_in_the_chain() -> None:
    made = study.solve(basis(**STANDING, draws=5))
    assert made.stands
    _, heads, (row,) = tables.tables(made)[0]
    assert not any("months" in head for head in heads)
    assert heads[1].startswith("operating cost, without the feed")
    assert float(row[1].split()[0].replace(",", "")) == pytest.approx(made.sites[0].costs.operating, abs=1)
    for title, _, rows in tables.tables(made):
        assert "Months" not in title
        assert not any("months" in row[0] for row in rows)
    assert any("anew" in line for line in tables.remarks(made))
    told = result.report(made)
    assert told.sites[0].months_to_first_product is None
    assert not any("months" in name for name in told.sites[0].spread_5_50_95)
    assert told.new_capacity == []
    with pytest.raises(UserError, match="all its cuts stand"):
        plant_to_network.of(made)
    assert "from-the-decision-to-full-output" not in [one.id for one in report.pictures(made)]


def test_a_plant_that_stands_in_part_says_what_its_money_is_for() -> None:
    parted = {
        "products": [{"elements": [e]} for e in ("Pr", "Nd", "Dy")],
        "draws": 0,
        "cuts": [{**CUT, "feed_phase": "aqueous"}],
    }
    said = tables.remarks(study.solve(basis(**{**STANDING, **parted})))
    assert any("1 of 2 cuts stand" in line for line in said)


def test_costs_of_several_sites_are_said_to_be_their_mean(small: study.Study) -> None:
    assert assurance_tables.over_sites(small, "USD/t REO", str) == "USD/t REO, mean of the sites"
    one = replace(small, sites=small.sites[:1])
    assert assurance_tables.over_sites(one, "USD/t REO", str) == "USD/t REO"


def test_start_up_that_takes_longer_than_followed_is_said() -> None:
    made = study.solve(basis(startup_days=0.02, draws=0, sites=["china"]))
    said = tables.remarks(made)
    late = [line for line in said if "does not come on specification within 0.02 days" in line]
    assert late
    assert "Pr+Nd | Dy" in late[0]
    assert "leave start-up out" in said[-1]
    with pytest.raises(UserError, match="do not come on specification"):
        plant_to_network.of(made)


def test_the_way_to_start_that_the_months_count_is_said(small: study.Study) -> None:
    (startup,) = small.startups
    for fixed, counted in ((0.5, True), (90.0, False), (None, False)):
        said = " ".join(
            tables.remarks(
                replace(
                    small,
                    startups=(replace(startup, days=1.0, days_fixed=fixed, off_fixed=(30, 12), off=(2, 1)),),
                )
            )
        )
        assert ("fixed flows for Pr+Nd | Dy, which draws 42 t REO impure" in said) is counted
    slow = replace(startup, days=None, days_fixed=1.0, of_each=(None, 1.0))
    said = " ".join(tables.remarks(replace(small, startups=(slow,))))
    assert "fixed flows for Pr+Nd | Dy" in said  # and not that it does not come on specification
    assert "leave start-up out" not in said


def test_what_goes_into_the_neighbours_is_told_with_its_worth() -> None:
    """Of 25 t of dysprosium oxide a year what 475 t of NdPr may hold."""
    made = study.solve(basis(draws=0, startup_days=0, products=LOSING))
    recovery = next(r for p, _, _, r in tables.made_of(made) if p.elements == ("Dy",))
    (said,) = [line for line in tables.remarks(made) if "goes into its neighbours" in line]
    assert said.startswith(f"Dy: {100 * (1 - recovery):.1f} % of it, {25 * (1 - recovery):.2g} t a year")
    price = made.basis.oxide_prices["Dy"].at(0.5)
    assert f"worth {25e3 * (1 - recovery) * price / 1e6:.2f} million USD" in said


LOSING = [{"elements": ["Dy"], "purity": "3N"}, {"elements": ["Pr", "Nd"], "purity": 0.995}]


def test_a_product_is_the_tonnes_that_are_made_of_it() -> None:
    """Of 25 t of dysprosium fed what is recovered, at the purity that it has; the rest is with NdPr."""
    made = study.solve(basis(draws=0, startup_days=0, products=LOSING))
    _, _, impurity, recovery = next(m for m in tables.made_of(made) if m[0].elements == ("Dy",))
    capacity = {one.product: one for one in result.report(made).new_capacity if one.site == "china"}
    assert impurity < 1e-3
    assert capacity["Dy"].t_per_year == pytest.approx(25 * recovery, rel=2e-3)
    assert sum(one.t_per_year for one in capacity.values()) == pytest.approx(500)
    table = next(rows for title, _, rows in tables.tables(made) if title.startswith("Products"))
    assert {row[0]: row[1] for row in table} == {
        name: f"{one.t_per_year:,.1f}" for name, one in capacity.items()
    }
    costs = made.sites[0].costs
    sold = 1000 * sum(one.t_per_year * one.usd_per_kg for one in capacity.values())
    assert sold == pytest.approx(500 * costs.total)


def test_what_cuts_hold_is_named_by_what_is_counted_and_how_it_is_priced(small: study.Study) -> None:
    """Start-up and plant count other stages, at other prices: neither is simply "its value"."""
    shown = tables.tables(small)
    heads = next(heads for title, heads, _ in shown if title.startswith("Start-up"))
    rows = [row[0] for title, _, rows in shown if title.startswith("Plant") for row in rows]
    assert {"t REO held by the stages designed", "value as separated oxides, USD"} <= set(heads)
    assert "locked up in the cuts, spare stages and flow included, t REO" in rows
    assert "its value at the mean price of the feed, million USD" in rows
