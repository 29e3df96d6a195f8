"""Names and tags in the reader's words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mine2magnet.core import thesaurus
from mine2magnet.core.messages import Translator
from mine2magnet.web.kit.wording import Wording


def words(language: str) -> Wording:
    return Wording(Translator(language), thesaurus.load())


@pytest.mark.parametrize(
    ("tag", "language", "said"),
    [
        ("magnets", "zh", "永磁体"),
        ("policy", "ja", "政策"),
        ("controls", "zh", "管制"),
        ("库存", "en", "inventory"),
        ("magnets", "en", "magnets"),
        ("q3-call", "ja", "q3-call"),
    ],
)
def test_a_tag_reads_in_the_readers_language(tag: str, language: str, said: str) -> None:
    assert words(language).tag(tag) == said


def test_a_common_noun_that_stands_for_a_party_is_told_in_the_readers_language() -> None:
    assert [words(code).name("供应商") for code in ("en", "zh")] == ["supplier", "供应商"]
    assert words("en").name("赣南磁材") == "赣南磁材"
    assert words("zh").name("china") == "中国"


def test_figures_that_read_alike_say_in_what_they_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Wording, "title", lambda self, figure: figure.name)
    figures: list[Any] = [
        SimpleNamespace(id="a", name="China · price · NdPr", unit="CNY/t"),
        SimpleNamespace(id="b", name="China · price · NdPr", unit="USD/kg"),
        SimpleNamespace(id="c", name="China · exports", unit="t"),
    ]
    told = words("en").titles(figures)
    assert told["c"] == "China · exports"
    assert told["a"] == "China · price · NdPr (yuan per tonne)"
    assert told["b"] == "China · price · NdPr (US dollars per kilogram)"
