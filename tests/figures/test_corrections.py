from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import claims_labels
import pytest

from mine2magnet.core import thesaurus
from mine2magnet.core.errors import UserError
from mine2magnet.figures import corrections
from mine2magnet.model import CorrectionRequest
from mine2magnet.store import Store
from tests.store.test_corrections import OTHER, TEXT, claim, correct, page, take
from tests.store.test_library import put

WORDS = thesaurus.load()


def checked(slot: str, value: str) -> str:
    asked = CorrectionRequest(document="d1", paragraph=1, start=0, end=1, slot=slot, value=value)  # type: ignore[arg-type]
    return corrections.checked(WORDS, asked).value


@pytest.mark.parametrize(
    ("slot", "written", "kept"),
    [
        ("value", "420 t", "420 t"),
        ("value", "4–6 weeks", "4..6 week"),
        ("value", "3.2万吨", "32000 t"),
        ("value", "40.. t", "40.. t"),
        ("value", "85.6 USD/kg", "85.6 USD/kg"),
        ("subject", " 日本；Harbour  Magnetics ", "japan|Harbour Magnetics"),
        ("counterparty", "Japan|japan", "japan"),
        ("material", "dysprosium; terbium", "dysprosium|terbium"),
        ("measure", "stock cover", "stock_cover"),
        ("stage", "精炼", "refining"),
        ("said_by", "a spokesman", "a spokesman"),
        ("form", "oxide", "oxide"),
        ("period", "2025-07/2025-09", "2025-07/2025-09"),
        ("period", "../2030", "../2030"),
        ("basis", "since:2025-04", "since:2025-04"),
        ("basis", "than:the Chinese price", "than:the Chinese price"),
        ("period", " ", ""),
        ("claim", "right", "right"),
    ],
)
def test_a_slot_is_kept_as_claims_have_it(slot: str, written: str, kept: str) -> None:
    assert checked(slot, written) == kept


@pytest.mark.parametrize(
    ("slot", "written", "said"),
    [
        ("value", "many", "no figure with a unit"),
        ("value", "420 parsecs of", "no figure with a unit"),
        ("value", "5 t and 6 t", "no figure with a unit"),
        ("value", "", "cannot be empty"),
        ("modality", "", "cannot be empty"),
        ("modality", "maybe", "cannot be 'maybe'"),
        ("claim", "yes", "cannot be 'yes'"),
        ("material", "china", "'kryptonite' is no material"),
        ("measure", "smell", "'smell' is no measure"),
        ("period", "July", "no period 'July'"),
        ("period", "2025-13", "no period '2025-13'"),
        ("period", "2026/2025", "no period '2026/2025'"),
        ("basis", "before", "no basis 'before'"),
        ("basis", "than:", "no basis 'than:'"),
    ],
)
def test_what_a_slot_cannot_hold_is_said(slot: str, written: str, said: str) -> None:
    written = "kryptonite" if slot == "material" else written
    with pytest.raises(UserError, match=said) as raised:
        checked(slot, written)
    assert raised.value.where == slot


@pytest.fixture
def held(store: Store) -> Store:
    put(store, page())
    take(store, claim(period="2025-07"), claim(OTHER, subjects=("Harbour Magnetics",)))
    return store


def test_exported_documents_are_as_the_guide_has_them(held: Store, tmp_path: Path) -> None:
    correct(held, "counterparty", "japan")
    correct(held, "claim", "wrong", claim(OTHER), by="=Kenji")
    file = tmp_path / "corrections.jsonl"
    assert corrections.export(held, file) == 2
    (document,) = claims_labels.documents(file)
    assert list(claims_labels.wrong(document)) == []
    (label,) = document["claims"]
    assert (label["figure"], label["low"], label["unit"], label["counterparty"]) == (
        "420 t",
        420,
        "t",
        ["japan"],
    )
    assert (label["period"], label["period_kind"], label["checked"]) == ("2025-07", "month", ["counterparty"])
    assert document["rejected"] == [{"paragraph": 1, "figure": "30 t"}]
    assert document["paragraphs"] == [TEXT]
    assert set(document["hand"].split(", ")) == {"Mei", "=Kenji"}
    rows = tmp_path / "corrections.csv"
    corrections.export(held, rows)
    read = list(csv.DictReader(io.StringIO(rows.read_text("utf-8"))))
    assert [(row["slot"], row["new"], row["by"]) for row in read] == [
        ("claim", "wrong", "'=Kenji"),
        ("counterparty", "japan", "Mei"),
    ]


def test_a_figure_that_stands_twice_is_told_by_its_place(store: Store) -> None:
    text = "Of 30 t sold, 30 t went to Japan."
    put(store, page(text))
    second = text.rindex("30 t")
    one = claim((second, second + 4))
    take(store, one)
    correct(store, "form", "metal", one)
    (document,) = corrections.labelled(store, store.corrections())
    assert document["claims"][0]["nth"] == 2
    assert json.loads(json.dumps(document)) == document
    assert list(claims_labels.wrong(document)) == []


def test_a_file_that_cannot_be_written_is_said(held: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        corrections.export(held, tmp_path / "no" / "where.csv")
