"""Code is compiled whether or not there is a place to keep it."""

import numba
import pytest
from numba.core.caching import CacheImpl

from mine2magnet.separation.compiled import compiled


def half(x: float) -> float:
    return x / 2


def test_with_no_place_to_keep_it_code_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    with pytest.raises(RuntimeError):
        numba.njit(cache=True)(half)
    assert compiled(half)(3.0) == 1.5
