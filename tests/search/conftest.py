"""A store in a folder, filled by hand: what the tests of searching search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mine2magnet.core import thesaurus
from mine2magnet.model import Document, Paragraph
from mine2magnet.search import Index
from mine2magnet.search.view import Writing, as_typed
from mine2magnet.store import Store
from tests.conftest import empty

DAY = datetime(2025, 6, 1, 8, tzinfo=UTC)

WORDS = thesaurus.parse(
    "id,kind,broader,aspect,en,zh,ja\n"
    "rare_earths,material,,,rare earths|rare earth|REE,稀土|稀土元素,レアアース|希土類\n"
    "heavy,material,rare_earths,,heavy rare earths|heavy rare earth,重稀土,重希土類|重希土\n"
    "dysprosium,material,heavy,,dysprosium|Dy,镝,ジスプロシウム\n"
    "stock,measure,,,inventory|inventories|stock|stocks|stockpile,库存|存货,在庫\n"
    "us,country,,,United States|US,美国,米国|アメリカ\n"
    "takaichi,person,,,Takaichi Sanae|Sanae Takaichi,高市早苗|高市早苗首相,高市早苗|高市早苗首相\n"
)


class Shelf:
    def __init__(self, folder: Path, words: thesaurus.Thesaurus = WORDS, url: str = "") -> None:
        self.store = Store(empty(folder))
        self.folder = folder / "index"
        self.words = words
        self.url = url  # of the server that keeps the index, if one does
        self.written: Writing = as_typed
        self.index = self.again()
        self._versions: dict[str, int] = {}

    def again(self, words: thesaurus.Thesaurus | None = None) -> Index:
        """The index as another process opens it."""
        return Index(self.folder, self.store, words or self.words, url=self.url, written=self.written)

    def put(
        self,
        id: str,
        *paragraphs: str,
        title: str = "",
        language: str = "zh",
        fold: str = "",
        source: str = "Newsdesk",
        category: str = "news",
        tags: Sequence[str] = (),
        published: datetime | None = DAY,
    ) -> None:
        """Keeps a document, or its next version."""
        version = self._versions[id] = self._versions.get(id, 0) + 1
        document = Document(
            id=id,
            version=version,
            title=title or f"Title of {id}",
            source=source,
            published=published,
            fetched=DAY + timedelta(days=30),
            language=language,
            category=category,
            tags=tuple(tags),
            paragraphs=tuple(Paragraph(n, text) for n, text in enumerate(paragraphs, 1)),
        )
        with self.store.writing() as writer:
            writer.put(document, url_key=None, title_key=id, fold=fold or id, signature=b"", band_keys=())

    def remove(self, id: str) -> None:
        with self.store.writing() as writer:
            writer.remove(id)

    def found(self, query: str, **options: object) -> list[str]:
        """Ids of the hits for a query, best first, after an update."""
        self.index.update()
        return [hit.document for hit in self.index.search(query, **options).hits]  # type: ignore[arg-type]

    def embed(self) -> None:
        self.index.update()
        while self.index.embed(16):
            pass


@pytest.fixture
def shelf(tmp_path: Path, search_url: str) -> Shelf:
    return Shelf(tmp_path, url=search_url)
