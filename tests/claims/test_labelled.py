"""The labelled documents are what they say they are; claims are read from them no worse than they were."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import claims_labels as labels
import claims_score as score
import grounding
import pytest

from mine2magnet.claims import extract
from mine2magnet.claims.evidence import weights
from mine2magnet.model import LANGUAGES, Claim

if TYPE_CHECKING:
    from tests.conftest import Record

FOLDER = score.HERE / "documents"
FILES = sorted(FOLDER.glob("**/*.jsonl"))
# What the weights read of documents that they are fitted on: less tells that code and weights have parted.
USABLE = 0.5
VALUES, FOUND = 0.95, 0.92  # of claims read, of labels: bare counts ("19 had been approved") are left


def test_there_are_enough_documents_of_enough_hands() -> None:
    everything = [*score.documents("dev"), *score.documents("test")]
    assert min(Counter(row["language"] for row in everything)[code] for code in LANGUAGES) >= 80
    assert len({row["hand"] for row in everything}) >= 12
    assert len({row["id"] for row in everything}) == len(everything)


def test_no_hand_is_in_both_halves() -> None:
    hands = [{row["hand"] for row in score.documents(half)} for half in ("dev", "test")]
    assert not hands[0] & hands[1]
    assert len(hands[1]) >= 0.3 * len(hands[0] | hands[1])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_labels_are_well_formed(file: Path) -> None:
    assert [text for row in labels.documents(file) for text in labels.wrong(row)] == []


def test_a_label_that_is_not_is_told() -> None:
    row = labels.documents(FILES[0])[0]
    claim = {**row["claims"][0], "figure": "nowhere", "measure": "weather", "period": "soon"}
    found = "\n".join(labels.wrong({**row, "claims": [claim]}))
    assert "does not stand in paragraph" in found
    assert "unknown measure 'weather'" in found
    assert "no ISO date" in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_hands_agree(language: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    import json

    first = tmp_path / "first.jsonl"
    rows = [*score.documents("dev"), *score.documents("test")]
    first.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    labels.agree(first, FOLDER / "second" / f"{language}.jsonl")
    said = capsys.readouterr().out
    assert float(said.split("whole claims ")[1].split()[0]) >= 0.9


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_read_right_stays_right(language: str) -> None:
    rows = [row for row in score.documents("dev") if row["language"] == language][::3]
    held = [one for row in rows for one in score.judge(row)]
    assert sum(one.usable for one in held) >= USABLE * len(held)
    assert sum(one.figure for one in held) >= VALUES * len(held)
    assert sum(one.figure for one in held) >= FOUND * sum(len(row["claims"]) for row in rows)


def test_the_weights_are_those_that_labels_and_code_give() -> None:
    """Fit them again when this fails: scripts/fit-claims."""
    fit = [sys.executable, str(score.HERE.parent.parent / "scripts" / "fit-claims"), "--inputs"]
    told = subprocess.run(fit, capture_output=True, text=True, check=True)
    assert list(weights("en").of["inputs"]) == [told.stdout.strip()]


@pytest.mark.parametrize(
    ("slot", "value", "wanted", "right"),
    [
        ("material", ("dysprosium_oxide",), ["dysprosium"], True),
        ("material", ("dysprosium",), ["terbium"], False),
        ("material", ("sintered_ndfeb",), ["permanent_magnet"], True),
        ("material", (), ["dysprosium"], False),
        ("subject", ("germany",), ["europe"], False),
        ("subject", ("Harbour Magnetics",), ["Harbour"], True),
        ("measure", "market_share", "share", True),
        ("measure", "imports", "exports", False),
        ("period", "2025-01/2025-12", "2025", True),
        ("period", None, "2025", False),
        ("basis", "since:2025-04", "since:2025-04-04", True),
        ("basis", "year_on_year", "month_on_month", False),
    ],
)
def test_what_counts_as_right(slot: str, value: Any, wanted: Any, right: bool) -> None:
    assert labels.right(slot, value, {slot: wanted}) is right


def told(claim: Claim) -> str:
    q = claim.quantity
    parties = ("+".join(claim.subjects), "+".join(claim.counterparties), "+".join(claim.materials))
    slots = (claim.measure, claim.stage, *parties, claim.form, claim.period, claim.period_kind, claim.basis)
    words = (claim.direction, claim.modality, claim.said_by, claim.start, claim.end, *claim.sentence)
    return " ".join(map(str, (q.low, q.high, q.unit, q.approx, f"{claim.precision:g}", *slots, *words)))


def test_the_starter_documents_tell_what_they_did(recorded: Record) -> None:
    """What every reader sees first. Better weights show here as what they change: record it after reading."""
    recorded(
        {
            name: [f"{c.paragraph}: {told(c)}" for c in extract(document, thesaurus=labels.TERMS)]
            for name, document in sorted(grounding.documents().items())
        }
    )
