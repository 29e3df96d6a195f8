"""Vectors that come with the package: all that the starter documents need, and the model's own."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from mine2magnet.background import worker
from mine2magnet.encoder import encode, shipped
from mine2magnet.library.library import Library
from mine2magnet.search import embed_passages, passages

REBUILD = "run scripts/embed-starter, and commit what it makes"


def texts(library: Library) -> list[str]:
    documents = (change.document for change in library.store.changes(after=0))
    return [piece.text for document in documents if document for piece in passages.pieces(document)]


def test_the_starter_documents_are_embedded_without_the_model(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[int] = set()
    by_model: list[str] = []
    vector = shipped.vector

    def spied(text: str, model: str) -> encode.Vectors | None:
        asked.add(shipped.key(text, model))
        return vector(text, model)

    def embedded(text: str) -> encode.Vectors:
        by_model.append(text)
        return np.ones(encode.DIMENSIONS, np.float32)

    monkeypatch.setattr(shipped, "vector", spied)
    monkeypatch.setattr(encode, "by_model", embedded)
    read = library.load_starter()
    worker.derive(library)
    assert by_model == [], REBUILD
    assert asked == set(shipped._vectors()), f"some are needed no more: {REBUILD}"
    done = library.progress()
    assert (done.documents, done.embedded, done.undigested) == (read.documents, done.passages, 0)


def test_shipped_vectors_are_the_model_s(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMBED_ONCE")
    library.load_starter()
    some = list(islice(texts(library), 0, None, 60))
    assert len(some) >= 6
    found = embed_passages(some)
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-3)
    cosines = np.einsum("ij,ij->i", found, [encode.by_model(text) for text in some])
    assert cosines.min() > 0.999, REBUILD


def test_another_text_or_another_model_has_none(library: Library) -> None:
    library.load_starter()
    text = texts(library)[0]
    assert shipped.vector(text, encode.MODEL) is not None
    assert shipped.vector(text + ".", encode.MODEL) is None
    assert shipped.vector(text, encode.MODEL + "1") is None
