from __future__ import annotations

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import Filters, Topic


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Library:
    from mine2magnet.core.settings import Settings

    library = Library.open(Settings(folder=tmp_path_factory.mktemp("library")))
    library.load_starter()
    return library


def test_a_page_is_newest_first_and_can_be_leafed_through(starter: Library) -> None:
    first = topics.page(starter.store, starter.index, None, limit=7)
    second = topics.page(starter.store, starter.index, None, limit=7, offset=7)
    dates = [card.document.published for card in (*first.cards, *second.cards)]
    assert dates == sorted(dates, key=lambda d: d.timestamp() if d else 0, reverse=True)
    assert not {c.document.id for c in first.cards} & {c.document.id for c in second.cards}
    assert first.total == starter.store.count()


def test_a_search_within_a_topic_stays_in_it(starter: Library) -> None:
    for topic in starter.store.topics():
        ids = topics.members(starter.store, starter.index, topic)
        page = topics.page(starter.store, starter.index, topic, "rare earth", Filters(language=("en",)))
        assert ids
        assert {card.document.id for card in page.cards} <= ids
        assert {card.document.language for card in page.cards} <= {"en"}


def test_a_topic_by_tag_and_by_query(starter: Library) -> None:
    topic = topics.save(starter.store, Topic("dy", "Dysprosium", ("镝",), ("prices",)))
    documents = starter.store.documents(sorted(topics.members(starter.store, starter.index, topic)))
    for document in documents.values():
        named = {m.concept.id for m in starter.thesaurus.find(f"{document.title}\n{document.text}")}
        assert "prices" in document.tags or any(starter.thesaurus.is_a(id, "dysprosium") for id in named)
    assert {"zh", "en", "ja"} == {document.language for document in documents.values()}


def test_a_bad_query_is_named_and_nothing_is_kept(starter: Library) -> None:
    with pytest.raises(UserError, match=r"bracket|\(") as raised:
        topics.save(starter.store, Topic("bad", "Bad", ("fine", "(a OR")))
    assert "(a OR" in str(raised.value)
    assert "bad" not in [topic.slug for topic in starter.store.topics()]


def test_a_filter_shows_what_else_could_be_chosen(starter: Library) -> None:
    all_of_them = topics.page(starter.store, starter.index, None, "dysprosium").facets["language"]
    chosen = topics.page(starter.store, starter.index, None, "dysprosium", Filters(language=("en",)))
    assert chosen.facets["language"] == all_of_them
    assert chosen.total == all_of_them["en"]
    assert sum(chosen.facets["category"].values()) == chosen.total
