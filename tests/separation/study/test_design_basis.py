"""What is worked out of a case before a cut is solved, and what does not go together in it."""

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.separation.study import reference_data
from mine2magnet.separation.study.design_basis import DesignBasis
from tests.small_case import SMALL, basis, case


def test_a_case_comes_out_ordered_and_in_moles() -> None:
    made = basis()
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
    listed = basis(feed="araxa", factors={"Nd/Pr": 1.6}, products=products).sources
    assert listed[0].startswith("Araxá monazite, 2020: Oliveira")
    assert "β Nd/Pr: given by the user" in listed
    assert len(listed) == 15  # the ore and fourteen pairs
    light = basis().sources
    assert any(line.startswith("β Dy/Tb: ") for line in light)
    assert not any(line.startswith("β Ce/La: ") for line in light)  # nothing lighter than Pr is fed


PRODUCTS = ({"elements": ["Dy"]}, {"elements": ["Pr", "Nd"]})


@pytest.mark.parametrize(
    ("changed", "where", "said"),
    [
        ({"feed": {"Pr": 20, "Nd": 70}}, "feed", "shares sum to 90"),
        ({"feed": {"Pr": 50, "Xx": 50}}, "feed", "'Xx' is not a rare earth (one of La"),
        ({"feed": "moon"}, "feed", "unknown feed"),
        ({"feed": {"Nd": 100}}, "feed", "one element"),
        ({"extractant": "water"}, "extractant", "unknown extractant"),
        ({"factors": {"Nd/Pr": 0.9}}, "factors", "separates nothing"),
        ({"factors": {"Nd/Pr": [1, 1.5, 2]}}, "factors", "separates nothing"),
        ({"factors": {"Dy/Pr": 4}}, "factors", "not neighbours"),
        ({"factors": {"Xx/Pr": 4}}, "factors", "not a rare earth"),
        ({"products": [{"elements": ["Pr", "Nd", "Dy"]}]}, "products", "needs no cut"),
        ({"products": [*PRODUCTS, {"elements": "Nd"}, {"elements": "Pr"}]}, "products", "4 products from 3"),
        ({"products": [{"elements": ["Pr", "Dy"]}, {"elements": ["Nd"]}]}, "products", "overlap"),
        ({"products": [{"elements": ["Nd"]}, {"elements": ["Dy"]}]}, "products", "Pr of the feed is in no"),
        ({"products": [{"elements": ["La"]}, {"elements": ["Dy"]}]}, "products[1]", "none of its elements"),
        ({"sites": ["atlantis"]}, "site", "unknown site"),
        ({"prices": {"Xx": 1}}, "prices", "not a rare earth"),
        ({"rates": {"gold": 2}}, "rates", "unknown rate 'gold'"),
        ({"rates": {"uptime": 0}}, "rates.uptime", "out of range"),
        ({"rates": {"size_exponent": 2.1}}, "rates.size_exponent", "out of range (0 to 2)"),
        ({"change": {"day": 2, "feed": {"La": 100}}}, "change.feed", "other elements"),
        ({"change": {"day": 2, "feed": {"Nd": 50}}}, "change.feed", "shares sum to 50"),
    ],
)
def test_mistakes_are_told_in_one_line(changed: dict[str, object], where: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        basis(**changed)
    assert caught.value.where == where
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_file_is_named() -> None:
    with pytest.raises(UserError) as caught:
        DesignBasis.of(case(sites=["atlantis"]), "case.yaml")
    assert caught.value.where == "case.yaml site"


def test_shares_may_miss_their_whole_by_rounding() -> None:
    assert basis(feed={"Pr": 0.2, "Nd": 0.75, "Dy": 0.05}).feed == pytest.approx(basis().feed)
    assert basis(feed={"Pr": 20, "Nd": 75, "Dy": 6.9}).elements == ("Pr", "Nd", "Dy")
    with pytest.raises(UserError, match="shares sum to 102"):
        basis(feed={"Pr": 20, "Nd": 75, "Dy": 7.1})


def test_a_recovery_that_purities_forbid_is_told_with_what_would_do() -> None:
    products: list[dict[str, object]] = [
        {"elements": ["Pr", "Nd"], "purity": "2N"},
        {"elements": ["Dy"], "recovery": 0.99},
    ]
    with pytest.raises(UserError, match=r"products\[2\]: a recovery of 0\.99 of Dy cannot be had"):
        basis(products=products)
    with pytest.raises(UserError, match=r"products\[1\]: a recovery of 0\.99 of Dy cannot be had"):
        basis(products=products[::-1])
    products[0]["purity"] = "4N"
    assert basis(products=products).products[1].recovery == 0.99


def test_a_chain_of_ones_own() -> None:
    made = basis(extractant=None, factors={"Dy/Nd": 40, "Nd / Pr": [1.4, 1.55, 2.1]})
    assert made.extractant == "user"
    assert made.beta().tolist() == [1.0, 1.55, 62.0]
    without = {key: value for key, value in SMALL.items() if key != "extractant"}
    some = basis(**{**without, "factors": {"Nd/Pr": 1.4}})
    assert some.extractant == "P507"
    assert some.beta()[1] == pytest.approx(1.4 * some.beta()[0])
    with pytest.raises(UserError, match="do not join"):
        basis(extractant=None, factors={"Dy/Nd": 40, "Pr/La": 2})
