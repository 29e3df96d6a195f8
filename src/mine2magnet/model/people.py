"""What people make: watches, folders, follows, conversations, keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias, get_args

from msgspec import Meta

from mine2magnet.model.claims import Claim, ClaimFilter
from mine2magnet.model.documents import CATEGORIES
from mine2magnet.model.fields import Input, Name, Query, within

SCOPES = ("read", "write", "admin")  # what an API key may be good for; each takes in those before it


Side: TypeAlias = Literal["below", "above"]
SIDES: tuple[str, ...] = get_args(Side)


class Bound(Input, frozen=True):
    """What lies `below` or `above` a value in a unit."""

    side: Side
    value: float
    unit: Annotated[str, Meta(min_length=1, max_length=60)]

    def __post_init__(self) -> None:
        if self.side not in SIDES:
            raise ValueError(f"unknown side {self.side!r}")


class WatchRequest(Input, frozen=True):
    """What is to be looked out for from now on; all that is given must hold.

    `topic` and `query` are of documents. With `claims` it is each claim in them that passes, and lies on the
    side of `bound` if there is one; without, each document.
    """

    name: Name
    topic: Annotated[str, within("Documents of")] = ""
    query: Query = ""
    claims: Annotated[
        ClaimFilter | None, Meta(description="Each claim that fits, rather than documents.")
    ] = None
    bound: Annotated[Bound | None, Meta(description="What claims must lie below or above.")] = None
    webhook: Annotated[
        str, Meta(max_length=2000, description="Where matches are sent (https), signed as Standard Webhooks.")
    ] = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a watch needs a name")
        if self.claims and not self.claims.narrows:
            raise ValueError("claims of what? give a measure, a subject or the like")
        if not (self.topic or self.query or self.claims):
            raise ValueError("a watch needs something to look out for: a topic, a query or claims")
        if self.bound and not self.claims:
            raise ValueError("only claims have a bound")


class Watch(WatchRequest, frozen=True):
    """What is looked out for. `id`, `made` (UTC) and `seq`, the last change looked at, are given by the
    store."""

    id: str = ""
    made: datetime | None = None
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """What a watch has found: a sentence of a stored version of a document.

    `start`, `end` are what is marked, and `offset` is where `sentence` begins, in characters of the
    paragraph or, if `point` is not 0, of that point of the published digest. `id` is a UUID.
    """

    document: str
    version: int
    paragraph: int
    point: int
    offset: int
    sentence: str
    start: int
    end: int
    claim: Claim | None = None
    id: str = ""
    watch: str = ""
    seen: datetime | None = None
    read: bool = False
    title: str = ""
    source: str = ""
    url: str | None = None
    published: datetime | None = None
    language: str = "und"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A match on its way to a webhook, how often that was tried (`attempts`) and what stood in its way."""

    match: Match
    watch: Watch
    attempts: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where uploaded documents lie, beside being in the library like all others."""

    id: str
    name: str


UPLOAD_STATUSES = ("pending", "processing", "completed", "failed")


@dataclass(frozen=True, slots=True)
class Upload:
    """A document asked for by its address, to be put into a folder.

    `name`, `published` and `category` take the place of what the page itself says, if given; `tags`, under
    keys of the user's own, stand beside it. `id` is promised when it is asked for; `document` is what it
    became once read, mostly that. `brought`: the library did not have it before. `reason`: why it failed.
    """

    id: str
    url: str
    folder: str
    name: str = ""
    published: datetime | None = None
    category: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    status: str = "pending"
    reason: str = ""
    document: str | None = None
    brought: bool = False

    def __post_init__(self) -> None:
        if self.status not in UPLOAD_STATUSES:
            raise ValueError(f"unknown status {self.status!r}")
        if self.category not in ("", *CATEGORIES):
            raise ValueError(f"unknown category {self.category!r}")


FOLLOWED = ("company", "channel")


@dataclass(frozen=True, slots=True)
class Follow:
    """A company by its symbol (US:MP), or a channel by its id."""

    kind: str
    value: str

    def __post_init__(self) -> None:
        if self.kind not in FOLLOWED:
            raise ValueError(f"unknown kind {self.kind!r}")


@dataclass(frozen=True, slots=True)
class FollowGroup:
    """What is followed under one name, in the order it was added. `id` and `made` are given by the store."""

    id: str
    name: str
    follows: tuple[Follow, ...]
    made: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions and answers that belong together. `session` is a name for it that its owner may choose."""

    id: int
    session: str
    title: str
    meta: dict[str, Any]
    made: datetime


ROLES = ("user", "assistant")


STATES = ("running", "completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Message:
    """What was asked or answered; an answer is empty while it is `running`. `body` is what belongs to the
    text, as plain JSON: the question as it was understood, sources, claims."""

    id: int
    conversation: int
    role: str
    status: str
    text: str
    body: dict[str, Any]
    made: datetime

    def __post_init__(self) -> None:
        if self.role not in ROLES or self.status not in STATES:
            raise ValueError(f"no message of {self.role!r} can be {self.status!r}")


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of an API key but the key itself: `fingerprint` is its hash (see `keys`)."""

    name: str
    scopes: frozenset[str]
    per_minute: int  # requests
    fingerprint: str = field(default="", repr=False)
    made: datetime | None = None
    used: datetime | None = None  # to the minute
