"""The words of documents, in a tantivy index; queries are built of terms, never parsed by it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tantivy
from tantivy import Occur, Query

from mine2magnet.model import Document
from mine2magnet.search.files import Damaged
from mine2magnet.search.fusion import Scores
from mine2magnet.search.table import Rows
from mine2magnet.search.tokens import PARAGRAPH, marks, tokens
from mine2magnet.search.units import Term, Unit, most

VERSION = "1"  # raised when the fields below change
TITLE = 1.5  # weight of a word in the title beside one in the text
COMMON = 0.5  # rarity of a unit that nearly all documents have, in nats
EVEN = 0.05  # weight of BM25 beside the share of the units: it parts those that have the same ones
HEAP = 64_000_000  # bytes that the writer may hold before it starts a segment

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


class Words:
    """The index in `folder`. All methods raise Damaged if its files are."""

    def __init__(self, folder: Path) -> None:
        self._schema = _schema()
        with _damage():
            self._index = tantivy.Index.open(str(folder))
            self._index.reload()
            self._searcher = self._index.searcher()

    @classmethod
    def make(cls, folder: Path) -> Words:
        folder.mkdir(parents=True)
        with _damage():
            tantivy.Index(_schema(), str(folder))
        return cls(folder)

    def reload(self) -> None:
        with _damage():
            self._index.reload()
            self._searcher = self._index.searcher()

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One writer at a time, in all processes; returns when its segments are merged and on disk."""
        with _damage():
            writer = self._index.writer(HEAP, num_threads=1)
        try:
            yield Writer(writer, self._schema)
        finally:
            with _damage():
                writer.wait_merging_threads()

    def rows(self, units: Sequence[Unit], *, every: bool, title: bool = False) -> Rows:
        """The rows that have most of the units, or every one of them."""
        if not units:
            return np.zeros(0, np.int32)
        query = _some_of([self._unit(unit, every, title) for unit in units], most(len(units), every))
        with _damage():
            hits = self._searcher.search(
                query, max(self._searcher.num_docs, 1), count=False, order_by_field="row"
            ).hits
        return np.fromiter((row for row, _ in hits), np.int32, len(hits))

    def rank(self, units: Sequence[Unit], *, need: int, within: Rows | None = None) -> tuple[Rows, Scores]:
        """The rows (of `within`) that have at least `need` of the units, with their scores.

        A score is the share of the units that is there, each weighed by how rare it is in the whole
        library under all its names, so that scores compare across languages: 0 … 1, and up to about
        `EVEN` more by BM25 for documents that say it more often or in fewer words. Rarity as in BM25
        (Robertson and Zaragoza 2009): log(1 + (N − n + ½) / (n + ½)).
        """
        searcher = self._searcher
        if not units or not searcher.num_docs or (within is not None and not len(within)):
            return np.zeros(0, np.int32), np.zeros(0)
        with _damage():
            rarities = [self._rarity(unit, searcher) for unit in units]
        asked = [self._unit(unit, False, False) for unit in units]
        shares = [
            self._share(unit, query, rarity)
            for unit, query, rarity in zip(units, asked, rarities, strict=True)
        ]
        parts = [
            (Occur.Must, Query.const_score_query(_some_of(asked, need), 0.0)),
            (Occur.Should, _some_of(shares, 1)),
            (Occur.Should, Query.boost_query(_some_of(asked, 1), EVEN)),
        ]
        if within is not None:
            rows = Query.const_score_query(Query.term_set_query(self._schema, "row", within.tolist()), 0.0)
            parts.append((Occur.Must, rows))
        with _damage():
            hits = searcher.search(Query.boolean_query(parts), max(searcher.num_docs, 1), count=False).hits
            found = searcher.fast_field_values("row", [address for _, address in hits])
        scores = np.fromiter((score for score, _ in hits), float, len(hits)) / sum(rarities)
        # rounded, as the last places of 32-bit sums depend on which segment a document lies in
        return np.array(found, np.int32), scores.round(4)

    def _rarity(self, unit: Unit, searcher: tantivy.Searcher) -> float:
        counts = []
        for term in unit.terms:
            field = _TEXT[term.mark]
            counts.append(min(searcher.doc_freq(field, token) for token in term.tokens))
        total = searcher.num_docs
        having = min(min(counts) if unit.run else sum(counts), total)
        return max(math.log(1 + (total - having + 0.5) / (having + 0.5)), COMMON)

    def _share(self, unit: Unit, query: Query, rarity: float) -> Query:
        if not unit.run:
            return Query.const_score_query(query, rarity)
        terms = [
            Query.const_score_query(self._term(term, False), rarity / len(unit.terms)) for term in unit.terms
        ]
        return _some_of(terms, 1)

    def _unit(self, unit: Unit, every: bool, title: bool) -> Query:
        terms = [self._term(term, title) for term in unit.terms]
        if unit.run:
            return _some_of(terms, unit.need(every))
        return terms[0] if len(terms) == 1 else Query.disjunction_max_query(terms)

    def _term(self, term: Term, title: bool) -> Query:
        in_title = self._in(_TITLE, term)
        if title:
            return in_title
        query = _some_of([Query.boost_query(in_title, TITLE), self._in(_TEXT, term)], 1)
        return query if term.weight == 1.0 else Query.boost_query(query, term.weight)

    def _in(self, fields: tuple[str, str], term: Term) -> Query:
        tokens_field, marks_field = fields
        if term.mark:
            return Query.term_query(self._schema, marks_field, term.tokens[0], "basic")
        if len(term.tokens) == 1:
            return Query.term_query(self._schema, tokens_field, term.tokens[0])
        return Query.phrase_query(self._schema, tokens_field, list(term.tokens))


class Writer:
    """Adds and deletes rows; nothing is seen before `commit`."""

    def __init__(self, writer: tantivy.IndexWriter, schema: tantivy.Schema) -> None:
        self._writer = writer
        self._schema = schema

    def delete(self, rows: Iterable[int]) -> None:
        with _damage():
            for row in rows:
                self._writer.delete_documents_by_term("row", row)

    def delete_from(self, row: int) -> None:
        """Deletes this row and all after it."""
        rows = Query.range_query(self._schema, "row", tantivy.FieldType.Unsigned, lower_bound=row)
        with _damage():
            self._writer.delete_documents_by_query(rows)

    def add(self, row: int, document: Document) -> None:
        paragraphs = [p.text for p in document.paragraphs]
        text = f" {PARAGRAPH} ".join(" ".join(tokens(p)) for p in paragraphs)
        fields = {
            "row": row,
            "title": " ".join(tokens(document.title)),
            "title_marks": " ".join(marks(document.title)),
            "text": text,
            "marks": " ".join(marks("\n".join((document.title, *paragraphs)))),
        }
        with _damage():
            self._writer.add_document(tantivy.Document.from_dict(fields, self._schema))

    def commit(self) -> None:
        with _damage():
            self._writer.commit()


def _some_of(queries: Sequence[Query], need: int) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, q) for q in queries], minimum_number_should_match=need)
