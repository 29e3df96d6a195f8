"""Which documents tell the same news in different languages: near in time and in meaning, and with claims
that agree. It is looked for in the background, a document once for each version, and kept."""

from __future__ import annotations

from contextlib import suppress

from mine2magnet.claims.agreement import Told, apart, same_events
from mine2magnet.core.errors import NotFound
from mine2magnet.library.library import Library
from mine2magnet.store import EVERY_CLAIM

VERSION = "1"  # raised whenever the same documents would be placed otherwise
DAYS = 3.0  # between the reports of one event; those of a series are mostly further apart
NEAR = 0.25  # centred cosine of two openings: 95 % of the same news have more (dev half)


def place(library: Library, limit: int) -> int:
    """Compare so many documents with those in other languages; return how many were compared.

    Parameters
    ----------
    library : Library
    limit : int

    Returns
    -------
    int
        0 as well while those that wait have no vectors.
    """
    store = library.store
    maker = f"{VERSION}.{library.claimer}"
    done = 0
    for id in store.unplaced(maker, library.claimers, limit):
        near = library.index.alike(id, DAYS, NEAR)
        if near is None:
            continue
        same = _same(library, id, sorted(near))
        with suppress(NotFound), store.writing() as writer:  # removed meanwhile
            writer.put_news(id, store.document(id).version, maker, same)
        done += 1
    return done


def _same(library: Library, id: str, near: list[str]) -> list[str]:
    """The documents among those near that tell the same news, where none that shares it speaks against."""
    store = library.store
    placed = store.placed(near)
    if not placed:
        return []
    shared = {one: group for group in store.same_news(placed) for one in group}
    told = _told(library, [id, *placed, *shared])
    return [
        one
        for one in placed
        if same_events(told[id], told[one])
        and not any(apart(told[id], told[other]) for other in shared.get(one, ()))
    ]


def _told(library: Library, ids: list[str]) -> dict[str, Told]:
    claims = library.store.claims(set(ids), EVERY_CLAIM)
    return {id: Told.by(claim for claim in claims if claim.document == id) for id in ids}
