"""Files and folders → Documents."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import BinaryIO

from mine2magnet.core.errors import UserError
from mine2magnet.core.parallel import mapped
from mine2magnet.core.sandbox import Died, SandboxCall
from mine2magnet.model import Failure, Read
from mine2magnet.reading import content, warc, written
from mine2magnet.reading.confined import CONFINED
from mine2magnet.reading.content import Raw
from mine2magnet.reading.failing import failure

SUFFIXES = (".html", ".htm", ".xhtml", ".txt", ".md", ".pdf", ".jsonl", ".warc", ".warc.gz")
_STATED = {".html": "text/html", ".htm": "text/html", ".xhtml": "text/html", ".txt": "text/plain"}


AT_ONCE = 16  # files in one batch: a second or so of a core
AT_ONCE_BYTES = 2_000_000  # … or so many, and the file that exceeds them


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file's bytes, and what its documents are called."""

    raw: Raw
    where: str
    name: str
    markdown: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What a line or record of an archive came to."""

    read: Read | None = None
    failure: Failure | None = None

    @classmethod
    def of(cls, given: Read | Failure) -> Part:
        return cls(failure=given) if isinstance(given, Failure) else cls(read=given)

    def given(self) -> Read | Failure:
        one = self.read or self.failure
        assert one is not None
        return one


def read(what: str, *, max_bytes: int, ray: str = "") -> Iterator[Read | Failure]:
    """A file, or all files of known kinds in a folder and below, in the order of their names.

    In a folder, a file that fails becomes a Failure and the rest goes on. Raises UserError when the
    path, or the only file, cannot be read. On the Ray cluster of an address, a folder's files are taken
    apart there, and archives after all others, here: they are read as they come.
    """
    path = Path(what).expanduser()
    if path.is_file():
        if _is_archive(path):
            yield from _archive(path, what, max_bytes)
        else:
            yield from CONFINED.run(_parsed, _loaded(path, what, max_bytes), where=what)
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
        single = (_tried(*file, max_bytes) for file in files if not _is_archive(file[0]))
        for made in mapped(parsed_batch, _batches(single), ray):
            yield from made
        files = [file for file in files if _is_archive(file[0])]
    for archives, some in groupby(files, key=lambda file: _is_archive(file[0])):
        if not archives:
            yield from parsed(_tried(*file, max_bytes) for file in some)
            continue
        for file, where in some:
            try:
                yield from _archive(file, where, max_bytes)
            except UserError as error:
                yield failure(where, error)


def parsed(files: Iterable[Loaded | Failure]) -> Iterator[Read | Failure]:
    """The documents of loaded files; what failed to load stays what it is."""
    failed: deque[Failure] = deque()

    def calls() -> Iterator[list[SandboxCall]]:
        for batch in _batches(files):
            failed.extend(file for file in batch if isinstance(file, Failure))
            yield [SandboxCall(file.where, (file,)) for file in batch if isinstance(file, Loaded)]

    for where, given in CONFINED.mapped(_parsed, calls()):
        while failed:
            yield failed.popleft()
        yield from [failure(where, given)] if isinstance(given, UserError) else given
    yield from failed


def parsed_batch(files: Iterable[Loaded | Failure]) -> list[Read | Failure]:
    return list(parsed(files))


def _batches(files: Iterable[Loaded | Failure]) -> Iterator[list[Loaded | Failure]]:
    """Yield what is handed over at once: AT_ONCE files, fewer of large ones."""
    batch: list[Loaded | Failure] = []
    size = 0
    for file in files:
        batch.append(file)
        size += len(file.raw.body) if isinstance(file, Loaded) else 0
        if len(batch) == AT_ONCE or size > AT_ONCE_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


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


def _archive(path: Path, where: str, max_bytes: int) -> Iterator[Read | Failure]:
    work = _lines if path.suffix.lower() == ".jsonl" else _records
    try:
        with path.open("rb") as stream:
            for parts in CONFINED.streamed(
                work, stream, where=where, max_bytes=max_bytes, name=_name(path), now=datetime.now(UTC)
            ):
                if isinstance(parts, Died):
                    yield failure(where, parts)
                    continue
                for part in parts:
                    yield part.given()
    except OSError as error:
        raise _unread(error, where) from None


def _lines(
    stream: BinaryIO, skipped: int, *, where: str, max_bytes: int, name: str, now: datetime
) -> Iterator[list[Part]]:
    lines = written.read_lines(stream, skipped, max_bytes=max_bytes, name=name, fetched=now, where=where)
    return ([Part.of(line)] for line in lines)


def _records(
    stream: BinaryIO, skipped: int, *, where: str, max_bytes: int, name: str, now: datetime
) -> Iterator[list[Part]]:
    for record in islice(warc.records(stream, max_bytes=max_bytes, where=where), skipped, None):
        yield [
            Part.of(one) for one in ([record] if isinstance(record, Failure) else _archived(record, where))
        ]


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


def _parsed(file: Loaded, *, where: str) -> Iterator[Read]:
    if file.markdown:
        return content.text(file.raw, where=where, name=file.name, markdown=True)
    return content.read(file.raw, where=where, name=file.name)


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
