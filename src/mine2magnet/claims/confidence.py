"""How sure a claim is: the chances of its slots and what they hold, weighed and calibrated."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from importlib import resources
from math import exp, log
from typing import NamedTuple

from mine2magnet.claims.evidence import Value, weights

_SLOTS = (
    "worth", "measure", "material", "subject", "counterparty", "stage", "period", "basis", "modality",
    "said_by",
)  # fmt: skip
_LEAST = 1e-3  # a chance below it counts as it
OWN = "confidence"  # the weights of these signs stand under this name in `data/claim_weights.csv`


_NEIGHBOURS = ("subject", "measure", "material", "period")  # slots that a figure and the next often share
_MANY = 8  # figures of a sentence; a later one counts as it


class Beside(NamedTuple):
    """What the figure before tells of how sure one is."""

    number: int = 0  # which figure of its sentence it is
    where: str = ""  # where the figure before stands, as `DocumentContext.told_at` says
    values: Mapping[str, Value] = {}  # of the figure before
    handed: Mapping[str, float] = {}  # the chances of those of its values that were taken over


def signs(
    language: str, values: Mapping[str, Value], chances: Mapping[str, float], beside: Beside
) -> dict[str, float]:
    """Return what speaks for and against all slots of a claim being right.

    Parameters
    ----------
    language : str
    values : mapping of str to tuple of str
        What each slot holds.
    chances : mapping of str to float
        How likely it is to be right.
    beside : Beside

    Returns
    -------
    dict of str to float
        `unsure:SLOT` is minus the logarithm of the chance, `told:SLOT` 1 where the slot holds something;
        `handed:SLOT` is that logarithm of the figure before where its value was taken over, `same:SLOT` and
        `other:SLOT` say whether the two agree.
    """
    found = {"always": 1.0, f"language:{language}": 1.0, f"direction:{values['direction'][0]}": 1.0}
    for slot in _SLOTS:
        found[f"unsure:{slot}"] = -log(max(chances.get(slot, 1.0), _LEAST))
        if values.get(slot):
            found[f"told:{slot}"] = 1.0
    found |= {"number": min(beside.number, _MANY) / _MANY, f"at:{beside.where}": 1.0}
    found |= {f"handed:{slot}": -log(max(chance, _LEAST)) for slot, chance in beside.handed.items()}
    if beside.where:
        for slot in _NEIGHBOURS:
            same = beside.values.get(slot) == values.get(slot)
            found[f"{'same' if same else 'other'}:{slot}"] = 1.0
    return found


def score(found: Mapping[str, float], weighed: Mapping[str, float] | None = None) -> float:
    """Return how sure a claim is before it is calibrated, 0 to 1 (logistic regression).

    Parameters
    ----------
    found : mapping of str to float
        As `signs` gives them.
    weighed : mapping of str to float or None
        The weight of each; None is those that come with the package.
    """
    table = weights("en").of.get(OWN, {}) if weighed is None else weighed
    return 1.0 / (1.0 + exp(-sum(table.get(sign, 0.0) * value for sign, value in found.items())))


def confidence(found: Mapping[str, float]) -> float:
    """Return the share of claims this sure that were right on labelled documents.

    Between the points of `data/claim_confidence.csv` (isotonic regression, Zadrozny and Elkan 2002) it is
    interpolated.

    Parameters
    ----------
    found : mapping of str to float
        As `signs` gives them.
    """
    raw = score(found)
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
