"""Elements: escaped, finite, and legible on both grounds."""

from __future__ import annotations

from html import escape
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.chain.report.charts import COLOURS
from mine2magnet.charts import svg

legible = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40)


@given(legible, legible)
def test_words_come_back_as_they_are(words: str, says: str) -> None:
    found = ElementTree.fromstring(svg.element("text", escape(words), says=says, aria_label=words, x=1.25))
    assert found.get("aria-label") == words
    assert found.get("x") == "1.2"
    title = found.find("title")
    assert (title.text or "" if title is not None else "") == says
    assert ((title.tail if title is not None else found.text) or "") == words


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_place_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        svg.text(value, 1, "a")
    with pytest.raises(ValueError, match="not finite"):
        svg.line((0, 0), (1, value))


def test_points_on_one_place_are_drawn_once() -> None:
    assert svg.way([(0, 0), (0.01, 0.02), (1, 2), (1, 2), (0, 0)]) == "M0 0L1 2L0 0"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [*svg.PALETTE, svg.GREY, *COLOURS.values()])
@pytest.mark.parametrize("ground", ["#ffffff", "#f4f5f6", "#101418", "#181d22"])
def test_colours_show_on_the_light_and_the_dark_ground(colour: str, ground: str) -> None:
    """WCAG 2.2, 1.4.11: 3:1 for what is not text."""
    less, more = sorted((luminance(colour), luminance(ground)))
    assert (more + 0.05) / (less + 0.05) >= 3


def test_the_colours_of_the_palette_differ() -> None:
    assert len(set(svg.PALETTE)) == len(svg.PALETTE) == 10


def test_a_chinese_character_is_twice_as_wide() -> None:
    assert svg.text_width("稀土") > 1.7 * svg.text_width("re")
