"""Rows told apart by tantivy are those that lists of each term give."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mine2magnet.model import Document, Paragraph
from mine2magnet.search import words
from mine2magnet.search.evidence import FEW, evidence
from mine2magnet.search.units import Term, Unit
from mine2magnet.search.word_search import TermSearch
from mine2magnet.search.words import BITS, WordIndex

WORDS = [f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
SIZE = 300


@pytest.fixture(autouse=True)
def _rows_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few they are."""
    monkeypatch.setattr(words, "LISTED", 0)


def term(*tokens: str, weight: float = 1.0) -> Term:
    return Term(tokens, weight)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> WordIndex:
    """The first word stands in half of the documents, each next one in fewer."""
    rng = np.random.default_rng(4)
    made = WordIndex.make(Path(tmp_path_factory.mktemp("index"), "words"))
    with made.writing() as writer:
        for row in range(SIZE):
            said = [word for n, word in enumerate(WORDS) if rng.random() < 1 / (n / 4 + 2)]
            text = " ".join(rng.permutation([*said, *said[: row % 3]]))
            day = datetime(2025, 1, 1, tzinfo=UTC)
            writer.add(row, Document(WORDS[row % 7], "", day, "en", (Paragraph(1, text),)))
        writer.commit()
    made.reload()
    return made


UNITS = [
    [Unit((term(WORDS[0]),))],
    [Unit((term(WORDS[0]),)), Unit((term(WORDS[3]),))],
    [Unit((term(WORDS[n]), term(WORDS[n + 1], weight=0.6), term(WORDS[n], WORDS[n + 1]))) for n in (0, 4, 8)],
    [Unit(tuple(term(word) for word in WORDS[:5]), run=True), Unit((term(WORDS[9]),))],
    [Unit((term(WORDS[n]),), also=(term(WORDS[n + 5]),)) for n in range(4)],
    [Unit(tuple(term(word) for word in WORDS), run=True), Unit((term("nowhere"),))],
]


@pytest.mark.parametrize("units", UNITS, ids=range(len(UNITS)))
@pytest.mark.parametrize("least", [0, 1, 2])
@pytest.mark.parametrize("title", [False, True])
def test_rows_with_enough_units_have_the_parts_that_lists_say(
    index: WordIndex, units: list[Unit], least: int, title: bool
) -> None:
    least = min(least, len(units))
    listed = TermSearch.having(index, units, least, title=title)
    told = index.having(units, least, title=title)
    first, having = 0, np.zeros(len(listed.rows), int)
    for unit, also in zip(units, listed.also, strict=True):
        has = listed.parts[first : (first := first + len(unit.parts))] | also
        having += has.sum(0) >= unit.need(False)
    enough = having >= least
    assert told.rows.tolist() == listed.rows[enough].tolist()
    assert (told.parts == listed.parts[:, enough]).all()
    assert (told.also == listed.also[:, enough]).all()
    assert told.scores == pytest.approx(listed.scores[enough], rel=1e-3)
    assert not told.complete or enough.all()
    assert sum(len(unit.parts) for unit in UNITS[-1]) > BITS


def test_some_rows_are_looked_up_however_little_they_have(index: WordIndex) -> None:
    units, among = UNITS[3], np.array([1, 5, 200, 299])
    listed = TermSearch.having(index, units, 0)
    told = index.having(units, 0, among=among)
    assert told.rows.tolist() == among.tolist()
    here = np.isin(listed.rows, among)
    held = np.isin(told.rows, listed.rows)
    assert (told.parts[:, held] == listed.parts[:, here]).all()
    assert not told.parts[:, ~held].any()
    assert not told.complete


def test_rows_are_counted_under_all_names(index: WordIndex) -> None:
    names = UNITS[2][0].terms
    assert index.count(names) == len(index.find(names)[0]) > index.count(names[:1])


class Listed(TermSearch):
    """The same words by lists."""

    def __init__(self, index: WordIndex) -> None:
        self.find = index.find  # type: ignore[method-assign]
        self.closest = index.closest


@pytest.mark.parametrize("units", UNITS, ids=range(len(UNITS)))
def test_evidence_is_the_same_and_what_was_left_out_is_told_when_asked(
    index: WordIndex, units: list[Unit]
) -> None:
    def mask(rows: list[int]) -> Any:
        return np.isin(np.arange(SIZE), rows)

    table: Any = SimpleNamespace(size=SIZE, alive=mask(list(range(SIZE))), mask=mask)
    held, lists = evidence(units, index, table), evidence(units, Listed(index), table)
    enough = held.rows(table.alive) & held.known
    assert held.scores[enough] == pytest.approx(lists.scores[enough], abs=2e-4)
    for rows in (enough, mask([3, 4, 5]), mask(list(range(FEW)))):
        held = held.of(rows)
        assert held.known[rows].all()
        assert (held.having[held.known] == lists.having[held.known]).all()
        assert held.shares[held.known] == pytest.approx(lists.shares[held.known], abs=2e-4)
    assert (held.rows(table.alive) == lists.rows(table.alive)).all()
    assert (held.all() == lists.all()).all()


def test_few_rows_are_all_listed(index: WordIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "LISTED", 3 * SIZE)
    told, listed = index.having(UNITS[1], 2), TermSearch.having(index, UNITS[1], 2)
    assert told.complete
    assert (told.rows == listed.rows).all()
    assert (told.parts == listed.parts).all()
