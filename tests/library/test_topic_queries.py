"""Queries that a name offers, and what queries ask of news searches."""

from __future__ import annotations

import pytest

from mine2magnet.core import thesaurus
from mine2magnet.library.topic_queries import asked, offered
from mine2magnet.model import Document, Paragraph, Topic
from mine2magnet.search import matches, parse
from tests.newsroom import NOW

WORDS = thesaurus.load()


def test_a_concept_is_offered_in_each_language() -> None:
    assert offered("镝", WORDS) == offered("Dysprosium", WORDS)
    assert list(offered("Dysprosium", WORDS)) == ["en", "zh", "ja"]


def test_several_concepts_are_all_asked_for() -> None:
    found = offered("dysprosium export controls", WORDS)
    assert found["en"].startswith('dysprosium AND ("export control" OR')
    assert found["zh"].startswith("镝 AND (出口管制 OR")


def test_words_that_are_no_concept_stand_in_their_own_language() -> None:
    found = offered("Dysprosium from Ruritania", WORDS)
    assert found["en"] == "dysprosium AND Ruritania"
    assert found["zh"] == "镝"
    assert offered("Zorblax", WORDS) == {"en": "Zorblax"}
    assert offered("", WORDS) == {}


@pytest.mark.parametrize("concept", WORDS.of_kind("material")[:40], ids=lambda c: c.id)
def test_each_offer_is_a_query_that_finds_its_concept(concept: thesaurus.Concept) -> None:
    for code, query in offered(concept.names["en"][0], WORDS).items():
        parse(query)
        name = concept.names[code][0]
        document = Document("x", "y", NOW, code, (Paragraph(1, f"… {name} …"),))
        assert matches((query,), document, WORDS)


@pytest.mark.parametrize(
    ("queries", "wanted"),
    [
        (("dysprosium",), {"en": [(("dysprosium",),)]}),
        (("稀土 OR 稀土元素", "磁材"), {"zh": [(("稀土", "稀土元素", "磁材"),)]}),
        (
            ('"rare earth" AND (price OR "spot price") NOT tag:x',),
            {"en": [(("rare earth",), ("price", "spot price"))]},
        ),
        (("lang:ja (磁石 OR 希土)",), {"ja": [(("磁石", "希土"),)]}),
        (("title:controls",), {"en": [(("controls",),)]}),
        (("tag:magnets", "a OR tag:b"), {}),
        (("(a AND b) OR c",), {"en": [(("a", "c"),)]}),
    ],
)  # fmt: skip
def test_what_queries_ask_of_searches(queries: tuple[str, ...], wanted: object) -> None:
    assert asked(Topic("x", "x", queries)) == wanted


def test_a_query_of_very_many_words_is_not_asked() -> None:
    assert asked(Topic("x", "x", (" ".join(f"word{n}" for n in range(20)),))) == {}
