"""The words of translations: an index beside that of the documents, so that these are found by words of the
reader's language as well, and rank among themselves as without it.

It is derived from the store, lies in files on this machine, and follows the changes of translations.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Document, Paragraph, Translation
from mine2magnet.search import files, tokens, words
from mine2magnet.search.files import Damaged
from mine2magnet.search.table import Rows, Scores, Table
from mine2magnet.search.units import Term
from mine2magnet.search.word_search import TermSearch
from mine2magnet.store import Store

BATCH = 500  # documents between two commits
_STATE = "state.json"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def key(id: str) -> int:
    """Return the number of a document in the index.

    Parameters
    ----------
    id : str
    """
    return int.from_bytes(hashlib.blake2b(id.encode(), digest_size=8).digest()) >> 1


@dataclass(frozen=True, slots=True)
class TranslatedWords(TermSearch):
    """The words of translations by the rows of a table; see `word_search.WordSearch`."""

    index: words.WordIndex
    keys: npt.NDArray[np.int64]  # of the table's living rows, sorted
    rows: npt.NDArray[np.intp]  # … and these rows

    @classmethod
    def of(cls, index: words.WordIndex, table: Table) -> TranslatedWords:
        """Return the words by the rows of a table.

        Parameters
        ----------
        index : WordIndex
        table : Table
        """
        rows = np.flatnonzero(table.alive)
        keys = np.array([key(table.ids[row]) for row in rows], np.int64)
        order = np.argsort(keys)
        return cls(index, keys[order], rows[order])

    def find(self, terms: Sequence[Term], *, title: bool = False) -> tuple[Rows, Scores]:
        """Return the rows with any of the terms; see `TermSearch.find`.

        Parameters
        ----------
        terms : sequence of Term
        title : bool
        """
        return self._rows(*self.index.find(terms, title=title))

    def closest(self, tokens: Sequence[str], limit: int) -> tuple[Rows, Scores]:
        """Return the rows whose wording is closest; see `WordSearch.closest`.

        Parameters
        ----------
        tokens : sequence of str
        limit : int
        """
        return self._rows(*self.index.closest(tokens, limit))

    def _rows(self, found: Rows, scores: Scores) -> tuple[Rows, Scores]:
        """Each row once, with its best score."""
        if not len(self.keys):
            return np.zeros(0, np.intp), np.zeros(0)
        at = np.minimum(np.searchsorted(self.keys, found), len(self.keys) - 1)
        known = self.keys[at] == found
        rows, scores = self.rows[at[known]], scores[known]
        order = np.lexsort((-scores, rows))
        rows, firsts = np.unique(rows[order], return_index=True)
        return rows, scores[order][firsts]


class TranslationIndex:
    """The index in `folder`. Safe to use from several threads and processes.

    Parameters
    ----------
    folder : Path
    store : Store
    thesaurus : Thesaurus
    """

    def __init__(self, folder: Path, store: Store, thesaurus: Thesaurus) -> None:
        self._folder = folder
        self._store = store
        self._stamp = "-".join((tokens.VERSION, words.VERSION, thesaurus.version))
        self._lock = threading.Lock()  # over the four below
        self._seen: files.Signature = None
        self._index: words.WordIndex | None = None
        self._of: Table | None = None
        self._view: TranslatedWords | None = None

    def update(self) -> int:
        """Bring the index up to date with the store; return how many documents changed."""
        done = 0
        with files.explained(self._folder), files.locked(self._folder / "lock", 0) as mine:
            if not mine:
                return 0
            stamp, number = self._state()
            if stamp != self._stamp:
                shutil.rmtree(self._folder / "words", ignore_errors=True)
                number = 0
            while changes := self._store.translated(number, BATCH):
                path = self._folder / "words"
                index = words.WordIndex(path) if path.exists() else words.WordIndex.make(path)
                with index.writing() as writer:
                    writer.delete(key(id) for _, id, _ in changes)
                    for number, id, made in changes:  # noqa: B007  the last one is where it goes on
                        for one in made:
                            if (document := as_document(one)) is not None:
                                writer.add(key(id), document)
                    writer.commit()
                content = {"stamp": self._stamp, "number": number}
                files.replace(self._folder / _STATE, json.dumps(content).encode())
                done += len(changes)
        return done

    def view(self, table: Table) -> TranslatedWords | None:
        """Return the words by the rows of a table, None while there are none.

        Parameters
        ----------
        table : Table
        """
        with self._lock:
            seen = files.signature(self._folder / _STATE)
            if seen is None:
                return None
            try:
                if seen != self._seen or self._index is None:
                    if self._state()[0] != self._stamp:
                        return None
                    self._index, self._of = words.WordIndex(self._folder / "words"), None
                    self._seen = seen
                if self._of is not table or self._view is None:
                    self._of, self._view = table, TranslatedWords.of(self._index, table)
            except Damaged:  # it is only a help, and is made anew
                self.forget()
                return None
            return self._view

    def forget(self) -> None:
        """Take the index away, so that it is made anew."""
        (self._folder / _STATE).unlink(missing_ok=True)
        self._seen = self._index = self._view = None

    def _state(self) -> tuple[str, int]:
        try:
            held = json.loads((self._folder / _STATE).read_bytes())
            return str(held["stamp"]), int(held["number"])
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return "", 0


def as_document(made: Translation) -> Document | None:
    """Return the texts of a translation as they are indexed; None where it has none.

    Parameters
    ----------
    made : Translation
    """
    title = made.title.text if made.title else ""
    texts = [text for text in (title, *(one.text for one in made.points if one)) if text]
    if not texts:
        return None
    paragraphs = tuple(Paragraph(number, text) for number, text in enumerate(texts, 1))
    return Document(texts[0], "", _LONG_AGO, made.language, paragraphs)
