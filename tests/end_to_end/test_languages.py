"""The first screen of the landing page reads in the reader's language, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.conftest import until
from tests.end_to_end.conftest import Site

SEEN = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    if (box.width && box.height && box.top < innerHeight && box.bottom > 0
        && walker.currentNode.parentElement.checkVisibility())
      found.push(walker.currentNode.textContent.trim());
  }
  return found.filter(Boolean);
}"""
HAN = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
SENTENCE = re.compile(r"(?:\b[a-z]{2,}\b[ ,]+){4,}")  # of English words; names have capitals


def foreign(text: str, language: str) -> bool:
    if language == "en":
        return HAN.search(text) is not None
    return SENTENCE.search(text) is not None


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_the_first_screen_reads_in_the_readers_language(page: Page, site: Site, language: str) -> None:
    def read() -> bool:
        page.goto(f"/?lang={language}")
        texts = page.evaluate(SEEN)
        return len(texts) > 20 and not [text for text in texts if foreign(text, language)]

    assert until(read)


def test_the_original_is_one_click_away(page: Page, site: Site) -> None:
    page.goto("/?lang=en")
    first = page.locator("article.card details.original").first
    first.locator("summary").click()
    assert HAN.search(first.locator("q").inner_text())
