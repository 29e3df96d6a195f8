"""What a reader asks for, from an address's or a form's fields: filters, order, page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias, TypeVar
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from starlette.datastructures import ImmutableMultiDict, QueryParams

from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.model import ClaimFilter, DocumentFilter, Filters, SourceRequest
from mine2magnet.web.kit.limits import longest

T = TypeVar("T", bound=Struct)
Order: TypeAlias = Literal["best", "newest"]
Version: TypeAlias = Annotated[int, Meta(ge=1, le=999_999)]
Offset: TypeAlias = Annotated[int, Meta(ge=0, le=10_000)]  # beyond, a filter helps more than paging

FIELDS = ("language", "source", "category", "tag")  # of DocumentFilter, that take several values
LONGEST_URL = longest(SourceRequest, "url")  # characters


def read(kind: type[T], asked: ImmutableMultiDict[str, Any]) -> T:
    """Return the fields of `kind` that are there; others are of no concern. Raises UserError naming the one
    that is wrong."""
    given: dict[str, Any] = {}
    for name, field in fields_of(kind).items():
        if values := [value.strip() for value in map(str, asked.getlist(name)) if value.strip()]:
            given[name] = values if isinstance(field.default, tuple) else values[0]
    return decode(kind, given, written=True)


def filters(asked: QueryParams) -> Filters:
    """Raises UserError naming the parameter that cannot be read."""
    return Filters.of(read(DocumentFilter, asked))


def address(given: str) -> str:
    """A web address. Paths are refused: whoever reaches the service must not read this machine's files."""
    url = given.strip() if "://" in given else f"https://{given.strip()}"
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  raises ValueError when it is none
    except ValueError:
        parts = urlsplit("")
    plain = not any(c.isspace() or not c.isprintable() for c in url) and "@" not in parts.netloc
    named = parts.hostname and (
        "." in parts.hostname or ":" in parts.hostname or parts.hostname == "localhost"
    )
    if parts.scheme not in ("http", "https") or not named or not plain or len(url) > LONGEST_URL:
        raise UserError("not a web address", where="url", hint="write it as https://example.com/feed.xml")
    return url


def order(asked: QueryParams) -> Order | None:
    given = asked.get("order", "")
    return decode(Order, given, "order") if given else None  # type: ignore[arg-type]


def offset(asked: QueryParams) -> int:
    return decode(Offset, asked.get("offset") or "0", "offset", written=True)


def loose(asked: QueryParams) -> bool:
    """Return whether a query's words are asked for without its quotes and operators."""
    return decode(bool, asked.get("loose") or "0", "loose", written=True)


def version(asked: QueryParams) -> int | None:
    given = asked.get("version", "")
    return decode(Version, given, "version", written=True) if given else None


def claims(asked: QueryParams) -> ClaimFilter:
    """Values that no claim has are no error: they find nothing."""
    return read(ClaimFilter, asked)


def sure_claims(asked: QueryParams, t: Translator) -> ClaimFilter:
    """Read what `claims` reads; what cannot be a confidence is said in the reader's language."""
    try:
        return claims(asked)
    except UserError as error:
        if error.where == "confidence":
            raise UserError(t("error.confidence"), where="confidence") from error
        raise


@dataclass(frozen=True, slots=True)
class Place:
    """Characters [start, end) of a paragraph or, of a document without text, of a point of its digest."""

    paragraph: int | None
    point: int | None
    start: int
    end: int


def figure(asked: QueryParams) -> Place | None:
    """The figure to be marked, as `saying.place` writes it: p3.10-14 or d2.10-14."""
    given = asked.get("figure", "")
    if not given:
        return None
    match = re.fullmatch(r"([pd])(\d{1,6})\.(\d{1,7})-(\d{1,7})", given, re.ASCII)
    if not match:
        raise UserError(f"no place {given[:40]!r}", where="figure", hint="write it as p3.10-14")
    number, start, end = map(int, match.groups()[1:])
    return Place(number if match[1] == "p" else None, number if match[1] == "d" else None, start, end)
