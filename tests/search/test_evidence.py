"""What a document has of a query, by its words: shares, rarity, need."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mine2magnet.search.evidence import COMMON, EVEN, Evidence, evidence
from mine2magnet.search.table import Rows, Scores
from mine2magnet.search.units import Term, Unit, most


class Words:
    """Rows by token; every score is 2."""

    def __init__(self, **rows: list[int]) -> None:
        self.rows = rows

    def find(self, terms: Sequence[Term], *, title: bool = False) -> tuple[Rows, Scores]:
        found = sorted({row for term in terms for row in self.rows.get("".join(term.tokens), [])})
        return np.array(found, np.int32), np.full(len(found), 2.0)


def unit(*tokens: str, run: bool = False) -> Unit:
    return Unit(tuple(Term((token,)) for token in tokens), run)


def found(words: Words, *units: Unit, size: int = 10, alive: int = 10, **how: bool) -> Evidence:
    table: Any = SimpleNamespace(size=size, alive=np.arange(size) < alive)
    return evidence(units, words, table, **how)


def rarity(total: int, count: int) -> float:
    return log(1 + (total - count + 0.5) / (count + 0.5))


def test_a_score_is_the_share_of_the_units_weighed_by_rarity() -> None:
    e = found(Words(rare=[1], often=[1, 2, 3]), unit("rare"), unit("often"))
    rare, often = rarity(10, 1), rarity(10, 3)
    assert e.scores[1] == pytest.approx((rare + often + EVEN * 4) / (rare + often), abs=1e-4)
    assert e.scores[2] == pytest.approx((often + EVEN * 2) / (rare + often), abs=1e-4)
    assert (e.scores[0], e.units) == (0, 2)
    assert e.having.tolist() == [0, 2, 1, 1, *[0] * 6]
    assert np.flatnonzero(e.rows()).tolist() == [1]


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
    scores = found(words, run).scores
    weight = rarity(10, int(found(words, run).having.sum()))
    assert scores[4] == pytest.approx((weight / 4 + EVEN * 2) / max(weight, COMMON), abs=1e-4)
    assert scores[2] == pytest.approx((3 * weight / 4 + EVEN * 6) / max(weight, COMMON), abs=1e-4)


def test_nothing_asked_is_nothing_found() -> None:
    e = found(Words())
    assert not e.rows().any()
    assert not e.scores.any()


@pytest.mark.parametrize(("count", "need"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (10, 6)])
def test_most_of_many_and_all_of_two(count: int, need: int) -> None:
    assert most(count) == need
    assert most(count, every=True) == count
