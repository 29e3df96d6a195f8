"""A library copied into another, table by table, and compared with it row by row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mine2magnet.core.errors import UserError
from mine2magnet.store.database import Database
from mine2magnet.store.tables import SCHEMA, metadata

BATCH = 200  # rows in one transaction: what a killed move has to do again


@dataclass(frozen=True, slots=True)
class Moved:
    """`checksum`: SHA-256 of the rows in the order of their keys, each as a line of JSON."""

    table: str
    rows: int
    checksum: str


def move(
    source: Database, target: Database, progress: Callable[[int, int], None] = lambda *_: None
) -> list[Moved]:
    """Copies all rows of one state of `source`, which stays as it is, and checks that `target` has them,
    and no others; only then `target` can be opened as a library.

    `target` is opened as `moving`. A move that was killed goes on after the last row that it copied; if
    the two do not agree then, as the source may have changed meanwhile, all is copied again.
    `progress` is told how many rows are copied, and of how many. Raises UserError.
    """
    with source.reading() as held:
        wanted = [_moved(held, table) for table in metadata.sorted_tables]
        total = sum(table.rows for table in wanted)
        for anew in (False, True):
            if anew:
                _empty(target)
            done = _rows(target)
            for table in metadata.sorted_tables:
                for rows in _after(held, table, _last(target, table)):
                    with target.writing() as db:
                        db.execute(table.insert(), rows)
                    done += len(rows)
                    progress(done, total)
            with target.reading() as db:
                found = [_moved(db, table) for table in metadata.sorted_tables]
            if found == wanted:
                target.numbered()
                target.set_version(SCHEMA)
                return found
    (differs,) = [one.table for one, other in zip(found, wanted, strict=True) if one != other][:1]
    raise UserError(
        f"what was moved differs from what was held, first in the table {differs}",
        where=target.where,
        hint="the library that was to be moved is as it was; let no other program write to the new one",
    )


def _after(db: sa.Connection, table: sa.Table, last: sa.Row[Any] | None) -> Iterator[list[dict[str, Any]]]:
    """The rows of higher keys than that, in the order of their keys."""
    query = sa.select(table).order_by(*table.primary_key)
    if last is not None:
        query = query.where(sa.tuple_(*table.primary_key) > tuple(last))
    with db.execute(query.execution_options(yield_per=BATCH)) as result:
        for rows in result.partitions():
            yield [dict(row._mapping) for row in rows]


def _last(target: Database, table: sa.Table) -> sa.Row[Any] | None:
    keys = list(table.primary_key)
    with target.reading() as db:
        return db.execute(sa.select(*keys).order_by(*(key.desc() for key in keys)).limit(1)).first()


def _rows(target: Database) -> int:
    with target.reading() as db:
        counts = (db.scalar(sa.select(sa.func.count()).select_from(t)) for t in metadata.sorted_tables)
        return sum(count or 0 for count in counts)


def _empty(target: Database) -> None:
    with target.writing() as db:
        for table in reversed(metadata.sorted_tables):
            db.execute(table.delete())


def _moved(db: sa.Connection, table: sa.Table) -> Moved:
    checksum, rows = hashlib.sha256(), 0
    query = sa.select(table).order_by(*table.primary_key)
    with db.execute(query.execution_options(yield_per=BATCH)) as result:
        for row in result:
            checksum.update(_line(row))
            rows += 1
    return Moved(table.name, rows, checksum.hexdigest())


def _line(row: Sequence[Any]) -> bytes:
    """The same for rows of any database that are the same to the store."""
    return json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value  # see `postgres.Clean`
