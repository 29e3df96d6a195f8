"""What a query is understood to ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mine2magnet.core import thesaurus
from mine2magnet.model import WrittenForms
from mine2magnet.search.units import MANY, OTHER_NAME, Term, phrase, understand, unnamed

WORDS = thesaurus.parse(
    """id,kind,broader,aspect,en,zh,ja
dysprosium,material,,,dysprosium|Dy,镝,ジスプロシウム
stock,measure,,,stock|inventory,库存,在庫
"""
)


def asked(text: str) -> list[tuple[list[str], bool]]:
    return [(["+".join(term.tokens) for term in unit.terms], unit.run) for unit in understand(text, WORDS)]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("kiln fire", [(["kiln"], False), (["fire"], False)]),
        ("the kiln of the mill", [(["kiln"], False), (["mill"], False)]),
        ("kiln kiln", [(["kiln"], False)]),
        ("of the", [(["of"], False), (["the"], False)]),
        ("炉窑停产", [(["炉窑", "窑停", "停产"], True)]),
        ("停产的炉窑", [(["停产"], False), (["炉窑"], False)]),
        ("炉", [(["炉"], False)]),
        ("モーターの価格", [(["モー", "ータ", "ター"], False), (["价格"], False)]),
        ("", []),
    ],
)
def test_words_and_runs(text: str, units: list[tuple[list[str], bool]]) -> None:
    if "モーター" in text:  # katakana is one term of all its bigrams
        (kana, _), *rest = asked(text)
        assert kana == ["+".join(units[0][0])]
        assert rest == units[1:]
        return
    assert asked(text) == units


def test_a_name_stands_for_all_names_and_the_typed_one_for_more() -> None:
    first, second = understand("inventory of Dy", WORDS)
    assert [(t.tokens, t.weight) for t in first.terms] == [
        (("inventori",), 1.0),
        (("stock",), OTHER_NAME),
        (("库存",), OTHER_NAME),
        (("在库",), OTHER_NAME),
    ]
    assert first.need(every=False) == first.need(every=True) == 1
    assert second.terms[0] == Term(("Dy",), 1.0, mark=True)
    assert Term(("镝",), OTHER_NAME, mark=True) in second.terms


def test_a_long_query_is_cut() -> None:
    assert len(understand(" ".join(f"word{n}" for n in range(50)), WORDS)) == MANY


def test_a_phrase_is_one_row_of_tokens() -> None:
    whole = phrase("稀土 库存 of kilns")
    assert whole is not None
    assert [t.tokens for t in whole.terms] == [("稀土", "土库", "库存", "of", "kiln")]
    assert phrase("…") is None


@pytest.mark.parametrize(("spans", "count"), [([], 3), ([(0, 4)], 2), ([(0, 4), (5, 9)], 1), ([(0, 15)], 0)])
def test_what_is_left_unnamed(spans: list[tuple[int, int]], count: int) -> None:
    assert unnamed("kiln fire smoke", spans) == count


def test_words_of_a_quantity_are_answered_by_its_other_forms() -> None:
    forms = WrittenForms(10, 17, (("6周", "6周间", "six weeks"),))
    stock, six, week, dysprosium = understand("stocks in 6 weeks Dy", WORDS, [forms])
    assert [t.tokens for t in (*six.terms, *week.terms)] == [("6",), ("week",)]
    assert (
        six.also
        == week.also
        == (
            Term(("6", "周"), OTHER_NAME, begun=True),  # which begins 6周间, too
            Term(("six", "week"), OTHER_NAME),
        )
    )
    assert stock.also == dysprosium.also == ()


def test_parts_of_a_time_answer_the_words_of_that_part() -> None:
    forms = WrittenForms(0, 7, (("July", "7月"), ("2025", "FY2025")))
    units = understand("2025年7月", WORDS, [forms])
    also = {unit.terms[0].tokens: [term.tokens for term in unit.also] for unit in units}
    assert also["7",] == also["月",] == [("juli",), ("7", "月")]
    assert also["2025",] == [("2025",), ("fy2025",)]


def test_a_concept_within_a_quantity_and_one_that_goes_beyond() -> None:
    forms = WrittenForms(0, 6, (("两份库存",),))
    (two, stock) = understand("2 stock cover", WORDS, [replace(forms, end=7)])[:2]
    assert stock.also == two.also == (Term(("两份", "份库", "库存"), OTHER_NAME),)
    (_, stock) = understand("2 stock", WORDS, [replace(forms, end=4)])
    assert stock.also == ()


def test_a_run_is_cut_where_a_quantity_ends() -> None:
    before, six, after = understand("交货六周以上", WORDS, [WrittenForms(2, 4, (("6周",),))])
    assert [unit.terms[0].tokens for unit in (before, six, after)] == [("交货",), ("六周",), ("以上",)]
    assert six.also == (Term(("6", "周"), OTHER_NAME, begun=True),)
