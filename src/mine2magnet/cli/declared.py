"""Options made of a declared type, one for each field with its help and choices, and their values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType, NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import click
from msgspec import Meta, Struct

from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.model.fields import ANY_OF_THEM

T = TypeVar("T", bound=Struct)
Run = TypeVar("Run", bound=Callable[..., Any])
NO_FLAGS: Mapping[str, Sequence[str]] = MappingProxyType({})


def options_of(
    kind: type[Struct], flags: Mapping[str, Sequence[str]] = NO_FLAGS, leave: Collection[str] = ()
) -> Callable[[Run], Run]:
    """Add an option for each field but those of `leave`; `flags` are those that are not --field."""

    def added(command: Run) -> Run:
        for name, field in reversed(list(fields_of(kind).items())):
            if name not in leave:
                shape, metas = _parted(field.type)
                names = (name, *flags.get(name, (f"--{name.replace('_', '-')}",)))
                command = click.option(*names, **_kind(shape), help=_help(shape, metas))(command)
        return command

    return added


def declared(kind: type[T], given: Mapping[str, Any]) -> T:
    """Return the values of options as a value of `kind`; what is not given is left to its defaults."""
    known = fields_of(kind)
    asked = {
        name: dict(_pair(one) for one in value) if get_origin(_parted(known[name].type)[0]) is dict else value
        for name, value in given.items()
        if value not in (None, (), "")
    }
    try:
        return decode(kind, asked, written=True)
    except UserError as error:
        raise type(error)(error.what, where=f"--{error.where}", hint=error.hint) from error


def _parted(kind: Any) -> tuple[Any, list[Meta]]:
    """Return what a type is without annotations and None, and what they say."""
    metas: list[Meta] = []
    while True:
        if get_origin(kind) is Annotated:
            kind, *found = get_args(kind)
            metas = [*found, *metas]
        elif NoneType in get_args(kind):
            (kind,) = (one for one in get_args(kind) if one is not NoneType)
        else:
            return kind, metas


def _kind(shape: Any) -> dict[str, Any]:
    """Return the arguments by which click reads an option of this shape."""
    if get_origin(shape) is dict:
        return {"multiple": True, "metavar": "|".join(get_args(get_args(shape)[0])) + "=TEXT"}
    if get_origin(shape) is tuple:
        return {**_kind(_parted(get_args(shape)[0])[0]), "multiple": True}
    if shape is bool:
        return {"is_flag": True, "default": None}
    if shape is float:
        return {"type": float, "metavar": "NUMBER"}
    if get_origin(shape) is Literal:
        return {"type": click.Choice(get_args(shape))}
    return {"metavar": "DATE"} if shape is datetime else {}


def _help(shape: Any, metas: Sequence[Meta]) -> str:
    kind = _kind(shape)
    said = " ".join(meta.description for meta in metas if meta.description).replace(ANY_OF_THEM, "").strip()
    if "multiple" in kind:
        said = f"{said.removesuffix('.')} (may be repeated)."
    examples = [str(one) for meta in metas for many in meta.examples or () for one in _many(many)]
    return f"{said} E.g. {', '.join(examples)}." if examples and "type" not in kind else said


def _many(example: Any) -> Sequence[Any]:
    return example if isinstance(example, list) else [example]


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()
