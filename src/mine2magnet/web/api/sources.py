"""Sources: what is read and watched."""

from __future__ import annotations

import msgspec

from mine2magnet.core.schema import Page, Paged
from mine2magnet.library.library import Library
from mine2magnet.model import Source, SourceRequest
from mine2magnet.web.api import paging
from mine2magnet.web.api.operation import NOT_FOUND, operation
from mine2magnet.web.api.schema.watches import SourceDetail, SourceRef
from mine2magnet.web.kit import query_params


@operation("GET", "/sources")
def sources(held: Library, asked: Paged) -> Page[SourceDetail]:
    """List the sources, those due first."""
    found = held.store.sources()
    shown, after = paging.cut(
        lambda offset, n: found[offset : offset + n], lambda s: (s.what,), asked.limit, asked.cursor
    )
    return Page(tuple(map(_shown, shown)), len(found), after or None)


@operation("POST", "/sources", scope="write", created="/sources")
def add_source(held: Library, body: SourceRequest) -> SourceDetail:
    """Have an address read, once or again and again.

    It is read within seconds; how that went is in the list of sources.
    """
    what = query_params.address(body.url)
    held.add_source(what, body.minutes * 60.0 if body.minutes else None)
    return _shown(next(source for source in held.store.sources() if source.what == what))


@operation("DELETE", "/sources", scope="write", errors=NOT_FOUND)
def remove_source(held: Library, asked: SourceRef) -> None:
    """Read a source no more; its documents stay."""
    with held.store.writing() as writer:
        writer.remove_source(asked.what)


def _shown(source: Source) -> SourceDetail:
    return msgspec.convert(source, SourceDetail, from_attributes=True)
