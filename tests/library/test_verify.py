from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mine2magnet.cli.main import main
from mine2magnet.core.llm import Chat, Endpoint
from mine2magnet.library.library import Library
from mine2magnet.model import Digest, Document, Point, Read

pytestmark = pytest.mark.stores

ARTICLE = """---
title: Licences slow magnet makers
source: Example Post
language: en
---
Licences for dysprosium now take 45 days, the port agency says.

Two magnet plants near the coast have stopped, and a third may follow in the summer.

Dealers ask 800 dollars for a kilogram of dysprosium oxide, twice the price of March.
"""
TRUE = [
    {"text": "Licences for dysprosium take 45 days.", "citations": [1]},
    {"text": "Two magnet plants have stopped.", "citations": [2]},
    {"text": "A kilogram of dysprosium oxide costs 800 dollars.", "citations": [3]},
]
FALSE = {"text": "Licences for dysprosium take 90 days.", "citations": [1]}


def answer(*points: object) -> dict[str, object]:
    return {"viewpoint": [TRUE[0]], "groups": [{"heading": "Supply and stocks", "points": list(points)}]}


@pytest.fixture
def article(library: Library, tmp_path: Path) -> str:
    file = tmp_path / "article.md"
    file.write_text(ARTICLE)
    library.read(str(file))
    (change,) = library.store.changes(0)
    return change.id


def chat(model: Any) -> Chat:
    return Chat(Endpoint(model.url, "scripted", per_minute=60_000, timeout=5.0), pause=0.01)


def test_what_a_model_writes_is_checked_kept_and_not_paid_for_twice(
    library: Library, article: str, model: Any
) -> None:
    model.says(answer(*TRUE[1:], FALSE), {"points": [FALSE]}, {"points": [FALSE]})
    with chat(model) as client:
        made = library.checker.write(library.store.document(article), "en", client)
        asked = len(model.asked)
        again = library.checker.write(library.store.document(article), "en", client)
    assert made.digest is not None
    assert again.digest is not None
    assert [point.text for point in made.digest.points] == [point["text"] for point in TRUE]
    assert [reason for point, reason in made.dropped if "90" in point.text]
    assert (again.usage.requests, len(model.asked)) == (0, asked)
    (held,) = [d for d in library.store.digests([article])[article] if d.method == "scripted"]
    assert {point.verdict for point in held.points} == {"holds"}
    assert held.share == 1.0
    assert library.checker.waiting(10) == []


def test_an_endpoint_that_fails_leaves_the_extractive_digest(
    library: Library, article: str, model: Any
) -> None:
    flags = ["--folder", str(library.settings.folder), "digest", article]
    flags += ["--model", "scripted", "--model-url", model.url, "--json"]
    for _ in range(10):
        model.sends("no json", 400)
    result = CliRunner().invoke(main, flags, catch_exceptions=False)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["digest"]["method"] == "extractive"
    assert "not the model's" in result.stderr


def test_the_command_line_writes_with_a_model(library: Library, article: str, model: Any) -> None:
    model.says(answer(*TRUE[1:]))
    flags = ["--folder", str(library.settings.folder), "digest", "Licences slow magnet makers"]
    flags += ["--model", "scripted", "--model-url", model.url]
    result = CliRunner().invoke(main, flags, catch_exceptions=False)
    assert "3 of 3 points hold" in result.stdout
    assert "1 requests" in result.stderr


def test_a_name_that_stands_nowhere_is_found_without_the_article(library: Library, seed: Path) -> None:
    library.read(str(seed))
    for id in library.checker.waiting(10):
        library.checker.check(id)
    assert library.checker.waiting(10) == []
    ids = [
        change.id
        for change in library.store.changes(0)
        if change.document and "高市" in change.document.title
    ]
    ((digest,),) = library.store.digests(ids).values()
    failing = [point for point in digest.points if point.verdict == "fails"]
    assert ["Kishi Sanae" in point.text for point in failing] == [True]
    assert "Takaichi" in failing[0].reason
    assert {point.verdict for point in digest.points} == {"fails", "unchecked"}


def test_a_published_digest_is_checked_again_when_its_article_is_read(
    library: Library, tmp_path: Path
) -> None:
    published = Digest(
        (Point("Licences for dysprosium take 45 days.", (1,)), Point("Licences take 90 days.", (1,))),
        (),
        "source",
        "en",
    )
    bare = Document("Licences slow magnet makers", "Example Post", datetime.now(UTC), "en")
    library.keep([Read(bare, published)])
    (change,) = library.store.changes(0)
    library.checker.check(change.id)
    assert [p.verdict for p in library.store.digests([change.id])[change.id][0].points] == ["unchecked"] * 2
    file = tmp_path / "article.md"
    file.write_text(ARTICLE)
    assert library.read(str(file)).outcomes == {"joined": 1}
    assert library.checker.waiting(10) == [change.id]
    library.checker.check(change.id)
    digest = next(d for d in library.store.digests([change.id])[change.id] if d.method == "source")
    assert [p.verdict for p in digest.points] == ["holds", "fails"]
    assert digest.share == 0.5


def test_a_model_of_the_settings_writes_what_is_lacking(library: Library, article: str, model: Any) -> None:
    model.rule = lambda _: model.saying(answer(*TRUE[1:]))
    flags = ["--folder", str(library.settings.folder), "index"]
    settings = {"MINE2MAGNET_MODEL": "scripted", "MINE2MAGNET_MODEL_URL": model.url}
    result = CliRunner().invoke(main, flags, env=settings, catch_exceptions=False)
    assert result.exit_code == 0
    assert "scripted: 1 digests, 1 requests" in result.stderr
    assert {d.method for d in library.store.digests([article])[article]} == {"extractive", "scripted"}
    CliRunner().invoke(main, flags, env=settings, catch_exceptions=False)
    assert len(model.asked) == 1
