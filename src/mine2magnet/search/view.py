"""The index as it stands at one moment: what a search reads while others write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from mine2magnet.core.text import fold
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.encoder.encode import asked
from mine2magnet.model import Filters, WrittenForms
from mine2magnet.search.centring import unit
from mine2magnet.search.evidence import Evidence, evidence
from mine2magnet.search.floor import answered
from mine2magnet.search.fusion import fuse, language, likely, relevance, with_translated
from mine2magnet.search.nearness import Nearness, Passages
from mine2magnet.search.query import (
    And,
    Days,
    Field,
    FreeWords,
    Node,
    Not,
    Or,
    Phrase,
    Title,
    fields_only,
    free_text,
    parted,
    positives,
)
from mine2magnet.search.table import UNKNOWN_DAY, Mask, Rows, Scores, Table
from mine2magnet.search.units import Unit, phrase, understand
from mine2magnet.search.word_search import WordSearch

Writing: TypeAlias = Callable[[str], Sequence[WrittenForms]]
By = Literal["both", "words", "meaning"]  # which evidence counts
TRANSLATED = 0.6  # share of the query's words that a translation must say for its document to be found by it
LEAST = 0.01  # more than its own words say
SURE = 1000  # documents found by words whose nearness is looked at for certain
_COLUMN = {"source": "source", "lang": "language", "category": "category", "tag": "tag"}


def as_typed(text: str) -> Sequence[WrittenForms]:
    """Return no other way of writing anything.

    Parameters
    ----------
    text : str
    """
    return ()


@dataclass(frozen=True, slots=True)
class IndexView:
    """The table, the words and the vectors at one moment."""

    table: Table
    words: WordSearch
    thesaurus: Thesaurus
    passages: Passages
    _matched: dict[tuple[tuple[str, ...], tuple[str, ...]], frozenset[str]] = field(default_factory=dict)

    def folded(self, together: Iterable[Sequence[str]]) -> IndexView:
        """Return the view with the folds of some documents as one; see `Table.folded`.

        Parameters
        ----------
        together : iterable of sequence of str
        """
        return replace(self, table=self.table.folded(together))

    def search(
        self,
        tree: Node,
        filters: Filters,
        newest: bool,
        by: By = "both",
        least: float = -np.inf,
        reads: Sequence[str] = (),
        translated: WordSearch | None = None,
        written: Writing = as_typed,
    ) -> RankedRows:
        """Return all that a query finds, ranked.

        Parameters
        ----------
        tree : Node
        filters : Filters
        newest : bool
            Whether the newest come first, instead of the best.
        by : {"both", "words", "meaning"}
        least : float
            The relevance that a document must have.
        reads : sequence of str
            Languages, the first first: of a fold, which stands where its best is, the best of these leads.
        translated : WordSearch or None
            The words of translations, by which free words find what their own words do not say.
        written : callable
            Gives the quantities and times of free words in the ways in which they are written.
        """
        table = self.table
        narrowed = table.narrowed(filters)
        free, rest = parted(tree)
        allowed = narrowed & self.having(rest)
        units = units_of(positives(tree), self.thesaurus, written)
        if not positives(tree):
            whole = np.ones(table.size)
            allowed &= whole >= least
            return self._found(filters, narrowed, allowed, table.when, units, None, whole, reads=reads)
        text = free_text(tree)
        own = language(text)
        matched, said, near = self._by_evidence(text, units, by, allowed, free is not None)
        meaning = np.zeros(table.size)
        if near:
            meaning[matched] = near.of(np.flatnonzero(matched))
        words = np.zeros(table.size) if near and by == "meaning" else said.scores
        relevant = relevance(words, meaning) if near else said.shares
        speaks = free is None or not fields_only(rest) or self._answered(text, matched, said, near, meaning)
        matched = matched & (relevant >= least)
        told = None
        if near and by == "both" and not newest:
            answers, rows = likely(words, meaning, matched, table.language)
            held = np.flatnonzero(matched)
            meaning[held] = near.fed(answers, rows).of(held)
        best = fuse(words, meaning, matched, table.language, table.bearing("language", [own]))
        if translated and free is not None and by != "meaning":
            other = evidence(units, translated, table, text=text)
            added, relevant = self._translated(other, said, meaning, relevant, allowed, own, least)
            if added.any():
                best = with_translated(best, other.scores, meaning, matched, added, table.language)
                matched, told = matched | added, added
                speaks = True
        if newest:
            best = table.when
        found = self._found(filters, narrowed, matched, best, units, near, relevant, speaks, reads)
        return found if told is None else replace(found, told=told, asked=own)

    def _by_evidence(
        self, text: str, units: Sequence[Unit], by: By, allowed: Mask, free: bool
    ) -> tuple[Mask, Evidence, Nearness | None]:
        """The allowed rows that words, if they are free, or meaning find, and what is known of these."""
        vector = asked(text) if units and len(self.passages.row) and by != "words" else None
        said = evidence(units, self.words, self.table, text=text)
        matched = said.rows(allowed) if free else allowed
        said = said.of(matched)
        if vector is None:
            return matched, said, None
        sure = _best(matched, said.scores)
        near = self.passages.nearness(vector.result(), language(text), allowed, sure)
        if free:
            nearest = self.table.mask(near.found(allowed))
            matched = nearest if by == "meaning" else matched | nearest
            said = said.of(nearest)
        return matched, said, near

    def _translated(
        self,
        other: Evidence,
        said: Evidence,
        meaning: Scores,
        relevant: Scores,
        allowed: Mask,
        own: str,
        least: float,
    ) -> tuple[Mask, Scores]:
        """The rows in other languages of which their translations say more; the relevance of all."""
        foreign = allowed & ~self.table.bearing("language", [own])
        added = other.rows(foreign) & (other.shares >= TRANSLATED)
        added &= other.shares >= said.of(added).shares + LEAST
        relevant = np.where(added, np.maximum(relevant, relevance(other.scores, meaning)), relevant)
        return added & (relevant >= least), relevant

    def _answered(
        self, text: str, matched: Mask, said: Evidence, near: Nearness | None, meaning: Scores
    ) -> bool:
        return answered(
            language(text),
            said.shares[matched],
            bool(self.thesaurus.find(text)),
            meaning[matched] if near else None,
            self.passages.centring.unanswered,
        )

    def _found(
        self,
        filters: Filters,
        narrowed: Mask,
        matched: Mask,
        scores: Scores,
        units: Sequence[Unit],
        near: Nearness | None,
        relevant: Scores,
        speaks: bool = True,
        reads: Sequence[str] = (),
    ) -> RankedRows:
        """The matched rows in their order, and the first of each fold, or the one that is read; all where
        copies are listed apart."""
        table = self.table
        rows = table.ordered(np.flatnonzero(matched), scores)
        if filters.apart or filters.tag:
            alone = np.zeros(table.size, bool)
            return RankedRows(self, scores, units, near, rows, matched, alone, relevant, alone, speaks)
        folds = table.fold[rows]
        _, firsts = np.unique(folds, return_index=True)
        hit = np.zeros(len(table.codes["fold"].numbers), bool)
        hit[folds] = True
        members = narrowed & hit[table.fold]
        leaders = self._read(rows, folds, reads)[np.argsort(firsts)]
        return RankedRows(
            self,
            scores,
            units,
            near,
            leaders,
            members,
            table.copies(members),
            relevant,
            np.zeros(table.size, bool),
            speaks,
        )

    def _read(self, rows: npt.NDArray[np.intp], folds: Rows, reads: Sequence[str]) -> npt.NDArray[np.intp]:
        """Return each fold's first row in the first language that it has of some, in the order of folds."""
        table = self.table
        rank = np.full(len(rows), len(reads))
        for place, code in reversed(list(enumerate(reads))):
            rank[np.isin(table.language[rows], table.codes["language"].among([code]))] = place
        by_rank = np.argsort(rank, kind="stable")
        _, firsts = np.unique(folds[by_rank], return_index=True)
        return rows[by_rank[firsts]]

    def alike(self, id: str, days: float, least: float) -> dict[str, float] | None:
        """Return documents in other languages whose opening is near to one's; None while it has no vector.

        Parameters
        ----------
        id : str
        days : float
            Between the times of publication, at most.
        least : float
            The centred cosine of the first passages.

        Returns
        -------
        dict of str to float, or None
            Cosines by id.
        """
        table, known = self.table, self.passages
        row = table.row_of.get(id)
        if row is None or known.stretch[row] < 0:
            return None
        near = table.alive & (np.abs(table.published - table.published[row]) <= days * 86_400)
        others = known.row[near[known.row] & (known.language != table.language[row])]
        rows = np.append(row, others)
        records = known.record[known.starts[known.stretch[rows]]]
        vectors = unit(known.records.vectors(records) - known.centring.means[table.language[rows]])
        cosines = vectors[1:] @ vectors[0]
        return {
            table.ids[one]: float(cosine)
            for one, cosine in zip(others, cosines, strict=True)
            if cosine >= least
        }

    def matching(
        self, wanted: tuple[tuple[str, ...], tuple[str, ...]], trees: Sequence[Node]
    ) -> frozenset[str]:
        """Return the ids of documents that match a tree, or bear a tag out of `wanted`.

        Parameters
        ----------
        wanted : (queries, tags)
            As texts: what is found is remembered under them.
        trees : sequence of Node
            Of the queries.
        """
        if wanted not in self._matched:
            mask = self.table.bearing("tag", wanted[1])
            for tree in trees:
                mask |= self.having(tree)
            rows = np.flatnonzero(mask & self.table.alive)
            self._matched[wanted] = frozenset(self.table.ids[row] for row in rows)
        return self._matched[wanted]

    def lacks(self, word: str, also: WordSearch | None = None) -> bool:
        """Return whether no document has a word.

        Parameters
        ----------
        word : str
        also : WordSearch or None
            Where else it may be.
        """
        unit = phrase(word)
        held = [self.words, *([also] if also else [])]
        return unit is None or not any(words.count(unit.terms) for words in held)

    def embedded(self) -> tuple[int, int]:
        """Return how many passages of living documents have their vector, and how many there are."""
        alive = self.table.alive
        lengths = np.diff(self.passages.starts)
        done = lengths[alive[self.passages.row]].sum()
        return int(done), int(np.count_nonzero(alive[self.table.passage_row]))

    def having(self, node: Node) -> Mask:
        """Return the rows that match the tree by words and fields; free words need most of their units.

        Parameters
        ----------
        node : Node

        Returns
        -------
        array of bool, rows
        """
        match node:
            case FreeWords(text, every):
                return self._with(understand(text, self.thesaurus), every)
            case Phrase(text):
                return self._with(_phrase(text), True)
            case Title(FreeWords(text)):
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
        said = evidence(units, self.words, self.table, every=every, title=title)
        return said.all() if every else said.rows(self.table.alive)

    def _bearing(self, column: str, value: str) -> Mask:
        """A source may be named in part; other values are compared whole. Case and script do not count."""
        wanted = fold(value)
        if column == "language":
            wanted = wanted.split("-")[0]
        held = self.table.codes[column].numbers
        return self.table.bearing(
            column, [v for v in held if wanted == fold(v) or (column == "source" and wanted in fold(v))]
        )


@dataclass(frozen=True, slots=True)
class RankedRows:
    """All that a query finds. `leaders`: the best row of each fold, best first; `members`: all rows of
    these folds that pass the filters; `shared`: those that are not the only one of their fold;
    `relevant`: `fusion.relevance` of each row; `told`: which rows their
    translations into the language `asked` in were found by; `answered`: False where these are but the
    nearest."""

    view: IndexView
    scores: Scores
    units: Sequence[Unit]
    near: Nearness | None
    leaders: npt.NDArray[np.intp]
    members: Mask
    shared: Mask
    relevant: Scores
    told: Mask
    answered: bool = True
    asked: str = ""

    def facets(self) -> dict[str, dict[str, int]]:
        """Return, for each value of each field, how many documents bear it; see `Table.facets`."""
        return self.view.table.facets(self.members, self.shared)

    def copies(self, row: int) -> list[int]:
        """Return the other rows of a leader's fold, newest first.

        Parameters
        ----------
        row : int
        """
        if not self.shared[row]:
            return []
        table = self.view.table
        rows = table.ordered(np.flatnonzero(self.members & (table.fold == table.fold[row])), table.when)
        return [other for other in rows.tolist() if other != row]


def _best(rows: Mask, scores: Scores) -> Mask:
    """The `SURE` of some rows that have the highest scores, and those that have as much."""
    if np.count_nonzero(rows) <= SURE:
        return rows
    best: Mask = rows & (scores >= np.partition(scores[rows], -SURE)[-SURE])
    return best


def _phrase(text: str) -> list[Unit]:
    unit = phrase(text)
    return [] if unit is None else [unit]


def units_of(
    leaves: Sequence[FreeWords | Phrase | Title], thesaurus: Thesaurus, written: Writing = as_typed
) -> list[Unit]:
    """Return the units of the leaves of a query, each once.

    Parameters
    ----------
    leaves : sequence of FreeWords, Phrase or Title
    thesaurus : Thesaurus
    written : callable
        Gives the quantities and times of free words in the ways in which they are written.
    """
    units: dict[Unit, None] = {}
    for leaf in leaves:
        part = leaf.part if isinstance(leaf, Title) else leaf
        if not isinstance(part, FreeWords):
            found = _phrase(part.text)
        else:
            found = understand(part.text, thesaurus, () if part.every else written(part.text))
        units |= dict.fromkeys(found)
    return list(units)
