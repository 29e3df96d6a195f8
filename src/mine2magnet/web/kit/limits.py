"""Limits of declared fields, for the forms that show them."""

from __future__ import annotations

import re
from typing import Annotated, Any, get_args, get_origin

from msgspec import Meta, Struct

from mine2magnet.core.decode import fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator


def limits(kind: Any) -> dict[str, Any]:
    """Return what the annotations of a type bound, by name, None aside."""
    found: dict[str, Any] = {}
    while True:
        if get_origin(kind) is Annotated:
            kind, *metas = get_args(kind)
            for meta in metas:
                if isinstance(meta, Meta):
                    names = ("ge", "gt", "le", "lt", "min_length", "max_length")
                    found |= {name: held for name in names if (held := getattr(meta, name)) is not None}
        elif type(None) in get_args(kind):
            (kind,) = (one for one in get_args(kind) if one is not type(None))
        else:
            return found


def longest(kind: type[Struct], name: str) -> int:
    """Return how many characters, or entries, a field may have."""
    most: int = limits(fields_of(kind)[name].type)["max_length"]
    return most


def told(error: UserError, t: Translator) -> UserError:
    """Return an error of `decode` in the reader's language where that has words for it; `where` is the field
    without the number of its entry."""
    field = re.sub(r"\[\d+\].*|\..*", "", error.where)
    said = re.search(r"more than (?:the )?([\d,]+) (characters|entries)", error.what)
    if not said:
        return UserError(error.what, where=field, hint=error.hint)
    most = int(said[1].replace(",", ""))
    return UserError(t("error.long" if said[2] == "characters" else "error.many", n=most), where=field)
