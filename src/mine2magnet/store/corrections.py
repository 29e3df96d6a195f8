"""Corrections of claims: what people say of a slot, kept beside what was read and laid over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import msgspec
import sqlalchemy as sa

from mine2magnet.core.errors import NotFound
from mine2magnet.core.json import plain
from mine2magnet.model import Actor, Claim, Correction, CorrectionRequest
from mine2magnet.store import mended
from mine2magnet.store.audit import record
from mine2magnet.store.database import Database, chunks, now, time
from mine2magnet.store.mended import Kept, Place
from mine2magnet.store.tables import claimed, claims, corrections, digests, versions

FIELDS = Correction.__slots__


class CorrectionWriter:
    """The part of `Writer` that keeps corrections."""

    _db: sa.Connection
    _actor: Actor | None

    def correct(self, asked: CorrectionRequest) -> Correction:
        """Keeps what a person says of one slot of a claim held, in place of what people said of it before.

        Raises NotFound if no claim has exactly these characters.
        """
        claim = self._read_at(asked)
        place = (claim.paragraph, claim.point)
        text = self._texts(claim.document, claim.version)[place]
        made = Correction(
            claim.document, claim.version, *place, claim.start, claim.end, text[claim.start : claim.end],
            asked.slot, mended.text_of(claim, asked.slot), asked.value, asked.by, time(now()),
            uuid4().hex[:12],
        )  # fmt: skip
        row = {name: plain(getattr(made, name)) for name in FIELDS} | {"text": mended.text_key(text)}
        same = ("document", "text", "start", "end", "slot")
        self._db.execute(corrections.delete().where(*(corrections.c[name] == row[name] for name in same)))
        self._db.execute(corrections.insert().values(**row, claim=claim_body(claim)))
        record(
            self._db, self._actor, "correction.made", made.document, f"{made.slot}: {made.old} → {made.new}"
        )
        self._mend(claim.document)
        return made

    def remove_correction(self, id: str) -> Correction:
        """Takes a correction back; what was read stands again."""
        row = self._db.execute(sa.select(corrections).where(corrections.c.id == id)).first()
        if row is None:
            raise NotFound(f"no correction {id[:40]!r}", hint="`mine2magnet claims corrections` lists them")
        self._db.execute(corrections.delete().where(corrections.c.id == id))
        record(
            self._db, self._actor, "correction.removed", row.document, f"{row.slot}: {row.new} → {row.old}"
        )
        self._mend(row.document)
        return _correction(row)

    def _mend(self, id: str) -> None:
        raise NotImplementedError

    def _read_at(self, asked: CorrectionRequest) -> Claim:
        """The claim of these characters, as it was read."""
        query = (
            sa.select(claims.c.body, claims.c.as_read, claimed.c.version)
            .join(claimed, claimed.c.document == claims.c.document)
            .where(claims.c.document == asked.document)
        )
        place = (asked.paragraph, asked.point, asked.start, asked.end)
        for row in self._db.execute(query):
            claim = claim_of(row.as_read or row.body, asked.document, row.version)
            if (claim.paragraph, claim.point, claim.start, claim.end) == place:
                return claim
        raise NotFound(
            f"no claim at the characters {asked.start} to {asked.end} of paragraph {asked.paragraph}",
            where=asked.document,
            hint="it may have been read anew: open its page again",
        )

    def _corrections(self, id: str) -> list[Kept]:
        query = sa.select(corrections).where(corrections.c.document == id).order_by(corrections.c.made)
        return [
            Kept(_correction(row), row.text, claim_of(row.claim, row.document, row.version))
            for row in self._db.execute(query)
        ]

    def _texts(self, id: str, version: int) -> dict[Place, str]:
        """Each paragraph of a version, and each point of the digest that came with it."""
        of_version = (versions.c.document == id) & (versions.c.number == version)
        paragraphs = self._db.scalar(sa.select(versions.c.paragraphs).where(of_version)) or ()
        published = (digests.c.document == id) & (digests.c.method == "source")
        body = self._db.scalar(sa.select(digests.c.body).where(published).order_by(digests.c.language))
        found = {(i, 0): str(text) for i, text in enumerate(paragraphs, 1)}
        if body:
            groups = [body["viewpoint"], *(group["points"] for group in body["groups"])]
            points = [point for group in groups for point in group]
            found |= {((p["citations"] or [1])[0], i): p["text"] for i, p in enumerate(points, 1)}
        return found


class CorrectionReader:
    """The part of `Store` that finds corrections."""

    _db: Database

    def corrections(self, ids: Sequence[str] | None = None) -> list[Correction]:
        """Those of these documents (None: of all), the latest first."""
        query = sa.select(corrections)
        queries = (
            [query]
            if ids is None
            else [query.where(corrections.c.document.in_(c)) for c in chunks(list(ids))]
        )
        found = [_correction(row) for one in queries for row in self._db.all(one)]
        return sorted(found, key=lambda one: (str(one.made), one.id), reverse=True)


def _correction(row: sa.Row[Any]) -> Correction:
    return msgspec.convert({name: row._mapping[name] for name in FIELDS}, Correction)


def claim_body(claim: Claim) -> dict[str, Any]:
    """Return a claim as it is kept: plain JSON, without the document that it is kept under."""
    return {k: plain(v) for k, v in asdict(claim).items() if k not in ("document", "version")}


def claim_of(kept: Mapping[str, Any], document: str, version: int) -> Claim:
    return msgspec.convert({**kept, "document": document, "version": version}, Claim)
