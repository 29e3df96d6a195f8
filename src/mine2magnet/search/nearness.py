"""Documents by how near their passages are to a query in meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from mine2magnet.encoder.encode import Vectors
from mine2magnet.search.centring import Centring, centred_query, unit
from mine2magnet.search.table import Mask, Rows, Scores, Table

if TYPE_CHECKING:
    from mine2magnet.search.lists import ByRecord, Listed  # compiled: loaded where they are used

DEPTH = 100  # documents of each language that are found by meaning
NEAR = 0.04  # centred cosine of these at least: 94 % of the relevant, 22 % of the others (dev queries)
BEST = 3  # passages of a document that count …
FURTHER = 0.6  # … and how much all of them do beside the best one
FEEDBACK = 0.8  # weight of what answers in one language, beside the query, for what is near in all of them
SHORTEST = 0.1  # length of a centred vector below which it is noise; those of texts have 0.3 … 0.7


class Records(Protocol):
    """Where the vectors of passages are compared; a record is a place among the keys."""

    @property
    def keys(self) -> npt.NDArray[np.uint64]:
        """Keys of the passages that the records are the vectors of: `passages.Piece.key`."""

    def quick(self, passages: Passages) -> Listed | None:
        """Return what tells the few that are worth comparing, where there are many and it is made.

        Asked for each query.

        Parameters
        ----------
        passages : Passages
            Those of these records.
        """

    def distances(self, query: Vectors, passages: Passages, allowed: Mask, sure: Mask) -> Scores:
        """Return 1 − the inner product with each record; infinite where it was not looked at.

        Parameters
        ----------
        query : array, 384
        passages : Passages
        allowed : array of bool, rows
            The nearest of each language among the passages of these rows are looked for …
        sure : array of bool, rows
            … and those of these rows, however far they are.

        Returns
        -------
        array, records
        """

    def products(self, vector: Vectors) -> Scores:
        """Return the inner product of a vector with each record; NaN where it was not looked at.

        Parameters
        ----------
        vector : array, 384
            Of any length.

        Returns
        -------
        array, records
        """

    def vectors(self, records: Rows) -> Vectors:
        """Return some vectors.

        Parameters
        ----------
        records : array of int, n

        Returns
        -------
        array, n × 384
        """


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages of a table that have their vectors, as stretches of one document each."""

    records: Records
    record: npt.NDArray[np.intp]  # of each passage
    paragraph: Rows  # in which each passage begins
    starts: npt.NDArray[np.intp]  # the first passage of each stretch, and one past the last
    row: Rows  # of each stretch's document
    language: Rows  # of each stretch
    stretch: Rows  # of each row of the table, −1 without one
    languages: tuple[str, ...]
    centring: Centring
    lengths: Scores  # of each passage's vector without the mean of its language
    _by_record: list[ByRecord] = field(default_factory=list)  # once asked for

    @classmethod
    def of(cls, table: Table, records: Records) -> Passages:
        """Find the passages of a table that have their vectors.

        Parameters
        ----------
        table : Table
        records : Records
        """
        record = _records(table.passage_key, records.keys)
        used = np.flatnonzero(record >= 0)
        rows = table.passage_row[used]
        firsts = np.flatnonzero(np.diff(rows, prepend=-1))
        stretch = np.full(table.size, -1, np.int32)
        stretch[rows[firsts]] = np.arange(len(firsts))
        names = list(table.codes["language"].numbers)
        centring = Centring.of(records.vectors, record[used], table.language[rows], names)
        return cls(
            records=records,
            record=record[used],
            paragraph=table.passage_paragraph[used],
            starts=np.append(firsts, len(used)),
            row=rows[firsts],
            language=table.language[rows[firsts]],
            stretch=stretch,
            languages=tuple(names),
            centring=centring,
            lengths=_lengths(records, record[used], table.language[rows], centring.means),
        )

    def of_rows(self, rows: Mask) -> Mapping[str, npt.NDArray[np.intp]]:
        """Return the records of the passages of some rows, of each language.

        Parameters
        ----------
        rows : array of bool, rows
        """
        lengths = np.diff(self.starts)
        language = np.repeat(np.where(rows[self.row], self.language, -1), lengths)
        return {
            self.languages[code]: np.unique(self.record[language == code])
            for code in np.unique(language).tolist()
            if code >= 0
        }

    def of_records(self) -> Rows:
        """Return the language of each record, as an index of `languages`; −1 for one without a passage."""
        language = np.full(len(self.records.keys), -1, np.int32)
        language[self.record] = np.repeat(self.language, np.diff(self.starts))
        return language

    def by_record(self) -> ByRecord:
        """Return the passages by their records."""
        if not self._by_record:
            from mine2magnet.search.lists import ByRecord

            self._by_record.append(ByRecord.of(self))
        return self._by_record[0]

    def nearness(self, query: Vectors, language: str, allowed: Mask, sure: Mask) -> Nearness:
        """Return how near the passages are to a query; see `Records.distances`.

        Parameters
        ----------
        query : array, 384
            As the model gives it.
        language : str
            ISO 639-1, in which it is asked.
        allowed, sure : array of bool, rows
        """
        query = centred_query(query, language)
        if (quick := self.records.quick(self)) is not None:
            return Nearness(self, query, *quick.nearness(query, self, allowed, sure))
        near = 1.0 - self.records.distances(query, self, allowed, sure)[self.record]
        near -= np.repeat((self.centring.means @ query)[self.language], np.diff(self.starts))
        near /= self.lengths
        return Nearness(self, query, near, np.maximum.reduceat(near, self.starts[:-1]))

    def of_row(self, row: int) -> npt.NDArray[np.intp]:
        """Return the passages of a row; none if it has no vectors.

        Parameters
        ----------
        row : int
        """
        at = self.stretch[row]
        return np.arange(*self.starts[at : at + 2]) if at >= 0 else np.zeros(0, np.intp)

    def centred(self, passages: npt.NDArray[np.intp]) -> Vectors:
        """Return the vectors of some passages without the means of their languages, of length 1.

        Parameters
        ----------
        passages : array of int, n

        Returns
        -------
        array, n × 384
        """
        language = self.language[np.searchsorted(self.starts, passages, side="right") - 1]
        return unit(self.records.vectors(self.record[passages]) - self.centring.means[language])


@dataclass(frozen=True, slots=True)
class Nearness:
    """`query`: its vector, centred; `cosines`: the centred cosine of each passage, −∞ if it was not looked
    at; `best`: of the best passage of each stretch."""

    passages: Passages
    query: Vectors
    cosines: Scores
    best: Scores

    def found(self, allowed: Mask) -> Rows:
        """Return the rows found by meaning: the nearest `DEPTH` of each language that are near enough.

        Parameters
        ----------
        allowed : array of bool, rows
        """
        known = self.passages
        usable = np.flatnonzero((self.best >= NEAR) & allowed[known.row])  # none is nearer than its best
        found = [np.zeros(0, np.int32)]
        for code in np.flatnonzero(np.bincount(known.language[usable])):
            mine = usable[known.language[usable] == code]
            if len(mine) > 2 * DEPTH:  # those that the further passages may bring among the first
                mine = mine[np.argpartition(-self.best[mine], 2 * DEPTH)[: 2 * DEPTH]]
            rows = known.row[mine]
            near = self.of(rows)
            rows, near = rows[near >= NEAR], near[near >= NEAR]
            found.append(rows[np.lexsort((rows, -near))[:DEPTH]])
        return np.concatenate(found)

    def of(self, rows: Rows) -> Scores:
        """Return how near some rows are: mostly their best passage, partly their best few; 0 if not known.

        Parameters
        ----------
        rows : array of int
        """
        known = self.passages
        stretches = known.stretch[rows]
        result = np.zeros(len(rows))
        has = np.flatnonzero(stretches >= 0)
        has = has[np.isfinite(self.best[stretches[has]])]
        mine = stretches[has]
        if len(has):
            starts, lengths = known.starts[mine], known.starts[mine + 1] - known.starts[mine]
            columns = np.arange(max(lengths.max(), BEST))
            inside = columns < lengths[:, None]
            near = np.where(inside, self.cosines[np.where(inside, starts[:, None] + columns, 0)], -np.inf)
            few = np.partition(near, -BEST, axis=1)[:, -BEST:]
            mean = np.mean(few, axis=1, where=np.isfinite(few))
            result[has] = (1 - FURTHER) * self.best[mine] + FURTHER * mean
        return result

    def fed(self, answers: Rows, rows: Rows) -> Nearness:
        """Return how near some rows are to a query together with what answers it.

        What answers in one language says the matter in words that the others' documents share with it, but
        not with the query (pseudo-relevance feedback, Rocchio 1971, over the best documents of several
        languages): the mean of their passages next to the query is added to it.

        Parameters
        ----------
        answers : array of int
            The rows that are taken to answer, `fusion.likely`.
        rows : array of int
            Those that are compared; others keep what they have of the query.
        """
        known = self.passages
        best = [self._nearest(known.of_row(row)) for row in answers.tolist()]
        best = [passages for passages in best if len(passages)]
        looked = np.concatenate([np.zeros(0, np.intp), *map(known.of_row, rows.tolist())])
        if not best or not len(looked):
            return self
        said = unit(np.mean([known.centred(passages).mean(0) for passages in best], axis=0))
        cosines = self.cosines.copy()
        cosines[looked] += FEEDBACK * (known.centred(looked) @ said)
        length = np.linalg.norm(self.query + FEEDBACK * said)
        cosines /= length
        nearest = self.best / length
        stretches = known.stretch[rows[known.stretch[rows] >= 0]]
        firsts = np.cumsum(known.starts[stretches + 1] - known.starts[stretches])[:-1]
        nearest[stretches] = np.maximum.reduceat(cosines[looked], np.append(0, firsts))
        return Nearness(known, self.query, cosines, nearest)

    def _nearest(self, passages: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """The `BEST` of some passages that are nearest."""
        order = np.argsort(-self.cosines[passages], kind="stable")
        return passages[order[:BEST]]

    def paragraph(self, row: int) -> int | None:
        """Return the paragraph in which the nearest passage of a row begins, if it is near enough.

        Parameters
        ----------
        row : int
        """
        known = self.passages
        at = known.stretch[row]
        if at < 0 or self.best[at] < NEAR:
            return None
        first, last = known.starts[at : at + 2]
        return int(known.paragraph[first + np.argmax(self.cosines[first:last])])


def _lengths(records: Records, record: npt.NDArray[np.intp], language: Rows, means: Vectors) -> Scores:
    """The lengths of vectors of length 1 without the means of their languages; where one was not looked at,
    what they have in the mean."""
    squared = np.ones(len(record))
    for code in np.unique(language).tolist():
        mine = language == code
        products = records.products(means[code])[record[mine]]
        own = float(means[code] @ means[code])  # which is what they are in the mean
        squared[mine] = 1.0 - 2.0 * np.where(np.isnan(products), own, products) + own
    return np.sqrt(np.maximum(squared, SHORTEST**2))


def _records(wanted: npt.NDArray[np.uint64], keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.intp]:
    """The record with each wanted key, −1 where there is none."""
    if not len(keys):
        return np.full(len(wanted), -1)
    order = np.argsort(keys, kind="stable")
    at = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    return np.where(keys[at] == wanted, at, -1)
