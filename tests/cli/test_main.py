from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mine2magnet.cli.main import main

ARTICLE = """---
title: Carmakers count their magnets
source: Example Post
published: 2025-06-02T09:00:00+02:00
tags: [stocks]
---
Three carmakers told the Example Post that their inventory of neodymium magnets ends in five weeks.

Licences for dysprosium and terbium arrive slowly, and one plant in Bavaria has cut a shift.

Prices of dysprosium oxide in Rotterdam have more than doubled since April, according to two traders.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--folder", str(folder), *arguments], catch_exceptions=False)


@pytest.fixture
def read(folder: Path, tmp_path: Path, seed: Path) -> Path:
    file = tmp_path / "article.md"
    file.write_text(ARTICLE)
    result = run(folder, "read", str(file), str(seed))
    assert result.exit_code == 0, result.output
    return folder


def test_help_lists_verbs_that_explain_themselves() -> None:
    result = CliRunner().invoke(main, ["--help"])
    verbs = result.output.partition("Commands:")[2].strip().splitlines()
    names = [line.split()[0] for line in verbs]
    assert {"read", "search", "digest", "topic", "export", "sources", "serve"} <= set(names)
    for name in names:
        assert len(CliRunner().invoke(main, [name, "--help"]).output.splitlines()) > 3


@pytest.mark.parametrize("number", [1, 2])
def test_as_process_1_of_a_container_it_heeds_sigterm(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    before, ended = signal.getsignal(signal.SIGTERM), list[int]()
    monkeypatch.setattr("os.getpid", lambda: number)
    monkeypatch.setattr("os._exit", ended.append)
    try:
        run(folder, "key", "list")
        if number == 1:
            signal.raise_signal(signal.SIGTERM)
        else:
            assert signal.getsignal(signal.SIGTERM) == before
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended == [143] * (number == 1)


def test_read_says_what_came_of_it(folder: Path, seed: Path) -> None:
    result = run(folder, "read", str(seed), "--json")
    (told,) = json.loads(result.stdout)
    assert (told["new"], told["failures"]) == (2, [])
    assert list(told["topics"]) == ["高性能磁体"]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("欧洲 库存", "仅能维持四到六周"),
        ("title:高市早苗", "特朗普访日前夕"),
        ('"five weeks" AND magnets', "Carmakers count"),
        ("ジスプロシウム 価格", "Carmakers count"),
        ("risky gamble", "特朗普访日前夕"),  # words of the digest that came with it
    ],
)
def test_search_over_all_languages(read: Path, query: str, title: str) -> None:
    told = json.loads(run(read, "search", query, "--json").stdout)
    assert told["cards"][0]["document"]["title"].startswith(title)
    assert title in run(read, "search", query).stdout


def test_search_filters(read: Path) -> None:
    for flags in (
        ["--lang", "en"],
        ["--tag", "stocks"],
        ["--since", "2025-06-02"],
        ["--source", "Example Post"],
    ):
        told = json.loads(run(read, "search", "magnets", "--until", "2025-06-30", *flags, "--json").stdout)
        assert [card["document"]["title"] for card in told["cards"]] == ["Carmakers count their magnets"]


def test_the_digest_that_came_with_a_topic_page_and_the_one_made(read: Path) -> None:
    published = run(read, "digest", "仅能维持四到六周,欧洲向中国求救").stdout
    assert "unverified" in published
    assert "[7][9]" in published
    made = json.loads(run(read, "digest", "Carmakers count their magnets", "--json").stdout)["digest"]
    assert made["method"] == "extractive"
    points = [*made["viewpoint"], *(p for group in made["groups"] for p in group["points"])]
    paragraphs = ARTICLE.rpartition("---\n")[2].strip().split("\n\n")
    assert points
    assert all(point["text"] in paragraphs[number - 1] for point in points for number in point["citations"])


@pytest.mark.parametrize(
    ("format", "start"), [("md", b"# "), ("html", b"<!doctype html>"), ("pdf", b"%PDF-")]
)
def test_export(read: Path, tmp_path: Path, format: str, start: bytes) -> None:
    target = tmp_path / f"topic.{format}"
    assert run(read, "export", "高性能磁体", "--format", format, "-o", str(target)).exit_code == 0
    assert target.read_bytes().startswith(start)
    if format != "pdf":
        assert "仅能维持四到六周" in target.read_text("utf-8")


def test_export_as_json(read: Path) -> None:
    told = json.loads(run(read, "export", "高性能磁体", "--format", "json").stdout)
    assert {entry["digest"]["method"] for entry in told["documents"]} >= {"source"}
    assert told["total"] == len(told["documents"]) == 2


def test_a_topic_is_made_shown_and_removed(read: Path) -> None:
    assert run(read, "topic", "new", "Dysprosium", "-q", "dysprosium OR 镝").exit_code == 0
    assert "Carmakers count" in run(read, "topic", "show", "dysprosium").stdout
    assert run(read, "topic", "remove", "dysprosium").exit_code == 0
    slugs = [topic["slug"] for topic in json.loads(run(read, "topic", "list", "--json").stdout)]
    assert "dysprosium" not in slugs


def test_a_removed_document_is_not_found_again(read: Path) -> None:
    assert run(read, "remove", "Carmakers count their magnets", "--yes").exit_code == 0
    assert json.loads(run(read, "search", "five weeks", "lang:en", "--json").stdout)["cards"] == []


def test_sources_are_listed_with_their_state(read: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.md"
    gone.write_text(ARTICLE.replace("Carmakers", "Two carmakers"))
    run(read, "read", str(gone))
    gone.unlink()
    run(read, "read", str(gone))
    told = {Path(s["what"]).name: s["reason"] for s in json.loads(run(read, "sources", "--json").stdout)}
    assert told["article.md"] == ""
    assert told["gone.md"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "stocks", "--since", "2025-13-01"),
        ("digest", "nothing of that name"),
        ("export", "no such topic"),
        ("topic", "new", "Bad", "-q", "(a OR"),
        ("topic", "remove", "none"),
        ("read",),
        ("read", "ftp://example.com/x"),
        ("read", "http://127.0.0.1:9/"),
        ("read", "--watch", "soon", "https://example.com/"),
        ("sources", "--remove", "none"),
        ("sources", "import", "none.opml"),
        ("remove", "none", "--yes"),
        ("serve", "--host", "0.0.0.0"),
    ],
)
def test_bad_input_gets_one_clear_line(folder: Path, arguments: tuple[str, ...]) -> None:
    result = run(folder, *arguments)
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
    said = [line for line in result.stderr.splitlines() if not line.startswith(("Usage:", "Try '"))]
    assert len([line for line in said if line.strip()]) == 1, result.stderr


def test_a_port_that_is_taken_is_said(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run(folder, "serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "cannot bind" in result.stderr


def test_feeds_come_from_a_feed_reader_and_go_to_one(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text('<opml><body><outline xmlUrl="https://a.example/feed"/></body></opml>', "utf-8")
    done = run(folder, "sources", "import", str(file), "--watch", "6h")
    assert (done.exit_code, "1 feeds, 1 of them new" in done.output) == (0, True)
    (source,) = json.loads(run(folder, "sources", "--json").stdout)
    assert (source["what"], source["interval"]) == ("https://a.example/feed", 21_600)
    file.write_text(run(folder, "sources", "export").stdout, "utf-8")
    assert run(folder, "sources", "--remove", "https://a.example/feed").exit_code == 0
    run(folder, "sources", "import", str(file))
    (back,) = json.loads(run(folder, "sources", "--json").stdout)
    assert back["interval"] == 21_600
    file.write_text("no list", "utf-8")
    assert "not an OPML file" in run(folder, "sources", "import", str(file)).output
