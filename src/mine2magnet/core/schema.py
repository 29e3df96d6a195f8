"""What the requests of every subject share: names, bounds, pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeAlias, TypeVar

from msgspec import Meta, Struct

LONGEST_QUERY = 1000  # characters of a query: a long paragraph; more would only blur it

T = TypeVar("T")
Slug: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=80, description="A topic's slug.", examples=["magnets"])
]


DocumentId: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=80, description="A document's id.", examples=["dk3ynv2zq5"])
]


Query: TypeAlias = Annotated[
    str,
    Meta(
        max_length=LONGEST_QUERY,
        description='Words, in any language; "phrases"; AND, OR, NOT, -word, brackets; fields title: source: '
        "lang: category: tag: since: until:.",
        examples=["稀土 库存 lang:zh", '"export licence" -Japan'],
    ),
]


Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=120)]
Limit: TypeAlias = Annotated[int, Meta(ge=1, le=100, description="Items on a page, at most.")]
Many: TypeAlias = Annotated[int, Meta(ge=1, le=1000, description="Claims on a page, at most.")]
Cursor: TypeAlias = Annotated[
    str, Meta(max_length=400, description="Where the page before ended; its `next` link has it.")
]


Names: TypeAlias = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...], Meta(max_length=50)
]


def several(what: str, *examples: str) -> Meta:
    return Meta(description=f"{what} Given several times, any of them will do.", examples=[list(examples)])


def concepts(what: str, *examples: str) -> Meta:
    return several(f"{what}, as a thesaurus id or a name in any language.", *examples)


class Input(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all requests: what is not named is refused."""


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
