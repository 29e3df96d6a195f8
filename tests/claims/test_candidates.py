"""What speaks for the names that a figure may be of."""

from __future__ import annotations

from datetime import date

from mine2magnet.claims.candidates import materials, parties, speakers, stages
from mine2magnet.claims.context import DocumentContext
from mine2magnet.claims.layout import lay_out
from mine2magnet.claims.relations import FigureContext
from mine2magnet.claims.speakers import said_by
from mine2magnet.core import thesaurus

TERMS = thesaurus.load()
VALUES = {"measure": ("exports",), "direction": ("level", ""), "material": ()}


def view_of(text: str, language: str = "en") -> tuple[FigureContext, DocumentContext]:
    """The first figure of a sentence."""
    (s,) = lay_out("", [text], language=language, today=date(2025, 8, 15), thesaurus=TERMS)
    doc = DocumentContext([s])
    doc.move(0)
    _, s.said = said_by(s)
    return FigureContext(s, s.figures[0], s.start, s.end, 0), doc


def test_a_name_tells_what_it_is() -> None:
    found = parties(*view_of("China shipped 5,577 t."), "subject", VALUES)
    assert {"id:china", "id:china&out", "kind:country&is:exports", "kind:country&mass"} <= set(
        found["china",]
    )
    assert {"none&is:exports", "none&in:t", "none&level&is:exports"} <= set(found[()])


def test_a_name_that_no_thesaurus_has_tells_its_last_word() -> None:
    found = parties(*view_of("Sandgate Research Ltd. expects 5,577 t of exports."), "subject", VALUES)
    (name,) = (value for value in found if value and value[0] not in TERMS)
    assert f"form:{name[0].split()[-1].lower()}" in found[name]
    found = parties(*view_of("瑞钕磁业股份有限公司出口5577吨。", "zh"), "subject", VALUES)
    (name,) = (value for value in found if value and value[0] not in TERMS)
    assert f"form:{name[0][-2:]}&out" in found[name]


def test_three_names_are_one_subject() -> None:
    found = parties(*view_of("China, Australia and Myanmar shipped 5,577 t."), "subject", VALUES)
    assert {"row", "row&out"} <= set(found["china", "australia", "myanmar"])
    assert "row" not in found["china", "australia"]


def test_who_agrees_is_no_partner_of_the_trade() -> None:
    text = "After the truce agreed between Washington and Tokyo China shipped 5,577 t to Germany."
    found = parties(*view_of(text), "counterparty", VALUES)
    assert ("germany",) in found
    assert not any("before" in found.get((id,), ()) for id in ("united_states", "japan"))


def test_who_speaks_tells_by_what_word() -> None:
    found = parties(*view_of("According to China, 5,577 t were shipped."), "subject", VALUES)
    assert "spoken" in found["china",]
    assert any(piece.startswith("spoken:") and piece.endswith("<") for piece in found["china",])


def test_concepts_tell_what_they_are_beside_the_measure() -> None:
    view, doc = view_of("Refining of dysprosium oxide came to 5,577 t.")
    assert {"id:dysprosium_oxide", "id:dysprosium_oxide&mass", "id:dysprosium_oxide&is:production"} <= set(
        materials(view, doc, "production")["dysprosium_oxide",]
    )
    found = stages(view, doc, "production")
    assert "id:none&is:production" in found[()]
    assert all(f"id:{value[0]}&mass" in pieces for value, pieces in found.items() if value)


def test_a_verb_of_saying_tells_its_particle() -> None:
    view, doc = view_of("ライナスは生産量が5000トンになると発表した。", "ja")
    assert "verb:と発表" in speakers(view, doc, "lynas")["lynas",]
    view, doc = view_of("Lynas said that output was 5,000 t.")
    assert "verb:said" in speakers(view, doc, "lynas")["lynas",]
