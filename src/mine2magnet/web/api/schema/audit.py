"""The audit log, asked for."""

from __future__ import annotations

from mine2magnet.core.schema import Cursor, Limit
from mine2magnet.model import AuditFilter


class AuditPage(AuditFilter, frozen=True, kw_only=True):
    """Lines of the audit log that pass, the latest first."""

    limit: Limit = 20
    cursor: Cursor = ""
