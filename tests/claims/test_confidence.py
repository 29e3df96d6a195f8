"""How sure a claim is."""

from __future__ import annotations

import pytest

from mine2magnet.claims.confidence import Beside, confidence, signs

VALUES = {
    "direction": ("level", ""),
    "subject": ("china",),
    "measure": ("exports",),
    "modality": ("reported",),
}
SURE = {"worth": 0.99, "subject": 0.98, "measure": 0.99, "modality": 0.99}


def test_signs() -> None:
    beside = Beside(2, "sentence", {"subject": ("china",), "measure": ("imports",)}, {"subject": 0.5})
    found = signs("en", VALUES, SURE, beside)
    assert (
        found["told:subject"] == found["same:subject"] == found["other:measure"] == found["at:sentence"] == 1
    )
    assert "told:counterparty" not in found
    assert "other:subject" not in found
    assert found["handed:subject"] == pytest.approx(0.6931, abs=1e-4)
    assert found["unsure:subject"] == pytest.approx(0.0202, abs=1e-4)
    assert found["number"] == 0.25


def test_the_first_figure_of_a_document_agrees_with_none() -> None:
    assert not any(sign.startswith(("same:", "other:")) for sign in signs("en", VALUES, SURE, Beside()))


def test_what_is_taken_over_is_no_surer_than_where_it_is_from() -> None:
    taken = [
        confidence(signs("en", VALUES, SURE, Beside(1, "sentence", VALUES, {"subject": chance})))
        for chance in (0.99, 0.6, 0.3)
    ]
    assert taken[0] > taken[1] > taken[2]


def test_the_surer_the_slots_the_surer_the_claim() -> None:
    found = [
        confidence(signs("en", VALUES, {**SURE, "subject": chance}, Beside())) for chance in (0.99, 0.5, 0.2)
    ]
    assert found[0] > found[1] > found[2]
