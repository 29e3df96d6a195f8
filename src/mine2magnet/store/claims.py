"""Claims: kept, found, counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from mine2magnet.core.errors import NotFound
from mine2magnet.model import WRONG, Claim, ClaimFilter
from mine2magnet.store import mended
from mine2magnet.store.corrections import CorrectionReader, CorrectionWriter, claim_body, claim_of
from mine2magnet.store.database import Database, chunks, iso, time
from mine2magnet.store.mended import Mended
from mine2magnet.store.tables import claimed, claims, documents, versions

NO_FILTER = ClaimFilter()  # all that are sure enough
EVERY_CLAIM = ClaimFilter(all=True)


class ClaimWriter(CorrectionWriter):
    """The part of `Writer` that keeps claims."""

    _db: sa.Connection

    def put_claims(self, id: str, version: int, maker: str, found: Sequence[Claim]) -> None:
        """Keeps the claims of a version, in the order of the text, in place of those held of the document;
        what people have corrected stays corrected."""
        of_version = (versions.c.document == id) & (versions.c.number == version)
        held = self._db.execute(sa.select(versions.c.published).where(of_version)).first()
        self._db.execute(claimed.delete().where(claimed.c.document == id))
        if held is None:
            self._db.execute(claims.delete().where(claims.c.document == id))
            raise NotFound(f"no document {id}")
        published = iso(time(held.published))
        self._db.execute(
            claimed.insert().values(document=id, version=version, maker=maker, published=published)
        )
        self._put(id, version, found)

    def _put(self, id: str, version: int, found: Sequence[Claim]) -> None:
        self._db.execute(claims.delete().where(claims.c.document == id))
        made = self._corrections(id)
        if made:
            keys = {place: mended.text_key(text) for place, text in self._texts(id, version).items()}
            shown = mended.mended(found, made, keys)
        else:
            shown = [Mended(claim) for claim in found]
        if shown:
            self._db.execute(claims.insert(), [_claim_row(id, i, one) for i, one in enumerate(shown)])

    def _mend(self, id: str) -> None:
        """Makes the claims held of a document again from what was read, with the corrections now held."""
        version = self._db.scalar(sa.select(claimed.c.version).where(claimed.c.document == id))
        query = sa.select(claims).where(claims.c.document == id).order_by(claims.c.position)
        rows = self._db.execute(query).all()
        if version is not None:
            found = [claim_of(row.as_read or row.body, id, version) for row in rows if not row.lost]
            self._put(id, version, found)


class ClaimReader(CorrectionReader):
    """The part of `Store` that finds claims. Those less sure than `threshold` are found only if asked for."""

    _db: Database
    threshold: float

    def claims(self, ids: Iterable[str] | None = None, where: ClaimFilter = NO_FILTER) -> list[Claim]:
        """Claims of the current versions of these documents (None: of all), those published last first,
        each document's in the order of its text."""
        current = (documents.c.id == claimed.c.document) & (documents.c.version == claimed.c.version)
        query = (
            sa.select(
                claimed.c.published, claims.c.document, claims.c.position, claimed.c.version, claims.c.body
            )
            .join(claimed, claimed.c.document == claims.c.document)
            .join(documents, current)
            .where(*_claim_conditions(where, self.threshold))
        )
        queries = (
            [query] if ids is None else [query.where(claims.c.document.in_(c)) for c in chunks(list(ids))]
        )
        rows = [row for one in queries for row in self._db.all(one)]
        rows.sort(key=lambda row: (row.document, row.position))
        rows.sort(key=lambda row: row.published or "", reverse=True)
        return [claim_of(row.body, row.document, row.version) for row in rows]

    def unclaimed(self, maker: str, limit: int, *others: str) -> list[str]:
        """Ids of documents from whose current version neither this maker nor one of the others has taken
        claims, those published last first."""
        day = sa.func.substr(versions.c.published, 1, len("2025-06-01"))
        current = (versions.c.document == documents.c.id) & (versions.c.number == documents.c.version)
        query = (
            _unclaimed(maker, *others)
            .join(versions, current)
            .order_by(day.desc().nulls_last(), documents.c.seq.desc())
        )
        return [id for (id,) in self._db.all(query.limit(limit))]

    def claimed_by(self, maker: str, limit: int) -> list[str]:
        """Ids of documents whose claims this maker has taken from the current version, those published
        last first."""
        current = (documents.c.id == claimed.c.document) & (documents.c.version == claimed.c.version)
        query = sa.select(documents.c.id).join(claimed, current).where(claimed.c.maker == maker)
        order = (sa.func.substr(claimed.c.published, 1, len("2025-06-01")).desc().nulls_last(),)
        return [id for (id,) in self._db.all(query.order_by(*order, documents.c.seq.desc()).limit(limit))]

    def count_unclaimed(self, *makers: str) -> int:
        query = sa.select(sa.func.count()).select_from(_unclaimed(*makers).subquery())
        return int(self._db.one(query) or 0)

    def claimed(self, ids: Sequence[str], *makers: str) -> frozenset[str]:
        """Those of the ids from whose current version one of these makers has taken claims."""
        current = (documents.c.id == claimed.c.document) & (documents.c.version == claimed.c.version)
        query = sa.select(claimed.c.document).join(documents, current).where(claimed.c.maker.in_(makers))
        found = (self._db.all(query.where(claimed.c.document.in_(chunk))) for chunk in chunks(ids))
        return frozenset(id for rows in found for (id,) in rows)


def _unclaimed(*makers: str) -> sa.Select[tuple[str]]:
    made = sa.select(claimed.c.document).where(
        claimed.c.document == documents.c.id,
        claimed.c.version == documents.c.version,
        claimed.c.maker.in_(makers),
    )
    return sa.select(documents.c.id).where(documents.c.removed.is_(False), ~made.exists())


def _claim_row(document: str, position: int, one: Mended) -> dict[str, Any]:
    claim = one.claim
    return {
        "document": document,
        "position": position,
        "subjects": _lines(claim.subjects),
        "counterparties": _lines(claim.counterparties),
        "measure": claim.measure,
        "stage": claim.stage,
        "materials": _lines(claim.materials),
        "form": claim.form,
        "low": claim.quantity.low,
        "high": claim.quantity.high,
        "unit": claim.quantity.unit,
        "period": claim.period,
        "direction": claim.direction,
        "modality": claim.modality,
        "confidence": claim.confidence,
        "tells": not claim.bare and claim.judged != WRONG,
        "body": claim_body(claim),
        "as_read": claim_body(one.read) if one.read else None,
        "lost": one.lost,
    }


def _lines(names: Sequence[str]) -> str:
    return "".join(f"\n{name.casefold()}" for name in names) + "\n"


def _claim_conditions(where: ClaimFilter, threshold: float) -> Iterator[sa.ColumnElement[bool]]:
    if least := where.least(threshold):
        yield claims.c.confidence >= least
    if not where.all:
        yield claims.c.tells
    for column in (claims.c.measure, claims.c.stage, claims.c.unit, claims.c.direction, claims.c.modality):
        if wanted := getattr(where, column.name):
            yield column.in_(wanted)
    for column, wanted in (
        (claims.c.subjects, where.subject),
        (claims.c.counterparties, where.counterparty),
        (claims.c.materials, where.material),
    ):
        if wanted:
            yield sa.or_(*(column.contains(f"\n{name.casefold()}\n", autoescape=True) for name in wanted))
