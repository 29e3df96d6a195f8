from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner

from mine2magnet.ask.answer import COMPREHENSIVE, CONCISE, DEEP, LONGEST, USUAL
from mine2magnet.ask.ask import ask
from mine2magnet.cli.main import main
from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Document, Filters, Paragraph, Quantity, Read
from tests.web.conftest import tell


def written(title: str, text: str) -> Document:
    return Document(
        title,
        "Example Post",
        datetime.now(UTC),
        "en",
        (Paragraph(1, text),),
        published=datetime(2025, 6, 2, tzinfo=UTC),
    )


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library.open(Settings(folder=tmp_path_factory.mktemp("library")))
    library.load_starter()
    return library


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        ("What minimum price did the Pentagon promise MP Materials?", "en", "110"),
        ("出口许可证实际要等多久？", "zh", "45"),
        ("ジスプロシウムの価格は2011年にいくらまで上がったか", "ja", "2011"),
    ],
)
def test_a_question_gets_the_passages_that_answer_it(
    starter: Library, question: str, language: str, said: str
) -> None:
    answer = ask(starter, question, language)
    assert answer.method == "passages"
    assert said in answer.sources[0].passage.text
    for source in answer.sources:
        document = starter.store.document(source.document.id, source.document.version)
        assert document.paragraphs[source.passage.paragraph - 1].text == source.passage.text
    scores = [source.relevance for source in answer.sources]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "question",
    ["Who won the football world cup in 2018?", "秘鲁的首都是哪座城市？", "味噌汁の作り方を教えてください"],
)
def test_nothing_found_is_said_and_not_guessed(starter: Library, question: str) -> None:
    assert ask(starter, question, "en").sources == ()
    flags = ["--folder", str(starter.settings.folder), "ask", question]
    result = CliRunner().invoke(main, flags, catch_exceptions=False)
    assert result.stdout == ""
    assert "nothing that has been read answers this" in result.stderr


@pytest.mark.parametrize(
    "question",
    [
        "How many people does Solvay employ in La Rochelle?",
        "北方稀土去年的净利润是多少？",
        "プロジェクト・ボールトで働く人は何人か",
        "What is the price of samarium oxide in India?",
    ],
)
def test_what_is_near_and_does_not_answer_is_shown_as_that(starter: Library, question: str) -> None:
    answer = ask(starter, question, "en")
    assert (answer.sources, answer.claims) == ((), ())
    flags = ["--folder", str(starter.settings.folder), "ask", question]
    result = CliRunner().invoke(main, flags, catch_exceptions=False)
    assert "nothing that has been read answers this" in result.stderr
    assert ("related, but does not say" in result.stderr) == bool(answer.near)
    told = json.loads(CliRunner().invoke(main, [*flags, "--json"], catch_exceptions=False).stdout)
    assert len(told["near"]) == len(answer.near)


@pytest.mark.parametrize("question", ['"an open quote', "title:", "(a OR", "%%%", "NOT"])
def test_a_question_is_no_query(starter: Library, question: str) -> None:
    ask(starter, question, "en")


@pytest.mark.parametrize("question", ["", "  ", "x" * (LONGEST + 1)])
def test_an_empty_or_endless_question_is_refused(starter: Library, question: str) -> None:
    with pytest.raises(UserError):
        ask(starter, question, "en")


def test_depth_is_how_much_is_looked_at_and_told(starter: Library) -> None:
    asked = "How has the price of dysprosium in Europe moved?"
    concise, usual, full, deep = (
        ask(starter, asked, "en", depth=depth) for depth in (CONCISE, USUAL, COMPREHENSIVE, DEEP)
    )
    assert ask(starter, asked, "en") == usual
    counts = [len(answer.sources) for answer in (concise, usual, full, deep)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
    assert concise.sources == usual.sources[: counts[0]]


def test_a_question_can_be_asked_of_some_documents_only(starter: Library) -> None:
    everywhere = ask(starter, QUESTION, "en")
    first = everywhere.sources[0].document
    there = ask(starter, QUESTION, "en", filters=Filters(documents=frozenset({first.id})))
    assert {source.document.id for source in there.sources} == {first.id}
    elsewhere = ask(starter, QUESTION, "en", filters=Filters(language=("ja",)))
    assert {source.document.language for source in elsewhere.sources} <= {"ja"}
    least = everywhere.sources[0].relevance + 0.01
    assert ask(starter, QUESTION, "en", least=least).sources == ()


def test_claims_of_what_is_asked_come_with_an_answer(library: Library) -> None:
    said = [
        ("Berlin", "Magnet stocks at carmakers in Germany last for four weeks, a survey of the trade found."),
        ("Bonn", "Carmakers in Germany have stocks of magnets for nine weeks, according to their own count."),
        ("Tokyo", "Carmakers in Japan have stocks of magnets for ten weeks, according to their own count."),
        ("Ton", "Carmakers in Germany hold an inventory of 300 tonnes of magnets, the same survey says."),
    ]
    library.keep(Read(written(title, text)) for title, text in said)
    while library.claim(10):
        pass
    answer = ask(library, "How long do German stocks of magnets last?", "en")
    assert sorted(claim.quantity.low or 0 for claim in answer.claims) == [4, 9]
    assert [{a.quantity.low, b.quantity.low} for a, b in answer.conflicts] == [{4.0, 9.0}]
    assert ask(library, "How long do stocks last?", "en").claims == (), "of nobody in particular"
    printed = CliRunner().invoke(main, ["--folder", str(library.settings.folder), "ask", "German stocks?"])
    assert "4 weeks: Magnet stocks at carmakers" in printed.stdout
    assert "contradict each other" in printed.stderr


def test_without_a_time_the_latest_comes_first(library: Library) -> None:
    said = [(n, written(f"Note {n}", f"In {n} dysprosium oxide cost {n - 1900} dollars a kilogram in China."))
            for n in (2009, 2025, 2011)]  # fmt: skip
    library.keep(Read(document) for _, document in said)
    for n, document in said:
        value = Quantity(n - 1900, n - 1900, "USD/kg")
        slots: dict[str, object] = {
            "subjects": ("china",), "measure": "price", "materials": ("dysprosium_oxide",), "period": str(n)
        }  # fmt: skip
        tell(library, document, (1, f"{n - 1900} dollars a kilogram", value, slots))

    def values(question: str) -> list[float | None]:
        return [claim.quantity.low for claim in ask(library, question, "en").claims]

    assert values("What is the price of dysprosium oxide now?") == [125, 111, 109]
    assert values("ジスプロシウムの価格")[0] == 125
    assert values("What did dysprosium oxide cost in 2009?") == [109]


def test_a_figure_of_nobody_in_particular_is_found_in_passages(library: Library) -> None:
    """Claims are told of somebody only, but then they must not shut the passages out."""
    said = [("A desk", "The law gives the ministry 45 days for an export licence, and it may take longer.")]
    library.keep(Read(written(title, text)) for title, text in said)
    while library.claim(10):
        pass
    answer = ask(library, "How long does an export licence take?", "en")
    assert answer.claims == ()
    assert [source.document.title for source in answer.sources] == ["A desk"]
    of_then = ask(library, "How long did an export licence take in 2019?", "en")
    assert of_then.sources == (), "of another time"
    assert of_then.near


def priced(library: Library, text: str, *told: tuple[str, float, Mapping[str, object]], **more: Any) -> None:
    """Keep a document of one paragraph with prices of dysprosium oxide in Europe, or of whom they tell."""
    document = replace(written(text, text), **more)
    library.keep([Read(document)])
    slots = {"subjects": ("europe",), "measure": "price", "materials": ("dysprosium_oxide",)}
    tell(library, document, *(
        (1, words, Quantity(value, value, "USD/kg"), {**slots, **own}) for words, value, own in told
    ))  # fmt: skip


PRICED = "What is the price of dysprosium oxide in Europe?"


def test_what_was_before_a_change_is_no_answer(library: Library) -> None:
    text = "In Europe the price of dysprosium oxide rose from 300 dollars to 850 dollars a kilogram."
    priced(library, text, ("300 dollars", 300, {}), ("850 dollars a kilogram", 850, {}))
    assert [claim.quantity.low for claim in ask(library, PRICED, "en").claims] == [850]
    before = ask(library, "What was the price of dysprosium oxide in Europe before?", "en")
    assert 300 in [claim.quantity.low for claim in before.claims]


def test_a_price_of_another_place_is_no_answer(library: Library) -> None:
    text = "Dysprosium oxide was 204 dollars a kilogram in Shanghai and 900 dollars a kilogram in Europe."
    told: list[tuple[str, float, dict[str, object]]] = [
            ("204 dollars a kilogram", 204, {"subjects": ("shanghai",)}),
            ("900 dollars a kilogram", 900, {"subjects": ("rotterdam",)})]  # fmt: skip
    priced(library, text, *told)
    assert [claim.quantity.low for claim in ask(library, PRICED, "en").claims] == [900]


def test_one_source_is_told_once_in_the_reader_s_language_and_dated_by_any(library: Library) -> None:
    zh = "据阿格斯5月评估，欧洲氧化镝每公斤850美元。"
    en = "Argus put dysprosium oxide in Europe at 850 dollars a kilogram."
    priced(library, zh, ("每公斤850美元", 850, {"period": "2025-03"}), language="zh")
    priced(library, en, ("850 dollars a kilogram", 850, {}))
    later = "In April dysprosium oxide cost 700 dollars a kilogram in Europe."
    priced(library, later, ("700 dollars a kilogram", 700, {"period": "2025-04"}))
    english = ask(library, PRICED, "en").claims
    assert [claim.quantity.low for claim in english] == [700, 850]
    language = {claim.document: library.store.document(claim.document).language for claim in english}
    assert language[english[1].document] == "en"
    chinese = ask(library, "欧洲氧化镝价格是多少？", "zh").claims
    assert library.store.document(chinese[1].document).language == "zh"


def test_what_is_doubted_comes_last(library: Library) -> None:
    doubted = "Dysprosium oxide is at 999 dollars a kilogram in Europe. No evidence for it was found."
    priced(library, doubted, ("999 dollars a kilogram", 999, {"period": "2025-05"}))
    plain = "Dysprosium oxide is at 850 dollars a kilogram in Europe."
    priced(library, plain, ("850 dollars a kilogram", 850, {"period": "2025-04"}))
    assert [claim.quantity.low for claim in ask(library, PRICED, "en").claims] == [850, 999]


def test_a_list_of_sources_is_no_passage(library: Library) -> None:
    text = "Sources: How long stocks of magnets in Germany last (A Post) — https://a.example/six"
    library.keep([Read(written("A list", text))])
    answer = ask(library, "How long do German stocks of magnets last?", "en")
    assert answer.sources == answer.near == ()
    while library.index.embed(8):
        pass
    assert ask(library, "How long do German stocks of magnets last?", "en").near == ()


def test_claims_in_a_list_of_sources_answer_nothing(library: Library) -> None:
    text = "Sources: German carmakers have stocks for six weeks (A Post) — https://a.example/six; more of it"
    library.keep([Read(written("A list", text))])
    library.claim(10)
    assert library.store.claims() != []
    assert ask(library, "How long do German stocks last?", "en").claims == ()


def with_model(library: Library, model: Any) -> Library:
    settings = replace(library.settings, model="scripted", model_url=model.url)
    return Library(settings, library.store, library.index, library.thesaurus)


QUESTION = "What minimum price did the Pentagon promise MP Materials?"


def test_a_model_s_statement_stands_only_if_its_passage_says_so(starter: Library, model: Any) -> None:
    says = [
        {"text": "The floor price is 110 dollars a kilogram.", "passages": [1]},
        {"text": "The floor price is 190 dollars a kilogram.", "passages": [1]},
        {"text": "It is 110 dollars a kilogram.", "passages": [77]},
    ]
    model.says({"statements": says})
    answer = ask(with_model(starter, model), QUESTION, "en")
    assert answer.method == "scripted"
    assert [(s.text, s.sources) for s in answer.statements] == [(says[0]["text"], (1,))]


@pytest.mark.parametrize(
    "said",
    [
        "no json",
        "[" * 50_000,
        '{"statements": ' + "[" * 50_000,
        {"statements": "x"},
        {"statements": [{"text": "The price is 9 %."}]},
        {},
    ],
)
def test_nonsense_of_a_model_leaves_the_passages(starter: Library, model: Any, said: object) -> None:
    model.rule = lambda _: model.saying(said)
    answer = ask(with_model(starter, model), QUESTION, "en")
    assert (answer.method, answer.statements) == ("passages", ())
    assert answer.sources
    assert "scripted" in answer.note


def test_an_answer_as_json(starter: Library) -> None:
    flags = ["--folder", str(starter.settings.folder), "ask", QUESTION, "--json"]
    told = json.loads(CliRunner().invoke(main, flags, catch_exceptions=False).stdout)
    assert told["sources"][0]["passage"]["paragraph"] >= 1
    assert told["sources"][0]["document"]["paragraphs"] == []
