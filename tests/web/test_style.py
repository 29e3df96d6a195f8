"""Colours: every ink is readable on every ground it stands on (WCAG 2.2, 1.4.3: 4.5 to 1 for text)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mine2magnet.web import app

STYLE = (Path(str(app.__file__)).parent / "static" / "style.css").read_text("utf-8")
TEXT = [
    ("ink", "ground"), ("ink", "surface"), ("ink", "tint"),
    ("soft", "ground"), ("soft", "surface"), ("soft", "tint"),
    ("accent", "ground"), ("accent", "surface"), ("accent", "tint"),
    ("on-accent", "accent"), ("mark-ink", "mark"), ("bad", "ground"), ("bad", "surface"),
    ("warn", "warn-tint"), ("warn", "surface"),
]  # fmt: skip
CONTROLS = [("control", "surface"), ("control", "ground")]  # 1.4.11: 3 to 1


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb (WCAG 2.2, glossary)."""
    digits = colour.removeprefix("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_contrast(scheme: str) -> None:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})[;\s]", blocks[scheme == "dark"]))
    for ink, ground in TEXT:
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for ink, ground in CONTROLS:
        assert contrast(colours[ink], colours[ground]) >= 3, (ink, ground)


def test_white_on_black_is_twenty_one_to_one() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)


def test_nothing_comes_from_elsewhere() -> None:
    folder = Path(str(app.__file__)).parent
    for file in [*folder.glob("static/*"), *folder.glob("templates/*.html")]:
        text = file.read_text("utf-8")
        assert not re.search(r"(src|href|url\(|import|@import)[=\s(\"']*https?://", text), file.name
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*src=)", text), file.name
