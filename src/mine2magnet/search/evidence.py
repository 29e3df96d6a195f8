"""How much of what a query asks for each document has, by its words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from mine2magnet.search.table import Mask, Rows, Scores, Table
from mine2magnet.search.tokens import CJK, tokens
from mine2magnet.search.units import Term, Unit, most

CLOSEST = 1000  # documents whose wording is compared with a query's, those closest to it
OTHERWISE = 0.5  # weight of a quantity or a time that is written in another way, beside its words
COMMON = 0.5  # rarity of a unit that nearly all documents have, in nats
SENTENCE = 6  # bigrams of a query from which it is one
CLOSE = 0.25  # of the closest wording that a document must have for a sentence
EVEN = 0.05  # weight of BM25 beside the share of the units: it parts those that have the same ones
_BIGRAM = re.compile(f"[{CJK}]{{2}}")


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """For each row of a table: how many of the units it has, what share of them, how close its wording is,
    and its score.

    A share is of the units that are there, each weighed by how rare it is in the whole library under all its
    names, so that shares compare across languages. A run of characters weighs as its bigrams do, of which
    each is worth as much as half a word, as words of two characters are the rule. A score is the share and,
    for Chinese and Japanese, how close the wording is by all bigrams, those across words and of particles
    among them; for other writing a little more by BM25 for documents that say it more often or in fewer
    words. Rarity as in BM25 (Robertson and Zaragoza 2009): log(1 + (N − n + ½) / (n + ½)).
    """

    units: int
    having: npt.NDArray[np.int16]
    shares: Scores
    wording: Scores
    scores: Scores
    sentence: bool = False

    def all(self) -> Mask:
        """Return the rows with all of the units; none if there are no units."""
        return self.having >= max(self.units, 1)

    def rows(self, among: Mask) -> Mask:
        """Return those of some rows with most of the units, or with any where none has most.

        A sentence in Chinese or Japanese is seldom said again word by word: for one, those whose wording is
        close enough are found as well.

        Parameters
        ----------
        among : array of bool, rows
        """
        found = among & (self.having >= max(most(self.units), 1))
        if not found.any():
            found = among & (self.having > 0)
        if self.sentence or not found.any():
            closest = self.wording.max(initial=0.0, where=among)
            found |= among & (self.wording > 0) & (self.wording >= CLOSE * closest)
        return found


def evidence(
    units: Sequence[Unit],
    words: WordSearch,
    table: Table,
    *,
    text: str = "",
    every: bool = False,
    title: bool = False,
) -> Evidence:
    """Look up how much of a query each row of a table has.

    Parameters
    ----------
    units : sequence of Unit
    words : WordSearch
    table : Table
    text : str
        As it was asked, for how close the wording is; none if that does not count.
    every : bool
        Whether runs of characters are required whole.
    title : bool
        Whether only titles are looked at.

    Returns
    -------
    Evidence
    """

    def looked_up(terms: Sequence[Term]) -> tuple[Rows, Scores]:
        rows, scores = words.find(terms, title=title)
        known = rows < table.size  # others are being added at this moment
        return rows[known], scores[known]

    having = np.zeros(table.size, np.int16)
    shares, even = np.zeros(table.size), np.zeros(table.size)
    weight = 0.0
    for unit in units:
        parts = [[term] for term in unit.terms] if unit.run else [unit.terms]
        there = np.zeros(table.size, np.int16)
        worth = (len(parts) + 1) / 2 / len(parts) if unit.run else 1.0
        otherwise = looked_up(unit.also)[0] if unit.also else np.zeros(0, np.int64)
        for part in parts:
            rows, scores = looked_up(part)
            others = np.setdiff1d(otherwise, rows) if len(otherwise) else otherwise
            count = np.count_nonzero(table.alive[rows]) + np.count_nonzero(table.alive[others])
            rarity = worth * _rarity(count, np.count_nonzero(table.alive))
            shares[rows] += rarity
            shares[others] += OTHERWISE * rarity
            even[rows] += worth * scores
            there[rows] += 1
            there[others] += 1
            weight += rarity
        having += there >= unit.need(every)
    # rounded, as the last places of 32-bit sums depend on which segment a document lies in
    shares /= max(weight, COMMON)
    wording = np.zeros(table.size)
    if bigrams := [token for token in dict.fromkeys(tokens(text)) if _BIGRAM.match(token)]:
        rows, scores = words.closest(bigrams, CLOSEST)
        wording[rows[rows < table.size]] = scores[rows < table.size]
    scores = (shares + np.where(wording, wording, EVEN * even / max(weight, COMMON))).round(4)
    return Evidence(len(units), having, shares.round(4), wording, scores, len(bigrams) >= SENTENCE)


def _rarity(count: int | np.integer[Any], total: int | np.integer[Any]) -> float:
    return max(math.log(1 + (total - count + 0.5) / (count + 0.5)), COMMON)
