"""The case file: read as declared, and one clear line where it is not YAML."""

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.separation.study import case as separation_case
from tests.small_case import case


def test_a_file_is_read_with_its_defaults() -> None:
    made = case()
    assert made.products[0].elements == ("Dy",)
    assert made.products[0].purity == "3N"
    assert (made.extractant, made.sites, made.linked) == ("P507", ("china", "europe"), True)


def test_the_file_is_named() -> None:
    with pytest.raises(UserError) as caught:
        separation_case.read("feed: {Nd: 75, Pr: 25}\nproducts: [{elements: Nd, purity: 9N}]", "case.yaml")
    assert caught.value.where == "case.yaml products[1].purity"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "not YAML"),
        ("just words", "a case has fields (feed: …"),
        ("a: &x [*x]", "unknown field 'a'"),
        ("feed: araxa\nproducts: &x [*x]", "products[1]: fields are wanted here"),
        ("feed: &x {Nd: *x}\nproducts: []", "feed.Nd: {'Nd': {...}} is not a number"),
        ("? ", "unknown field 'None'"),
        ("!!python/object:os.system x", "not YAML"),
        ("a: b: c", "not YAML: mapping values are not allowed here (line 1)"),
        ("a: " + "b" * 100_000, "more than 100,000 bytes"),
    ],
)
def test_hostile_files_are_told_in_one_line(text: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        separation_case.read(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
