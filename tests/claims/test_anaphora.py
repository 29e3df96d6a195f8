"""Whom "the company", 该国 and 同社 stand for."""

from __future__ import annotations

from datetime import date

import pytest

from mine2magnet.claims.anaphora import resolved
from mine2magnet.claims.layout import Sentence, lay_out
from mine2magnet.core import thesaurus

TERMS = thesaurus.load()


def laid_out(language: str, *paragraphs: str, title: str = "") -> list[Sentence]:
    return lay_out(title, paragraphs, language=language, today=date(2025, 8, 15), thesaurus=TERMS)


def named(s: Sentence) -> list[tuple[str, str]]:
    """The companies, countries and places of a sentence, each with its words."""
    return [
        (c.id, s.text[c.start : c.end]) for c in s.cues if c.kind in ("company", "country", "place") and c.id
    ]


@pytest.mark.parametrize(
    ("language", "text", "who", "words"),
    [
        ("en", "Lynas makes oxide in Malaysia. The company sold 300 t.", "lynas", "The company"),
        ("zh", "莱纳斯在马来西亚分离氧化物。该公司售出300吨。", "lynas", "该公司"),
        ("ja", "ライナスはマレーシアで分離する。同社は300トンを売った。", "lynas", "同社"),
        ("en", "Lynas ships oxide to Vietnam. The country took 300 t.", "vietnam", "The country"),
        ("zh", "莱纳斯向越南供货。该国进口300吨。", "vietnam", "该国"),
        ("ja", "ドイツが最大の輸出先だ。7月の同国向けは1116トンだった。", "germany", "同国"),
    ],
)
def test_the_one_named_last_in_the_paragraph(language: str, text: str, who: str, words: str) -> None:
    s = resolved(laid_out(language, text), "")[-1]
    assert (who, words) in named(s)
    assert s.text.index(words) in s.refers


def test_a_company_of_which_the_paragraph_says_nothing_is_the_documents() -> None:
    told = laid_out("en", "Lynas sold 300 t.", "MP Materials sold 200 t.", "The company sold 100 t.")
    assert named(resolved(told, "lynas")[-1]) == [("lynas", "The company")]
    assert named(resolved(told, "")[-1]) == [("mp_materials", "The company")]


def test_words_within_a_name_stand_for_nobody() -> None:
    told = laid_out("ja", "日本は備蓄を増やす。米政府は300トンを買う。政府は100トンを買う。")
    *_, american, own = resolved(told, "")
    assert ("japan", "政府") not in named(american)
    assert named(own) == [("japan", "政府")]


def test_nothing_is_added_where_nobody_was_named() -> None:
    told = laid_out("en", "The country took 300 t.")
    assert named(resolved(told, "")[0]) == []
    assert resolved(laid_out("en", "It took 300 t."), "lynas") == laid_out("en", "It took 300 t.")
