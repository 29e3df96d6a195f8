"""A process that computes models, one after another, for the server that started it.

It knows no library: it is sent a kind and an input and sends back how far it is and what comes of it. So it
may be killed at any time, for a limit, a cancelled run or the end of its server.
"""

from __future__ import annotations

import logging
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Protocol

import msgspec

from mine2magnet.core.errors import UserError
from mine2magnet.model import JobError, JobKind

MOST_MEMORY = 2_000_000_000  # bytes of a run, beyond what the program itself takes; the largest takes a tenth
MOST_SECONDS = (
    300  # s of processor time of a run: five times what a service takes on, or solvers compiled first
)

LOOK = 1.0  # s between two looks whether its server still runs

log = logging.getLogger(__name__)


class Asked(msgspec.Struct, frozen=True, tag=True):
    """To the process: what to compute."""

    kind: JobKind
    input: str


class RunProgress(msgspec.Struct, frozen=True, tag=True):
    """From the process: how large a part is done, and what is being done."""

    part: float
    doing: str


class Made(msgspec.Struct, frozen=True, tag=True):
    """From the process: what came of it."""

    answer: bytes
    kept: bytes


class Failed(msgspec.Struct, frozen=True, tag=True):
    """From the process: why nothing came of it."""

    error: JobError


Message = RunProgress | Made | Failed
TOO_SLOW = JobError(400, "the run took longer than it may", hint="ask for less, or use the command line")
TOO_LARGE = JobError(
    400, "the run took more memory than it may", hint="ask for less, or use the command line"
)
FAULT = JobError(500, "a fault of the program ended the run", hint="the server's log has the details")


class TookTooLong(Exception):
    """A process was ended by the system, as a run took more of a processor than it may."""


class Computer(Protocol):
    """What computes one run at a time."""

    def begin(self, kind: JobKind, input: str) -> None:
        """Begin a run."""

    def message(self, seconds: float) -> Message | None:
        """Return what it says within so many seconds. Raises EOFError if it has died, TookTooLong if it was
        ended for that."""

    def kill(self) -> None:
        """End it, whatever it does."""


class ModelProcess:
    """A process of its own, which takes at most so much memory (bytes) and time of a processor (s) for a run.

    Not time by the clock: on a busy machine a run that is well within its limits waits for its turn.
    """

    def __init__(self, memory: int = MOST_MEMORY, seconds: int = MOST_SECONDS) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", __name__, str(theirs.fileno()), str(memory), str(seconds)]
        self._process = subprocess.Popen(  # noqa: S603  (this program itself)
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        theirs.close()
        self._pipe = Connection(ours.detach())

    @property
    def pid(self) -> int:
        """Its number to the system."""
        return self._process.pid

    def begin(self, kind: JobKind, input: str) -> None:
        with suppress(BrokenPipeError):  # it has died: its message says so
            self._pipe.send_bytes(msgspec.msgpack.encode(Asked(kind, input)))

    def message(self, seconds: float) -> Message | None:
        try:
            if not self._pipe.poll(seconds):
                return None
            return msgspec.msgpack.decode(self._pipe.recv_bytes(), type=Message)
        except (EOFError, OSError) as error:  # OSError: a connection that was reset
            if self._process.wait() == -getattr(signal, "SIGXCPU", 0):
                raise TookTooLong from error
            raise EOFError from error

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._pipe.close()


def attempt(kind: JobKind, input: str, send: Any) -> None:
    """Compute a run, and send what comes of it, last of all `Made` or `Failed`."""
    from mine2magnet.background import models

    try:
        answer, kept = models.computed(kind, input, lambda part, doing: send(RunProgress(part, doing)))
    except UserError as error:
        send(Failed(JobError(error.status, error.what, error.where, error.hint)))
    except MemoryError:
        send(Failed(TOO_LARGE))
    except Exception:
        log.exception("a run of %s failed", kind)
        send(Failed(FAULT))
    else:
        send(Made(answer, kept))


def _limit_memory(most: int) -> None:
    with suppress(ImportError, OSError, ValueError):  # where there are no such limits
        import resource

        with open("/proc/self/statm", encoding="ascii") as held:
            taken = int(held.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + most,) * 2)


def _limit_seconds(most: int) -> None:
    """From now on, that is; the system ends the process whatever it is at, compiled code included."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + most, hard))


def _end_with(server: int) -> None:
    """A server that was killed tells nobody."""
    while os.getppid() == server:
        time.sleep(LOOK)
    os._exit(1)


def main() -> None:
    """Compute what comes through the connection that is named, until that ends."""
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.ERROR)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this
    pipe = Connection(int(sys.argv[1]))
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    from mine2magnet.background import models  # takes a second or two

    models.network()
    _limit_memory(int(sys.argv[2]))

    def send(message: Message) -> None:
        try:
            pipe.send_bytes(msgspec.msgpack.encode(message))
        except OSError:
            os._exit(1)  # its server has gone

    while True:
        try:
            asked = msgspec.msgpack.decode(pipe.recv_bytes(), type=Asked)
        except (EOFError, OSError):
            return
        _limit_seconds(int(sys.argv[3]))
        attempt(asked.kind, asked.input, send)


if __name__ == "__main__":
    main()
