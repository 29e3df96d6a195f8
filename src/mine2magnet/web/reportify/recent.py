"""The newest of some documents; copies of one text count once."""

from __future__ import annotations

from typing import Any

from mine2magnet.library.library import Library
from mine2magnet.model import Category, Filters
from mine2magnet.web.reportify import shapes
from mine2magnet.web.reportify.request import Call


def newest(
    library: Library, ids: frozenset[str], limit: int, offset: int = 0, category: tuple[Category, ...] = ()
) -> tuple[list[dict[str, Any]], int]:
    """Documents as the client's lists show them, and how many there are in all."""
    narrowed = Filters(documents=ids, category=category)
    results = library.index.search("", narrowed, order="newest", limit=limit, offset=offset)
    held = library.store.documents([hit.document for hit in results.hits])
    return shapes.docs(library, held.values()), results.total


def paged(asked: Call, name: str, ids: frozenset[str]) -> dict[str, Any]:
    """The page of them that is asked for."""
    number, size = page = asked.page()
    items, total = newest(asked.library, ids, size, (number - 1) * size)
    return shapes.paged(name, items, total, page)
