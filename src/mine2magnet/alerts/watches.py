"""Watches: what of the documents and claims that come in matches them, and its way to webhooks.

A watch moves along the store's sequence of changes. What it finds is kept in the transaction that moves it,
together with the delivery to its webhook, so that a process that is killed neither loses a match nor finds
one twice. A delivery stays until the webhook has taken it.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from math import isclose

from msgspec import structs

from mine2magnet.alerts.webhooks import AT_ONCE, SECRET_PREFIX, check_address
from mine2magnet.claims import measures
from mine2magnet.claims.quantities import quantities
from mine2magnet.claims.units import convert
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.text import fold, sentences
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.library.topics import members, published_digest
from mine2magnet.model import (
    Bound,
    Claim,
    ClaimFilter,
    Document,
    Match,
    Paragraph,
    Side,
    Watch,
    WatchRequest,
)
from mine2magnet.search import Index, matched, parse
from mine2magnet.store import DocumentChange, Store

EXACT = 1e-9  # relative: what converting units may lose
LONGEST = 2000  # characters of a sentence that is kept: beyond that it is a table
_AS = {("inventory", "time"): "stock_cover"}  # what a measure is in units of another sort
_BELOW_ZERO = ("rate", "money", "degC")  # sorts of unit of which a level may be below zero, as a loss is
SUBJECTS = ("country", "place", "company", "organisation")  # kinds that a watch may be about


# --- watches


def add(store: Store, watch: WatchRequest, *, allow_private: bool = False) -> Watch:
    """Keeps a watch after its webhook, topic and query have been checked; raises UserError."""
    if watch.webhook:
        check_address(watch.webhook, allow_private)
    if watch.topic:
        watch = structs.replace(watch, topic=store.topic(watch.topic).slug)
    if watch.query:
        parse(watch.query)
    if watch.bound and watch.claims:
        _check(watch.bound, watch.claims)
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    with store.writing() as writer:
        id = writer.put_watch(watch, secret)
    return store.watch(id)


def bound(side: Side, text: str) -> Bound:
    """Return the bound below or above a figure as written: "6 weeks", "40 %", "六周". Raises UserError."""
    found = quantities(text)
    value = found[0].quantity.low if found else None
    if value is None or len(found) > 1 or not found[0].quantity.unit:
        raise UserError(
            f"no figure with a unit: {text[:40]!r}", where=side, hint="e.g. 6 weeks, 40 %, 90 USD/kg"
        )
    return Bound(side, value, found[0].quantity.unit)


def _check(limit: Bound, claims: ClaimFilter) -> None:
    """Raises UserError for a bound beyond which no claim asked for can lie: a time in kg, or below zero."""
    known = [one for one in claims.measure if measures.group(one)]
    directions = claims.direction or ("level", "change")
    told = [_AS.get((one, measures.sort(limit.unit)), one) for one in known]
    if known and not any(measures.fits(one, limit.unit, d) for one in told for d in directions):
        raise UserError(
            f"what is watched is not told in {limit.unit}",
            where="figure",
            hint="give a unit that it is told in",
        )
    falls = "change" in claims.direction or measures.sort(limit.unit) in _BELOW_ZERO
    if not falls and (limit.value < 0 or (limit.value == 0 and limit.side == "below")):
        raise UserError(
            "nothing of this kind is below zero", where="figure", hint="for a fall, watch changes"
        )


def within(claim: Claim, limit: Bound) -> bool:
    """Return whether a claim's range reaches beyond the limit: 4 to 6 weeks lie below 6 weeks, and above 5.

    Of a range open at that side the end that is stated counts, and may lie on the limit itself.
    """
    q = claim.quantity
    near, far = (q.low, q.high) if limit.side == "below" else (q.high, q.low)
    try:
        if near is None:
            assert far is not None
            value, may_touch = convert(far, q.unit, limit.unit), True
        else:
            value, may_touch = convert(near, q.unit, limit.unit), False
    except UserError:  # of another dimension
        return False
    beyond = limit.value - value if limit.side == "below" else value - limit.value
    if isclose(value, limit.value, rel_tol=EXACT):
        return may_touch
    return beyond > 0


# --- matching


def look(store: Store, index: Index, thesaurus: Thesaurus, *claimers: str) -> int:
    """Looks at the next changes for every watch that they are ready for: found by a search and, where
    claims are watched, with the claims of one of `claimers`. Gives how many changes were looked at."""
    last, looked = store.last_change(), 0
    behind = [watch for watch in store.watches() if watch.seq < last]
    reached = index.reached() if behind else 0
    for watch in behind:
        changes = [change for change in store.changes(watch.seq, AT_ONCE) if change.seq <= reached]
        if watch.claims:
            claimed = store.claimed([change.id for change in changes], *claimers)
            lacking = (n for n, c in enumerate(changes) if c.document is not None and c.id not in claimed)
            changes = changes[: next(lacking, None)]
        if not changes:
            continue
        found = list(WatchMatcher(store, index, thesaurus, watch).found(changes))
        with store.writing() as writer:
            writer.advance(watch, changes[-1].seq, found)
        looked += len(changes)
    return looked


class WatchMatcher:
    """One watch over some changes."""

    def __init__(self, store: Store, index: Index, thesaurus: Thesaurus, watch: Watch) -> None:
        self._store, self._index, self._thesaurus, self._watch = store, index, thesaurus, watch

    def found(self, changes: Sequence[DocumentChange]) -> Iterator[tuple[str, Match]]:
        """Matches, each under what it is kept under once: copies of a text and versions of a page that
        say the same are one."""
        wanted = self._documents()
        for change in changes:
            document = change.document
            if document is None or (wanted is not None and document.id not in wanted):
                continue
            matches = self._claims(document) if self._watch.claims else [self._document(document)]
            for match in matches:
                if self._is_new(match, change.fold):
                    said = f"{match.sentence}\n{match.start - match.offset}" if match.claim else ""
                    key = hashlib.sha256(fold(said).encode()).hexdigest()[:16] if said else ""
                    yield f"{change.fold} {key}".strip(), match

    def _documents(self) -> frozenset[str] | None:
        """Ids of the documents that the watch is of; None for all."""
        wanted: frozenset[str] | None = None
        if self._watch.topic:
            try:
                wanted = members(self._store, self._index, self._store.topic(self._watch.topic))
            except NotFound:  # removed meanwhile
                return frozenset()
        if self._watch.query:
            matching = self._index.matching((self._watch.query,), ())
            wanted = matching if wanted is None else wanted & matching
        return wanted

    def _is_new(self, match: Match, fold: str) -> bool:
        """Return whether the sentence stood nowhere in what was held of this text when the watch was made."""
        made = self._watch.made
        assert made is not None
        earlier = self._store.earlier(fold, made, (match.document, match.version))
        return not any(match.sentence in text for text in earlier)

    def _document(self, document: Document) -> Match:
        """The sentence that bears the words looked for, else the first."""
        texts, of_points = self._texts(document)
        queries = [self._watch.query] if self._watch.query else []
        if self._watch.topic:
            with suppress(NotFound):
                queries += self._store.topic(self._watch.topic).queries
        numbered = tuple(Paragraph(n, text) for n, text in enumerate(texts, 1) if text.strip())
        place = matched(queries, replace(document, paragraphs=numbered), self._thesaurus)
        number, (start, end) = place or (1, _first(texts[0] if texts else document.title))
        return _match(document, texts or [document.title], number, start, end, of_points)

    def _claims(self, document: Document) -> Iterator[Match]:
        texts, of_points = self._texts(document)
        where = self._watch.claims
        for claim in self._store.claims([document.id], where.of_any_slot) if where else ():
            number = claim.point or claim.paragraph
            if claim.version != document.version or number > len(texts):
                continue
            sentence = texts[number - 1][slice(*claim.sentence)]
            if self._passes(claim, self._of(claim, sentence, document.title)):
                match = _match(document, texts, number, claim.start, claim.end, of_points)
                yield replace(match, claim=claim)

    def _of(self, claim: Claim, sentence: str, title: str) -> Sequence[str]:
        """Ids of whom a claim may be about: its subjects; if it has none, whom its sentence names, else
        the title. A watch shows the sentence, so that a reader can tell."""
        if claim.subjects:
            return claim.subjects
        named = (
            [m.concept.id for m in self._thesaurus.find(text) if m.concept.kind in SUBJECTS]
            for text in (sentence, title)
        )
        return next(filter(None, named), [])

    def _texts(self, document: Document) -> tuple[list[str], bool]:
        """Paragraphs or, of a document without text, the points of the digest published with it."""
        if document.paragraphs:
            return [paragraph.text for paragraph in document.paragraphs], False
        digest = published_digest(self._store.digests([document.id]).get(document.id, ()))
        return [point.text for point in digest.points] if digest else [], True

    def _passes(self, claim: Claim, subjects: Sequence[str]) -> bool:
        """Narrower subjects and materials pass, too: Germany of Europe, terbium of heavy rare earths. What
        is denied passes only where that is asked for."""
        where = self._watch.claims
        assert where is not None
        for own, wanted in (
            (subjects, where.subject),
            (claim.counterparties, where.counterparty),
            (claim.materials, where.material),
        ):
            if wanted and not any(self._is_a(a, b) for a in own for b in wanted):
                return False
        slots = {
            "measure": claim.measure,
            "stage": claim.stage,
            "unit": claim.quantity.unit,
            "direction": claim.direction,
            "modality": claim.modality,
        }
        if any(wanted and own not in wanted for n, own in slots.items() if (wanted := getattr(where, n))):
            return False
        if claim.modality == "denied" and not where.modality:
            return False
        return self._watch.bound is None or within(claim, self._watch.bound)

    def _is_a(self, id: str, wanted: str) -> bool:
        return id.casefold() == wanted.casefold() or (
            id in self._thesaurus and self._thesaurus.is_a(id, wanted)
        )


def _first(text: str) -> tuple[int, int]:
    return next(iter(sentences(text)), (0, len(text)))


def _match(
    document: Document, texts: Sequence[str], number: int, start: int, end: int, of_points: bool
) -> Match:
    text = texts[number - 1]
    a, b = next(((a, b) for a, b in sentences(text) if a <= start < b), (start, end))
    if b - a > LONGEST:  # so much of it as stands around what is marked
        a = max(a, start - LONGEST // 2)
        b = min(b, max(end, a + LONGEST))
    return Match(
        document=document.id,
        version=document.version,
        paragraph=0 if of_points else number,
        point=number if of_points else 0,
        offset=a,
        sentence=text[a:b],
        start=start,
        end=min(end, b),
    )


# --- delivering
