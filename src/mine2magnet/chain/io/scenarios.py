"""A scenario as YAML: what happens, to whom, when, how strongly, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from mine2magnet.chain import Cover, Event, Mitigation, Scenario
from mine2magnet.chain.io.tables import to_weeks
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.model.ranges import Range

LARGEST = 1_000_000  # bytes; a scenario is a page of text
IN_WEEKS = ("start", "weeks", "processing", "ramp")
TEXTS = ("name", "kind")
PARTS = {"events": Event, "mitigations": Mitigation, "covers": Cover}


def presets() -> dict[str, Path]:
    """The scenarios that come with the program, by name."""
    folder = Path(str(resources.files("mine2magnet") / "data" / "chain" / "scenarios"))
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def find(name: str) -> Scenario:
    """A preset by name, or a file."""
    held = presets()
    if name in held:
        return read(held[name])
    if not Path(name).is_file():
        raise NotFound(f"no scenario {name!r}", hint=f"a file, or one of {', '.join(held)}")
    return read(Path(name))


def read(file: Path) -> Scenario:
    """Raises UserError naming file and field for anything unknown, missing or out of range."""
    if file.stat().st_size > LARGEST:
        raise UserError(f"larger than {LARGEST:,} bytes", where=file.name)
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"not UTF-8: {error}", where=file.name) from error
    return parse(text, file.name)


def parse(text: str, where: str = "scenario") -> Scenario:
    try:
        given = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise UserError(f"not YAML: {error}", where=where) from error
    return from_mapping(given, where)


def from_mapping(given: Any, where: str = "scenario") -> Scenario:
    """A scenario from plain values, as from YAML, JSON or a form."""
    held = _mapping(given, where)
    parts = {
        name: tuple(
            _row(kind, row, f"{where} {name} {i}")
            for i, row in enumerate(_list(held.pop(name, ()), f"{where} {name}"), 1)
        )
        for name, kind in PARTS.items()
    }
    held.setdefault("name", Path(where).stem)
    made: Scenario = _row(Scenario, {**held, **parts}, where)
    return made


def text(scenario: Scenario) -> str:
    """The scenario as YAML that `parse` reads back; times in weeks, what stands at its default left out."""
    return yaml.safe_dump(_plain(scenario), allow_unicode=True, sort_keys=False, width=100)


def _plain(value: Any) -> Any:
    if isinstance(value, Range):
        if value.low == value.high:
            return value.likely
        return {"low": value.low, "likely": value.likely, "high": value.high}
    if isinstance(value, Event | Mitigation | Cover | Scenario):
        held = {f.name: getattr(value, f.name) for f in fields(value)}
        defaults = {f.name: f.default for f in fields(value)}
        return {k: _plain(v) for k, v in held.items() if v != defaults[k] or k == "name"}
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def _row(kind: type, given: Any, where: str) -> Any:
    held = _mapping(given, where)
    known = {f.name: f for f in fields(kind)}
    if unknown := next((k for k in held if k not in known), None):
        raise UserError(f"unknown field {unknown!r}", where=where, hint="one of " + ", ".join(known))
    values: dict[str, Any] = {}
    for name, value in held.items():
        here = f"{where} {name}"
        if name == "where":
            values[name] = {str(k): _names(v, f"{here} {k}") for k, v in _mapping(value, here).items()}
        elif name in PARTS:
            values[name] = value
        elif name == "evidence":
            values[name] = tuple(str(v) for v in _list(value, here))
        elif name in TEXTS:
            values[name] = str(value)
        elif "Range" in str(known[name].type):
            values[name] = _range(value, here, name in IN_WEEKS)
        else:
            number = _number(value, here, name in IN_WEEKS)
            values[name] = int(number) if known[name].type == "int" else number
    missing = [
        n
        for n, f in known.items()
        if f.default is MISSING and f.default_factory is MISSING and n not in values
    ]
    if missing:
        raise UserError(f"{missing[0]} is missing", where=where)
    try:
        return kind(**values)
    except UserError as error:
        raise UserError(error.what, where=" ".join([where, error.where]).strip(), hint=error.hint) from error


def _mapping(given: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise UserError(f"fields are wanted here, not {given!r:.60}", where=where)
    return {str(k): v for k, v in given.items()}


def _list(given: Any, where: str) -> list[Any]:
    if not isinstance(given, list | tuple):
        raise UserError(f"a list is wanted here, not {given!r:.60}", where=where)
    return list(given)


def _names(given: Any, where: str) -> tuple[str, ...]:
    many = given if isinstance(given, list) else [given]
    # YAML reads a bare yes or no as true or false.
    names = tuple({True: "yes", False: "no"}.get(v, str(v)) if isinstance(v, bool) else str(v) for v in many)
    if not names or not all(isinstance(v, str | bool | int | float) for v in many):
        raise UserError("a name or a list of names is wanted here", where=where)
    return names


def _range(given: Any, where: str, weeks: bool) -> Range:
    """A number; [low, high], its middle taken as most likely; or value, low, high."""
    if isinstance(given, list):
        if len(given) != 2:
            raise UserError(f"a range is two numbers, not {len(given)}", where=where)
        low, high = (_number(v, where, weeks) for v in given)
        given = {"likely": (low + high) / 2, "low": low, "high": high}
        weeks = False
    if isinstance(given, Mapping):
        if set(given) != {"likely", "low", "high"}:
            raise UserError("a range has low, likely and high", where=where)
        numbers = {k: _number(v, f"{where} {k}", weeks) for k, v in given.items()}
        try:
            return Range(**numbers)
        except ValueError as error:
            raise UserError(str(error), where=where) from error
    return Range.of(_number(given, where, weeks))


def _number(given: Any, where: str, weeks: bool) -> float:
    if isinstance(given, str) and weeks:
        try:
            return to_weeks(given)
        except ValueError:
            raise UserError(
                f"{given!r} is not a time", where=where, hint="write 6, 45 days or 3 months"
            ) from None
    if isinstance(given, bool) or not isinstance(given, int | float) or given != given:
        raise UserError(f"{given!r:.60} is not a number", where=where)
    return float(given)
