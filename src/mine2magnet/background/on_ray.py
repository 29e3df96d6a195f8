"""All that a library lacks, made in large pieces by `batch`: only this process writes to the library."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from typing import TypeVar

from mine2magnet import digests
from mine2magnet.background import worker
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.parallel import mapped
from mine2magnet.library import derive as deriving
from mine2magnet.library.derive import Makers
from mine2magnet.library.library import Library, Progress
from mine2magnet.search import embed_in_turn

DOCUMENTS = 8  # in one task: a second or so of a core, and what a kill of this process costs per task
ROUND = 1000  # documents looked up at once
PASSAGES = 1000  # looked up at once
TELL = 0.5  # s between two reports of progress
PAUSE = 0.02  # s between two tries while another process, such as `serve`, embeds
PATIENCE = 30.0  # s of tries in vain

_T = TypeVar("_T")


def derive(library: Library, progress: Callable[[Progress], None] = lambda _: None) -> None:
    """Brings vectors, digests and claims up to date, on the Ray cluster that the settings name, if any.

    Each piece is kept as it comes, so a run that was ended goes on where it was. Raises UserError.
    """
    library.index.update()
    told = time.monotonic()
    for _ in chain(_digests(library), _claims(library), _vectors(library)):
        if time.monotonic() - told > TELL:
            progress(library.progress())
            told = time.monotonic()
    worker.derive(library, progress)  # what needs the whole library: checks of written digests, watches


def _digests(library: Library) -> Iterator[None]:
    find = partial(library.store.undigested, digests.METHOD, library.makers.digests)
    for ids in _rounds(find):
        pieces = list(_pieces(library.store.documents(ids).values()))
        done = mapped(deriving.digested, pieces, library.settings.ray)
        for documents, (makers, made) in zip(pieces, done, strict=True):
            _check(makers, library)
            with library.store.writing() as writer:
                for document, digest in zip(documents, made, strict=True):
                    writer.put_digest(document.id, document.version, digest)
            yield


def _claims(library: Library) -> Iterator[None]:
    for ids in _rounds(library.unclaimed):
        documents = library.store.documents(ids)
        published = library.store.digests([id for id, held in documents.items() if not held.paragraphs])
        pieces = list(_pieces((held, published.get(id, ())) for id, held in documents.items()))
        done = mapped(deriving.claimed, pieces, library.settings.ray)
        for piece, (makers, made) in zip(pieces, done, strict=True):
            _check(makers, library)
            with library.store.writing() as writer:
                for (document, _), claims in zip(piece, made, strict=True):
                    with suppress(NotFound):  # removed meanwhile
                        writer.put_claims(document.id, document.version, makers.claims, claims)
            yield


def _vectors(library: Library) -> Iterator[None]:
    """Until all have theirs; another process may make some of them, too."""
    moved = time.monotonic()
    while True:
        if library.index.embed(PASSAGES, partial(mapped, embed_in_turn, ray=library.settings.ray)):
            moved = time.monotonic()
            yield
            continue
        embedded, passages = library.index.pending()
        if embedded >= passages or time.monotonic() - moved > PATIENCE:
            return
        time.sleep(PAUSE)


def _rounds(find: Callable[[int], list[str]]) -> Iterator[list[str]]:
    """Yield what `find` finds, at most so many, as long as there is any that it has not found before."""
    found: set[str] = set()
    while ids := [id for id in find(len(found) + ROUND) if id not in found]:
        found.update(ids)
        yield ids


def _pieces(things: Iterable[_T]) -> Iterator[Sequence[_T]]:
    left = iter(things)
    while piece := list(islice(left, DOCUMENTS)):
        yield piece


def _check(makers: Makers, library: Library) -> None:
    if makers != library.makers:
        raise UserError(
            "a machine of the Ray cluster has another version of mine2magnet",
            where=library.settings.ray,
            hint="install the same on all of them",
        )
