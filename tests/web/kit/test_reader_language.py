"""The language a reader is met in: the browser's, then the one chosen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from httpx import Client

from mine2magnet.library.library import Library
from mine2magnet.model import LANGUAGES
from tests.web.conftest import SLUG


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("de, ja;q=0.7, en;q=0.3", "ja"),
        ("fr", "en"),
        ("ja;q=x, zh;q=0", "en"),
        ("", "en"),
    ],
)
def test_a_new_reader_is_met_in_the_browsers_language(client: Client, accept: str, expected: str) -> None:
    assert f'<html lang="{expected}">' in client.get("/topics", headers={"accept-language": accept}).text


def test_a_choice_is_remembered(filled: Library, client: Client) -> None:
    assert "高性能磁石" in client.get(f"/topics/{SLUG}", params={"lang": "ja"}).text
    later = client.get("/sources", headers={"accept-language": "en"}).text
    assert '<html lang="ja">' in later
    assert "<h1>情報源</h1>" in later
    assert '<html lang="ja">' in client.get("/sources", params={"lang": "xx"}).text


def test_pages_in_every_language_are_whole(filled: Library, page: Callable[..., str]) -> None:
    for language in LANGUAGES:
        for path in (
            "/topics",
            f"/topics/{SLUG}",
            f"/topics/{SLUG}/figures",
            f"/topics/{SLUG}/claims",
            f"/topics/{SLUG}/edit",
            "/documents",
            "/sources",
            "/new-topic",
        ):
            html = page(path, lang=language, q="磁材")
            assert html.rstrip().endswith("</html>")
            assert not re.search(r"\{[a-z]+\}(?!\")", re.sub(r'data-[a-z]+="[^"]*"', "", html)), path
