"""Learns whom figures are of: the weights of `data/claim_subjects.csv`, from the labelled sentences.

    python benchmarks/claims_subjects.py [--write]

Prints how often the right subject is chosen in each set when it is left out of training (the figure before
taken as labelled), then trains on all of them; --write replaces the table. The test half is never read. The
model: a softmax over the candidates of a figure, the probability of all that are right made large, weights
for all languages together and for each kept small by their squares (L2), by L-BFGS from zero; a mark seen
once has no weight. Small weights are not written.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from claims_quality import LANGUAGES, SPLITS, labelled, loose, ours, rows
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

import mine2magnet
from mine2magnet.claims import subjects
from mine2magnet.claims.view import Slots, View

TABLE = Path(mine2magnet.__file__).parent / "data" / "claim_subjects.csv"
SETS = [name for name in SPLITS if name != "test"]
PENALTY = 3.0  # half of it times the squares of the weights; 1 to 5 do equally well
SMALL = 0.05  # weights below change nothing: a candidate has some forty marks, margins above 1


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of a figure and which of them are right."""

    language: str
    candidates: list[subjects.Candidate]
    right: list[bool]


def examples(name: str) -> list[Example]:
    """What is to choose in a set; each figure is given the labels of the one before it."""
    found: list[Example] = []
    for row in rows(name):
        left = list(row["claims"])

        def chosen(view: View, slots: Slots, measure: str | None) -> tuple[str, ...]:
            q = view.figure.quantity
            ends = loose(q.low, q.high, q.unit)
            label = next((c for c in left if loose(c["low"], c["high"], c["unit"]) == ends), None)  # noqa: B023
            if label is None:
                return ()
            left.remove(label)  # noqa: B023
            wanted: tuple[str, ...] = labelled(label)["subject"] or ()  # type: ignore[assignment]
            offered = subjects.candidates(view, slots, measure)
            right = [set(c.ids) <= set(wanted) if wanted and c.ids else wanted == c.ids for c in offered]
            found.append(Example(view.s.language, offered, right))
            return wanted

        with patch.object(subjects, "subjects", chosen):
            ours(row)
    return found


def keys(language: str, marks: Sequence[str]) -> Iterator[str]:
    yield from marks
    yield from (f"{language}: {mark}" for mark in marks)


def train(known: Sequence[Example]) -> dict[str, float]:
    counts = Counter(
        key for e in known for c in e.candidates for key in keys(e.language, list(dict.fromkeys(c.marks)))
    )
    column = {key: i for i, key in enumerate(sorted(k for k, n in counts.items() if n > 1))}
    usable = [e for e in known if any(e.right)]
    places = [
        (owner, c, right)
        for owner, e in enumerate(usable)
        for c, right in zip(e.candidates, e.right, strict=True)
    ]
    cells = [
        (row, column[key])
        for row, (owner, c, _) in enumerate(places)
        for key in keys(usable[owner].language, c.marks)
        if key in column
    ]
    at = tuple(np.array(cells).T)
    marks = csr_matrix((np.ones(len(cells)), at), shape=(len(places), len(column)))
    owner = np.array([o for o, _, _ in places])
    right = np.array([r for _, _, r in places])

    def spread(scores: np.ndarray, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log of the summed exponentials of each figure's candidates, and each one's part in it."""
        masked = np.where(among, scores, -np.inf)
        top = np.full(len(usable), -np.inf)
        np.maximum.at(top, owner, masked)
        power = np.exp(masked - top[owner])
        total = np.bincount(owner, power, len(usable))
        return top + np.log(total), power / total[owner]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = marks @ weights
        every, p_every = spread(scores, np.ones_like(right))
        good, p_good = spread(scores, right)
        value = (every - good).sum() + PENALTY / 2 * weights @ weights
        return value, marks.T @ (p_every - p_good) + PENALTY * weights

    best = minimize(loss, np.zeros(len(column)), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return dict(zip(column, best, strict=True))


def share_right(weights: dict[str, float], known: Sequence[Example]) -> float:
    right = 0
    for e in known:
        scores = [sum(weights.get(k, 0.0) for k in keys(e.language, c.marks)) for c in e.candidates]
        right += e.right[int(np.argmax(scores))]
    return right / len(known)


def write(weights: dict[str, float]) -> None:
    """One row a mark; the weight in a language is the common one and the language's own together."""
    marks = sorted(
        {key.split(": ", 1)[1] if key[:4] in {f"{x}: " for x in LANGUAGES} else key for key in weights}
    )
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("mark", *LANGUAGES))
        for mark in marks:
            row = [weights.get(mark, 0.0) + weights.get(f"{x}: {mark}", 0.0) for x in LANGUAGES]
            if max(map(abs, row)) >= SMALL:
                table.writerow((mark, *(f"{w:.2f}" if abs(w) >= SMALL else "" for w in row)))


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--write", action="store_true", help=f"replace {TABLE.name}")
    options = arguments.parse_args()
    known = {name: examples(name) for name in SETS}
    for name in SETS:
        rest = [e for other in SETS if other != name for e in known[other]]
        right = share_right(train(rest), known[name])
        print(f"{name:8}{len(known[name]):4} figures, left out of training: {right:.3f} right")
    weights = train([e for name in SETS for e in known[name]])
    print(f"{len(weights)} weights")
    if options.write:
        write(weights)


if __name__ == "__main__":
    main()
