"""The starter documents, their topics and the labelled queries hold together. Read here with plain YAML,
so that a fault of the documents and a fault of the reader are told apart."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from mine2magnet.library.topics import slug
from mine2magnet.model import CATEGORIES, LANGUAGES
from mine2magnet.search import parse

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "src" / "mine2magnet" / "data" / "starter"
FILES = sorted(STARTER.glob("*.md"))
KEYS = {"title", "source", "published", "language", "category", "tags"}
SOURCES = {"en": "Sources:", "zh": "来源：", "ja": "出典："}
ALSO = {"來源：": "来源："}  # documents in traditional characters
KANA = re.compile(r"[\u3041-\u30fa]")
LENGTHS = {"en": (1000, 2600), "zh": (300, 900), "ja": (300, 1000)}  # characters without the sources

every_document = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@cache
def front(path: Path) -> dict[str, Any]:
    _, head, _ = path.read_text("utf-8").split("---\n", 2)
    meta: dict[str, Any] = yaml.safe_load(head)
    return meta


def paragraphs(path: Path) -> list[str]:
    _, _, body = path.read_text("utf-8").split("---\n", 2)
    return [p for p in re.split(r"\n\s*\n", body.strip()) if p]


def listed(name: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(name.read_text("utf-8"))
    return entries


TOPICS = listed(STARTER / "topics.yaml")
QUERIES = listed(ROOT / "benchmarks" / "queries.yaml")


def test_there_are_enough_documents_in_each_language() -> None:
    languages = Counter(front(path)["language"] for path in FILES)
    assert set(languages) == set(LANGUAGES)
    assert min(languages.values()) >= 16
    assert languages.total() >= 48


def test_titles_are_told_apart() -> None:
    titles = [front(path)["title"] for path in FILES]
    assert len(set(titles)) == len(titles)


@every_document
def test_front_matter(path: Path) -> None:
    meta = front(path)
    assert set(meta) == KEYS
    assert path.stem.startswith(f"{meta['language']}-")
    assert meta["category"] in CATEGORIES
    assert meta["tags"]
    assert all(re.fullmatch("[a-z]+", tag) for tag in meta["tags"])
    published = datetime.fromisoformat(meta["published"])
    assert published.utcoffset() is not None
    assert 2025 <= published.year <= 2026


@every_document
def test_text_is_short_and_ends_with_its_sources(path: Path) -> None:
    language = front(path)["language"]
    *text, last = paragraphs(path)
    assert 5 <= len(text) + 1 <= 12
    least, most = LENGTHS[language]
    assert least <= sum(map(len, text)) <= most
    assert ALSO.get(last[:3], last).startswith(SOURCES[language])
    assert re.search(r"https?://[^\s;；]+", last)
    assert not any("http" in p for p in text)


@every_document
def test_text_is_in_the_language_it_claims(path: Path) -> None:
    text = "".join(paragraphs(path)[:-1])
    kana = len(KANA.findall(text)) / len(text)
    han = len(re.findall(r"[\u4e00-\u9fff]", text)) / len(text)
    told = "ja" if kana > 0.2 else "zh" if han > 0.5 else "en"
    assert told == front(path)["language"]


def test_no_two_documents_share_their_wording() -> None:
    def shingles(path: Path) -> set[str]:
        text = re.sub(r"\W+", "", "".join(paragraphs(path)[:-1]))
        return {text[i : i + 8] for i in range(len(text) - 7)}

    held = {path.stem: shingles(path) for path in FILES}
    shared = {
        (a, b): len(held[a] & held[b]) / min(len(held[a]), len(held[b])) for a, b in combinations(held, 2)
    }
    assert max(shared.values()) < 0.25, max(shared, key=shared.__getitem__)


def test_topics() -> None:
    assert TOPICS[0]["slug"] == slug("高性能磁体")
    assert len({topic["slug"] for topic in TOPICS}) == len(TOPICS) == 4
    used = {tag for path in FILES for tag in front(path)["tags"]}
    for topic in TOPICS:
        assert set(topic) == {"slug", "name", "queries", "tags"}
        assert set(topic["name"]) == set(LANGUAGES)
        assert set(topic["tags"]) <= used
        for query in topic["queries"]:
            parse(query)


def test_queries_are_valid() -> None:
    ids = [query["id"] for query in QUERIES]
    assert len(set(ids)) == len(ids) >= 90
    assert min(Counter(query["language"] for query in QUERIES).values()) >= 30
    assert {query["language"] for query in QUERIES} == set(LANGUAGES)
    texts = [query["query"] for query in QUERIES]
    assert len(set(texts)) == len(texts)
    for query in texts:
        parse(query)


def test_queries_name_documents_that_exist() -> None:
    stems = {path.stem for path in FILES}
    for query in QUERIES:
        assert query["relevant"], query["id"]
        for language, relevant in query["relevant"].items():
            assert relevant, query["id"]
            assert set(relevant) <= stems, query["id"]
            assert {stem[:2] for stem in relevant} == {language}, query["id"]
    assert sum(len(query["relevant"]) > 1 for query in QUERIES) >= 60


def test_half_of_the_queries_are_kept_for_the_test() -> None:
    splits = Counter(query["split"] for query in QUERIES)
    assert set(splits) == {"dev", "test"}
    assert 0.45 <= splits["test"] / len(QUERIES) <= 0.55
    needs: dict[str, set[str]] = {}
    for query in QUERIES:
        needs.setdefault(query["id"].split("-", 1)[1], set()).add(query["split"])
    assert all(len(split) == 1 for split in needs.values())
