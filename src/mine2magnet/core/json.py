"""Values as plain JSON: what `--json`, the pages' JSON and exports have in common."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Set
from contextlib import suppress
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec


def plain(value: Any) -> Any:
    """Dataclasses as objects, dates and times as ISO 8601, with their zone, sets sorted; JSON has no
    infinity, so what is not finite is null.

    >>> plain({"a": (1, frozenset({"y", "x"}))})
    {'a': [1, ['x', 'y']]}
    """
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return float(value) if isfinite(value) else None  # NumPy's are floats, too, but not to every encoder
    if value is None or isinstance(value, str | int):
        return value
    shallow = _shallow(value)
    return shallow if shallow is value else plain(shallow)


def _shallow(value: Any) -> Any:
    """Make plain what JSON has no word for, not what is in it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, msgspec.Struct):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Set):
        return sorted(plain(v) for v in value)
    return value


def as_json(value: Any, indent: int | None = 2) -> str:
    """`plain` as text; without `indent` in one line, which is many times as quick to make."""
    if indent is None:
        with suppress(ValueError):  # something is not finite
            return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_shallow)
    return json.dumps(plain(value), ensure_ascii=False, indent=indent)
