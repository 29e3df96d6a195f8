"""A case file: CASE.yaml → Case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.separation.study.flowsheet_schema import FlowsheetCase
from mine2magnet.separation.study.schema import Case

MOST_BYTES = 100_000


def read(text: str, where: str = "", folder: Path | None = None) -> Case:
    """Return the case of one plant that a YAML text gives.

    Parameters
    ----------
    text : str
    where : str
        A file's name, for what is said.
    folder : Path, optional
        Where `calibrated` may name a file.

    Raises
    ------
    UserError
        For what is wrong, in `where`, with the field and how to mend it; and for a flowsheet.
    """
    made = read_any(text, where, folder)
    if isinstance(made, FlowsheetCase):
        raise UserError(
            "a flowsheet of trains, not one plant", where=where, hint="mine2magnet separate takes it"
        )
    return made


def read_any(text: str, where: str = "", folder: Path | None = None) -> Case | FlowsheetCase:
    """Return the case that a YAML text gives: of one plant, or with `trains` a flowsheet.

    Parameters
    ----------
    text : str
    where : str
        A file's name, for what is said.
    folder : Path, optional
        Where `calibrated` may name a file.

    Raises
    ------
    UserError
        For what is wrong, in `where`, with the field and how to mend it.
    """
    given = _plain(text, where)
    if "trains" in given:
        return decode(FlowsheetCase, given, where)
    if isinstance(name := given.get("calibrated"), str) and name not in ("", "measured"):
        given["calibrated"] = _calibrated(name, folder, where)
    return decode(Case, given, where)


def _calibrated(name: str, folder: Path | None, where: str) -> object:
    """The set that `mine2magnet calibrate` wrote, by the name of its file."""
    if folder is None:
        raise UserError(
            "no file can be read here", where=f"{where} calibrated".strip(), hint="give its fields"
        )
    file = folder / name
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UserError(f"more than {MOST_BYTES:,} bytes", where=str(file))
        return _plain(file.read_text("utf-8"), str(file))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise UserError(reason, where=str(file), hint="name what calibrate wrote") from error


def _plain(text: str, where: str) -> dict[str, Any]:
    if len(text.encode()) > MOST_BYTES:
        raise UserError(f"more than {MOST_BYTES:,} bytes", where=where)
    try:
        given = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        said = getattr(error, "problem", None) or "cannot be read"
        raise UserError(f"not YAML: {said}{line}", where=where) from error
    if not isinstance(given, dict):
        raise UserError("a case has fields", where=where, hint="feed: …, extractant: …, products: …")
    return given
