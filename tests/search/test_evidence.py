"""What a document has of a query, by its words: shares, rarity, need."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mine2magnet.search.evidence import COMMON, EVEN, SENTENCE, Evidence, evidence
from mine2magnet.search.table import Rows, Scores
from mine2magnet.search.units import Term, Unit, most
from mine2magnet.search.word_search import TermSearch


class Words(TermSearch):
    """Rows by token; every score is 2."""

    def __init__(self, **rows: list[int]) -> None:
        self.rows = rows

    def find(self, terms: Sequence[Term], *, title: bool = False) -> tuple[Rows, Scores]:
        found = sorted({row for term in terms for row in self.rows.get("".join(term.tokens), [])})
        return np.array(found, np.int32), np.full(len(found), 2.0)

    def closest(self, tokens: Sequence[str], limit: int) -> tuple[Rows, Scores]:
        counts = [(row, sum(row in self.rows.get(t, []) for t in tokens)) for row in range(20)]
        found = [(row, n / len(tokens)) for row, n in counts if n][:limit]
        return np.array([row for row, _ in found], np.int32), np.array([n for _, n in found])


def unit(*tokens: str, run: bool = False) -> Unit:
    return Unit(tuple(Term((token,)) for token in tokens), run)


def found(words: Words, *units: Unit, size: int = 10, alive: int = 10, **how: Any) -> Evidence:
    table: Any = SimpleNamespace(size=size, alive=np.arange(size) < alive)
    return evidence(units, words, table, **how)


def rarity(total: int, count: int) -> float:
    return log(1 + (total - count + 0.5) / (count + 0.5))


def test_a_score_is_the_share_of_the_units_weighed_by_rarity() -> None:
    e = found(Words(rare=[1], often=[1, 2, 3]), unit("rare"), unit("often"))
    rare, often = rarity(10, 1), rarity(10, 3)
    assert e.shares[1] == 1.0
    assert e.scores[1] == pytest.approx((rare + often + EVEN * 4) / (rare + often), abs=1e-4)
    assert e.scores[2] == pytest.approx((often + EVEN * 2) / (rare + often), abs=1e-4)
    assert (e.scores[0], e.units) == (0, 2)
    assert e.having.tolist() == [0, 2, 1, 1, *[0] * 6]
    assert np.flatnonzero(e.all()).tolist() == [1]


def test_most_of_the_units_are_needed_unless_no_document_has_them() -> None:
    words = Words(a=[1, 2, 3, 4, 5], b=[1, 2], c=[1])
    every = np.ones(10, bool)
    units = unit("a"), unit("b"), unit("c"), unit("d")
    assert np.flatnonzero(found(words, *units[:3]).rows(every)).tolist() == [1, 2]
    assert np.flatnonzero(found(words, *units).rows(every)).tolist() == [1]
    every[1] = False
    assert np.flatnonzero(found(words, *units).rows(every)).tolist() == [2, 3, 4, 5]
    assert not found(Words(), unit("none")).rows(every).any()


def test_a_sentence_is_found_by_its_wording_too() -> None:
    bigrams = ["稀土", "土磁", "磁体", "体的", "的库", "库存"]
    words = Words(**{b: [1, *([2] if i < 3 else []), *([3] if i < 1 else [])] for i, b in enumerate(bigrams)})
    run = unit(*bigrams, run=True)
    every = np.ones(10, bool)
    assert len(bigrams) == SENTENCE
    sentence = found(words, run, text="稀土磁体的库存")
    assert np.flatnonzero(sentence.rows(every)).tolist() == [1, 2]
    assert np.flatnonzero(found(words, run, text="稀土磁体").rows(every)).tolist() == [1]


def test_only_living_documents_make_a_word_common_and_others_are_not_yet_there() -> None:
    e = found(Words(word=[1, 8, 9, 12]), unit("word"), alive=8)
    assert e.scores[1] == pytest.approx(1 + EVEN * 2 / rarity(8, 1), abs=1e-4)
    assert e.having.sum() == 3
    every = found(Words(word=list(range(10))), unit("word"))
    assert every.scores[0] == pytest.approx(1 + EVEN * 2 / COMMON, abs=1e-4)


def test_any_name_answers_a_unit_and_most_bigrams_a_run() -> None:
    names = found(Words(a=[1], b=[2]), unit("a", "b"))
    assert names.having.tolist()[:4] == [0, 1, 1, 0]
    words = Words(a=[1, 2, 3, 4], b=[1, 2, 3], c=[1, 2], d=[1])
    run = unit("a", "b", "c", "d", run=True)
    need = most(4)
    assert found(words, run).having.tolist()[1:5] == [int(n >= need) for n in (4, 3, 2, 1)]
    assert found(words, run, every=True).having.tolist()[1:5] == [1, 0, 0, 0]


def test_a_run_weighs_as_its_bigrams_do_each_worth_some_half_a_word() -> None:
    words = Words(a=[1, 2, 3, 4], b=[1, 2, 3], c=[1, 2], d=[1], other=[5])
    shares = found(words, unit("a", "b", "c", "d", run=True)).shares
    weights = [rarity(10, n) for n in (4, 3, 2, 1)]
    assert shares[1:5] == pytest.approx([sum(weights[:n]) / sum(weights) for n in (4, 3, 2, 1)], abs=1e-4)
    beside = found(words, unit("a", "b", "c", "d", run=True), unit("other")).shares
    run, other = sum(weights) * 5 / 8, rarity(10, 1)
    assert beside[[1, 5]] == pytest.approx([run / (run + other), other / (run + other)], abs=1e-4)


def test_chinese_and_japanese_score_by_their_wording_across_words_as_well() -> None:
    words = Words(**{"稀土": [1, 2], "土的": [1], "的库": [1], "库存": [1]})
    e = found(words, unit("稀土"), text="稀土的库存")
    assert e.scores[1] == pytest.approx(e.shares[1] + 1.0)
    assert e.scores[2] == pytest.approx(e.shares[2] + 0.25)
    latin = found(Words(word=[1]), unit("word"), text="word")
    assert latin.scores[1] == pytest.approx(1 + EVEN * 2 / rarity(10, 1), abs=1e-4)


def test_nothing_asked_is_nothing_found() -> None:
    e = found(Words())
    assert not e.all().any()
    assert not e.rows(np.ones(10, bool)).any()
    assert not e.scores.any()


@pytest.mark.parametrize(("count", "need"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (10, 6)])
def test_most_of_many_and_all_of_two(count: int, need: int) -> None:
    assert most(count) == need
    assert most(count, every=True) == count
