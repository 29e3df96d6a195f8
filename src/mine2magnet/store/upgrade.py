"""Libraries of earlier versions brought to this one, a version a step, each in one transaction.

A step changes what must be changed, and drops the tables that are made again; what is derived is then
taken again from the documents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from mine2magnet.store.tables import claimed, claims, keys, matches, topics, watches


def _claims_with_all_slots(db: sa.Connection) -> None:
    """2: claims have counterparty, form, confidence and more; their period is no longer called as_of."""
    claims.drop(db)
    claimed.drop(db)
    found = sa.select(matches.c.number, matches.c.claim).where(matches.c.claim.is_not(None))
    for number, claim in db.execute(found).all():
        if claim and "as_of" in claim:
            body = {"period" if name == "as_of" else name: value for name, value in claim.items()}
            db.execute(matches.update().where(matches.c.number == number).values(claim=body))


def _owners_and_roles(db: sa.Connection) -> None:
    """3: topics and watches have an owner, and are shared as before; who could only read could run models."""
    collation = ' COLLATE "C"' if db.dialect.name == "postgresql" else ""
    for table in (topics, watches):
        held = {column["name"] for column in sa.inspect(db).get_columns(table.name)}
        for name, kind in (("owner", f"TEXT{collation} DEFAULT ''"), ("shared", "BOOLEAN DEFAULT true")):
            if name not in held:
                db.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {name} {kind} NOT NULL")
    for fingerprint, scopes in db.execute(sa.select(keys.c.fingerprint, keys.c.scopes)).all():
        wider = sorted({*scopes, "run"})
        db.execute(keys.update().where(keys.c.fingerprint == fingerprint).values(scopes=wider))


# from which version
STEPS: Mapping[int, Callable[[sa.Connection], None]] = {1: _claims_with_all_slots, 2: _owners_and_roles}
