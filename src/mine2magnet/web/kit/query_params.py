"""What a reader asks for, from an address's parameters: query, filters, order, page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from starlette.datastructures import QueryParams

from mine2magnet.core.errors import UserError
from mine2magnet.model import ClaimFilter, Filters

Order: TypeAlias = Literal["best", "newest"]

FIELDS = ("language", "source", "category", "tag")  # of Filters, that take several values
OF_CLAIMS = ("subject", "measure", "stage", "material", "direction", "modality")  # of ClaimFilter
LONGEST_URL = 2000  # characters
DEEPEST = 10_000  # documents that may be skipped: beyond, a filter helps more than paging


def filters(asked: QueryParams) -> Filters:
    """Raises UserError naming the parameter that cannot be read."""
    several: dict[str, Any] = {name: tuple(v for v in asked.getlist(name) if v) for name in FIELDS}
    return Filters(**several, since=_date(asked, "since", time.min), until=_date(asked, "until", time.max))


def _date(asked: QueryParams, name: str, at: time) -> datetime | None:
    given = asked.get(name, "")
    if not given:
        return None
    try:
        return moment(datetime.fromisoformat(given).date(), at, name)
    except ValueError as error:
        raise UserError(f"not a date: {given[:40]!r}", where=name, hint="write it as 2025-06-01") from error


def moment(day: date, at: time, where: str) -> datetime:
    """A time of a day here, where the pages show days."""
    try:
        return datetime.combine(day, at).astimezone()
    except (ValueError, OverflowError) as error:
        raise UserError(f"no zone knows {day}", where=where, hint="write it as 2025-06-01") from error


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
    match asked.get("order", ""):
        case "":
            return None
        case "best":
            return "best"
        case "newest":
            return "newest"
        case other:
            raise UserError(f"no order {other[:40]!r}", where="order", hint="use newest or best")


def offset(asked: QueryParams) -> int:
    given = asked.get("offset", "0")
    if not given.isascii() or not given.isdecimal() or len(given) > 6 or int(given) > DEEPEST:
        raise UserError(f"cannot skip {given[:40]!r}", where="offset", hint=f"use 0 to {DEEPEST}")
    return int(given)


def version(asked: QueryParams) -> int | None:
    given = asked.get("version", "")
    if not given:
        return None
    if not given.isascii() or not given.isdecimal() or len(given) > 6:
        raise UserError(f"no version {given[:40]!r}", where="version", hint="versions count from 1")
    return int(given)


def claims(asked: QueryParams) -> ClaimFilter:
    """Values that no claim has are no error: they find nothing."""
    return ClaimFilter(**{name: tuple(v for v in asked.getlist(name) if v) for name in OF_CLAIMS})


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
