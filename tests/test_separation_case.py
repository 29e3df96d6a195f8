"""The case file: what it takes, and one clear line per mistake; the command and its reports."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import polars
import pytest
import yaml
from click.testing import CliRunner

from mine2magnet import (
    new_plant,
    separation_answer,
    separation_case,
    separation_data,
    separation_profiles,
    separation_report,
    separation_tables,
)
from mine2magnet.cli_separate import separate
from mine2magnet.errors import UserError
from mine2magnet.separation import Cut, sizing
from mine2magnet.separation.closed_form import Phase

SMALL = {
    "name": "NdPr from <magnets>",
    "feed": {"Pr": 20, "Nd": 75, "Dy": 5},
    "extractant": "P507",
    "products": [
        {"elements": ["Dy"], "purity": "3N"},
        {"elements": ["Pr", "Nd"], "purity": "3N5"},
    ],
    "throughput": 500,
    "draws": 20,
    "startup_days": 20,
}


def case(**changed: object) -> separation_case.Case:
    return separation_case.read(yaml.safe_dump({**SMALL, **changed}))


def test_a_case_comes_out_ordered_and_in_moles() -> None:
    made = case()
    assert made.elements == ("Pr", "Nd", "Dy")
    assert [p.elements for p in made.products] == [("Pr", "Nd"), ("Dy",)]
    assert made.products[0].impurity == pytest.approx(5e-4)
    assert sum(made.feed) == pytest.approx(1)
    assert made.feed[2] < 0.05  # dysprosium oxide is heavier than the others
    table = separation_data.extractant("P507").factors
    assert made.beta()[1] / made.beta()[0] == pytest.approx(table["Nd/Pr"].likely)


def test_where_each_number_is_from_goes_with_the_case() -> None:
    rest = ["Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Y", "Er", "Tm", "Yb", "Lu"]
    products = [{"elements": ["La", "Ce"]}, {"elements": rest}]
    listed = case(feed="araxa", factors={"Nd/Pr": 1.6}, products=products).sources
    assert listed[0].startswith("Araxá monazite, 2020: Oliveira")
    assert "β Nd/Pr: given by the user" in listed
    assert len(listed) == 15  # the ore and fourteen pairs
    light = case().sources
    assert any(line.startswith("β Dy/Tb: ") for line in light)
    assert not any(line.startswith("β Ce/La: ") for line in light)  # nothing lighter than Pr is fed


def test_the_command_lists_presets_with_their_factors_and_sources() -> None:
    factor = separation_data.extractant("P507").factors["Nd/Pr"].likely
    assert f"Pr ×{factor:g} Nd" in CliRunner().invoke(separate, ["--presets"]).output
    held = json.loads(CliRunner().invoke(separate, ["--presets", "--json"]).output)
    assert "Shin-Etsu" in held["factors"]["P507"]["Nd/Pr"]
    assert held["feed_sources"]["araxa"] == separation_data.feed_sources("araxa")


def test_presets_have_units_years_and_sources() -> None:
    for table in ("prices", "equipment", "oxide_prices", "plants"):
        for row in separation_data.rows(table):
            assert row["unit"]
            assert row["source"]
            assert row["status"]
            assert row["year"].isdigit()
    for table in ("prices", "equipment", "plants"):
        for row in separation_data.rows(table):
            assert float(row["low"]) <= float(row.get("likely", row["high"])) <= float(row["high"])
    names = {frozenset(separation_data.site(site)) for site in separation_data.sites()}
    assert len(names) == 1
    assert not next(iter(names)) & set(separation_data.equipment())


PRODUCTS = ({"elements": ["Dy"]}, {"elements": ["Pr", "Nd"]})


@pytest.mark.parametrize(
    ("changed", "where", "said"),
    [
        ({"feed": {"Pr": 20, "Nd": 70}}, "feed", "shares sum to 90"),
        ({"feed": {"Pr": 120, "Nd": -20}}, "feed", "negative"),
        ({"feed": {"Pr": 50, "Xx": 50}}, "feed", "not a rare earth"),
        ({"feed": "moon"}, "feed", "unknown feed"),
        ({"feed": {"Nd": 100}}, "feed", "one element"),
        ({"feed": {"Pr": "much", "Nd": 1}}, "feed.Pr", "not a number"),
        ({"feed": {"Pr": float("nan"), "Nd": 1}}, "feed.Pr", "not a number"),
        ({"extractant": "water"}, "extractant", "unknown extractant"),
        ({"factors": {"Nd/Pr": 0.9}}, "factors", "separates nothing"),
        ({"factors": {"Nd/Pr": [1.6, 1.5, 1.4]}}, "factors.Nd/Pr", "a range rises"),
        ({"factors": {"Dy/Pr": 4}}, "factors", "not neighbours"),
        ({"products": []}, "products", "no products"),
        ({"products": [{"elements": ["Pr", "Nd", "Dy"]}]}, "products", "needs no cut"),
        ({"products": [*PRODUCTS, {"elements": "Nd"}, {"elements": "Pr"}]}, "products", "4 products from 3"),
        ({"products": [{"elements": ["Pr", "Dy"]}, {"elements": ["Nd"]}]}, "products", "overlap"),
        ({"products": [{"elements": ["Nd"]}, {"elements": ["Dy"]}]}, "products", "Pr of the feed is in no"),
        ({"products": [{"elements": ["La"]}, {"elements": ["Dy"]}]}, "products[1]", "none of its elements"),
        ({"products": [{"elements": ["Dy"], "purity": 2}]}, "products[1].purity", "no purity"),
        ({"products": [{"elements": ["Dy"], "purity": "9N"}]}, "products[1].purity", "9N is no purity"),
        ({"efficiency": 1.5}, "efficiency", "out of range"),
        ({"throughput": True}, "throughput", "not a number"),
        ({"linked": "yes please"}, "linked", "neither true nor false"),
        ({"sites": ["atlantis"]}, "site", "unknown site"),
        ({"wings": 2}, "case", "unknown key 'wings'"),
        ({"rates": {"gold": 2}}, "rates", "unknown rate 'gold'"),
        ({"rates": {"NaOH": -1}}, "rates.NaOH", "out of range"),
        ({"rates": {"uptime": 0}}, "rates.uptime", "out of range"),
        ({"rates": {"size_exponent": 1e6}}, "rates.size_exponent", "out of range"),
        ({"rates": {"labour": [3, 2, 1]}}, "rates.labour", "a range rises"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_one_line(changed: dict[str, object], where: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        case(**changed)
    assert caught.value.where == where
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_recovery_that_purities_forbid_is_told_with_what_would_do() -> None:
    products: list[dict[str, object]] = [
        {"elements": ["Pr", "Nd"], "purity": "2N"},
        {"elements": ["Dy"], "recovery": 0.99},
    ]
    with pytest.raises(UserError, match=r"recovery of 0\.99 of Dy cannot be had"):
        case(products=products)
    products[0]["purity"] = "4N"
    assert case(products=products).products[1].recovery == 0.99


def test_a_target_no_cascade_reaches_names_the_pair() -> None:
    made = case(
        factors={"Nd/Pr": 1.0005},
        products=[{"elements": "Pr"}, {"elements": "Nd"}, {"elements": "Dy"}],
    )
    with pytest.raises(UserError, match=r"do not part Nd/Pr .* β is 1\.0"):
        separation_answer.solve(made)


@pytest.mark.parametrize(
    "text", ["[", "just words", "a: &x [*x]", "? ", "!!python/object:os.system x", "a: b: c"]
)
def test_hostile_files_are_told_in_one_line(text: str) -> None:
    with pytest.raises(UserError) as caught:
        separation_case.read(text)
    assert "\n" not in str(caught.value)


def test_a_chain_of_ones_own() -> None:
    made = case(extractant=None, factors={"Dy/Nd": 40, "Nd/Pr": [1.4, 1.55, 2.1]})
    assert made.extractant == "user"
    assert made.beta().tolist() == [1.0, 1.55, 62.0]
    without = {key: value for key, value in SMALL.items() if key != "extractant"}
    some = separation_case.from_mapping({**without, "factors": {"Nd/Pr": 1.4}})
    assert some.extractant == "P507"
    assert some.beta()[1] == pytest.approx(1.4 * some.beta()[0])
    with pytest.raises(UserError, match="do not join"):
        case(extractant=None, factors={"Dy/Nd": 40, "Pr/La": 2})


@pytest.fixture(scope="module")
def answer() -> separation_answer.Answer:
    return separation_answer.solve(case())


def test_two_sites_share_a_design_and_differ_in_cost(answer: separation_answer.Answer) -> None:
    (design,) = answer.designs
    assert design.sized is not None
    assert design.sized.impurity_b < SMALL_IMPURITY
    china, europe = answer.sites
    assert china.quantities.stages == europe.quantities.stages
    assert china.costs.total < europe.costs.total
    low, middle, high = europe.spread["cost per t"]
    assert low < middle < high
    assert europe.tornado[0].size >= europe.tornado[-1].size


SMALL_IMPURITY = 5e-4


def test_capital_cost_and_time_come_in_parts_with_their_spread(answer: separation_answer.Answer) -> None:
    for site in answer.sites:
        c, spread = site.costs, site.spread
        for result, value in (("CAPEX", c.capex), ("cost per t", c.total), ("months", c.months)):
            low, _, high = spread[result]
            assert low < value < high
        for part in (*(f"CAPEX: {area}" for area in c.areas), *(f"cost: {kind}" for kind in c.per_t)):
            assert spread[part][0] < spread[part][2]
        plain = next(s for s in separation_report.plain(answer)["sites"] if s["site"] == site.name)
        assert sum(plain["capex_usd_by_area"].values()) == pytest.approx(plain["capex_usd"])
        assert sum(plain["months_by_phase"].values()) == pytest.approx(plain["months_to_first_product"])
        assert plain["working_capital_usd"] > plain["locked_usd"] > 0


def test_rates_of_ones_own_take_the_place_of_the_tables() -> None:
    cheap = {"draws": 0, "startup_days": 0, "sites": ["europe", "usa"]}
    usual, own = (separation_answer.solve(case(**cheap, **more)) for more in ({}, {"rates": {"NaOH": 100}}))
    assert [s.costs.per_t["base"] for s in own.sites] == pytest.approx(
        [100 * s.quantities.naoh for s in own.sites]
    )
    for before, after in zip(usual.sites, own.sites, strict=True):
        assert after.costs.per_t["base"] < before.costs.per_t["base"]
        assert after.costs.per_t["acid"] == before.costs.per_t["acid"]
    listed = [line for line in separation_report.sources(own) if "NaOH:" in line]
    assert listed == ["NaOH: 100 – 100 – 100, given by the user"]
    assert any(line.startswith("Dy: ") for line in separation_report.sources(own))


def test_every_word_of_the_money_tables_is_known_to_other_languages(answer: separation_answer.Answer) -> None:
    for language in ("zh", "ja"):
        known = separation_data.words(language)
        words = set(separation_tables.PLANT_ROWS)
        for site in answer.sites:
            words |= {*site.costs.areas, *site.costs.per_t, *site.costs.phases}
            inputs = {swing.name.replace("_", " ") for swing in site.tornado}
            words |= {name for name in inputs if "β" not in name and name not in ("HCl", "NaOH")}
        assert words <= set(known)


def test_the_report_holds_what_was_found_and_escapes_names(answer: separation_answer.Answer) -> None:
    page = separation_report.html(answer)
    assert "NdPr from &lt;magnets&gt;" in page
    assert page.count("<svg") == len(separation_report.pictures(answer)) >= 7
    assert "<script" not in page
    for _, heads, rows in separation_tables.tables(answer):
        assert all(len(row) == len(heads) for row in rows)
    assert separation_report.pdf(answer)[:5] == b"%PDF-"


def test_the_cuts_are_tried_at_other_separation_factors(answer: separation_answer.Answer) -> None:
    told = [cut["at_other_factors"] for cut in separation_report.plain(answer)["cuts"]]
    assert len(told) == len(answer.designs)
    for one in told:
        assert 0.3 < one["flow_50"] < 1.3
        assert 0.5 <= one["met_with_reserve"] <= 1 - one["unmet"]
    sure = case(factors={pair: factor.likely for pair, factor in answer.case.factors.items()}, startup_days=0)
    assert separation_answer.solve(sure).robustness == ()


def test_every_picture_is_well_formed(answer: separation_answer.Answer) -> None:
    for svg in separation_report.pictures(answer):
        root = ElementTree.fromstring(svg)
        assert root.tag.endswith("svg")
        assert not re.search(r"\bnan\b", svg)


def test_a_change_of_feed_is_followed_through_the_first_cut() -> None:
    change = {"day": 2, "feed": {"Pr": 20, "Nd": 70, "Dy": 10}}
    made = separation_answer.solve(case(change=change, draws=0, startup_days=15, sites=["china"]))
    assert made.upset is not None
    a_side = made.designs[0].cut.a_side
    impurity = made.upset.product_b[:, a_side].sum(axis=1)
    assert (impurity[made.upset.times < 48] < 5e-4).all()
    held = [made.upset.first_held.sum(axis=0), made.upset.held.sum(axis=0)]
    assert held[1][2] > 1.3 * held[0][2]  # twice the dysprosium in the feed
    with pytest.raises(UserError, match="other elements"):
        case(change={"day": 2, "feed": {"La": 100}})


def test_sharp_and_fuzzy_plans_are_sized_and_the_cheapest_is_built() -> None:
    made = separation_answer.solve(
        case(
            feed={"La": 30, "Ce": 50, "Pr": 5, "Nd": 15},
            products=[{"elements": "La"}, {"elements": "Ce"}, {"elements": ["Pr", "Nd"]}],
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
    found = separation_report.plain(made)
    assert found["compared"][0]["distributed"] == ["Ce"]
    assert all(p["impurity"] < 0.01 for p in found["products"])
    titles = [title for title, *_ in separation_tables.tables(made)]
    assert any("Sharp and fuzzy" in title for title in titles)
    first = separation_report.pictures(made)[0]
    assert first.count("Ce *") == 2  # it comes out in two places


def test_a_middle_product_is_drawn_off_and_reported() -> None:
    products = [{"elements": "Pr"}, {"elements": "Nd", "purity": 0.95, "draw": True}, {"elements": "Dy"}]
    made = separation_answer.solve(case(products=products, draws=0, startup_days=5, sites=["china"]))
    (cut,) = separation_report.plain(made)["cuts"]
    assert cut["draw"]["purity"] == pytest.approx(0.95)
    assert cut["draw"]["mole_fractions"][1] == pytest.approx(0.95)
    title, _, rows = separation_tables.tables(made)[-1]
    assert (title, rows[0][0]) == ("Side streams", "Nd")
    tree = separation_report.pictures(made)[0]
    assert all(f">{e}<" in tree for e in ("Pr", "Nd", "Dy"))
    with pytest.raises(UserError, match="leave at the ends"):
        case(products=[*products[:2], {"elements": "Dy", "draw": True}])


def test_capacity_for_the_chain(answer: separation_answer.Answer) -> None:
    options = separation_report.plain(answer)["new_capacity"]
    assert {(o["site"], o["product"]) for o in options} == {
        (site, product) for site in ("china", "europe") for product in ("Pr+Nd", "Dy")
    }
    assert sum(o["t_per_year"] for o in options if o["site"] == "china") == pytest.approx(500)


def test_command_prints_json_and_writes_a_report(tmp_path: Path) -> None:
    given = tmp_path / "case.yaml"
    given.write_text(yaml.safe_dump(SMALL | {"draws": 0, "startup_days": 0}))
    report = tmp_path / "out.html"
    done = CliRunner().invoke(
        separate, [str(given), "--json", "--report", str(report)], catch_exceptions=False
    )
    found = json.loads(done.stdout)
    assert found["cuts"][0]["organic"] == ["Dy"]
    assert found["cuts"][0]["residual"] < 1e-10
    assert report.read_text().startswith("<!doctype html>")
    table = CliRunner().invoke(separate, [str(given)], catch_exceptions=False).stdout
    assert "months to first product" in table


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no case"),
        (["absent.yaml"], "No such file"),
        (["a.yaml", "--report", "b.docx"], "no report of kind"),
    ],
)
def test_command_tells_mistakes(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(separate, arguments)
    assert isinstance(result.exception, UserError)
    assert said in str(result.exception)


def test_start_up_is_told_in_moves_days_and_value(answer: separation_answer.Answer) -> None:
    (started,) = answer.startups
    assert started.schedule[0].time == 0
    assert [move.time for move in started.schedule] == sorted(move.time for move in started.schedule)
    for move in started.schedule:
        assert 0 <= min(move.open_a, move.open_b) <= move.feed <= max(move.open_a, move.open_b) <= 1
    assert (started.schedule[-1].open_a, started.schedule[-1].open_b) == (1, 1)  # drawn in full in the end
    assert started.days == max(day for day in started.of_each if day is not None)
    # Most of what is locked up is neodymium, the rest in part dearer.
    low, high = (separation_data.oxide_prices()[e].likely for e in ("Nd", "Dy"))
    assert 0.9 * low < started.worth / 1000 / started.locked < high
    (cut,) = separation_report.plain(answer)["cuts"]
    assert cut["control_moves"][0]["hour"] == 0
    assert cut["locked_usd"] == started.worth
    assert not separation_tables.remarks(answer)


def test_start_up_that_takes_longer_than_followed_is_said() -> None:
    made = separation_answer.solve(case(startup_days=0.02, draws=0, sites=["china"]))
    said = separation_tables.remarks(made)
    assert "Pr+Nd | Dy" in said[0]
    assert "does not come on specification within 0.02 days" in said[0]
    assert "leave start-up out" in said[-1]
    with pytest.raises(UserError, match="do not come on specification"):
        new_plant.of(made)


def test_where_impurities_gather(answer: separation_answer.Answer) -> None:
    (held,) = separation_profiles.fullest(answer)
    (design,) = answer.designs
    assert held["Dy"][:2] == (design.stages, "organic")  # the extract leaves there
    assert held["Pr"][:2] == (1, "aqueous")
    assert held["Pr"][2] < held["Nd"][2] <= 1


def test_profiles_are_whole_and_balance(answer: separation_answer.Answer, tmp_path: Path) -> None:
    separation_profiles.write(answer, tmp_path / "stages.csv")
    separation_profiles.write(answer, tmp_path / "stages.parquet")
    frame = polars.read_parquet(tmp_path / "stages.parquet")
    assert frame.equals(polars.read_csv(tmp_path / "stages.csv"))
    (design,) = answer.designs
    assert len(frame) == design.stages * 3
    assert (frame["section"] == "extraction").sum() == design.n * 3
    ends = frame.filter(polars.col("stage") == 1), frame.filter(polars.col("stage") == design.stages)
    left = ends[0]["aqueous"].to_numpy() + ends[1]["organic"].to_numpy()
    assert left == pytest.approx(answer.case.feed, abs=1e-10)
    with pytest.raises(UserError, match="no table of kind"):
        separation_profiles.write(answer, tmp_path / "stages.docx")


@pytest.mark.parametrize("phase", ["aqueous", "organic"])
def test_the_operating_diagram_is_mccabe_and_thieles(phase: Phase) -> None:
    """What passes between the stages lies on two straight lines that meet where the feed enters."""
    cut = Cut(np.array([1.0, 1.5]), np.array([0.4, 0.6]), np.array([False, True]), 1e-3, 1e-3, phase)
    sized = sizing.verified(cut)
    s, n = sized.solution, sized.n
    x = s.aqueous[:, 1] / s.aqueous.sum(axis=1)
    y = s.organic[:, 1] / s.organic.sum(axis=1)
    lines = [np.polyfit(x[1:n], y[: n - 1], 1), np.polyfit(x[n:], y[n - 1 : -1], 1)]
    for (slope, at_0), part in zip(lines, (slice(1, n), slice(n, None)), strict=True):
        assert y[part.start - 1 : -1][: len(x[part])] == pytest.approx(slope * x[part] + at_0, abs=1e-9)
    meet = (lines[1][1] - lines[0][1]) / (lines[0][0] - lines[1][0])
    if phase == "aqueous":
        assert meet == pytest.approx(0.6, abs=1e-9)
    else:
        assert lines[0][0] * meet + lines[0][1] == pytest.approx(0.6, abs=1e-9)
    assert y == pytest.approx(1.5 * x / (1 + 0.5 * x), abs=1e-9)
