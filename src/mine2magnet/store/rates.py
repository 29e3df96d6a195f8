"""How much each caller may still ask, over all servers of a library and their restarts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from mine2magnet.store.database import Database
from mine2magnet.store.tables import rates


class Rates:
    """Token buckets (Turner 1986) as rows: full, one holds `per_minute` requests; it fills evenly. Times are
    seconds since 1970, and servers' clocks must agree within some seconds."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.kept = not database.read_only

    def held(self, caller: str, per_minute: int, now: float) -> float:
        """The requests that a caller has left."""
        query = sa.select(rates.c.tokens, rates.c.filled).where(rates.c.caller == caller)
        return _filled(next(iter(self._db.all(query)), None), per_minute, now)

    def settle(self, caller: str, per_minute: int, now: float, taken: float) -> float:
        """Takes out what a server has let through since it settled last, and gives what is left. That may be
        below zero, when several have let through more than there was: it is made up for."""
        mine = rates.c.caller == caller
        with self._db.writing() as db:
            row = db.execute(sa.select(rates.c.tokens, rates.c.filled).where(mine)).first()
            left: float = _filled(row, per_minute, now) - taken
            values = {"tokens": left, "filled": now if row is None else max(now, row.filled)}
            if row is None:
                db.execute(rates.insert().values(caller=caller, **values))
            else:
                db.execute(rates.update().where(mine).values(**values))
        return left


def _filled(row: Any, per_minute: int, now: float) -> float:
    if row is None:
        return float(per_minute)
    since = max(0.0, now - float(row.filled))
    return min(float(per_minute), float(row.tokens) + since * per_minute / 60)
