"""One row for each indexed document, as columns: what filters, facets, folds and dates need.

The rows are kept as a log of JSON lines, each a batch of columns, which is only ever appended to. A row
is dead once its document has a later row or is removed. A `Table` never changes: `extended` gives a new
one, so that a search goes on undisturbed while another thread reads on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from mine2magnet.model import Filters
from mine2magnet.search.passages import Piece
from mine2magnet.store import DocumentChange

Rows: TypeAlias = npt.NDArray[np.integer[Any]]
Mask: TypeAlias = npt.NDArray[np.bool_]
Scores: TypeAlias = npt.NDArray[np.floating[Any]]

FACETS = ("source", "language", "category", "tag")
COLUMNS = ("id", "fold", *FACETS, "published", "day", "when", "passages")  # of a line of the log
AT_ONCE = 10  # lines that are read into memory; each is of up to 2,000 documents
UNKNOWN_DAY = 0  # of a document without a date of publication


def line(changes: Sequence[DocumentChange], pieces: Sequence[Sequence[Piece]]) -> bytes:
    """Return one line of the log.

    Parameters
    ----------
    changes : sequence of DocumentChange
    pieces : sequence of sequence of Piece
        The passages of each document that is held.
    """
    held = [(change.document, change.fold) for change in changes if change.document is not None]
    documents = [document for document, _ in held]
    columns = {
        "id": [d.id for d in documents],
        "fold": [fold for _, fold in held],
        "source": [d.source for d in documents],
        "language": [d.language for d in documents],
        "category": [d.category for d in documents],
        "tag": [list(d.tags) for d in documents],
        "published": [d.published.timestamp() if d.published else None for d in documents],
        "day": [int(d.published.strftime("%Y%m%d")) if d.published else UNKNOWN_DAY for d in documents],
        "when": [(d.published or d.fetched).timestamp() for d in documents],
        "passages": [[(piece.paragraph, piece.key) for piece in of_one] for of_one in pieces],
        "removed": [change.id for change in changes if change.document is None],
    }
    return json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Codes:
    """Values of one column as numbers, in the order of their coming."""

    numbers: dict[str, int] = field(default_factory=dict)

    def of(self, values: Iterable[str]) -> tuple[Codes, Rows]:
        """Return the column with those values that are new to it, and the code of each.

        Parameters
        ----------
        values : iterable of str
        """
        numbers = dict(self.numbers)
        codes = np.fromiter((numbers.setdefault(value, len(numbers)) for value in values), np.int32)
        return Codes(numbers), codes

    def among(self, values: Sequence[str]) -> Rows:
        """Return the codes of those values that are known.

        Parameters
        ----------
        values : sequence of str
        """
        return np.array([self.numbers[v] for v in values if v in self.numbers], np.int32)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns over rows 0 … size − 1, and over the tags and the passages of these rows."""

    ids: tuple[str, ...]
    row_of: dict[str, int]
    alive: Mask
    codes: dict[str, Codes]
    fold: Rows
    source: Rows
    language: Rows
    category: Rows
    published: Scores  # s since 1970, NaN if unknown
    day: Rows  # as year × 10,000 + month × 100 + day in the zone it was stated in
    when: Scores  # published, else fetched; s since 1970
    name: npt.NDArray[np.bytes_]  # the first 16 bytes of the id, by which ties are parted
    tag_row: Rows
    tag: Rows
    passage_row: Rows
    passage_paragraph: Rows
    passage_key: npt.NDArray[np.uint64]

    @property
    def size(self) -> int:
        """The number of rows, dead ones among them."""
        return len(self.ids)

    def extended(self, lines: Iterable[bytes]) -> Table:
        """Return the table with further lines of the log.

        Parameters
        ----------
        lines : iterable of bytes

        Raises
        ------
        ValueError, KeyError
            For a damaged line.
        """
        table, left = self, iter(lines)
        while some := list(islice(left, AT_ONCE)):
            table = table._extended([json.loads(line) for line in some])
        return table

    def _extended(self, batches: Sequence[dict[str, Any]]) -> Table:
        new: dict[str, list[Any]] = {
            name: [value for b in batches for value in b[name]] for name in batches[0] if name != "removed"
        }
        first, count = self.size, len(new["id"])
        if any(len(new[name]) != count for name in new):
            raise ValueError("columns of different lengths")
        codes = dict(self.codes)
        columns: dict[str, Any] = {}
        for name in ("fold", "source", "language", "category"):
            codes[name], numbers = codes[name].of(new[name])
            columns[name] = np.concatenate([getattr(self, name), numbers])
        codes["tag"], tags = codes["tag"].of(tag for of_one in new["tag"] for tag in of_one)
        rows = np.arange(first, first + count, dtype=np.int32)
        passages = [passage for of_one in new["passages"] for passage in of_one]
        ids = (*self.ids, *new["id"])
        row_of = dict(self.row_of)
        alive = np.concatenate([self.alive, np.ones(count, bool)])
        at = first
        for b in batches:  # in their order: a document may have been removed, then added again
            for id in b["removed"]:
                if id in row_of:
                    alive[row_of.pop(id)] = False
            for id in b["id"]:
                if id in row_of:
                    alive[row_of[id]] = False
                row_of[id] = at
                at += 1
        return replace(
            self,
            **columns,
            ids=ids,
            row_of=row_of,
            alive=alive,
            codes=codes,
            published=_joined(self.published, [np.nan if t is None else t for t in new["published"]]),
            day=_joined(self.day, new["day"]),
            when=_joined(self.when, new["when"]),
            name=_joined(self.name, [id.encode() for id in new["id"]]),
            tag_row=_joined(self.tag_row, np.repeat(rows, [len(t) for t in new["tag"]])),
            tag=_joined(self.tag, tags),
            passage_row=_joined(self.passage_row, np.repeat(rows, [len(p) for p in new["passages"]])),
            passage_paragraph=_joined(self.passage_paragraph, [p[0] for p in passages]),
            passage_key=_joined(self.passage_key, [p[1] for p in passages]),
        )

    def mask(self, rows: Rows) -> Mask:
        """Return rows as a mask.

        Parameters
        ----------
        rows : array of int

        Returns
        -------
        array of bool, rows
        """
        mask = np.zeros(self.size, bool)
        mask[rows] = True
        return mask

    def narrowed(self, filters: Filters) -> Mask:
        """Return the rows of living documents that pass the filters.

        Parameters
        ----------
        filters : Filters

        Returns
        -------
        array of bool, rows
        """
        mask = self.alive.copy()
        for name in FACETS:
            if values := getattr(filters, name):
                mask &= self.bearing(name, values)
        if filters.since is not None:
            mask &= self.published >= filters.since.timestamp()
        if filters.until is not None:
            mask &= self.published <= filters.until.timestamp()
        if filters.documents is not None:
            rows = [self.row_of[id] for id in filters.documents if id in self.row_of]
            mask &= self.mask(np.array(rows, np.int32))
        return mask

    def bearing(self, name: str, values: Sequence[str]) -> Mask:
        """Return the rows with one of the values in a column, dead ones among them.

        Parameters
        ----------
        name : str
        values : sequence of str

        Returns
        -------
        array of bool, rows
        """
        wanted = self.codes[name].among(values)
        if name == "tag":
            return self.mask(self.tag_row[np.isin(self.tag, wanted)])
        return np.isin(getattr(self, name), wanted)

    def ordered(self, rows: npt.NDArray[np.intp], scores: Scores) -> npt.NDArray[np.intp]:
        """Return rows by score, best first; equal ones newest first, then by id.

        Parameters
        ----------
        rows : array of int, n
        scores : array, rows
        """
        by_score = rows[np.lexsort((-self.when[rows], -scores[rows]))]
        tied = np.diff(scores[by_score]) == 0
        if not (tied & (np.diff(self.when[by_score]) == 0)).any():
            return by_score
        high, low = self.name[rows].view(">u8").reshape(-1, 2).T
        return rows[np.lexsort((low, high, -self.when[rows], -scores[rows]))]

    def copies(self, within: Mask) -> Mask:
        """Return the rows whose fold has more than one row in the mask.

        Parameters
        ----------
        within : array of bool, rows

        Returns
        -------
        array of bool, rows
        """
        counts = np.bincount(self.fold[within], minlength=len(self.codes["fold"].numbers))
        return (counts > 1)[self.fold] & within

    def folded(self, together: Iterable[Sequence[str]]) -> Table:
        """Return the table with the folds of some documents as one.

        Parameters
        ----------
        together : iterable of sequence of str
            Ids of documents of one fold each; none stands in two.
        """
        into: dict[int, int] = {}  # fold → one that it is part of

        def whole(code: int) -> int:
            while code in into:
                code = into[code]
            return code

        for ids in together:
            first, *others = {whole(int(self.fold[self.row_of[id]])) for id in ids if id in self.row_of} or {
                -1
            }
            into.update(dict.fromkeys(others, first))
        if not into:
            return self
        codes = np.arange(len(self.codes["fold"].numbers), dtype=self.fold.dtype)
        codes[list(into)] = [whole(code) for code in into]
        return replace(self, fold=codes[self.fold])

    def facets(self, within: Mask, folded: Mask) -> dict[str, dict[str, int]]:
        """Return how many folds have a member with each value of each field.

        The most frequent come first.

        Parameters
        ----------
        within : array of bool, rows
        folded : array of bool, rows
            The rows that share their fold with others (`copies`); only these need a closer look.
        """
        return {name: self._facet(name, within, folded) for name in FACETS}

    def _facet(self, name: str, within: Mask, folded: Mask) -> dict[str, int]:
        alone, shared = within & ~folded, within & folded
        folds, codes = self.fold, getattr(self, name)
        if name == "tag":
            alone, shared, folds = alone[self.tag_row], shared[self.tag_row], folds[self.tag_row]
        values = list(self.codes[name].numbers)
        counts = np.bincount(codes[alone], minlength=len(values))
        if shared.any():
            pairs = np.unique(np.stack([folds[shared], codes[shared]]), axis=1)
            counts += np.bincount(pairs[1], minlength=len(values))
        found = np.flatnonzero(counts)
        return {values[i]: int(counts[i]) for i in sorted(found, key=lambda i: (-counts[i], values[i]))}


def _empty() -> Table:
    rows, times = np.zeros(0, np.int32), np.zeros(0)
    return Table(
        ids=(),
        row_of={},
        alive=np.zeros(0, bool),
        codes={name: Codes() for name in ("fold", *FACETS)},
        fold=rows,
        source=rows,
        language=rows,
        category=rows,
        published=times,
        day=rows,
        when=times,
        name=np.zeros(0, "S16"),
        tag_row=rows,
        tag=rows,
        passage_row=rows,
        passage_paragraph=rows,
        passage_key=np.zeros(0, np.uint64),
    )


EMPTY = _empty()


def _joined(old: Any, new: Any) -> Any:
    return np.concatenate([old, np.asarray(new, old.dtype)])
