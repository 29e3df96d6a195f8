from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from mine2magnet.core.errors import UserError
from mine2magnet.model import Document, Paragraph, Source
from mine2magnet.store import Store, Writer
from mine2magnet.store.tables import SCHEMA

DOCUMENT = Document(
    "title", "source", datetime(2025, 6, 2, tzinfo=UTC), "en", (Paragraph(1, "text"),), id="d1", version=1
)


def put(store: Store, document: Document = DOCUMENT) -> None:
    with store.writing() as writer:
        writer.put(document, url_key=None, title_key="t", fold="f", signature=b"\0\xff", band_keys=("b",))


@pytest.fixture
def url(postgres: Any) -> str:
    found: str = postgres.library()
    return found


@pytest.fixture
def store(tmp_path: Path, url: str) -> Iterator[Store]:
    store = Store(tmp_path, url)
    yield store
    store.close()


def test_the_driver_is_not_loaded_without_a_server() -> None:
    program = (
        "import sys, tempfile, pathlib; from mine2magnet.store import Store\n"
        "Store(pathlib.Path(tempfile.mkdtemp()))\n"
        "sys.exit('psycopg' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_text_and_keys_compare_by_code_point_whatever_the_database_does(store: Store) -> None:
    query = (
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        "WHERE data_type = 'text' AND table_schema = current_schema() AND table_name <> 'library' "
        "AND collation_name IS DISTINCT FROM 'C'"
    )
    with store._db.reading() as db:
        assert db.exec_driver_sql(query).all() == []


def test_a_nul_in_a_title_is_shown_as_what_cannot_be_shown(store: Store) -> None:
    put(store, replace(DOCUMENT, title="a\0b", paragraphs=(Paragraph(1, "c\0d"),)))
    held = store.document("d1")
    assert (held.title, held.text) == ("a�b", "c\0d")


def test_a_reading_is_of_one_state(store: Store) -> None:
    put(store)
    query = sqlalchemy.text("SELECT max(seq) FROM documents")
    with store._db.reading() as db:
        assert db.scalar(query) == 1
        with store.writing() as writer:
            writer.remove("d1")
        assert db.scalar(query) == 1
    assert store.last_change() == 2


def test_a_library_survives_its_server(postgres: Any, tmp_path: Path) -> None:
    store = Store(tmp_path, postgres.library())
    put(store)
    postgres.stop()
    try:
        with pytest.raises(UserError, match="database server") as raised:
            store.count()
        assert postgres.password not in str(raised.value)
    finally:
        postgres.start()
    assert store.document("d1") == DOCUMENT
    store.close()


def test_a_second_process_opens_what_the_first_made(store: Store, tmp_path: Path, url: str) -> None:
    put(store)
    other = Store(tmp_path / "elsewhere", url)
    assert other.document("d1") == DOCUMENT
    assert other.index_folder.name == store.index_folder.name
    other.close()


def test_many_open_a_new_library_at_once(tmp_path: Path, url: str) -> None:
    opened: list[Store] = []

    def open_it() -> None:
        opened.append(Store(tmp_path, url))

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({store.index_folder for store in opened}) == 1
    assert len(opened) == 6
    for store in opened:
        store.close()


def test_another_library_in_the_same_folder_has_its_own_index(postgres: Any, tmp_path: Path) -> None:
    stores = [Store(tmp_path, postgres.library()), Store(tmp_path, postgres.library()), Store(tmp_path)]
    assert len({store.index_folder for store in stores}) == 3
    for store in stores:
        store.close()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong one"}, "refuses the user or the password"),
        ({"username": "nobody"}, "refuses the user or the password"),
        ({"port": 1}, "cannot be used"),
        ({"host": "no-such-host.invalid"}, "cannot be used"),
        ({"database": "not_there"}, "the database does not exist"),
        ({"query": {"options": "-c search_path=not_there"}}, "schema of the search path"),
        ({"query": {"no_such_option": "1"}}, "cannot be used"),
        ({"drivername": "mysql"}, "not the URL of a PostgreSQL database"),
        ({"database": ""}, "not the URL of a PostgreSQL database"),
    ],
)
def test_a_wrong_url_gets_one_line_without_the_password(
    postgres: Any, tmp_path: Path, changes: dict[str, Any], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = postgres.url(**changes).render_as_string(hide_password=False)
    with pytest.raises(UserError, match=said) as raised:
        Store(tmp_path, url)
    for told in (str(raised.value), caplog.text, repr(raised.getrepr(style="long", chain=False).reprcrash)):
        assert "wrong one" not in told
        assert postgres.password not in told
    assert "\n" not in str(raised.value)


def test_a_password_in_the_query_is_not_told(postgres: Any, tmp_path: Path) -> None:
    url = f"postgresql://owner@127.0.0.1:{postgres.port}/postgres?password=secretive"
    with pytest.raises(UserError, match="refuses the user") as raised:
        Store(tmp_path, url)
    assert "secretive" not in str(raised.value)


def test_what_was_to_be_kept_is_not_told_when_it_fails(store: Store) -> None:
    put(store)
    with pytest.raises(sqlalchemy.exc.IntegrityError) as raised:
        put(store)
    assert "text" not in str(raised.value).split("[SQL")[1].split("VALUES")[1]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("RAISE disk_full", "disk of the database server is full"),
        ("RAISE too_many_connections", "too many connections"),
        ("RAISE read_only_sql_transaction", "read-only"),
        ("RAISE insufficient_privilege", "may not do this"),
        ("PERFORM pg_terminate_backend(pg_backend_pid())", "database server"),
    ],
)
def test_a_fault_of_the_server_gets_one_line_and_keeps_what_was_there(
    store: Store, sql: str, said: str
) -> None:
    put(store)

    def write() -> None:
        with store._db.writing() as db:
            Writer(db).remove("d1")
            db.exec_driver_sql(f"DO $$ BEGIN {sql}; END $$")

    with pytest.raises(UserError, match=said):
        write()
    assert store.document("d1") == DOCUMENT


def test_a_writer_that_waits_too_long_says_so(store: Store) -> None:
    def wait() -> None:
        with store._db.reading() as db:
            db.exec_driver_sql("SET lock_timeout = '50ms'")
            store._db._kind.lock(db)

    with store.writing(), pytest.raises(UserError, match="another program is writing"):
        wait()


def test_a_library_of_another_version_or_program_is_left_alone(
    store: Store, tmp_path: Path, url: str
) -> None:
    store._db.set_version(SCHEMA + 98)
    with pytest.raises(UserError, match=f"version {SCHEMA + 98}"):
        Store(tmp_path, url)
    with store._db.writing() as db:
        db.exec_driver_sql("DROP TABLE library")
    with pytest.raises(UserError, match="another program"):
        Store(tmp_path, url)


def test_a_database_that_cannot_hold_all_scripts_is_refused(postgres: Any, tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(
        postgres.url().set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as db:
        db.exec_driver_sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(UserError, match="encoded as LATIN1"):
        Store(tmp_path, postgres.url(database="latin").render_as_string(hide_password=False))
    engine.dispose()


def test_tables_that_were_added_are_made_on_opening(store: Store, tmp_path: Path, url: str) -> None:
    with store._db.writing() as db:
        db.exec_driver_sql("DROP TABLE sources")
    again = Store(tmp_path, url)
    assert again.sources() == []
    with again.writing() as writer:
        writer.put_source(Source("https://example.com/feed"))
    again.close()
