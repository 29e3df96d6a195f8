"""How sure a claim is: the chances of its slots, calibrated on labelled documents."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from importlib import resources

from mine2magnet.claims.relations import FigureContext

_SLOTS = ("worth", "measure", "material", "subject", "counterparty", "period", "modality")


def score(view: FigureContext, chances: Mapping[str, float]) -> float:
    """Return the product of the slots' chances: how sure a claim is before it is calibrated.

    Parameters
    ----------
    view : FigureContext
    chances : mapping of str to float
    """
    product = 1.0
    for slot in _SLOTS:
        product *= chances.get(slot, 1.0)
    return product


def confidence(view: FigureContext, chances: Mapping[str, float]) -> float:
    """Return the share of claims this sure that were right on labelled documents.

    Between the points of `data/claim_confidence.csv` (isotonic regression, Zadrozny and Elkan 2002) it is
    interpolated.

    Parameters
    ----------
    view : FigureContext
    chances : mapping of str to float
    """
    raw = score(view, chances)
    scores, shares = _points()
    i = bisect_right(scores, raw)
    if i == 0:
        return shares[0]
    if i == len(scores):
        return shares[-1]
    part = (raw - scores[i - 1]) / (scores[i] - scores[i - 1])
    return round(shares[i - 1] + part * (shares[i] - shares[i - 1]), 3)


@cache
def _points() -> tuple[list[float], list[float]]:
    table = (resources.files("mine2magnet") / "data" / "claim_confidence.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(table)))
    return [float(row["score"]) for row in rows], [float(row["share"]) for row in rows]
