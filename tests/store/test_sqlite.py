from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
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


@pytest.fixture
def fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a document that cannot be written; root may write anywhere, and is only told so."""
    made = Store(tmp_path / "lib")
    with made.writing() as writer:
        put(writer, "a")
    made.close()
    folder = tmp_path / "lib"
    modes = {path: path.stat().st_mode for path in (folder, *folder.iterdir())}
    for path in modes:
        path.chmod(path.stat().st_mode & 0o555)
    if os.geteuid() == 0:
        monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    yield folder
    for path, mode in modes.items():
        path.chmod(mode)


def test_what_cannot_be_written_can_be_read(fixed: Path) -> None:
    before = sorted(path.name for path in fixed.iterdir())
    store = Store(fixed)
    assert store.read_only
    assert store.document("a").text == "Six weeks."
    with pytest.raises(UserError, match="read-only: it can be searched"), store.writing():
        pass
    store.close()
    assert sorted(path.name for path in fixed.iterdir()) == before


def test_what_a_writer_has_not_put_in_its_place_yet_is_read_too(fixed: Path) -> None:
    writing = sqlite3.connect(fixed / FILE)  # root's, or one that opened it before
    try:
        writing.execute("UPDATE versions SET title = 'other'")
        writing.commit()
    except sqlite3.OperationalError:
        pytest.skip("nobody can write here")
    assert Store(fixed).document("a").title == "other"
    writing.close()


def test_an_older_library_that_cannot_be_written_is_told(fixed: Path) -> None:
    if os.geteuid() != 0:
        fixed.joinpath(FILE).chmod(0o644)
    with sqlite3.connect(fixed / FILE) as db:
        db.execute("PRAGMA user_version = 1")
    db.close()
    if os.geteuid() != 0:
        fixed.joinpath(FILE).chmod(0o444)
    with pytest.raises(UserError, match="earlier version and cannot be written"):
        Store(fixed)
