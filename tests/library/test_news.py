"""Reports of one event in different languages become one card, those of another do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mine2magnet.background.worker import derive
from mine2magnet.core.settings import Settings
from mine2magnet.library import news, topics
from mine2magnet.library.library import Library
from mine2magnet.model import Document, Filters, Paragraph, Read

DAY = datetime(2025, 9, 20, 9, tzinfo=UTC)
TEXTS = {
    "en": (
        "China's magnet exports climb to 6,146 tonnes in August",
        "China exported 6,146 tonnes of rare earth magnets in August, 10.2% more than in July, customs data "
        "showed. Shipments to the United States came to 590 tonnes, those to Germany to 1,210 tonnes.",
    ),
    "zh": (
        "8月稀土永磁体出口6146吨",
        "海关总署公布，中国8月出口稀土永磁体6146吨，环比增长10.2%。其中对美国出口590吨，对德国出口1210吨。",
    ),
    "ja": (
        "中国のレアアース磁石輸出、8月は6146トン",
        "中国税関総署によると、8月のレアアース磁石の輸出量は6146トンで、前月比10.2%増だった。"
        "米国向けは590トン、ドイツ向けは1210トンだった。",
    ),
}
NEXT = (("6,146", "5,774"), ("6146", "5774"), ("590", "421"), ("1,210", "1,084"), ("1210", "1084"),
        ("10.2", "3.9"), ("August", "September"), ("8月", "9月"))  # fmt: skip


def report(language: str, days: float = 0, *, later: bool = False) -> Document:
    title, text = TEXTS[language]
    for old, new in NEXT if later else ():
        title, text = title.replace(old, new), text.replace(old, new)
    address = f"https://{language}.example/{later}"
    day = DAY + timedelta(days=days)
    return Document(title, f"News {language}", day, language, (Paragraph(1, text),), address, day)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    held = Library.open(Settings(folder=tmp_path_factory.mktemp("library")))
    reports = [report("zh"), report("ja", 0.5), report("en", 1), report("en", 2, later=True)]
    held.keep(map(Read, reports))
    derive(held)
    return held


@pytest.mark.parametrize("reader", ["en", "zh", "ja"])
def test_the_reader_s_language_is_on_top_and_the_others_under_it(library: Library, reader: str) -> None:
    page = topics.page(library.store, library.index, None, reads=(reader,))
    assert page.total == 2, "the next month is another report"
    newest, august = page.cards
    assert newest.document.title.endswith("in September")
    assert august.document.language == reader
    assert {copy.language for copy in august.copies} == {"en", "zh", "ja"} - {reader}
    found = topics.page(library.store, library.index, None, "8月 稀土 永磁", reads=(reader,))
    (card,) = (card for card in found.cards if card.copies)
    assert card.document.language == reader


def test_of_one_language_alone_each_stands_for_itself(library: Library) -> None:
    (card,) = topics.page(library.store, library.index, None, "", Filters(language=("zh",))).cards
    assert card.copies == ()


def test_a_document_knows_the_others(library: Library) -> None:
    ids = {document.language: id for id, document in _all(library).items() if "5" not in document.title}
    assert set(topics.copies(library.store, ids["zh"])) == {ids["en"], ids["ja"]}


def test_it_is_done_once(library: Library) -> None:
    assert news.place(library, 10) == 0


def test_without_vectors_it_waits(tmp_path_factory: pytest.TempPathFactory) -> None:
    held = Library.open(Settings(folder=tmp_path_factory.mktemp("waiting")))
    held.keep([Read(report("zh")), Read(report("en"))])
    assert news.place(held, 10) == 0
    held.claim(10)
    assert news.place(held, 10) == 0
    while held.index.embed(16):
        pass
    assert news.place(held, 10) == 2
    (same,) = held.store.same_news()
    # A page that tells something else by now shares it no more.
    changed = replace(report("zh", later=True), url=report("zh").url)
    held.keep([Read(changed)])
    assert held.store.same_news() == []
    derive(held)
    assert held.store.same_news() == []
    with held.store.writing() as writer:
        writer.remove(same[0])


def _all(library: Library) -> dict[str, Document]:
    cards = topics.page(library.store, library.index, None, filters=Filters(apart=True)).cards
    return {card.document.id: card.document for card in cards}
