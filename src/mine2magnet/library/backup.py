"""A library in one file, made while it is in use; looked over, and laid into a folder again.

The file is a ZIP archive: `manifest.json`, `library.sqlite` (one state of the library, from whatever
database), `settings.toml`, and the index as files. The manifest has the size and SHA-256 of each, and how
many rows each table has. Nothing in a backup is believed before it has been looked at: names, sizes and
digests are held to the manifest, and the library to what this program makes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO

import msgspec
import tomlkit

from mine2magnet import __version__
from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import SECRET, Settings, of_user
from mine2magnet.library.library import Library
from mine2magnet.search.files import locked
from mine2magnet.store import Store
from mine2magnet.store.snapshot import check as check_library
from mine2magnet.store.snapshot import counts
from mine2magnet.store.sqlite import FILE
from mine2magnet.store.tables import SCHEMA

FORMAT = 1  # of the file; raised when an older program could not read it
MANIFEST, SETTINGS, INDEX = "manifest.json", "settings.toml", "index/"
MOST_MANIFEST = 4_000_000  # bytes
MOST_FILES = 10_000
MOST_UNPACKED = 100  # times its packed size, of a file of more than …
SMALL = 100_000_000  # … so many bytes
LOCK_SECONDS = 30.0  # that a writer of the index may take to come to an end
CHUNK = 1 << 20
_NAME = re.compile(
    rf"{FILE}|{SETTINGS}|{INDEX}(?!\.+/)(?:[\w-][\w.-]{{0,99}}/){{0,3}}\.?[\w-][\w.-]{{0,99}}", re.A
)
_PACKED = (".bin",)  # vectors: there is no air in them

Tell = Callable[[str, int, int], None]  # what is being done, how much is done, of how much


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file in a backup."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup says that it holds."""

    format: int
    program: str
    schema: int
    made: str
    where: str
    tables: dict[str, int]  # rows of each
    files: list[File]


class Checked(msgspec.Struct, frozen=True):
    """What a backup holds, once it has been looked over."""

    manifest: Manifest
    documents: int
    found: int  # documents that a search finds in it


# --- making one


def backup(
    library: Library, path: Path, *, secrets: bool = False, progress: Tell = lambda *_: None
) -> Manifest:
    """Write a library into a file; others may go on reading and writing it.

    Parameters
    ----------
    library : Library
    path : Path
        What lies there is replaced when the new one is whole.
    secrets : bool
        Whether keys and passwords of the settings are put in.
    progress : callable
        Told what is being done, how much is done, and of how much.

    Returns
    -------
    Manifest

    Raises
    ------
    UserError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _aside(path) as folder:
            made = folder / "backup"
            manifest = _written(library, made, secrets, progress)
            made.replace(path)
            _synced(path.parent)
        return manifest
    except OSError as error:
        raise UserError(
            f"the backup cannot be written: {error.strerror}", where=str(path), hint="choose another place"
        ) from error


def _written(library: Library, made: Path, secrets: bool, progress: Tell) -> Manifest:
    held, copy = made.with_name(FILE), made.with_name("index")
    # The index first: it may lag behind the library, and not be ahead of it.
    _copied(library.store.index_folder, copy, progress)
    library.store.snapshot(held, lambda done, total: progress("copying the library", done, total))
    kept = made.with_name(SETTINGS)
    kept.write_text(_settings(secrets), "utf-8")
    paths = {FILE: held, SETTINGS: kept} | {
        f"{INDEX}{one.relative_to(copy).as_posix()}": one for one in sorted(copy.rglob("*")) if one.is_file()
    }
    manifest = Manifest(
        FORMAT, __version__, SCHEMA, datetime.now(UTC).isoformat(timespec="seconds"), library.store.where,
        counts(held), [File(name, one.stat().st_size, _digest(one)) for name, one in paths.items()],
    )  # fmt: skip
    total, done = sum(file.size for file in manifest.files), 0
    with (
        os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as out,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive,
    ):
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        for name, one in paths.items():
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            with one.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                for chunk in _chunks(source):
                    target.write(chunk)
                    done += len(chunk)
                    progress("packing", done // CHUNK, total // CHUNK)
        archive.close()
        out.flush()
        os.fsync(out.fileno())
    return manifest


def _copied(folder: Path, copy: Path, progress: Tell) -> None:
    """Copies the index, while nobody writes its words; of vectors, which are only added to, what is there."""
    copy.mkdir()
    if not folder.is_dir():
        return  # it is kept on a server, or has not been made yet
    with locked(folder / "words.lock", LOCK_SECONDS) as mine:
        if not mine:
            raise UserError("another program writes to the index", where="backup", hint="try again")
        paths = [
            one for one in folder.rglob("*") if one.is_file() and not one.name.endswith((".lock", ".new"))
        ]
        for number, one in enumerate(paths, 1):
            target = copy / one.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one, target)
            progress("copying the index", number, len(paths))


def _settings(secrets: bool) -> str:
    """The user's settings as they stand in their file, without what is secret unless it is wanted."""
    file = of_user()
    held = tomlkit.parse(file.read_text("utf-8")) if file.is_file() else tomlkit.document()
    for name in SECRET if not secrets else ():
        held.pop(name, None)
    return tomlkit.dumps(held)


# --- looking one over


def check(path: Path, progress: Tell = lambda *_: None) -> Checked:
    """Look a backup over: digests, integrity, rows, whether it opens and is searched. Raises UserError."""
    with tempfile.TemporaryDirectory(prefix="mine2magnet-backup-") as folder:
        manifest = _unpacked(path, Path(folder) / "library", progress)
        progress("opening and searching", 0, 1)
        library = Library.open(Settings(folder=Path(folder) / "library"))
        with closing(library.store):
            library.index.update()
            held = library.store.count()
            found = library.index.search("", limit=1)
            listed = sum(1 + len(hit.copies) for hit in library.index.search("", limit=held).hits)
            if listed != held or (held and not found.hits):
                raise UserError(
                    f"{held} documents are in it, and a search finds {listed}", where=str(path),
                    hint="use another backup",
                )  # fmt: skip
        return Checked(manifest, held, listed)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The archive with its manifest, whose names and sizes have been looked at."""

    def wrong(what: str, hint: str = "it was damaged, or is none of ours") -> UserError:
        return UserError(f"no backup of a library: {what}", where=str(path), hint=hint)

    try:
        with zipfile.ZipFile(path) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if len(entries) != len(archive.infolist()) or len(entries) > MOST_FILES:
                raise wrong("a name stands in it twice, or there are too many")
            first = entries.pop(MANIFEST, None)
            if first is None or first.file_size > MOST_MANIFEST:
                raise wrong(f"it has no {MANIFEST}, or one that is too long")
            with archive.open(first) as stream:
                text = stream.read(MOST_MANIFEST + 1)
            try:
                manifest = msgspec.json.decode(text, type=Manifest)
            except msgspec.MsgspecError as error:
                raise wrong(f"its {MANIFEST} cannot be read: {error}") from error
            if manifest.format != FORMAT:
                raise wrong(f"it is of format {manifest.format}, this program reads {FORMAT}",
                            "use the mine2magnet that wrote it")  # fmt: skip
            if {file.name for file in manifest.files} != entries.keys() or FILE not in entries:
                raise wrong(f"its files are not those of its {MANIFEST}")
            for file in manifest.files:
                entry = entries[file.name]
                if not _NAME.fullmatch(file.name):
                    raise wrong(f"a file is called {file.name!r:.60}")
                if file.size != entry.file_size or file.size < 0:
                    raise wrong(f"{file.name:.60} is of another size than its {MANIFEST} says")
                if file.size > max(SMALL, MOST_UNPACKED * entry.compress_size):
                    raise wrong(f"{file.name:.60} unpacks to {MOST_UNPACKED} times its size and more")
            yield archive, manifest
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise wrong(str(error) or "it is cut off") from error
    except OSError as error:
        raise UserError(f"the backup cannot be read: {error.strerror or error}", where=str(path)) from error


def _unpacked(path: Path, folder: Path, progress: Tell) -> Manifest:
    """Lays the files of a backup into a new folder, held to their digests, and looks the library over."""
    with _opened(path) as (archive, manifest):
        total, done = sum(file.size for file in manifest.files), 0
        free = shutil.disk_usage(folder.parent).free
        if total > free:
            raise UserError(
                f"it unpacks to {total:,} bytes, and {free:,} are free",
                where=str(path),
                hint="free some space",
            )
        for file in manifest.files:
            target = folder / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            digest, left = hashlib.sha256(), file.size
            with archive.open(file.name) as source, target.open("xb") as out:
                for chunk in _chunks(source):
                    if (left := left - len(chunk)) < 0:
                        break
                    digest.update(chunk)
                    out.write(chunk)
                    done += len(chunk)
                    progress("unpacking", done // CHUNK, total // CHUNK)
                out.flush()
                os.fsync(out.fileno())
            if left or digest.hexdigest() != file.sha256:
                raise UserError(
                    f"{file.name} is not what was written", where=str(path), hint="use another backup"
                )
    progress("checking the library", 0, 1)
    try:
        check_library(folder / FILE, manifest.tables)
        tomllib.loads((folder / SETTINGS).read_text("utf-8")) if (folder / SETTINGS).is_file() else None
    except UserError as error:
        raise UserError(error.what, where=str(path), hint=error.hint) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"its {SETTINGS} cannot be read: {error}", where=str(path)) from error
    return manifest


# --- laying one into a folder


def restore(path: Path, folder: Path, progress: Tell = lambda *_: None) -> Manifest:
    """Lay a backup into a folder, all of it or nothing.

    Parameters
    ----------
    path : Path
    folder : Path
        That is not there, or is empty.
    progress : callable
        Told what is being done, how much is done, and of how much.

    Returns
    -------
    Manifest

    Raises
    ------
    UserError
        If the folder is not empty, or the backup no good.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError("the folder is not empty", where=str(folder), hint="name one that is not there yet")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _aside(folder) as near:
            made = near / "library"
            manifest = _unpacked(path, made, progress)
            with closing(Store(made)):  # brought up, if it is of an earlier version
                pass
            if folder.exists():
                folder.rmdir()  # it must be empty still
            made.replace(folder)
            _synced(folder.parent)
    except OSError as error:
        raise UserError(
            f"the folder cannot be written: {error.strerror}", where=str(folder), hint="choose another"
        ) from error
    return manifest


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """A folder beside a path for what is not whole yet; what a killed process left there goes."""
    folder = path.with_name(f".{path.name}.part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _chunks(file: IO[bytes] | BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _synced(folder: Path) -> None:
    """Has the disk keep which names a folder has; Windows does so by itself."""
    if hasattr(os, "O_DIRECTORY"):
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
