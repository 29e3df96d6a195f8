"""The index as it stands at one moment: what a search reads while others write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import numpy.typing as npt

from mine2magnet.model import Filters
from mine2magnet.search.centring import centred_query
from mine2magnet.search.fusion import Scores, fuse, language
from mine2magnet.search.meaning import Vectors, embed_query
from mine2magnet.search.query import (
    And,
    Days,
    Field,
    Node,
    Not,
    Or,
    Phrase,
    Title,
    Words,
    free_text,
    parted,
    positives,
)
from mine2magnet.search.table import UNKNOWN_DAY, Mask, Rows, Table
from mine2magnet.search.units import Unit, most, phrase, understand
from mine2magnet.search.vectors import products
from mine2magnet.search.words import Words as WordIndex
from mine2magnet.text import fold
from mine2magnet.thesaurus import Thesaurus

DEPTH = 100  # documents of each language that are found by meaning
NEAR = 0.04  # centred cosine of these at least: 94 % of the relevant, 22 % of the others (dev queries)
BEST = 3  # passages of a document that count …
FURTHER = 0.6  # … and how much all of them do beside the best one
_COLUMN = {"source": "source", "lang": "language", "category": "category", "tag": "tag"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """How near each row is to a query: a centred cosine, NaN where it is not known. `passages` has that
    of each passage of the table; `rows` are those that count as found by it."""

    of_row: Scores
    of_passage: Scores
    rows: Rows


@dataclass(frozen=True, slots=True)
class View:
    """`vector_of` gives the record of each passage of the table, −1 while it is not embedded."""

    table: Table
    words: WordIndex
    thesaurus: Thesaurus
    codes: npt.NDArray[np.int8]
    vector_of: npt.NDArray[np.int64]
    means: Vectors  # languages × 384
    _matched: dict[tuple[tuple[str, ...], tuple[str, ...]], frozenset[str]] = field(default_factory=dict)

    def search(self, tree: Node, filters: Filters, newest: bool) -> Found:
        table = self.table
        narrowed = table.narrowed(filters)
        free, rest = parted(tree)
        allowed = narrowed & self.having(rest)
        units = units_of(positives(tree), self.thesaurus)
        text = free_text(tree) if units else ""
        meaning = self.meaning(text, allowed)
        if not positives(tree):
            return self._found(narrowed, allowed, table.when, units, meaning)
        need = 1 if free is None else most(len(units))
        rows, scores = self.rank(units, need)
        if free is not None and not allowed[rows].any():
            rows, scores = self.rank(units, 1)
        matched = allowed
        if free is not None:
            matched = (table.mask(rows) | table.mask(meaning.rows)) & allowed
            more, more_scores = self.rank(units, 1, meaning.rows)
            rows, scores = np.append(more, rows), np.append(more_scores, scores)
        words = np.zeros(table.size)
        words[rows] = scores
        own = table.bearing("language", [language(text)])
        best = fuse(words, np.nan_to_num(meaning.of_row), matched, table.language, own)
        return self._found(narrowed, matched, table.when if newest else best, units, meaning)

    def _found(
        self, narrowed: Mask, matched: Mask, scores: Scores, units: Sequence[Unit], meaning: Meaning
    ) -> Found:
        """The matched rows in their order, and the first of each fold."""
        table = self.table
        rows = table.ordered(np.flatnonzero(matched), scores)
        folds = table.fold[rows]
        _, firsts = np.unique(folds, return_index=True)
        hit = np.zeros(len(table.codes["fold"].numbers), bool)
        hit[folds] = True
        members = narrowed & hit[table.fold]
        leaders = rows[np.sort(firsts)]
        return Found(self, scores, units, meaning, leaders, members, table.copies(members))

    def matching(
        self, asked: tuple[tuple[str, ...], tuple[str, ...]], trees: Sequence[Node]
    ) -> frozenset[str]:
        """Ids of the documents that match any of the trees or bear any of the tags, the second of `asked`."""
        if asked not in self._matched:
            mask = self.table.bearing("tag", asked[1])
            for tree in trees:
                mask |= self.having(tree)
            rows = np.flatnonzero(mask & self.table.alive)
            self._matched[asked] = frozenset(self.table.ids[row] for row in rows)
        return self._matched[asked]

    @property
    def embedded(self) -> Mask:
        """Over the passages of living documents: which have their vector."""
        return self.vector_of[self.table.alive[self.table.passage_row]] >= 0

    def rank(self, units: Sequence[Unit], need: int, within: Rows | None = None) -> tuple[Rows, Scores]:
        rows, scores = self.words.rank(units, need=need, within=within)
        known = rows < self.table.size  # others are being added at this moment
        return rows[known], scores[known]

    def having(self, node: Node) -> Mask:
        """The rows that match the tree by words and fields; free words need most of their units."""
        match node:
            case Words(text, every):
                return self._with(understand(text, self.thesaurus), every)
            case Phrase(text):
                return self._with(_phrase(text), True)
            case Title(Words(text)):
                return self._with(understand(text, self.thesaurus), True, title=True)
            case Title(part):
                return self._with(_phrase(part.text), True, title=True)
            case Field(name, value):
                return self._bearing(_COLUMN[name], value)
            case Days(first, last):
                day = self.table.day
                mask: Mask = (day != UNKNOWN_DAY) & (day >= first) & (day <= last)
                return mask
            case Not(part):
                return ~self.having(part)
            case And(parts):
                return reduce(np.logical_and, map(self.having, parts), np.ones(self.table.size, bool))
            case Or(parts):
                return reduce(np.logical_or, map(self.having, parts))

    def _with(self, units: Sequence[Unit], every: bool, title: bool = False) -> Mask:
        rows = self.words.rows(units, every=every, title=title)
        return self.table.mask(rows[rows < self.table.size])

    def _bearing(self, column: str, value: str) -> Mask:
        """A source may be named in part; other values are compared whole. Case and script do not count."""
        wanted = fold(value)
        if column == "language":
            wanted = wanted.split("-")[0]
        held = self.table.codes[column].numbers
        return self.table.bearing(
            column, [v for v in held if wanted == fold(v) or (column == "source" and wanted in fold(v))]
        )

    def meaning(self, text: str, allowed: Mask) -> Meaning:
        """How near the allowed rows are to `text`: mostly their best passage, partly their best three."""
        table = self.table
        of_row = np.full(table.size, np.nan)
        of_passage = np.full(len(self.vector_of), np.nan)
        usable = np.flatnonzero((self.vector_of >= 0) & allowed[table.passage_row])
        if not len(usable) or not text.strip():
            return Meaning(of_row, of_passage, np.zeros(0, np.int32))
        query = centred_query(embed_query(text))
        rows = table.passage_row[usable]
        near = (
            products(query, self.codes)[self.vector_of[usable]] - (self.means @ query)[table.language[rows]]
        )
        of_passage[usable] = near
        starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
        lengths = np.diff(np.r_[starts, len(rows)])
        bests = np.array(list(_bests(near, starts, lengths)))
        documents = rows[starts]
        of_row[documents] = (1 - FURTHER) * bests[0] + FURTHER * np.nanmean(bests, axis=0)
        found = []
        for code in np.unique(table.language[documents]):
            mine = documents[(table.language[documents] == code) & (of_row[documents] >= NEAR)]
            found.append(mine[np.lexsort((mine, -of_row[mine]))[:DEPTH]])
        return Meaning(of_row, of_passage, np.concatenate(found))


def _bests(near: Scores, starts: npt.NDArray[np.intp], lengths: npt.NDArray[np.intp]) -> Iterator[Scores]:
    """The best, second and third best of each stretch of `near`, NaN where it is shorter than that."""
    left = near.copy()
    for _ in range(BEST):
        best = np.maximum.reduceat(left, starts)
        yield np.where(np.isneginf(best), np.nan, best)
        left[left == np.repeat(best, lengths)] = -np.inf


@dataclass(frozen=True, slots=True)
class Found:
    """All that a query finds. `leaders`: the best row of each fold, best first; `members`: all rows of
    these folds that pass the filters; `shared`: those that are not the only one of their fold."""

    view: View
    scores: Scores
    units: Sequence[Unit]
    meaning: Meaning
    leaders: npt.NDArray[np.intp]
    members: Mask
    shared: Mask

    def facets(self) -> dict[str, dict[str, int]]:
        return self.view.table.facets(self.members, self.shared)

    def copies(self, row: int) -> list[int]:
        """The other rows of a leader's fold, newest first."""
        if not self.shared[row]:
            return []
        table = self.view.table
        rows = table.ordered(np.flatnonzero(self.members & (table.fold == table.fold[row])), table.when)
        return [other for other in rows.tolist() if other != row]

    def paragraph(self, row: int) -> int | None:
        """The paragraph nearest in meaning, if the row is found by it."""
        table = self.view.table
        mine = np.flatnonzero(table.passage_row == row)
        near = self.meaning.of_passage[mine]
        return int(table.passage_paragraph[mine[np.nanargmax(near)]]) if (near >= NEAR).any() else None


def _phrase(text: str) -> list[Unit]:
    unit = phrase(text)
    return [] if unit is None else [unit]


def units_of(leaves: Sequence[Words | Phrase | Title], thesaurus: Thesaurus) -> list[Unit]:
    """The units of the leaves of a query, each once."""
    units: dict[Unit, None] = {}
    for leaf in leaves:
        part = leaf.part if isinstance(leaf, Title) else leaf
        found = understand(part.text, thesaurus) if isinstance(part, Words) else _phrase(part.text)
        units |= dict.fromkeys(found)
    return list(units)
