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
        """The last change that is in."""

    def add(self, changes: Sequence[DocumentChange], documents: Sequence[Document]) -> None:
        """`documents`, as they are searched, are those of the changes that did not remove one. All of it is
        kept before `seq` moves, so what a killed process left half done is done again."""


class VectorWriter(Protocol):
    def append(self, keys: Sequence[int], languages: Sequence[str], vectors: Vectors) -> None:
        """Keeps the vectors of passages, by their keys."""


class Backend(Protocol):
    """Safe to use from several threads and processes. Raises UserError where nothing can be read or kept."""

    def view(self) -> IndexView | None:
        """The index as it stands; None if there is none of this version. Raises files.Damaged."""

    def reached(self) -> int:
        """The last change of the store that is in the view."""

    def writing(self, *, anew: bool = False) -> AbstractContextManager[IndexWriter | None]:
        """`anew`: takes vectors away, and puts what is written in place of the rest once all of it is in;
        until then the old is searched. None if another process writes for longer than a few seconds."""

    def embedding(self) -> AbstractContextManager[VectorWriter | None]:
        """None while another process embeds."""

    def forget(self) -> None:
        """Takes away what turned out to be damaged, so that it is written anew."""
