"""A document by itself matches what the index would find it by."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Document
from mine2magnet.search import matches

QUERIES = (
    "dysprosium", "镝 OR 铽",
    '"rare earth"', "稀土 库存", "magnet AND NOT China", "title:管制", "lang:ja 磁石",
    "tag:controls", "category:news Lynas",
    "since:2025-06 until:2025-09 magnets", "レアアース", "MP Materials",
    "NdFeB OR Dy", '"export licence"', "欧洲 车企", "price of dysprosium oxide", "钕铁硼", "-magnets 稀土",
    'source:"wire" OR tag:magnets', "US", "氧化镝", "the of",
    '"four to six weeks"', '"4-6 weeks"',
)  # fmt: skip


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, list[Document]]:
    library = Library.open(Settings(folder=Path(tmp_path_factory.mktemp("starter"))))
    library.load_starter()
    held = [change.document for change in library.store.changes(0) if change.document]
    return library, [document for document in held if document.paragraphs]


@pytest.mark.parametrize("query", QUERIES)
def test_it_is_what_the_index_says(starter: tuple[Library, list[Document]], query: str) -> None:
    library, documents = starter
    found = library.index.matching((query,), ())
    assert {d.id for d in documents if matches((query,), d, library.thesaurus)} == {
        d.id for d in documents if d.id in found
    }


@given(st.data())
def test_words_of_its_own_text_find_a_document(
    starter: tuple[Library, list[Document]], data: st.DataObject
) -> None:
    library, documents = starter
    document = data.draw(st.sampled_from(documents))
    text = data.draw(st.sampled_from(document.paragraphs)).text
    start = data.draw(st.integers(0, max(len(text) - 12, 0)))
    words = " ".join("".join(c if c.isalnum() else " " for c in text[start : start + 12]).split())
    if words:
        query = f'"{words}"'
        assert matches((query,), document, library.thesaurus) == (
            document.id in library.index.matching((query,), ())
        )
