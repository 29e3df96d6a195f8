"""A topic's brief: which figures moved, which conflicts arose, what is new of controls and licences, which
documents came in since a time; each line cited, in the reader's language where a translation carries it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mine2magnet.claims.compare import ClaimGroup, Placed
from mine2magnet.claims.times import bounds
from mine2magnet.digests import METHOD
from mine2magnet.figures import groups
from mine2magnet.figures.rows import Cited, cited
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.library.translations import digest_key
from mine2magnet.model import WRONG, Claim, Digest, Document, Point, Rendered, Topic, Translation

CONTROLS = "aspect.controls"
EARLIER = timedelta(7)  # before the span: what was published so long ago was added, and is no news
MOST = 20  # documents of a brief that are named, the newest; of figures and conflicts likewise


@dataclass(frozen=True, slots=True)
class BriefDocument:
    """A document that came in, with a point of its digest, and its copies that came in, and what tells the
    same news in other languages.

    `earlier`: it was published well before the span of the brief, and came in within it.
    `title` and `said` are the document's title and the point in the reader's language, None where they stay
    as they are; `language` is the point's own.
    """

    document: Document
    point: Point | None = None
    language: str = ""
    copies: tuple[Document, ...] = ()
    title: Rendered | None = None
    said: Rendered | None = None
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class BriefPair:
    """Two claims about one thing: a figure before and after, or two that cannot both hold."""

    before: Cited
    after: Cited


@dataclass(frozen=True, slots=True)
class Brief:
    """What came into a topic from `since` to `until`; `total` counts new documents, copies once. `controls`
    are documents published lately with what they say of controls and licences, beside their first point."""

    topic: Topic
    since: datetime
    until: datetime
    documents: tuple[BriefDocument, ...] = ()
    moved: tuple[BriefPair, ...] = ()
    conflicts: tuple[BriefPair, ...] = ()
    total: int = 0
    controls: tuple[BriefDocument, ...] = ()

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
        Of the reader.

    Returns
    -------
    Brief
    """
    store = library.store
    members = topics.members(store, library.index, topic)
    new = [id for id in store.added(since) if id in members]
    folds = _folds(library, new)
    fresh, known = frozenset(new), frozenset(members) - frozenset(new)
    claims = [claim for claim in library.claims(topic) if claim.judged != WRONG]
    published = store.published(members)
    found = groups.group(claims, least=library.settings.claims_threshold, published=published)
    moved = [pair for g in found if (pair := _moved(g, fresh, published))]
    conflicts = [pair for g in found for pair in g.conflicts if _is_new(pair, fresh, known)]
    documents, controls = _documents(library, folds, language, since - EARLIER)
    return Brief(
        topic,
        since,
        until,
        tuple(documents),
        tuple(_pairs(library, moved)),
        tuple(_pairs(library, conflicts)),
        len(folds),
        tuple(controls),
    )


def _folds(library: Library, new: Sequence[str]) -> list[list[str]]:
    """Group what came in: copies together, and what tells the same news in different languages."""
    store = library.store
    shared = {id: f"news {group[0]}" for group in store.same_news(new) for id in group}
    of_fold = dict[str, str]()  # what a fold is part of
    folds = {id: store.fold(id) for id in new}
    for id, fold in folds.items():
        if id in shared:
            of_fold.setdefault(fold, shared[id])
    together: dict[str, list[str]] = {}
    for id, fold in folds.items():
        together.setdefault(of_fold.get(fold, fold), []).append(id)
    return list(together.values())


def _documents(
    library: Library, folds: Sequence[Sequence[str]], language: str, lately: datetime
) -> tuple[list[BriefDocument], list[BriefDocument]]:
    """The newest documents with their first point, and those that speak of controls with what they say."""
    documents = library.store.documents([id for ids in folds for id in ids])
    held = [[documents[id] for id in ids if id in documents] for ids in folds]
    # Of several the one in the reader's language, else the first that came.
    led = [sorted(one, key=lambda document: document.language != language) for one in held if one]
    newest = sorted((one[0] for one in led), key=_when, reverse=True)[:MOST]
    ids = [document.id for document in newest]
    digests, translations = library.store.digests(ids), library.store.translations(ids, language)
    copies = {first.id: tuple(others) for first, *others in led}
    found, controls = list[BriefDocument](), list[BriefDocument]()
    for document in newest:
        digest = _digest(digests.get(document.id, ()), language)
        translation = translations.get(document.id) if document.language != language else None
        first = next(iter(digest.points), None) if digest else None
        earlier = document.published is not None and document.published < lately
        told = _told(document, digest, first, translation, copies[document.id])
        found.append(replace(told, earlier=earlier))
        if digest is None or earlier:
            continue
        rules = (p for g in digest.groups if g.aspect == CONTROLS for p in g.points if _rules(library, p))
        if rule := next((point for point in rules if point != first), None):
            controls.append(_told(document, digest, rule, translation))
    return found, controls


def _rules(library: Library, point: Point) -> bool:
    """Return whether a point itself speaks of controls and licences, wherever its digest has put it."""
    return any(mention.concept.aspect == CONTROLS for mention in library.thesaurus.find(point.text))


def _told(
    document: Document,
    digest: Digest | None,
    point: Point | None,
    translation: Translation | None,
    copies: tuple[Document, ...] = (),
) -> BriefDocument:
    if digest is None:
        return BriefDocument(document, copies=copies, title=translation.title if translation else None)
    said = None
    if translation and point and translation.digest == digest_key(digest):
        said = translation.points[digest.points.index(point)]
    title = translation.title if translation else None
    return BriefDocument(document, point, digest.language, copies, title, said)


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
    """Return whether a conflict was not there before: one side of it has come in."""
    return any(claim.document in fresh for claim in pair) and all(
        claim.document in fresh or claim.document in known for claim in pair
    )


def _pairs(library: Library, pairs: Sequence[tuple[Claim, Claim]]) -> Iterator[BriefPair]:
    shown = pairs[:MOST]
    by_claim = {one.claim: one for one in cited(library.store, [claim for pair in shown for claim in pair])}
    for before, after in shown:
        if before in by_claim and after in by_claim:
            yield BriefPair(by_claim[before], by_claim[after])
