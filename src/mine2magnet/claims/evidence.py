"""What speaks for a candidate of a slot: pieces of evidence, their weights, the candidate chosen.

Each slot of a claim (who, what, when …) has candidates: names in the sentence, what a heading or the figure
before tells, and none. What speaks for or against one are pieces of evidence, each a short word such as
`before`, `对<` or `at:title`. A candidate's score is the sum of their weights; the chance of each is the
softmax of the scores (conditional logit, McFadden 1974). Weights are data (`data/claim_weights.csv`), fitted
on labelled documents by `scripts/fit-claims`; those of one language are added to those of all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import repeat
from math import exp
from typing import TypeAlias

Value: TypeAlias = tuple[str, ...]  # ids or words; () is none

Candidates: TypeAlias = dict[Value, list[str]]  # each value with its pieces of evidence


@dataclass(frozen=True, slots=True)
class Choice:
    """The value chosen for a slot, and its chance among the candidates."""

    value: Value
    chance: float


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one language: slot → piece of evidence → weight."""

    of: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def choose(self, slot: str, candidates: Candidates) -> Choice:
        """Return the likeliest candidate.

        Parameters
        ----------
        slot : str
        candidates : dict of value to list of str
            At least one.
        """
        table = self.of.get(slot, {})
        scores = {
            value: sum(map(table.get, dict.fromkeys(pieces), repeat(0.0)))
            for value, pieces in candidates.items()
        }
        best = max(scores, key=scores.__getitem__)
        top = scores[best]
        return Choice(best, 1.0 / sum(exp(score - top) for score in scores.values()))


@cache
def weights(language: str) -> Weights:
    """Return the weights that come with the package, for one language.

    Parameters
    ----------
    language : {"en", "zh", "ja"}
    """
    return read((resources.files("mine2magnet") / "data" / "claim_weights.csv").read_text("utf-8"), language)


def read(table: str, language: str) -> Weights:
    """Return the weights of a table: columns slot, evidence, language ("" for all), weight.

    Parameters
    ----------
    table : str
    language : {"en", "zh", "ja"}
    """
    found: dict[str, dict[str, float]] = {}
    rows = csv.reader(io.StringIO(table))
    next(rows)
    for slot, evidence, of_language, weight in rows:
        if of_language in ("", language):
            of_slot = found.setdefault(slot, {})
            of_slot[evidence] = of_slot.get(evidence, 0.0) + float(weight)
    return Weights(found)


def add(candidates: Candidates, value: Value, pieces: Iterable[str]) -> None:
    """Add pieces of evidence to a candidate; one that it has already will not count twice.

    Parameters
    ----------
    candidates : dict of value to list of str
    value : tuple of str
    pieces : iterable of str
    """
    candidates.setdefault(value, []).extend(pieces)
