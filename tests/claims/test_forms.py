"""The form of a material: told by its name, and by the word behind it first of all."""

from __future__ import annotations

import pytest

from mine2magnet.claims.forms import form
from mine2magnet.claims.layout import lay_out
from mine2magnet.core import thesaurus

TERMS = thesaurus.load()


@pytest.mark.parametrize(
    ("language", "text", "material", "expected"),
    [
        ("en", "Dysprosium oxide sold for $800.", "dysprosium_oxide", "oxide"),
        ("en", "Demand for magnet rare earths was 93 kt.", "magnet_rare_earths", None),
        ("en", "Magnet exports fell.", "permanent_magnet", "magnet"),
        ("en", "Samarium-cobalt alloy was sold.", "smco", "alloy"),
        ("ja", "ネオジム磁石の研磨くずが下がった。", "ndfeb", "scrap"),
        ("ja", "再生酸化物の原価は高い。", "recycled_rare_earth", "oxide"),
        ("ja", "磁石用レアアース酸化物の需要が増えた。", "magnet_rare_earths", "oxide"),
        ("zh", "钕铁硼废料到厂减少。", "magnet_scrap", "scrap"),
    ],
)
def test_word_behind_a_material_tells_its_form(
    language: str, text: str, material: str, expected: str | None
) -> None:
    (s,) = lay_out("", [text], language=language, today=None, thesaurus=TERMS)
    assert form(s, (material,)) == expected


@pytest.mark.parametrize("measure", ["reserves", "grade"])
def test_what_is_in_the_ground_has_no_form(measure: str) -> None:
    (s,) = lay_out(
        "", ["The resource holds 84 Mt at 0.14% TREO."], language="en", today=None, thesaurus=TERMS
    )
    assert form(s, ("rare_earth_oxides",)) == "oxide"
    assert form(s, ("rare_earth_oxides",), measure) is None
