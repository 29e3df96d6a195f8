"""Documents in the reader's language: derived, kept, made again when what they were made of changes."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from mine2magnet.background import worker
from mine2magnet.core.llm import Chat, Endpoint
from mine2magnet.library.export import export
from mine2magnet.library.library import Library
from mine2magnet.library.translations import digest_key, in_language, shown_digest
from mine2magnet.model import Topic
from mine2magnet.translate.by_chat import ChatTranslator

ARTICLE = """---
title: 中国稀土出口下降
source: Example
language: zh
published: 2025-07-20
---
2025年6月，中国稀土永磁体出口3188吨，同比下降38.1%。

商务部表示，对日本的出口许可没有停止审批。
"""
SENTENCE = "2025年6月，中国稀土永磁体出口3188吨，同比下降38.1%。"
TRUE = "In June 2025 China exported 3,188 tonnes of rare-earth permanent magnets, down 38.1% year on year."


@pytest.fixture
def article(library: Library, tmp_path: Path) -> str:
    file = tmp_path / "article.md"
    file.write_text(ARTICLE)
    library.read(str(file))
    while worker.step(library):
        pass
    (change,) = library.store.changes(0)
    return change.id


def test_a_document_is_translated_into_the_other_languages(library: Library, article: str) -> None:
    for language in ("en", "ja"):
        made = library.store.translations([article], language)[article]
        digest = shown_digest(library.store.digests([article])[article])
        assert digest is not None
        assert made.digest == digest_key(digest)
        assert len(made.points) == len(digest.points)
        assert made.title is not None
        assert made.read
    assert library.store.translations([article], "zh") == {}
    assert library.translate(10) == 0  # nothing is made twice


def test_figures_and_names_are_kept(library: Library, article: str) -> None:
    made = library.store.translations([article], "en")[article]
    text = " ".join(point.text for point in made.points if point)
    for part in ("3,188 tonnes", "38.1 %", "China"):
        assert part in text


def test_another_version_of_the_makers_translates_anew(library: Library, article: str) -> None:
    library.translator = library.translator_by()
    library.translator.maker += ".next"
    library.best_translator = library.translator
    assert library.translate(10) == 2
    assert library.store.translations([article], "en")[article].maker.endswith(".next")


def model_of(library: Library, model: Any) -> ChatTranslator:
    chat = Chat(Endpoint(model.url, "scripted", per_minute=60_000, timeout=5.0), pause=0.01)
    return ChatTranslator(chat, library.thesaurus)


def test_a_models_translation_is_taken_where_it_holds_and_only_there(
    library: Library, article: str, model: Any
) -> None:
    def answer(body: dict[str, Any]) -> Any:
        lines = body["messages"][1]["content"].splitlines()[1:-1]
        made = []
        for number, line in enumerate(lines, 1):
            text = TRUE if "3188" in line else "The ministry stopped approving export licences for India."
            made.append({"number": number, "text": text})
        return model.saying({"translations": made})

    model.rule = answer
    library.best_translator = library.translator_by(model_of(library, model))
    assert list(library.translate_by_model(set())) == [article]
    made = library.store.translations([article], "en")[article]
    digest = shown_digest(library.store.digests([article])[article])
    assert digest is not None
    by_text = dict(zip([p.text for p in digest.points], made.points, strict=True))
    rendered = by_text[SENTENCE]
    assert rendered is not None
    assert (rendered.text, rendered.made) == (TRUE, "scripted")
    assert all(one is None or one.made != "scripted" for text, one in by_text.items() if text != SENTENCE)
    assert library.translate(10) == 0  # what a model made is left in its place


def test_an_endpoint_that_fails_is_asked_again_another_time(
    library: Library, article: str, model: Any
) -> None:
    for _ in range(4):
        model.sends("no", 400)
    library.best_translator = library.translator_by(model_of(library, model))
    tried = set[str]()
    assert list(library.translate_by_model(tried)) == [article]
    assert list(library.translate_by_model(tried, threading.Event())) == []  # not in this run
    made = library.store.translations([article], "en")[article]
    assert made.read  # from claims and words
    assert list(library.translate_by_model(set())) == [article]


def test_a_file_has_both_the_translation_and_the_sentence(library: Library, article: str) -> None:
    with library.store.writing() as writer:
        writer.put_topic(Topic("all", "All", ("稀土",)))
    text = export(library, library.store.topic("all"), "md", "en").decode()
    assert "3,188 tonnes" in text
    assert "3188吨" in text
    assert "3188吨" in export(library, library.store.topic("all"), "md", "zh").decode()


def test_a_translation_of_another_digest_is_not_shown(library: Library, article: str) -> None:
    made = library.store.translations([article], "en")[article]
    document = library.store.document(article)
    digest = library.digest(article)
    assert digest is not None
    shown = in_language(document, digest, made, "Original")[1]
    assert shown is not None
    assert shown.points != digest.points
    from dataclasses import replace

    other = replace(digest, maker="other")
    assert in_language(document, other, made, "Original")[1] == other


def test_a_removed_document_takes_its_translations_along(library: Library, article: str) -> None:
    with library.store.writing() as writer:
        writer.remove(article)
    assert library.store.translations([article], "en") == {}
    assert library.store.untranslated("en", 10, "x") == []
