"""What stands before the documents of a topic: what is new, its key figures, the conflicts that hold."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.figures.groups import Figure
from mine2magnet.figures.key_figures import MOST_CLAIMS, KeyFigure, key_figures
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import WRONG, Topic

COOKIE = "mine2magnet-visit-"  # and the topic's slug as hex: change seen before, change seen now, time (s)
VISIT = 1800  # s without a look at the topic, after which the next one is another visit
YEAR = 365 * 24 * 3600  # s


@dataclass(frozen=True, slots=True)
class Front:
    """`new` are ids of documents that came since the last visit; None on the first."""

    new: frozenset[str] | None
    key: tuple[KeyFigure, ...]
    conflicts: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """Up to which change of the library the reader has seen a topic: on earlier visits, and on this one."""

    before: int | None
    now: int
    at: int


def front(library: Library, topic: Topic, visit: Visit) -> Front:
    """Return what stands before the documents of a topic.

    Parameters
    ----------
    library : Library
    topic : Topic
    visit : Visit

    Returns
    -------
    Front
    """
    members = topics.members(library.store, library.index, topic)
    claims = [c for c in library.store.claims(members)[:MOST_CLAIMS] if c.judged != WRONG]
    key, conflicts = key_figures(
        library.store,
        claims,
        least=library.settings.claims_threshold,
        published=library.store.published({claim.document for claim in claims}),
        known=library.thesaurus,
    )
    new = None if visit.before is None else library.store.changed_since(visit.before, members)
    return Front(new, tuple(key), tuple(conflicts))


def visit(request: Request, topic: Topic, last_change: int) -> Visit:
    """Return the visit that a request is part of.

    Parameters
    ----------
    request : Request
    topic : Topic
    last_change : int
        Of the library.

    Returns
    -------
    Visit
    """
    at = int(time.time())
    parts = request.cookies.get(_name(topic), "").split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return Visit(None, last_change, at)
    before, now, seen = (int(part[:18]) for part in parts)
    if at - seen > VISIT:
        before = now
    return Visit(min(before, last_change), last_change, at)


def remember(response: Response, topic: Topic, visit: Visit) -> None:
    """Set the cookie by which the next visit knows what is new."""
    before = visit.now if visit.before is None else visit.before
    response.set_cookie(
        _name(topic), f"{before}-{visit.now}-{visit.at}", max_age=YEAR, httponly=True, samesite="lax"
    )


def _name(topic: Topic) -> str:
    return COOKIE + topic.slug.encode().hex()[:40]


def readable(queries: Iterable[str], language: str) -> list[str]:
    """Return the queries that are written in a language's script, all where none is.

    Parameters
    ----------
    queries : iterable of str
    language : str

    Returns
    -------
    list of str
    """
    listed = list(queries)
    return [query for query in listed if _script(query) == language] or listed


def _script(text: str) -> str:
    if any("\u3041" <= c <= "\u30ff" for c in text):
        return "ja"
    return "zh" if any("\u3400" <= c <= "\u9fff" for c in text) else "en"
