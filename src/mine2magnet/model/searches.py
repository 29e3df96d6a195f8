"""News searches: what a topic asks of them, and what they have found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeAlias, get_args

from msgspec import Meta

from mine2magnet.model.documents import Language
from mine2magnet.model.fields import Input

NewsSearch: TypeAlias = Literal["gdelt", "google", "bing", "searxng", "template"]
NEWS_SEARCHES: tuple[str, ...] = get_args(NewsSearch)
Span: TypeAlias = Annotated[
    str, Meta(pattern=r"^[0-9]{1,3}[hdw]$", max_length=4, examples=["7d"], extra={"hint": "e.g. 12h, 7d, 2w"})
]
HIT_STATES = (
    "waiting",  # found, and not looked at yet
    "kept",  # its article is held
    "title",  # the article could not be had: title, source, time and link are
    "held",  # the library had it already
    "off topic",  # no query of the topic matches its text
    "gone",  # the publisher has no such page any more
)


class DiscoverRequest(Input, frozen=True, kw_only=True):
    """What news searches are asked for a topic."""

    since: Annotated[Span, Meta(description="How far back: hours, days or weeks.")] = "7d"
    searches: Annotated[
        tuple[NewsSearch, ...], Meta(max_length=5, description="Which are asked; all without.")
    ] = ()
    every: Annotated[
        Span | None, Meta(description="Ask again so often from now on, 1h to 4w; once if it is not given.")
    ] = None


class BriefRequest(Input, frozen=True, kw_only=True):
    """What a topic's brief tells."""

    since: Annotated[Span, Meta(description="What came in so long ago or later: hours, days or weeks.")] = (
        "1d"
    )
    language: Annotated[Language | None, Meta(description="What it reads in.")] = None


class BriefSchedule(Input, frozen=True, kw_only=True):
    """When a topic's brief goes out by mail."""

    at: Annotated[
        str,
        Meta(
            pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$",
            max_length=5,
            description="The time of day.",
            examples=["07:30"],
            extra={"hint": "write it as 07:30"},
        ),
    ]
    days: Annotated[Literal["daily", "weekdays"], Meta(description="On which days.")] = "daily"
    zone: Annotated[
        str,
        Meta(
            max_length=60,
            description="The time zone of that time; that of the server without.",
            examples=["Asia/Tokyo"],
        ),
    ] = ""
    to: Annotated[
        str,
        Meta(
            max_length=1000,
            description="Addresses, with commas between; those of the settings without.",
            examples=["me@example.com"],
        ),
    ] = ""
    language: Annotated[Language | None, Meta(description="What it reads in.")] = None


@dataclass(frozen=True, slots=True)
class BriefMail:
    """A topic's brief that goes out by mail: when next (`due`), when last (`sent`), and why not since,
    after `attempts`."""

    topic: str
    schedule: BriefSchedule
    due: datetime
    sent: datetime | None = None
    attempts: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TopicSearch:
    """One question of a topic to one news search, asked every `interval` seconds or once, and how that went.

    `query` is in the form that the search understands; `due` is when it is to be asked next, None for not by
    itself. `found` are the hits of the last answer, `kept` how many documents it has brought in all.
    """

    topic: str
    service: str
    language: str
    query: str
    days: float = 7.0
    interval: float | None = None
    due: datetime | None = None
    checked: datetime | None = None
    failures: int = 0
    reason: str = ""
    etag: str = ""
    modified: str = ""
    found: int = 0
    kept: int = 0

    def __post_init__(self) -> None:
        if self.service not in NEWS_SEARCHES:
            raise ValueError(f"unknown search {self.service!r}")


@dataclass(frozen=True, slots=True)
class NewsHit:
    """What a news search has found for a topic, under the part of its address that names the page (`key`),
    and what became of it: one of HIT_STATES, with the reason where it could not be read."""

    topic: str
    key: str
    url: str
    title: str
    source: str
    service: str
    language: str
    query: str
    published: datetime | None = None
    state: str = "waiting"
    reason: str = ""
    attempts: int = 0
    document: str | None = None

    def __post_init__(self) -> None:
        if self.state not in HIT_STATES:
            raise ValueError(f"a hit cannot be {self.state!r}")


def seconds(span: str) -> float:
    """Return a span in seconds.

    >>> seconds("12h"), seconds("7d"), seconds("2w")
    (43200.0, 604800.0, 1209600.0)
    """
    return float(span[:-1]) * {"h": 3600, "d": 86400, "w": 7 * 86400}[span[-1]]
