"""Files and folders → Documents."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from mine2magnet.core.errors import UserError
from mine2magnet.core.parallel import mapped
from mine2magnet.model import Failure, Read
from mine2magnet.reading import content, warc, written
from mine2magnet.reading.content import Raw
from mine2magnet.reading.failing import failure

SUFFIXES = (".html", ".htm", ".xhtml", ".txt", ".md", ".pdf", ".jsonl", ".warc", ".warc.gz")
_STATED = {".html": "text/html", ".htm": "text/html", ".xhtml": "text/html", ".txt": "text/plain"}


AT_ONCE = 16  # files in one task of a cluster: a second or so of a core


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file's bytes, and what its documents are called."""

    raw: Raw
    where: str
    name: str
    markdown: bool


def read(what: str, *, max_bytes: int, ray: str = "") -> Iterator[Read | Failure]:
    """A file, or all files of known kinds in a folder and below, in the order of their names.

    In a folder, a file that fails becomes a Failure and the rest goes on. Raises UserError when the
    path, or the only file, cannot be read. On the Ray cluster of an address, a folder's files are taken
    apart there, and archives after all others, here: they are read as they come.
    """
    path = Path(what).expanduser()
    if path.is_file():
        yield from _file(path, what, max_bytes)
        return
    if not path.is_dir():
        raise UserError(
            "no such file or folder", where=what, hint="an address begins with http:// or https://"
        )
    files = [(file, str(Path(what) / file.relative_to(path))) for file in _walk(path, what)]
    if not files:
        known = ", ".join(SUFFIXES)
        raise UserError("the folder has nothing to read", where=what, hint=f"kinds read: {known}")
    if ray:
        single = iter([file for file in files if not _is_archive(file[0])])
        tasks = iter(lambda: [_tried(*file, max_bytes) for file in islice(single, AT_ONCE)], [])
        for made in mapped(parsed, tasks, ray):
            yield from made
        files = [file for file in files if _is_archive(file[0])]
    for file, where in files:
        try:
            yield from _file(file, where, max_bytes)
        except UserError as error:
            yield failure(where, error)


def parsed(files: Iterable[Loaded | Failure]) -> list[Read | Failure]:
    """The documents of loaded files; what failed to load stays what it is."""
    made: list[Read | Failure] = []
    for file in files:
        try:
            made.extend([file] if isinstance(file, Failure) else _parsed(file))
        except UserError as error:
            made.append(failure(file.where, error))
    return made


def _tried(path: Path, where: str, max_bytes: int) -> Loaded | Failure:
    try:
        return _loaded(path, where, max_bytes)
    except UserError as error:
        return failure(where, error)


def _is_archive(path: Path) -> bool:
    return path.name.lower().endswith((".warc", ".warc.gz", ".jsonl"))


def _walk(folder: Path, what: str) -> Iterator[Path]:
    """Files of known kinds; hidden ones and links to folders are left out."""

    def fail(error: OSError) -> None:
        if error.filename == str(folder):
            raise UserError(f"cannot be opened: {error.strerror}", where=what)

    for parent, folders, names in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield Path(parent) / name


def _file(path: Path, where: str, max_bytes: int) -> Iterator[Read | Failure]:
    if not _is_archive(path):
        yield from _parsed(_loaded(path, where, max_bytes))
        return
    try:
        with path.open("rb") as stream:
            if path.suffix.lower() == ".jsonl":
                name, now = _name(path), datetime.now(UTC)
                yield from written.read_lines(
                    stream, max_bytes=max_bytes, name=name, fetched=now, where=where
                )
                return
            for record in warc.records(stream, max_bytes=max_bytes, where=where):
                yield from [record] if isinstance(record, Failure) else _archived(record, where)
    except OSError as error:
        raise _unread(error, where) from None


def _loaded(path: Path, where: str, max_bytes: int) -> Loaded:
    suffix = path.suffix.lower()
    try:
        if path.stat().st_size > max_bytes:
            raise UserError(
                f"larger than {max_bytes / 1e6:g} MB", where=where, hint="--max-megabytes raises the bound"
            )
        raw = Raw(path.read_bytes(), None, datetime.now(UTC), _STATED.get(suffix, ""))
    except OSError as error:
        raise _unread(error, where) from None
    return Loaded(raw, where, _name(path), suffix == ".md")


def _parsed(file: Loaded) -> Iterator[Read | Failure]:
    if file.markdown:
        yield from content.text(file.raw, where=file.where, name=file.name, markdown=True)
    else:
        yield from content.read(file.raw, where=file.where, name=file.name)


def _name(path: Path) -> str:
    """The folder stands for the source when a file names none."""
    return path.resolve().parent.name


def _unread(error: OSError, where: str) -> UserError:
    return UserError(f"cannot be read: {error.strerror or error}", where=where)


def _archived(raw: Raw, where: str) -> Iterator[Read | Failure]:
    place = f"{where}, {raw.url}"
    try:
        yield from content.read(raw, where=place)
    except UserError as error:
        yield failure(place, error)
