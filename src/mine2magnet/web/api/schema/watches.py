"""Sources and watches, asked for and told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from msgspec import Meta

from mine2magnet.core.schema import Input, Paged
from mine2magnet.model import Bound, ClaimFilter


class SourceRef(Input, frozen=True, kw_only=True):
    """A source."""

    what: Annotated[str, Meta(min_length=1, max_length=2000, description="Its address, as it is listed.")]


@dataclass(frozen=True, slots=True)
class SourceDetail:
    """Something that is read, once or every `interval` seconds, when next (`due`) and last (`checked`), and
    how that went: `failures` in a row, the `reason` of the last, `documents` that came of it so far."""

    what: str
    interval: float | None
    due: datetime | None
    checked: datetime | None
    failures: int
    reason: str
    documents: int


class WatchRef(Input, frozen=True, kw_only=True):
    """A watch."""

    id: Annotated[str, Meta(min_length=1, max_length=120, description="A watch's id or name.")]


@dataclass(frozen=True, slots=True)
class WatchDetail:
    """A watch; `condition` says in words what it looks out for, `matches` is what it has found. So many
    deliveries to its webhook are `waiting`; `problem` is what stands in the way of the first."""

    id: str
    name: str
    topic: str
    query: str
    claims: ClaimFilter | None
    bound: Bound | None
    webhook: str
    shared: bool
    owner: str
    made: datetime | None
    condition: str
    matches: int
    waiting: int
    problem: str


class Sharing(Input, frozen=True, kw_only=True):
    """Who sees a watch."""

    shared: Annotated[bool, Meta(description="Whether all who may read see it; else its owner alone.")]


@dataclass(frozen=True, slots=True)
class Secret:
    """What signs the deliveries of a watch."""

    secret: str


class Inbox(Paged, frozen=True, kw_only=True):
    """What the watches have found, the latest first."""

    watch: Annotated[str, Meta(max_length=120, description="Only of this watch (id or name).")] = ""
    unread: Annotated[bool, Meta(description="Only what is not read yet.")] = False


class MarkedRead(Input, frozen=True, kw_only=True):
    """Matches that have been read: those of these ids, or all of a watch, or all."""

    ids: Annotated[tuple[Annotated[str, Meta(max_length=80)], ...], Meta(max_length=1000)] | None = None
    watch: Annotated[str, Meta(max_length=120, description="Only of this watch (id or name).")] = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """How many matches are not read yet."""

    unread: int
