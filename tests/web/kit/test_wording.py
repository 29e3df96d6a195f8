"""Names and tags in the reader's words."""

from __future__ import annotations

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
