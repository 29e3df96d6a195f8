"""What is changed in the settings file while a server runs, on the page of another process or by hand."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mine2magnet.core import settings as kept
from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.web.pages.settings import SECTIONS, checked

LOOK = 1.0  # s between two looks at the file

log = logging.getLogger(__name__)


class SettingsFile(threading.Thread):
    """Has a library take up what changes in the settings file, of what the settings page shows: the rest
    holds from the next start. What a flag or a variable gives stays; a file with a mistake changes nothing.

    Parameters
    ----------
    library : Library
    find : callable
        Gives the settings in force by file, variables and the program's flags.
    """

    def __init__(self, library: Library, find: Callable[[], Settings]) -> None:
        super().__init__(name="settings", daemon=True)
        self._library, self._find = library, find
        self._stop_asked = threading.Event()
        self._seen: object = self  # nothing yet: it may have changed since the library's settings were read

    def run(self) -> None:
        while not self._stop_asked.wait(LOOK):
            self.look()

    def look(self) -> None:
        """Take up what has changed since the last look."""
        state = _state(kept.of_user())
        if state == self._seen:
            return
        self._seen = state
        try:
            found = self._find()
            shown = {name: getattr(found, name) for names in SECTIONS.values() for name in names}
            changed = checked(replace(self._library.settings, **shown))
        except UserError as error:
            log.error("settings stay as they were: %s", error)
            return
        if changed != self._library.settings:
            self._library.use(changed)

    def stop(self) -> None:
        self._stop_asked.set()


def _state(file: Path) -> tuple[int, int, int] | None:
    """Return what changes with a file; saving puts another in its place."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
