"""Names and words placed in a text."""

from __future__ import annotations

import pytest

from mine2magnet.claims.cues import cues
from mine2magnet.core import thesaurus

TERMS = thesaurus.load()


@pytest.mark.parametrize(
    ("language", "text", "countries"),
    [
        ("zh", "去年12月对日出口287吨，对美出口353吨", ["japan", "united_states"]),
        ("zh", "自缅进口3万吨，对日常消费和对美元汇率无影响", ["myanmar"]),
        ("ja", "8月の対日輸出は86トン、対米輸出は46トン", ["japan", "united_states"]),
        ("ja", "対中国輸出は対ドル相場と対応する", ["china"]),
        ("en", "exports to Japan", ["japan"]),
    ],
)
def test_a_letter_behind_a_preposition_is_a_country(language: str, text: str, countries: list[str]) -> None:
    found = cues(text, TERMS, language)
    assert [c.id for c in found if c.kind == "country"] == countries
