"""Machine code for loops over stages, which NumPy cannot do at once as each stage needs the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import numba
from numba.core import event
from numba.core.compiler import CompilerBase, DefaultPassBuilder

COMPILING = "compiling the solvers, once"  # said meanwhile
config: Any = numba.config
FUNCTIONS: list[Any] = []  # all that are compiled, each for one set of types

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function at its first call, and keep the code beside the source or in the user's cache.

    1/0 is inf, as in NumPy. Other threads go on meanwhile.

    Parameters
    ----------
    function : callable
    """
    return _kept(function)


def apart(function: Function) -> Function:
    """Compile a function whose arrays share no memory, so that its loops become vector instructions.

    As `compiled`. Without this the machine code asks before each loop whether what it writes is what it
    reads, or gives up.

    Parameters
    ----------
    function : callable
        No two of its arrays may overlap.
    """
    return _kept(function, pipeline_class=_Apart, no_cfunc_wrapper=True)


class _Apart(CompilerBase):
    """Numba's own steps, with arrays that are said to be apart, and vectors from short loops as well.

    A short loop of known length is written out before it is looked at for vectors; what was written out is
    put together again.
    """

    def compile_extra(self, func: Any) -> Any:
        before, config.SLP_VECTORIZE = config.SLP_VECTORIZE, 1
        try:
            return super().compile_extra(func)  # type: ignore[no-untyped-call]
        finally:
            config.SLP_VECTORIZE = before

    def define_pipelines(self) -> list[Any]:
        self.state.flags.noalias = True
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]  # type: ignore[no-untyped-call]


def _kept(function: Function, **options: Any) -> Function:
    try:
        made = numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    except RuntimeError:  # neither can be written to: compiled anew by every process
        made = numba.njit(nogil=True, error_model="numpy", **options)(function)
    FUNCTIONS.append(made)
    return cast(Function, made)


def inlined(function: Function) -> Function:
    """Put a small function's code wherever a compiled one calls it: for what is called for every cell.

    Parameters
    ----------
    function : callable
    """
    return cast(Function, numba.njit(inline="always", error_model="numpy")(function))


class _Compilations(event.Listener):
    """Counts those of this package; NumPy's functions that they call are compiled within."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._tell, self._begun, self._done = tell, 0, 0

    def on_start(self, event: Any) -> None:
        if event.data["dispatcher"] in FUNCTIONS:
            self._begun += 1
            self._tell(self._begun, self._done)

    def on_end(self, event: Any) -> None:
        if event.data["dispatcher"] in FUNCTIONS:
            self._done += 1
            self._tell(self._begun, self._done)


@contextmanager
def compiling(tell: Callable[[int, int], None]) -> Iterator[None]:
    """Call `tell` when a function begins to be compiled and when it is done, not when its code was kept.

    Parameters
    ----------
    tell : callable
        Is given how many functions were begun and how many are done, of FUNCTIONS.
    """
    with event.install_listener("numba:compile", _Compilations(tell)):
        yield
