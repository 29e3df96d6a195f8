from __future__ import annotations

from datetime import UTC, datetime

from mine2magnet.ask.series import newest
from mine2magnet.core import thesaurus
from mine2magnet.model import Document

TEXT = "Brokers quoted dysprosium oxide at {} dollars a kilogram, and buyers wait for licences."


def note(id: str, day: int | None, text: str, source: str = "Metal Post") -> tuple[Document, str]:
    published = datetime(2026, 6, day, tzinfo=UTC) if day else None
    return Document("Prices", source, datetime.now(UTC), "en", published=published, id=id), text


def kept(*notes: tuple[Document, str]) -> dict[int, int]:
    return newest(notes, thesaurus.load())


def test_the_newest_stands_for_its_series() -> None:
    notes = [note("a", 6, TEXT.format(812)), note("b", 20, TEXT.format(640)), note("c", 13, TEXT.format(905))]
    assert kept(*notes) == {1: 2}


def test_other_publishers_names_days_and_words_are_no_series() -> None:
    first = note("a", 6, TEXT.format(812))
    others = [
        note("b", 13, TEXT.format(905), source="Alloy News"),
        note("c", 13, TEXT.format(905).replace("dysprosium", "terbium")),
        note("d", 6, TEXT.format(905)),
        note("e", 13, "The mine at Goldfinch sold 905 tonnes of concentrate to a smelter in Estonia."),
        note("f", 13, TEXT.format(812)),
        note("a", 13, TEXT.format(905)),
    ]
    for other in others:
        assert kept(first, other) == {0: 0, 1: 0}
