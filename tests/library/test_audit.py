"""The audit log as CSV."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mine2magnet.library.audit import as_csv
from mine2magnet.model import AuditEntry


@pytest.mark.parametrize(
    ("typed", "cell"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("-1", "'-1"), ("a, b", '"a, b"'), ('say "so"', '"say ""so"""')],
)
def test_what_people_typed_is_text(typed: str, cell: str) -> None:
    at = datetime(2026, 4, 1, 12, tzinfo=UTC)
    entry = AuditEntry(7, at, "alice", "alice", "192.0.2.7", "topic.made", typed, "")
    head, line = as_csv([entry]).splitlines()
    assert head == "number,at,owner,who,address,action,target,detail"
    assert line == f"7,2026-04-01T12:00:00+00:00,alice,alice,192.0.2.7,topic.made,{cell},"
