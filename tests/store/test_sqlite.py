from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.model import Document, Paragraph
from mine2magnet.store import Store, Writer
from mine2magnet.store.sqlite import FILE


def put(writer: Writer, id: str, text: str = "Six weeks.") -> None:
    document = Document(
        f"title {id}",
        "source",
        datetime(2025, 6, 2, tzinfo=UTC),
        "en",
        (Paragraph(1, text),),
        id=id,
        version=1,
    )
    writer.put(document, url_key=None, title_key=id, fold=id, signature=b"", band_keys=())


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda p: p.write_text("a file"), "file, not a folder"),
        (lambda p: _in(p).write_bytes(b"no database " * 100), "not a mine2magnet"),
        (lambda p: _newer(_in(p)), "version 99"),
        (lambda p: _another(_in(p)), "another program"),
    ],
)
def test_an_unusable_folder_gets_one_line(tmp_path: Path, prepare: object, said: str) -> None:
    assert callable(prepare)
    prepare(tmp_path / "lib")
    with pytest.raises(UserError, match=said) as raised:
        Store(tmp_path / "lib")
    assert "\n" not in str(raised.value)


def _in(folder: Path) -> Path:
    folder.mkdir()
    return folder / FILE


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")


def _another(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE documents (pages INTEGER)")


def test_a_full_disk_says_so_and_keeps_what_was_there(store: Store) -> None:
    with store.writing() as writer:
        put(writer, "d1")
    with store._db.reading() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar()

    def write() -> None:
        with store._db.writing() as db:
            # SQLite then reports SQLITE_FULL, as on a full disk
            db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            put(Writer(db), "d2", "x" * 1_000_000)

    with pytest.raises(UserError, match="disk is full"):
        write()
    assert store.document("d1").id == "d1"
    assert store.count() == 1


def test_a_library_made_before_there_were_claims_still_opens(store: Store) -> None:
    with store.writing() as writer:
        put(writer, "d1")
    store.close()
    with sqlite3.connect(store.folder / FILE) as db:
        for table in ("claims", "claimed"):
            db.execute(f"DROP TABLE {table}")
    again = Store(store.folder)
    assert again.unclaimed("m", 9) == ["d1"]
    with again.writing() as writer:
        writer.put_claims("d1", 1, "m", [])
    assert again.unclaimed("m", 9) == []
