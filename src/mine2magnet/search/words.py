"""The words of documents, in a tantivy index; queries are built of terms, never parsed by it."""

from __future__ import annotations

import math
import os
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import tantivy
from tantivy import Occur, Query

from mine2magnet.core.text import fold
from mine2magnet.model import Document
from mine2magnet.search.files import Damaged
from mine2magnet.search.table import Rows, Scores
from mine2magnet.search.tokens import PARAGRAPH, marks, of_folded
from mine2magnet.search.units import Term, Unit
from mine2magnet.search.word_search import CLOSEST, PartsFound, TermSearch

VERSION = "1"  # raised when the fields below change
TITLE = 1.5  # weight of a word in the title beside one in the text
TITLE_WORDING = 0.3  # the same where wording is compared: titles are short, so that BM25 makes much of them
RECENT = 256  # terms whose rows are remembered: the concepts of a field come up again and again
COUNTS = 4096  # terms of which it is remembered how many rows have them
LISTED = 2000  # rows that are all listed, whatever they have: quicker than to look for some of them later
BITS = 24  # whole numbers that a score, of 32 bits, holds
HEAP = 64_000_000  # bytes that the writer may hold before it starts a segment

_T = TypeVar("_T")
_Asked: TypeAlias = tuple[tuple[Term, ...], bool]  # terms, and whether in the title
_TEXT, _TITLE = ("text", "marks"), ("title", "title_marks")  # field of tokens, field of marks


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder().add_unsigned_field("row", indexed=True, fast=True)
    for tokens_field, marks_field in (_TEXT, _TITLE):
        builder.add_text_field(tokens_field, tokenizer_name="whitespace")
        builder.add_text_field(marks_field, tokenizer_name="whitespace", index_option="basic")
    return builder.build()


@contextmanager
def _damage() -> Iterator[None]:
    """tantivy says ValueError, or panics, when its files are not what it wrote."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, ValueError) or type(error).__name__ == "PanicException":
            raise Damaged(str(error)) from error
        raise


@dataclass(frozen=True, slots=True)
class _Reading:
    """The index at one commit, and what was found in it lately."""

    searcher: tantivy.Searcher
    found: dict[_Asked, tuple[Rows, Scores]] = field(default_factory=dict)
    queries: dict[_Asked, Query] = field(default_factory=dict)
    counts: dict[_Asked, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, by: dict[_Asked, _T], asked: _Asked, found: _T, most: int) -> _T:
        with self._lock:
            by[asked] = found
            if len(by) > most:
                del by[next(iter(by))]
        return found


class WordIndex(TermSearch):
    """The index in `folder`. All methods raise Damaged if its files are."""

    def __init__(self, folder: Path) -> None:
        self._schema = _schema()
        self._folder = folder
        # tantivy locks what it opens with a file beside it: where none can be made, links stand elsewhere
        fixed = folder.is_dir() and not os.access(folder, os.W_OK)
        self._links = TemporaryDirectory(prefix="mine2magnet-") if fixed else None
        with _damage():
            self._link()
            self._index = tantivy.Index.open(self._links.name if self._links else str(folder))
        self.reload()

    @classmethod
    def make(cls, folder: Path) -> WordIndex:
        """Make an empty index in a folder.

        Parameters
        ----------
        folder : Path
        """
        folder.mkdir(parents=True)
        with _damage():
            tantivy.Index(_schema(), str(folder))
        return cls(folder)

    def reload(self) -> None:
        """See what has been written since."""
        with _damage():
            self._link()
            self._index.reload()
            self._reading = _Reading(self._index.searcher())

    def _link(self) -> None:
        if self._links:
            for file in self._folder.glob("[!.]*"):  # but locks
                with suppress(FileExistsError):
                    Path(self._links.name, file.name).symlink_to(file.resolve())

    @contextmanager
    def writing(self) -> Iterator[WordIndexWriter]:
        """Open the index for one writer at a time, in all processes.

        It ends when its segments are merged and on disk.
        """
        with _damage():
            writer = self._index.writer(HEAP, num_threads=1)
        try:
            yield WordIndexWriter(writer, self._schema)
        finally:
            with _damage():
                writer.wait_merging_threads()

    def having(
        self,
        units: Sequence[Unit],
        least: int,
        *,
        every: bool = False,
        title: bool = False,
        among: Rows | None = None,
    ) -> PartsFound:
        """Return the rows with some of the units, and which parts they have; see `WordSearch.having`.

        To list a row costs more than to pass it by, so tantivy tells which rows are wanted. Which parts a row
        has is told by its score, in which each part is a bit.

        Parameters
        ----------
        units : sequence of Unit
        least : int
        every, title : bool
        among : array of int or None
        """
        if among is None and least:
            each = ((*terms, *unit.also) for unit in units for terms in unit.parts)
            if sum(self.count(terms, title=title) for terms in each) <= LISTED:
                least = 0
        parts = [self._has(terms, title) for unit in units for terms in unit.parts]
        asked = parts + [self._has(unit.also, title) for unit in units if unit.also]
        alone = among is None and (not least or len(asked) == len(units))  # what is asked tells the rows
        if among is not None:
            within = _some([Query.term_query(self._schema, "row", row) for row in among.tolist()], 1)
        elif alone:
            within = _some(asked, least or 1)
        else:
            within = _some([self._unit(unit, every, title) for unit in units], least)
        if alone and least == len(asked):
            rows, _ = self._listed(_constant(within, 0.0))
            has = np.ones((len(asked), len(rows)), bool)
        else:
            rows, has = self._parts(within, asked, alone and not least)
        names = [
            Query.boost_query(self._any(terms, title), unit.worth) for unit in units for terms in unit.parts
        ]
        scores = np.full(len(rows), np.nan)
        if among is None:
            best, found = self._listed(_beside(within, names), CLOSEST)
            scores[:] = min(found, default=0.0)  # at most
            scores[np.searchsorted(rows, best)] = found
        also = np.zeros((len(units), len(rows)), bool)
        also[[bool(unit.also) for unit in units]] = has[len(parts) :]
        complete = among is None and (not least or least == len(asked) == 1)
        return PartsFound(rows, has[: len(parts)], also, scores, complete)

    def _parts(
        self, within: Query, asked: Sequence[Query], alone: bool
    ) -> tuple[Rows, npt.NDArray[np.bool_]]:
        """The rows that a query finds, and which of others find each; `alone`: if it is any of these."""
        found = []
        for start in range(0, len(asked), BITS):
            some = asked[start : start + BITS]
            bits = [_constant(query, 2.0**bit) for bit, query in enumerate(some)]
            every = alone and len(some) == len(asked)
            rows, sums = self._listed(_some(bits, 1) if every else _beside(within, bits))
            found.append(sums.astype(np.int64) >> np.arange(len(some))[:, None] & 1)
        return rows, np.concatenate(found).astype(bool)

    def count(self, terms: Sequence[Term], *, title: bool = False) -> int:
        """Return how many rows have any of the terms; the latest are remembered.

        Parameters
        ----------
        terms : sequence of Term
        title : bool
        """
        reading, key = self._reading, (tuple(terms), title)
        if (known := reading.counts.get(key)) is None:
            with _damage():
                found = reading.searcher.search(self._has(terms, title), 1)
            number: int = found.count  # type: ignore[attr-defined]  # missing in its types
            known = reading.keep(reading.counts, key, number, COUNTS)
        return known

    def find(self, terms: Sequence[Term], *, title: bool = False) -> tuple[Rows, Scores]:
        """Return the rows with any of the terms, and the BM25 score of the one that scores best there.

        BM25 as tantivy has it: k1 = 1.2, b = 0.75 (Robertson and Zaragoza 2009).

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
        reading, key = self._reading, (tuple(terms), title)
        if (known := reading.found.get(key)) is None:
            known = reading.keep(reading.found, key, self._listed(self._any(terms, title)), RECENT)
        return known

    def closest(self, tokens: Sequence[str], limit: int) -> tuple[Rows, Scores]:
        """Return the rows whose wording is closest to some tokens; see `WordSearch.closest`.

        Parameters
        ----------
        tokens : sequence of str
        limit : int
        """
        searcher = self._reading.searcher
        terms = [Term((token,)) for token in tokens]
        texts = [(Occur.Should, self._in(_TEXT, term)) for term in terms]
        titles = [(Occur.Should, Query.boost_query(self._in(_TITLE, term), TITLE_WORDING)) for term in terms]
        query = Query.boolean_query([*texts, *titles])
        with _damage():
            hits = searcher.search(query, limit, count=False).hits
            rows = searcher.fast_field_values("row", list(map(itemgetter(1), hits)))
            counts = [searcher.doc_freq("text", token) for token in tokens]
        usual = sum(math.log(1 + (searcher.num_docs - n + 0.5) / (n + 0.5)) for n in counts)
        return np.array(rows, np.int64), np.array([score for score, _ in hits]) / max(usual, 1.0)

    def _listed(self, query: Query, most: int = 0) -> tuple[Rows, Scores]:
        """All rows that a query finds, or the best, in their order; and their scores."""
        searcher = self._reading.searcher
        with _damage():
            hits = searcher.search(query, most or max(searcher.num_docs, 1), count=False).hits
            found = searcher.fast_field_values("row", list(map(itemgetter(1), hits)))
        rows = np.array(found, np.int64)
        order = np.argsort(rows)
        return rows[order], np.fromiter(map(itemgetter(0), hits), np.float32, len(hits))[order]

    def _unit(self, unit: Unit, every: bool, title: bool) -> Query:
        """What has enough of a unit."""
        return _some([self._has((*terms, *unit.also), title) for terms in unit.parts], unit.need(every))

    def _has(self, terms: Sequence[Term], title: bool) -> Query:
        """What has any of some terms, whatever it scores."""
        reading, key = self._reading, (tuple(terms), title)
        if (known := reading.queries.get(key)) is None:
            fields = (_TITLE,) if title else (_TITLE, _TEXT)
            named = [self._in(of_one, term) for term in _apart(terms) for of_one in fields]
            known = reading.keep(reading.queries, key, _some(named, 1), RECENT)
        return known

    def _any(self, terms: Sequence[Term], title: bool) -> Query:
        queries = [self._term(term, title) for term in _apart(terms)]
        return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries)

    def _term(self, term: Term, title: bool) -> Query:
        query = self._in(_TITLE, term)
        if not title:
            parts = [(Occur.Should, Query.boost_query(query, TITLE)), (Occur.Should, self._in(_TEXT, term))]
            query = Query.boolean_query(parts)
        return query if term.weight == 1.0 else Query.boost_query(query, term.weight)

    def _in(self, fields: tuple[str, str], term: Term) -> Query:
        tokens_field, marks_field = fields
        if term.mark:
            return Query.term_query(self._schema, marks_field, term.tokens[0], "basic")
        if len(term.tokens) == 1:
            return Query.term_query(self._schema, tokens_field, term.tokens[0])
        if term.begun:
            *first, last = map(re.escape, term.tokens)
            return Query.regex_phrase_query(self._schema, tokens_field, [*first, f"{last}.?"])
        return Query.phrase_query(self._schema, tokens_field, list(term.tokens))


def _some(queries: Sequence[Query], least: int) -> Query:
    """What at least so many of some queries find."""
    if len(queries) == 1:
        return queries[0]
    occur = Occur.Must if least == len(queries) else Occur.Should
    return Query.boolean_query([(occur, query) for query in queries], None if occur == Occur.Must else least)


def _beside(within: Query, others: Sequence[Query]) -> Query:
    """What a query finds, scored by others."""
    optional = [(Occur.Should, query) for query in others]
    return Query.boolean_query([(Occur.Must, _constant(within, 0.0)), *optional])


def _constant(query: Query, score: float) -> Query:
    return Query.const_score_query(query, score)


def _apart(terms: Sequence[Term]) -> Sequence[Term]:
    """Terms without those that another, which weighs no less, is a part of: it is found wherever they are."""
    texts = [f" {' '.join(term.tokens)} " for term in terms]
    whole = [
        (text, term.weight) for text, term in zip(texts, terms, strict=True) if not (term.mark or term.begun)
    ]
    return [
        term
        for text, term in zip(texts, terms, strict=True)
        if term.mark or not any(part in text and part != text and w >= term.weight for part, w in whole)
    ]


class WordIndexWriter:
    """Adds and deletes rows; nothing is seen before `commit`."""

    def __init__(self, writer: tantivy.IndexWriter, schema: tantivy.Schema) -> None:
        self._writer = writer
        self._schema = schema

    def delete(self, rows: Iterable[int]) -> None:
        """Delete rows.

        Parameters
        ----------
        rows : iterable of int
        """
        with _damage():
            for row in rows:
                # by a query: by a term, tantivy 0.27 finds no number
                self._writer.delete_documents_by_query(Query.term_query(self._schema, "row", row))

    def delete_from(self, row: int) -> None:
        """Delete this row and all after it.

        Parameters
        ----------
        row : int
        """
        rows = Query.range_query(self._schema, "row", tantivy.FieldType.Unsigned, lower_bound=row)
        with _damage():
            self._writer.delete_documents_by_query(rows)

    def add(self, row: int, document: Document) -> None:
        """Add a document's words as a row.

        Parameters
        ----------
        row : int
        document : Document
        """
        title, *paragraphs = (fold(text) for text in (document.title, *(p.text for p in document.paragraphs)))
        written, folded = f"{document.title}\n{document.text}", "\n".join((title, *paragraphs))
        fields = {
            "row": row,
            "title": " ".join(of_folded(title)),
            "title_marks": " ".join(marks(document.title, title)),
            "text": f" {PARAGRAPH} ".join(" ".join(of_folded(p)) for p in paragraphs),
            "marks": " ".join(marks(written, folded)),
        }
        with _damage():
            self._writer.add_document(tantivy.Document.from_dict(fields, self._schema))

    def commit(self) -> None:
        """Keep what was added and deleted."""
        with _damage():
            self._writer.commit()
