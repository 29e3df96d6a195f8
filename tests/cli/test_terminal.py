from __future__ import annotations

import pytest
from numba.core.caching import CacheImpl

from mine2magnet.cli.terminal import solving
from mine2magnet.core import compiled as module
from mine2magnet.core.compiled import COMPILING, compiled


def test_compiling_the_solvers_is_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])  # nothing is kept from before
    monkeypatch.setattr(module, "FUNCTIONS", [])

    def half(x: float) -> float:
        return x / 2

    def third(x: float) -> float:
        return x / 3

    solvers = compiled(half), compiled(third)
    for times in (1, 0):
        with solving("reading [a] plant") as say:
            say("sizing every cut")
            assert [solve(6.0) for solve in solvers] == [3.0, 2.0]
        told = capsys.readouterr()
        assert told.err.count(COMPILING) == times
        assert told.out == ""
