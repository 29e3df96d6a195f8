from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.core.text import _fold_table, fold, fold_with_offsets, lists_sources, sentences

TEXTS = st.text(st.characters(codec="utf-8"), max_size=80) | st.text(
    "稀土ＮdFeB磁石釹㍍ ﬁ。.!\n", max_size=60
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("稀土庫存", "稀土库存"),
        ("経済産業省", "经济产业省"),
        ("ＮｄＦｅＢ", "ndfeb"),
        ("㎏", "kg"),
        ("釹", "钕"),
    ],
)
def test_spellings_of_one_word_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(TEXTS)
def test_folding_is_normalising_and_then_one_script_for_each_character(text: str) -> None:
    scripts = str.maketrans(_fold_table())
    assert fold(text) == unicodedata.normalize("NFKC", text).lower().translate(scripts)


@given(TEXTS)
def test_a_folded_character_knows_its_original(original: str) -> None:
    folded, offsets = fold_with_offsets(original)
    assert len(offsets) == len(folded) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(original)


@given(TEXTS)
def test_sentences_are_in_order_and_lose_nothing_but_space(original: str) -> None:
    spans = sentences(original)
    assert all(a < b for a, b in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    kept = "".join(original[a:b] for a, b in spans)
    assert "".join(kept.split()) == "".join(original.split())


@pytest.mark.parametrize(
    ("paragraph", "count"),
    [
        ("MP Materials Corp. said on Sept. 5 that output rose 4.5 %. Analysts had expected 3 %.", 2),
        ("The U.S. imports magnets. It mines ore.", 2),
        ("中国控制了大部分精炼产能。“我们还能撑四周。”他说。", 3),
        ("在庫は4.5週間分。政府は備蓄を増やす！代替は難しいか？", 3),
        ("価格は「倍になった」。", 1),
    ],
)
def test_where_sentences_end(paragraph: str, count: int) -> None:
    assert len(sentences(paragraph)) == count


@pytest.mark.parametrize(
    ("paragraph", "listed"),
    [
        ("Sources: A Post — https://a.example/one; B — https://b.example", True),
        ("来源：某报 — https://a.example/one", True),
        ("出典：ある新聞 — https://a.example/one", True),
        ("[8] Sources: A Post — www.a.example/one", True),
        ("https://a.example/a-long-address-of-a-page A Post", True),
        ("Sources: people who know the matter.", False),
        ("The report, at https://a.example/one, says that stocks last for four weeks.", False),
    ],
)
def test_a_list_of_sources_is_labelled_or_little_but_addresses(paragraph: str, listed: bool) -> None:
    assert lists_sources(paragraph) is listed
