"""Several processes that answer requests at one address: children that share the socket of `serve`.

Each has the library open for itself. What is done once (background work, runs of models) stays with the
process that began them; it begins a child again that has ended, and they end when it does, however it ends.
"""

from __future__ import annotations

import mmap
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from mine2magnet.core.settings import load
from mine2magnet.library.library import Library
from mine2magnet.web.server import end_soon, server
from mine2magnet.web.settings_file import SettingsFile

VARIABLE = "MINE2MAGNET_SOCKET"  # to a child: the socket that it answers at, the file of counts, its number
AGAIN = 1.0  # s until a child that has ended is begun again
GRACE = 7.0  # s that children have to end
OFTEN = 100  # times that a connection is left to processes that hold fewer …
PAUSE = 0.001  # … so many s each
INT = 4  # bytes of a count
MANY = 2**31 - 1  # connections that one is said to hold that does not answer yet


class Taken(socket.socket):
    """A connection that its process holds until it is closed."""

    def __init__(self, fileno: int, open_: memoryview[int], number: int) -> None:
        super().__init__(fileno=fileno)
        self._open, self._number = open_, number
        open_[number] += 1

    def close(self) -> None:
        if self.fileno() >= 0:
            self._open[self._number] -= 1
        super().close()


class Listening(socket.socket):
    """A socket at which several processes listen, and which leaves a connection to those that hold fewer: of
    many that come at once the quickest would have nearly all, and who asks there would wait for long.

    Parameters
    ----------
    fileno : int
    open_ : memoryview of int
        How many connections each process holds; all of them see it.
    number : int
        Which of them this one is.
    """

    def __init__(self, fileno: int, open_: memoryview[int], number: int) -> None:
        super().__init__(fileno=fileno)
        self._open, self._number = open_, number
        self._left = 0  # how often one was left to the others
        open_[number] = 0

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept a connection unless others hold fewer; the loop asks again as long as it waits, and at last
        it is taken all the same, for they may have stopped."""
        if self._open[self._number] > min(self._open) and self._left < OFTEN:
            self._left += 1
            time.sleep(PAUSE)
            raise BlockingIOError
        connection, address = super().accept()
        self._left = 0
        return Taken(connection.detach(), self._open, self._number), address


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
        self._command, self._sock, self._environment = list(command), sock, dict(environment)
        self._counts = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the processes
        self._counts.truncate(count * INT)
        self._open = counts(self._counts.fileno())
        self._ending = threading.Event()
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        for number in range(count):
            self._children[number] = self._begun(number)

    def run(self) -> None:
        """Keep them running until SIGTERM or SIGINT, then have them finish what they are at."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: self._ending.set())
        while not self._ending.wait(AGAIN):
            for number, child in self._children.items():
                if child.poll() is not None:
                    self._children[number] = self._begun(number)
        end_soon()
        end = time.monotonic() + GRACE
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            try:
                child.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()

    def _begun(self, number: int) -> subprocess.Popen[bytes]:
        self._open[number] = MANY
        files = self._sock.fileno(), self._counts.fileno()
        told = {VARIABLE: " ".join(map(str, (*files, number)))}
        return subprocess.Popen(  # noqa: S603 - our own program
            self._command, env=self._environment | told, pass_fds=files, stdin=subprocess.PIPE
        )


def counts(file: int) -> memoryview[int]:
    """Return the numbers in a file, which all who have it see change."""
    return memoryview(mmap.mmap(file, 0)).cast("i")


def answer(library: Library, told: str) -> None:
    """Answer requests at a socket that was handed down, until told to end or the parent has ended."""
    file, shared, number = map(int, told.split())
    sock = Listening(file, counts(shared), number)
    library.store.jobs.listen(lambda: None)  # the parent has the workers that compute them
    threading.Thread(target=_follow_parent, daemon=True).start()
    SettingsFile(library, load).start()  # the parent's flags are variables here
    server(library).run([sock])


def _follow_parent() -> None:
    """Standard input is a pipe from the parent, which ends with it."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
