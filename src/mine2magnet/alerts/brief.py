"""A topic's brief: what is new since a time, which figures moved, which conflicts arose; each line cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mine2magnet.claims.compare import ClaimGroup, Placed
from mine2magnet.claims.times import bounds
from mine2magnet.digests import METHOD
from mine2magnet.figures import groups
from mine2magnet.figures.rows import Cited, cited
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import WRONG, Claim, Digest, Document, Point, Topic

MOST = 20  # documents of a brief that are named, the newest; of figures and conflicts likewise


@dataclass(frozen=True, slots=True)
class BriefDocument:
    """A document that came in, with the first point of its digest, and how many copies came with it."""

    document: Document
    point: Point | None = None
    language: str = ""
    copies: int = 0


@dataclass(frozen=True, slots=True)
class BriefPair:
    """Two claims about one thing: a figure before and after, or two that cannot both hold."""

    before: Cited
    after: Cited


@dataclass(frozen=True, slots=True)
class Brief:
    """What came into a topic from `since` to `until`; `total` counts the new documents, copies once."""

    topic: Topic
    since: datetime
    until: datetime
    documents: tuple[BriefDocument, ...] = ()
    moved: tuple[BriefPair, ...] = ()
    conflicts: tuple[BriefPair, ...] = ()
    total: int = 0

    @property
    def empty(self) -> bool:
        return not (self.documents or self.moved or self.conflicts)


def brief(library: Library, topic: Topic, since: datetime, until: datetime, language: str = "en") -> Brief:
    """Return what came into a topic since a time.

    Parameters
    ----------
    library : Library
    topic : Topic
    since, until : datetime
        With their zones; by when the library first held a document, not by its date.
    language : str
        That digests are preferred in.

    Returns
    -------
    Brief
    """
    store = library.store
    members = topics.members(store, library.index, topic)
    new = [id for id in store.added(since) if id in members]
    folds: dict[str, list[str]] = {}
    for id in new:
        folds.setdefault(store.fold(id), []).append(id)
    fresh, known = frozenset(new), frozenset(members) - frozenset(new)
    claims = [claim for claim in library.claims(topic) if claim.judged != WRONG]
    published = store.published(members)
    found = groups.group(claims, least=library.settings.claims_threshold, published=published)
    moved = [pair for g in found if (pair := _moved(g, fresh, published))]
    conflicts = [pair for g in found for pair in g.conflicts if _is_new(pair, fresh, known)]
    return Brief(
        topic,
        since,
        until,
        tuple(_documents(library, folds, language)),
        tuple(_pairs(library, moved)),
        tuple(_pairs(library, conflicts)),
        len(folds),
    )


def _documents(
    library: Library, folds: Mapping[str, Sequence[str]], language: str
) -> Iterator[BriefDocument]:
    documents = library.store.documents([ids[0] for ids in folds.values()])
    newest = sorted(documents.values(), key=_when, reverse=True)[:MOST]
    digests = library.store.digests([document.id for document in newest])
    copies = {ids[0]: len(ids) - 1 for ids in folds.values()}
    for document in newest:
        digest = _digest(digests.get(document.id, ()), language)
        point = next(iter(digest.points), None) if digest else None
        yield BriefDocument(document, point, digest.language if digest else "", copies[document.id])


def _when(document: Document) -> datetime:
    return document.published or document.fetched


def _digest(held: Sequence[Digest], language: str) -> Digest | None:
    """A model's in the reader's language, else the document's own sentences, else what came with it."""
    order = {METHOD: 1, "source": 2}
    readable = [one for one in held if one.method in order or one.language == language]
    return min(readable, key=lambda one: order.get(one.method, 0), default=None)


def _moved(g: ClaimGroup, fresh: frozenset[str], published: Mapping[str, date]) -> tuple[Claim, Claim] | None:
    """The last claim before and the last new one, if that is of a later time and they cannot be the same
    value: reported levels only, as a plan that changes is no figure that moved."""
    if g.scope.direction != "level" or not g.scope.measure:
        return None
    told = [p for p in g.claims if p.claim.modality == "reported"]
    times = {id(p): _time(p.claim, published) for p in told}
    ordered = sorted(told, key=lambda p: times[id(p)])
    after = next((p for p in reversed(ordered) if p.claim.document in fresh), None)
    before = next((p for p in reversed(ordered) if p.claim.document not in fresh), None)
    if after is None or before is None or times[id(after)] <= times[id(before)]:
        return None
    return (before.claim, after.claim) if _apart(before, after) else None


def _apart(a: Placed, b: Placed) -> bool:
    return a.below(b) or b.below(a)


def _time(claim: Claim, published: Mapping[str, date]) -> date:
    """The day that a claim speaks of last, else the day of its document."""
    if claim.period:
        since, until = bounds(claim.period)
        return since if until == date.max else until
    return published.get(claim.document, date.min)


def _is_new(pair: tuple[Claim, Claim], fresh: frozenset[str], known: frozenset[str]) -> bool:
    """Whether a conflict was not there before: one side of it has come in."""
    return any(claim.document in fresh for claim in pair) and all(
        claim.document in fresh or claim.document in known for claim in pair
    )


def _pairs(library: Library, pairs: Sequence[tuple[Claim, Claim]]) -> Iterator[BriefPair]:
    shown = pairs[:MOST]
    by_claim = {one.claim: one for one in cited(library.store, [claim for pair in shown for claim in pair])}
    for before, after in shown:
        if before in by_claim and after in by_claim:
            yield BriefPair(by_claim[before], by_claim[after])
