from __future__ import annotations

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.core.text import fold
from mine2magnet.search.tokens import LONGEST, marks, places, spans, tokens

TRADITIONAL = opencc.OpenCC("s2t")
COMMON_HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=20)


@pytest.mark.parametrize(
    ("simplified", "other"),
    [
        ("钕铁硼磁体的库存", "釹鐵硼磁體的庫存"),
        ("稀土出口许可证", "稀土出口許可證"),
        ("国产镝铽", "國產鏑鋱"),
        ("学会", "學會"),
        ("NdFeB 磁体", "ＮｄＦｅＢ　磁體"),
    ],
)
def test_both_scripts_of_chinese_give_the_same_tokens(simplified: str, other: str) -> None:
    assert tokens(simplified) == tokens(other)


@given(COMMON_HAN)
def test_any_text_and_its_traditional_form_give_the_same_tokens(text: str) -> None:
    # opencc may write one character as another pair; what it calls the traditional form of the folded
    # text folds back to it, character by character
    folded = fold(text)
    if fold(TRADITIONAL.convert(folded)) == folded:
        assert tokens(TRADITIONAL.convert(folded)) == tokens(text)


def test_japanese_kana_and_shinjitai() -> None:
    assert tokens("レアアース") == ["レア", "アア", "アー", "ース"]
    assert tokens("対中輸出") == tokens("對中輸出")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The carmakers' inventories", ["the", "carmak", "inventori"]),
        ("China's", ["china"]),
        ("1,200.5 t", ["1200.5", "t"]),
        ("3N5", ["3n5"]),
        ("Norra Kärr", ["norra", "karr"]),
        ("2N–5N", ["2n", "5n"]),
        ("キーウ・クライアント", ["キー", "ーウ", "クラ", "ライ", "イア", "アン", "ント"]),
        ("", []),
        (" -*!「」", []),
    ],
)
def test_words_numbers_and_what_parts_them(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_a_two_character_word_is_one_token() -> None:
    assert "库存" in tokens("企业库存告急")


def marked(text: str) -> set[str]:
    return marks(text, fold(text))


def test_marks_hold_single_characters_and_short_names_as_written() -> None:
    assert {"镝", "US", "Dy", "NdP"} <= marked("氧化鏑 (Dy), NdP in the US")
    assert "NdPr" not in marked("NdPr")  # longer names are told by their letters alone
    assert "US" not in marked("let us see")


@given(st.text(max_size=200))
def test_tokens_of_any_text_are_short_and_without_space(text: str) -> None:
    for token in tokens(text):
        assert token
        assert len(token) <= LONGEST
        assert not any(c.isspace() for c in token)


@given(st.text(max_size=200))
def test_the_faster_way_gives_the_same_tokens(text: str) -> None:
    assert tokens(text) == [token for token, _, _ in spans(fold(text))]


@given(st.text(max_size=200))
def test_spans_lie_within_the_text_in_order(text: str) -> None:
    folded = fold(text)
    last = 0
    for _, start, end in spans(folded):
        assert last <= start < end <= len(folded)
        last = start


@given(
    st.text(st.sampled_from("稀土库存 aAbres,tockUS.㎡ﬁ\u3099か重希ース-0,1'’sé23"), max_size=40),
    st.integers(0, 20),
    st.integers(1, 3),
)
def test_places_are_where_the_tokens_of_all_the_text_are(text: str, first: int, many: int) -> None:
    folded = fold(text)
    row = list(spans(folded))
    for start in range(first, min(first + 1, len(row))):
        wanted = [token for token, _, _ in row[start : start + many]]
        there = [
            (row[i][1], row[i + len(wanted) - 1][2])
            for i in range(len(row) - len(wanted) + 1)
            if [token for token, _, _ in row[i : i + len(wanted)]] == wanted
        ]
        assert sorted(places(folded, wanted)) == there


def test_the_last_token_of_a_place_may_go_on() -> None:
    assert list(places("约6周内交货, 6周", ["6", "周"])) == [(8, 10)]
    assert list(places("约6周内交货, 6周, 6周年", ["6", "周"], begun=True)) == [(1, 3), (8, 10), (12, 14)]
    assert not list(places("6个周", ["6", "周"], begun=True))
