"""One state of a library as a file of its own, made while others write to it, and such a file looked over."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from mine2magnet.core.errors import UserError
from mine2magnet.store import sqlite, upgrade
from mine2magnet.store.database import Database
from mine2magnet.store.move import move
from mine2magnet.store.tables import SCHEMA, metadata

PAGES = 2000  # copied between two words to `progress`, some 8 MB

Tell = Callable[[int, int], None]  # done, of how much


def snapshot(database: Database, path: Path, progress: Tell = lambda *_: None) -> None:
    """Write the library as it is now into a new SQLite file, whatever is written meanwhile.

    From SQLite it is copied page by page inside one read transaction; from PostgreSQL row by row inside one
    of REPEATABLE READ, with checksums of each table compared.

    Parameters
    ----------
    database : Database
    path : Path
        Where nothing is yet.
    progress : callable
        Told how many pages or rows are done, and of how many.
    """
    if database.url:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".snapshot-") as folder:
            with closing(Database(Path(folder), moving=True)) as target:
                move(database, target, progress)
            (Path(folder) / sqlite.FILE).replace(path)
    else:
        with database.reading() as db, closing(sqlite3.connect(path)) as target:
            held = db.connection.driver_connection
            assert isinstance(held, sqlite3.Connection)
            held.execute("SELECT 1 FROM sqlite_master").fetchone()  # from now on this state is what is read
            tell = lambda _, left, total: progress(total - left, total)  # noqa: E731
            held.backup(target, pages=PAGES, progress=tell)
    with closing(sqlite3.connect(path)) as target:
        target.execute("PRAGMA journal_mode=DELETE")  # all of it in the one file


def counts(path: Path) -> dict[str, int]:
    """Return how many rows each table of a snapshot has."""
    with closing(_opened(path)) as db:
        held = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {
            name: int(db.execute(str(sa.select(sa.func.count()).select_from(table))).fetchone()[0])
            for name, table in sorted(metadata.tables.items())
            if name in held
        }


def check(path: Path, expected: Mapping[str, int]) -> None:
    """Raise UserError unless a file is a sound library that this program can open, with so many rows."""
    try:
        with closing(_opened(path)) as db:
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            if version not in (SCHEMA, *upgrade.STEPS):
                raise UserError(
                    f"it holds a library of version {version}, this program reads version {SCHEMA}",
                    hint="use the mine2magnet that wrote it",
                )
            for kind, name, sql in db.execute("SELECT type, name, sql FROM sqlite_master"):
                mine = kind == "index" or (
                    kind == "table"
                    and (name in metadata.tables or name.startswith("sqlite_"))
                    and not (sql or "").upper().startswith("CREATE VIRTUAL")
                )
                if not mine:
                    raise UserError(f"it holds a {kind} that is none of a library: {name:.40}")
            faults = [row[0] for row in db.execute("PRAGMA integrity_check(1)")]
            if faults != ["ok"]:
                raise UserError(f"the library in it is damaged: {faults[0]}", hint="use another backup")
            if lost := db.execute("PRAGMA foreign_key_check").fetchone():
                raise UserError(f"the library in it is damaged: {lost[0]} lacks {lost[2]}")
    except sqlite3.Error as error:
        raise UserError(f"the library in it cannot be read: {error}", hint="use another backup") from error
    found = counts(path)
    for table in expected:
        if found.get(table) != expected[table]:
            raise UserError(f"it holds {found.get(table, 0)} rows of {table:.40}, not {expected[table]}")


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
