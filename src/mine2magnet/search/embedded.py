"""The index in files of a folder, which needs no server.

`state.json` names the generation in force: a folder with the words (tantivy) and the table of documents,
and how far both have come. It is put in place last, so what a killed process left half done is not seen
and is done again. Vectors lie beside the generations and outlive them, for they are dear.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from mine2magnet.core.errors import UserError
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.encoder import encode
from mine2magnet.model import Document
from mine2magnet.search import files, passages, table, tokens, words
from mine2magnet.search.files import Damaged
from mine2magnet.search.nearness import Passages
from mine2magnet.search.table import Table
from mine2magnet.search.vectors import VectorFile
from mine2magnet.search.view import IndexView
from mine2magnet.search.word_search import WordSearch
from mine2magnet.store import DocumentChange

WAIT = 5.0  # s that a writer waits for another one
LOOK = 1.0  # s between two looks at the vectors, which another process may be making
_STATE = "state.json"
_LOG = "documents.jsonl"


@dataclass(frozen=True, slots=True)
class IndexState:
    """`log`: bytes of the table's log that count; `seq`: the last change of the store that is in."""

    stamp: str
    generation: str
    log: int
    seq: int


class IndexFolder:
    """The index in `folder`."""

    def __init__(self, folder: Path, thesaurus: Thesaurus) -> None:
        self._folder = folder
        self._thesaurus = thesaurus
        self._stamp = "-".join((tokens.VERSION, words.VERSION, passages.VERSION, thesaurus.version))
        self.vectors = VectorFile(folder / f"vectors-{encode.MODEL}.bin")
        self._lock = threading.Lock()  # over the four below
        self._seen: tuple[int, int, int] | None = None  # of the state file when it was last read
        self._state: IndexState | None = None
        self._view: IndexView | None = None
        self._looked = 0.0  # when the vectors were last looked at, s

    # --- writing

    @contextmanager
    def writing(self, *, anew: bool = False) -> Iterator[_Writer | None]:
        """Open the index for writing; see `Backend.writing`.

        Parameters
        ----------
        anew : bool
            Whether to write all of it in place of what there is.
        """
        with ExitStack() as stack:
            stack.enter_context(files.explained(self._folder))
            mine = stack.enter_context(files.locked(self._folder / "words.lock", WAIT))
            if mine and anew:
                mine = stack.enter_context(files.locked(self._folder / "vectors.lock", WAIT))
            if not mine:
                yield None
            elif anew:
                self.vectors.clear()
                writer = self._new(lambda _: None)
                with writer:
                    yield writer
                self._publish(writer.state)
                self._tidy(writer.state)
            else:
                with self._at_hand() or self._begun() as writer:
                    yield writer
                self._tidy(writer.state)

    @contextmanager
    def embedding(self) -> Iterator[VectorFile | None]:
        """Open the file of vectors for writing; None while another process embeds."""
        with files.explained(self._folder), files.locked(self._folder / "vectors.lock", 0) as mine:
            yield self.vectors if mine else None
            self._looked = 0.0

    def forget(self) -> None:
        """Take the index away, so that it is written anew.

        Raises
        ------
        UserError
            If the folder cannot be written.
        """
        if self._folder.exists() and shutil.disk_usage(self._folder).free < words.HEAP:
            raise UserError("the disk is full", where=str(self._folder), hint="free some space")
        broken = files.signature(self._folder / _STATE)
        with files.explained(self._folder), files.locked(self._folder / "words.lock", WAIT) as mine:
            if mine and files.signature(self._folder / _STATE) == broken:  # else another has mended it
                (self._folder / _STATE).unlink(missing_ok=True)

    def _at_hand(self) -> _Writer | None:
        """Goes on with what is there."""
        view, state = self.view(), self._state
        if view is None or state is None:
            return None
        assert isinstance(view.words, words.WordIndex)
        return _Writer(self._folder, state, view.table, view.words, self._publish)

    def _begun(self) -> _Writer:
        writer = self._new(self._publish)
        self._publish(writer.state)
        return writer

    def _new(self, publish: Callable[[IndexState], None]) -> _Writer:
        """An empty generation beside those that are there."""
        name = next(name for i in count(1) if not (self._folder / (name := f"generation-{i}")).exists())
        index = words.WordIndex.make(self._folder / name / "words")
        (self._folder / name / _LOG).touch()
        return _Writer(self._folder, IndexState(self._stamp, name, 0, 0), table.EMPTY, index, publish)

    def _publish(self, state: IndexState) -> None:
        content = {name: getattr(state, name) for name in IndexState.__slots__}
        files.replace(self._folder / _STATE, json.dumps(content).encode())

    def _tidy(self, state: IndexState) -> None:
        for path in self._folder.glob("generation-*"):
            if path.name != state.generation:
                shutil.rmtree(path, ignore_errors=True)

    # --- reading

    def reached(self) -> int:
        """Return the last change of the store that is in."""
        return self._state.seq if self._state else 0

    def view(self) -> IndexView | None:
        """Return the index as it stands; see `Backend.view`."""
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

    def _load(
        self, view: IndexView | None, old: IndexState | None
    ) -> tuple[IndexView | None, IndexState | None]:
        try:
            state = IndexState(**json.loads((self._folder / _STATE).read_bytes()))
        except FileNotFoundError:
            return None, None
        except (ValueError, TypeError) as error:
            raise Damaged(f"{_STATE}: {error}") from error
        if state.stamp != self._stamp:
            return None, None
        folder = self._folder / state.generation
        if view is None or old is None or old.generation != state.generation or old.log > state.log:
            documents, index, start = table.EMPTY, words.WordIndex(folder / "words"), 0
        else:
            assert isinstance(view.words, words.WordIndex)
            documents, index, start = view.table, view.words, old.log
            index.reload()
        try:
            documents = documents.extended(files.part(folder / _LOG, start, state.log).splitlines())
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(f"{_LOG}: {error}") from error
        self.vectors.reload()
        return self._with_vectors(documents, index), state

    def _with_vectors(self, documents: Table, index: WordSearch) -> IndexView:
        return IndexView(documents, index, self._thesaurus, Passages.of(documents, self.vectors.mapped()))


class _Writer:
    """Goes on from `state`, and hands each state reached to `publish`."""

    def __init__(
        self,
        folder: Path,
        state: IndexState,
        documents: Table,
        index: words.WordIndex,
        publish: Callable[[IndexState], None],
    ) -> None:
        self._log = folder / state.generation / _LOG
        self.state = state
        self._documents = documents
        self._index = index
        self._publish = publish
        self._words: words.WordIndexWriter | None = None  # opened when there is something to write
        self._open = ExitStack()

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    @property
    def seq(self) -> int:
        return self.state.seq

    def add(self, changes: Sequence[DocumentChange], documents: Sequence[Document]) -> None:
        if self._words is None:
            self._words = self._open.enter_context(self._index.writing())
            self._words.delete_from(self._documents.size)  # left by a process that was killed
        known = self._documents.row_of
        self._words.delete(known[c.id] for c in changes if c.id in known)
        for row, document in enumerate(documents, self._documents.size):
            self._words.add(row, document)
        line = table.line(changes, [passages.pieces(document) for document in documents])
        self._words.commit()
        end = files.append(self._log, self.state.log, line)
        self._documents = self._documents.extended([line])
        self.state = replace(self.state, log=end, seq=changes[-1].seq)
        self._publish(self.state)
