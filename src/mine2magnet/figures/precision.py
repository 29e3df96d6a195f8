"""How many claims of a confidence were right on labelled documents."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources


def right_above(threshold: float) -> float | None:
    """Return the share of claims at least so sure that were right on labelled documents.

    Of the claims behind the steps of `data/claim_confidence.csv` (isotonic regression) at or above the
    threshold; they are of documents whose writers the weights had not seen.

    Parameters
    ----------
    threshold : float
        0 to 1.

    Returns
    -------
    float or None
        0 to 1; None if no claim of the labelled documents was as sure.
    """
    steps = [(share, claims) for share, claims in _steps() if share >= threshold]
    count = sum(claims for _, claims in steps)
    return sum(share * claims for share, claims in steps) / count if count else None


@cache
def _steps() -> tuple[tuple[float, int], ...]:
    """The share that was right and the number of claims of each step."""
    table = (resources.files("mine2magnet") / "data" / "claim_confidence.csv").read_text("utf-8")
    return tuple((float(row["share"]), int(row["claims"])) for row in csv.DictReader(io.StringIO(table)))
