"""Processes that tests kill, each forked from one that has loaded the program: that takes seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import NamedTemporaryFile

import pytest

ROOT = Path(__file__).parents[1]
Forked = Callable[..., "CompletedProcess[str]"]

# What is loaded starts no thread and opens nothing: a fork of it is as good as a process of its own.
_PARENT = """
import json, os, sys, traceback
import mine2magnet.alerts.webhooks, mine2magnet.background.worker, mine2magnet.library.library
import mine2magnet.search.milvus, pymilvus, tests.search.conftest
for line in sys.stdin:
    code, arguments, environment, errors = json.loads(line)
    child = os.fork()
    if not child:
        os.dup2(os.open(errors, os.O_WRONLY), 2)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["-c", *arguments]
        status = 0
        try:
            exec(compile(code, "<forked>", "exec"), {"__name__": "__main__"})
        except BaseException:
            traceback.print_exc()
            status = 1
        os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="session")
def forked() -> Iterator[Forked]:
    """Runs code with these arguments in a process of its own, as `python -c` does."""
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert parent.stdin
    assert parent.stdout
    to, answers = parent.stdin, parent.stdout

    def run(code: str, *arguments: object) -> CompletedProcess[str]:
        given = [str(one) for one in arguments]
        with NamedTemporaryFile("r") as errors:
            print(json.dumps([code, given, dict(os.environ), errors.name]), file=to, flush=True)
            return CompletedProcess(given, int(answers.readline()), "", errors.read())

    yield run
    to.close()
    parent.wait(30)
