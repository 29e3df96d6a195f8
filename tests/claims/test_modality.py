"""How sure a figure is."""

from __future__ import annotations

from datetime import date

import pytest

from mine2magnet.claims.context import DocumentContext
from mine2magnet.claims.layout import lay_out
from mine2magnet.claims.modality import modalities
from mine2magnet.claims.relations import FigureContext
from mine2magnet.claims.tenses import tense
from mine2magnet.core import thesaurus

TERMS = thesaurus.load()


def first(text: str, language: str) -> tuple[FigureContext, DocumentContext]:
    """The first figure of a text."""
    sentences = lay_out("", [text], language=language, today=date(2025, 8, 15), thesaurus=TERMS)
    doc = DocumentContext(sentences)
    doc.move(0)
    s = sentences[0]
    right = s.figures[1].start if len(s.figures) > 1 else s.end
    return FigureContext(s, s.figures[0], s.start, right, 0), doc


@pytest.mark.parametrize(
    ("text", "language", "piece"),
    [
        ("The plant will produce 40 t.", "en", "nearest:before:forecast"),
        ("Output rose from 40 t.", "en", "from&all"),
        ("割合は45%から高まった。", "ja", "from&all"),
        ("目前产量为40吨。", "zh", "now&all"),
        ("外媒报道仅批20%。商务部称与事实不符。", "zh", "next:denied"),
    ],
)
def test_what_stands_beside_a_figure_speaks_for_its_modality(text: str, language: str, piece: str) -> None:
    view, doc = first(text, language)
    assert f"reported={piece}" in modalities(view, doc, "production", "", False)[("reported",)]


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("The mine will produce 40 t.", "en", "future"),
        ("The mine produced 40 t.", "en", "past"),
        ("The mine has produced 40 t.", "en", "perfect"),
        ("The mine holds 40 t.", "en", "present"),
        ("公司现有员工410人。", "zh", "present"),
        ("公司计划投资12亿元。", "zh", "future"),
        ("生産量は40トンだった。", "ja", ""),
    ],
)
def test_the_verb_tells_the_tense(text: str, language: str, told: str) -> None:
    assert tense(first(text, language)[0]) == told


@pytest.mark.parametrize(
    ("text", "language", "denied"),
    [
        ("We lost shifts for two weeks, not six weeks.", "en", [False, True]),
        ("The stock is not six weeks.", "en", [True]),
        ("Stocks are not at six weeks.", "en", [False]),
        ("库存只够两周，并非五周。", "zh", [False, True]),
        ("库存是五周。", "zh", [False]),
        ("在庫は８週間分ではない。", "ja", [True]),
        ("在庫は８週間分ではなく３週間分だ。", "ja", [True, False]),
        ("在庫は８週間分だけではない。", "ja", [False]),
    ],
)
def test_what_a_figure_is_said_not_to_be_is_denied(text: str, language: str, denied: list[bool]) -> None:
    sentences = lay_out("", [text], language=language, today=date(2025, 8, 15), thesaurus=TERMS)
    s = sentences[0]
    bounds = [s.start, *(f.start for f in s.figures[1:]), s.end]
    doc = DocumentContext(sentences)
    doc.move(0)
    views = [FigureContext(s, f, bounds[k], bounds[k + 1], k) for k, f in enumerate(s.figures)]
    found = [[*modalities(view, doc, "stock_cover", "", False)] == [("denied",)] for view in views]
    assert found == denied
