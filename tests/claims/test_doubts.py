from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from mine2magnet.claims import doubts
from mine2magnet.claims.cues import Cue
from mine2magnet.claims.extract import extract
from mine2magnet.core import thesaurus
from mine2magnet.model import Document, Paragraph, Quantity


def doubted(text: str, figure: str, title: str = "A title") -> bool:
    end = len(text.partition("|")[0])
    text = text.replace("|", "")
    start = text.index(figure)
    return doubts.is_doubted(title, text, (0, end), (start, start + len(figure)))


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("They say that a jet holds 417 kilograms.| No bill of materials has ever been shown for it.", "417"),
        ("The figure of 920 pounds has never been confirmed.|", "920"),
        ("广为流传的417公斤没有清单支持。|", "417"),
        ("有人说是417公斤。|五角大楼从未证实。", "417"),
        ("潜水艦は9200ポンドとされるが、確かな裏付けはない。|", "9200"),
        ("磁石は417キロと言われる。|これを示す根拠は乏しい。", "417"),
    ],
)
def test_a_sentence_or_the_next_doubts_a_figure(text: str, figure: str) -> None:
    assert doubted(text, figure)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("A jet holds 11 kilograms.| The mine has not been built.", "11"),
        ("It holds 11 kilograms.| No evidence was found for 417 kilograms.", "11"),
        ("一架用11公斤。|流传的417公斤没有清单支持。", "11"),
        ("使うのは11キロで、417キロという数字に裏付けはない。|", "11"),
        ("A jet holds 11 kilograms.| It flies. No evidence of it was found.", "11"),
    ],
)
def test_a_doubt_is_of_the_figure_beside_it(text: str, figure: str) -> None:
    assert not doubted(text, figure)


def test_a_title_denies_a_figure() -> None:
    text = "They say that it holds 417 kilograms.|"
    assert doubted(text, "417 kilograms", "How much? Not 417 kilograms")
    assert doubted(text, "417 kilograms", "一架飞机用的不是417公斤")
    assert doubted(text, "417 kilograms", "「417キロ」ではない")
    assert not doubted(text, "417 kilograms", "How much? Some 417 kilograms")
    assert not doubted(text, "417 kilograms", "How much? Not 11 kilograms")


def sure(*paragraphs: str) -> dict[float | None, float]:
    """Return how sure each value is."""
    day = datetime(2025, 11, 20, tzinfo=UTC)
    text = tuple(Paragraph(n, p) for n, p in enumerate(paragraphs, 1))
    read = extract(
        Document("中国稀土磁体出口", "A Post", day, "en", text, published=day), thesaurus=thesaurus.load()
    )
    return {claim.quantity.low: claim.confidence for claim in read}


def test_what_is_doubted_is_not_sure() -> None:
    said = "An F-35 contains 417 kilograms of rare earths."
    assert sure(said)[417] > 0.3
    assert sure(f"{said} No evidence for it was ever shown.")[417] <= 0.3


@pytest.mark.parametrize(
    ("subject", "counterparty", "refers", "misread"),
    [
        ("china", (), (), True),  # "The United States received 619 tonnes", told as all that China exported
        ("united_states", (), (), False),
        ("china", ("united_states",), (), False),
        ("china", (), (4,), False),  # "the country"
    ],
)
def test_what_stands_behind_a_partner_alone_is_not_all(
    subject: str, counterparty: tuple[str, ...], refers: tuple[int, ...], misread: bool
) -> None:
    cues = [Cue("country", "united_states", 4, 17)]
    view: Any = SimpleNamespace(
        s=SimpleNamespace(cues=cues, refers=frozenset(refers)), figure=SimpleNamespace(start=27)
    )
    values = {"measure": ("exports",), "subject": (subject,), "counterparty": counterparty}
    assert doubts.is_of_a_partner(view, values) is misread


@pytest.mark.parametrize(
    ("measure", "direction", "unit", "misread"),
    [
        ("price", "level", "%", True),
        ("price", "change", "%", False),
        ("price", "level", "USD/kg", False),
        ("share", "level", "%", False),
    ],
)
def test_a_share_is_no_price(measure: str, direction: str, unit: str, misread: bool) -> None:
    view: Any = SimpleNamespace(figure=SimpleNamespace(quantity=Quantity(1.0, 1.0, unit)))
    assert doubts.is_no_price(view, {"measure": (measure,), "direction": (direction, "")}) is misread
