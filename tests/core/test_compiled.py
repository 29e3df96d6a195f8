"""Code is compiled once, told of meanwhile, and kept wherever there is a place to keep it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from numba.core.caching import CacheImpl
from numpy.typing import NDArray

from mine2magnet.core import compiled as module
from mine2magnet.core.compiled import apart, compiled, compiling

# Another process that uses a compiled function, and prints what is told of it.
PROGRAM = """
import half
from mine2magnet.core.compiled import compiling
with compiling(lambda begun, done: print(begun, done)):
    assert half.half(3.0) == 1.5
"""


def half(x: float) -> float:
    return x / 2


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No place to keep code."""
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    monkeypatch.setattr(module, "FUNCTIONS", [])


@pytest.mark.usefixtures("nowhere")
def test_with_no_place_to_keep_it_code_is_compiled_anew() -> None:
    with pytest.raises(RuntimeError):
        numba.njit(cache=True)(half)
    assert compiled(half)(3.0) == 1.5


@pytest.mark.usefixtures("nowhere")
def test_each_function_is_told_of_once_and_numpys_are_not() -> None:
    inner = compiled(half)

    def quarter(x: float) -> float:
        return inner(np.ones(2).sum() / 2 * x) / 2

    outer, told = compiled(quarter), list[tuple[int, int]]()
    with compiling(lambda begun, done: told.append((begun, done))):
        assert outer(3.0) == outer(3.0) == 0.75
    assert told == [(1, 0), (2, 0), (2, 1), (2, 2)]  # `half` within `quarter`
    with compiling(lambda begun, done: told.append((begun, done))):
        assert compiled(half)(5.0) == 2.5
    assert told[4:] == [(1, 0), (1, 1)]


def test_beside_a_source_that_cannot_be_written_to_code_is_kept_in_the_users_cache(tmp_path: Path) -> None:
    source, cache = tmp_path / "source", tmp_path / "cache"
    source.mkdir()
    (source / "__pycache__").touch()  # a file: nothing can be put there, not even by root
    (source / "half.py").write_text(
        "from mine2magnet.core.compiled import compiled\n\n\n"
        "@compiled\ndef half(x: float) -> float:\n    return x / 2\n"
    )
    path = os.pathsep.join([str(source), *filter(None, [os.environ.get("PYTHONPATH")])])
    places = {"PYTHONPATH": path, "HOME": str(cache), "XDG_CACHE_HOME": str(cache), "NUMBA_CACHE_DIR": ""}

    def told() -> str:
        run = [sys.executable, "-c", PROGRAM]
        return subprocess.run(run, env=os.environ | places, capture_output=True, text=True, check=True).stdout

    assert told() == "1 0\n1 1\n"
    assert list(cache.rglob("half.half-*.nbi"))
    assert told() == ""


@pytest.mark.usefixtures("nowhere")
def test_loops_over_arrays_that_are_apart_become_vector_instructions_without_asking() -> None:
    """The plain form compares the places of its arrays before each loop; this one has no need to."""

    def spread(a: NDArray[np.float64], b: NDArray[np.float64]) -> None:
        for i in range(len(a)):
            b[i] += 2.0 * a[i]

    plain, free = compiled(spread), apart(spread)
    for function in (plain, free):
        b = np.ones(7)
        function(np.arange(7.0), b)
        np.testing.assert_array_equal(b, 1.0 + 2.0 * np.arange(7.0))
    (checked,), (unchecked,) = (f.inspect_llvm().values() for f in (plain, free))  # type: ignore[attr-defined]
    assert "vector.memcheck" in checked
    assert "vector.memcheck" not in unchecked
    assert "vector.body" in unchecked


@pytest.mark.usefixtures("nowhere")
def test_a_loop_so_short_that_it_is_written_out_becomes_vector_instructions_too() -> None:
    def add(a: NDArray[np.float64], b: NDArray[np.float64]) -> None:
        for i in range(32):
            b[i] += a[i]

    before, function, b = module.config.SLP_VECTORIZE, apart(add), np.ones(32)
    function(np.arange(32.0), b)
    np.testing.assert_array_equal(b, 1.0 + np.arange(32.0))
    (code,) = function.inspect_llvm().values()  # type: ignore[attr-defined]
    assert re.search(r"fadd <\d+ x double>", code)
    assert " fadd double" not in code
    assert before == module.config.SLP_VECTORIZE  # whoever else compiles is not touched
