"""`mine2magnet discover` and `brief`, from an empty library to a mail, over real servers on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mine2magnet.cli import work
from mine2magnet.cli.main import main
from mine2magnet.core.settings import Settings
from mine2magnet.library import discover
from mine2magnet.library.library import Library
from mine2magnet.reading.fetch import Limits
from tests import newsroom
from tests.newsroom import JSON, RSS, Server, Story

TEXT = "A maker of magnets in {place} has dysprosium for {n} weeks, it said in a statement on Friday."


@pytest.fixture
def post() -> Iterator[Server]:
    with newsroom.serving() as server:
        yield server


@pytest.fixture
def search(post: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(discover, "Limits", partial(Limits, delay=0))
    monkeypatch.setattr(work, "derive", lambda *_, **__: None)  # it takes its time, and is tested elsewhere
    stories = []
    for n, place in ((5, "Bavaria"), (7, "Slovenia"), (9, "Osaka")):
        title, text = f"{n} weeks in {place}", TEXT.format(n=n, place=place)
        stories.append(Story(post.says(f"/{n}", newsroom.article(title, text, text[::-1])), title))
    with newsroom.serving() as server:
        server.says("/google", newsroom.google(*stories[:2]), RSS)
        server.says("/sx/search", newsroom.searxng(*stories[1:]), JSON)
        for name, value in (
            ("GDELT", ""), ("BING", ""), ("GOOGLE", f"{server.url}/google"), ("SEARXNG", f"{server.url}/sx"),
        ):  # fmt: skip
            monkeypatch.setenv(f"MINE2MAGNET_NEWS_{name}", value)
        yield server


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--folder", str(folder), *arguments], catch_exceptions=False)


def test_from_an_empty_library_to_a_topic_in_one_command(search: Server, tmp_path: Path) -> None:
    done = run(tmp_path, "discover", "Dysprosium", "--allow-private")
    assert done.exit_code == 0, done.output
    assert "new topic dysprosium: dysprosium; 镝; ジスプロシウム" in done.output
    assert "Google News" in done.output
    assert "SearXNG" in done.output
    assert "dysprosium: 3 documents, 0 titles" in done.output
    topic = Library.open(Settings(folder=tmp_path)).store.topic("dysprosium")
    assert topic.names == {"zh": "镝", "ja": "ジスプロシウム"}
    told = json.loads(run(tmp_path, "discover", "dysprosium", "--allow-private", "--json").stdout)
    assert (told["topic"], told["states"]) == ("dysprosium", {})
    assert {one["search"]["service"] for one in told["searches"]} == {"google", "searxng"}


def test_when_every_search_fails_it_says_why_and_fails(search: Server, tmp_path: Path) -> None:
    search.says("/google", "<html>Before you continue</html>")
    done = run(tmp_path, "discover", "Dysprosium", "--search", "google", "--allow-private")
    assert done.exit_code == 1
    assert "a web page instead of a feed" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("",), "a topic needs a name"),
        (("Dysprosium", "--since", "soon"), "'soon' cannot be read"),
        (("Dysprosium", "--search", "bing"), "no address is set for bing"),
    ],
)
def test_what_is_wrong_is_one_line(
    search: Server, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run(tmp_path, "discover", *arguments)
    assert done.exit_code != 0
    assert said in done.output
    assert "Traceback" not in done.output


def test_following_asks_again(search: Server, tmp_path: Path) -> None:
    run(tmp_path, "discover", "Dysprosium", "--every", "6h", "--allow-private")
    held = Library.open(Settings(folder=tmp_path)).store.searches.of("dysprosium")
    assert all(one.interval == 6 * 3600 and one.due for one in held)


def test_a_brief_is_printed_in_each_form(search: Server, tmp_path: Path) -> None:
    run(tmp_path, "discover", "Dysprosium", "--allow-private")
    assert "**5 weeks in Bavaria**" in run(tmp_path, "brief", "dysprosium", "--since", "1h").stdout
    assert "新增文献" in run(tmp_path, "brief", "dysprosium", "--language", "zh").stdout
    assert "<html" in run(tmp_path, "brief", "dysprosium", "--format", "html").stdout
    assert "<entry" in run(tmp_path, "brief", "dysprosium", "--format", "atom").stdout
    told = json.loads(run(tmp_path, "brief", "dysprosium", "--format", "json").stdout)
    assert told["brief"]["total"] == 3
    assert "no mail server" in run(tmp_path, "brief", "dysprosium", "--mail").output


def test_a_topic_offers_its_queries(search: Server, tmp_path: Path) -> None:
    done = run(tmp_path, "topic", "new", "Terbium")
    assert "query: 铽" in done.output
    assert "fill it from Google News, SearXNG: mine2magnet discover terbium" in done.output
    assert run(tmp_path, "topic", "new", "").exit_code == 1
    assert "a topic needs a name" in run(tmp_path, "topic", "new", " ").output


def test_a_file_that_is_not_there_waits_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(work, "derive", lambda library, **_: asked.append(library))
    done = run(tmp_path / "library", "read", str(tmp_path / "none.txt"))
    assert (done.exit_code, asked) == (1, [])
    assert run(tmp_path / "library", "sources", "--json").stdout.strip() == "[]"
