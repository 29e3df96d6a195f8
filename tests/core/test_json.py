from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from mine2magnet.core.json import as_json, plain
from mine2magnet.model import Document, Paragraph


def test_a_document_as_json() -> None:
    document = Document(
        "标题", "source", datetime(2025, 6, 1, tzinfo=UTC), "zh", (Paragraph(1, "一段"),), tags=("stocks",)
    )
    value = {"document": document, "set": frozenset({2, 1}), "path": Path("a/b")}
    told = json.loads(as_json(value))
    assert json.loads(as_json(value, indent=None)) == told
    assert told["document"]["fetched"] == "2025-06-01T00:00:00+00:00"
    assert told["document"]["paragraphs"] == [{"number": 1, "text": "一段"}]
    assert told["document"]["tags"] == ["stocks"]
    assert told["set"] == [1, 2]
    assert told["path"] == "a/b"
    assert "标题" in as_json(document)  # readable as it stands


def test_what_is_not_finite_is_null() -> None:
    for indent in (2, None):
        told = as_json({"a": float("inf"), "b": [float("nan"), 1.5]}, indent)
        assert json.loads(told) == {"a": None, "b": [None, 1.5]}


def test_numbers_of_arrays_are_plain_floats() -> None:
    (told,) = plain([np.float64(0.5)])
    assert type(told) is float
