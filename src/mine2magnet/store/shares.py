"""Who sees what: topics and watches are shared with all who may read, or are their owner's alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from mine2magnet.core.errors import Forbidden
from mine2magnet.model import Actor


def seen(actor: Actor | None, table: sa.Table) -> Iterator[sa.ColumnElement[bool]]:
    """Narrows a table that has owners to what the actor sees."""
    if actor is not None and not actor.sees_all:
        yield table.c.shared | ((table.c.owner == actor.owner) & (table.c.owner != ""))


def sees(actor: Actor | None, row: sa.Row[Any]) -> bool:
    """Return whether the actor sees a row of such a table."""
    return actor is None or actor.sees_all or row.shared or (row.owner != "" and row.owner == actor.owner)


def claimed(actor: Actor | None, row: sa.Row[Any]) -> str:
    """The owner of a shared row that is to be kept from others: only its owner, or who sees all, may do that.
    What belongs to nobody is then theirs. Raises Forbidden."""
    if actor is None or actor.sees_all or (row.owner != "" and row.owner == actor.owner):
        return str(row.owner or (actor.owner if actor else ""))
    raise Forbidden("others use it, and it is not yours", where="shared", hint="its owner or an admin may")
