from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from mine2magnet.library import backup
from mine2magnet.library.library import Library
from mine2magnet.model import Document, Paragraph, Read, Topic, WatchRequest
from mine2magnet.store.sqlite import FILE
from mine2magnet.store.tables import SCHEMA

Files = dict[str, bytes]


def fill(library: Library, count: int = 3, first: int = 0) -> None:
    texts = (
        Document(
            title=f"Report {n}", source="Example Post", fetched=datetime(2025, 6, 1, tzinfo=UTC),
            language="en", url=f"https://a.example/{n}",
            paragraphs=(Paragraph(1, f"Report {n} tells of {n * 7 + 3} tonnes of dysprosium oxide."),),
        )
        for n in range(first, count)
    )  # fmt: skip
    library.keep(Read(one) for one in texts)


@pytest.fixture
def made(library: Library, tmp_path: Path) -> Path:
    fill(library)
    with library.store.writing() as writer:
        writer.put_topic(Topic("t", "T", queries=("稀土",)))
        writer.put_watch(WatchRequest(name="w", query="稀土"), "secret")
    library.index.embed(100)
    path = tmp_path / "made" / "backup.zip"
    backup.backup(library, path)
    return path


@pytest.mark.stores
def test_a_backup_is_restored_as_it_was(library: Library, made: Path, tmp_path: Path) -> None:
    checked = backup.check(made)
    assert (checked.documents, checked.found) == (3, 3)
    assert checked.manifest.tables["watches"] == 1
    folder = tmp_path / "restored"
    backup.restore(made, folder)
    again = Library.open(Settings(folder=folder))
    ids = [change.id for change in library.store.changes(0)]
    assert again.store.documents(ids) == library.store.documents(ids)
    assert [topic.slug for topic in again.store.topics()] == ["t"]
    assert again.store.watches() == library.store.watches()
    assert again.index.reached() == again.store.last_change(), "the words came with it"
    assert again.index.pending() == library.index.pending(), "and the vectors"
    assert [path.name for path in made.parent.iterdir()] == ["backup.zip"], "nothing is left beside it"
    assert made.stat().st_mode & 0o077 == 0
    with pytest.raises(UserError, match="not empty"):
        backup.restore(made, folder)


@pytest.mark.stores
def test_it_is_one_state_while_others_write(library: Library, tmp_path: Path) -> None:
    """What is written after the backup has begun to read is in none of its tables."""
    fill(library, 60)
    stop = threading.Event()

    def write() -> None:
        other, n = Library.open(library.settings), 60
        while not stop.is_set():
            fill(other, n + 1, n)
            n += 1
        other.store.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(3):
            path = tmp_path / f"{n}.zip"
            tables = backup.backup(library, path).tables
            assert tables["documents"] == tables["versions"] >= 60
            assert backup.check(path).documents == tables["documents"]
    finally:
        stop.set()
        writer.join()


def test_settings_come_along_without_what_is_secret(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "of_user", lambda: tmp_path / "settings.toml")
    (tmp_path / "settings.toml").write_text('language = "ja"\nmodel_key = "sk-1"\nsmtp_password = "p"\n')
    for secrets in (False, True):
        backup.backup(library, tmp_path / "b.zip", secrets=secrets)
        with zipfile.ZipFile(tmp_path / "b.zip") as archive:
            text = archive.read("settings.toml").decode()
        assert 'language = "ja"' in text
        assert ("sk-1" in text, '"p"' in text) == (secrets, secrets)


def packed(files: Files, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def stated(files: Files, **changed: object) -> Files:
    """With a manifest that fits the files, as who means ill would make it."""
    manifest = json.loads(files["manifest.json"]) | changed
    manifest["files"] = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
        if name != "manifest.json"
    ]
    return files | {"manifest.json": json.dumps(manifest).encode()}


def library_with(files: Files, statement: str, tmp_path: Path) -> Files:
    path = tmp_path / "changed.sqlite"
    path.write_bytes(files[FILE])
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()
    return stated(files | {FILE: path.read_bytes()})


HOSTILE: dict[str, tuple[Callable[[Files, Path], Files], str]] = {
    "up": (lambda f, _: stated(f | {"../../evil": b"x"}), "a file is called '../../evil'"),
    "dots": (lambda f, _: stated(f | {"index/../x": b"x"}), "a file is called"),
    "absolute": (lambda f, _: stated(f | {"/etc/passwd": b"x"}), "a file is called"),
    "backslash": (lambda f, _: stated(f | {"index/..\\x": b"x"}), "a file is called"),
    "bomb": (lambda f, _: stated(f | {"index/zeros": bytes(120_000_000)}), "unpacks to 100 times"),
    "not stated": (lambda f, _: f | {"index/more": b"x"}, "its files are not those of its manifest"),
    "no library": (lambda f, _: stated({n: c for n, c in f.items() if n != FILE}), "its files are not"),
    "no manifest": (lambda f, _: {FILE: f[FILE]}, "it has no manifest"),
    "no json": (lambda f, _: f | {"manifest.json": b"[" * 50_000}, "cannot be read"),
    "later format": (lambda f, _: stated(f, format=2), "it is of format 2, this program reads 1"),
    "changed": (lambda f, _: f | {"settings.toml": b"a = 2"}, "is of another size|not what was written"),
    "no rows": (lambda f, _: stated(f, tables={"documents": 4}), "it holds 3 rows of documents, not 4"),
    "later version": (
        lambda f, p: library_with(f, f"PRAGMA user_version = {SCHEMA + 1}", p),
        f"a library of version {SCHEMA + 1}",
    ),
    "trigger": (
        lambda f, p: library_with(
            f, "CREATE TRIGGER t AFTER INSERT ON documents BEGIN DELETE FROM documents; END", p
        ),
        "it holds a trigger that is none of a library",
    ),
    "table": (lambda f, p: library_with(f, "CREATE TABLE evil (a)", p), "it holds a table"),
    "no database": (lambda f, _: stated(f | {FILE: b"x" * 5000}), "cannot be read"),
    "damaged": (
        lambda f, _: stated(f | {FILE: f[FILE][:8192] + b"\xff" * 4096 + f[FILE][12288:]}),
        "is damaged|cannot be read",
    ),
    "settings": (lambda f, _: stated(f | {"settings.toml": b"= ="}), "its settings.toml cannot be read"),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_backup_is_refused_in_one_line_and_leaves_nothing(
    how: str, made: Path, tmp_path: Path
) -> None:
    change, expected = HOSTILE[how]
    with zipfile.ZipFile(made) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    path, near = packed(change(files, tmp_path), tmp_path / "hostile.zip"), tmp_path / "near"
    with pytest.raises(UserError, match=expected) as caught:
        backup.restore(path, near / "folder")
    assert "\n" not in str(caught.value)
    assert not list(near.iterdir())


def test_what_is_cut_off_or_no_archive_is_refused(made: Path, tmp_path: Path) -> None:
    whole, path = made.read_bytes(), tmp_path / "cut.zip"
    for content in (whole[: len(whole) // 2], b"", b"PK\x03\x04", whole[:-30]):
        path.write_bytes(content)
        with pytest.raises(UserError, match="no backup of a library"):
            backup.check(path)
    noisy = bytearray(whole)
    at = whole.index(FILE.encode()) + 200
    noisy[at : at + 400] = bytes(400)
    path.write_bytes(noisy)
    with pytest.raises(UserError):
        backup.check(path)
    with pytest.raises(UserError, match="cannot be read"):
        backup.check(tmp_path / "none.zip")


def test_a_killed_backup_leaves_the_last_one(made: Path, library: Library) -> None:
    before = made.read_bytes()
    killed = (
        "import os, sys, signal; from pathlib import Path; from mine2magnet.library import backup;"
        "from mine2magnet.library.library import Library; from mine2magnet.core.settings import Settings;"
        "tell = lambda doing, *_: doing == 'packing' and os.kill(os.getpid(), signal.SIGKILL);"
        "held = Library.open(Settings(folder=Path(sys.argv[1])));"
        "backup.backup(held, Path(sys.argv[2]), progress=tell)"
    )
    command = [sys.executable, "-c", killed, str(library.store.folder), str(made)]
    assert subprocess.run(command).returncode == -9
    assert made.read_bytes() == before
    fill(library, 5, 3)
    backup.backup(library, made)
    assert backup.check(made).documents == 5
    assert [path.name for path in made.parent.iterdir()] == ["backup.zip"]
