"""What the requests of every subject share: names, bounds, pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeAlias, TypeVar

from msgspec import Meta

from mine2magnet.model.fields import LONGEST_QUERY as LONGEST_QUERY
from mine2magnet.model.fields import DocumentId as DocumentId
from mine2magnet.model.fields import Input as Input
from mine2magnet.model.fields import Name as Name
from mine2magnet.model.fields import Names as Names
from mine2magnet.model.fields import Query as Query
from mine2magnet.model.fields import Slug as Slug

T = TypeVar("T")
Limit: TypeAlias = Annotated[int, Meta(ge=1, le=100, description="Items on a page, at most.")]
Many: TypeAlias = Annotated[int, Meta(ge=1, le=1000, description="Claims on a page, at most.")]
Cursor: TypeAlias = Annotated[
    str, Meta(max_length=400, description="Where the page before ended; its `next` link has it.")
]


class Paged(Input, frozen=True, kw_only=True):
    """A list, page by page."""

    limit: Limit = 20
    cursor: Cursor = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list that has `total` items now. `next` is the address of the next page, null at the end.
    A page begins after the item that the page before ended with, whatever has come in meanwhile."""

    items: tuple[T, ...]
    total: int
    next: str | None = None
