"""Children that misbehave in each way; this module is also what they have loaded."""

from __future__ import annotations

import io
import os
import select
import socket
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.core.sandbox import Died, Sandbox, SandboxCall

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX resource limits")


def warm() -> None:
    pass


def doubled(number: int, *, where: str) -> int:
    if number == 13:
        os._exit(0)
    if number == 14:
        raise UserError("unlucky", where=where, hint="take another")
    if number == 15:
        raise KeyError("fifteen")
    return 2 * number


def mistyped(*, where: str) -> int:
    return "two"  # type: ignore[return-value]


def greedy(*, where: str) -> int:
    return len(bytearray(200_000_000))


def endless(*, where: str) -> int:
    while True:
        pass


def stuck(*, where: str) -> int:
    select.select([], [], [])
    return 0


def chatty(*, where: str) -> str:
    print("not an answer")
    sys.stdout.flush()
    os.write(1, b"neither")
    return "an answer"


def rights(*, where: str) -> list[str]:
    """What it can do that it should not."""
    tried: dict[str, Any] = {
        "read a file": lambda: os.open(__file__, os.O_RDONLY),
        "write a file": lambda: os.open("/tmp/written", os.O_WRONLY | os.O_CREAT),
        "connect": socket.socket,
        "see secrets": lambda: os.environ["MINE2MAGNET_MODEL_KEY"],
    }
    if os.getuid() != 0:  # for whom the number of processes is not bounded
        tried["start a process"] = os.fork
    could = []
    for what, attempt in tried.items():
        try:
            attempt()
            could.append(what)
        except (OSError, KeyError):
            pass
    return could


def lines(stream: BinaryIO, skipped: int, *, where: str) -> Iterator[str]:
    for number, line in enumerate(stream):
        if number < skipped:
            continue
        if line == b"die\n":
            os._exit(1)
        if line == b"wrong\n":
            raise UserError("wrong", where=where)
        yield line.decode().strip()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(__name__, memory=100_000_000, cpu=1)
    yield made
    made.close()


def test_values_and_errors_come_through(sandbox: Sandbox) -> None:
    assert sandbox.run(doubled, 4, where="here") == 8
    with pytest.raises(UserError) as caught:
        sandbox.run(doubled, 14, where="there")
    assert str(caught.value) == "there: unlucky (take another)"
    with pytest.raises(UserError, match="KeyError: 'fifteen'"):
        sandbox.run(doubled, 15, where="there")
    assert sandbox.run(chatty, where="here") == "an answer"


@pytest.mark.parametrize(("work", "says"), [(greedy, "too much memory"), (endless, "too long")])
def test_a_child_has_so_much_memory_and_processor_time(sandbox: Sandbox, work: Any, says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        sandbox.run(work, where="bomb")
    assert caught.value.where == "bomb"
    assert sandbox.run(doubled, 1, where="") == 2, "the next one is read by another child"


def test_a_child_that_only_waits_is_ended() -> None:
    sandbox = Sandbox(__name__, wall=0.2)
    with pytest.raises(UserError, match="too long"):
        sandbox.run(stuck, where="")


def test_a_child_may_do_nothing_but_answer(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE2MAGNET_MODEL_KEY", "secret")
    assert Sandbox(__name__).run(rights, where="") == []


def test_an_answer_of_another_type_is_none(sandbox: Sandbox) -> None:
    with pytest.raises(UserError, match="damaged"):
        sandbox.run(mistyped, where="")


def test_one_that_dies_takes_no_other_with_it(sandbox: Sandbox) -> None:
    batches = [[SandboxCall(f"n{n}", (n,)) for n in some] for some in ([1, 13, 2], [14], [3])]
    given = [(where, str(one)) for where, one in sandbox.mapped(doubled, batches)]
    assert [where for where, _ in given] == ["n1", "n13", "n2", "n14", "n3"]
    assert [one for _, one in given if one.isdigit()] == ["2", "4", "6"]
    assert given[1][1].startswith("n13: takes too much memory")
    assert given[3][1] == "n14: unlucky (take another)"


def test_of_a_stream_the_part_that_kills_is_left_out(sandbox: Sandbox) -> None:
    parts = list(sandbox.streamed(lines, io.BytesIO(b"a\nb\ndie\nc\n"), where="archive"))
    assert [part if isinstance(part, str) else "died" for part in parts] == ["a", "b", "died", "c"]
    hopeless = list(sandbox.streamed(lines, io.BytesIO(b"die\n" * 9 + b"a\n"), where="archive"))
    assert all(isinstance(part, Died) for part in hopeless)
    assert "what follows part 3 was left out" in str(hopeless[-1])


def test_of_a_stream_an_error_is_raised_after_what_was_whole(sandbox: Sandbox) -> None:
    parts = sandbox.streamed(lines, io.BytesIO(b"a\nwrong\nb\n"), where="archive")
    assert next(parts) == "a"
    with pytest.raises(UserError, match="archive: wrong"):
        next(parts)
