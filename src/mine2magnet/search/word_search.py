"""Where the words of documents are looked up: what a backend must answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mine2magnet.search.table import Rows, Scores
from mine2magnet.search.units import Term, Unit

CLOSEST = 1000  # documents whose wording is compared with a query's, those closest to it


@dataclass(frozen=True, slots=True)
class PartsFound:
    """Which parts of units (`Unit.parts`, those of all units in a row) some rows have.

    `parts`: parts × n; `also`: units × n, whether a row has what answers a unit in another way; `scores`: of
    BM25 over the parts, each by its name that scores best; NaN if that was not looked up; `complete`: whether
    all rows with any are there.
    """

    rows: Rows
    parts: npt.NDArray[np.bool_]
    also: npt.NDArray[np.bool_]
    scores: Scores
    complete: bool


class WordSearch(Protocol):
    """Where the words of documents are looked up."""

    def having(
        self,
        units: Sequence[Unit],
        least: int,
        *,
        every: bool = False,
        title: bool = False,
        among: Rows | None = None,
    ) -> PartsFound:
        """Return the rows with some of the units, and which parts of these they have.

        Parameters
        ----------
        units : sequence of Unit
        least : int
            How many units a row must have; 0 for any part of one. Others may be given as well.
        every : bool
            Whether a unit is a run of characters only as a whole.
        title : bool
            Whether to look in titles only.
        among : array of int or None
            The rows that are asked for, however little they have; others need not be given.

        Returns
        -------
        PartsFound
        """

    def count(self, terms: Sequence[Term], *, title: bool = False) -> int:
        """Return how many rows have any of the terms.

        Parameters
        ----------
        terms : sequence of Term
        title : bool
        """

    def closest(self, tokens: Sequence[str], limit: int) -> tuple[Rows, Scores]:
        """Return the rows whose wording is closest to some tokens by plain BM25.

        Scores are shares of what a document would have that says each token once at the usual length: 0 …
        about 2.

        Parameters
        ----------
        tokens : sequence of str
        limit : int
            Rows, at most.

        Returns
        -------
        rows : array of int, n
        scores : array, n
        """


class TermSearch:
    """A `WordSearch` by lists of the rows that have any of some terms."""

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
        raise NotImplementedError

    def having(
        self,
        units: Sequence[Unit],
        least: int,
        *,
        every: bool = False,
        title: bool = False,
        among: Rows | None = None,
    ) -> PartsFound:
        """Return all rows with any part of the units; see `WordSearch.having`.

        Parameters
        ----------
        units : sequence of Unit
        least : int
        every, title : bool
        among : array of int or None
        """
        parts = [(unit.worth, self.find(terms, title=title)) for unit in units for terms in unit.parts]
        also = [self.find(unit.also, title=title)[0] if unit.also else np.zeros(0, int) for unit in units]
        rows = np.unique(np.concatenate([np.zeros(0, int), *also, *(found for _, (found, _) in parts)]))
        scores = np.zeros(len(rows))
        for worth, (found, of_part) in parts:
            scores[np.searchsorted(rows, found)] += worth * of_part
        return PartsFound(
            rows,
            np.array([np.isin(rows, found) for _, (found, _) in parts], bool).reshape(len(parts), len(rows)),
            np.array([np.isin(rows, found) for found in also], bool).reshape(len(also), len(rows)),
            scores,
            complete=True,
        )

    def count(self, terms: Sequence[Term], *, title: bool = False) -> int:
        """Return how many rows have any of the terms.

        Parameters
        ----------
        terms : sequence of Term
        title : bool
        """
        return len(self.find(terms, title=title)[0])
