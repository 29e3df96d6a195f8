"""A scenario as YAML: what happens, to whom, when, how strongly, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo

from mine2magnet.chain import Mitigation, Scenario
from mine2magnet.chain.io.tables import reference
from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.json import plain
from mine2magnet.core.schema import Input, Name
from mine2magnet.model.ranges import Range

LARGEST = 1_000_000  # bytes; a scenario is a page of text


def presets() -> dict[str, Path]:
    """Return the files of the scenarios that come with the program, by name."""
    folder = Path(str(resources.files("mine2magnet") / "data" / "chain" / "scenarios"))
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def preset(name: str) -> Scenario:
    """Return a scenario that comes with the program.

    Parameters
    ----------
    name : str
        One of `presets`.

    Returns
    -------
    Scenario
        As its file has it.

    Raises
    ------
    NotFound
        If none is called so.
    """
    held = presets()
    if name not in held:
        raise NotFound(f"no scenario {name!r:.80}", where="scenario", hint="one of " + ", ".join(held))
    return read(held[name])


def find(name: str) -> Scenario:
    """Return a preset by name, or the scenario in a file.

    Parameters
    ----------
    name : str
        A preset, or the path of a file.

    Returns
    -------
    Scenario
        As its file has it.

    Raises
    ------
    NotFound
        If it is neither.
    UserError
        For a mistake in the file.
    """
    held = presets()
    if name in held:
        return read(held[name])
    if not Path(name).is_file():
        raise NotFound(f"no scenario {name!r}", hint=f"a file, or one of {', '.join(held)}")
    return read(Path(name))


def read(file: Path) -> Scenario:
    """Return the scenario in a file; without a name of its own it is called as the file is.

    Parameters
    ----------
    file : Path
        YAML, in UTF-8.

    Returns
    -------
    Scenario
        As the file has it.

    Raises
    ------
    UserError
        Naming file and field, for anything unknown, missing or out of range.
    """
    return parse(_text_of(file), file.name)


def parse(text: str, where: str = "scenario") -> Scenario:
    """Return a scenario from YAML.

    Parameters
    ----------
    text : str
        YAML.
    where : str
        Named before the place of what is wrong: a file, say.

    Returns
    -------
    Scenario
        Without a name of its own it is called as `where` is.

    Raises
    ------
    UserError
        For anything unknown, missing or out of range.
    """
    given = _loaded(text, where)
    if isinstance(given, Mapping):
        given = {"name": Path(where).stem, **given}
    return decode(Scenario, given, where)


class MitigationSet(Input, frozen=True, kw_only=True):
    """Mitigations that are taken together, by name."""

    name: Name
    mitigations: tuple[Mitigation, ...] = ()


def mitigation_sets(file: Path | None = None) -> dict[str, tuple[Mitigation, ...]]:
    """Return sets of mitigations by name, from a file or those that come with the program.

    Parameters
    ----------
    file : Path
        YAML: a list of sets, each with name and mitigations.

    Returns
    -------
    dict
        In the order of the file.

    Raises
    ------
    UserError
        Naming file and field, for anything unknown, missing or out of range.
    """
    file = file or reference() / "mitigations.yaml"
    if not file.is_file():
        raise UserError("no such file", where=str(file))
    given = decode(tuple[MitigationSet, ...], _loaded(_text_of(file), file.name), file.name)
    return {one.name: one.mitigations for one in given}


def text(scenario: Scenario) -> str:
    """Return the scenario as YAML that `parse` reads back.

    Parameters
    ----------
    scenario : Scenario
        What happens and what is done about it.

    Returns
    -------
    str
        Times in weeks; what stands at its default is left out.
    """
    return yaml.safe_dump(_sparing(scenario), allow_unicode=True, sort_keys=False, width=100)


def _text_of(file: Path) -> str:
    if file.stat().st_size > LARGEST:
        raise UserError(f"larger than {LARGEST:,} bytes", where=file.name)
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"not UTF-8: {error}", where=file.name) from error


def _loaded(text: str, where: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise UserError(f"not YAML: {error}", where=where) from error


def _sparing(value: Any) -> Any:
    if isinstance(value, Range):
        return value.likely if value.low == value.high else plain(value)
    if isinstance(value, Struct):
        held = {name: (getattr(value, f.name), _default(f)) for name, f in fields_of(type(value)).items()}
        return {k: _sparing(v) for k, (v, default) in held.items() if v != default or k == "name"}
    if isinstance(value, tuple):
        return [_sparing(v) for v in value]
    return plain(value)


def _default(field: FieldInfo) -> Any:
    return field.default if field.default_factory is NODEFAULT else field.default_factory()
