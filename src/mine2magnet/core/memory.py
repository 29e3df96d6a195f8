"""What the C library keeps of memory that the program has freed; nothing is done where it is not glibc."""

from __future__ import annotations

import ctypes
import sys

M_ARENA_MAX = -8  # of malloc.h
ARENAS = 2  # as many as there are cores on small machines, of which each would have eight by default


def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None


def bound_arenas() -> None:
    """Have all threads share a few arenas: what one has freed is of use to the others, and a server whose
    index changes with every document does not grow by what each of its threads keeps. Call it before
    threads are begun."""
    if library := _glibc():
        library.mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Give what is free back to the system."""
    if library := _glibc():
        library.malloc_trim(ctypes.c_size_t(0))
