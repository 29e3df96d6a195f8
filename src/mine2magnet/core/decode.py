"""Plain values as declared types: one reader for files, forms, addresses, requests and tools.

A type declares names, limits, units, defaults and help once (`msgspec.Struct`, `msgspec.Meta`); whatever is
wrong with a value is a UserError that says what, where (`products[2].purity`, counted from 1) and how to
mend it. `Meta.extra` may say: "unit" (of the number; "week" also takes `45 days`), "one_or_many" (a single
name stands for a list of it), of a time "day" ("begin" or "end": what a day without a time stands for; then
the zone may be left out, too), and of a Range its limits "ge" and "le".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range

T = TypeVar("T")
WEEKS = {"day": 1 / 7, "week": 1.0, "month": 365.25 / 12 / 7, "year": 365.25 / 7}  # Julian years


def decode(kind: type[T], given: object, where: str = "", *, written: bool = False) -> T:
    """Return plain values as a value of `kind`.

    Parameters
    ----------
    kind : type
        A struct, or any type that a field of one may have.
    given : object
        Mappings, lists, texts, numbers, as YAML, JSON or a form gives them.
    where : str
        Named before the place of what is wrong: a file, say.
    written : bool
        Whether numbers and truth values may be written out as text, as in forms and addresses.

    Raises
    ------
    UserError
        For what is unknown, missing, of a wrong type or out of its limits.
    """
    try:
        value: T = _Reader(written).value(kind, given, "", {})
    except UserError as error:
        raise type(error)(error.what, where=f"{where} {error.where}".strip(), hint=error.hint) from error
    return value


def refuse(what: str, where: str = "", hint: str = "") -> NoReturn:
    raise UserError(what, where=where, hint=hint)


@cache
def fields_of(kind: type[Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    """Return the fields of a struct by the names that files and requests give them."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


class _Reader:
    def __init__(self, written: bool) -> None:
        self._written = written

    def value(self, kind: Any, given: Any, path: str, limits: Mapping[str, Any]) -> Any:
        """`limits` are those that the annotations around `kind` have gathered, by name."""
        origin = get_origin(kind)
        if origin is Annotated:
            inner, *metas = get_args(kind)
            return self.value(inner, given, path, {**limits, **_limits(metas)})
        if origin in (Union, UnionType):
            return self._one_of(get_args(kind), given, path, limits)
        if isinstance(kind, type) and issubclass(kind, Range):
            return self._range(given, path, limits)
        if isinstance(kind, type) and issubclass(kind, Struct):
            return self._struct(kind, given, path)
        if origin is tuple:
            return self._several(get_args(kind)[0], given, path, limits)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(get_args(kind), given, path, limits)
        return self._leaf(kind, given, path, limits)

    def _struct(self, kind: type[Struct], given: Any, path: str) -> Struct:
        if isinstance(given, kind):
            return given
        if not isinstance(given, Mapping):
            refuse(f"fields are wanted here, not {given!r:.60}", path)
        known = fields_of(kind)
        if unknown := next((str(name) for name in given if name not in known), None):
            refuse(f"unknown field {unknown!r:.60}", path, "one of " + ", ".join(known) if known else "")
        if missing := next((name for name, f in known.items() if f.required and name not in given), None):
            refuse(f"{missing} is missing", path, _example(_limits(get_args(known[missing].type)[1:])))
        values = {
            known[name].name: self.value(known[name].type, one, _join(path, name), {})
            for name, one in given.items()
        }
        try:
            return kind(**values)
        except UserError as error:
            raise type(error)(error.what, where=_join(path, error.where), hint=error.hint) from error
        except ValueError as error:  # of the vocabulary, which knows no user
            raise UserError(str(error), where=path) from error

    def _one_of(self, kinds: Sequence[Any], given: Any, path: str, limits: Mapping[str, Any]) -> Any:
        if NoneType in kinds and (given is None or (self._written and given == "")):
            return None
        errors = []
        for kind in sorted((k for k in kinds if k is not NoneType), key=lambda k: not _fits(k, given)):
            try:
                return self.value(kind, given, path, limits)
            except UserError as error:
                errors.append(error)
        raise errors[0]

    def _several(self, kind: Any, given: Any, path: str, limits: Mapping[str, Any]) -> tuple[Any, ...]:
        if not isinstance(given, list | tuple):
            if not limits.get("one_or_many"):
                refuse(f"a list is wanted here, not {given!r:.60}", path)
            given = (given,)
        if limits.get("one_or_many"):  # YAML reads a bare yes or no as true or false
            given = [
                {True: "yes", False: "no"}[v] if isinstance(v, bool) else str(v) if isinstance(v, int) else v
                for v in given
            ]
        _check_length(len(given), path, limits, "entries")
        return tuple(self.value(kind, one, f"{path}[{i}]", {}) for i, one in enumerate(given, 1))

    def _mapping(
        self, kinds: tuple[Any, Any], given: Any, path: str, limits: Mapping[str, Any]
    ) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            refuse(f"names with values are wanted here, not {given!r:.60}", path)
        _check_length(len(given), path, limits, "entries")
        return {
            self.value(kinds[0], str(key), path, {}): self.value(
                kinds[1], one, _join(path, str(key)[:40]), {}
            )
            for key, one in given.items()
        }

    def _range(self, given: Any, path: str, limits: Mapping[str, Any]) -> Range:
        """A number; [low, high], its middle most likely; [low, likely, high]; or these by name. Written:
        4..8 or 4..5..8."""
        if isinstance(given, Range):
            numbers = [given.low, given.likely, given.high]
        else:
            parts = given.split("..") if self._written and isinstance(given, str) else given
            if isinstance(parts, Mapping):
                middle = "value" if "value" in parts else "likely"  # the name that older files have
                if set(parts) != {"low", middle, "high"}:
                    refuse("a range has low, likely and high", path)
                parts = [parts["low"], parts[middle], parts["high"]]
            elif not isinstance(parts, list | tuple):
                parts = [parts]
            if not 1 <= len(parts) <= 3:
                refuse(f"a range is two or three numbers, not {len(parts)}", path, "[low, likely, high]")
            numbers = [self._number(one, path, limits) for one in parts]
        low, high = numbers[0], numbers[-1]
        likely = numbers[1] if len(numbers) == 3 else (low + high) / 2
        if not low <= likely <= high:
            refuse("a range rises", path, "low ≤ likely ≤ high")
        for number in (low, high):
            _check_bounds(number, path, limits)
        return Range(low, likely, high)

    def _number(self, given: Any, path: str, limits: Mapping[str, Any]) -> float:
        if isinstance(given, str) and limits.get("unit") == "week":
            if (weeks := _weeks(given)) is not None:
                return weeks
            if not self._written or not _is_number(given):
                refuse(f"{given!r:.40} is not a time", path, "write 6, 45 days or 3 months")
        return float(self._leaf(float, given, path, {"hint": limits.get("hint", "")}))

    def _leaf(self, kind: Any, given: Any, path: str, limits: Mapping[str, Any]) -> Any:
        if isinstance(given, str) and kind in (int, float):
            if limits.get("unit") == "week" and (weeks := _weeks(given)) is not None:
                given = float(round(weeks)) if kind is int else weeks  # whole weeks: two years are 104
            elif self._written and _is_number(given):
                given = float(given)
        if kind is datetime and "day" in limits and isinstance(given, str):
            return _moment(given, path, limits["day"])
        if isinstance(given, float):
            if not isfinite(given):
                refuse(f"{given} is not a number", path)
            if kind is int and given.is_integer():
                given = int(given)
        try:
            read = msgspec.convert(given, kind, strict=not self._written)
        except msgspec.ValidationError as error:
            refuse(*_worded(kind, given, path, limits, str(error)))
        if kind in (int, float):
            _check_bounds(read, path, limits)
        elif kind is str:
            _check_text(read, path, limits)
        elif kind is datetime and limits.get("tz") and read.tzinfo is None:
            refuse(f"{given!r:.40} has no zone", path, "write it as 2025-06-01T09:30:00+08:00")
        return read


def _limits(metas: Sequence[Any]) -> dict[str, Any]:
    """Return what annotations say of a value, by name."""
    said: dict[str, Any] = {}
    for meta in metas:
        if isinstance(meta, Meta):
            names = ("gt", "ge", "lt", "le", "pattern", "min_length", "max_length", "tz", "examples")
            said |= {name: held for name in names if (held := getattr(meta, name)) is not None}
            said |= meta.extra or {}
    return said


def _fits(kind: Any, given: Any) -> bool:
    """Return whether the shape of `given` is that of a member of a union."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    shape = get_origin(kind) or kind
    if isinstance(given, Mapping):
        return isinstance(shape, type) and issubclass(shape, Struct | Mapping)
    if isinstance(given, bool | str):
        return shape is type(given) or shape is Literal
    if isinstance(given, list | tuple):
        return shape is tuple or shape is Range
    return shape in (int, float, Range)


def _weeks(text: str) -> float | None:
    """A time with its unit, in weeks; None if it is none."""
    match = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*(day|week|month|year)s?\s*", text, re.ASCII)
    return float(match[1]) * WEEKS[match[2]] if match else None


def _moment(text: str, path: str, day: str) -> datetime:
    """A time, or a day by its begin or end; without a zone, in that of this machine."""
    try:
        if len(text) == len("2025-06-01"):
            found = datetime.combine(date.fromisoformat(text), time.min if day == "begin" else time.max)
        else:
            found = datetime.fromisoformat(text)
        found.astimezone(UTC)  # beyond the years that there are, this fails
        return found if found.tzinfo else found.astimezone()
    except (ValueError, OverflowError):
        refuse(f"not a date: {text!r:.40}", path, "write it as 2025-06-01 or 2025-06-01 09:30:00")


def _is_number(text: str) -> bool:
    if not text.isascii() or "_" in text:
        return False
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_bounds(number: float, path: str, limits: Mapping[str, Any]) -> None:
    low, high = limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))
    under = low is not None and (number < low or (number == low and "ge" not in limits))
    over = high is not None and (number > high or (number == high and "le" not in limits))
    if under or over:
        refuse(f"{_figure(number)} is out of range", path, bounds(limits))


def _figure(number: float) -> str:
    """Write a number out, a large one in full.

    >>> _figure(10_000_000), _figure(0.05), _figure(1e-6)
    ('10,000,000', '0.05', '1e-06')
    """
    return f"{number:,.10g}"


def bounds(limits: Mapping[str, Any]) -> str:
    """Return the limits of a number in words, "" where there are none.

    >>> bounds({"ge": 0, "le": 1}), bounds({"gt": 0})
    ('0 to 1', 'more than 0')
    """
    above = f"more than {_figure(limits['gt'])}" if "gt" in limits else ""
    below = f"less than {_figure(limits['lt'])}" if "lt" in limits else ""
    if "ge" in limits and "le" in limits:
        return f"{_figure(limits['ge'])} to {_figure(limits['le'])}"
    above = above or (f"at least {_figure(limits['ge'])}" if "ge" in limits else "")
    below = below or (f"at most {_figure(limits['le'])}" if "le" in limits else "")
    return " and ".join(filter(None, (above, below)))


def _check_text(text: str, path: str, limits: Mapping[str, Any]) -> None:
    if len(text) < limits.get("min_length", 0):
        refuse("nothing stands here" if not text else f"fewer than {limits['min_length']} characters", path)
    if len(text) > (most := limits.get("max_length", len(text))):
        refuse(f"more than {most:,} characters", path)
    if "pattern" in limits and not re.search(limits["pattern"], text):
        refuse(f"{text!r:.40} cannot be read", path, limits.get("hint", "") or _example(limits))


def _check_length(count: int, path: str, limits: Mapping[str, Any], what: str) -> None:
    if count < limits.get("min_length", 0):
        few = "nothing is named here" if not count else f"fewer than {limits['min_length']} {what}"
        refuse(few, path, _example(limits))
    if count > (most := limits.get("max_length", count)):
        refuse(f"{count:,} are more than the {most:,} {what} that are taken", path)


def _worded(kind: Any, given: Any, path: str, limits: Mapping[str, Any], said: str) -> tuple[str, str, str]:
    """Say what is wrong with a value of a simple type, where, and how to mend it."""
    shown = f"{given!r:.40}"
    if kind is bool:
        return f"{shown} is neither true nor false", path, ""
    if kind in (int, float):
        whole = "a whole number" if kind is int else "a number"
        return f"{shown} is not {whole}", path, limits.get("hint", "") or bounds(limits)
    if kind is str:
        return f"{shown} is not a text", path, _example(limits)
    if get_origin(kind) is Literal:
        name = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
        return f"unknown {name} {shown}".replace("  ", " "), path, "one of " + ", ".join(get_args(kind))
    if kind is date:
        return f"not a date: {shown}", path, "write it as 2025-06-01"
    if kind is datetime:
        return f"not a time: {shown}", path, "write it as 2025-06-01T09:30:00+08:00"
    return said[:1].lower() + said[1:], path, ""


def _example(limits: Mapping[str, Any]) -> str:
    return f"e.g. {limits['examples'][0]}" if limits.get("examples") else ""


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or name
