"""The vocabulary: what the parts hand to each other. Values only, no behaviour beyond validation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta

from mine2magnet.model.fields import Input, Name, Names, Query, several

Language: TypeAlias = Literal["en", "zh", "ja"]  # of the interface and of the thesaurus
LANGUAGES: tuple[str, ...] = get_args(Language)
Category: TypeAlias = Literal[
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
]
CATEGORIES: tuple[str, ...] = get_args(Category)


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
    checked; `reason` says in one line why a point fails or cannot be checked. `about` are names (ids of the
    thesaurus, or words) of whom or what it speaks where its words leave that to the text around them.
    """

    text: str
    citations: tuple[int, ...] = ()
    verdict: str = ""
    reason: str = ""
    about: tuple[str, ...] = ()

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
class Rendered:
    """A text in another language, and how it was made: "claims", "gloss" or a model's name."""

    text: str
    made: str

    @property
    def reads(self) -> bool:
        """True if it is a text to read, not a list of key words."""
        return self.made != "gloss"


@dataclass(frozen=True, slots=True)
class Translation:
    """A document's title and its digest's points in another language, each beside the text it stands for.

    `points` are in the order of `Digest.points` of the digest made by `digest`; None stands where nothing
    could carry the sentence, and `title` is None where the title reads as it is. `maker` is the version of
    all that it was made by.
    """

    language: str
    title: Rendered | None
    points: tuple[Rendered | None, ...]
    digest: str = ""
    maker: str = ""

    @property
    def read(self) -> int:
        """The number of points that read in the language."""
        return sum(point is not None for point in self.points)


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


class DocumentFilter(Input, frozen=True, kw_only=True):
    """Documents, narrowed: values of one field are alternatives, fields combine."""

    language: Annotated[Names, several("Written in it (ISO 639-1).", "zh")] = ()
    source: Annotated[Names, several("Who published it, written as it is listed.", "Example Daily")] = ()
    category: Annotated[tuple[Category, ...], several("What kind of document.", "news")] = ()
    tag: Annotated[Names, several("Tagged with it.", "magnets")] = ()
    since: Annotated[
        datetime | None,
        Meta(
            description="Published on this day, or at this time, or later.",
            examples=["2025-04-01"],
            extra={"day": "begin"},
        ),
    ] = None
    until: Annotated[
        datetime | None,
        Meta(
            description="Published on this day, or at this time, or earlier.",
            examples=["2025-12-31"],
            extra={"day": "end"},
        ),
    ] = None


class Filters(DocumentFilter, frozen=True, kw_only=True):
    """What a search is narrowed to; `documents` limits to these ids. An empty tuple or None narrows
    nothing. `apart`: copies of one text are listed each for itself, as they are where a tag is asked for."""

    documents: frozenset[str] | None = None
    apart: bool = False

    @classmethod
    def of(cls, asked: DocumentFilter) -> Filters:
        return cls(**{name: getattr(asked, name) for name in DocumentFilter.__struct_fields__})


@dataclass(frozen=True, slots=True)
class Hit:
    """One ranked document; `score` falls along the list; `copies` are the ids of its near-duplicates.
    `relevance` is how well it answers by itself, 0 … 1; 1 where there is no query. `translated` is what its
    translation into the query's language says, where it was found by that."""

    document: str
    score: float
    passages: tuple[Passage, ...] = ()
    title_highlights: tuple[tuple[int, int], ...] = ()
    copies: tuple[str, ...] = ()
    relevance: float = 1.0
    translated: tuple[Passage, ...] = ()


# What of a query's signs cannot be understood.
QueryFault: TypeAlias = Literal["", "length", "quote", "bracket", "operator", "field", "date"]


@dataclass(frozen=True, slots=True, order=True)
class WrittenForms:
    """What is named at characters [start, end) of a query: its parts, each in all the ways in which texts of
    three languages write it."""

    start: int
    end: int
    parts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Respelling:
    """A word of a query that no document has, and the name that was searched for in its place."""

    typed: str
    name: str


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits. `facets` counts documents per field and value over the whole result;
    `meaning` says whether vectors took part (they may still be in the making). `strict` are the parts of the
    query that every document must satisfy though free words might have been meant, `fault` says why all of
    it was taken for free words. `nearest`: where nothing that is held answers, the few that come nearest.
    `respelt`: words that were taken for slips of the pen, or for tickers. `held`: the documents of the hits
    by id, as they were read from the store."""

    hits: tuple[Hit, ...]
    total: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    meaning: bool = False
    strict: tuple[str, ...] = ()
    fault: QueryFault = ""
    nearest: tuple[Hit, ...] = ()
    respelt: tuple[Respelling, ...] = ()
    held: Mapping[str, Document] = field(default_factory=dict, repr=False, compare=False)


class TopicRequest(Input, frozen=True, kw_only=True):
    """A topic: its documents are those that match any query or bear any tag."""

    name: Name
    queries: Annotated[
        tuple[Query, ...], Meta(max_length=50, description="Documents that match any of these belong.")
    ] = ()
    tags: Annotated[Names, Meta(description="Documents that bear any of these tags belong.")] = ()
    names: Annotated[dict[Language, Name], Meta(description="The name in languages of the interface.")] = (
        msgspec.field(default_factory=dict)
    )
    shared: Annotated[bool, Meta(description="Whether others see it, too, or its owner alone.")] = True


@dataclass(frozen=True, slots=True)
class Topic:
    """A saved search that watches: its documents are those that match any query or bear any tag,
    and those that were read into it. `names` maps a language to the heading in that language. `owner` is
    given by the store."""

    slug: str
    name: str
    queries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    shared: bool = True
    owner: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a topic needs a name")
        if not re.fullmatch(r"[\w-]{1,80}", self.slug):
            raise ValueError(f"not a slug: {self.slug!r}")


Minutes: TypeAlias = Annotated[float, Meta(ge=1, le=10_080)]


class SourceRequest(Input, frozen=True, kw_only=True):
    """Something to be read."""

    url: Annotated[
        str,
        Meta(
            min_length=1, max_length=2000,
            description="A page, a feed (RSS, Atom, JSON), a sitemap, a PDF.",
            examples=["https://example.com/feed.xml"],
        ),
    ]  # fmt: skip
    minutes: Annotated[
        Minutes | None,
        Meta(description="Read it again so often, every minute to every week; once if it is not given."),
    ] = None


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
