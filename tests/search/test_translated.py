"""Documents are found by the words of their translations, and rank among themselves as without these."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Document, Paragraph, Read, Rendered, Translation
from tests.conftest import empty

DAY = datetime(2025, 6, 1, tzinfo=UTC)
TEXTS = (
    ("zh", "某冶炼厂停炉", "一家公司说，窑炉要检修到秋天。"),
    ("en", "Kiln overhaul at a plant", "The overhaul of the kiln takes until autumn, a plant said."),
    ("en", "A plant rests", "The kiln is cold."),
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    held = Library.open(Settings(folder=empty(tmp_path)))
    held.keep(
        Read(Document(title, "Wire", DAY, language, (Paragraph(1, text),), None, DAY + timedelta(hours=n)))
        for n, (language, title, text) in enumerate(TEXTS)
    )
    return held


def ids(library: Library) -> list[str]:
    """In the order of TEXTS."""
    return [hit.document for hit in library.index.search("").hits][::-1]


def translate(library: Library, id: str, title: str, *points: str) -> None:
    told = tuple(Rendered(point, "a model") for point in points)
    with library.store.writing() as writer:
        writer.put_translation(id, 1, Translation("en", Rendered(title, "a model"), told, "d", "m"))
    library.index.update()


def test_a_query_finds_a_document_by_its_translated_title(library: Library) -> None:
    chinese = ids(library)[0]
    before = library.index.search("kiln overhaul")
    assert chinese not in [hit.document for hit in before.hits]
    translate(library, chinese, "Smelter stops for kiln overhaul", "The kiln is overhauled until autumn.")
    after = library.index.search("kiln overhaul")
    assert [hit.document for hit in after.hits if hit.document != chinese] == [
        hit.document for hit in before.hits
    ]
    (hit,) = (hit for hit in after.hits if hit.document == chinese)
    (told,) = hit.translated
    assert told.text == "Smelter stops for kiln overhaul"
    assert {told.text[a:b] for a, b in told.highlights} >= {"kiln", "overhaul"}
    scores = {hit.document: hit.score for hit in after.hits}
    for one in before.hits:
        assert one.translated == ()
        assert scores[one.document] == one.score


def test_it_follows_when_the_translation_changes(library: Library) -> None:
    chinese = ids(library)[0]
    translate(library, chinese, "Smelter stops for kiln overhaul")
    translate(library, chinese, "Refinery pauses its furnace")
    found = [hit.document for hit in library.index.search("refinery furnace pause").hits]
    assert found == [chinese]
    assert chinese not in [hit.document for hit in library.index.search("kiln overhaul").hits]
    again = Library.open(library.settings)  # another process
    assert [hit.document for hit in again.index.search("refinery furnace pause").hits] == [chinese]


def test_phrases_and_fields_are_taken_at_the_document_s_own_word(library: Library) -> None:
    chinese = ids(library)[0]
    translate(library, chinese, "Smelter stops for kiln overhaul")
    assert library.index.search('"smelter stops"').total == 0
    (hit,) = library.index.search("smelter stops lang:zh").hits
    assert hit.document == chinese
    assert library.index.search("smelter stops lang:ja").total == 0


def test_a_removed_document_or_a_damaged_index_is_no_fault(library: Library, tmp_path: Path) -> None:
    chinese = ids(library)[0]
    translate(library, chinese, "Smelter stops for kiln overhaul")
    for path in (library.store.index_folder / "translated" / "words").glob("*.term"):
        path.write_bytes(b"no terms")
    library = Library.open(library.settings)
    library.index.search("smelter stops")
    library.index.update()
    with library.store.writing() as writer:
        writer.remove(chinese)
    library.index.update()
    assert library.index.search("smelter stops").total == 0
