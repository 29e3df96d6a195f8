"""The index of a library: words and vectors, derived from the store and brought up to date with it.

What it is kept in is a `backend.Backend`. Nothing there is the only copy of anything: what is damaged is
made anew from the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from mine2magnet.core.errors import UserError
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.encoder import encode
from mine2magnet.model import Document, Filters, Hit, Paragraph, Passage, Results
from mine2magnet.search import passages
from mine2magnet.search.backend import Backend, IndexWriter
from mine2magnet.search.embedded import IndexFolder
from mine2magnet.search.excerpts import excerpts, highlights
from mine2magnet.search.files import Damaged
from mine2magnet.search.query import parse, read, required
from mine2magnet.search.spelling import respelt
from mine2magnet.search.translated import TranslationIndex, as_document
from mine2magnet.search.view import By, IndexView, RankedRows, Writing, as_typed
from mine2magnet.store import Store

BATCH = 2000  # documents indexed between two commits
NEAREST = 3  # documents that are shown where nothing answers
_ALL = Filters()
_T = TypeVar("_T")
Embedding: TypeAlias = Callable[[Sequence[Sequence[str]]], Iterable[encode.Vectors]]


def _here(groups: Sequence[Sequence[str]]) -> Iterable[encode.Vectors]:
    return map(encode.embed_passages, groups)


class Index:
    """The index of `store`, in files of `folder`, or on a Milvus server at `url`. Safe to use from several
    threads and processes.

    `token` is what the server asks for: "user:password" or a key; `written` gives the quantities and
    times of a query in the ways in which texts write them. All methods raise UserError if the
    folder cannot be written or the server does not answer; `matching` also for a query that cannot be
    understood.
    """

    def __init__(
        self,
        folder: Path,
        store: Store,
        thesaurus: Thesaurus,
        *,
        url: str = "",
        token: str = "",
        written: Writing = as_typed,
    ) -> None:
        self._store = store
        self._written = written
        self.translated = TranslationIndex(folder / "translated", store, thesaurus)
        self.backend: Backend
        if url:
            from mine2magnet.search.milvus import Cluster  # its packages are an extra

            self.backend = Cluster(url, token, folder, thesaurus)
        else:
            self.backend = IndexFolder(folder, thesaurus)

    # --- writing

    def update(self) -> int:
        """Bring the index up to date with the store.

        Returns
        -------
        int
            How many documents changed; 0 as well if another process is at it for longer than a few seconds,
            or if the library cannot be written.
        """
        if self._store.read_only:
            return 0
        try:
            done = self._updated()
        except Damaged:
            done = self._mend()
        self.translated.update()
        return done

    def rebuild(self) -> None:
        """Make all of the index anew from the store; searches go on in the old one.

        Vectors follow with `embed`.

        Raises
        ------
        UserError
            If another process writes the index.
        """
        with _explained(), self.backend.writing(anew=True) as writer:
            if writer is None:
                raise UserError("another program writes to the index", where="rebuild", hint="try again")
            self._fill(writer)
        self.view()

    def embed(self, limit: int, vectors_of: Embedding = _here) -> int:
        """Embed passages that have no vector yet, those that lead newer documents first.

        Parameters
        ----------
        limit : int
            Passages, at most.
        vectors_of : callable
            Gives the vectors of each group of texts, in their order.

        Returns
        -------
        int
            How many it did; 0 as well while another process embeds.
        """
        with self.backend.embedding() as writer:
            view = self.view()
            if writer is None or view is None:
                return 0
            todo = self._without_vector(view, limit)
            left = iter(todo.items())
            groups = list(iter(lambda: dict(islice(left, 2 * encode.CORES)), {}))
            made = vectors_of([[text for _, text in some.values()] for some in groups])
            for some, vectors in zip(groups, made, strict=True):
                writer.append(list(some), [language for language, _ in some.values()], vectors)
            return len(todo)

    def reached(self) -> int:
        """Return the last change of the store that can be found."""
        self.view()
        return self.backend.reached()

    def pending(self) -> tuple[int, int]:
        """Return how many passages have their vector, and how many there are."""
        view = self.view()
        return (0, 0) if view is None else view.embedded()

    def _updated(self) -> int:
        with self.backend.writing() as writer:
            return self._fill(writer) if writer else 0

    def _mend(self) -> int:
        """Writes what is damaged anew, as `update` does."""
        with _explained():
            self.backend.forget()
            return self._updated()

    def _fill(self, writer: IndexWriter) -> int:
        done = 0
        while changes := self._store.changes(after=writer.seq, limit=BATCH):
            writer.add(changes, self._readable(c.document for c in changes if c.document is not None))
            done += len(changes)
        return done

    def _without_vector(self, view: IndexView, limit: int) -> dict[int, tuple[str, str]]:
        """(language, text) of the passages by their keys, in the order in which they are wanted."""
        documents = view.table
        known = np.isin(documents.passage_key, view.passages.records.keys)
        waiting = np.flatnonzero(~known & documents.alive[documents.passage_row])
        if not len(waiting):
            return {}
        rows = documents.passage_row[waiting]
        firsts = np.r_[True, rows[1:] != rows[:-1]] & (documents.passage_paragraph[waiting] == 1)
        order = waiting[np.lexsort((waiting, -documents.when[rows], ~firsts))][:limit]
        wanted = set(documents.passage_key[order].tolist())
        ids = list(dict.fromkeys(documents.ids[row] for row in documents.passage_row[order]))
        return {
            key: (document.language, piece.text)
            for document in self._readable(self._store.documents(ids).values())
            for piece in passages.pieces(document)
            if (key := piece.key) in wanted
        }

    # --- reading

    def view(self) -> IndexView | None:
        """Return the index as it stands; one that is damaged is made anew first."""
        try:
            return self.backend.view()
        except Damaged:
            self._mend()
            return self.backend.view()

    def _reading(self, use: Callable[[IndexView], _T], without: _T) -> _T:
        """Return what `use` makes of the index; damage may show only when it is used."""
        view = self.view()
        try:
            return without if view is None else use(view)
        except Damaged:
            self._mend()
            view = self.view()
            return without if view is None else use(view)

    def search(
        self,
        query: str,
        filters: Filters = _ALL,
        *,
        order: Literal["best", "newest"] = "best",
        limit: int = 20,
        offset: int = 0,
        by: By = "both",
        least: float = -np.inf,
        loose: bool = False,
        together: Sequence[Sequence[str]] = (),
        reads: Sequence[str] = (),
    ) -> Results:
        """Return documents of all languages for a query.

        Without a query, all that pass the filters, newest first.

        Free words find the documents that have most of them, in any language of the thesaurus, and the
        nearest in meaning; phrases, fields and NOT bound both, and so do words with AND and OR. Where nothing
        answers free words, the few that come nearest are apart. Of near-duplicates the best leads and the
        others are its `copies`.

        Parameters
        ----------
        query : str
        filters : Filters
        order : {"best", "newest"}
        limit, offset : int
            Documents, at most, and skipped before them.
        by : {"both", "words", "meaning"}
            Which evidence counts; words do, too, as long as there are no vectors.
        least : float
            The relevance that a document must have.
        loose : bool
            Whether phrases, operators and excluded words are free words as well.
        together : sequence of sequence of str
            Ids of documents that are taken for near-duplicates as well.
        reads : sequence of str
            Languages, the first first: of near-duplicates found, the one in the first of these leads.

        Raises
        ------
        UserError
            For a query that is too long.
        """
        taken = read(query, loose)

        def results(view: IndexView) -> Results:
            translated = self.translated.view(view.table)
            tree, spelt = respelt(taken.tree, view.thesaurus, partial(view.lacks, also=translated))
            view = view.folded(together)
            found = view.search(tree, filters, order == "newest", by, least, reads, translated, self._written)
            page = self._page(found, offset, limit)
            return replace(page, respelt=spelt)

        page = self._reading(results, Results((), 0))
        return replace(page, strict=taken.strict, fault=taken.fault)

    def _page(self, found: RankedRows, offset: int, limit: int) -> Results:
        meaning = found.near is not None
        if not found.answered:
            rows = found.leaders[:NEAREST] if limit else found.leaders[:0]
            held = self._held(found, rows)
            return Results((), 0, meaning=meaning, nearest=self._hits(found, rows, held), held=held)
        rows = found.leaders[offset : offset + limit]
        held = self._held(found, rows)
        hits = self._hits(found, rows, held)
        return Results(hits, len(found.leaders), found.facets(), meaning, held=held)

    def _held(self, found: RankedRows, rows: npt.NDArray[np.intp]) -> dict[str, Document]:
        return self._store.documents([found.view.table.ids[row] for row in rows.tolist()])

    def _hits(
        self, found: RankedRows, rows: npt.NDArray[np.intp], held: Mapping[str, Document]
    ) -> tuple[Hit, ...]:
        shown = rows.tolist()
        ids = found.view.table.ids
        documents = {document.id: document for document in self._readable(held.values())}
        told = self._told(found, [ids[row] for row in shown if found.told[row]])
        hits = []
        for row in shown:
            document = documents.get(ids[row])
            hits.append(
                Hit(
                    document=ids[row],
                    score=float(found.scores[row]),
                    passages=self._passages(held[ids[row]], document, found, row) if document else (),
                    title_highlights=highlights(document.title, found.units) if document else (),
                    copies=tuple(ids[other] for other in found.copies(row)),
                    relevance=float(found.relevant[row]),
                    translated=told.get(ids[row], ()),
                )
            )
        return tuple(hits)

    def _told(self, found: RankedRows, ids: Sequence[str]) -> dict[str, tuple[Passage, ...]]:
        """Return excerpts of the translations through which documents were found."""
        made = self._store.translations(ids, found.asked) if ids else {}
        texts = {id: text for id, one in made.items() if (text := as_document(one)) is not None}
        return {id: excerpts(text, found.units, None)[:1] for id, text in texts.items()}

    def _passages(self, held: Document, read: Document, found: RankedRows, row: int) -> tuple[Passage, ...]:
        passages = excerpts(read, found.units, found.near.paragraph(row) if found.near else None)
        return passages if held.paragraphs else tuple(replace(p, paragraph=0) for p in passages)

    def _readable(self, documents: Iterable[Document]) -> list[Document]:
        """Documents as they are searched: one that is known only by a published digest, by its points."""
        documents = list(documents)
        digests = self._store.digests([d.id for d in documents if not d.paragraphs])
        return [
            replace(
                document,
                paragraphs=tuple(
                    Paragraph(number, point.text)
                    for number, point in enumerate((p for d in digests[document.id] for p in d.points), 1)
                ),
            )
            if document.id in digests
            else document
            for document in documents
        ]

    def vectors(self, document: Document, paragraphs: Sequence[int]) -> list[encode.Vectors]:
        """Return for each of some paragraphs the vectors of the passages that it is in, n × 384.

        Parameters
        ----------
        document : Document
            As it is held, with its text.
        paragraphs : sequence of int
            Numbers of paragraphs; for one whose vectors are still in the making n is 0.
        """
        view = self.view()
        pieces = passages.pieces(document)
        ends = [piece.paragraph for piece in pieces[1:]] + [len(document.paragraphs) + 1]
        keys = np.array([piece.key for piece in pieces], np.uint64)
        held = np.zeros(0, np.uint64) if view is None else view.passages.records.keys
        record = {int(held[at]): at for at in np.flatnonzero(np.isin(held, keys)).tolist()}
        found = []
        for number in paragraphs:
            mine = [
                record[int(key)]
                for piece, end, key in zip(pieces, ends, keys, strict=True)
                if piece.paragraph <= number < max(end, piece.paragraph + 1) and int(key) in record
            ]
            none = np.zeros((0, encode.DIMENSIONS), np.float32)
            found.append(view.passages.records.vectors(np.array(mine)) if view and mine else none)
        return found

    def alike(self, id: str, days: float, least: float) -> dict[str, float] | None:
        """Return documents in other languages whose opening is near to one's; see `IndexView.alike`.

        Parameters
        ----------
        id : str
        days : float
        least : float

        Returns
        -------
        dict of str to float, or None
        """
        return self._reading(lambda view: view.alike(id, days, least), None)

    def passing(self, filters: Filters) -> frozenset[str]:
        """Return the ids of the documents that pass the filters.

        Parameters
        ----------
        filters : Filters
        """

        def ids(view: IndexView) -> frozenset[str]:
            return frozenset(view.table.ids[row] for row in np.flatnonzero(view.table.narrowed(filters)))

        return self._reading(ids, frozenset())

    def matching(self, queries: Sequence[str], tags: Sequence[str]) -> frozenset[str]:
        """Return the ids of documents that match any query by its words, or bear any tag.

        Parameters
        ----------
        queries, tags : sequence of str
        """
        trees = [required(parse(query)) for query in queries]
        asked = tuple(queries), tuple(tags)
        return self._reading(lambda view: view.matching(asked, trees), frozenset())


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Damaged as error:
        raise UserError(
            f"the index cannot be written: {error}", where="index", hint="check the disk, or the server"
        ) from error
