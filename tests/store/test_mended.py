from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.model import SLOTS, Claim, Correction, Quantity
from mine2magnet.store.mended import (
    Kept,
    corrected,
    mended,
    quantity_of,
    quantity_text,
    text_key,
    text_of,
    value_of,
)

ENDS = st.floats(-1e12, 1e12).map(lambda x: float(f"{x:.12g}") + 0.0)
CLAIM = Claim(
    Quantity(4, 6, "week"), 10, 19, (0, 40), ("china", "Toy Works"), ("japan",), "exports", "mining",
    ("dysprosium",), "oxide", "2025-07", "month", "year_on_year", "change", "plan", "某人", 0.5,
)  # fmt: skip


@given(
    ENDS, ENDS, st.sampled_from(["t", "USD/kg", "t REO", "", "%"]), st.sampled_from(["both", "low", "high"])
)
def test_a_quantity_is_read_as_it_is_written(a: float, b: float, unit: str, ends: str) -> None:
    low, high = min(a, b), max(a, b)
    value = Quantity(low if ends != "high" else None, high if ends != "low" else None, unit)
    assert quantity_of(quantity_text(value)) == value


@pytest.mark.parametrize("text", ["", "t", "some", "..", ".. t", "6..4 t", "4...6 t", "1_000 t", "４ t"])
def test_no_quantity(text: str) -> None:
    assert quantity_of(text) is None


@pytest.mark.parametrize("slot", [slot for slot in SLOTS if slot != "claim"])
def test_a_slot_is_read_as_it_is_written(slot: str) -> None:
    made = Correction("d", 1, 1, 0, 10, 19, "4–6 weeks", slot, "", text_of(CLAIM, slot))
    again = corrected(CLAIM, [made])
    assert text_of(again, slot) == text_of(CLAIM, slot) != ""
    assert value_of(slot, "") in (None, ())


def kept(start: int, end: int, paragraph: int = 1, text: str = "a") -> Kept:
    made = Correction("d", 1, paragraph, 0, start, end, "x", "form", "", "metal")
    return Kept(made, text, CLAIM)


def test_of_two_that_share_the_characters_the_one_that_shares_more_is_meant() -> None:
    found = [Claim(Quantity(1, 1, "t"), *span, (0, 40)) for span in ((5, 12), (12, 20), (21, 30))]
    shown = mended(found, [kept(10, 19)], {(1, 0): "a"})
    assert [one.claim.form for one in shown] == [None, "metal", None]
    assert [one.read for one in shown] == [None, found[1], None]


def test_of_two_paragraphs_that_read_alike_the_same_one_is_meant() -> None:
    found = [Claim(Quantity(1, 1, "t"), 10, 19, (0, 40), paragraph=n) for n in (1, 2)]
    shown = mended(found, [kept(10, 19, paragraph=2)], {(1, 0): "a", (2, 0): "a"})
    assert [one.claim.form for one in shown] == [None, "metal"]


def test_touching_characters_are_not_the_same() -> None:
    found = [Claim(Quantity(1, 1, "t"), 19, 25, (0, 40))]
    one, another = mended(found, [kept(10, 19)], {(1, 0): "a"})
    assert (one.lost, one.claim.start, one.claim.form) == (True, 10, "metal")
    assert another.claim == found[0]
    assert mended([], [kept(10, 19)], {(1, 0): "b"}) == []


def test_texts_that_differ_in_a_space_are_others() -> None:
    assert text_key("a b") != text_key("a  b")
