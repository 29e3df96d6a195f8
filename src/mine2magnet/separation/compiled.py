"""Machine code for loops over stages, which NumPy cannot do at once as each stage needs the one before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compiles at the first call and keeps the code beside the source or in the user's cache; 1/0 is inf, as
    in NumPy."""
    try:
        return cast(Function, numba.njit(cache=True, error_model="numpy")(function))
    except RuntimeError:  # neither can be written to: compiled anew by every process
        return cast(Function, numba.njit(error_model="numpy")(function))
