"""What declared types share: the base of inputs; names, queries and lists of them, with limits and help."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

ANY_OF_THEM = "Given several times, any of them will do."
LONGEST_QUERY = 1000  # characters of a query: a long paragraph; more would only blur it


class Input(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all that is asked for: what is not named is refused."""


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
Names: TypeAlias = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...], Meta(max_length=50)
]


def within(what: str) -> Meta:
    """Return the limits and help of a topic's slug that may be left out."""
    return Meta(max_length=80, description=f"{what} this topic (its slug).")


def several(what: str, *examples: str) -> Meta:
    """Return the help of a field whose values are alternatives."""
    return Meta(description=f"{what} {ANY_OF_THEM}", examples=[list(examples)])


def concepts(what: str, *examples: str) -> Meta:
    """Return the help of a field that names concepts of the thesaurus."""
    return several(f"{what}, as a thesaurus id or a name in any language.", *examples)
