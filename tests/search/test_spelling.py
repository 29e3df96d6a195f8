from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mine2magnet.core import thesaurus
from mine2magnet.model import Respelling
from mine2magnet.search.query import FreeWords, read
from mine2magnet.search.spelling import respelt
from tests.search.conftest import Shelf

WORDS = thesaurus.load()
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def spelt(query: str, *known: str) -> dict[str, str]:
    _, found = respelt(read(query).tree, WORDS, lambda word: word not in known)
    return {one.typed: one.name for one in found}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("dysprosum price", {"dysprosum": "dysprosium"}),
        ("Neodimium magnets", {"Neodimium": "neodymium"}),
        ("samarum cobalt", {"samarum": "samarium"}),
        ("parseodymium", {"parseodymium": "praseodymium"}),  # two neighbours exchanged
        ("ジスプロシュウム", {"ジスプロシュウム": "ジスプロシウム"}),
        ("LYC.AX", {"LYC.AX": "Lynas"}),
        ("ASX:LYC results", {"ASX:LYC": "Lynas"}),
        ("600111 产量", {"600111": "China Northern Rare Earth"}),
    ],
)
def test_slips_and_tickers_are_names(query: str, found: dict[str, str]) -> None:
    assert {typed: name.split(" (")[0] for typed, name in spelt(query).items()} == found


@pytest.mark.parametrize(
    "query",
    [
        '"dysprosum"', "title:dysprosum", "-dysprosum magnets", "dysprosium", "Dy", "zzzzqqq", "123456",
        "USA", "chocolate cake recipe", "LYCRA", "2025 4000 t", "",
    ],
)  # fmt: skip
def test_what_is_quoted_known_or_like_nothing_stays(query: str) -> None:
    assert spelt(query) == {}


def test_a_word_that_a_document_has_stays() -> None:
    assert spelt("dysprosum price", "dysprosum") == {}


def test_no_query_that_nothing_answers_is_bent_to_a_name() -> None:
    rows = yaml.safe_load((BENCHMARKS / "unanswered.yaml").read_text("utf-8"))
    queries = [query for of_language in rows.values() for kind in of_language.values() for query in kind]
    assert len(queries) > 20
    assert [q for q in queries if spelt(q)] == []


def test_the_tree_around_a_slip_is_kept() -> None:
    tree, found = respelt(read('(dysprosum OR 稀土) AND "terbum"').tree, WORDS, lambda _: True)
    assert found == (Respelling("dysprosum", "dysprosium"),)
    assert "dysprosium" in str(tree)
    assert "terbum" in str(tree)
    assert respelt(FreeWords("stocks"), WORDS, lambda _: True) == (FreeWords("stocks"), ())


@pytest.mark.indexes
def test_a_search_says_what_it_took_for_a_slip(shelf: Shelf) -> None:
    shelf.put("a", "Dysprosium is short in Europe.", language="en")
    shelf.put("b", "Nothing of it.", language="en")
    shelf.index.update()
    found = shelf.index.search("dysprosum")
    assert [hit.document for hit in found.hits] == ["a"]
    assert found.respelt == (Respelling("dysprosum", "dysprosium"),)
    assert shelf.index.search('"dysprosum"').hits == ()
