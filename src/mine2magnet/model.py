"""The vocabulary: what the parts hand to each other. Values only, no behaviour beyond validation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

LANGUAGES = ("en", "zh", "ja")  # the languages of the interface and of the thesaurus
SCOPES = ("read", "write")  # what an API key may be good for
CATEGORIES = (
    "news",
    "report",
    "analysis",
    "explainer",
    "data",
    "filing",
    "financial",  # a company's quarterly, half-yearly or annual report
    "transcript",  # of a call on earnings, or its slides
    "minutes",  # of a meeting with investors
    "paper",
    "social",
    "webpage",
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a stored version; numbers start at 1 and never change for that version."""

    number: int
    text: str

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError(f"paragraph numbers start at 1, not {self.number}")
        if not self.text.strip():
            raise ValueError(f"paragraph {self.number} is empty")


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document.

    `id` and `version` are given by the store when it keeps the document; a freshly read one has
    `id=""`, `version=0`. `published` carries the zone it was stated in; `fetched` is in UTC.
    `language` is an ISO 639-1 code, "und" when it cannot be told. `paragraphs` is empty for a
    document known only by its title and published digest.
    """

    title: str
    source: str
    fetched: datetime
    language: str
    paragraphs: tuple[Paragraph, ...] = ()
    url: str | None = None
    published: datetime | None = None
    category: str = "news"
    tags: tuple[str, ...] = ()
    id: str = ""
    version: int = 0

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("a document needs a title")
        if self.category not in CATEGORIES:
            raise ValueError(f"unknown category {self.category!r}; one of {', '.join(CATEGORIES)}")
        for name in ("published", "fetched"):
            time: datetime | None = getattr(self, name)
            if time is not None and time.tzinfo is None:
                raise ValueError(f"{name} needs a time zone: {time}")
        if [p.number for p in self.paragraphs] != list(range(1, len(self.paragraphs) + 1)):
            raise ValueError("paragraphs are numbered 1, 2, 3 …")

    @property
    def text(self) -> str:
        return "\n".join(p.text for p in self.paragraphs)


VERDICTS = ("", "holds", "fails", "unchecked")


@dataclass(frozen=True, slots=True)
class Point:
    """One statement of a digest and the numbers of the paragraphs it rests on.

    `verdict` tells whether the cited text says so: "" is not checked yet, "unchecked" that it cannot be
    checked; `reason` says in one line why a point fails or cannot be checked.
    """

    text: str
    citations: tuple[int, ...] = ()
    verdict: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"unknown verdict {self.verdict!r}")


@dataclass(frozen=True, slots=True)
class Group:
    """Points under one heading; `aspect` is the thesaurus concept behind it, if any, so that the
    heading can be shown in the reader's language."""

    heading: str
    points: tuple[Point, ...]
    aspect: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """A core viewpoint and groups of points.

    `method` says how it was made: "source" (came with the source: its own text, unverified),
    "extractive", or a model's name. `maker` is the version of what made it.
    """

    viewpoint: tuple[Point, ...]
    groups: tuple[Group, ...]
    method: str
    language: str
    maker: str = ""

    @property
    def points(self) -> tuple[Point, ...]:
        return self.viewpoint + tuple(p for g in self.groups for p in g.points)

    @property
    def share(self) -> float | None:
        """The share of points that hold among those that could be checked; None if none could."""
        verdicts = [point.verdict for point in self.points if point.verdict in ("holds", "fails")]
        return verdicts.count("holds") / len(verdicts) if verdicts else None


@dataclass(frozen=True, slots=True)
class Failure:
    """A source, or a part of one, that could not be read, and why (one line). `lasting`: it is gone, and
    asking again soon would not help."""

    where: str
    reason: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """What reading one item gives: a document, with the digest and the topic it came with, if any."""

    document: Document
    digest: Digest | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """Text of one paragraph that matched; `highlights` are (start, end) characters of `text`. Paragraph 0
    is a point of the digest that came with a document whose own text is not held."""

    paragraph: int
    text: str
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search may be narrowed to; an empty tuple or None narrows nothing.

    Values of one field are alternatives, fields combine. `since` and `until` bound `published`,
    both inclusive. `documents` limits to these ids.
    """

    source: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    documents: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One ranked document; `score` falls along the list; `copies` are the ids of its near-duplicates.
    `relevance` is how well it answers by itself, about 0 … 1; 1 where there is no query."""

    document: str
    score: float
    passages: tuple[Passage, ...] = ()
    title_highlights: tuple[tuple[int, int], ...] = ()
    copies: tuple[str, ...] = ()
    relevance: float = 1.0


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits. `facets` counts documents per field and value over the whole result;
    `meaning` says whether vectors took part (they may still be in the making)."""

    hits: tuple[Hit, ...]
    total: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    meaning: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A saved search that watches: its documents are those that match any query or bear any tag,
    and those that were read into it. `names` maps a language to the heading in that language."""

    slug: str
    name: str
    queries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a topic needs a name")
        if not re.fullmatch(r"[\w-]{1,80}", self.slug):
            raise ValueError(f"not a slug: {self.slug!r}")


@dataclass(frozen=True, slots=True)
class Source:
    """Something that is read, once or every `interval` seconds, and how that went last time."""

    what: str
    interval: float | None = None
    due: datetime | None = None
    checked: datetime | None = None
    failures: int = 0
    reason: str = ""
    documents: int = 0
    etag: str = ""
    modified: str = ""


APPROXIMATIONS = ("", "about", "nearly", "over", "at least", "under", "at most")
DIRECTIONS = ("level", "change")
MODALITIES = ("reported", "forecast", "threatened", "denied")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure as stated: from `low` to `high` in `unit`, a name of `data/units.txt`; "" is a bare number.

    Both ends are equal for a single value. An end is None where the text leaves it open: "over 40 %" is
    low 40, high None, and `approx` is "over".
    """

    low: float | None
    high: float | None
    unit: str
    approx: str = ""

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("a quantity needs at least one end")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        if self.approx not in APPROXIMATIONS:
            raise ValueError(f"unknown approximation {self.approx!r}")


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure and what it says of whom. A slot the sentence does not support is None or empty.

    `measure`, `stage`, `materials` and `subjects` are thesaurus ids; `said_by` is one too, or the words
    of the text. `as_of` is an ISO 8601 date, month, year or interval ("2025", "2025-06",
    "2025-07/2025-09"; an open end is ".."). A change is signed: "fell 6.1 %" is -6.1.
    `start`, `end` are the figure's characters in the paragraph, `sentence` those of its sentence.
    `precision` is the step of the last stated digit, in `unit` ("45 %" 1, "4.5 %" 0.1).
    `point` is 0, or for a document without text the point of its published digest, from 1 in the order of
    `Digest.points`, in which the figure stands: characters are those of the point, not of a paragraph.
    """

    quantity: Quantity
    start: int
    end: int
    sentence: tuple[int, int]
    subjects: tuple[str, ...] = ()
    measure: str | None = None
    stage: str | None = None
    materials: tuple[str, ...] = ()
    as_of: str | None = None
    direction: str = "level"
    modality: str = "reported"
    said_by: str | None = None
    precision: float = 0.0
    document: str = ""
    version: int = 0
    paragraph: int = 1
    point: int = 0

    def __post_init__(self) -> None:
        if not self.sentence[0] <= self.start < self.end <= self.sentence[1]:
            raise ValueError(f"the figure {self.start}-{self.end} is outside its sentence {self.sentence}")
        if self.direction not in DIRECTIONS:
            raise ValueError(f"unknown direction {self.direction!r}")
        if self.modality not in MODALITIES:
            raise ValueError(f"unknown modality {self.modality!r}")


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """What claims may be narrowed to, by the values of their slots. Values of one field are
    alternatives, fields combine; an empty tuple narrows nothing. A subject or a material is one of the
    claim's."""

    subject: tuple[str, ...] = ()
    measure: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    material: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    modality: tuple[str, ...] = ()


SIDES = ("below", "above")


@dataclass(frozen=True, slots=True)
class Bound:
    """What lies `below` or `above` a value in a unit."""

    side: str
    value: float
    unit: str

    def __post_init__(self) -> None:
        if self.side not in SIDES:
            raise ValueError(f"unknown side {self.side!r}")


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked out for; all that is given must hold.

    `topic` (a slug) and `query` are of documents. With `claims` it is each claim in them that passes, and
    lies on the side of `bound` if there is one; without, each document. `webhook` is the address that
    matches are sent to. `id`, `made` (UTC) and `seq`, the last change looked at, are given by the store.
    """

    name: str
    topic: str = ""
    query: str = ""
    claims: ClaimFilter | None = None
    bound: Bound | None = None
    webhook: str = ""
    id: str = ""
    made: datetime | None = None
    seq: int = 0

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a watch needs a name")
        if not (self.topic or self.query or self.claims):
            raise ValueError("a watch needs something to look out for")
        if self.bound and not self.claims:
            raise ValueError("only claims have a bound")


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
