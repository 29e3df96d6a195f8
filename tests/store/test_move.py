from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from mine2magnet.cli.main import main
from mine2magnet.core.errors import UserError
from mine2magnet.store import Store
from mine2magnet.store import move as module
from mine2magnet.store.sqlite import FILE
from mine2magnet.store.tables import metadata
from tests.forked import Forked

BATCH = 20  # as large as it is, tables take long to fill
MANY = 2 * BATCH + 7
Rows = dict[str, list[tuple[Any, ...]]]
Killed = Callable[[Path, str], None]


def value(column: sa.Column[Any], n: int) -> Any:
    """The nth of values that are all different, and as odd as the column allows."""
    if column.nullable and n % 3 == 0:
        return None
    for key in column.foreign_keys:
        return value(key.column, n)
    kind = column.type
    if isinstance(kind, sa.JSON):
        return {"b": [n, n / 7, None, True], "a": f"稀土 \0 \U0001f9f2 {n}"}
    if isinstance(kind, sa.Boolean):
        return n % 2 == 0
    if isinstance(kind, sa.Float):
        return n / 7
    if isinstance(kind, sa.Integer):
        return n + 1
    if isinstance(kind, sa.LargeBinary):
        return bytes([0, n % 256, 255])
    return f"{'Ää-zZ_'[n % 6]} {column.name} {n}"


def fill(store: Store, rows: int = MANY) -> None:
    """So many rows in each table that there is, and in those that will be added."""
    with store._db.writing() as db:
        for table in metadata.sorted_tables:
            db.execute(table.insert(), [{c.name: value(c, n) for c in table.c} for n in range(rows)])


def rows(store: Store) -> Rows:
    with store._db.reading() as db:
        return {
            table.name: [tuple(row) for row in db.execute(sa.select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(module, "BATCH", BATCH)
    store = Store(tmp_path / "held")
    fill(store)
    yield store
    store.close()


@pytest.fixture
def url(postgres: Any) -> str:
    found: str = postgres.library()
    return found


def test_a_library_moves_to_a_server_and_back_and_is_the_same(held: Store, url: str, tmp_path: Path) -> None:
    before = rows(held)
    progress: list[tuple[int, int]] = []
    there = held.move(tmp_path / "held", url, lambda *at: progress.append(at))
    server = Store(tmp_path / "held", url)
    back = server.move(tmp_path / "back")
    again = Store(tmp_path / "back")
    assert rows(held) == rows(server) == rows(again) == before
    assert there == back
    assert {one.rows for one in there} == {MANY}
    assert progress[-1] == (MANY * len(there),) * 2
    server.close()
    again.close()


def test_numbers_go_on_where_they_were(held: Store, url: str, tmp_path: Path) -> None:
    held.move(tmp_path, url)
    server = Store(tmp_path, url)
    numbered = [t for t in metadata.sorted_tables if t.autoincrement_column is not None]
    for table in numbered:
        number = table.autoincrement_column
        assert number is not None
        row = {c.name: value(c, MANY) for c in table.c if c is not number and not c.foreign_keys}
        parents = {c.name: value(c, 1) for c in table.c if c.foreign_keys}
        with server._db.writing() as db:
            made = db.execute(table.insert().values(**row | parents)).inserted_primary_key
        assert made is not None
        assert made[0] == MANY + 1
    assert numbered
    server.close()


def test_the_library_that_is_moved_stays_as_it_is(held: Store, url: str, tmp_path: Path) -> None:
    held.close()
    before = hashlib.sha256((held.folder / FILE).read_bytes()).digest()
    held.move(tmp_path, url)
    held.close()
    assert hashlib.sha256((held.folder / FILE).read_bytes()).digest() == before


_MOVE_THEN_DIE = """
import os, signal, sys
from pathlib import Path
from mine2magnet.store import Store, move
move.BATCH = int(sys.argv[4])
def stop(done, total):
    if done > total / 2:
        os.kill(os.getpid(), signal.SIGKILL)
Store(Path(sys.argv[1])).move(Path(sys.argv[2]), sys.argv[3], stop)
"""


@pytest.fixture
def killed(held: Store, forked: Forked) -> Killed:
    """A move to there that is ended when half of the rows are there."""

    def move(folder: Path, url: str) -> None:
        ended = forked(_MOVE_THEN_DIE, held.folder, folder, url, BATCH)
        assert ended.returncode == -signal.SIGKILL, ended.stderr

    return move


@pytest.mark.stores
def test_a_move_that_was_killed_goes_on_where_it_was(
    held: Store, killed: Killed, store_url: str, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    killed(target, store_url)
    with pytest.raises(UserError, match="begun and not finished"):
        Store(target, store_url)
    progress: list[float] = []
    held.move(target, store_url, lambda done, total: progress.append(done / total))
    assert progress[0] > 0.5
    moved = Store(target, store_url)
    assert rows(moved) == rows(held)
    moved.close()


@pytest.mark.stores
def test_a_library_that_changed_while_its_move_rested_is_moved_as_it_is_now(
    held: Store, killed: Killed, store_url: str, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    killed(target, store_url)
    with held._db.writing() as db:
        db.exec_driver_sql("UPDATE documents SET title_key = 'changed' WHERE seq = 1")
        db.exec_driver_sql("DELETE FROM bands WHERE band LIKE '% 5'")
    held.move(target, store_url)
    moved = Store(target, store_url)
    assert rows(moved) == rows(held)
    moved.close()


@pytest.mark.stores
def test_a_library_is_not_moved_over_another(held: Store, store_url: str, tmp_path: Path) -> None:
    other = Store(tmp_path / "other", store_url)
    fill(other, 2)
    before = rows(other)
    with pytest.raises(UserError, match="there is a library already"):
        held.move(tmp_path / "other", store_url)
    assert rows(other) == before
    other.close()


def test_a_row_that_came_out_otherwise_is_found(held: Store, url: str, tmp_path: Path) -> None:
    Store(tmp_path, url).close()
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as db:
        db.exec_driver_sql(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.fetched = 'never'; RETURN NEW; END $$"
        )
        db.exec_driver_sql(
            "CREATE TRIGGER spoil BEFORE INSERT ON versions FOR EACH ROW "
            "WHEN (NEW.number = 9) EXECUTE FUNCTION spoil()"
        )
    engine.dispose()
    with pytest.raises(UserError, match="first in the table versions"):
        held.move(tmp_path, url)
    with pytest.raises(UserError, match="not finished"):
        Store(tmp_path, url)


def test_the_command_moves_there_and_says_what_it_checked(
    held: Store, url: str, tmp_path: Path, postgres: Any
) -> None:
    vectors = held.index_folder / "vectors-of-a-model.bin"
    vectors.parent.mkdir()
    vectors.write_bytes(b"dear")
    command = ["--folder", str(held.folder), "move", "--to"]
    result = CliRunner().invoke(main, [*command, url], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "documents" in result.stdout
    assert f"{MANY:,}" in result.stdout
    assert postgres.password not in result.output
    server = Store(held.folder, url)
    assert (server.index_folder / vectors.name).read_bytes() == b"dear"
    server.close()
    told = json.loads(CliRunner().invoke(main, [*command, str(tmp_path / "copy"), "--json"]).stdout)
    assert {table["table"]: table["rows"] for table in told["tables"]} == dict.fromkeys(metadata.tables, MANY)
    again = CliRunner().invoke(main, [*command, url])
    assert again.exit_code == 1
    assert "there is a library already" in again.output
    assert again.output.count("\n") <= 3
    assert postgres.password not in again.output


def test_a_place_that_is_none_gets_one_line(held: Store) -> None:
    result = CliRunner().invoke(main, ["--folder", str(held.folder), "move", "--to", "mysql://u:secret@h/d"])
    assert result.exit_code == 1
    assert "not the URL of a PostgreSQL database" in result.output
    assert "secret" not in result.output
