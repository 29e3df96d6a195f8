"""Files and folders → Documents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mine2magnet.errors import UserError
from mine2magnet.model import Failure, Read
from mine2magnet.reading import content, warc, written
from mine2magnet.reading.content import Raw
from mine2magnet.reading.failing import failure

SUFFIXES = (".html", ".htm", ".xhtml", ".txt", ".md", ".pdf", ".jsonl", ".warc", ".warc.gz")
_STATED = {".html": "text/html", ".htm": "text/html", ".xhtml": "text/html", ".txt": "text/plain"}


def read(what: str, *, max_bytes: int) -> Iterator[Read | Failure]:
    """A file, or all files of known kinds in a folder and below, in the order of their names.

    In a folder, a file that fails becomes a Failure and the rest goes on. Raises UserError when the
    path, or the only file, cannot be read.
    """
    path = Path(what).expanduser()
    if path.is_file():
        yield from _file(path, what, max_bytes)
        return
    if not path.is_dir():
        raise UserError(
            "no such file or folder", where=what, mend="an address begins with http:// or https://"
        )
    found = False
    for file in _walk(path, what):
        found = True
        where = str(Path(what) / file.relative_to(path))
        try:
            yield from _file(file, where, max_bytes)
        except UserError as error:
            yield failure(where, error)
    if not found:
        known = ", ".join(SUFFIXES)
        raise UserError("the folder has nothing to read", where=what, mend=f"kinds read: {known}")


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
    name = path.resolve().parent.name  # the folder stands for the source when a file names none
    suffix = path.suffix.lower()
    try:
        if path.name.lower().endswith((".warc", ".warc.gz")):
            with path.open("rb") as stream:
                for record in warc.records(stream, max_bytes=max_bytes, where=where):
                    yield from [record] if isinstance(record, Failure) else _archived(record, where)
            return
        if suffix == ".jsonl":
            with path.open("rb") as stream:
                yield from written.read_lines(
                    stream, max_bytes=max_bytes, name=name, fetched=datetime.now(UTC), where=where
                )
            return
        if path.stat().st_size > max_bytes:
            raise UserError(
                f"larger than {max_bytes / 1e6:g} MB", where=where, mend="--max-megabytes raises the bound"
            )
        raw = Raw(path.read_bytes(), None, datetime.now(UTC), _STATED.get(suffix, ""))
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=where) from None
    if suffix == ".md":
        yield from content.text(raw, where=where, name=name, markdown=True)
    else:
        yield from content.read(raw, where=where, name=name)


def _archived(raw: Raw, where: str) -> Iterator[Read | Failure]:
    place = f"{where}, {raw.url}"
    try:
        yield from content.read(raw, where=place)
    except UserError as error:
        yield failure(place, error)
