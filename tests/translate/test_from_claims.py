"""A sentence by its claims where they carry it, word for word where they do not, else not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from mine2magnet import claims
from mine2magnet.claims import quantities
from mine2magnet.core.messages import Translator
from mine2magnet.model import Claim, Document, Paragraph
from mine2magnet.translate.from_claims import CLAIMS, GLOSS, rendered, titled
from mine2magnet.translate.gloss import Readers

EN = Translator("en")
CAPACITY = "中国控制全球87%的稀土加工产能。"


def taken(text: str, readers: Readers, confidence: float = 0.9) -> list[Claim]:
    now = datetime(2025, 7, 20, tzinfo=UTC)
    document = Document("题", "源", now, "zh", (Paragraph(1, text),), published=now)
    found = claims.extract(document, thesaurus=readers.thesaurus)
    return [replace(claim, confidence=confidence) for claim in found]


def test_a_sure_claim_carries_its_sentence(readers: Readers) -> None:
    made = rendered(CAPACITY, taken(CAPACITY, readers), EN, readers, 0.5)
    assert made is not None
    assert made.made == CLAIMS
    assert "China" in made.text
    assert "87 %" in made.text


def test_names_and_figures_that_no_claim_has_are_added(readers: Readers) -> None:
    text = "据路透社报道，德国企业称，中国稀土产量为27万吨，另有3家工厂。"
    own = [c for c in taken(text, readers) if c.quantity.unit == "t"]
    own = [replace(c, subjects=("china",), said_by=None, measure="production") for c in own]
    made = rendered(text, own, EN, readers, 0.5)
    assert made is not None
    for name in ("Germany", "Reuters", "China"):
        assert name in made.text
    figures = {q.quantity.low for q in quantities(made.text)}
    assert {q.quantity.low for q in quantities(text)} <= figures


def test_a_sentence_that_denies_is_not_told_as_one_that_does_not(readers: Readers) -> None:
    text = "商务部没有批准出口申请。"
    made = rendered(text, (), EN, readers, 0.5)
    assert made is None or "not" in made.text


def test_without_claims_and_words_the_original_stands(readers: Readers) -> None:
    assert rendered("魑魅魍魉，饕餮饕餮。", (), EN, readers, 0.5) is None


def test_titles_are_glossed_as_far_as_words_go(readers: Readers) -> None:
    made = titled("中国魑魅魍魉饕餮", EN, readers)
    assert made is not None
    assert (made.text, made.made) == ("China", GLOSS)
    assert titled("魑魅魍魉", EN, readers) is None
