"""Pages that stay where they were while documents come in: a cursor remembers what was seen last."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Sequence
from itertools import chain
from typing import Annotated, TypeVar

import msgspec

from mine2magnet.core.errors import UserError

T = TypeVar("T")
Fetch = Callable[[int, int], Sequence[T]]  # (offset, limit) → items
AROUND = 100  # items looked at at a time …
FURTHER = 5  # … so often below where the last one stood, for as many may have come in above it


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The key of the item seen last, and how many had been seen with it."""

    seen: Annotated[int, msgspec.Meta(ge=1, le=10**9)]
    key: str


def cut(
    fetch: Fetch[T], keys: Callable[[T], Collection[str]], limit: int, cursor: str
) -> tuple[list[T], str]:
    """So many items after the cursor, "" being the start, and the cursor of what follows, "" if nothing does.

    `keys` gives the names that an item goes by: the first is remembered, any of them is recognised, so that
    a document is found again when a copy of it now leads. Raises UserError for what is no cursor.
    """
    start, items = _after(fetch, keys, limit, cursor)
    shown = list(items[:limit])
    if len(items) <= limit:
        return shown, ""
    return shown, _written(_Cursor(start + limit, next(iter(keys(shown[-1])))))


def _after(
    fetch: Fetch[T], keys: Callable[[T], Collection[str]], limit: int, cursor: str
) -> tuple[int, Sequence[T]]:
    """Return where the page begins, and its items with one more if there are more."""
    if not cursor:
        return 0, fetch(0, limit + 1)
    last = _read(cursor)
    at = last.seen - 1
    items = fetch(at, limit + 2)
    if items and last.key in keys(items[0]):  # as nearly always
        return last.seen, items[1:]
    below = (at + i * AROUND for i in range(FURTHER))
    for offset in chain(below, [max(0, at - AROUND)]):
        for place, item in enumerate(fetch(offset, AROUND), offset + 1):
            if last.key in keys(item):
                return place, fetch(place, limit + 1)
    return at, items  # it is gone, and what followed it has moved up to its place


def _written(cursor: _Cursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _read(cursor: str) -> _Cursor:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=_Cursor)
    except (ValueError, msgspec.DecodeError) as error:
        raise UserError("not a cursor", where="cursor", hint="follow the `next` link of a page") from error
