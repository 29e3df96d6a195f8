"""One model at a time, for pages whose model is no job: each fills a core for some seconds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mine2magnet.core.errors import Busy

PATIENCE = 20.0  # s that a page waits for another
_free = threading.Lock()


@contextmanager
def turn() -> Iterator[None]:
    """Raises Busy if others take longer than PATIENCE."""
    if not _free.acquire(timeout=PATIENCE):
        raise Busy("another model is being computed", hint="try again in some seconds")
    try:
        yield
    finally:
        _free.release()
