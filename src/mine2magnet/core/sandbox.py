"""Work on what comes from outside, in child processes that are bounded and that hold nothing of ours.

A child has so much memory, processor time and time; once it has loaded its code it can open no file and no
connection, write to no disk and start no process (POSIX resource limits; those that a system lacks are left
out). It is told what to do in pickles, and answers in JSON that is decoded to the declared type: whatever a
hostile file makes of a child, its answers are values. A child that ends before it has answered costs that
one answer. Secrets in the environment are not handed on.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import IO, Any, BinaryIO, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from mine2magnet.core.errors import UserError

try:
    import resource
except ImportError:  # Windows has none of these limits
    resource = None  # type: ignore[assignment]

CHILDREN = 2  # at once: each holds a processor
MEMORY = 300_000_000  # bytes that files may add to a child's address space
MODELS = 320_000_000  # … and what is our own and is loaded only when a file asks for it (`make_room`)
CPU_SECONDS = 60  # for one file
WALL_SECONDS = 120.0  # … on a busy machine
FILES = 1_000  # that a child reads before a new one takes its place: what leaks goes with it
AHEAD = 2  # batches per child that are sent before the first answer is taken
LONGEST_ANSWER = 64_000_000  # bytes: a document has at most two million characters
KEPT = (
    "SYSTEMROOT",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "PYTHONHOME",
)  # of the environment: to start at all
LONGEST_SAID = 2_000  # characters of an error, which may hold part of a file
MOST_DEATHS = 10  # children that one archive may cost …
MOST_IN_A_ROW = 3  # … without a part that can be read in between
_PIECE = 1 << 20  # bytes copied at a time
_SIZE = 4  # bytes in which a message's length is written

_Out = TypeVar("_Out")


class _Problem(msgspec.Struct):
    """A UserError on its way."""

    what: str
    where: str
    hint: str

    @classmethod
    def of(cls, error: UserError) -> _Problem:
        return cls(*(said[:LONGEST_SAID] for said in (error.what, error.where, error.hint)))

    def error(self) -> UserError:
        return UserError(self.what, where=self.where, hint=self.hint)


class _Answer(msgspec.Struct):
    """What one call gave, or why it gave nothing; `end`: there is no more to come of a stream."""

    value: msgspec.Raw = msgspec.Raw(b"null")
    problem: _Problem | None = None
    end: bool = False


@dataclass(frozen=True, slots=True)
class SandboxCall:
    """Arguments of a function; the keyword `where` names what is worked on."""

    where: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any] = field(default_factory=dict)


class Died(UserError):
    """A child ended before it answered: the file is hostile, or beyond what is borne."""


@dataclass(slots=True)
class Sandbox:
    """A pool of children that have `module` loaded, whose functions they run. Safe to use from threads.

    `module` has a function `warm`, which loads whatever is needed from disk.
    """

    module: str
    memory: int = MEMORY
    cpu: int = CPU_SECONDS
    wall: float = WALL_SECONDS
    _idle: deque[_Child] = field(default_factory=deque)
    _room: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(CHILDREN))

    def run(self, work: Callable[..., _Out], *arguments: Any, where: str, **keywords: Any) -> _Out:
        """Return `work(*arguments, where=where, **keywords)`; a list for an iterator. Raises UserError, also
        when a child cannot bear it."""
        given = self._batch(work, [SandboxCall(where, arguments, keywords)])[0]
        if isinstance(given, UserError):
            raise given
        return given

    def mapped(
        self, work: Callable[..., _Out], batches: Iterable[Sequence[SandboxCall]]
    ) -> Iterator[tuple[str, _Out | UserError]]:
        """Yield for each call in its order its `where`, and what `work` gives or what it raises. Batches are
        what a child is handed at once; some are under way while an answer is used."""
        waiting: deque[tuple[Sequence[SandboxCall], Future[list[_Out | UserError]]]] = deque()
        with ThreadPoolExecutor(CHILDREN) as threads:
            try:
                for batch in batches:
                    waiting.append((batch, threads.submit(self._batch, work, batch)))
                    if len(waiting) > AHEAD * CHILDREN:
                        yield from _named(*waiting.popleft())
                while waiting:
                    yield from _named(*waiting.popleft())
            finally:
                threads.shutdown(wait=False, cancel_futures=True)

    def streamed(
        self, work: Callable[..., Iterator[_Out]], stream: BinaryIO, *, where: str, **keywords: Any
    ) -> Iterator[_Out | Died]:
        """Yield what `work(stream, skipped, where=where, **keywords)` does, which leaves out its first
        `skipped` parts. A part that a child does not survive is a Died, and the rest goes on. Raises
        UserError."""
        done, deaths, in_a_row = 0, 0, 0
        while deaths < MOST_DEATHS and in_a_row < MOST_IN_A_ROW:
            stream.seek(0)
            try:
                # one of its own: an archive may take minutes, and others shall not wait for that
                for part in _Child(self).stream(work, stream, SandboxCall(where, (done,), keywords)):
                    yield part
                    done, in_a_row = done + 1, 0
                return
            except Died as error:
                yield error
                done, deaths, in_a_row = done + 1, deaths + 1, in_a_row + 1
        yield Died(f"too much of it cannot be read; what follows part {done} was left out", where=where)

    def close(self) -> None:
        """End the children that wait."""
        while self._idle:
            self._idle.pop().end()

    def _batch(self, work: Callable[..., _Out], calls: Sequence[SandboxCall]) -> list[_Out | UserError]:
        given: list[_Out | UserError] = []
        while len(given) < len(calls):
            with self._child() as child:
                used = child.files > 0
                try:
                    for answer in child.ask(work, calls[len(given) :]):
                        given.append(answer)
                        used = True
                except Died as error:
                    if not used:  # else it may have died of what it read before: a fresh one tries again
                        given.append(UserError(error.what, where=calls[len(given)].where, hint=error.hint))
        return given

    @contextmanager
    def _child(self) -> Iterator[_Child]:
        with self._room:
            try:
                child = self._idle.pop()
            except IndexError:
                child = _Child(self)
            try:
                yield child
            except BaseException:
                child.end()
                raise
            if child.alive and child.files < FILES:
                self._idle.append(child)
            else:
                child.end()


def _named(
    calls: Sequence[SandboxCall], given: Future[list[_Out | UserError]]
) -> Iterator[tuple[str, _Out | UserError]]:
    return zip([call.where for call in calls], given.result(), strict=True)


class _Child:
    """The parent's end of one child."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.files = 0
        self.alive = True
        self._wall = sandbox.wall
        self._late = False
        code = (
            "from mine2magnet.core.sandbox import child; "
            f"child({sandbox.module!r}, {sandbox.memory}, {sandbox.cpu})"
        )
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - our own code
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        assert self._process.stdin
        assert self._process.stdout
        self._to: IO[bytes] = self._process.stdin
        self._from: IO[bytes] = self._process.stdout

    def ask(self, work: Callable[..., _Out], calls: Sequence[SandboxCall]) -> Iterator[_Out | UserError]:
        self._send((work, calls))
        for _ in calls:
            answer = self._receive()
            self.files += 1
            yield answer.problem.error() if answer.problem else self._value(answer, _result(work))

    def stream(
        self, work: Callable[..., Iterator[_Out]], stream: BinaryIO, call: SandboxCall
    ) -> Iterator[_Out]:
        self._send((work, call))
        feeder = threading.Thread(target=self._feed, args=(stream,), daemon=True)
        feeder.start()
        try:
            while not (answer := self._receive()).end:
                if answer.problem:
                    raise answer.problem.error()
                yield self._value(answer, get_args(_result(work))[0])
        finally:
            self.end()
            feeder.join()

    def end(self) -> None:
        self.alive = False
        self._process.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            with suppress(OSError):
                pipe.close()

    def _feed(self, stream: BinaryIO) -> None:
        with suppress(OSError, ValueError):  # the child has ended
            while piece := stream.read(_PIECE):
                self._to.write(piece)
            self._to.close()

    def _send(self, message: object) -> None:
        try:
            _write(self._to, pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
        except OSError:
            raise self._died() from None

    def _receive(self) -> _Answer:
        timer = threading.Timer(self._wall, self._too_late)
        timer.daemon = True
        timer.start()
        try:
            message = _read(self._from, LONGEST_ANSWER)
            if message is not None:
                return msgspec.json.decode(message, type=_Answer)
        except (OSError, ValueError, msgspec.MsgspecError):
            pass
        finally:
            timer.cancel()
        raise self._died()

    def _value(self, answer: _Answer, type: Any) -> Any:
        try:
            return msgspec.json.decode(answer.value, type=type)
        except msgspec.MsgspecError:
            raise self._died() from None

    def _too_late(self) -> None:
        self._late = True
        self._process.kill()

    def _died(self) -> Died:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        code = self._process.poll()
        self.end()
        slow = self._late or (resource is not None and code == -signal.SIGXCPU)
        if slow:
            return Died("takes too long to read", hint="split it")
        return Died("takes too much memory to read, or is damaged", hint="split it, or save it anew")


@cache
def _result(work: Callable[..., Any]) -> Any:
    """Return the type that it is declared to return, a list for an iterator."""
    type = get_type_hints(work)["return"]
    return list[get_args(type)] if get_origin(type) is Iterator else type  # type: ignore[misc]


def _write(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(_SIZE, "little"))
    stream.write(message)
    stream.flush()


def _read(stream: IO[bytes], most: int) -> bytes | None:
    """The next message; None at the end. Raises ValueError for one that is too long."""
    size = int.from_bytes(stream.read(_SIZE), "little")
    if size > most:
        raise ValueError("too long")
    message = stream.read(size)
    return message if size and len(message) == size else None


# --- in the child


def child(module: str, memory: int, cpu: int) -> None:
    """Answer calls on standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's: it may want the rest of a batch
    # 1 and 2 lead nowhere from here on, whatever a library may print
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    import_module(module).warm()
    _lock(memory)
    while (message := _read(sys.stdin.buffer, 1 << 8 * _SIZE)) is not None:
        work, calls = pickle.loads(message)  # noqa: S301 - the parent's
        del message
        if isinstance(calls, SandboxCall):
            _stream(work, calls, answers, cpu)
            return
        for call in calls:
            _bound_cpu(cpu)
            _write(answers, msgspec.json.encode(_answered(work, call)))


def _answered(work: Callable[..., Any], call: SandboxCall) -> _Answer:
    try:
        made = work(*call.arguments, where=call.where, **call.keywords)
        value = msgspec.json.encode(list(made) if isinstance(made, Iterator) else made)
        return _Answer(msgspec.Raw(value))
    except UserError as error:
        return _Answer(problem=_Problem.of(error))
    except MemoryError:
        os._exit(1)  # whatever else failed for want of memory is not to be trusted either
    except Exception as error:  # a fault of ours, or a new kind of damage: it must not stop other files
        what = f"cannot be read: {type(error).__name__}: {error}"[:LONGEST_SAID]
        return _Answer(problem=_Problem(what.encode("utf-8", "replace").decode(), call.where, ""))


def _stream(work: Callable[..., Iterator[Any]], call: SandboxCall, answers: IO[bytes], cpu: int) -> None:
    parts = work(sys.stdin.buffer, *call.arguments, where=call.where, **call.keywords)

    def following(where: str) -> Any:
        return next(parts, None)

    answer = _Answer()
    while not (answer.end or answer.problem):
        _bound_cpu(cpu)
        answer = _answered(following, SandboxCall(call.where, ()))
        answer.end = bytes(answer.value) == b"null" and answer.problem is None
        _write(answers, msgspec.json.encode(answer))


def _lock(memory: int) -> None:
    """From here on: no new descriptor (file, socket), no write to a file, no process, so much memory."""
    if resource is None:
        return
    soft = _address_space() + memory
    _bound("RLIMIT_AS", soft + MODELS)
    _soften(soft)
    for name in ("RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NPROC", "RLIMIT_NOFILE"):
        _bound(name, 0)


def _bound(name: str, value: int) -> None:
    with suppress(AttributeError, OSError, ValueError):  # a system may lack it, or not take it
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        hard = value if hard == resource.RLIM_INFINITY else min(hard, value)
        resource.setrlimit(which, (hard, hard))


def make_room() -> None:
    """Raise a child's bound of memory, once, for what is large and our own and is about to be loaded."""
    if resource is not None:
        _soften(resource.getrlimit(resource.RLIMIT_AS)[1])


def _soften(value: int) -> None:
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (value, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _bound_cpu(seconds: int) -> None:
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        with suppress(OSError, ValueError):
            hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
            resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))


def _address_space() -> int:
    """Bytes that this process has mapped; where a system does not say, what it has used at most."""
    with suppress(OSError), open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
