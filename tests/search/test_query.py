from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import LONGEST_QUERY
from mine2magnet.search import parse
from mine2magnet.search.query import (
    And,
    BadQuery,
    Days,
    Field,
    FreeWords,
    Node,
    Not,
    Or,
    Phrase,
    Title,
    fields_only,
    free_text,
    loosened,
    read,
)


def every(text: str) -> FreeWords:
    return FreeWords(text, every=True)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("", And(())),
        (" \u3000 ", And(())),
        ("稀土 库存", FreeWords("稀土 库存")),
        ("稀土\u3000库存", FreeWords("稀土 库存")),
        ("Lynas: outlook at 12:30", FreeWords("Lynas: outlook at 12:30")),
        ("see https://example.org/a", FreeWords("see https://example.org/a")),
        ("a AND b", every("a, b")),
        ("a OR b", Or((every("a"), every("b")))),
        ("a b OR c", Or((every("a b"), every("c")))),
        ("a AND (b OR c)", And((every("a"), Or((every("b"), every("c")))))),
        ("a AND NOT b", And((every("a"), Not(every("b"))))),
        ("a NOT b c", And((FreeWords("a, c"), Not(every("b"))))),
        ("a -b", And((FreeWords("a"), Not(every("b"))))),
        ("exports fell -3.2% -b", And((FreeWords("exports fell -3.2%"), Not(every("b"))))),
        ("heavy-duty -b", And((FreeWords("heavy-duty"), Not(every("b"))))),
        ("a －(b OR c)", And((every("a"), Not(Or((every("b"), every("c"))))))),
        ('"export licence"', Phrase("export licence")),
        ("“出口许可”", Phrase("出口许可")),
        ("「輸出許可」", Phrase("輸出許可")),
        ("a （b OR c）", And((every("a"), Or((every("b"), every("c")))))),
        ("钕铁硼（NdFeB）价格", FreeWords("钕铁硼 NdFeB 价格")),
        ("lang:zh", Field("lang", "zh")),
        ("LANG：zh 磁体", And((FreeWords("磁体"), Field("lang", "zh")))),
        ('source:"Sou Hu" x', And((FreeWords("x"), Field("source", "Sou Hu")))),
        ("source:http://a.b", Field("source", "http://a.b")),
        ("title:磁体", Title(every("磁体"))),
        ('title:"rare earths"', Title(Phrase("rare earths"))),
        ("-title:磁体 x", And((FreeWords("x"), Not(Title(every("磁体")))))),
        ("since:2025", Days(first=20250101)),
        ("since:2025-04", Days(first=20250401)),
        ("until:2025-02", Days(last=20250228)),
        ("until:2025/2/3", Days(last=20250203)),
        ("tag:AND", Field("tag", "AND")),
        ("ANDROID ORE NOTE", FreeWords("ANDROID ORE NOTE")),
    ],
)
def test_what_a_query_means(query: str, tree: Node) -> None:
    assert parse(query) == tree


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('"rare earths', "a quotation mark is not closed"),
        ("「稀土", "a quotation mark is not closed"),
        ('""', "nothing between the quotation marks"),
        ("(a OR b", "a bracket is not closed"),
        ("a)", "a bracket closes that was not opened"),
        ("a ()", "nothing between the brackets"),
        ("NOT a", "NOT alone finds nothing"),
        ("-a -b", "NOT alone finds nothing"),
        ("a OR NOT b", "NOT alone finds nothing"),
        ("a NOT", "nothing stands after NOT"),
        ("a OR", "nothing stands after OR"),
        ("OR a", "nothing stands before OR"),
        ("a AND", "nothing stands after AND"),
        ("AND a", "nothing stands before AND"),
        ("a AND OR b", "nothing stands after AND"),
        ("author:Smith", "unknown field author:"),
        ("since:2025-13", "since: not a date: '2025-13'"),
        ("until:2025-02-30", "until: not a date: '2025-02-30'"),
        ("since:yesterday", "since: not a date: 'yesterday'"),
        ("since:0000", "since: not a date: '0000'"),
        ("lang:(zh)", "nothing stands after lang:"),
        ("(" * 30 + "a" + ")" * 30, "too many brackets within brackets"),
        ("磁" * 10_000, "the query has 10,000 characters"),
    ],
)
def test_a_bad_query_gets_one_clear_line(query: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(query)
    line = str(caught.value)
    assert message in line
    assert "\n" not in line
    assert caught.value.hint


def test_an_unknown_field_names_the_known_ones() -> None:
    with pytest.raises(UserError, match="title: source: lang: category: tag: since: until:"):
        parse("who:me")


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("Bloomberg：镝价上涨", "field"),
        ('the 7" screen', "quote"),
        ("a AND", "operator"),
        ("-a", "operator"),
        ("(a", "bracket"),
        (":-) a)", "bracket"),
        ("since:soon a", "date"),
        ('"" x', "quote"),
    ],
)
def test_what_cannot_be_understood_is_free_words_and_said(query: str, fault: str) -> None:
    with pytest.raises(BadQuery):
        parse(query)
    taken = read(query)
    assert (taken.tree, taken.fault, taken.strict) == (FreeWords(query), fault, ())


@pytest.mark.parametrize(
    ("query", "strict", "loose"),
    [
        ("稀土 库存", (), FreeWords("稀土 库存")),
        ("lang:zh", (), Field("lang", "zh")),
        ("稀土 since:2025-04", (), And((FreeWords("稀土"), Days(first=20250401)))),
        ('China\'s "tit-for-tat" delays', ('"tit-for-tat"',), FreeWords("China's, delays, tit-for-tat")),
        ("a -b lang:ja", ("-b", "lang:ja"), And((FreeWords("a, b"), Field("lang", "ja")))),
        ("a OR b c", ("(a OR b c)",), FreeWords("a b c")),
        ('a AND NOT (b OR "c d")', ("a", '-(b OR "c d")'), FreeWords("a, b c d")),
        (
            "title:磁体 until:2025",
            ("title:磁体", "until:2025-12-31"),
            And((FreeWords("磁体"), Days(last=20251231))),
        ),
        ("x NOT (a since:2025)", ("-(a AND since:2025-01-01)",), FreeWords("x, a")),
    ],
)
def test_what_is_taken_strictly_is_said_and_can_be_loosened(
    query: str, strict: tuple[str, ...], loose: Node
) -> None:
    assert read(query).strict == strict
    assert read(query, loose=True).tree == loosened(parse(query)) == loose
    assert read(query, loose=True).strict == ()


def test_only_fields_narrow() -> None:
    assert fields_only(And(()))
    assert fields_only(parse("lang:zh since:2025 (lang:ja OR lang:en)"))
    for query in ("a", '"a"', "title:a", "lang:zh -a", "lang:zh OR title:a"):
        assert not fields_only(parse(query))


@given(st.text(st.sampled_from('ab 稀土"“「」()（）:：-ANDORT \u3000lang title since 20'), max_size=40))
def test_whatever_is_pasted_is_read(query: str) -> None:
    for loose in (False, True):
        taken = read(query, loose)
        assert isinstance(free_text(taken.tree), str)
        assert not (taken.fault and taken.strict)
        assert loosened(loosened(taken.tree)) == loosened(taken.tree)


def test_only_what_is_too_long_is_refused() -> None:
    with pytest.raises(BadQuery, match="1,001 characters"):
        read("x" * 1001)
    assert read("x" * 1000).fault == ""


@given(st.text(st.sampled_from('ab 稀土"“「」()（）:：-ANDORT \u3000lang title since 20'), max_size=40))
def test_any_string_of_the_syntax_is_understood_or_refused(query: str) -> None:
    with suppress(UserError):
        assert isinstance(free_text(parse(query)), str)


@given(st.text(max_size=LONGEST_QUERY + 5))
def test_any_text_is_understood_or_refused(query: str) -> None:
    with suppress(UserError):
        assert isinstance(free_text(parse(query)), str)


@given(st.lists(st.sampled_from(["rare", "earth", "稀土", "在庫", "45.5", "N52"]), min_size=1, max_size=8))
def test_plain_words_are_free_words(words: list[str]) -> None:
    assert parse(" ".join(words)) == FreeWords(" ".join(words))
