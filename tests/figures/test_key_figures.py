"""Key figures of a topic: only what is quite sure, the newest, with an arrow between like times."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mine2magnet.core import thesaurus
from mine2magnet.figures.key_figures import KeyFigure, key_figures
from mine2magnet.library.library import Library
from mine2magnet.model import Claim, Document, Quantity, Read
from tests.web.conftest import id_of, tell, written

EXPORTS: dict[str, object] = {
    "subjects": ("china",), "measure": "exports", "materials": ("rare_earth_magnet",), "confidence": 0.9,
    "period_kind": "month",
}  # fmt: skip
Told = tuple[str, float, dict[str, object]]


def of(library: Library, *documents: tuple[str, Sequence[Told]]) -> list[KeyFigure]:
    """The key figures of documents of a paragraph each: figures in it, tonnes, slots."""
    made = [written(f"Trade {n}", text, day=n + 1) for n, (text, _) in enumerate(documents)]
    library.keep(map(Read, made))
    for document, (_, told) in zip(made, documents, strict=True):
        tell(library, document, *(_claim(*one) for one in told))
    claims = [claim for document in made for claim in _held(library, document)]
    published = library.store.published({claim.document for claim in claims})
    return key_figures(library.store, claims, least=0.5, published=published, known=thesaurus.load())[0]


def _claim(
    figure: str, tonnes: float, slots: dict[str, object]
) -> tuple[int, str, Quantity, dict[str, object]]:
    return 1, figure, Quantity(tonnes, tonnes, "t"), {**EXPORTS, **slots}


def _held(library: Library, document: Document) -> list[Claim]:
    return library.store.claims([id_of(library, document)])


def values(found: Sequence[KeyFigure]) -> list[float | None]:
    return [one.last.low for one in found]


def month(period: str, **slots: object) -> dict[str, object]:
    return {"period": period, **slots}


def test_the_newest_stands_with_the_one_before_of_like_time(library: Library) -> None:
    text = "China shipped 10 t in all of 2024, then 300 t in May and 200 t in April 2025."
    (one,) = of(
        library,
        (text, [("300 t", 300, month("2025-05")), ("200 t", 200, month("2025-04"))]),
        (text + " ", [("10 t", 10, {"period": "2024", "period_kind": "year"})]),
    )
    assert (one.last.low, one.trend) == (300, "up")
    assert one.before is not None
    assert one.before.low == 200


@pytest.mark.parametrize(
    ("before", "told"), [("2025-04", True), ("2024-05", True), ("2024-11", False), ("2023-05", False)]
)
def test_what_is_months_apart_is_no_move(library: Library, before: str, told: bool) -> None:
    text = "China shipped 300 t in May 2025 and 200 t in a month of 2023, 2024 or 2025 before it."
    marks = [("300 t", 300, month("2025-05")), ("200 t", 200, month(before))]
    (one,) = of(library, (text, marks))
    assert (one.before is not None) is told
    assert one.trend == ("up" if told else "")


def test_months_that_add_up_are_set_beside_as_many(library: Library) -> None:
    sums = {"period_kind": "year_to_date"}
    told = [
        ("300 t", 300.0, month("2025-01/2025-05", **sums)),
        ("200 t", 200.0, month("2025-01/2025-04", **sums)),
        ("250 t", 250.0, month("2024-01/2024-05", **sums)),
    ]
    (one,) = of(library, ("Magnets: 300 t to May 2025, 200 t to April, 250 t to May 2024.", told))
    assert one.before is not None
    assert (one.last.low, one.before.low) == (300, 250)


@pytest.mark.parametrize(
    "slots",
    [
        {"confidence": 0.7},
        {"period": None, "period_kind": None},
        {"period": "2026-01"},  # the sentence tells of 2025 only
        {"period": "2021-05"},  # long ago
        {"subjects": ()},
        {"subjects": ("china_customs",)},
        {"materials": ()},
        {"modality": "forecast"},
        {"direction": "change"},
    ],
)
def test_what_is_not_sure_is_left_out(library: Library, slots: dict[str, object]) -> None:
    told = ("300 t", 300.0, month("2025-05"))
    text = "In May 2025, and in 2021, China sent 300 t of magnets abroad."
    if slots.get("period") == "2026-01":
        text = text.replace(", and in 2021,", "")
    assert values(of(library, (text, [told]))) == [300]
    other = ("300 t", 300.0, {**month("2025-05"), **slots})
    assert values(of(library, (text + " So it was.", [other]))) == []


def test_a_value_that_its_document_contradicts_is_left_out(library: Library) -> None:
    told = [("255 t", 255.0, month("2025-05")), ("900 t", 900.0, month("2025-05", confidence=0.6))]
    assert of(library, ("In May 255 t went out, from elsewhere 900 t.", told)) == []


def test_two_documents_bear_each_other_out(library: Library) -> None:
    slots = month("2025-05", confidence=0.6)
    told = [("300 t", 300.0, slots)]
    assert values(of(library, ("In May China sent 300 t.", told), ("It was 300 t in May.", told))) == [300]


def test_a_copy_bears_nothing_out(library: Library) -> None:
    told = [("300 t", 300.0, month("2025-05", confidence=0.6))]
    assert of(library, ("In May China sent 300 t.", told), ("In May China sent 300 t abroad.", told)) == []
