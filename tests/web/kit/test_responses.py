"""Text on a page: marked and cut short, never changed."""

from __future__ import annotations

from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.model import Passage
from mine2magnet.web.kit import responses


@given(st.text(), st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), max_size=5))
def test_marking_changes_no_text(text: str, pairs: list[tuple[int, int]]) -> None:
    spans = sorted((a, a + n) for a, n in pairs)
    marked = str(responses.highlighted(text, spans))
    assert unescape(marked.replace("<mark>", "").replace("</mark>", "")) == text
    assert marked.count("<") == 2 * marked.count("<mark>")


@given(st.text(min_size=1, max_size=900), st.integers(0, 900), st.integers(1, 20))
def test_an_excerpt_holds_its_first_highlight(text: str, start: int, length: int) -> None:
    spans = ((start, start + length),) if start + length <= len(text) else ()
    shown = str(responses.excerpt(Passage(1, text, spans)))
    assert ("<mark>" in shown) == bool(spans)
    plain = unescape(shown.replace("<mark>", "").replace("</mark>", ""))
    assert len(plain) <= responses.EXCERPT + 2
