"""A case file: CASE.yaml → Case."""

from __future__ import annotations

import yaml

from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.separation.study.schema import Case

MOST_BYTES = 100_000


def read(text: str, where: str = "") -> Case:
    """Return the case that a YAML text gives.

    Parameters
    ----------
    text : str
    where : str
        A file's name, for what is said.

    Raises
    ------
    UserError
        For what is wrong, in `where`, with the field and how to mend it.
    """
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
    return decode(Case, given, where)
