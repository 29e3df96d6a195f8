"""A case as declared: what it takes, and one clear line per mistake."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import plain
from mine2magnet.model.ranges import Range
from mine2magnet.separation.elements import ELEMENTS
from mine2magnet.separation.study.flowsheet_schema import (
    FinishedProduct,
    FlowsheetCase,
    PlantFeed,
    TrainInput,
)
from mine2magnet.separation.study.schema import Case, ChemistryInput, FeedChange, Product
from tests.small_case import case

DOCS = Path(__file__).parents[3] / "docs" / "separation.md"

PRODUCTS = ({"elements": ["Dy"]}, {"elements": ["Pr", "Nd"]})


@pytest.mark.parametrize(
    ("changed", "where", "said"),
    [
        ({"feed": {}}, "feed", "nothing is named here"),
        ({"feed": {"Pr": 120, "Nd": -20}}, "feed.Nd", "-20 is out of range (at least 0)"),
        ({"feed": {"Pr": "much", "Nd": 1}}, "feed.Pr", "'much' is not a number"),
        ({"feed": {"Pr": float("nan"), "Nd": 1}}, "feed.Pr", "not a number"),
        ({"feed": {"neodymium": 100}}, "feed", "'neodymium' cannot be read (the symbol of a rare earth"),
        ({"factors": {"Nd/Pr": [1.6, 1.5, 1.4]}}, "factors.Nd/Pr", "a range rises"),
        (
            {"factors": {"Nd-Pr": 1.5}},
            "factors",
            "'Nd-Pr' cannot be read (the more extractable first: Nd/Pr)",
        ),
        ({"products": []}, "products", "nothing is named here"),
        ({"products": [{"purity": "3N"}]}, "products[1]", "elements is missing"),
        (
            {"products": [{"elements": ["Dy"], "purity": 2}]},
            "products[1].purity",
            "2 is out of range (more than",
        ),
        (
            {"products": [{"elements": ["Dy"], "purity": "9N"}]},
            "products[1].purity",
            "'9N' cannot be read (2N to 7N, as 3N5, or a fraction between 0 and 1)",
        ),
        (
            {"products": [PRODUCTS[0], {"elements": "Nd", "colour": 1}]},
            "products[2]",
            "unknown field 'colour'",
        ),
        (
            {"products": [{"elements": ["Dy"], "recovery": 1}]},
            "products[1].recovery",
            "more than 0 and less than 1",
        ),
        ({"products": [{"elements": ["Dy"], "draw": "yes"}]}, "products[1].draw", "neither true nor false"),
        ({"efficiency": 1.5}, "efficiency", "1.5 is out of range (0.05 to 1)"),
        ({"throughput": True}, "throughput", "not a number"),
        ({"linked": "yes please"}, "linked", "neither true nor false"),
        ({"sites": []}, "sites", "nothing is named here"),
        ({"wings": 2}, "", "unknown field 'wings' (one of name, feed, extractant"),
        ({"startup_days": 3651}, "startup_days", "0 to 3,650"),
        ({"change": {"day": 1}}, "change", "feed is missing"),
        ({"draws": 2.5}, "draws", "not a whole number"),
        ({"prices": {"Nd": -1}}, "prices.Nd", "-1 is out of range"),
        ({"rates": {"NaOH": -1}}, "rates.NaOH", "-1 is out of range"),
        ({"rates": {"labour": [3, 2, 1]}}, "rates.labour", "a range rises"),
    ],
)
def test_mistakes_are_told_in_one_line(changed: dict[str, object], where: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        case(**changed)
    assert caught.value.where == where
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("purity", "impurity"), [("2N", 1e-2), ("3n5 ", 5e-4), ("7N", 1e-7), (0.6, 0.4), (0.9995, 5e-4)]
)
def test_purities(purity: object, impurity: float) -> None:
    (made, _) = case(products=[{"elements": "Dy", "purity": purity}, PRODUCTS[1]]).products
    assert made.impurity == pytest.approx(impurity)


def test_short_forms() -> None:
    made = case(sites="usa", rates={"NaOH": [1, 3]}, chemistry={"scrub_acid": 5})
    assert made.sites == ("usa",)
    assert made.rates["NaOH"] == Range(1, 2, 3)
    assert made.chemistry == ChemistryInput(scrub_acid=5)
    assert case(chemistry=None).chemistry is None


RANGES = st.lists(st.floats(1, 1e6), min_size=3, max_size=3).map(lambda x: Range(*sorted(x)))
PURITIES = st.from_regex("[1-7]N[1-9]?", fullmatch=True) | st.floats(0, 1, exclude_min=True, exclude_max=True)
PARTS = st.floats(0, 1, exclude_min=True, exclude_max=True)
BY_ELEMENT = st.sampled_from(ELEMENTS)
FEEDS = st.just("araxa") | st.dictionaries(BY_ELEMENT, st.floats(0, 100), min_size=1)
CASES = st.builds(
    Case,
    feed=FEEDS,
    extractant=st.none() | st.just("P204"),
    factors=st.dictionaries(st.just("Nd/Pr"), RANGES),
    products=st.lists(
        st.builds(
            Product,
            elements=st.lists(BY_ELEMENT, min_size=1, max_size=3).map(tuple),
            purity=PURITIES,
            recovery=st.none() | PARTS,
            draw=st.booleans(),
        ),
        min_size=1,
        max_size=5,
    ).map(tuple),
    startup_days=st.floats(0, 3650),
    draws=st.integers(0, 20_000),
    change=st.none() | st.builds(FeedChange, day=st.floats(0, 3650), feed=FEEDS),
    chemistry=st.booleans()
    | st.builds(ChemistryInput, scrub_acid=st.none() | st.floats(0.1, 12), drift=st.just({"Nd/Pr": -0.08})),
    prices=st.dictionaries(BY_ELEMENT, RANGES),
    rates=st.dictionaries(st.just("NaOH"), RANGES),
)


@given(CASES)
def test_what_is_made_plain_is_read_back_equal(made: Case) -> None:
    assert decode(Case, plain(made)) == made
    assert decode(Case, msgspec.json.decode(msgspec.json.encode(made))) == made


def shown(default: Any) -> str:
    if isinstance(default, str | tuple) and default:
        return ", ".join(f"`{one}`" for one in ([default] if isinstance(default, str) else default))
    words = {msgspec.NODEFAULT: "–", None: "none", (): "none", True: "true", False: "false"}
    return next((word for value, word in words.items() if default is value), str(default).removesuffix(".0"))


def test_the_table_of_fields_in_the_documentation_is_true() -> None:
    """Each field with its default; those of a product and of the chemistry are named, too."""
    text = DOCS.read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| ([^|]*) \|$", text.split("In a notebook:")[0], re.M))
    assert list(rows) == list(fields_of(Case))
    for name, field in fields_of(Case).items():
        if not isinstance(field.default_factory, type):  # else the tables' values
            assert rows[name] == shown(field.default)
    assert f"`{{{', '.join(fields_of(Product))}}}`" in text
    assert all(f"`{name}`" in text for name in fields_of(ChemistryInput))


@pytest.mark.parametrize("kind", [FlowsheetCase, TrainInput, PlantFeed, FinishedProduct])
def test_the_documentation_names_every_field_of_a_flowsheet(kind: type[msgspec.Struct]) -> None:
    text = DOCS.read_text("utf-8").split("## Several trains: a flowsheet")[1].split("\n## ")[0]
    named = set(re.findall(r"\w+", text))
    assert set(fields_of(kind)) - {"name"} <= named


def test_every_field_says_what_it_is() -> None:
    for kind in (Case, Product, FeedChange, ChemistryInput, FlowsheetCase, TrainInput, FinishedProduct):
        schema = msgspec.json.schema(kind)["$defs"][kind.__name__]
        for name, held in schema["properties"].items():
            assert held.get("description") or "$ref" in str(held), name
