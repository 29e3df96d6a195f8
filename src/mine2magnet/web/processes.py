"""Several processes that answer requests at one address: children that share the socket of `serve`.

Each has the library open for itself. What is done once (background work, runs of models) stays with the
process that began them; it begins a child again that has ended, and they end when it does, however it ends.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from mine2magnet.core.settings import load
from mine2magnet.library.library import Library
from mine2magnet.web.server import server
from mine2magnet.web.settings_file import SettingsFile

VARIABLE = "MINE2MAGNET_SOCKET"  # to a child: the number of the socket that it answers at
AGAIN = 1.0  # s until a child that has ended is begun again
GRACE = 25.0  # s that children have to end


class OneByOne(socket.socket):
    """A socket that listens and gives one connection at a time to an event loop, which else takes all that
    wait: of many that come at once, one process would have nearly all, and the others next to none."""

    _given = False

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept a connection, then say once that no other waits; the loop asks again when it comes round."""
        self._given = not self._given
        if not self._given:
            raise BlockingIOError
        try:
            return super().accept()
        except OSError:
            self._given = False
            raise


class WebProcesses:
    """Children that answer requests at a socket that listens.

    Parameters
    ----------
    command : sequence of str
        Begins one; it must come to `answer`.
    environment : mapping
        Of each.
    sock : socket
    count : int
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], sock: socket.socket, count: int
    ) -> None:
        self._command, self._sock = list(command), sock
        self._environment = dict(environment) | {VARIABLE: str(sock.fileno())}
        self._ending = threading.Event()
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        for number in range(count):
            self._children[number] = self._begun()

    def run(self) -> None:
        """Keep them running until SIGTERM or SIGINT, then have them finish what they are at."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: self._ending.set())
        while not self._ending.wait(AGAIN):
            for number, child in self._children.items():
                if child.poll() is not None:
                    self._children[number] = self._begun()
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            try:
                child.wait(GRACE)
            except subprocess.TimeoutExpired:
                child.kill()

    def _begun(self) -> subprocess.Popen[bytes]:
        number = self._sock.fileno()
        return subprocess.Popen(  # noqa: S603 - our own program
            self._command, env=self._environment, pass_fds=(number,), stdin=subprocess.PIPE
        )


def answer(library: Library, number: int) -> None:
    """Answer requests at a socket that was handed down, until told to end or the parent has ended."""
    sock = OneByOne(fileno=number)
    library.store.jobs.listen(lambda: None)  # the parent has the workers that compute them
    threading.Thread(target=_follow_parent, daemon=True).start()
    SettingsFile(library, load).start()  # the parent's flags are variables here
    server(library).run([sock])


def _follow_parent() -> None:
    """Standard input is a pipe from the parent, which ends with it."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
