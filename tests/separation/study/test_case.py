"""The case file: what it takes, and one clear line per mistake."""

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.separation.study import case as separation_case
from mine2magnet.separation.study import reference_data
from tests.small_case import SMALL, case


def test_a_case_comes_out_ordered_and_in_moles() -> None:
    made = case()
    assert made.elements == ("Pr", "Nd", "Dy")
    assert [p.elements for p in made.products] == [("Pr", "Nd"), ("Dy",)]
    assert made.products[0].impurity == pytest.approx(5e-4)
    assert sum(made.feed) == pytest.approx(1)
    assert made.feed[2] < 0.05  # dysprosium oxide is heavier than the others
    table = reference_data.extractant("P507").factors
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
