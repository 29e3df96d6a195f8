"""One model at a time, for pages and API alike: each fills a core for some seconds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mine2magnet.core.errors import Busy

PATIENCE = 20.0  # s that a model waits for another while somebody waits for it
_free = threading.Lock()


@contextmanager
def turn(patience: float | None = None) -> Iterator[None]:
    """Raises Busy if others take longer than `patience` seconds (PATIENCE); -1 waits as long as it takes."""
    if not _free.acquire(timeout=PATIENCE if patience is None else patience):
        raise Busy("another model is being computed", hint="try again in some seconds")
    try:
        yield
    finally:
        _free.release()
