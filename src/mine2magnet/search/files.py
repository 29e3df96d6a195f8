"""Files that several processes share: a lock, writing that is done whole or not at all, damage."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from mine2magnet.core.errors import UserError


class Damaged(Exception):
    """Files of the index are not what was written."""


Signature: TypeAlias = tuple[int, int, int] | None
_PAUSE = 0.02  # s between two tries for a lock
_CAUSES = {
    errno.ENOSPC: ("the disk is full", "free some space; searching still works"),
    errno.EDQUOT: ("the disk quota is used up", "free some space; searching still works"),
    errno.EROFS: ("the folder is read-only", "choose another with --folder"),
    errno.EACCES: ("no permission to write", "choose another with --folder, or mend its permissions"),
    errno.EPERM: ("no permission to write", "choose another with --folder, or mend its permissions"),
}


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Say in one line why a folder cannot be written.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    UserError
    """
    try:
        yield
    except OSError as error:
        what, hint = _CAUSES.get(error.errno or 0, (str(error), "check the folder and its permissions"))
        raise UserError(what, where=str(folder), hint=hint) from error


@contextmanager
def locked(path: Path, wait: float) -> Iterator[bool]:
    """Hold the lock at a path; give False if another holds it still.

    The system lets go of it when the process ends, however it ends.

    Parameters
    ----------
    path : Path
    wait : float
        Seconds that it may take to get it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        until = time.monotonic() + wait
        while not (mine := _try(file.fileno())) and time.monotonic() < until:
            time.sleep(_PAUSE)
        yield mine


if sys.platform == "win32":
    import msvcrt

    def _try(number: int) -> bool:
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def replace(path: Path, content: bytes) -> None:
    """Put content at a path: a reader, or a crash, meets the old or the new, never a part.

    Parameters
    ----------
    path : Path
    content : bytes
    """
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def append(path: Path, at: int, content: bytes) -> int:
    """Put content at a byte of a file, in place of what a killed process may have left there.

    Parameters
    ----------
    path : Path
    at : int
        Where it begins; the file has at least so many bytes.
    content : bytes

    Returns
    -------
    int
        The new size, bytes.

    Raises
    ------
    Damaged
        If the file is shorter.
    """
    with path.open("r+b") as file:
        if file.seek(0, os.SEEK_END) < at:
            raise Damaged(f"{path} was cut off")
        file.truncate(at)
        file.seek(at)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return at + len(content)


def part(path: Path, start: int, end: int) -> bytes:
    """Return bytes of a file.

    Parameters
    ----------
    path : Path
    start, end : int
        The first byte, and that after the last.

    Raises
    ------
    Damaged
        If they are not there.
    """
    try:
        with path.open("rb") as file:
            file.seek(start)
            content = file.read(end - start)
    except FileNotFoundError as error:
        raise Damaged(f"{path} is missing") from error
    if len(content) < end - start:
        raise Damaged(f"{path} was cut off")
    return content


def signature(path: Path) -> Signature:
    """Return what changes when a file is replaced or written to; None if there is none.

    Parameters
    ----------
    path : Path
    """
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
