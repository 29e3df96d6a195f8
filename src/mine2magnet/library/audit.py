"""The audit log as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, fields

from mine2magnet.model import AuditEntry

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a cell would begin that a spreadsheet computes


def as_csv(entries: Iterable[AuditEntry]) -> str:
    """Lines of the audit log as CSV; what people have typed is text in spreadsheets, too."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(field.name for field in fields(AuditEntry))
    for entry in entries:
        number, at, *told = astuple(entry)
        rows.writerow([number, at.isoformat(), *(_plain(str(text)) for text in told)])
    return out.getvalue()


def _plain(text: str) -> str:
    """
    >>> _plain("=1+1"), _plain("alice")
    ("'=1+1", 'alice')
    """
    return f"'{text}" if text.startswith(FORMULA) else text
