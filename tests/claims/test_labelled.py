"""The labelled sentences of the benchmark are what they say they are."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mine2magnet.claims.times import bounds
from mine2magnet.claims.units import factor
from mine2magnet.model import DIRECTIONS, LANGUAGES, MODALITIES, Quantity

SPLITS = ("dev", "roles", "wire", *(f"wire{i}" for i in range(2, 11)), "test")
FOLDER = Path(__file__).parents[2] / "benchmarks" / "claims"


def rows(split: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{split}.jsonl").read_text("utf-8").splitlines()]


def test_there_are_enough_and_none_is_in_two_sets() -> None:
    everything = [row for split in SPLITS for row in rows(split)]
    assert min(Counter(row["language"] for row in everything)[code] for code in LANGUAGES) >= 100
    assert len(rows("test")) >= 150
    assert (
        len({row["text"] for row in everything}) == len({row["id"] for row in everything}) == len(everything)
    )


@pytest.mark.parametrize("split", SPLITS)
def test_labels_are_well_formed(split: str) -> None:
    for row in rows(split):
        assert row["split"] == split
        for claim in row["claims"]:
            Quantity(claim["low"], claim["high"], claim["unit"])
            factor(claim["unit"])
            assert claim["direction"] in DIRECTIONS
            assert claim["modality"] in MODALITIES
            if claim["as_of"]:
                low, high = bounds(claim["as_of"])
                assert low <= high
