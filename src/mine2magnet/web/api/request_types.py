"""Types whose JSON Schema says what `core.decode` takes: ranges in all their forms, times with their unit,
one name for a list of it, days for times.

msgspec describes a declared type as it reads it, strictly; so each request is described by a type made of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from mine2magnet.core.decode import fields_of
from mine2magnet.model.ranges import Range

_NUMBER = ("gt", "ge", "lt", "le")
_LENGTH = ("min_length", "max_length")
_SAID = ("title", "description", "examples", "extra_json_schema")
_MOMENT = {"anyOf": [{"format": "date"}, {"format": "date-time"}]}
_WEEKS = r"^\s*\d{1,6}(\.\d{1,6})?\s*(day|week|month|year)s?\s*$"


@cache
def described(kind: type[Struct]) -> type[Struct]:
    """Return a struct of the same name and fields, with all that is taken for each."""
    return msgspec.defstruct(
        kind.__name__,
        [(field.name, _taken(field.type, {}), _default(field)) for field in fields_of(kind).values()],
        module=kind.__module__,
        namespace={"__doc__": kind.__doc__},
        kw_only=True,
        forbid_unknown_fields=True,
    )


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return msgspec.field(default_factory=field.default_factory, name=field.encode_name)
    if field.required:
        return msgspec.field(name=field.encode_name)
    return msgspec.field(default=field.default, name=field.encode_name)


def _taken(kind: Any, limits: Mapping[str, Any]) -> Any:
    """`limits` are those that the annotations around `kind` have gathered; each stands at what it bounds."""
    origin = get_origin(kind)
    if origin is Annotated:
        inner, *metas = get_args(kind)
        return _annotated(inner, [meta for meta in metas if isinstance(meta, Meta)], limits)
    if origin in (Union, UnionType):
        return Union[tuple(_taken(one, limits) for one in get_args(kind))]  # noqa: UP007  of so many
    if isinstance(kind, type) and issubclass(kind, Range):
        number = _number(float, limits)
        return number | _bounded(_tuple(number), {"min_length": 1, "max_length": 3}, _LENGTH) | Range
    if isinstance(kind, type) and issubclass(kind, Struct):
        return described(kind)
    if origin is tuple:
        return _several(get_args(kind)[0], limits)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = get_args(kind)
        return _bounded(dict[_taken(key, {}), _taken(value, {})], limits, _LENGTH)  # type: ignore[misc]
    if kind in (int, float):
        return _number(kind, limits)
    if kind is str:
        return _bounded(str, limits, (*_LENGTH, "pattern"))
    if kind is datetime:
        return Annotated[str, Meta(extra_json_schema=_MOMENT)] if "day" in limits else datetime
    return kind


def _annotated(inner: Any, metas: Sequence[Meta], limits: Mapping[str, Any]) -> Any:
    said: dict[str, Any] = {}
    for meta in metas:
        said |= {name: held for name in _SAID if (held := getattr(meta, name)) is not None}
        found = {name: getattr(meta, name) for name in (*_NUMBER, *_LENGTH, "pattern")}
        limits = {**limits, **{name: held for name, held in found.items() if held is not None}}
        limits |= meta.extra or {}
    if "unit" in limits:
        said["extra_json_schema"] = {**said.get("extra_json_schema", {}), "x-unit": limits["unit"]}
    made = _taken(inner, limits)
    return Annotated[made, Meta(**said)] if said else made


def _several(item: Any, limits: Mapping[str, Any]) -> Any:
    one = _taken(item, {})
    if not limits.get("one_or_many"):
        return _bounded(_tuple(one), limits, _LENGTH)
    one = one | int | bool  # as YAML reads some names
    return _bounded(_tuple(one), limits, _LENGTH) | one


def _tuple(item: Any) -> Any:
    return tuple[item, ...]


def _number(kind: Any, limits: Mapping[str, Any]) -> Any:
    number = _bounded(kind, limits, _NUMBER)
    return number | Annotated[str, Meta(pattern=_WEEKS)] if limits.get("unit") == "week" else number


def _bounded(kind: Any, limits: Mapping[str, Any], names: Sequence[str]) -> Any:
    held = {name: limits[name] for name in names if name in limits}
    return Annotated[kind, Meta(**held)] if held else kind
