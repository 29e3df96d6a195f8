"""The index of a library: words and vectors, derived from the store and brought up to date with it.

In the index's folder, `state.json` names the generation in force: a folder with the words (tantivy) and
the table of documents, and how far both have come. It is put in place last, so what a killed process
left half done is not seen and is done again. Vectors lie beside the generations and outlive them, for
they are dear. Nothing here is the only copy of anything: what is damaged is made anew from the store.
"""

from __future__ import annotations

import errno
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

import numpy as np

from mine2magnet.errors import UserError
from mine2magnet.model import Document, Filters, Hit, Paragraph, Passage, Results
from mine2magnet.search import files, meaning, passages, table, tokens, words
from mine2magnet.search.excerpts import excerpts, highlights
from mine2magnet.search.files import Damaged
from mine2magnet.search.nearness import Passages
from mine2magnet.search.query import parse, required
from mine2magnet.search.table import Table
from mine2magnet.search.vectors import VectorFile
from mine2magnet.search.view import Found, View
from mine2magnet.store import Store
from mine2magnet.thesaurus import Thesaurus

BATCH = 2000  # documents indexed between two commits
WAIT = 5.0  # s that a writer waits for another one
LOOK = 1.0  # s between two looks at the vectors, which another process may be making
_STATE = "state.json"
_LOG = "documents.jsonl"
_ALL = Filters()
_CAUSES = {
    errno.ENOSPC: ("the disk is full", "free some space; searching still works"),
    errno.EDQUOT: ("the disk quota is used up", "free some space; searching still works"),
    errno.EROFS: ("the folder is read-only", "choose another with --folder"),
    errno.EACCES: ("no permission to write", "choose another with --folder, or mend its permissions"),
    errno.EPERM: ("no permission to write", "choose another with --folder, or mend its permissions"),
}
_T = TypeVar("_T")
Embedding: TypeAlias = Callable[[Sequence[Sequence[str]]], Iterable[meaning.Vectors]]


def _here(groups: Sequence[Sequence[str]]) -> Iterable[meaning.Vectors]:
    return map(meaning.embed_passages, groups)


@dataclass(frozen=True, slots=True)
class State:
    """`log`: bytes of the table's log that count; `seq`: the last change of the store that is in."""

    stamp: str
    generation: str
    log: int
    seq: int


class Index:
    """The index in `folder`. Safe to use from several threads and processes.

    All methods raise UserError if the folder cannot be written; `search` and `matching` also for a
    query that cannot be understood.
    """

    def __init__(self, folder: Path, store: Store, thesaurus: Thesaurus) -> None:
        self._folder = folder
        self._store = store
        self._thesaurus = thesaurus
        self._stamp = "-".join((tokens.VERSION, words.VERSION, passages.VERSION, thesaurus.version))
        self.vectors = VectorFile(folder / f"vectors-{meaning.MODEL}.bin")
        self._lock = threading.Lock()  # over the four below
        self._seen: tuple[int, int, int] | None = None  # of the state file when it was last read
        self._state: State | None = None
        self._view: View | None = None
        self._looked = 0.0  # when the vectors were last looked at, s

    # --- writing

    def update(self) -> int:
        """Brings words and table up to date with the store; returns how many documents changed.

        Returns 0 as well if another process is at it for longer than a few seconds.
        """
        with self._explained(), files.locked(self._folder / "words.lock", WAIT) as mine:
            return self._update() if mine else 0

    def rebuild(self) -> None:
        """Makes all of the index anew from the store; vectors follow with `embed`. Searches go on in the
        old one meanwhile."""
        with (
            self._explained(),
            files.locked(self._folder / "words.lock", WAIT) as mine,
            files.locked(self._folder / "vectors.lock", WAIT) as mine_too,
        ):
            if not (mine and mine_too):
                raise UserError(
                    "another program writes to the index", where=str(self._folder), mend="try again"
                )
            self.vectors.clear()
            state, _ = self._filled(*self._new())
            self._publish(state)
            self.view()

    def embed(self, limit: int, vectors_of: Embedding = _here) -> int:
        """Embeds up to `limit` passages that have no vector yet; returns how many it did.

        First passages of documents come first, and newer documents before older ones. Returns 0 as
        well while another process embeds. `vectors_of` gives those of each group of texts, in their order.
        """
        with self._explained(), files.locked(self._folder / "vectors.lock", 0) as mine:
            view = self.view()
            if not mine or view is None:
                return 0
            todo = self._without_vector(view, limit)
            left = iter(todo.items())
            groups = list(iter(lambda: dict(islice(left, 2 * meaning.CORES)), {}))
            made = vectors_of([list(some.values()) for some in groups])
            for some, vectors in zip(groups, made, strict=True):
                self.vectors.append(list(some), vectors)
            self._looked = 0.0
            return len(todo)

    def reached(self) -> int:
        """The last change of the store that can be found."""
        self.view()
        return self._state.seq if self._state else 0

    def pending(self) -> tuple[int, int]:
        """(passages that have their vector, all passages)."""
        view = self.view()
        return (0, 0) if view is None else view.embedded()

    def _update(self) -> int:
        """To be called by the holder of the lock on the words."""
        try:
            view, state = self._current(), self._state
            if view is not None and state is not None:
                return self._filled(state, view.table, view.words, self._publish)[1]
        except Damaged:
            self._raise_if_full()
            (self._folder / _STATE).unlink(missing_ok=True)
        state, documents, index = self._new()
        self._publish(state)
        return self._filled(state, documents, index, self._publish)[1]

    def _filled(
        self,
        state: State,
        documents: Table,
        index: words.Words,
        publish: Callable[[State], None] = lambda _: None,
    ) -> tuple[State, int]:
        """Goes on from `state` to the store's last change, and hands each state reached to `publish`.

        Gives the last state and how many documents changed.
        """
        done = 0
        if state.seq >= self._store.last_change():
            return state, done
        log = self._folder / state.generation / _LOG
        with index.writing() as writer:
            writer.delete_from(documents.size)  # left by a process that was killed
            while changes := self._store.changes(after=state.seq, limit=BATCH):
                writer.delete(documents.row_of[c.id] for c in changes if c.id in documents.row_of)
                held = self._readable(c.document for c in changes if c.document is not None)
                for row, document in enumerate(held, documents.size):
                    writer.add(row, document)
                line = table.line(changes, [passages.pieces(document) for document in held])
                writer.commit()
                end = files.append(log, state.log, line)
                documents = documents.extended([line])
                state = replace(state, log=end, seq=changes[-1].seq)
                publish(state)
                done += len(changes)
        self._tidy(state)
        return state, done

    def _new(self) -> tuple[State, Table, words.Words]:
        """An empty generation beside those that are there."""
        name = next(name for i in count(1) if not (self._folder / (name := f"generation-{i}")).exists())
        index = words.Words.make(self._folder / name / "words")
        (self._folder / name / _LOG).touch()
        return State(self._stamp, name, 0, 0), table.EMPTY, index

    def _publish(self, state: State) -> None:
        content = {name: getattr(state, name) for name in State.__slots__}
        files.replace(self._folder / _STATE, json.dumps(content).encode())

    def _tidy(self, state: State) -> None:
        for path in self._folder.glob("generation-*"):
            if path.name != state.generation:
                shutil.rmtree(path, ignore_errors=True)

    def _raise_if_full(self) -> None:
        if shutil.disk_usage(self._folder).free < words.HEAP:
            raise UserError("the disk is full", where=str(self._folder), mend="free some space")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            what, mend = _CAUSES.get(error.errno or 0, (str(error), "check the folder and its permissions"))
            raise UserError(what, where=str(self._folder), mend=mend) from error
        except Damaged as error:
            self._raise_if_full()
            raise UserError(
                f"the index cannot be written: {error}", where=str(self._folder), mend="check the disk"
            ) from error

    def _without_vector(self, view: View, limit: int) -> dict[int, str]:
        documents = view.table
        known = np.isin(documents.passage_key, self.vectors.records["key"])
        waiting = np.flatnonzero(~known & documents.alive[documents.passage_row])
        if not len(waiting):
            return {}
        rows = documents.passage_row[waiting]
        firsts = np.r_[True, rows[1:] != rows[:-1]] & (documents.passage_paragraph[waiting] == 1)
        order = waiting[np.lexsort((waiting, -documents.when[rows], ~firsts))][:limit]
        wanted = set(documents.passage_key[order].tolist())
        ids = list(dict.fromkeys(documents.ids[row] for row in documents.passage_row[order]))
        return {
            key: piece.text
            for document in self._readable(self._store.documents(ids).values())
            for piece in passages.pieces(document)
            if (key := piece.key) in wanted
        }

    # --- reading

    def _current(self) -> View | None:
        """The index as it stands now; None if there is none of this version. Raises Damaged."""
        with self._lock:
            seen = files.signature(self._folder / _STATE)
            if seen != self._seen or (seen and self._view is None):
                self._view, self._state = self._load(self._view, self._state)
                self._seen = seen
            elif self._view is not None and time.monotonic() - self._looked > LOOK:
                self._looked = time.monotonic()
                if self.vectors.reload():
                    self._view = self._with_vectors(self._view.table, self._view.words)
            return self._view

    def _load(self, view: View | None, old: State | None) -> tuple[View | None, State | None]:
        try:
            state = State(**json.loads((self._folder / _STATE).read_bytes()))
        except FileNotFoundError:
            return None, None
        except (ValueError, TypeError) as error:
            raise Damaged(f"{_STATE}: {error}") from error
        if state.stamp != self._stamp:
            return None, None
        folder = self._folder / state.generation
        if view is None or old is None or old.generation != state.generation or old.log > state.log:
            documents, index, start = table.EMPTY, words.Words(folder / "words"), 0
        else:
            documents, index, start = view.table, view.words, old.log
            index.reload()
        try:
            documents = documents.extended(files.part(folder / _LOG, start, state.log).splitlines())
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(f"{_LOG}: {error}") from error
        self.vectors.reload()
        return self._with_vectors(documents, index), state

    def _with_vectors(self, documents: Table, index: words.Words) -> View:
        return View(documents, index, self._thesaurus, Passages.of(documents, self.vectors.records))

    def view(self) -> View | None:
        """The index as it stands; one that is damaged is made anew first."""
        try:
            return self._current()
        except Damaged:
            self._mend()
            return self._current()

    def _reading(self, use: Callable[[View], _T], without: _T) -> _T:
        """What `use` makes of the index; damage may show only when it is used."""
        view = self.view()
        try:
            return without if view is None else use(view)
        except Damaged:
            self._mend()
            view = self.view()
            return without if view is None else use(view)

    def _mend(self) -> None:
        broken = files.signature(self._folder / _STATE)
        with self._explained(), files.locked(self._folder / "words.lock", WAIT) as mine:
            if mine:
                if files.signature(self._folder / _STATE) == broken:  # else another has mended it
                    (self._folder / _STATE).unlink(missing_ok=True)
                self._update()

    def search(
        self,
        query: str,
        filters: Filters = _ALL,
        *,
        order: Literal["best", "newest"] = "best",
        limit: int = 20,
        offset: int = 0,
    ) -> Results:
        """Documents of all languages for a query; without one, all that pass the filters, newest first.

        Free words find the documents that have most of them, in any language of the thesaurus, and the
        nearest in meaning; phrases, fields and NOT bound both, and so do words with AND and OR. Of
        near-duplicates the best leads and the others are its `copies`.
        """
        tree = parse(query)
        return self._reading(
            lambda view: self._page(view.search(tree, filters, newest=order == "newest"), offset, limit),
            Results((), 0),
        )

    def _page(self, found: Found, offset: int, limit: int) -> Results:
        shown = found.leaders[offset : offset + limit].tolist()
        ids, near = found.view.table.ids, found.near
        held = self._store.documents([ids[row] for row in shown])
        documents = {document.id: document for document in self._readable(held.values())}
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
                )
            )
        return Results(tuple(hits), len(found.leaders), found.facets(), meaning=near is not None)

    def _passages(self, held: Document, read: Document, found: Found, row: int) -> tuple[Passage, ...]:
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

    def matching(self, queries: Sequence[str], tags: Sequence[str]) -> frozenset[str]:
        """Ids of the documents that match any of the queries by their words, or bear any of the tags."""
        trees = [required(parse(query)) for query in queries]
        asked = tuple(queries), tuple(tags)
        return self._reading(lambda view: view.matching(asked, trees), frozenset())
