"""How many claims of a confidence were right on labelled documents."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources


def right_above(threshold: float) -> float | None:
    """Return the share of claims at least so sure that were right on labelled documents.

    The mean of the steps of `data/claim_confidence.csv` (isotonic regression) at or above the threshold,
    each of them some fifteen claims or more, counted alike.

    Parameters
    ----------
    threshold : float
        0 to 1.

    Returns
    -------
    float or None
        0 to 1; None if no claim of the labelled documents was as sure.
    """
    shares = [share for share in _shares() if share >= threshold]
    return sum(shares) / len(shares) if shares else None


@cache
def _shares() -> tuple[float, ...]:
    table = (resources.files("mine2magnet") / "data" / "claim_confidence.csv").read_text("utf-8")
    return tuple(float(row["share"]) for row in csv.DictReader(io.StringIO(table)))
