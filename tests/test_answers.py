from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner

from mine2magnet.answers import LONGEST
from mine2magnet.cli import main
from mine2magnet.errors import UserError
from mine2magnet.pipeline import Library
from mine2magnet.settings import Settings


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
    answer = starter.ask(question, language)
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
    assert starter.ask(question, "en").sources == ()
    flags = ["--folder", str(starter.settings.folder), "ask", question]
    result = CliRunner().invoke(main, flags, catch_exceptions=False)
    assert result.stdout == ""
    assert "nothing that has been read answers this" in result.stderr


@pytest.mark.parametrize("question", ['"an open quote', "title:", "(a OR", "%%%", "NOT"])
def test_a_question_is_no_query(starter: Library, question: str) -> None:
    starter.ask(question, "en")


@pytest.mark.parametrize("question", ["", "  ", "x" * (LONGEST + 1)])
def test_an_empty_or_endless_question_is_refused(starter: Library, question: str) -> None:
    with pytest.raises(UserError):
        starter.ask(question, "en")


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
    answer = with_model(starter, model).ask(QUESTION, "en")
    assert answer.method == "scripted"
    assert [(s.text, s.sources) for s in answer.statements] == [(says[0]["text"], (1,))]


@pytest.mark.parametrize(
    "said", ["no json", {"statements": "x"}, {"statements": [{"text": "The price is 9 %."}]}, {}]
)
def test_nonsense_of_a_model_leaves_the_passages(starter: Library, model: Any, said: object) -> None:
    model.rule = lambda _: model.saying(said)
    answer = with_model(starter, model).ask(QUESTION, "en")
    assert (answer.method, answer.statements) == ("passages", ())
    assert answer.sources
    assert "scripted" in answer.note


def test_an_answer_as_json(starter: Library) -> None:
    flags = ["--folder", str(starter.settings.folder), "ask", QUESTION, "--json"]
    told = json.loads(CliRunner().invoke(main, flags, catch_exceptions=False).stdout)
    assert told["sources"][0]["passage"]["paragraph"] >= 1
    assert told["sources"][0]["document"]["paragraphs"] == []
