"""The seam between searching, which is one, and the ways in which an index is kept.

A backend has its words (`evidence.Words`), its table of documents and its vectors (`nearness.Records`) in
files (`embedded`) or on a server (`milvus`); a `IndexView` searches them alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from mine2magnet.encoder.encode import Vectors
from mine2magnet.model import Document
from mine2magnet.search.view import IndexView
from mine2magnet.store import DocumentChange


class IndexWriter(Protocol):
    """Takes the changes of the store in their order."""

    @property
    def seq(self) -> int:
        """The last change of the store that is in."""

    def add(self, changes: Sequence[DocumentChange], documents: Sequence[Document]) -> None:
        """Add changes of the store; what a killed process left half done is done again.

        Parameters
        ----------
        changes : sequence of DocumentChange
            In the order of the store.
        documents : sequence of Document
            As they are searched: those of the changes that did not remove one. All of it is kept before `seq`
            moves.
        """


class VectorWriter(Protocol):
    """Takes vectors of passages."""

    def append(self, keys: Sequence[int], languages: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors of passages.

        Parameters
        ----------
        keys : sequence of int, n
            `passages.Piece.key` of each.
        languages : sequence of str, n
            ISO 639-1.
        vectors : array, n × 384
            Each of length 1.
        """


class Backend(Protocol):
    """Safe to use from several threads and processes. Raises UserError where nothing can be read or kept."""

    def view(self) -> IndexView | None:
        """Return the index as it stands, None if there is none of this version.

        Raises
        ------
        Damaged
            Where its files are not what was written.
        """

    def reached(self) -> int:
        """Return the last change of the store that is in the view."""

    def writing(self, *, anew: bool = False) -> AbstractContextManager[IndexWriter | None]:
        """Open the index for writing; None if another process writes for long.

        Parameters
        ----------
        anew : bool
            Take vectors away, and put what is written in place of the rest once all of it is in; until then
            the
            old is searched.
        """

    def embedding(self) -> AbstractContextManager[VectorWriter | None]:
        """Open the vectors for writing; None while another process embeds."""

    def forget(self) -> None:
        """Take away what turned out to be damaged, so that it is written anew."""
