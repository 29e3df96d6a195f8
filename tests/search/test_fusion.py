from __future__ import annotations

import numpy as np
import pytest

from mine2magnet.search.fusion import LEVEL, LIKELY, OWN, SHORT, WORDS, fuse, language, likely

EN, ZH = 0, 1


def ranked(words: list[float], meaning: list[float], languages: list[int], own: int = EN) -> list[int]:
    codes = np.array(languages, np.int32)
    among = np.ones(len(codes), bool)
    scores = fuse(np.array(words), np.array(meaning), among, codes, codes == own)
    return [int(row) for row in np.argsort(-scores, kind="stable")]


def test_no_language_crowds_the_other_out() -> None:
    assert ranked([0] * 4, [0.30, 0.29, 0.28, 0.12], [EN, EN, EN, ZH]) == [0, 1, 2, 3]
    assert ranked([0] * 4, [0.30, 0.20, 0.12, 0.20], [EN, EN, EN, ZH])[0] == 0
    assert ranked([0] * 4, [0.30, 0.17, 0.12, 0.20], [EN, EN, EN, ZH]) == [0, 3, 1, 2]


def test_the_best_of_each_language_answers_if_it_is_near_the_best_of_all() -> None:
    meaning = np.array([0.4, 0.5, 0.5 * LIKELY, 0.5 * LIKELY - 0.01, 0.9])
    among = np.array([True] * 4 + [False])
    answers, rows = likely(np.zeros(5), meaning, among, np.array([EN, EN, ZH, 2, EN], np.int32))
    assert answers.tolist() == [1, 2]
    assert rows.tolist() == [1, 0, 2, 3]


def test_what_answers_is_compared_with_the_first_few_of_each_language() -> None:
    meaning = np.linspace(0.1, 0.9, 2 * SHORT)
    every = np.ones(2 * SHORT, bool)
    answers, rows = likely(np.zeros(2 * SHORT), meaning, every, np.zeros(2 * SHORT, np.int32))
    assert answers.tolist() == [2 * SHORT - 1]
    assert rows.tolist() == list(range(2 * SHORT - 1, SHORT - 1, -1))


def test_of_nothing_nothing_answers() -> None:
    answers, rows = likely(np.zeros(2), np.zeros(2), np.zeros(2, bool), np.zeros(2, np.int32))
    assert answers.size == rows.size == 0


def test_of_equals_the_one_in_the_language_of_the_query_leads() -> None:
    for own in (EN, ZH):
        assert ranked([1.0, 1.0], [0.2, 0.2], [EN, ZH], own)[0] == own


def test_words_and_meaning_add_up() -> None:
    assert ranked([1.0, 0.0, 1.0], [0.1, 0.2, 0.2], [EN] * 3) == [2, 0, 1]


def test_the_formula() -> None:
    among = np.array([True, True, False])
    scores = fuse(np.array([1.0, 0.0, 1.0]), np.array([0.1, 0.1, 0.1]), among, np.zeros(3, np.int32), ~among)
    best = 0.1 + WORDS
    assert scores == pytest.approx([best * (1 - LEVEL), 0.1 - LEVEL * best, 0.0])
    assert OWN > 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [("稀土 Lynas", "zh"), ("在庫の推移", "ja"), ("レアアース", "ja"), ("stocks", "en"), ("", "en")],
)
def test_the_language_of_a_query(query: str, expected: str) -> None:
    assert language(query) == expected
