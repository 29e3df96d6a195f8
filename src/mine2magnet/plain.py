"""Values as plain JSON: what `--json`, the pages' JSON and exports have in common."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Set
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any


def plain(value: Any) -> Any:
    """Dataclasses as objects, dates and times as ISO 8601, with their zone, sets sorted; JSON has no
    infinity, so what is not finite is null.

    >>> plain({"a": (1, frozenset({"y", "x"}))})
    {'a': [1, ['x', 'y']]}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, Set):
        return sorted(plain(v) for v in value)
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def as_json(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, indent=2)
