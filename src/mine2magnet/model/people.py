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

Role: TypeAlias = Literal["read", "run", "write", "admin"]  # of a key or an account
SCOPES: tuple[Role, ...] = get_args(Role)  # each role may do what those before it may


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
    shared: Annotated[bool, Meta(description="Whether others see it, too, or its owner alone.")] = True

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
    """What is looked out for. `id`, `made` (UTC), `seq`, the last change looked at, and `owner` are given by
    the store."""

    id: str = ""
    made: datetime | None = None
    seq: int = 0
    owner: str = ""


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


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody whom an OpenID provider has named: `subject` is the provider's own id for them, which stays;
    `name` is what people read, mostly an e-mail address."""

    id: str
    issuer: str
    subject: str
    name: str
    role: Role
    made: datetime | None = None
    used: datetime | None = None  # to the minute

    @property
    def owner(self) -> str:
        """The name under which what is theirs is kept."""
        return f"{ACCOUNT}{self.id}"


ACCOUNT = "account:"  # begins the owner of what belongs to an account; no key may be named so


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts on a library: what is theirs is kept under `owner`, people read `name`; `address` is where
    they ask from. Who `sees_all` sees also what others keep to themselves."""

    owner: str = ""
    name: str = ""
    sees_all: bool = False
    address: str = ""


Action: TypeAlias = Literal[
    "log-in", "log-in.failed", "log-out", "log-out.everywhere",
    "key.made", "key.revoked", "account.removed", "settings.changed",
    "source.added", "source.changed", "source.removed",
    "topic.made", "topic.changed", "topic.removed",
    "watch.made", "watch.changed", "watch.removed",
    "correction.made", "correction.removed", "document.removed", "job.started",
]  # fmt: skip
ACTIONS: tuple[Action, ...] = get_args(Action)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what, when and to what: a line of the audit log. What is theirs is kept under
    `owner`; people read `who`."""

    number: int
    at: datetime
    owner: str
    who: str
    address: str
    action: Action
    target: str
    detail: str


class AuditFilter(Input, frozen=True, kw_only=True):
    """Which lines of the audit log; all that is given must hold."""

    who: Annotated[str, Meta(max_length=120, description="Who, or from which address: a part of it.")] = ""
    action: Annotated[str, Meta(max_length=40, description="What was done, or the first word of it.")] = ""
    since: Annotated[
        datetime | None,
        Meta(
            description="On this day, or at this time, or later.",
            examples=["2026-04-01"],
            extra={"day": "begin"},
        ),
    ] = None
    until: Annotated[
        datetime | None,
        Meta(
            description="On this day, or at this time, or earlier.",
            examples=["2026-12-31"],
            extra={"day": "end"},
        ),
    ] = None
