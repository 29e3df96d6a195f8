"""The library as one SQLite file in its folder: the default, with nothing to set up."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from mine2magnet.core.errors import UserError
from mine2magnet.store.tables import metadata

FILE = "library.sqlite"
BUSY_SECONDS = 30  # how long a writer waits for another before it gives up

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


class Sqlite:
    """A file in WAL mode: several processes may read while one writes, and a transaction that was killed
    leaves nothing behind. With `synchronous` "full" each transaction is on the disk before it is
    acknowledged, so that a power cut loses none; with "normal" it may lose the last ones."""

    other = "use another folder (--folder)"
    options: Mapping[bool, Mapping[str, Any]] = {False: {}, True: {"writes": True}}

    def __init__(self, folder: Path, synchronous: str = "normal", **options: Any) -> None:
        path = folder / FILE
        self.where = str(path)
        self.read_only = path.exists() and not (os.access(path, os.W_OK) and os.access(folder, os.W_OK))
        self.engine = sa.create_engine(
            _read_only(path) if self.read_only else f"sqlite:///{path}",
            connect_args={"timeout": BUSY_SECONDS},
            hide_parameters=True,
            max_overflow=-1,  # a connection is a file opened; nobody need wait for one
            **options,
        )
        sa.event.listen(self.engine, "connect", self._on_connect)
        sa.event.listen(self.engine, "begin", _on_begin)

        self._synchronous = synchronous

    def _on_connect(self, connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # transactions are begun by `_on_begin`
        wanted = () if self.read_only else ("journal_mode=WAL", f"synchronous={self._synchronous}")
        for pragma in (
            *wanted,
            "foreign_keys=ON",
            "case_sensitive_like=ON",  # as PostgreSQL's
            f"busy_timeout={BUSY_SECONDS}000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    def lock(self, db: sa.Connection) -> None:
        """`_on_begin` has done it."""

    def version(self, db: sa.Connection) -> int:
        return int(db.exec_driver_sql("PRAGMA user_version").scalar() or 0)

    def create(self, db: sa.Connection, version: int) -> None:
        metadata.create_all(db)
        db.exec_driver_sql(f"PRAGMA user_version = {version}")

    def mark(self, db: sa.Connection) -> str:
        """Nothing: the library is the only one in its folder."""
        return ""

    def numbered(self, db: sa.Connection) -> None:
        """Nothing: numbers go on from the highest that is there."""

    def explained(self, error: Exception) -> UserError | None:
        text = str(getattr(error, "orig", None) or error)
        for sign, what, hint in _CAUSES:
            if sign in text:
                return UserError(what, where=self.where, hint=hint)
        return None


def _read_only(path: Path) -> str:
    """The address of a file that cannot be written. In WAL mode SQLite wants to make files beside it; where a
    writer has left none, the file is all that there is, and is read as one that nobody changes."""
    unchanging = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    return f"sqlite:///file:{quote(str(path))}?mode=ro{unchanging}&uri=true"


def _on_begin(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later can be refused in WAL mode; take the lock at once.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
