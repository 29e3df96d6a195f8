"""How much of what a query asks for each document has, by its words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mine2magnet.search.table import Mask, Rows, Scores, Table
from mine2magnet.search.tokens import CJK, tokens
from mine2magnet.search.units import Unit, most
from mine2magnet.search.word_search import CLOSEST, PartsFound, WordSearch

OTHERWISE = 0.5  # weight of a quantity or a time that is written in another way, beside its words
COMMON = 0.5  # rarity of a unit that nearly all documents have, in nats
SENTENCE = 6  # bigrams of a query from which it is one
CLOSE = 0.25  # of the closest wording that a document must have for a sentence
EVEN = 0.05  # weight of BM25 beside the share of the units: it parts those that have the same ones
FEW = 1500  # rows that are looked up one by one; of more, all that have any word are listed
_BIGRAM = re.compile(f"[{CJK}]{{2}}")


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

    It holds for the rows that have most of the units, or all if every one is asked for. Most others have but
    a frequent word; as to list these takes longer than all else, they count once they are asked for (`of`).
    """

    units: int
    having: npt.NDArray[np.int16]
    shares: Scores
    wording: Scores
    scores: Scores
    sentence: bool
    known: Mask  # the rows that it holds for
    _lookup: _Lookup

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
            found = among & (self.of(among).having > 0)
        if self.sentence or not found.any():
            closest = self.wording.max(initial=0.0, where=among)
            found |= among & (self.wording > 0) & (self.wording >= CLOSE * closest)
        return found

    def of(self, rows: Mask) -> Evidence:
        """Return the evidence that holds for these rows as well.

        Parameters
        ----------
        rows : array of bool, rows
        """
        new = rows & ~self.known
        count = np.count_nonzero(new)
        if not count:
            return self
        if count > FEW:
            return self._lookup.add(self, self._lookup.found(0), ~self.known)
        return self._lookup.add(self, self._lookup.found(0, np.flatnonzero(new)), new)


@dataclass(frozen=True, slots=True)
class _Lookup:
    """What is asked of each row; `rarity` of each part of the units, as it counts, and in all."""

    units: Sequence[Unit]
    words: WordSearch
    table: Table
    every: bool
    title: bool
    rarity: Scores
    weight: float

    def found(self, least: int, among: Rows | None = None) -> PartsFound:
        return self.words.having(self.units, least, every=self.every, title=self.title, among=among)

    def of(self, found: PartsFound) -> _Lookup:
        """With the rarity of each part, which is counted where not all rows are found."""
        alive, rarity, first = self.table.alive, list[float](), 0
        total = np.count_nonzero(alive)
        for number, unit in enumerate(self.units):
            for part, terms in enumerate(unit.parts, first):
                rows = (
                    found.rows[found.parts[part] | found.also[number]] if found.complete else found.rows[:0]
                )
                count = (
                    np.count_nonzero(alive[rows[rows < len(alive)]])
                    if found.complete
                    else self.words.count((*terms, *unit.also), title=self.title)
                )
                rarity.append(unit.worth * _rarity(count, total))
            first += len(unit.parts)
        return replace(self, rarity=np.array(rarity), weight=max(sum(rarity), COMMON))

    def add(self, to: Evidence, found: PartsFound, new: Mask) -> Evidence:
        """The evidence with that of further rows."""
        kept = found.rows < self.table.size  # others are being added at this moment
        kept[kept] = new[found.rows[kept]]
        rows, parts, also = found.rows[kept], found.parts[:, kept], found.also[:, kept]
        having = np.zeros(len(rows), np.int16)
        share, first = self.rarity @ parts, 0
        for unit, otherwise in zip(self.units, also, strict=True):
            mine = slice(first, first := first + len(unit.parts))
            others = otherwise & ~parts[mine]
            share += OTHERWISE * (self.rarity[mine] @ others)
            having += (parts[mine] | others).sum(0) >= unit.need(self.every)
        changed = replace(
            to,
            having=to.having.copy(),
            shares=to.shares.copy(),
            scores=to.scores.copy(),
            known=np.ones_like(new) if found.complete else to.known | new,
        )
        # said once in a text of the usual length, a word scores about its rarity
        even = np.where(np.isnan(found.scores[kept]), share, found.scores[kept]) * EVEN / self.weight
        even = np.where(to.wording[rows], to.wording[rows], even)
        # rounded, as the last places of 32-bit sums depend on which segment a document lies in
        changed.having[rows] = having
        changed.shares[rows] = (share / self.weight).round(4)
        changed.scores[rows] = (share / self.weight + even).round(4)
        return changed


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

    wording = np.zeros(table.size)
    if bigrams := [token for token in dict.fromkeys(tokens(text)) if _BIGRAM.match(token)]:
        rows, scores = words.closest(bigrams, CLOSEST)
        wording[rows[rows < table.size]] = scores[rows < table.size]
    none, nothing = np.zeros(table.size), np.zeros(table.size, bool)
    lookup = _Lookup(units, words, table, every, title, none, 0.0)
    found = lookup.found(most(len(units), every))
    lookup = lookup.of(found)
    having = np.zeros(table.size, np.int16)
    sentence = len(bigrams) >= SENTENCE
    start = Evidence(len(units), having, none, wording, wording.round(4), sentence, nothing, lookup)
    new = np.ones(table.size, bool) if found.complete else table.mask(found.rows[found.rows < table.size])
    return lookup.add(start, found, new)


def _rarity(count: int | np.integer[Any], total: int | np.integer[Any]) -> float:
    return max(math.log(1 + (total - count + 0.5) / (count + 0.5)), COMMON)
