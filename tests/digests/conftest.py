"""Documents to digest, and vectors that need no model."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from mine2magnet.model import Document, Paragraph

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]


@pytest.fixture(scope="session")
def embed() -> Embed:
    """Hashed character trigrams: texts that share letters are near, and nothing is random."""

    def trigrams(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            row[0] = 3.0  # as with real vectors, all lie in one direction
            for i in range(len(text) - 2):
                row[zlib.crc32(text[i : i + 3].encode("utf-8", "replace")) % 64] += 1.0
        normal: npt.NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normal

    return trigrams


@pytest.fixture(scope="session")
def make() -> Callable[..., Document]:
    """A document from its paragraphs."""

    def document(*paragraphs: str, title: str = "Magnet stocks run low", language: str = "en") -> Document:
        numbered = tuple(Paragraph(i, text) for i, text in enumerate(paragraphs, 1))
        return Document(title, "Test Gazette", datetime(2025, 6, 1, tzinfo=UTC), language, numbered)

    return document


@pytest.fixture(scope="session")
def article(make: Callable[..., Document]) -> Callable[[str], Document]:
    """One of articles/*.txt: the title, then paragraphs, parted by empty lines."""

    def read(language: str) -> Document:
        text = (Path(__file__).parent / "articles" / f"{language}.txt").read_text("utf-8")
        title, *paragraphs = (part.strip() for part in text.split("\n\n"))
        return make(*paragraphs, title=title, language=language)

    return read
