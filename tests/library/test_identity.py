from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mine2magnet.library.identity import KeptDocument, keep, title_key, url_key
from mine2magnet.model import Digest, Document, Paragraph, Point, Read
from mine2magnet.reading import duplicates
from mine2magnet.store import Store

pytestmark = pytest.mark.stores

NOW = datetime(2025, 6, 2, tzinfo=UTC)
PARAGRAPHS = (
    "Two carmakers in southern Germany said on Monday that their magnets would last into mid-July.",
    "A third has moved one shift to hybrid models, which need fewer traction motors of the affected kind.",
    "Suppliers have filed more than a hundred licence applications; about one in four had been answered.",
    "The association of suppliers expects the first lines to stand still before the end of the month.",
)


def article(*paragraphs: str, title: str = "Magnets into July", **changes: object) -> Document:
    numbered = tuple(Paragraph(i, text) for i, text in enumerate(paragraphs or PARAGRAPHS, 1))
    document = Document(
        title, "Example Post", NOW, "en", numbered, url="https://example.com/a", published=NOW
    )
    return replace(document, **changes)  # type: ignore[arg-type]


def kept(store: Store, document: Document, digest: Digest | None = None) -> KeptDocument:
    signature = duplicates.signature(document)
    with store.writing() as writer:
        return keep(writer, Read(document, digest), signature, duplicates.bands(signature))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.example.com/a", "http://example.com/a/"),
        ("https://example.com/a?id=1&utm_medium=x", "https://example.com/a?id=1#part"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
    ],
)
def test_addresses_of_one_page(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


def test_titles_of_one_story() -> None:
    assert title_key("「仅能维持四到六周」，欧洲求救") == title_key("仅能维持四到六周, 歐洲求救!")


def test_reading_again_changes_nothing(store: Store) -> None:
    first = kept(store, article())
    again = kept(store, article(fetched=NOW + timedelta(days=1)))
    assert (first.outcome, again.outcome, again.id) == ("new", "unchanged", first.id)
    assert len(store.versions(first.id)) == 1


def test_a_changed_page_is_a_new_version(store: Store) -> None:
    first = kept(store, article())
    second = kept(store, article(*PARAGRAPHS[:3], url="https://www.example.com/a/?utm_source=feed"))
    assert (second.id, second.version, second.outcome) == (first.id, 2, "updated")
    assert len(store.document(first.id, 1).paragraphs) == 4


def test_the_article_joins_the_document_known_from_a_topic_page(store: Store) -> None:
    digest = Digest((Point("Stocks last into July", (1, 4)),), (), "source", "en")
    known = kept(store, article(url=None, paragraphs=()), digest)
    joined = kept(store, article(title="Magnets  into July.", published=None))
    assert (joined.id, joined.outcome) == (known.id, "joined")
    document = store.document(known.id)
    assert document.published == NOW
    assert len(document.paragraphs) == 4
    assert store.digests([known.id])[known.id] == [digest]
    again = kept(store, article(url=None, paragraphs=()), digest)
    assert (again.id, again.outcome) == (known.id, "unchanged")
    assert store.document(known.id).paragraphs


def test_a_copy_at_another_address_is_kept_under_one_fold(store: Store) -> None:
    first = kept(store, article())
    copied = article(*PARAGRAPHS, "Reporting: Example Post.", url="https://other.example/9", source="Other")
    second = kept(store, copied)
    assert second.outcome == "new"
    assert store.copies(store.fold(second.id)) == [first.id, second.id]


def test_a_recurring_headline_is_another_document(store: Store) -> None:
    prices = (
        "Dysprosium oxide in Rotterdam was offered at {} dollars a kilogram in the week to {}, traders said."
    )
    one = kept(
        store, article(prices.format(300, "2 June"), title="Weekly prices", url="https://example.com/1")
    )
    two = article(PARAGRAPHS[1], title="Weekly prices", url=None)
    assert kept(store, two).id != one.id


def test_two_stories_of_one_title_months_apart_stay_apart(store: Store) -> None:
    one = kept(store, article(url=None, paragraphs=()))
    two = kept(store, article(url=None, published=NOW + timedelta(days=90)))
    assert one.id != two.id


def test_the_same_bare_text_twice_is_one_document(store: Store) -> None:
    one = kept(store, article(url=None))
    assert kept(store, article(url=None)).outcome == "unchanged"
    edited = kept(store, article(*PARAGRAPHS[:3], "The association now expects the end of August.", url=None))
    assert (edited.id, edited.outcome) == (one.id, "updated")


WEEK = (
    "Brokers quoted dysprosium oxide at {} dollars a kilogram in the week to {} June, a trade paper writes.",
    "Terbium oxide was hardly traded, and buyers who make magnets wait for the licences of the autumn.",
    "The office that grants them has a backlog, and the ships leave the port half empty as before.",
)


def week(dollars: int, day: int, **changes: object) -> Document:
    return article(*(text.format(dollars, day) for text in WEEK), title="Weekly prices", **changes)


def test_notes_of_a_series_are_documents_of_their_own(store: Store) -> None:
    notes = [week(*note, url=f"https://example.com/{note[0]}") for note in ((812, 6), (905, 13), (640, 20))]
    ids = [kept(store, note).id for note in notes]
    assert len({store.fold(id) for id in ids}) == 3
    copy = kept(store, week(905, 13, url="https://other.example/a", source="Other"))
    assert store.fold(copy.id) == store.fold(ids[1])


def test_files_of_a_series_are_no_versions_of_one(store: Store) -> None:
    ids = {kept(store, week(*note, url=None, published=None)).id for note in ((812, 6), (905, 13), (640, 20))}
    assert len(ids) == 3


def test_a_figure_that_is_corrected_makes_a_version(store: Store) -> None:
    first = kept(store, week(812, 6, url=None, published=None))
    assert kept(store, week(821, 6, url=None, published=None)) == KeptDocument(first.id, 2, "updated")


def test_what_is_corrected_at_once_makes_a_version_whatever_it_is(store: Store) -> None:
    first = kept(store, week(812, 6, url=None))
    assert kept(store, week(821, 7, url=None)) == KeptDocument(first.id, 2, "updated")


def test_a_copy_that_lost_a_third_is_found_by_its_title(store: Store) -> None:
    first = kept(store, article())
    cut = kept(store, article(*PARAGRAPHS[:3], url="https://other.example/a", source="Other"))
    assert cut.id != first.id
    assert store.fold(cut.id) == store.fold(first.id)
