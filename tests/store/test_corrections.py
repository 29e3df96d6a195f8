from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mine2magnet.core.errors import NotFound
from mine2magnet.model import (
    Claim,
    ClaimFilter,
    CorrectionRequest,
    Digest,
    Document,
    Paragraph,
    Point,
    Quantity,
)
from mine2magnet.store import EVERY_CLAIM, Store
from tests.store.test_library import document, put

pytestmark = pytest.mark.stores

TEXT = "China sent 420 t to Japan, and Harbour Magnetics 30 t."
FIGURE = (TEXT.index("420"), TEXT.index("420") + 5)
OTHER = (TEXT.index("30 t"), TEXT.index("30 t") + 4)


def claim(figure: tuple[int, int] = FIGURE, **slots: object) -> Claim:
    said: dict[str, object] = {"measure": "exports", "subjects": ("china",), "confidence": 0.4, **slots}
    value = 420.0 if figure == FIGURE else 30.0
    return Claim(Quantity(value, value, "t"), *figure, (0, len(TEXT)), **said)  # type: ignore[arg-type]


def page(text: str = TEXT, version: int = 1, *before: str) -> Document:
    paragraphs = tuple(Paragraph(i, one) for i, one in enumerate((*before, text), 1))
    return replace(document("d1", version=version), paragraphs=paragraphs, language="en")


def take(store: Store, *found: Claim, version: int = 1, maker: str = "m") -> None:
    with store.writing() as writer:
        writer.put_claims("d1", version, maker, found)


def correct(store: Store, slot: str, value: str, of: Claim | None = None, by: str = "Mei") -> str:
    of = of or claim()
    asked = CorrectionRequest(
        document="d1", paragraph=of.paragraph, point=of.point, start=of.start, end=of.end, slot=slot,  # type: ignore[arg-type]
        value=value, by=by,
    )  # fmt: skip
    with store.writing() as writer:
        return writer.correct(asked).id


@pytest.fixture
def held(store: Store) -> Store:
    put(store, page())
    take(store, claim(), claim(OTHER, subjects=("Harbour Magnetics",)))
    return store


def test_a_slot_is_mended_and_says_by_whom(held: Store) -> None:
    correct(held, "counterparty", "japan|Toyo Works")
    mended, other = held.claims()
    assert mended.counterparties == ("japan", "Toyo Works")
    (made,) = mended.corrections
    assert (made.slot, made.old, made.new, made.by, made.figure) == (
        "counterparty", "", "japan|Toyo Works", "Mei", "420 t",
    )  # fmt: skip
    assert abs((datetime.now(UTC) - made.made).total_seconds()) < 3600  # type: ignore[operator]
    assert other.corrections == ()
    assert held.corrections() == held.corrections(["d1"]) == [made]
    assert held.corrections(["another"]) == []


def test_what_was_corrected_is_found_by_its_new_slots(held: Store) -> None:
    correct(held, "subject", "Harbour Magnetics")
    correct(held, "value", "4..6 week")
    correct(held, "form", "oxide")
    found = held.claims(where=ClaimFilter(subject=("harbour magnetics",), unit=("week",)))
    assert [(one.quantity, one.form) for one in found] == [(Quantity(4, 6, "week"), "oxide")]
    assert held.claims(where=ClaimFilter(subject=("china",))) == []


def test_an_emptied_slot_is_empty(held: Store) -> None:
    correct(held, "measure", "")
    assert held.claims()[0].measure is None


def test_corrections_survive_another_reading(held: Store) -> None:
    correct(held, "material", "dysprosium")
    wider = replace(claim(period="2025"), start=FIGURE[0] - 5)  # "sent 420 t"
    take(held, wider, claim(OTHER), maker="next")
    mended, other = held.claims()
    assert (mended.materials, mended.period, mended.start) == (("dysprosium",), "2025", wider.start)
    assert other.corrections == ()


def test_corrections_follow_their_paragraph_into_the_next_version(held: Store) -> None:
    correct(held, "stage", "mining")
    put(held, page(TEXT, 2, "A line that is new."))
    take(held, replace(claim(), paragraph=2), version=2)
    assert [(one.stage, one.paragraph) for one in held.claims()] == [("mining", 2)]
    put(held, page("China sent 420 t to Korea this time.", 3))
    take(held, claim(), version=3)
    assert [(one.stage, one.corrections) for one in held.claims()] == [(None, ())]


def test_a_claim_that_is_read_no_more_stands_by_its_corrections(held: Store) -> None:
    made = correct(held, "claim", "right")
    take(held, claim(OTHER), maker="next")
    kept, other = held.claims()
    assert (kept.quantity.low, kept.confidence, other.quantity.low) == (420, 1, 30)
    correct(held, "form", "oxide")
    assert held.claims()[0].form == "oxide"
    for id in (held.corrections()[0].id, made):
        with held.writing() as writer:
            writer.remove_correction(id)
    assert [one.quantity.low for one in held.claims()] == [30]


def test_a_correction_is_taken_back(held: Store) -> None:
    made = correct(held, "subject", "japan")
    with held.writing() as writer:
        assert writer.remove_correction(made).new == "japan"
    assert held.claims()[0] == replace(claim(), document="d1", version=1)
    assert held.corrections() == []
    with held.writing() as writer, pytest.raises(NotFound, match="no correction"):
        writer.remove_correction(made)


def test_the_last_word_on_a_slot_counts_and_what_was_read_is_remembered(held: Store) -> None:
    correct(held, "subject", "japan")
    correct(held, "subject", "india", by="Kenji")
    (made,) = held.corrections()
    assert (made.old, made.new, made.by) == ("china", "india", "Kenji")


def test_confidence_grows_with_what_was_settled(held: Store) -> None:
    slots = {"subject": "japan", "counterparty": "", "measure": "exports", "material": "", "period": "2025"}
    before = 0.4
    for slot, value in slots.items():
        correct(held, slot, value)
        now = held.claims()[0].confidence
        assert before < now < 1
        before = now
    correct(held, "modality", "reported")
    correct(held, "value", "420 t")
    assert held.claims()[0].confidence == 1
    correct(held, "claim", "wrong")
    assert [one.confidence for one in held.claims(where=EVERY_CLAIM)] == [0, 0.4]
    assert [one.quantity.low for one in held.claims()] == [30]


def test_what_nobody_claims_cannot_be_corrected(held: Store) -> None:
    with pytest.raises(NotFound, match="no claim at the characters 1 to 3 of paragraph 1"):
        correct(held, "subject", "japan", replace(claim(), start=1, end=3))
    with pytest.raises(NotFound):
        correct(held, "subject", "japan", replace(claim(), paragraph=2))


def test_points_of_a_published_digest_are_corrected_too(store: Store) -> None:
    put(store, replace(document("d1"), paragraphs=()))
    with store.writing() as writer:
        writer.put_digest("d1", 1, Digest((Point("Nothing."), Point(TEXT, (4,))), (), "source", "en"))
    take(store, claim(paragraph=4, point=2))
    correct(store, "claim", "right", claim(paragraph=4, point=2))
    take(store, claim(paragraph=4, point=2), maker="next")
    assert [one.confidence for one in store.claims()] == [1]


def test_they_go_with_their_document(held: Store) -> None:
    correct(held, "subject", "japan")
    with held.writing() as writer:
        writer.remove("d1")
    assert held.corrections() == []
