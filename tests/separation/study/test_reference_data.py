"""The tables of chemistry: whole, joined, in order, and honest about where each number is from."""

from collections import Counter

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.separation.elements import ELEMENTS
from mine2magnet.separation.study import reference_data

WORDS = {"found", "computed", "recalled", "assumption"}


def known(status: str) -> bool:
    """`found`, `computed`, `recalled`, `assumption`, or a sentence that says which part is which."""
    return status in WORDS or any(word in status for word in ("found", "recalled", "assumed"))


@pytest.mark.parametrize("table", ["separation_factors", "feeds"])
def test_every_row_says_unit_year_source_and_status(table: str) -> None:
    for row in reference_data.rows(table):
        assert row["unit"]
        assert 1900 < int(row["year"]) < 2100
        assert len(row["source"]) > 20
        assert known(row["status"])
        if row["status"] == "found":  # then a reader can go there
            assert any(mark in row["source"] for mark in ("PyPI", ".com", ".net", ".br")), row


@pytest.mark.parametrize("name", reference_data.extractants())
def test_the_pairs_of_an_extractant_join_in_one_rising_line(name: str) -> None:
    pairs = [row for row in reference_data.rows("separation_factors") if row["extractant"] == name]
    assert [row["lower"] for row in pairs[1:]] == [row["upper"] for row in pairs[:-1]]
    table = reference_data.extractant(name)
    assert sorted(table.order) == sorted(ELEMENTS)
    assert set(table.sources) == set(table.factors)
    for factor in table.factors.values():
        assert 1 < factor.low <= factor.likely <= factor.high


def test_where_yttrium_is_extracted() -> None:
    for name in ("P507", "P204", "Cyanex272"):
        order = reference_data.extractant(name).order
        assert order.index("Ho") < order.index("Y") < order.index("Er")
    assert reference_data.extractant("naphthenic").order[0] == "Y"


@pytest.mark.parametrize("name", reference_data.feeds())
def test_an_ore_is_whole(name: str) -> None:
    own = [row for row in reference_data.rows("feeds") if row["feed"] == name]
    assert set(Counter(row["element"] for row in own).values()) == {1}
    assert {row["element"] for row in own} <= set(ELEMENTS)
    assert {row["unit"] for row in own} == {"% of REO by weight"}
    assert {row["label"] for row in own} == {reference_data.feeds()[name]}
    assert all(value > 0 for value in reference_data.feed(name).values())
    assert sum(reference_data.feed(name).values()) == pytest.approx(100, abs=2)
    assert reference_data.feed_sources(name)


def test_unknown_presets_are_told() -> None:
    with pytest.raises(UserError, match="unknown extractant"):
        reference_data.extractant("TBP")
    with pytest.raises(UserError, match="unknown feed"):
        reference_data.feed("moon")


def test_presets_have_units_years_and_sources() -> None:
    for table in ("prices", "equipment", "oxide_prices", "plants"):
        for row in reference_data.rows(table):
            assert row["unit"]
            assert row["source"]
            assert row["status"]
            assert row["year"].isdigit()
    for table in ("prices", "equipment", "plants"):
        for row in reference_data.rows(table):
            assert float(row["low"]) <= float(row.get("likely", row["high"])) <= float(row["high"])
    names = {frozenset(reference_data.site(site)) for site in reference_data.sites()}
    assert len(names) == 1
    assert not next(iter(names)) & set(reference_data.equipment())


def test_a_site_with_a_location_factor_costs_that_times_the_united_states_to_build() -> None:
    usa = reference_data.site("usa")
    for row in reference_data.rows("location_factors"):
        assert row["prices"] in reference_data.price_sets()
        assert row["source"]
        assert row["status"] in ("found", "recalled", "assumption")
        site, base = reference_data.site(row["site"]), reference_data.site(row["prices"])
        for level in ("low", "likely", "high"):
            built = getattr(usa["construction"], level) * float(row["factor"])
            assert getattr(site["construction"], level) == pytest.approx(built, rel=5e-3)
        built_with = {"construction", "mixer_settler_cost"}
        assert site["mixer_settler_cost"] == usa["mixer_settler_cost"]
        assert {k: v for k, v in site.items() if k not in built_with} == {
            k: v for k, v in base.items() if k not in built_with
        }
        rows = reference_data.site_rows(row["site"])
        assert {r["site"] for r in rows if r["item"] not in built_with} == {row["prices"]}


def test_a_mixer_settler_of_local_make_costs_less_than_a_western_one() -> None:
    china, usa = reference_data.site("china"), reference_data.site("usa")
    assert china["mixer_settler_cost"].likely < usa["mixer_settler_cost"].likely / 2
    assert china["construction"].likely == 0.61
