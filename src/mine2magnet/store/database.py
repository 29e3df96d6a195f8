"""One library's database: how it is opened, read and written, and what its faults mean to a user.

The SQL of the store serves SQLite and PostgreSQL alike. Where they differ it must say what it means: an
ORDER BY over what may be NULL says where NULLs go, a SELECT DISTINCT holds no JSON and all that it is
ordered by.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, InterfaceError, TimeoutError

from mine2magnet.core.errors import UserError
from mine2magnet.store import upgrade
from mine2magnet.store.postgres import Postgres
from mine2magnet.store.sqlite import Sqlite
from mine2magnet.store.tables import SCHEMA, metadata

MOVING = -1  # in place of the version: another library is being moved into this one
_MANY = 500  # ids per IN (…) clause; SQLite allows 32,766 parameters, PostgreSQL 65,535

_T = TypeVar("_T")


class Database:
    """A library in the database of `url`, or, without one, in a file in `folder`. Several processes may
    read while one writes, and a transaction that was killed leaves nothing behind.

    `moving` opens one that another is to be moved into: an empty one, or one where such a move was begun.
    Raises UserError when the folder or the database cannot be used.
    """

    def __init__(
        self, folder: Path, url: str = "", *, moving: bool = False, synchronous: str = "normal"
    ) -> None:
        self.folder, self.url = folder, url
        serializer = partial(json.dumps, ensure_ascii=False)
        self._kind = (
            Postgres(url, json_serializer=serializer)
            if url
            else Sqlite(folder, synchronous, json_serializer=serializer)
        )
        self._engines = {
            writes: self._kind.engine.execution_options(**options)
            for writes, options in self._kind.options.items()
        }
        self.where = self._kind.where
        self.read_only = self._kind.read_only
        with self._errors():
            if not url and not self.read_only:
                folder.mkdir(parents=True, exist_ok=True)
            with self._engines[False].connect() as db:
                version = self._kind.version(db)
                tables = set(sa.inspect(db).get_table_names())
            wanted = MOVING if moving else SCHEMA
            lacking = version in (0, *upgrade.STEPS) or not tables >= set(metadata.tables)
            if self.read_only and lacking:
                raise UserError(
                    "the library is of an earlier version and cannot be written",
                    where=self.where,
                    hint="copy its folder to where it can be brought up, and open it there",
                )
            if version in upgrade.STEPS:
                version = self._upgraded(version)
            self._check(version, tables, moving)
            if version != wanted or not tables >= set(metadata.tables):
                # a new library; or what tables one lacks that was made before they were added
                self.set_version(wanted)
            with self._engines[False].connect() as db:
                self.mark = self._kind.mark(db)

    def _upgraded(self, version: int) -> int:
        """Brings a library of an earlier version up, unless another process has done so meanwhile."""
        with self.writing() as db:
            while (step := upgrade.STEPS.get(version := self._kind.version(db))) is not None:
                step(db)
                self._kind.create(db, version + 1)
        return version

    def _check(self, version: int, tables: set[str], moving: bool) -> None:
        if version == 0 and tables & set(metadata.tables):
            raise UserError("there are tables of another program", where=self.where, hint=self._kind.other)
        if version == MOVING and not moving:
            raise UserError(
                "a move into this library was begun and not finished",
                where=self.where,
                hint="run `mine2magnet move` again: it goes on where it was",
            )
        if version not in (0, SCHEMA, MOVING):
            raise UserError(
                f"the library is of version {version}, this program reads version {SCHEMA}",
                where=self.where,
                hint=f"use the mine2magnet that wrote it, or {self._kind.other}",
            )
        if version == SCHEMA and moving and self._filled(tables):
            raise UserError(
                "there is a library already", where=self.where, hint=f"{self._kind.other}, an empty one"
            )

    def _filled(self, tables: set[str]) -> bool:
        with self._engines[False].connect() as db:
            held = [table for table in metadata.sorted_tables if table.name in tables]
            return any(db.execute(sa.select(sa.literal(1)).select_from(t).limit(1)).first() for t in held)

    def set_version(self, version: int) -> None:
        """Makes the tables that are lacking, and says what the library is: of `SCHEMA`, or `MOVING`."""
        with self.writing() as db:
            self._kind.create(db, version)

    def numbered(self) -> None:
        """Lets numbers that the database gives go on after rows that came with theirs."""
        with self.writing() as db:
            self._kind.numbered(db)

    def close(self) -> None:
        self._kind.engine.dispose()

    def one(self, query: sa.Select[Any]) -> Any:
        with self.reading() as db:
            return db.scalar(query)

    def all(self, query: sa.Select[Any], **values: Any) -> Sequence[sa.Row[Any]]:
        """Return the rows of a query; `values` are those of its parameters."""
        with self.reading() as db:
            return db.execute(query, values).all()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One state of the library, whatever is written meanwhile."""
        with self._errors(), self._engines[False].connect() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction, the only one that writes: all of it is kept, or nothing."""
        if self.read_only:
            raise UserError(
                "the library is read-only: it can be searched, and nothing be kept in it",
                where=self.where,
                hint="copy its folder elsewhere, or mend its permissions",
            )
        with self._errors(), self._engines[True].begin() as db:
            self._kind.lock(db)
            yield db

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (DatabaseError, InterfaceError, TimeoutError, OSError) as error:
            if (explained := self._kind.explained(error)) is None:
                raise
            raise explained from error


def chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for i in range(0, len(items), _MANY):
        yield items[i : i + _MANY]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def this_minute() -> str:
    """To the minute, for what is noted of when something was used."""
    return datetime.now(UTC).replace(second=0, microsecond=0).isoformat(timespec="microseconds")


def iso(time: datetime | None) -> str | None:
    """In UTC, so that times compare as text."""
    return None if time is None else time.astimezone(UTC).isoformat(timespec="microseconds")


def time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
