"""One library's database: how it is opened, read and written, and what its faults mean to a user."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from mine2magnet.errors import UserError
from mine2magnet.store.tables import SCHEMA, metadata

BUSY_SECONDS = 30  # how long a writer waits for another before it gives up
_MANY = 500  # ids per IN (…) clause; SQLite allows 32,766 parameters

_T = TypeVar("_T")


class Database:
    """SQLite in WAL mode in `folder`: several processes may read while one writes, and a transaction that
    was killed leaves nothing behind. Raises UserError when the folder cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "library.sqlite"
        with self._errors():
            folder.mkdir(parents=True, exist_ok=True)
            self._engine = sa.create_engine(
                f"sqlite:///{self.path}",
                connect_args={"timeout": BUSY_SECONDS},
                json_serializer=partial(json.dumps, ensure_ascii=False),
            )
            sa.event.listen(self._engine, "connect", _on_connect)
            sa.event.listen(self._engine, "begin", _on_begin)
            with self._engine.connect() as db:
                found = db.exec_driver_sql("PRAGMA user_version").scalar()
                tables = set(sa.inspect(db).get_table_names())
            if found == 0 or (found == SCHEMA and not tables >= set(metadata.tables)):
                with self._transaction() as db:
                    metadata.create_all(db)  # of a library made before tables were added, those it lacks
                    db.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")
            elif found != SCHEMA:
                raise UserError(
                    f"the library is of version {found}, this program reads version {SCHEMA}",
                    where=str(self.path),
                    mend="use the mine2magnet that wrote it, or another folder (--folder)",
                )

    def close(self) -> None:
        self._engine.dispose()

    def one(self, query: sa.Select[Any]) -> Any:
        with self.reading() as db:
            return db.scalar(query)

    def all(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        with self.reading() as db:
            return db.execute(query).all()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One state of the library, whatever is written meanwhile."""
        with self._errors(), self._engine.connect() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it is kept, or nothing."""
        with self._errors(), self._transaction() as db:
            yield db

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with self._engine.connect().execution_options(writes=True) as db, db.begin():
            yield db

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (DatabaseError, OSError) as error:
            raise _explained(error, self.path) from error


def _on_connect(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions are begun by `_on_begin`
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS}000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later can be refused in WAL mode; take the lock at once.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_CAUSES = (
    ("full", "the disk is full", "free some space; what was kept before stays"),
    ("No space left", "the disk is full", "free some space; what was kept before stays"),
    ("readonly", "the folder is read-only", "choose another with --folder, or mend its permissions"),
    ("Read-only", "the folder is read-only", "choose another with --folder, or mend its permissions"),
    ("Permission denied", "no permission to write", "choose another with --folder, or mend its permissions"),
    ("No such file", "the folder cannot be made", "choose another with --folder"),
    ("unable to open", "cannot open the library", "check that the folder exists and can be written"),
    ("locked", "another program is writing to the library", "wait until it is done, then try again"),
    ("not a database", "this is not a mine2magnet library", "move the file away, or use another --folder"),
    ("malformed", "the library file is damaged", "restore it from a backup, or read the sources again"),
    ("File exists", "this is a file, not a folder", "choose a folder with --folder"),
    ("Not a directory", "this is a file, not a folder", "choose a folder with --folder"),
)


def _explained(error: Exception, path: Path) -> UserError:
    text = str(getattr(error, "orig", None) or error)
    for sign, what, mend in _CAUSES:
        if sign in text:
            return UserError(what, where=str(path), mend=mend)
    raise error


def chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for i in range(0, len(items), _MANY):
        yield items[i : i + _MANY]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def iso(time: datetime | None) -> str | None:
    """In UTC, so that times compare as text."""
    return None if time is None else time.astimezone(UTC).isoformat(timespec="microseconds")


def time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
