"""Claims: kept, found, counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from mine2magnet.core.errors import NotFound
from mine2magnet.model import (
    Claim,
    ClaimFilter,
    Quantity,
)
from mine2magnet.store.database import Database, chunks, iso, time
from mine2magnet.store.tables import (
    claimed,
    claims,
    documents,
    versions,
)

ALL_CLAIMS = ClaimFilter()


class ClaimWriter:
    """The part of `Writer` that keeps claims."""

    _db: sa.Connection

    def put_claims(self, id: str, version: int, maker: str, found: Sequence[Claim]) -> None:
        """Keeps the claims of a version, in the order of the text, in place of those held of the document."""
        for table in (claims, claimed):
            self._db.execute(table.delete().where(table.c.document == id))
        of_version = (versions.c.document == id) & (versions.c.number == version)
        held = self._db.execute(sa.select(versions.c.published).where(of_version)).first()
        if held is None:
            raise NotFound(f"no document {id}")
        published = iso(time(held.published))
        self._db.execute(
            claimed.insert().values(document=id, version=version, maker=maker, published=published)
        )
        if found:
            self._db.execute(claims.insert(), [_claim_row(id, i, claim) for i, claim in enumerate(found)])


class ClaimReader:
    """The part of `Store` that finds claims."""

    _db: Database

    def claims(self, ids: Iterable[str] | None = None, where: ClaimFilter = ALL_CLAIMS) -> list[Claim]:
        """Claims of the current versions of these documents (None: of all), those published last first,
        each document's in the order of its text."""
        current = (documents.c.id == claimed.c.document) & (documents.c.version == claimed.c.version)
        query = (
            sa.select(
                claimed.c.published, claims.c.document, claims.c.position, claimed.c.version, claims.c.body
            )
            .join(claimed, claimed.c.document == claims.c.document)
            .join(documents, current)
            .where(*_claim_conditions(where))
        )
        queries = (
            [query] if ids is None else [query.where(claims.c.document.in_(c)) for c in chunks(list(ids))]
        )
        rows = [row for one in queries for row in self._db.all(one)]
        rows.sort(key=lambda row: (row.document, row.position))
        rows.sort(key=lambda row: row.published or "", reverse=True)
        return [_claim(row) for row in rows]

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


def _claim_row(document: str, position: int, claim: Claim) -> dict[str, Any]:
    return {
        "document": document,
        "position": position,
        "subjects": f" {' '.join(claim.subjects)} ",
        "measure": claim.measure,
        "stage": claim.stage,
        "materials": f" {' '.join(claim.materials)} ",
        "low": claim.quantity.low,
        "high": claim.quantity.high,
        "unit": claim.quantity.unit,
        "period": claim.period,
        "direction": claim.direction,
        "modality": claim.modality,
        "body": claim_body(claim),
    }


def claim_body(claim: Claim) -> dict[str, Any]:
    return {k: v for k, v in asdict(claim).items() if k not in ("document", "version")}


def _claim(row: sa.Row[Any]) -> Claim:
    return claim_of(row.body, row.document, row.version)


def claim_of(kept: Mapping[str, Any], document: str, version: int) -> Claim:
    body = dict(kept)
    for name in ("sentence", "subjects", "counterparties", "materials", "disputed"):
        body[name] = tuple(body.get(name, ()))
    body["quantity"] = Quantity(**body["quantity"])
    return Claim(**body, document=document, version=version)


def _claim_conditions(where: ClaimFilter) -> Iterator[sa.ColumnElement[bool]]:
    for column in (claims.c.measure, claims.c.stage, claims.c.unit, claims.c.direction, claims.c.modality):
        if wanted := getattr(where, column.name):
            yield column.in_(wanted)
    for column, wanted in ((claims.c.subjects, where.subject), (claims.c.materials, where.material)):
        if wanted:
            yield sa.or_(*(column.contains(f" {id} ", autoescape=True) for id in wanted))
