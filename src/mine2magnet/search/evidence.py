"""How much of what a query asks for each document has, by its words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mine2magnet.search.table import Mask, Rows, Scores, Table
from mine2magnet.search.units import Term, Unit, most

COMMON = 0.5  # rarity of a unit that nearly all documents have, in nats
EVEN = 0.05  # weight of BM25 beside the share of the units: it parts those that have the same ones


class WordSearch(Protocol):
    """Where the words of documents are looked up."""

    def find(self, terms: Sequence[Term], *, title: bool = False) -> tuple[Rows, Scores]:
        """Return the rows with any of the terms, and the BM25 score of the one that scores best there.

        Parameters
        ----------
        terms : sequence of Term
        title : bool
            Whether to look in titles only.

        Returns
        -------
        rows : array of int, n
        scores : array, n
        """


@dataclass(frozen=True, slots=True)
class Evidence:
    """For each row of a table: how many of the units it has, and its score.

    A score is the share of the units that is there, each weighed by how rare it is in the whole library
    under all its names, so that scores compare across languages: 0 … 1, and a little more by BM25 for
    documents that say it more often or in fewer words. A run of characters counts by the part of its
    bigrams. Rarity as in BM25 (Robertson and Zaragoza 2009): log(1 + (N − n + ½) / (n + ½)).
    """

    units: int
    having: npt.NDArray[np.int16]
    scores: Scores

    def rows(self, every: bool = False) -> Mask:
        """Return the rows with most of the units; none if there are no units.

        Parameters
        ----------
        every : bool
            Whether all of them are asked for.
        """
        return self.having >= max(most(self.units, every), 1)


def evidence(
    units: Sequence[Unit], words: WordSearch, table: Table, *, every: bool = False, title: bool = False
) -> Evidence:
    """Look up how much of a query each row of a table has.

    Parameters
    ----------
    units : sequence of Unit
    words : WordSearch
    table : Table
    every : bool
        Whether runs of characters are required whole.
    title : bool
        Whether only titles are looked at.

    Returns
    -------
    Evidence
    """
    having = np.zeros(table.size, np.int16)
    shares, even = np.zeros(table.size, np.float32), np.zeros(table.size, np.float32)
    total = np.count_nonzero(table.alive)
    weight = 0.0
    for unit in units:
        parts = [[term] for term in unit.terms] if unit.run else [unit.terms]
        found = []
        for part in parts:
            rows, scores = words.find(part, title=title)
            known = rows < table.size  # others are being added at this moment
            found.append(rows[known])
            even[rows[known]] += scores[known]
        rows, there = found[0], np.ones(len(found[0]), np.intp)
        if unit.run:
            rows, there = np.unique(np.concatenate(found), return_counts=True)
        enough = rows[there >= unit.need(every)]
        count = np.count_nonzero(table.alive[enough])
        rarity = max(math.log(1 + (total - count + 0.5) / (count + 0.5)), COMMON)
        having[enough] += 1
        shares[rows] += rarity / len(parts) * there
        weight += rarity
    # rounded, as the last places of 32-bit sums depend on which segment a document lies in
    any_there = np.flatnonzero(shares)
    scores = np.zeros(table.size)
    scores[any_there] = ((shares[any_there] + EVEN * even[any_there]) / max(weight, COMMON)).round(4)
    return Evidence(len(units), having, scores)
