"""The library in a PostgreSQL database, which several machines may share.

Writers go one after another, as in SQLite: each takes one lock for the length of its transaction, and it
is let go only after what was written can be seen (PostgreSQL 16, src/backend/access/transam/xact.c:
`CommitTransaction`). So whoever has seen change n will never meet a change below n that is new to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError, TimeoutError

from mine2magnet.core.errors import UserError
from mine2magnet.store.tables import metadata

BUSY_SECONDS = 30  # how long a writer waits for another before it gives up
CONNECT_SECONDS = 10  # how long a server may take to answer
CONNECTIONS = 20  # of one process at most; a server takes 100 unless it is told otherwise

_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_library = sa.Table(  # one row
    "library",
    sa.MetaData(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("mark", sa.Text, nullable=False),
)
_CAUSES = (  # beginnings of SQLSTATE: PostgreSQL 16 documentation, appendix A
    ("53100", "the disk of the database server is full", "free some space; what was kept before stays"),
    ("53300", "the database server has too many connections", "try again, or raise its max_connections"),
    ("55P03", "another program is writing to the library", "wait until it is done, then try again"),
    ("57P", "the database server is stopping or starting", "try again"),
    ("08", "the connection to the database server was lost", "try again"),
    ("25006", "the database is read-only", "name the server that takes writes"),
    ("42501", "the user may not do this in the database", "grant it, or name another user"),
    ("3F000", "the schema of the search path does not exist", "CREATE SCHEMA makes it"),
    ("28", "the database server refuses the user or the password", "check the URL, PGPASSWORD or ~/.pgpass"),
    ("3D000", "the database does not exist", "createdb makes it"),
)
_REFUSED = (  # without a SQLSTATE: what libpq says of a connection that was not made
    ("password", "28"),
    ("authentication", "28"),
    ('role "', "28"),
    ('database "', "3D000"),
    ("too many", "53300"),
    ("starting up", "57P"),
    ("shutting down", "57P"),
)


class Postgres:
    """A database of a server, named by a URL. Raises UserError if the URL or the driver is no good."""

    other = "name another database"
    read_only = False
    # a reader sees one state; a writer must see what was committed while it waited for the lock
    options: Mapping[bool, Mapping[str, Any]] = {
        False: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        True: {"isolation_level": "READ COMMITTED"},
    }

    def __init__(self, url: str, **options: Any) -> None:
        named = _parsed(url)
        self.where = named.set(drivername="postgresql", query={})._replace(password=None).render_as_string()
        query = {"connect_timeout": str(CONNECT_SECONDS), "application_name": "mine2magnet", **named.query}
        try:
            self.engine = sa.create_engine(
                named.set(drivername="postgresql+psycopg", query=query),
                pool_pre_ping=True,  # a server that was started again breaks no request
                max_overflow=CONNECTIONS - 5,
                hide_parameters=True,
                **options,
            )
        except ImportError as error:
            raise UserError(
                "the PostgreSQL driver is not installed",
                where="store",
                hint="pip install 'mine2magnet[postgres]'",
            ) from error
        sa.event.listen(self.engine, "connect", _on_connect)

    def lock(self, db: sa.Connection) -> None:
        """Waits until this transaction is the only one that writes to the library."""
        key = sa.func.hashtextextended(sa.func.concat("mine2magnet ", sa.func.current_schema()), 0)
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))

    def version(self, db: sa.Connection) -> int:
        if (encoding := db.exec_driver_sql("SHOW server_encoding").scalar()) != "UTF8":
            raise UserError(
                f"the database is encoded as {encoding}",
                where=self.where,
                hint="make one with createdb --encoding=UTF8 --template=template0",
            )
        held = sa.inspect(db).has_table(_library.name)
        return int(db.scalar(sa.select(_library.c.version)) or 0) if held else 0

    def create(self, db: sa.Connection, version: int) -> None:
        _collated().create_all(db)
        _library.create(db, checkfirst=True)
        if not db.execute(_library.update().values(version=version)).rowcount:
            db.execute(_library.insert().values(version=version, mark=uuid4().hex[:12]))

    def mark(self, db: sa.Connection) -> str:
        """Tells this library from others that the same folder served before."""
        return str(db.scalar(sa.select(_library.c.mark)))

    def numbered(self, db: sa.Connection) -> None:
        """Lets the numbers that the database gives go on from the highest that is there."""
        for table in metadata.sorted_tables:
            if (column := table.autoincrement_column) is not None:
                counter = sa.func.pg_get_serial_sequence(table.name, column.name)
                highest = sa.select(sa.func.max(column)).scalar_subquery()
                db.execute(sa.select(sa.func.setval(counter, highest)))

    def explained(self, error: Exception) -> UserError | None:
        original = getattr(error, "orig", None) or error
        state = getattr(original, "sqlstate", None) or ""
        text = str(original)
        if isinstance(error, TimeoutError):
            state = "53300"
        if not state and getattr(error, "connection_invalidated", False):
            state = "08"
        if not state:
            state = next((known for sign, known in _REFUSED if sign in text), "")
        for sign, what, hint in _CAUSES:
            if state.startswith(sign):
                return UserError(what, where=self.where, hint=hint)
        if state or not (isinstance(error, OperationalError | InterfaceError) or "connection option" in text):
            return None  # a fault of ours
        return UserError(
            f"the database server cannot be used: {text.splitlines()[0]}",
            where=self.where,
            hint="check that it runs, and the URL",
        )


def _parsed(url: str) -> sa.URL:
    try:
        named = sa.make_url(url)
    except (ArgumentError, ValueError):
        named = None
    if named is None or named.drivername not in _SCHEMES or not named.database:
        raise UserError(  # without the URL, which may hold a password
            "not the URL of a PostgreSQL database",
            where="store",
            hint="write postgresql://user@host:5432/database",
        )
    return named


def _collated() -> sa.MetaData:
    """The tables with text that compares by code point, as SQLite's and Python's does, whatever the
    database's own order."""
    tables = sa.MetaData()
    for table in metadata.sorted_tables:
        for column in table.to_metadata(tables).c:
            if isinstance(column.type, sa.String):
                column.type = sa.Text(collation="C")
    return tables


def _on_connect(connection: Any, _: object) -> None:
    from psycopg.types.string import StrDumper

    class Clean(StrDumper):
        """PostgreSQL keeps no NUL in text; what had one gets U+FFFD, the sign of what cannot be shown."""

        def dump(self, text: str) -> Any:
            return super().dump(text.replace("\0", "\ufffd"))

    connection.adapters.register_dumper(str, Clean)
    connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    connection.commit()
