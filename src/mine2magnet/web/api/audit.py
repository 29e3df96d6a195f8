"""The audit log."""

from __future__ import annotations

from mine2magnet.core.schema import Page
from mine2magnet.library.library import Library
from mine2magnet.model import AuditEntry
from mine2magnet.web.api import paging
from mine2magnet.web.api.operation import operation
from mine2magnet.web.api.schema.audit import AuditPage


@operation("GET", "/audit", scope="admin")
def audit(held: Library, asked: AuditPage) -> Page[AuditEntry]:
    """List who did what, the latest first."""
    log = held.store.audit
    shown, after = paging.cut(
        lambda offset, n: log.entries(asked, n, offset),
        lambda entry: (str(entry.number),),
        asked.limit,
        asked.cursor,
    )
    return Page(tuple(shown), log.count(asked), after or None)
