"""Claims by a model that answers over HTTP, on loopback, kept in a library."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mine2magnet.background import worker
from mine2magnet.cli.main import main
from mine2magnet.core.errors import UserError
from mine2magnet.core.llm import Chat, Endpoint
from mine2magnet.core.settings import Settings
from mine2magnet.library.claims_by_model import ClaimsByModel, endpoint
from mine2magnet.library.library import Library
from mine2magnet.model import Claim
from mine2magnet.store import EVERY_CLAIM
from tests.claims.test_by_model import entry
from tests.conftest import until

pytestmark = pytest.mark.stores

ARTICLE = "# Exports rise\n\nChina exported 5,577 t of rare-earth magnets in July 2025.\n"
EXPORTS = entry(1, "5,577 t", 5577, "t", subjects=["China"], measure="production")
ANSWER = {"claims": [EXPORTS]}


@pytest.fixture
def asking(tmp_path: Path, store_url: str, model: Any) -> Iterator[Library]:
    """A library whose settings have claims read by the scripted model."""
    library = Library.open(
        Settings(
            folder=tmp_path / "library", store=store_url, allow_private=True, claims_by_model=True,
            model="scripted", model_url=model.url, model_per_minute=60_000, model_price_in=1000.0,
        )
    )  # fmt: skip
    yield library
    library.store.close()


def add(library: Library, folder: Path, text: str = ARTICLE, name: str = "a") -> str:
    (folder / f"{name}.md").write_text(text)
    return library.read(str(folder / f"{name}.md")).ids[0]


def chat(model: Any, name: str = "scripted") -> Chat:
    return Chat(Endpoint(model.url, name, per_minute=60_000, timeout=5.0), pause=0.01)


def run(library: Library, model: Any, *words: str, on: str = "yes", stdin: str = "") -> Any:
    settings = {"MINE2MAGNET_MODEL": "scripted", "MINE2MAGNET_MODEL_URL": model.url}
    settings |= {"MINE2MAGNET_CLAIMS_BY_MODEL": on, "MINE2MAGNET_MODEL_PRICE_IN": "1000"}
    flags = ["--folder", str(library.settings.folder), *words]
    return CliRunner().invoke(main, flags, env=settings, input=stdin, catch_exceptions=False)


def measures(library: Library) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(claim.measure, claim.disputed) for claim in library.claims(None, EVERY_CLAIM)]


BUILT_IN = [("exports", ())]
BY_MODEL = [("production", ("measure",))]


def test_the_built_in_reader_comes_first_and_the_model_once(
    asking: Library, tmp_path: Path, model: Any
) -> None:
    add(asking, tmp_path)
    assert asking.claim(9) == 1
    assert measures(asking) == BUILT_IN
    model.says(ANSWER)
    with chat(model) as client:
        (read,) = asking.read_claims(client, set())
        assert list(asking.read_claims(client, set())) == []
    assert (read.usage.requests, read.disputed, len(model.asked)) == (1, 1, 1)
    assert measures(asking) == BY_MODEL
    assert asking.claim(9) == 0
    assert asking.progress().unclaimed == 0


def test_switching_reads_again_without_paying_again(
    asking: Library, library: Library, tmp_path: Path, model: Any
) -> None:
    id = add(asking, tmp_path)
    asking.claim(9)
    model.says(ANSWER)
    with chat(model) as client:
        asking.claims_by_model.write(id, client)
        assert library.progress().unclaimed == 1
        assert library.claim(9) == 1
        assert measures(library) == BUILT_IN
        (read,) = asking.read_claims(client, set())
    assert (read.usage.requests, len(model.asked)) == (0, 1)
    assert measures(asking) == BY_MODEL
    model.says(ANSWER)
    other = Library(replace(asking.settings, model="another"), asking.store, asking.index, asking.thesaurus)
    assert other.claim(9) == 1
    with chat(model, "another") as client:
        (read,) = other.read_claims(client, set())
    assert (read.usage.requests, len(model.asked)) == (1, 2)


def test_answers_go_with_their_document(asking: Library, tmp_path: Path, model: Any) -> None:
    kept: list[list[str]] = []
    for text in (ARTICLE, ARTICLE.replace("July", "June")):
        id = add(asking, tmp_path, text)
        asking.claim(9)
        model.says(ANSWER)
        with chat(model) as client:
            asking.claims_by_model.write(id, client)
        kept.append(answers(asking))
    assert [len(one) for one in kept] == [1, 1]  # those of the version before are dropped
    assert kept[0] != kept[1]
    with asking.store.writing() as writer:
        writer.remove(id)
    assert answers(asking) == []


def answers(library: Library) -> list[str]:
    import sqlalchemy as sa

    from mine2magnet.store.tables import answers as table

    return [row.fingerprint for row in library.store._db.all(sa.select(table.c.fingerprint))]


def test_an_endpoint_that_fails_loses_nothing_and_is_tried_again_later(
    asking: Library, tmp_path: Path, model: Any
) -> None:
    add(asking, tmp_path)
    asking.claim(9)
    model.rule = lambda _: model.sending("no", 403)
    tried: set[str] = set()
    with chat(model) as client:
        (read,) = asking.read_claims(client, tried)
        assert "403" in read.reason
        assert measures(asking) == BUILT_IN
        assert list(asking.read_claims(client, tried)) == []
        model.rule = lambda _: model.saying(ANSWER)
        (read,) = asking.read_claims(client, set())
    assert measures(asking) == BY_MODEL


def test_a_fault_of_ours_loses_nothing(
    asking: Library, tmp_path: Path, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = add(asking, tmp_path)
    asking.claim(9)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("mine2magnet.claims.by_model.read", broken)
    with chat(model) as client:
        read = asking.claims_by_model.write(id, client)
    assert read.reason == "could not be read: RuntimeError"
    assert [claim.measure for claim in read.claims] == ["exports"]
    assert measures(asking) == BUILT_IN


def test_the_background_work_reads_and_logs_what_it_cost(
    asking: Library, tmp_path: Path, model: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(body: dict[str, Any]) -> Any:
        asked_for_claims = "claims" in body["response_format"]["json_schema"]["schema"]["properties"]
        return model.saying(ANSWER) if asked_for_claims else model.sending("no digests", 403)

    model.rule = answer
    add(asking, tmp_path)
    work = worker.Worker(asking)
    with caplog.at_level(logging.INFO):
        work.start()
        try:
            until(lambda: measures(asking) == BY_MODEL)
            until(lambda: "1 claims, 1 disputed" in caplog.text)
        finally:
            work.stop()
    assert "cost" in caplog.text


def test_claims_by_a_model_need_one(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path, claims_by_model=True)
    with pytest.raises(UserError, match="no model to read claims with"):
        endpoint(settings)
    assert endpoint(Settings(folder=tmp_path, model="m", model_url="http://127.0.0.1:1/v1")) is None


def test_the_command_line_reads_what_is_lacking_and_says_what_it_cost(
    library: Library, tmp_path: Path, model: Any
) -> None:
    def answer(body: dict[str, Any]) -> Any:
        return model.saying(ANSWER if "exact words" in body["messages"][0]["content"] else "no digest")

    add(library, tmp_path)
    model.rule = answer
    result = run(library, model, "index")
    assert "scripted: 1 claims of 1 documents, 1 disputed, 1 requests" in result.stderr
    assert "cost" in result.stderr
    assert measures(library) == BY_MODEL
    assert "disputed: measure" in run(library, model, "claims", "Exports rise", "--all").stdout.replace(
        "\n", " "
    )
    assert "claims" not in run(library, model, "index", on="no").stderr
    assert measures(library) == BUILT_IN


def test_a_document_named_is_read_at_once(library: Library, tmp_path: Path, model: Any) -> None:
    add(library, tmp_path)
    model.says(ANSWER)
    result = run(library, model, "claims", "Exports rise", "--all", "--json")
    assert '"production"' in result.stdout
    assert "scripted: 1 claims, 1 disputed" in result.stderr
    assert len(model.asked) == 1
    run(library, model, "claims", "Exports rise", "--all", "--json")
    assert len(model.asked) == 1


def test_text_at_hand_is_read_and_not_kept(library: Library, model: Any) -> None:
    model.says(ANSWER)
    result = run(library, model, "claims", "-", "--all", "--json", stdin=ARTICLE.partition("\n\n")[2])
    assert '"production"' in result.stdout
    assert "1 requests" in result.stderr
    model.rule = lambda _: model.sending("no", 403)
    result = run(library, model, "claims", "-", "--all", "--json", stdin=ARTICLE.partition("\n\n")[2])
    assert '"exports"' in result.stdout
    assert "claims are the built-in reader's" in result.stderr
    assert answers(library) == []


def test_a_document_without_text_is_not_sent(asking: Library, seed: Path, model: Any) -> None:
    asking.read(str(seed))
    asking.claim(9)
    held: list[Claim] = asking.claims(None, EVERY_CLAIM)
    with chat(model) as client:
        read = list(asking.read_claims(client, set()))
    assert read
    assert {one.usage.requests for one in read} == {0}
    assert model.asked == []
    assert asking.claims(None, EVERY_CLAIM) == held


def test_makers_differ_by_reader_and_model(asking: Library, library: Library) -> None:
    by_model: ClaimsByModel = asking.claims_by_model
    assert library.claimers == (library.claimer,)
    assert asking.claimers == (asking.claimer, by_model.maker("scripted"))
    assert len({asking.claimer, by_model.maker("a"), by_model.maker("b")}) == 3
