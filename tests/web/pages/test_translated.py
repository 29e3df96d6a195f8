"""Pages read in the reader's language; what they stand for is there, and what the reader reads stays."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from httpx import Client

from mine2magnet.background import worker
from mine2magnet.library.library import Library
from tests.web.conftest import CHINESE, JAPANESE, SLUG, id_of

Get = Callable[..., str]
HAN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.fixture
def worked(filled: Library) -> Library:
    while worker.step(filled):
        pass
    return filled


def visible(html: str) -> str:
    """What is seen before anything is opened: no menus, no details, no attributes."""
    main = re.search(r'<main id="main".*?</main>', html, re.DOTALL)
    assert main
    text = re.sub(r"<details.*?<summary[^>]*>(.*?)</summary>.*?</details>", r" \1 ", main[0], flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", text)


def test_titles_and_points_read_in_the_readers_language(worked: Library, page: Get) -> None:
    html = page(f"/topics/{SLUG}", lang="en")
    assert "magnet" in visible(html).lower()
    assert "6 weeks" in visible(html)
    title = f'lang="zh"><a href="/documents/{id_of(worked, CHINESE)}">{CHINESE.title}</a>'
    assert re.search(title + r'</h2>\s*<span class="glossed" lang="en">Key words: [^<]+', html)


def test_an_english_page_has_nothing_else_to_read_but_titles(worked: Library, page: Get) -> None:
    html = page(f"/topics/{SLUG}", lang="en")
    cards = re.findall(r'<article class="card".*?</article>', html, re.DOTALL)
    own = [re.sub(r'<span class="source">.*?</span>', "", card) for card in cards]
    for card in own:
        shown = re.sub(r"<details.*?</details>|<h2.*?</h2>", " ", card, flags=re.DOTALL)
        assert not HAN.search(re.sub(r"<[^>]+>", " ", shown))


def test_a_document_says_who_translated_and_keeps_its_text(worked: Library, page: Get) -> None:
    html = page(f"/documents/{id_of(worked, CHINESE)}", lang="en")
    assert "几家磁材厂的库存只够六周。" in html
    assert re.search(r"<summary[^>]*>(from its claims|word for word)</summary>", html)
    assert 'class="cite"' in html


def test_who_reads_a_language_sees_it_as_it_is(worked: Library, page: Get, client: Client) -> None:
    html = client.get(f"/topics/{SLUG}", params={"lang": "en", "reads": ["en", "zh"]}).text
    assert f'lang="zh"><a href="/documents/{id_of(worked, CHINESE)}">{CHINESE.title}' in html
    again = page(f"/topics/{SLUG}")  # the choice is kept
    assert f'lang="zh"><a href="/documents/{id_of(worked, CHINESE)}">{CHINESE.title}' in again
    of = id_of(worked, JAPANESE)
    assert re.search(rf'{of}">{JAPANESE.title}</a></h2>\s*<span class="glossed"', again)


def test_one_click_shows_the_own_language_only(worked: Library, page: Get) -> None:
    assert "English documents only" in page(f"/topics/{SLUG}", lang="en")
    html = page(f"/topics/{SLUG}", lang="en", language="en")
    assert CHINESE.title not in html
    assert "All languages" in html


@pytest.mark.parametrize("cookie", ["", "xx", "zh-xx-ja", "a" * 3000])
def test_a_cookie_of_anybodys_making_does_no_harm(worked: Library, client: Client, cookie: str) -> None:
    sent = cookie.encode().decode("latin-1")
    response = client.get(f"/topics/{SLUG}", headers={"Cookie": f"mine2magnet-reads={sent}"})
    assert response.status_code == 200
