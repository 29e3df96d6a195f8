"""Word for word: names, figures and times are all there, exactly, and nothing is said that is not there."""

from __future__ import annotations

from datetime import date

import pytest

from mine2magnet.core.messages import Translator
from mine2magnet.translate.gloss import GAP, Readers, gloss

DAY = date(2025, 7, 20)
EN = Translator("en")


def test_names_figures_and_times_stand_in_their_order(readers: Readers) -> None:
    found = gloss("2025年6月，中国对日本的稀土出口下降了38.1%。", EN, readers, DAY)
    assert found.useful
    assert found.text == "Jun 2025 · China · Japan · rare earths · exports fell 38.1 %"


def test_japanese_and_chinese(readers: Readers) -> None:
    found = gloss("高市早苗首相は中国からの輸入を40％減らす計画を発表した。", EN, readers, DAY)
    assert "Sanae Takaichi" in found.text
    assert "40 %" in found.text
    assert "announced" in found.text


def test_a_year_that_is_not_told_is_not_guessed(readers: Readers) -> None:
    assert "4 Apr" in gloss("自4月4日起实施出口管制。", EN, readers, DAY).text
    assert "20" not in gloss("自4月4日起实施出口管制。", EN, readers, DAY).text


def test_a_bound_is_said_once(readers: Readers) -> None:
    assert gloss("产量约5860吨。", EN, readers, DAY).text.count("about") == 1


def test_denials_are_kept(readers: Readers) -> None:
    assert gloss("商务部没有批准出口申请。", EN, readers, DAY).denies
    assert not gloss("商务部批准出口申请。", EN, readers, DAY).denies


def test_what_no_word_covers_is_left_out_and_counted(readers: Readers) -> None:
    found = gloss("魑魅魍魉饕餮饕餮中国", EN, readers, DAY)
    assert not found.useful
    assert found.text == "China"
    assert 0 < found.covered < 0.5


@pytest.mark.parametrize("text", ["", "。", "……", "<b>87%</b>", "\x00"])
def test_whatever_the_text_it_ends(text: str, readers: Readers) -> None:
    assert gloss(text, EN, readers).text.count(GAP) <= 2


def test_english_into_chinese_needs_more(readers: Readers) -> None:
    assert not gloss("Carmakers fret over dwindling stocks.", Translator("zh"), readers, DAY).useful
