"""Pieces of pages that are kept: the same content in the same language looks the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from markupsafe import Markup

MOST = 16_000_000  # characters of all pieces; a digest has some 4,000


class Fragments:
    """Pieces of pages by all that they are made of, as many as there is room for; the oldest go first.

    Safe to use from several threads.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: dict[Hashable, Markup] = {}
        self._size = 0  # characters of what is held
        self._lock = threading.Lock()

    def __call__(self, *made_of: Hashable, caller: Callable[[], Markup]) -> Markup:
        """Return the piece of a template's call block: that kept of the same values, else made now.

        Parameters
        ----------
        *made_of : hashable
            Everything that the block shows, itself or by what changes with it.
        caller : callable
            Makes it.

        Returns
        -------
        Markup
        """
        found = self._held.get(made_of)
        if found is None:
            found = caller()
            with self._lock:
                self._size += len(found) - len(self._held.pop(made_of, ""))
                self._held[made_of] = found
                while self._size > self._most:
                    self._size -= len(self._held.pop(next(iter(self._held))))
        return found
